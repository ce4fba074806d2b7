package code

// finish makes a function ready to run: registers of objects in memory come
// down to the others, checks of values that are always there go, and so do
// instructions that do nothing.
func (c *compiler) finish(f *fn) {
	f.f.Regs = max(f.f.Regs, f.next, 1)
	for _, l := range f.labels {
		if l.pos < 0 && len(l.refs) > 0 {
			f.f.Code, f.f.At, f.f.Switches, f.f.Copies, f.indirs = nil, nil, nil, nil, nil
			f.cannot(cannot{f.at, "a jump to a label that is not found"})
			break
		}
	}
	f.settle()
	f.rotate()
	f.lower()
	for i := range f.f.Code {
		in := &f.f.Code[i]
		if in.Op == OpJInd {
			in.K = int64(len(f.f.Switches))
		}
	}
	if len(f.indirs) > 0 {
		t := Switch{Lo: 1, Default: -1}
		for _, l := range f.indirs {
			t.Dense = append(t.Dense, int32(l.pos))
		}
		f.f.Switches = append(f.f.Switches, t)
	}
	f.compact()
}

// lower renumbers the registers that were numbered from the top: they come
// behind the parameters, and all others behind them. The arguments of a call
// are the last ones, and the called function's registers begin there.
func (f *fn) lower() {
	n := 65535 - f.c.high
	if n == 0 {
		return
	}
	lo := f.c.high
	first := len(f.f.Params)
	if f.f.Hidden {
		first++
	}
	f.f.Regs += n
	move := func(r *uint16) {
		switch {
		case int(*r) >= lo:
			*r = uint16(first + int(*r) - lo)
		case int(*r) >= first:
			*r += uint16(n)
		}
	}
	for i := range f.f.Code {
		in := &f.f.Code[i]
		u := usage(in.Op)
		if u&useA != 0 {
			move(&in.A)
		}
		if u&useB != 0 {
			move(&in.B)
		}
		if u&useC != 0 {
			move(&in.C)
		}
		if in.Op == OpCallPtr {
			r := uint16(in.K)
			move(&r)
			in.K = int64(r)
		}
	}
	for i := range f.f.Locals {
		move(&f.f.Locals[i].Reg)
	}
	vars := map[uint16]Var{}
	for r, v := range f.f.Vars {
		move(&r)
		vars[r] = v
	}
	f.f.Vars = vars
}

const (
	useA = 1 << iota
	useB
	useC
)

// usage tells which operands of an operation are registers.
func usage(op Op) int {
	switch {
	case op == OpRestrictNew || op == OpRestrictEnd:
		return 0
	case op == OpNop || op == OpJmp || op == OpCannot || op == OpUB || op == OpEnd || op == OpPlace:
		return 0
	case op == OpCall || op == OpCallQuick || op == OpCallPtr:
		return useA | useB
	case op == OpRet || op == OpRetMem || op == OpSwitch || op == OpJInd || op == OpStatic || op == OpK || op == OpFuncPtr || op == OpFresh || op == OpKill || op == OpConst || op == OpThread:
		return useA
	case op >= OpJLtKS && op <= OpJNeK || op == OpJz || op == OpJnz:
		return useA
	case op == OpVLA || op == OpCheckN || op == OpSizes:
		return useA | useB
	case op == OpDecay:
		return useA | useB
	case op == OpSeqIn || op == OpAtomic:
		return useA | useB
	case op == OpCheck || op == OpSet || op == OpUnset:
		return useA | useB
	case op == OpLdBits || op == OpLdAny || op == OpStAny || op == OpFtoInt || op == OpPtrToInt:
		return useA | useB
	case op >= OpLdI8 && op <= OpLdPtr || op >= OpSt8 && op <= OpStPtr || op == OpCopy:
		return useA | useB
	case op == OpOverlap:
		return useA | useB
	case op == OpZero || op == OpVaType || op == OpLive || op == OpRestrict || op == OpAligned || op == OpIsBool:
		return useA
	}
	return useA | useB | useC
}

// compact removes OpNop and moves the targets of jumps.
func (f *fn) compact() {
	at := make([]int32, len(f.f.Code)+1)
	n := int32(0)
	for i, in := range f.f.Code {
		at[i] = n
		if !gone(in, i) {
			n++
		}
	}
	at[len(f.f.Code)] = n
	code, places := make([]Instr, 0, n), f.f.At[:0]
	for i, in := range f.f.Code {
		if gone(in, i) {
			continue
		}
		if t, ok := target(in); ok {
			in = retarget(in, int(at[t]))
		}
		code = append(code, in)
		places = append(places, f.f.At[i])
	}
	f.f.Code, f.f.At = code, places
	f.f.moveCopies(at)
	f.f.moveSwitches(at)
}

// moveSwitches gives the jump tables the new places of instructions.
func (f *Func) moveSwitches(at []int32) {
	for i := range f.Switches {
		s := &f.Switches[i]
		if s.Default >= 0 {
			s.Default = at[s.Default]
		}
		for j, t := range s.Dense {
			s.Dense[j] = at[t]
		}
		for k, t := range s.Sparse {
			s.Sparse[k] = at[t]
		}
		for j := range s.Ranges {
			s.Ranges[j][2] = int64(at[s.Ranges[j][2]])
		}
	}
}

// gone tells whether an instruction does nothing.
func gone(in Instr, i int) bool {
	if in.Op == OpJmp {
		return int(in.K) == i+1
	}
	return in.Op == OpNop || in.Op == OpMov && in.A == in.B
}
