package code

import (
	"modernc.org/cc/v4"

	"steward/internal/cinterp/front"
)

// Mark is undefined behaviour of a statement or declaration, found before:
// it happens when that is executed. At is the place that is shown.
type Mark struct {
	Kind, Text string
	At         cc.Node
}

// Compile makes one program of units, as a linker would, without marks.
func Compile(units []*front.Unit, m front.Machine) (*Program, error) {
	return CompileMarked(units, m, Options{})
}

// marked emits what is marked at a statement or declaration.
func (f *fn) marked(n cc.Node) {
	for _, m := range f.c.marks[n] {
		f.at = f.c.place(m.At)
		f.finding(m.Kind, m.Text)
	}
}
