package subscribe

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"steward/internal/advisory"
	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/base/errs"
	"steward/internal/base/jobs"
)

func TestDoubleOptIn(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx, nobody := newWorld(t, d), t.Context(), acl.Nobody()
		wish := Wish{Address: "Ada@example.org", Products: []string{"quill server", "LIBQUILL", "libquill"}, Prenotices: true}
		first := w.ask(wish)
		sub, err := w.View(ctx, nobody, first)
		if err != nil || sub.State != Asked || sub.Address != "Ada@example.org" || !slices.Equal(sub.Products, site.Products) ||
			sub.Least != advisory.Low || !sub.Prenotices || !sub.Confirmed.IsZero() {
			t.Fatalf("asked: %+v, %v", sub, err)
		}
		if Keeps(first) || first[0] != byte(toConfirm) {
			t.Error("the first letter holds the token that keeps")
		}
		w.release(sample("SEC-2026-0001", advisory.High, "libquill"))
		if w.fanOut(); len(w.step()) != 0 {
			t.Error("a notice went out that nobody confirmed")
		}
		w.watch.Move(time.Minute)
		for range 2 {
			sub, err = w.Confirm(ctx, nobody, first)
			if err != nil || sub.State != Confirmed || !sub.Confirmed.Equal(w.now()) || sub.Address != "Ada@example.org" {
				t.Fatalf("confirmed: %+v, %v", sub, err)
			}
		}
		w.release(sample("SEC-2026-0002", advisory.High, "libquill"))
		w.fanOut()
		mails := w.step()
		if len(mails) != 1 || mails[0].To != "Ada@example.org" || mails[0].Subscription != sub.ID || mails[0].Job == "" {
			t.Fatalf("notices: %+v", mails)
		}
		keep := tokenIn(t, mails[0])
		if mails[0].UnsubscribeURL != site.Token(keep) || !Keeps(keep) {
			t.Errorf("unsubscribe at %s", mails[0].UnsubscribeURL)
		}
		want(t, "confirming with the other token", second(w.Confirm(ctx, nobody, keep)), errs.NotFound)
		want(t, "changing with the other token", second(w.Change(ctx, nobody, first, Wish{})), errs.NotFound)
		want(t, "changing to a product that there is not", second(w.Change(ctx, nobody, keep, Wish{Products: []string{"spam"}})), errs.Invalid)
		sub, err = w.Change(ctx, nobody, keep, Wish{Least: advisory.Critical})
		if err != nil || sub.Least != advisory.Critical || len(sub.Products) != 0 || sub.Prenotices || sub.State != Confirmed || sub.Address == "" {
			t.Errorf("changed: %+v, %v", sub, err)
		}
		before := w.entries()
		for range 2 {
			want(t, "ending", w.End(ctx, nobody, keep), "")
		}
		if n := w.entries() - before; n != 1 {
			t.Errorf("ending twice left %d entries", n)
		}
		sub, err = w.View(ctx, nobody, keep)
		if err != nil || sub.State != Ended || sub.Address != "" {
			t.Errorf("ended: %+v, %v", sub, err)
		}
		want(t, "confirming what has ended", second(w.Confirm(ctx, nobody, first)), errs.Conflict)
		want(t, "changing what has ended", second(w.Change(ctx, nobody, keep, Wish{})), errs.Conflict)
	})
}

func second[T any](_ T, err error) error { return err }

// TestAskTellsNothing: whoever asks learns nothing of who is subscribed, and
// changes nothing of it.
func TestAskTellsNothing(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d), t.Context()
		_, keep := w.subscribed(Wish{Address: "ada@example.org", Least: advisory.High})
		w.watch.Move(2 * time.Hour)
		for _, address := range []string{"ada@example.org", "ADA@example.org", "eve@example.org"} {
			if err := w.Ask(ctx, acl.Nobody(), Wish{Address: address, Prenotices: true}); err != nil {
				t.Errorf("%s: %v", address, err)
			}
		}
		mails := w.step()
		slices.SortFunc(mails, func(a, b Mail) int { return strings.Compare(a.To, b.To) })
		if len(mails) != 2 || mails[0].To != "ada@example.org" || mails[1].To != "eve@example.org" {
			t.Fatalf("letters: %+v", mails)
		}
		if tokenIn(t, mails[0]) != keep || tokenIn(t, mails[1])[0] != byte(toConfirm) {
			t.Error("the letters hold other links than they should")
		}
		if sub, err := w.View(ctx, acl.Nobody(), keep); err != nil || sub.Prenotices || sub.Least != advisory.High || sub.State != Confirmed {
			t.Errorf("a stranger changed it: %+v, %v", sub, err)
		}
	})
}

