package run

import (
	"fmt"
	"slices"

	"steward/internal/cinterp/mem"
)

// maxThreads is how many threads may live at a time, and maxStarted how many a
// run may start.
const (
	maxThreads = 128
	maxStarted = 60000
)

// Thread is a thread of the program. Its calls are executed by a goroutine of
// its own, but one of all goes on at a time, which has what a VM keeps of a
// thread: who switches takes it out of the VM and puts the other's in.
type Thread struct {
	ID       int // from 1, which is main's
	Result   mem.Slot
	Joined   bool // joined or detached: nobody may do so again
	Detached bool
	Done     bool
	Leaving  bool // it called the function that ends it
	At       mem.Pos
	Keys     map[uint32]mem.Slot // thread-specific values
	Waits    string              // what it waits for, for people
	Lock     bool                // that is a lock
	Cleanup  [][2]mem.Slot       // functions to be called at its end, with their arguments

	fn       mem.Slot
	arg      mem.Slot
	ready    func() bool
	deadline int64 // of the program's clock, in nanoseconds; 0: none
	timedOut bool
	own      map[int]mem.Slot // objects with thread storage duration
	objs     []*mem.Object
	wake     chan struct{}
	gone     chan struct{}
	started  bool

	stack   []mem.Slot
	frames  []Frame
	pending *jump
	lib     string
	calls   []*Call
	inLib   int
	used    int
	aside   bool

	clock   clock // what happened before, by thread
	fence   clock // what a release fence published
	behind  clock // what relaxed loads saw, for an acquire fence
	yielded bool
}

// Threads is the threads of a run.
type Threads struct {
	All     []*Thread // by ID from 1: All[0] is main's
	Now     *Thread
	Choose  Chooser
	Advance func(until int64) // lets the program's clock pass
	Clock   func() int64      // tells it, in nanoseconds
	alive   []*Thread         // that are not done, by ID
	list    []*Thread         // of choose
	killing bool
	points  int
	idle    [][]mem.Slot // stacks to be used again
	sync    map[uint64]*atomicSync
	input   clock // what was written to files, for who reads
}

// Chooser chooses who goes on, at point n of the run: one of the threads that
// can, in the order of their IDs. now is who was on, or -1 when it cannot go on.
type Chooser interface {
	Next(n int, can []*Thread, now int) int
}

// Rotating is the order without a choice: threads take turns at each call that
// orders threads, later on at fewer of them.
type Rotating struct{}

// Next gives the next thread.
func (Rotating) Next(n int, can []*Thread, now int) int {
	if now >= 0 && n > 20000 && n%64 != 0 && !can[now].yielded {
		return now
	}
	return (now + 1) % len(can)
}

// Thread gives the thread that runs.
func (vm *VM) Thread() *Thread { return vm.Threads().Now }

// Threads gives the threads of the run, made when they are first asked for.
func (vm *VM) Threads() *Threads {
	if vm.threads == nil {
		main := &Thread{ID: 1, started: true, wake: make(chan struct{}), clock: clock{0, 1}}
		vm.threads = &Threads{All: []*Thread{main}, Now: main, alive: []*Thread{main}, sync: map[uint64]*atomicSync{}, Choose: vm.Choose}
		if vm.threads.Choose == nil {
			vm.threads.Choose = Rotating{}
		}
	}
	return vm.threads
}

// Many tells whether more than one thread was started and may still run.
func (vm *VM) Many() bool { return vm.threads != nil && len(vm.threads.alive) > 1 }

