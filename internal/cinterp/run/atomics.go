package run

import (
	"steward/internal/cinterp/code"
	"steward/internal/cinterp/mem"
)

// atomicSync is what an atomic object hands on: the release sequence that its
// value is in (C17 5.1.2.4p10), and whose it is.
type atomicSync struct {
	c     clock
	owner int
}

// The memory orders of <stdatomic.h>.
const (
	relaxed = iota
	consume
	acquire
	release
	acqRel
	seqCst
)

// atomic executes OpAtomic.
func (vm *VM) atomic(in *code.Instr, base int) bool {
	t, op := code.T(in.K&0xff), code.AtomicOp(in.K>>8&0xff)
	r := vm.stack[base : base+5]
	p := r[0]
	if op == code.AtomicQuiet {
		if w := vm.M.Objs[p.Obj].Trace; w != nil {
			w.Off = true
		}
		return true
	}
	order := int(int32(r[3].N))
	if !vm.orderFits(op, order, int(int32(r[4].N))) {
		return false
	}
	if op != code.AtomicEnd && !vm.Point() {
		return false
	}
	r = vm.stack[base : base+5] // a switch may have moved it
	old, ok := mem.Slot{}, true
	o, off, ok := vm.atomicPlace(p, t, op)
	if !ok {
		return false
	}
	if op != code.AtomicStore && op != code.AtomicEnd {
		if _, missing := o.FirstMissing(off, vm.sizeOf(t)); missing && op != code.AtomicExchange {
			return vm.uninit(p, o, vm.sizeOf(t))
		}
		old = vm.get(o, off, t)
	}
	out := old
	switch op {
	case code.AtomicLoad, code.AtomicBegin:
		vm.sync(p.N, order, true, false)
	case code.AtomicStore, code.AtomicEnd:
		vm.sync(p.N, order, op == code.AtomicEnd, true)
		vm.Put(o, off, t, r[1])
	case code.AtomicCompare:
		want, ok := vm.Load(r[2], t)
		if !ok {
			return false
		}
		if want.N != old.N {
			vm.sync(p.N, int(int32(r[4].N)), true, false)
			if !vm.Store(r[2], t, old) {
				return false
			}
			if out = (mem.Slot{}); in.K>>16&1 != 0 {
				out = old
			}
			break
		}
		vm.sync(p.N, order, true, true)
		vm.Put(o, off, t, r[1])
		out = mem.Slot{N: 1}
		if in.K>>16&1 != 0 {
			out = old
		}
	default:
		vm.sync(p.N, order, true, true)
		now := combine(op, old, r[1])
		if t != code.TPtr {
			now = mem.Slot{N: wrap(now.N, t)}
		}
		vm.Put(o, off, t, now)
		if in.K>>16&1 != 0 {
			out = now
		}
	}
	fr := &vm.frames[len(vm.frames)-1]
	vm.stack[fr.base+int(in.A)] = out
	return true
}

// atomicPlace finds the object of an atomic operation, and looks for races with
// accesses that are not atomic.
func (vm *VM) atomicPlace(p mem.Slot, t code.T, op code.AtomicOp) (*mem.Object, uint64, bool) {
	write := op != code.AtomicLoad && op != code.AtomicBegin
	o, off, ok := vm.Quiet(p, vm.sizeOf(t), vm.alignOf(t), write)
	if !ok {
		return nil, 0, false
	}
	if w := o.Trace; w != nil && !w.Off && vm.threads != nil && !vm.look(o, off, vm.sizeOf(t), write, true) {
		return nil, 0, false
	}
	return o, off, true
}

// Quiet is Access without a look for races.
func (vm *VM) Quiet(p mem.Slot, size, align uint64, write bool) (*mem.Object, uint64, bool) {
	if w := vm.M.Objs[p.Obj].Trace; w != nil {
		off := w.Off
		w.Off = true
		defer func() { w.Off = off }()
	}
	return vm.Access(p, size, align, write)
}

