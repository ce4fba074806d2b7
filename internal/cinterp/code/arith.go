package code

import (
	"math"

	"modernc.org/cc/v4"
)

// conv converts a value to another type, C17 6.3.
func (f *fn) conv(v val, to T, want int) val {
	if v.t == to || to == TVoid {
		return v
	}
	if v.isComplex() && to.isScalar() && to != TPtr {
		return f.complexTo(v, to, want)
	}
	if v.t == TVoid || v.t == TNone || to == TNone || v.t == TAgg || to == TAgg {
		f.fail(nil, "a conversion of this kind is not supported")
	}
	out := val{t: to, ct: v.ct}
	if v.k {
		if n, ok := foldConv(v, to); ok {
			return val{k: true, n: n, t: to, ct: v.ct}
		}
		v = val{reg: f.reg(v), t: v.t}
	}
	op, c := OpMov, uint16(0)
	switch {
	case to == TBool:
		op = OpBool
		if v.t.isFloat() {
			op = OpBoolF
		}
	case to == TPtr:
		op = OpIntToPtr
		if v.t.isFloat() {
			f.fail(nil, "a floating value is made a pointer")
		}
	case v.t == TPtr:
		op, c = OpPtrToInt, uint16(to)
		if f.c.p.Ptr*8 > to.bits() {
			t := f.tmp()
			f.emit(OpPtrToInt, t, v.reg, c, 1)
			v.reg, op = t, OpExtI8+Op(to)
		}
	case to.isFloat() && v.t.isFloat():
		if to == F64 {
			return val{reg: v.reg, t: F64, ct: v.ct}
		}
		op = OpF64toF32
	case to.isFloat():
		op = OpStoF64
		if !v.t.signed() {
			op = OpUtoF64
		}
		if to == F32 {
			op += OpStoF32 - OpStoF64
		}
	case v.t.isFloat():
		op, c = OpFtoInt, uint16(to)
	default:
		if !narrows(v.t, to) {
			return val{reg: v.reg, t: to, ct: v.ct}
		}
		op = OpExtI8 + Op(to)
	}
	out.reg = f.dst(want)
	f.emit(op, out.reg, v.reg, c, 0)
	return out
}

// narrows tells whether a conversion of integers can change the 64 bits.
func narrows(from, to T) bool {
	if to.bits() == 64 {
		return false
	}
	if from == TBool {
		return false
	}
	if from.signed() == to.signed() {
		return from.bits() > to.bits()
	}
	if !from.signed() { // unsigned to signed
		return from.bits() >= to.bits()
	}
	return true
}

func foldConv(v val, to T) (uint64, bool) {
	switch {
	case v.t.isInt() && to.isInt():
		return extend(v.n, to), true
	case v.t.isInt() && to == TPtr:
		return v.n, v.n == 0
	case v.t.isInt() && to.isFloat():
		d := float64(int64(v.n))
		if !v.t.signed() {
			d = float64(v.n)
		}
		if to == F32 {
			d = float64(float32(int64(v.n)))
			if !v.t.signed() {
				d = float64(float32(v.n))
			}
		}
		return math.Float64bits(d), true
	case v.t.isFloat() && to.isFloat():
		return math.Float64bits(roundTo(math.Float64frombits(v.n), to)), true
	}
	return 0, false
}

// binary compiles an arithmetic operation.
func (f *fn) binary(n cc.ExpressionNode, op byte, l, r cc.ExpressionNode, tok cc.Token, want int) val {
	defer func(at int32) { f.at = at }(f.at)
	mark := f.next
	lv, rv := f.operands(n, l, r)
	f.at = f.c.placeTok(tok, n)
	if lv.isComplex() || rv.isComplex() {
		return f.complexArith(n, op, lv, rv, f.commonComplex(lv, rv))
	}
	v := f.arith(n, op, lv, rv, want, mark)
	v.ct = n.Type()
	return v
}

