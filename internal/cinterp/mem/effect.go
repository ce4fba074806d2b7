package mem

// mixed is the fast type of an object whose accesses must be asked about one
// by one; no layout has this number.
const mixed = 0xffff

// Declare gives an object its declared type: an object of the layout or an
// array of them.
func (o *Object) Declare(t uint16) {
	if o.m.Types != nil {
		o.declared, o.Fit, o.Plain = t, t, !o.m.Types.Layouts[t].Volatile
	}
}

// ByStore says that an object has no declared type: it gets one by what is
// stored in it, C17 6.5p6. zeroed: its bytes are zero, and nobody stored them.
func (o *Object) ByStore(zeroed bool) {
	if o.m.Types != nil && !o.m.Loose {
		o.untyped, o.zeroed, o.any, o.Plain, o.Fit, o.copied = true, zeroed, false, false, 0, [2]uint64{}
		o.dropTags()
	}
}

// Zeroed says that all of an object was made zero without a type.
func (o *Object) Zeroed() {
	if o.untyped {
		o.ByStore(true)
	}
}

func (o *Object) dropTags() {
	if o.tags != nil {
		o.m.Used -= uint64(len(o.tags))
		o.tags = nil
	}
}

// forgetTypes gives up on an object: nothing is asked any more.
func (o *Object) forgetTypes() {
	o.dropTags()
	o.untyped, o.declared, o.Fit, o.Plain, o.any = false, 0, 0, true, true
}

// Reads tells whether an access may read at an offset. The bytes are inside
// the object and have values.
func (m *Memory) Reads(o *Object, off uint64, access uint16) bool {
	if access == 0 || m.Types == nil {
		return true
	}
	a := &m.Types.Accesses[access]
	if a.Base == o.Fit {
		return true
	}
	f := m.look(o, off, access, a)
	return f == fits || f == clashes && m.Loose
}

// look asks for an access to what an object has.
func (m *Memory) look(o *Object, off uint64, access uint16, a *Access) fit {
	switch {
	case !o.untyped && o.declared == 0:
		if o.any {
			o.Fit = a.Base // so that the next one need not ask
		}
		return fits
	case !o.untyped:
		return m.place(o.declared, o.Size, off, access, a)
	case a.Tag == TagChar:
		return fits
	case o.tags != nil:
		return m.stored(o, off, a)
	case o.Fit <= LayoutChar:
		return fits
	}
	f := m.place(o.Fit, o.Size, off, access, a)
	if f == notVolatile || f == clashes && o.zeroed && allZero(o.Data[off:min(off+a.Size, o.Size)]) {
		return fits
	}
	return f
}

func allZero(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}

type fitKey struct{ layout, access uint16 }

// maxMemo is the size of layouts whose answers are kept by offset.
const maxMemo = 1 << 16

// place asks for an access at an offset in an object of a layout, or an array
// of them.
func (m *Memory) place(t uint16, size, off uint64, access uint16, a *Access) fit {
	n := m.Types.Layouts[t].Size
	if n == 0 {
		return fits
	}
	if off >= n {
		if size%n != 0 {
			return fits // behind the type: the rest of a flexible array
		}
		off %= n
	}
	if n > maxMemo {
		return m.ask(t, off, a)
	}
	k := fitKey{t, access}
	if k != m.lastFit {
		memo := m.fits[k]
		if memo == nil {
			memo = make([]fit, n)
			if m.fits == nil {
				m.fits = map[fitKey][]fit{}
			}
			m.fits[k] = memo
			m.Used += n
		}
		m.lastFit, m.lastFits = k, memo
	}
	f := m.lastFits[off]
	if f == unknown {
		f = m.ask(t, off, a)
		m.lastFits[off] = f
	}
	return f
}

// ask asks for a scalar, or for each scalar of an aggregate.
func (m *Memory) ask(t uint16, off uint64, a *Access) fit {
	if a.Tag != TagNone {
		return m.Types.fit(t, off, a)
	}
	if t == a.Base && off == 0 {
		return fits
	}
	n := m.Types.Layouts[t].Size
	for _, l := range m.Types.leaves(a.Base, 0, nil) {
		at := off + l.off
		if at >= n {
			at %= n
		}
		if m.Types.fit(t, at, &Access{Tag: l.tag, Size: l.size, Volatile: true}) == clashes {
			return clashes
		}
	}
	return fits
}

// stored asks for an access to what was stored.
func (m *Memory) stored(o *Object, off uint64, a *Access) fit {
	if a.Union {
		return fits
	}
	if a.Tag != TagNone {
		return tagged(o.tags, off, a.Size, a.Tag)
	}
	for _, l := range m.Types.leaves(a.Base, 0, nil) {
		if f := tagged(o.tags, off+l.off, l.size, l.tag); f != fits {
			return f
		}
	}
	return fits
}

