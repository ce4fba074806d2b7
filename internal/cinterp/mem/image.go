package mem

// Image is the objects of a memory as they were, to go back to. Later objects
// are forgotten then, and addresses are handed out again from the same one.
type Image struct {
	m          *Memory
	next, used uint64
	total      uint64
	subs       int
	dead       []uint32
	objs       []*Object
	was        []Object
	data, init [][]byte
	prov       [][]Slot
}

// Image remembers all objects.
func (m *Memory) Image() *Image {
	im := &Image{m: m, next: m.next, used: m.Used, total: m.Total, subs: len(m.Subs), objs: append([]*Object(nil), m.Objs...),
		dead: append([]uint32(nil), m.dead[m.oldest:]...)}
	for _, o := range im.objs {
		im.was = append(im.was, *o)
		var data []byte
		if o.W != nil {
			data = append(data, o.Data...)
		}
		im.data = append(im.data, data)
		im.init = append(im.init, append([]byte(nil), o.Init...))
		im.prov = append(im.prov, append([]Slot(nil), o.Prov...))
	}
	return im
}

// Restore makes the memory what it was.
func (im *Image) Restore() {
	m := im.m
	clear(m.Objs[len(im.objs):])
	m.Objs = m.Objs[:len(im.objs)]
	copy(m.Objs, im.objs) // some may have a stone now
	m.bases = m.bases[:len(im.objs)]
	m.dead, m.oldest = append(m.dead[:0], im.dead...), 0
	for i, o := range im.objs {
		w := &im.was[i]
		if w.W == nil && o.State == w.State && o.Trace == nil { // nothing of it can have changed but this
			o.Kept, o.Mark = w.Kept, w.Mark
			continue
		}
		*o = *w
		copy(o.Data, im.data[i])
		copy(o.Init, im.init[i])
		copy(o.Prov, im.prov[i])
	}
	for _, s := range m.Subs[im.subs:] {
		delete(m.subs, s)
	}
	m.Subs, m.Traced = m.Subs[:im.subs], false
	m.next, m.Used, m.Total = im.next, im.used, im.total
	m.Near, m.nearSub = [NearSize]uint32{}, [256]uint32{}
}
