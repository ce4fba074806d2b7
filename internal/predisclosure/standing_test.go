package predisclosure

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// member is one in good standing at day0.
func member() *Member {
	return &Member{
		ID: "m", List: listID, State: Joined, Since: day0, Accepted: 1, Application: Application{Zone: "UTC"},
		Contacts: []Contact{{ID: "a", Key: armored(), UserID: "u", CanSignIn: true}, {ID: "b", Key: armored()}},
		rules:    List{AttestMonths: 12, Agreement: Agreement{Version: 1}, deadlines: map[int]time.Time{}},
	}
}

func codes(s Standing) (out []Code) {
	for _, f := range s.Findings {
		out = append(out, f.Code)
	}
	return out
}

func TestStanding(t *testing.T) {
	t.Parallel()
	year := day0.AddDate(1, 0, 0)
	for name, c := range map[string]struct {
		edit func(m *Member)
		at   time.Time
		good bool
		want []Code
		days int
	}{
		"new":                 {at: day0, good: true, days: 365},
		"61 days before":      {at: year.AddDate(0, 0, -61), good: true, days: 61},
		"60 days before":      {at: year.AddDate(0, 0, -60), good: true, days: 60, want: []Code{AttestDue}},
		"an instant before":   {at: year.Add(-1), good: true, days: 1, want: []Code{AttestDue}},
		"on the hour":         {at: year, want: []Code{AttestOverdue}},
		"attested":            {edit: func(m *Member) { m.Attested = year.Add(-time.Hour) }, at: year, good: true, days: 366}, // to a leap day
		"applied":             {edit: func(m *Member) { m.State = Applied }, at: day0, want: []Code{NotMember}},
		"vetted once":         {edit: func(m *Member) { m.State = VettedOnce }, at: day0, want: []Code{NotMember}},
		"declined":            {edit: func(m *Member) { m.State = Declined }, at: day0, want: []Code{NotMember}},
		"removed":             {edit: func(m *Member) { m.State = Removed }, at: day0, want: []Code{NotMember}},
		"withdrawn":           {edit: func(m *Member) { m.State = Withdrawn }, at: day0, want: []Code{NotMember}},
		"suspended":           {edit: func(m *Member) { m.State = Suspended }, at: day0, want: []Code{IsSuspended}, days: 365},
		"one key damaged":     {edit: func(m *Member) { m.Contacts[0].Key = "x" }, at: day0, good: true, days: 365, want: []Code{SomeKeyUnusable}},
		"no key":              {edit: func(m *Member) { m.Contacts[0].Key, m.Contacts[1].Key = "", "x" }, at: day0, days: 365, want: []Code{NoUsableKey}},
		"nobody can sign in":  {edit: func(m *Member) { m.Contacts[0].CanSignIn = false }, at: day0, days: 365, want: []Code{NoLogin}},
		"nobody there at all": {edit: func(m *Member) { m.Contacts = nil }, at: day0, days: 365, want: []Code{NoUsableKey, NoLogin}},
		"agreement ahead": {edit: func(m *Member) { m.rules.deadlines[2] = day0.AddDate(0, 0, 90) }, at: day0, good: true, days: 365,
			want: []Code{AgreementDue}},
		"agreement past":     {edit: func(m *Member) { m.rules.deadlines[2] = day0 }, at: day0, days: 365, want: []Code{AgreementOutdated}},
		"agreement accepted": {edit: func(m *Member) { m.rules.deadlines[2] = day0; m.Accepted = 2 }, at: day0, good: true, days: 365},
		"a later date does not help": {edit: func(m *Member) { m.rules.deadlines[2], m.rules.deadlines[3] = day0, year },
			at: day0, days: 365, want: []Code{AgreementOutdated}},
		"all at once": {edit: func(m *Member) { m.State, m.rules.deadlines[2], m.Contacts = Suspended, day0, nil }, at: year,
			want: []Code{IsSuspended, AttestOverdue, AgreementOutdated, NoUsableKey, NoLogin}},
	} {
		m := member()
		if c.edit != nil {
			c.edit(m)
		}
		s := m.Standing(c.at)
		if s.Good != c.good || s.Days != c.days || !slices.Equal(codes(s), c.want) {
			t.Errorf("%s: %+v; want good %v, %d days, %v", name, s, c.good, c.days, c.want)
		}
	}
}

