package web

import (
	"slices"

	"steward/internal/base/errs"
	"steward/internal/base/look"
	"steward/internal/cvd"
)

// embargoPage is the agreement on when the matter becomes public.
type embargoPage struct {
	casePage
	Countdown *look.Countdown
	Zone      string
}

// Can tells whether the visitor may make an event of the embargo now.
func (p embargoPage) Can(e string) bool {
	return slices.Contains(p.View.Events.Embargo, cvd.EmbargoEvent(e))
}

func (s *server) embargo(v *visit) error { return s.showEmbargo(v, nil) }

func (s *server) showEmbargo(v *visit, r *refusal) error {
	p, err := s.casePage(v, "Embargo", r)
	if err != nil {
		return err
	}
	if p.View.Embargo == nil {
		return errs.Missing()
	}
	e := embargoPage{casePage: p, Zone: s.Zone}
	if active := p.View.Embargo.Active; active != nil {
		c := look.NewCountdown(p.View.Received, active.Until, p.Now)
		e.Countdown = &c
	}
	if r == nil {
		p.set("until.zone", s.Zone)
	}
	return s.render(v, r.status(), "embargo", e)
}

// moveEmbargo makes an event; propose and revise bring an hour.
func (s *server) moveEmbargo(v *visit) error {
	event := cvd.EmbargoEvent(v.field("event"))
	terms := cvd.Terms{Reason: lineBreaks(v.field("reason"))}
	var err error
	if event == cvd.EmbargoPropose || event == cvd.EmbargoChange {
		terms.Until, terms.Zone, err = readHour(v.r.PostForm, "until")
	}
	if err == nil {
		err = s.Cases.Embargo(v.ctx(), v.c, v.r.PathValue("id"), event, terms)
	}
	return s.deed(v, string(event), "saved", "/embargo", err, s.showEmbargo)
}
