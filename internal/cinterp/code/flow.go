package code

// settle looks which variables surely have a value where they are read. Their
// checks go. A variable whose checks do not all go gets a flag, a register
// that says at run time whether it has a value.
func (f *fn) settle() {
	f.settleFlags(f.assigned())
}

// vars lists the variables of a function that have an OpUnset: only those can
// lack a value.
func (f *fn) unsetVars() map[uint16]int {
	vars := map[uint16]int{}
	for _, in := range f.f.Code {
		if in.Op == OpUnset {
			if _, ok := vars[in.A]; !ok {
				vars[in.A] = len(vars)
			}
		}
	}
	return vars
}

// assigned gives for each instruction whether the check there can go.
func (f *fn) assigned() []bool {
	code := f.f.Code
	vars := f.unsetVars()
	sure := make([]bool, len(code))
	if len(vars) == 0 || len(vars)*len(code) > 1<<26 {
		for i := range sure {
			sure[i] = len(vars) == 0
		}
		return sure
	}
	words := (len(vars) + 63) / 64
	lead := f.leaders()
	in := make([][]uint64, len(code))
	full := make([]uint64, words)
	for i := range full {
		full[i] = ^uint64(0)
	}
	work := []int{0}
	in[0] = append([]uint64(nil), full...)
	queued := make([]bool, len(code)+1)
	for len(work) > 0 {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		queued[b] = false
		state := append([]uint64(nil), in[b]...)
		flow := func(to int) {
			if to >= len(code) {
				return
			}
			changed := in[to] == nil
			if changed {
				in[to] = append([]uint64(nil), state...)
			} else {
				for w := range state {
					if m := in[to][w] & state[w]; m != in[to][w] {
						in[to][w], changed = m, true
					}
				}
			}
			if changed && !queued[to] {
				queued[to] = true
				work = append(work, to)
			}
		}
		for i := b; i < len(code); i++ {
			if i > b && lead[i] {
				flow(i)
				break
			}
			if x := code[i]; x.Op == OpSet || x.Op == OpUnset || x.Op == OpCheck {
				if v, ok := vars[x.A]; ok {
					w, m := v/64, uint64(1)<<(v%64)
					switch x.Op {
					case OpUnset:
						state[w] &^= m
					case OpSet:
						state[w] |= m
					default:
						sure[i] = in[b] != nil && state[w]&m != 0
						state[w] |= m
					}
				} else {
					sure[i] = true
				}
			}
			if !f.after(i, flow) {
				break
			}
		}
	}
	return sure
}

// after gives where the control goes after a jump; false when it does not go
// on to the next instruction.
func (f *fn) after(i int, flow func(int)) bool {
	x := f.f.Code[i]
	if t, ok := target(x); ok {
		flow(t)
		return x.Op != OpJmp
	}
	switch x.Op {
	case OpSwitch:
		s := f.f.Switches[x.K]
		flow(int(s.Default))
		for _, t := range s.Dense {
			flow(int(t))
		}
		for _, t := range s.Sparse {
			flow(int(t))
		}
		for _, t := range s.Ranges {
			flow(int(t[2]))
		}
		return false
	case OpJInd:
		for _, l := range f.indirs {
			flow(l.pos)
		}
		return false
	case OpRet, OpRetMem, OpEnd, OpCannot, OpUB:
		return false
	}
	return true
}

// leaders marks where blocks of straight code begin.
func (f *fn) leaders() []bool {
	lead := make([]bool, len(f.f.Code)+1)
	for i := range f.f.Code {
		if !f.after(i, func(t int) { lead[t] = true }) {
			lead[i+1] = true
		} else if _, ok := target(f.f.Code[i]); ok {
			lead[i+1] = true
		}
	}
	return lead
}

// settleFlags removes what is not needed and gives flags to the rest. A
// variable's register is never another variable's at the same time, but may be
// later: the flag goes with the register.
func (f *fn) settleFlags(sure []bool) {
	need := map[uint16]uint16{}
	for i, in := range f.f.Code {
		if in.Op == OpCheck && !sure[i] {
			if _, ok := need[in.A]; !ok {
				need[in.A] = uint16(f.c.highReg(f))
			}
		}
	}
	unset := f.unsetVars()
	for i := range f.f.Code {
		in := &f.f.Code[i]
		switch in.Op {
		case OpCheck:
			if _, ok := unset[in.A]; sure[i] || !ok {
				in.Op = OpNop
				continue
			}
			in.B = need[in.A]
		case OpSet, OpUnset:
			b, ok := need[in.A]
			if !ok {
				in.Op = OpNop
				continue
			}
			in.B = b
		}
	}
}
