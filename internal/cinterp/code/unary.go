package code

import (
	"math"

	"modernc.org/cc/v4"
)

// value reads an lvalue expression: arrays and functions become pointers.
func (f *fn) value(n cc.ExpressionNode, want int) val {
	ct := n.Type()
	if a, ok := arrayNode(n); ok && f.isObject(n) {
		l := f.lval(n)
		l.ct = a
		return f.addr(l, ct.Decay(), want)
	}
	if ft, ok := undecay(ct).(*cc.FunctionType); ok {
		if u, ok := strip(n).(*cc.UnaryExpression); ok && u.Case == cc.UnaryExpressionDeref {
			v := f.expr(u.CastExpression, want)
			v.ct = ft.Decay()
			return v
		}
	}
	l := f.lval(n)
	return f.load(l, n, want)
}

func (f *fn) primary(x *cc.PrimaryExpression, want int) val {
	switch x.Case {
	case cc.PrimaryExpressionInt, cc.PrimaryExpressionFloat, cc.PrimaryExpressionChar, cc.PrimaryExpressionLChar:
		if _, _, ok := complexOf(x.Type()); ok {
			return f.complexConst(x)
		}
		return f.constOf(x)
	case cc.PrimaryExpressionExpr:
		return f.expr(x.ExpressionList, want)
	case cc.PrimaryExpressionStmt:
		return f.stmtExpr(x.CompoundStatement, want)
	case cc.PrimaryExpressionGeneric:
		if a := x.GenericSelection.Associated(); a != nil {
			return f.expr(a.AssignmentExpression, want)
		}
	case cc.PrimaryExpressionIdent:
		switch d := x.ResolvedTo().(type) {
		case *cc.Enumerator:
			// C17 6.7.2.2p3: an enumeration constant is an int.
			v := f.constOf(x)
			if int64(v.n) == int64(int32(v.n)) {
				v.t = I32
			}
			return v
		case *cc.Declarator:
			if d.Type().Kind() == cc.Function {
				r := f.dst(want)
				f.emit(OpFuncPtr, r, 0, 0, int64(f.c.function(d)))
				return val{reg: r, t: TPtr, ct: d.Type().Decay()}
			}
		case nil:
			f.fail(x, "%s is not declared", x.Token.SrcStr())
		}
		defer f.here(x)()
		f.inOrder(x)
		return f.value(x, want)
	default:
		return f.value(x, want)
	}
	f.fail(x, "this expression is not supported")
	return val{}
}

func (f *fn) unary(x *cc.UnaryExpression, want int) val {
	switch x.Case {
	case cc.UnaryExpressionPostfix:
		return f.expr(x.PostfixExpression, want)
	case cc.UnaryExpressionInc:
		return f.incdec(x, x.UnaryExpression, x.Token, 1, true, false, want)
	case cc.UnaryExpressionDec:
		return f.incdec(x, x.UnaryExpression, x.Token, -1, true, false, want)
	case cc.UnaryExpressionAddrof:
		return f.addrOf(x, want)
	case cc.UnaryExpressionDeref:
		f.inOrder(x)
		return f.value(x, want)
	case cc.UnaryExpressionSizeofExpr, cc.UnaryExpressionSizeofType:
		return f.sizeof(x)
	case cc.UnaryExpressionAlignofExpr, cc.UnaryExpressionAlignofType:
		return f.constOf(x)
	case cc.UnaryExpressionLabelAddr:
		return f.labelAddr(x, want)
	case cc.UnaryExpressionNot:
		v := f.expr(x.CastExpression, -1)
		if v.isComplex() {
			v = f.conv(v, TBool, -1)
		}
		if !v.t.isScalar() {
			f.fail(x, "! of this type is not supported")
		}
		if v.k && v.t.isInt() {
			return val{k: true, n: b2u(v.n == 0), t: I32, ct: x.Type()}
		}
		v = f.conv(v, TBool, -1)
		d := f.dst(want)
		f.emit(OpNot, d, f.reg(v), 0, 0)
		return val{reg: d, t: I32, ct: x.Type()}
	case cc.UnaryExpressionPlus, cc.UnaryExpressionMinus, cc.UnaryExpressionCpl:
		return f.sign(x, want)
	case cc.UnaryExpressionReal, cc.UnaryExpressionImag:
		return f.complexPart(x, want)
	}
	f.fail(x, "this operator is not supported")
	return val{}
}

