package cinterp

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"steward/internal/cinterp/code"
	"steward/internal/cinterp/lib"
	"steward/internal/cinterp/mem"
	"steward/internal/cinterp/run"
	"steward/internal/cinterp/vfs"
)

// The functions of a fuzz target, as libFuzzer calls them.
const (
	fuzzEntry = "LLVMFuzzerTestOneInput"
	fuzzFirst = "LLVMFuzzerInitialize"
)

// Input is one input of a fuzz target.
type Input struct {
	Name string
	Data []byte
}

// FuzzOptions of a run over inputs. Limits hold for each input, but for Time,
// which holds for all of them. Steps is 50,000,000 by default.
type FuzzOptions struct {
	Options
	Done func(*FuzzReport) // called after each input, to show how far it is; nil: not
}

// Seen is what some inputs showed, and which one is the smallest of them.
type Seen struct {
	Input   string   `json:"input"` // of those with the least bytes the first
	Size    int      `json:"size"`  // bytes
	Count   int      `json:"count"` // inputs that showed it
	Finding *Finding `json:"finding,omitempty"`
	Why     string   `json:"why,omitempty"`
	Place   *Place   `json:"place,omitempty"` // of Why
	Status  int      `json:"status,omitempty"`
}

// FuzzReport is what the inputs showed.
type FuzzReport struct {
	Inputs    int   `json:"inputs"`
	Clean     int   `json:"clean"`     // inputs that the target took to its end
	Undefined int   `json:"undefined"` // inputs with undefined behaviour
	Unsaid    int   `json:"cannot_say"`
	Ended     int   `json:"ended"` // inputs at which the target ended the program
	Steps     int64 `json:"steps"`
	Stopped   bool  `json:"stopped,omitempty"` // before the last input

	Findings []*Seen `json:"findings,omitempty"`       // by kind and place
	Notes    []*Seen `json:"notes,omitempty"`          // formal ones, and leaks
	Why      []*Seen `json:"cannot_say_why,omitempty"` // by reason and place
	Ends     []*Seen `json:"ends,omitempty"`           // by status
	Strict   bool    `json:"strict,omitempty"`

	index map[string]*Seen
}

// Exit gives the exit status: 0 no input showed anything, 1 undefined
// behaviour, 3 some inputs could not be judged or were not reached.
func (r *FuzzReport) Exit() int {
	formal := slices.ContainsFunc(r.Notes, func(s *Seen) bool { return s.Finding.counts() })
	switch {
	case len(r.Findings) > 0 || r.Strict && formal:
		return 1
	case r.Unsaid > 0 || r.Stopped:
		return 3
	}
	return 0
}

// see counts what an input showed.
func (r *FuzzReport) see(list *[]*Seen, key string, in Input, s Seen) {
	old := r.index[key]
	if old == nil {
		s.Input, s.Size, s.Count = in.Name, len(in.Data), 1
		r.index[key] = &s
		*list = append(*list, &s)
		return
	}
	old.Count++
	if len(in.Data) < old.Size {
		n := old.Count
		*old = s
		old.Input, old.Size, old.Count = in.Name, len(in.Data), n
	}
}

// Fuzz runs the fuzz target of a program, LLVMFuzzerTestOneInput, on each input.
// Every input finds the program as if it were the first: static objects have
// their first values, and LLVMFuzzerInitialize, if there is one, was called. The
// data is an object of its own of exactly its size. What ctx or a limit stops is
// in the report. An error is of the inputs, or says that there is no target.
func (c *Compiled) Fuzz(ctx context.Context, p Program, inputs iter.Seq2[Input, error], o FuzzOptions) (*FuzzReport, error) {
	r := &FuzzReport{Strict: o.Strict, index: map[string]*Seen{}}
	if c.given != nil {
		r.take(c.given, Input{})
		r.Stopped = true
		return r, nil
	}
	for _, f := range c.static {
		x := static(f)
		list := &r.Notes
		if fails(f) {
			list = &r.Findings
		}
		r.see(list, x.Kind+x.Place.String(), Input{}, Seen{Finding: &x})
	}
	if c.p == nil || c.fails() {
		r.Stopped = true
		return r, nil
	}
	if err := targeted(c.p); err != nil {
		return nil, err
	}
	if o.Limits.Steps <= 0 {
		o.Limits.Steps = 50_000_000
	}
	l := o.Limits.filled()
	if l.Time > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, l.Time)
		defer cancel()
	}
	out := &output{limit: l.Output}
	snap, vm := run.NewSnapshot(ctx, c.p, lib.Functions(), run.Limits{Steps: l.Steps, Memory: l.Memory, Depth: l.Depth, Output: l.Output})
	vm.Allow = o.allowed()
	vm.M.Loose, vm.M.Exact = vm.M.Loose || o.Loose, o.ExactProvenance
	if snap == nil {
		r.take(report(vm, c.p, out, o.Strict), Input{})
		r.Stopped = true
		return r, nil
	}
	for in, err := range inputs {
		if err != nil {
			return nil, err
		}
		if ctx.Err() != nil {
			r.Stopped = true
			break
		}
		out := &output{limit: l.Output}
		vm := snap.Start(ctx)
		vm.Out, vm.Strict = out, o.Strict
		one(vm, p, in, o.Options)
		vm.Reap()
		if vm.End == run.CannotSay && ctx.Err() != nil {
			r.Stopped = true
			break
		}
		r.take(report(vm, c.p, out, o.Strict), in)
		if o.Done != nil {
			o.Done(r)
		}
	}
	return r, nil
}

