package mail

import (
	"crypto/rand"
	"slices"
	"strings"
	"testing"
	"time"

	"steward/internal/account"
	"steward/internal/advisory"
	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/cvd"
	"steward/internal/mail/mailtest"
	"steward/internal/predisclosure"
)

// telling is a case of which an organisation was told that has a contact with a
// login, Ann, and one without, Hera; Dana reported it.
type telling struct {
	*kit
	case_, member string
}

func newTelling(t *testing.T, d *db.DB, ann, hera *mailtest.Person) *telling {
	t.Helper()
	k := &telling{kit: newKit(t, d)}
	ctx, lead := t.Context(), k.lead.Caller()
	lists := &predisclosure.Store{DB: d, Keys: k.Keys, Audit: k.Audit, Clock: time.Now, Rand: rand.Reader}
	k.Cases.Lists = lists
	user := func(name string, role acl.Role) acl.Caller {
		u, err := k.Accounts.AddUser(ctx, acl.Myself(), account.Profile{Name: name, Email: strings.ToLower(name) + "@people.example", Role: role})
		k.must(err)
		return u.Caller()
	}
	hugo, annUser := user("Hugo", acl.Handler), user("Ann", "")
	l := predisclosure.DefaultList()
	l.Open = true
	_, err := lists.CreateList(ctx, lead, l)
	k.must(err)
	ack, err := lists.Apply(ctx, acl.Nobody(), l.ID, predisclosure.Application{
		Token: "a-token-of-one-wish", Organisation: "Heron Linux", Product: "Heron", Available: "https://heron.example", Why: "x", Users: "x", Ships: "x",
		SecurityPage: "https://heron.example/s", Zone: "UTC", Agreement: 1, AcceptedBy: "Ann",
		Contacts: []predisclosure.Applicant{
			{Name: "Ann", Email: "ann@heron.example", Key: string(ann.PublicKey())}, {Name: "Hera", Email: "hera@heron.example", Key: string(hera.PublicKey())},
		},
	})
	k.must(err)
	k.member = ack.Reference
	k.must(lists.Vet(ctx, lead, k.member, ""))
	k.must(lists.Vet(ctx, hugo, k.member, ""))
	m, err := lists.Member(ctx, lead, k.member)
	k.must(err)
	k.must(lists.LinkContact(ctx, lead, k.member, m.Contacts[0].ID, annUser.ID))

	k.get(plain("Dana <dana@example.net>", "A hole", "It overflows."))
	k.case_ = k.inState(Filed)[0].Case
	k.must(k.Cases.Dispose(ctx, hugo, k.case_, cvd.Decision{Disposition: cvd.Valid, Reason: "We see it too."}))
	k.must(k.Cases.Edit(ctx, hugo, k.case_, k.view().Version, cvd.Fields{Title: "A hole", Severity: advisory.Severity{Level: advisory.High}}))
	k.must(k.Cases.EditDraft(ctx, hugo, k.case_, k.view().Version, cvd.Text{Overview: "It overflows."}))
	k.must(k.Cases.Embargo(ctx, hugo, k.case_, cvd.EmbargoPropose, cvd.Terms{Until: time.Now().Add(5 * 24 * time.Hour), Zone: "UTC", Reason: "next release"}))
	k.must(k.Cases.Embargo(ctx, lead, k.case_, cvd.EmbargoAccept, cvd.Terms{}))
	k.must(k.Cases.Distribute(ctx, hugo, k.case_, k.view().Version, cvd.Send{List: l.ID, Members: []string{k.member}, Message: "Please test."}))
	k.step()
	k.to("lena@example.org")
	k.to("dana@example.net")
	return k
}

func (k *telling) view() *cvd.View {
	k.t.Helper()
	v, err := k.Cases.View(k.t.Context(), k.lead.Caller(), k.case_)
	k.must(err)
	return v
}

// answered holds what became of the last mail: where it is, how many notes
// there are, who got a letter, and that no case was opened.
func (k *telling) answered(what string, state State, mails, notes int, to ...string) {
	k.t.Helper()
	var got []string
	for _, m := range k.out {
		got = append(got, m.to)
	}
	k.out = nil
	if n, v := len(k.inState(state)), k.view(); n != mails || len(v.Notes) != notes || !slices.Equal(got, to) || len(k.inState(Filed)) != 1 {
		k.t.Errorf("%s: %d mails are %s, %d notes, letters to %v, %d reports; quarantined %+v", what, n, state, len(v.Notes), got, len(k.inState(Filed)), k.inState(Quarantined))
	}
}

func replyTo(t *testing.T, letter string) string {
	_, addr, _ := strings.Cut(header(t, letter, "Reply-To"), "<")
	return strings.TrimSuffix(addr, ">")
}

