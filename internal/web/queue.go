package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/errs"
	"steward/internal/base/look"
	"steward/internal/cvd"
)

// queuePage lists the cases that someone must do something about, or those of
// one state.
type queuePage struct {
	look.Shell
	Heading string
	Cases   []cvd.Summary
	Filters []look.Link
	Pages   pager
	Invited bool   // the cases that one is invited to
	Find    bool   // a case can be looked for by its number
	Ref     string // the number that was looked for
	Wrong   string // why it was not found
	MayOpen bool
	Now     time.Time
}

func (s *server) queue(v *visit) error {
	ask := v.r.URL.Query()
	p := queuePage{
		Shell: s.shell(v, "Cases"), Heading: "What is to be done", Now: s.now(), MayOpen: v.may(acl.ReportOpen),
		Find: v.may(acl.QueueRead), Ref: strings.TrimSpace(ask.Get("ref")),
	}
	if p.Find && p.Ref != "" {
		id, err := s.Cases.Find(v.ctx(), v.c, p.Ref)
		switch {
		case err == nil:
			http.Redirect(v.w, v.r, "/team/cases/"+id, http.StatusSeeOther)
			return nil
		case errs.Is(err, errs.NotFound):
			p.Wrong = "No case has this number."
		case errs.Is(err, errs.Invalid):
			p.Wrong = "Write the number of a case as 2026-0007."
		default:
			return err
		}
	}
	page, err := s.cases(v, &p, ask)
	if err != nil {
		return err
	}
	p.Cases = page.Cases
	again := url.Values{}
	if state := ask.Get("state"); state != "" {
		again.Set("state", state)
	}
	if ask.Get("after") != "" {
		p.Pages.First, p.Pages.FirstLabel = "/team?"+again.Encode(), "From the start"
	}
	if page.Next != "" {
		again.Set("after", page.Next)
		p.Pages.Next, p.Pages.NextLabel = "/team?"+again.Encode(), "More"
	}
	return s.render(v, http.StatusOK, "queue", p)
}

// cases reads the part of the queue that was asked for, or of the cases that
// the visitor is invited to.
func (s *server) cases(v *visit, p *queuePage, ask url.Values) (cvd.Page, error) {
	if !v.may(acl.QueueRead) {
		p.Heading, p.Invited = "Cases that you are invited to", true
		return s.Cases.Mine(v.ctx(), v.c, ask.Get("after"))
	}
	filter := cvd.Filter{After: ask.Get("after")}
	state := cvd.State(ask.Get("state"))
	p.Filters = []look.Link{{Label: "To do", Href: "/team", Current: state == ""}}
	for _, st := range cvd.States {
		p.Filters = append(p.Filters, look.Link{Label: firstUp(st), Href: "/team?" + url.Values{"state": {string(st)}}.Encode(), Current: st == state})
	}
	if slices.Contains(cvd.States, state) {
		filter.States = []cvd.State{state}
		p.Heading = firstUp(state)
	}
	return s.Cases.Queue(v.ctx(), v.c, filter)
}
