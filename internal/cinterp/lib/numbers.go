package lib

import (
	"math"
	"math/bits"

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
