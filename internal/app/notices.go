package app

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"

	"steward/internal/advisory"
	"steward/internal/base/acl"
	"steward/internal/base/audit"
	"steward/internal/base/jobs"
	"steward/internal/mail"
	"steward/internal/mail/relay"
	"steward/internal/publish/render"
	"steward/internal/subscribe"
)

// notices makes what tells people and machines of what is public, and gives its
// workers.
func (a *App) notices(log *audit.Log) []jobs.Worker {
	a.Subscribers = &subscribe.Store{
		DB: a.DB, Advisories: a.Advisories, Keys: a.Keys, Audit: log, Jobs: a.Jobs, Hooks: subscribe.NewClient(a.demo),
		Site: a.noticeSite(), Clock: a.clock, Rand: rand.Reader,
	}
	a.Mail.Others = []string{subscribe.KindConfirm, subscribe.KindNotice}
	a.Mail.Bounced = func(ctx context.Context, job string, permanent bool) error {
		return a.Subscribers.Returned(ctx, acl.Myself(), job, permanent)
	}
	if a.Mail.Send == nil { // letters wait for a relay
		return a.Subscribers.Workers(nil)
	}
	return a.Subscribers.Workers(a.deliver)
}

// noticeSite is what notices say of us. It takes nothing but the settings.
func (a *App) noticeSite() subscribe.Site {
	at := render.Site{BaseURL: a.Config.BaseURL}
	s := subscribe.Site{
		Name: a.Config.Team.Name, Contact: a.Config.Team.Email, Overview: at.URL("advisories/"),
		Token: func(token string) string { return at.URL("subscribe/" + token) },
		Links: func(adv advisory.Advisory) subscribe.Links {
			return subscribe.Links{
				Page: at.URL(render.AdvisoryPath(adv.ID)), Text: at.URL(render.TextPath(adv.ID)),
				CSAF: at.URL(render.CSAFPath(adv)), OSV: at.URL(render.OSVPath(adv.ID)),
			}
		},
	}
	for _, p := range a.Config.Products {
		s.Products = append(s.Products, p.Name)
	}
	return s
}

// deliver brings a notice to the relay. Its Message-ID is that of its job, so
// that one which comes back finds its subscription.
func (a *App) deliver(ctx context.Context, m subscribe.Mail) error {
	memo := mail.Memo{To: m.To, Subject: m.Subject, Text: m.Text}
	if m.UnsubscribeURL != "" { // it goes to all who asked
		memo.ListID = "advisories." + a.Config.Mail.Host
	}
	if strings.HasPrefix(m.UnsubscribeURL, "https:") { // rfc8058:3.1 wants no other; the letter says it at its end, too
		memo.Unsubscribe = m.UnsubscribeURL
	}
	return ofThisAddress(a.Mail.Deliver(ctx, jobs.Task{ID: m.Job, Created: m.Date}, memo))
}

// ofThisAddress lets only that count as a bounce which the relay says of the
// recipient: a refusal of what a letter says, or of us, may pass, and would end
// the subscriptions of everyone.
func ofThisAddress(err error) error {
	f, ok := errors.AsType[*jobs.Failure](err)
	if !ok || !f.Permanent {
		return err
	}
	if e, ok := errors.AsType[*relay.Error](err); ok && e.Step == relay.StepRcpt {
		return err
	}
	return jobs.Temporary(f.Words, f.Cause)
}
