package mem

// Records of objects that ended are kept, so that a pointer to one still tells
// what it pointed to. When there are many, those that no pointer can lead to are
// used again, record and address: else a program that allocates and frees for
// long enough would fill any memory.

// sweepAt is how many records of ended objects there are at least when it is
// worth to look for those that are not needed.
const sweepAt = 1 << 16

// kindOf gives the class of sizes in which a record can be used again: the gap
// to the next object stays at least 16 bytes.
func kindOf(size uint64) uint64 { return (size + 15) / 16 }

// Crowded tells that Reclaim should be called, when that is possible. The work
// is in proportion to what ended since the last time and to what lives.
func (m *Memory) Crowded() bool {
	return m.dead >= sweepAt && m.dead-m.stay >= max(sweepAt, m.stay, len(m.Objs)/4, int(m.Used/1024))
}

// Reclaim makes the records of ended objects free to be used again, save those
// that a pointer can lead to: a word in an object that lives whose value is an
// address in them counts as one, at any offset, and so does what roots names,
// by address or by object.
func (m *Memory) Reclaim(roots func(object func(*Object), address func(uint64)), ptr int) {
	keep := make([]bool, len(m.Objs))
	object := func(o *Object) { keep[o.ID] = true }
	lo, hi := m.extent()
	address := func(n uint64) {
		if n-lo <= hi-lo {
			if o := m.At(n); o != nil {
				keep[o.ID] = true
			}
		}
	}
	roots(object, address)
	for _, o := range m.Objs {
		for _, p := range o.Prov {
			keep[p.Obj] = true
		}
		scan(o.Data, ptr, m.Big, lo, hi-lo, address)
	}
	m.free, m.stay = map[uint64][]*Object{}, 0
	for i := len(m.Objs) - 1; i > 0; i-- {
		o := m.Objs[i]
		switch {
		case o.State == Alive || o.spare:
		case keep[i]:
			m.stay++
		default:
			o.spare = true
			m.dead--
			m.Used -= overhead
		}
		if o.spare {
			k := kindOf(o.Size)
			m.free[k] = append(m.free[k], o)
		}
	}
}

// extent gives the addresses from the first ended object to the last.
func (m *Memory) extent() (lo, hi uint64) {
	for i := len(m.Objs) - 1; i > 0; i-- {
		if o := m.Objs[i]; o.State != Alive {
			lo = o.Base
			if hi == 0 {
				hi = o.Base + o.Size
			}
		}
	}
	return lo, hi
}

// scan calls found for each pointer's worth of bytes that is in the range.
func scan(d []byte, ptr int, big bool, lo, span uint64, found func(uint64)) {
	var n uint64
	for i, b := range d {
		switch {
		case big && ptr == 4:
			n = n<<8&0xffffffff | uint64(b)
		case big:
			n = n<<8 | uint64(b)
		default:
			n = n>>8 | uint64(b)<<(8*ptr-8)
		}
		if n-lo <= span && i >= ptr-1 {
			found(n)
		}
	}
}

// again gives a record that can be used again for an object, or nil.
func (m *Memory) again(size, align uint64) *Object {
	l := m.free[kindOf(size)]
	if len(l) == 0 || align > 16 {
		return nil
	}
	o := l[len(l)-1]
	m.free[kindOf(size)] = l[:len(l)-1]
	*o = Object{Base: o.Base, ID: o.ID}
	return o
}