func (f *fn) sign(x *cc.UnaryExpression, want int) val {
	defer func(at int32) { f.at = at }(f.at)
	v := f.expr(x.CastExpression, -1)
	f.at = f.c.place(x)
	if v.isComplex() {
		return f.complexSign(x, v)
	}
	if !v.t.isScalar() || v.t == TPtr || x.Case == cc.UnaryExpressionCpl && v.t.isFloat() {
		f.fail(x, "this operator is not supported for this type")
	}
	t := v.t.promote()
	v = f.conv(v, t, -1)
	v.ct = x.Type()
	switch x.Case {
	case cc.UnaryExpressionPlus:
		return v
	case cc.UnaryExpressionCpl:
		if v.k {
			v.n = extend(^v.n, t)
			return v
		}
		d := f.dst(want)
		op := OpCpl
		if t == U32 {
			op = OpCplU32
		}
		f.emit(op, d, v.reg, 0, 0)
		return val{reg: d, t: t, ct: v.ct}
	}
	if v.k {
		if t.isFloat() {
			v.n = math.Float64bits(-math.Float64frombits(v.n))
			return v
		}
		if n, ok := foldInt('-', 0, v.n, t, t); ok {
			v.n = n
			return v
		}
	}
	r := f.reg(v)
	d := f.dst(want)
	op := OpNegF
	if t.isInt() {
		op = OpNegI32 + t.ar()
	}
	f.emit(op, d, r, 0, 0)
	return val{reg: d, t: t, ct: v.ct}
}

func (f *fn) sizeof(x *cc.UnaryExpression) val {
	var t cc.Type
	if x.Case == cc.UnaryExpressionSizeofType {
		t = x.TypeName.Type()
	} else {
		t = x.UnaryExpression.Type()
		if a, ok := arrayOf(t); ok && f.isObject(x.UnaryExpression) {
			t = a
		}
	}
	if a, ok := t.(*cc.ArrayType); ok && vla(a) || varies(t) {
		v := f.sizeVal(t, x)
		v.ct = x.Type()
		return v
	}
	return f.constOf(x)
}

func (f *fn) addrOf(x *cc.UnaryExpression, want int) val {
	defer f.here(x)()
	in := strip(x.CastExpression)
	if ft, ok := undecay(in.Type()).(*cc.FunctionType); ok {
		v := f.expr(in, want)
		v.ct = ft.Decay()
		return v
	}
	l := f.lval(in)
	if _, ok := l.ct.(*cc.ArrayType); ok {
		// A pointer to an array may go on to the next one: the bounds of what
		// the arrays are in hold.
		l.member = false
	}
	if p, ok := in.(*cc.PostfixExpression); ok && p.Case == cc.PostfixExpressionIndex && !l.hasIdx && !l.isReg && l.off != 0 {
		// An index, not a member: it may leave the object.
		d := f.dst(want)
		f.emit(OpPtrAddK, d, l.base, 0, l.off)
		return val{reg: d, t: TPtr, ct: x.Type()}
	}
	return f.addr(l, x.Type(), want)
}

func (f *fn) incdec(n, in cc.ExpressionNode, tok cc.Token, by int64, prefix, drop bool, want int) val {
	defer func(at int32) { f.at = at }(f.at)
	f.inOrder(n)
	l := f.lval(in)
	f.at = f.c.placeTok(tok, n)
	if (l.hasIdx || l.off != 0) && !l.isReg {
		l = f.flat(l)
	}
	l.rmw = true
	old := f.load(l, n, -1)
	if !old.t.isScalar() {
		f.fail(n, "++ or -- of this type is not supported")
	}
	if !prefix && !drop && l.isReg {
		old = f.to(old, f.tmp())
	}
	mark := f.next
	var now val
	w := -1
	if l.isReg && l.t() == old.t.promote() {
		w = int(l.reg)
	}
	switch {
	case old.t == TPtr:
		if l.isReg {
			w = int(l.reg)
		}
		now = f.pointerArith(n, '+', old, val{k: true, n: uint64(by), t: I64}, w, mark)
	case old.t.isFloat():
		now = f.arith(n, '+', old, val{k: true, n: math.Float64bits(float64(by)), t: old.t}, w, mark)
	default:
		now = f.arith(n, '+', old, val{k: true, n: uint64(by), t: I32}, w, mark)
	}
	now = f.store(l, now, n)
	if prefix || drop {
		now.ct = n.Type()
		return now
	}
	return old
}

func (f *fn) cast(x *cc.CastExpression, want int) val {
	defer func(at int32) { f.at = at }(f.at)
	to := x.Type()
	t := typeOf(to)
	in := x.CastExpression
	if t.isInt() && in.Type().Kind() == cc.Ptr && x.Pure() {
		switch x.Value().(type) {
		case cc.UInt64Value, cc.Int64Value: // offsetof
			return f.constOf(x)
		}
	}
	if t == TVoid {
		f.discard(in)
		return val{t: TVoid, ct: to}
	}
	if t.isInt() && in.Type().Kind() == cc.Ptr {
		if v, ok := f.offsetOf(in); ok {
			v = f.conv(v, t, want)
			v.ct = to
			return v
		}
	}
	v := f.expr(in, want)
	f.at = f.c.place(x)
	if t == TPtr {
		f.aligned(v, in.Type(), to)
	}
	if v = f.complexAs(v, to, x); t == TAgg && v.t == TAgg {
		v.ct = to
		return v
	}
	if t == TPtr && v.t == TPtr && !v.k && recast(in.Type(), to) {
		d := f.dst(want)
		f.emit(OpPtrCast, d, v.reg, 0, 0)
		return val{reg: d, t: TPtr, ct: to}
	}
	v = f.conv(v, t, want)
	v.ct = to
	return v
}

