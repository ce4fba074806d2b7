package duty

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"steward/internal/base/errs"
)

func at(t testing.TB, s string) time.Time {
	t.Helper()
	v, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// exploited are the facts of a manufacturer who is aware since that time.
func exploited(aware time.Time) Facts {
	return Facts{Role: Manufacturer, Trigger: Exploited, Zone: "Europe/Berlin", Awareness: Awareness{At: aware, SetBy: "ana"}}
}

func find(t testing.TB, f Facts, now time.Time, k Kind) Due {
	t.Helper()
	dues, err := Clocks(f, now)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range dues {
		if d.Kind == k {
			return d
		}
	}
	t.Fatalf("no clock %q in %v", k, dues)
	return Due{}
}

// TestEnds: dates counted by hand on a calendar.
func TestEnds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, zone, from string
		span             Span
		want             string
	}{
		{"hours over the end of summer time", "Europe/Berlin", "2026-10-24T20:00:00+02:00", Span{Hours: 24}, "2026-10-25T19:00:00+01:00"},
		{"hours over the start of summer time", "Europe/Berlin", "2027-03-27T20:00:00+01:00", Span{Hours: 24}, "2027-03-28T21:00:00+02:00"},
		{"72 hours over new year", "UTC", "2026-12-30T10:20:30Z", Span{Hours: 72}, "2027-01-02T10:20:30Z"},
		{"14 days end with the day", "Europe/Berlin", "2026-10-01T09:00:00+02:00", Span{Days: 14}, "2026-10-16T00:00:00+02:00"},
		{"14 days over the end of summer time", "Europe/Berlin", "2026-10-20T23:59:59+02:00", Span{Days: 14}, "2026-11-04T00:00:00+01:00"},
		{"14 days over a leap day", "UTC", "2028-02-20T00:00:00Z", Span{Days: 14}, "2028-03-06T00:00:00Z"},
		{"the day is that of the zone", "Europe/Athens", "2026-10-01T22:30:00Z", Span{Days: 14}, "2026-10-16T21:00:00Z"},
		{"31 January and a month", "UTC", "2027-01-31T12:00:00Z", Span{Months: 1}, "2027-03-01T00:00:00Z"},
		{"31 January and a month, leap year", "UTC", "2028-01-31T12:00:00Z", Span{Months: 1}, "2028-03-01T00:00:00Z"},
		{"29 January and a month, leap year", "UTC", "2028-01-29T12:00:00Z", Span{Months: 1}, "2028-03-01T00:00:00Z"},
		{"31 December and a month", "UTC", "2026-12-31T23:59:00Z", Span{Months: 1}, "2027-02-01T00:00:00Z"},
		{"28 February and a month", "Europe/Lisbon", "2027-02-28T10:00:00Z", Span{Months: 1}, "2027-03-28T23:00:00Z"},
		{"midnight is skipped on the next day", "Africa/Cairo", "2027-04-15T10:00:00Z", Span{Days: 14}, "2027-04-29T22:00:00Z"},
		{"2100 is no leap year", "UTC", "2100-01-31T01:00:00Z", Span{Months: 1}, "2100-03-01T00:00:00Z"},
	} {
		if got, want := c.span.End(at(t, c.from), zone(t, c.zone)), at(t, c.want); !got.Equal(want) {
			t.Errorf("%s: %s, want %s", c.name, got, want.UTC())
		}
	}
	if !(Span{}).End(time.Now(), time.UTC).IsZero() {
		t.Error("no span has an end")
	}
}

// TestBegins: a day begins at the first moment of its date, wherever the zone
// and whatever its clocks do at midnight.
func TestBegins(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(1182, 71))
	for _, name := range []string{"Pacific/Kiritimati", "Pacific/Pago_Pago", "America/Havana", "America/Santiago", "Asia/Beirut", "Africa/Cairo", "Atlantic/Azores", "Asia/Kathmandu"} {
		loc := zone(t, name)
		for range 500 {
			d := Day{2000, time.January, 1}.AddDays(rnd.IntN(36500))
			b := d.Begins(loc)
			if DayOf(b, loc) != d || !DayOf(b.Add(-1), loc).Before(d) {
				t.Fatalf("%s in %s begins at %s", d, name, b.In(loc))
			}
		}
	}
}

