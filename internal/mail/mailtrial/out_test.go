package mailtrial

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/base/jobs"
	"steward/internal/base/trial"
	"steward/internal/intake"
	"steward/internal/mail"
	"steward/internal/mail/mailtest"
)

// TestKillsOut kills the server at random moments while letters go out to a
// server that puts off, breaks off and forgets to answer. Every letter comes
// to its reader; one that comes again is the same letter, with the same
// Message-ID, so that mail programs show it once, and it comes twice at most.
//
// A letter comes again when the process or the connection ended between the
// other server's taking it and our writing that down. So each break of that
// kind brings one letter once more, and each kill at most as many as go out at
// the same time, eight. A letter that this befalls twice is in the list of those
// in trouble, whether it has arrived or not.
func TestKillsOut(t *testing.T) {
	t.Parallel()
	for _, engine := range dbtest.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			kills, n := trial.Setting(t, "STEWARD_MAIL_KILLS", 5), trial.Setting(t, "STEWARD_MAIL_LETTERS", 400)
			sink := mailtest.Sink(t, mailtest.SinkOptions{})
			doubts := misbehave(sink, n)
			o := newOffice(t, plan{engine: engine, relay: sink.Addr, speed: 1000})
			o.post(n)
			posted := db.Micros(o.clock.now()) // later, the clocks of the cases bring letters of their own
			for i := range kills {
				o.start()
				wait := len(sink.Messages()) + 1 + rand.IntN(n/(kills+2))
				o.await("more letters are out", func() bool { return len(sink.Messages()) >= min(wait, n) })
				time.Sleep(time.Duration(rand.IntN(20)) * time.Millisecond)
				o.kill()
				if (i+1)%20 == 0 {
					t.Logf("%d kills, %d letters", i+1, len(sink.Messages()))
				}
			}
			o.start()
			o.settle()
			o.kill()
			o.judge(sink, posted, n, kills, doubts)
		})
	}
}

// misbehave makes one message in ten fail, each in one of the ways, and gives
// how many of those can bring a letter twice.
func misbehave(sink *mailtest.Server, n int) (doubts int) {
	faults := []mailtest.Fault{
		{At: mailtest.AtMail, Code: 451}, {At: mailtest.AtRcpt, Code: 450}, {At: mailtest.AtData, Code: 451}, {At: mailtest.AtMail, Code: 421},
		{At: mailtest.AtData, Drop: mailtest.DropHalf}, {At: mailtest.AtData, Drop: mailtest.DropLost},
		{At: mailtest.AtData, Drop: mailtest.DropKept}, {At: mailtest.AtData, Drop: mailtest.DropAfter},
	}
	for i := range n / 10 {
		f := faults[i%len(faults)]
		if f.Drop == mailtest.DropKept {
			doubts++
		}
		sink.Fail(10*i+1+rand.IntN(10), f)
	}
	return doubts
}

// post posts letters: one in ten is of a case, half of the others are
// encrypted to one of four keys.
func (o *office) post(n int) {
	o.t.Helper()
	ctx := o.t.Context()
	people := []*mailtest.Person{
		mailtest.NewPerson(o.t, "Ada", "ada@people.test", mailtest.CV25519), mailtest.NewPerson(o.t, "Bo", "bo@people.test", mailtest.CV25519),
	}
	var keys []string
	for _, p := range people {
		keys = append(keys, string(p.PublicKey()))
	}
	for i := range n / 20 { // each a receipt and a letter to who is on call
		o.report(fmt.Sprintf("r%d@people.test", i), keys[i%2])
	}
	rest := n - o.counts()[jobs.Waiting]
	o.must(o.DB.Write(ctx, func(tx *db.Tx) error {
		for i := range rest {
			m := mail.Memo{Key: fmt.Sprint(i), To: fmt.Sprintf("m%d@people.test", i), Subject: "A memo", Text: strings.Repeat("Words.\n", 300)}
			if i%2 == 0 {
				m.PGPKey = keys[i%4/2]
			}
			if err := o.Mail.PostMemo(ctx, tx, m); err != nil {
				return err
			}
		}
		return nil
	}))
	if got := o.counts(); got[jobs.Waiting] != n {
		o.t.Fatalf("%d letters are to go out: %v", n, got)
	}
}

// report files a report that came by mail.
func (o *office) report(from, key string) intake.Receipt {
	o.t.Helper()
	env, err := o.Cases.NewReport(o.t.Context(), acl.Nobody())
	o.must(err)
	r, err := o.Cases.Receive(o.t.Context(), acl.Nobody(), env, intake.Submission{
		Token: strings.Repeat("t", 10) + strings.Map(word, from), Channel: intake.Mail, Summary: "A hole", What: "It overflows.",
		Reporter: intake.Reporter{Name: "Ada", Contact: from}, Credit: intake.Credit{Want: intake.CreditLater}, PGPKey: key,
	}, nil)
	o.must(err)
	return r
}

func word(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
		return r
	}
	return '-'
}

// judge holds what the other server has against what was to go out.
func (o *office) judge(sink *mailtest.Server, posted int64, n, kills, doubts int) {
	t := o.t
	t.Helper()
	wanted, later, waits := map[string]bool{}, map[string]bool{}, map[string]bool{}
	o.must(o.DB.Read(t.Context(), func(q db.Queryer) error {
		troubled, err := o.Jobs.Troubled(t.Context(), q, n, 1)
		if err != nil {
			return err
		}
		for _, s := range troubled {
			if s.State == jobs.Failed && strings.Contains(s.Problem, "once or twice") {
				waits["<"+s.ID+"@"+o.Config.Mail.Host+">"] = true
			}
		}
		rows, err := q.Query(t.Context(), "SELECT id, state, created_at FROM jobs")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id, state string
			var created int64
			if err := rows.Scan(&id, &state, &created); err != nil {
				return err
			}
			id = "<" + id + "@" + o.Config.Mail.Host + ">"
			if created > posted {
				later[id] = true
				continue
			}
			if wanted[id] = true; state != string(jobs.Done) && !waits[id] {
				t.Errorf("a letter is %s", state)
			}
		}
		return rows.Err()
	}))
	copies, reader := map[string]int{}, map[string]string{}
	for _, m := range sink.Messages() {
		id := m.Header("Message-Id")
		copies[id]++
		if !wanted[id] && !later[id] {
			t.Errorf("a letter %q that nobody posted", id)
		}
		if to := strings.Join(m.To, " "); reader[id] == "" {
			reader[id] = to
		} else if reader[id] != to {
			t.Errorf("letter %s went to %s and to %s", id, reader[id], to)
		}
	}
	lost, again, most := 0, 0, 1
	for id := range wanted {
		if copies[id] == 0 && !waits[id] {
			lost++
		}
		again += max(copies[id]-1, 0)
	}
	for _, n := range copies {
		most = max(most, n)
	}
	t.Logf("%d letters, %d kills, %d answers lost by the network: %d lost, %d came again, none more than %d times, %d wait for a person",
		n, kills, doubts, lost, again, most, len(waits))
	if lost > 0 || len(wanted) != n {
		t.Errorf("%d of %d letters are lost", lost, len(wanted))
	}
	if again > doubts+8*kills || most > 2 || len(waits) > doubts+8*kills {
		t.Errorf("%d letters came again, one %d times", again, most)
	}
}
