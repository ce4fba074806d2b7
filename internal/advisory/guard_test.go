package advisory

import (
	"slices"
	"strings"
	"testing"
	"time"

	"steward/internal/base/errs"
)

func TestGuard(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, at, zone string
		countries      []string
		want           []Objection
	}{
		{"a plain Tuesday", "2026-03-03T14:00:00Z", "Europe/Berlin", []string{"DE", "US", "JP"}, nil},
		{"Saturday", "2026-03-07T14:00:00Z", "", nil, []Objection{{Why: "7 March 2026 is a Saturday"}}},
		{"Sunday", "2026-03-08T14:00:00Z", "UTC", nil, []Objection{{Why: "8 March 2026 is a Sunday"}}},
		{"Friday", "2026-03-06T14:00:00Z", "UTC", nil, []Objection{{Why: "6 March 2026 is a Friday: the weekend follows", Soft: true}}},
		{"Friday evening here is Saturday there", "2026-03-06T20:00:00Z", "Asia/Tokyo", nil, []Objection{{Why: "7 March 2026 is a Saturday"}}},
		{"Saturday night there is Friday here", "2026-03-07T04:00:00Z", "America/Los_Angeles", nil, []Objection{{Why: "6 March 2026 is a Friday: the weekend follows", Soft: true}}},
		{"a holiday", "2026-05-14T10:00:00Z", "Europe/Berlin", []string{"DE", "US"},
			[]Objection{{Why: "14 May 2026 is a public holiday in Germany (Christi Himmelfahrt)"}}},
		{"the day before a holiday", "2026-11-25T10:00:00Z", "America/New_York", []string{"US"},
			[]Objection{{Why: "The next day, 26 November 2026, is a public holiday in the United States (Thanksgiving Day)", Soft: true}}},
		{"a holiday moved from Saturday", "2026-07-03T15:00:00Z", "America/New_York", []string{"US"},
			[]Objection{{Why: "3 July 2026 is a Friday: the weekend follows", Soft: true}, {Why: "3 July 2026 is a public holiday in the United States (Independence Day)"},
				{Why: "The next day, 4 July 2026, is a public holiday in the United States (Independence Day)", Soft: true}}},
		{"the last day of the year", "2026-12-31T10:00:00Z", "Europe/Paris", []string{"FR"},
			[]Objection{{Why: "The next day, 1 January 2027, is a public holiday in France (Nouvel an)", Soft: true}}},
		{"a country named twice", "2026-12-31T10:00:00Z", "Europe/Paris", []string{"FR", "FR"},
			[]Objection{{Why: "The next day, 1 January 2027, is a public holiday in France (Nouvel an)", Soft: true}}},
	} {
		at, err := time.Parse(time.RFC3339, tt.at)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Guard(at, tt.zone, tt.countries)
		if err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %+v, %v\nwant %+v", tt.name, got, err, tt.want)
		}
	}
}

func TestGuardRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		zone      string
		countries []string
		want      string
	}{
		{"UTC", []string{"UK"}, `countries: the holidays of "UK" are not known (one of AR, AT, AU,`},
		{"UTC", []string{"DE", "de"}, `countries: the holidays of "de" are not known`},
		{"Mars/North", nil, `zone: "Mars/North" is not a time zone`},
		{"../../etc/passwd", nil, `zone: "../../etc/passwd" is not a time zone`},
		{"Local", nil, `zone: "Local" is not a time zone`},
	} {
		_, err := Guard(noon, tt.zone, tt.countries)
		if !errs.Is(err, errs.Invalid) || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%q %v: %v", tt.zone, tt.countries, err)
		}
	}
}
