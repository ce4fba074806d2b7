package calendar

import (
	"math/rand/v2"
	"testing"
	"time"
)

// zones whose clocks do what others' do not: half hours and quarters, changes of
// half an hour, at midnight and in Ramadan, winter time that is called summer
// time, a day that never was, and none of all that.
var zones = []string{
	"UTC", "Europe/Stockholm", "Europe/London", "Europe/Dublin", "Africa/Casablanca", "Africa/Cairo", "America/New_York",
	"America/St_Johns", "America/Santiago", "America/Asuncion", "America/Havana", "Asia/Kolkata", "Asia/Kathmandu",
	"Asia/Beirut", "Australia/Lord_Howe", "Pacific/Chatham", "Pacific/Apia", "Pacific/Kiritimati",
}

var codes = []string{"DE", "FR", "NL", "SE", "US"}

// someMoment gives a moment of the years of the cases: most are near what is
// special, a change of the clocks, the end of a month, a leap day or a holiday.
func someMoment(r *rand.Rand, o oracle, changes []int64) int64 {
	day := yearStarts[fromYear-1970] + r.IntN(yearStarts[toYear-1970]-yearStarts[fromYear-1970])
	y, m, _ := dateOf(day)
	switch r.IntN(6) {
	case 0:
		if len(changes) > 0 {
			return changes[r.IntN(len(changes))] + int64(r.IntN(60*86400)) - 40*86400
		}
	case 1:
		day = dayNumber(y, m, monthDays(y, m))
	case 2:
		day = dayNumber(y-y%4, 2, 28) + r.IntN(2)
	case 3:
		day = easter(y) - r.IntN(12)
	case 4:
		day = dayNumber(y, 12, 20+r.IntN(12))
	}
	wall := int64(day) * 86400
	if r.IntN(2) == 0 {
		return o.first(wall + int64(r.IntN(4*3600))) // the hours at which clocks are changed
	}
	return o.first(wall + int64(r.IntN(86400)))
}

// changesOf lists the moments at which the clocks of a zone are changed, by a
// walk through UTC.
func changesOf(o oracle) (list []int64) {
	for at := int64(yearStarts[fromYear-1970]) * 86400; at < int64(yearStarts[toYear-1970])*86400; at += 86400 {
		if o.shown(at)-at == o.shown(at+86400)-at-86400 {
			continue
		}
		one := at
		for o.shown(one)-one == o.shown(at)-at {
			one += quarter
		}
		list = append(list, one)
	}
	return list
}

func someSpan(r *rand.Rand) Span {
	switch r.IntN(5) {
	case 0:
		return Span{1 + r.IntN(200), Hours}
	case 1:
		return Span{1 + r.IntN(100), Days}
	case 2:
		return Span{1 + r.IntN(8), Weeks}
	case 3:
		return Span{1 + r.IntN(14), Months}
	}
	return Span{1 + r.IntN(12), BusinessDays}
}

func someCountries(r *rand.Rand) (some []string) {
	for _, c := range codes {
		if r.IntN(3) == 0 {
			some = append(some, c)
		}
	}
	return some
}

// each runs a property on many cases in each zone, the zones beside one
// another; the same cases each time.
func each(t *testing.T, cases int, property func(*testing.T, *rand.Rand, Calendar, oracle, []int64)) {
	t.Parallel()
	for i, zone := range zones {
		t.Run(zone, func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(uint64(i), 1182))
			var c Calendar
			var o oracle
			var changes []int64
			for n := range cases {
				if n%500 == 0 {
					c = Calendar{Zone: zone, Countries: someCountries(r)}
					o = newOracle(t, zone, c.Countries)
					if changes == nil {
						changes = changesOf(o)
					}
				}
				property(t, r, c, o, changes)
				if t.Failed() {
					return
				}
			}
		})
	}
}

// TestSpansAgree compares After and Before with the walk.
func TestSpansAgree(t *testing.T) {
	each(t, 3000, func(t *testing.T, r *rand.Rand, c Calendar, o oracle, changes []int64) {
		at, s := someMoment(r, o, changes), someSpan(r)
		start := time.Unix(at, 0)
		if got, err := c.After(start, s); err != nil || got.Unix() != o.shift(at, s, 1) {
			t.Errorf("%s after %s in %s, holidays of %v: %v, %v; want %v", s, start.In(o.loc), c.Zone, c.Countries, got.In(o.loc), err, time.Unix(o.shift(at, s, 1), 0).In(o.loc))
		}
		if got, err := c.Before(start, s); err != nil || got.Unix() != o.shift(at, s, -1) {
			t.Errorf("%s before %s in %s, holidays of %v: %v, %v; want %v", s, start.In(o.loc), c.Zone, c.Countries, got.In(o.loc), err, time.Unix(o.shift(at, s, -1), 0).In(o.loc))
		}
	})
}

// TestBusinessAgrees compares business days with the rules of each country.
func TestBusinessAgrees(t *testing.T) {
	each(t, 1500, func(t *testing.T, r *rand.Rand, c Calendar, o oracle, changes []int64) {
		at := someMoment(r, o, changes)
		p, err := c.open()
		if got := p.business(wallOf(time.Unix(at, 0), p.loc)); err != nil || got != o.working(int(o.shown(at)/86400)) {
			t.Errorf("%s, holidays of %v: %v, %v", time.Unix(at, 0).In(o.loc), c.Countries, got, err)
		}
	})
}

// TestNextInAgrees: the moment lies in the window, the one before does not, nor
// does any minute from the start to it.
func TestNextInAgrees(t *testing.T) {
	each(t, 300, func(t *testing.T, r *rand.Rand, c Calendar, o oracle, changes []int64) {
		w := Window{From: Hour(r.IntN(24*60 + 1)), NoHolidays: r.IntN(2) == 0}
		if r.IntN(2) == 0 {
			w.From = Hour(r.IntN(4 * 60))
		}
		w.To = w.From + Hour(r.IntN(int(endOfDay-w.From)+1))
		for d := range 7 {
			if r.IntN(3) == 0 {
				w.Days = append(w.Days, Weekday(d))
			}
		}
		at := someMoment(r, o, changes)
		got, err := c.NextIn(time.Unix(at, 0), w)
		if w.From == endOfDay {
			if err == nil {
				t.Errorf("%+v has no moment: %v", w, got)
			}
			return
		}
		if err != nil || got.Unix() < at || !o.in(got.Unix(), w) || got.Unix() > at && o.in(got.Unix()-1, w) {
			t.Errorf("%+v from %s, holidays of %v: %v, %v", w, time.Unix(at, 0).In(o.loc), c.Countries, got.In(o.loc), err)
			return
		}
		for one := at - at%60 + 60; one < got.Unix(); one += 60 {
			if o.in(one, w) {
				t.Errorf("%+v from %s: %v, but %s lies in it", w, time.Unix(at, 0).In(o.loc), got.In(o.loc), time.Unix(one, 0).In(o.loc))
				return
			}
		}
	})
}
