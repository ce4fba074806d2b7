package app_test

import (
	"steward/internal/advisory"
	"steward/internal/base/acl"
	"steward/internal/cvd"
	"steward/internal/intake"
	"steward/internal/mail"
	"steward/internal/rota"
	"steward/internal/subscribe"
)

// mailTables leaves something in every table of mail and of whom it goes to.
func mailTables(s *secret, distributor *person) {
	w, t := s.w, s.w.t
	t.Helper()
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	raw := []byte("From: Dana <dana@example.net>\r\nTo: security@example.org\r\nSubject: A mail\r\nMessage-ID: <one@example.net>\r\n\r\nHello.\r\n")
	must(w.Mail.Keep(ctx, mail.Envelope{By: "smtp", To: []string{w.Mail.Address}}, raw))
	_, err := w.Step(ctx)
	must(err)
	_, err = w.Accounts.SetKey(ctx, s.hand.Caller, s.hand.ID, string(w.Signer.PublicKey()))
	must(err)
	_, err = w.Accounts.MakeCalendar(ctx, s.hand.Caller)
	must(err)
	_, err = w.Rota.Edit(ctx, s.lead.Caller, 0, rota.Rota{Zone: "UTC", Start: "2026-03-02", Handover: rota.Handover{Weekday: 1, Hour: 10}, Order: []rota.Member{rota.Member(s.hand.ID)}})
	must(err)
	_, err = w.Cases.BeginCheck(ctx, acl.Myself(), intake.Web)
	must(err)
	must(w.Subscribers.Ask(ctx, acl.Nobody(), subscribe.Wish{Address: "ops@example.net", Least: advisory.Low}))
	_, _, err = w.Subscribers.AddWebhook(ctx, s.lead.Caller, subscribe.HookWish{URL: "https://hooks.example.net/x"})
	must(err)
	_, err = w.Subscribers.FanOut(ctx, acl.Myself())
	must(err)
	must(w.Cases.Invite(ctx, s.hand.Caller, s.case_, cvd.Person{ID: distributor.ID, Name: distributor.Name}, acl.Distributor))
	_, err = w.Cases.Portal(ctx, distributor.Caller, s.case_)
	must(err)
}
