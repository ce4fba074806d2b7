package calendar

import (
	"time"

	"steward/internal/base/errs"
)

// Calendar is the zone and the holidays by which days are counted. The zero
// value is UTC without holidays; Saturdays and Sundays are never business days.
type Calendar struct {
	Zone      string   `toml:"zone"`      // IANA name; empty: UTC
	Countries []string `toml:"countries"` // ISO 3166-1 codes, of Countries()
}

// The years that can be counted in. No zone or holiday is known for others.
const (
	firstYear = 1900
	lastYear  = 2200
)

// place is a calendar whose names were looked up.
type place struct {
	loc       *time.Location
	countries []country
}

func (c Calendar) open() (p place, err error) {
	zone := c.Zone
	if zone == "" {
		zone = "UTC"
	}
	if p.loc, err = Location(zone); err != nil {
		return p, errs.Invalidf("zone", "%q is not a time zone", zone).WithHint("write it as Europe/Stockholm")
	}
	p.countries, err = countries(c.Countries)
	return p, err
}

// Check tells what is wrong with the calendar's names, if anything:
// errs.Invalid for an unknown zone or country.
func (c Calendar) Check() error {
	_, err := c.open()
	return err
}

// Holidays gives the public holidays that the day of t in the zone is, at most
// one for each country, in the order of the countries' codes. The error is that
// of Check.
func (c Calendar) Holidays(t time.Time) (list []Holiday, err error) {
	p, err := c.open()
	for _, one := range p.countries {
		if name, ok := one.holiday(noon(wallOf(t, p.loc))); ok && err == nil {
			list = append(list, Holiday{Country: one.name, Name: name})
		}
	}
	return list, err
}

// After gives the instant, in UTC, at which a span that begins at t is over:
// that many hours later, or the same hour of the day by the clocks of the zone
// on the date that the calendar gives. What is meant where clocks change or a
// month is too short is in the package comment. Unknown names, a span that is
// none and years outside 1900 to 2200 are errs.Invalid.
func (c Calendar) After(t time.Time, s Span) (time.Time, error) { return c.shift(t, s, 1) }

// Before gives the instant, in UTC, that lies a span before t, counted as After
// counts, backwards. What lies a span before may not lead back to t by After:
// one month before 31 March is the last day of February.
func (c Calendar) Before(t time.Time, s Span) (time.Time, error) { return c.shift(t, s, -1) }

func (c Calendar) shift(t time.Time, s Span, way int) (time.Time, error) {
	p, err := c.countable(t, s)
	if err != nil {
		return time.Time{}, err
	}
	if s.Unit == Hours {
		return t.UTC().Add(time.Duration(way*s.N) * time.Hour), nil
	}
	wall := wallOf(t, p.loc)
	return Soonest(p.onDate(p.date(wall, s, way), wall), p.loc), nil
}

// countable opens the calendar and refuses what cannot be counted.
func (c Calendar) countable(t time.Time, s Span) (place, error) {
	p, err := c.open()
	switch {
	case err != nil:
		return p, err
	case !s.valid():
		return p, errs.Invalidf("span", "There is no length of time.").WithHint("write it as 72h, 14d or 3 business days")
	case t.Year() < firstYear || t.Year() > lastYear:
		return p, errs.Invalidf("time", "The year %d is not one that can be counted in.", t.Year()).WithHint("from %d to %d", firstYear, lastYear)
	}
	return p, nil
}

// date gives the midnight of the date that lies a span of days, weeks, months
// or business days from a date, in the sense of wallOf.
func (p place) date(from time.Time, s Span, way int) time.Time {
	day := midnight(from)
	switch s.Unit {
	case Weeks:
		return day.AddDate(0, 0, way*7*s.N)
	case Months:
		y, m, d := day.Date()
		first := time.Date(y, m+time.Month(way*s.N), 1, 0, 0, 0, 0, time.UTC)
		return first.AddDate(0, 0, min(d, first.AddDate(0, 1, -1).Day())-1)
	case BusinessDays:
		for left := s.N; left > 0; {
			if day = day.AddDate(0, 0, way); p.counts(day) {
				left--
			}
		}
		return day
	}
	return day.AddDate(0, 0, way*s.N)
}

// onDate gives the hour of wall on a date, in the sense of wallOf.
func (p place) onDate(date, wall time.Time) time.Time { return date.Add(wall.Sub(midnight(wall))) }

// business tells whether the date of wall is a business day.
func (p place) business(wall time.Time) bool {
	if day := wall.Weekday(); day == time.Saturday || day == time.Sunday {
		return false
	}
	return !p.holiday(wall)
}

func (p place) holiday(wall time.Time) bool {
	for _, c := range p.countries {
		if _, ok := c.holiday(noon(wall)); ok {
			return true
		}
	}
	return false
}

// counts tells whether a date is a business day and was a day at all.
func (p place) counts(date time.Time) bool {
	return p.business(date) && midnight(wallOf(Soonest(date, p.loc), p.loc)).Equal(date)
}

func midnight(wall time.Time) time.Time { return wall.Truncate(24 * time.Hour) }

// noon is an hour at which every library agrees which day it is.
func noon(wall time.Time) time.Time { return midnight(wall).Add(12 * time.Hour) }
