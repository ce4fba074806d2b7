package run

import (
	"steward/internal/cinterp/mem"
)

// tick counts steps and asks whether the run may go on.
func (vm *VM) tick(n int64) bool {
	vm.Steps += n
	if vm.Steps > vm.Limits.Steps {
		return vm.Cannot("the limit of %d steps is reached", vm.Limits.Steps)
	}
	if vm.M.Crowded() {
		vm.reclaim()
	}
	select {
	case <-vm.ctx.Done():
		return vm.Cannot("the time is up")
	default:
		return true
	}
}

// reach notes a place of code.Orders.
func (vm *VM) reach(i int) {
	for len(vm.Reached) <= i {
		vm.Reached = append(vm.Reached, false)
	}
	vm.Reached[i] = true
}

// ticked begins the next slice of jumps between two ticks.
func (vm *VM) ticked() bool {
	const slice = 8192
	vm.left = slice
	return vm.tick(slice)
}

// outcome says how the loop goes on after an instruction.
type outcome uint8

const (
	next     outcome = iota // with the next instruction
	entered                 // where the innermost frame says: a jump, a call or a return
	returned                // not: the outermost call of the loop returned
	stopped                 // not: the run is over, or goes on further out
)

// noResult looks whether the result of a function that gave none is used,
// C17 6.9.1p12.
func (vm *VM) noResult(fr *Frame) bool {
	if fr.site == nil || !fr.site.Used {
		return true
	}
	// The place of the finding is the call.
	all := vm.frames
	vm.frames = all[:len(all)-1]
	defer func() { vm.frames = all }()
	return vm.Find("missing-return", nil, 0, "%s ended without a result, and its result is used", fr.Func.Name)
}

// landed unwinds to where a longjmp goes, when that is in this loop. An
// instruction that goes aside only moved the place in its function.
func (vm *VM) landed(depth int) bool {
	if vm.aside {
		vm.aside = false
		return true
	}
	j := vm.pending
	if j == nil || vm.over || j.depth <= depth {
		return false
	}
	for len(vm.frames) > j.depth {
		vm.leave(mem.Slot{})
	}
	fr := &vm.frames[len(vm.frames)-1]
	fr.pc = j.pc
	vm.clobber(fr, j.locals)
	vm.stack[fr.base+int(j.dst)] = mem.Slot{N: j.value}
	vm.pending = nil
	return true
}

// SetJump remembers the caller of a library function as a place to return to,
// for the buffer at an address.
func (vm *VM) SetJump(buf uint64) uint64 {
	fr := &vm.frames[len(vm.frames)-1]
	in := fr.Func.Code[fr.pc-1]
	at := [3]uint64{fr.serial, uint64(fr.pc), buf}
	if id, ok := vm.jumpAt[at]; ok { // the same place in the same call
		vm.jumps[id].locals = vm.snapshot(fr)
		return id
	}
	if len(vm.jumps) >= vm.jumpsMax {
		for k, id := range vm.jumpAt {
			if j := vm.jumps[id]; j.thread != vm.threadID() {
				continue
			} else if j.depth > len(vm.frames) || vm.frames[j.depth-1].serial != j.serial {
				delete(vm.jumps, id) // its call returned
				delete(vm.jumpAt, k)
			}
		}
		vm.jumpsMax = 2*len(vm.jumps) + 64
	}
	vm.serial++
	vm.jumps[vm.serial], vm.jumpAt[at] = &jump{thread: vm.threadID(), depth: len(vm.frames), serial: fr.serial, pc: fr.pc, dst: in.A, locals: vm.snapshot(fr)}, vm.serial
	return vm.serial
}

// Depth gives how many calls are open.
func (vm *VM) Depth() int { return len(vm.frames) }

// JumpDepth gives how many were at a place of SetJump; many for no place.
func (vm *VM) JumpDepth(id uint64) int {
	if j := vm.jumps[id]; j != nil {
		return j.depth
	}
	return 1 << 30
}

// LongJump goes back to a place of SetJump; always false.
func (vm *VM) LongJump(id, value uint64) bool {
	j := vm.jumps[id]
	if j == nil || j.thread != vm.threadID() || j.depth > len(vm.frames) || vm.frames[j.depth-1].serial != j.serial {
		return vm.Find("longjmp-dead-frame", nil, 0, "longjmp goes to a function that returned, to another thread, or to no place at all")
	}
	j.value = value
	vm.pending = j
	return false
}
