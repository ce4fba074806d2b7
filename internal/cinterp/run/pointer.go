package run

import (
	"math"

	"steward/internal/cinterp/code"
	"steward/internal/cinterp/mem"
)

// move is pointer arithmetic that the fast path did not take: C17 6.5.6p8.
func (vm *VM) move(p mem.Slot, by int64) (mem.Slot, bool) {
	n := p.N + uint64(by)
	if vm.P.Ptr == 4 {
		n = uint64(uint32(n))
	}
	if p.Obj == 0 {
		if p.N == 0 {
			if by == 0 {
				return p, vm.Find("null-pointer-plus-zero", nil, 0, "0 is added to a null pointer")
			}
			return p, vm.Find("null-pointer-arithmetic", nil, 0, "%d is added to a null pointer", by)
		}
		if p = vm.M.Recover(p.N); p.Obj == 0 {
			return mem.Slot{N: n}, true
		}
	}
	o := vm.M.Objs[p.Obj]
	lo, hi := uint64(0), o.Size
	if p.Sub != 0 {
		s := vm.M.Subs[p.Sub]
		lo, hi = s.Lo, s.Hi
	}
	off := n - o.Base
	q := mem.Slot{N: n, Obj: p.Obj, Sub: p.Sub}
	if (off < lo || off > hi) && o.State == mem.Alive && o.Class != mem.ClassFunc {
		return q, vm.Find("pointer-out-of-object", &q, 0, "a pointer to offset %d of %d bytes is made: it must stay inside or one past the end", int64(off)-int64(lo), hi-lo)
	}
	return q, true
}

// member adds a member's offset.
func (vm *VM) member(p mem.Slot, by int64) (mem.Slot, bool) {
	ok := p.Obj != 0 || p.N != 0 || vm.Find("null-member-address", nil, 0, "the address of a member is taken through a null pointer")
	p.N += uint64(by)
	return p, ok
}

// decay makes a pointer to an array inside an object, with its bounds.
func (vm *VM) decay(in *code.Instr, r *[window]mem.Slot) bool {
	p := r[in.B] // of nothing: the access that follows tells
	p.N += uint64(in.K >> 32)
	if p.Obj != 0 {
		o := vm.M.Objs[p.Obj]
		lo := p.N - o.Base
		hi := lo + uint64(in.K&0xffffffff)
		// Memory allocated for a structure and more: its last array was meant to
		// be longer. C17 has flexible array members for this; older programs that
		// do it otherwise are left in peace.
		longer := in.C > 0 && o.Class == mem.ClassHeap && o.Size%uint64(in.C) != 0
		if !longer && lo <= o.Size && hi <= o.Size && !(lo == 0 && hi == o.Size) {
			if s := vm.M.Subs[p.Sub]; p.Sub == 0 || s.Lo != lo || s.Hi != hi {
				p.Sub = vm.M.SubFor(lo, hi, s.Tag)
			}
		}
	}
	r[in.A] = p
	return true
}

// cast gives a pointer without the bounds of a sub-object.
func (vm *VM) cast(p mem.Slot) mem.Slot {
	if t := vm.tag(p); t != 0 {
		p.Sub = vm.M.SubFor(0, vm.M.Objs[p.Obj].Size, t)
		return p
	}
	p.Sub = 0
	return p
}

// diff is C17 6.5.6p9.
func (vm *VM) diff(a, b mem.Slot, size int64) (uint64, bool) {
	if a.Obj != b.Obj {
		if a.Obj == 0 && a.N != 0 {
			a = vm.M.Recover(a.N)
		}
		if b.Obj == 0 && b.N != 0 {
			b = vm.M.Recover(b.N)
		}
		if a.Obj != b.Obj && !vm.Find("pointer-subtraction", &a, 0, "pointers to different objects are subtracted") {
			return 0, false
		}
	}
	return uint64(int64(a.N-b.N) / size), true
}

// order is C17 6.5.8p5: only pointers into one object are in an order.
func (vm *VM) ordered(a, b mem.Slot) bool {
	if a.Obj == b.Obj {
		return true
	}
	if a.Obj == 0 && a.N != 0 {
		a = vm.M.Recover(a.N)
	}
	if b.Obj == 0 && b.N != 0 {
		b = vm.M.Recover(b.N)
	}
	if a.Obj == b.Obj {
		return true
	}
	return vm.Find("pointer-comparison", &a, 0, "pointers to different objects are compared for their order")
}

