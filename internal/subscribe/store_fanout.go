package subscribe

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"steward/internal/advisory"
	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/errs"
	"steward/internal/base/jobs"
)

// perWrite is how many subscriptions one write looks at: other writes wait for
// no more than these.
const perWrite = 200

// notice is the body of the job for one notice: who is told of what. The rest
// is read when it is sent, so that whoever has ended it gets nothing.
type notice struct {
	ID  string `json:"id"` // of the subscription or webhook
	Seq int64  `json:"seq"`
}

// cursor is how far the fan-out has come.
type cursor struct {
	seq    int64 // the last entry that all have their jobs for
	number int64 // the last subscription that was looked at for the entry after it
}

// FanOut puts a job for each subscription and webhook that is concerned by what
// was made public since the last time, and tells how many. It is to be called
// often, after the public pages are there; one at a time does the work, and a
// second one finds nothing to do. Where it is cut off, the next call goes on.
//
// The first call on an installation begins at the end of the public record:
// nobody wants to be told of the past.
func (s *Store) FanOut(ctx context.Context, c acl.Caller) (n int, err error) {
	if !acl.Allow(acl.NoticeSend, c.Role) {
		return 0, errs.Missing()
	}
	at, err := s.begin(ctx)
	if err != nil {
		return 0, err
	}
	for {
		entries, err := s.Advisories.Entries(ctx, at.seq, 1)
		if err != nil || len(entries) == 0 {
			return n, err
		}
		e := entries[0]
		to, err := s.reach(ctx, e)
		if err != nil {
			return n, err
		}
		for before := at.seq; at.seq == before; {
			put, next, err := s.fan(ctx, at, e, to)
			if err != nil {
				return n, fmt.Errorf("giving notice of entry %d: %w", e.Seq, err)
			}
			n, at = n+put, next
		}
	}
}

// begin reads the cursor, and sets it the first time.
func (s *Store) begin(ctx context.Context) (at cursor, err error) {
	known := false
	err = s.DB.Read(ctx, func(q db.Queryer) error {
		at, known, err = cursorOf(ctx, q)
		return err
	})
	if err != nil || known {
		return at, err
	}
	head, err := s.Advisories.Head(ctx)
	if err != nil {
		return at, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO notice_cursor (id, seq, number) VALUES (1, $1, 0) ON CONFLICT (id) DO NOTHING`, head)
		if err == nil {
			at, _, err = cursorOf(ctx, tx)
		}
		return err
	})
	return at, err
}

func cursorOf(ctx context.Context, q db.Queryer) (at cursor, known bool, err error) {
	err = q.QueryRow(ctx, `SELECT seq, number FROM notice_cursor WHERE id = 1`).Scan(&at.seq, &at.number)
	if errors.Is(err, sql.ErrNoRows) {
		return at, false, nil
	}
	if err != nil {
		return at, false, fmt.Errorf("reading how far the notices have come: %w", err)
	}
	return at, true, nil
}

// reach tells whom an entry concerns, with the revisions before it.
func (s *Store) reach(ctx context.Context, e advisory.Entry) (reach, error) {
	if e.Advisory == nil || len(e.Advisory.Revisions) < 2 {
		return reachOf(e, nil), nil
	}
	earlier, err := s.Advisories.History(ctx, e.Advisory.ID)
	return reachOf(e, earlier), err
}

// fan puts the jobs of the next subscriptions, and after the last of them those
// of the webhooks, and moves the cursor.
func (s *Store) fan(ctx context.Context, at cursor, e advisory.Entry, to reach) (put int, next cursor, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		stored, _, err := cursorOf(ctx, tx)
		if err != nil {
			return err
		}
		if next = stored; stored != at { // another was here
			return nil
		}
		ids, last, more, err := subscribersAfter(ctx, tx, at.number, cmp.Or(s.batch, perWrite), to)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := s.putNotice(ctx, tx, KindNotice, id, e.Seq); err != nil {
				return err
			}
		}
		put, next = len(ids), cursor{at.seq, last}
		if !more {
			hooks, err := s.tellHooks(ctx, tx, e.Seq, to)
			if err != nil {
				return err
			}
			put, next = put+hooks, cursor{seq: e.Seq}
		}
		_, err = tx.Exec(ctx, `UPDATE notice_cursor SET seq = $1, number = $2 WHERE id = 1`, next.seq, next.number)
		return err
	})
	if err != nil {
		put = 0
	}
	return put, next, err
}

// subscribersAfter looks at the next confirmed subscriptions in their order:
// those that are concerned, the number of the last that was looked at, and
// whether there may be more.
func subscribersAfter(ctx context.Context, tx *db.Tx, after int64, most int, to reach) (ids []string, last int64, more bool, err error) {
	if to.came {
		return nil, after, false, nil
	}
	rows, err := tx.Query(ctx, `SELECT id, number, products, least, prenotices FROM subscriptions
		WHERE state = $1 AND number > $2 ORDER BY number LIMIT $3`, string(Confirmed), after, most)
	if err != nil {
		return nil, 0, false, err
	}
	defer rows.Close()
	n := 0
	for last = after; rows.Next(); n++ {
		var id, products, least string
		var i interest
		if err := rows.Scan(&id, &last, &products, &least, &i.prenotices); err != nil {
			return nil, 0, false, err
		}
		if i.least = advisory.Level(least); products != "[]" {
			if err := json.Unmarshal([]byte(products), &i.products); err != nil {
				return nil, 0, false, fmt.Errorf("reading the products of a subscription: %w", err)
			}
		}
		if i.wants(to) {
			ids = append(ids, id)
		}
	}
	return ids, last, n == most, rows.Err()
}

// tellHooks puts the jobs of the webhooks. All of them are told of
// pre-announcements, also of what came of them.
func (s *Store) tellHooks(ctx context.Context, tx *db.Tx, seq int64, to reach) (int, error) {
	hooks, err := readHooks(ctx, tx)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, h := range hooks {
		if !h.Disabled.IsZero() || !(interest{h.Products, h.Least, true}).wants(to) {
			continue
		}
		if err := s.putNotice(ctx, tx, KindWebhook, h.ID, seq); err != nil {
			return 0, err
		}
		n++
	}
	return n, nil
}

func (s *Store) putNotice(ctx context.Context, tx *db.Tx, kind, id string, seq int64) error {
	body, err := json.Marshal(notice{id, seq})
	if err != nil {
		return err
	}
	_, err = s.Jobs.Put(ctx, tx, jobs.Job{Kind: kind, Key: fmt.Sprintf("%s/%d", id, seq), Scope: scope, Body: body})
	return err
}

// entry reads one entry of the public record.
func (s *Store) entry(ctx context.Context, seq int64) (advisory.Entry, error) {
	entries, err := s.Advisories.Entries(ctx, seq-1, 1)
	if err != nil {
		return advisory.Entry{}, err
	}
	if len(entries) == 0 || entries[0].Seq != seq {
		return advisory.Entry{}, jobs.Permanent("what was to be told is not in the public record", nil)
	}
	return entries[0], nil
}
