package cvd

import (
	"fmt"
	"slices"
	"time"

	"steward/internal/base/errs"
)

// Branch is where the fix is written: a private place that never reaches the
// draft.
type Branch struct {
	Name string `json:"name"`
	URL  string `json:"url"` // address or path of a private repository
}

// PatchFields are what can be edited of a patch.
type PatchFields struct {
	Branches []Branch `json:"branches,omitempty"`
	Author   Person   `json:"author"`
	Reviewer Person   `json:"reviewer"` // asked for; who in fact reviewed, once it was
	Tester   Person   `json:"tester"`   // likewise
}

// Patch is the fix on its way. Its reviewer is never its author.
type Patch struct {
	State PatchState `json:"state"`
	PatchFields
	Past []PatchMove `json:"past,omitempty"` // oldest first
}

// PatchMove is one step that the patch has taken.
type PatchMove struct {
	Event  PatchEvent `json:"event"`
	To     PatchState `json:"to"`
	By     Person     `json:"by"`
	At     time.Time  `json:"at"`
	Reason string     `json:"reason,omitempty"`
}

const (
	maxBranches = 20
	maxPlace    = 500 // bytes of a branch's name or place, and of a person's name
)

// Move makes the event, or says why not. Who starts a patch that has no author
// is its author.
func (p *Patch) Move(event PatchEvent, reason string, by Person, now time.Time) error {
	to, err := patchTable.step(p.State, event, reason)
	if err != nil {
		return err
	}
	if err := checkReason("reason", reason); err != nil {
		return err
	}
	switch event {
	case PatchStart:
		if p.Author == (Person{}) {
			p.Author = by
		}
	case PatchApprove:
		if by.Is(p.Author) {
			return errs.Conflictf("Nobody reviews their own patch.").WithHint("ask someone else to review it")
		}
		p.Reviewer = by
	case PatchPass:
		p.Tester = by
	}
	p.State = to
	p.Past = append(p.Past, PatchMove{Event: event, To: to, By: by, At: now, Reason: reason})
	return nil
}

// Edit changes where the fix is and who works on it. Once reviewed, the patch
// is what was reviewed: it goes back to work before its place, its author or
// its reviewer change.
func (p *Patch) Edit(f PatchFields) error {
	if err := f.check(); err != nil {
		return err
	}
	if p.settled() && (f.Author != p.Author || f.Reviewer != p.Reviewer || !slices.Equal(f.Branches, p.Branches)) {
		return errs.Conflictf("The patch was reviewed as it stands.").
			WithHint("send it back to work (“%s”) and have it reviewed again", PatchRework)
	}
	p.PatchFields = f
	return nil
}

// settled tells whether a review stands.
func (p *Patch) settled() bool {
	switch p.State {
	case PatchReviewed, PatchTested, PatchReady, PatchMerged:
		return true
	}
	return false
}

func (f PatchFields) check() error {
	var ps errs.Problems
	if len(f.Branches) > maxBranches {
		ps.Add("branches", "There are %d branches; at most %d can be kept.", len(f.Branches), maxBranches)
		return ps.Err()
	}
	line := func(field, s string) {
		if len(s) > maxPlace {
			ps.Add(field, "This is too long: at most %d bytes.", maxPlace)
		} else if !isLine(s) {
			ps.Add(field, "This must be one line of text.")
		}
	}
	for i, b := range f.Branches {
		at := fmt.Sprintf("branches[%d].", i)
		if b.Name == "" && b.URL == "" {
			ps.Add(at+"name", "Name the branch, or say where it is.")
		}
		line(at+"name", b.Name)
		line(at+"url", b.URL)
	}
	line("author", f.Author.Name)
	line("reviewer", f.Reviewer.Name)
	line("tester", f.Tester.Name)
	if f.Author.Is(f.Reviewer) {
		ps.Add("reviewer", "Nobody reviews their own patch.").WithHint("name someone else")
	}
	return ps.Err()
}
