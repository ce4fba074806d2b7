package mail

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"steward/internal/account"
	"steward/internal/advisory"
	"steward/internal/base/acl"
	"steward/internal/base/audit"
	"steward/internal/base/blob"
	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/base/errs"
	"steward/internal/base/jobs"
	"steward/internal/base/seal"
	"steward/internal/base/sign"
	"steward/internal/cvd"
	"steward/internal/intake"
	"steward/internal/mail/mailtest"
)

var teamKey = sync.OnceValue(func() *sign.Signer {
	s, err := sign.Generate(rand.Reader, "Example security", "security@example.org", time.Now().Add(-24*time.Hour))
	if err != nil {
		panic(err)
	}
	return s
})

// sent is a message as the relay got it.
type sent struct {
	to  string
	raw []byte
}

// kit is an office with all that is behind it.
type kit struct {
	*Office
	t      *testing.T
	runner *jobs.Runner
	lead   account.User
	out    []sent
}

func newKit(t *testing.T, d *db.DB) *kit {
	t.Helper()
	keys, err := seal.OpenKeyring(seal.NewMaster(rand.Reader))
	if err != nil {
		t.Fatal(err)
	}
	log := &audit.Log{Clock: time.Now}
	accounts := &account.Store{DB: d, Audit: log, Clock: time.Now, Rand: rand.Reader}
	desk := &intake.Desk{Keys: keys, Signer: teamKey(), Team: "Example security", AnswerWithin: 72 * time.Hour, Clock: time.Now, Rand: rand.Reader}
	blobs := &blob.Store{Dir: t.TempDir()}
	cases := &cvd.Store{
		DB: d, Keys: keys, Blobs: blobs, Audit: log, Advisories: &advisory.Store{DB: d}, Desk: desk, Clock: time.Now, Rand: rand.Reader,
		Settings: cvd.Settings{Prefix: "SEC", Attachments: 8, AttachBytes: 16 << 20},
	}
	k := &kit{t: t}
	k.Office = &Office{
		DB: d, Keys: keys, Blobs: blobs, Audit: log, Signer: teamKey(), Cases: cases, Accounts: accounts, Linter: &intake.Linter{},
		Jobs: &jobs.Queue{DB: d, Keys: keys, Clock: time.Now, Rand: rand.Reader},
		Log:  slog.New(slog.DiscardHandler), Clock: time.Now, Rand: rand.Reader,
		Address: "security@example.org", Team: "Example security", Host: "example.org", BaseURL: "https://security.example.org", MaxBytes: 25 << 20,
		Send: func(_ context.Context, _, to string, msg []byte, _ func() error) error {
			k.out = append(k.out, sent{to, msg})
			return nil
		},
	}
	if k.lead, err = accounts.AddUser(t.Context(), acl.Myself(), account.Profile{Name: "Lena", Email: "lena@example.org", Role: acl.Lead}); err != nil {
		t.Fatal(err)
	}
	cases.Post = k.Post
	cases.OnCall = func(context.Context, db.Queryer) ([]string, error) { return []string{k.lead.ID}, nil }
	cases.Reach = func(ctx context.Context, q db.Queryer, user string) (account.Reach, error) {
		return accounts.Reach(ctx, acl.Myself(), q, user)
	}
	k.runner = &jobs.Runner{Queue: k.Jobs, Workers: k.Workers(), Failed: func(kind string, err error) { t.Logf("%s: %v", kind, err) }}
	return k
}

func (k *kit) must(err error) {
	k.t.Helper()
	if err != nil {
		k.t.Fatal(err)
	}
}

// get takes mail in and does all that follows.
func (k *kit) get(raw []byte, to ...string) {
	k.t.Helper()
	if to == nil {
		to = []string{"security@example.org"}
	}
	k.must(k.Keep(k.t.Context(), Envelope{By: "smtp", To: to}, raw))
	k.step()
}

func (k *kit) step() {
	k.t.Helper()
	_, err := k.runner.Step(k.t.Context())
	k.must(err)
}

func (k *kit) inState(s State) []Mail {
	k.t.Helper()
	list, _, err := k.List(k.t.Context(), k.lead.Caller(), s, "")
	k.must(err)
	return list
}

