package lib

import (
	"math/rand/v2"

	"modernc.org/cc/v4"

	"steward/internal/cinterp/code"
	"steward/internal/cinterp/run"
	"steward/internal/cinterp/vfs"
)

// extra is what the parts of the library that need the file system, the clock
// or signals keep between calls.
type extra struct {
	fs       *vfs.FS
	cwd      *vfs.Node
	umask    uint32
	fds      []*file
	streams  map[uint64]*strm
	dirs     map[uint64]*dir
	now      int64  // seconds since 1970 when the run began
	slept    int64  // nanoseconds that sleeping took
	alarm    int64  // how much slept is when an alarm comes; 0: none
	kept     keep   // objects of the library by what they are for
	env      []*env // in the order in which they came
	envBytes int    // that setenv took in all
	temp     int    // number of the next temporary name
	signals  map[int32]slot
	blocked  uint64
	handling int    // handlers that run because of raise
	quickly  bool   // quick_exit runs
	mask     uint64 // signals that sigprocmask holds back, by number from 1
	waiting  uint64 // those of them that were raised
	quick    []slot // for at_quick_exit
	ending   bool
	endDepth int   // calls when it began
	getopt   int   // characters of the word that getopt has read
	first    int32 // the operands that getopt found before an option
	last     int32
	optind   int32
	started  bool
	round    uint64 // of fenv.h
	raised   uint64 // exceptions of fenv.h
	syncs    *syncs
	sorted   map[slot]bool     // arrays that bsearch found in order
	left     map[uint64]bool   // pointers that wcstok left
	printed  map[uint64]bool   // pointers that %p printed
	env0     map[uint64]bool   // environments that fenv.h saved, by address
	flags    map[uint64]uint64 // flags that fegetexceptflag saved, and of which exceptions
}

// keep has the objects that the library hands out, by what they are for.
type keep map[string]slot

// more gives the functions of this file's neighbours.
func more() []map[string]run.LibFunc {
	return []map[string]run.LibFunc{opening, reading, writing, positions, scanning, described, folders,
		options, environment, words, errors, sorting, ending, integers, multibyte, clocks, times, locale, wide, wideText, wideClass, wideIO, wideScanning, atomics, memoryFiles, usage, system, threads, pthreads, semaphores, locks, network,
		signals, moreMaths(), fenv}
}

// ext gives the library's state, made when it is first asked for.
func ext(c *call) *extra {
	s := state(c)
	if s.ext == nil {
		s.ext = newExtra(s)
	}
	return s.ext
}

func newExtra(s *State) *extra {
	x := &extra{fs: s.Files, umask: 0o022, streams: map[uint64]*strm{}, dirs: map[uint64]*dir{}, now: 1700000000, kept: keep{},
		signals: map[int32]slot{}, sorted: map[slot]bool{}, left: map[uint64]bool{}, printed: map[uint64]bool{},
		env0: map[uint64]bool{}, flags: map[uint64]uint64{}}
	if !s.Now.IsZero() {
		x.now = s.Now.Unix()
	}
	if x.fs == nil {
		x.fs = vfs.New(vfs.Limits{})
	}
	x.fs.Now = func() int64 { return x.now + x.slept/1e9 }
	for _, d := range []string{"/tmp", "/dev", Home} {
		x.fs.Mkdir(nil, d, 0o777) // it may be there
	}
	x.devices()
	if n, e := x.fs.Lookup(nil, Home); e == 0 {
		x.cwd = n
	} else {
		x.cwd = x.fs.Root
	}
	x.fds = []*file{{std: 1, read: true, refs: 1}, {std: 2, write: true, refs: 1}, {std: 3, write: true, refs: 1}}
	for _, e := range s.Environ {
		x.addEnv(e)
	}
	return x
}

// devices makes those that programs look for. What is random is the same in
// each run.
func (x *extra) devices() {
	noise := rand.New(rand.NewPCG(1, 2))
	random := func(b []byte) {
		for i := range b {
			b[i] = byte(noise.Uint32())
		}
	}
	for _, d := range []struct {
		name    string
		endless func([]byte)
	}{{"null", nil}, {"zero", func(b []byte) { clear(b) }}, {"random", random}, {"urandom", random}} {
		if n, e := x.fs.Create(nil, "/dev/"+d.name, 0o666, true); e == 0 {
			n.Sink, n.Endless = true, d.endless
		}
	}
}

