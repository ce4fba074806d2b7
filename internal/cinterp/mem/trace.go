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

// Trace is who reached the bytes of an object. An object that is traced is
// reached only by the slow way, which looks.
type Trace struct {
	pages map[uint64]*[page]Cell
	Off   bool // it is not looked at, for good
}

// Cell gives the cell of a byte; made when it is first asked for.
func (w *Trace) Cell(off uint64) *Cell {
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
func (w *Trace) Pages() int { return len(w.pages) }

// PageSize is about what a page of cells takes, in bytes.
const PageSize = page * 64

// trace makes an object slow, so that every access looks. What was known of it
// is forgotten.
func (o *Object) trace() {
	o.Trace, o.W, o.Fast, o.slow = &Trace{}, nil, false, true
}

// TraceAll traces every object that lives, and those to come.
func (m *Memory) TraceAll() {
	m.Traced = true
	for _, o := range m.Objs[1:] {
		if o.State == Alive && o.Class != ClassFunc && o.Trace == nil {
			o.trace()
		}
	}
}

// TraceNone ends the tracing: there is one thread again.
func (m *Memory) TraceNone() {
	m.Traced = false
	for _, o := range m.Objs[1:] {
		if o.Trace == nil {
			continue
		}
		o.Trace = nil
		if o.Guard == nil {
			o.Unwatch(m.Big)
		}
	}
}
