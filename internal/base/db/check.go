package db

import (
	"context"
	"fmt"
	"strings"
)

// IntegrityCheck looks for damage in the files of an SQLite database and for
// references to rows that are not there. PostgreSQL looks after its own
// files, and the answer is always nil there.
func (d *DB) IntegrityCheck(ctx context.Context) error {
	return d.Read(ctx, func(q Queryer) error { return d.eng.integrity(ctx, q) })
}

func (*sqliteEngine) integrity(ctx context.Context, q Queryer) error {
	var found []string
	if err := eachText(ctx, q, "PRAGMA integrity_check", func(s string) {
		if s != "ok" {
			found = append(found, s)
		}
	}); err != nil {
		return err
	}
	if err := eachText(ctx, q, `SELECT 'a row of ' || "table" || ' refers to a missing row of ' || parent FROM pragma_foreign_key_check`,
		func(s string) { found = append(found, s) }); err != nil {
		return err
	}
	if len(found) > 0 {
		return fmt.Errorf("the database file is damaged: %s", strings.Join(found, "; "))
	}
	return nil
}

func eachText(ctx context.Context, q Queryer, query string, f func(string)) error {
	rows, err := q.Query(ctx, query)
	if err != nil {
		return fmt.Errorf("checking the database file: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return fmt.Errorf("checking the database file: %w", err)
		}
		f(s)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("checking the database file: %w", err)
	}
	return nil
}

func (*postgresEngine) integrity(context.Context, Queryer) error { return nil }
