// Command loopgen writes the evaluator's loop, run/loop.go. Some thirty
// instructions have the same check of memory inside, which no function call
// may stand for: that is why it is generated.
package main

import (
	"bytes"
	"fmt"
	"go/format"
	"log"
	"os"
)

// access is a scalar type in memory: its size, how it is read from d[off:] as
// a 64-bit register, and how x is written.
type access struct {
	name, t   string
	size      int
	get, put  string
	stName    string
	isPointer bool
}

const le = "binary.LittleEndian."

var types = []access{
	{name: "I8", size: 1, get: "uint64(int64(int8(d[off])))"},
	{name: "U8", size: 1, get: "uint64(d[off])", put: "d[off] = byte(x)", stName: "8"},
	{name: "I16", size: 2, get: "uint64(int64(int16(" + le + "Uint16(d[off:]))))"},
	{name: "U16", size: 2, get: "uint64(" + le + "Uint16(d[off:]))", put: le + "PutUint16(d[off:], uint16(x))", stName: "16"},
	{name: "I32", size: 4, get: "uint64(int64(int32(" + le + "Uint32(d[off:]))))"},
	{name: "U32", size: 4, get: "uint64(" + le + "Uint32(d[off:]))", put: le + "PutUint32(d[off:], uint32(x))", stName: "32"},
	{name: "I64", size: 8, get: le + "Uint64(d[off:])"},
	{name: "U64", size: 8, get: le + "Uint64(d[off:])", put: le + "PutUint64(d[off:], x)", stName: "64"},
	{name: "F32", size: 4, get: "math.Float64bits(float64(math.Float32frombits(" + le + "Uint32(d[off:]))))",
		put: le + "PutUint32(d[off:], math.Float32bits(float32(math.Float64frombits(x))))", stName: "F32"},
	{name: "F64", size: 8, get: le + "Uint64(d[off:])"},
}

func main() {
	var b bytes.Buffer
	p := func(f string, a ...any) { fmt.Fprintf(&b, f+"\n", a...) }
	p("%s", head)
	for _, t := range types {
		load(p, t)
	}
	for _, t := range types {
		if t.put != "" {
			store(p, t)
		}
	}
	arith(p)
	p("%s", rest)
	out, err := format.Source(b.Bytes())
	if err != nil {
		os.WriteFile("loop.go", b.Bytes(), 0o644)
		log.Fatal(err)
	}
	if err := os.WriteFile("loop.go", out, 0o644); err != nil {
		log.Fatal(err)
	}
}

type printer func(string, ...any)

func load(p printer, t access) {
	mask := ""
	if t.size > 1 {
		mask = fmt.Sprintf(" && off&%d == 0", t.size-1)
	}
	fit := fmt.Sprintf("off < uint64(len(d)) && uint64(len(d))-off >= %d%s", t.size, mask)
	if t.size == 1 {
		fit = "off < uint64(len(d))"
	}
	p("case code.OpLd%s:\n q := &r[in.B]\n o := vm.M.Objs[q.Obj]\n d := o.Data\n off := q.N + uint64(in.K) - o.Base", t.name)
	p("if o.Fast && q.Sub == 0 && %s && %s {\n r[in.A].N = %s\n} else if part(o) && q.Sub == 0 && %s && %s && %s {\n r[in.A].N = %s\n} else {\n fr.pc = pc\n if !vm.loadPart(in, r, code.%s) { goto stop }\n}", fit, may("Reads", "in.C"), t.get, fit, has(t.size), may("Reads", "in.C"), t.get, t.name)
	p("case code.OpLdx%s:\n q := &r[in.B]\n o := vm.M.Objs[q.Obj]\n d := o.Data\n i := r[in.C].N\n off := q.N + i*uint64(in.K&0xffff) - o.Base", t.name)
	p("if o.Fast && q.Sub == 0 && (in.K>>32 == 0 || i < uint64(in.K>>32)) && %s && %s {\n r[in.A].N = %s\n} else if part(o) && q.Sub == 0 && (in.K>>32 == 0 || i < uint64(in.K>>32)) && %s && %s && %s {\n r[in.A].N = %s\n} else if q.Sub != 0 && o.Fast && (in.K>>32 == 0 || i < uint64(in.K>>32)) && %s && inside(vm.M.Subs[q.Sub], off, %d) && %s {\n r[in.A].N = %s\n} else {\n fr.pc = pc\n if !vm.loadx(in, r, code.%s) { goto stop }\n}", fit, may("Reads", indexed), t.get, fit, has(t.size), may("Reads", indexed), t.get, fit, t.size, may("Reads", indexed), t.get, t.name)
}

// indexed is the access that an instruction with an index has.
const indexed = "uint16(in.K>>16)"

// may asks whether an access may be, by the types of C17 6.5p7.
func may(do, access string) string {
	return fmt.Sprintf("(o.Fit == bases[%s&(accesses-1)] || vm.M.%s(o, off, %s))", access, do, access)
}

