package lib

import (
	"fmt"
	"strings"
	"time"
)

// tmReader reads the members of a struct tm when a conversion needs them, so
// that only those must have a value.
type tmReader struct {
	c  *call
	ok bool
}

func (r *tmReader) get(n string) int {
	if !r.ok {
		return 0
	}
	v, ok := getMember(r.c, pointee(r.c, 3), arg(r.c, 3), n)
	r.ok = ok
	return int(int32(v.N))
}

// strftime is C17 7.27.3.5 in the locale "C".
func strftime(c *call) (slot, bool) {
	fs, ok := str(c, arg(c, 2))
	if !ok {
		return slot{}, false
	}
	f := append([]byte(nil), fs...)
	r := &tmReader{c, true}
	var out strings.Builder
	for i := 0; i < len(f) && r.ok; i++ {
		if f[i] != '%' {
			out.WriteByte(f[i])
			continue
		}
		i++
		if i < len(f) && (f[i] == 'E' || f[i] == 'O') {
			i++
		}
		if i >= len(f) {
			return slot{}, c.VM.Find("format-invalid", nil, 0, "the format of strftime ends in a conversion")
		}
		t, known := r.conversion(f[i])
		if !known {
			if strings.IndexByte("+-_0^#sklP", f[i]) >= 0 {
				return slot{}, c.VM.Cannot("strftime with %%%c is not supported", f[i])
			}
			return slot{}, c.VM.Find("format-invalid", nil, 0, "the format of strftime has the conversion %%%c, which is none", f[i])
		}
		out.WriteString(t)
	}
	if !r.ok {
		return slot{}, false
	}
	n := uint64(out.Len())
	if n+1 > arg(c, 1).N {
		// What the array holds is not known any more.
		if arg(c, 1).N > 0 && arg(c, 0).N != 0 {
			if o, off, ok := c.VM.Access(arg(c, 0), 1, 0, true); ok {
				o.Lose(off, min(arg(c, 1).N, o.Size-off), "indeterminate-contents", "the array is read that strftime had no room in")
			} else {
				return slot{}, false
			}
		}
		return slot{}, true
	}
	return slot{N: n}, put(c, arg(c, 0), append([]byte(out.String()), 0))
}

func listed(list string, i, short int) string {
	w := strings.Fields(list)
	if i < 0 || i >= len(w) {
		return "?"
	}
	if short > 0 {
		return w[i][:short]
	}
	return w[i]
}

func (r *tmReader) conversion(x byte) (string, bool) {
	two := func(n string) string { return fmt.Sprintf("%02d", r.get(n)) }
	part := func(f string) string {
		var b strings.Builder
		for i := 0; i < len(f); i++ {
			if f[i] == '%' {
				i++
				t, _ := r.conversion(f[i])
				b.WriteString(t)
			} else {
				b.WriteByte(f[i])
			}
		}
		return b.String()
	}
	switch x {
	case 'a':
		return listed(dayNames, r.get("tm_wday"), 3), true
	case 'A':
		return listed(dayNames, r.get("tm_wday"), 0), true
	case 'b', 'h':
		return listed(monthNames, r.get("tm_mon"), 3), true
	case 'B':
		return listed(monthNames, r.get("tm_mon"), 0), true
	case 'c':
		return part("%a %b %e %H:%M:%S %Y"), true
	case 'C':
		return fmt.Sprintf("%02d", floorDiv(r.get("tm_year")+1900, 100)), true
	case 'd':
		return two("tm_mday"), true
	case 'D', 'x':
		return part("%m/%d/%y"), true
	case 'e':
		return fmt.Sprintf("%2d", r.get("tm_mday")), true
	case 'F':
		return part("%Y-%m-%d"), true
	case 'H':
		return two("tm_hour"), true
	case 'I':
		return fmt.Sprintf("%02d", (r.get("tm_hour")+11)%12+1), true
	case 'j':
		return fmt.Sprintf("%03d", r.get("tm_yday")+1), true
	case 'm':
		return fmt.Sprintf("%02d", r.get("tm_mon")+1), true
	case 'M':
		return two("tm_min"), true
	case 'n':
		return "\n", true
	case 'p':
		if r.get("tm_hour") >= 12 {
			return "PM", true
		}
		return "AM", true
	case 'r':
		return part("%I:%M:%S %p"), true
	case 'R':
		return part("%H:%M"), true
	case 'S':
		return two("tm_sec"), true
	case 't':
		return "\t", true
	case 'T', 'X':
		return part("%H:%M:%S"), true
	case 'Z':
		return "GMT", true
	case 'z':
		return "+0000", true
	case '%':
		return "%", true
	}
	return r.week(x)
}

func floorDiv(a, b int) int {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// week is the conversions that count weeks and years.
func (r *tmReader) week(x byte) (string, bool) {
	switch x {
	case 'u':
		return fmt.Sprint((r.get("tm_wday")+6)%7 + 1), true
	case 'w':
		return fmt.Sprint(r.get("tm_wday")), true
	case 'U':
		return fmt.Sprintf("%02d", (r.get("tm_yday")+7-r.get("tm_wday"))/7), true
	case 'W':
		return fmt.Sprintf("%02d", (r.get("tm_yday")+7-(r.get("tm_wday")+6)%7)/7), true
	case 'y':
		return fmt.Sprintf("%02d", ((r.get("tm_year")+1900)%100+100)%100), true
	case 'Y':
		return fmt.Sprint(r.get("tm_year") + 1900), true
	case 'G', 'g', 'V':
		y, d := r.get("tm_year")+1900, r.get("tm_yday")
		iso, w := time.Date(y, 1, 1+d, 0, 0, 0, 0, time.UTC).ISOWeek()
		switch x {
		case 'G':
			return fmt.Sprint(iso), true
		case 'g':
			return fmt.Sprintf("%02d", (iso%100+100)%100), true
		}
		return fmt.Sprintf("%02d", w), true
	}
	return "", false
}
