package code

import (
	"modernc.org/cc/v4"
)

// C17 6.5p2: an effect on a scalar that is unsequenced to another effect on it,
// or to a computation that uses its value, is undefined. What an expression
// touches by name, or by the same words without effects, is known when it is
// compiled; where two such accesses are unsequenced, the finding is compiled
// into the one of them that may not happen, so that it is found when it does.

// touch is one access to an object.
type touch struct {
	key   any // the declarator, or the words of the lvalue
	write bool
	done  bool // sequenced before the value of the expression it stands in
	cond  bool // in a part that may not be evaluated
	node  cc.Node
	size  int64 // bytes
}

// look collects the touches of a full expression.
type look struct {
	f      *fn
	writes map[any]bool // declarators that the full expression writes
	calls  bool
	marks  []*mark
	pairs  int // that were compared
}

// maxPairs is how many pairs of accesses are compared in a full expression: those
// of the thousands of effects that only a program's generator writes are not.
const maxPairs = 4_000_000

// mark is an access in memory whose address is compared, when it happens, with
// those of the accesses that are unsequenced to it and happened before.
type mark struct {
	reg   uint16 // the address, once the access has happened; else 0
	size  int64
	with  []*mark
	write bool
}

// maxWords is how many parts an lvalue may have to be compared by its words.
const maxWords = 100

// where is the key of an object that only a run can tell.
type where struct{}

// inMemory tells whether a key's object may be what a pointer points to.
func (l *look) inMemory(k any) bool {
	d, ok := k.(*cc.Declarator)
	if !ok {
		return true
	}
	v, local := l.f.vars[d]
	return !local || v < 0
}

// marked gives the mark of an access.
func (l *look) marked(t touch) *mark {
	m := l.f.marks[t.node]
	if m == nil {
		m = &mark{reg: uint16(l.f.c.highReg(l.f)), size: t.size, write: t.write}
		l.f.marks[t.node] = m
		l.marks = append(l.marks, m)
	}
	return m
}

// seen compiles the comparison for an access at l.
func (f *fn) seen(l lval, n cc.Node) {
	m := f.marks[n]
	if m == nil || l.isReg || l.bits != nil {
		return
	}
	t := f.tmp()
	if l.hasIdx {
		f.emit(OpIdx, t, l.base, l.idx, l.scale|l.bound<<32)
	} else {
		f.emit(OpMember, t, l.base, 0, l.off)
	}
	for _, o := range m.with {
		f.emit(OpSeqIn, o.reg, t, 0, m.size|o.size<<16)
	}
	f.emit(OpMov, m.reg, t, 0, 0)
}

// unsequenced looks for unsequenced accesses in a full expression.
func (f *fn) unsequenced(e cc.ExpressionNode) {
	l := &look{f: f, writes: map[any]bool{}}
	if !l.effects(e) {
		return
	}
	l.expr(e, false)
	for _, m := range l.marks {
		f.emit(OpK, m.reg, 0, 0, 0)
	}
}

// effects is the cheap look: without two effects, or one and a use, there is
// nothing to find. It also notes which variables are written.
func (l *look) effects(e cc.ExpressionNode) bool {
	found := false
	walk(e, func(n cc.ExpressionNode) bool {
		switch x := n.(type) {
		case *cc.AssignmentExpression:
			if x.Case != cc.AssignmentExpressionCond {
				found = true
				l.writes[key(x.UnaryExpression)] = true
			}
		case *cc.UnaryExpression:
			if x.Case == cc.UnaryExpressionInc || x.Case == cc.UnaryExpressionDec {
				found = true
				l.writes[key(x.UnaryExpression)] = true
			}
		case *cc.PostfixExpression:
			switch x.Case {
			case cc.PostfixExpressionInc, cc.PostfixExpressionDec:
				found = true
				l.writes[key(x.PostfixExpression)] = true
			case cc.PostfixExpressionCall:
				l.calls = true
			}
		}
		return true
	})
	return found
}

// key gives the declarator of an expression that is a name; else nil.
func key(n cc.ExpressionNode) any {
	if p, ok := strip(n).(*cc.PrimaryExpression); ok && p.Case == cc.PrimaryExpressionIdent {
		if d, ok := p.ResolvedTo().(*cc.Declarator); ok {
			return d
		}
	}
	return nil
}

