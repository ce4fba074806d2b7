package mail

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/base/jobs"
	"steward/internal/cvd"
)

// TestRelayTakenAway: letters that find no relay any more wait for one, are not
// tried and not given up, and people see that; then they go out.
func TestRelayTakenAway(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		k.must(k.Keep(t.Context(), Envelope{By: "smtp", To: []string{"security@example.org"}}, plain("Dana <dana@example.net>", "A hole", "It overflows.")))
		only := &jobs.Runner{Queue: k.Jobs, Workers: k.Workers()[:1]}
		if _, err := only.Step(t.Context()); err != nil { // the mail is taken, and the letters of it are put
			t.Fatal(err)
		}
		k.must(d.Write(t.Context(), func(tx *db.Tx) error {
			return k.PostMemo(t.Context(), tx, Memo{Key: "a", To: "lena@example.org", Subject: "A memo", Text: "Words.\n"})
		}))
		send, now := k.Send, time.Now()
		k.Send, k.Cases.Post = nil, nil
		k.Jobs.Clock = func() time.Time { return now }
		without := &jobs.Runner{Queue: k.Jobs, Workers: k.Workers()}
		for range 30 {
			now = now.Add(24 * time.Hour)
			if n, err := without.Step(t.Context()); n != 0 || err != nil {
				t.Fatalf("%d attempts without a relay, %v", n, err)
			}
		}
		wait := func(list []Delivery, want int) {
			t.Helper()
			if len(list) != want {
				t.Errorf("%d letters are shown, want %d", len(list), want)
			}
			for _, l := range list {
				if l.State != Delayed || l.Problem != noRelay || l.Attempts != 0 || !l.Next.IsZero() || l.Stuck() {
					t.Errorf("a letter that waits for a relay: %+v", l)
				}
			}
		}
		list, err := k.Troubled(t.Context(), k.lead.Caller())
		k.must(err)
		wait(list, 3)
		list, err = k.Deliveries(t.Context(), k.lead.Caller(), k.inState(Filed)[0].Case)
		k.must(err)
		wait(list, 2)

		k.Send = send
		again := &jobs.Runner{Queue: k.Jobs, Workers: k.Workers()}
		if n, err := again.Step(t.Context()); n != 3 || err != nil || len(k.out) != 3 {
			t.Errorf("%d attempts and %d letters with a relay again, %v", n, len(k.out), err)
		}
		if list, err = k.Troubled(t.Context(), k.lead.Caller()); len(list) != 0 || err != nil {
			t.Errorf("in trouble then: %+v, %v", list, err)
		}
	})
}

// TestImportOfLongAgo: an import that is quiet writes to no sender, and tells the
// team; any other gives the receipt.
func TestImportOfLongAgo(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		for _, quiet := range []bool{true, false} {
			raw := plain("Dana <dana@example.net>", fmt.Sprint("A hole ", quiet), "It overflows.")
			_, err := k.Import(t.Context(), k.lead.Caller(), raw, quiet)
			k.must(err)
			k.step()
			want := 1
			if quiet {
				want = 0
			}
			if n, team := len(k.to("dana@example.net")), len(k.to("lena@example.org")); n != want || team != 1 {
				t.Errorf("quiet %t: %d receipts, %d letters to the team", quiet, n, team)
			}
		}
		// Who is answered gets the answer.
		filed := k.inState(Filed)
		for _, m := range filed {
			_, err := k.Cases.Message(t.Context(), k.lead.Caller(), m.Case, "", cvd.Letter{Body: "An answer"})
			k.must(err)
		}
		k.step()
		if n := len(k.to("dana@example.net")); len(filed) != 2 || n != 2 {
			t.Errorf("%d cases, %d answers", len(filed), n)
		}
	})
}

// TestListInOneMicrosecond: what came at the same time is listed once and whole,
// over several pages.
func TestListInOneMicrosecond(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		now := time.Now()
		k.Clock = func() time.Time { return now }
		const many = 2*PageSize + 7
		for n := range many {
			if n == many-3 {
				now = now.Add(time.Microsecond)
			}
			k.must(k.Keep(t.Context(), Envelope{By: "smtp"}, plain("d@example.net", fmt.Sprint(n), "x")))
		}
		var ids []string
		for before, more := "", true; more; {
			list, rest, err := k.List(t.Context(), k.lead.Caller(), Received, before)
			k.must(err)
			if more = rest; more && len(list) != PageSize {
				t.Fatalf("a page of %d", len(list))
			}
			for _, m := range list {
				ids, before = append(ids, m.ID), m.Place()
			}
		}
		slices.Sort(ids)
		if all := len(ids); all != many || len(slices.Compact(ids)) != many {
			t.Errorf("%d of %d mails are listed", all, many)
		}
		for _, bad := range []string{"x", "-", "12", "0-" + ids[0], "12-", "12-x", ids[0]} {
			if _, _, err := k.List(t.Context(), acl.Caller{Role: acl.Lead}, Received, bad); err == nil {
				t.Errorf("%q is a place", bad)
			}
		}
	})
}
