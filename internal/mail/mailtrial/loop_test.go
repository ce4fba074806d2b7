package mailtrial

import (
	"testing"
	"time"

	"steward/internal/base/trial"
	"steward/internal/cvd"
	"steward/internal/mail"
	"steward/internal/mail/mailtest"
)

// TestLoops lets two offices write to each other, each taking the other for a
// reporter: whoever begins, it ends after a few letters, and what ended it is
// there to be seen.
func TestLoops(t *testing.T) {
	t.Parallel()
	at := map[string]string{"a.test": trial.Addr(t), "b.test": trial.Addr(t)}
	mta := mailtest.Postfix(t, mailtest.PostfixOptions{
		Relay:     map[string]string{"a.test": "smtp:" + bracketed(at["a.test"]), "b.test": "smtp:" + bracketed(at["b.test"])},
		Mailboxes: []string{"lena@people.test"},
	})
	a := newOffice(t, plan{engine: "sqlite", email: "security@a.test", relay: mta.Addr, smtp: at["a.test"]})
	b := newOffice(t, plan{engine: "sqlite", email: "security@b.test", relay: mta.Addr, smtp: at["b.test"]})
	a.start()
	b.start()
	raw := []byte("From: security@b.test\r\nTo: security@a.test\r\nSubject: A hole\r\nMessage-ID: <1@b.test>\r\n\r\nIs it yours?\r\n")
	if got := send(mta.Addr, "127.0.0.1", "EHLO", a.email, raw); got.code != 250 {
		t.Fatal(got)
	}
	quiet(t, mta, a, b)
	var case_ string
	for _, m := range list(a, mail.Filed) {
		case_ = m.Case
	}
	// A person at a writes to the reporter, which b takes for a report.
	_, err := a.Cases.Message(t.Context(), a.lead.Caller(), case_, "", cvd.Letter{Body: "No, yours."})
	a.must(err)
	quiet(t, mta, a, b)
	counts := map[string]int{
		"a filed": len(list(a, mail.Filed)), "a aside": len(list(a, mail.SetAside)), "b filed": len(list(b, mail.Filed)), "b aside": len(list(b, mail.SetAside)),
		"a held": len(list(a, mail.Quarantined)), "b held": len(list(b, mail.Quarantined)), "a answered": len(list(a, mail.Answered)),
	}
	n := 0
	for _, c := range counts {
		n += c
	}
	if n < 3 || n > 6 || counts["a filed"] != 1 || counts["b filed"] > 1 {
		t.Errorf("the letters: %v", counts)
	}
	t.Logf("%d letters: %v", n, counts)
}

func list(o *office, state mail.State) []mail.Mail {
	l, _, err := o.Mail.List(o.t.Context(), o.lead.Caller(), state, "")
	o.must(err)
	return l
}

// quiet waits until nothing has been under way for a second.
func quiet(t *testing.T, mta *mailtest.MTA, all ...*office) {
	t.Helper()
	for since := time.Now(); time.Since(since) < time.Second; time.Sleep(20 * time.Millisecond) {
		busy := mta.Queued() > 0
		for _, o := range all {
			for state, n := range o.counts() {
				busy = busy || n > 0 && (state == "waiting" || state == "running")
			}
		}
		if busy {
			since = time.Now()
		}
	}
}
