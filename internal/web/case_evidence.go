package web

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"steward/internal/base/acl"
	"steward/internal/base/errs"
	"steward/internal/cvd"
	"steward/internal/intake"
	"steward/internal/proof"
)

// evidencePage is what the interpreter of C said of files that came in.
type evidencePage struct {
	casePage
	Sets    []evidenceSet
	Largest int64 // bytes of a fixed file
	On      bool  // files are interpreted
}

// evidenceSet is the files that came at once.
type evidenceSet struct {
	cvd.Trial
	Duplicate bool // of another report than that which opened the case
	Before    *shownProof
	After     *shownProof
	Waiting   *cvd.Proof
	Earlier   []shownProof
}

// shownProof is one answer, ready for its page.
type shownProof struct {
	cvd.Proof
	Mark     mark
	Programs []shownProgram
	New      []string // weaknesses that the facts do not have yet
	Known    []string // those that they have
}

// shownProgram is a program with what it showed.
type shownProgram struct {
	*proof.Program
	Mark     mark
	At       *shownPlace // where it happened, or what is not known
	History  []shownPlace
	Stack    []shownPlace
	Severity *proof.Proposal
}

// shownPlace is a place with its line, in which what it is about is marked.
type shownPlace struct {
	Say                   string // what was there
	File                  string
	Line                  int
	Before, Marked, After string // the line; empty: it is not known
}

func (s *server) evidence(v *visit) error { return s.showEvidence(v, nil) }

func (s *server) showEvidence(v *visit, r *refusal) error {
	p, err := s.casePage(v, "Evidence", r)
	if err != nil {
		return err
	}
	e := evidencePage{casePage: p, Largest: maxFixedBytes, On: s.Cases.Prove != nil}
	var facts []string
	if d := p.View.Draft; d != nil {
		facts = d.Advisory.CWE
		if d.Fields != nil {
			facts = d.Fields.CWE
		}
	}
	for _, t := range p.View.Trials {
		set := evidenceSet{Trial: t, Duplicate: t.Case != p.View.ID}
		before, after := t.Last()
		for i := range t.Proofs {
			x := &t.Proofs[i]
			switch {
			case x.State == cvd.ProofWaiting:
				set.Waiting = x
			case before != nil && x.ID == before.ID:
				set.Before = showProof(x, facts)
			case after != nil && x.ID == after.ID:
				set.After = showProof(x, facts)
			default:
				set.Earlier = append(set.Earlier, *showProof(x, facts))
			}
		}
		e.Sets = append(e.Sets, set)
	}
	return s.render(v, r.status(), "evidence", e)
}

// Beside says what the two runs show together; empty while there is one only.
func (e evidenceSet) Beside() *mark {
	if e.Before == nil || e.After == nil || e.Before.Answer.Proved() == nil {
		return nil
	}
	switch {
	case e.After.Answer.Proved() != nil:
		return &mark{"bad", "warning", "Proved before, and still there after"}
	case e.After.clean():
		return &mark{"good", "check", "Proved before, clean after"}
	}
	return &mark{"warn", "info", "Proved before; of the fixed version it cannot be said"}
}

// clean tells whether every program ran to its end and showed nothing.
func (p *shownProof) clean() bool {
	a := p.Answer
	return len(a.Programs) > 0 && !slices.ContainsFunc(a.Programs, func(x proof.Program) bool { return x.Verdict != proof.Finished })
}

func showProof(p *cvd.Proof, facts []string) *shownProof {
	out := &shownProof{Proof: *p}
	switch {
	case p.Answer.Proved() != nil:
		out.Mark = mark{"bad", "flag", "Proved"}
	case out.clean():
		out.Mark = mark{"", "check", "Nothing seen"}
	default:
		out.Mark = mark{"warn", "info", "Cannot be said"}
	}
	for _, n := range p.Weaknesses() {
		w := fmt.Sprintf("CWE-%d", n)
		if slices.Contains(facts, w) {
			out.Known = append(out.Known, w)
		} else {
			out.New = append(out.New, w)
		}
	}
	for i := range p.Answer.Programs {
		out.Programs = append(out.Programs, showProgram(&p.Answer.Programs[i]))
	}
	return out
}

