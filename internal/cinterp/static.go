package cinterp

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"modernc.org/cc/v4"

	"steward/internal/cinterp/check"
	"steward/internal/cinterp/code"
	"steward/internal/cinterp/front"
	"steward/internal/cinterp/ub"
)

// translate makes a program of units, one of which the parser may have refused
// with an error. What is undefined in the program as written explains the
// error better, and makes a program that is not run.
func translate(units []*front.Unit, m front.Machine, refused error) (*Compiled, error) {
	s := check.Check(units)
	if refused != nil {
		s.Findings = slices.DeleteFunc(s.Findings, func(f check.Finding) bool { return !explains(f, refused) })
	}
	c := &Compiled{static: s.Findings}
	switch {
	case refused != nil && len(s.Findings) == 0:
		return nil, sourceError{refused}
	case refused != nil || c.fails():
		return c, nil
	case len(s.Diagnoses) > 0:
		var l []error
		for _, d := range s.Diagnoses {
			p := Place{d.Place.File, d.Place.Line, d.Place.Col}
			l = append(l, errors.New(p.String()+": "+d.Text+" (C17 "+d.Clause+")"))
		}
		return nil, sourceError{errors.Join(l...)}
	case s.Unsupported != nil:
		p := s.Unsupported.Place
		c.given = &Report{Verdict: CannotSay, Why: s.Unsupported.Text, WhyPlace: &Place{p.File, p.Line, p.Col}}
		return c, nil
	}
	marks := map[cc.Node][]code.Mark{}
	for n, l := range s.Marks {
		for _, f := range l {
			marks[n] = append(marks[n], code.Mark{Kind: f.Kind.Name, Text: f.Text, At: f.Place.Node})
		}
	}
	c.source = source{units, m, code.Options{Marks: marks, Atomic: atomicity(s.Atomic)}}
	p, err := code.CompileMarked(units, m, c.source.options)
	switch {
	case err != nil && len(s.Findings) > 0: // c.p stays nil
	case err != nil:
		return nil, sourceError{err}
	default:
		c.p = p
	}
	return c, nil
}

// source is what a program was compiled from, to compile it again in another
// order of evaluation.
type source struct {
	units   []*front.Unit
	machine front.Machine
	options code.Options
}

// atomicity puts what the checks know into the compiler's words.
func atomicity(f func(cc.Node) (atomic, sure bool)) func(cc.Node) code.Atomicity {
	if f == nil {
		return nil
	}
	return func(n cc.Node) code.Atomicity {
		switch atomic, sure := f(n); {
		case atomic:
			return code.Atomic
		case sure:
			return code.NotAtomic
		}
		return code.PerhapsAtomic
	}
}

// explains tells whether a finding stands where the parser has its mistake.
func explains(f check.Finding, refused error) bool {
	at := fmt.Sprintf("%s:%d:", f.Place.File, f.Place.Line)
	for l := range strings.Lines(refused.Error()) {
		if strings.HasPrefix(l, at) {
			return true
		}
	}
	return false
}

// meaningless are formal kinds that leave nothing to run: no value, no size.
var meaningless = []string{"aggregate-initialiser", "scalar-initialiser", "void-value", "incomplete-object", "incomplete-parameter", "offsetof-bit-field"}

func fails(f check.Finding) bool {
	return f.Kind.Tier.Fails() || slices.Contains(meaningless, f.Kind.Name)
}

// fails tells whether a static finding alone makes the run a failure.
func (c *Compiled) fails() bool { return slices.ContainsFunc(c.static, fails) }

// notRun gives the report of a program that is undefined as written and is not
// run: what fails, or what left nothing to run. Otherwise nil.
func (c *Compiled) notRun(strict bool) *Report {
	if len(c.static) == 0 || c.p != nil && c.p.Main >= 0 && !c.fails() {
		return nil
	}
	r := &Report{Verdict: Undefined, NotRun: true, Strict: strict}
	for _, f := range c.static {
		x := static(f)
		switch {
		case r.Finding == nil && (fails(f) || !c.fails()):
			r.Finding = &x
		case f.Kind.Tier == ub.TierFormal:
			r.Notes = append(r.Notes, x)
		}
	}
	return r
}

// noted adds what is formal and was found before the run.
func (c *Compiled) noted(r *Report) *Report {
	var l []Finding
	for _, f := range c.static {
		l = append(l, static(f))
	}
	r.Notes = append(l, r.Notes...)
	return r
}

func static(f check.Finding) Finding {
	k := f.Kind
	x := Finding{Kind: k.Name, Number: k.Number, Clause: k.Clause, CWE: k.CWE, CERT: k.CERT, Tier: string(k.Tier), Rule: k.Rule,
		Text: f.Text, Place: Place{f.Place.File, f.Place.Line, f.Place.Col}}
	if f.Place.Node != nil {
		x.Expression = expression(f.Place.Node)
	}
	for _, o := range f.Others {
		x.Also = append(x.Also, Place{o.File, o.Line, o.Col})
	}
	return x
}
