package mailtrial

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/db/dbtest"
	"steward/internal/base/trial"
	"steward/internal/mail"
)

// letter is a mail that somebody sends until they are told 250.
type letter struct {
	subject string
	raw     []byte
	doubts  int // times that the connection broke
	acked   bool
}

// TestKillsIn kills the server at random moments while mails come in from
// several senders at once, who send again what they heard no answer to. What
// they were told 250 for is there afterwards, byte for byte, and is one case;
// nothing is there by halves.
func TestKillsIn(t *testing.T) {
	t.Parallel()
	for _, engine := range dbtest.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			kills := trial.Setting(t, "STEWARD_MAIL_KILLS", 5)
			o := newOffice(t, plan{engine: engine, speed: 1000})
			var stop atomic.Bool
			var acked atomic.Int64
			var mu sync.Mutex
			var all []*letter
			var senders sync.WaitGroup
			for s := range 6 {
				senders.Go(func() {
					for i := 0; !stop.Load(); i++ {
						l := newLetter(s, i)
						mu.Lock()
						all = append(all, l)
						mu.Unlock()
						for !l.acked && !l.deliver(o, s) {
							time.Sleep(5 * time.Millisecond)
						}
						acked.Add(1)
					}
				})
			}
			for i := range kills {
				o.start()
				enough := acked.Load() + 1 + rand.Int64N(12)
				o.await("more mails were taken", func() bool { return acked.Load() >= enough })
				time.Sleep(time.Duration(rand.IntN(30)) * time.Millisecond)
				o.kill()
				if (i+1)%20 == 0 {
					t.Logf("%d kills", i+1)
				}
			}
			stop.Store(true)
			o.start()
			senders.Wait()
			o.settle()
			o.kill()
			o.allThere(all, kills)
		})
	}
}

func newLetter(sender, n int) *letter {
	l := &letter{subject: fmt.Sprintf("Hole %d of sender %d", n, sender)}
	body := strings.Repeat(fmt.Sprintf("Words of %s.\r\n", l.subject), 1+rand.IntN(2000))
	l.raw = fmt.Appendf(nil, "From: Sender <s%d@people.test>\r\nTo: security@example.org\r\nSubject: %s\r\nMessage-ID: <%d.%d@people.test>\r\n\r\n%s",
		sender, l.subject, n, sender, body)
	return l
}

// deliver sends it once. The sender has many addresses, as one sends no more
// than a few hundred mails an hour from one.
func (l *letter) deliver(o *office, sender int) bool {
	a := send(o.smtp, fmt.Sprintf("127.%d.%d.1", 1+sender, rand.IntN(200)), "EHLO", o.email, l.raw)
	switch a.code {
	case 250:
		l.acked = true
	case broken:
		l.doubts++
	}
	return l.acked
}

// allThere holds what is kept against what was sent.
func (o *office) allThere(all []*letter, kills int) {
	t, ctx := o.t, o.t.Context()
	t.Helper()
	kept := map[string][]mail.Mail{}
	before := ""
	for {
		list, more, err := o.Mail.List(ctx, o.lead.Caller(), mail.Filed, before)
		o.must(err)
		for _, m := range list {
			kept[m.Subject] = append(kept[m.Subject], m)
			before = m.Place()
		}
		if !more {
			break
		}
	}
	n, err := o.Mail.Counts(ctx, o.lead.Caller())
	o.must(err)
	lost, twice, half, doubts := 0, 0, 0, 0
	cases := map[string]bool{}
	for _, l := range all {
		doubts += l.doubts
		got := kept[l.subject]
		switch {
		case len(got) == 0:
			lost++
			continue
		case len(got) > 1:
			twice++
		}
		raw, _, err := o.Mail.Raw(ctx, o.lead.Caller(), got[0].ID)
		if err != nil || !bytes.HasSuffix(raw, l.raw) || cases[got[0].Case] {
			half++
			continue
		}
		cases[got[0].Case] = true
	}
	p, err := o.Cases.Pulse(ctx, acl.Myself())
	o.must(err)
	t.Logf("%d mails, %d kills, %d connections broken: %d lost, %d twice, %d half; mails %v, %d reports", len(all), kills, doubts, lost, twice, half, n, p.Reports)
	if lost+twice+half > 0 || n[mail.Filed] != len(all) || len(n) != 1 || p.Reports != len(all) || len(all) < kills {
		t.Error("what was acknowledged is not there as it was sent")
	}
}
