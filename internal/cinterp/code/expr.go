package code

import (
	"math"

	"modernc.org/cc/v4"
)

// expr compiles an expression for its value. want is the register that it
// should come to, if it must come to one at all, or -1.
func (f *fn) expr(n cc.ExpressionNode, want int) val {
	switch x := n.(type) {
	case *cc.ExpressionList:
		return f.list(x, want)
	case *cc.ConstantExpression:
		return f.expr(x.ConditionalExpression, want)
	case *cc.AssignmentExpression:
		return f.assign(x, want)
	case *cc.ConditionalExpression:
		return f.conditional(x, want)
	case *cc.LogicalOrExpression, *cc.LogicalAndExpression:
		return f.logical(n, want)
	case *cc.EqualityExpression, *cc.RelationalExpression:
		return f.compare(n, want)
	case *cc.InclusiveOrExpression:
		return f.binary(n, '|', x.InclusiveOrExpression, x.ExclusiveOrExpression, x.Token, want)
	case *cc.ExclusiveOrExpression:
		return f.binary(n, '^', x.ExclusiveOrExpression, x.AndExpression, x.Token, want)
	case *cc.AndExpression:
		return f.binary(n, '&', x.AndExpression, x.EqualityExpression, x.Token, want)
	case *cc.ShiftExpression:
		op := byte('l')
		if x.Case == cc.ShiftExpressionRsh {
			op = 'r'
		}
		return f.binary(n, op, x.ShiftExpression, x.AdditiveExpression, x.Token, want)
	case *cc.AdditiveExpression:
		op := byte('+')
		if x.Case == cc.AdditiveExpressionSub {
			op = '-'
		}
		return f.binary(n, op, x.AdditiveExpression, x.MultiplicativeExpression, x.Token, want)
	case *cc.MultiplicativeExpression:
		op := byte('*')
		switch x.Case {
		case cc.MultiplicativeExpressionDiv:
			op = '/'
		case cc.MultiplicativeExpressionMod:
			op = '%'
		}
		return f.binary(n, op, x.MultiplicativeExpression, x.CastExpression, x.Token, want)
	case *cc.CastExpression:
		if x.Case == cc.CastExpressionUnary {
			return f.expr(x.UnaryExpression, want)
		}
		return f.cast(x, want)
	case *cc.UnaryExpression:
		return f.unary(x, want)
	case *cc.PostfixExpression:
		return f.postfix(x, want)
	case *cc.PrimaryExpression:
		return f.primary(x, want)
	}
	f.fail(n, "an expression of kind %T is not supported", n)
	return val{}
}

func (f *fn) list(x *cc.ExpressionList, want int) val {
	for ; x.ExpressionList != nil; x = x.ExpressionList {
		f.marked(x.AssignmentExpression)
		f.discard(x.AssignmentExpression)
	}
	f.marked(x.AssignmentExpression)
	return f.expr(x.AssignmentExpression, want)
}

// discard compiles an expression for its effects.
func (f *fn) discard(n cc.ExpressionNode) {
	mark := f.next
	defer func() { f.next = mark }()
	switch x := strip(n).(type) {
	case *cc.ExpressionList:
		for ; x != nil; x = x.ExpressionList {
			f.discard(x.AssignmentExpression)
		}
		return
	case *cc.AssignmentExpression:
		if f.copied(x) {
			return
		}
	case *cc.PostfixExpression:
		switch x.Case {
		case cc.PostfixExpressionInc:
			f.incdec(x, x.PostfixExpression, x.Token, 1, false, true, -1)
			return
		case cc.PostfixExpressionDec:
			f.incdec(x, x.PostfixExpression, x.Token, -1, false, true, -1)
			return
		case cc.PostfixExpressionCall:
			f.call(x, -1, true)
			return
		}
	case *cc.CastExpression:
		if x.Case == cc.CastExpressionCast && typeOf(x.Type()) == TVoid {
			f.discard(x.CastExpression)
			return
		}
	case *cc.ConditionalExpression:
		if typeOf(x.Type()) == TVoid || x.ExpressionList == nil {
			break
		}
		yes, no, end := f.label(), f.label(), f.label()
		f.cond(x.LogicalOrExpression, yes, no, true)
		f.bind(yes)
		f.seal(yes)
		unsized := f.composite(x)
		f.marked(x.ExpressionList)
		unsized(x.ConditionalExpression)
		f.discard(x.ExpressionList)
		f.jump(end)
		f.bind(no)
		f.seal(no)
		f.marked(x.ConditionalExpression)
		unsized(x.ExpressionList)
		f.discard(x.ConditionalExpression)
		f.bind(end)
		f.seal(end)
		return
	}
	f.used(f.expr(n, -1), n)
}

