package lib

import (
	"math"

	"steward/internal/cinterp/code"
	"steward/internal/cinterp/run"
)

// moreMaths is what more.go does not have of C17 7.12, and errors of the
// domain in errno where the functions are exact.
func moreMaths() map[string]run.LibFunc {
	m := map[string]run.LibFunc{}
	for n, f := range map[string]func(float64) float64{"logb": math.Logb, "lgamma": func(d float64) float64 { r, _ := math.Lgamma(d); return r },
		"exp10": func(d float64) float64 { return math.Pow(10, d) }, "j0": math.J0, "j1": math.J1, "y0": math.Y0, "y1": math.Y1} {
		one(m, n, f)
	}
	for n, f := range map[string]func(float64) float64{"sqrt": math.Sqrt, "log": logarithm, "log2": math.Log2, "log10": math.Log10,
		"acos": math.Acos, "asin": math.Asin, "exp": math.Exp, "exp2": math.Exp2, "sinh": math.Sinh, "cosh": math.Cosh} {
		one(m, n, f)
	}
	for _, n := range []string{"sqrt", "sqrtf", "sqrtl", "log", "logf", "logl", "log2", "log2f", "log2l", "log10", "log10f", "log10l", "acos", "acosf",
		"acosl", "asin", "asinf", "asinl"} {
		m[n] = domain(m[n], n[0] == 'a', n[0] == 'l')
	}
	for n, f := range map[string]func(a, b float64) float64{"pow": math.Pow, "fmod": math.Mod, "remainder": math.Remainder} {
		pair(m, n, f)
		for _, s := range []string{"", "f", "l"} {
			m[n+s] = ranged(m[n+s], n == "pow")
		}
	}
	for _, s := range []string{"", "f", "l"} {
		single := s == "f"
		for _, n := range []string{"exp", "exp2", "sinh", "cosh"} {
			m[n+s] = grows(m[n+s])
		}
		m["ldexp"+s] = scaled(single)
		m["scalbn"+s], m["scalbln"+s] = m["ldexp"+s], m["ldexp"+s]
		m["ilogb"+s] = func(c *call) (slot, bool) {
			switch d := double(c, 0); {
			case d == 0 || d != d:
				return slot{N: ^uint64(math.MaxInt32)}, errno(c, 33)
			case math.IsInf(d, 0):
				return slot{N: math.MaxInt32}, errno(c, 33)
			default:
				return num(int64(math.Ilogb(d)))
			}
		}
		m["nan"+s] = func(c *call) (slot, bool) {
			if len(c.Args) > 0 {
				if _, ok := str(c, arg(c, 0)); !ok {
					return slot{}, false
				}
			}
			return flt(math.NaN())
		}
		m["nextafter"+s] = func(c *call) (slot, bool) { return flt(after(double(c, 0), double(c, 1), single)) }
		m["nexttoward"+s] = m["nextafter"+s]
		m["fma"+s] = func(c *call) (slot, bool) {
			a, b, d := double(c, 0), double(c, 1), double(c, 2)
			if single {
				return flt(fma32(a, b, d))
			}
			return flt(math.FMA(a, b, d))
		}
		m["remquo"+s] = func(c *call) (slot, bool) { return remquo(c) }
		m["frexp"+s] = func(c *call) (slot, bool) {
			d := double(c, 0)
			if special(d) {
				return flt(d)
			}
			f, e := math.Frexp(d)
			return slot{N: math.Float64bits(f)}, c.VM.Store(arg(c, 1), code.I32, slot{N: uint64(int64(e))})
		}
		ft := code.F64
		if single {
			ft = code.F32
		}
		m["modf"+s] = func(c *call) (slot, bool) {
			d := double(c, 0)
			i, f := math.Trunc(d), 0.0
			if !math.IsInf(d, 0) {
				f = d - i
			}
			return slot{N: math.Float64bits(math.Copysign(f, d))}, c.VM.Store(arg(c, 1), ft, slot{N: math.Float64bits(i)})
		}
		m["lround"+s], m["llround"+s] = rounded(math.Round, false), rounded(math.Round, true)
		m["lrint"+s], m["llrint"+s] = rounded(math.RoundToEven, false), rounded(math.RoundToEven, true)
		m["rint"+s], m["nearbyint"+s] = nearest, nearest
		m["__steward_signbit"+s] = func(c *call) (slot, bool) { return yes(math.Signbit(double(c, 0))) }
	}
	m["__steward_signbit_other"] = notFloating
	m["__steward_fpclassify_other"] = notFloating
	m["jn"] = func(c *call) (slot, bool) { return flt(math.Jn(int(i32(c, 0)), double(c, 1))) }
	m["yn"] = func(c *call) (slot, bool) { return flt(math.Yn(int(i32(c, 0)), double(c, 1))) }
	m["sincos"] = func(c *call) (slot, bool) {
		s, d := math.Sincos(double(c, 0))
		return slot{}, c.VM.Store(arg(c, 1), code.F64, slot{N: math.Float64bits(s)}) && c.VM.Store(arg(c, 2), code.F64, slot{N: math.Float64bits(d)})
	}
	return m
}

// logarithm is math.Log, which is wrong for subnormal numbers on some machines.
func logarithm(d float64) float64 {
	if d > 0 && d < 0x1p-1022 {
		return math.Log(d*0x1p60) - 60*math.Ln2
	}
	return math.Log(d)
}