// arith combines two values; temporaries from mark on may be used again.
func (f *fn) arith(n cc.Node, op byte, l, r val, want, mark int) val {
	if (op == '+' || op == '-') && (l.t == TPtr || r.t == TPtr) {
		return f.pointerArith(n, op, l, r, want, mark)
	}
	if !l.t.isScalar() || !r.t.isScalar() || l.t == TPtr || r.t == TPtr {
		f.fail(n, "operands of these types are not supported")
	}
	var t T
	if op == 'l' || op == 'r' {
		t = l.t.promote()
		l, r = f.conv(l, t, -1), f.conv(r, r.t.promote(), -1)
	} else {
		t = usual(l.t, r.t)
		l, r = f.conv(l, t, -1), f.conv(r, t, -1)
	}
	if l.k && r.k && t.isInt() {
		if x, ok := foldInt(op, l.n, r.n, t, r.t); ok {
			f.next = mark
			return val{k: true, n: x, t: t}
		}
	}
	if l.k && !r.k && t.isInt() && (op == '+' || op == '*' || op == '&' || op == '|' || op == '^') {
		l, r = r, l
	}
	if r.k && t.isInt() {
		if op, k, ok := immediate(op, r, t); ok {
			a := f.reg(l)
			f.next = max(mark, 0)
			d := f.dst(want)
			f.emit(op, d, a, 0, k)
			return val{reg: d, t: t}
		}
	}
	a, b := f.reg(l), f.reg(r)
	f.next = mark
	d := f.dst(want)
	c := uint16(0)
	if op == 'l' || op == 'r' {
		c = uint16(r.t) // the type of the count
	}
	f.emit(opFor(f, n, op, t), d, a, b, int64(c))
	return val{reg: d, t: t}
}

func opFor(f *fn, n cc.Node, op byte, t T) Op {
	if t.isFloat() && (op == '%' || op == '&' || op == '|' || op == '^' || op == 'l' || op == 'r') {
		f.fail(n, "this operation on floating values is not C")
	}
	switch op {
	case '+':
		return OpAddI32 + t.ar()
	case '-':
		return OpSubI32 + t.ar()
	case '*':
		return OpMulI32 + t.ar()
	case '/':
		return OpDivI32 + t.ar()
	case '%':
		return OpModI32 + t.ar()
	case 'l':
		return OpShlI32 + t.ar()
	case 'r':
		return OpShrI32 + t.ar()
	case '&':
		return OpAnd
	case '|':
		return OpOr
	}
	return OpXor
}

// immediate gives the form of an operation with a constant right operand.
func immediate(op byte, r val, t T) (Op, int64, bool) {
	k := int64(r.n)
	switch op {
	case '+':
		return OpAddKI32 + t.ar(), k, true
	case '-':
		if k != math.MinInt64 && !(t == I32 && k == math.MinInt32) {
			return OpAddKI32 + t.ar(), -k, true
		}
	case '*':
		return OpMulKI32 + t.ar(), k, true
	case '&':
		return OpAndK, k, true
	case '|':
		return OpOrK, k, true
	case '^':
		return OpXorK, k, true
	case 'l':
		if k >= 0 && k < int64(t.bits()) && t == U32 {
			return OpShlKU32, k, true
		}
		if k >= 0 && k < int64(t.bits()) && t == U64 {
			return OpShlKU64, k, true
		}
	case 'r':
		if k >= 0 && k < int64(t.bits()) {
			return OpShrKI32 + t.ar(), k, true
		}
	}
	return 0, 0, false
}

// foldInt computes an operation on constants; not when it is undefined.
func foldInt(op byte, a, b uint64, t, ct T) (uint64, bool) {
	sa, sb := int64(a), int64(b)
	var x uint64
	wide := t.bits() == 64 && t.signed()
	switch op {
	case '+':
		x = a + b
		if wide && (sa > 0 && sb > 0 && int64(x) < 0 || sa < 0 && sb < 0 && int64(x) >= 0) {
			return 0, false
		}
	case '-':
		x = a - b
		if wide && (sa >= 0 && sb < 0 && int64(x) < 0 || sa < 0 && sb > 0 && int64(x) >= 0) {
			return 0, false
		}
	case '*':
		x = a * b
		if wide && a != 0 && (int64(x)/sa != sb || sa == -1 && sb == math.MinInt64) {
			return 0, false
		}
	case '/', '%':
		if b == 0 {
			return 0, false
		}
		if t.signed() {
			if sb == -1 {
				return 0, false
			}
			if op == '/' {
				return uint64(sa / sb), true
			}
			return uint64(sa % sb), true
		}
		if op == '/' {
			return a / b, true
		}
		return a % b, true
	case '&':
		return a & b, true
	case '|':
		return a | b, true
	case '^':
		return a ^ b, true
	case 'l', 'r':
		if b >= uint64(t.bits()) {
			return 0, false
		}
		if op == 'r' {
			if t.signed() {
				return uint64(sa >> b), true
			}
			return a >> b, true
		}
		if t.signed() && (sa < 0 || sa<<b>>b != sa) {
			return 0, false
		}
		x = a << b
	}
	if t.signed() && extend(x, t) != x {
		return 0, false
	}
	return extend(x, t), true
}

