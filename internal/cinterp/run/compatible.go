package run

import (
	"strings"

	"modernc.org/cc/v4"

	"steward/internal/cinterp/code"
)

// C17 6.5.2.2p9: a function is called through a type that is compatible with
// its own. Types whose difference cannot be seen for sure are taken for equal:
// the parser's types have lost qualifiers, for one.

// apartPointees tells whether parameter i points to something else in the
// function's own type than in the one it is called through.
func (vm *VM) apartPointees(f *code.Func, site *code.Site, i int) bool {
	own, ok1 := f.Type.(*cc.FunctionType)
	as, ok2 := site.Type.(*cc.FunctionType)
	if !ok1 || !ok2 || f.OldStyle || i >= len(own.Parameters()) || i >= len(as.Parameters()) {
		return false
	}
	return differ(own.Parameters()[i].Type(), as.Parameters()[i].Type(), 0)
}

// apartResult tells the same of what the results point to.
func (vm *VM) apartResult(f *code.Func, site *code.Site) bool {
	own, ok1 := f.Type.(*cc.FunctionType)
	as, ok2 := site.Type.(*cc.FunctionType)
	return ok1 && ok2 && differ(own.Result(), as.Result(), 0)
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
		if differ(p, q, 0) && !vm.Find("function-pointee-type", nil, 0, "%s is called as a function whose parameter %d points to another type", f.Name, i+1) {
			return false
		}
	}
	if differ(own.Result(), as.Result(), 0) {
		return vm.Find("function-pointee-type", nil, 0, "%s is called as a function whose result points to another type", f.Name)
	}
	return true
}

// TypeName gives a type as the programmer knows it: the parser has names of its
// own for those that it declares itself.
func TypeName(t cc.Type) string { return strings.ReplaceAll(t.String(), "__predefined_", "") }
