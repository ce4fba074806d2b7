package relay

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Kind says what the caller can do about a message that was not sent.
type Kind string

const (
	// Permanent: the server refused this message for good (5yz); the same
	// again is vain.
	Permanent Kind = "permanent"
	// Temporary: not now (4yz), or the network failed before the message was
	// whole; nothing was delivered, and it may be tried later. So is a 5yz that
	// is about us and not about the message, such as a greeting that turns us
	// away or a password that is refused: no letter shall be given up for it.
	Temporary Kind = "temporary"
	// Unknown: the message was handed over and the connection broke before the
	// answer. It may have been delivered (rfc5321:4.5.3.2.6, rfc1047).
	Unknown Kind = "unknown"
)

// Step is a part of the dialogue with a server.
type Step string

const (
	StepDial     Step = "dial"
	StepGreeting Step = "greeting"
	StepHello    Step = "hello"
	StepTLS      Step = "tls"
	StepAuth     Step = "auth"
	StepMail     Step = "mail"
	StepRcpt     Step = "rcpt"
	StepData     Step = "data"
	StepBody     Step = "body"
	StepEnd      Step = "end" // after the final dot
)

// Error says why a message was not, or perhaps not, sent. Its text holds
// codes only: an answer may quote an address or a message. The words are in
// Answer, for the operator alone.
type Error struct {
	Kind     Kind
	Step     Step
	Code     int    // of the reply, rfc5321:4.2; 0 if there was none
	Enhanced string // as in 5.1.1, rfc3463:2; may be empty
	Answer   string // what the server said, on one line, at most 200 bytes; never to be logged with a case
	Cause    error  // what failed on our side or in the network; may be nil
}

func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "sending mail: %s failure at %s", e.Kind, e.Step)
	if e.Code != 0 {
		fmt.Fprintf(&b, ", code %d", e.Code)
	}
	if e.Enhanced != "" {
		b.WriteString(" " + e.Enhanced)
	}
	if e.Cause != nil {
		b.WriteString(": " + e.Cause.Error())
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Cause }

// KindOf tells the kind of any error of this package. What has none happened
// before anything was sent: it is Temporary.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Temporary
}

// maxAnswer limits the words of a server that are kept, in bytes.
const maxAnswer = 200

// reply is an answer of a server.
type reply struct {
	code  int
	lines []string // without codes
}

// failure makes an error of an answer that is not the one hoped for. An answer
// that has no business here (2yz or 3yz) is one that may be another next time.
func (r reply) failure(step Step) *Error {
	e := &Error{Kind: Temporary, Step: step, Code: r.code, Enhanced: r.enhanced()}
	if r.code >= 500 && aboutMessage(step, r.code) {
		e.Kind = Permanent
	}
	text := strings.Join(r.lines, " ")
	text = strings.Map(func(c rune) rune {
		if c < ' ' || c >= 0x7f && c < 0xa0 || c == utf8.RuneError {
			return ' '
		}
		return c
	}, strings.ToValidUTF8(text, " "))
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > maxAnswer {
		end := maxAnswer
		for !utf8.RuneStart(text[end]) {
			end--
		}
		text = text[:end]
	}
	e.Answer = text
	return e
}

// aboutMessage tells whether a refusal is one of the message. Before it, and
// by the codes for who has not signed in or not well enough (rfc4954:6), it is
// one of us.
func aboutMessage(step Step, code int) bool {
	switch step {
	case StepMail, StepRcpt, StepData, StepBody, StepEnd:
		return code != 530 && code != 534 && code != 535 && code != 538
	}
	return false
}

// enhanced gives the code that an answer begins with, if it has one and it is
// of the same class as the reply's, rfc2034:4.
func (r reply) enhanced() string {
	if len(r.lines) == 0 {
		return ""
	}
	word, _, _ := strings.Cut(r.lines[0], " ")
	parts := strings.Split(word, ".")
	if len(parts) != 3 || parts[0] != fmt.Sprint(r.code/100) {
		return ""
	}
	for _, p := range parts {
		if len(p) < 1 || len(p) > 3 || strings.Trim(p, "0123456789") != "" {
			return ""
		}
	}
	return word
}
