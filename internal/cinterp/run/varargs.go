package run

import (
	"steward/internal/cinterp/code"
	"steward/internal/cinterp/mem"
)

// A va_list is { void *object; long next; }: the arguments' object, and the
// number of the next one.

// LongSize gives the bytes of a long: a va_list's second member is one.
func (vm *VM) LongSize() int { return vm.P.Long }

func (vm *VM) nextPlace(ap mem.Slot) mem.Slot {
	ap.N += uint64(vm.P.Ptr)
	return ap
}

func (vm *VM) nextType() code.T {
	if vm.P.Long == 8 {
		return code.I64
	}
	return code.I32
}

// caller gives the frame that calls the library.
func (vm *VM) caller() *Frame { return &vm.frames[len(vm.frames)-1] }

// VaStart is C17 7.16.1.4.
func (vm *VM) VaStart(ap mem.Slot) bool {
	va := vm.caller().va
	if va == nil {
		return vm.Cannot("va_start in a function without variable arguments")
	}
	if va.Obj == nil {
		va.Obj = vm.M.Alloc(0, 16, mem.ClassAuto)
		if va.Obj == nil {
			return vm.Cannot("the limit of memory is reached")
		}
		va.Obj.Name, va.Obj.Type, va.Obj.Made = "variable arguments", "arguments", vm.here()
		vm.vas[va.Obj.ID] = va
	}
	fr := vm.caller()
	if fr.open[ap.N] && !vm.Find("va-start-twice", nil, 0, "va_start of a va_list that is in use") {
		return false
	}
	if fr.open == nil {
		fr.open = map[uint64]bool{}
	}
	fr.open[ap.N] = true
	delete(vm.passed, ap.N)
	return vm.Store(ap, code.TPtr, mem.Slot{N: va.Obj.Base, Obj: va.Obj.ID}) && vm.Store(vm.nextPlace(ap), vm.nextType(), mem.Slot{})
}

// VaCopy is C17 7.16.1.2.
func (vm *VM) VaCopy(to, from mem.Slot) bool {
	p, ok := vm.vaList(from)
	if !ok {
		return false
	}
	n, ok := vm.Load(vm.nextPlace(from), vm.nextType())
	if fr := vm.caller(); ok {
		if fr.open == nil {
			fr.open = map[uint64]bool{}
		}
		fr.open[to.N] = true
		delete(vm.passed, to.N)
	}
	return ok && vm.Store(to, code.TPtr, p) && vm.Store(vm.nextPlace(to), vm.nextType(), n)
}

// VaEnd is C17 7.16.1.3.
func (vm *VM) VaEnd(ap mem.Slot) bool {
	if fr := vm.caller(); !fr.open[ap.N] {
		if !vm.Find("va-end-missing", nil, 0, "va_end has no va_start in the same function") {
			return false
		}
	} else {
		delete(fr.open, ap.N)
	}
	o, off, ok := vm.Access(ap, uint64(vm.P.Ptr), 0, true)
	if ok {
		for i := uint64(0); i < uint64(vm.P.Ptr); i++ {
			o.Unset(off + i)
		}
	}
	return ok
}

// vaList reads the pointer to the arguments.
func (vm *VM) vaList(ap mem.Slot) (mem.Slot, bool) {
	o, off, ok := vm.Access(ap, uint64(vm.P.Ptr), 0, false)
	if !ok {
		return mem.Slot{}, false
	}
	if _, missing := o.FirstMissing(off, uint64(vm.P.Ptr)); missing {
		return mem.Slot{}, vm.Find("va-list-uninitialised", &ap, 0, "a va_list is used before va_start or after va_end")
	}
	return vm.Load(ap, code.TPtr)
}

// VaReady checks that a function of the library can read from a va_list, which
// its format may not ask for, C17 7.21.6.8p2.
func (vm *VM) VaReady(ap mem.Slot) bool {
	p, ok := vm.vaList(ap)
	if !ok {
		return false
	}
	if vm.vas[p.Obj] == nil {
		return vm.Find("va-list-uninitialised", &ap, 0, "a va_list is used that va_start did not set, or whose function returned")
	}
	return true
}

