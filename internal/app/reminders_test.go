package app_test

import (
	"context"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"steward/internal/account"
	"steward/internal/app"
	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/config"
	"steward/internal/mail"
	"steward/internal/predisclosure"
)

// memos are the letters that wait, in any order.
func memos(t *testing.T, a *app.App) (all []mail.Memo) {
	t.Helper()
	err := a.DB.Read(t.Context(), func(q db.Queryer) error {
		list, err := a.Jobs.OfScope(t.Context(), q, "memo", 100)
		for _, s := range list {
			var m mail.Memo
			body, err := a.Jobs.Body(t.Context(), q, s.ID)
			if err != nil {
				return err
			}
			if err := json.Unmarshal(body, &m); err != nil {
				return err
			}
			all = append(all, m)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestRemind: each letter goes out once, whenever and however often it is
// looked for, and says nothing of what the organisation wrote in confidence.
func TestRemind(t *testing.T) {
	t.Parallel()
	dir, at := app.Dir(filepath.Join(t.TempDir(), "data")), &clock{at: time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC)}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(app.Init(dir, config.Answers{Team: "The Example team", Email: "security@example.org", BaseURL: "http://localhost:8080"}, at.now()))
	a, err := app.Open(t.Context(), dir, app.Options{Clock: at.now})
	must(err)
	t.Cleanup(func() { must(a.Close()) })
	a.Mail.Send = func(context.Context, string, string, []byte, func() error) error { return nil }
	user := func(name string, role acl.Role) acl.Caller {
		u, err := a.Accounts.AddUser(t.Context(), account.Operator(), account.Profile{Name: name, Role: role})
		must(err)
		return u.Caller()
	}
	lead, handler, ann := user("Lena", acl.Lead), user("Hana", acl.Handler), user("Ann", "")
	l := predisclosure.DefaultList()
	l.Open = true
	_, err = a.Lists.CreateList(t.Context(), lead, l)
	must(err)
	ack, err := a.Lists.Apply(t.Context(), acl.Nobody(), l.ID, predisclosure.Application{
		Token: "a-token-of-one-wish", Organisation: "Canary Linux", Product: "Canary", Available: "https://canary.example", Why: "CONFIDENTIAL", Users: "x", Ships: "x",
		SecurityPage: "https://canary.example/s", Zone: "UTC", Agreement: 1, AcceptedBy: "Ann",
		Contacts: []predisclosure.Applicant{
			{Name: "Ann", Email: "ann@canary.example", Key: string(a.Signer.PublicKey())}, {Name: "Bo", Email: "bo@canary.example", Key: string(a.Signer.PublicKey())},
		},
	})
	must(err)
	must(a.Lists.Vet(t.Context(), lead, ack.Reference, ""))
	must(a.Lists.Vet(t.Context(), handler, ack.Reference, ""))
	v, err := a.Lists.Member(t.Context(), lead, ack.Reference)
	must(err)
	must(a.Lists.LinkContact(t.Context(), lead, v.ID, v.Contacts[0].ID, ann.ID))

	want := 2 // they are told that they are members
	for _, m := range memos(t, a) {
		if m.PGPKey == "" || !strings.Contains(m.Text, "Canary Linux is on the list “Distributors” of The Example team now.") {
			t.Errorf("a letter is %+v", m)
		}
	}
	for _, step := range []struct {
		days int // after the first
		more int // letters
	}{{1, 0}, {300, 0}, {306, 2}, {310, 0}, {340, 2}, {360, 2}, {364, 2}, {366, 2}, {500, 0}} {
		at.set(time.Date(2026, 3, 3, 12, 0, 0, 0, time.UTC).AddDate(0, 0, step.days))
		for range 2 {
			must(app.Remind(a, t.Context()))
		}
		want += step.more
		if got := len(memos(t, a)); got != want {
			t.Fatalf("on day %d there are %d letters, want %d", step.days, got, want)
		}
	}
	signIns := 0
	for _, m := range memos(t, a) {
		if strings.Contains(m.Text, "CONFIDENTIAL") || m.PGPKey == "" || !strings.HasSuffix(m.To, "@canary.example") || !strings.Contains(m.Text, "“Distributors”") {
			t.Errorf("a letter is %+v", m)
		}
		if strings.Contains(m.Text, "http://localhost:8080/team/membership") {
			signIns++
		}
	}
	if signIns != (want-2)/2 {
		t.Errorf("%d letters lead to a page that their reader can open, want %d", signIns, (want-2)/2)
	}

	for _, step := range []struct {
		do   func(context.Context, acl.Caller, string, string) error
		want string
	}{{a.Lists.Suspend, "is suspended from"}, {a.Lists.Restore, "is again a member of"}, {a.Lists.Remove, "is no longer on"}} {
		must(step.do(t.Context(), lead, ack.Reference, "The reason for "+step.want))
		n := 0
		for _, m := range memos(t, a) {
			if !strings.Contains(m.Text, "Canary Linux "+step.want) {
				continue
			}
			n++
			if strings.Contains(m.Text, "The reason for "+step.want) != (m.PGPKey != "") {
				t.Errorf("the letter says the reason, or not, against its key: %+v", m)
			}
		}
		if n != 2 {
			t.Errorf("%d letters say that it %s the list", n, step.want)
		}
	}
}
