// Package errs holds the few kinds of error that callers tell apart, and keeps
// the words meant for the person who asked apart from the cause meant for the
// operator: Message and Hint may be shown to anyone, the wrapped cause only
// goes to the log.
package errs

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
)

// Kind says what the caller can do about an error.
type Kind string

const (
	// Invalid: the input is at fault; Field names where.
	Invalid Kind = "invalid"
	// NotFound: there is no such thing, or the caller may not know of it. The
	// two are told apart nowhere.
	NotFound Kind = "not found"
	// Conflict: the input is right but the state of the record forbids it.
	Conflict Kind = "conflict"
	// Denied: the caller sees the record and may not do this to it.
	Denied Kind = "denied"
	// Unavailable: the disk or the database fails at the moment, and nothing
	// of what was asked for was done, or it is not known to have been; the same
	// may succeed later. No detail of it is shown.
	Unavailable Kind = "unavailable"
	// Internal: everything else; no detail of it is shown.
	Internal Kind = "internal"
)

// Ours tells whether the failure is on our side: for the operator to know, and
// saying nothing of what was asked for.
func (k Kind) Ours() bool { return k == Internal || k == Unavailable }

// RetryAfter is when to come again after an error of kind Unavailable, in
// seconds, as the HTTP header of that name says it.
const RetryAfter = "10"

// ErrBusy marks what else makes an error Unavailable: wrap it beside the cause.
var ErrBusy = errors.New("the disk or the database fails at the moment")

// passing are the failures of a disk, or of a machine that is short of
// something, which may be over a moment later.
var passing = []error{
	ErrBusy,
	syscall.ENOSPC, syscall.EDQUOT, syscall.EIO, syscall.EROFS, syscall.ENOMEM, syscall.EMFILE, syscall.ENFILE,
}

// Error is an error with a text for the person who asked.
type Error struct {
	Kind    Kind
	Field   string // the input at fault, as the form or API names it; may be empty
	Message string // one sentence for the person who asked
	Hint    string // the way out; may be empty
	Cause   error  // for the operator's log only
}

func (e *Error) Error() string {
	var b strings.Builder
	if e.Field != "" {
		b.WriteString(e.Field + ": ")
	}
	b.WriteString(e.Message)
	if e.Hint != "" {
		b.WriteString(" (" + e.Hint + ")")
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Cause }

// WithHint adds the way out.
func (e *Error) WithHint(format string, args ...any) *Error {
	e.Hint = fmt.Sprintf(format, args...)
	return e
}

// WithCause adds the cause for the operator.
func (e *Error) WithCause(err error) *Error {
	e.Cause = err
	return e
}

// Invalidf reports a fault of one input field.
func Invalidf(field, format string, args ...any) *Error {
	return &Error{Kind: Invalid, Field: field, Message: fmt.Sprintf(format, args...)}
}

// Conflictf reports a deed that the record's state forbids.
func Conflictf(format string, args ...any) *Error {
	return &Error{Kind: Conflict, Message: fmt.Sprintf(format, args...)}
}

// Deniedf reports a deed that the caller's role does not allow on a record
// that the caller may see.
func Deniedf(format string, args ...any) *Error {
	return &Error{Kind: Denied, Message: fmt.Sprintf(format, args...)}
}

// Missing is the one answer for what does not exist and for what the caller
// may not know of: the same words whatever was asked for.
func Missing() *Error {
	return &Error{Kind: NotFound, Message: "There is nothing here, or you may not see it."}
}

// KindOf tells the kind of any error. One that was given none is Unavailable if
// a failing disk is its cause, and else Internal.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	if ps, ok := errors.AsType[Problems](err); ok && len(ps) > 0 {
		return Invalid
	}
	for _, cause := range passing {
		if errors.Is(err, cause) {
			return Unavailable
		}
	}
	return Internal
}

// Is tells whether err is of the kind.
func Is(err error, k Kind) bool { return err != nil && KindOf(err) == k }

// BusyMessage is what a person is told when the disk or the database fails.
const BusyMessage = "This cannot be kept just now: our disk or database does not take it. Nothing that was accepted before is lost; please try again in a little while."

// Public gives the text that may be shown to the person who asked. An
// internal error shows nothing of itself.
func Public(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Error()
	}
	if ps, ok := errors.AsType[Problems](err); ok {
		return ps.Error()
	}
	if KindOf(err) == Unavailable {
		return BusyMessage
	}
	return "Something failed on our side. Nothing that was accepted is lost; please try again."
}

// Problems is every fault of one input at once, so that a person mends them
// in one go.
type Problems []*Error

func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// Add appends a fault of a field.
func (ps *Problems) Add(field, format string, args ...any) *Error {
	e := Invalidf(field, format, args...)
	*ps = append(*ps, e)
	return e
}

// Err is nil when there is no problem.
func (ps Problems) Err() error {
	if len(ps) == 0 {
		return nil
	}
	return ps
}
