package lib

import (
	"steward/internal/cinterp/code"
	"steward/internal/cinterp/mem"
	"steward/internal/cinterp/run"
)

// Setup gives a run its library state, its standard streams and the arguments
// of main: argc, argv and the environment.
func Setup(vm *run.VM, s *State, args []string) ([]mem.Slot, bool) {
	vm.State = s
	c := &call{VM: vm, Name: "start"}
	if len(args) > 0 {
		s.Program = args[0]
	}
	if !standard(c) || !setGlobal(c, "optind", code.I32, slot{N: 1}) || !setGlobal(c, "opterr", code.I32, slot{N: 1}) {
		return nil, false
	}
	argv, ok := vector(c, args, "argument")
	if !ok {
		return nil, false
	}
	envp, ok := vector(c, s.Environ, "environment")
	for _, n := range []string{"environ", "__environ"} {
		ok = ok && setGlobal(c, n, code.TPtr, envp)
	}
	return []mem.Slot{{N: uint64(len(args))}, argv, envp}, ok
}

// vector makes an array of pointers to strings with a null at its end.
func vector(c *call, list []string, name string) (slot, bool) {
	size := uint64(c.VM.P.Ptr)
	a, ok := own(c, name+"s", uint64(len(list)+1)*size)
	if !ok {
		return a, false
	}
	for i, s := range list {
		p, ok := own(c, name, uint64(len(s))+1)
		if !ok || !put(c, p, append([]byte(s), 0)) {
			return a, false
		}
		at := a
		at.N += uint64(i) * size
		if !c.VM.Store(at, code.TPtr, p) {
			return a, false
		}
	}
	return a, true
}

// Pointers makes objects of the types with the values, and gives pointers to
// them.
func Pointers(vm *run.VM, values []mem.Slot, types []code.T) ([]mem.Slot, bool) {
	c := &call{VM: vm, Name: "start"}
	var l []mem.Slot
	for i, v := range values {
		p, ok := own(c, "argument", 8)
		if !ok || !vm.Store(p, types[i], v) {
			return nil, false
		}
		l = append(l, p)
	}
	return l, true
}
