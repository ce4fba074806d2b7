package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"steward/internal/base/errs"
	"steward/internal/cinterp"
	"steward/internal/cinterp/front"
)

// maxFailures is how many allocations are made to fail, each in a run.
const maxFailures = 1000

// many tells whether the program is to be run more than once.
func (q *interpretation) many() bool { return q.machine == "all" || q.failMalloc == "all" }

// failing reads which one allocation is to fail.
func (q *interpretation) failing(o *cinterp.Options) error {
	if q.failMalloc == "" {
		return nil
	}
	n, err := strconv.ParseInt(q.failMalloc, 10, 64)
	if err != nil || n < 1 {
		return errs.Invalidf("--fail-malloc", "%q is neither a number from 1 nor the word all.", q.failMalloc)
	}
	o.FailAlloc = n
	return nil
}

// oneRun is a run among several.
type oneRun struct {
	Machine string          `json:"machine,omitempty"`
	Failed  int64           `json:"failed_allocation,omitempty"` // its number
	Report  *cinterp.Report `json:"report,omitempty"`
	NoC     string          `json:"no_c,omitempty"` // why it is no program for that machine
}

// manyRuns are the runs of one program.
type manyRuns struct {
	Runs    []oneRun `json:"runs"`
	Differ  []string `json:"differ,omitempty"`  // machines that give another answer than the first
	Skipped int64    `json:"skipped,omitempty"` // allocations that were not made to fail
}

// exit is the worst that a run has shown.
func (m *manyRuns) exit() int {
	unknown := false
	for _, r := range m.Runs {
		switch {
		case r.Report == nil || r.Report.Exit() == exitCannotSay:
			unknown = true
		case r.Report.Exit() == exitUndefined:
			return exitUndefined
		}
	}
	if unknown {
		return exitCannotSay
	}
	return exitDone
}

func (s *shell) interpretMany(ctx context.Context, q interpretation, p cinterp.Program, o cinterp.Options, lines map[string][]string) error {
	var m *manyRuns
	var err error
	switch {
	case q.machine == "all" && q.failMalloc == "all":
		return usage{errs.Invalidf("--fail-malloc", "It cannot be all allocations on all machines.").WithHint("choose one machine")}
	case q.machine == "all":
		if err := q.failing(&o); err != nil {
			return usage{err}
		}
		m, err = onEachMachine(ctx, p, o)
	default:
		m, err = withEachFailure(ctx, p, o)
	}
	if err != nil {
		return s.noProgram(err)
	}
	switch {
	case q.sarif:
		var named []cinterp.Named
		for _, r := range m.Runs {
			if r.Report != nil {
				named = append(named, cinterp.Named{Name: r.name(), Report: r.Report})
			}
		}
		err = s.showSARIF(named, lines)
	case s.json:
		err = writeJSON(s.Stdout, m)
	default:
		err = m.table(s.Stdout)
		if err == nil {
			err = m.texts(s.Stderr, lineOf(lines))
		}
	}
	if err != nil {
		return err
	}
	if code := m.exit(); code != exitDone {
		return exitStatus(code)
	}
	return nil
}

// onEachMachine runs a program on every machine there is.
func onEachMachine(ctx context.Context, p cinterp.Program, o cinterp.Options) (*manyRuns, error) {
	m := &manyRuns{}
	good := 0
	var last error
	for _, mach := range front.Machines {
		o.Machine = mach.Name
		run := oneRun{Machine: mach.Name}
		r, err := cinterp.Run(ctx, p, o)
		if err != nil {
			run.NoC, last = firstLine(err.Error()), err
		} else {
			run.Report, good = r, good+1
		}
		if len(m.Runs) > 0 && !m.Runs[0].like(run) {
			m.Differ = append(m.Differ, run.Machine)
		}
		m.Runs = append(m.Runs, run)
	}
	if good == 0 {
		return nil, last
	}
	return m, nil
}