// has tells that the bytes have values, in an object where not all have.
func has(size int) string {
	switch size {
	case 1:
		return "o.Init[off] != 0"
	case 2:
		return le + "Uint16(o.Init[off:]) == 0x0101"
	case 4:
		return le + "Uint32(o.Init[off:]) == 0x01010101"
	}
	return le + "Uint64(o.Init[off:]) == 0x0101010101010101"
}

func store(p printer, t access) {
	mask := ""
	if t.size > 1 {
		mask = fmt.Sprintf(" && off&%d == 0", t.size-1)
	}
	fit := fmt.Sprintf("off < uint64(len(d)) && uint64(len(d))-off >= %d%s", t.size, mask)
	if t.size == 1 {
		fit = "off < uint64(len(d))"
	}
	tn := t.name
	put := fmt.Sprintf("x := r[in.A].N\n %s\n if !o.Fast { o.SetInit(off, %d) }", t.put, t.size)
	p("case code.OpSt%s:\n q := &r[in.B]\n o := vm.M.Objs[q.Obj]\n d := o.W\n off := q.N + uint64(in.K) - o.Base", t.stName)
	p("if !vm.P.Big && q.Sub == 0 && %s && %s {\n %s\n} else {\n fr.pc = pc\n if !vm.storePart(in, r, code.%s) { goto stop }\n}", fit, may("Writes", "in.C"), put, tn)
	p("case code.OpStx%s:\n q := &r[in.B]\n o := vm.M.Objs[q.Obj]\n d := o.W\n i := r[in.C].N\n off := q.N + i*uint64(in.K&0xffff) - o.Base", t.stName)
	p("if !vm.P.Big && (q.Sub == 0 || inside(vm.M.Subs[q.Sub], off, %d)) && (in.K>>32 == 0 || i < uint64(in.K>>32)) && %s && %s {\n %s\n} else {\n fr.pc = pc\n if !vm.storex(in, r, code.%s) { goto stop }\n}", t.size, fit, may("Writes", indexed), put, tn)
}

