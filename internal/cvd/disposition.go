package cvd

import (
	"slices"
	"time"

	"steward/internal/base/errs"
)

// Disposition is what a person decided on a report.
type Disposition string

// The dispositions.
const (
	Valid             Disposition = "valid"
	DefenceInDepth    Disposition = "defence in depth" // no vulnerability by itself, and worth a fix
	Informational     Disposition = "informational"    // true, and no vulnerability
	Invalid           Disposition = "invalid"
	ProbableDuplicate Disposition = "probable duplicate"
	FixAlreadyPublic  Disposition = "fix already public"
)

// Dispositions lists them all. Those after DefenceInDepth decline the report
// and close the case.
var Dispositions = []Disposition{Valid, DefenceInDepth, Informational, Invalid, ProbableDuplicate, FixAlreadyPublic}

// Declines tells whether the disposition closes the case.
func (d Disposition) Declines() bool { return d != Valid && d != DefenceInDepth }

// Decision is what to decide. The reason is sent to the reporter as a message;
// a decline needs one.
type Decision struct {
	Disposition Disposition `json:"disposition"`
	Reason      string      `json:"reason"`
}

func (d Decision) check() error {
	if !slices.Contains(Dispositions, d.Disposition) {
		return errs.Invalidf("disposition", "This is no disposition.").WithHint("one of: %s", join(Dispositions))
	}
	return nil
}

// Verdict is a decision that a person made. What the reporter was told is in
// the message.
type Verdict struct {
	Disposition Disposition `json:"disposition"`
	By          Person      `json:"by"`
	At          time.Time   `json:"at"`
	Message     string      `json:"message,omitempty"` // id
}

// Disposition is the decision that holds; empty before the first, and after
// the case was reopened.
func (c *Case) Disposition() Disposition {
	if len(c.Decisions) == 0 || c.State == Receipt || c.State == Verification {
		return ""
	}
	return c.Decisions[len(c.Decisions)-1].Disposition
}

// decide moves the case as a checked decision demands. The caller has written the
// message that tells the reporter.
func (c *Case) decide(d Decision, by Person, message string, now time.Time) error {
	event := EventAccept
	if d.Disposition.Declines() {
		event = EventDecline
	}
	if err := c.move(event, d.Reason, now); err != nil {
		return err
	}
	c.Decisions = append(c.Decisions, Verdict{Disposition: d.Disposition, By: by, At: now, Message: message})
	return nil
}
