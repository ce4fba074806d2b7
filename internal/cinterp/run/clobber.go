package run

import (
	"bytes"

	"steward/internal/cinterp/mem"
)

// C17 7.13.2.1p3: after longjmp, local objects of the function with the setjmp
// that are not volatile and were changed since have no value. The compiler
// keeps the variables of such a function in memory, and says which of them may
// lose theirs.

// kept is a local object as it was at setjmp.
type keptLocal struct {
	i    int
	id   uint32
	data []byte
}

// snapshot keeps the local objects of a call.
func (vm *VM) snapshot(fr *Frame) []keptLocal {
	var l []keptLocal
	for i, o := range fr.objs {
		if o != nil && o.State == mem.Alive && fr.Func.Locals[i].Plain {
			l = append(l, keptLocal{i, o.ID, append([]byte(nil), o.Data...)})
		}
	}
	return l
}

// clobber takes the values of those that changed.
func (vm *VM) clobber(fr *Frame, l []keptLocal) {
	for _, k := range l {
		if k.i >= len(fr.objs) || fr.objs[k.i] == nil || fr.objs[k.i].ID != k.id {
			continue
		}
		o := fr.objs[k.i]
		if o.State != mem.Alive || bytes.Equal(o.Data, k.data) {
			continue
		}
		for i := range o.Data {
			if o.Data[i] != k.data[i] {
				if _, gone := o.FirstMissing(uint64(i), 1); !gone {
					o.Lose(uint64(i), 1, "longjmp-clobbered", describe(o)+" is read, which is not volatile and was changed between setjmp and longjmp")
				}
			}
		}
	}
}