// lengths and julian are a calendar that shares nothing with package time.
var lengths = [...]int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

func monthLength(y, m int) int {
	if m == 2 && (y%400 == 0 || (y%4 == 0 && y%100 != 0)) {
		return 29
	}
	return lengths[m-1]
}

// julian counts days since a fixed one (Fliegel and Van Flandern, 1968).
func julian(y, m, d int) int {
	a := (m - 14) / 12
	return (1461*(y+4800+a))/4 + (367*(m-2-12*a))/12 - (3*((y+4900+a)/100))/4 + d - 32075
}

// euOffset is the offset of a zone of the EU at a moment, in seconds, by the
// rule of Directive 2000/84/EC: an hour more from 01:00 UTC of the last Sunday
// of March to 01:00 UTC of the last Sunday of October.
func euOffset(unix int64, standard int) int {
	days := int(unix/86400) + 2440588
	y := 1970 + int(unix/31556952)
	for julian(y, 1, 1) > days {
		y--
	}
	for julian(y+1, 1, 1) <= days {
		y++
	}
	lastSunday := func(m int) int64 {
		j := julian(y, m, 31)
		j -= (j + 1) % 7 // a Julian day of 6 mod 7 is a Sunday
		return int64(j-2440588)*86400 + 3600
	}
	if unix >= lastSunday(3) && unix < lastSunday(10) {
		return standard + 3600
	}
	return standard
}

// civil is the date of a count of days, found by walking the months.
func civil(days int) (y, m, d int) {
	y = 1996
	for julian(y+1, 1, 1) <= days {
		y++
	}
	m = 1
	for m < 12 && julian(y, m+1, 1) <= days {
		m++
	}
	return y, m, days - julian(y, m, 1) + 1
}

// TestEndsAgainstAnotherCalendar holds 120,000 ends against a calculation in
// plain integers, with times that crowd around changes of the clock, ends of
// months and leap days.
func TestEndsAgainstAnotherCalendar(t *testing.T) {
	t.Parallel()
	type named struct {
		loc      *time.Location
		standard int
	}
	zones := []named{{zone(t, "Europe/Lisbon"), 0}, {zone(t, "Europe/Berlin"), 3600}, {zone(t, "Europe/Athens"), 7200}, {zone(t, "Europe/Dublin"), 0}}
	rnd := rand.New(rand.NewPCG(2024, 2847))
	moment := func() int64 {
		y := 2026 + rnd.IntN(175)
		switch rnd.IntN(4) {
		case 0: // about the end of a month
			m := 1 + rnd.IntN(12)
			return int64(julian(y, m, monthLength(y, m))-2440588)*86400 + rnd.Int64N(3*86400) - 86400
		case 1: // about a change of the clock
			return int64(julian(y, []int{3, 10}[rnd.IntN(2)], 25+rnd.IntN(7))-2440588)*86400 + rnd.Int64N(86400)
		case 2: // within two weeks of the end of February
			return int64(julian(y, 2, 28)-2440588)*86400 + rnd.Int64N(28*86400) - 14*86400
		}
		return int64(julian(y, 1, 1)-2440588)*86400 + rnd.Int64N(366*86400)
	}
	for i := range 120_000 {
		z, unix := zones[i%len(zones)], moment()
		from := time.Unix(unix, rnd.Int64N(1e9))
		y, m, d := civil(int(floorDiv(unix+int64(euOffset(unix, z.standard)), 86400)) + 2440588)
		span := []Span{{Hours: 24}, {Hours: 72}, {Days: 14}, {Months: 1}}[rnd.IntN(4)]
		var want int64
		switch {
		case span.Hours > 0:
			want = unix + int64(span.Hours)*3600
		default:
			last := julian(y, m, d) + span.Days
			if span.Months > 0 {
				ny, nm := y, m+1
				if nm > 12 {
					ny, nm = y+1, 1
				}
				last = julian(ny, nm, min(d, monthLength(ny, nm)))
			}
			midnight := int64(last+1-2440588) * 86400
			want = midnight - int64(z.standard) // in the EU no clock changes at midnight of the zones here
			if off := euOffset(want, z.standard); off != z.standard {
				want = midnight - int64(off)
			}
		}
		got := span.End(from, z.loc)
		if got.Unix() != want || (span.Hours > 0 && got.Nanosecond() != from.Nanosecond()) || (span.Hours == 0 && got.Nanosecond() != 0) {
			t.Fatalf("%s from %s in %s: %s, want %s", span, from.UTC(), z.loc, got, time.Unix(want, 0).UTC())
		}
	}
}

