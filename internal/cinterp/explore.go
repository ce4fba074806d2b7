package cinterp

import (
	"bytes"
	"context"
	"slices"

	"steward/internal/cinterp/code"
	"steward/internal/cinterp/mem"
	"steward/internal/cinterp/run"
)

// Bounds of an exploration. Zero values stand for the defaults.
type Bounds struct {
	Runs int // default 64
}

// Exploration is what other orders of evaluation and of threads show. It is the
// same each time: it has no clock.
type Exploration struct {
	Runs      int       `json:"runs"`
	Places    int       `json:"places"`  // where the order of evaluation may show, of those that were reached
	Threads   int       `json:"threads"` // that the first run had
	All       bool      `json:"all"`     // every order of one place, and every schedule of one turn, was tried
	First     *Report   `json:"first"`   // from left to right, threads in turn
	Undefined *Outcome  `json:"undefined,omitempty"`
	Others    []Outcome `json:"others,omitempty"` // the first run of each other outcome
}

// Outcome is a run that ended otherwise than the first. Choice gives it again,
// as Options.Choice.
type Outcome struct {
	Choice string  `json:"choice"`
	Place  *Place  `json:"place,omitempty"` // that alone made the difference
	Why    string  `json:"why"`
	Report *Report `json:"report"`
}

// Exit gives the exit status: that of the run that is undefined, or else of the
// first.
func (e *Exploration) Exit() int {
	if e.Undefined != nil {
		return 1
	}
	return e.First.Exit()
}

// maxOthers is how many other outcomes are kept.
const maxOthers = 8

// explorer is an exploration that goes on.
type explorer struct {
	c      *Compiled
	ctx    context.Context
	p      Program
	o      Options
	runs   int
	steps  int64
	orders *code.Orders
	plain  *code.Program // compiled from left to right
	e      *Exploration
	known  []*Report
	tried  map[string]bool
}

// Explore runs a program in the orders that may matter: every place where C17
// leaves the order of evaluation open and it may show, from right to left, one
// at a time and all at once; and with threads, every turn that another thread
// could have had instead, one at a time; and what the bounds leave by chance.
// Limits.Steps holds for all the runs together.
func Explore(ctx context.Context, p Program, o Options, b Bounds) (*Exploration, error) {
	ctx, cancel := o.Limits.timed(ctx)
	defer cancel()
	c, err := Compile(ctx, p, o)
	if err != nil {
		return nil, err
	}
	if c.given != nil {
		return &Exploration{First: c.given}, nil
	}
	if r := c.notRun(o.Strict); r != nil {
		e := &Exploration{First: r}
		e.Undefined = &Outcome{Report: r, Why: "the program is undefined as written"}
		return e, nil
	}
	x := &explorer{c: c, ctx: ctx, p: p, o: o, runs: b.Runs, steps: o.Limits.filled().Steps, orders: &code.Orders{}, e: &Exploration{}, tried: map[string]bool{}}
	if x.runs <= 0 {
		x.runs = 64
	}
	err, why := watched(ctx, o.Limits.Total, x.all)
	if why != "" {
		return &Exploration{First: &Report{Verdict: CannotSay, Why: why, Strict: o.Strict}}, nil
	}
	if err != nil {
		return nil, err
	}
	return x.e, nil
}

// more tells whether another run is within the bounds.
func (x *explorer) more() bool {
	return x.e.Undefined == nil && x.e.Runs < x.runs && x.steps > 0 && x.ctx.Err() == nil
}

// try makes one run, and keeps its outcome when it is a new one. at gives the
// place that alone is otherwise than in the first run.
func (x *explorer) try(ch choice, at *Place, why string) (*run.VM, error) {
	if x.tried[ch.String()] {
		return nil, nil
	}
	x.tried[ch.String()] = true
	p := x.plain
	if p == nil || ch.orders() {
		var err error
		if p, err = x.c.ordered(ch, x.orders); err != nil {
			return nil, err
		}
	}
	if !ch.orders() {
		x.plain = p
	}
	o := x.o
	o.Limits.Steps = x.steps
	type result struct {
		r   *Report
		vm  *run.VM
		err error
	}
	got, failed := watched(x.ctx, o.Limits.Total, func() result {
		r, vm, err := x.c.execute(x.ctx, p, x.p, o, &ch.plan, true)
		return result{r, vm, err}
	})
	if failed != "" && x.e.First == nil {
		x.e.First = &Report{Verdict: CannotSay, Why: failed}
	}
	r, vm := got.r, got.vm
	if got.err != nil || vm == nil {
		return nil, got.err
	}
	x.e.Runs++
	x.steps -= r.Steps
	if x.e.First == nil {
		x.e.First, x.known = r, []*Report{r}
		if r.Verdict == Undefined {
			x.e.Undefined = &Outcome{Report: r, Why: "in the order from left to right"}
		}
		return vm, nil
	}
	if r.Verdict == CannotSay && !deadlocked(r) || slices.ContainsFunc(x.known, func(k *Report) bool { return sameOutcome(k, r) }) {
		return vm, nil
	}
	x.known = append(x.known, r)
	out := Outcome{Choice: ch.String(), Place: at, Why: why, Report: r}
	switch {
	case r.Verdict == Undefined:
		x.e.Undefined = &out
	case len(x.e.Others) < maxOthers:
		x.e.Others = append(x.e.Others, out)
	}
	return vm, nil
}

