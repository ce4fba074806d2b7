package lib

import (
	"maps"
	"slices"
	"strings"

	"steward/internal/cinterp/code"
	"steward/internal/cinterp/mem"
	"steward/internal/cinterp/run"
)

// The functions of C17 7.26 and of POSIX's threads work on the same things: a
// lock is one whichever header it comes from. What C17 leaves undefined and
// POSIX does, too, is found; where POSIX asks for an error, there is one.

// sync is what orders threads: it stands in the program's memory as a number.
type syncs struct {
	locks    map[uint32]*lock
	conds    map[uint32]*cond
	sems     map[uint32]*sem
	rws      map[uint32]*rwlock
	barriers map[uint32]*barrier
	onces    map[uint64]*once
	keys     map[uint32]slot   // destructors
	started  bool              // a thread
	at       map[uint32]uint64 // where what has a number was set up
	next     uint32
}

// thing is what an object in the program's memory stands for.
type thing interface{ ended() bool }

func (l *lock) ended() bool { return l.gone }
func (d *cond) ended() bool { return d.gone }

// isPOSIX tells whether a function is POSIX's, which leaves undefined that a
// copy is used, and that something is set up twice.
func isPOSIX(c *call) bool {
	return strings.HasPrefix(c.Name, "pthread_") || strings.HasPrefix(c.Name, "sem_")
}

// lock is a mutex or a spin lock.
type lock struct {
	run.Sync
	owner     *run.Thread
	count     int
	waiting   int
	recursive bool
	timed     bool
	checked   bool // a mistake is an error, not undefined
	normal    bool // locking again waits for ever
	c11       bool
	gone      bool
	name      string
}

type cond struct {
	waiters   []*waiter
	gone      bool
	monotonic bool
}

type waiter struct{ woken bool }

func threading(c *call) *syncs {
	x := ext(c)
	if x.syncs == nil {
		x.syncs = &syncs{locks: map[uint32]*lock{}, conds: map[uint32]*cond{}, sems: map[uint32]*sem{}, rws: map[uint32]*rwlock{},
			barriers: map[uint32]*barrier{}, onces: map[uint64]*once{}, keys: map[uint32]slot{}, at: map[uint32]uint64{}, next: 0x51000000}
		ts := c.VM.Threads()
		ts.Advance = func(until int64) { x.slept = max(x.slept, until) }
		c.VM.AtThreadEnd = func(t *run.Thread) bool { return destructors(c.VM, x.syncs, t) }
	}
	return x.syncs
}

// number reads or writes the number that an object of the program stands for.
func number(c *call, p slot, write bool, n uint32) (uint32, bool) {
	if p.N == 0 {
		return 0, c.VM.Find("null-argument", nil, 0, "%s is given a null pointer", c.Name)
	}
	o, off, ok := c.VM.Quiet(p, 4, 4, write)
	if !ok {
		return 0, false
	}
	if write {
		c.VM.Put(o, off, code.U32, slot{N: uint64(n)})
		return n, true
	}
	if _, missing := o.FirstMissing(off, 4); missing {
		return 0, c.VM.Find("mutex-invalid", &p, 4, "%s is given what was not set up", c.Name)
	}
	v, ok := c.VM.LoadQuiet(p, code.U32)
	return uint32(v.N), ok
}

// standsFor finds what an object stands for. What is all zero was set up by
// its declaration where lazy makes it; nil: it is not allowed.
func standsFor[T thing](c *call, p slot, table map[uint32]T, lazy func() T) (T, bool) {
	var none T
	n, ok := number(c, p, false, 0)
	if !ok {
		return none, false
	}
	if t, ok := table[n]; ok {
		if isPOSIX(c) && threading(c).at[n] != p.N {
			return t, c.VM.Find("mutex-invalid", &p, 4, "%s is given a copy of what was set up elsewhere", c.Name)
		}
		return t, true
	}
	if n == 0 && lazy != nil {
		return make1(c, p, table, lazy())
	}
	return none, c.VM.Find("mutex-invalid", &p, 4, "%s is given what was not set up", c.Name)
}

