package duty

import (
	"fmt"
	"sort"
	"time"
)

// Day is a day of the calendar, in no zone.
type Day struct {
	Year  int
	Month time.Month
	Day   int
}

// DayOf is the day on which a time falls in a zone.
func DayOf(t time.Time, zone *time.Location) Day {
	y, m, d := t.In(zone).Date()
	return Day{y, m, d}
}

// String writes the day as 2026-09-11.
func (d Day) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day) }

// Before tells whether the day comes before another one.
func (d Day) Before(o Day) bool {
	if d.Year != o.Year {
		return d.Year < o.Year
	}
	if d.Month != o.Month {
		return d.Month < o.Month
	}
	return d.Day < o.Day
}

// Weekday is the day of the week.
func (d Day) Weekday() time.Weekday { return d.noon().Weekday() }

// AddDays gives the day n days later.
func (d Day) AddDays(n int) Day { return DayOf(d.noon().AddDate(0, 0, n), time.UTC) }

// AddMonths gives the same date n months later, or the last day of that month
// if it has no such date (No 1182/71, Article 3(2)(c)).
func (d Day) AddMonths(n int) Day {
	first := time.Date(d.Year, d.Month+time.Month(n), 1, 12, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return Day{first.Year(), first.Month(), min(d.Day, last)}
}

// noon keeps the arithmetic away from midnight.
func (d Day) noon() time.Time { return time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, time.UTC) }

// Begins is the first moment of the day in a zone. Where the clock is put
// forward at midnight the day begins at 01:00; where midnight comes twice, it
// begins with the first.
func (d Day) Begins(zone *time.Location) time.Time {
	const reach = 26 * 3600 // seconds: no zone is further from UTC than 15 hours
	early := d.noon().Add(-12*time.Hour - reach*time.Second)
	n := sort.Search(2*reach, func(i int) bool {
		return !DayOf(early.Add(time.Duration(i)*time.Second), zone).Before(d)
	})
	return early.Add(time.Duration(n) * time.Second)
}

// Span is how long a period is. One of the three is set, or none: then the law
// names no hour.
type Span struct {
	Hours, Days, Months int
}

// Fixed tells whether the law names an hour.
func (s Span) Fixed() bool { return s != Span{} }

// Calendar tells whether the span is counted in days of the calendar.
func (s Span) Calendar() bool { return s.Days > 0 || s.Months > 0 }

// String writes the span as in the law: "24 hours", "14 days", "1 month".
func (s Span) String() string {
	switch {
	case s.Hours > 0:
		return count(s.Hours, "hour")
	case s.Days > 0:
		return count(s.Days, "day")
	case s.Months > 0:
		return count(s.Months, "month")
	}
	return "no fixed hour"
}

func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}

// LastDay is the day with whose last hour a span of days or months ends.
func (s Span) LastDay(from time.Time, zone *time.Location) Day {
	return DayOf(from, zone).AddMonths(s.Months).AddDays(s.Days)
}

// End is when a span from that time is over, in UTC; the zero time if the law
// names no hour. See the package comment for how it is counted. Of days and
// months it is the midnight at the end of the last day.
func (s Span) End(from time.Time, zone *time.Location) time.Time {
	switch {
	case s.Hours > 0:
		return from.Add(time.Duration(s.Hours) * time.Hour).UTC()
	case s.Calendar():
		return s.LastDay(from, zone).AddDays(1).Begins(zone).UTC()
	}
	return time.Time{}
}
