package run

import (
	"steward/internal/cinterp/code"
	"steward/internal/cinterp/mem"
)

// bits reads a bit-field's unit: its bytes in the order of significance.
func (vm *VM) bits(p mem.Slot, k int64, write bool) (o *mem.Object, off uint64, n int, ok bool) {
	n = int(k >> 1 & 127)
	o, off, ok = vm.Quiet(p, uint64(n), 0, write)
	if ok && o.Trace != nil {
		// The unit may reach into members beside the bit-field, which are other
		// memory locations: C17 3.14.
		lo, hi := uint64(k>>16&255)/8, uint64(k>>16&255+k>>8&255+7)/8
		if vm.P.Big {
			lo, hi = uint64(n)-hi, uint64(n)-lo
		}
		ok = vm.reached(o, off+lo, hi-lo, write)
	}
	if ok && write {
		o.ByBytes(off, uint64(n))
	}
	return o, off, n, ok
}

func (vm *VM) unit(o *mem.Object, off uint64, n int) uint64 {
	var u uint64
	for i := 0; i < n; i++ {
		j := i
		if vm.P.Big {
			j = n - 1 - i
		}
		u |= uint64(o.Data[off+uint64(j)]) << (8 * i)
	}
	return u
}

func (vm *VM) loadBits(in *code.Instr, r *[window]mem.Slot) bool {
	o, off, n, ok := vm.bits(r[in.B], in.K, false)
	if !ok {
		return false
	}
	bit, width := uint(in.K>>16&255), uint(in.K>>8&255)
	if o.Init != nil {
		lo, hi := uint64(bit/8), uint64(bit+width+7)/8
		if vm.P.Big {
			lo, hi = uint64(n)-hi, uint64(n)-lo
		}
		if _, missing := o.FirstMissing(off+lo, hi-lo); missing {
			return vm.uninit(r[in.B], o, uint64(n))
		}
	}
	u := vm.unit(o, off, n) >> bit << (64 - width)
	if in.K&1 != 0 {
		r[in.A].N = uint64(int64(u) >> (64 - width))
	} else {
		r[in.A].N = u >> (64 - width)
	}
	return true
}

func (vm *VM) storeBits(in *code.Instr, r *[window]mem.Slot) bool {
	o, off, n, ok := vm.bits(r[in.B], in.K, true)
	if !ok {
		return false
	}
	bit, width := uint(in.K>>16&255), uint(in.K>>8&255)
	mask := ^uint64(0) >> (64 - width)
	v := r[in.A].N & mask
	u := vm.unit(o, off, n)&^(mask<<bit) | v<<bit
	for i := 0; i < n; i++ {
		j := i
		if vm.P.Big {
			j = n - 1 - i
		}
		if uint(8*i+8) > bit && uint(8*i) < bit+width {
			o.Data[off+uint64(j)] = byte(u >> (8 * i))
			o.SetInit(off+uint64(j), 1)
		}
	}
	if in.K&1 != 0 {
		v = uint64(int64(v<<(64-width)) >> (64 - width))
	}
	r[in.C].N = v
	return true
}
