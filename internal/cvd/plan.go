package cvd

import (
	"fmt"

	"steward/internal/advisory"
	"steward/internal/base/errs"
	"steward/internal/policy"
)

// PlanView is what the team's policy says of a case: its dated steps, each with
// the line of the policy that asks for it.
type PlanView struct {
	Track   policy.Track  `json:"track"`
	Steps   []policy.Step `json:"steps,omitempty"`
	Problem string        `json:"problem,omitempty"` // why the policy cannot be kept with the hours that are set
}

// plan asks the policy about the case as it stands; nil where there is nothing
// to ask: no severity yet, or the matter is public.
func (c *Case) plan(p *policy.Policy) *PlanView {
	level := c.Fields.Severity.Level
	rule, ok := p.Rule(policy.Severity(level))
	if !ok || !level.Valid() || c.Public() || !c.Open() || rule.Track == "" {
		return nil
	}
	in := policy.Case{Severity: policy.Severity(level), Reported: c.Received}
	switch {
	case c.Review.Schedule != nil:
		in.Release = c.Review.Schedule.At
	case c.Embargo.Active != nil:
		in.Release = c.Embargo.Active.Until
	}
	out := &PlanView{Track: rule.Track}
	made, err := p.Plan(in)
	if err != nil {
		out.Problem = errs.Public(err)
		return out
	}
	out.Track, out.Steps = made.Track, made.Steps
	return out
}

// window objects, softly, to an hour at which the policy has no releases: the
// hour may have been agreed on with others.
func window(p *policy.Policy, slot Slot) []advisory.Objection {
	if p.Release.IsZero() {
		return nil
	}
	next, err := p.Calendar.NextIn(slot.At, p.Release)
	if err != nil || next.Equal(slot.At.UTC()) {
		return nil
	}
	return []advisory.Objection{{Soft: true, Why: fmt.Sprintf("the policy has no releases at that hour; the next is %s", inZone(next, slot.Zone))}}
}
