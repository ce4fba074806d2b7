package seal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"steward/internal/base/db"
	"steward/internal/base/errs"
)

// Check tells whether the master is the one that the database was sealed
// with, by opening one of its keys. A database without any fits every master.
func (k *Keyring) Check(ctx context.Context, q db.Queryer) error {
	var scope string
	err := q.QueryRow(ctx, "SELECT scope FROM seal_keys ORDER BY scope LIMIT 1").Scan(&scope)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("looking for a key: %w", err)
	}
	if _, err := k.Key(ctx, q, scope); err != nil {
		return errs.Invalidf("keys", "This master key does not belong to this database.").
			WithHint("find the keys that were copied from the same Steward").WithCause(err)
	}
	return nil
}

// CheckAll opens the key of every scope and tells of those that do not open.
func (k *Keyring) CheckAll(ctx context.Context, q db.Queryer, bad func(scope string, err error)) error {
	return db.Each(ctx, q, "looking for keys", "SELECT scope, wrapped FROM seal_keys ORDER BY scope", nil, func(scan db.Scan) error {
		var scope string
		var wrapped []byte
		if err := scan(&scope, &wrapped); err != nil {
			return err
		}
		if _, err := k.wrap.Open(scope, wrapped); err != nil {
			bad(scope, err)
		}
		return nil
	})
}
