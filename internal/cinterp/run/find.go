package run

import (
	"fmt"

	"steward/internal/cinterp/mem"
	"steward/internal/cinterp/ub"
)

// Find tells of undefined behaviour. It is true when the run can go on.
func (vm *VM) Find(kind string, ptr *mem.Slot, size int64, format string, args ...any) bool {
	if vm.over {
		return false
	}
	if vm.lib != "" {
		kind = inLibrary(kind)
	}
	k := ub.ByName(kind)
	f := Finding{Kind: k, Name: kind, Text: fmt.Sprintf(format, args...), At: vm.here(), Where: vm.also}
	f.Allowed = vm.Allow[kind]
	formal := k != nil && !k.Tier.Fails() || f.Allowed
	if formal {
		key := fmt.Sprint(kind, f.At)
		if vm.noted[key] || len(vm.noted) >= 100 {
			return true
		}
		vm.noted[key] = true
	}
	f.Stack = vm.Stack()
	if ptr != nil && ptr.Obj != 0 {
		f.Obj = vm.facts(*ptr)
	}
	vm.weakness(&f, ptr)
	if formal {
		vm.Notes = append(vm.Notes, f)
		return true
	}
	vm.over, vm.End, vm.Found = true, Undefined, &f
	return false
}

// FindReturned is Find where the function that was called last has returned.
func (vm *VM) FindReturned(kind, format string, args ...any) bool {
	ok := vm.Find(kind, nil, 0, format, args...)
	if !ok && vm.Found != nil && vm.Found.Name == kind && vm.returned > 0 {
		vm.Found.At = vm.returned
	}
	return ok
}

// weakness says which weakness a finding is.
func (vm *VM) weakness(f *Finding, p *mem.Slot) {
	s := vm.Seen
	vm.Seen = ub.Seen{}
	if f.Kind == nil {
		return
	}
	if f.Obj != nil {
		s.Stack = f.Obj.Class == mem.ClassAuto || f.Obj.Class == mem.ClassTemp
		s.Heap = f.Obj.Class == mem.ClassHeap
		low := int64(0)
		if p.Sub != 0 {
			low = int64(vm.M.Subs[p.Sub].Lo)
		}
		s.Before = f.Obj.Offset < low
	}
	f.CWE, f.Also = f.Kind.Weakness(s)
}

// inLibrary gives the kind of what a library function finds in its arguments.
func inLibrary(kind string) string {
	switch kind {
	case "out-of-bounds-read", "sub-object-read":
		return "library-overread"
	case "out-of-bounds-write", "sub-object-write":
		return "library-overflow"
	}
	return kind
}

// noteAt notes a finding at a place where nothing is executed.
func (vm *VM) noteAt(at mem.Pos, kind string, p *mem.Slot, format string, args ...any) {
	key := fmt.Sprint(kind, at)
	if vm.noted[key] || len(vm.noted) >= 100 {
		return
	}
	vm.noted[key] = true
	f := Finding{Kind: ub.ByName(kind), Name: kind, Text: fmt.Sprintf(format, args...), At: at, Obj: vm.facts(*p)}
	vm.weakness(&f, p)
	vm.Notes = append(vm.Notes, f)
}

func (vm *VM) facts(p mem.Slot) *ObjectFacts {
	o := vm.M.Objs[p.Obj]
	return &ObjectFacts{What: className(o), Name: o.Name, Type: o.Type, Size: o.Size, Offset: int64(p.N - o.Base),
		Made: o.Made, Ended: o.Ended, State: o.State, Class: o.Class}
}

func className(o *mem.Object) string {
	switch o.Class {
	case mem.ClassStatic:
		return "object"
	case mem.ClassAuto:
		return "local object"
	case mem.ClassHeap:
		return "allocated memory"
	case mem.ClassString:
		return "string literal"
	case mem.ClassFunc:
		return "function"
	case mem.ClassTemp:
		return "temporary object"
	}
	return "memory"
}