// Start makes a thread that calls fn with arg; nil: the run is over.
func (vm *VM) Start(fn, arg mem.Slot) *Thread {
	ts := vm.Threads()
	if len(ts.alive) >= maxThreads || len(ts.All) >= maxStarted {
		vm.Cannot("more than %d threads at a time, or %d in all", maxThreads, maxStarted)
		return nil
	}
	if !vm.M.Traced {
		vm.M.TraceAll()
	}
	vm.M.Objs[arg.Obj].Kept = true
	t := &Thread{ID: len(ts.All) + 1, fn: fn, arg: arg, wake: make(chan struct{}), gone: make(chan struct{}), At: vm.here()}
	if n := len(ts.idle); n > 0 {
		t.stack, ts.idle = ts.idle[n-1], ts.idle[:n-1]
	} else {
		t.stack = make([]mem.Slot, window+window/4)
	}
	t.clock = ts.Now.clock.copy()
	t.clock = t.clock.set(t.ID, 1)
	ts.Now.tick()
	ts.All = append(ts.All, t)
	ts.alive = append(ts.alive, t)
	return t
}

// save takes what a VM keeps of a thread out of it.
func (vm *VM) save(t *Thread) {
	t.stack, t.frames, t.pending, t.lib = vm.stack, vm.frames, vm.pending, vm.lib
	t.calls, t.inLib, t.used, t.aside = vm.calls, vm.inLib, vm.used, vm.aside
}

func (vm *VM) restore(t *Thread) {
	vm.stack, vm.frames, vm.pending, vm.lib = t.stack, t.frames, t.pending, t.lib
	vm.calls, vm.inLib, vm.used, vm.aside = t.calls, t.inLib, t.used, t.aside
	vm.threads.Now = t
}

// Point is a place where another thread may go on. It is false when the run is
// over.
func (vm *VM) Point() bool {
	if !vm.Many() {
		return !vm.over
	}
	return vm.choose()
}

// Yield is a Point where the thread that runs would rather not go on.
func (vm *VM) Yield() bool {
	if !vm.Many() {
		return !vm.over
	}
	t := vm.threads.Now
	t.yielded = true
	ok := vm.choose()
	t.yielded = false
	return ok
}

// Block makes the thread wait until ready says so, or the program's clock is at
// the deadline (0: none). what is what it waits for. ok is false when the run
// is over.
func (vm *VM) Block(what string, lock bool, deadline int64, ready func() bool) (timedOut, ok bool) {
	ts := vm.Threads()
	if vm.Many() && !vm.choose() {
		return false, false
	}
	if ready() {
		return false, true
	}
	t := ts.Now
	t.ready, t.deadline, t.timedOut, t.Waits, t.Lock = ready, deadline, false, what, lock
	ok = vm.choose()
	timedOut = t.timedOut
	t.ready, t.deadline, t.timedOut, t.Waits, t.Lock = nil, 0, false, "", false
	return timedOut, ok
}

// choose lets the chosen thread go on; the one that runs may be it. When none
// can, the clock goes on to the first deadline.
func (vm *VM) choose() bool {
	ts := vm.threads
	for {
		list := ts.list[:0]
		now := -1
		for _, t := range ts.alive {
			if t.ready == nil || t.timedOut || t.ready() {
				if t == ts.Now {
					now = len(list)
				}
				list = append(list, t)
			}
		}
		ts.list = list
		if len(list) == 0 {
			if !vm.pass() {
				return false
			}
			continue
		}
		if !vm.tick(16) {
			return false
		}
		next := list[0]
		if len(list) > 1 {
			next = vm.turn(list, now)
		}
		return vm.switchTo(next)
	}
}

// pass moves the clock to the first deadline. Without one all threads wait for
// ever.
func (vm *VM) pass() bool {
	ts := vm.threads
	var first *Thread
	for _, t := range ts.alive {
		if t.deadline > 0 && (first == nil || t.deadline < first.deadline) {
			first = t
		}
	}
	if first == nil {
		return vm.deadlock()
	}
	if ts.Advance != nil {
		ts.Advance(first.deadline)
	}
	first.timedOut = true
	return true
}

