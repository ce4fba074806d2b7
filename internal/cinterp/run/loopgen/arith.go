package main

import "fmt"

// arith writes the arithmetic, the same in both.
func arith(e emitter) {
	for _, op := range []struct{ name, sym string }{{"Add", "+"}, {"Sub", "-"}, {"Mul", "*"}} {
		overflow(e, op.name, op.sym, "", "int64(r[in.C].N)", "r[in.C].N")
		if op.name != "Sub" {
			overflow(e, op.name, op.sym, "K", "in.K", "uint64(in.K)")
		}
	}
	for _, op := range []struct{ name, sym string }{{"Add", "+"}, {"Sub", "-"}, {"Mul", "*"}, {"Div", "/"}} {
		e.p("case code.Op%sF64:\n r[in.A].N = math.Float64bits(math.Float64frombits(r[in.B].N) %s math.Float64frombits(r[in.C].N))", op.name, op.sym)
		e.p("case code.Op%sF32:\n r[in.A].N = math.Float64bits(float64(float32(math.Float64frombits(r[in.B].N)) %s float32(math.Float64frombits(r[in.C].N))))", op.name, op.sym)
	}
	for _, op := range []struct{ name, sym string }{{"Div", "/"}, {"Mod", "%"}} {
		for _, w := range []int{32, 64} {
			e.p("case code.Op%sI%d:\n a, b := int64(r[in.B].N), int64(r[in.C].N)\n if b == 0 || b == -1 && a == math.MinInt%d {\n %s\n}", op.name, w, w, e.stops("vm.divide(%q, uint64(a), uint64(b), %d)", op.sym, w))
			e.p("r[in.A].N = uint64(a %s b)", op.sym)
			e.p("case code.Op%sU%d:\n a, b := r[in.B].N, r[in.C].N\n if b == 0 {\n %s\n}\n r[in.A].N = a %s b", op.name, w, e.stops("vm.divide(%q, a, b, %d)", op.sym, w), op.sym)
		}
	}
	shifts(e)
	compares(e)
	for _, t := range []string{"I8", "U8", "I16", "U16", "I32", "U32"} {
		if t[0] == 'I' {
			e.p("case code.OpExt%s:\n r[in.A].N = uint64(int64(int%s(r[in.B].N)))", t, t[1:])
		} else {
			e.p("case code.OpExt%s:\n r[in.A].N = uint64(uint%s(r[in.B].N))", t, t[1:])
		}
	}
}

// overflow writes +, - or *, with a register or a constant on the right.
func overflow(e emitter, name, sym, k, right, bits string) {
	told := sym
	if sym+k == "+K" {
		told = "+K" // the number may be negative for a difference
	}
	e.p("case code.Op%s%sI32:\n x := int64(r[in.B].N) %s %s\n if x != int64(int32(x)) {\n %s\n}\n r[in.A].N = uint64(x)", name, k, sym, right, e.wraps("x = int64(int32(x))", "vm.overflow(%q, r[in.B].N, %s, 32)", told, bits))
	e.p("case code.Op%s%sU32:\n r[in.A].N = uint64(uint32(r[in.B].N %s %s))", name, k, sym, bits)
	e.p("case code.Op%s%sI64:\n a, b := int64(r[in.B].N), %s\n x := a %s b", name, k, right, sym)
	switch name {
	case "Add":
		e.p("if (a^x)&(b^x) < 0 {")
	case "Sub":
		e.p("if (a^b)&(a^x) < 0 {")
	default:
		e.p("if int64(int32(a)) != a || int64(int32(b)) != b {\n if a != 0 && (x/a != b || a == -1 && b == math.MinInt64) {")
	}
	e.p("%s\n}", e.fails("vm.overflow(%q, r[in.B].N, %s, 64)", told, bits))
	if name == "Mul" {
		e.p("}")
	}
	e.p("r[in.A].N = uint64(x)")
	e.p("case code.Op%s%sU64:\n r[in.A].N = r[in.B].N %s %s", name, k, sym, bits)
}

// wraps is fails for what a user may allow: the run then goes on with then.
func (e emitter) wraps(then, call string, a ...any) string {
	if !e.full {
		return e.fails(call, a...)
	}
	return e.fails(call, a...) + "\n " + then
}

