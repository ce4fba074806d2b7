package mem

// Image is the objects of a memory as they were, to go back to. Later objects
// are forgotten then, and addresses are handed out again from the same one.
type Image struct {
	m          *Memory
	next, used uint64
	total      uint64
	subs       int
	dead, stay int
	objs       []*Object
	was        []Object
	data, init [][]byte
	prov       [][]Slot
}

// Image remembers all objects.
func (m *Memory) Image() *Image {
	im := &Image{m: m, next: m.next, used: m.Used, total: m.Total, subs: len(m.Subs), dead: m.dead, stay: m.stay, objs: append([]*Object(nil), m.Objs...)}
	for _, o := range im.objs {
		im.was = append(im.was, *o)
		var data []byte
		if o.W != nil || o.Vol {
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
	for i, o := range im.objs {
		w := &im.was[i]
		if w.W == nil && !w.Vol && w.State == Alive && !o.Watched && o.Trace == nil { // nothing of it can have changed but this
			o.Kept, o.Mark = w.Kept, w.Mark
			o.Fast, o.slow, o.Trace = w.Fast, w.slow, w.Trace
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
	m.dead, m.stay, m.free = im.dead, im.stay, nil
	m.next, m.Used, m.Total = im.next, im.used, im.total
	clear(m.Near)
	m.nearSub = [256]uint32{}
}
