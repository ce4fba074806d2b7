package calendar

import (
	"errors"
	"slices"
	"time"

	"steward/internal/base/errs"
)

// hourLayout is an hour as clocks on the wall show it.
const hourLayout = "2006-01-02T15:04"

// maxZone is how many bytes the name of a zone may have.
const maxZone = 64

// Location finds an IANA zone. An empty name and "Local" are errs.Invalid: they
// would mean another hour on another machine.
func Location(name string) (*time.Location, error) {
	bad := errs.Invalidf("zone", "This is not a time zone.").WithHint("write it as Europe/Stockholm, or UTC")
	if name == "" || name == "Local" || len(name) > maxZone {
		return nil, bad
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, bad
	}
	return loc, nil
}

// CheckZone adds what Location says of a name to what else is wrong.
func CheckZone(ps *errs.Problems, name string) {
	_, err := Location(name)
	if bad, ok := errors.AsType[*errs.Error](err); ok {
		*ps = append(*ps, bad)
	}
}

// Local gives the instant at which the clocks of a zone show an hour, written
// as 08:00, of a date, written as 2026-12-01. Where they are put forward there
// are hours that never come, and where they are put back, hours that come
// twice: both are errs.Invalid, since only a person can say what was meant.
func Local(date, hour, zone string) (time.Time, error) {
	loc, err := Location(zone)
	if err != nil {
		return time.Time{}, err
	}
	text := date + "T" + hour
	shown, err := time.Parse(hourLayout, text)
	if err != nil {
		return time.Time{}, errs.Invalidf("hour", "This is not an hour.").WithHint("write it as 2026-12-01T08:00")
	}
	switch at := instants(shown, loc); len(at) {
	case 0:
		return time.Time{}, errs.Invalidf("hour", "%s does not exist in %s: the clocks are put forward then.", text, zone).
			WithHint("choose an hour before or after")
	case 1:
		return at[0], nil
	default:
		return time.Time{}, errs.Invalidf("hour", "%s comes twice in %s: the clocks are put back then.", text, zone).
			WithHint("choose another hour, or the zone UTC: %s is the first, %s the second", at[0].Format(hourLayout), at[1].Format(hourLayout))
	}
}

// instants gives all times, in UTC, the earliest first, at which the clocks of
// a zone show what those of UTC show at the time shown.
func instants(shown time.Time, loc *time.Location) (at []time.Time) {
	near := nearby(shown, loc)
	start, end := near.ZoneBounds()
	for _, t := range []time.Time{near, start.Add(-time.Second), end} { // the offsets now, before and after
		_, offset := t.In(loc).Zone()
		one := shown.Add(-time.Duration(offset) * time.Second)
		if _, is := one.In(loc).Zone(); is == offset && !slices.ContainsFunc(at, one.Equal) {
			at = append(at, one)
		}
	}
	slices.SortFunc(at, time.Time.Compare)
	return at
}

// nearby gives a time at which the clocks show what is shown, or, if they never
// do, one next to the change that leaves it out.
func nearby(shown time.Time, loc *time.Location) time.Time {
	y, m, d := shown.Date()
	return time.Date(y, m, d, shown.Hour(), shown.Minute(), shown.Second(), shown.Nanosecond(), loc)
}

// Soonest gives the first instant at which the clocks of a zone show what those
// of UTC show at the time shown; or, if they never do, the moment at which they
// are put past it.
func Soonest(shown time.Time, loc *time.Location) time.Time {
	if at := instants(shown, loc); len(at) > 0 {
		return at[0]
	}
	near := nearby(shown, loc)
	start, end := near.ZoneBounds()
	for _, change := range []time.Time{start, end} {
		before, after := wallOf(change.Add(-1), loc), wallOf(change, loc)
		if before.Before(shown) && after.After(shown) {
			return change.UTC()
		}
	}
	return near.UTC()
}

// wallOf gives the time at which the clocks of UTC show what those of the zone
// show at t.
func wallOf(t time.Time, loc *time.Location) time.Time {
	_, offset := t.In(loc).Zone()
	return t.UTC().Add(time.Duration(offset) * time.Second)
}
