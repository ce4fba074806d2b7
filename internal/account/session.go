package account

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"time"

	"steward/internal/base/errs"
)

// How long a session lasts without use, and at most.
const (
	userIdle     = 12 * time.Hour
	userLife     = 7 * 24 * time.Hour
	mailboxIdle  = time.Hour
	mailboxLife  = 12 * time.Hour
	touchEvery   = 5 * time.Minute // a session in use is written no more often than this
	maxSessions  = 20              // of one user, or of one mailbox; beyond it the one longest unused ends
	agentUnknown = "unknown browser"
)

// Session is a browser that is signed in, as a user or at a mailbox.
type Session struct {
	ID      string // names it in lists; opens nothing
	UserID  string // "" for a mailbox
	Report  string // the report whose mailbox it is; "" for a user
	Passkey string // id of the passkey that opened it; "" if a link or a phrase did
	Agent   string // what the browser said of itself
	Created time.Time
	Seen    time.Time // to within five minutes
	Expires time.Time // when it ends, used or not

	// FormToken is put in every form and sent back with it, so that no other
	// site can send one. Only Authenticate and the sign-in fill it.
	FormToken string
}

// CheckForm tells whether a form came from a page of this very session.
func (s Session) CheckForm(token string) bool {
	return s.FormToken != "" && subtle.ConstantTimeCompare([]byte(s.FormToken), []byte(token)) == 1
}

func (s Session) idle() time.Duration {
	if s.Report != "" {
		return mailboxIdle
	}
	return userIdle
}

// live tells whether the session still opens the door.
func (s Session) live(now time.Time) bool {
	return now.Before(s.Expires) && now.Before(s.Seen.Add(s.idle()))
}

// formToken derives the token of a session's forms from the cookie's secret,
// so that it is bound to the session, is stored nowhere, and does not tell the
// secret.
func formToken(secret string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("steward form token"))
	return base32Lower.EncodeToString(mac.Sum(nil))
}

// ErrSignedOut is the cause of every refusal of a session or a token that does
// not, or no longer, open the door; find it with errors.Is.
var ErrSignedOut = errors.New("not signed in")

func signedOut() error {
	return errs.Deniedf("You are not signed in.").WithHint("sign in; a session ends after a while without use").WithCause(ErrSignedOut)
}
