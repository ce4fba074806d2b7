package subscribe

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"steward/internal/advisory"
	"steward/internal/base/acl"
	"steward/internal/base/audit"
	"steward/internal/base/db"
	"steward/internal/base/errs"
	"steward/internal/base/jobs"
	"steward/internal/base/seal"
	"steward/internal/base/trial"
)

// world is a store with its clock, and what was delivered.
type world struct {
	*Store
	t     testing.TB
	watch *trial.Clock

	mu     sync.Mutex
	mails  []Mail
	refuse func(Mail) error
	failed []error
}

var site = Site{
	Name: "Quill security", Contact: "security@example.org",
	Products: []string{"libquill", "Quill Server"},
	Token:    func(t string) string { return "https://example.org/notices/" + t },
	Links:    func(a advisory.Advisory) Links { return Links{Page: "https://example.org/advisories/" + a.ID + "/"} },
	Overview: "https://example.org/advisories/",
}

func newWorld(t testing.TB, d *db.DB) *world {
	t.Helper()
	w := trial.NewClock(time.Date(2026, 3, 2, 10, 0, 0, 123456000, time.UTC))
	ring, err := seal.OpenKeyring(seal.NewMaster(rand.Reader))
	if err != nil {
		t.Fatal(err)
	}
	s := &Store{DB: d, Advisories: &advisory.Store{DB: d}, Keys: ring, Audit: &audit.Log{Clock: w.Now},
		Jobs:  &jobs.Queue{DB: d, Keys: ring, Clock: w.Now, Rand: rand.Reader},
		Hooks: NewClient(true), Site: site, Clock: w.Now, Rand: rand.Reader}
	return &world{Store: s, t: t, watch: w}
}

