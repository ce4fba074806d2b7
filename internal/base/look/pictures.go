package look

import (
	"math"
	"time"
)

// Step is one stage of a process, as the part "steps" draws it.
type Step struct {
	Name  string
	Say   string // one line: what happens here, or when it happened
	State StepState
}

// StepState says how far a step is.
type StepState string

// The states of a step.
const (
	Done  StepState = "done"
	Now   StepState = "now"
	Later StepState = "later"
)

// Moment is one event of a timeline.
type Moment struct {
	At   time.Time
	What string
}

// Strip is a timeline drawn to scale: the distance between two knots is the
// time between them, as far as knots stay apart.
type Strip struct {
	Width, Height int
	Y             int
	First, Last   float64
	Knots         []Knot
	Alt           string
}

// Knot is one event on a strip; its number is the event's place in the list.
type Knot struct {
	X    float64
	N    int
	Last bool
}

// The strip's size in its own units, and the least distance between knots.
const (
	stripWidth  = 760.0
	stripMargin = 14.0
	stripApart  = 27.0
)

// NewStrip draws events that are in order of time. Fewer than two events are
// no picture, nor are more than fit apart: then it is nil.
func NewStrip(events []Moment) *Strip {
	n := len(events)
	if n < 2 || float64(n-1)*stripApart > stripWidth-2*stripMargin {
		return nil
	}
	first, last := events[0].At, events[n-1].At
	span := last.Sub(first).Seconds()
	if span <= 0 {
		return nil
	}
	s := &Strip{Width: int(stripWidth), Height: 28, Y: 14}
	x := make([]float64, n)
	for i, e := range events {
		share := e.At.Sub(first).Seconds() / span
		x[i] = stripMargin + share*(stripWidth-2*stripMargin)
	}
	spread(x, stripApart, stripMargin, stripWidth-stripMargin)
	for i := range events {
		s.Knots = append(s.Knots, Knot{X: math.Round(x[i]*10) / 10, N: i + 1, Last: i == n-1})
	}
	s.First, s.Last = s.Knots[0].X, s.Knots[n-1].X
	days := int(math.Round(last.Sub(first).Hours() / 24))
	s.Alt = Plural(n, "event", "events") + " over " + Plural(days, "day", "days") + "; the list below names each"
	return s
}

// spread pushes neighbours apart to the least distance, first to the right,
// then back from the right edge.
func spread(x []float64, apart, low, high float64) {
	for i := range x {
		x[i] = max(x[i], low+float64(i)*apart)
		if i > 0 {
			x[i] = max(x[i], x[i-1]+apart)
		}
	}
	for i := len(x) - 1; i >= 0; i-- {
		x[i] = min(x[i], high-float64(len(x)-1-i)*apart)
	}
}

// Countdown is how much of a span of time has passed.
type Countdown struct {
	From, Until time.Time
	Share       float64 // 0–100, what has passed
	Left        string  // in words: "12 days left"
	Late        bool    // Until has passed
}

// NewCountdown measures now between two moments.
func NewCountdown(from, until, now time.Time) Countdown {
	c := Countdown{From: from, Until: until, Left: Until(until, now), Late: now.After(until)}
	switch total := until.Sub(from); {
	case c.Late || total <= 0:
		c.Share = 100
	case now.Before(from):
	default:
		c.Share = math.Round(1000*now.Sub(from).Seconds()/total.Seconds()) / 10
	}
	return c
}

// Until says in words how far a moment is: "in 3 days", "2 hours ago".
func Until(at, now time.Time) string {
	d := at.Sub(now)
	words := spanWords(d.Abs())
	switch {
	case d.Abs() < time.Minute:
		return "now"
	case d < 0:
		return words + " ago"
	default:
		return "in " + words
	}
}

// spanWords rounds down to the largest unit that says something: 47 hours are
// hours, 49 hours are 2 days.
func spanWords(d time.Duration) string {
	switch {
	case d < time.Hour:
		return Plural(int(d/time.Minute), "minute", "minutes")
	case d < 48*time.Hour:
		return Plural(int(d/time.Hour), "hour", "hours")
	case d < 70*24*time.Hour:
		return Plural(int(d/(24*time.Hour)), "day", "days")
	case d < 2*365*24*time.Hour:
		return Plural(int(d/(30*24*time.Hour)), "month", "months")
	default:
		return Plural(int(d/(365*24*time.Hour)), "year", "years")
	}
}
