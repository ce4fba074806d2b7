package cinterp

import (
	"fmt"
	"strings"
)

// JSON gives the exploration as one JSON object.
func (e *Exploration) JSON() ([]byte, error) {
	return written(e)
}

// Text gives the exploration for people. line gives a line of the source, or
// false.
func (e *Exploration) Text(line func(file string, n int) (string, bool)) string {
	var b strings.Builder
	if e.Undefined == nil || e.Undefined.Report != e.First {
		b.WriteString(e.First.Text(line))
	}
	for i := range e.Others {
		o := &e.Others[i]
		o.head(&b, line, "the outcome depends on the order")
		fmt.Fprintf(&b, "  in the first run the program %s\n  here it %s\n", ended(e.First), ended(o.Report))
		o.again(&b)
	}
	if o := e.Undefined; o != nil {
		if o.Report != e.First {
			o.head(&b, line, "undefined behaviour in one order")
		}
		b.WriteString(o.Report.Text(line))
		o.again(&b)
	}
	what := "orders"
	if e.Runs == 1 {
		what = "order"
	}
	fmt.Fprintf(&b, "%d %s tried (places where the order of evaluation may show: %d; threads: %d)\n", e.Runs, what, e.Places, e.Threads)
	return Plain(b.String())
}

func (o *Outcome) head(b *strings.Builder, line func(string, int) (string, bool), word string) {
	if o.Place == nil {
		fmt.Fprintf(b, "%s: %s\n", word, o.Why)
		return
	}
	fmt.Fprintf(b, "%s: %s: %s\n", o.Place, word, o.Why)
	caret(b, *o.Place, line)
}

func (o *Outcome) again(b *strings.Builder) {
	if o.Choice != "" {
		fmt.Fprintf(b, "  to see it again: --choice %q\n", o.Choice)
	}
}

// ended says in words how a run ended.
func ended(r *Report) string {
	switch {
	case r.Verdict == Undefined:
		return "is undefined"
	case deadlocked(r):
		return "does not end: no thread can go on"
	case r.Verdict == CannotSay:
		return "does not come to an end that is known"
	}
	out := r.Output
	if len(out) > 200 {
		out = out[:200]
	}
	return fmt.Sprintf("ends with status %d and prints %q", r.Status, out)
}
