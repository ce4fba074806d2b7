package code

import (
	"math"
	"math/big"

	"modernc.org/cc/v4"
)

// A complex value is kept as a structure is: in memory, with a register that
// points to it. Its parts are two reals, C17 6.2.5p13. What can be is compiled
// to operations of reals; products and quotients are one instruction.

// complexOf gives the type of a part and the offset of the imaginary one; ok is
// false when the type is not complex.
func complexOf(t cc.Type) (part T, size int64, ok bool) {
	if t == nil {
		return TNone, 0, false
	}
	size = t.Size() / 2
	switch t.Kind() {
	case cc.ComplexFloat:
		return F32, size, true
	case cc.ComplexDouble, cc.ComplexLongDouble:
		return F64, size, true
	case cc.ComplexChar, cc.ComplexShort, cc.ComplexInt, cc.ComplexLong, cc.ComplexLongLong: // GNU's own
		return intT(size, true), size, true
	case cc.ComplexUInt, cc.ComplexUShort:
		return intT(size, false), size, true
	}
	return TNone, 0, false
}

// isComplex tells whether a value is complex.
func (v val) isComplex() bool {
	if v.t != TAgg {
		return false
	}
	_, _, ok := complexOf(v.ct)
	return ok
}

// newComplex makes a complex object of a type from its parts.
func (f *fn) newComplex(re, im val, ct cc.Type, n cc.Node) val {
	part, size, _ := complexOf(ct)
	re, im = f.conv(re, part, -1), f.conv(im, part, -1)
	r := f.local(ct, n, "a complex value", false)
	f.emit(OpSt8+stOp(part), f.reg(re), r, 0, 0)
	f.emit(OpSt8+stOp(part), f.reg(im), r, 0, size)
	return val{reg: r, t: TAgg, ct: ct}
}

// parts gives the parts of a value; a real one's imaginary part is zero.
func (f *fn) parts(v val) (re, im val) {
	part, size, ok := complexOf(v.ct)
	if v.t != TAgg || !ok {
		return v, val{k: true, t: v.t}
	}
	load := func(off int64) val {
		r := f.tmp()
		f.emit(OpLdI8+Op(part), r, v.reg, 0, off)
		return val{reg: r, t: part}
	}
	return load(0), load(size)
}

// complexAs converts a value to a type, if one of the two is complex: C17
// 6.3.1.6 and 6.3.1.7. All others are given back as they are.
func (f *fn) complexAs(v val, ct cc.Type, n cc.Node) val {
	if _, _, ok := complexOf(ct); !ok {
		return v
	}
	if v.isComplex() && v.ct.Kind() == ct.Kind() {
		return v
	}
	if v.t == TPtr || v.t == TAgg && !v.isComplex() {
		f.fail(n, "a conversion of this kind is not supported")
	}
	re, im := f.parts(v)
	return f.newComplex(re, im, ct, n)
}

// complexConst compiles a constant with an imaginary part.
func (f *fn) complexConst(x *cc.PrimaryExpression) val {
	var z complex128
	switch v := x.Value().(type) {
	case cc.Complex64Value:
		z = complex128(v)
	case cc.Complex128Value:
		z = complex128(v)
	case *cc.ComplexLongDoubleValue:
		im, _ := (*big.Float)(v.Im).Float64()
		z = complex(0, im)
	default:
		f.fail(x, "this constant is not supported")
	}
	k := func(d float64) val { return val{k: true, n: math.Float64bits(d), t: F64} }
	return f.newComplex(k(real(z)), k(imag(z)), x.Type(), x)
}

// complexSign compiles + and -, and GNU's ~ that gives the conjugate.
func (f *fn) complexSign(x *cc.UnaryExpression, v val) val {
	if x.Case == cc.UnaryExpressionPlus {
		return v
	}
	re, im := f.parts(v)
	if x.Case == cc.UnaryExpressionMinus {
		re = f.minus(x, re)
	}
	return f.newComplex(re, f.minus(x, im), v.ct, x)
}

func (f *fn) minus(n cc.Node, v val) val {
	if !v.t.isFloat() {
		return f.arith(n, '-', val{k: true, t: v.t}, v, -1, f.next)
	}
	d := f.tmp()
	f.emit(OpNegF, d, f.reg(v), 0, 0)
	return val{reg: d, t: v.t}
}

