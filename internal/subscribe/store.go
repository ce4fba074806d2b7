package subscribe

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"steward/internal/advisory"
	"steward/internal/base/acl"
	"steward/internal/base/audit"
	"steward/internal/base/db"
	"steward/internal/base/errs"
	"steward/internal/base/jobs"
	"steward/internal/base/seal"
)

// Store keeps subscriptions and webhooks and gives notice to them. All fields
// are needed.
type Store struct {
	DB         *db.DB
	Advisories *advisory.Store
	Keys       *seal.Keyring
	Audit      *audit.Log
	Jobs       *jobs.Queue
	Hooks      *Client
	Site       Site
	Clock      func() time.Time
	Rand       io.Reader // crypto/rand.Reader, save in tests

	batch int // how many subscriptions a write looks at; perWrite if zero
}

// scope is whose key seals addresses, webhooks and the bodies of jobs.
const scope = "subscribers"

// The deeds as the audit record names them. It never holds an address or a URL.
const (
	didAsk     acl.Action = "ask for notices"
	didConfirm acl.Action = "confirm a subscription"
	didChange  acl.Action = "change a subscription"
	didEnd     acl.Action = "end a subscription"
	didBounce  acl.Action = "end a subscription whose letters bounce"

	didAddHook     acl.Action = "add a webhook"
	didChangeHook  acl.Action = "change a webhook"
	didDisableHook acl.Action = "disable a webhook"
	didEnableHook  acl.Action = "enable a webhook"
	didRotateHook  acl.Action = "change the secret of a webhook"
	didRemoveHook  acl.Action = "remove a webhook"
)

// now is the time as the database keeps it.
func (s *Store) now() time.Time { return s.Clock().UTC().Truncate(time.Microsecond) }

// may refuses who may not do the action. Who may not even see what is told to
// the team finds nothing there.
func may(c acl.Caller, see, a acl.Action) error { return acl.Check(see, a, c.Role) }

// key gives the key of the scope, and makes it for the first who needs it.
func (s *Store) key(ctx context.Context, tx *db.Tx) (*seal.Key, error) {
	key, err := s.Keys.Key(ctx, tx, scope)
	if errors.Is(err, seal.ErrNoKey) {
		return s.Keys.Create(ctx, tx, scope)
	}
	return key, err
}

func addressPlace(id string) string { return "address/" + id }

// record writes the audit entry of a deed, without detail: it is kept for
// ever, and an identifier tells nothing once the subscription is gone.
func (s *Store) record(ctx context.Context, tx *db.Tx, c acl.Caller, did acl.Action, subject string) error {
	return s.Audit.Append(ctx, tx, nil, c, did, subject, nil)
}

const columns = `id, number, state, products, least, prenotices, round, created_at,
	letter_at, letter2_at, letter3_at, confirmed_at, bounces, bounced_at, address`

// scan reads a subscription; its address stays sealed.
func scan(row interface{ Scan(dest ...any) error }) (Subscription, error) {
	var sub Subscription
	var state, products, least string
	var created, confirmed, bounced int64
	var letters [3]int64
	err := row.Scan(&sub.ID, &sub.number, &state, &products, &least, &sub.Prenotices, &sub.round, &created,
		&letters[0], &letters[1], &letters[2], &confirmed, &sub.bounces, &bounced, &sub.sealed)
	if err != nil {
		return sub, err
	}
	sub.State, sub.Least = State(state), advisory.Level(least)
	sub.Created, sub.Confirmed, sub.bounced = db.FromMicros(created), db.Moment(confirmed), db.Moment(bounced)
	for i, l := range letters {
		sub.letters[i] = db.Moment(l)
	}
	if err := json.Unmarshal([]byte(products), &sub.Products); err != nil {
		return sub, fmt.Errorf("reading the products of a subscription: %w", err)
	}
	return sub, nil
}

// micros is moment the other way round.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return db.Micros(t)
}

// find reads a subscription by a column; known tells whether there is one.
func find(ctx context.Context, q db.Queryer, column, value string) (sub Subscription, known bool, err error) {
	sub, err = scan(q.QueryRow(ctx, "SELECT "+columns+" FROM subscriptions WHERE "+column+" = $1", value))
	if errors.Is(err, sql.ErrNoRows) {
		return Subscription{}, false, nil
	}
	if err != nil {
		return Subscription{}, false, fmt.Errorf("reading a subscription: %w", err)
	}
	return sub, true, nil
}

