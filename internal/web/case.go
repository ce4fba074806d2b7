package web

import (
	"errors"
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

// casePage is what all pages of a case have in common.
type casePage struct {
	look.Shell
	form
	Deed  string // whose form was refused, on a page with several
	View  *cvd.View
	Path  string // of the case: "/team/cases/…"
	Tabs  []tab
	Steps []look.Step
	Now   time.Time
}

// tab leads to one page of a case.
type tab struct {
	Label, Href, Icon string
	Current           bool
	Kind              string // "inside": the team's own; "outside": what the reporter reads
	Count             int
}

// refusal is a form that is shown again.
type refusal struct {
	form
	deed string
	code int
}

// casePage opens a case for one of its pages. r is nil for a page that is
// opened, else the form that is shown again.
func (s *server) casePage(v *visit, title string, r *refusal) (casePage, error) {
	id := v.r.PathValue("id")
	view, err := v.view, error(nil)
	if r != nil { // what was refused may be so because the case has changed
		view, err = s.Cases.View(v.ctx(), v.c, id)
	}
	if err != nil {
		return casePage{}, err
	}
	p := casePage{View: view, Path: "/team/cases/" + id, Now: s.now(), Steps: caseSteps(view.State, public(view))}
	p.Shell = s.shell(v, caseTitle(view.Summary)+": "+title)
	p.Tabs = p.tabs(v.r.URL.Path)
	if r != nil {
		p.form, p.Deed = r.form, r.deed
		return p, nil
	}
	p.form, err = s.newForm(v)
	return p, err
}

func caseTitle(c cvd.Summary) string {
	if c.Title == "" {
		return "Case " + c.Ref
	}
	return c.Title
}

// May tells whether the visitor's roles in this case allow an action.
func (p casePage) May(a string) bool { return slices.Contains(p.View.May, acl.Action(a)) }

// For gives the form of one deed: what was typed if that deed was refused.
func (p casePage) For(deed string) form {
	f := form{Token: p.Token, Prefix: deed + "-", Values: p.Values}
	if p.Deed == deed {
		f.Problems = p.Problems
	} else if p.Deed != "" {
		f.Values = url.Values{}
	}
	return f
}

func (p casePage) tabs(at string) []tab {
	v := p.View
	var tabs []tab
	add := func(t tab, page string, shown bool) {
		if t.Href = p.Path + page; shown {
			t.Current = at == t.Href || (page != "" && strings.HasPrefix(at, t.Href+"/"))
			tabs = append(tabs, t)
		}
	}
	add(tab{Label: "Case", Icon: "list"}, "", true)
	add(tab{Label: "Report", Icon: "flag"}, "/report", p.May(string(acl.ReportRead)))
	add(tab{Label: "Evidence", Icon: "eye"}, "/evidence", p.May(string(acl.ReportRead)) && (v.Proved != nil || strings.HasSuffix(at, "/evidence")))
	add(tab{Label: "Messages", Icon: "envelope", Kind: "outside", Count: v.Unread}, "/messages", p.May(string(acl.MessageRead)))
	add(tab{Label: "Notes", Icon: "lock", Kind: "inside"}, "/notes", p.May(string(acl.NoteRead)))
	add(tab{Label: "Facts", Icon: "pencil"}, "/facts", p.May(string(acl.CaseEdit)))
	add(tab{Label: "Patch", Icon: "fork"}, "/patch", v.Patch != nil)
	add(tab{Label: "Embargo", Icon: "bell"}, "/embargo", v.Embargo != nil)
	add(tab{Label: "Draft", Icon: "note"}, "/draft", v.Draft != nil && v.Draft.Text != nil)
	add(tab{Label: "Preview", Icon: "eye"}, "/preview", v.Draft != nil)
	add(tab{Label: "Distribution", Icon: "people"}, "/distribution", p.May(string(acl.QueueRead)))
	add(tab{Label: "For distributors", Icon: "shield"}, "/portal", p.May(string(acl.StatusWrite)))
	add(tab{Label: "Release", Icon: "shield"}, "/release", v.Draft != nil)
	add(tab{Label: "Law", Icon: "flag"}, "/law", p.May(string(acl.LawRead)))
	add(tab{Label: "People", Icon: "people"}, "/people", p.May(string(acl.QueueRead)))
	add(tab{Label: "Timeline", Icon: "clock"}, "/timeline", p.May(string(acl.TimelineRead)))
	return tabs
}

// refused shows a form again with what was typed; an error that is not the
// visitor's to mend comes back.
func (s *server) refused(v *visit, deed string, typed url.Values, err error, show func(*visit, *refusal) error) error {
	f, code, err := s.again(v, typed, err)
	if err != nil {
		return err
	}
	return show(v, &refusal{form: f, deed: deed, code: code})
}

// code is the status of a page that is opened or shown again.
func (r *refusal) status() int {
	if r == nil {
		return http.StatusOK
	}
	return r.code
}

// deed is a store method that a form of a case calls: it ends in a redirect to
// a page of the case, or the form is shown again.
func (s *server) deed(v *visit, name, notice, page string, err error, show func(*visit, *refusal) error) error {
	if err != nil {
		return s.refused(v, name, v.r.PostForm, err, show)
	}
	return s.done(v, notice, "/team/cases/"+v.r.PathValue("id")+page)
}

// overviewPage is the front of a case: where it stands and what comes next.
type overviewPage struct {
	casePage
	Countdown *look.Countdown
	Open      []cvd.Item // of the checklist, what comes next first
	Done      []cvd.Item
	Share     int // percent of the checklist that is done
}

func (s *server) overview(v *visit) error {
	p, err := s.casePage(v, "Case", nil)
	if err != nil {
		return err
	}
	o := overviewPage{casePage: p}
	if !p.View.EmbargoUntil.IsZero() {
		c := look.NewCountdown(p.View.Received, p.View.EmbargoUntil, p.Now)
		o.Countdown = &c
	}
	for _, item := range p.View.Checklist {
		if item.Done {
			o.Done = append(o.Done, item)
		} else {
			o.Open = append(o.Open, item)
		}
	}
	o.Share = 100 * len(o.Done) / max(len(p.View.Checklist), 1)
	return s.render(v, http.StatusOK, "case", o)
}

// decidePage has the deeds that move a case.
type decidePage struct {
	casePage
	Dispositions []cvd.Disposition
}

func (s *server) decide(v *visit) error { return s.showDecide(v, nil) }

func (s *server) showDecide(v *visit, r *refusal) error {
	p, err := s.casePage(v, "Decide", r)
	if err != nil {
		return err
	}
	for _, d := range p.View.Deadlines {
		switch {
		case r != nil:
		case d.What == cvd.DueStatus:
			p.set("next", dayValue(d.At))
		case d.What == cvd.DueReporter:
			p.set("plan", dayValue(d.At))
		}
	}
	return s.render(v, r.status(), "decide", decidePage{p, cvd.Dispositions})
}

// In tells whether the case is in one of the states.
func (p casePage) In(states ...string) bool { return slices.Contains(states, string(p.View.State)) }

// HasEvent tells whether the visitor may make an event of the case now.
func (p casePage) HasEvent(e string) bool { return slices.Contains(p.View.Events.Case, cvd.Event(e)) }

func (s *server) acknowledge(v *visit) error {
	next, err := readDay(v.r.PostForm, "nextStatus")
	if err == nil {
		err = s.Cases.Acknowledge(v.ctx(), v.c, v.r.PathValue("id"), cvd.Letter{Body: lineBreaks(v.field("body")), NextStatus: next})
	}
	return s.deed(v, "acknowledge", "acknowledged", "", err, s.showDecide)
}

func (s *server) dispose(v *visit) error {
	err := s.Cases.Dispose(v.ctx(), v.c, v.r.PathValue("id"), cvd.Decision{
		Disposition: cvd.Disposition(v.field("disposition")), Reason: lineBreaks(v.field("reason")),
	})
	return s.deed(v, "dispose", "decided", "", err, s.showDecide)
}

func (s *server) move(v *visit) error {
	err := s.Cases.Move(v.ctx(), v.c, v.r.PathValue("id"), cvd.Event(v.field("event")), lineBreaks(v.field("reason")))
	return s.deed(v, "move", "moved", "", err, s.showDecide)
}

func (s *server) merge(v *visit) error {
	into, err := s.Cases.Find(v.ctx(), v.c, strings.TrimSpace(v.field("into")))
	if errs.Is(err, errs.NotFound) {
		err = errs.Invalidf("into", "There is no case of that number that you may see.").WithHint("write it as 2026-0012")
	}
	if err == nil {
		err = s.Cases.Merge(v.ctx(), v.c, v.r.PathValue("id"), into, lineBreaks(v.field("reason")))
	}
	return s.deed(v, "merge", "merged", "", err, s.showDecide)
}

func (s *server) promise(v *visit) error {
	next, err := readDay(v.r.PostForm, "next")
	plan, planErr := readDay(v.r.PostForm, "plan")
	if err = errors.Join(err, planErr); err == nil {
		err = s.Cases.Promise(v.ctx(), v.c, v.r.PathValue("id"), next, plan)
	}
	return s.deed(v, "promise", "saved", "", err, s.showDecide)
}

// timelinePage is the audit record of a case.
type timelinePage struct {
	casePage
	Days []daysEntries
}

func (s *server) timeline(v *visit) error {
	p, err := s.casePage(v, "Timeline", nil)
	if err != nil {
		return err
	}
	list, err := s.Cases.Timeline(v.ctx(), v.c, p.View.ID)
	if err != nil {
		return err
	}
	var entries []entry
	for _, e := range list {
		entries = append(entries, entryOf(e))
	}
	return s.render(v, http.StatusOK, "timeline", timelinePage{p, byDay(entries)})
}

// where each item of the checklist is done, by its code.
var where = map[string]string{
	"acknowledge": "/decide", "decide": "/decide", "fix-ready": "/decide", "close": "/decide",
	"answer": "/messages", "status": "/messages",
	"embargo": "/embargo",
	"patch":   "/patch", "patch-review": "/patch", "patch-test": "/patch", "patch-merge": "/patch",
	"severity": "/facts", "affected": "/facts", "cve": "/facts",
	"text":  "/draft",
	"share": "/release", "credit": "/release", "review": "/release", "approve": "/release", "release": "/release",
	"announce": "/release",
}

// Where leads to the page on which an item of the checklist is done.
func (p casePage) Where(code string) string { return where[code] }
