package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"

	"steward/internal/advisory"
	"steward/internal/api"
	"steward/internal/base/acl"
	"steward/internal/base/browse"
	"steward/internal/base/sign"
	"steward/internal/cvd"
)

// teamAddress is where reports go.
const teamAddress = "security@curl.example"

// expect fails a part whose result is not what the story needs.
func expect(ok bool, what string, args ...any) error {
	if ok {
		return nil
	}
	return fmt.Errorf(what, args...)
}

func (r *replay) people(ctx context.Context) (err error) {
	for _, p := range []struct {
		who         **member
		name, email string
		role        acl.Role
	}{
		{&r.lead, "Linnea", "linnea@curl.example", acl.Lead}, {&r.handler, "Hugo", "hugo@curl.example", acl.Handler},
		{&r.releaser, "Rosa", "rosa@curl.example", acl.ReleaseManager},
		{&r.fixer, "Felix", "felix@fixes.example", ""},
	} {
		if *p.who, err = r.join(ctx, p.name, p.email, p.role); err != nil {
			return err
		}
	}
	if err := r.newDistros(ctx); err != nil {
		return err
	}
	r.step("The team: Linnea leads, Hugo handles, Rosa releases. Felix and three distributors will see one case only.")
	r.detail("Each has a key in a GnuPG of their own; the team's is %s.", r.app.Signer.Fingerprint())
	return nil
}

// report sends the report as many do: as an encrypted mail to the team's
// address, written by gpg, with the reporter's key and a reproducer.
func (r *replay) report(ctx context.Context) (err error) {
	r.clock.set(reported)
	if r.jay, err = r.person(ctx, "Jay", "jay@reporter.example"); err != nil {
		return err
	}
	raw, err := r.jay.write(ctx, teamAddress, reportTitle, reportText,
		attachment{"poc.py", "text/x-python", []byte(poc)}, attachment{"handshake.c", "text/x-c", []byte(program)}, attachment{"jay.asc", "application/pgp-keys", r.jay.key})
	if err != nil {
		return err
	}
	if err := r.send(ctx, r.jay.email, teamAddress, raw); err != nil {
		return err
	}
	r.step("A reporter writes to %s. gpg encrypts the mail; the team's server says 250 once it is kept.", teamAddress)
	receipt, err := r.gets(ctx, r.jay)
	if err != nil {
		return err
	}
	for line := range strings.Lines(receipt) {
		if words := strings.Fields(line); len(words) == 12 && strings.HasPrefix(line, "    ") {
			r.phrase = strings.Join(words, " ")
		}
	}
	if err := expect(r.phrase != "", "the receipt has no phrase: %.300s", receipt); err != nil {
		return err
	}
	i := strings.Index(receipt, "-----BEGIN PGP SIGNED MESSAGE-----")
	j := strings.Index(receipt, "-----END PGP SIGNATURE-----")
	if err := expect(i >= 0 && j > i, "the receipt has no statement: %.300s", receipt); err != nil {
		return err
	}
	statement := receipt[i:j] + "-----END PGP SIGNATURE-----\n"
	if _, err := sign.VerifyClearsigned(r.app.Signer.PublicKey(), []byte(statement)); err != nil {
		return fmt.Errorf("the receipt does not verify: %w", err)
	}
	r.step("The receipt comes by mail. The reporter's gpg opens it: a phrase of twelve words that opens a")
	r.detail("mailbox, and a signed statement of the report's hash and time. The signature is good.")
	if r.reporter, err = browse.New(r.base); err != nil {
		return err
	}
	team, err := r.gets(ctx, r.handler.person)
	if err != nil {
		return err
	}
	r.step("Nobody is on call yet, so all who handle are told. Hugo's gpg opens the report itself.")
	return expect(strings.Contains(team, "negotiation buffer"), "Hugo's letter does not hold the report: %.300s", team)
}

// gets waits for the next letter to a person and has their gpg open it.
func (r *replay) gets(ctx context.Context, p *person) (string, error) {
	raw, err := r.post.await(ctx, p.email)
	if err != nil {
		return "", err
	}
	m, err := p.opens(ctx, raw)
	if err != nil {
		return "", fmt.Errorf("%s cannot open a letter: %w", p.name, err)
	}
	return m.Text, nil
}

