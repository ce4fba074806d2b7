package lib

import (
	"fmt"
	"strings"
	"time"

	"modernc.org/cc/v4"

	"steward/internal/cinterp/code"
	"steward/internal/cinterp/run"
	"steward/internal/cinterp/vfs"
)

// The calendar is UTC, and stands still: it moves when the program sleeps and
// nothing waits, and by a microsecond when it is asked, so that a program that
// waits by asking has an end. Processor time and the monotonic clock move with
// the steps of the program as well, a thousand in a microsecond.

func (x *extra) wall() (sec, nano int64) {
	x.pass(0, 1000)
	return x.now + x.slept/1e9, x.slept % 1e9
}

func steady(c *call) (sec, nano int64) {
	x := ext(c)
	x.pass(0, 1000)
	n := x.slept + c.VM.Steps
	return 1000 + n/1e9, n % 1e9
}

// setTime writes a pair of seconds and something smaller.
func setTime(c *call, i int, small string, sec, part int64) bool {
	s := pointee(c, i)
	return setMember(c, s, arg(c, i), "tv_sec", slot{N: uint64(sec)}) && setMember(c, s, arg(c, i), small, slot{N: uint64(part)})
}

// sleep reads a struct timespec and lets its time pass.
func sleep(c *call, i int) (e vfs.Errno, ok bool) {
	s := pointee(c, i)
	sec, ok := getMember(c, s, arg(c, i), "tv_sec")
	if !ok {
		return 0, false
	}
	nano, ok := getMember(c, s, arg(c, i), "tv_nsec")
	if !ok {
		return 0, false
	}
	n := int64(nano.N)
	if int64(sec.N) < 0 || n < 0 || n > 999_999_999 {
		return vfs.EINVAL, true
	}
	return 0, pause(c, int64(sec.N), n)
}

// pass moves the clock, at most by a hundred years in all.
func (x *extra) pass(sec, nano int64) {
	x.slept = min(x.slept+min(sec, 1<<31)*1e9+nano, 100*365*86400*1e9)
}

// clocks is the functions of C17 7.27.2 and POSIX's clocks.
var clocks = map[string]run.LibFunc{
	"time": func(c *call) (slot, bool) {
		s, _ := ext(c).wall()
		if p := arg(c, 0); p.N != 0 && !c.VM.Store(p, code.I64, slot{N: uint64(s)}) {
			return slot{}, false
		}
		return num(s)
	},
	"clock": func(c *call) (slot, bool) { return num(c.VM.Steps / 1000) },
	"difftime": func(c *call) (slot, bool) {
		return flt(float64(int64(arg(c, 0).N)) - float64(int64(arg(c, 1).N)))
	},
	"timespec_get": func(c *call) (slot, bool) {
		if i32(c, 1) != 1 {
			return slot{}, true
		}
		s, n := ext(c).wall()
		return slot{N: 1}, setTime(c, 0, "tv_nsec", s, n)
	},
	"clock_gettime": func(c *call) (slot, bool) {
		var s, n int64
		switch i32(c, 0) {
		case 0:
			s, n = ext(c).wall()
		case 1:
			s, n = steady(c)
		case 2, 3:
			s, n = c.VM.Steps/1e9, c.VM.Steps%1e9
		default:
			return minus(c, vfs.EINVAL)
		}
		return slot{}, setTime(c, 1, "tv_nsec", s, n)
	},
	"clock_getres": func(c *call) (slot, bool) {
		if id := i32(c, 0); id < 0 || id > 3 {
			return minus(c, vfs.EINVAL)
		}
		return slot{}, arg(c, 1).N == 0 || setTime(c, 1, "tv_nsec", 0, 1)
	},
	"gettimeofday": func(c *call) (slot, bool) {
		s, n := ext(c).wall()
		if arg(c, 1).N != 0 {
			return slot{}, c.VM.Cannot("gettimeofday with a time zone is not supported")
		}
		return slot{}, setTime(c, 0, "tv_usec", s, n/1000)
	},
	"sleep":  func(c *call) (slot, bool) { return slot{}, pause(c, int64(uint32(arg(c, 0).N)), 0) },
	"usleep": func(c *call) (slot, bool) { return slot{}, pause(c, 0, 1000*int64(uint32(arg(c, 0).N))) },
	"nanosleep": func(c *call) (slot, bool) {
		e, ok := sleep(c, 0)
		if !ok {
			return slot{}, false
		}
		return done(c, e)
	},
	"thrd_sleep": func(c *call) (slot, bool) {
		e, ok := sleep(c, 0)
		if e != 0 && ok {
			return num(-2)
		}
		return slot{}, ok
	},
	"tzset": func(*call) (slot, bool) { return slot{}, true },
}

