package subscribe

import (
	"context"
	"fmt"
	"reflect"
	"testing"

	"steward/internal/advisory"
	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/base/errs"
)

// deed is a row: who may call a method, and how it is called on a subject that
// was made for it.
type deed struct {
	see, do acl.Action
	records bool // whether it leaves an entry in the audit record
	call    func(w *world, c acl.Caller, s target) error
}

type target struct {
	token, keep, sub, hook string
	disabled               string // a webhook
}

var deeds = map[string]deed{
	"Ask": {acl.Subscribe, acl.Subscribe, true, func(w *world, c acl.Caller, s target) error {
		return w.Ask(w.t.Context(), c, Wish{Address: s.sub + "@example.com"})
	}},
	"Confirm": {acl.Subscribe, acl.Subscribe, true, func(w *world, c acl.Caller, s target) error { return second(w.Confirm(w.t.Context(), c, s.token)) }},
	"End":     {acl.Subscribe, acl.Subscribe, true, func(w *world, c acl.Caller, s target) error { return w.End(w.t.Context(), c, s.keep) }},
	"View":    {acl.Subscribe, acl.Subscribe, false, func(w *world, c acl.Caller, s target) error { return second(w.View(w.t.Context(), c, s.keep)) }},
	"Change": {acl.Subscribe, acl.Subscribe, true, func(w *world, c acl.Caller, s target) error {
		return second(w.Change(w.t.Context(), c, s.keep, Wish{Least: advisory.High}))
	}},
	"Bounced": {acl.NoticeSend, acl.NoticeSend, false, func(w *world, c acl.Caller, s target) error {
		return w.Bounced(w.t.Context(), c, s.sub, true)
	}},
	"Sweep":  {acl.NoticeSend, acl.NoticeSend, false, func(w *world, c acl.Caller, _ target) error { return w.Sweep(w.t.Context(), c) }},
	"FanOut": {acl.NoticeSend, acl.NoticeSend, false, func(w *world, c acl.Caller, _ target) error { return second(w.FanOut(w.t.Context(), c)) }},
	"Figures": {acl.SubscriberRead, acl.SubscriberRead, false, func(w *world, c acl.Caller, _ target) error {
		return second(w.Figures(w.t.Context(), c))
	}},
	"Webhooks": {acl.SubscriberRead, acl.SubscriberRead, false, func(w *world, c acl.Caller, _ target) error {
		return second(w.Webhooks(w.t.Context(), c))
	}},
	"Webhook": {acl.SubscriberRead, acl.SubscriberRead, false, func(w *world, c acl.Caller, s target) error {
		return second(w.Webhook(w.t.Context(), c, s.hook))
	}},
	"AddWebhook": {acl.SubscriberRead, acl.WebhookEdit, true, func(w *world, c acl.Caller, _ target) error {
		h, _, err := w.AddWebhook(w.t.Context(), c, HookWish{URL: "https://example.org/"})
		if err == nil { // so that there are never too many
			w.write(func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, `DELETE FROM webhooks WHERE id = $1`, h.ID)
				return err
			})
		}
		return err
	}},
	"ChangeWebhook": {acl.SubscriberRead, acl.WebhookEdit, true, func(w *world, c acl.Caller, s target) error {
		return second(w.ChangeWebhook(w.t.Context(), c, s.hook, HookWish{URL: "https://example.org/"}))
	}},
	"DisableWebhook": {acl.SubscriberRead, acl.WebhookEdit, true, func(w *world, c acl.Caller, s target) error {
		return second(w.DisableWebhook(w.t.Context(), c, s.hook))
	}},
	"EnableWebhook": {acl.SubscriberRead, acl.WebhookEdit, true, func(w *world, c acl.Caller, s target) error {
		return second(w.EnableWebhook(w.t.Context(), c, s.disabled))
	}},
	"RotateWebhook": {acl.SubscriberRead, acl.WebhookEdit, true, func(w *world, c acl.Caller, s target) error {
		_, _, err := w.RotateWebhook(w.t.Context(), c, s.hook)
		return err
	}},
	"RemoveWebhook": {acl.SubscriberRead, acl.WebhookEdit, true, func(w *world, c acl.Caller, s target) error {
		return w.RemoveWebhook(w.t.Context(), c, s.hook)
	}},
	"Returned": {acl.NoticeSend, acl.NoticeSend, false, func(w *world, c acl.Caller, _ target) error {
		return w.Returned(w.t.Context(), c, db.NewID(w.Rand), true) // Bounced does the deed
	}},
	"Workers": {}, // gives functions; what they do is Steward's own
}

