package code

import (
	"slices"
	"strings"

	"modernc.org/cc/v4"
)

// StaticParam is a parameter declared with static between [ and ]: the
// argument has at least that many bytes, C17 6.7.6.3p7.
type StaticParam struct {
	Index int
	Bytes uint64
	Count uint64
}

// staticParams lists them for a function that is defined.
func staticParams(list []*cc.Parameter) []StaticParam {
	var out []StaticParam
	for i, p := range list {
		if p.Declarator == nil {
			continue
		}
		n := promise(p.Declarator.DirectDeclarator)
		elem := elemOf(p.Type().Decay())
		if n > 0 && elem != nil && elem.Size() > 0 {
			out = append(out, StaticParam{i, n * uint64(elem.Size()), n})
		}
	}
	return out
}

// promise gives the elements that an array parameter promises; 0 for none, or
// for a number that only a run knows.
func promise(d *cc.DirectDeclarator) uint64 {
	for ; d != nil; d = d.DirectDeclarator {
		inner := d.DirectDeclarator
		if inner == nil || inner.Case != cc.DirectDeclaratorIdent {
			continue
		}
		if d.Case != cc.DirectDeclaratorStaticArr && d.Case != cc.DirectDeclaratorArrStatic {
			return 0
		}
		switch v := d.AssignmentExpression.Value().(type) {
		case cc.Int64Value:
			return uint64(max(v, 0))
		case cc.UInt64Value:
			return uint64(v)
		}
	}
	return 0
}

// oldStyle tells whether a function's declaration says nothing of the types of
// its parameters, C17 6.9.1p7: a definition with a list of names does not.
func oldStyle(d *cc.Declarator) bool {
	if d == nil {
		return false
	}
	for x := d.DirectDeclarator; x != nil; x = x.DirectDeclarator {
		if x.Case == cc.DirectDeclaratorFuncIdent {
			return x.DirectDeclarator != nil && x.DirectDeclarator.Case == cc.DirectDeclaratorIdent
		}
	}
	return false
}

// prototyped tells whether another declaration of a function in the unit has a
// prototype: the type of both is that of the two together, C17 6.2.7p4.
func (c *compiler) prototyped(d *cc.Declarator) bool {
	return slices.ContainsFunc(c.scope.Nodes[d.Name()], func(n cc.Node) bool {
		o, ok := n.(*cc.Declarator)
		if !ok || o == d || oldStyle(o) {
			return false
		}
		ft, ok := o.Type().(*cc.FunctionType)
		return ok && hasProto(ft)
	})
}

// setjmps are the names of setjmp.
var setjmps = []string{"setjmp", "_setjmp", "sigsetjmp", "__sigsetjmp"}

// callsSetjmp tells whether a function's body has one of their names.
func callsSetjmp(b *cc.CompoundStatement) bool {
	text := cc.NodeSource(b)
	return slices.ContainsFunc(setjmps, func(n string) bool { return strings.Contains(text, n) })
}

// sizesAgree compares, when the program runs, the lengths of two arrays that
// pointers point to and of which one is known only then, C17 6.7.6.2p6.
func (f *fn) sizesAgree(to, from cc.Type) {
	p, ok1 := to.(*cc.PointerType)
	q, ok2 := from.(*cc.PointerType)
	if !ok1 || !ok2 {
		return
	}
	a, ok1 := p.Elem().(*cc.ArrayType)
	b, ok2 := q.Elem().(*cc.ArrayType)
	if !ok1 || !ok2 || !a.IsVLA() && !b.IsVLA() {
		return
	}
	x, ok1 := f.lengthOf(a)
	y, ok2 := f.lengthOf(b)
	if ok1 && ok2 {
		f.emit(OpSizes, x, y, 0, 0)
	}
}

// lengthOf gives a register with the length of an array, if that was computed.
func (f *fn) lengthOf(a *cc.ArrayType) (uint16, bool) {
	if !a.IsVLA() {
		if a.Len() <= 0 {
			return 0, false
		}
		return f.reg(val{k: true, n: uint64(a.Len()), t: U64}), true
	}
	r, ok := f.types[a.SizeExpression()]
	return r, ok
}

// composite gives what is emitted where the other operand of a conditional is
// not evaluated: its type may be a pointer to an array whose size is given by
// an expression there, and the composite type needs it, C17 6.2.7p3.
func (f *fn) composite(x *cc.ConditionalExpression) func(other cc.ExpressionNode) {
	var arms []*cc.ArrayType
	if x.ExpressionList != nil {
		for _, e := range []cc.ExpressionNode{x.ExpressionList, x.ConditionalExpression} {
			if p, ok := e.Type().(*cc.PointerType); ok {
				if a, ok := p.Elem().(*cc.ArrayType); ok && (a.IsVLA() || a.Len() < 0) {
					arms = append(arms, a)
				}
			}
		}
	}
	return func(other cc.ExpressionNode) {
		c, ok := strip(other).(*cc.CastExpression)
		if len(arms) < 2 || !ok || c.Case != cc.CastExpressionCast {
			return
		}
		if p, ok := c.Type().(*cc.PointerType); ok {
			if a, ok := p.Elem().(*cc.ArrayType); ok && a.IsVLA() {
				f.finding("vla-composite", "the type of this expression needs the size of an array that is given in the operand that is not evaluated")
			}
		}
	}
}
