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