// make1 makes an object stand for something.
func make1[T thing](c *call, p slot, table map[uint32]T, t T) (T, bool) {
	s := threading(c)
	if isPOSIX(c) && p.N != 0 {
		if o := c.VM.M.Objs[p.Obj]; o.Data != nil && p.N-o.Base+4 <= o.Size {
			if _, missing := o.FirstMissing(p.N-o.Base, 4); !missing {
				n, ok := number(c, p, false, 0)
				if old, there := table[n]; ok && there && !old.ended() && s.at[n] == p.N {
					return t, c.VM.Find("mutex-invalid", &p, 4, "%s sets up what is set up already", c.Name)
				}
			}
		}
	}
	s.next++
	s.at[s.next] = p.N
	table[s.next] = t
	_, ok := number(c, p, true, s.next)
	return t, ok
}

func (l *lock) word() string {
	if l.name != "" {
		return l.name
	}
	return "a mutex"
}

// acquire locks. deadline: of the program's clock; -1: not to wait, 0: for ever.
// It gives an errno.
func acquire(c *call, l *lock, deadline int64) (int32, bool) {
	t := c.VM.Thread()
	if l.owner == t {
		switch {
		case l.recursive:
			l.count++
			return 0, true
		case deadline < 0:
			return eBusy, true
		case l.checked:
			return eDeadlock, true
		case !l.normal && deadline == 0:
			if !c.VM.Find("mutex-relock", nil, 0, "%s locks %s that the thread holds already", c.Name, l.word()) {
				return 0, false
			}
			return eBusy, true
		}
	}
	if deadline < 0 {
		if !c.VM.Point() {
			return 0, false
		}
		if l.owner != nil {
			return eBusy, true
		}
	} else {
		l.waiting++
		late, ok := c.VM.Block(l.word(), true, deadline, func() bool { return l.owner == nil })
		l.waiting--
		switch {
		case !ok:
			return 0, false
		case late && l.owner != nil:
			return eTimedOut, true
		}
	}
	if l.gone {
		return 0, c.VM.Find("mutex-invalid", nil, 0, "%s is given %s that was destroyed", c.Name, l.word())
	}
	l.owner, l.count = t, 1
	c.VM.Acquire(&l.Sync)
	return 0, true
}

// unlock unlocks.
func unlock(c *call, l *lock) (int32, bool) {
	if l.owner != c.VM.Thread() {
		if l.checked || l.recursive && !l.c11 {
			return ePerm, true
		}
		return ePerm, c.VM.Find("mutex-not-held", nil, 0, "%s unlocks %s that the thread does not hold", c.Name, l.word())
	}
	if l.count--; l.count > 0 {
		return 0, true
	}
	c.VM.Release(&l.Sync)
	l.owner = nil
	return 0, true
}

const (
	ePerm     = 1
	eSearch   = 3
	eAgain    = 11
	eBusy     = 16
	eInvalid  = 22
	eDeadlock = 35
	eTimedOut = 110
)

// wait is cnd_wait and its kin.
func wait(c *call, d *cond, l *lock, deadline int64) (int32, bool) {
	if l.owner != c.VM.Thread() {
		return ePerm, c.VM.Find("mutex-not-held", nil, 0, "%s waits with %s that the thread does not hold", c.Name, l.word())
	}
	w := &waiter{}
	d.waiters = append(d.waiters, w)
	count := l.count
	l.count = 1
	if _, ok := unlock(c, l); !ok {
		return 0, false
	}
	late, ok := c.VM.Block("a condition", false, deadline, func() bool { return w.woken })
	if !ok {
		return 0, false
	}
	for i, o := range d.waiters {
		if o == w {
			d.waiters = append(d.waiters[:i:i], d.waiters[i+1:]...)
			break
		}
	}
	if l.gone {
		return 0, c.VM.Find("mutex-invalid", nil, 0, "%s returns to %s that was destroyed", c.Name, l.word())
	}
	if _, ok := acquire(c, l, 0); !ok {
		return 0, false
	}
	l.count = count
	if late && !w.woken {
		return eTimedOut, true
	}
	return 0, true
}

func (d *cond) wake(all bool) {
	for _, w := range d.waiters {
		if !w.woken {
			w.woken = true
			if !all {
				return
			}
		}
	}
}