// offsetOf computes the offset that &((type *)0)->member stands for, which is
// what offsetof becomes; ok is false for anything else.
func (f *fn) offsetOf(n cc.ExpressionNode) (val, bool) {
	u, ok := strip(n).(*cc.UnaryExpression)
	if !ok || u.Case != cc.UnaryExpressionAddrof {
		return val{}, false
	}
	return f.offset(u.CastExpression)
}

func (f *fn) offset(n cc.ExpressionNode) (val, bool) {
	x, ok := strip(n).(*cc.PostfixExpression)
	if !ok {
		return val{}, false
	}
	switch x.Case {
	case cc.PostfixExpressionPSelect:
		c, ok := strip(x.PostfixExpression).(*cc.CastExpression)
		if !ok || c.Case != cc.CastExpressionCast || x.Field() == nil || x.Field().IsBitfield() {
			return val{}, false
		}
		p, ok := strip(c.CastExpression).(*cc.PrimaryExpression)
		if !ok || p.Case != cc.PrimaryExpressionInt || f.constOf(p).n != 0 {
			return val{}, false
		}
		return val{k: true, n: uint64(x.Field().Offset()), t: I64}, true
	case cc.PostfixExpressionSelect:
		v, ok := f.offset(x.PostfixExpression)
		if !ok || x.Field() == nil || x.Field().IsBitfield() {
			return val{}, false
		}
		return f.arith(n, '+', v, val{k: true, n: uint64(x.Field().Offset()), t: I64}, -1, f.next), true
	case cc.PostfixExpressionIndex:
		a, isArr := arrayNode(x.PostfixExpression)
		if !isArr {
			return val{}, false
		}
		v, ok := f.offset(x.PostfixExpression)
		if !ok {
			return val{}, false
		}
		i := f.conv(f.expr(x.ExpressionList, -1), I64, -1)
		i = f.arith(n, '*', i, f.conv(f.sizeVal(a.Elem(), n), I64, -1), -1, f.next)
		return f.arith(n, '+', v, i, -1, f.next), true
	}
	return val{}, false
}

// recast tells whether an explicit cast of pointers leaves the sub-object that
// the pointer was made for: it does when what it points to changes, except
// between character types and void.
func recast(from, to cc.Type) bool {
	a, b := elemOf(from), elemOf(to)
	if a == nil || b == nil {
		return true
	}
	bytes := func(t cc.Type) bool { return isChar(t) || t.Kind() == cc.Void }
	if bytes(a) && bytes(b) {
		return false
	}
	return a.Kind() != b.Kind() || a.Size() != b.Size()
}

func (f *fn) assign(x *cc.AssignmentExpression, want int) val {
	if x.Case == cc.AssignmentExpressionCond {
		return f.expr(x.ConditionalExpression, want)
	}
	defer func(at int32) { f.at = at }(f.at)
	f.inOrder(x)
	var l lval
	var first val
	back := f.backwards(x, x.UnaryExpression, x.AssignmentExpression)
	if back {
		first = f.expr(x.AssignmentExpression, -1)
	}
	l = f.lval(x.UnaryExpression)
	if x.Case == cc.AssignmentExpressionAssign {
		w := -1
		if l.isReg && typeOf(x.AssignmentExpression.Type()) == l.t() {
			w = int(l.reg)
		}
		v := first
		if !back {
			v = f.expr(x.AssignmentExpression, w)
		}
		f.at = f.c.placeTok(x.Token, x)
		f.used(v, x.AssignmentExpression)
		f.aligned(v, x.AssignmentExpression.Type(), l.ct)
		f.overlap(l, x.UnaryExpression, x.AssignmentExpression)
		f.outward(x.UnaryExpression, x.AssignmentExpression)
		v = f.store(l, v, x)
		f.repointed(l)
		v.ct = x.Type()
		return v
	}
	op := map[cc.AssignmentExpressionCase]byte{
		cc.AssignmentExpressionMul: '*', cc.AssignmentExpressionDiv: '/', cc.AssignmentExpressionMod: '%',
		cc.AssignmentExpressionAdd: '+', cc.AssignmentExpressionSub: '-', cc.AssignmentExpressionLsh: 'l',
		cc.AssignmentExpressionRsh: 'r', cc.AssignmentExpressionAnd: '&', cc.AssignmentExpressionXor: '^',
		cc.AssignmentExpressionOr: '|'}[x.Case]
	if !l.isReg && l.hasIdx && l.off != 0 {
		l = f.flat(l)
	}
	r := first
	if !back {
		r = f.expr(x.AssignmentExpression, -1)
	}
	f.at = f.c.placeTok(x.Token, x)
	mark := f.next
	l.rmw = true
	old := f.load(l, x, -1)
	w := -1
	if l.isReg && (l.t() == TPtr || l.t() == usual(old.t, r.t)) {
		w = int(l.reg)
	}
	if old.isComplex() || r.isComplex() {
		return f.store(l, f.complexArith(x, op, old, r, f.commonComplex(old, r)), x)
	}
	v := f.arith(x, op, old, r, w, mark)
	v = f.store(l, v, x)
	v.ct = x.Type()
	return v
}
