package rota

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/audit"
	"steward/internal/base/db"
	"steward/internal/base/errs"
	"steward/internal/base/seal"
)

// Store keeps the rota and every version that it had. Who may not see the rota
// gets errs.NotFound; who may see and not edit it, errs.Denied.
type Store struct {
	DB    *db.DB
	Keys  *seal.Keyring
	Audit *audit.Log
	Clock func() time.Time
}

// Version is the rota as someone left it.
type Version struct {
	Rota
	Number int64     // 0: there was never one
	At     time.Time // when it was made
	By     string    // user id
}

// scope has the key of the rota; it is also what the audit record calls it.
const scope = "rota"

func place(number int64) string { return "version/" + strconv.FormatInt(number, 10) }

// Read gives the rota that is in force: an empty one if none was ever made.
func (s *Store) Read(ctx context.Context, c acl.Caller) (Version, error) {
	if err := acl.Check(acl.RotaRead, acl.RotaRead, c.Role); err != nil {
		return Version{}, err
	}
	var v Version
	err := s.DB.Read(ctx, func(q db.Queryer) error {
		var err error
		v, err = s.latest(ctx, q)
		return err
	})
	return v, err
}

// Within is Read for Steward itself, in a read or a write of its own: whoever is
// to be told of a deed is found in the deed's transaction.
func (s *Store) Within(ctx context.Context, c acl.Caller, q db.Queryer) (Version, error) {
	if c.Role != acl.System {
		return Version{}, errs.Missing()
	}
	return s.latest(ctx, q)
}

// Edit puts another rota in force. on is the number of the version that the
// edit was made on; if that is no longer the last, the error is errs.Conflict
// and nothing is changed. A rota that Check refuses is errs.Invalid.
func (s *Store) Edit(ctx context.Context, c acl.Caller, on int64, r Rota) (Version, error) {
	if err := acl.Check(acl.RotaRead, acl.RotaEdit, c.Role); err != nil {
		return Version{}, err
	}
	if err := r.Check(); err != nil {
		return Version{}, err
	}
	r = r.tidy()
	body, err := json.Marshal(r)
	if err != nil {
		return Version{}, fmt.Errorf("writing the rota: %w", err)
	}
	v := Version{Rota: r, Number: on + 1, At: s.Clock().UTC().Truncate(time.Microsecond), By: c.ID}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		last, err := number(ctx, tx)
		if err != nil {
			return err
		}
		if last != on {
			return errs.Conflictf("Someone else changed the rota since you opened it.").
				WithHint("open it again and make your change on what is there now")
		}
		key, err := s.Keys.Key(ctx, tx, scope)
		if errors.Is(err, seal.ErrNoKey) {
			key, err = s.Keys.Create(ctx, tx, scope)
		}
		if err != nil {
			return fmt.Errorf("the key of the rota: %w", err)
		}
		_, err = tx.Exec(ctx, `INSERT INTO rota (version, at, by_id, body) VALUES ($1, $2, $3, $4)`,
			v.Number, db.Micros(v.At), v.By, key.Seal(place(v.Number), body))
		if err != nil {
			return fmt.Errorf("writing the rota: %w", err)
		}
		return s.Audit.Append(ctx, tx, nil, c, acl.RotaEdit, scope, map[string]string{
			"version":   strconv.FormatInt(v.Number, 10),
			"people":    strconv.Itoa(len(r.Order)),
			"overrides": strconv.Itoa(len(r.Overrides)),
		})
	})
	if err != nil {
		return Version{}, err
	}
	return v, nil
}

// tidy is the rota in the one form in which it is kept: with lists of its own
// that are not nil, and times in UTC to the microsecond.
func (r Rota) tidy() Rota {
	r.Order = append([]Member{}, r.Order...)
	r.Overrides = append([]Override{}, r.Overrides...)
	for i := range r.Overrides {
		o := &r.Overrides[i]
		o.From, o.To = o.From.UTC().Truncate(time.Microsecond), o.To.UTC().Truncate(time.Microsecond)
	}
	return r
}

func number(ctx context.Context, q db.Queryer) (n int64, err error) {
	if err := q.QueryRow(ctx, `SELECT COALESCE(MAX(version), 0) FROM rota`).Scan(&n); err != nil {
		return 0, fmt.Errorf("reading the rota: %w", err)
	}
	return n, nil
}

func (s *Store) latest(ctx context.Context, q db.Queryer) (Version, error) {
	var v Version
	var at int64
	var body []byte
	err := q.QueryRow(ctx, `SELECT version, at, by_id, body FROM rota ORDER BY version DESC LIMIT 1`).Scan(&v.Number, &at, &v.By, &body)
	if errors.Is(err, sql.ErrNoRows) {
		return Version{}, nil
	}
	if err != nil {
		return Version{}, fmt.Errorf("reading the rota: %w", err)
	}
	v.At = db.FromMicros(at)
	key, err := s.Keys.Key(ctx, q, scope)
	if err != nil {
		return Version{}, fmt.Errorf("the key of the rota: %w", err)
	}
	plain, err := key.Open(place(v.Number), body)
	if err != nil {
		return Version{}, fmt.Errorf("reading the rota: %w", err)
	}
	if err := json.Unmarshal(plain, &v.Rota); err != nil {
		return Version{}, fmt.Errorf("reading the rota: %w", err)
	}
	return v, nil
}
