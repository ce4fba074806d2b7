package cvd

import (
	"fmt"
	"strings"
	"time"

	"steward/internal/base/acl"
	"steward/internal/intake"
)

// Collision is a report of the same vulnerability by someone who found it by
// themselves while it was under embargo: where two have found it, a third may.
type Collision struct {
	Case     string    `json:"case"` // id of the merged case
	Ref      string    `json:"ref"`
	Received time.Time `json:"received"`          // when that report came
	At       time.Time `json:"at"`                // when it was known to be the same
	Proposed time.Time `json:"proposed,omitzero"` // the hour that was proposed for it; zero: the agreed one is soon enough
}

// How long an embargo is proposed to hold on once others know.
const (
	collisionLeft = 7 * 24 * time.Hour
	exploitedLeft = 48 * time.Hour
)

// independent tells whether a second report is by someone else than the first,
// and not by the team. Who gives no name and no address may be anyone: that
// counts as someone else.
func independent(second, first intake.Report) bool {
	if second.Channel == intake.Internal {
		return false
	}
	a, b := second.Submission, first.Submission
	same := func(x, y string) bool {
		x, y = strings.TrimSpace(x), strings.TrimSpace(y)
		return x != "" && strings.EqualFold(x, y)
	}
	return !same(a.Reporter.Contact, b.Reporter.Contact) && !same(a.Reporter.Name, b.Reporter.Name)
}

// collide notes an independent report under an active embargo and proposes a
// shorter one: a week at most, two days if it is exploited. It never proposes a
// later hour than what is agreed on or already proposed, and agrees on nothing.
func (c *Case) collide(other *Case, by Person, now time.Time) error {
	e := &c.Embargo
	if e.Active == nil || c.Public() {
		return nil
	}
	k := Collision{Case: other.ID, Ref: other.Ref, Received: other.Received, At: now}
	left, why := collisionLeft, "a week at most"
	if c.Fields.Exploited {
		left, why = exploitedLeft, "and it is exploited: two days at most"
	}
	until := now.Add(left).UTC().Truncate(time.Second)
	if until.Before(e.Active.Until) && (e.Proposal == nil || until.Before(e.Proposal.Until)) {
		reason := fmt.Sprintf("Someone else has reported it by themselves (%s). Where two have found it, a third may: %s.", other.Ref, why)
		if err := e.Move(EmbargoChange, Terms{Until: until, Zone: e.Active.Zone, Reason: reason}, by, now); err != nil {
			return err
		}
		k.Proposed = e.Proposal.Until
	}
	c.Collisions = append(c.Collisions, k)
	return nil
}

// myself is Steward as a person who proposes.
var myself = Person{ID: acl.Myself().ID, Name: acl.Myself().Name}

// collisionTask asks for a decision on the shorter embargo.
var collisionTask = task{code: "collision", text: "Decide on the shorter embargo: someone else has found it.",
	why:    "What two have found by themselves will not stay secret for long.",
	action: acl.EmbargoDecide,
	when:   func(c asked) bool { return len(c.Collisions) > 0 },
	done: func(c asked) bool {
		p := c.Embargo.Proposal
		return p == nil || p.By != myself
	}}
