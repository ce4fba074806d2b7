package code

import (
	"modernc.org/cc/v4"
)

// lval is where a value is: a variable in a register, or memory at
// base + off + idx*scale.
type lval struct {
	isReg    bool
	reg      uint16
	base     uint16
	off      int64
	hasIdx   bool
	idx      uint16
	scale    int64
	bound    int64 // elements of the array that idx is in; 0: the object's bounds do
	ct       cc.Type
	bits     *cc.Field
	whole    bool   // all of an object
	member   bool   // inside an object: an array here has bounds of its own
	tail     uint16 // an array at the end of a structure of this size: it may have been made longer
	packed   bool   // perhaps not aligned as its type is elsewhere
	atom     Atomicity
	rmw      bool   // it is read and written as one
	union    bool   // taken of a union: any of its members may be read, C17 6.5.2.3
	eff      uint16 // the layout of the object that members and elements were taken of
	named    bool   // that object is designated by its name
	volatile bool   // that object, or what it is in, is volatile
	arrow    bool   // a member by way of a pointer, which may be null
}

func (l lval) t() T { return typeOf(l.ct) }

// lval compiles an expression that designates an object.
func (f *fn) lval(n cc.ExpressionNode) lval {
	l := f.designated(n)
	if f.c.atomic != nil {
		l.atom = f.atomicity(n)
	}
	return l
}

func (f *fn) designated(n cc.ExpressionNode) lval {
	switch x := strip(n).(type) {
	case *cc.PrimaryExpression:
		return f.lvalPrimary(x)
	case *cc.PostfixExpression:
		switch x.Case {
		case cc.PostfixExpressionIndex:
			return f.lvalIndex(x)
		case cc.PostfixExpressionSelect:
			l := f.lval(x.PostfixExpression)
			f.at = f.c.placeTok(x.Token, x)
			return f.field(l, x)
		case cc.PostfixExpressionPSelect:
			v := f.expr(x.PostfixExpression, -1)
			f.at = f.c.placeTok(x.Token, x)
			l := f.field(f.pointed(lval{base: f.reg(v), ct: elemOf(v.ct)}, elemOf(v.ct), x.PostfixExpression), x)
			l.arrow = true
			return l
		case cc.PostfixExpressionComplit:
			return f.complit(x)
		}
	case *cc.UnaryExpression:
		if x.Case == cc.UnaryExpressionReal || x.Case == cc.UnaryExpressionImag {
			return f.placeOfPart(x)
		}
		if x.Case == cc.UnaryExpressionDeref {
			v := f.expr(x.CastExpression, -1)
			f.at = f.c.place(x)
			l := f.pointed(lval{base: f.reg(v), ct: undecay(x.Type())}, elemOf(v.ct), x.CastExpression)
			l.member = rowed(elemOf(v.ct))
			if isVaArg(x.CastExpression) {
				f.emit(OpVaType, l.base, 0, uint16(l.t()), l.ct.Size())
			}
			return l
		}
	}
	if typeOf(n.Type()) == TAgg {
		v := f.expr(n, -1)
		return lval{base: v.reg, ct: n.Type()}
	}
	f.fail(n, "this expression does not designate an object that is supported")
	return lval{}
}

// isVaArg tells whether an expression is what va_arg becomes: a cast of a call
// of the function that finds the next argument.
func isVaArg(n cc.ExpressionNode) bool {
	c, ok := strip(n).(*cc.CastExpression)
	if !ok || c.Case != cc.CastExpressionCast {
		return false
	}
	p, ok := strip(c.CastExpression).(*cc.PostfixExpression)
	if !ok || p.Case != cc.PostfixExpressionCall {
		return false
	}
	name, _ := callee(p.PostfixExpression)
	return name == "__builtin_va_arg_impl"
}

