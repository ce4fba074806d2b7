package lib

import (
	"math"
	"math/big"
	mb "math/bits"

	"steward/internal/cinterp/run"
)

// class makes a function of <ctype.h>, C17 7.4p1.
func class(f func(b byte) bool) run.LibFunc {
	return func(c *call) (slot, bool) {
		n := int32(arg(c, 0).N)
		if n < -1 || n > 255 {
			return slot{}, c.VM.Find("ctype-argument", nil, 0, "%s is given %d, which is no unsigned char and not EOF", c.Name, n)
		}
		return yes(n >= 0 && n < 128 && f(byte(n)))
	}
}

func upper(b byte) bool     { return b >= 'A' && b <= 'Z' }
func lowerCase(b byte) bool { return b >= 'a' && b <= 'z' }
func digits(b byte) bool    { return b >= '0' && b <= '9' }
func alnum(b byte) bool     { return upper(b) || lowerCase(b) || digits(b) }
func graph(b byte) bool     { return b > 32 && b < 127 }

var characters = map[string]run.LibFunc{
	"isalnum": class(alnum), "isalpha": class(func(b byte) bool { return upper(b) || lowerCase(b) }),
	"isdigit": class(digits), "isupper": class(upper), "islower": class(lowerCase), "isgraph": class(graph),
	"isblank":  class(func(b byte) bool { return b == ' ' || b == '\t' }),
	"iscntrl":  class(func(b byte) bool { return b < 32 || b == 127 }),
	"isprint":  class(func(b byte) bool { return b == ' ' || graph(b) }),
	"ispunct":  class(func(b byte) bool { return graph(b) && !alnum(b) }),
	"isspace":  class(func(b byte) bool { return b == ' ' || b >= 9 && b <= 13 }),
	"isxdigit": class(func(b byte) bool { return digit(b) < 16 }),
	"tolower":  func(c *call) (slot, bool) { return shift(c, upper, 32) },
	"toupper":  func(c *call) (slot, bool) { return shift(c, lowerCase, -32) },
	"isascii":  func(c *call) (slot, bool) { return yes(arg(c, 0).N < 128) },
	"toascii":  func(c *call) (slot, bool) { return num(int64(arg(c, 0).N & 127)) },
}

func shift(c *call, f func(byte) bool, by int64) (slot, bool) {
	n := int32(arg(c, 0).N)
	if n < -1 || n > 255 {
		return slot{}, c.VM.Find("ctype-argument", nil, 0, "%s is given %d, which is no unsigned char and not EOF", c.Name, n)
	}
	if n >= 0 && n < 128 && f(byte(n)) {
		return num(int64(n) + by)
	}
	return num(int64(n))
}

// one and two make the functions of <math.h> for all three types.
func one(m map[string]run.LibFunc, name string, f func(float64) float64) {
	m[name] = func(c *call) (slot, bool) { return flt(f(double(c, 0))) }
	m[name+"l"] = m[name]
	m[name+"f"] = func(c *call) (slot, bool) { return flt(float64(float32(f(double(c, 0))))) }
}

func pair(m map[string]run.LibFunc, name string, f func(a, b float64) float64) {
	m[name] = func(c *call) (slot, bool) { return flt(f(double(c, 0), double(c, 1))) }
	m[name+"l"] = m[name]
	m[name+"f"] = func(c *call) (slot, bool) { return flt(float64(float32(f(double(c, 0), double(c, 1))))) }
}

func test(m map[string]run.LibFunc, name string, f func(a, b float64) bool) {
	m[name] = func(c *call) (slot, bool) { return yes(f(double(c, 0), double(c, 1))) }
	m[name+"f"], m[name+"l"] = m[name], m[name]
}

var mathematics = maths()

func maths() map[string]run.LibFunc {
	m := map[string]run.LibFunc{}
	for n, f := range map[string]func(float64) float64{"sin": math.Sin, "cos": math.Cos, "tan": math.Tan, "atan": math.Atan,
		"tanh": math.Tanh, "asinh": math.Asinh, "acosh": math.Acosh, "atanh": math.Atanh, "expm1": math.Expm1,
		"log1p": math.Log1p, "cbrt": math.Cbrt, "fabs": math.Abs, "ceil": math.Ceil, "floor": math.Floor,
		"trunc": math.Trunc, "round": math.Round, "erf": math.Erf, "erfc": math.Erfc, "tgamma": math.Gamma} {
		one(m, n, f)
	}
	for n, f := range map[string]func(a, b float64) float64{"atan2": math.Atan2, "hypot": math.Hypot, "copysign": math.Copysign,
		"fmax": func(a, b float64) float64 { return pick(a, b, math.Max) }, "fmin": func(a, b float64) float64 { return pick(a, b, math.Min) },
		"fdim": math.Dim} {
		pair(m, n, f)
	}
	for n, f := range map[string]func(a, b float64) bool{"isgreater": func(a, b float64) bool { return a > b }, "isgreaterequal": func(a, b float64) bool { return a >= b },
		"isless": func(a, b float64) bool { return a < b }, "islessequal": func(a, b float64) bool { return a <= b },
		"islessgreater": func(a, b float64) bool { return a < b || a > b }, "isunordered": func(a, b float64) bool { return a != a || b != b },
		"isnan": func(a, _ float64) bool { return a != a }, "isinf": func(a, _ float64) bool { return math.IsInf(a, 0) }, "finite": func(a, _ float64) bool { return !special(a) },
		"isfinite": func(a, _ float64) bool { return !special(a) }, "signbit": func(a, _ float64) bool { return math.Signbit(a) },
		"isnormal": func(a, _ float64) bool { return !special(a) && math.Abs(a) >= 0x1p-1022 }} {
		test(m, n, f)
	}
	for _, s := range []string{"", "f", "l"} {
		m["huge_val"+s] = func(*call) (slot, bool) { return flt(math.Inf(1)) }
		m["inf"+s] = m["huge_val"+s]
		m["isinf_sign"+s] = func(c *call) (slot, bool) {
			switch {
			case math.IsInf(double(c, 0), 1):
				return num(1)
			case math.IsInf(double(c, 0), -1):
				return num(-1)
			}
			return num(0)
		}
		m["__steward_fpclassify"+s] = func(c *call) (slot, bool) { return classify(double(c, 0), s == "f") }
	}
	return m
}