// object gives what stands for the object of an lvalue; nil when it is not
// known without running.
func (l *look) object(n cc.ExpressionNode) any {
	if k := key(n); k != nil {
		return k
	}
	n = strip(n)
	if l.calls || !n.Pure() {
		return nil
	}
	same, size := true, 0
	walk(n, func(m cc.ExpressionNode) bool {
		if k := key(m); k != nil && l.writes[k] {
			same = false
		}
		size++
		same = same && size <= maxWords
		return same
	})
	if !same {
		return nil
	}
	return cc.NodeSource(n)
}

func (l *look) touch(n cc.ExpressionNode, write, cond bool) []touch {
	if !typeOf(n.Type()).isScalar() {
		return nil
	}
	k := l.object(n)
	if k == nil {
		k = where{}
	}
	return []touch{{key: k, write: write, cond: cond, node: strip(n), size: n.Type().Size()}}
}

// together joins operands that are unsequenced to each other.
func (l *look) together(parts ...[]touch) []touch {
	var all []touch
	for _, p := range parts {
		for _, b := range p {
			for _, a := range all {
				l.clash(a, b)
			}
			if l.pairs > maxPairs {
				break
			}
		}
		all = append(all, p...)
	}
	return all
}

// clash notes two unsequenced accesses if they are to one object.
func (l *look) clash(a, b touch) {
	if l.pairs++; l.pairs > maxPairs || !a.write && !b.write {
		return
	}
	_, named := a.key.(*cc.Declarator)
	_, both := b.key.(*cc.Declarator)
	if a.key == (where{}) || b.key == (where{}) || a.key != b.key && !(named && both) {
		if l.inMemory(a.key) && l.inMemory(b.key) && len(l.marks) < 32 {
			x, y := l.marked(a), l.marked(b)
			x.with, y.with = append(x.with, y), append(y.with, x)
		}
		return
	}
	if a.key != b.key || a.cond && b.cond {
		return
	}
	at := a
	if b.cond || !a.cond && b.write {
		at = b
	}
	if l.f.seq == nil {
		l.f.seq = map[cc.Node]cc.Node{}
	}
	l.f.seq[at.node] = a.node
}

func done(t []touch) []touch {
	for i := range t {
		t[i].done = true
	}
	return t
}

// expr gives the touches of an expression.
func (l *look) expr(n cc.ExpressionNode, cond bool) []touch {
	switch x := strip(n).(type) {
	case *cc.ExpressionList:
		first := done(l.expr(x.AssignmentExpression, cond))
		if x.ExpressionList == nil {
			return first
		}
		var all []touch
		e := x
		for ; e.ExpressionList != nil; e = e.ExpressionList {
			all = append(all, done(l.expr(e.AssignmentExpression, cond))...)
		}
		return append(all, l.expr(e.AssignmentExpression, cond)...)
	case *cc.AssignmentExpression:
		return l.assign(x, cond)
	case *cc.ConditionalExpression:
		all := done(l.expr(x.LogicalOrExpression, cond))
		if x.ExpressionList != nil {
			all = append(all, l.expr(x.ExpressionList, true)...)
		}
		return append(all, l.expr(x.ConditionalExpression, true)...)
	case *cc.LogicalOrExpression:
		return append(done(l.expr(x.LogicalOrExpression, cond)), done(l.expr(x.LogicalAndExpression, true))...)
	case *cc.LogicalAndExpression:
		return append(done(l.expr(x.LogicalAndExpression, cond)), done(l.expr(x.InclusiveOrExpression, true))...)
	case *cc.UnaryExpression:
		return l.unary(x, cond)
	case *cc.PostfixExpression:
		return l.postfix(x, cond)
	case *cc.PrimaryExpression:
		if x.Case == cc.PrimaryExpressionIdent && typeOf(x.Type()).isScalar() && !isArrayOrFunc(x.Type()) {
			return l.touch(x, false, cond)
		}
		return nil
	case *cc.CastExpression:
		return l.expr(x.CastExpression, cond)
	default:
		a, b := sides(x)
		if a == nil {
			return nil
		}
		return l.together(l.expr(a, cond), l.expr(b, cond))
	}
}

func isArrayOrFunc(t cc.Type) bool {
	k := undecay(t).Kind()
	return k == cc.Array || k == cc.Function
}