func (f *fn) lvalPrimary(x *cc.PrimaryExpression) lval {
	ct := undecay(x.Type())
	switch x.Case {
	case cc.PrimaryExpressionIdent:
		d, ok := x.ResolvedTo().(*cc.Declarator)
		if !ok {
			if p, ok2 := x.ResolvedTo().(*cc.Parameter); ok2 && p.Declarator != nil {
				d = p.Declarator
			} else {
				f.fail(x, "%s does not designate an object", x.Token.SrcStr())
			}
		}
		if v, ok := f.vars[d]; ok {
			if v >= 0 {
				return lval{isReg: true, reg: uint16(v), ct: ct, whole: true}
			}
			return f.byName(lval{base: f.f.Locals[^v].Reg, ct: ct, whole: true}, d.Type())
		}
		k := f.c.static(f, d)
		r := f.tmp()
		f.emit(OpStatic, r, 0, 0, int64(k))
		return f.byName(lval{base: r, ct: ct, whole: true}, d.Type())
	case cc.PrimaryExpressionString, cc.PrimaryExpressionLString:
		r := f.tmp()
		f.emit(OpStatic, r, 0, 0, int64(f.c.stringLit(f, x)))
		return lval{base: r, ct: ct, whole: true}
	case cc.PrimaryExpressionStmt, cc.PrimaryExpressionGeneric:
		if typeOf(x.Type()) == TAgg {
			return lval{base: f.expr(x, -1).reg, ct: x.Type()}
		}
	}
	f.fail(x, "this expression does not designate an object")
	return lval{}
}

func (f *fn) field(l lval, x *cc.PostfixExpression) lval {
	fd := x.Field()
	if fd == nil {
		f.fail(x, "this member is not known")
	}
	l.off += fd.Offset()
	if p := fd.ParentType(); p != nil && p.Kind() == cc.Union {
		l.union = true
	}
	l.ct = undecay(x.Type())
	if a, ok := fd.Type().(*cc.ArrayType); ok {
		l.ct = a
	}
	if fd.IsBitfield() {
		l.bits = fd
	}
	l.whole, l.member = false, true
	if l.packed || fd.Offset()%int64(max(fd.Type().Align(), 1)) != 0 || packed(fd) {
		l.packed = true
	}
	l.tail = tail(fd)
	if fd.IsFlexibleArrayMember() || lastArray(fd) {
		l.member = false // as far as the object goes
	}
	return l
}

// lastArray tells whether a member is an array of no or one element at the end
// of its structure: the old way to write a flexible array.
func lastArray(fd *cc.Field) bool {
	a, ok := fd.Type().(*cc.ArrayType)
	if !ok || a.IsVLA() || a.Len() > 1 {
		return false
	}
	p := fd.ParentType()
	return p != nil && fd.Offset()+a.Size()+8 > p.Size()
}

// tail gives the size of the structure that a member is the last array of; 0
// if it is none.
func tail(fd *cc.Field) uint16 {
	p, a := fd.ParentType(), fd.Type()
	if p == nil || a.Kind() != cc.Array || p.Kind() != cc.Struct || p.Size() >= 1<<16 || fd.Offset()+a.Size()+int64(p.Align()) <= p.Size() {
		return 0
	}
	return uint16(p.Size())
}

