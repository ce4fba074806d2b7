package account

import (
	"context"
	"fmt"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/errs"
)

// MakeCalendar makes the secret in the address of one's own calendar feed and
// gives it this once. The address that was made before stops working.
func (s *Store) MakeCalendar(ctx context.Context, c acl.Caller) (secret string, err error) {
	if err := maySelf(c); err != nil {
		return "", err
	}
	if secret, err = newSecret(s.Rand); err != nil {
		return "", err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if _, err := activeUser(ctx, tx, c.ID); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO calendar_links (user_id, hash, made_at) VALUES ($1, $2, $3)
			ON CONFLICT (user_id) DO UPDATE SET hash = $2, made_at = $3`, c.ID, hashOf(secret), db.Micros(s.now()))
		if err != nil {
			return fmt.Errorf("making a calendar feed: %w", err)
		}
		return s.record(ctx, tx, c, didMakeFeed, c.ID, nil)
	})
	if err != nil {
		return "", err
	}
	return secret, nil
}

// RemoveCalendar takes one's own calendar feed away. Where there is none,
// nothing is done.
func (s *Store) RemoveCalendar(ctx context.Context, c acl.Caller) error {
	if err := maySelf(c); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		n, err := count(ctx, tx, `SELECT COUNT(*) FROM calendar_links WHERE user_id = $1`, c.ID)
		if err != nil || n == 0 {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM calendar_links WHERE user_id = $1`, c.ID); err != nil {
			return fmt.Errorf("removing a calendar feed: %w", err)
		}
		return s.record(ctx, tx, c, didRemoveFeed, c.ID, nil)
	})
}

// CalendarSince tells since when one's own calendar feed has its address; the
// zero time if there is none.
func (s *Store) CalendarSince(ctx context.Context, c acl.Caller) (since time.Time, err error) {
	if err := maySelf(c); err != nil {
		return time.Time{}, err
	}
	var at int64
	err = s.DB.Read(ctx, func(q db.Queryer) error {
		return q.QueryRow(ctx, `SELECT COALESCE(MAX(made_at), 0) FROM calendar_links WHERE user_id = $1`, c.ID).Scan(&at)
	})
	if err != nil {
		return time.Time{}, fmt.Errorf("looking for a calendar feed: %w", err)
	}
	return db.Moment(at), nil
}

// CalendarOf finds out whose calendar feed a secret is of; errs.NotFound if it
// is nobody's, or of someone who may not sign in.
func (s *Store) CalendarOf(ctx context.Context, secret string) (acl.Caller, error) {
	if len(secret) != secretChars {
		return acl.Nobody(), errs.Missing()
	}
	c, role := acl.Caller{}, ""
	err := s.DB.Read(ctx, func(q db.Queryer) error {
		return q.QueryRow(ctx, `SELECT u.id, u.name, u.role FROM calendar_links l JOIN users u ON u.id = l.user_id
			WHERE l.hash = $1 AND u.disabled_at = 0`, hashOf(secret)).Scan(&c.ID, &c.Name, &role)
	})
	if err != nil {
		return acl.Nobody(), found(err, errs.Missing())
	}
	c.Role = acl.Role(role)
	return c, nil
}