func (f *fn) pointerArith(n cc.Node, op byte, l, r val, want, mark int) val {
	if l.t == TPtr && r.t == TPtr {
		size := f.sizeVal(elemOf(l.ct), n)
		if !size.k {
			f.fail(n, "the difference of pointers to arrays of variable length is not supported")
		}
		a, b := f.reg(l), f.reg(r)
		f.next = mark
		d := f.dst(want)
		f.emit(OpPtrDiff, d, a, b, int64(max(size.n, 1)))
		return val{reg: d, t: intT(int64(f.c.p.Ptr), true)}
	}
	if r.t == TPtr {
		l, r = r, l
	}
	ct := l.ct
	size := f.sizeVal(elemOf(ct), n)
	if r.t != I64 && r.t != U64 && r.t.isInt() {
		r.t = I64 // it is extended already
	}
	if !r.t.isInt() {
		f.fail(n, "a pointer and a value of this type cannot be added")
	}
	if r.k && size.k {
		k := int64(r.n) * int64(size.n)
		if op == '-' {
			k = -k
		}
		a := f.reg(l)
		f.next = mark
		d := f.dst(want)
		f.emit(OpPtrAddK, d, a, 0, k)
		return val{reg: d, t: TPtr, ct: ct}
	}
	a, b := f.reg(l), f.reg(r)
	k := int64(size.n)
	if !size.k {
		t := f.tmp()
		f.emit(OpMulI64, t, b, f.reg(size), 0)
		b, k = t, 1
	}
	f.next = mark
	d := f.dst(want)
	o := OpPtrAdd
	if op == '-' {
		o = OpPtrSub
	}
	f.emit(o, d, a, b, k)
	return val{reg: d, t: TPtr, ct: ct}
}

// sizeVal gives the size of a type, which may be known only when run.
func (f *fn) sizeVal(t cc.Type, n cc.Node) val {
	st := intT(int64(f.c.p.Ptr), false)
	if t == nil {
		f.fail(n, "the size of this type is not known")
	}
	if a, ok := t.(*cc.ArrayType); ok && vla(a) {
		elem := f.sizeVal(a.Elem(), n)
		cnt := f.vlaLen(a, n)
		return f.arith(n, '*', val{reg: cnt, t: st}, elem, -1, f.next)
	}
	switch t.Kind() {
	case cc.Void, cc.Function:
		return val{k: true, n: 1, t: st}
	}
	if varies(t) {
		f.fail(n, "a structure with an array of variable length is not supported")
	}
	if t.Size() < 0 || t.IsIncomplete() {
		f.fail(n, "the size of %s is not known", t)
	}
	return val{k: true, n: uint64(t.Size()), t: st}
}

// vla tells whether an array's size is known only when run.
func vla(a *cc.ArrayType) bool {
	if a.IsVLA() {
		return true
	}
	e, ok := a.Elem().(*cc.ArrayType)
	return ok && vla(e)
}

// vlaLen gives the register with a VLA's number of elements.
func (f *fn) vlaLen(a *cc.ArrayType, n cc.Node) uint16 {
	if !a.IsVLA() {
		return f.reg(val{k: true, n: uint64(a.Len()), t: U64})
	}
	e := a.SizeExpression()
	if e == nil {
		f.fail(n, "an array of unknown length")
	}
	if r, ok := f.types[e]; ok {
		return r
	}
	v := f.conv(f.expr(e, -1), I64, -1)
	r := f.tmp()
	f.to(v, r)
	return r
}