// strip takes parentheses and chains of single productions away.
func strip(n cc.ExpressionNode) cc.ExpressionNode {
	for {
		switch x := n.(type) {
		case *cc.PrimaryExpression:
			if x.Case != cc.PrimaryExpressionExpr {
				return n
			}
			n = x.ExpressionList
		case *cc.ExpressionList:
			if x.ExpressionList != nil {
				return n
			}
			n = x.AssignmentExpression
		case *cc.ConstantExpression:
			n = x.ConditionalExpression
		case *cc.PostfixExpression:
			if x.Case != cc.PostfixExpressionPrimary {
				return n
			}
			n = x.PrimaryExpression
		case *cc.UnaryExpression:
			if x.Case != cc.UnaryExpressionPostfix {
				return n
			}
			n = x.PostfixExpression
		case *cc.CastExpression:
			if x.Case != cc.CastExpressionUnary {
				return n
			}
			n = x.UnaryExpression
		default:
			return n
		}
	}
}

func (f *fn) conditional(x *cc.ConditionalExpression, want int) val {
	rt := typeOf(x.Type())
	yes, no, end := f.label(), f.label(), f.label()
	mark := f.next
	var r uint16
	if rt != TVoid {
		r = f.dst(-1)
		mark = f.next
	}
	var mid val
	if x.ExpressionList == nil { // a ?: b
		mid = f.expr(x.LogicalOrExpression, -1)
		f.branchIf(mid, yes, no)
	} else {
		f.cond(x.LogicalOrExpression, yes, no, true)
	}
	f.bind(yes)
	f.seal(yes)
	unsized := f.composite(x)
	arm := func(v val) {
		if rt == TVoid {
			return
		}
		if v.isComplex() && rt != TAgg {
			f.fail(x, "a choice between these types is not supported")
		}
		f.to(f.conv(f.complexAs(v, x.Type(), x), rt, int(r)), r)
	}
	f.marked(x.ExpressionList)
	if x.ExpressionList == nil {
		arm(mid)
	} else if rt == TVoid {
		f.discard(x.ExpressionList)
	} else {
		unsized(x.ConditionalExpression)
		arm(f.expr(x.ExpressionList, int(r)))
	}
	f.next = mark
	f.jump(end)
	f.bind(no)
	f.seal(no)
	f.marked(x.ConditionalExpression)
	if rt == TVoid {
		f.discard(x.ConditionalExpression)
	} else {
		if x.ExpressionList != nil {
			unsized(x.ExpressionList)
		}
		arm(f.expr(x.ConditionalExpression, int(r)))
	}
	f.next = mark
	f.bind(end)
	f.seal(end)
	return val{reg: r, t: rt, ct: x.Type()}
}

func (f *fn) logical(n cc.ExpressionNode, want int) val {
	r := f.tmp()
	mark := f.next
	yes, no, end := f.label(), f.label(), f.label()
	f.cond(n, yes, no, true)
	f.bind(yes)
	f.seal(yes)
	f.emit(OpK, r, 0, 0, 1)
	f.jump(end)
	f.bind(no)
	f.seal(no)
	f.emit(OpK, r, 0, 0, 0)
	f.bind(end)
	f.seal(end)
	f.next = mark
	return val{reg: r, t: I32, ct: n.Type()}
}

// operands of a comparison, in a common type.
type cmp struct {
	op   cc.ExpressionNode
	l, r val
	kind byte // s, u, f, p
	rel  string
}

