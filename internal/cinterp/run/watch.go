package run

import (
	"steward/internal/cinterp/mem"
)

// watch makes the accesses to a volatile object, and to an atomic structure,
// take the slow way, where they are looked at.
func (vm *VM) watch(o *mem.Object, vol, atom bool) {
	if !vol && !atom {
		return
	}
	o.Vol, o.Atom = vol, atom
	o.Watch()
}

// asDefined looks whether an object is reached as it was defined: C17 6.7.3p6
// of volatile ones, 6.5.2.3p5 of atomic structures.
func (vm *VM) asDefined(p mem.Slot, o *mem.Object, size uint64, what string) bool {
	marked := vm.volatile
	vm.volatile = false
	switch {
	case vm.lib != "":
	case o.Vol && !marked:
		return vm.Find("volatile-access", &p, int64(size), "%s, which is volatile, is %s as if it were not", describe(o), what)
	case o.Atom && size < o.Size:
		return vm.Find("atomic-member", &p, int64(size), "a part of %s, which is atomic, is %s by itself", describe(o), what)
	}
	return true
}