// endLock is the end of a mutex, C17 7.26.4.1p2.
func endLock(c *call, l *lock) bool {
	if l.gone {
		return c.VM.Find("mutex-invalid", nil, 0, "%s is given %s that was destroyed", c.Name, l.word())
	}
	if !c.VM.Point() {
		return false
	}
	if l.owner != nil || l.waiting > 0 {
		what := "held"
		if l.waiting > 0 {
			what = "waited for"
		}
		return c.VM.Find("mutex-destroyed-in-use", nil, 0, "%s is given %s that is %s", c.Name, l.word(), what)
	}
	l.gone = true
	return true
}

func endCond(c *call, d *cond) bool {
	if d.gone {
		return c.VM.Find("mutex-invalid", nil, 0, "%s is given a condition that was destroyed", c.Name)
	}
	for _, w := range d.waiters {
		if !w.woken {
			return c.VM.Find("mutex-destroyed-in-use", nil, 0, "%s is given a condition that a thread waits for", c.Name)
		}
	}
	d.gone = true
	return true
}

func alive[T any](c *call, t T, gone bool, ok bool) (T, bool) {
	if ok && gone {
		return t, c.VM.Find("mutex-invalid", nil, 0, "%s is given what was destroyed", c.Name)
	}
	return t, ok
}

// start makes a thread and stores its number at argument 0.
func start(c *call, fn, arg slot) (*run.Thread, bool) {
	threading(c).started = true
	if fn.N == 0 {
		return nil, c.VM.Find("null-argument", nil, 0, "%s is given a null pointer", c.Name)
	}
	if o := c.VM.M.Objs[fn.Obj]; o.Class != mem.ClassFunc || o.Base != fn.N {
		return nil, c.VM.Find("invalid-call", &fn, 0, "%s is given a pointer that points to no function", c.Name)
	}
	id := slot{N: uint64(len(c.VM.Threads().All) + 1)}
	if !c.VM.Store(c.Args[0], longT(c), id) {
		return nil, false
	}
	t := c.VM.Start(fn, arg)
	return t, t != nil
}

// longT is unsigned long, as which a thread's number is kept.
func longT(c *call) code.T {
	if c.VM.LongSize() == 4 {
		return code.U32
	}
	return code.U64
}

func thread(c *call, i int) *run.Thread {
	n := arg(c, i).N
	if ts := c.VM.Threads(); n > 0 && n <= uint64(len(ts.All)) {
		return ts.All[n-1]
	}
	return nil
}

// join waits for the end of a thread; it gives an errno.
func join(c *call) (*run.Thread, int32, bool) {
	t := thread(c, 0)
	switch {
	case t == nil:
		return nil, eSearch, true
	case t.ID == 1 && c.VM.Thread() != t:
		return nil, 0, c.VM.Cannot("%s waits for the first thread, which is not supported", c.Name)
	case t.Joined:
		return nil, eInvalid, c.VM.Find("thread-joined-twice", nil, 0, "%s is given a thread that was joined or detached before", c.Name)
	}
	if t != c.VM.Thread() {
		t.Joined = true
	}
	if _, ok := c.VM.Block("the end of a thread", false, 0, func() bool { return t.Done }); !ok {
		return nil, 0, false
	}
	c.VM.Join(t)
	return t, 0, true
}

func detach(c *call) (int32, bool) {
	t := thread(c, 0)
	if t == nil {
		return eSearch, true
	}
	if t.Joined {
		return eInvalid, c.VM.Find("thread-joined-twice", nil, 0, "%s is given a thread that was joined or detached before", c.Name)
	}
	t.Joined = true
	return 0, true
}

// once is call_once and pthread_once.
type once struct {
	run.Sync
	by   *run.Thread
	done bool
}

