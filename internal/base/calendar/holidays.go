package calendar

import (
	"slices"
	"strings"
	"time"

	"github.com/rickar/cal/v2"

	"steward/internal/base/errs"
)

// Holiday is a public holiday that a day is in a country.
type Holiday struct {
	Country string // the country's name in English, as in "a holiday in the United States"
	Name    string // the holiday's name, most often in a language of the country
}

// Countries lists the ISO 3166-1 codes of the countries whose public holidays
// are known, in order.
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

// countries finds those of the codes, each once, in the order of the codes.
func countries(codes []string) (chosen []country, err error) {
	for _, code := range slices.Compact(slices.Sorted(slices.Values(codes))) {
		c, ok := holidayCountries[code]
		if !ok {
			return nil, errs.Invalidf("countries", "the holidays of %q are not known", code).
				WithHint("one of %s", strings.Join(Countries(), ", "))
		}
		chosen = append(chosen, c)
	}
	return chosen, nil
}
