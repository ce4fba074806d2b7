package run

import (
	"reflect"
	"strings"

	"steward/internal/cinterp/mem"
)

// reclaim lets memory use records of ended objects again that nothing leads to.
func (vm *VM) reclaim() {
	vm.M.Reclaim(func(object func(*mem.Object), address func(uint64)) {
		for _, s := range vm.stack[:min(vm.used+64, len(vm.stack))] {
			object(vm.M.Objs[s.Obj])
			address(s.N)
		}
		for id := range vm.vas {
			object(vm.M.Objs[id])
		}
		for id := range vm.watching {
			object(vm.M.Objs[id])
		}
		w := walker{seen: map[uintptr]bool{}, object: func(id uint64) { object(vm.M.Objs[id]) }, address: address}
		w.fields(reflect.ValueOf(vm).Elem(), notRoots)
	}, vm.P.Ptr)
}

// notRoots are the fields of a VM that hold no pointers of the program, or
// those that reclaim looks at itself.
var notRoots = map[string]bool{"P": true, "M": true, "Out": true, "Lib": true, "Limits": true, "ctx": true, "stack": true,
	"statics": true, "funcs": true, "libs": true}

// above is the path of the packages beside this one.
var above = strings.TrimSuffix(reflect.TypeFor[VM]().PkgPath(), "run")

// walker finds all pointers and objects in what the run and the library keep,
// so that a field that is added is not forgotten.
type walker struct {
	seen            map[uintptr]bool
	object, address func(uint64)
}

var (
	slotType   = reflect.TypeFor[mem.Slot]()
	objectType = reflect.TypeFor[mem.Object]()
)

func (w *walker) fields(v reflect.Value, skip map[string]bool) {
	for i := range v.NumField() {
		if !skip[v.Type().Field(i).Name] {
			w.walk(v.Field(i))
		}
	}
}

func (w *walker) walk(v reflect.Value) {
	switch v.Kind() {
	case reflect.Uint64:
		w.address(v.Uint())
	case reflect.Struct:
		switch v.Type() {
		case reflect.TypeFor[Call](): // its arguments are in the registers
		case slotType:
			w.object(v.FieldByName("Obj").Uint())
			w.address(v.FieldByName("N").Uint())
		case objectType:
			w.object(v.FieldByName("ID").Uint())
		default:
			w.fields(v, nil)
		}
	case reflect.Pointer:
		if !v.IsNil() && w.ours(v.Type().Elem()) && !w.seen[v.Pointer()] {
			w.seen[v.Pointer()] = true
			w.walk(v.Elem())
		}
	case reflect.Interface:
		if !v.IsNil() {
			w.walk(v.Elem())
		}
	case reflect.Slice, reflect.Array:
		if holds(v.Type().Elem()) {
			for i := range v.Len() {
				w.walk(v.Index(i))
			}
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			w.walk(it.Key())
			w.walk(it.Value())
		}
	}
}

// ours tells whether what a pointer points to is of the run, of its memory or
// of the library: code and syntax hold no pointers of the program.
func (w *walker) ours(t reflect.Type) bool {
	if t.Kind() != reflect.Struct {
		return holds(t)
	}
	switch t.PkgPath() {
	case above + "mem", above + "run", above + "lib":
		return t != reflect.TypeFor[VM]() && t != reflect.TypeFor[mem.Memory]()
	}
	return false
}

// holds tells whether a value of the type can hold a pointer of the program.
func holds(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Uint64, reflect.Struct, reflect.Pointer, reflect.Interface, reflect.Slice, reflect.Array, reflect.Map:
		return true
	}
	return false
}
