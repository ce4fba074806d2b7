package mem

import (
	"bytes"
	"sort"
)

// Slot is a register: the bits of a number, or an address with the object
// that the pointer was made for (0: none) and its sub-object's bounds (an
// index into Memory.Subs; 0: all of the object).
type Slot struct {
	N   uint64
	Obj uint32
	Sub uint32
}

// Class says how an object came to be.
type Class uint8

// Classes of objects.
const (
	ClassNone Class = iota
	ClassStatic
	ClassAuto
	ClassHeap
	ClassString
	ClassFunc
	ClassTemp
)

// State says whether an object lives.
type State uint8

// States of an object.
const (
	Alive State = iota
	Freed
	OutOfScope
	Returned
)

// Pos is an index into a table of places in source that the program has.
type Pos = int32

// Object is a region of memory. A dead one has no Data, so that the check of
// bounds finds it, too.
type Object struct {
	Base     uint64
	Data     []byte // to read; nil when dead
	W        []byte // to write: Data, or nil when it is constant
	Fast     bool   // every byte has a value, and the machine's order is ours
	slow     bool
	Plain    bool   // storing a character changes no type
	untyped  bool   // without a declared type: it gets one by what is stored
	zeroed   bool   // some bytes were zero before anyone stored
	any      bool   // of no type that is known any more
	Watched  bool   // see Watch
	Fit      uint16 // accesses by this layout are in order; others are asked about
	declared uint16
	tags     []uint8 // the type of what was stored, by byte; see ByStore
	m        *Memory
	spare    bool   // ended, and no pointer leads to it: the record may be used again
	Init     []byte // 1 for each byte with a value; nil: all have one
	Missing  int    // bytes without a value, while Init is there
	Prov     []Slot // provenance of the pointers stored, by machine word
	Size     uint64
	ID       uint32
	Class    Class
	State    State
	Const    bool // written only by its initializer
	Kept     bool // its address was stored in memory, returned, or made an integer
	Exposed  bool // a pointer to it was made an integer, or printed
	Name     string
	Type     string // for people
	Made     Pos    // where it was declared or allocated
	Ended    Pos    // where it was freed or its block ended
	Lost     *Lost  // bytes that had a value and have none any more
	Guard    *Guard // bytes that the program may not change now
	Vol      bool   // defined volatile
	Func     int32  // of a function: which one
	Mark     int32  // of the last leak search
	Trace    *Trace // who reached it, while threads run

	copied [2]uint64 // from where to where it has bytes that were copied in
}

// Lost is a range of offsets whose bytes lost their values, and the kind of
// undefined behaviour that reading them is.
type Lost struct {
	Lo, Hi uint64
	Kind   string
	Text   string
}

// Lose takes the values of n bytes from off away.
func (o *Object) Lose(off, n uint64, kind, text string) {
	for i := off; i < off+n; i++ {
		o.Unset(i)
	}
	if o.Lost != nil && o.Lost.Kind == kind {
		off, n = min(off, o.Lost.Lo), max(off+n, o.Lost.Hi)-min(off, o.Lost.Lo)
	}
	o.Lost = &Lost{off, off + n, kind, text}
}

// Guard is a range of offsets that may not be written for a while.
type Guard struct {
	Lo, Hi uint64
	Kind   string
	Text   string
}

// Watch makes every access to the object take the slow way.
func (o *Object) Watch() { o.W, o.Fast, o.slow = nil, false, true }

// Unwatch undoes Watch. big is the order of the machine.
func (o *Object) Unwatch(big bool) {
	o.Guard = nil
	if o.Trace != nil {
		return
	}
	o.slow = big
	o.Fast = o.Init == nil && !o.slow
	if !o.Const && !o.Vol {
		o.W = o.Data
	}
	if o.Watched && o.State == Alive {
		o.Watch()
	}
}

// Sub is the bounds of a sub-object, as offsets in its object, and what a
// pointer is based on: a tag that means something to whoever gave it.
type Sub struct {
	Lo, Hi uint64
	Tag    uint32
}