func floorDiv(a, b int64) int64 {
	if a < 0 {
		return -((-a + b - 1) / b)
	}
	return a / b
}

// TestStates tries every combination of what a state depends on against the
// rules written once more, as a person would say them.
func TestStates(t *testing.T) {
	t.Parallel()
	seen := map[State]int{}
	for bits := range 32 {
		s := standing{bits&1 > 0, bits&2 > 0, bits&4 > 0, bits&8 > 0, bits&16 > 0}
		want := NotApplicable
		if s.applies {
			if s.filed {
				want = Met
				if s.late {
					want = MetLate
				}
			} else if s.started {
				want = Running
				if s.past {
					want = Overdue
				}
			} else {
				want = Waiting
			}
		}
		if got := s.state(); got != want {
			t.Errorf("%+v is %q, want %q", s, got, want)
		}
		seen[want]++
	}
	for _, line := range stateTable {
		if seen[line.state] == 0 || StateRule(line.state) == "" {
			t.Errorf("%q: never reached, or without a rule", line.state)
		}
	}
	if StateRule("no such state") != "" {
		t.Error("a rule for a word that is no state")
	}
}

// TestExploited follows one vulnerability through its clocks.
func TestExploited(t *testing.T) {
	t.Parallel()
	aware := at(t, "2026-10-01T08:00:00Z")
	hour := func(n int) time.Time { return aware.Add(time.Duration(n) * time.Hour) }
	f := exploited(aware)
	want := func(now time.Time, k Kind, s State) Due {
		t.Helper()
		d := find(t, f, now, k)
		if d.State != s {
			t.Errorf("%s is %q at %s, want %q", k, d.State, now, s)
		}
		return d
	}
	want(aware, EarlyWarning, Running)
	want(hour(24), EarlyWarning, Running)
	want(hour(24).Add(1), EarlyWarning, Overdue)
	want(hour(24), FinalReport, Waiting)
	want(hour(24), Users, Running)
	want(hour(24), Intermediate, Waiting)
	f.Filings = []Filing{{Kind: EarlyWarning, At: hour(24), By: "ana", Reference: "1"}}
	want(hour(72), EarlyWarning, Met)
	f.Filings[0].At = hour(24).Add(1)
	want(hour(72), EarlyWarning, MetLate)
	f.Filings = append(f.Filings, Filing{Kind: EarlyWarning, At: hour(2)}) // a filing entered later, made earlier
	want(hour(72), EarlyWarning, Met)
	f.Filings = append(f.Filings, Filing{Kind: Notification, At: hour(70), Also: []Kind{FinalReport}})
	if d := want(hour(80), FinalReport, Met); !d.Start.IsZero() || !d.Met.Equal(hour(70)) {
		t.Errorf("provided beforehand: %+v", d)
	}
	f.Filings = f.Filings[:2]
	f.FixAvailable = at(t, "2026-10-05T20:00:00Z")
	d := want(f.FixAvailable, FinalReport, Running)
	if want := at(t, "2026-10-19T22:00:00Z"); !d.At.Equal(want) || d.Day != (Day{2026, 10, 19}) {
		t.Errorf("final report by %s, %s; want %s", d.At, d.Day, want)
	}
	want(d.At.Add(1), FinalReport, Overdue)
	f.AskedAt = hour(90)
	want(hour(200), Intermediate, Running)
	f.FixAvailable = at(t, "2026-03-01T00:00:00Z") // patched long before
	if d := find(t, f, hour(1000), FinalReport); !d.Start.Equal(aware) || d.Why == "" {
		t.Errorf("an old patch starts the days at %s, because %q", d.Start, d.Why)
	}
}

func must(t *testing.T, f Facts, now time.Time) []Due {
	t.Helper()
	dues, err := Clocks(f, now)
	if err != nil {
		t.Fatal(err)
	}
	return dues
}