// sync hands on what an operation with a memory order does, C17 7.17.3.
func (vm *VM) sync(addr uint64, order int, load, store bool) {
	if vm.threads == nil {
		return
	}
	t := vm.threads.Now
	s := vm.threads.sync[addr]
	if s == nil {
		s = &atomicSync{}
		vm.threads.sync[addr] = s
	}
	if load {
		switch order {
		case acquire, consume, acqRel, seqCst:
			t.clock = t.clock.join(s.c)
		default:
			t.behind = t.behind.join(s.c)
		}
	}
	if !store {
		return
	}
	releases := order == release || order == acqRel || order == seqCst
	if !load && s.owner != t.ID || !load && releases {
		s.c = nil // another release sequence begins
	}
	s.c = s.c.join(t.fence)
	if !load {
		s.owner = t.ID
	}
	if releases {
		s.c = s.c.join(t.clock)
		t.tick()
	}
}

// Fence is atomic_thread_fence, C17 7.17.4.
func (vm *VM) Fence(order int32) {
	if vm.threads == nil {
		return
	}
	t := vm.threads.Now
	if order != release && order != relaxed {
		t.clock = t.clock.join(t.behind)
	}
	if order != acquire && order != consume && order != relaxed {
		t.fence = t.clock.copy()
		t.tick()
	}
}

// orderFits checks the memory order of an operation: C17 7.17.7.1p2,
// 7.17.7.2p2 and 7.17.7.4p2.
func (vm *VM) orderFits(op code.AtomicOp, order, failure int) bool {
	what, n := "", order
	switch {
	case op == code.AtomicLoad && (order == release || order == acqRel):
		what = "a load"
	case op == code.AtomicStore && (order == acquire || order == consume || order == acqRel):
		what = "a store"
	case op == code.AtomicCompare && (failure == release || failure == acqRel):
		what, n = "a comparison that fails", failure
	case order < relaxed || order > seqCst:
		what = "an atomic operation"
	default:
		return true
	}
	return vm.Find("atomic-order", nil, 0, "%s is given the memory order %d, which it may not have", what, n)
}

func combine(op code.AtomicOp, a, b mem.Slot) mem.Slot {
	switch op {
	case code.AtomicAdd:
		b.N += a.N
	case code.AtomicSub:
		b.N = a.N - b.N
	case code.AtomicOr:
		b.N |= a.N
	case code.AtomicXor:
		b.N ^= a.N
	case code.AtomicAnd:
		b.N &= a.N
	case code.AtomicNand:
		b.N = ^(a.N & b.N)
	}
	return b
}

// wrap keeps an integer in its type, extended to 64 bits.
func wrap(n uint64, t code.T) uint64 {
	switch t {
	case code.I8:
		return uint64(int64(int8(n)))
	case code.U8:
		return uint64(uint8(n))
	case code.I16:
		return uint64(int64(int16(n)))
	case code.U16:
		return uint64(uint16(n))
	case code.I32:
		return uint64(int64(int32(n)))
	case code.U32:
		return uint64(uint32(n))
	}
	return n
}

// LoadQuiet is Load without a look for races.
func (vm *VM) LoadQuiet(p mem.Slot, t code.T) (mem.Slot, bool) {
	if w := vm.M.Objs[p.Obj].Trace; w != nil {
		off := w.Off
		w.Off = true
		defer func() { w.Off = off }()
	}
	return vm.Load(p, t)
}

// AtomicStore is an atomic store by the library.
func (vm *VM) AtomicStore(p mem.Slot, t code.T, v mem.Slot, order int) bool {
	if !vm.Point() {
		return false
	}
	o, off, ok := vm.atomicPlace(p, t, code.AtomicStore)
	if ok {
		vm.sync(p.N, order, false, true)
		vm.Put(o, off, t, v)
	}
	return ok
}

// AtomicExchange is an atomic exchange by the library.
func (vm *VM) AtomicExchange(p mem.Slot, t code.T, v mem.Slot, order int) (mem.Slot, bool) {
	if !vm.Point() {
		return mem.Slot{}, false
	}
	o, off, ok := vm.atomicPlace(p, t, code.AtomicExchange)
	if !ok {
		return mem.Slot{}, false
	}
	if _, missing := o.FirstMissing(off, vm.sizeOf(t)); missing {
		return mem.Slot{}, vm.uninit(p, o, vm.sizeOf(t))
	}
	old := vm.get(o, off, t)
	vm.sync(p.N, order, true, true)
	vm.Put(o, off, t, v)
	return old, true
}
