package run

import (
	"steward/internal/cinterp/mem"
)

// dangling notes that the value of a pointer is used after its object ended,
// C17 6.2.4p2.
func (vm *VM) dangling(p mem.Slot) bool {
	return vm.Find("dangling-pointer-value", &p, 0, "the value of a pointer to %s is used, which no longer exists", describe(vm.M.Objs[p.Obj]))
}

// misaligned tells of a pointer that becomes one to a type that its address is
// not aligned for, C17 6.3.2.3p7.
func (vm *VM) misaligned(p mem.Slot, align int64) bool {
	o := vm.M.Objs[p.Obj]
	if o.State != mem.Alive || o.Class == mem.ClassFunc {
		return true
	}
	return vm.Find("misaligned-pointer", &p, 0, "a pointer to offset %d of %s becomes one to a type that is aligned to %d bytes", int64(p.N-o.Base), describe(o), align)
}

// Expose makes an integer of a pointer: its object may be found by its address
// from now on.
func (vm *VM) Expose(p mem.Slot) {
	o := vm.M.Objs[p.Obj]
	o.Kept, o.Exposed = true, true
	vm.untracked(p)
}

// overlap tells of an assignment between scalars that overlap, C17 6.5.16.1p3.
// Compilers read the value before they write it, so this is formal only.
func (vm *VM) overlap(a, b mem.Slot, sizes int64) bool {
	if a.N >= b.N+uint64(sizes&0xffffffff) || b.N >= a.N+uint64(sizes>>32) {
		return true
	}
	return vm.Find("overlapping-scalar", &a, sizes>>32, "an object is assigned a value of another type that overlaps it")
}