func (f *fn) comparison(n cc.ExpressionNode) cmp {
	var l, r cc.ExpressionNode
	var tok cc.Token
	switch x := n.(type) {
	case *cc.EqualityExpression:
		l, r, tok = x.EqualityExpression, x.RelationalExpression, x.Token
	case *cc.RelationalExpression:
		l, r, tok = x.RelationalExpression, x.ShiftExpression, x.Token
	}
	c := cmp{op: n, rel: tok.SrcStr()}
	lv, rv := f.operands(n, l, r)
	f.at = f.c.placeTok(tok, n)
	switch {
	case (lv.isComplex() || rv.isComplex()) && (c.rel == "==" || c.rel == "!="):
		c.l, c.r, c.kind = f.complexEqual(n, lv, rv), val{k: true, n: 1, t: I32}, 's'
	case lv.t == TPtr || rv.t == TPtr:
		c.kind = 'p'
		f.used(lv, l)
		f.used(rv, r)
		c.l, c.r = f.conv(lv, TPtr, -1), f.conv(rv, TPtr, -1)
	case lv.t.isFloat() || rv.t.isFloat():
		t := usual(lv.t, rv.t)
		c.kind, c.l, c.r = 'f', f.conv(lv, t, -1), f.conv(rv, t, -1)
	case lv.t.isInt() && rv.t.isInt():
		t := usual(lv.t, rv.t)
		c.kind = 'u'
		if t.signed() {
			c.kind = 's'
		}
		c.l, c.r = f.conv(lv, t, -1), f.conv(rv, t, -1)
	default:
		f.fail(n, "a comparison of %s and %s is not supported", l.Type(), r.Type())
	}
	return c
}

func (f *fn) compare(n cc.ExpressionNode, want int) val {
	defer func(at int32) { f.at = at }(f.at)
	mark := f.next
	c := f.comparison(n)
	if c.l.k && c.r.k && c.kind != 'f' {
		f.next = mark
		return val{k: true, n: b2u(foldCmp(c)), t: I32, ct: n.Type()}
	}
	a, b := f.reg(c.l), f.reg(c.r)
	f.next = mark
	d := f.dst(want)
	off := map[byte]Op{'s': 0, 'u': 1, 'f': 2, 'p': 3}[c.kind]
	eq := map[byte]Op{'s': 0, 'u': 0, 'f': 1, 'p': 2}[c.kind]
	switch c.rel {
	case "<":
		f.emit(OpLtS+off, d, a, b, 0)
	case "<=":
		f.emit(OpLeS+off, d, a, b, 0)
	case ">":
		f.emit(OpLtS+off, d, b, a, 0)
	case ">=":
		f.emit(OpLeS+off, d, b, a, 0)
	case "==":
		f.emit(OpEq+eq, d, a, b, 0)
	default:
		f.emit(OpNe+eq, d, a, b, 0)
	}
	return val{reg: d, t: I32, ct: n.Type()}
}

