package cinterp

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"runtime"
	"sync"
	"time"

	"steward/internal/cinterp/check"
	"steward/internal/cinterp/code"
	"steward/internal/cinterp/front"
	"steward/internal/cinterp/lib"
	"steward/internal/cinterp/mem"
	"steward/internal/cinterp/run"
	"steward/internal/cinterp/ub"
	"steward/internal/cinterp/vfs"
)

// File is one translation unit.
type File struct {
	Name string
	Text []byte
}

// Program is what is to be run: the units, how they are preprocessed, and the
// arguments of main without the program's name.
type Program struct {
	Files   []File
	Define  []string // NAME or NAME=VALUE
	Include []string // directories in FS
	FS      fs.FS    // where #include looks; nil: our headers only
	Args    []string
	Environ []string // NAME=VALUE
	Input   []byte   // standard input
	Mount   fs.FS    // what the program finds in its folder and cannot change; nil: nothing
}

// Limits of a run. Zero values stand for the defaults.
type Limits struct {
	Steps  int64         // jumps and calls; default 2,000,000,000
	Memory uint64        // bytes; default 1 GiB
	Depth  int           // calls in calls; default 20,000
	Output int           // bytes; default 16 MiB
	Time   time.Duration // default: as ctx says
	Total  uint64        // bytes that the process may take, the interpreter included; 0: not asked
}

// Options of a run.
type Options struct {
	Machine string // of front.Machines; empty: the first
	Limits  Limits
	Leaks   bool      // note allocated memory that is lost at the end
	Strict  bool      // findings that are formal only make the exit status 1, too
	Now     time.Time // when the program starts; zero: a fixed time
	Seed    uint64    // chooses the order of evaluation and of threads; 0: left to right, in turn
	Choice  string    // of an Exploration, to see its run again; Seed is then not looked at
	// FailAlloc is the allocation, counted from 1, that fails as if memory were
	// short: it gives a null pointer. 0: none does.
	FailAlloc int64
	// Loose lets objects be reached by any type, as GCC's -fno-strict-aliasing.
	Loose bool
	// Allow are kinds, of ub.Allowable, that are noted and let the run go on.
	Allow []string
	// ExactProvenance takes the model by its word: an integer becomes a pointer to
	// an object only if a pointer to that was made an integer or printed before.
	// Else it is enough that one was stored or returned.
	ExactProvenance bool
}

func (o Options) allowed() map[string]bool {
	m := map[string]bool{}
	for _, k := range o.Allow {
		if ub.Allowable()[k] != "" {
			m[k] = true
		}
	}
	return m
}

func (l Limits) filled() Limits {
	if l.Steps <= 0 {
		l.Steps = 2_000_000_000
	}
	if l.Memory == 0 {
		l.Memory = 1 << 30
	}
	if l.Depth <= 0 {
		l.Depth = 20_000
	}
	if l.Output <= 0 {
		l.Output = 16 << 20
	}
	return l
}

// output keeps what the program writes, by stream.
type output struct {
	all   []byte
	err   []byte
	limit int
}

func (o *output) Write(fd int, p []byte) bool {
	if len(o.all)+len(o.err)+len(p) > o.limit {
		return false
	}
	if fd == 2 {
		o.err = append(o.err, p...)
	} else {
		o.all = append(o.all, p...)
	}
	return true
}

// ErrSource is wrapped by errors of programs that are not C, or do not link.
var ErrSource = errors.New("the program cannot be translated")

// Compiled is a program ready to be run any number of times.
type Compiled struct {
	given  *Report         // what every run gives, for a program that is beyond a limit
	p      *code.Program   // nil: it is not to be run
	static []check.Finding // of the program as written
	source source
}

// compile is Compile with nobody who watches.
func compile(p Program, machine string) (*Compiled, error) {
	m, err := front.MachineNamed(machine)
	if err != nil {
		return nil, err
	}
	units, refused := parse(p, front.Options{Machine: m, Define: p.Define, Include: p.Include, Files: front.NewFiles(p.FS)})
	var beyond *front.Beyond
	if errors.As(refused, &beyond) {
		return nil, refused
	}
	return translate(units, m, refused)
}

