package mem

// Epoch is an access: which thread, at which time of its own, and where. The
// zero Epoch is none; threads count from 1 here.
type Epoch struct {
	Clock  uint32
	Thread uint16
	Atomic bool
	At     Pos
}

// Cell is what is known of one byte: the last write, and the reads since that
// no other read comes after.
type Cell struct {
	Write Epoch
	Read  Epoch
	More  []Epoch // reads of other threads, in no order with Read
}

const page = 8

// Watch is who reached the bytes of an object. An object that is watched is
// reached only by the slow way, which looks.
type Watch struct {
	pages map[uint64]*[page]Cell
	Off   bool // it is not looked at, for good
}

// Cell gives the cell of a byte; made when it is first asked for.
func (w *Watch) Cell(off uint64) *Cell {
	p := w.pages[off/page]
	if p == nil {
		if w.pages == nil {
			w.pages = map[uint64]*[page]Cell{}
		}
		p = &[page]Cell{}
		w.pages[off/page] = p
	}
	return &p[off%page]
}

// Pages counts the pages that were made, of about PageSize bytes each.
func (w *Watch) Pages() int { return len(w.pages) }

// PageSize is about what a page of cells takes, in bytes.
const PageSize = page * 64

// watch makes an object slow, so that every access looks. What was known of it
// is forgotten.
func (o *Object) watch() {
	o.Watch, o.W, o.Fast, o.slow = &Watch{}, nil, false, true
}

// WatchAll watches every object that lives, and those to come.
func (m *Memory) WatchAll() {
	m.Watched = true
	for _, o := range m.Objs[1:] {
		if o.State == Alive && o.Class != ClassFunc && o.Watch == nil {
			o.watch()
		}
	}
}

// WatchNone ends the watching: there is one thread again.
func (m *Memory) WatchNone() {
	m.Watched = false
	for _, o := range m.Objs[1:] {
		if o.Watch == nil {
			continue
		}
		o.Watch, o.slow = nil, m.Big
		if !o.Const {
			o.W = o.Data
		}
		o.Fast = o.Init == nil && !o.slow
	}
}

// Writable tells whether a program may write an object that lives.
func (o *Object) Writable() bool { return o.W != nil || o.Watch != nil && !o.Const }
