package account

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/audit"
	"steward/internal/base/db"
	"steward/internal/base/errs"
)

// Store keeps users and what they sign in with. All fields but RP are needed.
type Store struct {
	DB    *db.DB
	Audit *audit.Log
	RP    *RelyingParty // nil where passkeys cannot be had: those methods then say why
	Clock func() time.Time
	Rand  io.Reader // crypto/rand.Reader, save in tests
}

// The deeds as the audit record names them.
const (
	didAddUser       acl.Action = "add a person"
	didEditUser      acl.Action = "change a person"
	didDisableUser   acl.Action = "disable a person"
	didEnableUser    acl.Action = "enable a person"
	didMakeLink      acl.Action = "make a link"
	didRevokeLink    acl.Action = "revoke a link"
	didAddPasskey    acl.Action = "add a passkey"
	didRenamePasskey acl.Action = "rename a passkey"
	didRemovePasskey acl.Action = "remove a passkey"
	didRefusePasskey acl.Action = "refuse a copied passkey"
	didSignIn        acl.Action = "sign in"
	didSignOut       acl.Action = "sign out"
	didEndSession    acl.Action = "end a session"
	didMakeToken     acl.Action = "make an API token"
	didRevokeToken   acl.Action = "revoke an API token"
	didSetKey        acl.Action = "set an OpenPGP key"
	didRemoveKey     acl.Action = "remove an OpenPGP key"
	didMakeFeed      acl.Action = "make a calendar feed"
	didRemoveFeed    acl.Action = "remove a calendar feed"
)

// now is the time as the database keeps it.
func (s *Store) now() time.Time { return s.Clock().UTC().Truncate(time.Microsecond) }

// record writes the audit entry of a deed to a user. Its detail is in clear:
// ids, names and roles only.
func (s *Store) record(ctx context.Context, tx *db.Tx, c acl.Caller, did acl.Action, userID string, detail map[string]string) error {
	return s.Audit.Append(ctx, tx, nil, c, did, "user/"+userID, detail)
}

// scanner is a row of one or of many.
type scanner interface{ Scan(dest ...any) error }

// found turns the absence of a row into instead.
func found(err, instead error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return instead
	}
	return err
}

// all reads every row of a query.
func all[T any](ctx context.Context, q db.Queryer, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, rows.Err()
}

// count reads one number.
func count(ctx context.Context, q db.Queryer, query string, args ...any) (n int, err error) {
	err = q.QueryRow(ctx, query, args...).Scan(&n)
	return n, err
}

// Sweep deletes what has expired: sessions, links, ceremonies and tokens. None
// of it opens anything any more, so when it runs matters to the disk only.
// Only Steward itself may; nobody did anything, so nothing is recorded.
func (s *Store) Sweep(ctx context.Context, c acl.Caller) error {
	if !operator(c) {
		return errs.Missing()
	}
	now := db.Micros(s.now())
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		for _, table := range []string{"sessions", "links", "ceremonies", "api_tokens"} {
			if _, err := tx.Exec(ctx, "DELETE FROM "+table+" WHERE expires_at <= $1", now); err != nil {
				return fmt.Errorf("sweeping %s: %w", table, err)
			}
		}
		_, err := tx.Exec(ctx, `DELETE FROM sessions WHERE (report_id = '' AND seen_at <= $1) OR (report_id <> '' AND seen_at <= $2)`,
			now-userIdle.Microseconds(), now-mailboxIdle.Microseconds())
		if err != nil {
			return fmt.Errorf("sweeping sessions: %w", err)
		}
		return nil
	})
}
