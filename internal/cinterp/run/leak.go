package run

import (
	"steward/internal/cinterp/code"
	"steward/internal/cinterp/mem"
)

// Leaks notes the allocated memory that no object with static storage duration
// leads to when the program has ended. Words in memory that look like addresses
// count as pointers, so that nothing is called lost that is not.
func (vm *VM) Leaks() {
	var work []*mem.Object
	reach := func(o *mem.Object) {
		if o != nil && o.Mark == 0 && o.State == mem.Alive {
			o.Mark = 1
			work = append(work, o)
		}
	}
	for _, o := range vm.M.Objs[1:] {
		if o.Class == mem.ClassStatic {
			reach(o)
		}
	}
	size := uint64(vm.P.Ptr)
	for len(work) > 0 {
		o := work[len(work)-1]
		work = work[:len(work)-1]
		for off := uint64(0); off+size <= uint64(len(o.Data)); off += size {
			if n := vm.get(o, off, code.TPtr).N; n != 0 {
				reach(vm.M.At(n))
			}
		}
	}
	vm.over = false
	for _, o := range vm.M.Objs[1:] {
		if o.Class == mem.ClassHeap && o.State == mem.Alive && o.Mark == 0 {
			vm.noteAt(o.Made, "memory-leak", &mem.Slot{N: o.Base, Obj: o.ID}, "allocated memory of %d bytes is lost: nothing points to it when the program ends", o.Size)
		}
	}
	vm.over = true
}
