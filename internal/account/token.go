package account

import (
	"strings"
	"time"

	"steward/internal/base/errs"
)

// TokenPrefix begins every API token, so that scanners for leaked secrets can
// tell one.
const TokenPrefix = "stw_"

const (
	// DefaultTokenLife is how long a token works unless told otherwise.
	DefaultTokenLife = 90 * 24 * time.Hour
	// MaxTokenLife is how long a token can work at most.
	MaxTokenLife = 366 * 24 * time.Hour
	maxTokens    = 50 // of one user
	day          = 24 * time.Hour
)

// Token is an API token. It has the rights of its user.
type Token struct {
	ID      string
	UserID  string
	Name    string // unique among the user's tokens
	Created time.Time
	Expires time.Time
	Used    time.Time // midnight UTC of the last day it was used; zero: never
}

// tokenLife checks how long a token is to work; 0 means the default.
func tokenLife(life time.Duration) (time.Duration, error) {
	switch {
	case life == 0:
		return DefaultTokenLife, nil
	case life < day || life > MaxTokenLife:
		return 0, errs.Invalidf("lifetime", "A token works for a day at least and %d days at most.", MaxTokenLife/day)
	}
	return life, nil
}

// looksLikeToken keeps what cannot be a token away from the database.
func looksLikeToken(s string) bool {
	secret, ok := strings.CutPrefix(s, TokenPrefix)
	return ok && len(secret) == secretChars && strings.Trim(secret, secretLetters) == ""
}

func badToken() error {
	return errs.Deniedf("This API token does not work.").
		WithHint("it may have expired or been revoked; make a new one").WithCause(ErrSignedOut)
}
