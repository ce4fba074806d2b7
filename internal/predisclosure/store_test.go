package predisclosure

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/base/errs"
	"steward/internal/base/sign"
)

// TestWay goes the way of an organisation from its application to a notice.
func TestWay(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		id := k.apply()
		if v := k.read(id); v.Standing.Good || len(v.Waits) != 2 || len(v.Contacts[0].Fingerprint) != 40 || !v.Applied.Equal(day0) {
			t.Errorf("applied: %+v", v)
		}
		if e := k.eligible(); len(e.May)+len(e.Not) != 0 {
			t.Errorf("an applicant is on the list: %+v", e)
		}
		k.must(k.Vet(k.ctx, k.handler, id, "The page is theirs."))
		k.refused("vetting twice", k.Vet(k.ctx, k.handler, id, ""), errs.Conflict)
		k.must(k.Vet(k.ctx, k.second, id, ""))
		e := k.eligible()
		if len(e.May) != 0 || len(e.Not) != 1 || len(e.Not[0].Why) != 1 || e.Not[0].Why[0].Code != NoLogin {
			t.Errorf("without a login: %+v", e)
		}
		contact := k.link(id, 1)
		e = k.eligible()
		if len(e.May) != 1 || len(e.May[0].Contacts) != 2 {
			t.Fatalf("with a login: %+v", e)
		}
		r := e.May[0].Contacts[1]
		if r.UserID != contact.ID || !r.CanSignIn || r.Zone != "Europe/Berlin" || r.Email != "security@canary.example" {
			t.Errorf("reaches %+v", r)
		}
		if _, err := sign.EncryptTo([]byte(r.Key), []byte("x"), k.now()); err != nil {
			t.Error(err)
		}
		if _, err := k.people.DisableUser(k.ctx, k.lead, contact.ID); err != nil {
			t.Fatal(err)
		}
		if e := k.eligible(); len(e.May) != 0 {
			t.Error("a contact who may not sign in counts")
		}
		_, err := k.people.EnableUser(k.ctx, k.lead, contact.ID)
		k.must(err)
		k.pass(366 * 24 * time.Hour)
		if e := k.eligible(); len(e.May) != 0 || e.Not[0].Why[0].Code != AttestOverdue {
			t.Errorf("overdue: %+v", e)
		}
		rs, err := k.Reminders(k.ctx, acl.Myself(), k.now())
		k.must(err)
		if len(rs) != 1 || rs[0].About != AttestOverdue || rs[0].Organisation != "Canary Linux" {
			t.Errorf("reminders: %+v", rs)
		}
		k.refused("attesting by halves", k.Attest(k.ctx, contact, id, Attestation{true, false, true}), errs.Invalid)
		k.must(k.Attest(k.ctx, contact, id, Attestation{true, true, true}))
		if e := k.newest(); e.Role != string(acl.Distributor) || e.Actor != contact.ID || e.Action != string(acl.ListMember) {
			t.Errorf("recorded %+v", e)
		}
		if e := k.eligible(); len(e.May) != 1 {
			t.Errorf("attested: %+v", e)
		}
	})
}

// TestNewAgreement: a member who does not accept in time gets no notices, until
// it does; who applies with the old one is asked to read the new one.
func TestNewAgreement(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		id, contact := k.in(Joined)
		l, err := k.List(k.ctx, k.lead, listID)
		k.must(err)
		stale := l
		l.Agreement.Text = "Another text."
		for _, by := range []time.Time{{}, day0, day0.Add(time.Hour), day0.AddDate(2, 0, 0)} {
			l.Agreement.AcceptBy = by
			k.refused("a new agreement by "+by.String(), second(k.EditList(k.ctx, k.lead, l)), errs.Invalid)
		}
		l.Agreement.AcceptBy = day0.AddDate(0, 0, 30)
		l, err = k.EditList(k.ctx, k.lead, l)
		k.must(err)
		if l.Agreement.Version != 2 || !l.Agreement.Since.Equal(day0) {
			t.Errorf("the new agreement: %+v", l.Agreement)
		}
		k.refused("an edit on an older version", second(k.EditList(k.ctx, k.lead, stale)), errs.Conflict)
		old, err := k.Agreement(k.ctx, contact, listID, 1)
		k.must(err)
		if old.Text != DefaultList().Agreement.Text {
			t.Error("the old agreement is another one")
		}
		k.refused("applying with the old one", second(k.Apply(k.ctx, acl.Nobody(), listID, application())), errs.Conflict)
		if e := k.eligible(); len(e.May) != 1 {
			t.Error("no time was given")
		}
		rs, err := k.Reminders(k.ctx, k.lead, k.now())
		k.must(err)
		if len(rs) != 1 || rs[0].About != AgreementDue || rs[0].Days != 30 {
			t.Errorf("reminders: %+v", rs)
		}
		k.pass(30 * 24 * time.Hour)
		if e := k.eligible(); len(e.May) != 0 || e.Not[0].Why[0].Code != AgreementOutdated {
			t.Errorf("the date is past: %+v", e)
		}
		k.refused("accepting the old one", k.AcceptAgreement(k.ctx, contact, id, 1), errs.Conflict)
		k.must(k.AcceptAgreement(k.ctx, contact, id, 2))
		if e := k.eligible(); len(e.May) != 1 || e.May[0].Agreement != 2 {
			t.Errorf("accepted: %+v", e)
		}
		l.Name = "Renamed"
		if l, err = k.EditList(k.ctx, k.lead, l); err != nil || l.Agreement.Version != 2 {
			t.Errorf("another name: %+v, %v", l.Agreement, err)
		}
		_, err = k.CreateList(k.ctx, k.lead, DefaultList())
		k.refused("a list of the same name", err, errs.Invalid)
	})
}

