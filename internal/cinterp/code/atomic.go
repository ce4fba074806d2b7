package code

import (
	"modernc.org/cc/v4"
)

// Atomicity tells whether an lvalue has an atomic type.
type Atomicity uint8

// The answers.
const (
	NotAtomic Atomicity = iota
	Atomic
	PerhapsAtomic // its type is not known: races on it are not looked for
)

// AtomicOp is what OpAtomic does. Its registers are a pointer, an operand, and
// for a comparison a pointer to what is expected; then the memory order and that
// of a failure.
type AtomicOp uint8

// The operations. Of a read-modify-write that is compiled as a load and a store
// no other thread comes between the two.
const (
	AtomicLoad AtomicOp = iota
	AtomicStore
	AtomicExchange
	AtomicCompare
	AtomicAdd
	AtomicSub
	AtomicOr
	AtomicXor
	AtomicAnd
	AtomicNand
	AtomicBegin // the load of a read-modify-write
	AtomicEnd   // its store
	AtomicQuiet // accesses to the object are not looked at from now on
)

// atomicK packs an operation: type, operation, and whether the result is the
// new value.
func atomicK(t T, op AtomicOp, now bool) int64 {
	k := int64(t) | int64(op)<<8
	if now {
		k |= 1 << 16
	}
	return k
}

const seqCst = 5 // memory_order_seq_cst

// atomicity of the object that an expression designates.
func (f *fn) atomicity(n cc.Node) Atomicity {
	if f.c.atomic == nil {
		return NotAtomic
	}
	if e, ok := n.(cc.ExpressionNode); ok {
		return f.c.atomic(strip(e))
	}
	return NotAtomic
}

// atomicAt emits an operation on the object at l.
func (f *fn) atomicAt(op AtomicOp, l lval, v uint16, want int) uint16 {
	l = f.flat(l)
	mark := f.next
	base := f.tmp()
	for range 4 {
		f.tmp()
	}
	f.emit(OpMov, base, l.base, 0, 0)
	if op != AtomicLoad && op != AtomicBegin && op != AtomicQuiet {
		f.emit(OpMov, base+1, v, 0, 0)
	}
	f.emit(OpK, base+3, 0, 0, seqCst)
	f.next = mark
	d := f.dst(want)
	t := TVoid
	if l.t().isScalar() {
		t = l.t().mem()
	}
	f.emit(OpAtomic, d, base, 0, atomicK(t, op, false))
	return d
}

// unwatched emits that races are not looked for on an object: an atomic
// structure, or one of which it is not known whether it is atomic.
func (f *fn) unwatched(l lval) lval {
	l = f.flat(l)
	f.atomicAt(AtomicQuiet, l, 0, -1)
	return l
}

// atomicCalls are the operations of <stdatomic.h> and of GCC that have any type
// of object, by the names that our headers give them; the arguments are in the
// order of the registers.
var atomicCalls = map[string]struct {
	op   AtomicOp
	now  bool
	args string // p pointer, v value, e expected, o order, f order of a failure
}{
	"__steward_atomic_load":             {AtomicLoad, false, "po"},
	"__steward_atomic_store":            {AtomicStore, false, "pvo"},
	"__steward_atomic_exchange":         {AtomicExchange, false, "pvo"},
	"__steward_atomic_compare_exchange": {AtomicCompare, false, "pevof"},
	"__steward_atomic_compare_old":      {AtomicCompare, true, "pevof"},
	"__steward_atomic_fetch_add":        {AtomicAdd, false, "pvo"},
	"__steward_atomic_fetch_sub":        {AtomicSub, false, "pvo"},
	"__steward_atomic_fetch_or":         {AtomicOr, false, "pvo"},
	"__steward_atomic_fetch_xor":        {AtomicXor, false, "pvo"},
	"__steward_atomic_fetch_and":        {AtomicAnd, false, "pvo"},
	"__steward_atomic_fetch_nand":       {AtomicNand, false, "pvo"},
	"__steward_atomic_add_fetch":        {AtomicAdd, true, "pvo"},
	"__steward_atomic_sub_fetch":        {AtomicSub, true, "pvo"},
	"__steward_atomic_or_fetch":         {AtomicOr, true, "pvo"},
	"__steward_atomic_xor_fetch":        {AtomicXor, true, "pvo"},
	"__steward_atomic_and_fetch":        {AtomicAnd, true, "pvo"},
	"__steward_atomic_nand_fetch":       {AtomicNand, true, "pvo"},
}

// atomicCall compiles a call of one of them.
func (f *fn) atomicCall(x *cc.PostfixExpression, name string, a []cc.ExpressionNode, want int) (val, bool) {
	c, ok := atomicCalls[name]
	if !ok || len(a) != len(c.args) {
		return val{}, false
	}
	ct := elemOf(a[0].Type())
	t := typeOf(ct)
	arithmetic := c.op >= AtomicAdd && c.op <= AtomicNand
	if !t.isScalar() || arithmetic && !t.isInt() {
		f.fail(x, "atomic operations on this type are not supported")
	}
	mark := f.next
	base := f.tmp()
	for range 4 {
		f.tmp()
	}
	for i, e := range a {
		m := f.next
		v := f.expr(e, -1)
		r, to := base, TPtr
		switch c.args[i] {
		case 'v':
			r, to = base+1, t
		case 'e':
			r = base + 2
		case 'o':
			r, to = base+3, I32
		case 'f':
			r, to = base+4, I32
		}
		f.to(f.conv(v, to, -1), r)
		f.next = m
	}
	f.at = f.c.place(x)
	f.next = mark
	d := f.dst(want)
	f.emit(OpAtomic, d, base, 0, atomicK(t.mem(), c.op, c.now))
	switch c.op {
	case AtomicStore:
		return val{t: TVoid, ct: x.Type()}, true
	case AtomicCompare:
		if c.now {
			break
		}
		return val{reg: d, t: TBool, ct: x.Type()}, true
	}
	return val{reg: d, t: t, ct: ct}, true
}
