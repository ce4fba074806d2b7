package mailtrial

import (
	"strings"
	"testing"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/mail"
	"steward/internal/mail/mailtest"
	"steward/internal/subscribe"
)

// four puts one letter of each kind: a receipt, one to who is on call, a memo,
// and one that asks a subscriber to confirm.
func (o *office) four() []string {
	o.t.Helper()
	o.report("dana@people.test", "")
	o.must(o.DB.Write(o.t.Context(), func(tx *db.Tx) error {
		return o.Mail.PostMemo(o.t.Context(), tx, mail.Memo{Key: "1", To: "memo@people.test", Subject: "A memo", Text: "Words.\n"})
	}))
	o.must(o.Subscribers.Ask(o.t.Context(), acl.Nobody(), subscribe.Wish{Address: "sub@people.test"}))
	return []string{"dana@people.test", "lena@people.test", "memo@people.test", "sub@people.test"}
}

// doubtful wants two copies of each letter, the same, and each to wait for a
// person, who then has it tried again.
func (o *office) doubtful(sink *mailtest.Server, people []string) {
	t := o.t
	t.Helper()
	for _, who := range people {
		got := sink.For(who)
		if len(got) != 2 || got[0].Header("Message-Id") != got[1].Header("Message-Id") {
			t.Errorf("%d letters to %s", len(got), who)
		}
	}
	list, err := o.Mail.Troubled(t.Context(), o.lead.Caller())
	o.must(err)
	if len(list) != len(people) {
		t.Errorf("%d letters wait for a person: %+v", len(list), list)
	}
	for _, d := range list {
		if d.State != mail.Failed || !d.Stuck() || !strings.Contains(d.Problem, "once or twice") {
			t.Errorf("a letter that may have arrived is %+v", d)
		}
		o.must(o.Mail.Retry(t.Context(), o.lead.Caller(), d.ID))
	}
	sink.FailAll(mailtest.Fault{})
	o.start()
	o.settle()
	for _, who := range people {
		if got := sink.For(who); len(got) != 3 {
			t.Errorf("%d letters to %s once a person wanted one more", len(got), who)
		}
	}
	if list, err = o.Mail.Troubled(t.Context(), o.lead.Caller()); err != nil || len(list) != 0 {
		t.Errorf("in trouble then: %+v, %v", list, err)
	}
}

// TestNoAnswer: a server that takes each letter and breaks off before it says so
// gets it twice.
func TestNoAnswer(t *testing.T) {
	t.Parallel()
	for _, engine := range dbtest.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			sink := mailtest.Sink(t, mailtest.SinkOptions{})
			sink.FailAll(mailtest.Fault{At: mailtest.AtData, Drop: mailtest.DropKept})
			o := newOffice(t, plan{engine: engine, relay: sink.Addr, speed: 1000})
			people := o.four()
			o.start()
			o.settle()
			time.Sleep(time.Second) // a quarter of an hour: nothing more comes
			o.kill()                // it would try again before the other is mended
			o.doubtful(sink, people)
		})
	}
}

// TestKilledAfterTheDot kills the server three times, each time when the other
// has taken all letters and not answered yet: each is there twice.
func TestKilledAfterTheDot(t *testing.T) {
	t.Parallel()
	for _, engine := range dbtest.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			sink := mailtest.Sink(t, mailtest.SinkOptions{})
			sink.FailAll(mailtest.Fault{At: mailtest.AtData, Drop: mailtest.DropMute})
			o := newOffice(t, plan{engine: engine, relay: sink.Addr, speed: 1000})
			people := o.four()
			for n := range 3 {
				o.start()
				o.await("the letters are there", func() bool { return len(sink.Messages()) >= min(n+1, 2)*len(people) })
				time.Sleep(200 * time.Millisecond)
				o.kill()
			}
			o.doubtful(sink, people)
		})
	}
}
