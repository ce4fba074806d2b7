package code

import (
	"modernc.org/cc/v4"
)

// Loads, stores and addresses of what an lval designates.

// load reads a value.
func (f *fn) load(l lval, n cc.Node, want int) val {
	t := l.t()
	if l.isReg {
		f.emit(OpCheck, l.reg, 0, 0, 0)
		return val{reg: l.reg, t: t, ct: l.ct}
	}
	if l.bits != nil {
		return f.loadBits(l, want)
	}
	if l.atom != NotAtomic && t != TVoid {
		if l.atom == Atomic && t.isScalar() {
			op := AtomicLoad
			if l.rmw {
				op = AtomicBegin
			}
			return val{reg: f.atomicAt(op, l, 0, want), t: t, ct: l.ct}
		}
		l = f.unwatched(l)
	}
	switch {
	case t == TAgg:
		l = f.flat(l)
		if _, _, ok := complexOf(l.ct); ok && l.packed {
			r := f.local(l.ct, n, "a complex value", false)
			f.emit(OpCopy, r, l.base, 0, l.ct.Size())
			l.base = r
		}
		return val{reg: l.base, t: TAgg, ct: l.ct}
	case t == TVoid:
		return val{t: TVoid, ct: l.ct}
	case !t.isScalar():
		f.fail(n, "a value of type %s is not supported", l.ct)
	}
	l = f.near(l, false)
	if e, ok := n.(cc.ExpressionNode); ok && len(f.marks) > 0 {
		if m := f.marks[strip(e)]; m != nil && !m.write {
			f.seen(l, strip(e))
		}
	}
	d, acc := f.dst(want), f.access(l, false)
	if l.packed && l.ct.Size() > 1 {
		f.emit(OpLdAny, d, l.base, uint16(t.mem()), l.off&0xffffffff|int64(acc)<<32)
	} else if l.hasIdx {
		f.emit(OpLdxI8+Op(t.mem()), d, l.base, l.idx, l.scale|int64(acc)<<16|l.bound<<32)
	} else {
		f.emit(OpLdI8+Op(t.mem()), d, l.base, acc, l.off)
	}
	if t == TBool {
		f.emit(OpIsBool, d, 0, 0, 0)
	}
	return val{reg: d, t: t, ct: l.ct}
}

func (f *fn) loadBits(l lval, want int) val {
	bf := l.bits
	l = f.flat(l)
	t := typeOf(bf.Type())
	d := f.dst(want)
	f.emit(OpLdBits, d, l.base, uint16(t), Bits(0, bf.OffsetBits(), int(bf.ValueBits()), int(bf.AccessBytes()), t.signed()))
	// C17 6.3.1.1p2: a bit-field that an int can hold is an int.
	if w := int(bf.ValueBits()); t != TBool && (w < 32 || w == 32 && t.signed()) {
		t = I32
	}
	return val{reg: d, t: t, ct: bf.Type()}
}

// stOp gives the store for a type, as an offset in the families of stores.
func stOp(t T) Op {
	switch t {
	case I8, U8, TBool:
		return 0
	case I16, U16:
		return 1
	case I32, U32:
		return 2
	case F32:
		return 4
	case TPtr:
		return 5
	}
	return 3
}

// store writes a value, converted; the result is the value as stored.
func (f *fn) store(l lval, v val, n cc.Node) val {
	t := l.t()
	f.sizesAgree(l.ct, v.ct)
	v = f.complexAs(v, l.ct, n)
	if l.bits != nil {
		return f.storeBits(l, v)
	}
	if l.isReg {
		v = f.conv(v, t, int(l.reg))
		v = f.to(v, l.reg)
		f.emit(OpSet, l.reg, 0, 0, 0)
		v.ct = l.ct
		return v
	}
	if l.atom != NotAtomic {
		if l.atom == Atomic && t.isScalar() {
			op := AtomicStore
			if l.rmw {
				op = AtomicEnd
			}
			v = f.conv(v, t, -1)
			r := f.reg(v)
			f.atomicAt(op, l, r, -1)
			if v.k {
				v.ct = l.ct
				return v
			}
			return val{reg: r, t: t, ct: l.ct}
		}
		l = f.unwatched(l)
	}
	if t == TAgg {
		l = f.flat(l)
		f.emit(OpCopy, l.base, v.reg, f.access(l, true), l.ct.Size())
		return val{reg: l.base, t: TAgg, ct: l.ct}
	}
	if !t.isScalar() {
		f.fail(n, "storing a value of type %s is not supported", l.ct)
	}
	v = f.conv(v, t, -1)
	r := f.reg(v)
	l = f.near(l, true)
	if len(f.marks) > 0 {
		f.seen(l, n)
	}
	acc := f.access(l, true)
	if l.packed && l.ct.Size() > 1 {
		f.emit(OpStAny, r, l.base, uint16(t.mem()), l.off&0xffffffff|int64(acc)<<32)
	} else if l.hasIdx {
		f.emit(OpStx8+stOp(t), r, l.base, l.idx, l.scale|int64(acc)<<16|l.bound<<32)
	} else {
		f.emit(OpSt8+stOp(t), r, l.base, acc, l.off)
	}
	if v.k {
		v.ct = l.ct
		return v
	}
	return val{reg: r, t: t, ct: l.ct}
}

func (f *fn) storeBits(l lval, v val) val {
	bf := l.bits
	l = f.flat(l)
	t := typeOf(bf.Type())
	v = f.conv(v, t, -1)
	w := int(bf.ValueBits())
	// The value of the assignment is what the bit-field has then.
	d := f.tmp()
	f.emit(OpStBits, f.reg(v), l.base, d, Bits(0, bf.OffsetBits(), w, int(bf.AccessBytes()), t.signed()))
	if t != TBool && (w < 32 || w == 32 && t.signed()) {
		t = I32
	}
	return val{reg: d, t: t, ct: bf.Type()}
}

// addr makes a pointer to an object, as & does or as an array becomes one.
func (f *fn) addr(l lval, ct cc.Type, want int) val {
	if l.isReg {
		f.fail(nil, "the address of a variable in a register")
	}
	if l.bits != nil {
		f.fail(nil, "the address of a bit-field")
	}
	b := l.base
	arr, isArr := l.ct.(*cc.ArrayType)
	if l.hasIdx {
		r := f.tmp()
		if l.bound > 0 {
			// The address one past the array may be made.
			f.emit(OpDecay, r, b, 0, l.bound*l.scale)
			b = r
			r = f.tmp()
		}
		f.emit(OpPtrAdd, r, b, l.idx, l.scale)
		b = r
	}
	switch {
	case isArr && l.member && !vla(arr) && arr.Size() >= 0 && arr.Size() < 1<<31 && l.off < 1<<31 && l.off >= 0:
		d := f.dst(want)
		f.emit(OpDecay, d, b, l.tail, l.off<<32|arr.Size())
		b = d
	case l.off != 0 || l.arrow:
		d := f.dst(want)
		f.emit(OpMember, d, b, 0, l.off)
		b = d
	}
	return val{reg: b, t: TPtr, ct: ct}
}
