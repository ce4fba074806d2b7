package advisory

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rickar/cal/v2"

	"steward/internal/base/errs"
)

// Objection is a reason not to publish at an hour: those who must act on the
// advisory would be away.
type Objection struct {
	Why  string `json:"why"`            // a sentence without its full stop
	Soft bool   `json:"soft,omitempty"` // the day itself is a working day, the next one is not
}

// Guard objects to a release on a weekend or on a public holiday of one of the
// countries, given by their ISO 3166-1 codes, and softly to one on the day
// before. The day is that of the IANA zone; an empty zone is UTC. An unknown
// zone or country is errs.Invalid.
func Guard(at time.Time, zone string, countries []string) ([]Objection, error) {
	place, err := time.LoadLocation(zone)
	if err != nil || zone == "Local" {
		return nil, errs.Invalidf("zone", "%q is not a time zone", OneLine(zone)).WithHint("write it as Europe/Stockholm")
	}
	var chosen []country
	for _, code := range slices.Compact(slices.Sorted(slices.Values(countries))) {
		c, ok := holidayCountries[code]
		if !ok {
			return nil, errs.Invalidf("countries", "the holidays of %q are not known", OneLine(code)).
				WithHint("one of %s", strings.Join(Countries(), ", "))
		}
		chosen = append(chosen, c)
	}
	today := at.In(place)
	year, month, day := today.Date()
	// Noon of the next day: no change of the clock moves it to another date.
	tomorrow := time.Date(year, month, day+1, 12, 0, 0, 0, place)
	objections := weekend(today)
	for _, c := range chosen {
		if name, ok := c.holiday(today); ok {
			objections = append(objections, Objection{Why: fmt.Sprintf("%s is a public holiday in %s (%s)", longDate(today), c.name, name)})
		}
	}
	for _, c := range chosen {
		if name, ok := c.holiday(tomorrow); ok {
			objections = append(objections, Objection{Soft: true,
				Why: fmt.Sprintf("The next day, %s, is a public holiday in %s (%s)", longDate(tomorrow), c.name, name)})
		}
	}
	return objections, nil
}

// weekend objects to Saturdays and Sundays, and softly to Fridays.
func weekend(day time.Time) []Objection {
	switch day.Weekday() {
	case time.Saturday, time.Sunday:
		return []Objection{{Why: longDate(day) + " is a " + day.Weekday().String()}}
	case time.Friday:
		return []Objection{{Why: longDate(day) + " is a Friday: the weekend follows", Soft: true}}
	}
	return nil
}

func longDate(t time.Time) string { return t.Format("2 January 2006") }

// Countries lists the ISO 3166-1 codes of the countries whose public holidays
// are known.
func Countries() []string {
	codes := make([]string, 0, len(holidayCountries))
	for code := range holidayCountries {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	return codes
}

// country is a country and its public holidays, those that are kept in parts
// of it only included where the library lists them.
type country struct {
	name     string
	holidays []*cal.Holiday
}

// holiday tells whether the day is a public holiday, or the day on which one
// is made up for.
func (c country) holiday(day time.Time) (string, bool) {
	// Not cached: a calendar that caches is not safe to share.
	actual, observed, h := (&cal.Calendar{Holidays: c.holidays}).IsHoliday(day)
	if !actual && !observed {
		return "", false
	}
	return h.Name, true
}