func pick(a, b float64, f func(a, b float64) float64) float64 {
	switch {
	case a != a:
		return b
	case b != b:
		return a
	}
	return f(a, b)
}

func classify(d float64, single bool) (slot, bool) {
	low := 0x1p-1022
	if single {
		low = 0x1p-126
	}
	switch {
	case d != d:
		return num(0)
	case math.IsInf(d, 0):
		return num(1)
	case d == 0:
		return num(2)
	case math.Abs(d) < low:
		return num(3)
	}
	return num(4)
}

// varargs is C17 7.16.
var varargs = map[string]run.LibFunc{
	// No object is there: programs that ask want to know how deep the calls are.
	"__builtin_frame_address": func(c *call) (slot, bool) {
		top := uint64(0x7ffffffff000)
		if c.VM.P.Ptr == 4 {
			top = 0xbffff000
		}
		outer := min(max(int(i32(c, 0)), 0), c.VM.Depth()-1)
		return slot{N: top - uint64(c.VM.Depth()-outer)<<8}, true
	},
	"__builtin_va_start":    func(c *call) (slot, bool) { return slot{}, c.VM.VaStart(arg(c, 0)) },
	"__builtin_va_arg_impl": func(c *call) (slot, bool) { return c.VM.VaArg(arg(c, 0), c.Site.Param) },
	"__builtin_va_copy":     func(c *call) (slot, bool) { return slot{}, c.VM.VaCopy(arg(c, 0), arg(c, 1)) },
	"__builtin_va_end":      func(c *call) (slot, bool) { return slot{}, c.VM.VaEnd(arg(c, 0)) },
}

// count makes a function on the bits of an integer of n bits (0: of a long).
func count(n int, f func(x uint64, n int) int, zero bool) run.LibFunc {
	return func(c *call) (slot, bool) {
		w := n
		if w == 0 {
			w = 8 * c.VM.LongSize()
		}
		x := arg(c, 0).N << (64 - w) >> (64 - w)
		if zero && x == 0 {
			return slot{}, c.VM.Find("library-argument", nil, 0, "%s is given 0", c.Name)
		}
		return num(int64(f(x, w)))
	}
}

var builtins = bitFunctions()

func bitFunctions() map[string]run.LibFunc {
	m := map[string]run.LibFunc{
		"bswap16": func(c *call) (slot, bool) { return slot{N: uint64(mb.ReverseBytes16(uint16(arg(c, 0).N)))}, true },
		"bswap32": func(c *call) (slot, bool) { return slot{N: uint64(mb.ReverseBytes32(uint32(arg(c, 0).N)))}, true },
		"bswap64": func(c *call) (slot, bool) { return slot{N: mb.ReverseBytes64(arg(c, 0).N)}, true },
	}
	for n, f := range map[string]func(z, a, b *big.Int) *big.Int{"add": (*big.Int).Add, "sub": (*big.Int).Sub, "mul": (*big.Int).Mul} {
		m["__builtin_"+n+"_overflow"] = overflow(f)
	}
	for s, n := range map[string]int{"": 32, "l": 0, "ll": 64} {
		m["clz"+s] = count(n, func(x uint64, n int) int { return mb.LeadingZeros64(x) - 64 + n }, true)
		m["ctz"+s] = count(n, func(x uint64, _ int) int { return mb.TrailingZeros64(x) }, true)
		m["popcount"+s] = count(n, func(x uint64, _ int) int { return mb.OnesCount64(x) }, false)
		m["parity"+s] = count(n, func(x uint64, _ int) int { return mb.OnesCount64(x) & 1 }, false)
		m["clrsb"+s] = count(n, func(x uint64, n int) int {
			if x>>(n-1)&1 != 0 {
				x = ^x << (64 - n) >> (64 - n)
			}
			return n - mb.Len64(x) - 1
		}, false)
		m["ffs"+s] = count(n, func(x uint64, _ int) int {
			if x == 0 {
				return 0
			}
			return mb.TrailingZeros64(x) + 1
		}, false)
	}
	return m
}
