package web

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"steward/internal/base/acl"
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
	Next    string // address of the next part; empty at the end
	Invited bool   // the cases that one is invited to
	MayOpen bool
	Now     time.Time
}

func (s *server) queue(v *visit) error {
	p := queuePage{Shell: s.shell(v, "Cases"), Heading: "What is to be done", Now: s.now(), MayOpen: v.may(acl.ReportOpen)}
	if !v.may(acl.QueueRead) {
		list, err := s.Cases.Mine(v.ctx(), v.c)
		if err != nil {
			return err
		}
		p.Heading, p.Cases, p.Invited = "Cases that you are invited to", list, true
		return s.render(v, http.StatusOK, "queue", p)
	}
	ask := v.r.URL.Query()
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
	page, err := s.Cases.Queue(v.ctx(), v.c, filter)
	if err != nil {
		return err
	}
	p.Cases = page.Cases
	if page.Next != "" {
		next := url.Values{"after": {page.Next}}
		if state != "" {
			next.Set("state", string(state))
		}
		p.Next = "/team?" + next.Encode()
	}
	return s.render(v, http.StatusOK, "queue", p)
}