// TestImpartial: nobody decides about whom they are a contact of.
func TestImpartial(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		byMail := k.user("Ann of the team", acl.Handler, "ANN@canary.example")
		id := k.apply()
		k.refused("vetting oneself, by mail", k.Vet(k.ctx, byMail, id, ""), errs.Denied)
		first := k.read(id).Contacts[0].ID
		k.refused("linking oneself", k.LinkContact(k.ctx, k.third, id, first, k.third.ID), errs.Conflict)
		k.must(k.LinkContact(k.ctx, k.lead, id, first, k.third.ID))
		k.refused("vetting oneself, by link", k.Vet(k.ctx, k.third, id, ""), errs.Denied)
		if v, err := k.Member(k.ctx, k.third, id); err != nil || !slices.Equal(v.Events, []Event{EventWithdraw, EventContacts}) {
			t.Errorf("a contact who is in the team may %v, %v", v.Events, err)
		}
		k.must(k.Vet(k.ctx, k.handler, id, ""))
		k.refused("linking who vetted", k.LinkContact(k.ctx, k.lead, id, k.read(id).Contacts[1].ID, k.handler.ID), errs.Conflict)
		k.refused("linking one user twice", k.LinkContact(k.ctx, k.lead, id, k.read(id).Contacts[1].ID, k.third.ID), errs.Conflict)
		k.refused("linking nobody", k.LinkContact(k.ctx, k.lead, id, first, db.NewID(rand.Reader)), errs.Invalid)
		k.refused("linking no contact", k.LinkContact(k.ctx, k.lead, id, "x", k.second.ID), errs.NotFound)
		k.must(k.LinkContact(k.ctx, k.lead, id, first, ""))
		k.must(k.Vet(k.ctx, k.third, id, ""))
		if v := k.read(id); v.State != Joined || len(v.Vetted) != 2 {
			t.Errorf("vetted by two: %+v", v.Vetted)
		}
		k.refused("suspending oneself", k.Suspend(k.ctx, byMail, id, "x"), errs.Denied)
	})
}

// TestContacts: contacts keep their login through a change, who is left out
// loses it, and an older version is refused.
func TestContacts(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		id, ann := k.in(Joined)
		team := k.link(id, 1)
		v := k.read(id)
		e := edited(v.Member)
		e.Contacts[0].Email, e.Zone = "ann@new.example", "Asia/Tokyo"
		e.Contacts = append(e.Contacts, Applicant{Name: "New", Email: "new@canary.example", Key: armored()})
		k.must(k.EditContacts(k.ctx, team, id, v.Version, e))
		k.refused("an older version", k.EditContacts(k.ctx, ann, id, v.Version, e), errs.Conflict)
		v = k.read(id)
		if len(v.Contacts) != 3 || v.Contacts[0].UserID != ann.ID || v.Contacts[0].Email != "ann@new.example" || v.Application.Zone != "Asia/Tokyo" ||
			!slices.Equal(v.Waits, []string{v.Contacts[2].ID}) {
			t.Errorf("changed: %+v", v.Contacts)
		}
		for name, edit := range map[string]func(e *ContactsEdit){
			"none":           func(e *ContactsEdit) { e.Contacts = nil },
			"a bad key":      func(e *ContactsEdit) { e.Contacts[0].Key = "x" },
			"a bad zone":     func(e *ContactsEdit) { e.Zone = "Moon/Base" },
			"an unknown one": func(e *ContactsEdit) { e.Contacts[0].ID = "x" },
			"one twice":      func(e *ContactsEdit) { e.Contacts[1].ID = e.Contacts[0].ID },
			"too many":       func(e *ContactsEdit) { e.Contacts = slices.Repeat(e.Contacts, 4) },
		} {
			bad := edited(v.Member)
			edit(&bad)
			k.refused(name, k.EditContacts(k.ctx, ann, id, v.Version, bad), errs.Invalid)
		}
		left := edited(v.Member)
		left.Contacts = left.Contacts[:1]
		k.must(k.EditContacts(k.ctx, ann, id, v.Version, left))
		k.refused("who was left out", second(k.Member(k.ctx, team, id)), errs.NotFound)
		if mine, err := k.Mine(k.ctx, team); err != nil || len(mine) != 0 {
			t.Errorf("who was left out has %v, %v", mine, err)
		}
	})
}

