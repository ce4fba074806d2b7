package code

import (
	"modernc.org/cc/v4"
)

// used compiles the look at a pointer whose value is used: C17 6.2.4p2. Values
// that were just made need none.
func (f *fn) used(v val, n cc.ExpressionNode) {
	if v.t != TPtr || v.k || n == nil {
		return
	}
	switch x := strip(n).(type) {
	case *cc.PrimaryExpression:
		if x.Case != cc.PrimaryExpressionIdent || typeOf(x.Type()) != TPtr {
			return
		}
		if _, array := arrayNode(x); array || undecay(x.Type()).Kind() != cc.Ptr {
			return
		}
	case *cc.PostfixExpression:
		switch x.Case {
		case cc.PostfixExpressionSelect, cc.PostfixExpressionPSelect, cc.PostfixExpressionIndex:
			if _, array := arrayNode(x); array {
				return
			}
		case cc.PostfixExpressionCall:
			if _, d := callee(x.PostfixExpression); d != nil && d.Linkage() == cc.External {
				if g, ok := f.c.funcs[f.c.linkName(d)]; !ok || f.c.p.Funcs[g].Code == nil {
					return // the library's, or not there yet
				}
			}
		default:
			return
		}
	case *cc.CastExpression:
		if x.Case == cc.CastExpressionCast && typeOf(x.CastExpression.Type()) == TPtr {
			f.used(v, x.CastExpression)
		}
		return
	case *cc.UnaryExpression:
		if _, array := arrayNode(x); x.Case != cc.UnaryExpressionDeref || array || undecay(x.Type()).Kind() != cc.Ptr {
			return
		}
	default:
		return
	}
	f.emit(OpLive, v.reg, 0, 0, 0)
}

// aligned compiles the look at a pointer that becomes one to another type,
// C17 6.3.2.3p7.
func (f *fn) aligned(v val, from, to cc.Type) {
	a, b := elemOf(undecay(from)), elemOf(undecay(to))
	if v.t != TPtr || v.k || a == nil || b == nil || b.Kind() == cc.Void || b.Kind() == cc.Function || a.Kind() == cc.Function {
		return
	}
	if b.IsIncomplete() || b.Size() <= 0 {
		return
	}
	need, have := b.Align(), 1
	if a.Kind() != cc.Void && !a.IsIncomplete() {
		have = a.Align()
	}
	if need > have && need > 1 {
		f.emit(OpAligned, v.reg, 0, 0, int64(need))
	}
}

// overlap compiles the look at an assignment from an object that may overlap
// the one that is assigned to, C17 6.5.16.1p3: that is so for members of a
// union, and for characters, which may be part of anything.
func (f *fn) overlap(l lval, to, from cc.ExpressionNode) {
	t, n := l.t(), strip(from)
	if l.isReg || l.bits != nil || !t.isScalar() || typeOf(n.Type()) == t && !l.packed || !typeOf(n.Type()).isScalar() {
		return
	}
	if p, ok := n.(*cc.PrimaryExpression); ok && (p.Case != cc.PrimaryExpressionIdent || key(n) == nil) {
		return // a constant
	}
	if !f.isObject(n) || f.register(n) || !n.Pure() || !to.Pure() || key(n) != nil && key(n) == key(to) {
		return
	}
	if _, array := arrayNode(n); array {
		return
	}
	if !unionMember(to) && !unionMember(n) && !(isChar(l.ct) && !l.named) && !isChar(n.Type()) {
		return
	}
	mark := f.next
	a, b := f.place(l), f.lval(n)
	if !b.isReg && b.bits == nil && (!l.named || !b.named || unionMember(to) || unionMember(n)) {
		f.emit(OpOverlap, a, f.place(b), 0, l.ct.Size()<<32|b.ct.Size())
	}
	f.next = mark
}

// place gives a register with the address of an lvalue, for no access.
func (f *fn) place(l lval) uint16 { return f.flat(l).base }

// register tells whether an expression is a variable in a register.
func (f *fn) register(n cc.ExpressionNode) bool {
	d, ok := key(n).(*cc.Declarator)
	if !ok {
		return false
	}
	v, local := f.vars[d]
	return local && v >= 0 || d.Type().Kind() == cc.Function
}

// unionMember tells whether an lvalue is in a member of a union.
func unionMember(n cc.ExpressionNode) bool {
	for {
		x, ok := strip(n).(*cc.PostfixExpression)
		if !ok {
			return false
		}
		switch x.Case {
		case cc.PostfixExpressionSelect, cc.PostfixExpressionPSelect:
			if fd := x.Field(); fd != nil && fd.ParentType() != nil && fd.ParentType().Kind() == cc.Union {
				return true
			}
		case cc.PostfixExpressionIndex:
		default:
			return false
		}
		n = x.PostfixExpression
	}
}