// TestIncident: the month runs from the submission, not from the 72nd hour.
func TestIncident(t *testing.T) {
	t.Parallel()
	aware := at(t, "2027-01-29T08:00:00Z")
	f := exploited(aware)
	f.Trigger = Incident
	now := at(t, "2027-02-20T00:00:00Z")
	if d := find(t, f, now, FinalReport); d.State != Waiting || !d.At.IsZero() {
		t.Errorf("before the notification: %+v", d)
	}
	f.Filings = []Filing{{Kind: Notification, At: at(t, "2027-01-31T10:00:00Z"), By: "ana"}}
	if d := find(t, f, now, FinalReport); d.State != Running || d.Day != (Day{2027, 2, 28}) || !strings.Contains(d.Basis, "14(4)(c)") {
		t.Errorf("after the notification: %+v", d)
	}
	// An early warning that held all of the notification is its submission too.
	f.Filings = []Filing{{Kind: EarlyWarning, At: at(t, "2027-01-30T06:00:00Z"), By: "ana", Also: []Kind{Notification}}}
	if d := find(t, f, now, FinalReport); d.Day != (Day{2027, 2, 28}) || !d.Start.Equal(f.Filings[0].At) {
		t.Errorf("all told in the early warning: %+v", d)
	}
	if d := find(t, f, now, Notification); d.State != Met {
		t.Errorf("all told in the early warning: the notification is %q", d.State)
	}
	f.FixAvailable = aware // means nothing here
	if d := find(t, f, now, FinalReport); d.Day != (Day{2027, 2, 28}) {
		t.Errorf("a fix moved it to %s", d.Day)
	}
}

// TestApplication: who is bound from when, in the days of their zone.
func TestApplication(t *testing.T) {
	t.Parallel()
	berlin := zone(t, "Europe/Berlin")
	for _, c := range []struct {
		p    Provision
		at   string
		want bool
	}{
		{Article14, "2026-09-10T23:59:59+02:00", false},
		{Article14, "2026-09-11T00:00:00+02:00", true},
		{Rest, "2027-12-10T23:59:59+01:00", false},
		{Rest, "2027-12-11T00:00:00+01:00", true},
		{"nothing", "2099-01-01T00:00:00Z", false},
	} {
		if got := c.p.Applies(at(t, c.at), berlin); got != c.want {
			t.Errorf("%s at %s: %v", c.p, c.at, got)
		}
	}
	now := at(t, "2028-06-01T00:00:00Z")
	for _, c := range []struct {
		role    Role
		trigger Trigger
		aware   string
		extent  Answer
		want    State
	}{
		{Manufacturer, Exploited, "2026-09-10T21:59:00Z", "", NotApplicable},
		{Manufacturer, Exploited, "2026-09-10T22:00:00Z", "", Overdue},
		{Manufacturer, Incident, "2027-01-10T22:00:00Z", No, Overdue}, // the condition is for stewards
		{Steward, Exploited, "2026-09-12T00:00:00Z", Yes, NotApplicable},
		{Steward, Exploited, "2028-01-01T00:00:00Z", Yes, Overdue},
		{Steward, Exploited, "2028-01-01T00:00:00Z", Unanswered, Overdue},
		{Steward, Exploited, "2028-01-01T00:00:00Z", Unknown, Overdue},
		{Steward, Exploited, "2028-01-01T00:00:00Z", No, NotApplicable},
		{Steward, Incident, "2028-01-01T00:00:00Z", No, NotApplicable},
	} {
		f := exploited(at(t, c.aware))
		f.Role, f.Trigger, f.Extent = c.role, c.trigger, c.extent
		d := find(t, f, now, EarlyWarning)
		if d.State != c.want || (c.want == NotApplicable) != (d.Why != "") || (c.want == NotApplicable && !d.At.IsZero()) {
			t.Errorf("%+v: %q because %q, at %s", c, d.State, d.Why, d.At)
		}
	}
	f := exploited(time.Time{})
	if d := find(t, f, at(t, "2026-01-01T00:00:00Z"), EarlyWarning); d.State != NotApplicable {
		t.Errorf("nobody aware, before the day: %q", d.State)
	}
	if d := find(t, f, now, EarlyWarning); d.State != Waiting {
		t.Errorf("nobody aware: %q", d.State)
	}
}

