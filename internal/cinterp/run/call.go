package run

import (
	"modernc.org/cc/v4"

	"steward/internal/cinterp/code"
	"steward/internal/cinterp/mem"
)

// jump is where a setjmp was.
type jump struct {
	thread int
	depth  int
	serial uint64
	pc     int
	dst    uint16
	value  uint64
	locals []keptLocal
}

// enter begins a call: the arguments are in place at base.
func (vm *VM) enter(f *code.Func, site *code.Site, va *VarArgs, base int) bool {
	if len(vm.frames) >= vm.Limits.Depth {
		return vm.Find("stack-exhausted", nil, 0, "more than %d calls are nested: the recursion does not seem to end", vm.Limits.Depth)
	}
	if !vm.grow(base + f.Regs) {
		return false
	}
	vm.serial++
	vm.frames = append(vm.frames, Frame{Func: f, base: base, site: site, va: va, serial: vm.serial})
	if len(f.Locals) > 0 {
		return vm.locals(&vm.frames[len(vm.frames)-1])
	}
	return true
}

// locals makes the objects of a call, or takes those of one that returned
// whose addresses nobody kept.
func (vm *VM) locals(fr *Frame) bool {
	f := fr.Func
	r := vm.stack[fr.base:]
	if p := vm.pool[f.Index]; len(p) > 0 {
		fr.objs = p[len(p)-1]
		vm.pool[f.Index] = p[:len(p)-1]
		for i, l := range f.Locals {
			o := fr.objs[i]
			if o == nil {
				if o = vm.newLocal(&f.Locals[i]); o == nil {
					return vm.Cannot("the limit of memory is reached")
				}
				fr.objs[i] = o
			} else {
				vm.fresh(o, &f.Locals[i])
			}
			r[l.Reg] = mem.Slot{N: o.Base, Obj: o.ID}
		}
		return true
	}
	fr.objs = make([]*mem.Object, len(f.Locals))
	for i, l := range f.Locals {
		o := vm.newLocal(&f.Locals[i])
		if o == nil {
			return vm.Cannot("the limit of memory is reached")
		}
		fr.objs[i] = o
		r[l.Reg] = mem.Slot{N: o.Base, Obj: o.ID}
	}
	return true
}

func (vm *VM) newLocal(l *code.Local) *mem.Object {
	o := vm.M.Alloc(l.Size, l.Align, mem.ClassAuto)
	if o == nil {
		return nil
	}
	if l.Temp {
		o.Class = mem.ClassTemp
	}
	o.Name, o.Type, o.Made = l.Name, l.Type, l.At
	o.Declare(l.Layout)
	for _, p := range l.Pads {
		o.SetInit(p[0], p[1])
	}
	return o
}

// fresh makes an object as new.
func (vm *VM) fresh(o *mem.Object, l *code.Local) {
	o.Forget()
	o.Const = false
	for _, p := range l.Pads {
		o.SetInit(p[0], p[1])
	}
}

// leave ends the objects of the innermost call; result may point to one.
func (vm *VM) leave(result mem.Slot) {
	fr := &vm.frames[len(vm.frames)-1]
	at := vm.here()
	vm.returned = at
	if fr.promises != nil {
		vm.endPromises(fr, result)
	}
	if fr.objs != nil {
		for i, o := range fr.objs {
			if o.Kept || o.ID == result.Obj {
				vm.M.End(o, mem.Returned, at)
				fr.objs[i] = nil
			}
		}
		vm.pool[fr.Func.Index] = append(vm.pool[fr.Func.Index], fr.objs)
	}
	for _, o := range fr.extra {
		if o.State == mem.Alive {
			vm.M.End(o, mem.Returned, at)
		}
	}
	if fr.va != nil && fr.va.Obj != nil {
		vm.M.End(fr.va.Obj, mem.Returned, at)
		delete(vm.vas, fr.va.Obj.ID)
	}
	*fr = Frame{}
	vm.frames = vm.frames[:len(vm.frames)-1]
}

// simple tells that nothing ends with a call but the call.
func (fr *Frame) simple() bool {
	return fr.objs == nil && fr.va == nil && fr.extra == nil && fr.open == nil && fr.promises == nil
}

// kill ends a local object at the end of its block. When a pointer to it may
// be left, the next time round has another object.
func (vm *VM) kill(fr *Frame, reg uint16, k int) bool {
	l := &fr.Func.Locals[k]
	r := vm.stack[fr.base : fr.base+fr.Func.Regs]
	o := fr.objs[k]
	left := o.Kept
	for i := range r {
		if r[i].Obj == o.ID && uint16(i) != reg {
			left = true
			break
		}
	}
	if !left {
		vm.fresh(o, l)
		return true
	}
	vm.M.End(o, mem.OutOfScope, vm.here())
	n := vm.newLocal(l)
	if n == nil {
		return vm.Cannot("the limit of memory is reached")
	}
	fr.objs[k] = n
	vm.stack[fr.base+int(reg)] = mem.Slot{N: n.Base, Obj: n.ID}
	return true
}

// call calls function i. Arguments are at base.
func (vm *VM) call(i int, site *code.Site, base int, dst uint16) bool {
	f := vm.P.Funcs[i]
	if f.Code == nil {
		return vm.callLib(i, f, site, base, dst)
	}
	if !vm.checkCall(f, site, base) || f.Promised != nil && !vm.promised(f, base) {
		return false
	}
	var va *VarArgs
	if f.Variadic && len(site.Args) > len(f.Params) {
		if va = vm.gather(f, site, base); va == nil {
			return false
		}
	} else if f.Variadic {
		va = &VarArgs{}
	}
	if !vm.enter(f, site, va, base) {
		return false
	}
	vm.frames[len(vm.frames)-1].dst = dst
	return true
}

