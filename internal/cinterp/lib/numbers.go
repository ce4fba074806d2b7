package lib

import (
	"math"
	"math/bits"
	"strconv"
	"strings"

	"steward/internal/cinterp/code"
	"steward/internal/cinterp/run"
)

// numbers is C17 7.22 on numbers.
var numbers = map[string]run.LibFunc{
	"abs":     func(c *call) (slot, bool) { return absolute(c, 32) },
	"labs":    func(c *call) (slot, bool) { return absolute(c, 8*c.VM.LongSize()) },
	"llabs":   func(c *call) (slot, bool) { return absolute(c, 64) },
	"imaxabs": func(c *call) (slot, bool) { return absolute(c, 64) },
	"atoi":    func(c *call) (slot, bool) { return ato(c, 32) },
	"atol":    func(c *call) (slot, bool) { return ato(c, 8*c.VM.LongSize()) },
	"atoll":   func(c *call) (slot, bool) { return ato(c, 64) },
	"strtol":  func(c *call) (slot, bool) { return strto(c, 8*c.VM.LongSize(), true) },
	"strtoll": func(c *call) (slot, bool) { return strto(c, 64, true) },
	"strtoul": func(c *call) (slot, bool) { return strto(c, 8*c.VM.LongSize(), false) },
	"strtoull": func(c *call) (slot, bool) {
		return strto(c, 64, false)
	},
	"strtoimax": func(c *call) (slot, bool) { return strto(c, 64, true) },
	"strtoumax": func(c *call) (slot, bool) { return strto(c, 64, false) },
	"atof": func(c *call) (slot, bool) {
		s, ok := str(c, arg(c, 0))
		d, _ := parseFloat(s)
		return slot{N: math.Float64bits(d)}, ok
	},
	"strtod": strtod, "strtold": strtod,
	"strtof": func(c *call) (slot, bool) {
		v, ok := strtod(c)
		return slot{N: math.Float64bits(float64(float32(math.Float64frombits(v.N))))}, ok
	},
	"rand": func(c *call) (slot, bool) {
		s := state(c)
		s.rand = s.rand*6364136223846793005 + 1442695040888963407
		return slot{N: s.rand >> 33}, true
	},
	"random": func(c *call) (slot, bool) {
		s := state(c)
		s.rand = s.rand*6364136223846793005 + 1442695040888963407
		return slot{N: s.rand >> 33}, true
	},
	"srand":   func(c *call) (slot, bool) { state(c).rand = arg(c, 0).N; return slot{}, true },
	"srandom": func(c *call) (slot, bool) { state(c).rand = arg(c, 0).N; return slot{}, true },
}

func absolute(c *call, n int) (slot, bool) {
	v := int64(arg(c, 0).N)
	if v == math.MinInt64>>(64-n) {
		return slot{}, c.VM.Find("library-integer-overflow", nil, 0, "%s of %d has no value of its type", c.Name, v)
	}
	if v < 0 {
		v = -v
	}
	return num(v)
}

func ato(c *call, n int) (slot, bool) {
	s, ok := str(c, arg(c, 0))
	if !ok {
		return slot{}, false
	}
	u, neg, _, over := parseInt(s, 10)
	v := int64(u)
	if neg {
		v = -v
	}
	if over || v != v<<(64-n)>>(64-n) || (v < 0) != neg && u != 0 {
		return slot{}, c.VM.Find("library-integer-overflow", nil, 0, "%s of a number outside the range of its type", c.Name)
	}
	return num(v)
}

// parseInt reads a number as strtol does; used is 0 when there is none.
func parseInt(s []byte, base int) (u uint64, neg bool, used int, over bool) {
	i := 0
	for i < len(s) && (s[i] == ' ' || s[i] >= 9 && s[i] <= 13) {
		i++
	}
	if i < len(s) && (s[i] == '-' || s[i] == '+') {
		neg = s[i] == '-'
		i++
	}
	if (base == 0 || base == 16) && i+2 < len(s) && s[i] == '0' && s[i+1]|32 == 'x' && digit(s[i+2]) < 16 {
		i += 2
		base = 16
	}
	if base == 0 {
		base = 10
		if i < len(s) && s[i] == '0' {
			base = 8
		}
	}
	for ; i < len(s) && digit(s[i]) < base; i++ {
		hi, lo := bits.Mul64(u, uint64(base))
		sum, carry := bits.Add64(lo, uint64(digit(s[i])), 0)
		over = over || hi != 0 || carry != 0
		u, used = sum, i+1
	}
	return u, neg, used, over
}

func digit(b byte) int {
	switch {
	case b >= '0' && b <= '9':
		return int(b - '0')
	case b|32 >= 'a' && b|32 <= 'z':
		return int(b|32-'a') + 10
	}
	return 99
}

func strto(c *call, n int, signed bool) (slot, bool) {
	s, ok := str(c, arg(c, 0))
	if !ok {
		return slot{}, false
	}
	u, neg, used, over := parseInt(s, int(int32(arg(c, 2).N)))
	if e := arg(c, 1); e.N != 0 {
		p := arg(c, 0)
		p.N += uint64(used)
		if !c.VM.Store(e, code.TPtr, p) {
			return slot{}, false
		}
	}
	max := uint64(math.MaxUint64) >> (64 - n)
	if signed {
		max >>= 1
		if neg && (over || u > max+1) {
			return slot{N: ^max}, errno(c, 34)
		}
		if !neg && (over || u > max) {
			return slot{N: max}, errno(c, 34)
		}
	} else if over || u > max {
		return slot{N: max}, errno(c, 34)
	}
	if neg {
		u = -u
		if !signed {
			u &= max
		}
	}
	return slot{N: u}, true
}

// parseFloat reads a floating number at the start of s.
func parseFloat(s []byte) (float64, int) {
	i := 0
	for i < len(s) && (s[i] == ' ' || s[i] >= 9 && s[i] <= 13) {
		i++
	}
	for j := min(len(s), i+400); j > i; j-- {
		if strings.IndexByte("0123456789.fFnNyYaAbBcCdDeE", s[j-1]) < 0 {
			continue
		}
		if strings.ContainsAny(string(s[i:j]), "_") {
			continue
		}
		t := string(s[i:j])
		if strings.ContainsAny(t, "xX") && !strings.ContainsAny(t, "pP") {
			t += "p0"
		}
		d, err := strconv.ParseFloat(t, 64)
		if e, ok := err.(*strconv.NumError); err == nil || ok && e.Err == strconv.ErrRange {
			return d, j
		}
	}
	return 0, 0
}

func strtod(c *call) (slot, bool) {
	s, ok := str(c, arg(c, 0))
	if !ok {
		return slot{}, false
	}
	d, used := parseFloat(s)
	if e := arg(c, 1); e.N != 0 {
		p := arg(c, 0)
		p.N += uint64(used)
		if !c.VM.Store(e, code.TPtr, p) {
			return slot{}, false
		}
	}
	if math.IsInf(d, 0) && used > 0 && !strings.ContainsAny(string(s[:used]), "iI") {
		return slot{N: math.Float64bits(d)}, errno(c, 34)
	}
	return flt(d)
}
