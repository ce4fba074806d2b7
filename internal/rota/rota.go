package rota

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"steward/internal/base/calendar"
	"steward/internal/base/db"
	"steward/internal/base/errs"
)

// Limits of a rota.
const (
	maxMembers   = 100
	maxOverrides = 500
	maxReason    = 200 // characters
	maxOverride  = 92 * 24 * time.Hour
)

// Member is the user id of someone on the rota; Nobody is no one.
type Member string

// Nobody is on call: all handlers are to be told.
const Nobody Member = ""

// Handover is when one shift ends and the next begins, by the rota's zone.
type Handover struct {
	Weekday time.Weekday `json:"weekday"` // 0 is Sunday
	Hour    int          `json:"hour"`    // 0 to 23
}

// Date is a day without a zone, written 2026-03-29.
type Date string

func (d Date) day() (time.Time, error) { return time.Parse(time.DateOnly, string(d)) }

// Override gives a time to someone.
type Override struct {
	From   time.Time `json:"from"`
	To     time.Time `json:"to"` // no longer part of it
	Who    Member    `json:"who"`
	Reason string    `json:"reason"` // one line; may be empty
}

// Rota is who takes turns, and when. The zero Rota is empty.
type Rota struct {
	Zone      string     `json:"zone"` // as Europe/Stockholm
	Handover  Handover   `json:"handover"`
	Order     []Member   `json:"order"`
	Start     Date       `json:"start"` // the first of the order begins that day, at the hour of the handover
	Overrides []Override `json:"overrides"`
}

// Able tells whether someone can be on call as things stand. Where one is
// asked for, nil says that everyone is.
type Able func(Member) bool

func (a Able) ok(m Member) bool { return m != Nobody && (a == nil || a(m)) }

// Shift is a time in which one person is on call.
type Shift struct {
	From, To time.Time // UTC; To is no longer part of it, and is zero if there is no end in sight
	Who      Member    // Nobody: all handlers
	Override bool      // by an override
	Reason   string    // of the override
}

// Check finds what is wrong with a rota; the error is errs.Problems.
func (r Rota) Check() error {
	var ps errs.Problems
	if _, err := time.LoadLocation(r.Zone); err != nil || r.Zone == "" || r.Zone == "Local" {
		ps.Add("zone", "%q is not a time zone.", r.Zone).WithHint("write it as Europe/Stockholm")
	}
	if r.Handover.Weekday < time.Sunday || r.Handover.Weekday > time.Saturday {
		ps.Add("weekday", "The day of the handover must be 0 (Sunday) to 6 (Saturday).")
	}
	if r.Handover.Hour < 0 || r.Handover.Hour > 23 {
		ps.Add("hour", "The hour of the handover must be 0 to 23.")
	}
	if d, err := r.Start.day(); err != nil || d.Year() < 1970 {
		ps.Add("start", "%q is not a day since 1970.", r.Start).WithHint("write it as 2026-03-29")
	}
	if len(r.Order) > maxMembers {
		ps.Add("order", "More than %d people take turns.", maxMembers)
	} else {
		for i, m := range r.Order {
			if !db.ValidID(string(m)) {
				ps.Add("order", "Number %d is not a user.", i+1)
			} else if slices.Contains(r.Order[:i], m) {
				ps.Add("order", "Number %d is in the order already.", i+1).WithHint("name each person once; a swap is an override")
			}
		}
	}
	if len(r.Overrides) > maxOverrides {
		ps.Add("overrides", "There are more than %d overrides.", maxOverrides).WithHint("remove those that are past")
		return ps.Err()
	}
	for i, o := range r.Overrides {
		o.check(fmt.Sprintf("overrides.%d", i), &ps)
	}
	return ps.Err()
}

