package run

import (
	"steward/internal/cinterp/code"
	"steward/internal/cinterp/mem"
)

// C17 6.7.3.1. A restrict pointer promises, while its block runs, that what is
// reached through it and changed is reached through it alone. Each pointer
// value that is based on one carries a tag, beside the bounds of a sub-object;
// the tag knows the tag of the value that it was made from, so that a pointer
// may be based on several. An object that a restrict pointer points to is
// watched: its accesses leave the fast path and are noted by byte.
//
// Where a value may have lost its tag (it was made an integer, say) nothing is
// found any more: a pointer without the tag may be based on it all the same.

// promise is one restrict pointer while its block runs.
type promise struct {
	of    *code.Restrict
	frame uint64   // serial of its call
	own   []uint32 // tags
	void  bool     // a value based on it may have lost its tag
	seen  []*watched
}

// watched is an object that a promise is about.
type watched struct {
	by  *promise
	o   *mem.Object
	how []uint8 // by byte: through, around, changed
}

const (
	through = 1 << iota // reached by a pointer that is based on the promise
	around              // reached by another way
	changed
)

// basis is what a tag stands for.
type basis struct {
	of      *promise // nil when its block has ended
	from    uint32   // the tag of the value that the pointer was given
	escaped bool     // stored or returned: the tag is not used again
}

// tag gives the tag of a pointer; 0: none.
func (vm *VM) tag(p mem.Slot) uint32 {
	if p.Sub == 0 {
		return 0
	}
	return vm.M.Subs[p.Sub].Tag
}

// based tells whether a tag is based on a promise.
func (vm *VM) based(tag uint32, r *promise) bool {
	for ; tag != 0; tag = vm.tags[tag].from {
		if vm.tags[tag].of == r {
			return true
		}
	}
	return false
}

// restrictNew begins the block of a restrict pointer, without a value.
func (vm *VM) restrictNew(fr *Frame, k int64) *promise {
	vm.restrictEnd(fr, k)
	r := &promise{of: &fr.Func.Restricts[k], frame: fr.serial}
	if fr.promises == nil {
		fr.promises = make([]*promise, len(fr.Func.Restricts))
	}
	fr.promises[k] = r
	return r
}

// restrict gives a restrict pointer the value in a register; first tells that
// it is its initial one.
func (vm *VM) restrict(fr *Frame, reg *mem.Slot, k int64, first bool) bool {
	var r *promise
	if fr.promises != nil {
		r = fr.promises[k]
	}
	if first || r == nil {
		r = vm.restrictNew(fr, k)
	}
	if reg.Obj == 0 {
		return true
	}
	t := vm.tag(*reg)
	if vm.based(t, r) {
		return true
	}
	for u := t; u != 0; u = vm.tags[u].from {
		// The block of the other pointer must have begun before this one's.
		if q := vm.tags[u].of; q != nil && q.frame == r.frame && q.of.Depth >= r.of.Depth && !q.void {
			if !vm.Find("restrict-assignment", reg, 0, "%s is given a value based on %s, a restrict pointer of the same or an inner block", r.of.Name, q.of.Name) {
				return false
			}
		}
	}
	o := vm.M.Objs[reg.Obj]
	if o.State != mem.Alive || o.Class == mem.ClassFunc {
		return true
	}
	lo, hi := uint64(0), o.Size
	if reg.Sub != 0 {
		s := vm.M.Subs[reg.Sub]
		lo, hi = s.Lo, s.Hi
	}
	reg.Sub = vm.M.SubFor(lo, hi, vm.newTag(r, t))
	vm.watch(r, o)
	return true
}

// newTag gives a tag for values of a promise; one that is free, if there is.
func (vm *VM) newTag(r *promise, from uint32) uint32 {
	for _, t := range r.own {
		if vm.tags[t].from == from {
			return t
		}
	}
	var t uint32
	if l := vm.freeTags[r.of]; len(l) > 0 {
		t = l[len(l)-1]
		vm.freeTags[r.of] = l[:len(l)-1]
	} else {
		if vm.tags == nil {
			vm.tags = make([]basis, 1)
		}
		t = uint32(len(vm.tags))
		vm.tags = append(vm.tags, basis{})
		vm.M.Used += 64
	}
	vm.tags[t] = basis{of: r, from: from}
	r.own = append(r.own, t)
	return t
}

