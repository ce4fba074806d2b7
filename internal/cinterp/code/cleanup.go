package code

import (
	"slices"
	"strings"

	"modernc.org/cc/v4"
)

// cleaning is a variable with GNU's attribute cleanup: a function that is called
// with its address whenever its scope is left, but by longjmp.
type cleaning struct {
	fn  int // in Program.Funcs
	ptr uint16
	t   cc.Type // of the pointer
	at  cc.Node
}

// cleaned gives the function that the attribute cleanup names, and whether there
// is one.
func (f *fn) cleaned(d *cc.Declarator, lists ...*cc.AttributeSpecifierList) (fn int, ok bool) {
	eachAttribute(func(a *cc.AttributeValue) {
		if attributeName(a) != "cleanup" {
			return
		}
		name := strings.TrimSpace(cc.NodeSource(a.ArgumentExpressionList))
		for _, n := range f.c.scope.Nodes[name] {
			if g, is := n.(*cc.Declarator); is && g.Type().Kind() == cc.Function {
				fn, ok = f.c.function(g), true
			}
		}
		if _, vla := d.Type().(*cc.ArrayType); !ok || vla || typeOf(f.result) == TAgg {
			f.fail(a, "the attribute cleanup is not supported here")
		}
	}, lists...)
	return fn, ok
}

// clean calls what cleans the variables of all blocks from depth on, the last
// first, without leaving them for the compiler.
func (f *fn) clean(depth int) {
	for i := len(f.blocks) - 1; i >= depth; i-- {
		f.cleanFrom(f.blocks[i].cleanings)
	}
}

// cleanBack is for a jump back to a label of the block at a depth: it leaves the
// scope of what was declared behind the label.
func (f *fn) cleanBack(label string, depth int) {
	if n, ok := f.cleanedAt[label]; ok && depth >= 0 {
		f.cleanFrom(f.blocks[depth].cleanings[n:])
	}
}

func (f *fn) cleanFrom(list []cleaning) {
	at := f.at
	defer func() { f.at = at }()
	for _, x := range slices.Backward(list) {
		f.at = f.c.place(x.at)
		mark := f.next
		base := f.tmp()
		f.emit(OpMov, base, x.ptr, 0, 0)
		f.c.p.Sites = append(f.c.p.Sites, Site{Result: TVoid, Type: f.c.p.Funcs[x.fn].Type, Proto: true, Args: []Arg{{T: TPtr, Size: int64(f.c.p.Ptr), Type: x.t}}})
		f.emit(OpCall, base, base, uint16(len(f.c.p.Sites)-1), int64(x.fn))
		f.next = mark
	}
}