func deadlocked(r *Report) bool {
	return slices.ContainsFunc(r.Notes, func(f Finding) bool { return f.Kind == "deadlock" })
}

// sameOutcome tells whether two runs look the same from outside.
func sameOutcome(a, b *Report) bool {
	if a.Verdict != b.Verdict || a.Verdict == CannotSay && deadlocked(a) != deadlocked(b) {
		return false
	}
	if a.Verdict != Clean {
		return a.Finding == nil || b.Finding == nil || a.Finding.Kind == b.Finding.Kind
	}
	return a.Status == b.Status && bytes.Equal(a.Output, b.Output) && bytes.Equal(a.Errors, b.Errors)
}

func (x *explorer) all() error {
	vm, err := x.try(choice{}, nil, "")
	if err != nil || vm == nil || x.e.Undefined != nil {
		if x.e.First == nil && err == nil {
			x.e.First = &Report{Verdict: CannotSay, Why: "the limit of memory is too small for the program"}
		}
		return err
	}
	places, err := x.evaluation(vm)
	if err != nil {
		return err
	}
	x.e.Places = places
	threads := vm.Started()
	x.e.Threads = threads
	if threads > 1 {
		if err := x.schedules(); err != nil {
			return err
		}
	}
	x.e.All = x.more()
	// What is left goes to orders by chance, if there are any beyond those above.
	for seed := uint64(1); x.more() && (places > 1 || threads > 1); seed++ {
		ch := choice{plan: run.Plan{Seed: seed}}
		if _, err := x.try(ch, nil, "in an order by chance"); err != nil {
			return err
		}
	}
	return nil
}

// evaluation tries the places where the order of evaluation may show, one at a
// time. It gives how many were reached.
func (x *explorer) evaluation(vm *run.VM) (int, error) {
	seen := map[int]bool{}
	var work []int
	reach := func(vm *run.VM) {
		for i, ok := range vm.Reached {
			if ok && !seen[i] {
				seen[i] = true
				work = append(work, i)
			}
		}
	}
	reach(vm)
	for n := 0; n < len(work) && x.more(); n++ {
		i := work[n]
		p := x.orders.Places[i]
		at := &Place{p.File, p.Line, p.Col}
		vm, err := x.try(choice{back: []int{i}}, at, "when this is evaluated from right to left")
		if err != nil {
			return 0, err
		}
		if vm != nil {
			reach(vm)
		}
	}
	if len(work) > 1 && x.more() {
		if _, err := x.try(choice{all: true}, nil, "when all is evaluated from right to left"); err != nil {
			return 0, err
		}
	}
	return len(seen), nil
}

// schedules tries other orders of threads: each goes on as long as it can, the
// last first, and then each turn that another could have had.
func (x *explorer) schedules() error {
	stay, err := x.try(choice{plan: run.Plan{Stay: true}}, nil, "when each thread goes on as long as it can")
	if err != nil || stay == nil || !x.more() {
		return err
	}
	if _, err := x.try(choice{plan: run.Plan{Last: true}}, nil, "when the last thread goes first"); err != nil {
		return err
	}
	for _, t := range spread(stay.Turns, x.runs*2/3) {
		for _, id := range t.Can {
			if id == t.Took || !x.more() {
				continue
			}
			ch := choice{plan: run.Plan{Stay: true, Turns: map[int]int{t.Point: id}}}
			if _, err := x.try(ch, place(stay.P, t.At), "when another thread goes on here"); err != nil {
				return err
			}
		}
	}
	return nil
}

// spread gives at most n turns, and of more those that are at different places
// first.
func spread(turns []run.Turn, n int) []run.Turn {
	if len(turns) <= n {
		return turns
	}
	count := map[mem.Pos]int{}
	rank := make([]int, len(turns))
	order := make([]int, len(turns))
	for i, t := range turns {
		rank[i], order[i] = count[t.At], i
		count[t.At]++
	}
	slices.SortStableFunc(order, func(a, b int) int { return rank[a] - rank[b] })
	var out []run.Turn
	for _, i := range order[:n] {
		out = append(out, turns[i])
	}
	return out
}