// toInt converts a floating value to an integer, C17 6.3.1.4p1.
func (vm *VM) toInt(bits uint64, t code.T) (uint64, bool) {
	d := math.Trunc(math.Float64frombits(bits))
	lo, hi := 0.0, math.Ldexp(1, t.Bits())
	if t.Signed() {
		lo, hi = -math.Ldexp(1, t.Bits()-1), math.Ldexp(1, t.Bits()-1)
	}
	if !(d >= lo && d < hi) {
		return 0, vm.Find("float-to-integer-range", nil, 0, "%g is outside the range of the integer type that it is converted to", math.Float64frombits(bits))
	}
	if t.Signed() {
		return uint64(int64(d)), true
	}
	return uint64(d), true
}

func (vm *VM) overflow(op string, a, b uint64, bits int) bool {
	x, y := int64(a), int64(b)
	switch op {
	case "+K": // with a constant, which is negative for a difference
		if op = "+"; y < 0 {
			op, y = "-", -y
		}
		vm.Seen.Below = op == "-"
	case "+":
		vm.Seen.Below = y < 0
	case "-":
		vm.Seen.Below = y > 0 && x < 0
	case "*":
		vm.Seen.Below = x < 0 != (y < 0)
	}
	if op == "-" && x == 0 {
		return vm.Find("signed-overflow", nil, 0, "-(%d) is outside the range of a signed integer of %d bits", y, bits)
	}
	return vm.Find("signed-overflow", nil, 0, "%d %s %d is outside the range of a signed integer of %d bits", x, op, y, bits)
}

// divide finds what is wrong with a division, C17 6.5.5p5 and p6.
func (vm *VM) divide(op string, a, b uint64, bits int) bool {
	if b == 0 {
		return vm.Find("division-by-zero", nil, 0, "%d %s 0", int64(a), op)
	}
	return vm.Find("division-overflow", nil, 0, "%d %s -1 is outside the range of a signed integer of %d bits", int64(a), op, bits)
}

// shift finds what is wrong with a shift, C17 6.5.7p3 and p4.
func (vm *VM) shift(op string, a, n uint64, bits int, count code.T) bool {
	if n >= uint64(bits) {
		if count.Signed() {
			return vm.Find("shift-count", nil, 0, "a shift by %d of a value of %d bits", int64(n), bits)
		}
		return vm.Find("shift-count", nil, 0, "a shift by %d of a value of %d bits", n, bits)
	}
	if int64(a) < 0 {
		return vm.Find("left-shift-overflow", nil, 0, "a negative value, %d, is shifted left by %d", int64(a), n)
	}
	return vm.Find("left-shift-overflow", nil, 0, "%d << %d is outside the range of a signed integer of %d bits", int64(a), n, bits)
}

// jumpTo gives where a switch goes.
func jumpTo(s *code.Switch, n int64) int {
	if i := uint64(n) - uint64(s.Lo); i < uint64(len(s.Dense)) {
		return int(s.Dense[i])
	}
	if t, ok := s.Sparse[n]; ok {
		return int(t)
	}
	for _, r := range s.Ranges {
		if uint64(n)-uint64(r[0]) <= uint64(r[1])-uint64(r[0]) {
			return int(r[2])
		}
	}
	return int(s.Default)
}

// callPointer gives the number of the function that a pointer points to.
func (vm *VM) callPointer(p mem.Slot) (int, bool) {
	if p.Obj == 0 {
		if p.N == 0 {
			return 0, vm.Find("null-dereference", nil, 0, "a call through a null pointer")
		}
		p = vm.M.Recover(p.N)
	}
	o := vm.M.Objs[p.Obj]
	if o.Class != mem.ClassFunc || o.Base != p.N {
		return 0, vm.Find("invalid-call", &p, 0, "a call through a pointer that points to no function")
	}
	return int(o.Func), true
}

// variable makes an array of variable length.
func (vm *VM) variable(fr *Frame, in *code.Instr, size int64) (mem.Slot, bool) {
	l := &fr.Func.Locals[in.K]
	if size < 0 || uint64(size) > vm.Limits.Memory {
		return mem.Slot{}, vm.Cannot("an array of %d bytes is over the limit of memory", size)
	}
	o := vm.M.Alloc(uint64(size), l.Align, mem.ClassAuto)
	if o == nil {
		return mem.Slot{}, vm.Cannot("the limit of memory is reached")
	}
	o.Name, o.Type, o.Made = l.Name, l.Type, l.At
	o.Declare(l.Layout)
	if old := fr.objs[in.K]; old.State == mem.Alive {
		vm.M.End(old, mem.OutOfScope, vm.here())
	}
	fr.objs[in.K] = o
	return mem.Slot{N: o.Base, Obj: o.ID}, true
}
