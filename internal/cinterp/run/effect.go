package run

import (
	"steward/internal/cinterp/code"
	"steward/internal/cinterp/mem"
)

// accesses is how many accesses an instruction can name, code's maxAccesses.
const accesses = 4096

// copies are the functions of the library that copy objects with their types,
// or put objects of an array into another order.
var copies = map[string]bool{"memcpy": true, "memmove": true, "mempcpy": true, "bcopy": true, "realloc": true, "reallocarray": true, "qsort": true, "qsort_r": true}

// index computes the address of an element for an access that follows.
func (vm *VM) index(in *code.Instr, r *[window]mem.Slot) (mem.Slot, bool) {
	what := "read"
	if in.K&(1<<31) != 0 {
		what = "write"
	}
	return vm.element(in, r, what, in.K&0x7fffffff)
}

// clash tells of an access by a type that may not alias the object's, or that
// does not know that it is volatile. p is in the object.
func (vm *VM) clash(o *mem.Object, p mem.Slot, access uint16, done string) bool {
	a := &vm.M.Types.Accesses[access]
	has, volatile := vm.M.Clash(o, p.N-o.Base, access)
	if volatile {
		return vm.Find("volatile-access", &p, int64(a.Size), "%s, which is volatile, is %s by an expression that is not", describe(o), done)
	}
	if has == "" {
		has = "other types"
	}
	what := "declared as"
	if o.Class == mem.ClassHeap {
		what = "stored as"
	}
	if o.Copied(p.N - o.Base) {
		return vm.Find("copied-type", &p, int64(a.Size), "what was copied as %s is %s as %s, which may not alias it", has, done, a.Name)
	}
	return vm.Find("effective-type", &p, int64(a.Size), "what is %s %s is %s as %s, which may not alias it (--no-strict-aliasing allows that, as compilers do with -fno-strict-aliasing)", what, has, done, a.Name)
}
