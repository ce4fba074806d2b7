package mem

// keepDead is how many objects that ended are kept as they are. A program that
// runs for long has millions of them.
const keepDead = 1 << 17

// A stone stands for all old dead objects that a report tells in the same
// words. Only their addresses stay apart.
type stone struct {
	size        uint64
	class       Class
	state       State
	name, typ   string
	made, ended Pos
}

// stoneCost is about what a dead object costs that has a stone.
const stoneCost = 24

// noBase is no address: nothing is at an offset from it.
const noBase = 1 << 63

// bury notes that an object ended, and gives the oldest ones a stone.
func (m *Memory) bury(id uint32) {
	m.dead = append(m.dead, id)
	if len(m.dead)-m.oldest <= keepDead {
		return
	}
	old := m.dead[m.oldest]
	if m.oldest++; m.oldest > keepDead {
		m.dead, m.oldest = append(m.dead[:0], m.dead[m.oldest:]...), 0
	}
	o := m.Objs[old]
	k := stone{o.Size, o.Class, o.State, o.Name, o.Type, o.Made, o.Ended}
	s := m.stones[k]
	if s == nil {
		s = &Object{m: m, Base: noBase, Size: o.Size, Class: o.Class, State: o.State, Name: o.Name, Type: o.Type, Made: o.Made, Ended: o.Ended}
		m.stones[k] = s
	} else {
		m.Used -= overhead - stoneCost
	}
	m.Objs[old] = s
}

// Base gives the address of an object, which one with a stone does not know.
func (m *Memory) Base(id uint32) uint64 { return m.bases[id] }
