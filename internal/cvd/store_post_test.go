package cvd

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"steward/internal/account"
	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/base/errs"
	"steward/internal/intake"
)

// outbox keeps what is posted.
type outbox struct {
	list []Posting
	keys map[string]bool
}

// withMail gives a kit an outbox, someone on call, and people with addresses;
// those whose id is in keyed have an OpenPGP key.
func (k *kit) withMail(onCall string, keyed ...string) *outbox {
	o := &outbox{keys: map[string]bool{}}
	k.Post = func(_ context.Context, _ *db.Tx, p Posting) error {
		if _, err := json.Marshal(p); err != nil || p.Case == "" {
			return fmt.Errorf("a posting that cannot be kept: %+v %v", p, err)
		}
		if !o.keys[p.Key()] {
			o.keys[p.Key()] = true
			o.list = append(o.list, p)
		}
		return nil
	}
	k.OnCall = func(context.Context, db.Queryer) ([]string, error) { return []string{onCall}, nil }
	k.Reach = func(_ context.Context, _ db.Queryer, user string) (account.Reach, error) {
		r := account.Reach{User: account.User{ID: user, Name: user, Email: user + "@example.org"}}
		for _, c := range []acl.Caller{lead, handler, second, manager} {
			if c.ID == user {
				r.Role = c.Role
			}
		}
		for _, id := range keyed {
			if id == user {
				r.Key = account.PGPKey{User: user, Armored: string(signer().PublicKey())}
			}
		}
		return r, nil
	}
	return o
}

// of gives the postings on an occasion.
func (o *outbox) of(on Occasion) (list []Posting) {
	for _, p := range o.list {
		if p.On == on {
			list = append(list, p)
		}
	}
	return list
}

func (k *kit) parcel(p Posting) *Parcel {
	k.t.Helper()
	out, err := k.Parcel(k.ctx, system, p)
	k.must(err)
	return out
}

// TestLettersOfACase: each deed that someone must hear of posts its letter, to
// them and to nobody else.
func TestLettersOfACase(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		o := k.withMail(handler.ID, handler.ID)
		key := func(s *intake.Submission) { s.PGPKey = string(signer().PublicKey()) }
		a := k.report(key, func(s *intake.Submission) { s.Channel = intake.Mail; s.What = "canary of the report" })

		receipt := o.of(OnReceipt)
		if len(receipt) != 1 || receipt[0].Report != a.report {
			t.Fatalf("receipts: %+v", receipt)
		}
		got := k.parcel(receipt[0])
		if got.To != "dana@example.net" || got.Private == nil || got.Claim != "" || !strings.Contains(got.Private.Text, a.receipt.Phrase.Words()) ||
			!strings.Contains(got.Private.Text, a.receipt.SHA256) {
			t.Errorf("the receipt: %+v", got)
		}
		called := o.of(OnReport)
		if len(called) != 1 || called[0].User != handler.ID {
			t.Fatalf("called: %+v", called)
		}
		if got := k.parcel(called[0]); got.Private == nil || !strings.Contains(got.Private.Text, "canary of the report") {
			t.Errorf("who is on call: %+v", got)
		}

		m, err := k.Message(k.ctx, handler, a.caseID, "", Letter{Body: "canary of the answer"})
		k.must(err)
		if sent := o.of(OnMessage); len(sent) != 1 || sent[0].Message != m.ID || k.parcel(sent[0]).Private.Text != "canary of the answer\n" {
			t.Errorf("messages: %+v", sent)
		}
		_, err = k.Reply(k.ctx, a.caller, Reply{Body: "canary of the reply"})
		k.must(err)
		replies := o.of(OnReply)
		if len(replies) != 1 || !strings.Contains(k.parcel(replies[0]).Private.Text, "canary of the reply") {
			t.Errorf("replies: %+v", replies)
		}

		dist := k.invited(a.caseID, acl.Distributor)
		if inv := o.of(OnInvitation); len(inv) != 1 || inv[0].User != dist.ID || k.parcel(inv[0]).Private != nil {
			t.Errorf("invitations: %+v", inv)
		}
		k.must(k.Dispose(k.ctx, handler, a.caseID, Decision{Disposition: Valid}))
		k.must(k.Embargo(k.ctx, handler, a.caseID, EmbargoPropose, Terms{Until: day0.Add(200 * time.Hour), Zone: "UTC"}))
		if emb := o.of(OnEmbargo); len(emb) != 2 {
			t.Errorf("the embargo was told %d times: %+v", len(emb), emb)
		}
		for _, p := range o.list {
			if got := k.parcel(p); got.Private == nil && p.User != dist.ID {
				t.Errorf("%s: %s has a key and was written to without", p.On, got.To)
			}
		}
	})
}

