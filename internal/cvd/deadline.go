package cvd

import (
	"slices"
	"time"

	"steward/internal/policy"
)

// DeadlineKind is what falls due.
type DeadlineKind string

// What can fall due.
const (
	DueAcknowledge DeadlineKind = "acknowledge the report"
	DueAnswer      DeadlineKind = "answer the reporter"
	DueStatus      DeadlineKind = "tell the reporter how it goes"
	DueEmbargo     DeadlineKind = "the embargo ends"
	DueRelease     DeadlineKind = "the advisory is released"
	DueReporter    DeadlineKind = "the reporter goes public"
	DueDisclosure  DeadlineKind = "the policy makes it public"
	DueRemind      DeadlineKind = "ask the silent reporter again"
)

// Deadline is something that falls due.
type Deadline struct {
	At    time.Time    `json:"at"`
	What  DeadlineKind `json:"what"`
	Basis string       `json:"basis,omitempty"` // what makes it due: a promise, a policy, a provision of the law
	By    string       `json:"by,omitempty"`    // who set it; empty: it follows from the basis
	From  time.Time    `json:"from,omitzero"`   // when it began to run
}

// deadlines lists what falls due, the soonest first.
func (c *Case) deadlines(p *policy.Policy) []Deadline {
	ds := append(c.lawDeadlines(), c.listDeadlines()...)
	add := func(d Deadline) {
		if !d.At.IsZero() {
			ds = append(ds, d)
		}
	}
	if c.State == Receipt {
		add(Deadline{At: c.AcknowledgeBy, What: DueAcknowledge, From: c.Received, Basis: "promised in the receipt"})
	}
	add(Deadline{At: c.AnswerBy, What: DueAnswer, Basis: "promised to every reporter"})
	if c.Open() {
		if !c.Public() {
			add(Deadline{At: c.ReporterPlan, What: DueReporter, Basis: "the reporter's own date", By: c.SetBy[DueReporter]})
		}
		if !c.Public() || c.NextStatus.After(c.Released) { // the advisory itself says how it went
			add(Deadline{At: c.NextStatus, What: DueStatus, Basis: "promised to the reporter", By: c.SetBy[DueStatus]})
		}
		if e := c.Embargo.Active; e != nil {
			add(Deadline{At: e.Until, What: DueEmbargo, Basis: "agreed between the parties", By: c.SetBy[DueEmbargo]})
		}
		if r := c.Review.Schedule; r != nil {
			add(Deadline{At: r.At, What: DueRelease, Basis: "the hour of the release", By: r.By.Name})
		}
		add(c.disclosure(p))
		add(c.silence(p))
	}
	slices.SortStableFunc(ds, func(a, b Deadline) int { return a.At.Compare(b.At) })
	return ds
}

// disclosure is the day on which a matter without an agreement and without a fix
// becomes public by the policy.
func (c *Case) disclosure(p *policy.Policy) Deadline {
	if c.Public() || c.Embargo.Active != nil || c.Disposition() != Valid || p.DisclosedFrom.IsZero() {
		return Deadline{}
	}
	at, err := p.Calendar.After(c.Received, p.DisclosedFrom)
	if err != nil {
		return Deadline{}
	}
	return Deadline{At: at, What: DueDisclosure, From: c.Received, Basis: "the policy: public " + p.DisclosedFrom.Words() + " after the report"}
}

// silence is when a reporter who has not answered is to be asked again.
func (c *Case) silence(p *policy.Policy) Deadline {
	if c.Public() || c.Asked.IsZero() || p.Remind.IsZero() {
		return Deadline{}
	}
	at, err := p.Calendar.After(c.Asked, p.Remind)
	if err != nil {
		return Deadline{}
	}
	return Deadline{At: at, What: DueRemind, From: c.Asked, Basis: "the policy: a silent reporter is asked again after " + p.Remind.Words()}
}

// setBy notes who set a date.
func (c *Case) setBy(what DeadlineKind, name string) {
	if c.SetBy == nil {
		c.SetBy = map[DeadlineKind]string{}
	}
	c.SetBy[what] = name
}

// next gives what of these kinds falls due first; of all kinds if none is
// named.
func (c *Case) next(p *policy.Policy, kinds ...DeadlineKind) *Deadline {
	for _, d := range c.deadlines(p) {
		if len(kinds) == 0 || slices.Contains(kinds, d.What) {
			return &d
		}
	}
	return nil
}

// place is where a case stands in the queue: by group, then first, then
// second, then the number of the case, the least in front.
type place struct{ group, first, second int64 }

// The groups of the queue. Up to groupIdle there is something left to do.
const (
	groupNew  = 0 // nobody has answered
	groupDue  = 1 // something falls due
	groupIdle = 2 // the rest; at its end what came in a crowd and nobody has answered
	groupDone = 3
)

// provedAhead puts what was proved before all else that nobody has answered: about
// 570 years, in microseconds.
const provedAhead = 18_000_000_000_000_000

// place puts first what nobody has answered: what was proved, then by the day of
// the promise, on one day the reports that came with the most evidence. Then comes what falls due,
// the soonest first, then the rest, then what came in a crowd, again those
// with the most evidence first. What is done stands at the end, the latest
// first.
func (c *Case) place(p *policy.Policy) place {
	next := c.next(p)
	switch {
	case c.Check != "" && c.Open():
		return place{groupIdle, 1 << 40, c.Received.UnixMicro()}
	case c.State == Receipt && c.Crowd && c.Proved != nil:
		return place{groupIdle, 1, 0}
	case c.State == Receipt && c.Crowd:
		return place{groupIdle, 1 + int64(c.Findings), c.Received.UnixMicro()}
	case c.State == Receipt && c.Proved != nil:
		return place{groupNew, c.AcknowledgeBy.Truncate(24*time.Hour).UnixMicro() - provedAhead, int64(c.Findings)}
	case c.State == Receipt:
		return place{groupNew, c.AcknowledgeBy.Truncate(24 * time.Hour).UnixMicro(), int64(c.Findings)}
	case next != nil:
		return place{groupDue, next.At.UnixMicro(), 0}
	case c.Open():
		return place{groupIdle, 0, 0}
	default:
		return place{groupDone, -c.Closed.UnixMicro(), 0}
	}
}
