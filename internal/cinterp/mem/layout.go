package mem

// Effective types, C17 6.5p6 and p7. What an object is made of is told by its
// leaves: each scalar at its offset has a Tag, and two types with one tag may
// alias. Signed and unsigned types share one, and so do qualified and plain
// ones and an enumeration and its integer type. Names of structures do not
// count: an access through a pointer to another structure is in order where
// the members are of the same types, which programs with a common start of
// several structures rely on.

// Tag is a class of scalar types that may alias each other.
type Tag uint8

// The tags. Those from TagPointers on are pointers to one type each.
const (
	TagNone Tag = iota
	TagChar
	TagShort
	TagInt
	TagLong
	TagLongLong
	TagFloat
	TagDouble
	TagLongDouble
	TagBool
	TagPtr      // to void, to characters, or to something not understood: any pointer
	TagFunc     // to a function
	TagPtrPtr   // to a pointer
	TagAny      // a bit-field, or something not understood: anything
	TagPointers = 16
	TagLast     = 127
)

// Compatible tells whether values of one tag may be read as the other.
func (t Tag) Compatible(u Tag) bool {
	switch {
	case t == u || t == TagAny || u == TagAny || t == TagNone || u == TagNone:
		return true
	case t.pointer() && u.pointer():
		return t == TagPtr || u == TagPtr
	}
	return false
}

func (t Tag) pointer() bool { return t >= TagPtr && t <= TagPtrPtr || t >= TagPointers }

// Member is a member of a structure or union.
type Member struct {
	Off  uint64
	Type uint16
}

// Layout is a type of objects: a scalar, an array, a structure or a union.
type Layout struct {
	Name     string // for people
	Size     uint64
	Tag      Tag  // of a scalar
	Volatile bool // it is, or something in it
	Elem     uint16
	N        uint64 // elements of an array
	Members  []Member
	Union    bool
}

// Access is a way to reach an object: the type of the lvalue, and the type that
// the pointer pointed to from which members and elements led there.
type Access struct {
	Base     uint16 // layout
	Tag      Tag    // of the lvalue; TagNone: an aggregate, Base is its type
	Size     uint64
	Volatile bool
	Union    bool   // of a member of a union: what another member stored may be read
	Name     string // of the lvalue's type, for people
}

// Types is what a program's objects and accesses are. Index 0 of both means
// that nothing is known and nothing is asked; layout 1 is char.
type Types struct {
	Layouts  []Layout
	Accesses []Access
}

// LayoutChar is the layout of char.
const LayoutChar = 1

// fit is how an access goes with what is at its place.
type fit uint8

const (
	unknown fit = iota // not asked yet
	fits
	notVolatile // the place is volatile and the access is not
	clashes
)

// fit asks for an access at an offset in a layout.
func (ts *Types) fit(t uint16, off uint64, a *Access) fit {
	l := &ts.Layouts[t]
	switch {
	case l.Tag != TagNone:
		if a.Tag != TagChar && (off != 0 || !l.Tag.Compatible(a.Tag)) && l.Tag != TagAny {
			return clashes
		}
		if l.Volatile && !a.Volatile {
			return notVolatile
		}
		return fits
	case l.N > 0:
		if e := ts.Layouts[l.Elem].Size; e > 0 && off/e < l.N {
			return ts.fit(l.Elem, off%e, a)
		}
		return fits
	}
	best, touched := unknown, false
	for _, m := range l.Members {
		size := ts.Layouts[m.Type].Size
		if m.Off < off+a.Size && off < m.Off+size {
			touched = true
		}
		if off < m.Off || off-m.Off >= size {
			continue
		}
		if f := ts.fit(m.Type, off-m.Off, a); best == unknown || f < best {
			best = f
		}
	}
	switch {
	case best != unknown:
		return best
	case touched && len(l.Members) > 0 && a.Tag != TagChar:
		return clashes
	}
	return fits // padding
}

// leaf is a scalar of a layout.
type leaf struct {
	off  uint64
	size uint64
	tag  Tag
}

// maxLeaves is how many scalars of an aggregate are looked at.
const maxLeaves = 1024

// leaves lists the scalars of a layout, without those in unions.
func (ts *Types) leaves(t uint16, off uint64, out []leaf) []leaf {
	l := &ts.Layouts[t]
	switch {
	case l.Tag != TagNone:
		return append(out, leaf{off, l.Size, l.Tag})
	case l.N > 0:
		for i := uint64(0); i < l.N && len(out) < maxLeaves; i++ {
			out = ts.leaves(l.Elem, off+i*ts.Layouts[l.Elem].Size, out)
		}
	case !l.Union:
		for _, m := range l.Members {
			out = ts.leaves(m.Type, off+m.Off, out)
		}
	}
	return out
}

// Start marks the first byte of a scalar in the tags of allocated memory.
const start = 0x80

// tags gives a tag a byte for one object of a layout; nil when it is too large.
// Characters, bit-fields and what is in unions have none.
func (ts *Types) tags(t uint16) []uint8 {
	l := &ts.Layouts[t]
	if l.Size > 1<<16 {
		return nil
	}
	out := make([]uint8, l.Size)
	for _, x := range ts.leaves(t, 0, nil) {
		if x.off+x.size <= l.Size {
			mark(out[x.off:x.off+x.size], x.tag)
		}
	}
	return out
}

// mark writes the tag of one scalar.
func mark(b []uint8, t Tag) {
	n := uint8(t)
	if t == TagChar || t == TagAny || t == TagNone {
		n = 0
	}
	for i := range b {
		b[i] = n
	}
	if n != 0 && len(b) > 0 {
		b[0] |= start
	}
}