// complexArith compiles an operation with a complex operand. A real operand
// has no imaginary part, which is not the same as a zero (C17 G.5.1).
func (f *fn) complexArith(n cc.Node, op byte, l, r val, ct cc.Type) val {
	part, _, ok := complexOf(ct)
	if !ok || l.t == TPtr || r.t == TPtr || l.t == TAgg && !l.isComplex() || r.t == TAgg && !r.isComplex() {
		f.fail(n, "operands of these types are not supported")
	}
	do := func(op byte, a, b val) val {
		return f.arith(n, op, f.conv(a, part, -1), f.conv(b, part, -1), -1, f.next)
	}
	lc, rc := l.isComplex(), r.isComplex()
	if (op == '*' || op == '/') && rc && (lc || op == '/') && part.isFloat() {
		d := f.local(ct, n, "a complex value", false)
		k := int64(part)
		if op == '/' {
			k |= 1 << 8
		}
		f.emit(OpCplx, d, f.complexAs(l, ct, n).reg, f.complexAs(r, ct, n).reg, k|ct.Size()/2<<16)
		return val{reg: d, t: TAgg, ct: ct}
	}
	a, b := f.parts(l)
	c, d := f.parts(r)
	switch {
	case op == '+' || op == '-':
		im := b
		switch {
		case lc && rc:
			im = do(op, b, d)
		case rc && op == '-':
			im = f.minus(n, f.conv(d, part, -1))
		case rc:
			im = d
		}
		return f.newComplex(do(op, a, c), im, ct, n)
	case !rc && (op == '*' || op == '/'):
		return f.newComplex(do(op, a, c), do(op, b, c), ct, n)
	case !lc && op == '*':
		return f.newComplex(do(op, a, c), do(op, a, d), ct, n)
	case op == '*':
		return f.newComplex(do('-', do('*', a, c), do('*', b, d)), do('+', do('*', a, d), do('*', b, c)), ct, n)
	case op == '/':
		if !lc {
			b = val{k: true, t: part}
		}
		by := do('+', do('*', c, c), do('*', d, d))
		return f.newComplex(do('/', do('+', do('*', a, c), do('*', b, d)), by), do('/', do('-', do('*', b, c), do('*', a, d)), by), ct, n)
	}
	f.fail(n, "this operator has no complex operands")
	return val{}
}

// complexEqual gives 1 when two values are equal, C17 6.5.9p4.
func (f *fn) complexEqual(n cc.Node, l, r val) val {
	if l.t == TPtr || r.t == TPtr || l.t == TAgg && !l.isComplex() || r.t == TAgg && !r.isComplex() {
		f.fail(n, "a comparison of these types is not supported")
	}
	a, b := f.parts(l)
	c, d := f.parts(r)
	t := usual(a.t, c.t)
	same := func(x, y val) uint16 {
		op, to := OpEq, f.tmp()
		if t.isFloat() {
			op = OpEqF
		}
		f.emit(op, to, f.reg(f.conv(x, t, -1)), f.reg(f.conv(y, t, -1)), 0)
		return to
	}
	to := same(a, c)
	f.emit(OpAnd, to, to, same(b, d), 0)
	return val{reg: to, t: I32}
}

// complexTo converts a complex value to a scalar type: the imaginary part goes,
// but for a _Bool, C17 6.3.1.2 and 6.3.1.7p2.
func (f *fn) complexTo(v val, to T, want int) val {
	re, im := f.parts(v)
	if to != TBool {
		return f.conv(re, to, want)
	}
	a, b := f.conv(re, TBool, -1), f.conv(im, TBool, -1)
	d := f.dst(want)
	f.emit(OpOr, d, f.reg(a), f.reg(b), 0)
	return val{reg: d, t: TBool, ct: v.ct}
}

// complexPart compiles __real__ and __imag__.
func (f *fn) complexPart(x *cc.UnaryExpression, want int) val {
	if _, _, ok := complexOf(x.UnaryExpression.Type()); ok && (f.isObject(x.UnaryExpression) || placed(x.UnaryExpression)) {
		return f.load(f.placeOfPart(x), x, want)
	}
	v := f.expr(x.UnaryExpression, -1)
	re, im := f.parts(v)
	if x.Case == cc.UnaryExpressionImag {
		re = im
	}
	re.ct = x.Type()
	return re
}

// placeOfPart gives the place that __real__ or __imag__ names.
func (f *fn) placeOfPart(x *cc.UnaryExpression) lval {
	l := f.lval(x.UnaryExpression)
	_, size, ok := complexOf(l.ct)
	if !ok {
		if x.Case == cc.UnaryExpressionReal {
			return l
		}
		f.fail(x, "__imag__ of a real object is not supported here")
	}
	l = f.flat(l)
	if x.Case == cc.UnaryExpressionImag {
		l.off = size
	}
	l.ct, l.whole = x.Type(), false
	return l
}

// commonComplex gives the type of an operation on two operands, C17 6.3.1.8: the
// parser's is real where a narrower complex operand meets a wider real one.
func (f *fn) commonComplex(l, r val) cc.Type {
	lp, lsize, _ := complexOf(l.ct)
	rp, rsize, _ := complexOf(r.ct)
	switch lc, rc := l.isComplex(), r.isComplex(); {
	case lc && rc && (rp > lp || rp == lp && rsize > lsize):
		return r.ct
	case lc && rc, lc && r.t <= lp, lc && !r.t.isFloat():
		return l.ct
	case rc && l.t <= rp, rc && !l.t.isFloat():
		return r.ct
	}
	return f.c.complex
}
