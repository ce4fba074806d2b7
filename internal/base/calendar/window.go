package calendar

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"steward/internal/base/errs"
)

// Weekday is a day of the week, written as "tuesday".
type Weekday time.Weekday

// String writes the day as UnmarshalText reads it.
func (d Weekday) String() string { return strings.ToLower(time.Weekday(d).String()) }

// MarshalText implements encoding.TextMarshaler.
func (d Weekday) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Weekday) UnmarshalText(text []byte) error {
	for day := time.Sunday; day <= time.Saturday; day++ {
		if Weekday(day).String() == string(text) {
			*d = Weekday(day)
			return nil
		}
	}
	return errs.Invalidf("days", "This is not a day of the week.").WithHint("write it as tuesday")
}

// Hour is an hour of a day in minutes after midnight, written as "16:30".
type Hour int

// endOfDay is 24:00.
const endOfDay Hour = 24 * 60

// String writes the hour as UnmarshalText reads it.
func (h Hour) String() string { return fmt.Sprintf("%02d:%02d", int(h)/60, int(h)%60) }

// MarshalText implements encoding.TextMarshaler.
func (h Hour) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler. 24:00 is the end of the day.
func (h *Hour) UnmarshalText(text []byte) error {
	if string(text) == endOfDay.String() {
		*h = endOfDay
		return nil
	}
	at, err := time.Parse("15:04", string(text))
	if err != nil || len(text) != len("15:04") {
		return errs.Invalidf("hour", "This is not an hour.").WithHint("write it as 16:30")
	}
	*h = Hour(at.Hour()*60 + at.Minute())
	return nil
}

// Window is the hours at which something may be done: on these days of the
// week, while the clocks show from From to To, both included. The zero value is
// midnight of every day: use 00:00 to 24:00 for any time.
type Window struct {
	Days       []Weekday `toml:"days,omitempty"`        // empty: every day
	From       Hour      `toml:"from"`                  // the first moment that is good
	To         Hour      `toml:"to"`                    // the last one; equal to From: that moment alone
	Zone       string    `toml:"zone,omitempty"`        // IANA name; empty: that of the calendar
	NoHolidays bool      `toml:"no_holidays,omitempty"` // not on a holiday of the calendar's countries
}

// IsZero tells whether no window is given.
func (w Window) IsZero() bool {
	return len(w.Days) == 0 && w.From == 0 && w.To == 0 && w.Zone == "" && !w.NoHolidays
}

// Check tells what is wrong with the window, if anything: errs.Invalid.
func (w Window) Check() error {
	if w.Zone != "" {
		if _, err := Location(w.Zone); err != nil {
			return err
		}
	}
	if len(w.Days) > 7 || w.From < 0 || w.To > endOfDay || w.From > w.To {
		return errs.Invalidf("to", "The window ends before it begins, or after the day.").WithHint("write it as from = 13:00, to = 17:00; at most seven days")
	}
	return nil
}

// furthest is how many days ahead a window is looked for: a leap year and a
// week, so that every date and day of the week was met.
const furthest = 373

// NextIn gives the first instant at or after t, in UTC, that lies in the window.
// An hour that clocks leave out does not lie in it, what the clocks show next
// may; an hour that comes twice lies in it twice. A window that does not come
// within a year, and what Check refuses, is errs.Invalid.
func (c Calendar) NextIn(t time.Time, w Window) (time.Time, error) {
	if w.Zone != "" {
		c.Zone = w.Zone
	}
	p, err := c.open()
	if err == nil {
		err = w.Check()
	}
	if err != nil {
		return time.Time{}, err
	}
	today := midnight(wallOf(t, p.loc))
	for n := range furthest {
		day := today.AddDate(0, 0, n)
		if !p.dayFits(day, w) {
			continue
		}
		if at, ok := p.firstOn(day, t.UTC(), w); ok {
			return at, nil
		}
	}
	return time.Time{}, errs.Invalidf("days", "No such hour comes within a year.").WithHint("name more days")
}

// dayFits tells whether a date is one of the window.
func (p place) dayFits(date time.Time, w Window) bool {
	if len(w.Days) > 0 && !slices.Contains(w.Days, Weekday(date.Weekday())) {
		return false
	}
	return !w.NoHolidays || !p.holiday(date)
}

// firstOn gives the first instant on a date, and not before t, that the window
// has. It can only be t itself, a moment at which the clocks show the window's
// first, or one at which they are changed.
func (p place) firstOn(date, t time.Time, w Window) (time.Time, bool) {
	from, to := date.Add(time.Duration(w.From)*time.Minute), date.Add(time.Duration(w.To)*time.Minute)
	able := append(instants(from, p.loc), t)
	// The clocks are never two days off: all changes on the date are in there.
	for at := date.AddDate(0, 0, -2).In(p.loc); ; {
		_, end := at.ZoneBounds()
		if end.IsZero() || end.After(date.AddDate(0, 0, 3)) {
			break
		}
		able, at = append(able, end.UTC()), end
	}
	slices.SortFunc(able, time.Time.Compare)
	for _, at := range able {
		wall := wallOf(at, p.loc)
		if !at.Before(t) && !wall.Before(from) && !wall.After(to) && midnight(wall).Equal(date) {
			return at, true
		}
	}
	return time.Time{}, false
}