func (r *replay) poorReport(ctx context.Context) error {
	r.clock.set(reported.Add(2 * time.Hour))
	b, err := browse.New(r.base)
	if err != nil {
		return err
	}
	if err := b.Open(ctx, "/report"); err != nil {
		return err
	}
	if err := b.Submit(ctx, "/report", poor, "do=check"); err != nil {
		return err
	}
	if err := expect(strings.Contains(b.Text(), "Missing security headers"), "the lint does not name the published list: %.300s", b.Text()); err != nil {
		return err
	}
	if err := b.Submit(ctx, "/report", nil, "do=send"); err != nil {
		return err
	}
	if err := expect(b.Inside("p", "phrase") != "", "the poor report was not taken: %.300s", b.Text()); err != nil {
		return err
	}
	r.step("Another report comes in. The lint says that it is on the published list of what is not")
	r.detail("a vulnerability, and names a version that was never released. It is sent all the same.")

	page, err := r.queue(ctx)
	if err != nil {
		return err
	}
	if err := expect(len(page.Cases) == 2, "the queue has %d cases", len(page.Cases)); err != nil {
		return err
	}
	r.ref = page.Cases[0].Ref
	r.step("Hugo sees both in the queue, the one with evidence first: %s.", r.ref)
	r.clock.set(reported.Add(3 * time.Hour))
	other := "/cases/" + page.Cases[1].Ref
	if err := r.handler.post(ctx, other+"/acknowledge", api.Letter{Body: "Thank you for writing to us. A person has read your report."}, nil); err != nil {
		return err
	}
	err = r.handler.post(ctx, other+"/dispose", cvd.Decision{Disposition: cvd.Invalid, Reason: "The site serves static public pages and sets no cookies. Please see the list on our security page."}, nil)
	if err != nil {
		return err
	}
	r.step("Hugo declines %s with the reason. The reporter reads it in the mailbox.", page.Cases[1].Ref)
	return nil
}

func (r *replay) queue(ctx context.Context) (page cvd.Page, err error) {
	err = r.handler.get(ctx, "/cases", &page)
	return page, err
}

// on gives the path of a deed on the case.
func (r *replay) on(deed string) string { return "/cases/" + r.ref + "/" + deed }

func (r *replay) view(ctx context.Context) (v cvd.View, err error) {
	err = r.lead.get(ctx, "/cases/"+r.ref, &v)
	return v, err
}

func (r *replay) verification(ctx context.Context) error {
	if err := r.handler.post(ctx, r.on("acknowledge"), api.Letter{
		Body:       "Thank you, this is a very good report. I am building with AddressSanitizer now and will write again tomorrow. — Hugo",
		NextStatus: reported.Add(27 * time.Hour),
	}, nil); err != nil {
		return err
	}
	answer, err := r.gets(ctx, r.jay)
	if err != nil {
		return err
	}
	if err := expect(strings.Contains(answer, "very good report"), "the answer did not come by mail: %.300s", answer); err != nil {
		return err
	}
	r.step("Hugo acknowledges %s: a person answered three hours after the report. gpg opens the answer.", r.ref)
	if err := r.handler.post(ctx, r.on("notes"), api.Body{Body: "Reproduced on master and on 7.69.0. 7.68.0 is fine: it came with the non-blocking handshake."}, nil); err != nil {
		return err
	}
	r.clock.set(reported.Add(24 * time.Hour))
	if err := r.handler.post(ctx, r.on("dispose"), cvd.Decision{Disposition: cvd.Valid, Reason: "We see it too: the heap is overwritten. We are working on the fix and will propose a date."}, nil); err != nil {
		return err
	}
	v, err := r.view(ctx)
	if err != nil {
		return err
	}
	if err := r.handler.post(ctx, r.on("facts"), api.Facts{Version: v.Version, Fields: cvd.Fields{
		Title: "SOCKS5 heap buffer overflow", CVE: cve, CWE: []string{cwe},
		Severity: advisory.Severity{Level: advisory.High}, Affected: affected(),
	}}, nil); err != nil {
		return err
	}
	r.step("Verified: valid, severity high, %s, %s to 8.3.0 affected. %s is assigned.", cwe, introduced, cve)

	findings, err := r.gets(ctx, r.jay)
	if err != nil {
		return err
	}
	if err := expect(strings.Contains(findings, "We see it too"), "the findings did not come by mail: %.300s", findings); err != nil {
		return err
	}
	if err := r.answers(ctx, "Good. I have a patch that keeps the decision in the connection's state; I can send it to you."); err != nil {
		return err
	}
	r.step("The reporter reads the findings and answers the letter: there is a patch.")
	return r.handler.post(ctx, r.on("messages"), api.Letter{
		Body: "Gladly. Please attach it here; we review it on a private branch. — Hugo", NextStatus: distros.Add(24 * time.Hour),
	}, nil)
}

