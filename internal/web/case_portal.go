package web

import (
	"html/template"
	"net/url"
	"strings"
	"time"

	"steward/internal/advisory"
	"steward/internal/base/acl"
	"steward/internal/base/look"
	"steward/internal/cvd"
)

// portalPage is a case as an organisation sees it that was told.
type portalPage struct {
	casePage
	Portal     *cvd.Portal
	Countdown  *look.Countdown
	Line       string // who may know of it
	Local      string // the hour in their zone; "" if that is UTC
	Mark       mark
	Statuses   []cvd.FixStatus
	Agreements []template.HTML // what they agreed to, as they accepted it
}

// Can tells whether the visitor may make an event of the embargo now.
func (p portalPage) Can(e string) bool {
	for _, x := range p.Portal.Events {
		if string(x) == e {
			return true
		}
	}
	return false
}

// For gives the form of one deed, filled in with what was said before unless it
// was refused.
func (p portalPage) For(deed string) form {
	f := p.casePage.For(deed)
	if p.Deed == deed {
		return f
	}
	f.Values = url.Values{"status": {string(p.Portal.Status)}, "statement": {p.Portal.Statement}, "until.zone": {p.Portal.Zone}}
	return f
}

func (s *server) portal(v *visit) error { return s.showPortal(v, nil) }

func (s *server) showPortal(v *visit, r *refusal) error {
	p, err := s.casePage(v, "For distributors", r)
	if err != nil {
		return err
	}
	portal, err := s.Cases.Portal(v.ctx(), v.c, p.View.ID)
	if err != nil {
		return err
	}
	out := portalPage{casePage: p, Portal: portal, Line: firstUp(strings.TrimLeft(strings.TrimPrefix(portal.Line, "TLP:AMBER"), ": ")), Mark: statusMarks[portal.Status], Statuses: cvd.FixStatuses}
	if a := portal.Embargo.Active; a != nil {
		from := portal.Told
		if from.IsZero() {
			from = p.View.Received
		}
		c := look.NewCountdown(from, a.Until, p.Now)
		out.Countdown = &c
		if loc, err := time.LoadLocation(portal.Zone); err == nil && portal.Zone != "UTC" && portal.Zone != "" {
			out.Local = a.Until.In(loc).Format("Monday, 2 January 2006, 15:04 MST")
		}
	}
	if portal.Organisation != "" {
		if out.Agreements, err = s.agreementsOf(v); err != nil {
			return err
		}
	}
	return s.render(v, r.status(), "portal", out)
}

// agreementsOf gives what the organisations of a contact have accepted.
func (s *server) agreementsOf(v *visit) (all []template.HTML, err error) {
	mine, err := s.Lists.Mine(v.ctx(), v.c)
	if err != nil {
		return nil, err
	}
	for _, m := range mine {
		a, err := s.Lists.Agreement(v.ctx(), v.c, m.List, m.Accepted)
		if err != nil {
			return nil, err
		}
		all = append(all, advisory.Markdown(a.Text))
	}
	return all, nil
}

func (s *server) setFixStatus(v *visit) error {
	err := s.Cases.SetStatus(v.ctx(), v.c, v.r.PathValue("id"), cvd.FixStatus(v.field("status")), strings.TrimSpace(lineBreaks(v.field("statement"))))
	return s.deed(v, "status", "status", "/portal", err, s.showPortal)
}

// proposeHour is how an organisation asks for another hour.
func (s *server) proposeHour(v *visit) error {
	until, zone, err := readHour(v.r.PostForm, "until")
	if err == nil {
		err = s.Cases.Embargo(v.ctx(), v.c, v.r.PathValue("id"), cvd.EmbargoPropose, cvd.Terms{
			Until: until, Zone: zone, Reason: strings.TrimSpace(lineBreaks(v.field("reason"))),
		})
	}
	return s.deed(v, "propose", "proposed", "/portal", err, s.showPortal)
}

// MayAnswer tells whether the visitor is to say how far they are.
func (p portalPage) MayAnswer() bool {
	return p.Portal.Organisation != "" && p.May(string(acl.StatusWrite))
}
