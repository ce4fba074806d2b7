package lib

import (
	"math"

	"steward/internal/cinterp/code"
	"steward/internal/cinterp/run"
)

// integers is C17 7.22.1, 7.22.2 and 7.22.6, as far as numbers.go has it not.
var integers = map[string]run.LibFunc{
	"div":     func(c *call) (slot, bool) { return divide(c, 32) },
	"ldiv":    func(c *call) (slot, bool) { return divide(c, 8*c.VM.LongSize()) },
	"lldiv":   func(c *call) (slot, bool) { return divide(c, 64) },
	"imaxdiv": func(c *call) (slot, bool) { return divide(c, 64) },
	"strtol":  func(c *call) (slot, bool) { return toInteger(c, 8*c.VM.LongSize(), true) },
	"strtoll": func(c *call) (slot, bool) { return toInteger(c, 64, true) },
	"strtoul": func(c *call) (slot, bool) { return toInteger(c, 8*c.VM.LongSize(), false) },
	"strtoull": func(c *call) (slot, bool) {
		return toInteger(c, 64, false)
	},
	"strtoimax": func(c *call) (slot, bool) { return toInteger(c, 64, true) },
	"strtoumax": func(c *call) (slot, bool) { return toInteger(c, 64, false) },
	"strtod":    func(c *call) (slot, bool) { return toFloat(c, false) },
	"strtold":   func(c *call) (slot, bool) { return toFloat(c, false) },
	"strtof":    func(c *call) (slot, bool) { return toFloat(c, true) },
	"atof": func(c *call) (slot, bool) {
		s, ok := str(c, arg(c, 0))
		if !ok {
			return slot{}, false
		}
		d, _, _ := floatAt(s, false)
		return flt(d)
	},
}

// divide is 7.22.6.2: the result is undefined when a part of it cannot be
// represented.
func divide(c *call, bits int) (slot, bool) {
	s, to, ok := result(c)
	if !ok {
		return slot{}, false
	}
	a, b := int64(arg(c, 1).N), int64(arg(c, 2).N)
	least := int64(math.MinInt64) >> (64 - bits)
	if b == 0 || b == -1 && a == least {
		return slot{}, c.VM.Find("library-integer-overflow", nil, 0, "%s of %d by %d has no value of its type", c.Name, a, b)
	}
	return to, setMember(c, s, to, "quot", slot{N: uint64(a / b)}) && setMember(c, s, to, "rem", slot{N: uint64(a % b)})
}

// setEnd stores the pointer to where a number ends.
func setEnd(c *call, used uint64) bool {
	e := arg(c, 1)
	if e.N == 0 {
		return true
	}
	p := arg(c, 0)
	p.N += used
	return c.VM.Store(e, code.TPtr, p)
}

// toInteger is the strtol family, 7.22.1.4.
func toInteger(c *call, bits int, signed bool) (slot, bool) {
	s, ok := str(c, arg(c, 0))
	if !ok {
		return slot{}, false
	}
	base := i32(c, 2)
	if base < 0 || base == 1 || base > 36 {
		return slot{}, c.VM.Find("library-argument", nil, 0, "%s is given the base %d", c.Name, base)
	}
	u, neg, used, over := parseInt(s, int(base))
	if !setEnd(c, uint64(used)) {
		return slot{}, false
	}
	return clampInt(c, u, neg, over, bits, signed)
}

func clampInt(c *call, u uint64, neg, over bool, bits int, signed bool) (slot, bool) {
	top := uint64(math.MaxUint64) >> (64 - bits)
	if !signed {
		if over || u > top {
			return slot{N: top}, errno(c, 34)
		}
		if neg {
			u = -u & top
		}
		return slot{N: u}, true
	}
	top >>= 1
	switch {
	case neg && (over || u > top+1):
		return slot{N: ^top}, errno(c, 34)
	case !neg && (over || u > top):
		return slot{N: top}, errno(c, 34)
	case neg:
		u = -u
	}
	return slot{N: u}, true
}

// toFloat is the strtod family, 7.22.1.3.
func toFloat(c *call, single bool) (slot, bool) {
	s, ok := str(c, arg(c, 0))
	if !ok {
		return slot{}, false
	}
	d, used, off := floatAt(s, single)
	if !setEnd(c, uint64(used)) || off && !errno(c, 34) {
		return slot{}, false
	}
	return flt(d)
}