func tagged(tags []uint8, off, size uint64, t Tag) fit {
	if t == TagChar || t == TagAny {
		return fits
	}
	for i := off; i < off+size && i < uint64(len(tags)); i++ {
		b := tags[i]
		if b != 0 && (!Tag(b&^start).Compatible(t) || (b&start != 0) != (i == off)) {
			return clashes
		}
	}
	return fits
}

// Writes tells whether an access may write at an offset, and gives an object
// without a declared type the type of the lvalue.
func (m *Memory) Writes(o *Object, off uint64, access uint16) bool {
	if m.Types == nil {
		return true
	}
	if !o.untyped {
		return m.Reads(o, off, access)
	}
	a := &m.Types.Accesses[access]
	switch {
	case access == 0:
		return true
	case a.Tag == TagChar:
		o.ByBytes(off, a.Size)
		return true
	case a.Base == o.Fit:
		return true
	case o.Fit == 0 && m.whole(o, off, access, a):
		if o.Fit = a.Base; m.Types.Layouts[a.Base].Tag == TagNone && o.Size != m.Types.Layouts[a.Base].Size {
			// Where in it such structures stand is not known.
			o.forgetTypes()
			o.Fit = a.Base
		}
		return true
	case o.Fit > LayoutChar && o.Fit != mixed && m.place(o.Fit, o.Size, off, access, a) == fits && a.Tag != TagNone:
		return true
	}
	if !m.spread(o) {
		return true
	}
	if a.Union {
		o.setTag(off, a.Size, TagNone)
		return true
	}
	if a.Tag != TagNone {
		o.setTag(off, a.Size, a.Tag)
		return true
	}
	if t := m.tagsOf(a.Base); t != nil {
		o.setTags(off, t)
	} else {
		o.forgetTypes()
	}
	return true
}

// whole tells whether a first store may stand for the type of all of an object:
// it does for a scalar, all elements of which have the same type, and for a
// structure, too; where there is room for several, nothing more is found.
func (m *Memory) whole(o *Object, off uint64, access uint16, a *Access) bool {
	l := &m.Types.Layouts[a.Base]
	if l.Tag != TagNone {
		return l.Tag == a.Tag && l.Size > 0 && off%l.Size == 0
	}
	return l.Size > 0 && (l.Size != o.Size || (a.Tag != TagNone || off == 0) && m.place(a.Base, o.Size, off, access, a) == fits)
}

// ByBytes says that bytes were stored without a type, as by characters: what
// type was stored there is gone.
func (o *Object) ByBytes(off, n uint64) {
	if !o.untyped || n == 0 || o.Fit == LayoutChar {
		return
	}
	if o.Fit == 0 || off == 0 && n == o.Size {
		o.dropTags()
		o.Fit, o.zeroed, o.Plain = LayoutChar, false, true
		return
	}
	if o.m.spread(o) {
		o.setTag(off, n, TagNone)
	}
}

// spread gives an object a tag a byte; false when there is no memory for it.
func (m *Memory) spread(o *Object) bool {
	if o.tags != nil {
		return true
	}
	if o.Size > m.Limit-min(m.Used, m.Limit) {
		o.forgetTypes()
		return false
	}
	tags := make([]uint8, o.Size)
	if o.Fit > LayoutChar && o.Fit != mixed {
		one := m.tagsOf(o.Fit)
		if one == nil {
			o.forgetTypes()
			return false
		}
		o.laid(tags, 0, one)
	}
	m.Used += o.Size
	o.tags, o.Fit, o.Plain = tags, mixed, false
	return true
}

// laid writes the tags of bytes from off on, which all were stored by accesses
// of one layout: those that have a value.
func (o *Object) laid(tags []uint8, off uint64, one []uint8) {
	n := uint64(len(one))
	for i := range uint64(len(tags)) {
		j := off + i
		if o.Init != nil && o.Init[j] == 0 {
			continue
		}
		tags[i] = one[j%n]
	}
	if !o.zeroed {
		return
	}
	// Zero may be what was there before anyone stored.
	for i := 0; i < len(tags); {
		k := i + 1
		for k < len(tags) && tags[k] != 0 && tags[k]&start == 0 {
			k++
		}
		if allZero(o.Data[off+uint64(i) : off+uint64(k)]) {
			clear(tags[i:k])
		}
		i = k
	}
}