// targeted tells what is wrong with the fuzz target of a program.
func targeted(p *code.Program) error {
	i, ok := p.ByName[fuzzEntry]
	if !ok || p.Funcs[i].Code == nil {
		return sourceError{fmt.Errorf("there is no function %s", fuzzEntry)}
	}
	f := p.Funcs[i]
	if len(f.Params) != 2 || f.Params[0] != code.TPtr || f.Params[1] > code.U64 {
		return sourceError{fmt.Errorf("%s has not the parameters (const uint8_t *data, size_t size)", fuzzEntry)}
	}
	return nil
}

// one runs the target on an input.
func one(vm *run.VM, p Program, in Input, o Options) {
	files := vfs.New(vfs.Limits{})
	if p.Mount != nil && files.Mount(lib.Home, p.Mount) != 0 {
		vm.Cannot("the files for the program cannot be read, or are too many")
		return
	}
	name := "a.out"
	if len(p.Files) > 0 {
		name = p.Files[0].Name
	}
	argv, ok := lib.Setup(vm, &lib.State{Environ: p.Environ, Input: p.Input, Files: files, Now: o.Now, Fail: o.FailAlloc}, append([]string{name}, p.Args...))
	if !ok {
		return
	}
	if i, ok := vm.Named(fuzzFirst); ok && len(vm.P.Funcs[i].Params) == 2 {
		args, ok := lib.Pointers(vm, argv[:2], []code.T{code.I32, code.TPtr})
		if !ok {
			return
		}
		if _, ok := vm.Enter(i, args); !ok {
			return
		}
	}
	size := uint64(len(in.Data))
	data := vm.M.Alloc(size, 16, mem.ClassHeap)
	if data == nil {
		vm.Cannot("the limit of memory is reached")
		return
	}
	copy(data.Data, in.Data)
	data.SetAll()
	data.Name, data.Type = "the input", "uint8_t"
	i, _ := vm.Named(fuzzEntry)
	if _, ok := vm.Enter(i, []mem.Slot{{N: data.Base, Obj: data.ID}, {N: size}}); !ok {
		return
	}
	if o.Leaks {
		vm.M.End(data, mem.Freed, 0)
		vm.Leaks()
	}
}

// take adds the report of one input.
func (r *FuzzReport) take(one *Report, in Input) {
	r.Inputs++
	r.Steps += one.Steps
	for i := range one.Notes {
		f := &one.Notes[i]
		r.see(&r.Notes, f.Kind+f.Place.String(), in, Seen{Finding: f})
	}
	switch {
	case one.Verdict == Undefined:
		r.Undefined++
		f := one.Finding
		r.see(&r.Findings, f.Kind+f.Place.String(), in, Seen{Finding: f})
	case one.Verdict == CannotSay:
		r.Unsaid++
		at := ""
		if one.WhyPlace != nil {
			at = one.WhyPlace.String()
		}
		r.see(&r.Why, "why "+one.Why+at, in, Seen{Why: one.Why, Place: one.WhyPlace})
	case one.exited:
		r.Ended++
		r.see(&r.Ends, fmt.Sprint("status ", one.Status), in, Seen{Status: one.Status, Why: strings.TrimSpace(last(one.Errors))})
	default:
		r.Clean++
	}
}

// last gives the end of what the target wrote to standard error.
func last(b []byte) string {
	b = b[max(0, len(b)-200):]
	return strings.ToValidUTF8(string(b), "?")
}

// sorted gives what was seen in an order that does not depend on the inputs'.
func sorted(l []*Seen) []*Seen {
	return slices.SortedStableFunc(slices.Values(l), func(a, b *Seen) int {
		at := func(s *Seen) (Place, string) {
			switch {
			case s.Finding != nil:
				return s.Finding.Place, s.Finding.Kind
			case s.Place != nil:
				return *s.Place, s.Why
			}
			return Place{}, s.Why
		}
		p, k := at(a)
		q, m := at(b)
		return cmp.Or(strings.Compare(p.File, q.File), cmp.Compare(p.Line, q.Line), cmp.Compare(p.Column, q.Column), strings.Compare(k, m))
	})
}
