package cinterp

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"time"

	"steward/internal/cinterp/check"
	"steward/internal/cinterp/code"
	"steward/internal/cinterp/front"
	"steward/internal/cinterp/lib"
	"steward/internal/cinterp/mem"
	"steward/internal/cinterp/run"
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
}

// Options of a run.
type Options struct {
	Machine string // of front.Machines; empty: the first
	Limits  Limits
	Leaks   bool      // note allocated memory that is lost at the end
	Strict  bool      // findings that are formal only make the exit status 1, too
	Now     time.Time // when the program starts; zero: a fixed time
	// FailAlloc is the allocation, counted from 1, that fails as if memory were
	// short: it gives a null pointer. 0: none does.
	FailAlloc int64
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
	p      *code.Program   // nil: it is not to be run
	static []check.Finding // of the program as written
}

// Compile parses and translates a program. The error says what is wrong, one
// line a mistake, and wraps ErrSource.
func Compile(p Program, machine string) (*Compiled, error) {
	m, err := front.MachineNamed(machine)
	if err != nil {
		return nil, err
	}
	var units []*front.Unit
	var refused error
	for _, f := range p.Files {
		o := front.Options{Machine: m, Define: p.Define, Include: p.Include, FS: p.FS}
		u, err := front.Parse(f.Name, f.Text, o)
		if err != nil {
			refused = cmp.Or(refused, err)
			u, _ = front.Outline(f.Name, f.Text, o)
		}
		units = append(units, u)
	}
	return translate(units, m, refused)
}

// sourceError is an error of the source: its text is for people as it is.
type sourceError struct{ error }

func (e sourceError) Is(target error) bool { return target == ErrSource }

// Run compiles and runs a program. An error is a program that is not C or a
// wrong option; all else is in the report.
func Run(ctx context.Context, p Program, o Options) (*Report, error) {
	c, err := Compile(p, o.Machine)
	if err != nil {
		return nil, err
	}
	return c.Run(ctx, p, o)
}

// Run runs the program once.
func (c *Compiled) Run(ctx context.Context, p Program, o Options) (*Report, error) {
	if r := c.notRun(o.Strict); r != nil {
		return r, nil
	}
	l := o.Limits.filled()
	if l.Time > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, l.Time)
		defer cancel()
	}
	out := &output{limit: l.Output}
	vm, err := run.New(ctx, c.p, lib.Functions(), run.Limits{Steps: l.Steps, Memory: l.Memory, Depth: l.Depth, Output: l.Output})
	if err != nil {
		return &Report{Verdict: CannotSay, Why: err.Error()}, nil
	}
	vm.Out, vm.Strict = out, o.Strict
	name := "a.out"
	if len(p.Files) > 0 {
		name = p.Files[0].Name
	}
	var argv []mem.Slot
	files := vfs.New(vfs.Limits{})
	if p.Mount != nil && files.Mount(lib.Home, p.Mount) != 0 {
		return &Report{Verdict: CannotSay, Why: "the files for the program cannot be read, or are too many"}, nil
	}
	state := &lib.State{Environ: p.Environ, Input: p.Input, Files: files, Now: o.Now, Fail: o.FailAlloc}
	argv, ok := lib.Setup(vm, state, append([]string{name}, p.Args...))
	if ok {
		vm.Run(argv)
		if o.Leaks && vm.End == run.Finished {
			vm.Leaks()
		}
	}
	r := report(vm, c.p, out, o.Strict)
	r.Allocations, r.FailedAlloc = state.Allocs, place(c.p, state.Failed)
	return c.noted(r), nil
}