// place gives the touches of computing where an lvalue is, not of its value.
func (l *look) place(n cc.ExpressionNode, cond bool) []touch {
	switch x := strip(n).(type) {
	case *cc.PrimaryExpression:
		return nil
	case *cc.PostfixExpression:
		switch x.Case {
		case cc.PostfixExpressionSelect:
			return l.place(x.PostfixExpression, cond)
		case cc.PostfixExpressionPSelect:
			return l.expr(x.PostfixExpression, cond)
		case cc.PostfixExpressionIndex:
			return l.together(l.expr(x.PostfixExpression, cond), l.expr(x.ExpressionList, cond))
		}
	case *cc.UnaryExpression:
		if x.Case == cc.UnaryExpressionDeref {
			return l.expr(x.CastExpression, cond)
		}
	}
	return l.expr(n, cond)
}

// same tells whether two keys are the name of one object.
func same(a, b any) bool {
	_, named := a.(*cc.Declarator)
	return named && a == b
}

// stored adds the effect of storing to an lvalue: it comes after the values of
// the operands, but not after their effects, C17 6.5.16p3.
func (l *look) stored(operands []touch, to cc.ExpressionNode, node cc.Node, cond bool) []touch {
	w := l.touch(to, true, cond)
	var inner cc.Node // of a = b = c, which nobody takes for unsequenced
	if a, ok := node.(*cc.AssignmentExpression); ok {
		inner = strip(a.AssignmentExpression)
	}
	for i := range w {
		w[i].node = node
		for _, o := range operands {
			if o.write && !o.done && (o.node != inner || same(o.key, w[i].key)) {
				l.clash(o, w[i])
			}
		}
	}
	return append(operands, w...)
}

func (l *look) assign(x *cc.AssignmentExpression, cond bool) []touch {
	if x.Case == cc.AssignmentExpressionCond {
		return l.expr(x.ConditionalExpression, cond)
	}
	left := l.place(x.UnaryExpression, cond)
	if x.Case != cc.AssignmentExpressionAssign {
		left = append(left, l.touch(x.UnaryExpression, false, cond)...)
	}
	return l.stored(l.together(left, l.expr(x.AssignmentExpression, cond)), x.UnaryExpression, x, cond)
}

func (l *look) unary(x *cc.UnaryExpression, cond bool) []touch {
	switch x.Case {
	case cc.UnaryExpressionInc, cc.UnaryExpressionDec:
		in := append(l.place(x.UnaryExpression, cond), l.touch(x.UnaryExpression, false, cond)...)
		return l.stored(in, x.UnaryExpression, x, cond)
	case cc.UnaryExpressionAddrof:
		return l.place(x.CastExpression, cond)
	case cc.UnaryExpressionDeref:
		return append(l.expr(x.CastExpression, cond), l.touch(x, false, cond)...)
	case cc.UnaryExpressionPlus, cc.UnaryExpressionMinus, cc.UnaryExpressionCpl, cc.UnaryExpressionNot:
		return l.expr(x.CastExpression, cond)
	}
	return nil
}

func (l *look) postfix(x *cc.PostfixExpression, cond bool) []touch {
	switch x.Case {
	case cc.PostfixExpressionInc, cc.PostfixExpressionDec:
		in := append(l.place(x.PostfixExpression, cond), l.touch(x.PostfixExpression, false, cond)...)
		return l.stored(in, x.PostfixExpression, x, cond)
	case cc.PostfixExpressionCall:
		var parts [][]touch
		if name, d := callee(x.PostfixExpression); d == nil {
			parts = append(parts, l.expr(x.PostfixExpression, cond))
		} else if name == "__builtin_constant_p" || name == "__builtin_choose_expr" {
			return nil
		}
		for _, a := range args(x.ArgumentExpressionList) {
			parts = append(parts, l.expr(a, cond))
		}
		return done(l.together(parts...))
	case cc.PostfixExpressionIndex, cc.PostfixExpressionSelect, cc.PostfixExpressionPSelect:
		if isArrayOrFunc(x.Type()) {
			return l.place(x, cond)
		}
		return append(l.place(x, cond), l.touch(x, false, cond)...)
	}
	return nil
}

