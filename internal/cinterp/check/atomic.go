package check

import (
	"strings"

	"modernc.org/cc/v4"
)

// uses notes that a program has atomic objects, which the parser's types do not
// tell. Our own headers do not count.
func (u *unit) uses(n cc.Node, t *typ) {
	if t.q&qAtomic != 0 && n != nil && !strings.HasPrefix(n.Position().Filename, own) {
		u.c.atomics = true
	}
}

// atomic tells whether an lvalue has an atomic type; sure is false when that is
// not known.
func (c *checker) atomic(n cc.Node) (atomic, sure bool) {
	e, ok := n.(cc.ExpressionNode)
	if !ok {
		return false, false
	}
	t := c.typeOf(e, 0)
	return t.q&qAtomic != 0, t.k != unknown
}

var number = &typ{k: basic, name: "int"}

// typeOf gives the type of an expression as declarations spell it, as far as
// pointers and members need it: arithmetic is an int.
func (c *checker) typeOf(e cc.ExpressionNode, depth int) *typ {
	if depth > 200 || e == nil {
		return any1
	}
	depth++
	switch x := strip(e).(type) {
	case *cc.PrimaryExpression:
		switch x.Case {
		case cc.PrimaryExpressionIdent:
			if d, ok := x.ResolvedTo().(*cc.Declarator); ok {
				if t := c.types[d]; t != nil {
					return t
				}
				return any1
			}
			if _, ok := x.ResolvedTo().(*cc.Enumerator); ok {
				return number
			}
		case cc.PrimaryExpressionInt, cc.PrimaryExpressionFloat, cc.PrimaryExpressionChar, cc.PrimaryExpressionLChar:
			return number
		case cc.PrimaryExpressionString, cc.PrimaryExpressionLString:
			return &typ{k: array, elem: number, n: anySize}
		}
	case *cc.PostfixExpression:
		return c.postfixType(x, depth)
	case *cc.UnaryExpression:
		return c.unaryType(x, depth)
	case *cc.CastExpression:
		if x.Case == cc.CastExpressionUnary {
			return c.typeOf(x.UnaryExpression, depth)
		}
		return c.named(x.TypeName)
	case *cc.ExpressionList:
		for x.ExpressionList != nil {
			x = x.ExpressionList
		}
		return c.typeOf(x.AssignmentExpression, depth).plain()
	case *cc.AssignmentExpression:
		if x.Case == cc.AssignmentExpressionCond {
			return c.typeOf(x.ConditionalExpression, depth)
		}
		return c.typeOf(x.UnaryExpression, depth).plain()
	case *cc.ConditionalExpression:
		if x.Case == cc.ConditionalExpressionCond {
			if t := c.typeOf(x.ConditionalExpression, depth); t.k != basic {
				return t.plain()
			}
			return c.typeOf(x.ExpressionList, depth).plain()
		}
		return c.typeOf(x.LogicalOrExpression, depth)
	case *cc.AdditiveExpression:
		if x.Case == cc.AdditiveExpressionMul {
			return c.typeOf(x.MultiplicativeExpression, depth)
		}
		a, b := c.typeOf(x.AdditiveExpression, depth), c.typeOf(x.MultiplicativeExpression, depth)
		switch {
		case a.k == unknown || b.k == unknown:
			return any1
		case a.k == pointer || a.k == array:
			return &typ{k: pointer, elem: a.elem}
		case b.k == pointer || b.k == array:
			return &typ{k: pointer, elem: b.elem}
		}
		return number
	default:
		if one := only(x); one != nil {
			return c.typeOf(one, depth)
		}
		return number
	}
	return any1
}