func (o Override) check(field string, ps *errs.Problems) {
	switch {
	case o.From.IsZero() || o.To.IsZero():
		ps.Add(field, "The beginning or the end is missing.")
	case !o.From.Before(o.To):
		ps.Add(field, "It ends before it begins.")
	case o.To.Sub(o.From) > maxOverride:
		ps.Add(field, "It is longer than %d days.", maxOverride/(24*time.Hour)).WithHint("change the order instead")
	}
	if !db.ValidID(string(o.Who)) {
		ps.Add(field, "It does not name a user.")
	}
	if utf8.RuneCountInString(o.Reason) > maxReason || !utf8.ValidString(o.Reason) || strings.ContainsFunc(o.Reason, unicode.IsControl) {
		ps.Add(field, "The reason must be one line of at most %d characters.", maxReason)
	}
}

// OnCall tells who is on call at an instant, and until when that stands: the
// next handover, or where an override begins or ends. until is zero if nothing
// ahead changes it. It expects a rota that Check accepts; a zone that this
// machine does not know counts as UTC, since a wrong hour wakes someone and no
// answer wakes nobody.
func (r Rota) OnCall(t time.Time, able Able) (who Member, until time.Time) {
	s := r.at(t, able)
	return s.Who, s.To
}

// Upcoming gives the next n shifts: the one of the instant, from that instant
// on, and those that follow it without a gap. Neighbours that differ in nothing
// are one. There are fewer if the last has no end.
func (r Rota) Upcoming(from time.Time, n int, able Able) []Shift {
	var out []Shift
	// Each step crosses a handover, which begins a shift, or an edge of an
	// override, which may not.
	for range n + 2*len(r.Overrides) + 1 {
		s := r.at(from, able)
		if k := len(out) - 1; k >= 0 && !r.handover(s.From) && out[k].Who == s.Who && out[k].Override == s.Override && out[k].Reason == s.Reason {
			out[k].To = s.To
		} else if len(out) >= n {
			break
		} else {
			out = append(out, s)
		}
		if s.To.IsZero() {
			break
		}
		from = s.To
	}
	return out
}

// at is the shift of an instant, from that instant to the next boundary.
func (r Rota) at(t time.Time, able Able) Shift {
	s := Shift{From: t.UTC(), Who: Nobody}
	if len(r.Order) > 0 {
		var turn int
		turn, s.To = r.turn(t)
		if turn >= 0 {
			for i := range r.Order {
				if m := r.Order[(turn+i)%len(r.Order)]; able.ok(m) {
					s.Who = m
					break
				}
			}
		}
	}
	for _, o := range r.Overrides {
		for _, edge := range []time.Time{o.From, o.To} {
			if edge.After(t) && (s.To.IsZero() || edge.Before(s.To)) {
				s.To = edge.UTC()
			}
		}
		if !t.Before(o.From) && t.Before(o.To) && able.ok(o.Who) {
			s.Who, s.Override, s.Reason = o.Who, true, o.Reason
		}
	}
	return s
}

// turn numbers the shift of an instant from 0, and tells when it ends. Before
// the start it is -1.
func (r Rota) turn(t time.Time) (n int, end time.Time) {
	loc, err := time.LoadLocation(r.Zone)
	if err != nil {
		loc = time.UTC
	}
	start, err := r.Start.day()
	if err != nil {
		start = time.Unix(0, 0).UTC()
	}
	hour := func(day time.Time) time.Time {
		return calendar.Soonest(day.Add(time.Duration(r.Handover.Hour)*time.Hour), loc)
	}
	if begins := hour(start); t.Before(begins) {
		return -1, begins
	}
	// The first shift is cut: it runs from the start to the first handover.
	first := start.AddDate(0, 0, -int((start.Weekday()-r.Handover.Weekday+7)%7))
	handover := func(k int) time.Time { return hour(first.AddDate(0, 0, 7*k)) }
	// A guess by the length of a week, which is off by one at most.
	for n = int(t.Sub(handover(0)) / (7 * 24 * time.Hour)); n > 0 && t.Before(handover(n)); {
		n--
	}
	for !t.Before(handover(n + 1)) {
		n++
	}
	return n, handover(n + 1)
}

// handover tells whether a turn begins at the instant.
func (r Rota) handover(t time.Time) bool {
	if len(r.Order) == 0 {
		return false
	}
	before, _ := r.turn(t.Add(-1))
	now, _ := r.turn(t)
	return before != now
}
