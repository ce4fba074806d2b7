package clockwork

import (
	"os/exec"
	"strings"
	"testing"
	"time"

	"steward/internal/base/errs"
	"steward/internal/cvd"
)

// zones are those whose clocks do what others' do not: offsets of half and of
// three quarters of an hour, changes of half an hour, at midnight, in the
// southern spring, in the month of Ramadan, winter time that is called summer
// time, one day that never was, and none of all that.
var zones = []string{
	"UTC", "Europe/Stockholm", "Europe/London", "Europe/Dublin", "Africa/Casablanca", "Africa/Cairo", "Africa/Lagos",
	"America/New_York", "America/St_Johns", "America/Santiago", "America/Asuncion", "America/Havana", "America/Sao_Paulo",
	"Asia/Kolkata", "Asia/Kathmandu", "Asia/Beirut", "Australia/Adelaide", "Australia/Lord_Howe", "Pacific/Chatham", "Pacific/Apia",
}

const layout = "2006-01-02T15:04"

// change is a moment at which the clocks of a zone are put forward or back.
type change struct {
	zone     string
	at       time.Time // the first instant with the new offset
	from, to int       // seconds ahead of UTC, before and after
}

// changes lists those of a zone from one time to another.
func changes(t testing.TB, zone string, from, until time.Time) (list []change) {
	t.Helper()
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	for at := from.In(loc); ; {
		_, end := at.ZoneBounds()
		if end.IsZero() || end.After(until) {
			return list
		}
		_, before := at.Zone()
		_, after := end.Zone()
		if before != after { // and not the name of the zone alone
			list = append(list, change{zone, end, before, after})
		}
		at = end
	}
}

// shows is what the clocks of a zone show, which is ahead of UTC so many seconds.
func shows(at time.Time, ahead int) time.Time {
	return at.UTC().Add(time.Duration(ahead) * time.Second)
}

// TestHours takes every minute around each change of the clocks, in the years
// in which something is special, and asks which instant it means.
func TestHours(t *testing.T) {
	t.Parallel()
	from := time.Date(2010, 1, 1, 0, 0, 0, 0, time.UTC)
	seen, never, twice := 0, 0, 0
	for _, zone := range zones {
		for _, c := range changes(t, zone, from, from.AddDate(30, 0, 0)) {
			seen++
			early, late := min(c.from, c.to), max(c.from, c.to)
			step := 7 * time.Minute
			if late-early > 7200 {
				step = 2 * time.Hour // the day that never was
			}
			low, high := shows(c.at, early), shows(c.at, late)
			for shown := low.Add(-step).Truncate(time.Minute); shown.Before(high.Add(step)); shown = shown.Add(step) {
				got, err := cvd.LocalHour(shown.Format(layout), zone)
				inside := !shown.Before(low) && shown.Before(high)
				switch {
				case inside && c.to > c.from:
					never++
					if !errs.Is(err, errs.Invalid) || !strings.Contains(err.Error(), "does not exist") {
						t.Errorf("%s in %s never comes: %v, %v", shown.Format(layout), zone, got, err)
					}
				case inside:
					twice++
					first, second := shown.Add(-time.Duration(c.from)*time.Second), shown.Add(-time.Duration(c.to)*time.Second)
					if !errs.Is(err, errs.Invalid) || !strings.Contains(err.Error(), "twice") ||
						!strings.Contains(err.Error(), first.Format(layout)+" is the first") || !strings.Contains(err.Error(), second.Format(layout)+" the second") {
						t.Errorf("%s in %s comes at %s and at %s: %v, %v", shown.Format(layout), zone, first, second, got, err)
					}
				default:
					if err != nil || got.In(location(t, zone)).Format(layout) != shown.Format(layout) {
						t.Errorf("%s in %s: %v, %v", shown.Format(layout), zone, got, err)
					}
				}
			}
		}
	}
	t.Logf("%d changes of clocks, %d hours that never come, %d that come twice", seen, never, twice)
	if seen < 500 || never < 1000 || twice < 1000 {
		t.Error("too little was tried: is the zone database whole?")
	}
}

func location(t testing.TB, zone string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// TestZonesComeAlong: the program brings the zone database for machines that
// have none.
func TestZonesComeAlong(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-deps", "steward/cmd/steward").Output()
	if err != nil || !strings.Contains(string(out), "\ntime/tzdata\n") {
		t.Errorf("time/tzdata is not in the program: %v", err)
	}
}

// TestNoHour: what is no hour, or in no zone, is refused by its field.
func TestNoHour(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ hour, zone, field string }{
		{"", "UTC", "hour"}, {"T", "UTC", "hour"}, {"2026-02-30T08:00", "UTC", "hour"}, {"2026-03-24T24:00", "UTC", "hour"},
		{"2026-03-24 15:00", "UTC", "hour"}, {"2026-03-24T15:00", "", "zone"}, {"2026-03-24T15:00", "Local", "zone"},
		{"2026-03-24T15:00", "Mars/Olympus", "zone"}, {"2026-03-24T15:00", "../etc/passwd", "zone"},
	} {
		_, err := cvd.LocalHour(tt.hour, tt.zone)
		if e, ok := err.(*errs.Error); !ok || e.Field != tt.field || e.Hint == "" {
			t.Errorf("%q in %q: %v, want a fault of the %s and a hint", tt.hour, tt.zone, err, tt.field)
		}
	}
}
