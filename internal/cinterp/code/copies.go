package code

import (
	"modernc.org/cc/v4"
)

// C17 6.2.6.1 and 3.19.2: what lies in memory that nobody wrote is an unspecified
// value, where the type has no trap representation. Copying it is no mistake,
// and of a local object only by the letter of Annex J.2; using it is. `*a = *b`
// is compiled to a load and a store. Where the load finds no value, the run goes
// on in code at the end of the function that copies the bytes as they are. If
// the two are integers of different sizes, the lesser part of them is: what was
// stored so is found to have no value when it is used.

// copying is an assignment from memory to memory.
type copying struct {
	load     int // the instruction
	to, from lval
	size     int64
	done     *label
}

// copied compiles an assignment whose value is not used, if it is one of a
// scalar in memory by its place to another of the same type, or of an integer.
func (f *fn) copied(x *cc.AssignmentExpression) bool {
	if x.Case != cc.AssignmentExpressionAssign || !placed(x.UnaryExpression) && !f.kept(x.UnaryExpression) || !placed(x.AssignmentExpression) || len(f.marks) > 0 {
		return false
	}
	t, u := typeOf(x.UnaryExpression.Type()), typeOf(x.AssignmentExpression.Type())
	if !t.isScalar() || t == TBool || t != u && (t > U64 || u > U64) {
		return false
	}
	if _, ok := arrayNode(x.AssignmentExpression); ok {
		return false
	}
	if undecay(x.AssignmentExpression.Type()).Kind() == cc.Function {
		return false
	}
	defer func(at int32) { f.at = at }(f.at)
	f.inOrder(x)
	to := f.lval(x.UnaryExpression)
	f.inOrder(strip(x.AssignmentExpression))
	from := f.lval(x.AssignmentExpression)
	v := f.load(from, strip(x.AssignmentExpression), -1)
	c := copying{load: len(f.f.Code) - 1, to: to, from: from, size: min(from.ct.Size(), to.ct.Size()), done: f.label()}
	f.at = f.c.placeTok(x.Token, x)
	if t != u {
		f.overlap(to, x.UnaryExpression, x.AssignmentExpression)
	}
	f.store(to, v, x)
	bits := to.bits != nil || from.bits != nil
	if !from.packed && to.atom == NotAtomic && from.atom == NotAtomic && (bits || to.t() == t && from.t() == u) {
		f.bind(c.done)
		f.copies = append(f.copies, c)
	}
	return true
}

// placed tells whether an expression is a place in memory that a pointer, an
// index or a member names.
func placed(n cc.ExpressionNode) bool {
	switch x := strip(n).(type) {
	case *cc.PostfixExpression:
		return x.Case == cc.PostfixExpressionIndex || x.Case == cc.PostfixExpressionSelect || x.Case == cc.PostfixExpressionPSelect
	case *cc.UnaryExpression:
		return x.Case == cc.UnaryExpressionDeref && !isVaArg(x.CastExpression)
	}
	return false
}

// kept tells whether an expression is the name of an object in memory.
func (f *fn) kept(n cc.ExpressionNode) bool {
	d, ok := key(n).(*cc.Declarator)
	if !ok || d.Type().Kind() == cc.Function {
		return false
	}
	v, local := f.vars[d]
	return !local && d.Linkage() != cc.None || local && v < 0
}

// copyOut emits the code at the end of the function.
func (f *fn) copyOut() {
	f.next = max(f.next, f.f.Regs) // what the places are told by is not to be lost
	mark := f.next
	for _, c := range f.copies {
		f.at, f.next = f.f.At[c.load], mark
		if f.f.Copies == nil {
			f.f.Copies = map[int]int{}
		}
		begin := f.label()
		f.bind(begin)
		f.f.Copies[c.load] = begin.pos
		// What has a value is known by bytes: a bit-field stays as it is.
		if c.to.bits == nil && c.from.bits == nil {
			f.emit(OpCopy, f.flat(c.to).base, f.flat(c.from).base, 0, c.size)
		}
		f.jump(c.done)
	}
}

// moveCopies follows the instructions to where they came.
func (f *Func) moveCopies(at []int32) {
	old := f.Copies
	if old == nil {
		return
	}
	f.Copies = map[int]int{}
	for load, to := range old {
		f.Copies[int(at[load])] = int(at[to])
	}
}