func arith(p printer) {
	for _, op := range []struct{ name, sym string }{{"Add", "+"}, {"Sub", "-"}, {"Mul", "*"}} {
		s := op.sym
		p("case code.Op%sI32:\n x := int64(r[in.B].N) %s int64(r[in.C].N)\n if x != int64(int32(x)) {\n fr.pc = pc\n if !vm.overflow(%q, r[in.B].N, r[in.C].N, 32) { goto stop }\n}\n r[in.A].N = uint64(x)", op.name, s, s)
		p("case code.Op%sU32:\n r[in.A].N = uint64(uint32(r[in.B].N %s r[in.C].N))", op.name, s)
		p("case code.Op%sI64:\n a, b := int64(r[in.B].N), int64(r[in.C].N)\n x := a %s b", op.name, s)
		switch op.name {
		case "Add":
			p("if (a^x)&(b^x) < 0 {")
		case "Sub":
			p("if (a^b)&(a^x) < 0 {")
		default:
			p("if a != 0 && (x/a != b || a == -1 && b == math.MinInt64) {")
		}
		p("fr.pc = pc\n if !vm.overflow(%q, r[in.B].N, r[in.C].N, 64) { goto stop }\n}\n r[in.A].N = uint64(x)", s)
		p("case code.Op%sU64:\n r[in.A].N = r[in.B].N %s r[in.C].N", op.name, s)
		if op.name != "Sub" {
			p("case code.Op%sKI32:\n x := int64(r[in.B].N) %s in.K\n if x != int64(int32(x)) {\n fr.pc = pc\n if !vm.overflow(%q, r[in.B].N, uint64(in.K), 32) { goto stop }\n}\n r[in.A].N = uint64(x)", op.name, s, s)
			p("case code.Op%sKU32:\n r[in.A].N = uint64(uint32(r[in.B].N %s uint64(in.K)))", op.name, s)
			p("case code.Op%sKI64:\n a, b := int64(r[in.B].N), in.K\n x := a %s b", op.name, s)
			if op.name == "Add" {
				p("if (a^x)&(b^x) < 0 {")
			} else {
				p("if a != 0 && (x/a != b || a == -1 && b == math.MinInt64) {")
			}
			p("fr.pc = pc\n if !vm.overflow(%q, r[in.B].N, uint64(in.K), 64) { goto stop }\n}\n r[in.A].N = uint64(x)", s)
			p("case code.Op%sKU64:\n r[in.A].N = r[in.B].N %s uint64(in.K)", op.name, s)
		}
	}
	for _, op := range []struct{ name, sym string }{{"Add", "+"}, {"Sub", "-"}, {"Mul", "*"}, {"Div", "/"}} {
		p("case code.Op%sF64:\n r[in.A].N = math.Float64bits(math.Float64frombits(r[in.B].N) %s math.Float64frombits(r[in.C].N))", op.name, op.sym)
		p("case code.Op%sF32:\n r[in.A].N = math.Float64bits(float64(float32(math.Float64frombits(r[in.B].N)) %s float32(math.Float64frombits(r[in.C].N))))", op.name, op.sym)
	}
	for _, op := range []struct{ name, sym string }{{"Div", "/"}, {"Mod", "%"}} {
		for _, w := range []int{32, 64} {
			p("case code.Op%sI%d:\n a, b := int64(r[in.B].N), int64(r[in.C].N)\n if b == 0 || b == -1 && a == math.MinInt%d {\n fr.pc = pc\n vm.divide(%q, uint64(a), uint64(b), %d)\n goto stop\n}\n r[in.A].N = uint64(a %s b)", op.name, w, w, op.sym, w, op.sym)
			p("case code.Op%sU%d:\n a, b := r[in.B].N, r[in.C].N\n if b == 0 {\n fr.pc = pc\n vm.divide(%q, a, b, %d)\n goto stop\n}\n r[in.A].N = a %s b", op.name, w, op.sym, w, op.sym)
		}
	}
	for _, w := range []int{32, 64} {
		p("case code.OpShlI%d:\n a, n := int64(r[in.B].N), r[in.C].N\n if n >= %d || a < 0 || a<<n>>n != a || int64(int%d(a<<n)) != a<<n {\n fr.pc = pc\n if !vm.shift(\"<<\", uint64(a), n, %d, code.T(in.K)) { goto stop }\n}\n r[in.A].N = uint64(int64(int%d(a<<(n&%d))))", w, w, w, w, w, w-1)
		p("case code.OpShlU%d:\n n := r[in.C].N\n if n >= %d {\n fr.pc = pc\n if !vm.shift(\"<<\", r[in.B].N, n, %d, code.T(in.K)) { goto stop }\n}\n r[in.A].N = uint64(uint%d(r[in.B].N << n))", w, w, w, w)
		p("case code.OpShrI%d:\n n := r[in.C].N\n if n >= %d {\n fr.pc = pc\n if !vm.shift(\">>\", r[in.B].N, n, %d, code.T(in.K)) { goto stop }\n}\n r[in.A].N = uint64(int64(r[in.B].N) >> n)", w, w, w)
		p("case code.OpShrU%d:\n n := r[in.C].N\n if n >= %d {\n fr.pc = pc\n if !vm.shift(\">>\", r[in.B].N, n, %d, code.T(in.K)) { goto stop }\n}\n r[in.A].N = r[in.B].N >> n", w, w, w)
		p("case code.OpShlKU%d:\n r[in.A].N = uint64(uint%d(r[in.B].N << uint64(in.K&63)))", w, w)
		p("case code.OpShrKI%d:\n r[in.A].N = uint64(int64(r[in.B].N) >> uint64(in.K&63))", w)
		p("case code.OpShrKU%d:\n r[in.A].N = r[in.B].N >> uint64(in.K&63)", w)
		p("case code.OpNegI%d:\n if int64(r[in.B].N) == math.MinInt%d {\n fr.pc = pc\n if !vm.overflow(\"-\", 0, r[in.B].N, %d) { goto stop }\n}\n r[in.A].N = -r[in.B].N", w, w, w)
		p("case code.OpNegU%d:\n r[in.A].N = uint64(uint%d(-r[in.B].N))", w, w)
	}
	for _, c := range []struct{ name, l, r string }{{"S", "int64(", ")"}, {"U", "", ""}, {"F", "math.Float64frombits(", ")"}} {
		p("case code.OpLt%s:\n r[in.A].N = b2u(%sr[in.B].N%s < %sr[in.C].N%s)", c.name, c.l, c.r, c.l, c.r)
		p("case code.OpLe%s:\n r[in.A].N = b2u(%sr[in.B].N%s <= %sr[in.C].N%s)", c.name, c.l, c.r, c.l, c.r)
		if c.name == "F" {
			continue
		}
		k := "int64(int32(in.K))"
		if c.name == "U" {
			k = "uint64(int64(int32(in.K)))"
		}
		p("case code.OpJLt%s:\n if %sr[in.A].N%s < %sr[in.B].N%s { pc = int(in.K); goto jumped }", c.name, c.l, c.r, c.l, c.r)
		p("case code.OpJLe%s:\n if %sr[in.A].N%s <= %sr[in.B].N%s { pc = int(in.K); goto jumped }", c.name, c.l, c.r, c.l, c.r)
		for _, x := range [][2]string{{"Lt", "<"}, {"Le", "<="}, {"Gt", ">"}, {"Ge", ">="}} {
			p("case code.OpJ%sK%s:\n if %sr[in.A].N%s %s %s { pc = int(in.K >> 32); goto jumped }", x[0], c.name, c.l, c.r, x[1], k)
		}
	}
	for _, t := range []string{"I8", "U8", "I16", "U16", "I32", "U32"} {
		if t[0] == 'I' {
			p("case code.OpExt%s:\n r[in.A].N = uint64(int64(int%s(r[in.B].N)))", t, t[1:])
		} else {
			p("case code.OpExt%s:\n r[in.A].N = uint64(uint%s(r[in.B].N))", t, t[1:])
		}
	}
}