// Memory is all objects of a run.
type Memory struct {
	Objs   []*Object // by ID; 0 is none
	Subs   []Sub     // by index; 0 is none
	subs   map[Sub]uint32
	next   uint64
	Used   uint64 // bytes that live, with their shadows
	Total  uint64 // bytes that were handed out
	Limit  uint64
	blank  []Object             // records that were not used yet
	dead   int                  // ended objects that are not spare
	stay   int                  // those of them that the last Reclaim left
	free   map[uint64][]*Object // spare ones, by kindOf
	Traced bool                 // new objects are traced
	Big    bool                 // the machine's order of bytes is not ours
	top    uint64               // the last address of the machine

	Types    *Types // of the program; nil: no types are looked at
	Loose    bool   // programs do not rely on types: a clash is none
	Exact    bool   // an address alone leads only to what is Exposed
	fits     map[fitKey][]fit
	lastFit  fitKey // of the last answers that were asked for
	lastFits []fit
	laidOut  map[uint16][]uint8

	// Near remembers objects by the address of a pointer to them, so that a
	// pointer that is read need not search. It may be wrong: look at the object.
	Near    []uint32
	nearSub [256]uint32 // the same for bounds
}

// The sizes of Near: it grows with the number of objects.
const (
	nearLeast = 1 << 10
	nearMost  = 1 << 20
)

// NearAt gives the place of an address in Near.
func NearAt(near []uint32, addr uint64) uint64 { return addr >> 5 & uint64(len(near)-1) }

// overhead is about what an object costs beside its bytes.
const overhead = 192

// New makes an empty memory that holds at most limit bytes, for a machine with
// pointers of ptr bytes.
func New(limit uint64, ptr int) *Memory {
	m := &Memory{Objs: make([]*Object, 1, 256), Subs: make([]Sub, 1), subs: map[Sub]uint32{}, Near: make([]uint32, nearLeast), next: 0x10000, Limit: limit, top: 1<<32 - 1}
	if ptr == 8 {
		// No address fits in an int, as on most machines.
		m.next, m.top = 1<<36, 1<<47-1
	}
	m.Objs[0] = &Object{State: Freed, m: m}
	return m
}

// Alloc makes an object of size bytes, without values; nil when the limit of
// memory or of addresses is reached.
func (m *Memory) Alloc(size, align uint64, class Class) *Object {
	if size > m.Limit || m.Used+size+overhead > m.Limit || len(m.Objs) >= 1<<31 {
		return nil
	}
	align = max(align, 16)
	o := m.again(size, align)
	if o == nil {
		base := (m.next + align - 1) &^ (align - 1)
		if base+size+64 > m.top {
			return nil
		}
		m.next = base + size + 32
		if len(m.blank) == 0 { // records are kept to the end, so they may be made many at a time
			m.blank = make([]Object, min(64, len(m.Objs)))
		}
		o, m.blank = &m.blank[0], m.blank[1:]
		o.Base, o.ID = base, uint32(len(m.Objs))
		m.Objs = append(m.Objs, o)
		if n := len(m.Near); len(m.Objs) > n && n < nearMost {
			m.Near = make([]uint32, 4*n)
		}
	}
	o.Size, o.Class, o.Plain, o.m = size, class, true, m
	m.Used += size + overhead
	m.Total += size
	buf := make([]byte, 2*size)
	o.Data, o.Init, o.Missing = buf[:size:size], buf[size:], int(size)
	o.W, o.slow = o.Data, m.Big
	if m.Traced && class != ClassFunc {
		o.trace()
	}
	if size == 0 {
		o.SetAll()
	}
	return o
}

// Slow tells that the machine's order of bytes is not ours.
func (o *Object) Slow() bool { return o.slow }

// SetAll says that every byte has a value.
func (o *Object) SetAll() { o.Init, o.Missing, o.Fast = nil, 0, !o.slow }

// Forget says that no byte has a value any more.
func (o *Object) Forget() {
	if o.Init == nil {
		o.Init = make([]byte, len(o.Data))
	} else {
		clear(o.Init)
	}
	o.Missing, o.Fast, o.W = len(o.Data), false, o.Data
	if o.Vol || o.Watched {
		o.W = nil
	}
	if o.Trace != nil {
		o.trace()
	}
	if o.Missing == 0 {
		o.SetAll()
	}
	o.Prov, o.Lost = nil, nil
}

