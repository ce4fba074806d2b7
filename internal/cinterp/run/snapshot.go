package run

import (
	"context"

	"steward/internal/cinterp/code"
	"steward/internal/cinterp/mem"
)

// Snapshot is a program whose objects with static storage duration have their
// first values. Any number of runs begin there, one after the other, each as if
// it were the only one.
type Snapshot struct {
	image *mem.Image
	first *VM // that the image was made of
	last  *VM
}

// NewSnapshot initialises a program. When that does not succeed there is no
// snapshot, and the run that is given back says why.
func NewSnapshot(ctx context.Context, p *code.Program, lib map[string]LibFunc, l Limits) (*Snapshot, *VM) {
	vm, err := New(ctx, p, lib, l)
	if err != nil {
		vm = bare(ctx, p, lib, l)
		vm.M = mem.New(l.Memory, p.Ptr)
		vm.Cannot("%v", err)
		return nil, vm
	}
	if !vm.guarded(vm.initialise) {
		return nil, vm
	}
	vm.keepFirst()
	return &Snapshot{image: vm.M.Image(), first: vm, last: vm}, vm
}

// guarded makes a panic of ours a run without a verdict.
func (vm *VM) guarded(do func() bool) (ok bool) {
	defer func() {
		if r := recover(); r != nil {
			vm.over = false
			ok = vm.Cannot("the interpreter failed: %v", r)
		}
	}()
	return do()
}

// Start begins a run. The one that was started before must not be used again.
func (s *Snapshot) Start(ctx context.Context) *VM {
	vm := bare(ctx, s.first.P, s.first.Lib, s.first.Limits)
	s.image.Restore()
	vm.M, vm.statics, vm.funcs, vm.libs = s.first.M, s.first.statics, s.first.funcs, s.first.libs
	vm.bases = s.first.bases
	vm.Notes = append(vm.Notes, s.first.Notes...)
	vm.first = s.first.first
	old := s.last
	vm.stack, vm.frames, vm.calls = old.stack, old.frames[:0], old.calls
	clear(vm.stack[:min(old.used+64, len(vm.stack))])
	vm.used = min(old.used, 4096)
	vm.frames = vm.frames[:cap(vm.frames)]
	clear(vm.frames)
	vm.frames = vm.frames[:0]
	s.last = vm
	return vm
}

// Named gives the number of a function that the program defines.
func (vm *VM) Named(name string) (int, bool) {
	i, ok := vm.P.ByName[name]
	return i, ok && vm.P.Funcs[i].Code != nil
}

// Enter calls a function of the program instead of main. It is false when the
// run is over then: Found, Why or Status says how.
func (vm *VM) Enter(i int, args []mem.Slot) (r mem.Slot, ok bool) {
	ok = vm.guarded(func() bool {
		r, ok = vm.CallFunc(i, args)
		return ok
	})
	vm.settled()
	return r, ok
}

// Exited tells whether the program ended itself, by exit or its kin.
func (vm *VM) Exited() bool { return vm.exiting }

// Taken gives the steps so far.
func (vm *VM) Taken() int64 { return vm.Steps - int64(max(vm.left, 0)) }