// only gives the operand of a production that has one and no operator.
func only(e cc.ExpressionNode) cc.ExpressionNode {
	switch x := e.(type) {
	case *cc.ConstantExpression:
		return x.ConditionalExpression
	case *cc.LogicalOrExpression:
		if x.Case == cc.LogicalOrExpressionLAnd {
			return x.LogicalAndExpression
		}
	case *cc.LogicalAndExpression:
		if x.Case == cc.LogicalAndExpressionOr {
			return x.InclusiveOrExpression
		}
	case *cc.InclusiveOrExpression:
		if x.Case == cc.InclusiveOrExpressionXor {
			return x.ExclusiveOrExpression
		}
	case *cc.ExclusiveOrExpression:
		if x.Case == cc.ExclusiveOrExpressionAnd {
			return x.AndExpression
		}
	case *cc.AndExpression:
		if x.Case == cc.AndExpressionEq {
			return x.EqualityExpression
		}
	case *cc.EqualityExpression:
		if x.Case == cc.EqualityExpressionRel {
			return x.RelationalExpression
		}
	case *cc.RelationalExpression:
		if x.Case == cc.RelationalExpressionShift {
			return x.ShiftExpression
		}
	case *cc.ShiftExpression:
		if x.Case == cc.ShiftExpressionAdd {
			return x.AdditiveExpression
		}
	case *cc.MultiplicativeExpression:
		if x.Case == cc.MultiplicativeExpressionCast {
			return x.CastExpression
		}
	}
	return nil
}

// named is the type of a type name, read in the unit that it stands in.
func (c *checker) named(n *cc.TypeName) *typ {
	if n == nil || len(c.units) == 0 {
		return any1
	}
	for _, u := range c.units {
		if u.mine[n] {
			return u.typeName(n)
		}
	}
	return any1
}

func (c *checker) postfixType(x *cc.PostfixExpression, depth int) *typ {
	switch x.Case {
	case cc.PostfixExpressionPrimary:
		return c.typeOf(x.PrimaryExpression, depth)
	case cc.PostfixExpressionIndex:
		t := c.typeOf(x.PostfixExpression, depth)
		if t.k == basic {
			t = c.typeOf(x.ExpressionList, depth)
		}
		if t.k == pointer || t.k == array {
			return t.elem
		}
	case cc.PostfixExpressionCall:
		t := c.typeOf(x.PostfixExpression, depth)
		if t.k == pointer {
			t = t.elem
		}
		if t.k == function {
			return t.elem
		}
	case cc.PostfixExpressionSelect:
		return c.member(c.typeOf(x.PostfixExpression, depth), x.Token2.SrcStr(), 0)
	case cc.PostfixExpressionPSelect:
		t := c.typeOf(x.PostfixExpression, depth)
		if t.k == pointer || t.k == array {
			return c.member(t.elem, x.Token2.SrcStr(), 0)
		}
	case cc.PostfixExpressionInc, cc.PostfixExpressionDec:
		return c.typeOf(x.PostfixExpression, depth).plain()
	case cc.PostfixExpressionComplit:
		return c.named(x.TypeName)
	}
	return any1
}

// member gives the type of a member, in unnamed members of it, too.
func (c *checker) member(t *typ, name string, depth int) *typ {
	if t.k != tag || depth > 20 {
		return any1
	}
	for _, m := range t.tag.contents() {
		switch {
		case m.name == name:
			return m.t
		case m.name == "":
			if in := c.member(m.t, name, depth+1); in.k != unknown {
				return in
			}
		}
	}
	return any1
}

func (c *checker) unaryType(x *cc.UnaryExpression, depth int) *typ {
	switch x.Case {
	case cc.UnaryExpressionPostfix:
		return c.typeOf(x.PostfixExpression, depth)
	case cc.UnaryExpressionInc, cc.UnaryExpressionDec:
		return c.typeOf(x.UnaryExpression, depth).plain()
	case cc.UnaryExpressionAddrof:
		return &typ{k: pointer, elem: c.typeOf(x.CastExpression, depth)}
	case cc.UnaryExpressionDeref:
		t := c.typeOf(x.CastExpression, depth)
		switch t.k {
		case pointer, array:
			return t.elem
		case function:
			return t
		}
		return any1
	}
	return number
}