// notFloating is 7.12.3p1 for an argument of an integer type.
func notFloating(c *call) (slot, bool) {
	if !c.VM.Find("classification-argument", nil, 0, "a classification macro of math.h is given a value that is not floating") {
		return slot{}, false
	}
	if c.Name == "__steward_signbit_other" {
		return yes(math.Signbit(double(c, 0)))
	}
	return classify(double(c, 0), false)
}

// domain sets errno when the argument is outside the domain, 7.12.1p2.
func domain(f run.LibFunc, arc, log bool) run.LibFunc {
	return func(c *call) (slot, bool) {
		d := double(c, 0)
		e := 0
		switch {
		case arc && (d > 1 || d < -1), !arc && d < 0:
			e = 33
		case log && d == 0:
			e = 34
		}
		if e != 0 && !errno(c, e) {
			return slot{}, false
		}
		if e == 33 {
			return slot{N: invalid}, true
		}
		return f(c)
	}
}

// invalid is the NaN that x86 and the libraries on it give for what has no
// value. The standard leaves its sign open; programs print it.
const invalid = 0xfff8 << 48

// ranged sets errno for functions of two arguments.
func ranged(f run.LibFunc, pow bool) run.LibFunc {
	return func(c *call) (slot, bool) {
		r, ok := f(c)
		a, b, d := double(c, 0), double(c, 1), math.Float64frombits(r.N)
		e := 0
		switch {
		case d != d && a == a && b == b:
			e, r.N = 33, invalid
		case pow && math.IsInf(d, 0) && !special(a) && !special(b), pow && d == 0 && a != 0 && !special(a) && !special(b):
			e = 34
		}
		return r, ok && (e == 0 || errno(c, e))
	}
}

// grows sets errno when a finite argument has no finite result.
func grows(f run.LibFunc) run.LibFunc {
	return func(c *call) (slot, bool) {
		r, ok := f(c)
		a, d := double(c, 0), math.Float64frombits(r.N)
		if ok && !special(a) && (math.IsInf(d, 0) || d == 0 && a != 0 && c.Name[0] == 'e') {
			ok = errno(c, 34)
		}
		return r, ok
	}
}

func scaled(single bool) run.LibFunc {
	return func(c *call) (slot, bool) {
		d, n := double(c, 0), int64(arg(c, 1).N)
		if c.Name[len(c.Name)-2:] != "ln" && c.Name[:min(7, len(c.Name))] != "scalbln" {
			n = int64(int32(n))
		}
		r := math.Ldexp(d, int(max(min(n, 5000), -5000)))
		if single {
			r = float64(float32(r))
		}
		if !special(d) && d != 0 && (math.IsInf(r, 0) || r == 0) && !errno(c, 34) {
			return slot{}, false
		}
		return flt(r)
	}
}

func after(a, b float64, single bool) float64 {
	if single {
		return float64(math.Nextafter32(float32(a), float32(b)))
	}
	return math.Nextafter(a, b)
}

// fma32 is fma of floats. The product of two floats is exact as a double; the
// sum is rounded to odd first, so that the second rounding is right.
func fma32(a, b, d float64) float64 {
	p := a * b
	s := p + d
	if special(s) {
		return float64(float32(s))
	}
	bb := s - p
	err := (p - (s - bb)) + (d - bb)
	if err != 0 && math.Float64bits(s)&1 == 0 {
		if (err > 0) == (s > 0) {
			s = math.Float64frombits(math.Float64bits(s) + 1)
		} else {
			s = math.Float64frombits(math.Float64bits(s) - 1)
		}
	}
	return float64(float32(s))
}

// remquo is 7.12.10.3: at least the low three bits of the quotient.
func remquo(c *call) (slot, bool) {
	a, b := double(c, 0), double(c, 1)
	r := math.Remainder(a, b)
	q := int64(0)
	if !special(r) && !math.IsInf(b, 0) {
		x, y := math.Abs(a), math.Abs(b)
		low := math.Mod(x, 8*y)
		if math.IsInf(8*y, 0) {
			low = x
		}
		for low >= y {
			low -= y
			q++
		}
		// Of two equally near quotients the even one is taken.
		if low > y/2 || low == y/2 && q&1 == 1 {
			q++
		}
		q &= 7
		if (a < 0) != (b < 0) {
			q = -q
		}
	}
	return slot{N: math.Float64bits(r)}, c.VM.Store(arg(c, 2), code.I32, slot{N: uint64(q)})
}

// rounded makes lround and its kin: what does not fit is a domain error with
// an unspecified result, 7.12.9.5, so nothing can be said of it.
func rounded(f func(float64) float64, wide bool) run.LibFunc {
	return func(c *call) (slot, bool) {
		bits := 64
		if !wide {
			bits = 8 * c.VM.LongSize()
		}
		g := f
		if c.Name[len(c.Name)-1] == 't' || len(c.Name) > 1 && c.Name[len(c.Name)-2] == 't' {
			if ext(c).round != 0 {
				return slot{}, c.VM.Cannot("%s with a rounding direction other than to nearest is not supported", c.Name)
			}
		}
		d := g(double(c, 0))
		lim := math.Ldexp(1, bits-1)
		if !(d >= -lim && d < lim) {
			return slot{}, c.VM.Cannot("%s of %g, whose result is unspecified, is not supported", c.Name, double(c, 0))
		}
		return num(int64(d))
	}
}

func nearest(c *call) (slot, bool) {
	if ext(c).round != 0 {
		return slot{}, c.VM.Cannot("%s with a rounding direction other than to nearest is not supported", c.Name)
	}
	return flt(math.RoundToEven(double(c, 0)))
}