// BenchmarkClocks is what one look at a case's clocks takes.
func BenchmarkClocks(b *testing.B) {
	f := exploited(at(b, "2026-10-01T08:00:00Z"))
	f.FixAvailable = at(b, "2026-10-02T08:00:00Z")
	now := at(b, "2026-10-03T00:00:00Z")
	for b.Loop() {
		if _, err := Clocks(f, now); err != nil {
			b.Fatal(err)
		}
	}
}

// TestDuties: every role has every kind once, each with its provision, and a
// steward only under the condition that Article 24(3) makes.
func TestDuties(t *testing.T) {
	t.Parallel()
	for _, r := range Roles() {
		for _, tr := range Triggers() {
			got := Duties(r, tr)
			if len(got) != len(Kinds()) {
				t.Fatalf("%s, %s: %d duties", r, tr, len(got))
			}
			for i, d := range got {
				if d.Kind != Kinds()[i] || !strings.HasPrefix(d.Basis, "Regulation (EU) 2024/2847, Article ") {
					t.Errorf("%s, %s: %+v", r, tr, d)
				}
				if steward := r == Steward; steward != (d.Extent != "") || steward != strings.Contains(d.Basis, "24(3)") {
					t.Errorf("%s, %s: condition %q, basis %q", r, tr, d.Extent, d.Basis)
				}
			}
		}
	}
	if Duties("importer", Exploited) != nil || Duties(Steward, "bug") != nil {
		t.Error("duties for words that are none")
	}
}

// TestCheck: what is wrong is said, all at once, and nothing foreign is echoed
// at length.
func TestCheck(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-10-01T00:00:00Z")
	f := Facts{Role: "king", Trigger: Trigger(strings.Repeat("x", 9999)), Zone: "Local", Extent: "perhaps",
		Awareness: Awareness{At: now.Add(1), Evidence: "\xff"}, FixAvailable: at(t, "1026-10-01T00:00:00Z"),
		Filings: []Filing{{Kind: "letter"}}}
	err := f.Check(now)
	if !errs.Is(err, errs.Invalid) {
		t.Fatalf("%v", err)
	}
	for _, word := range []string{"role", "trigger", "zone", "extent", "awareness", "evidence", "setBy", "fixAvailable", "filings"} {
		found := false
		for _, p := range err.(errs.Problems) {
			found = found || p.Field == word
		}
		if !found {
			t.Errorf("nothing about %s in %v", word, err)
		}
	}
	if len(err.Error()) > 2000 {
		t.Errorf("the error has %d bytes", len(err.Error()))
	}
	if _, err := Clocks(f, now); err == nil {
		t.Error("clocks from faulty facts")
	}
	good := exploited(now)
	if _, err := Clocks(good, now.Add(-time.Hour)); !errs.Is(err, errs.Invalid) {
		t.Errorf("clocks from an awareness that is to come: %v", err)
	}
	for n, ok := range map[int]bool{maxFilings: true, maxFilings + 1: false} {
		good.Filings = slices.Repeat([]Filing{{Kind: EarlyWarning, At: now, By: "ana"}}, n)
		if err := good.Check(now); (err == nil) != ok {
			t.Errorf("%d filings: %v", n, err)
		}
	}
}

// TestWhen: a person can read the end.
func TestWhen(t *testing.T) {
	t.Parallel()
	f := exploited(at(t, "2026-10-01T08:00:00Z"))
	f.FixAvailable = at(t, "2026-10-02T08:00:00Z")
	now := at(t, "2026-10-03T00:00:00Z")
	for k, want := range map[Kind]string{
		EarlyWarning: "2026-10-02 08:00 UTC (2026-10-02 10:00 Europe/Berlin)",
		FinalReport:  "end of Friday 2026-10-16 (Europe/Berlin)",
		Users:        "the law names no hour",
	} {
		if got := find(t, f, now, k).When(f.Zone); got != want {
			t.Errorf("%s: %q, want %q", k, got, want)
		}
	}
	f.FixAvailable = time.Time{}
	if got := find(t, f, now, FinalReport).When(f.Zone); got != "14 days from when a corrective or mitigating measure is available" {
		t.Errorf("%q", got)
	}
}