// End ends the life of an object.
func (m *Memory) End(o *Object, s State, at Pos) {
	m.Used -= o.Size
	o.dropTags()
	m.dead++
	o.State, o.Ended = s, at
	o.Data, o.W, o.Init, o.Prov, o.Fast, o.Trace = nil, nil, nil, nil, false, nil
}

// SetInit says that n bytes from off have a value.
func (o *Object) SetInit(off, n uint64) {
	if o.Init == nil {
		return
	}
	for i := off; i < off+n; i++ {
		if o.Init[i] == 0 {
			o.Init[i] = 1
			o.Missing--
		}
	}
	if o.Missing == 0 {
		o.SetAll()
	}
}

// Freeze makes an object constant.
func (o *Object) Freeze() { o.W, o.Const = nil, true }

// Unset says that the byte at off has no value.
func (o *Object) Unset(off uint64) {
	if o.Init == nil {
		o.Init, o.Fast = make([]byte, len(o.Data)), false
		for i := range o.Init {
			o.Init[i] = 1
		}
	}
	if o.Init[off] != 0 {
		o.Init[off] = 0
		o.Missing++
	}
}

// FirstMissing gives the first of n bytes from off that has no value.
func (o *Object) FirstMissing(off, n uint64) (uint64, bool) {
	if o.Init != nil {
		for i := off; i < off+n; i++ {
			if o.Init[i] == 0 {
				return i, true
			}
		}
	}
	return 0, false
}

// At finds the object, alive or dead, that an address lies in or is one past;
// nil when there is none.
func (m *Memory) At(addr uint64) *Object {
	i := sort.Search(len(m.Objs)-1, func(i int) bool { return m.Objs[i+1].Base > addr })
	if i == 0 {
		return nil
	}
	if o := m.Objs[i]; addr <= o.Base+o.Size {
		return o
	}
	return nil
}

// SubFor gives the index of bounds with a tag. Objects share it: there are about as many
// bounds as parts in the program's types.
func (m *Memory) SubFor(lo, hi uint64, tag uint32) uint32 {
	k := Sub{lo, hi, tag}
	near := &m.nearSub[(lo^hi<<3)>>2%uint64(len(m.nearSub))]
	if *near != 0 && m.Subs[*near] == k {
		return *near
	}
	i, ok := m.subs[k]
	if !ok {
		i = uint32(len(m.Subs))
		m.Subs = append(m.Subs, k)
		m.subs[k] = i
		m.Used += 64
	}
	*near = i
	return i
}

// Recover gives a pointer for a bare address: with the object it lies in or is
// one past, if that one's address was ever made an integer, stored or returned.
// An address that was only guessed has none. When Exact, it must have been made
// an integer or printed.
func (m *Memory) Recover(addr uint64) Slot {
	if o := m.At(addr); o != nil && addr != 0 && (o.Exposed || o.Kept && !m.Exact) {
		return Slot{N: addr, Obj: o.ID}
	}
	return Slot{N: addr}
}

// Copy copies n bytes with their shadows. The ranges are within the objects.
func Copy(dst *Object, do uint64, src *Object, so, n uint64, ptr uint64) {
	carry(dst, do, src, so, n)
	copy(dst.Data[do:do+n], src.Data[so:so+n])
	if src.Init == nil {
		dst.SetInit(do, n)
	} else {
		has := src.Init[so : so+n]
		if src == dst { // what is written may be what is still to be read
			has = bytes.Clone(has)
		}
		for i, v := range has {
			if v == 0 {
				dst.Unset(do + uint64(i))
			} else if dst.Init != nil {
				dst.SetInit(do+uint64(i), 1)
			}
		}
	}
	if src.Prov != nil && (do-so)%ptr == 0 {
		if dst.Prov == nil {
			dst.Prov = make([]Slot, dst.Size/ptr)
		}
		lo, hi := (so+ptr-1)/ptr, (so+n)/ptr
		if hi > lo {
			copy(dst.Prov[(lo*ptr+do-so)/ptr:], src.Prov[lo:hi])
		}
	}
}