// TestEveryRoleOverEveryMethod: each method answers each role as the table of
// permissions says, and leaves an entry if it did something.
func TestEveryRoleOverEveryMethod(t *testing.T) {
	t.Parallel()
	methods := reflect.TypeFor[*Store]()
	for i := range methods.NumMethod() {
		if _, ok := deeds[methods.Method(i).Name]; !ok {
			t.Errorf("%s has no row here", methods.Method(i).Name)
		}
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		lead := acl.Caller{ID: "lea", Name: "Lea", Role: acl.Lead}
		n := 0
		for name, row := range deeds {
			if row.call == nil {
				continue
			}
			for _, role := range append(acl.All, "") {
				n++
				s := newTarget(w, lead, name == "Confirm", n)
				kind := errs.NotFound
				switch {
				case acl.Allow(row.do, role):
					kind = ""
				case acl.Allow(row.see, role):
					kind = errs.Denied
				}
				before := w.entries()
				err := row.call(w, acl.Caller{ID: "x", Name: "X", Role: role}, s)
				want(t, fmt.Sprintf("%s as %q", name, role), err, kind)
				expect := int64(0)
				if kind == "" && row.records {
					expect = 1
				}
				if wrote := w.entries() - before; wrote != expect {
					t.Errorf("%s as %q: %d entries, want %d", name, role, wrote, expect)
				}
				for _, id := range []string{s.hook, s.disabled} {
					if err := w.RemoveWebhook(t.Context(), lead, id); err != nil && !errs.Is(err, errs.NotFound) {
						t.Fatal(err)
					}
				}
			}
		}
	})
}

func newTarget(w *world, lead acl.Caller, asked bool, n int) (s target) {
	w.t.Helper()
	s.sub = w.many(1, func(int) Wish { return Wish{Address: fmt.Sprintf("s%d@example.org", n), Least: advisory.Low} })[0]
	if asked {
		w.write(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE subscriptions SET state = 'asked' WHERE id = $1`, s.sub)
			return err
		})
	}
	s.keep, s.token = makeToken(w.Keys, toKeep, s.sub, 0), makeToken(w.Keys, toConfirm, s.sub, 1)
	for i, id := range []*string{&s.hook, &s.disabled} {
		h, _, err := w.AddWebhook(w.t.Context(), lead, HookWish{URL: "https://example.org/hook"})
		if err == nil && i == 1 {
			h, err = w.DisableWebhook(w.t.Context(), lead, h.ID)
		}
		if err != nil {
			w.t.Fatal(err)
		}
		*id = h.ID
	}
	return s
}

// TestJunk: what cannot be a token or an identifier is not there.
func TestJunk(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d), t.Context()
		lead := acl.Caller{ID: "lea", Name: "Lea", Role: acl.Lead}
		_, keep := w.subscribed(Wish{Address: "ada@example.org"})
		for _, junk := range []string{"", "x", "\x00", "\xff", "' OR 1=1 --", keep[:TokenChars-1], keep + "a", "c" + keep[1:], makeToken(w.Keys, toConfirm, db.NewID(w.Rand), 0)} {
			for name, err := range map[string]error{
				"Confirm":        second(w.Confirm(ctx, acl.Nobody(), junk)),
				"End":            w.End(ctx, acl.Nobody(), junk),
				"View":           second(w.View(ctx, acl.Nobody(), junk)),
				"Change":         second(w.Change(ctx, acl.Nobody(), junk, Wish{})),
				"Bounced":        w.Bounced(ctx, acl.Myself(), junk, true),
				"Webhook":        second(w.Webhook(ctx, lead, junk)),
				"ChangeWebhook":  second(w.ChangeWebhook(ctx, lead, junk, HookWish{URL: "https://example.org/"})),
				"DisableWebhook": second(w.DisableWebhook(ctx, lead, junk)),
				"EnableWebhook":  second(w.EnableWebhook(ctx, lead, junk)),
				"RemoveWebhook":  w.RemoveWebhook(ctx, lead, junk),
			} {
				want(t, fmt.Sprintf("%s of %q", name, junk), err, errs.NotFound)
			}
		}
	})
}