func showProgram(p *proof.Program) shownProgram {
	out := shownProgram{Program: p}
	switch {
	case p.Proved():
		out.Mark = mark{"bad", "flag", "Undefined behaviour"}
	case p.Verdict == proof.Undefined:
		out.Mark = mark{"", "info", "Undefined in a formal sense only"}
	case p.Verdict == proof.Finished:
		out.Mark = mark{"", "check", "Ran to its end"}
	default:
		out.Mark = mark{"warn", "info", "Cannot be said"}
	}
	if p.At != nil {
		x := place(p, *p.At, "", "")
		out.At = &x
	}
	f := p.Finding
	if f == nil {
		return out
	}
	at := place(p, f.Place, f.Expression, "")
	out.At = &at
	if o := f.Object; o != nil {
		name := o.What
		if o.Name != "" && o.Name != o.What {
			name += " " + o.Name
		}
		verb := "declared"
		if o.What == "allocated memory" {
			verb = "allocated"
		}
		if o.Made != nil {
			out.History = append(out.History, place(p, *o.Made, "", fmt.Sprintf("%s, %d bytes: %s", firstUp(name), o.Size, verb)))
		}
		if o.Ended != nil {
			out.History = append(out.History, place(p, *o.Ended, "", firstUp(o.EndedBy)))
		}
	}
	for _, x := range f.Also {
		out.History = append(out.History, place(p, x, "", "The other place"))
	}
	for _, x := range f.Stack {
		out.Stack = append(out.Stack, place(p, x.Place, "", x.Function))
	}
	if s, ok := proof.Propose(f); ok {
		out.Severity = &s
	}
	return out
}

// place shows a line with the expression at the column marked, or else the word
// that begins there.
func place(p *proof.Program, at proof.Place, expression, say string) shownPlace {
	out := shownPlace{Say: say, File: at.File, Line: at.Line}
	line, ok := p.LineAt(at)
	if !ok {
		return out
	}
	i := min(max(at.Column-1, 0), len(line))
	for i > 0 && i < len(line) && !utf8.RuneStart(line[i]) {
		i--
	}
	n := len(expression)
	if n == 0 || !strings.HasPrefix(line[i:], expression) {
		n = 0
		for _, r := range line[i:] {
			if n > 0 && !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' {
				break
			}
			n += utf8.RuneLen(r)
			if !unicode.IsLetter(r) && r != '_' && n == utf8.RuneLen(r) {
				break
			}
		}
	}
	n = min(n, len(line)-i)
	out.Before, out.Marked, out.After = strings.TrimLeft(line[:i], " \t"), line[i:i+n], line[i+n:]
	return out
}

// maxFixedBytes is as much as the store takes of fixed files together.
const maxFixedBytes = 1 << 20

// askProof has files interpreted, with what the form brings in the place of some.
func (s *server) askProof(v *visit) error {
	var ask cvd.Ask
	u, err := s.readUpload(v, func(url.Values) (attach, error) {
		return func(_ context.Context, name, _ string, r io.Reader) (intake.Attachment, error) {
			b, err := io.ReadAll(io.LimitReader(r, maxFixedBytes+1)) // one too many is the store's to refuse
			ask.Fixed = append(ask.Fixed, proof.Source{Name: name, Data: b})
			if len(ask.Fixed) > 100 {
				return intake.Attachment{}, errs.Invalidf("attachments", "These are too many files.")
			}
			return intake.Attachment{}, err
		}, nil
	})
	ask.Report, ask.Message = u.Get("report"), u.Get("message")
	if u.Get("do") == "again" {
		ask.Fixed = nil
	}
	if err == nil && u.Get("do") == "fixed" && len(ask.Fixed) == 0 {
		err = errs.Invalidf("attachments", "No file is chosen.").WithHint("choose the fixed version of a file that came in, under its name")
	}
	if err == nil {
		_, err = s.Cases.AskProof(v.ctx(), v.c, v.r.PathValue("id"), ask)
		err = placed(err, func(field string) string { return strings.Replace(field, "fixed", "attachments", 1) })
	}
	if err == nil {
		return s.done(v, "proving", "/team/cases/"+v.r.PathValue("id")+"/evidence")
	}
	return s.refused(v, "ask-"+ask.Message, u.Values, err, s.showEvidence)
}

func (s *server) takeWeakness(v *visit) error {
	err := s.Cases.TakeWeakness(v.ctx(), v.c, v.r.PathValue("id"), v.field("proof"))
	return s.deed(v, "weakness", "weakness", "/evidence", err, s.showEvidence)
}

// MayAsk tells whether the visitor may have files interpreted.
func (p evidencePage) MayAsk() bool { return p.On && p.May(string(acl.ProofAsk)) }