func b2u(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

func foldCmp(c cmp) bool {
	lt, eq := c.l.n < c.r.n, c.l.n == c.r.n
	if c.kind == 's' {
		lt = int64(c.l.n) < int64(c.r.n)
	}
	switch c.rel {
	case "<":
		return lt
	case "<=":
		return lt || eq
	case ">":
		return !lt && !eq
	case ">=":
		return !lt
	case "==":
		return eq
	}
	return !eq
}

// cond compiles a condition into jumps. fallYes tells that yes is bound next.
func (f *fn) cond(n cc.ExpressionNode, yes, no *label, fallYes bool) {
	mark := f.next
	defer func(at int32) { f.next, f.at = mark, at }(f.at)
	switch x := strip(n).(type) {
	case *cc.LogicalOrExpression:
		mid := f.label()
		f.cond(x.LogicalOrExpression, yes, mid, false)
		f.bind(mid)
		f.seal(mid)
		f.marked(x.LogicalAndExpression)
		f.cond(x.LogicalAndExpression, yes, no, fallYes)
		return
	case *cc.LogicalAndExpression:
		mid := f.label()
		f.cond(x.LogicalAndExpression, mid, no, true)
		f.bind(mid)
		f.seal(mid)
		f.marked(x.InclusiveOrExpression)
		f.cond(x.InclusiveOrExpression, yes, no, fallYes)
		return
	case *cc.UnaryExpression:
		if x.Case == cc.UnaryExpressionNot {
			f.cond(x.CastExpression, no, yes, !fallYes)
			return
		}
	case *cc.EqualityExpression, *cc.RelationalExpression:
		c := f.comparison(x)
		if (c.kind == 's' || c.kind == 'u') && f.condCmp(c, yes, no, fallYes) {
			return
		}
		// Compiled again would have its effects twice: set and test.
		f.branchIf(f.setCmp(c), yes, no)
		return
	}
	f.branchIf(f.expr(n, -1), yes, no)
}

func (f *fn) setCmp(c cmp) val {
	if c.l.k && c.r.k && c.kind != 'f' {
		return val{k: true, n: b2u(foldCmp(c)), t: I32}
	}
	a, b, d := f.reg(c.l), f.reg(c.r), f.tmp()
	kind := map[byte]Op{'s': 0, 'u': 1, 'f': 2, 'p': 3}[c.kind]
	eq := map[byte]Op{'s': 0, 'u': 0, 'f': 1, 'p': 2}[c.kind]
	switch c.rel {
	case "<":
		f.emit(OpLtS+kind, d, a, b, 0)
	case "<=":
		f.emit(OpLeS+kind, d, a, b, 0)
	case ">":
		f.emit(OpLtS+kind, d, b, a, 0)
	case ">=":
		f.emit(OpLeS+kind, d, b, a, 0)
	case "==":
		f.emit(OpEq+eq, d, a, b, 0)
	default:
		f.emit(OpNe+eq, d, a, b, 0)
	}
	return val{reg: d, t: I32}
}

// condCmp compiles a comparison of integers into one instruction.
func (f *fn) condCmp(c cmp, yes, no *label, fallYes bool) bool {
	if c.l.k && c.r.k {
		return false
	}
	rel := c.rel
	to := yes
	if fallYes {
		to = no
		rel = map[string]string{"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}[rel]
	}
	l, r := c.l, c.r
	if l.k {
		l, r = r, l
		rel = map[string]string{"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}[rel]
	}
	u := Op(0)
	if c.kind == 'u' {
		u = 1
	}
	if r.k && int64(r.n) == int64(int32(r.n)) {
		op := map[string]Op{"<": OpJLtKS, "<=": OpJLeKS, ">": OpJGtKS, ">=": OpJGeKS}[rel] + u
		switch rel {
		case "==":
			op = OpJEqK
		case "!=":
			op = OpJNeK
		}
		f.branch(op, l.reg, 0, int64(uint32(r.n)), to)
	} else {
		a, b := f.reg(l), f.reg(r)
		switch rel {
		case "<":
			f.branch(OpJLtS+u, a, b, 0, to)
		case "<=":
			f.branch(OpJLeS+u, a, b, 0, to)
		case ">":
			f.branch(OpJLtS+u, b, a, 0, to)
		case ">=":
			f.branch(OpJLeS+u, b, a, 0, to)
		case "==":
			f.branch(OpJEq, a, b, 0, to)
		default:
			f.branch(OpJNe, a, b, 0, to)
		}
	}
	if !fallYes {
		f.jump(no)
	}
	return true
}

// branchIf jumps by the truth of a scalar.
func (f *fn) branchIf(v val, yes, no *label) {
	if v.k {
		t := v.n != 0
		if v.t.isFloat() {
			t = math.Float64frombits(v.n) != 0
		}
		if t {
			f.jump(yes)
		} else {
			f.jump(no)
		}
		return
	}
	if v.isComplex() {
		v = f.conv(v, TBool, -1)
	}
	if !v.t.isScalar() {
		f.fail(nil, "a condition of this type is not supported")
	}
	r := v.reg
	if v.t.isFloat() {
		r = f.tmp()
		f.emit(OpBoolF, r, v.reg, 0, 0)
	}
	f.branch(OpJz, r, 0, 0, no)
	f.jump(yes)
}
