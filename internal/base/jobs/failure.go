package jobs

import (
	"errors"
	"strings"
	"unicode"
)

// Failure is an attempt that did not succeed, with words for the page that
// shows it: they tell nothing private.
type Failure struct {
	Words     string
	Permanent bool // it would not succeed later either
	Unknown   bool // it may have succeeded: the doubt of this attempt stays
	Cause     error
}

func (f *Failure) Error() string {
	if f.Cause == nil {
		return f.Words
	}
	return f.Words + ": " + f.Cause.Error()
}

func (f *Failure) Unwrap() error { return f.Cause }

// Permanent says that an attempt would not succeed later either.
func Permanent(words string, cause error) error {
	return &Failure{Words: words, Permanent: true, Cause: cause}
}

// Unwanted says that nobody wants what was to be done any more: it was not done,
// and is neither a failure nor tried again.
var Unwanted = errors.New("nobody wants it any more")

// Temporary says that an attempt may succeed later.
func Temporary(words string, cause error) error { return &Failure{Words: words, Cause: cause} }

// Unknown says that an attempt may have succeeded, after Queue.Doubt.
func Unknown(words string, cause error) error {
	return &Failure{Words: words, Unknown: true, Cause: cause}
}

// maxWords bounds what is kept of a failure, in bytes.
const maxWords = 200

// line makes words one short line.
func line(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	if len(s) > maxWords {
		s = strings.ToValidUTF8(s[:maxWords], "")
	}
	return strings.TrimSpace(s)
}
