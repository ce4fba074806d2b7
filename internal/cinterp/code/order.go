package code

import (
	"fmt"

	"modernc.org/cc/v4"
)

// Orders chooses the order of evaluation where C17 leaves it open: operands,
// the arguments of a call and what is called, the two sides of an assignment,
// the initializers of a list. It is asked only where the order may show: at
// places of which two parts have effects, or one has and another reads memory.
//
// The places keep their numbers over any number of compilations of the same
// units, the first of which goes from left to right everywhere.
type Orders struct {
	// Backwards tells whether the place goes from right to left. nil: none does.
	Backwards func(place int, at Place) bool
	Places    []Place // by number
	numbers   map[cc.Node]int
}

// backwards tells whether the parts of n are evaluated from the last to the
// first. Where that may show, it emits a mark that the place was reached.
func (f *fn) backwards(n cc.Node, parts ...cc.ExpressionNode) bool {
	o := f.c.orders
	if o == nil || len(parts) < 2 {
		return false
	}
	i, ok := o.numbers[n]
	if !ok {
		i = -1
		var sum effect
		for k, p := range parts {
			e := f.c.effects.of(p, false)
			if _, store := n.(*cc.AssignmentExpression); store && k == 0 {
				e = f.c.effects.place(p)
			}
			if e.clash(sum) {
				i = len(o.Places)
				break
			}
			sum.add(e)
		}
		if o.numbers == nil {
			o.numbers = map[cc.Node]int{}
		}
		o.numbers[n] = i
		if i >= 0 {
			p := n.Position()
			o.Places = append(o.Places, Place{p.Filename, p.Line, p.Column, n})
		}
	}
	if i < 0 {
		return false
	}
	defer f.here(n)()
	f.emit(OpPlace, 0, 0, 0, int64(i))
	return o.Backwards != nil && o.Backwards(i, o.Places[i])
}

// operands compiles two operands in the order that is chosen.
func (f *fn) operands(n cc.Node, l, r cc.ExpressionNode) (lv, rv val) {
	if f.backwards(n, l, r) {
		rv = f.expr(r, -1)
		return f.expr(l, -1), rv
	}
	lv = f.expr(l, -1)
	return lv, f.expr(r, -1)
}

// String names a place as people find it.
func (p Place) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col) }

// Numbered tells how many places have been looked at; 0: nothing was compiled.
func (o *Orders) Numbered() int { return len(o.numbers) }