// parse reads the units side by side, as that is most of the work. The error is
// that of the first unit that is beyond a limit, or else that is no C; of the
// latter there are outlines.
func parse(p Program, o front.Options) ([]*front.Unit, error) {
	units, faults := make([]*front.Unit, len(p.Files)), make([]error, len(p.Files))
	free := make(chan bool, runtime.GOMAXPROCS(0))
	var all sync.WaitGroup
	for i, f := range p.Files {
		free <- true
		all.Go(func() {
			defer func() { <-free }()
			u, err := front.Parse(f.Name, f.Text, o)
			if err != nil && !errors.As(err, new(*front.Beyond)) {
				u, _ = front.Outline(f.Name, f.Text, o)
			}
			units[i], faults[i] = u, err
		})
	}
	all.Wait()
	for _, err := range faults {
		if errors.As(err, new(*front.Beyond)) {
			return nil, err
		}
	}
	return units, cmp.Or(faults...)
}

// sourceError is an error of the source: its text is for people as it is.
type sourceError struct{ error }

func (e sourceError) Is(target error) bool { return target == ErrSource }

// run is Run with nobody who watches.
func (c *Compiled) run(ctx context.Context, p Program, o Options) (*Report, error) {
	if r := c.notRun(o.Strict); r != nil {
		return r, nil
	}
	ch, err := parseChoice(o.Choice)
	if err != nil {
		return nil, err
	}
	if o.Choice == "" && o.Seed != 0 {
		ch.plan.Seed = o.Seed
	}
	prog := c.p
	if ch.orders() {
		if prog, err = c.ordered(ch, &code.Orders{}); err != nil {
			return nil, err
		}
	}
	r, vm, err := c.execute(ctx, prog, p, o, &ch.plan, false)
	if err == nil && o.Seed == 0 && o.Choice == "" && r.Verdict == Clean && vm.Started() > 1 {
		return c.otherTurns(ctx, p, o, r)
	}
	return r, err
}

// execute runs a program that was compiled from the units of c.
func (c *Compiled) execute(ctx context.Context, prog *code.Program, p Program, o Options, plan *run.Plan, record bool) (*Report, *run.VM, error) {
	l := o.Limits.filled()
	out := &output{limit: l.Output}
	vm, err := run.New(ctx, prog, lib.Functions(), run.Limits{Steps: l.Steps, Memory: l.Memory, Depth: l.Depth, Output: l.Output})
	if err != nil {
		return &Report{Verdict: CannotSay, Why: err.Error()}, nil, nil
	}
	vm.Allow = o.allowed()
	vm.Out, vm.Strict, vm.Choose, vm.Record = out, o.Strict, plan, record
	vm.M.Loose, vm.M.Exact = vm.M.Loose || o.Loose, o.ExactProvenance
	name := "a.out"
	if len(p.Files) > 0 {
		name = p.Files[0].Name
	}
	var argv []mem.Slot
	files := vfs.New(vfs.Limits{})
	if p.Mount != nil && files.Mount(lib.Home, p.Mount) != 0 {
		return &Report{Verdict: CannotSay, Why: "the files for the program cannot be read, or are too many"}, nil, nil
	}
	state := &lib.State{Environ: p.Environ, Input: p.Input, Files: files, Now: o.Now, Fail: o.FailAlloc}
	argv, ok := lib.Setup(vm, state, append([]string{name}, p.Args...))
	if ok {
		vm.Run(argv)
		if o.Leaks && vm.End == run.Finished {
			vm.Leaks()
		}
	}
	r := report(vm, prog, out, o.Strict)
	r.Allocations, r.FailedAlloc = state.Allocs, place(prog, state.Failed)
	return c.noted(r), vm, nil
}