// step does all jobs that are due and gives the mails that were delivered.
func (w *world) step() []Mail {
	w.t.Helper()
	w.mu.Lock()
	w.mails = nil
	w.mu.Unlock()
	r := &jobs.Runner{Queue: w.Jobs, Failed: func(_ string, err error) { w.failed = append(w.failed, err) },
		Workers: w.Workers(func(_ context.Context, m Mail) error {
			w.mu.Lock()
			defer w.mu.Unlock()
			if w.refuse != nil {
				if err := w.refuse(m); err != nil {
					return err
				}
			}
			w.mails = append(w.mails, m)
			return nil
		})}
	if _, err := r.Step(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	return w.mails
}

// tokenIn finds the token in a letter.
func tokenIn(t testing.TB, m Mail) string {
	t.Helper()
	_, after, ok := strings.Cut(m.Text, site.Token(""))
	if !ok || len(after) < TokenChars {
		t.Fatalf("no link in the letter:\n%s", m.Text)
	}
	return after[:TokenChars]
}

// ask asks and gives the token of the letter that came; "" if none did.
func (w *world) ask(wish Wish) string {
	w.t.Helper()
	if err := w.Ask(w.t.Context(), acl.Nobody(), wish); err != nil {
		w.t.Fatal(err)
	}
	mails := w.step()
	if len(mails) == 0 {
		return ""
	}
	if len(mails) != 1 || mails[0].To != wish.Address {
		w.t.Fatalf("%d letters: %+v", len(mails), mails)
	}
	return tokenIn(w.t, mails[0])
}

// subscribed gives the token that keeps a new, confirmed subscription.
func (w *world) subscribed(wish Wish) (Subscription, string) {
	w.t.Helper()
	sub, err := w.Confirm(w.t.Context(), acl.Nobody(), w.ask(wish))
	if err != nil {
		w.t.Fatal(err)
	}
	return sub, makeToken(w.Keys, toKeep, sub.ID, 0)
}

// many makes confirmed subscriptions, past the limits of letters.
func (w *world) many(n int, wish func(i int) Wish) (ids []string) {
	w.t.Helper()
	ctx := w.t.Context()
	err := w.DB.Write(ctx, func(tx *db.Tx) error {
		for i := range n {
			wish := wish(i)
			sub := Subscription{ID: db.NewID(rand.Reader), Created: w.now()}
			if err := w.add(ctx, tx, sub, lookupOf(w.Keys, wish.Address)); err != nil {
				return err
			}
			sub, err := w.asked(ctx, tx, sub, wish)
			if err != nil {
				return err
			}
			sub.State, sub.Confirmed, sub.letters[0] = Confirmed, w.now(), w.now().Add(-2*time.Hour)
			if err := w.put(ctx, tx, sub); err != nil {
				return err
			}
			ids = append(ids, sub.ID)
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return ids
}

func sample(id string, level advisory.Level, products ...string) advisory.Advisory {
	a := advisory.Advisory{
		ID: id, Title: products[0] + ": overflow in the header parser",
		Overview: "A header of more than *64* bytes overflows `buf`.", Impact: "Whoever sends the header runs code.",
		Severity: advisory.Severity{Level: level}, CWE: []string{"CWE-787"}, Remedy: "Upgrade to 1.4.2.", Workaround: "Refuse long headers.",
		Publisher: advisory.Publisher{Name: "Quill security", Namespace: "https://example.org", Contact: "security@example.org",
			Terms: "Share freely.", Audience: "All users."},
	}
	for _, p := range products {
		a.Affected = append(a.Affected, advisory.Affected{Product: p, Ranges: []advisory.Range{{Introduced: "1.0.0", Fixed: "1.4.2"}}})
	}
	return a
}

// release makes an advisory public, or its next revision.
func (w *world) release(a advisory.Advisory) {
	w.t.Helper()
	w.watch.Move(time.Minute)
	w.write(func(ctx context.Context, tx *db.Tx) error {
		_, err := w.Advisories.Release(ctx, tx, a, "More is known.", w.now())
		return err
	})
}

func (w *world) withdraw(id string) {
	w.t.Helper()
	w.watch.Move(time.Minute)
	w.write(func(ctx context.Context, tx *db.Tx) error {
		_, err := w.Advisories.Withdraw(ctx, tx, id, "It was no fault.", w.now())
		return err
	})
}

func (w *world) announce(p advisory.Prenotice) {
	w.t.Helper()
	w.watch.Move(time.Minute)
	w.write(func(ctx context.Context, tx *db.Tx) error {
		_, err := w.Advisories.PutPrenotice(ctx, tx, p, w.now())
		return err
	})
}

func (w *world) write(f func(ctx context.Context, tx *db.Tx) error) {
	w.t.Helper()
	if err := w.DB.Write(w.t.Context(), func(tx *db.Tx) error { return f(w.t.Context(), tx) }); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) fanOut() int {
	w.t.Helper()
	n, err := w.FanOut(w.t.Context(), acl.Myself())
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

// queued counts the jobs of a kind that were ever put, by whom and what they
// tell.
func (w *world) queued(kind string) map[notice]int {
	w.t.Helper()
	out := map[notice]int{}
	err := w.DB.Read(w.t.Context(), func(q db.Queryer) error {
		rows, err := q.Query(w.t.Context(), `SELECT id FROM jobs WHERE kind = $1`, kind)
		if err != nil {
			return err
		}
		var ids []string
		for rows.Next() {
			var id string
			if err := rows.Scan(&id); err != nil {
				return err
			}
			ids = append(ids, id)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return err
		}
		for _, id := range ids {
			body, err := w.Jobs.Body(w.t.Context(), q, id)
			if err != nil {
				return err
			}
			var n notice
			if err := json.Unmarshal(body, &n); err != nil {
				return err
			}
			out[n]++
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

// entries counts the audit record.
func (w *world) entries() int64 {
	w.t.Helper()
	var h audit.Head
	err := w.DB.Read(w.t.Context(), func(q db.Queryer) (err error) {
		h, err = audit.Latest(w.t.Context(), q)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return h.Seq
}

// everything gives all values of the tables as one text.
func (w *world) everything(tables ...string) string {
	w.t.Helper()
	var b strings.Builder
	err := w.DB.Read(w.t.Context(), func(q db.Queryer) error {
		for _, table := range tables {
			rows, err := q.Query(w.t.Context(), "SELECT * FROM "+table)
			if err != nil {
				return err
			}
			names, err := rows.Columns()
			if err != nil {
				return err
			}
			row, dest := make([]any, len(names)), make([]any, len(names))
			for i := range row {
				dest[i] = &row[i]
			}
			for rows.Next() {
				if err := rows.Scan(dest...); err != nil {
					return err
				}
				for _, v := range row {
					if raw, ok := v.([]byte); ok {
						v = string(raw)
					}
					fmt.Fprintln(&b, v)
				}
			}
			if err := errors.Join(rows.Err(), rows.Close()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return b.String()
}

// want fails unless err is of the kind; "" wants none.
func want(t testing.TB, what string, err error, kind errs.Kind) {
	t.Helper()
	switch {
	case kind == "" && err != nil:
		t.Errorf("%s: %v", what, err)
	case kind != "" && !errs.Is(err, kind):
		t.Errorf("%s: error %v, want one of kind %q", what, err, kind)
	}
}