// Home is the directory in which a program begins.
const Home = "/home"

// minus is the answer -1 with errno.
func minus(c *call, e vfs.Errno) (slot, bool) {
	r, ok := null(c, e)
	r.N = ^uint64(0)
	return r, ok
}

// null is the answer 0 or a null pointer with errno.
func null(c *call, e vfs.Errno) (slot, bool) {
	if e == vfs.Limit {
		return slot{}, c.VM.Cannot("%s: the limit of the file system in memory is reached", c.Name)
	}
	return slot{}, errno(c, int(e))
}

// done is 0, or -1 with errno.
func done(c *call, e vfs.Errno) (slot, bool) {
	if e != 0 {
		return minus(c, e)
	}
	return slot{}, true
}

// i32 reads an argument of type int.
func i32(c *call, i int) int32 { return int32(arg(c, i).N) }

// word gives a value of type size_t.
func word(c *call, n uint64) slot {
	if c.VM.P.Ptr == 4 {
		n &= 0xffffffff
	}
	return slot{N: n}
}

// kept gives an object of the library's that lasts, made when it is first
// asked for; its text is written anew when again is set.
func kept(c *call, name, text string, again bool) (slot, bool) {
	x := ext(c)
	p, ok := x.kept[name]
	if ok && !again {
		return p, true
	}
	size := uint64(len(text)) + 1
	if ok && c.VM.M.Objs[p.Obj].Size < size {
		ok = false
	}
	if !ok {
		if p, ok = own(c, name, max(size, 64)); !ok {
			return p, false
		}
		x.kept[name] = p
	}
	o := c.VM.M.Objs[p.Obj]
	copy(o.Data, text)
	o.Data[len(text)] = 0
	return p, true
}

// fixed is kept for a text that the program must not change.
func fixed(c *call, name, text string) (slot, bool) {
	p, ok := ext(c).kept[name+"="+text]
	if ok {
		return p, true
	}
	if p, ok = own(c, name, uint64(len(text))+1); !ok || !put(c, p, append([]byte(text), 0)) {
		return p, false
	}
	c.VM.M.Objs[p.Obj].Freeze()
	ext(c).kept[name+"="+text] = p
	return p, true
}

// pointee gives the structure that argument i points to.
func pointee(c *call, i int) *cc.StructType {
	if i >= len(c.Site.Args) {
		return nil
	}
	p, ok := c.Site.Args[i].Type.(*cc.PointerType)
	if !ok {
		return nil
	}
	s, _ := p.Elem().(*cc.StructType)
	return s
}

// member gives a member's place in a structure at p.
func member(c *call, s *cc.StructType, p slot, name string) (slot, code.T, bool) {
	f := s.FieldByName(name)
	if f == nil {
		return p, 0, c.VM.Cannot("%s: a structure of this kind has no member %s", c.Name, name)
	}
	p.N += uint64(f.Offset())
	return p, code.TypeOf(f.Type()), true
}

// setMember writes a member.
func setMember(c *call, s *cc.StructType, p slot, name string, v slot) bool {
	if s == nil {
		return c.VM.Cannot("%s is called in a way that hides the type of its structure", c.Name)
	}
	q, t, ok := member(c, s, p, name)
	return ok && c.VM.Store(q, t, v)
}

// getMember reads a member.
func getMember(c *call, s *cc.StructType, p slot, name string) (slot, bool) {
	if s == nil {
		return slot{}, c.VM.Cannot("%s is called in a way that hides the type of its structure", c.Name)
	}
	q, t, ok := member(c, s, p, name)
	if !ok {
		return slot{}, false
	}
	return c.VM.Load(q, t)
}

// result gives the structure that a call returns, and where it goes.
func result(c *call) (*cc.StructType, slot, bool) {
	ft, ok := c.Site.Type.(*cc.FunctionType)
	if !ok || !c.Site.Hidden {
		return nil, slot{}, c.VM.Cannot("%s is called in a way that hides its type", c.Name)
	}
	s, ok := ft.Result().(*cc.StructType)
	if !ok {
		return nil, slot{}, c.VM.Cannot("%s is called in a way that hides its type", c.Name)
	}
	return s, arg(c, 0), true
}

// name reads an argument that is a file's name.
func name(c *call, i int) (string, bool) {
	s, ok := str(c, arg(c, i))
	return string(s), ok
}