// deadlock tells that no thread can go on. The place is where a thread waits
// for a lock, if one does.
func (vm *VM) deadlock() bool {
	ts := vm.threads
	at, text := ts.Now, ""
	n := 0
	for _, t := range ts.alive {
		if t.Waits == "" {
			continue
		}
		if t.Lock && (!at.Lock || at.Done) {
			at = t
		}
		if n++; n <= 8 {
			text += fmt.Sprintf("; thread %d waits for %s", t.ID, t.Waits)
		}
	}
	if at.Done || at.Waits == "" {
		for _, t := range ts.alive {
			if t.Waits != "" {
				at = t
				break
			}
		}
	}
	if at != ts.Now {
		vm.save(ts.Now)
		old := ts.Now
		vm.restore(at)
		defer func() { vm.restore(old) }()
	}
	vm.lib = ""
	vm.Find("deadlock", nil, 0, "no thread can go on%s", text)
	return vm.Cannot("the program does not end: no thread can go on (deadlock)%s", text)
}

// switchTo lets another thread go on and waits until this one may again.
func (vm *VM) switchTo(t *Thread) bool {
	ts := vm.threads
	me := ts.Now
	if t == me {
		return !vm.over
	}
	vm.save(me)
	vm.hand(t)
	<-me.wake
	return !ts.killing && !vm.over
}

// hand gives the VM to a thread.
func (vm *VM) hand(t *Thread) {
	vm.restore(t)
	if !t.started {
		t.started = true
		go vm.main(t)
		return
	}
	t.wake <- struct{}{}
}

// main is a thread's goroutine.
func (vm *VM) main(t *Thread) {
	defer close(t.gone)
	ts := vm.threads
	func() {
		defer func() {
			if r := recover(); r != nil && !ts.killing {
				vm.over = false
				vm.Cannot("the interpreter failed: %v", r)
			}
		}()
		vm.frames, vm.lib, vm.pending = nil, "", nil
		r, ok := vm.CallPointer(t.fn, []mem.Slot{t.arg})
		if ok {
			t.Result = r
		}
		if (ok || t.Leaving) && !vm.over {
			vm.finishThread(t)
		}
	}()
	if ts.killing {
		return
	}
	t.Done = true
	ts.alive = slices.DeleteFunc(ts.alive, func(o *Thread) bool { return o == t })
	if vm.over {
		vm.hand(ts.All[0])
		return
	}
	ts.idle = append(ts.idle, vm.stack)
	vm.stack, vm.frames = nil, nil
	next := vm.afterEnd()
	vm.hand(next)
}

// afterEnd gives who goes on when a thread has ended.
func (vm *VM) afterEnd() *Thread {
	ts := vm.threads
	for {
		var list []*Thread
		for _, t := range ts.alive {
			if t.ready == nil || t.timedOut || t.ready() {
				list = append(list, t)
			}
		}
		if len(list) > 0 {
			if len(list) > 1 {
				return vm.turn(list, -1)
			}
			return list[0]
		}
		if !vm.pass() {
			return ts.All[0]
		}
	}
}

// Leave ends the thread that runs with a result; always false.
func (vm *VM) Leave(result mem.Slot) bool {
	t := vm.Thread()
	t.Leaving, t.Result = true, result
	vm.pending = nil
	return false
}

// finishThread does what the end of a thread asks for.
func (vm *VM) finishThread(t *Thread) {
	t.Leaving = false
	vm.M.Objs[t.Result.Obj].Kept = true
	for len(vm.frames) > 0 {
		vm.leave(t.Result)
	}
	if vm.AtThreadEnd != nil && !vm.AtThreadEnd(t) {
		return
	}
	for _, o := range t.objs {
		if o.State == mem.Alive {
			vm.M.End(o, mem.Returned, t.At)
		}
	}
	t.tick()
}

