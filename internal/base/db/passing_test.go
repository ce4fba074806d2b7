package db_test

import (
	"context"
	"strings"
	"testing"

	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/base/errs"
)

// TestPassingFailures: a database that is full, or a server that goes away,
// fails a write as something that may be tried again, and takes the next one
// when the cause is gone.
func TestPassingFailures(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		mustExec(t, d, numbers, "CREATE TABLE much (words TEXT)", "INSERT INTO numbers VALUES (1)")
		err := d.Write(ctx, func(tx *db.Tx) error {
			if d.Engine() == "postgres" {
				_, err := tx.Exec(ctx, "SELECT pg_terminate_backend(pg_backend_pid())")
				return err
			}
			if _, err := tx.Exec(ctx, "PRAGMA max_page_count = 1"); err != nil { // sets it to what there is
				return err
			}
			_, err := tx.Exec(ctx, "INSERT INTO much VALUES ($1)", strings.Repeat("x", 1<<20))
			return err
		})
		if errs.KindOf(err) != errs.Unavailable {
			t.Errorf("the failure is %q: %v", errs.KindOf(err), err)
		}
		if d.Engine() == "sqlite" {
			mustExec(t, d, "PRAGMA max_page_count = 1000000")
		}
		mustExec(t, d, "INSERT INTO numbers VALUES (2)")
		if got := listNumbers(t, d); len(got) != 2 {
			t.Errorf("afterwards there are %v", got)
		}
		err = d.Write(ctx, func(tx *db.Tx) error { return insert(ctx, tx, 2) })
		if errs.KindOf(err) != errs.Internal {
			t.Errorf("a statement's own fault is %q: %v", errs.KindOf(err), err)
		}
	})
}

// TestSQLiteIsNewEnough asks the library that is built in.
func TestSQLiteIsNewEnough(t *testing.T) {
	t.Parallel()
	version := one[string](t, dbtest.Open(t, "sqlite"), "SELECT sqlite_version()")
	if err := db.AcceptSQLite(version); err != nil {
		t.Error(err)
	}
	if db.AcceptSQLite("3.51.2") == nil {
		t.Error("a version that can corrupt the database was accepted")
	}
}
