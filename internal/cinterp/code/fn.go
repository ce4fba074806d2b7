package code

import (
	"fmt"

	"modernc.org/cc/v4"

	"steward/internal/cinterp/mem"
)

// cannot is what the compiler panics with when it has no translation; the
// function's compilation is then replaced by OpCannot.
type cannot struct {
	at   mem.Pos
	text string
}

// val is an operand: a constant, or a register.
type val struct {
	k   bool
	n   uint64
	reg uint16
	t   T
	ct  cc.Type
}

// label is a place to jump to, known later.
type label struct {
	pos  int
	refs []int
}

// fn is a function while it is compiled.
type fn struct {
	c        *compiler
	f        *Func
	vars     map[*cc.Declarator]int // register or ^index into Locals
	types    map[cc.ExpressionNode]uint16
	next     int
	at       mem.Pos
	labels   map[string]*label
	outer    *fn // of an initializer outside: the function it stands in
	indirs   []*label
	addrs    map[string]int
	brk      *label
	cont     *label
	cases    map[*cc.LabeledStatement]*label
	result   cc.Type
	blocks   []block
	brkD     int // depth of blocks at brk and cont
	contD    int
	depths   map[string]int
	seq      map[cc.Node]cc.Node // unsequenced accesses, by where they are found
	marks    map[cc.Node]*mark
	jumps    bool // it calls setjmp: its variables are in memory
	switched bool // a switch may pass by a declaration
	copies   []copying
	temps    []int // results of calls that the full expression made

	restricts map[uint16]int // restrict pointers in registers
	cleanedBy map[*cc.Declarator]int
	cleanedAt map[string]int // how much of its block was to be cleaned at a label
}

// block is an open block with the objects that end with it.
type block struct {
	locals    []int
	restricts []int
	cleanings []cleaning
}

func (f *fn) fail(n cc.Node, format string, args ...any) {
	at := f.at
	if n != nil {
		at = f.c.place(n)
	}
	panic(cannot{at, fmt.Sprintf(format, args...)})
}

func (f *fn) emit(op Op, a, b, c uint16, k int64) int {
	f.f.Code = append(f.f.Code, Instr{op, a, b, c, k})
	f.f.At = append(f.f.At, f.at)
	return len(f.f.Code) - 1
}

// here makes n the place of what is emitted; the function given back undoes it.
func (f *fn) here(n cc.Node) func() {
	old := f.at
	f.at = f.c.place(n)
	return func() { f.at = old }
}

func (f *fn) tmp() uint16 {
	r := f.next
	f.next++
	if f.next > f.f.Regs {
		f.f.Regs = f.next
	}
	if r > 60000 {
		f.fail(nil, "a function with more than 60000 values")
	}
	return uint16(r)
}

// dst is want if there is one, else a new temporary.
func (f *fn) dst(want int) uint16 {
	if want >= 0 {
		return uint16(want)
	}
	return f.tmp()
}

// reg puts an operand into a register.
func (f *fn) reg(v val) uint16 {
	if !v.k {
		return v.reg
	}
	r := f.tmp()
	f.emit(OpK, r, 0, 0, int64(v.n))
	return r
}

// to puts an operand into a given register.
func (f *fn) to(v val, r uint16) val {
	switch {
	case v.k:
		f.emit(OpK, r, 0, 0, int64(v.n))
	case v.reg != r:
		f.emit(OpMov, r, v.reg, 0, 0)
	}
	return val{reg: r, t: v.t, ct: v.ct}
}

func (f *fn) label() *label { return &label{pos: -1} }

func (f *fn) bind(l *label) {
	l.pos = len(f.f.Code)
	f.emit(OpNop, 0, 0, 0, 0) // a target of jumps; removed later
}

func (f *fn) jump(l *label) {
	l.refs = append(l.refs, f.emit(OpJmp, 0, 0, 0, 0))
	f.seal(l)
}

// seal puts the target into what jumps to it, when it is known.
func (f *fn) seal(l *label) {
	if l.pos < 0 {
		return
	}
	for _, i := range l.refs {
		f.f.Code[i] = retarget(f.f.Code[i], l.pos)
	}
	l.refs = nil
}

// target gives where a jump goes; ok is false when it is no jump.
func target(in Instr) (int, bool) {
	switch {
	case in.Op >= OpJLtKS && in.Op <= OpJNeK:
		return int(in.K >> 32), true
	case in.Op >= OpJmp && in.Op < OpJLtKS:
		return int(in.K), true
	}
	return 0, false
}

func retarget(in Instr, pos int) Instr {
	if in.Op >= OpJLtKS && in.Op <= OpJNeK {
		in.K = int64(pos)<<32 | in.K&0xffffffff
	} else {
		in.K = int64(pos)
	}
	return in
}

func (f *fn) branch(op Op, a, b uint16, k int64, l *label) {
	l.refs = append(l.refs, f.emit(op, a, b, 0, k))
	f.seal(l)
}

// place registers a node's place.
func (c *compiler) place(n cc.Node) mem.Pos {
	if n == nil {
		return 0
	}
	if n == c.lastNode {
		return c.lastPos
	}
	p := n.Position()
	c.p.Places = append(c.p.Places, Place{p.Filename, p.Line, p.Column, n})
	c.lastNode, c.lastPos = n, mem.Pos(len(c.p.Places)-1)
	return c.lastPos
}

// placeTok registers the place of an operator, whose column a finding shows,
// with the whole node.
func (c *compiler) placeTok(t cc.Token, n cc.Node) mem.Pos {
	p := t.Position()
	if !p.IsValid() {
		return c.place(n)
	}
	c.p.Places = append(c.p.Places, Place{p.Filename, p.Line, p.Column, n})
	c.lastNode = nil
	return mem.Pos(len(c.p.Places) - 1)
}