// to gives what was sent to an address since it was last asked.
func (k *kit) to(address string) (list []string) {
	var rest []sent
	for _, m := range k.out {
		if m.to == address {
			list = append(list, string(m.raw))
		} else {
			rest = append(rest, m)
		}
	}
	k.out = rest
	return list
}

// plain is a mail that nobody encrypted.
func plain(from, subject, body string, more ...string) []byte {
	head := append([]string{"From: " + from, "To: security@example.org", "Subject: " + subject, "Date: Tue, 24 Mar 2026 10:00:00 +0000"}, more...)
	return []byte(strings.Join(head, "\r\n") + "\r\n\r\n" + strings.ReplaceAll(body, "\n", "\r\n"))
}

// TestEncryptedConversation: gpg writes, the team answers, gpg reads, and so
// on: each letter finds its thread.
func TestEncryptedConversation(t *testing.T) {
	t.Parallel()
	reporter := mailtest.NewPerson(t, "Dana Ray", "dana@example.net", mailtest.CV25519)
	lena := mailtest.NewPerson(t, "Lena", "lena@example.org", mailtest.CV25519)
	reporter.Knows(teamKey().PublicKey())
	lena.Knows(teamKey().PublicKey())
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		_, err := k.Accounts.SetKey(t.Context(), k.lead.Caller(), k.lead.ID, string(lena.PublicKey()))
		k.must(err)
		raw := written(t, reporter, mailtest.Letter{
			To: "security@example.org", Subject: "Overflow in the header parser", Body: "canary one: a long header overflows.",
			Attachments: []mailtest.Attachment{
				{Name: "poc.c", Type: "text/x-c", Content: []byte("int main(){}")},
				{Name: "key.asc", Type: "application/pgp-keys", Content: reporter.PublicKey()},
			},
		}, teamKey().PublicKey())
		k.get(raw)
		filed := k.inState(Filed)
		if len(filed) != 1 || filed[0].Subject != "Overflow in the header parser" || filed[0].From != "dana@example.net" {
			t.Fatalf("filed: %+v; quarantined: %+v", filed, k.inState(Quarantined))
		}
		view, err := k.Cases.View(t.Context(), k.lead.Caller(), filed[0].Case)
		k.must(err)
		report := view.Reports[0]
		if !strings.Contains(report.Submission.What, "canary one") || report.Channel != intake.Mail || len(report.Files) < 2 || report.Submission.PGPKey == "" {
			t.Errorf("the report: %+v", report)
		}

		receipts := k.to("dana@example.net")
		if len(receipts) != 1 || strings.Contains(receipts[0], "canary") || strings.Contains(receipts[0], "header parser") {
			t.Fatalf("receipts: %q", receipts)
		}
		read := opened(t, reporter, receipts[0])
		if !read.Encrypted || !read.Plain.Verified || !strings.Contains(read.Letter.Body, report.SHA256) {
			t.Errorf("the receipt as gpg reads it: %+v", read)
		}
		called := k.to("lena@example.org")
		if len(called) != 1 {
			t.Fatalf("%d letters to who is on call", len(called))
		}
		team := opened(t, lena, called[0])
		if !strings.Contains(team.Letter.Body, "canary one") || !team.Plain.Verified {
			t.Errorf("the team reads: %+v", team)
		}

		// Lena answers by mail, to the address that the letter names.
		i := strings.Index(team.Letter.Body, "send it to ")
		onward, _, _ := strings.Cut(team.Letter.Body[i+len("send it to "):], ".\n")
		answer := written(t, lena, mailtest.Letter{To: onward, Subject: "Re", Body: "canary two: we see it too."}, teamKey().PublicKey())
		k.get(answer, onward)
		if got := k.inState(Noted); len(got) != 1 {
			t.Fatalf("the answer to %q: %+v %+v %+v %+v", onward, got, k.inState(Quarantined), k.inState(SetAside), k.inState(Filed))
		}
		letters := k.to("dana@example.net")
		if len(letters) != 1 || strings.Contains(letters[0], "canary") {
			t.Fatalf("letters: %q", letters)
		}
		read = opened(t, reporter, letters[0])
		if !strings.Contains(read.Letter.Body, "canary two") {
			t.Errorf("the reporter reads: %q", read.Letter.Body)
		}

		// The reporter answers with a program that keeps only the Message-ID.
		reply := written(t, reporter, mailtest.Letter{To: "security@example.org", Subject: "What?", Body: "canary three: it also crashes 1.3."}, teamKey().PublicKey())
		k.get(append([]byte("In-Reply-To: "+header(t, letters[0], "Message-Id")+"\r\n"), reply...))
		view, err = k.Cases.View(t.Context(), k.lead.Caller(), filed[0].Case)
		k.must(err)
		if ms := view.Threads[0].Messages; len(ms) != 2 || !strings.Contains(ms[1].Body, "canary three") || ms[1].Via == nil || !ms[1].Via.Encrypted || ms[1].Via.Signed == "" {
			t.Errorf("the thread: %+v", ms)
		}
		// Its own letters to the other tag are notes of the team.
		note := written(t, lena, mailtest.Letter{To: header(t, called[0], "Reply-To"), Subject: "note", Body: "canary four: for us."}, teamKey().PublicKey())
		_, addr, _ := strings.Cut(header(t, called[0], "Reply-To"), "<")
		k.get(note, strings.TrimSuffix(addr, ">"))
		view, err = k.Cases.View(t.Context(), k.lead.Caller(), filed[0].Case)
		k.must(err)
		if len(view.Notes) != 1 || !strings.Contains(view.Notes[0].Body, "canary four") || len(k.to("dana@example.net")) != 0 {
			t.Errorf("notes: %+v", view.Notes)
		}
	})
}