// TestNoKeyNothingPrivate: who has no key is told nothing of the case.
func TestNoKeyNothingPrivate(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		o := k.withMail(handler.ID)
		a := k.report(func(s *intake.Submission) { s.Channel = intake.Mail })
		_, err := k.Message(k.ctx, handler, a.caseID, "", Letter{Body: "canary"})
		k.must(err)
		k.must(k.ShareDraft(k.ctx, handler, a.caseID, ""))
		if len(o.list) != 4 {
			t.Errorf("%d letters", len(o.list))
		}
		for _, p := range o.list {
			if got := k.parcel(p); got.Private != nil || (got.Claim == "") != (p.On != OnReceipt) {
				t.Errorf("%s: %+v", p.On, got)
			}
		}
	})
}

// TestNobodyLeftToWriteTo: an invitation that was taken back, and a reporter
// without an address.
func TestNobodyLeftToWriteTo(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		o := k.withMail(handler.ID)
		a := k.report(func(s *intake.Submission) { s.Reporter = intake.Reporter{Anonymous: true}; s.Credit = intake.Credit{} })
		dist := k.invited(a.caseID, acl.Distributor)
		k.must(k.Uninvite(k.ctx, lead, a.caseID, dist.ID, acl.Distributor))
		_, err := k.Parcel(k.ctx, system, o.of(OnInvitation)[0])
		k.refused(err, errs.NotFound)
		_, err = k.Message(k.ctx, handler, a.caseID, "", Letter{Body: "Hello."})
		k.must(err)
		if len(o.of(OnMessage)) != 0 {
			t.Error("a letter was posted to nobody")
		}
	})
}

// TestClaimOnce: the code of a receipt gives the phrase once.
func TestClaimOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		o := k.withMail(handler.ID)
		a := k.report(func(s *intake.Submission) { s.Channel = intake.Mail })
		late := k.report(func(s *intake.Submission) { s.Channel = intake.Mail })
		code := k.parcel(o.of(OnReceipt)[0]).Claim
		for _, wrong := range []string{"", "x", strings.Repeat("a", len(code)), a.report} {
			_, err := k.Claim(k.ctx, wrong)
			k.refused(err, errs.NotFound)
		}
		got, err := k.Claim(k.ctx, " "+strings.ToUpper(code[:6])+"-"+code[6:]+"\n")
		k.must(err)
		if got.Phrase != a.receipt.Phrase || got.SHA256 != a.receipt.SHA256 || string(got.Statement) != string(a.receipt.Statement) {
			t.Error("the receipt is another one")
		}
		_, err = k.Claim(k.ctx, code)
		k.refused(err, errs.Conflict)
		k.pass(intake.ClaimLife + time.Hour)
		expired, err := k.Desk.ClaimCode(late.report)
		k.must(err)
		_, err = k.Claim(k.ctx, expired)
		k.refused(err, errs.Conflict)
	})
}

// TestReplyOnce: a letter that comes twice under one name is kept once.
func TestReplyOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		a := k.report()
		for range 2 {
			env, err := k.NewReply(k.ctx, a.caller)
			k.must(err)
			attach(k, env, "poc.c", "int main(){}")
			_, err = k.Reply(k.ctx, a.caller, Reply{Body: "More.", Key: "mail-1", Files: env.Files(), Via: &Via{From: "dana@example.net"}})
			k.must(err)
		}
		box := k.box(a)
		if len(box.Messages) != 1 || len(box.Messages[0].Files) != 1 || box.Messages[0].Via == nil {
			t.Errorf("kept: %+v", box.Messages)
		}
		n := 0
		for range k.Blobs.List() {
			n++
		}
		if n != 1 {
			t.Errorf("%d files are kept", n)
		}
	})
}
