package code

import (
	"modernc.org/cc/v4"

	"steward/internal/cinterp/mem"
)

// Restrict is a restrict pointer of a function: a parameter, or a variable of a
// block. Those whose address is taken are not followed, nor those in
// structures.
type Restrict struct {
	Name  string
	At    mem.Pos
	Depth int  // of its block
	Const bool // it points to a const type
}

// restricted tells whether a pointer is declared restrict, itself.
func restricted(d *cc.Declarator) bool {
	if typeOf(d.Type().Decay()) != TPtr {
		return false
	}
	if p := d.Pointer; p != nil {
		for p.Pointer != nil {
			p = p.Pointer
		}
		if dd := d.DirectDeclarator; dd == nil || dd.Case != cc.DirectDeclaratorIdent {
			return false
		}
		return restrictIn(p.TypeQualifiers)
	}
	// A parameter that is written as an array.
	dd := d.DirectDeclarator
	if dd == nil || dd.DirectDeclarator == nil || dd.DirectDeclarator.Case != cc.DirectDeclaratorIdent {
		return false
	}
	switch dd.Case {
	case cc.DirectDeclaratorArr, cc.DirectDeclaratorStaticArr, cc.DirectDeclaratorArrStatic, cc.DirectDeclaratorStar:
		return d.IsParam() && restrictIn(dd.TypeQualifiers)
	}
	return false
}

func restrictIn(q *cc.TypeQualifiers) bool {
	for ; q != nil; q = q.TypeQualifiers {
		if q.TypeQualifier != nil && q.TypeQualifier.Case == cc.TypeQualifierRestrict {
			return true
		}
	}
	return false
}

// restrict begins to follow a restrict pointer in a register, which has its
// first value or none.
func (f *fn) restrict(d *cc.Declarator, r uint16, valued bool) {
	if !restricted(d) || d.AddressTaken() {
		return
	}
	k := len(f.f.Restricts)
	rs := Restrict{Name: d.Name(), At: f.c.place(d), Depth: len(f.blocks)}
	if e := elemOf(d.Type().Decay()); e != nil {
		rs.Const = e.Attributes().IsConst()
	}
	f.f.Restricts = append(f.f.Restricts, rs)
	if f.restricts == nil {
		f.restricts = map[uint16]int{}
	}
	f.restricts[r] = k
	b := &f.blocks[len(f.blocks)-1]
	b.restricts = append(b.restricts, k)
	if valued {
		f.emit(OpRestrict, r, 1, 0, int64(k))
	} else {
		f.emit(OpRestrictNew, 0, 0, 0, int64(k))
	}
}

// repointed follows a restrict pointer that has a new value.
func (f *fn) repointed(l lval) {
	if !l.isReg || l.t() != TPtr {
		return
	}
	if k, ok := f.restricts[l.reg]; ok {
		f.emit(OpRestrict, l.reg, 0, 0, int64(k))
	}
}

// outward tells of a restrict pointer outside functions that is given the value
// of another restrict pointer: the block of the first is that of main, and the
// block of no other begins before it, C17 6.7.3.1p2 and p4.
func (f *fn) outward(to, value cc.ExpressionNode) {
	d, _ := key(to).(*cc.Declarator)
	q, _ := key(value).(*cc.Declarator)
	if d == nil || q == nil || d == q || d.Linkage() == cc.None || !restricted(d) || !restricted(q) {
		return
	}
	f.finding("restrict-assignment", d.Name()+", which is declared outside functions, is given a value based on "+q.Name()+", a restrict pointer")
}
