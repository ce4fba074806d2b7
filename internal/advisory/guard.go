package advisory

import (
	"fmt"
	"time"

	"steward/internal/base/calendar"
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
	days := calendar.Calendar{Zone: zone, Countries: countries}
	now, err := days.Holidays(at)
	if err != nil {
		return nil, err
	}
	place, err := time.LoadLocation(zone)
	if err != nil {
		return nil, fmt.Errorf("loading a zone: %w", err)
	}
	today := at.In(place)
	year, month, day := today.Date()
	// Noon of the next day: no change of the clock moves it to another date.
	tomorrow := time.Date(year, month, day+1, 12, 0, 0, 0, place)
	next, err := days.Holidays(tomorrow)
	if err != nil {
		return nil, err
	}
	objections := weekend(today)
	for _, h := range now {
		objections = append(objections, Objection{Why: fmt.Sprintf("%s is a public holiday in %s (%s)", longDate(today), h.Country, h.Name)})
	}
	for _, h := range next {
		objections = append(objections, Objection{Soft: true,
			Why: fmt.Sprintf("The next day, %s, is a public holiday in %s (%s)", longDate(tomorrow), h.Country, h.Name)})
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