func TestLettersAreFew(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d), t.Context()
		var at []time.Duration
		var tokens []string
		for passed := time.Duration(0); passed < 48*time.Hour; passed += 10 * time.Minute {
			if token := w.ask(Wish{Address: "ada@example.org", Prenotices: len(tokens) == 1}); token != "" {
				at, tokens = append(at, passed), append(tokens, token)
			}
			w.watch.Move(10 * time.Minute)
		}
		if len(at) != 6 {
			t.Fatalf("letters after %v", at)
		}
		for i := range at {
			if i > 0 && at[i]-at[i-1] < time.Hour || i > 2 && at[i]-at[i-3] < 24*time.Hour {
				t.Errorf("letters after %v", at)
			}
		}
		// Each letter confirms what it says, and so only the newest does.
		for i, token := range tokens {
			kind := errs.NotFound
			if i == len(tokens)-1 {
				kind = ""
			}
			want(t, fmt.Sprint("letter ", i), second(w.View(ctx, acl.Nobody(), token)), kind)
		}
		for i := range lettersPerHour {
			if err := w.Ask(ctx, acl.Nobody(), Wish{Address: fmt.Sprintf("a%d@example.org", i)}); err != nil {
				t.Fatalf("person %d: %v", i, err)
			}
		}
		for _, address := range []string{"new@example.org", "a1@example.org"} {
			want(t, "one more: "+address, w.Ask(ctx, acl.Nobody(), Wish{Address: address}), errs.Unavailable)
		}
		w.watch.Move(time.Hour)
		want(t, "an hour later", w.Ask(ctx, acl.Nobody(), Wish{Address: "new@example.org"}), "")
	})
}

func TestUnconfirmedExpire(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx, nobody := newWorld(t, d), t.Context(), acl.Nobody()
		token := w.ask(Wish{Address: "ada@example.org"})
		_, keep := w.subscribed(Wish{Address: "bob@example.org"})
		w.watch.Move(Unconfirmed - time.Second)
		want(t, "sweeping", w.Sweep(ctx, acl.Myself()), "")
		want(t, "a second before", second(w.View(ctx, nobody, token)), "")
		w.watch.Move(time.Second)
		want(t, "confirming too late", second(w.Confirm(ctx, nobody, token)), errs.NotFound)
		want(t, "sweeping", w.Sweep(ctx, acl.Myself()), "")
		want(t, "the confirmed one", second(w.View(ctx, nobody, keep)), "")
		if f, err := w.Figures(ctx, acl.Caller{Role: acl.Lead}); err != nil || f.Subscriptions[Asked] != 0 || f.Subscriptions[Confirmed] != 1 {
			t.Errorf("%+v, %v", f, err)
		}
		want(t, "ending", w.End(ctx, nobody, keep), "")
		w.watch.Move(keepEnded)
		want(t, "sweeping", w.Sweep(ctx, acl.Myself()), "")
		if f, err := w.Figures(ctx, acl.Caller{Role: acl.Lead}); err != nil || len(f.Subscriptions) != 0 {
			t.Errorf("%+v, %v", f, err)
		}
		want(t, "ending what is long gone", w.End(ctx, nobody, keep), "")
		last := "x"
		if strings.HasSuffix(keep, last) {
			last = "y"
		}
		want(t, "ending with a token of nobody's", w.End(ctx, nobody, keep[:TokenChars-1]+last), errs.NotFound)
	})
}