// unseal opens the address of a subscription that has one.
func (s *Store) unseal(ctx context.Context, q db.Queryer, sub Subscription) (Subscription, error) {
	if len(sub.sealed) == 0 {
		return sub, nil
	}
	key, err := s.Keys.Key(ctx, q, scope)
	if err != nil {
		return sub, fmt.Errorf("reading a subscription: %w", err)
	}
	address, err := key.Open(addressPlace(sub.ID), sub.sealed)
	if err != nil {
		return sub, fmt.Errorf("reading a subscription: %w", err)
	}
	sub.Address = string(address)
	return sub, nil
}

// put writes a subscription that is there.
func (s *Store) put(ctx context.Context, tx *db.Tx, sub Subscription) error {
	ended := int64(0)
	if sub.State.over() {
		ended, sub.sealed = db.Micros(s.now()), []byte{}
	}
	_, err := tx.Exec(ctx, `UPDATE subscriptions SET state = $1, products = $2, least = $3, prenotices = $4, round = $5,
		letter_at = $6, letter2_at = $7, letter3_at = $8, confirmed_at = $9, ended_at = $10, bounces = $11, bounced_at = $12,
		address = $13 WHERE id = $14`,
		string(sub.State), list(sub.Products), string(sub.Least), sub.Prenotices, sub.round,
		micros(sub.letters[0]), micros(sub.letters[1]), micros(sub.letters[2]), micros(sub.Confirmed), ended, sub.bounces, micros(sub.bounced),
		sub.sealed, sub.ID)
	if err != nil {
		return fmt.Errorf("writing a subscription: %w", err)
	}
	return nil
}

// list is how names are stored.
func list(names []string) string {
	if len(names) == 0 {
		return "[]"
	}
	b, err := json.Marshal(names)
	if err != nil {
		panic("subscribe: texts that are no JSON: " + err.Error()) // there are none
	}
	return string(b)
}

// Figures tell the team how many are told.
type Figures struct {
	Subscriptions map[State]int `json:"subscriptions"` // ended ones as long as they are kept
	Webhooks      int           `json:"webhooks"`      // that are called
	Told          int64         `json:"told"`          // the last entry of the public record that all have a job for
	Head          int64         `json:"head"`          // the last entry of the public record
}

// Figures counts. For those who may see who is told.
func (s *Store) Figures(ctx context.Context, c acl.Caller) (Figures, error) {
	f := Figures{Subscriptions: map[State]int{}}
	if err := may(c, acl.SubscriberRead, acl.SubscriberRead); err != nil {
		return f, err
	}
	var err error
	if f.Head, err = s.Advisories.Head(ctx); err != nil {
		return f, err
	}
	err = s.DB.Read(ctx, func(q db.Queryer) (err error) {
		f.Subscriptions, err = db.Pairs[State, int](ctx, q, "counting those who are told", `SELECT state, COUNT(*) FROM subscriptions GROUP BY state`)
		if err != nil {
			return err
		}
		if err := q.QueryRow(ctx, `SELECT COUNT(*) FROM webhooks WHERE disabled_at = 0`).Scan(&f.Webhooks); err != nil {
			return err
		}
		at, _, err := cursorOf(ctx, q)
		f.Told = at.seq
		return err
	})
	if err != nil {
		return f, fmt.Errorf("counting subscriptions: %w", err)
	}
	return f, nil
}

// Sweep deletes what was never confirmed, and what has ended so long ago that
// nobody follows a link of it any more. For Steward itself; nobody did
// anything, so nothing is recorded.
func (s *Store) Sweep(ctx context.Context, c acl.Caller) error {
	if !acl.Allow(acl.NoticeSend, c.Role) {
		return errs.Missing()
	}
	now := s.now()
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM subscriptions WHERE state = $1 AND letter_at <= $2`, string(Asked), db.Micros(now.Add(-Unconfirmed)))
		if err == nil {
			_, err = tx.Exec(ctx, `DELETE FROM subscriptions WHERE ended_at > 0 AND ended_at <= $1`, db.Micros(now.Add(-keepEnded)))
		}
		if err != nil {
			return fmt.Errorf("sweeping subscriptions: %w", err)
		}
		return nil
	})
}

// keepEnded is how long the bare record of a subscription outlives it, without
// the address: should the same address ask again, the links in its old letters
// still end what it gets.
const keepEnded = 180 * 24 * time.Hour
