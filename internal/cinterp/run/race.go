package run

import (
	"steward/internal/cinterp/mem"
)

// A clock tells, by the ID of a thread, up to which time of that thread
// everything happened before: C17 5.1.2.4p18. Clocks are shared and are copied
// before they change.
type clock []uint32

func (c clock) at(id int) uint32 {
	if id < len(c) {
		return c[id]
	}
	return 0
}

func (c clock) copy() clock { return append(clock(nil), c...) }

// set gives the clock with another time of a thread.
func (c clock) set(id int, n uint32) clock {
	for len(c) <= id {
		c = append(c, 0)
	}
	c[id] = n
	return c
}

// join gives the later of two clocks.
func (c clock) join(o clock) clock {
	later := false
	for i, n := range o {
		if n > c.at(i) {
			later = true
			break
		}
	}
	if !later {
		return c
	}
	j := make(clock, max(len(c), len(o)))
	copy(j, c)
	for i, n := range o {
		j[i] = max(j[i], n)
	}
	return j
}

// tick begins a new time of the thread: what it does from now on did not
// happen before what others took over until now.
func (t *Thread) tick() { t.clock = t.clock.copy().set(t.ID, t.clock.at(t.ID)+1) }

// Sync is what a lock or the like hands on from thread to thread.
type Sync struct{ c clock }

// Release makes what the thread did happen before what who acquires does.
func (vm *VM) Release(s *Sync) {
	if vm.threads == nil {
		return
	}
	t := vm.threads.Now
	s.c = s.c.join(t.clock)
	t.tick()
}

// Acquire makes what was released happen before what the thread does.
func (vm *VM) Acquire(s *Sync) {
	if vm.threads == nil {
		return
	}
	t := vm.threads.Now
	t.clock = t.clock.join(s.c)
}

// Touch looks for a race of the library's own access.
func (vm *VM) Touch(p mem.Slot, n uint64, write bool) bool {
	o := vm.M.Objs[p.Obj]
	if o.Trace == nil || n == 0 {
		return true
	}
	off := p.N - o.Base
	if off > o.Size {
		return true
	}
	return vm.reached(o, off, min(n, o.Size-off), write)
}

// reached notes an access and looks whether it races with one before:
// C17 5.1.2.4p35. An object whose address nobody kept is one thread's.
func (vm *VM) reached(o *mem.Object, off, size uint64, write bool) bool {
	if vm.threads == nil || o.Trace.Off || !o.Kept && (o.Class == mem.ClassAuto || o.Class == mem.ClassHeap || o.Class == mem.ClassTemp) {
		return true
	}
	return vm.look(o, off, size, write, false)
}

func (vm *VM) look(o *mem.Object, off, size uint64, write, atomic bool) bool {
	t := vm.threads.Now
	now := mem.Epoch{Clock: t.clock.at(t.ID), Thread: uint16(t.ID), Atomic: atomic, At: vm.here()}
	w := o.Trace
	pages := w.Pages()
	for i := off; i < off+size; i++ {
		c := w.Cell(i)
		if e := c.Write; t.races(e, atomic) {
			return vm.race(o, i, e, true, write)
		}
		if !write {
			switch {
			case c.Read.Thread == 0 || t.after(c.Read) && (!c.Read.Atomic || atomic):
				c.Read = now
				if len(c.More) > 0 {
					c.More = t.unordered(c.More)
				}
			case c.Read == now:
			default:
				c.More = append(t.unordered(c.More), now)
			}
			continue
		}
		if e := c.Read; t.races(e, atomic) {
			return vm.race(o, i, e, false, write)
		}
		for _, e := range c.More {
			if t.races(e, atomic) {
				return vm.race(o, i, e, false, write)
			}
		}
		if !atomic || c.Write.Atomic || t.after(c.Write) {
			c.Write = now
		}
		c.Read, c.More = mem.Epoch{}, nil
	}
	if n := w.Pages() - pages; n > 0 {
		if vm.M.Used += uint64(n) * mem.PageSize; vm.M.Used > vm.M.Limit {
			return vm.Cannot("the limit of memory is reached by what is kept of accesses of threads")
		}
	}
	return true
}

// after tells whether an access happened before what the thread does now.
func (t *Thread) after(e mem.Epoch) bool {
	return int(e.Thread) == t.ID || e.Clock <= t.clock.at(int(e.Thread))
}

func (t *Thread) races(e mem.Epoch, atomic bool) bool {
	return e.Thread != 0 && !(atomic && e.Atomic) && !t.after(e)
}

// unordered leaves the reads of others that did not happen before.
func (t *Thread) unordered(l []mem.Epoch) []mem.Epoch {
	var out []mem.Epoch
	for _, e := range l {
		if !t.after(e) {
			out = append(out, e)
		}
	}
	return out
}

// race tells of two accesses in no order.
func (vm *VM) race(o *mem.Object, off uint64, e mem.Epoch, wrote, write bool) bool {
	word := map[bool]string{true: "written", false: "read"}
	p := mem.Slot{N: o.Base + off, Obj: o.ID}
	vm.also = []mem.Pos{e.At}
	ok := vm.Find("data-race", &p, 1, "%s is %s by thread %d and %s by thread %d, and nothing orders the two",
		describe(o), word[write], vm.threads.Now.ID, word[wrote], e.Thread)
	vm.also = nil
	return ok
}

// Unwatched says that races are not looked for on an object of the library.
func (vm *VM) Unwatched(o *mem.Object) {
	o.Class = mem.ClassStatic
	if o.Trace != nil {
		o.Trace.Off = true
	}
}