// tmNames are the members of struct tm that count.
var tmNames = []string{"tm_sec", "tm_min", "tm_hour", "tm_mday", "tm_mon", "tm_year", "tm_wday", "tm_yday", "tm_isdst"}

// readTM reads the members of a struct tm that are asked for.
func readTM(c *call, s *cc.StructType, p slot, names ...string) (map[string]int32, bool) {
	m := map[string]int32{}
	for _, n := range names {
		v, ok := getMember(c, s, p, n)
		if !ok {
			return nil, false
		}
		m[n] = int32(v.N)
	}
	return m, true
}

func writeTM(c *call, s *cc.StructType, p slot, t time.Time) bool {
	for i, v := range []int{t.Second(), t.Minute(), t.Hour(), t.Day(), int(t.Month()) - 1, t.Year() - 1900, int(t.Weekday()), t.YearDay() - 1, 0} {
		if !setMember(c, s, p, tmNames[i], slot{N: uint64(int64(v))}) {
			return false
		}
	}
	zone, ok := fixed(c, "name of the time zone", "GMT")
	if !ok {
		return false
	}
	off, name := "tm_gmtoff", "tm_zone"
	if s.FieldByName(off) == nil {
		off, name = "__tm_gmtoff", "__tm_zone"
	}
	if s.FieldByName(off) == nil {
		return true
	}
	return setMember(c, s, p, off, slot{}) && setMember(c, s, p, name, zone)
}

// tmOf gives the structure that a call is about: its argument i or its result.
func tmOf(c *call, i int) *cc.StructType {
	if i >= 0 {
		return pointee(c, i)
	}
	ft, ok := c.Site.Type.(*cc.FunctionType)
	if !ok {
		return nil
	}
	p, ok := ft.Result().(*cc.PointerType)
	if !ok {
		return nil
	}
	s, _ := p.Elem().(*cc.StructType)
	return s
}

// brokenDown is gmtime, localtime and POSIX's variants with room of their own.
func brokenDown(own1 bool) run.LibFunc {
	return func(c *call) (slot, bool) {
		v, ok := c.VM.Load(arg(c, 0), code.I64)
		if !ok {
			return slot{}, false
		}
		if n := int64(v.N); n > 1<<55 || n < -1<<55 {
			return null(c, 75)
		}
		t := time.Unix(int64(v.N), 0).UTC()
		s := tmOf(c, -1)
		if s == nil {
			return slot{}, c.VM.Cannot("%s is called in a way that hides its type", c.Name)
		}
		to := arg(c, 1)
		if !own1 {
			if to, ok = ext(c).kept["broken-down time"]; !ok {
				if to, ok = own(c, "broken-down time", uint64(s.Size())); !ok {
					return slot{}, false
				}
				ext(c).kept["broken-down time"] = to
			}
		}
		if y := int64(t.Year()) - 1900; y > 1<<31-1 || y < -1<<31 {
			return null(c, 75)
		}
		return to, writeTM(c, s, to, t)
	}
}

