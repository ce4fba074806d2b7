package account

import (
	"time"

	"steward/internal/base/errs"
)

// Purpose is what a link is for.
type Purpose string

const (
	// Enrol: its holder adds a passkey to the user and is signed in.
	Enrol Purpose = "enrol"
	// SignIn: its holder is signed in without a passkey. For recovery and for
	// the demonstration; only an operator can make one.
	SignIn Purpose = "sign in"
)

// lifetimes of links, by purpose. A purpose that is not here does not exist.
var lifetimes = map[Purpose]time.Duration{
	Enrol:  24 * time.Hour,
	SignIn: 15 * time.Minute,
}

// Link is a link that was made and not used yet. Whoever holds its secret is
// taken for the user, once.
type Link struct {
	ID       string
	UserID   string
	UserName string
	Purpose  Purpose
	MadeBy   string // name of who made it
	Created  time.Time
	Expires  time.Time
}

// errLink is the answer for a link that was used, has expired, was replaced or
// never was.
func errLink() error {
	return &errs.Error{
		Kind:    errs.NotFound,
		Message: "This link does not work any more.",
		Hint:    "a link works once and for a short time; ask whoever gave it to you for a new one",
	}
}
