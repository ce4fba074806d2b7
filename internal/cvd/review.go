package cvd

import (
	"slices"
	"strings"
	"time"

	"steward/internal/advisory"
	"steward/internal/base/errs"
)

// Review is where the draft stands on its way out. Four eyes at least see it:
// the reviewer is not who edited it last, the approver is not the reviewer, and
// the word of both is on one exact text.
type Review struct {
	State    DraftState `json:"state"`
	Editor   Person     `json:"editor"`             // who last changed anything that reaches the draft
	Edited   time.Time  `json:"edited,omitzero"`    //
	Reviewed *Signature `json:"reviewed,omitempty"` //
	Approved *Signature `json:"approved,omitempty"` //
	Comment  string     `json:"comment,omitempty"`  // of who asked for changes
	Voided   string     `json:"voided,omitempty"`   // why the last review or approval no longer holds
	Schedule *Schedule  `json:"schedule,omitempty"` // timed release
}

// Signature is a person's word on exactly one text of the draft.
type Signature struct {
	By      Person    `json:"by"`
	At      time.Time `json:"at"`
	Hash    string    `json:"hash"` // SHA-256 of the draft's JSON, hexadecimal
	Comment string    `json:"comment,omitempty"`
}

// Schedule is a release set for an hour.
type Schedule struct {
	At       time.Time `json:"at"`                 // UTC
	Zone     string    `json:"zone"`               // IANA zone in which the hour was chosen
	Override string    `json:"override,omitempty"` // why on a day that the guard objects to
	By       Person    `json:"by"`
	Failed   string    `json:"failed,omitempty"` // why it did not go out at the hour
}

// Slot is when to release, and why then if the guard objects to the day. At is
// zero for a release at once.
type Slot struct {
	At       time.Time `json:"at,omitzero"`
	Zone     string    `json:"zone"`
	Override string    `json:"override,omitempty"`
}

const maxComment = 20_000 // bytes of a reviewer's comment

// settle is called after every deed with the hash from before it: a draft that
// is another now was reviewed and approved by nobody. A reporter who changes
// the credit is no editor.
func (c *Case) settle(before string, by Person, editor bool, now time.Time) error {
	if c.hash() == before {
		return nil
	}
	to, err := draftTable.step(c.Review.State, DraftEdit, "")
	if err != nil {
		return err
	}
	if c.Review.Reviewed != nil {
		c.Review.Voided = "The draft was changed after its review."
	}
	c.Review.clear()
	c.Review.State = to
	if editor {
		c.Review.Editor, c.Review.Edited = by, now
	}
	return nil
}

// clear takes every word on the draft back, and the hour with it.
func (r *Review) clear() { r.Reviewed, r.Approved, r.Schedule = nil, nil, nil }

// review puts the reviewer's name to the draft as it is.
func (c *Case) review(by Person, comment string, now time.Time) error {
	to, err := draftTable.step(c.Review.State, DraftReview, "")
	if err != nil {
		return err
	}
	if by.Is(c.Review.Editor) {
		return errs.Conflictf("You were the last to edit this draft.").WithHint("ask someone else to review it")
	}
	if err := checkComment(comment); err != nil {
		return err
	}
	c.Review.State, c.Review.Comment, c.Review.Voided = to, "", ""
	c.Review.Reviewed = &Signature{By: by, At: now, Hash: c.hash(), Comment: comment}
	return nil
}

// askChanges sends the draft back to its writers.
func (c *Case) askChanges(comment string) error {
	to, err := draftTable.step(c.Review.State, DraftAskChanges, comment)
	if err != nil {
		return err
	}
	if err := checkComment(comment); err != nil {
		return err
	}
	c.Review.clear()
	c.Review.State, c.Review.Comment, c.Review.Voided = to, comment, ""
	return nil
}

