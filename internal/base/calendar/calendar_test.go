package calendar

import (
	"slices"
	"testing"
	"time"

	"steward/internal/base/errs"
)

func mustSpan(t testing.TB, text string) Span {
	t.Helper()
	s, err := ParseSpan(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func instant(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// TestNamedDates are dates that people can check in a wall calendar.
func TestNamedDates(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ zone, from, span, want string }{
		{"UTC", "2026-01-31T10:00:00Z", "1 month", "2026-02-28T10:00:00Z"},
		{"UTC", "2028-01-31T10:00:00Z", "1 month", "2028-02-29T10:00:00Z"},
		{"UTC", "2026-12-30T10:00:00Z", "2 months", "2027-02-28T10:00:00Z"},
		{"UTC", "2026-03-06T17:00:00Z", "1 business day", "2026-03-09T17:00:00Z"},
		{"UTC", "2026-03-06T17:00:00Z", "10 business days", "2026-03-20T17:00:00Z"},
		{"Europe/Stockholm", "2026-03-28T10:00:00+01:00", "24h", "2026-03-29T11:00:00+02:00"},
		{"Europe/Stockholm", "2026-03-28T10:00:00+01:00", "1d", "2026-03-29T10:00:00+02:00"},
		{"Europe/Stockholm", "2026-03-28T02:30:00+01:00", "1d", "2026-03-29T03:00:00+02:00"}, // never came
		{"Europe/Stockholm", "2026-10-24T02:30:00+02:00", "1d", "2026-10-25T02:30:00+02:00"}, // came twice
		{"Australia/Lord_Howe", "2026-10-03T02:15:00+10:30", "1d", "2026-10-04T02:30:00+11:00"},
		{"Pacific/Apia", "2011-12-29T09:00:00-10:00", "1d", "2011-12-31T00:00:00+14:00"}, // 30 December never was
		{"Pacific/Apia", "2011-12-29T09:00:00-10:00", "1 business day", "2012-01-02T09:00:00+14:00"},
	} {
		c := Calendar{Zone: tt.zone}
		if got, err := c.After(instant(t, tt.from), mustSpan(t, tt.span)); err != nil || !got.Equal(instant(t, tt.want)) {
			t.Errorf("%s after %s in %s: %v, %v; want %s", tt.span, tt.from, tt.zone, got, err, tt.want)
		}
	}
}

func TestSpanText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"72h": "72h", "1 hour": "1h", "14d": "14d", "14 days": "14d", "2w": "2w", "1 month": "1 month", "12 months": "12 months",
		"3 business days": "3 business days", "1 working day": "1 business day",
	} {
		if got := mustSpan(t, text).String(); got != want {
			t.Errorf("%q is written as %q, want %q", text, got, want)
		}
	}
	for _, text := range []string{"", "0d", "-1d", "+1d", "1", "d", "01d", "1  day", "1m", "1.5h", "1d ", " 1d", "99999999999999999999h", "121 months", "1 Day", "1\u00a0day"} {
		if got, err := ParseSpan(text); !errs.Is(err, errs.Invalid) {
			t.Errorf("%q is taken for %v: %v", text, got, err)
		}
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	at, day := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC), Span{1, Days}
	for _, c := range []Calendar{{Zone: "Mars/North"}, {Zone: "Local"}, {Countries: []string{"UK"}}} {
		if _, err := c.After(at, day); !errs.Is(err, errs.Invalid) {
			t.Errorf("%v: %v", c, err)
		}
		if _, err := c.NextIn(at, Window{To: endOfDay}); !errs.Is(err, errs.Invalid) {
			t.Errorf("%v: %v", c, err)
		}
	}
	for _, s := range []Span{{}, {1, "fortnight"}, {-1, Days}, {4000, Days}} {
		if _, err := (Calendar{}).After(at, s); !errs.Is(err, errs.Invalid) {
			t.Errorf("%v: %v", s, err)
		}
	}
	if _, err := (Calendar{}).After(at.AddDate(8000, 0, 0), day); !errs.Is(err, errs.Invalid) {
		t.Errorf("the year 10026: %v", err)
	}
	for _, w := range []Window{{From: 10, To: 5}, {To: endOfDay + 1}, {From: -1, To: 1}, {To: 1, Zone: "Local"}} {
		if _, err := (Calendar{}).NextIn(at, w); !errs.Is(err, errs.Invalid) {
			t.Errorf("%v: %v", w, err)
		}
	}
}

// Each country has a plausible number of public holidays in a year.
func TestCountries(t *testing.T) {
	t.Parallel()
	for _, code := range Countries() {
		n := 0
		for day := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC); day.Year() == 2026; day = day.AddDate(0, 0, 1) {
			list, err := Calendar{Countries: []string{code}}.Holidays(day)
			if n += len(list); err != nil {
				t.Fatal(err)
			}
		}
		if n < 6 || n > 25 {
			t.Errorf("%s has %d public holidays", code, n)
		}
	}
	if n := len(Countries()); n != 35 || !slices.IsSorted(Countries()) {
		t.Errorf("%d countries", n)
	}
}

// FuzzParseSpan: what is read is written and read again as the same, and can be
// counted.
func FuzzParseSpan(f *testing.F) {
	for _, s := range []string{"72h", "14d", "3 business days", "2w", "1 month", "90 days", "0h", "1m", "٣d"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseSpan(text)
		if err != nil {
			if !errs.Is(err, errs.Invalid) || !s.IsZero() {
				t.Errorf("%q: %v, %v", text, s, err)
			}
			return
		}
		if again, err := ParseSpan(s.String()); err != nil || again != s {
			t.Errorf("%q is %v, and again %v, %v", text, s, again, err)
		}
		if again, err := ParseSpan(s.Words()); err != nil || again != s {
			t.Errorf("%q is %v, and of its words %v, %v", text, s, again, err)
		}
		at := time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)
		if later, err := (Calendar{}).After(at, s); err != nil || !later.After(at) {
			t.Errorf("%q after %v: %v, %v", text, at, later, err)
		}
	})
}