func written(t *testing.T, p *mailtest.Person, l mailtest.Letter, keys ...[]byte) []byte {
	t.Helper()
	raw, err := p.WritePGPMIME(l, keys...)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func opened(t *testing.T, p *mailtest.Person, raw string) mailtest.Read {
	t.Helper()
	r, err := p.ReadPGPMIME([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func header(t *testing.T, raw, name string) string {
	t.Helper()
	head, _, _ := strings.Cut(strings.ReplaceAll(raw, "\r\n", "\n"), "\n\n")
	for line := range strings.Lines(strings.ReplaceAll(head, "\n ", " ")) {
		if n, v, ok := strings.Cut(line, ":"); ok && strings.EqualFold(n, name) {
			return strings.TrimSpace(v)
		}
	}
	t.Fatalf("there is no %s in\n%s", name, head)
	return ""
}

// TestPlainSender: who has no key gets a receipt that tells nothing, and a code
// that gives the phrase once.
func TestPlainSender(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		k.get(plain("Dana <dana@example.net>", "canary subject", "canary text"))
		got := k.to("dana@example.net")
		if len(got) != 1 || strings.Contains(got[0], "canary") || !strings.Contains(got[0], "Auto-Submitted") {
			t.Fatalf("the receipt: %q", got)
		}
		if team := k.to("lena@example.org"); len(team) != 1 || strings.Contains(team[0], "canary") {
			t.Errorf("the team: %q", team)
		}
		f := k.inState(Filed)[0]
		_, err := k.Cases.Message(t.Context(), k.lead.Caller(), f.Case, "", cvd.Letter{Body: "canary answer"})
		k.must(err)
		k.step()
		got = k.to("dana@example.net")
		if len(got) != 1 || strings.Contains(got[0], "canary") {
			t.Fatalf("the notice: %q", got)
		}
		// The answer to it comes by the tag.
		_, addr, _ := strings.Cut(header(t, got[0], "Reply-To"), "<")
		addr = strings.TrimSuffix(addr, ">")
		k.get(plain("someone@else.example", "Re: x", "canary reply"), addr)
		k.get(plain("someone@else.example", "Re: x", "canary reply"), addr) // twice
		view, err := k.Cases.View(t.Context(), k.lead.Caller(), f.Case)
		k.must(err)
		if n := len(view.Threads[0].Messages); n != 2 {
			t.Errorf("%d messages in the thread", n)
		}
	})
}

// TestWhatIsHeldBack: what no person wrote, or nobody can vouch for, waits for
// a person and is never lost.
func TestWhatIsHeldBack(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		for _, c := range []struct {
			name  string
			raw   []byte
			state State
		}{
			{"spam", plain("x@example.net", "buy", "now", "X-Spam-Flag: YES"), Quarantined},
			{"a list", plain("x@example.net", "news", "now", "List-Id: <news.example.net>"), Quarantined},
			{"nothing", plain("x@example.net", "", " "), Quarantined},
			{"nobody", []byte("Subject: x\r\n\r\nhello"), Quarantined},
			{"an absence", plain("x@example.net", "Away", "until Monday", "Auto-Submitted: auto-replied"), SetAside},
			{"a loop", plain("security@example.org", "x", "hello"), SetAside},
			{"no mail at all", []byte{0, 1, 2, 255}, Quarantined},
		} {
			before := len(k.inState(c.state))
			k.get(c.raw)
			if n := len(k.inState(c.state)); n != before+1 {
				t.Errorf("%s: %d mails are %s, and %d were", c.name, n, c.state, before)
			}
		}
		if len(k.out) != 0 || len(k.inState(Filed)) != 0 {
			t.Errorf("%d letters, %d cases", len(k.out), len(k.inState(Filed)))
		}
		spam := k.inState(Quarantined)
		for _, m := range spam {
			raw, _, err := k.Raw(t.Context(), k.lead.Caller(), m.ID)
			k.must(err)
			if m.Why == "" || len(raw) == 0 {
				t.Errorf("%+v", m)
			}
		}
		last := spam[len(spam)-1] // the first that came
		k.must(k.Release(t.Context(), k.lead.Caller(), last.ID))
		k.step()
		if f := k.inState(Filed); len(f) != 1 || f[0].Decided != "Lena" {
			t.Errorf("released: %+v", f)
		}
		if err := k.Release(t.Context(), k.lead.Caller(), last.ID); !errs.Is(err, errs.Conflict) {
			t.Errorf("released twice: %v", err)
		}
	})
}

