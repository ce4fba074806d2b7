package subscribe

import (
	"errors"
	"testing"
	"time"

	"steward/internal/advisory"
	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/base/errs"
	"steward/internal/base/jobs"
)

// TestNothingToWhoHasEnded: what was put for someone is not sent once they have
// ended it, or when it is no longer what they wait for.
func TestNothingToWhoHasEnded(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx, nobody := newWorld(t, d), t.Context(), acl.Nobody()
		w.fanOut()
		_, keep := w.subscribed(Wish{Address: "ada@example.org"})
		w.subscribed(Wish{Address: "bob@example.org"})
		w.release(sample("SEC-2026-0001", advisory.High, "libquill"))
		if n := w.fanOut(); n != 2 {
			t.Fatalf("%d jobs", n)
		}
		want(t, "ending", w.End(ctx, nobody, keep), "")
		if mails := w.step(); len(mails) != 1 || mails[0].To != "bob@example.org" {
			t.Errorf("%+v", mails)
		}

		// A letter that another has replaced stays here.
		w.refuse = func(Mail) error { return errors.New("451 later") }
		want(t, "asking", w.Ask(ctx, nobody, Wish{Address: "eve@example.org"}), "")
		w.step()
		w.watch.Move(time.Hour)
		w.refuse = nil
		want(t, "asking again", w.Ask(ctx, nobody, Wish{Address: "eve@example.org", Prenotices: true}), "")
		mails := w.step()
		if len(mails) != 1 || !must(w.View(ctx, nobody, tokenIn(t, mails[0]))).Prenotices {
			t.Errorf("%+v", mails)
		}

		// One whose holder has confirmed, or said no, by another way.
		want(t, "asking", w.Ask(ctx, nobody, Wish{Address: "may@example.org"}), "")
		sub, _, err := func() (s Subscription, known bool, err error) {
			err = d.Read(ctx, func(q db.Queryer) error {
				s, known, err = find(ctx, q, "lookup", lookupOf(w.Keys, "may@example.org"))
				return err
			})
			return s, known, err
		}()
		want(t, "finding it", err, "")
		want(t, "ending", w.End(ctx, nobody, makeToken(w.Keys, toConfirm, sub.ID, sub.round)), "")
		if mails := w.step(); len(mails) != 0 {
			t.Errorf("%+v", mails)
		}
		want(t, "sweeping", w.Sweep(ctx, acl.Myself()), "")
		if len(w.step()) != 0 {
			t.Error("something was sent anew")
		}
	})
}

// TestTriedAgainUnderTheSameName: a letter that did not go out is the same one
// at the next attempt.
func TestTriedAgainUnderTheSameName(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.fanOut()
		sub, keep := w.subscribed(Wish{Address: "ada@example.org"})
		var tried []Mail
		w.refuse = func(m Mail) error {
			if tried = append(tried, m); len(tried) == 1 {
				return jobs.Temporary("the relay is away", nil)
			}
			return nil
		}
		w.release(sample("SEC-2026-0001", advisory.High, "libquill"))
		w.fanOut()
		w.step()
		w.watch.Move(time.Minute)
		w.step()
		if len(tried) != 2 || tried[0] != tried[1] || tried[0].Job == "" {
			t.Errorf("%+v", tried)
		}
		if got := must(w.View(t.Context(), acl.Nobody(), keep)); got.State != Confirmed || got.ID != sub.ID {
			t.Errorf("a passing failure counted: %+v", got)
		}
	})
}

// TestReturned: a letter that came back finds its subscription by its job; a
// job that is no letter of ours, or has been forgotten, is no mistake.
func TestReturned(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d), t.Context()
		want(t, "asking", w.Ask(ctx, acl.Nobody(), Wish{Address: "ada@example.org"}), "")
		mails := w.step()
		if len(mails) != 1 || !db.ValidID(mails[0].Job) || !mails[0].Date.Equal(w.now()) {
			t.Fatalf("%+v", mails)
		}
		bounced := func() int {
			return must(w.Figures(ctx, acl.Caller{Role: acl.Lead})).Subscriptions[Bounced]
		}
		want(t, "a stranger's", w.Returned(ctx, acl.Nobody(), mails[0].Job, true), errs.NotFound)
		want(t, "late", w.Returned(ctx, acl.Myself(), mails[0].Job, false), "")
		want(t, "of no job", w.Returned(ctx, acl.Myself(), db.NewID(w.Rand), true), "")
		want(t, "of nonsense", w.Returned(ctx, acl.Myself(), "x", true), "")
		if bounced() != 0 {
			t.Error("ended for nothing")
		}
		want(t, "for good", w.Returned(ctx, acl.Myself(), mails[0].Job, true), "")
		want(t, "twice", w.Returned(ctx, acl.Myself(), mails[0].Job, true), "")
		if bounced() != 1 {
			t.Error("the bounce found no subscription")
		}
		w.watch.Move(keepEnded)
		want(t, "sweeping", w.Sweep(ctx, acl.Myself()), "")
		want(t, "of what is gone", w.Returned(ctx, acl.Myself(), mails[0].Job, true), "")
	})
}