// callLib calls a function of the library.
func (vm *VM) callLib(i int, f *code.Func, site *code.Site, base int, dst uint16) bool {
	lib := vm.libs[i]
	if lib == nil && vm.ownName(f) {
		vm.notDefined(f)
	}
	if lib == nil {
		return vm.Cannot("the function %s is not in the program and not in the library", f.Name)
	}
	n := len(site.Args)
	if site.Hidden {
		n++
	}
	fr := &vm.frames[len(vm.frames)-1]
	if len(site.Args) < f.Least {
		return vm.Find("wrong-argument-count", nil, 0, "%s is called with %d arguments and has %d parameters", f.Name, len(site.Args), f.Least)
	}
	if vm.threads != nil && visible[f.Name] && !vm.Point() {
		return false
	}
	if site.Type != f.Type && site.Proto && !vm.fitsLibrary(f, site) {
		return false
	}
	if vm.inLib == len(vm.calls) {
		vm.calls = append(vm.calls, new(Call))
	}
	c := vm.calls[vm.inLib]
	vm.inLib++
	c.VM, c.Name, c.Args, c.Site, c.Pos = vm, f.Name, vm.stack[base:base+n:base+n], site, vm.here()
	b := fr.base
	vm.lib = f.Name
	v, ok := lib(c)
	vm.lib = ""
	vm.inLib--
	if !ok {
		return false
	}
	vm.stack[b+int(dst)] = v
	return true
}

// checkCall looks whether a call fits the function that it reaches,
// C17 6.5.2.2p6 and p9.
func (vm *VM) checkCall(f *code.Func, site *code.Site, base int) bool {
	if site.Type == f.Type && (!f.OldStyle || site.Proto) {
		return true
	}
	want := len(f.Params)
	got := len(site.Args)
	if got < want || got > want && !f.Variadic {
		return vm.Find("wrong-argument-count", nil, 0, "%s has %d parameters and is called with %d arguments", f.Name, want, got)
	}
	if f.Variadic && !site.Proto && !f.OldStyle {
		return vm.Find("wrong-argument-type", nil, 0, "%s takes more arguments by its ellipsis, and is called as a function without declared parameters", f.Name)
	}
	if site.Result == f.Result && f.Result == code.TPtr && !vm.resultFits(f, site) {
		return false
	}
	if site.Result != f.Result {
		return vm.Find("wrong-function-type", nil, 0, "%s is called as a function with another type of result than it has", f.Name)
	}
	if as, ok := site.Type.(*cc.FunctionType); ok && site.Proto && as.IsVariadic() != f.Variadic {
		return vm.Find("wrong-function-type", nil, 0, "%s is called as a function that differs in whether it takes more arguments", f.Name)
	}
	for i, p := range f.Params {
		a := site.Args[i].T
		if same(a, p) || f.OldStyle && same(a, promoted(p)) {
			if site.Proto && a != p && a <= code.U64 && p <= code.U64 {
				return vm.Find("wrong-function-type", nil, 0, "%s is called as a function whose parameter %d has another type", f.Name, i+1)
			}
			if site.Proto && !vm.parameterFits(f, site, i) {
				return false
			}
			continue
		}
		if site.Proto {
			return vm.Find("wrong-function-type", nil, 0, "%s is called as a function whose parameter %d has another type", f.Name, i+1)
		}
		return vm.Find("wrong-argument-type", nil, 0, "argument %d of %s has another type than its parameter", i+1, f.Name)
	}
	return true
}

func promoted(t code.T) code.T {
	switch {
	case t < code.I32 || t == code.TBool:
		return code.I32
	case t == code.F32:
		return code.F64
	}
	return t
}

// same tells whether an argument of type a fits a parameter of type p: signed
// and unsigned of a width do.
func same(a, p code.T) bool {
	if a == p {
		return true
	}
	return a <= code.U64 && p <= code.U64 && a/2 == p/2
}

// gather puts the arguments behind the parameters into memory.
func (vm *VM) gather(f *code.Func, site *code.Site, base int) *VarArgs {
	at := base + len(f.Params)
	if f.Hidden {
		at++
	}
	va := &VarArgs{Args: site.Args[len(f.Params):]}
	size := uint64(0)
	for _, a := range va.Args {
		va.Offsets = append(va.Offsets, size)
		size += (max(uint64(a.Size), 8) + 15) &^ 15
	}
	o := vm.M.Alloc(size, 16, mem.ClassAuto)
	if o == nil {
		vm.Cannot("the limit of memory is reached")
		return nil
	}
	o.Name, o.Type, o.Made = "variable arguments", "arguments", vm.here()
	va.Obj = o
	for i, a := range va.Args {
		s := vm.stack[at+i]
		off := va.Offsets[i]
		if a.T == code.TAgg {
			src := vm.M.Objs[s.Obj]
			so := s.N - src.Base
			if so+uint64(a.Size) > uint64(len(src.Data)) {
				vm.Find("out-of-bounds-read", &s, 0, "an argument's value is outside its object")
				return nil
			}
			mem.Copy(o, off, src, so, uint64(a.Size), uint64(vm.P.Ptr))
			continue
		}
		vm.Put(o, off, a.T, s)
	}
	vm.vas[o.ID] = va
	return va
}