// TestStandingByDate: whenever it was attested and accepted, a member is in
// good standing exactly until the first of the two dates, and the number of days
// falls by one each day.
func TestStandingByDate(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		m := member()
		m.Contacts = m.Contacts[:1]
		m.Since = day0.Add(time.Duration(rapid.Int64Range(0, int64(800*24*time.Hour)).Draw(rt, "since")))
		if rapid.Bool().Draw(rt, "attested") {
			m.Attested = m.Since.Add(time.Duration(rapid.Int64Range(0, int64(800*24*time.Hour)).Draw(rt, "later")))
		}
		m.rules.AttestMonths = rapid.IntRange(1, maxMonths).Draw(rt, "months")
		m.Accepted = rapid.IntRange(1, 4).Draw(rt, "accepted")
		end := addMonths(m.Since, m.rules.AttestMonths)
		if m.Attested.After(m.Since) {
			end = addMonths(m.Attested, m.rules.AttestMonths)
		}
		for v := 2; v <= 4; v++ {
			by := day0.Add(time.Duration(rapid.Int64Range(0, int64(2000*24*time.Hour)).Draw(rt, "by")))
			m.rules.deadlines[v] = by
			if v > m.Accepted && by.Before(end) {
				end = by
			}
		}
		now := end.Add(time.Duration(rapid.Int64Range(-int64(400*24*time.Hour), int64(400*24*time.Hour)).Draw(rt, "now")))
		for _, at := range []time.Time{now, end.Add(-1), end} {
			s := m.Standing(at)
			if s.Good != at.Before(end) {
				rt.Errorf("at %s, with the end at %s: %+v", at, end, s)
			}
			if left := s.Due.Sub(at); left > 0 && (time.Duration(s.Days)*24*time.Hour < left || time.Duration(s.Days-1)*24*time.Hour >= left) || left <= 0 && s.Days != 0 {
				rt.Errorf("%s before the date: %d days", left, s.Days)
			}
			if next := m.Standing(at.Add(24 * time.Hour)); s.Days > 0 && next.Days != s.Days-1 {
				rt.Errorf("%d days, and a day later %d", s.Days, next.Days)
			}
		}
	})
}

func TestAddMonths(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from   string
		months int
		want   string
	}{
		{"2024-02-29", 12, "2025-02-28"}, {"2026-01-31", 1, "2026-02-28"}, {"2026-03-31", 1, "2026-04-30"},
		{"2026-12-15", 2, "2027-02-15"}, {"2024-02-29", 48, "2028-02-29"}, {"2025-10-31", 4, "2026-02-28"},
	} {
		from, _ := time.Parse(time.DateOnly, c.from)
		if got := addMonths(from, c.months).Format(time.DateOnly); got != c.want {
			t.Errorf("%s and %d months: %s; want %s", c.from, c.months, got, c.want)
		}
	}
}

// TestReminders walks through a year day by day: each reminder is due once by
// its key, on its day, and one that was missed is not sent late.
func TestReminders(t *testing.T) {
	t.Parallel()
	m := member()
	m.rules.deadlines[2] = day0.AddDate(0, 0, 100)
	due := map[string]int{}
	var order []string
	for day := range 400 {
		now := day0.AddDate(0, 0, day)
		if now.Equal(m.rules.deadlines[2]) {
			m.Accepted = 2
		}
		for _, r := range m.Reminders(now) {
			if _, seen := due[r.Key]; !seen {
				due[r.Key] = day
				order = append(order, fmt.Sprintf("%s %d", r.About, day))
			}
			if len(r.To) != 2 || r.To[0].Key == "" || !r.To[0].CanSignIn {
				t.Fatalf("reaches %+v", r.To)
			}
		}
	}
	want := []string{
		"agreement to be accepted 0", "agreement to be accepted 40", "agreement to be accepted 70", "agreement to be accepted 93", "agreement to be accepted 99",
		"attestation due 305", "attestation due 335", "attestation due 358", "attestation due 364", "attestation overdue 365",
	}
	if !slices.Equal(order, want) {
		t.Errorf("reminded of %v\nwant %v", order, want)
	}
	if got := m.Reminders(day0.AddDate(0, 0, 360)); len(got) != 1 || got[0].Days != 5 {
		t.Errorf("after an outage: %+v", got)
	}
	m.State = Removed
	if got := m.Reminders(day0.AddDate(2, 0, 0)); len(got) != 0 {
		t.Errorf("who was removed is reminded: %+v", got)
	}
}