func (m *Memory) tagsOf(t uint16) []uint8 {
	if m.laidOut == nil {
		m.laidOut = map[uint16][]uint8{}
	}
	one, ok := m.laidOut[t]
	if !ok {
		if one = m.Types.tags(t); len(one) == 0 {
			one = nil
		}
		m.laidOut[t] = one
	}
	return one
}

// setTag says that a scalar was stored.
func (o *Object) setTag(off, n uint64, t Tag) {
	o.cut(off, n)
	mark(o.tags[off:off+n], t)
}

func (o *Object) setTags(off uint64, t []uint8) {
	n := min(uint64(len(t)), o.Size-off)
	o.cut(off, n)
	copy(o.tags[off:off+n], t)
}

// cut forgets scalars that are only partly in a range that is written.
func (o *Object) cut(off, n uint64) {
	if b := o.tags[off]; b != 0 && b&start == 0 {
		for i := int64(off) - 1; i >= 0; i-- {
			b := o.tags[i]
			o.tags[i] = 0
			if b == 0 || b&start != 0 {
				break
			}
		}
	}
	for i := off + n; i < o.Size && o.tags[i] != 0 && o.tags[i]&start == 0; i++ {
		o.tags[i] = 0
	}
}

// carry gives a copy the types of what was copied, C17 6.5p6.
func carry(dst *Object, do uint64, src *Object, so, n uint64) {
	m := dst.m
	if !dst.untyped || m.Types == nil || n == 0 {
		return
	}
	t := src.Fit
	if src.any {
		dst.forgetTypes()
		return
	}
	if src.untyped && src.tags == nil && t <= LayoutChar || !src.untyped && src.declared <= LayoutChar {
		dst.ByBytes(do, n)
		return
	}
	if !src.untyped {
		t = src.declared
	}
	if src.tags == nil && (dst.Fit == 0 || dst.Fit == t) {
		l := &m.Types.Layouts[t]
		if l.Tag != TagNone && l.Tag != TagAny && l.Size > 0 && do%l.Size == so%l.Size && n%l.Size == 0 ||
			l.Tag == TagNone && do == 0 && so == 0 && n == l.Size && n == dst.Size {
			dst.Fit, dst.zeroed, dst.Plain = t, dst.zeroed || src.zeroed, false
			return
		}
	}
	var tags []uint8
	if src.tags != nil {
		tags = append(tags, src.tags[so:so+n]...)
	} else if one := m.tagsOf(t); one != nil {
		tags = make([]uint8, n)
		src.laid(tags, so, one)
	}
	if tags == nil {
		dst.forgetTypes()
		return
	}
	if m.spread(dst) {
		dst.setTags(do, tags)
	}
}

// CopiedIn notes that n bytes from off on came by memcpy or its kin.
func (o *Object) CopiedIn(off, n uint64) {
	if o.copied[1] > 0 {
		off, n = min(off, o.copied[0]), max(off+n, o.copied[1])-min(off, o.copied[0])
	}
	o.copied = [2]uint64{off, off + n}
}

// CopiedWith notes the same of an object that takes the place of another.
func (o *Object) CopiedWith(old *Object) { o.copied = old.copied }

// Copied tells whether a byte may have the type of what it was copied from.
func (o *Object) Copied(off uint64) bool {
	return o.untyped && off >= o.copied[0] && off < o.copied[1]
}

// Clash says what is wrong with an access that may not be: the name of the
// type that the place has, "" when it has several, and whether it is only that
// the place is volatile.
func (m *Memory) Clash(o *Object, off uint64, access uint16) (name string, volatile bool) {
	a := &m.Types.Accesses[access]
	if m.look(o, off, access, a) == notVolatile {
		return "", true
	}
	t := o.declared
	if o.untyped {
		t = o.Fit
	}
	if t == mixed {
		for i := off; i < off+max(a.Size, 1) && i < o.Size; i++ {
			if b := o.tags[i]; b != 0 {
				return m.Types.tagName(Tag(b &^ start)), false
			}
		}
		return "", false
	}
	if n := m.Types.Layouts[t].Size; n > 0 {
		off %= n
	}
	return m.Types.leafName(t, off), false
}

// leafName names the scalar at an offset.
func (ts *Types) leafName(t uint16, off uint64) string {
	for _, l := range ts.leaves(t, 0, nil) {
		if off >= l.off && off < l.off+l.size {
			return ts.tagName(l.tag)
		}
	}
	return ts.Layouts[t].Name
}

func (ts *Types) tagName(t Tag) string {
	for i := range ts.Layouts {
		if l := &ts.Layouts[i]; l.Tag == t {
			return l.Name
		}
	}
	return ""
}