// maketime is mktime: members out of range are brought into it, 7.27.2.3.
func maketime(c *call) (slot, bool) {
	s, p := pointee(c, 0), arg(c, 0)
	m, ok := readTM(c, s, p, "tm_sec", "tm_min", "tm_hour", "tm_mday", "tm_mon", "tm_year", "tm_isdst")
	if !ok {
		return slot{}, false
	}
	t := time.Date(int(m["tm_year"])+1900, time.Month(m["tm_mon"])+1, int(m["tm_mday"]), int(m["tm_hour"]), int(m["tm_min"]), int(m["tm_sec"]), 0, time.UTC)
	if m["tm_isdst"] > 0 {
		return slot{}, c.VM.Cannot("%s with daylight saving time is not supported", c.Name)
	}
	if y := int64(t.Year()) - 1900; y > 1<<31-1 || y < -1<<31 {
		return minus(c, 75)
	}
	return slot{N: uint64(t.Unix())}, writeTM(c, s, p, t)
}

const (
	dayNames   = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday"
	monthNames = "January February March April May June July August September October November December"
)

// asctime is C17 7.27.3.1: members out of their range are undefined, and so is
// a year that needs more than four characters.
func asctime(c *call, own1 bool) (slot, bool) {
	m, ok := readTM(c, pointee(c, 0), arg(c, 0), "tm_sec", "tm_min", "tm_hour", "tm_mday", "tm_mon", "tm_year", "tm_wday")
	if !ok {
		return slot{}, false
	}
	for _, r := range []struct {
		name   string
		lo, hi int32
	}{{"tm_sec", 0, 60}, {"tm_min", 0, 59}, {"tm_hour", 0, 23}, {"tm_mday", 1, 31}, {"tm_mon", 0, 11}, {"tm_year", -2899, 8099}, {"tm_wday", 0, 6}} {
		if v := m[r.name]; v < r.lo || v > r.hi {
			return slot{}, c.VM.Find("asctime-range", ptr(arg(c, 0)), 0, "%s is given a time whose %s is %d", c.Name, r.name, v)
		}
	}
	t := fmt.Sprintf("%.3s %.3s%3d %.2d:%.2d:%.2d %d\n", strings.Fields(dayNames)[m["tm_wday"]], strings.Fields(monthNames)[m["tm_mon"]],
		m["tm_mday"], m["tm_hour"], m["tm_min"], m["tm_sec"], 1900+m["tm_year"])
	return timeText(c, t, own1)
}

func timeText(c *call, t string, own1 bool) (slot, bool) {
	if own1 {
		return arg(c, 1), put(c, arg(c, 1), append([]byte(t), 0))
	}
	return kept(c, "text of a time", t, true)
}

func ctime(c *call, own1 bool) (slot, bool) {
	v, ok := c.VM.Load(arg(c, 0), code.I64)
	if !ok {
		return slot{}, false
	}
	t := time.Unix(int64(v.N), 0).UTC()
	if n := int64(v.N); n > 1<<50 || n < -1<<50 || t.Year() > 9999 || t.Year() < -999 {
		return slot{}, c.VM.Find("asctime-range", nil, 0, "%s is given a time whose year has more than four characters", c.Name)
	}
	return timeText(c, fmt.Sprintf("%s %s%3d %s %d\n", t.Format("Mon"), t.Format("Jan"), t.Day(), t.Format("15:04:05"), t.Year()), own1)
}

// times is C17 7.27.3.
var times = map[string]run.LibFunc{
	"gmtime": brokenDown(false), "localtime": brokenDown(false), "gmtime_r": brokenDown(true), "localtime_r": brokenDown(true),
	"mktime": maketime, "timegm": maketime,
	"asctime":   func(c *call) (slot, bool) { return asctime(c, false) },
	"asctime_r": func(c *call) (slot, bool) { return asctime(c, true) },
	"ctime":     func(c *call) (slot, bool) { return ctime(c, false) },
	"ctime_r":   func(c *call) (slot, bool) { return ctime(c, true) },
	"strftime":  strftime,
}