// withEachFailure runs a program once as it is, and then once for each of its
// allocations, which fails.
func withEachFailure(ctx context.Context, p cinterp.Program, o cinterp.Options) (*manyRuns, error) {
	c, err := cinterp.Compile(ctx, p, o)
	if err != nil {
		return nil, err
	}
	r, err := c.Run(ctx, p, o)
	if err != nil {
		return nil, err
	}
	m := &manyRuns{Runs: []oneRun{{Report: r}}}
	if r.Exit() != exitDone {
		return m, nil
	}
	n := min(r.Allocations, maxFailures)
	m.Skipped = r.Allocations - n
	for o.FailAlloc = 1; o.FailAlloc <= n && ctx.Err() == nil; o.FailAlloc++ {
		if r, err = c.Run(ctx, p, o); err != nil {
			return nil, err
		}
		m.Runs = append(m.Runs, oneRun{Failed: o.FailAlloc, Report: r})
	}
	return m, ctx.Err()
}

// like tells whether two runs gave the same answer.
func (r oneRun) like(o oneRun) bool {
	if r.Report == nil || o.Report == nil {
		return r.NoC == o.NoC && r.Report == o.Report
	}
	return r.answer() == o.answer() && bytes.Equal(r.Report.Output, o.Report.Output)
}

func (r oneRun) name() string {
	if r.Failed > 0 {
		return fmt.Sprintf("allocation-%d-fails", r.Failed)
	}
	if r.Machine != "" {
		return r.Machine
	}
	return "as-it-is"
}

// answer is what a run showed, in a few words.
func (r oneRun) answer() string {
	x := r.Report
	switch {
	case x == nil:
		return "no C on this machine: " + r.NoC
	case x.Finding != nil:
		return fmt.Sprintf("%s at %s (CWE-%d)", x.Finding.Kind, x.Finding.Place, x.Finding.CWE)
	case x.Verdict == cinterp.CannotSay && x.WhyPlace != nil:
		return fmt.Sprintf("cannot say: %s at %s", x.Why, x.WhyPlace)
	case x.Verdict == cinterp.CannotSay:
		return "cannot say: " + x.Why
	}
	s := fmt.Sprintf("finished, status %d", x.Status)
	if len(x.Notes) > 0 {
		s += fmt.Sprintf("; %s at %s", x.Notes[0].Kind, x.Notes[0].Place)
	}
	return s
}

// table prints a line for each run, or of failures for each that went badly.
func (m *manyRuns) table(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	bad := 0
	for i, r := range m.Runs {
		word := ""
		switch {
		case r.Machine != "" && i > 0 && !m.Runs[0].like(r):
			word = "\tdiffers"
			if r.Report != nil && m.Runs[0].answer() == r.answer() {
				word = "\tprints something else"
			}
		case r.Failed > 0 && r.Report.Exit() == exitDone:
			continue
		case r.Failed > 0:
			bad++
		}
		fmt.Fprintf(t, "%s\t%s%s\n", strings.ReplaceAll(r.name(), "-", " "), safe(r.answer()), word)
	}
	if err := t.Flush(); err != nil || m.Runs[0].Machine != "" || m.Runs[0].Report.Exit() != exitDone {
		return err
	}
	more := ""
	if m.Skipped > 0 {
		more = fmt.Sprintf("; %d more were not tried", m.Skipped)
	}
	_, err := fmt.Fprintf(w, "%d allocations were made to fail, one in each run: %d of the runs did not end well%s\n", len(m.Runs)-1, bad, more)
	return err
}

// texts prints each finding once, with the first run that has it.
func (m *manyRuns) texts(w io.Writer, line func(string, int) (string, bool)) error {
	told := map[string]bool{}
	for _, r := range m.Runs {
		if r.Report == nil || told[r.answer()] {
			continue
		}
		told[r.answer()] = true
		text := r.Report.Text(line)
		if text == "" {
			continue
		}
		if _, err := fmt.Fprintf(w, "\n%s:\n%s", strings.ReplaceAll(r.name(), "-", " "), text); err != nil {
			return err
		}
	}
	return nil
}

func (s *shell) showSARIF(runs []cinterp.Named, lines map[string][]string) error {
	b, err := cinterp.SARIF(runs, lineOf(lines))
	if err != nil {
		return err
	}
	_, err = s.Stdout.Write(b)
	return err
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s
}