// TestOwnView: a contact sees the own membership without who of the team
// decided and what they noted, but is told why.
func TestOwnView(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		id := k.apply()
		contact := k.link(id, 0)
		k.must(k.Vet(k.ctx, k.handler, id, "secret note"))
		k.must(k.Vet(k.ctx, k.second, id, ""))
		k.refused("a reason of too much", k.Suspend(k.ctx, k.handler, id, strings.Repeat("x", maxReason+1)), errs.Invalid)
		k.must(k.Suspend(k.ctx, k.handler, id, "You leaked."))
		k.must(k.Attest(k.ctx, contact, id, Attestation{true, true, true}))
		mine, err := k.Mine(k.ctx, contact)
		k.must(err)
		if len(mine) != 1 || !mine[0].Mine || mine[0].Vetted != nil {
			t.Fatalf("the own view: %+v", mine)
		}
		var events []Event
		for _, s := range mine[0].History {
			events = append(events, s.Event)
			if (s.By.ID == "") == s.Own || strings.Contains(s.Why, "secret") {
				t.Errorf("shown: %+v", s)
			}
		}
		if !slices.Equal(events, []Event{EventSuspend, EventAttest}) || mine[0].History[0].Why != "You leaked." {
			t.Errorf("shown: %v", events)
		}
		if !slices.Equal(mine[0].Events, []Event{EventWithdraw, EventAttest, EventAccept, EventContacts}) {
			t.Errorf("a contact may %v", mine[0].Events)
		}
		if v := k.read(id); len(v.Vetted) != 2 || v.Mine {
			t.Errorf("the team's view: %+v", v)
		}
	})
}

// TestResent: the same application gives the same answer whatever happened
// since, and another one with its token is refused.
func TestResent(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		a := application()
		first, err := k.Apply(k.ctx, acl.Nobody(), listID, a)
		k.must(err)
		k.must(k.Decline(k.ctx, k.lead, first.Reference, "no"))
		l, err := k.List(k.ctx, k.lead, listID)
		k.must(err)
		l.Open = false
		_, err = k.EditList(k.ctx, k.lead, l)
		k.must(err)
		k.pass(time.Hour)
		again, err := k.Apply(k.ctx, acl.Nobody(), listID, a)
		if err != nil || again.Reference != first.Reference || !again.At.Equal(first.At) {
			t.Errorf("sent again: %+v, %v; first %+v", again, err, first)
		}
		named := application()
		named.Contacts[0].ID = "x"
		k.refused("a contact who is there already", second(k.Apply(k.ctx, acl.Nobody(), listID, named)), errs.Invalid)
		a.Why += "!"
		k.refused("another text", second(k.Apply(k.ctx, acl.Nobody(), listID, a)), errs.Conflict)
		all, err := k.Members(k.ctx, k.lead, listID)
		if err != nil || len(all) != 1 {
			t.Errorf("%d applications, %v", len(all), err)
		}
	})
}

// together calls functions at the same moment and counts those that succeed;
// the others have to be refused by the state.
func together(t *testing.T, fs ...func() error) (done int) {
	t.Helper()
	start, results := make(chan struct{}), make(chan error, len(fs))
	for _, f := range fs {
		go func() { <-start; results <- f() }()
	}
	close(start)
	for range fs {
		switch err := <-results; {
		case err == nil:
			done++
		case !errs.Is(err, errs.Conflict):
			t.Errorf("refused with %v", err)
		}
	}
	return done
}