// sides gives the operands of a binary operator.
func sides(n cc.ExpressionNode) (a, b cc.ExpressionNode) {
	switch x := n.(type) {
	case *cc.InclusiveOrExpression:
		return x.InclusiveOrExpression, x.ExclusiveOrExpression
	case *cc.ExclusiveOrExpression:
		return x.ExclusiveOrExpression, x.AndExpression
	case *cc.AndExpression:
		return x.AndExpression, x.EqualityExpression
	case *cc.EqualityExpression:
		return x.EqualityExpression, x.RelationalExpression
	case *cc.RelationalExpression:
		return x.RelationalExpression, x.ShiftExpression
	case *cc.ShiftExpression:
		return x.ShiftExpression, x.AdditiveExpression
	case *cc.AdditiveExpression:
		return x.AdditiveExpression, x.MultiplicativeExpression
	case *cc.MultiplicativeExpression:
		return x.MultiplicativeExpression, x.CastExpression
	}
	return nil, nil
}

// walk visits the parts of an expression that may be evaluated.
func walk(n cc.ExpressionNode, visit func(cc.ExpressionNode) bool) {
	if n == nil {
		return
	}
	n = strip(n)
	if !visit(n) {
		return
	}
	for _, m := range parts(n) {
		walk(m, visit)
	}
}

// parts lists the operands of an expression.
func parts(n cc.ExpressionNode) []cc.ExpressionNode {
	switch x := n.(type) {
	case *cc.ExpressionList:
		var l []cc.ExpressionNode
		for ; x != nil; x = x.ExpressionList {
			l = append(l, x.AssignmentExpression)
		}
		return l
	case *cc.AssignmentExpression:
		if x.Case == cc.AssignmentExpressionCond {
			return []cc.ExpressionNode{x.ConditionalExpression}
		}
		return []cc.ExpressionNode{x.UnaryExpression, x.AssignmentExpression}
	case *cc.ConditionalExpression:
		if x.ExpressionList == nil {
			return []cc.ExpressionNode{x.LogicalOrExpression, x.ConditionalExpression}
		}
		return []cc.ExpressionNode{x.LogicalOrExpression, x.ExpressionList, x.ConditionalExpression}
	case *cc.LogicalOrExpression:
		return []cc.ExpressionNode{x.LogicalOrExpression, x.LogicalAndExpression}
	case *cc.LogicalAndExpression:
		return []cc.ExpressionNode{x.LogicalAndExpression, x.InclusiveOrExpression}
	case *cc.CastExpression:
		return []cc.ExpressionNode{x.CastExpression}
	case *cc.UnaryExpression:
		switch x.Case {
		case cc.UnaryExpressionInc, cc.UnaryExpressionDec:
			return []cc.ExpressionNode{x.UnaryExpression}
		case cc.UnaryExpressionAddrof, cc.UnaryExpressionDeref, cc.UnaryExpressionPlus, cc.UnaryExpressionMinus, cc.UnaryExpressionCpl, cc.UnaryExpressionNot:
			return []cc.ExpressionNode{x.CastExpression}
		}
	case *cc.PostfixExpression:
		switch x.Case {
		case cc.PostfixExpressionIndex:
			return []cc.ExpressionNode{x.PostfixExpression, x.ExpressionList}
		case cc.PostfixExpressionCall:
			return append(args(x.ArgumentExpressionList), x.PostfixExpression)
		case cc.PostfixExpressionSelect, cc.PostfixExpressionPSelect, cc.PostfixExpressionInc, cc.PostfixExpressionDec:
			return []cc.ExpressionNode{x.PostfixExpression}
		}
	default:
		if a, b := sides(n); a != nil {
			return []cc.ExpressionNode{a, b}
		}
	}
	return nil
}

// inOrder emits the finding that was noted for a node.
func (f *fn) inOrder(n cc.Node) {
	if what, ok := f.seq[n]; ok {
		f.at = f.c.place(n)
		f.finding("unsequenced", "an effect on "+cc.NodeSource(changed(what))+" and another use of it are in no order")
	}
}

// changed gives the lvalue that an effect changes.
func changed(n cc.Node) cc.Node {
	switch x := n.(type) {
	case *cc.AssignmentExpression:
		return x.UnaryExpression
	case *cc.UnaryExpression:
		if x.Case == cc.UnaryExpressionInc || x.Case == cc.UnaryExpressionDec {
			return x.UnaryExpression
		}
	case *cc.PostfixExpression:
		if x.Case == cc.PostfixExpressionInc || x.Case == cc.PostfixExpressionDec {
			return x.PostfixExpression
		}
	}
	return n
}