func shifts(e emitter) {
	for _, w := range []int{32, 64} {
		negated := ""
		if w == 32 {
			negated = "r[in.A].N = uint64(int64(int32(-r[in.B].N)))\n break"
		}
		e.p("case code.OpShlI%d:\n a, n := int64(r[in.B].N), r[in.C].N\n if n >= %d || a < 0 || a<<n>>n != a || int64(int%d(a<<n)) != a<<n {\n %s\n}\n r[in.A].N = uint64(int64(int%d(a<<(n&%d))))", w, w, w,
			e.fails("vm.shift(\"<<\", uint64(a), n, %d, code.T(in.K))", w), w, w-1)
		e.p("case code.OpShlU%d:\n n := r[in.C].N\n if n >= %d {\n %s\n}\n r[in.A].N = uint64(uint%d(r[in.B].N << n))", w, w, e.fails("vm.shift(\"<<\", r[in.B].N, n, %d, code.T(in.K))", w), w)
		e.p("case code.OpShrI%d:\n n := r[in.C].N\n if n >= %d {\n %s\n}\n r[in.A].N = uint64(int64(r[in.B].N) >> n)", w, w, e.fails("vm.shift(\">>\", r[in.B].N, n, %d, code.T(in.K))", w))
		e.p("case code.OpShrU%d:\n n := r[in.C].N\n if n >= %d {\n %s\n}\n r[in.A].N = r[in.B].N >> n", w, w, e.fails("vm.shift(\">>\", r[in.B].N, n, %d, code.T(in.K))", w))
		e.p("case code.OpShlKU%d:\n r[in.A].N = uint64(uint%d(r[in.B].N << uint64(in.K&63)))", w, w)
		e.p("case code.OpShrKI%d:\n r[in.A].N = uint64(int64(r[in.B].N) >> uint64(in.K&63))", w)
		e.p("case code.OpShrKU%d:\n r[in.A].N = r[in.B].N >> uint64(in.K&63)", w)
		e.p("case code.OpNegI%d:\n if int64(r[in.B].N) == math.MinInt%d {\n %s\n}\n r[in.A].N = -r[in.B].N", w, w, e.wraps(negated, "vm.overflow(\"-\", 0, r[in.B].N, %d)", w))
		e.p("case code.OpNegU%d:\n r[in.A].N = uint64(uint%d(-r[in.B].N))", w, w)
	}
}

func compares(e emitter) {
	for _, c := range []struct{ name, l, r string }{{"S", "int64(", ")"}, {"U", "", ""}, {"F", "math.Float64frombits(", ")"}} {
		for _, x := range [][2]string{{"Lt", "<"}, {"Le", "<="}} {
			e.p("case code.Op%s%s:\n if %sr[in.B].N%s %s %sr[in.C].N%s { r[in.A].N = 1 } else { r[in.A].N = 0 }", x[0], c.name, c.l, c.r, x[1], c.l, c.r)
			if c.name != "F" {
				e.p("case code.OpJ%s%s:\n if %sr[in.A].N%s %s %sr[in.B].N%s { %s }", x[0], c.name, c.l, c.r, x[1], c.l, c.r, e.jump("in.K"))
			}
		}
		if c.name == "F" {
			continue
		}
		k := "int64(int32(in.K))"
		if c.name == "U" {
			k = "uint64(int64(int32(in.K)))"
		}
		for _, x := range [][2]string{{"Lt", "<"}, {"Le", "<="}, {"Gt", ">"}, {"Ge", ">="}} {
			e.p("case code.OpJ%sK%s:\n if %sr[in.A].N%s %s %s { %s }", x[0], c.name, c.l, c.r, x[1], k, e.jump("in.K >> 32"))
		}
	}
}

func (e emitter) jump(to string) string {
	if e.full {
		return "fr.pc = int(" + to + ")\n return entered"
	}
	return "pc = int(" + to + ")\n goto jumped"
}

// stops is fails for what ends the run.
func (e emitter) stops(call string, a ...any) string {
	if !e.full {
		return "goto slow"
	}
	return fmt.Sprintf(call, a...) + "\n return stopped"
}