// TestOldLinksEndTheNewOne: whoever subscribes again can end it by the link in
// an old letter, and an old link does not confirm it.
func TestOldLinksEndTheNewOne(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx, nobody := newWorld(t, d), t.Context(), acl.Nobody()
		old := w.ask(Wish{Address: "ada@example.org"})
		sub, err := w.Confirm(ctx, nobody, old)
		want(t, "confirming", err, "")
		keep := makeToken(w.Keys, toKeep, sub.ID, 0)
		want(t, "ending", w.End(ctx, nobody, keep), "")
		w.watch.Move(2 * time.Hour)
		again := w.ask(Wish{Address: "ada@example.org"})
		want(t, "confirming with the old link", second(w.Confirm(ctx, nobody, old)), errs.NotFound)
		want(t, "confirming", second(w.Confirm(ctx, nobody, again)), "")
		want(t, "ending by the old link", w.End(ctx, nobody, keep), "")
		if sub, err := w.View(ctx, nobody, keep); err != nil || sub.State != Ended {
			t.Errorf("%+v, %v", sub, err)
		}
		w.watch.Move(2 * time.Hour)
		third := w.ask(Wish{Address: "ada@example.org"})
		want(t, "it was not me", w.End(ctx, nobody, third), "")
		if sub, err := w.View(ctx, nobody, keep); err != nil || sub.State != Ended || sub.Address != "" {
			t.Errorf("%+v, %v", sub, err)
		}
	})
}

func TestBounces(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx, nobody := newWorld(t, d), t.Context(), acl.Nobody()
		sub, keep := w.subscribed(Wish{Address: "ada@example.org"})
		state := func() State { return must(w.View(ctx, nobody, keep)).State }
		for day := range maxBounces {
			if state() != Confirmed {
				t.Fatalf("ended on day %d", day)
			}
			for range 5 {
				want(t, "passing", w.Bounced(ctx, acl.Myself(), sub.ID, false), "")
				want(t, "for good", w.Bounced(ctx, acl.Myself(), sub.ID, true), "")
				w.watch.Move(time.Minute)
			}
			w.watch.Move(24 * time.Hour)
		}
		if got := must(w.View(ctx, nobody, keep)); got.State != Bounced || got.Address != "" {
			t.Errorf("%+v", got)
		}
		want(t, "late", w.Bounced(ctx, acl.Myself(), sub.ID, true), "")
		want(t, "of nobody", w.Bounced(ctx, acl.Myself(), db.NewID(w.Rand), true), errs.NotFound)

		// A refusal by the worker counts as well; the first letter's ends it.
		w.refuse = func(Mail) error { return jobs.Permanent("no such mailbox", errors.New("550 5.1.1")) }
		want(t, "asking", w.Ask(ctx, nobody, Wish{Address: "eve@example.org"}), "")
		w.step()
		if f := must(w.Figures(ctx, acl.Caller{Role: acl.Lead})); f.Subscriptions[Bounced] != 2 {
			t.Errorf("%+v", f)
		}
		w.refuse = nil
		want(t, "again", second(w.Confirm(ctx, nobody, w.ask(Wish{Address: "ada@example.org"}))), "")
		if state() != Confirmed {
			t.Error("who asks again gets nothing")
		}
	})
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// TestAddressesAreSealed: no address, no token and no secret is in the database
// or in an error.
func TestAddressesAreSealed(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d), t.Context()
		token := w.ask(Wish{Address: "canary@example.org"})
		sub := must(w.Confirm(ctx, acl.Nobody(), token))
		hook, secret, err := w.AddWebhook(ctx, acl.Caller{ID: "lea", Role: acl.Lead}, HookWish{URL: "https://hooks.example.org/canary-path"})
		want(t, "adding a webhook", err, "")
		w.release(sample("SEC-2026-0001", advisory.High, "libquill"))
		w.refuse = func(m Mail) error { return errors.New("451 canary@example.org: try later") }
		w.fanOut()
		w.step()
		kept := w.everything("subscriptions", "webhooks", "jobs", "audit", "notice_cursor", "seal_keys")
		if !strings.Contains(kept, sub.ID) || !strings.Contains(kept, hook.ID) {
			t.Fatal("the search does not find what is there")
		}
		for name, s := range map[string]string{"address": "canary@", "token": token[1+idChars:], "path": "canary-path",
			"secret": strings.TrimPrefix(secret, secretPrefix), "keep": makeToken(w.Keys, toKeep, sub.ID, 0)[1+idChars:]} {
			if strings.Contains(kept, s) {
				t.Errorf("the %s is in the database", name)
			}
		}
		for _, err := range w.failed {
			if strings.Contains(err.Error(), "canary-path") {
				t.Errorf("for the log: %v", err)
			}
		}
		if printed := fmt.Sprintf("%+v %#v", hook, must(w.Webhooks(ctx, acl.Caller{Role: acl.Lead}))); strings.Contains(printed, strings.TrimPrefix(secret, secretPrefix)) {
			t.Error("a webhook prints its secret")
		}
	})
}
