package run

import (
	"math"

	"steward/internal/cinterp/code"
	"steward/internal/cinterp/mem"
)

// complex computes a product or a quotient, as code.OpCplx says.
func (vm *VM) complex(to, l, r mem.Slot, k int64) bool {
	t, size := code.T(k&0xff), uint64(k>>16)
	var d [4]float64
	for i, p := range []mem.Slot{l, l, r, r} {
		p.N += uint64(i&1) * size
		v, ok := vm.Load(p, t)
		if !ok {
			return false
		}
		d[i] = math.Float64frombits(v.N)
	}
	re, im := float64(d[0]*d[2])-float64(d[1]*d[3]), float64(d[0]*d[3])+float64(d[1]*d[2])
	switch {
	case k&(1<<8) != 0:
		re, im = Quotient(d[0], d[1], d[2], d[3])
	case re != re && im != im:
		re, im = Product(d[0], d[1], d[2], d[3])
	case t == code.F32:
		// Each step is rounded, as it is in the narrower type.
		f := func(x float64) float64 { return float64(float32(x)) }
		re, im = f(f(float64(d[0]*d[2]))-f(float64(d[1]*d[3]))), f(f(float64(d[0]*d[3]))+f(float64(d[1]*d[2])))
	}
	if t == code.F32 {
		re, im = float64(float32(re)), float64(float32(im))
	}
	if !vm.Store(to, t, mem.Slot{N: math.Float64bits(re)}) {
		return false
	}
	to.N += size
	return vm.Store(to, t, mem.Slot{N: math.Float64bits(im)})
}

// Product is a + bi times c + di, with infinities as C17 G.5.1p6 has them.
func Product(a, b, c, d float64) (re, im float64) {
	ac, bd, ad, bc := float64(a*c), float64(b*d), float64(a*d), float64(b*c)
	re, im = ac-bd, ad+bc
	if re == re || im == im {
		return re, im
	}
	again := false
	if math.IsInf(a, 0) || math.IsInf(b, 0) {
		a, b, c, d, again = boxed(a), boxed(b), zeroed(c), zeroed(d), true
	}
	if math.IsInf(c, 0) || math.IsInf(d, 0) {
		c, d, a, b, again = boxed(c), boxed(d), zeroed(a), zeroed(b), true
	}
	if !again && (math.IsInf(ac, 0) || math.IsInf(bd, 0) || math.IsInf(ad, 0) || math.IsInf(bc, 0)) {
		a, b, c, d, again = zeroed(a), zeroed(b), zeroed(c), zeroed(d), true
	}
	if again {
		re, im = math.Inf(1)*(float64(a*c)-float64(b*d)), math.Inf(1)*(float64(a*d)+float64(b*c))
	}
	return re, im
}

// Quotient is a + bi by c + di, with infinities as C17 G.5.1p8 has them.
func Quotient(a, b, c, d float64) (re, im float64) {
	if math.Abs(c) < math.Abs(d) {
		ratio := c / d
		by := float64(c*ratio) + d
		re, im = (float64(a*ratio)+b)/by, (float64(b*ratio)-a)/by
	} else {
		ratio := d / c
		by := float64(d*ratio) + c
		re, im = (float64(b*ratio)+a)/by, (b-float64(a*ratio))/by
	}
	if re == re || im == im {
		return re, im
	}
	switch {
	case c == 0 && d == 0 && (a == a || b == b):
		re, im = float64(math.Copysign(math.Inf(1), c)*a), float64(math.Copysign(math.Inf(1), c)*b)
	case (math.IsInf(a, 0) || math.IsInf(b, 0)) && finite(c) && finite(d):
		a, b = boxed(a), boxed(b)
		re, im = math.Inf(1)*(float64(a*c)+float64(b*d)), math.Inf(1)*(float64(b*c)-float64(a*d))
	case (math.IsInf(c, 0) || math.IsInf(d, 0)) && finite(a) && finite(b):
		c, d = boxed(c), boxed(d)
		re, im = 0*(float64(a*c)+float64(b*d)), 0*(float64(b*c)-float64(a*d))
	}
	return re, im
}

func finite(d float64) bool { return d-d == 0 }

// boxed gives 1 for an infinity and 0 for all else, with the sign.
func boxed(d float64) float64 {
	if math.IsInf(d, 0) {
		return math.Copysign(1, d)
	}
	return math.Copysign(0, d)
}

// zeroed gives 0 for no number, with its sign.
func zeroed(d float64) float64 {
	if d != d {
		return math.Copysign(0, d)
	}
	return d
}