// Join takes over what a thread that is done did before. When no other thread
// is left, the watch on memory ends.
func (vm *VM) Join(t *Thread) {
	ts := vm.Threads()
	ts.Now.clock = ts.Now.clock.join(t.clock)
	if len(ts.alive) == 1 && len(vm.M.Objs) < 20000 {
		for _, o := range ts.All {
			if o.Done && ts.Now.clock.at(o.ID) < o.clock.at(o.ID) {
				return
			}
		}
		vm.M.TraceNone()
		clear(ts.sync)
	}
}

// Reap ends the goroutines of threads when the run is over.
func (vm *VM) Reap() {
	ts := vm.threads
	if ts == nil {
		return
	}
	ts.killing, vm.over = true, true
	for _, t := range ts.All[1:] {
		if !t.started || t.Done {
			continue
		}
		vm.restore(t)
		t.wake <- struct{}{}
		<-t.gone
	}
}

// settled ends the threads that are left when a call from outside is over.
func (vm *VM) settled() {
	if vm.threads == nil || len(vm.threads.alive) == 1 {
		return
	}
	over, first := vm.over, vm.threads.All[0]
	vm.Reap()
	vm.restore(first)
	vm.threads, vm.over = nil, over
}

// mainLeft is the end of the first thread by its own wish: the program goes on
// until no thread is left, and then ends as if exit were called.
func (vm *VM) mainLeft() bool {
	ts := vm.threads
	t := ts.All[0]
	vm.finishThread(t)
	if vm.over {
		return false
	}
	t.ready, t.Waits = func() bool { return len(ts.alive) == 1 }, "the other threads"
	ok := len(ts.alive) == 1 || vm.choose()
	t.ready, t.Waits = nil, ""
	return ok
}

// ownObject gives the object of the thread that runs for a static object with
// thread storage duration.
func (vm *VM) ownObject(k int) (mem.Slot, bool) {
	if vm.threads == nil || vm.threads.Now.ID == 1 {
		return vm.statics[k], true
	}
	t := vm.threads.Now
	if p, ok := t.own[k]; ok {
		return p, true
	}
	s := &vm.P.Statics[k]
	o := vm.M.Alloc(s.Size, s.Align, mem.ClassStatic)
	if o == nil {
		return mem.Slot{}, vm.Cannot("the limit of memory is reached")
	}
	o.Name, o.Type, o.Made = s.Name, s.Type, s.At
	copy(o.Data, vm.first[k])
	o.SetAll()
	if t.own == nil {
		t.own = map[int]mem.Slot{}
	}
	p := mem.Slot{N: o.Base, Obj: o.ID}
	t.own[k] = p
	t.objs = append(t.objs, o)
	return p, true
}

// keepFirst keeps what the initializers gave to the objects of which each
// thread has its own.
func (vm *VM) keepFirst() {
	for k, s := range vm.P.Statics {
		if !s.Thread {
			continue
		}
		if vm.first == nil {
			vm.first = map[int][]byte{}
		}
		vm.first[k] = append([]byte(nil), vm.M.Objs[vm.statics[k].Obj].Data...)
	}
}

// ThreadID gives the number of the thread that runs.
func (vm *VM) ThreadID() int { return vm.threadID() }

func (vm *VM) threadID() int {
	if vm.threads == nil {
		return 1
	}
	return vm.threads.Now.ID
}

// visible are functions of the library whose order shows outside the program.
var visible = map[string]bool{
	"printf": true, "vprintf": true, "fprintf": true, "vfprintf": true, "puts": true, "putchar": true, "fputs": true, "fputc": true,
	"putc": true, "fwrite": true, "write": true, "perror": true, "fflush": true, "getchar": true, "fgetc": true, "getc": true,
	"fgets": true, "fread": true, "read": true, "scanf": true, "fscanf": true, "dprintf": true, "putwchar": true, "wprintf": true,
}

// Started gives how many threads the program had, the first among them.
func (vm *VM) Started() int {
	if vm.threads == nil {
		return 1
	}
	return len(vm.threads.All)
}
