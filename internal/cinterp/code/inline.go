package code

// Small functions that only compute are put in the place of their calls. What
// they find must still be found in a frame of theirs: so the call itself is kept
// behind the function's end, and when anything in the copy is not as usual, the
// evaluator goes there and begins again. The copy writes no register that
// matters until its last instruction, so nothing has happened then.

// Inlined is a call that was replaced: instructions From to To-1 stand for the
// call at Out.
type Inlined struct{ From, To, Out int32 }

// OutOfLine gives where the call is whose copy has instruction i; -1: it is in
// none.
func (f *Func) OutOfLine(i int) int {
	lo, hi := 0, len(f.Inlined)
	for lo < hi {
		mid := (lo + hi) / 2
		if int(f.Inlined[mid].To) <= i {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo < len(f.Inlined) && int(f.Inlined[lo].From) <= i {
		return int(f.Inlined[lo].Out)
	}
	return -1
}

// maxInline is the most instructions of a function that is put in the place of
// its calls, and maxGrown the most of a function that calls.
const (
	maxInline = 12
	maxGrown  = 1 << 20
)

// inline does it in all functions, after quick.
func (c *compiler) inline() {
	bodies := map[int64][]Instr{}
	for i, g := range c.p.Funcs {
		if b := pureBody(g); b != nil {
			bodies[int64(i)] = b
		}
	}
	for _, f := range c.p.Funcs {
		if f.Code != nil && len(f.Code) < maxGrown {
			c.inlineIn(f, bodies)
		}
	}
}

// pureBody gives a function's instructions up to its return, when there are few
// and they only compute.
func pureBody(g *Func) []Instr {
	if g.Code == nil || len(g.Locals) > 0 || g.Hidden || g.Variadic || g.OldStyle || g.Noreturn || g.Result == TVoid {
		return nil
	}
	for i, in := range g.Code {
		if in.Op == OpRet && in.B == 1 && i > 0 {
			return g.Code[: i+1 : i+1]
		}
		if i >= maxInline || !pure(in.Op) || int(in.A) < len(g.Params) {
			return nil
		}
	}
	return nil
}

// pure tells that an operation only computes, and that the evaluator's loop
// knows it.
func pure(op Op) bool {
	switch {
	case op == OpMov || op == OpK || op == OpStatic || op == OpMember || op == OpIdx:
		return true
	case op >= OpLdI8 && op < OpSt8 && op != OpLdxPtr:
		return true
	case op == OpPtrAdd || op == OpPtrAddK || op == OpPtrSub || op == OpPtrDiff || op == OpPtrCast:
		return true
	case op >= OpAddI32 && op <= OpXorK || op == OpRotK32:
		return true
	case op >= OpNegI32 && op <= OpBool || op == OpF64toF32 || op == OpStoF64:
		return true
	case op >= OpLtS && op <= OpNot && op != OpEqF && op != OpNeF:
		return true
	}
	return false
}

// reads tells which operands of a pure operation are registers that it reads.
func reads(op Op) (b, c bool) {
	c = op >= OpLdxI8 && op < OpSt8 || op == OpIdx || op == OpPtrAdd || op == OpPtrSub || op == OpPtrDiff ||
		op >= OpAddI32 && op <= OpXor || op >= OpLtS && op <= OpNeP
	return op != OpK && op != OpStatic, c
}

// inlineIn replaces the calls in one function.
func (c *compiler) inlineIn(f *Func, bodies map[int64][]Instr) {
	any := false
	for _, in := range f.Code {
		any = any || in.Op == OpCallQuick && bodies[in.K] != nil
	}
	if !any {
		return
	}
	lead := f.targets()
	old, places := f.Code, f.At
	var code []Instr
	var at []int32
	type away struct {
		args int // index of the first argument that was taken out of line
		call int
		back int32
	}
	var outs []away
	starts := make([]int32, len(old)+1)
	for i, in := range old {
		starts[i] = int32(len(code))
		body := bodies[in.K]
		if in.Op != OpCallQuick || body == nil {
			code, at = append(code, in), append(at, places[i])
			continue
		}
		g := c.p.Funcs[in.K]
		copied, args := substitute(old[:i+1], lead, body, len(g.Params))
		for j := args; j < i; j++ { // their places in the code are the copy's now
			starts[j] = min(starts[j], int32(len(code)-(i-args)))
		}
		code, at = code[:len(code)-(i-args)], at[:len(at)-(i-args)]
		starts[i] = int32(len(code))
		f.Inlined = append(f.Inlined, Inlined{From: int32(len(code)), To: int32(len(code) + len(copied))})
		for _, x := range copied {
			code, at = append(code, x), append(at, places[i])
		}
		f.Regs = max(f.Regs, int(in.B)+g.Regs)
		outs = append(outs, away{args, i, int32(len(code))})
	}
	starts[len(old)] = int32(len(code))
	for i := range code {
		if t, ok := target(code[i]); ok {
			code[i] = retarget(code[i], int(starts[t]))
		}
	}
	f.moveSwitches(starts)
	f.moveCopies(starts)
	for k, o := range outs {
		f.Inlined[k].Out = int32(len(code))
		for j := o.args; j <= o.call; j++ {
			code, at = append(code, old[j]), append(at, places[j])
		}
		code, at = append(code, Instr{Op: OpJmp, K: int64(o.back)}), append(at, places[o.call])
	}
	f.Code, f.At = code, at
}

// targets marks the instructions that something jumps to.
func (f *Func) targets() []bool {
	lead := make([]bool, len(f.Code)+1)
	for _, in := range f.Code {
		if t, ok := target(in); ok {
			lead[t] = true
		}
	}
	for _, to := range f.Copies {
		lead[to] = true
	}
	for _, s := range f.Switches {
		if s.Default >= 0 {
			lead[s.Default] = true
		}
		for _, t := range s.Dense {
			lead[max(t, 0)] = true
		}
		for _, t := range s.Sparse {
			lead[t] = true
		}
		for _, r := range s.Ranges {
			lead[r[2]] = true
		}
	}
	return lead
}

// substitute gives what stands for the last instruction of code, a call of a
// function with this body, and from where on code is not needed for it:
// arguments that are constants or copies, and are used as what they are.
func substitute(code []Instr, lead []bool, body []Instr, params int) (copied []Instr, args int) {
	call := code[len(code)-1]
	base := call.B
	known := map[uint16]Instr{} // OpK and OpMov, by the register that they set
	first := len(code) - 1
	for i := first; i > 0 && !lead[i]; i-- {
		in := code[i-1]
		if in.Op != OpK && in.Op != OpMov || in.A < base || int(in.A) >= int(base)+params || in.Op == OpMov && in.B >= base {
			break
		}
		if _, again := known[in.A]; again {
			break
		}
		known[in.A] = in
		first = i - 1
	}
	for _, in := range body {
		in.A += base
		if b, c := reads(in.Op); b && in.Op != OpRet {
			in.B += base
			if c {
				in.C += base
			}
		}
		if in.Op == OpRet {
			copied = result(copied, in.A, call.A, base+uint16(params), known)
			break
		}
		in = simpler(in, known)
		if in.Op == OpK || in.Op == OpMov {
			known[in.A] = in
		} else {
			delete(known, in.A)
		}
		for r, k := range known { // copies of what is written now
			if k.Op == OpMov && k.B == in.A && r != in.A {
				delete(known, r)
			}
		}
		copied = append(copied, in)
	}
	copied = needed(copied, base+uint16(params))
	copied = rotations(copied)
	used := map[uint16]bool{}
	for _, in := range copied {
		b, c := reads(in.Op)
		if b {
			used[in.B] = true
		}
		if c {
			used[in.C] = true
		}
	}
	for args = len(code) - 1; args > first && !used[code[args-1].A]; args-- { // what the copy does not read
	}
	return copied, args
}

// result moves the value that is returned to where the call has it.
func result(copied []Instr, from, to, temps uint16, known map[uint16]Instr) []Instr {
	if n := len(copied); n > 0 && copied[n-1].A == from && from >= temps {
		copied[n-1].A = to
		return copied
	}
	if k, ok := known[from]; ok {
		k.A = to
		return append(copied, k)
	}
	return append(copied, Instr{Op: OpMov, A: to, B: from})
}

// simpler puts constants and the originals of copies into an instruction.
func simpler(in Instr, known map[uint16]Instr) Instr {
	useB, useC := reads(in.Op)
	original := func(r *uint16) {
		if k, ok := known[*r]; ok && k.Op == OpMov {
			*r = k.B
		}
	}
	if useB {
		original(&in.B)
	}
	if useC {
		original(&in.C)
	}
	constant := func(r uint16, use bool) (int64, bool) {
		k, ok := known[r]
		return k.K, ok && use && k.Op == OpK
	}
	b, bok := constant(in.B, useB)
	c, cok := constant(in.C, useC)
	switch {
	case in.Op == OpMov && bok:
		return Instr{Op: OpK, A: in.A, K: b}
	case (in.Op == OpSubI32 || in.Op == OpAddI32) && bok && cok:
		if in.Op == OpSubI32 {
			c = -c
		}
		if x := b + c; x == int64(int32(x)) {
			return Instr{Op: OpK, A: in.A, K: x}
		}
	case (in.Op == OpShrU32 || in.Op == OpShrU64 || in.Op == OpShrI32 || in.Op == OpShrI64) && cok:
		if c >= 0 && c < 32<<((in.Op-OpShrI32)/2) {
			return Instr{Op: OpShrKI32 + (in.Op - OpShrI32), A: in.A, B: in.B, K: c}
		}
	case in.Op == OpShlU32 && cok && c >= 0 && c < 32:
		return Instr{Op: OpShlKU32, A: in.A, B: in.B, K: c}
	case in.Op == OpShlU64 && cok && c >= 0 && c < 64:
		return Instr{Op: OpShlKU64, A: in.A, B: in.B, K: c}
	}
	return in
}

// needed leaves out what sets a register of the called function that is not
// read any more and cannot fail.
func needed(code []Instr, temps uint16) []Instr {
	read := map[uint16]bool{}
	var out []Instr
	for i := len(code) - 1; i >= 0; i-- {
		in := code[i]
		if i < len(code)-1 && in.A >= temps && !read[in.A] && (in.Op == OpK || in.Op == OpMov) {
			continue
		}
		delete(read, in.A)
		b, c := reads(in.Op)
		if b {
			read[in.B] = true
		}
		if c {
			read[in.C] = true
		}
		out = append(out, in)
	}
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return out
}

// rotations makes one instruction of two shifts and the or of them, at the end
// of a copy, where the shifts' registers are read no more.
func rotations(code []Instr) []Instr {
	n := len(code)
	if n < 3 {
		return code
	}
	if in, ok := rotation(code[n-3], code[n-2], code[n-1]); ok {
		return append(code[:n-3], in)
	}
	return code
}

// rotation gives the one instruction for three, if they are a rotation.
func rotation(a, b, or Instr) (Instr, bool) {
	if a.Op == OpShlKU32 {
		a, b = b, a
	}
	ok := a.Op == OpShrKU32 && b.Op == OpShlKU32 && or.Op == OpOr && a.B == b.B && a.K+b.K == 32 && a.K > 0 && b.K > 0 &&
		a.A != b.A && a.A != a.B && b.A != b.B && (or.B == a.A && or.C == b.A || or.B == b.A && or.C == a.A)
	return Instr{Op: OpRotK32, A: or.A, B: a.B, K: b.K}, ok
}

// rotate finds rotations in a function whose variables are known: what an
// expression computes on the way is read once.
func (f *fn) rotate() {
	code := f.f.Code
	if len(code) < 3 {
		return
	}
	kept := map[uint16]bool{}
	for _, v := range f.vars {
		kept[uint16(max(v, 0))] = true
	}
	lead := f.leaders()
	for i := 0; i+2 < len(code); i++ {
		if kept[code[i].A] || kept[code[i+1].A] || lead[i+1] || lead[i+2] {
			continue
		}
		if in, ok := rotation(code[i], code[i+1], code[i+2]); ok {
			code[i], code[i+1], code[i+2] = Instr{}, Instr{}, in
		}
	}
}