// TestContactAnswersANotice: what a contact answers, signed with the key on the
// list, joins the case as a note of its organisation, found by tag or by the
// Message-ID of our letter. Nothing else does, and nobody outside hears of it.
func TestContactAnswersANotice(t *testing.T) {
	t.Parallel()
	ann := mailtest.NewPerson(t, "Ann", "ann@heron.example", mailtest.CV25519)
	hera := mailtest.NewPerson(t, "Hera", "hera@heron.example", mailtest.CV25519)
	mallory := mailtest.NewPerson(t, "Hera", "hera@heron.example", mailtest.CV25519) // another key, the same name
	for _, p := range []*mailtest.Person{ann, hera, mallory} {
		p.Knows(teamKey().PublicKey())
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newTelling(t, d, ann, hera)
		toAnn, toHera := k.to("ann@heron.example"), k.to("hera@heron.example")
		if len(toAnn) != 1 || len(toHera) != 1 {
			t.Fatalf("%d and %d letters", len(toAnn), len(toHera))
		}
		if read := opened(t, hera, toHera[0]); !strings.Contains(read.Body, "answer this letter") || !strings.Contains(read.Body, "Please test.") {
			t.Errorf("Hera reads: %s", read.Body)
		}
		if header(t, toAnn[0], "References") == header(t, toHera[0], "References") || replyTo(t, toAnn[0]) == replyTo(t, toHera[0]) {
			t.Error("two contacts have one thread")
		}
		tag, to := replyTo(t, toHera[0]), "lena@example.org"
		write := func(p *mailtest.Person, body string, files ...mailtest.Attachment) []byte {
			return written(t, p, mailtest.Letter{To: tag, Subject: "Re: yours", Body: body, Attachments: files}, teamKey().PublicKey())
		}

		first := write(hera, "canary one: we build tonight.")
		k.get(first, tag)
		k.answered("signed, by the tag", Noted, 1, 1, to)
		n := k.view().Notes[0]
		if n.Organisation != "Heron Linux" || n.By.Name != "Hera" || n.Body != "canary one: we build tonight." || n.Via == nil || !n.Via.Encrypted || n.Via.Signed == "" || n.Mail != "" {
			t.Errorf("the note: %+v, %+v", n, n.Via)
		}
		if r := k.view().Told.Recipients[0]; r.Answered.IsZero() {
			t.Error("who has answered counts as silent")
		}
		k.get(append([]byte("X-Again: yes\r\n"), first...), tag)
		k.answered("sent twice", Noted, 2, 1)
		byID := append([]byte("In-Reply-To: "+header(t, toHera[0], "Message-Id")+"\r\n"), written(t, hera, mailtest.Letter{To: "security@example.org", Subject: "What?", Body: "canary two."}, teamKey().PublicKey())...)
		k.get(byID)
		k.answered("signed, by our Message-ID", Noted, 3, 2, to)
		k.get(write(hera, "canary three: the patch for version 9.", mailtest.Attachment{Name: "nine.patch", Type: "text/x-diff", Content: []byte("--- a\n")}), tag)
		k.answered("with a file", Noted, 4, 3, to)
		k.get(written(t, ann, mailtest.Letter{To: replyTo(t, toAnn[0]), Subject: "Re", Body: "canary four."}, teamKey().PublicKey()), replyTo(t, toAnn[0]))
		k.answered("of the one with a login", Noted, 5, 4, to)

		k.get(plain("hera@heron.example", "Re: yours", "canary five: publish now."), tag)
		k.answered("unsigned", Quarantined, 1, 4)
		k.get(write(mallory, "canary six: publish now.", mailtest.Attachment{Name: "key.asc", Type: "application/pgp-keys", Content: mallory.PublicKey()}), tag)
		k.answered("signed by another key that came along", Quarantined, 2, 4)
		k.get(write(ann, "canary seven."), tag)
		k.answered("signed by another contact", Quarantined, 3, 4)
		for _, q := range k.inState(Quarantined) {
			if !strings.Contains(q.Why, "signed") || !strings.Contains(q.Why, "Heron Linux") {
				t.Errorf("held back: %s", q.Why)
			}
		}
		k.mails(hera, first)
	})
}

// mails goes on with what a person decides, a suspension, the sweep, and a mail
// whose subject alone is that of the case.
func (k *telling) mails(hera *mailtest.Person, first []byte) {
	t, ctx, lead := k.t, k.t.Context(), k.lead.Caller()
	t.Helper()
	unsigned := k.inState(Quarantined)[2]
	k.must(k.Release(ctx, lead, unsigned.ID))
	k.step()
	k.answered("taken by a person", Noted, 6, 5, "lena@example.org")
	if n := k.view().Notes[4]; n.Via == nil || n.Via.Signed != "" || n.Organisation != "Heron Linux" {
		t.Errorf("the note that a person took: %+v, %+v", n, n.Via)
	}

	tag := header(t, string(first), "To")
	k.must(k.Cases.Lists.Suspend(ctx, lead, k.member, "a leak"))
	k.get(written(t, hera, mailtest.Letter{To: tag, Subject: "Re", Body: "canary eight."}, teamKey().PublicKey()), tag)
	k.answered("of a suspended organisation", Quarantined, 3, 5)
	if why := k.inState(Quarantined)[0].Why; !strings.Contains(why, "suspended") {
		t.Errorf("held back: %s", why)
	}
	k.must(k.Cases.Lists.Restore(ctx, lead, k.member, "not theirs"))

	now := time.Now
	k.Clock = func() time.Time { return now().Add(40 * 24 * time.Hour) }
	k.must(k.Sweep(ctx, acl.Myself()))
	k.Clock = now
	left := k.inState(Noted)
	withFile := k.view().Notes[2].Mail
	if len(left) != 1 || left[0].ID != withFile {
		t.Errorf("after the sweep there are %d mails, want the one with a file", len(left))
	}
	if raw, _, err := k.Raw(ctx, lead, withFile); err != nil || len(raw) == 0 {
		t.Errorf("the mail with the file: %v", err)
	}

	k.get(written(t, hera, mailtest.Letter{To: "security@example.org", Subject: "Re: " + k.view().Ref + " Heron Linux", Body: "canary nine."}, teamKey().PublicKey()))
	if filed := k.inState(Filed); len(filed) != 1 || filed[0].Case == k.case_ || len(k.view().Notes) != 5 {
		t.Errorf("by its subject alone: %+v", filed)
	}
	box, err := k.Cases.Mailbox(ctx, acl.HolderOf(k.view().Reports[0].ID))
	k.must(err)
	for _, m := range box.Messages {
		if strings.Contains(m.Body, "canary") {
			t.Errorf("the reporter reads %q", m.Body)
		}
	}
}