// answers has the reporter answer the last letter, and waits until the answer
// is in the case.
func (r *replay) answers(ctx context.Context, text string) error {
	var last letter
	for _, l := range r.post.snapshot() {
		if l.to == r.jay.email {
			last = l
		}
	}
	to, err := replyTo(last.raw)
	if err != nil {
		return err
	}
	raw, err := r.jay.write(ctx, to, "Re: "+reportTitle, text)
	if err != nil {
		return err
	}
	if err := r.send(ctx, r.jay.email, to, raw); err != nil {
		return err
	}
	for range 200 {
		v, err := r.view(ctx)
		if err != nil {
			return err
		}
		for _, t := range v.Threads {
			for _, m := range t.Messages {
				if strings.TrimSpace(m.Body) == text {
					return expect(m.Via != nil && m.Via.Encrypted && m.Via.Signed != "", "the answer came without its seal: %+v", m.Via)
				}
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	return errors.New("the reporter's answer is not in the case")
}

// replyTo gives the address that an answer to a letter goes to.
func replyTo(raw []byte) (string, error) {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return "", err
	}
	a, err := m.Header.AddressList("Reply-To")
	if err != nil {
		return "", err
	}
	return a[0].Address, nil
}

// mailbox opens the reporter's mailbox with the phrase; days lie between two
// visits, so that no session lasts.
func (r *replay) mailbox(ctx context.Context) error {
	if err := r.reporter.Open(ctx, "/mailbox/sign-in"); err != nil {
		return err
	}
	return r.reporter.Submit(ctx, "/mailbox/sign-in", map[string]string{"phrase": r.phrase}, "")
}

func (r *replay) embargo(ctx context.Context) error {
	r.clock.set(reported.Add(50 * time.Hour))
	terms := cvd.Terms{Until: release, Zone: zone, Reason: "the release of curl 8.4.0, moved forward for this fix"}
	if err := r.releaser.post(ctx, r.on("embargo"), api.Embargo{Event: string(cvd.EmbargoPropose), Terms: terms}, nil); err != nil {
		return err
	}
	if err := r.lead.post(ctx, r.on("embargo"), api.Embargo{Event: string(cvd.EmbargoAccept)}, nil); err != nil {
		return err
	}
	r.step("Rosa proposes an embargo until 2023-10-11 08:00 in Stockholm, 06:00 UTC. Linnea accepts.")
	return r.notify(ctx)
}

func (r *replay) fix(ctx context.Context) error {
	if err := r.handler.post(ctx, r.on("people"), api.Invite{User: r.fixer.Name, Role: acl.Fixer}, nil); err != nil {
		return err
	}
	v, err := r.view(ctx)
	if err != nil {
		return err
	}
	person := func(m *member) cvd.Person { return cvd.Person{ID: m.ID, Name: m.Name} }
	if err := r.handler.post(ctx, r.on("patch"), api.Patch{Version: v.Version, PatchFields: cvd.PatchFields{
		Branches: []cvd.Branch{{Name: "socks-state", URL: "ssh://git@private.curl.example/security.git"}},
		Author:   cvd.Person{Name: reporter}, Reviewer: person(r.handler), Tester: person(r.fixer),
	}}, nil); err != nil {
		return err
	}
	for _, step := range []struct {
		who   *member
		event cvd.PatchEvent
	}{
		{r.fixer, cvd.PatchStart}, {r.fixer, cvd.PatchSubmit}, {r.handler, cvd.PatchApprove}, {r.fixer, cvd.PatchPass}, {r.handler, cvd.PatchSettle},
	} {
		if err := step.who.post(ctx, r.on("patch/move"), api.Move{Event: string(step.event)}, nil); err != nil {
			return fmt.Errorf("patch %s: %w", step.event, err)
		}
	}
	if err := r.handler.post(ctx, r.on("move"), api.Move{Event: string(cvd.EventFixReady)}, nil); err != nil {
		return err
	}
	r.step("The patch, by the reporter, is reviewed by Hugo and tested by Felix on a private branch.")
	return nil
}

func (r *replay) announce(ctx context.Context) error {
	r.clock.set(announced)
	var p advisory.Prenotice
	if err := r.releaser.post(ctx, r.on("prenotice"), struct{}{}, &p); err != nil {
		return err
	}
	page, err := r.public(ctx, "/")
	if err != nil {
		return err
	}
	if err := expect(strings.Contains(page, p.ID), "the announcement is not on the front page"); err != nil {
		return err
	}
	if err := expect(!strings.Contains(page, "SOCKS5 heap"), "the announcement tells what is fixed"); err != nil {
		return err
	}
	r.step("Announced in public as %s: curl %s, severity high, on 2023-10-11 at 06:00 UTC. No detail.", p.ID, fixed)
	if err := r.noticed(ctx, p.ID); err != nil {
		return err
	}
	r.step("The subscriber is told by mail, with as little.")
	return nil
}

func (r *replay) draft(ctx context.Context) error {
	r.clock.set(drafted)
	d, err := r.draftView(ctx)
	if err != nil {
		return err
	}
	if err := r.handler.post(ctx, r.on("draft"), api.DraftText{Version: d.Version, Text: prose()}, nil); err != nil {
		return err
	}
	if err := r.handler.post(ctx, r.on("draft/share"), api.Share{}, nil); err != nil {
		return err
	}
	if err := r.mailbox(ctx); err != nil {
		return err
	}
	if err := r.reporter.Submit(ctx, "/mailbox/credit", map[string]string{"agree": "yes", "name": reporter}, ""); err != nil {
		return err
	}
	r.step("Hugo writes the advisory. The reporter is shown the draft and confirms the credit.")
	if d, err = r.draftView(ctx); err != nil {
		return err
	}
	for _, p := range d.Problems {
		if p.Blocking {
			return fmt.Errorf("the lint stops the release: %s: %s", p.Path, p.Message)
		}
	}
	if err := r.handler.post(ctx, r.on("draft/review"), api.Word{Version: d.Version, OK: true}, nil); err == nil {
		return errors.New("the writer could review the draft")
	}
	if err := r.lead.post(ctx, r.on("draft/review"), api.Word{Version: d.Version, OK: true, Comment: "Clear."}, nil); err != nil {
		return err
	}
	if d, err = r.draftView(ctx); err != nil {
		return err
	}
	if err := r.releaser.post(ctx, r.on("draft/approve"), api.Word{Version: d.Version, OK: true}, nil); err != nil {
		return err
	}
	r.step("Linnea reviews it (Hugo, who wrote it, may not), Rosa approves exactly those words.")
	return r.schedule(ctx)
}

func (r *replay) draftView(ctx context.Context) (v cvd.DraftView, err error) {
	err = r.lead.get(ctx, r.on("draft"), &v)
	return v, err
}

func (r *replay) schedule(ctx context.Context) error {
	d, err := r.draftView(ctx)
	if err != nil {
		return err
	}
	slot := func(at time.Time) api.Slot {
		return api.Slot{Version: d.Version, Slot: cvd.Slot{At: at, Zone: zone}}
	}
	err = r.releaser.post(ctx, r.on("schedule"), slot(aSaturday), nil)
	if err == nil {
		return errors.New("a release on a Saturday, before the embargo ends, was taken")
	}
	r.step("Rosa tries Saturday the 7th. Refused: %s", oneLine(err.Error()))
	if err := r.releaser.post(ctx, r.on("schedule"), slot(release), nil); err != nil {
		return err
	}
	r.step("The release is set for 2023-10-11 06:00 UTC.")
	return nil
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func (r *replay) goPublic(ctx context.Context) error {
	r.clock.set(beforehand)
	time.Sleep(2 * dueBeat)
	if list, err := r.released(ctx); err != nil || len(list) > 0 {
		return errors.Join(err, expect(len(list) == 0, "the advisory is out before its hour"))
	}
	r.step("One second before the hour: nothing is public.")
	r.clock.set(release)
	for range 100 {
		list, err := r.released(ctx)
		if err != nil {
			return err
		}
		if len(list) == 1 {
			r.advisory = list[0].ID
			break
		}
		time.Sleep(dueBeat / 5)
	}
	if err := expect(r.advisory != "", "the hour came and nothing went out"); err != nil {
		return err
	}
	if err := r.app.Publish(ctx); err != nil {
		return err
	}
	page, err := r.public(ctx, "/advisories/"+r.advisory+"/")
	if err != nil {
		return err
	}
	if err := expect(strings.Contains(page, cve), "the advisory's page does not show %s", cve); err != nil {
		return err
	}
	r.step("Released by the clock: %s is public, with curl %s.", r.advisory, fixed)
	if err := r.handler.post(ctx, r.on("patch/move"), api.Move{Event: string(cvd.PatchMerge)}, nil); err != nil {
		return err
	}
	if err := r.mailbox(ctx); err != nil {
		return err
	}
	if err := r.noticed(ctx, r.advisory); err != nil {
		return err
	}
	r.step("The reporter's mailbox links to it. The subscriber has the advisory by mail.")
	return expect(strings.Contains(r.reporter.Text(), r.advisory), "the mailbox does not name the advisory")
}

func (r *replay) released(ctx context.Context) ([]advisory.Advisory, error) {
	var page advisory.Page
	err := r.lead.get(ctx, "/advisories", &page)
	return page.Advisories, err
}