// restrictEnd ends the block of a restrict pointer.
func (vm *VM) restrictEnd(fr *Frame, k int64) {
	if fr.promises == nil || fr.promises[k] == nil {
		return
	}
	r := fr.promises[k]
	fr.promises[k] = nil
	for _, t := range r.own {
		b := &vm.tags[t]
		if b.of = nil; !b.escaped {
			if vm.freeTags == nil {
				vm.freeTags = map[*code.Restrict][]uint32{}
			}
			vm.freeTags[r.of] = append(vm.freeTags[r.of], t)
		}
	}
	for _, w := range r.seen {
		l := vm.watching[w.o.ID]
		for i := range l {
			if l[i] == w {
				l = append(l[:i], l[i+1:]...)
				break
			}
		}
		if vm.watching[w.o.ID] = l; len(l) == 0 {
			delete(vm.watching, w.o.ID)
			w.o.Watched = false
			if w.o.State == mem.Alive && w.o.Guard == nil && !w.o.Vol {
				w.o.Unwatch(vm.P.Big)
			}
		}
		vm.M.Used -= uint64(len(w.how))
	}
}

// watch notes the accesses to an object for a promise.
func (vm *VM) watch(r *promise, o *mem.Object) {
	for _, w := range r.seen {
		if w.o == o {
			return
		}
	}
	if vm.watching == nil {
		vm.watching = map[uint32][]*watched{}
	}
	w := &watched{by: r, o: o}
	r.seen = append(r.seen, w)
	vm.watching[o.ID] = append(vm.watching[o.ID], w)
	o.Watched = true
	o.Watch()
}

// exact are the functions of the library that reach all that they ask for.
var exact = map[string]bool{"": true, "memcpy": true, "memmove": true, "mempcpy": true, "memset": true, "bzero": true}

// touched notes an access to an object that is watched. It is false when it
// breaks a promise.
func (vm *VM) touched(o *mem.Object, off, size uint64, p mem.Slot, write bool) bool {
	if !exact[vm.lib] {
		return true
	}
	tag := vm.tag(p)
	for _, w := range vm.watching[o.ID] {
		if w.by.void {
			continue
		}
		if w.how == nil {
			w.how = make([]uint8, o.Size)
			vm.M.Used += o.Size
		}
		how := uint8(around)
		if vm.based(tag, w.by) {
			how = through
		}
		if write {
			how |= changed
		}
		for i := off; i < off+size && i < uint64(len(w.how)); i++ {
			w.how[i] |= how
			switch h := w.how[i]; {
			case h == through|around|changed:
				if !vm.Find("restrict-alias", &p, int64(size), "%s is reached through the restrict pointer %s and by another way, and is changed", describe(o), w.by.of.Name) {
					return false
				}
			case w.by.of.Const && h == through|changed:
				if !vm.Find("restrict-alias", &p, int64(size), "%s is changed and is reached through %s, a restrict pointer to a const type", describe(o), w.by.of.Name) {
					return false
				}
			}
		}
	}
	return true
}

// untracked says that a pointer's value goes where its tag does not.
func (vm *VM) untracked(p mem.Slot) {
	for t := vm.tag(p); t != 0; t = vm.tags[t].from {
		if r := vm.tags[t].of; r != nil {
			r.void = true
		}
	}
}

// escapes says that a pointer's value may outlive the block of its promise.
func (vm *VM) escapes(p mem.Slot) {
	for t := vm.tag(p); t != 0; t = vm.tags[t].from {
		vm.tags[t].escaped = true
	}
}

// endPromises ends those of a call.
func (vm *VM) endPromises(fr *Frame, result mem.Slot) {
	vm.escapes(result)
	for k := range fr.promises {
		vm.restrictEnd(fr, int64(k))
	}
}