// approve puts the approver's name beside the reviewer's. What the lint finds
// blocking is refused.
func (c *Case) approve(by Person, comment string, problems []advisory.Problem, now time.Time) error {
	to, err := draftTable.step(c.Review.State, DraftApprove, "")
	if err != nil {
		return err
	}
	if by.Is(c.Review.Reviewed.By) {
		return errs.Conflictf("You have reviewed this draft.").WithHint("ask someone else to approve it")
	}
	if err := checkComment(comment); err != nil {
		return err
	}
	if err := blocking(problems); err != nil {
		return err
	}
	c.Review.State = to
	c.Review.Approved = &Signature{By: by, At: now, Hash: c.hash(), Comment: comment}
	return nil
}

// schedule sets the hour of the release.
func (c *Case) schedule(slot Slot, by Person, objections []advisory.Objection, problems []advisory.Problem, now time.Time) error {
	to, err := draftTable.step(c.Review.State, DraftSchedule, "")
	if err != nil {
		return err
	}
	at, err := checkHour("at", slot.At, slot.Zone, now)
	if err != nil {
		return err
	}
	slot.At = at
	if err := c.mayPublish(slot, objections, problems); err != nil {
		return err
	}
	c.Review.State = to
	c.Review.Schedule = &Schedule{At: slot.At, Zone: slot.Zone, Override: slot.Override, By: by}
	return nil
}

// unschedule takes the hour back; the approval stands.
func (c *Case) unschedule() error {
	to, err := draftTable.step(c.Review.State, DraftUnschedule, "")
	if err != nil {
		return err
	}
	c.Review.State, c.Review.Schedule = to, nil
	return nil
}

// mayPublish says why the draft cannot go out at the hour of the slot: the
// phase of the case, the signatures, the lint, the embargo, the day.
func (c *Case) mayPublish(slot Slot, objections []advisory.Objection, problems []advisory.Problem) error {
	if _, err := caseTable.step(c.State, EventPublish, ""); err != nil {
		return err
	}
	if _, err := draftTable.step(c.Review.State, DraftRelease, ""); err != nil {
		return err
	}
	r, hash := c.Review, c.hash()
	if r.Reviewed == nil || r.Approved == nil || r.Reviewed.Hash != hash || r.Approved.Hash != hash {
		return errs.Conflictf("The draft is not the one that was reviewed and approved.").WithHint("have it reviewed again")
	}
	if c.Public() && strings.TrimSpace(c.Text.Summary) == "" {
		return errs.Invalidf("summary", "Say in one line what this revision changes.")
	}
	if err := blocking(problems); err != nil {
		return err
	}
	if err := c.Embargo.Allows(slot.At); err != nil {
		return err
	}
	return checkDay(slot, objections)
}

// checkDay refuses a day that the guard objects to unless a person says why. A
// soft objection alone does not stop a release: the page shows it.
func checkDay(slot Slot, objections []advisory.Objection) error {
	if err := checkReason("override", slot.Override); err != nil {
		return err
	}
	hard := func(o advisory.Objection) bool { return !o.Soft }
	if !slices.ContainsFunc(objections, hard) || strings.TrimSpace(slot.Override) != "" {
		return nil
	}
	why := make([]string, len(objections))
	for i, o := range objections {
		why[i] = o.Why
	}
	return errs.Conflictf("It is a bad day for a release: %s.", strings.Join(why, "; ")).
		WithHint("choose another day, or say why it must be this one")
}

// blocking gathers what stops a release.
func blocking(problems []advisory.Problem) error {
	var ps errs.Problems
	for _, p := range problems {
		if p.Blocking {
			e := ps.Add(p.Path, "%s", p.Message)
			e.Hint = p.Hint
		}
	}
	return ps.Err()
}

func checkComment(s string) error {
	if len(s) > maxComment {
		return errs.Invalidf("comment", "The comment has %d bytes; at most %d can be kept.", len(s), maxComment)
	}
	return checkText("comment", s)
}
