package main

import "fmt"

// access is a scalar type in memory: its size, how its bytes become a 64-bit
// register, and how x becomes the bits that are written.
type access struct {
	name, store string // of the instructions; store is empty when another type has it
	size        int
	get         string // of the unsigned bits %s
	put         string // of the register x
}

var types = []access{
	{name: "I8", size: 1, get: "uint64(int64(int8(%s)))"},
	{name: "U8", size: 1, get: "uint64(%s)", store: "8", put: "x"},
	{name: "I16", size: 2, get: "uint64(int64(int16(%s)))"},
	{name: "U16", size: 2, get: "uint64(%s)", store: "16", put: "x"},
	{name: "I32", size: 4, get: "uint64(int64(int32(%s)))"},
	{name: "U32", size: 4, get: "uint64(%s)", store: "32", put: "x"},
	{name: "I64", size: 8, get: "%s"},
	{name: "U64", size: 8, get: "%s", store: "64", put: "x"},
	{name: "F32", size: 4, get: "math.Float64bits(float64(math.Float32frombits(%s)))", store: "F32",
		put: "uint64(math.Float32bits(float32(math.Float64frombits(x))))"},
	{name: "F64", size: 8, get: "%s"},
}

// fit tells that an access of size bytes at off is inside d and aligned.
func fit(size int) string {
	if size == 1 {
		return "off < uint64(len(d))"
	}
	return fmt.Sprintf("off < uint64(len(d)) && uint64(len(d))-off >= %d && off&%d == 0", size, size-1)
}

// bits gives the number that the size bytes at off of d are, as Go reads it at
// once.
func bits(d string, size int) string {
	if size == 1 {
		return d + "[off]"
	}
	s := "b[0]"
	w := fmt.Sprintf("uint%d", 8*size)
	s = w + "(b[0])"
	for i := 1; i < size; i++ {
		s += fmt.Sprintf("|%s(b[%d])<<%d", w, i, 8*i)
	}
	return s
}

// array makes b the size bytes at off of d.
func array(b, d string, size int) string {
	if size == 1 {
		return ""
	}
	return fmt.Sprintf("%s := (*[%d]byte)(%s[off:])\n", b, size, d)
}

// put writes the low bytes of n.
func put(b, d string, size int, n string) string {
	if size == 1 {
		return fmt.Sprintf("%s[off] = byte(%s)\n", d, n)
	}
	s := array(b, d, size)
	for i := range size {
		s += fmt.Sprintf("%s[%d] = byte(%s>>%d)\n", b, i, n, 8*i)
	}
	return s
}

// fill writes the shadow of bytes that have values.
func fill(b, d string, size int) string {
	if size == 1 {
		return d + "[off] = 1\n"
	}
	s := array(b, d, size)
	for i := range size {
		s += fmt.Sprintf("%s[%d] = 1\n", b, i)
	}
	return s
}

// ones is the shadow of size bytes that have values.
func ones(size int) string { return fmt.Sprintf("%#x", uint64(0x0101010101010101)>>(64-8*size)) }

// bounded tells that the index is in the array that the instruction names.
const bounded = "(in.K>>32 == 0 || i < uint64(in.K>>32))"

const plainAddress = "q := &r[in.B]\n o := objs[q.Obj]\n d := o.%s\n off := q.N + uint64(in.K) - o.Base"

const indexAddress = "q := &r[in.B]\n o := objs[q.Obj]\n d := o.%s\n i := r[in.C].N\n off := q.N + i*uint64(in.K&0xffff) - o.Base"

// hotMemory writes loads and stores of the loop: of objects whose bytes all have
// values; in bounds of a part; and of bytes that have values among others.
func hotMemory(e emitter) {
	for _, t := range types {
		get := array("b", "d", t.size) + " r[in.A].N = " + fmt.Sprintf(t.get, bits("d", t.size)) + "\n goto next"
		e.p("case code.OpLd%s:\n "+plainAddress, t.name, "Data")
		hotLoad(e, t, fit(t.size), "in.C", get)
		e.p("case code.OpLdx%s:\n "+indexAddress, t.name, "Data")
		hotLoad(e, t, bounded+" && "+fit(t.size), indexed, get)
	}
	for _, t := range types {
		if t.store == "" {
			continue
		}
		e.p("case code.OpSt%s:\n "+plainAddress, t.store, "W")
		hotStore(e, t, fit(t.size), "in.C")
		e.p("case code.OpStx%s:\n "+indexAddress, t.store, "W")
		hotStore(e, t, bounded+" && "+fit(t.size), indexed)
	}
}

// inPart tells that the access is in the bounds that the pointer has, if any.
const inPart = "if q.Sub != 0 {\n s := &vm.M.Subs[q.Sub]\n if off < s.Lo || off + %d > s.Hi { goto slow }\n}\n"

// indexed is the access that an instruction with an index has.
const indexed = "uint16(in.K>>16)"

// typed leaves what the object's type does not surely allow to the full form.
func typed(access string, size int, write bool) string {
	plain := ""
	if size == 1 && write {
		plain = " && !o.Plain"
	}
	return fmt.Sprintf("if a := %s&(accesses-1); a != 0 && vm.bases[a] != o.Fit%s { goto slow }\n", access, plain)
}

func hotLoad(e emitter, t access, fits, access, get string) {
	ask := typed(access, t.size, false)
	e.p("if o.Fast && %s {\n "+inPart+" %s %s\n}", fits, t.size, ask, get)
	e.p("if o.Init != nil && !o.Slow() && %s {\n "+inPart+" {\n d := o.Init\n %s if %s != %s { goto slow }\n}\n %s %s\n}", fits, t.size, array("b", "d", t.size), bits("d", t.size), ones(t.size), ask, get)
	e.p("goto slow")
}

func hotStore(e emitter, t access, fits, access string) {
	e.p("if !(%s) { goto slow }\n "+inPart+" %s", fits, t.size, typed(access, t.size, true))
	e.p("x := r[in.A].N")
	if t.put != "x" {
		e.p("x = %s", t.put)
	}
	e.p("if !o.Fast {\n if o.Init == nil || o.Slow() || off >= uint64(len(o.Init)) { goto slow }\n has := o.Init")
	e.p("{ d := has\n %s if n := %s; n != %s {\n if n != 0 || o.Missing <= %d { goto slow }\n %s o.Missing -= %d\n}\n}\n}", array("b", "d", t.size), bits("d", t.size), ones(t.size), t.size, fill("z", "d", t.size), t.size)
	e.p("%s goto next", put("b", "d", t.size, "x"))
}

// stepMemory writes them in full.
func stepMemory(e emitter) {
	for _, t := range types {
		e.p("case code.OpLd%s:\n if !vm.loadPart(in, r, code.%s) { return stopped }", t.name, t.name)
		e.p("case code.OpLdx%s:\n if !vm.loadx(in, r, code.%s) { return stopped }", t.name, t.name)
		if t.store != "" {
			e.p("case code.OpSt%s:\n if !vm.storePart(in, r, code.%s) { return stopped }", t.store, t.name)
			e.p("case code.OpStx%s:\n if !vm.storex(in, r, code.%s) { return stopped }", t.store, t.name)
		}
	}
}
