package cvd

import (
	"slices"
	"time"

	"steward/internal/base/errs"
)

// hourLayout is an hour as clocks on the wall show it.
const hourLayout = "2006-01-02T15:04"

// LocalHour gives the instant at which the clocks of a zone show an hour,
// written as 2026-12-01T08:00. Where they are put forward there are hours that
// never come, and where they are put back, hours that come twice: both are
// refused, since only a person can say what was meant.
func LocalHour(hour, zone string) (time.Time, error) {
	loc, err := loadZone(zone)
	if err != nil {
		return time.Time{}, err
	}
	shown, err := time.Parse(hourLayout, hour)
	if err != nil {
		return time.Time{}, errs.Invalidf("hour", "This is not an hour.").WithHint("write it as 2026-12-01T08:00")
	}
	switch at := instants(shown, loc); len(at) {
	case 0:
		return time.Time{}, errs.Invalidf("hour", "%s does not exist in %s: the clocks are put forward then.", hour, zone).
			WithHint("choose an hour before or after")
	case 1:
		return at[0], nil
	default:
		return time.Time{}, errs.Invalidf("hour", "%s comes twice in %s: the clocks are put back then.", hour, zone).
			WithHint("choose another hour, or the zone UTC: %s is the first, %s the second", at[0].Format(hourLayout), at[1].Format(hourLayout))
	}
}

// instants gives all times, in UTC, the earliest first, at which the clocks of
// a zone show what those of UTC show at the time shown.
func instants(shown time.Time, loc *time.Location) (at []time.Time) {
	y, m, d := shown.Date()
	near := time.Date(y, m, d, shown.Hour(), shown.Minute(), 0, 0, loc)
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