func (f *fn) lvalIndex(x *cc.PostfixExpression) lval {
	an, in := x.PostfixExpression, x.ExpressionList
	if cc.IsIntegerType(an.Type()) {
		an, in = in, an
	}
	arr, isArr := arrayNode(an)
	var l lval
	var iv val
	back := f.backwards(x, an, in)
	if back {
		iv = f.expr(in, -1)
	}
	if _, ok := an.Type().(*cc.PointerType); ok && (!isArr || !f.isObject(an)) {
		v := f.expr(an, -1)
		l = f.pointed(lval{base: f.reg(v), ct: elemOf(an.Type())}, elemOf(an.Type()), an)
		l.member = rowed(l.ct)
	} else if isArr {
		l = f.lval(an)
		if l.tail > 0 && l.member && !l.hasIdx && !vla(arr) {
			l = lval{base: f.addr(l, an.Type(), -1).reg, ct: arr, packed: l.packed, eff: l.eff, union: l.union, named: l.named, volatile: l.volatile}
		}
		l.ct = arr.Elem()
		if !vla(arr) && l.member && arr.Len() > 0 {
			l.bound = arr.Len()
		} else if !vla(arr) && !l.whole && !l.member {
			l.bound = 0
		}
		l.whole, l.member = false, true
	} else {
		f.fail(x, "indexing %s is not supported", an.Type())
	}
	bound := l.bound
	l.bound = 0
	if !back {
		iv = f.expr(in, -1)
	}
	f.at = f.c.place(x)
	if !iv.t.isInt() {
		f.fail(x, "an index of this type is not supported")
	}
	size := f.sizeVal(l.ct, x)
	if isArr && vla(arr) {
		l.member = false
	}
	if iv.k && size.k && (bound == 0 || int64(iv.n) >= 0 && int64(iv.n) < bound) {
		if l.hasIdx {
			l = f.flat(l)
		}
		l.off += int64(iv.n) * int64(size.n)
		return f.checkFar(l)
	}
	if l.hasIdx || l.off != 0 || !size.k || size.n >= 1<<31 {
		l = f.flat(l)
	}
	l.hasIdx, l.idx = true, f.reg(iv)
	l.scale, l.bound = int64(size.n), bound
	if !size.k {
		t := f.tmp()
		f.emit(OpMulI64, t, l.idx, size.reg, 0)
		l.idx, l.scale = t, 1
	}
	return l
}

// rowed tells whether what a pointer points to is an array with bounds.
func rowed(t cc.Type) bool {
	a, ok := t.(*cc.ArrayType)
	return ok && !vla(a) && a.Len() > 0
}

// checkFar keeps offsets in the range that the instructions have.
func (f *fn) checkFar(l lval) lval {
	if l.off != int64(int32(l.off)) {
		return f.flat(l)
	}
	return l
}

// isObject tells whether an expression of array type designates an object that
// lval understands, rather than being a pointer.
func (f *fn) isObject(n cc.ExpressionNode) bool {
	switch x := strip(n).(type) {
	case *cc.PrimaryExpression:
		if x.Case == cc.PrimaryExpressionIdent {
			d, ok := x.ResolvedTo().(*cc.Declarator)
			return !ok || !d.IsParam()
		}
		return x.Case == cc.PrimaryExpressionString || x.Case == cc.PrimaryExpressionLString
	case *cc.PostfixExpression:
		return x.Case == cc.PostfixExpressionIndex || x.Case == cc.PostfixExpressionSelect ||
			x.Case == cc.PostfixExpressionPSelect || x.Case == cc.PostfixExpressionComplit
	case *cc.UnaryExpression:
		return x.Case == cc.UnaryExpressionDeref
	}
	return false
}

// packed tells whether the structure that a member is in may be at an address
// that does not suit the member.
func packed(fd *cc.Field) bool {
	p := fd.ParentType()
	return p != nil && p.Align() < fd.Type().Align()
}

// near leaves an index or an offset, not both. The address is for an access.
func (f *fn) near(l lval, write bool) lval {
	if !l.hasIdx || l.off == 0 && !l.packed && l.scale < 1<<16 {
		return l
	}
	r := f.tmp()
	k := l.scale | l.bound<<32
	if write {
		k |= 1 << 31
	}
	f.emit(OpIdx, r, l.base, l.idx, k)
	l.base, l.hasIdx, l.idx, l.scale, l.bound = r, false, 0, 0, 0
	return l
}

// flat computes the address so far into a register.
func (f *fn) flat(l lval) lval {
	b := l.base
	if l.hasIdx {
		r := f.tmp()
		f.emit(OpIdx, r, b, l.idx, l.scale|l.bound<<32)
		b = r
	}
	if l.off != 0 {
		r := f.tmp()
		f.emit(OpMember, r, b, 0, l.off)
		b = r
	}
	return lval{base: b, ct: l.ct, bits: l.bits, whole: l.whole && !l.hasIdx && l.off == 0, member: l.member, packed: l.packed, atom: l.atom, rmw: l.rmw,
		eff: l.eff, union: l.union, named: l.named, volatile: l.volatile}
}
