package cinterp

import (
	"fmt"
	"slices"
	"strings"

	"modernc.org/cc/v4"

	"steward/internal/cinterp/code"
	"steward/internal/cinterp/mem"
	"steward/internal/cinterp/run"
	"steward/internal/cinterp/ub"
)

// Verdict is how a run ended.
type Verdict string

// The verdicts.
const (
	Clean     Verdict = "finished"
	Undefined Verdict = "undefined behaviour"
	CannotSay Verdict = "cannot say"
)

// Place is a place in the source; Line and Column count from 1.
type Place struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

// String gives file:line:column.
func (p Place) String() string {
	if p.File == "" {
		return "?"
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// Step is a call on the stack.
type Step struct {
	Function string `json:"function"`
	Place    Place  `json:"place"`
}

// Object is the object that a finding is about.
type Object struct {
	What    string `json:"what"` // such as "allocated memory"
	Name    string `json:"name,omitempty"`
	Type    string `json:"type,omitempty"`
	Size    uint64 `json:"size"`   // bytes
	Offset  int64  `json:"offset"` // where the pointer points
	Made    *Place `json:"made,omitempty"`
	Ended   *Place `json:"ended,omitempty"`
	EndedBy string `json:"ended_by,omitempty"`
}

// Finding is one undefined behaviour.
type Finding struct {
	Kind       string  `json:"kind"`
	Number     string  `json:"number"`
	Clause     string  `json:"clause"`             // of C17
	CWE        int     `json:"cwe"`                // the most specific that fits
	CWEAlso    []int   `json:"cwe_also,omitempty"` // true as well: more general ones, or what led to it
	CERT       string  `json:"cert,omitempty"`
	Tier       string  `json:"tier"`
	Rule       string  `json:"rule"`
	Text       string  `json:"text"`
	Expression string  `json:"expression,omitempty"`
	Place      Place   `json:"place"`
	Also       []Place `json:"also,omitempty"` // other sides, such as another declaration
	Stack      []Step  `json:"stack,omitempty"`
	Object     *Object `json:"object,omitempty"`
	Allowed    bool    `json:"allowed,omitempty"` // the user allows it, and the run went on
}

// Report is what a run showed.
type Report struct {
	Verdict  Verdict   `json:"verdict"`
	Status   int       `json:"status"` // the program's own, when it finished
	Why      string    `json:"why,omitempty"`
	WhyPlace *Place    `json:"why_place,omitempty"`
	Finding  *Finding  `json:"finding,omitempty"`
	Notes    []Finding `json:"notes,omitempty"` // formal ones; the run went on
	Output   []byte    `json:"-"`
	Errors   []byte    `json:"-"` // standard error
	Steps    int64     `json:"steps"`
	Memory   uint64    `json:"memory"`            // bytes that the program's objects took in all
	NotRun   bool      `json:"not_run,omitempty"` // the program is undefined as written
	Strict   bool      `json:"strict,omitempty"`
	// Allocations is how many the program asked the library for, and FailedAlloc
	// where the one was that Options made fail.
	Allocations int64  `json:"allocations,omitempty"`
	FailedAlloc *Place `json:"failed_allocation,omitempty"`
	// Choice is the order in which the finding shows, as Options has it, when that
	// is not the one that was asked for.
	Choice string `json:"choice,omitempty"`
	exited bool   // by exit or its kin
}

// Exit gives the exit status: 0 finished, 1 undefined behaviour, 3 cannot say.
func (r *Report) Exit() int {
	switch {
	case r.Verdict == Undefined || r.Strict && r.formal():
		return 1
	case r.Verdict == CannotSay:
		return 3
	}
	return 0
}

// counts tells whether a note is of undefined behaviour that nobody allowed.
func (f *Finding) counts() bool { return f.Tier != string(ub.TierNote) && !f.Allowed }

// formal tells whether a note is of undefined behaviour.
func (r *Report) formal() bool {
	for _, n := range r.Notes {
		if n.counts() {
			return true
		}
	}
	return false
}

func report(vm *run.VM, p *code.Program, out *output, strict bool) *Report {
	r := &Report{Output: out.all, Errors: out.err, Steps: vm.Taken(), Memory: vm.M.Total, Strict: strict}
	switch vm.End {
	case run.Undefined:
		r.Verdict = Undefined
		f := finding(p, *vm.Found)
		r.Finding = &f
	case run.CannotSay:
		r.Verdict, r.Why = CannotSay, vm.Why
		r.WhyPlace = place(p, vm.WhyAt)
	default:
		r.Verdict, r.Status, r.exited = Clean, vm.Status, vm.Exited()
	}
	for _, n := range vm.Notes {
		f := finding(p, n)
		// What a macro makes of one place is told once.
		if !slices.ContainsFunc(r.Notes, func(o Finding) bool { return o.Kind == f.Kind && o.Place == f.Place && o.Text == f.Text }) {
			r.Notes = append(r.Notes, f)
		}
	}
	return r
}

func place(p *code.Program, at mem.Pos) *Place {
	if at <= 0 || int(at) >= len(p.Places) {
		return nil
	}
	x := p.Places[at]
	return &Place{x.File, x.Line, x.Col}
}

func finding(p *code.Program, f run.Finding) Finding {
	out := Finding{Kind: f.Name, Text: f.Text, Allowed: f.Allowed}
	if k := f.Kind; k != nil {
		out.Number, out.Clause, out.CERT, out.Tier, out.Rule = k.Number, k.Clause, k.CERT, string(k.Tier), k.Rule
		out.CWE, out.CWEAlso = f.CWE, f.Also
	}
	if at := place(p, f.At); at != nil {
		out.Place = *at
		if n := p.Places[f.At].Node; n != nil {
			out.Expression = expression(n)
		}
	}
	for _, s := range f.Stack {
		step := Step{Function: s.Func}
		if at := place(p, s.At); at != nil {
			step.Place = *at
		}
		out.Stack = append(out.Stack, step)
	}
	for _, at := range f.Where {
		if p := place(p, at); p != nil {
			out.Also = append(out.Also, *p)
		}
	}
	if o := f.Obj; o != nil {
		out.Object = &Object{What: o.What, Name: o.Name, Type: o.Type, Size: o.Size, Offset: o.Offset, Made: place(p, o.Made)}
		if o.State != mem.Alive {
			out.Object.Ended = place(p, o.Ended)
			out.Object.EndedBy = map[mem.State]string{mem.Freed: "freed", mem.OutOfScope: "its block ended", mem.Returned: "its function returned"}[o.State]
		}
	}
	return out
}

// expression gives a node's source in one line of at most 100 characters.
func expression(n cc.Node) string {
	s := strings.Join(strings.Fields(cc.NodeSource(n)), " ")
	if len(s) > 100 {
		s = s[:97] + "..."
	}
	return s
}

// JSON gives the report as one JSON object.
func (r *Report) JSON() ([]byte, error) {
	return written(r)
}

// Text gives the report for people, as good compilers write. line gives a line
// of the source, or false.
func (r *Report) Text(line func(file string, n int) (string, bool)) string {
	var b strings.Builder
	if r.Finding != nil {
		r.Finding.text(&b, line, "undefined behaviour")
		if r.NotRun {
			b.WriteString("the program was not run: it is undefined as written\n")
		}
		if r.Choice != "" {
			fmt.Fprintf(&b, "  it shows in this order of threads: --choice %q\n", r.Choice)
		}
	}
	if r.Verdict == CannotSay {
		at := ""
		if r.WhyPlace != nil {
			at = r.WhyPlace.String() + ": "
		}
		fmt.Fprintf(&b, "%scannot say: %s\n", at, r.Why)
		if r.WhyPlace != nil {
			caret(&b, *r.WhyPlace, line)
		}
	}
	if r.FailedAlloc != nil && r.Finding != nil {
		fmt.Fprintf(&b, "%s: this allocation was made to fail\n", *r.FailedAlloc)
		caret(&b, *r.FailedAlloc, line)
	}
	for i := range r.Notes {
		word := "formal"
		switch tier := ub.Tier(r.Notes[i].Tier); {
		case r.Notes[i].Allowed:
			word = "allowed"
		case tier == ub.TierNote:
			word = "note"
		case tier.Fails():
			word = "perhaps undefined"
		}
		r.Notes[i].text(&b, line, word)
	}
	return Plain(b.String())
}

func (f *Finding) text(b *strings.Builder, line func(string, int) (string, bool), word string) {
	fmt.Fprintf(b, "%s: %s: %s [%s]\n", f.Place, word, f.Text, f.Kind)
	caret(b, f.Place, line)
	if f.Rule != "" {
		fmt.Fprintf(b, "  rule: %s\n  %s; C17 %s; CWE-%d", f.Rule, f.Number, f.Clause, f.CWE)
		for i, n := range f.CWEAlso {
			fmt.Fprintf(b, "%s CWE-%d", []string{", and also", ","}[min(i, 1)], n)
		}
		if f.CERT != "" {
			fmt.Fprintf(b, "; CERT %s", f.CERT)
		}
		fmt.Fprintf(b, "; tier %s: %s\n", f.Tier, ub.Tier(f.Tier).Words())
	}
	if o := f.Object; o != nil {
		o.text(b, line)
	}
	for _, p := range f.Also {
		fmt.Fprintf(b, "%s: the other place\n", p)
		caret(b, p, line)
	}
	for i, s := range f.Stack {
		word := "called from"
		if i == 0 {
			word = "in"
		}
		fmt.Fprintf(b, "  %s %s (%s)\n", word, s.Function, s.Place)
	}
}

// text tells where an object was made and where it ended.
func (o *Object) text(b *strings.Builder, line func(string, int) (string, bool)) {
	if o.Made != nil {
		what := o.What
		if o.Name != "" && o.Name != what {
			what += " " + o.Name
		}
		if o.What == "allocated memory" {
			fmt.Fprintf(b, "%s: the memory, %d bytes, was allocated here\n", o.Made, o.Size)
		} else {
			fmt.Fprintf(b, "%s: %s, %d bytes, was declared here\n", o.Made, what, o.Size)
		}
		caret(b, *o.Made, line)
	}
	if o.Ended != nil {
		how := o.EndedBy + " here"
		if o.EndedBy == "freed" {
			how = "it was freed here"
		}
		fmt.Fprintf(b, "%s: %s\n", o.Ended, how)
		caret(b, *o.Ended, line)
	}
}

// caret shows a line and a mark under the column.
func caret(b *strings.Builder, p Place, line func(string, int) (string, bool)) {
	if line == nil {
		return
	}
	s, ok := line(p.File, p.Line)
	if !ok || len(s) > 200 {
		return
	}
	pad := strings.Map(func(r rune) rune {
		if r == '\t' {
			return r
		}
		return ' '
	}, Plain(s[:max(0, min(len(s), p.Column-1))]))
	fmt.Fprintf(b, "%5d | %s\n      | %s^\n", p.Line, s, pad)
}