// TestForgedMember: a mail that says it is from a member of the team, without
// their signature, is held back.
func TestForgedMember(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		k.get(plain("dana@example.net", "x", "hello"))
		called := k.to("lena@example.org")
		_, addr, _ := strings.Cut(header(t, called[0], "Reply-To"), "<")
		k.get(plain("lena@example.org", "x", "publish it now"), strings.TrimSuffix(addr, ">"))
		if q := k.inState(Quarantined); len(q) != 1 || !strings.Contains(q[0].Why, "signed") {
			t.Errorf("held back: %+v", q)
		}
	})
}

// TestKeptBeforeJudged: what cannot be worked on now is kept all the same.
func TestKeptBeforeJudged(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		ctx, cancel := context.WithCancel(t.Context())
		raw := plain("dana@example.net", "x", "hello")
		k.must(k.Keep(ctx, Envelope{By: "smtp", To: []string{"security@example.org"}}, raw))
		cancel()
		if err := k.Keep(ctx, Envelope{By: "smtp", To: []string{"security@example.org"}}, plain("a@example.net", "y", "z")); !errors.Is(err, context.Canceled) {
			t.Errorf("kept without a database: %v", err)
		}
		if got := k.inState(Received); len(got) != 1 {
			t.Errorf("received: %+v", got)
		}
		for _, trace := range []string{"", "Received: by us; 10:00\r\n", "Received: by us; 10:01\r\n"} { // who heard no 250 sends it again
			k.must(k.Keep(t.Context(), Envelope{By: "smtp", To: []string{"security@example.org"}, Trace: len(trace)}, append([]byte(trace), raw...)))
		}
		k.step()
		if got := k.inState(Filed); len(got) != 1 {
			t.Errorf("filed: %+v", got)
		}
	})
}

func TestEveryEventInEveryState(t *testing.T) {
	t.Parallel()
	for _, s := range States {
		for _, e := range events {
			to, err := s.step(e)
			want, ok := moves[s][e]
			if ok != (err == nil) || (ok && to != want) || (!ok && (to != s || !errs.Is(err, errs.Conflict))) {
				t.Errorf("%s, %s: %s, %v", s, e, to, err)
			}
		}
	}
}