func callOnce(c *call) (slot, bool) {
	s := threading(c)
	if arg(c, 0).N == 0 {
		return slot{}, c.VM.Find("null-argument", nil, 0, "%s is given a null pointer", c.Name)
	}
	if _, _, ok := c.VM.Quiet(arg(c, 0), 4, 4, false); !ok {
		return slot{}, false
	}
	o := s.onces[arg(c, 0).N]
	if o == nil {
		o = &once{}
		s.onces[arg(c, 0).N] = o
	}
	if _, ok := c.VM.Block("a function that is called once", false, 0, func() bool { return o.by == nil || o.done }); !ok {
		return slot{}, false
	}
	if o.done {
		c.VM.Acquire(&o.Sync)
		return slot{}, true
	}
	o.by = c.VM.Thread()
	if _, ok := c.VM.CallPointer(arg(c, 1), nil); !ok {
		return slot{}, false
	}
	c.VM.Release(&o.Sync)
	o.done = true
	return slot{}, true
}

// destructors calls those of a thread's values, C17 7.26.5.5 and 7.26.6.1.
func destructors(vm *run.VM, s *syncs, t *run.Thread) bool {
	for range 4 {
		again := false
		for _, k := range sortedKeys(t.Keys) {
			v, d := t.Keys[k], s.keys[k]
			if v.N == 0 || d.N == 0 {
				continue
			}
			t.Keys[k] = slot{}
			again = true
			if _, ok := vm.CallPointer(d, []slot{v}); !ok && !t.Leaving {
				return false
			}
		}
		if !again {
			break
		}
	}
	return true
}

func sortedKeys(m map[uint32]slot) []uint32 { return slices.Sorted(maps.Keys(m)) }

// newKey makes a key for values that each thread has its own of.
func newKey(c *call) bool {
	s := threading(c)
	if arg(c, 0).N == 0 {
		return c.VM.Find("null-argument", nil, 0, "%s is given a null pointer", c.Name)
	}
	s.next++
	s.keys[s.next] = arg(c, 1)
	return c.VM.Store(arg(c, 0), code.U32, slot{N: uint64(s.next)})
}

// knownKey checks that a key was made: both standards leave the rest undefined.
func knownKey(c *call) bool {
	k := uint32(arg(c, 0).N)
	if _, ok := threading(c).keys[k]; !ok {
		return c.VM.Find("library-argument", nil, 0, "%s is given the key %d, which was not made or was deleted", c.Name, k)
	}
	return true
}

func getKey(c *call) (slot, bool) {
	return c.VM.Thread().Keys[uint32(arg(c, 0).N)], knownKey(c)
}

func endKey(c *call) (slot, bool) {
	ok := knownKey(c)
	delete(threading(c).keys, uint32(arg(c, 0).N))
	return slot{}, ok
}

func setKey(c *call) (slot, bool) {
	t := c.VM.Thread()
	if !knownKey(c) {
		return slot{}, false
	}
	if t.Keys == nil {
		t.Keys = map[uint32]slot{}
	}
	v := arg(c, 1)
	c.VM.M.Objs[v.Obj].Kept = true
	t.Keys[uint32(arg(c, 0).N)] = v
	return slot{}, true
}

// pause lets time pass for the thread that runs.
func pause(c *call, sec, nano int64) bool {
	x := ext(c)
	if !c.VM.Many() {
		x.pass(sec, nano)
		return true
	}
	threading(c)
	until := max(x.slept+min(max(sec, 0), 1<<31)*1e9+nano, 1)
	_, ok := c.VM.Block("time to pass", false, until, func() bool { return x.slept >= until })
	return ok
}

// deadline reads a struct timespec as a time of the program's clock. ok is
// false when the run is over, valid when the time is none.
func deadline(c *call, i int, monotonic bool) (at int64, valid, ok bool) {
	s := pointee(c, i)
	sec, ok := getMember(c, s, arg(c, i), "tv_sec")
	if !ok {
		return 0, false, false
	}
	nano, ok := getMember(c, s, arg(c, i), "tv_nsec")
	if !ok {
		return 0, false, false
	}
	if n := int64(nano.N); n < 0 || n > 999_999_999 {
		return 0, false, true
	}
	x := ext(c)
	from := x.now
	if monotonic {
		from = 1000
	}
	d := max(min(int64(sec.N)-from, 1<<32), -1<<32)*1e9 + int64(nano.N)
	if monotonic {
		d -= c.VM.Steps
	}
	return max(d, 1), true, true
}
