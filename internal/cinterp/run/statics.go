package run

import (
	"steward/internal/cinterp/code"
)

// promised checks the arguments for parameters declared with static between
// [ and ], C17 6.7.6.3p7. The place is the call.
func (vm *VM) promised(f *code.Func, base int) bool {
	if f.Hidden {
		base++
	}
	for _, s := range f.Promised {
		p := vm.stack[base+s.Index]
		if p.Obj == 0 && p.N == 0 {
			return vm.Find("static-array-argument", nil, 0, "%s is given a null pointer, and its parameter %d asks for %d elements", f.Name, s.Index+1, s.Count)
		}
		o := vm.M.Objs[p.Obj]
		if p.Obj == 0 || o.Data == nil {
			continue
		}
		end := o.Size
		if p.Sub != 0 {
			end = vm.M.Subs[p.Sub].Hi
		}
		if off := p.N - o.Base; off > end || end-off < s.Bytes {
			return vm.Find("static-array-argument", &p, int64(s.Bytes), "%s is given an array of %d bytes, and its parameter %d asks for %d elements, which are %d bytes",
				f.Name, int64(end-min(off, end)), s.Index+1, s.Count, s.Bytes)
		}
	}
	return true
}

// narrow notes a pointer that becomes an integer that cannot hold it, C17
// 6.3.2.3p6.
func (vm *VM) narrow(n uint64, t code.T) bool {
	lo, hi := int64(0), uint64(1)<<t.Bits()-1
	if t.Signed() {
		hi >>= 1
		lo = -int64(hi) - 1
	}
	if int64(n) >= lo && n <= hi || int64(n) < 0 && int64(n) >= lo {
		return true
	}
	return vm.Find("pointer-to-integer-range", nil, 0, "the address %#x does not fit in an integer of %d bits", n, t.Bits())
}
