package calendar

import (
	"testing"
	"time"
)

// What follows counts days, months, holidays and hours without the package, the
// holiday library or time's calendar: days are numbered from 1 January 1970 by
// leap years counted here, and hours are found by walking through UTC and
// looking at what the clocks of the zone show.

func leap(y int) bool { return y%4 == 0 && (y%100 != 0 || y%400 == 0) }

func monthDays(y, m int) int {
	switch m {
	case 2:
		if leap(y) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// yearStarts is the number of the first day of each year from 1970.
var yearStarts = func() (starts [140]int) {
	for i := 1; i < len(starts); i++ {
		starts[i] = starts[i-1] + 365
		if leap(1970 + i - 1) {
			starts[i]++
		}
	}
	return starts
}()

func dayNumber(y, m, d int) int {
	n := yearStarts[y-1970] + d - 1
	for i := 1; i < m; i++ {
		n += monthDays(y, i)
	}
	return n
}

func dateOf(n int) (y, m, d int) {
	y, m = 1970, 1
	for y-1970+1 < len(yearStarts) && yearStarts[y-1970+1] <= n {
		y++
	}
	n -= yearStarts[y-1970]
	for n >= monthDays(y, m) {
		n -= monthDays(y, m)
		m++
	}
	return y, m, n + 1
}

// weekday of a day by its number: 0 is Sunday. 1 January 1970 was a Thursday.
func weekday(n int) int { return (n + 4) % 7 }

// easter is the number of Easter Sunday, by Meeus, Astronomical Algorithms, 8.
func easter(y int) int {
	a, b, c := y%19, y/100, y%100
	d, e := b/4, b%4
	f := (b + 8) / 25
	g := (b - f + 1) / 3
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	return dayNumber(y, (h+l-7*m+114)/31, (h+l-7*m+114)%31+1)
}

// nth is the number of the nth weekday of a month; from its end if n is negative.
func nth(y, m, wd, n int) int {
	if n < 0 {
		last := dayNumber(y, m, monthDays(y, m))
		return last - (weekday(last)-wd+7)%7
	}
	first := dayNumber(y, m, 1)
	return first + (wd-weekday(first)+7)%7 + 7*(n-1)
}

// holidaysOf gives the numbers of the public holidays of a country in a year,
// by its law.
func holidaysOf(code string, y int) (days []int) {
	fixed := func(md ...int) {
		for i := 0; i < len(md); i += 2 {
			days = append(days, dayNumber(y, md[i], md[i+1]))
		}
	}
	moving := func(after ...int) {
		for _, n := range after {
			days = append(days, easter(y)+n)
		}
	}
	switch code {
	case "DE":
		fixed(1, 1, 5, 1, 10, 3, 12, 25, 12, 26)
		moving(-2, 1, 39, 50)
	case "FR":
		fixed(1, 1, 5, 1, 5, 8, 7, 14, 8, 15, 11, 1, 11, 11, 12, 25)
		moving(1, 39, 50)
	case "NL":
		fixed(1, 1, 5, 5, 12, 25, 12, 26)
		moving(-2, 1, 39, 50)
		king := dayNumber(y, 4, 27)
		if weekday(king) == 0 {
			king--
		}
		days = append(days, king)
	case "SE":
		fixed(1, 1, 1, 6, 5, 1, 6, 6, 12, 24, 12, 25, 12, 26, 12, 31)
		moving(-2, 1, 39) // every Sunday is one by lag (1989:253): Easter Sunday adds nothing
		for n := dayNumber(y, 6, 19); n <= dayNumber(y, 6, 25); n++ {
			if weekday(n) == 5 {
				days = append(days, n, n+1) // Midsummer Eve and Day
			}
		}
		for n := dayNumber(y, 10, 31); n <= dayNumber(y, 11, 6); n++ {
			if weekday(n) == 6 {
				days = append(days, n) // All Saints' Day
			}
		}
	case "US": // 5 U.S.C. 6103
		days = append(days, nth(y, 1, 1, 3), nth(y, 2, 1, 3), nth(y, 5, 1, -1), nth(y, 9, 1, 1), nth(y, 10, 1, 2), nth(y, 11, 4, 4))
		made := [][3]int{{y, 1, 1}, {y, 7, 4}, {y, 11, 11}, {y, 12, 25}, {y + 1, 1, 1}}
		if y >= 2021 {
			made = append(made, [3]int{y, 6, 19})
		}
		for _, h := range made {
			n := dayNumber(h[0], h[1], h[2])
			if h[0] == y {
				days = append(days, n) // itself, and the day on which it is made up for
			}
			switch weekday(n) {
			case 6:
				n--
			case 0:
				n++
			}
			days = append(days, n)
		}
	}
	return days
}

// oracle counts in one zone with the holidays of some countries.
type oracle struct {
	loc  *time.Location
	free map[int]bool // the numbers of the holidays
	was  map[int]bool // the numbers of days, and whether there was such a day
}

// The years of the cases, and those whose holidays are worked out.
const (
	fromYear = 2014
	toYear   = 2040
)

func newOracle(t testing.TB, zone string, codes []string) oracle {
	t.Helper()
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	o := oracle{loc: loc, free: map[int]bool{}, was: map[int]bool{}}
	for _, code := range codes {
		for y := fromYear - 8; y <= toYear+8; y++ {
			for _, n := range holidaysOf(code, y) {
				o.free[n] = true
			}
		}
	}
	return o
}

// shown gives what the clocks show at a moment, both in seconds since 1970.
func (o oracle) shown(at int64) int64 {
	_, offset := time.Unix(at, 0).In(o.loc).Zone()
	return at + int64(offset)
}

// quarter is the step of the walk: no zone of these years changes its clocks at
// another moment of UTC, or by another length.
const quarter = 900

// first walks through UTC to the first moment at which the clocks show wall, or
// to the one at which they pass it.
func (o oracle) first(wall int64) int64 {
	rest := wall % quarter
	for at := wall - rest - 15*3600; ; at += quarter {
		if o.shown(at+rest) == wall {
			return at + rest
		}
		if o.shown(at) > wall {
			// It can come again only where clocks are put back soon after.
			return at
		}
	}
}

func (o oracle) working(day int) bool {
	if w := weekday(day); w == 0 || w == 6 || o.free[day] {
		return false
	}
	was, known := o.was[day]
	if !known {
		was = o.shown(o.first(int64(day)*86400))/86400 == int64(day)
		o.was[day] = was
	}
	return was
}

// date gives the number of the day that lies a span from a day.
func (o oracle) date(day int, s Span, way int) int {
	switch s.Unit {
	case Days:
		return day + way*s.N
	case Weeks:
		return day + way*s.N*7
	case Months:
		y, m, d := dateOf(day)
		for range s.N {
			if m += way; m == 13 {
				y, m = y+1, 1
			} else if m == 0 {
				y, m = y-1, 12
			}
		}
		return dayNumber(y, m, min(d, monthDays(y, m)))
	}
	for n := 0; n < s.N; {
		if day += way; o.working(day) {
			n++
		}
	}
	return day
}

// shift gives the moment that lies a span from another.
func (o oracle) shift(at int64, s Span, way int) int64 {
	if s.Unit == Hours {
		for range s.N {
			at += int64(way) * 3600
		}
		return at
	}
	wall := o.shown(at)
	return o.first(int64(o.date(int(wall/86400), s, way))*86400 + wall%86400)
}

// in tells whether a moment lies in a window.
func (o oracle) in(at int64, w Window) bool {
	wall := o.shown(at)
	day, second := int(wall/86400), wall%86400
	named := len(w.Days) == 0
	for _, d := range w.Days {
		named = named || int(d) == weekday(day)
	}
	return named && second >= int64(w.From)*60 && second <= int64(w.To)*60 && (!w.NoHolidays || !o.free[day])
}
