package web

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"steward/internal/advisory"
	"steward/internal/base/acl"
	"steward/internal/base/errs"
	"steward/internal/base/look"
	"steward/internal/cvd"
)

// burnView is the page for a leak: what ends, what becomes public, who is told,
// who had seen what, and whose copy it was.
type burnView struct {
	casePage
	Over   bool       // there is no embargo left to end
	Public []burnLine // what becomes public, and what not yet
	Told   []burnLine
	Seen   []seenRow
	Traced []cvd.Traced
	Leak   bool // a text was traced
}

// burnLine is a line with a picture that says whether it is good.
type burnLine struct{ Kind, Icon, Text string }

// seenRow is what one person outside the team looked at, and when last.
type seenRow struct {
	Who, What string
	At        time.Time
}

// Can tells whether the visitor may make an event of the leak response now.
func (p burnView) Can(e string) bool { return slices.Contains(p.View.Events.Burn, cvd.BurnEvent(e)) }

func (s *server) burnPage(v *visit) error { return s.showBurn(v, nil, nil) }

func (s *server) showBurn(v *visit, r *refusal, traced []cvd.Traced) error {
	p, err := s.casePage(v, "It has leaked", r)
	if err != nil {
		return err
	}
	b := burnView{casePage: p, Traced: traced, Leak: traced != nil}
	if b.Over = nothingToEnd(p.View); !b.Over {
		b.Public, b.Told = willBePublic(p.View), willBeTold(p.View)
	}
	if slices.Contains(p.View.May, acl.TimelineRead) {
		entries, err := s.Cases.Timeline(v.ctx(), v.c, p.View.ID)
		if err != nil {
			return err
		}
		last := map[[2]string]time.Time{}
		for _, e := range entries {
			if what := e.Detail["seen"]; what != "" {
				if strings.HasPrefix(what, "patch ") { // its id says nothing to a person
					what = "a patch"
				}
				key := [2]string{e.ActorName, what}
				if e.At.After(last[key]) {
					last[key] = e.At
				}
			}
		}
		for key, at := range last {
			b.Seen = append(b.Seen, seenRow{key[0], key[1], at})
		}
		slices.SortFunc(b.Seen, func(x, y seenRow) int {
			return cmp.Or(y.At.Compare(x.At), strings.Compare(x.Who+"\x00"+x.What, y.Who+"\x00"+y.What))
		})
	}
	return s.render(v, r.status(), "burn", b)
}

// nothingToEnd tells whether the case is public, or its embargo was burned.
func nothingToEnd(v *cvd.View) bool {
	if v.Burned != nil && v.Burned.State == cvd.BurnBurned {
		return true
	}
	return v.Draft != nil && (v.Draft.State == cvd.DraftReleased || v.Draft.State == cvd.DraftWithdrawn)
}

// willBePublic tells what of a case becomes public if the embargo ends now.
func willBePublic(v *cvd.View) []burnLine {
	if v.Draft == nil {
		return nil
	}
	if (v.Draft.State == cvd.DraftApproved || v.Draft.State == cvd.DraftScheduled) && len(advisory.Blocking(v.Draft.Problems)) == 0 {
		return []burnLine{{"good", "check", "The advisory is approved and becomes public at once."}}
	}
	lines := []burnLine{{"warn", "warning", fmt.Sprintf("The advisory is not ready: its draft is in the state “%s”. It does not become public.", v.Draft.State)}}
	if v.Draft.Prenotice != nil {
		return append(lines, burnLine{"good", "check", "The notice that a fix comes is public already."})
	}
	return append(lines, burnLine{"warn", "bell", "A notice that a fix comes becomes public, if the draft names product and severity."})
}

// willBeTold tells who hears that the embargo has ended.
func willBeTold(v *cvd.View) (lines []burnLine) {
	if n := len(v.Reports); n > 0 {
		lines = append(lines, burnLine{"", "envelope", look.Plural(n, "reporter", "reporters") + " in their mailbox"})
	}
	if v.Told != nil {
		for _, r := range v.Told.Recipients {
			who := r.Name + ", all contacts"
			if r.Barred {
				who += ": it is told nothing else any more, and knows of the matter"
			}
			lines = append(lines, burnLine{"", "people", who})
		}
	}
	for _, p := range v.People {
		if p.Removed.IsZero() && p.Role != acl.Distributor {
			lines = append(lines, burnLine{"", "person", fmt.Sprintf("%s, %s", p.Name, p.Role)})
		}
	}
	return lines
}

// burn proposes the end of the embargo, confirms it, or does it alone.
func (s *server) burn(v *visit) error {
	id, reason := v.r.PathValue("id"), strings.TrimSpace(lineBreaks(v.field("reason")))
	deed := v.field("do")
	var b cvd.Burned
	var err error
	switch {
	case v.field("sure") == "":
		err = errs.Invalidf("sure", "Say that you mean it.").WithHint("it cannot be taken back")
	case deed != "propose" && deed != "confirm" && deed != "alone":
		return errs.Missing()
	default:
		b, err = s.Cases.Burn(v.ctx(), v.c, id, reason, deed == "alone")
	}
	notice := "burn-proposed"
	if err == nil && b.State == cvd.BurnBurned {
		notice, err = "burned", s.Publish(v.ctx())
	}
	return s.deed(v, deed, notice, "/burn", err, s.showBurnForm)
}

func (s *server) showBurnForm(v *visit, r *refusal) error { return s.showBurn(v, r, nil) }

func (s *server) keepEmbargo(v *visit) error {
	err := s.Cases.KeepEmbargo(v.ctx(), v.c, v.r.PathValue("id"), strings.TrimSpace(lineBreaks(v.field("reason"))))
	return s.deed(v, "keep", "saved", "/burn", err, s.showBurnForm)
}

// trace tells whose copy a leaked text is. The text is shown again and kept
// nowhere.
func (s *server) trace(v *visit) error {
	leak := lineBreaks(v.field("leak"))
	if strings.TrimSpace(leak) == "" {
		return s.refused(v, "trace", v.r.PostForm, errs.Invalidf("leak", "There is no text.").WithHint("paste what has leaked, the more the better"), s.showBurnForm)
	}
	traced, err := s.Cases.Trace(v.ctx(), v.c, v.r.PathValue("id"), []byte(leak))
	if err == nil {
		for i := range traced { // who fits best stands first; the rest says nothing
			traced[i].Verdicts = slices.DeleteFunc(traced[i].Verdicts, func(t cvd.TraceVerdict) bool { return !t.Traced && !t.Line && t.Bits <= 0 })
		}
	}
	return s.refused(v, "trace", v.r.PostForm, err, func(v *visit, r *refusal) error { return s.showBurn(v, r, append([]cvd.Traced{}, traced...)) })
}
