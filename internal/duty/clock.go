package duty

import (
	"steward/internal/base/calendar"
	"time"
)

// State is the word for how a clock stands.
type State string

// The states.
const (
	NotApplicable State = "not applicable"
	Met           State = "met"
	MetLate       State = "met late"
	Waiting       State = "waiting for its start"
	Overdue       State = "overdue"
	Running       State = "running"
)

// Due is one clock as it stands.
type Due struct {
	Duty
	Start time.Time // when it began to run; zero until that is known
	At    time.Time // when it is over; zero until its start is known, and if the law names no hour
	Day   Day       // the last day, of a span of days or months; else the zero Day
	Met   time.Time // when it was first provided; zero if it was not
	State State
	Why   string // of a clock that is not applicable or whose start was moved: the reason
}

// standing is all that the state of a clock depends on.
type standing struct {
	applies bool // the provision applies, and its condition was not denied
	filed   bool
	late    bool // filed after the end
	started bool
	past    bool // the end is past
}

// stateTable is the rule for each word: the first line that holds gives it.
var stateTable = []struct {
	state State
	rule  string // in words
	holds func(standing) bool
}{
	{NotApplicable, "the provision did not apply at awareness, or a person denied the condition of Article 24(3)", func(s standing) bool { return !s.applies }},
	{MetLate, "provided, after the end", func(s standing) bool { return s.filed && s.late }},
	{Met, "provided, before the end or at it, or where the law names no hour", func(s standing) bool { return s.filed }},
	{Waiting, "not provided, and what it runs from has not happened", func(s standing) bool { return !s.started }},
	{Overdue, "not provided, and the end is past", func(s standing) bool { return s.past }},
	{Running, "not provided, begun, and the end is not past or the law names none", func(standing) bool { return true }},
}

func (s standing) state() State {
	for _, line := range stateTable {
		if line.holds(s) {
			return line.state
		}
	}
	return Running
}

// StateRule is the rule for a state in words; empty for a word that is none.
func StateRule(s State) string {
	for _, line := range stateTable {
		if line.state == s {
			return line.rule
		}
	}
	return ""
}

// Clocks gives every clock of the facts as it stands now, in the order of
// Kinds. The errors are those of Facts.Check.
func Clocks(f Facts, now time.Time) ([]Due, error) {
	if err := f.Check(now); err != nil {
		return nil, err
	}
	zone, err := calendar.Location(f.Zone)
	if err != nil {
		return nil, err
	}
	duties := Duties(f.Role, f.Trigger)
	out := make([]Due, len(duties))
	for i, d := range duties {
		out[i] = clockOf(f, d, zone, now)
	}
	return out, nil
}

func clockOf(f Facts, d Duty, zone *time.Location, now time.Time) Due {
	due := Due{Duty: d, Met: f.filed(d.Kind)}
	due.Start, due.Why = f.start(d.From)
	if !due.Start.IsZero() {
		due.At = d.Span.End(due.Start, zone)
		if d.Span.Calendar() {
			due.Day = d.Span.LastDay(due.Start, zone)
		}
	}
	s := standing{
		applies: true,
		filed:   !due.Met.IsZero(),
		started: !due.Start.IsZero(),
		late:    !due.At.IsZero() && due.Met.After(due.At),
		past:    !due.At.IsZero() && now.After(due.At),
	}
	if why := f.exempt(zone, now); why != "" {
		s.applies, due.Why = false, why
		due.Start, due.At, due.Day = time.Time{}, time.Time{}, Day{}
	}
	due.State = s.state()
	return due
}

// start is when a clock began to run, zero if that is not known, and why it is
// another time than the law's word alone would give.
func (f Facts) start(from Start) (time.Time, string) {
	switch from {
	case FromAwareness:
		return f.Awareness.At.UTC(), ""
	case FromMeasure:
		// The law does not foresee a measure that is older than the awareness.
		// Nobody can be late for what they did not know of.
		if f.Awareness.At.IsZero() || f.FixAvailable.IsZero() {
			return time.Time{}, ""
		}
		if f.FixAvailable.Before(f.Awareness.At) {
			return f.Awareness.At.UTC(), "The measure was available before anybody was aware of the exploitation; the days are counted from the awareness."
		}
		return f.FixAvailable.UTC(), ""
	case FromNotification:
		return f.filed(Notification).UTC(), ""
	case FromRequest:
		return f.AskedAt.UTC(), ""
	}
	return time.Time{}, ""
}

// exempt says why nothing is owed; empty if something is.
func (f Facts) exempt(zone *time.Location, now time.Time) string {
	at := f.Awareness.At
	if at.IsZero() {
		at = now
	}
	p := Reporting(f.Role)
	switch {
	case !p.Applies(at, zone) && f.Role == Steward:
		return "Article 24(3), which binds stewards, applies from " + p.From().String() + " (" + law + ", Article 71(2)); what is known before then is not reported under it."
	case !p.Applies(at, zone):
		return "Article 14 applies from " + p.From().String() + " (" + law + ", Article 71(2)); what is known before then is not reported under it."
	case f.Role == Steward && f.Extent == No && f.Trigger == Exploited:
		return "A person answered that the steward is not involved in the development (" + law + ", Article 24(3)). Reporting of one's own accord is Article 15."
	case f.Role == Steward && f.Extent == No:
		return "A person answered that no system which the steward provides for the development is affected (" + law + ", Article 24(3)). Reporting of one's own accord is Article 15."
	}
	return ""
}

// Open tells whether something is still to be done about the clock.
func (d Due) Open() bool { return d.State == Running || d.State == Overdue || d.State == Waiting }

// When writes the end for a person: in UTC and in the zone, and of a span of
// days the day with which it ends. An unknown zone is left out.
func (d Due) When(zone string) string {
	loc, err := calendar.Location(zone)
	switch {
	case d.At.IsZero() && d.State == NotApplicable:
		return ""
	case d.At.IsZero() && d.Span.Fixed():
		return d.Span.String() + " from when " + string(d.From)
	case d.At.IsZero():
		return "the law names no hour"
	case d.Day != Day{}:
		s := "end of " + d.Day.Weekday().String() + " " + d.Day.String()
		if err == nil {
			s += " (" + zone + ")"
		}
		return s
	}
	s := d.At.UTC().Format("2006-01-02 15:04 UTC")
	if err == nil && zone != "UTC" {
		s += " (" + d.At.In(loc).Format("2006-01-02 15:04 ") + zone + ")"
	}
	return s
}