// TestTogether: of deeds that exclude each other exactly one is done.
func TestTogether(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		for range 8 {
			id, contact := k.in(VettedOnce)
			if n := together(t, func() error { return k.Vet(k.ctx, k.second, id, "") }, func() error { return k.Vet(k.ctx, k.third, id, "") }); n != 1 || len(k.read(id).Vetted) != 2 {
				t.Errorf("%d of two made it a member, vetted by %d", n, len(k.read(id).Vetted))
			}
			if n := together(t, func() error { return k.Remove(k.ctx, k.lead, id, "x") }, func() error { return k.Withdraw(k.ctx, contact, id, "") }); n != 1 {
				t.Errorf("%d of two ended it", n)
			}
			id, _ = k.in(Applied)
			twice := func() error { return k.Vet(k.ctx, k.third, id, "") }
			if n := together(t, twice, twice, twice); n != 1 || k.read(id).State != VettedOnce {
				t.Errorf("one person vetted %d times: %s", n, k.read(id).State)
			}
			id, _ = k.in(VettedOnce)
			n := together(t, func() error { return k.Vet(k.ctx, k.second, id, "") }, func() error { return k.Decline(k.ctx, k.lead, id, "x") })
			if v := k.read(id); n != 1 || (v.State == Joined) != (len(v.Vetted) == 2) {
				t.Errorf("%d of two decided: %s, vetted by %d", n, v.State, len(v.Vetted))
			}
			id, contact = k.in(VettedOnce) // who withdraws is out, whoever was first
			together(t, func() error { return k.Vet(k.ctx, k.second, id, "") }, func() error { return k.Withdraw(k.ctx, contact, id, "") })
			if s := k.read(id).State; s != Withdrawn {
				t.Errorf("withdrawn while vetted: %s", s)
			}
			id, _ = k.in(Joined)
			v := k.read(id)
			edit := func() error { return k.EditContacts(k.ctx, k.lead, id, v.Version, edited(v.Member)) }
			if n := together(t, edit, edit); n != 1 {
				t.Errorf("%d edits of one version", n)
			}
			c, to := k.read(id).Contacts[1].ID, k.someone("").ID
			k.must(k.LinkContact(k.ctx, k.lead, id, c, to))
		}
		a := application()
		var mu sync.Mutex
		seen := map[string]bool{}
		send := func() error {
			ack, err := k.Apply(context.WithoutCancel(k.ctx), acl.Nobody(), listID, a)
			mu.Lock()
			seen[ack.Reference] = true
			mu.Unlock()
			return err
		}
		if n := together(t, send, send, send); n != 3 || len(seen) != 1 {
			t.Errorf("sent three times: %d answers, %d applications", n, len(seen))
		}
	})
}

// TestSealed: nothing that names someone, and no reason, is stored in clear.
func TestSealed(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		token := db.NewID(rand.Reader)
		id := k.apply(func(a *Application) { a.Token = token })
		contact := k.link(id, 0)
		k.must(k.Vet(k.ctx, k.handler, id, "canary-note"))
		k.must(k.Vet(k.ctx, k.second, id, ""))
		k.must(k.Suspend(k.ctx, k.handler, id, "canary-reason"))
		k.must(k.Withdraw(k.ctx, contact, id, "canary-leaving"))
		kept := k.everything()
		if !strings.Contains(kept, id) || !strings.Contains(kept, "Lena Lead") {
			t.Fatal("the search does not find what is there")
		}
		a := application()
		for _, secret := range []string{"anary Linux", "canary.example", "Ann Canary", "We ship it", "Europe/Berlin", "PGP PUBLIC", a.Contacts[0].Key[60:100],
			"canary-", token, k.read(id).Contacts[0].Fingerprint} {
			if strings.Contains(kept, secret) {
				t.Errorf("%q is stored in clear", secret)
			}
		}
	})
}

// TestCrowd: a list takes no more applications than can be listed.
func TestCrowd(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		k.must(d.Write(k.ctx, func(tx *db.Tx) error {
			for range maxWaiting {
				id := db.NewID(rand.Reader)
				if _, err := tx.Exec(k.ctx, `INSERT INTO predisclosure_members (id, list_id, state, applied_at, token_hash, text_hash, body)
					VALUES ($1, $2, $3, 0, $1, '', $4)`, id, listID, string(Applied), []byte{}); err != nil {
					return err
				}
			}
			return nil
		}))
		_, err := k.Apply(k.ctx, acl.Nobody(), listID, application())
		k.refused("one too many", err, errs.Conflict)
	})
}

// TestDefault: the list to begin with can be made as it is, and says of each
// point what a list has to say.
func TestDefault(t *testing.T) {
	t.Parallel()
	l := DefaultList()
	if err := l.check(); err != nil {
		t.Error(errors.Join(err))
	}
	if l.Open {
		t.Error("it is open before a team has read it")
	}
}
