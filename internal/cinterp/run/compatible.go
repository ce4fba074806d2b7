package run

import (
	"fmt"
	"strings"

	"modernc.org/cc/v4"

	"steward/internal/cinterp/code"
)

// C17 6.5.2.2p9: a function is called through a type that is compatible with
// its own. Types whose difference cannot be seen for sure are taken for equal:
// the parser's types have lost qualifiers, for one.

// parameterFits tells when parameter i points to something else in the
// function's own type than in the one it is called through.
func (vm *VM) parameterFits(f *code.Func, site *code.Site, i int) bool {
	own, ok1 := f.Type.(*cc.FunctionType)
	as, ok2 := site.Type.(*cc.FunctionType)
	if !ok1 || !ok2 || f.OldStyle || i >= len(own.Parameters()) || i >= len(as.Parameters()) {
		return true
	}
	return vm.pointees(f, fmt.Sprintf("parameter %d", i+1), own.Parameters()[i].Type(), as.Parameters()[i].Type())
}

// resultFits tells the same of what the results point to.
func (vm *VM) resultFits(f *code.Func, site *code.Site) bool {
	own, ok1 := f.Type.(*cc.FunctionType)
	as, ok2 := site.Type.(*cc.FunctionType)
	return !ok1 || !ok2 || vm.pointees(f, "result", own.Result(), as.Result())
}

// pointees tells when two pointers differ in what they point to. That one of
// them is to void is how much is written that takes any argument, and works.
func (vm *VM) pointees(f *code.Func, what string, own, as cc.Type) bool {
	kind := "wrong-function-type"
	switch {
	case !differ(own, as, 0):
		return true
	case toVoid(own) || toVoid(as):
		kind = "function-void-pointer"
	}
	return vm.Find(kind, nil, 0, "%s is called as a function whose %s points to another type", f.Name, what)
}

func toVoid(t cc.Type) bool {
	p, ok := t.(*cc.PointerType)
	return ok && p.Elem().Kind() == cc.Void
}

// differ tells whether two types are surely not compatible.
func differ(a, b cc.Type, depth int) bool {
	if a == nil || b == nil || depth > 4 {
		return false
	}
	a, b = a.Decay(), b.Decay()
	x, xp := a.(*cc.PointerType)
	y, yp := b.(*cc.PointerType)
	if xp && yp {
		return differ(x.Elem(), y.Elem(), depth+1)
	}
	if depth == 0 {
		return false // the class of the value is compared elsewhere
	}
	plain := func(t cc.Type) bool { return t.Kind() == cc.Void || cc.IsArithmeticType(t) && t.Kind() != cc.Enum }
	record := func(t cc.Type) bool { return t.Kind() == cc.Struct || t.Kind() == cc.Union }
	known := func(t cc.Type) bool { return plain(t) || record(t) || t.Kind() == cc.Ptr }
	if !known(a) || !known(b) {
		return false
	}
	switch {
	case a.Kind() == cc.Void || b.Kind() == cc.Void:
		return a.Kind() != b.Kind()
	case xp != yp || record(a) != record(b):
		return true
	case record(a):
		return a.Kind() != b.Kind()
	}
	return a.Kind() != b.Kind()
}

// apart tells whether two types are surely of different classes, or different
// arithmetic types.
func apart(a, b cc.Type) bool {
	class := func(t cc.Type) cc.Kind {
		switch {
		case t == nil, t.Kind() == cc.Enum:
			return cc.InvalidKind
		case t.Kind() == cc.Void || t.Kind() == cc.Ptr || cc.IsArithmeticType(t):
			return t.Kind()
		}
		return cc.InvalidKind
	}
	x, y := class(a), class(b)
	return x != y && x != cc.InvalidKind && y != cc.InvalidKind
}

// fitsLibrary looks whether a function of the library is called as what it is.
func (vm *VM) fitsLibrary(f *code.Func, site *code.Site) bool {
	own, ok1 := f.Type.(*cc.FunctionType)
	as, ok2 := site.Type.(*cc.FunctionType)
	if !ok1 || !ok2 || len(own.Parameters()) == 0 && own.MaxArgs() < 0 || own.IsVariadic() != as.IsVariadic() {
		return true
	}
	if apart(own.Result(), as.Result()) {
		return vm.Find("wrong-function-type", nil, 0, "%s is called as a function with another type of result than it has", f.Name)
	}
	for i := range min(len(own.Parameters()), len(as.Parameters())) {
		p, q := own.Parameters()[i].Type(), as.Parameters()[i].Type()
		if apart(p, q) {
			return vm.Find("wrong-function-type", nil, 0, "%s is called as a function whose parameter %d has another type", f.Name, i+1)
		}
		if !vm.pointees(f, fmt.Sprintf("parameter %d", i+1), p, q) {
			return false
		}
	}
	return vm.pointees(f, "result", own.Result(), as.Result())
}

// TypeName gives a type as the programmer knows it: the parser has names of its
// own for those that it declares itself.
func TypeName(t cc.Type) string { return strings.ReplaceAll(t.String(), "__predefined_", "") }