// VaArg is C17 7.16.1.1: a pointer to the next argument.
// The list is a parameter of the function that asks: its caller may only end it
// then, C17 7.16p3.
func (vm *VM) VaArg(ap mem.Slot, param bool) (mem.Slot, bool) {
	p, _, ok := vm.vaNext(ap)
	if ok && param {
		vm.spend(ap, vm.caller().serial)
	}
	return p, ok
}

// spend remembers who read from a va_list; 0 is the library.
func (vm *VM) spend(ap mem.Slot, serial uint64) {
	if vm.passed == nil {
		vm.passed = map[uint64]uint64{}
	}
	vm.passed[ap.N] = serial
}

// spent tells whether a function that has returned read from a va_list.
func (vm *VM) spent(ap mem.Slot) bool {
	by, ok := vm.passed[ap.N]
	if !ok {
		return false
	}
	for i := range vm.frames {
		if vm.frames[i].serial == by {
			return false
		}
	}
	return true
}

func (vm *VM) vaNext(ap mem.Slot) (mem.Slot, code.Arg, bool) {
	p, ok := vm.vaList(ap)
	if !ok {
		return p, code.Arg{}, false
	}
	va := vm.vas[p.Obj]
	if va == nil {
		return p, code.Arg{}, vm.Find("va-list-uninitialised", &ap, 0, "a va_list is used whose function returned")
	}
	if vm.spent(ap) {
		return p, code.Arg{}, vm.Find("va-list-passed", &ap, 0, "a va_list is used again after a function that uses up its arguments was given it")
	}
	n, ok := vm.Load(vm.nextPlace(ap), vm.nextType())
	if !ok {
		return p, code.Arg{}, false
	}
	if n.N >= uint64(len(va.Args)) {
		return p, code.Arg{}, vm.Find("va-arg-missing", nil, 0, "va_arg asks for argument %d of %d", n.N+1, len(va.Args))
	}
	p.N = va.Obj.Base + va.Offsets[n.N]
	return p, va.Args[n.N], vm.Store(vm.nextPlace(ap), vm.nextType(), mem.Slot{N: n.N + 1})
}

// NextVarArg gives the next argument's value and type.
func (vm *VM) NextVarArg(ap mem.Slot) (mem.Slot, code.Arg, bool) {
	p, a, ok := vm.vaNext(ap)
	if !ok {
		return p, a, false
	}
	if a.T == code.TAgg {
		return p, a, true
	}
	v, ok := vm.Load(p, a.T)
	return v, a, ok
}

// Alloca makes memory that the caller's return ends.
func (vm *VM) Alloca(n uint64) (mem.Slot, bool) {
	o := vm.M.Alloc(n, 16, mem.ClassAuto)
	if o == nil {
		return mem.Slot{}, vm.Cannot("the limit of memory is reached")
	}
	o.Name, o.Type, o.Made = "memory of alloca", "bytes", vm.here()
	o.ByStore(false)
	fr := vm.caller()
	fr.extra = append(fr.extra, o)
	return mem.Slot{N: o.Base, Obj: o.ID}, true
}

// Passed says that a function of the library has used a va_list up, C17 7.16p3.
func (vm *VM) Passed(ap mem.Slot) {
	vm.spend(ap, 0)
}

// vaOpen finds a va_list that no va_end has ended, C17 7.16.1p1.
func (vm *VM) vaOpen(fr *Frame) bool {
	if len(fr.open) == 0 {
		return true
	}
	return vm.Find("va-end-missing", nil, 0, "the function returns after va_start without va_end")
}

// vaType compares an argument's type with the one that va_arg names, C17
// 7.16.1.1p2: integers of one width fit, and so do pointers.
func (vm *VM) vaType(p mem.Slot, t code.T, size int64) bool {
	va := vm.vas[p.Obj]
	if va == nil {
		return true
	}
	off := p.N - vm.M.Objs[p.Obj].Base
	for i, o := range va.Offsets {
		a := va.Args[i]
		if o != off || same(a.T, t) && (t != code.TAgg || a.Size == size) {
			continue
		}
		return vm.Find("va-arg-type", nil, 0, "va_arg asks for another type than argument %d has, which is %s", i+1, TypeName(a.Type))
	}
	return true
}
