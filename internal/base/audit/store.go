package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/seal"
)

// Log writes entries.
type Log struct {
	Clock func() time.Time
}

// Append writes one entry in the transaction of the deed. With a key, which is
// that of the subject, the detail is sealed; without, it is stored in clear
// and must hold nothing private.
func (l *Log) Append(ctx context.Context, tx *db.Tx, key *seal.Key, c acl.Caller, action acl.Action, subject string, detail map[string]string) error {
	s := stored{
		Entry: Entry{Actor: c.ID, ActorName: c.Name, Role: string(c.Role), Action: string(action), Subject: subject, Sealed: key != nil},
		at:    db.Micros(l.Clock()),
	}
	if detail == nil {
		detail = map[string]string{}
	}
	var err error
	if s.detail, err = json.Marshal(detail); err != nil {
		return fmt.Errorf("writing the audit record: %w", err)
	}
	// This locks the head, if the writer did not take turns anyway.
	err = tx.QueryRow(ctx, `INSERT INTO audit_head (id, seq, hash) VALUES (1, 1, '')
		ON CONFLICT (id) DO UPDATE SET seq = audit_head.seq + 1 RETURNING seq, hash`).Scan(&s.Seq, &s.Prev)
	if err != nil {
		return fmt.Errorf("writing the audit record: %w", err)
	}
	if key != nil {
		s.detail = key.Seal(place(s.Seq), s.detail)
	}
	s.Hash = s.sum()
	_, err = tx.Exec(ctx, "INSERT INTO audit ("+columns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
		s.Seq, s.at, s.Actor, s.ActorName, s.Role, s.Action, s.Subject, s.Sealed, s.detail, s.Prev, s.Hash)
	if err != nil {
		return fmt.Errorf("writing the audit record: %w", err)
	}
	if _, err = tx.Exec(ctx, "UPDATE audit_head SET hash = $1 WHERE id = 1", s.Hash); err != nil {
		return fmt.Errorf("writing the audit record: %w", err)
	}
	return nil
}

// Timeline gives the entries of one subject, oldest first. Without the key,
// the details that are sealed stay nil.
func Timeline(ctx context.Context, q db.Queryer, key *seal.Key, subject string) ([]Entry, error) {
	return entries(ctx, q, key, "SELECT "+columns+" FROM audit WHERE subject = $1 ORDER BY seq", subject)
}

// Page gives up to limit entries of the whole record, newest first, that come
// before the entry numbered before; 0 begins with the newest. Details that
// are sealed stay nil.
func Page(ctx context.Context, q db.Queryer, before int64, limit int) ([]Entry, error) {
	if before == 0 {
		before = math.MaxInt64 // a condition of its own in the query would keep it from the index
	}
	return entries(ctx, q, nil, "SELECT "+columns+" FROM audit WHERE seq < $1 ORDER BY seq DESC LIMIT $2", before, limit)
}

func entries(ctx context.Context, q db.Queryer, key *seal.Key, query string, args ...any) ([]Entry, error) {
	rows, err := q.Query(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("reading the audit record: %w", err)
	}
	defer rows.Close()
	var out []Entry
	for rows.Next() {
		s, err := scan(rows)
		if err != nil {
			return nil, err
		}
		e, err := s.open(key)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("reading the audit record: %w", err)
	}
	return out, nil
}
