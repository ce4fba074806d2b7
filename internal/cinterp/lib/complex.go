package lib

import (
	"math"
	"math/cmplx"

	"steward/internal/cinterp/code"
	"steward/internal/cinterp/run"
)

// complexNumbers are the functions of C17 7.3, each for the three types.
func complexNumbers() map[string]run.LibFunc {
	m := map[string]run.LibFunc{}
	for n, f := range map[string]func(complex128) complex128{"cacos": cmplx.Acos, "casin": cmplx.Asin, "catan": cmplx.Atan, "ccos": cmplx.Cos,
		"csin": cmplx.Sin, "ctan": cmplx.Tan, "cacosh": cmplx.Acosh, "casinh": cmplx.Asinh, "catanh": cmplx.Atanh, "ccosh": cmplx.Cosh,
		"csinh": cmplx.Sinh, "ctanh": cmplx.Tanh, "cexp": cmplx.Exp, "clog": cmplx.Log, "csqrt": cmplx.Sqrt, "conj": cmplx.Conj, "cproj": projected} {
		each(m, n, func(t code.T) run.LibFunc {
			return func(c *call) (slot, bool) {
				z, ok := complexArg(c, 0, t)
				return complexResult(c, f(z), t, ok)
			}
		})
	}
	for n, f := range map[string]func(complex128) float64{"cabs": cmplx.Abs, "carg": cmplx.Phase, "cimag": func(z complex128) float64 { return imag(z) },
		"creal": func(z complex128) float64 { return real(z) }} {
		each(m, n, func(t code.T) run.LibFunc {
			return func(c *call) (slot, bool) {
				z, ok := complexArg(c, 0, t)
				if !ok {
					return slot{}, false
				}
				return flt(inType(f(z), t))
			}
		})
	}
	each(m, "cpow", func(t code.T) run.LibFunc {
		return func(c *call) (slot, bool) {
			x, ok := complexArg(c, 0, t)
			if !ok {
				return slot{}, false
			}
			y, ok := complexArg(c, 1, t)
			return complexResult(c, cmplx.Pow(x, y), t, ok)
		}
	})
	each(m, "__steward_cmplx", func(t code.T) run.LibFunc {
		return func(c *call) (slot, bool) {
			return complexResult(c, complex(double(c, 1), double(c, 2)), t, true)
		}
	})
	return m
}

// each adds a function for double, float and long double.
func each(m map[string]run.LibFunc, name string, f func(t code.T) run.LibFunc) {
	m[name], m[name+"l"], m[name+"f"] = f(code.F64), f(code.F64), f(code.F32)
}

func inType(d float64, t code.T) float64 {
	if t == code.F32 {
		return float64(float32(d))
	}
	return d
}

// complexArg reads argument i, a pointer to its parts. The place for a result
// comes before the arguments.
func complexArg(c *call, i int, t code.T) (complex128, bool) {
	at, size := i, uint64(8)
	if c.Site.Hidden {
		at++
	}
	if i < len(c.Site.Args) {
		size = uint64(c.Site.Args[i].Size) / 2
	}
	p := arg(c, at)
	re, ok := c.VM.Load(p, t)
	if !ok {
		return 0, false
	}
	p.N += size
	im, ok := c.VM.Load(p, t)
	return complex(math.Float64frombits(re.N), math.Float64frombits(im.N)), ok
}

func complexResult(c *call, z complex128, t code.T, ok bool) (slot, bool) {
	if !ok {
		return slot{}, false
	}
	if !c.Site.Hidden {
		return slot{}, c.VM.Cannot("%s is not called as a function with a complex result", c.Name)
	}
	p := arg(c, 0)
	if !c.VM.Store(p, t, slot{N: math.Float64bits(real(z))}) {
		return slot{}, false
	}
	p.N += uint64(c.Site.Size) / 2
	return slot{}, c.VM.Store(p, t, slot{N: math.Float64bits(imag(z))})
}

// projected is C17 7.3.9.5: all infinities are one.
func projected(z complex128) complex128 {
	if math.IsInf(real(z), 0) || math.IsInf(imag(z), 0) {
		return complex(math.Inf(1), math.Copysign(0, imag(z)))
	}
	return z
}
