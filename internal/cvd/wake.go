package cvd

import (
	"fmt"
	"slices"
	"time"

	"steward/internal/policy"
)

// wakeUp is an instant at which Steward itself does something about a case.
type wakeUp struct {
	at   time.Time
	rung *policy.Rung // a step of the ladder
	due  *Deadline    // or a deadline of which someone is reminded
	late bool         // that is past
}

// Step is a step of the ladder that was taken: nobody had answered a report,
// and more people were told.
type Step struct {
	At   time.Time   `json:"at"`
	Tell policy.Role `json:"tell"`
	Told int         `json:"told"` // people
}

// ahead is how long before a deadline someone is reminded of it.
const ahead = 24 * time.Hour

// wakeUps lists what the clock brings to a case after it was last looked at,
// the soonest first.
func (c *Case) wakeUps(p *policy.Policy) []wakeUp {
	var all []wakeUp
	add := func(w wakeUp) {
		if w.at.After(c.Woken) {
			all = append(all, w)
		}
	}
	if c.Check == "" {
		for _, w := range c.rungs(p) {
			add(w)
		}
		for _, d := range c.deadlines(p) {
			switch d.What {
			case DueAcknowledge: // the ladder does it
			case DueRelease, DueEmbargo: // nobody is late: Steward releases, and an hour that was agreed on comes
				add(wakeUp{at: d.At.Add(-ahead), due: &d})
			default:
				add(wakeUp{at: d.At.Add(-ahead), due: &d})
				add(wakeUp{at: d.At, due: &d, late: true})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b wakeUp) int { return a.at.Compare(b.at) })
	return all
}

// rungs are the steps of the policy's ladder for a report that nobody has
// answered. What came in a crowd wakes nobody.
func (c *Case) rungs(p *policy.Policy) []wakeUp {
	if c.State != Receipt || c.Crowd {
		return nil
	}
	var all []wakeUp
	for i := range p.Ladder {
		at, err := p.Calendar.After(c.Received, p.Ladder[i].After)
		if err == nil { // Policy.Check has looked at it
			all = append(all, wakeUp{at: at, rung: &p.Ladder[i]})
		}
	}
	return all
}

// wakeAt is when the case must be looked at next, in microseconds; nil: never,
// as things stand.
func (c *Case) wakeAt(p *policy.Policy) any {
	list := c.wakeUps(p)
	if len(list) == 0 {
		return nil
	}
	return list[0].at.UnixMicro()
}

// name tells this wake-up from the others of its case, so that nobody is told
// twice.
func (w wakeUp) name() string {
	if w.rung != nil {
		return fmt.Sprintf("rung/%s/%s", w.rung.Tell, w.rung.After)
	}
	return fmt.Sprintf("%s/%d/%t", w.due.What, w.due.At.UnixMicro(), w.late)
}
