package db_test

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
)

// mustExec runs statements in one write.
func mustExec(t *testing.T, d *db.DB, statements ...string) {
	t.Helper()
	ctx := context.Background()
	err := d.Write(ctx, func(tx *db.Tx) error {
		for _, s := range statements {
			if _, err := tx.Exec(ctx, s); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// one reads a single value.
func one[T any](t *testing.T, d *db.DB, query string, args ...any) T {
	t.Helper()
	var v T
	err := d.Read(context.Background(), func(q db.Queryer) error {
		return q.QueryRow(context.Background(), query, args...).Scan(&v)
	})
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return v
}

const everyType = `CREATE TABLE every_type (
	id BIGINT PRIMARY KEY, words TEXT, number BIGINT, share DOUBLE PRECISION, flag BOOLEAN, raw BYTEA)`

func TestValuesComeBack(t *testing.T) {
	t.Parallel()
	type named string
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		mustExec(t, d, everyType)
		type row struct {
			words  *string
			number *int64
			share  *float64
			flag   *bool
			raw    []byte
		}
		in := []row{
			{},
			{new(""), new(int64(0)), new(0.0), new(false), []byte{}},
			{new("Größe 漢字 '\" \n\x01"), new(int64(math.MinInt64)), new(-1.5e300), new(true), []byte{0, 255, '\''}},
			{new("$1 ?1 -- /*"), new(int64(math.MaxInt64)), new(math.Pi), new(true), []byte("text")},
			{new("12"), new(int64(-1)), new(3.0), new(false), []byte("12")},
		}
		ctx := context.Background()
		for i, r := range in {
			if err := d.Write(ctx, func(tx *db.Tx) error {
				_, err := tx.Exec(ctx, "INSERT INTO every_type (raw, flag, share, number, words, id) VALUES ($6, $5, $4, $3, $2, $1)",
					i, r.words, r.number, r.share, r.flag, r.raw)
				return err
			}); err != nil {
				t.Fatalf("row %d: %v", i, err)
			}
		}
		for i, want := range in {
			var got row
			if err := d.Read(ctx, func(q db.Queryer) error {
				return q.QueryRow(ctx, "SELECT words, number, share, flag, raw FROM every_type WHERE id = $1", i).
					Scan(&got.words, &got.number, &got.share, &got.flag, &got.raw)
			}); err != nil {
				t.Fatalf("row %d: %v", i, err)
			}
			same(t, "words", got.words, want.words)
			same(t, "number", got.number, want.number)
			same(t, "share", got.share, want.share)
			same(t, "flag", got.flag, want.flag)
			// Empty bytes may be read as a nil slice; in the database they differ from NULL.
			null := one[bool](t, d, "SELECT raw IS NULL FROM every_type WHERE id = $1", i)
			if string(got.raw) != string(want.raw) || null != (want.raw == nil) {
				t.Errorf("row %d: raw %v, want %v", i, got.raw, want.raw)
			}
		}
		if got := one[string](t, d, "SELECT words FROM every_type WHERE words = $1", named("12")); got != "12" {
			t.Errorf("a named type of text found %q", got)
		}
		if n := one[int](t, d, "SELECT COUNT(*) FROM every_type WHERE flag = $1", true); n != 2 {
			t.Errorf("%d rows are true, not 2", n)
		}
	})
}

func same[T comparable](t *testing.T, what string, got, want *T) {
	t.Helper()
	switch {
	case got == nil && want == nil:
	case got == nil || want == nil || *got != *want:
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func TestArgumentsRefused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		for name, arg := range map[string]any{
			"NUL":       "a\x00b",
			"not UTF-8": "a\xffb",
			"time":      time.Now(),
			"too large": uint64(math.MaxUint64),
			"list":      []string{"a"},
			"struct":    struct{}{},
		} {
			const query = "SELECT scope FROM seal_keys WHERE scope = $1"
			var s string
			read := d.Read(ctx, func(q db.Queryer) error { return q.QueryRow(ctx, query, arg).Scan(&s) })
			write := d.Write(ctx, func(tx *db.Tx) error {
				_, err := tx.Query(ctx, query, arg)
				return err
			})
			row := d.Write(ctx, func(tx *db.Tx) error {
				_ = tx.QueryRow(ctx, query, arg).Scan(&s)
				return nil
			})
			for _, err := range []error{read, write, row} {
				if err == nil || !strings.Contains(err.Error(), "$1") {
					t.Errorf("%s: the error is %v", name, err)
				}
			}
		}
	})
}

func TestReadCannotWrite(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		err := d.Read(ctx, func(q db.Queryer) error {
			var s string
			return q.QueryRow(ctx, "INSERT INTO seal_keys (scope, wrapped) VALUES ('a', $1) RETURNING scope", []byte{1}).Scan(&s)
		})
		if err == nil {
			t.Error("a read inserted a row")
		}
		if n := one[int](t, d, "SELECT COUNT(*) FROM seal_keys"); n != 0 {
			t.Errorf("there are %d rows", n)
		}
	})
}

func TestReadSeesOneSnapshot(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		count := func(q db.Queryer) (n int) {
			if err := q.QueryRow(ctx, "SELECT COUNT(*) FROM seal_keys").Scan(&n); err != nil {
				t.Error(err)
			}
			return n
		}
		err := d.Read(ctx, func(q db.Queryer) error {
			before := count(q)
			mustExec(t, d, "INSERT INTO seal_keys (scope, wrapped) VALUES ('a', 'x')")
			if after := count(q); after != before {
				t.Errorf("%d rows became %d within one read", before, after)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if n := one[int](t, d, "SELECT COUNT(*) FROM seal_keys"); n != 1 {
			t.Errorf("the next read sees %d rows", n)
		}
	})
}

func TestIsUnique(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		mustExec(t, d, "CREATE TABLE u (a BIGINT PRIMARY KEY, b TEXT UNIQUE, c TEXT NOT NULL CHECK (c <> ''))", "INSERT INTO u VALUES (1, 'x', 'y')")
		for statement, want := range map[string]bool{
			"INSERT INTO u VALUES (1, 'z', 'y')":                        true,
			"INSERT INTO u VALUES (2, 'x', 'y')":                        true,
			"INSERT INTO u VALUES (2, 'z', NULL)":                       false,
			"INSERT INTO u VALUES (2, 'z', '')":                         false,
			"INSERT INTO none VALUES (1)":                               false,
			"INSERT INTO u VALUES (1, 'x', 'y') ON CONFLICT DO NOTHING": false,
		} {
			err := d.Write(context.Background(), func(tx *db.Tx) error {
				_, err := tx.Exec(context.Background(), statement)
				return err
			})
			if db.IsUnique(err) != want {
				t.Errorf("%s: IsUnique(%v) = %v", statement, err, !want)
			}
		}
		if db.IsUnique(nil) {
			t.Error("IsUnique(nil)")
		}
	})
}

func TestForeignKeysHold(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		mustExec(t, d, "CREATE TABLE p (id BIGINT PRIMARY KEY)", "CREATE TABLE c (id BIGINT PRIMARY KEY REFERENCES p (id))")
		err := d.Write(context.Background(), func(tx *db.Tx) error {
			_, err := tx.Exec(context.Background(), "INSERT INTO c VALUES (1)")
			return err
		})
		if err == nil {
			t.Error("a row refers to nothing")
		}
	})
}

func TestOpenAtOnce(t *testing.T) {
	t.Parallel()
	for _, engine := range dbtest.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			dsn := dbtest.EmptyDSN(t, engine)
			var wg sync.WaitGroup
			for range 6 {
				wg.Go(func() {
					d, err := db.Open(context.Background(), dsn)
					if err != nil {
						t.Error(err)
						return
					}
					if err := d.Close(); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
		})
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for _, dsn := range []string{"", "postgres://%zz", filepath.Join(t.TempDir(), "no", "dir", "\x00")} {
		if _, err := db.Open(ctx, dsn); err == nil {
			t.Errorf("Open(%q) went well", dsn)
		}
	}
	file := filepath.Join(t.TempDir(), "letter.txt")
	if err := os.WriteFile(file, []byte(strings.Repeat("no database ", 500)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Open(ctx, file); err == nil {
		t.Error("a text file was opened as a database")
	}
}

func TestOpenRefusesNewerSchema(t *testing.T) {
	t.Parallel()
	for _, engine := range dbtest.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			ctx := context.Background()
			dsn := dbtest.DSN(t, engine)
			d, err := db.Open(ctx, dsn)
			if err != nil {
				t.Fatal(err)
			}
			mustExec(t, d, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, TRUE)")
			if err := d.Close(); err != nil {
				t.Fatal(err)
			}
			if _, err := db.Open(ctx, dsn); err == nil || !strings.Contains(err.Error(), "newer program") {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

func TestEnginesAccepted(t *testing.T) {
	t.Parallel()
	for v, want := range map[string]bool{"3.51.2": false, "3.51.3": true, "3.9.99": false, "3.52.0": true, "4.0.0": true, "": false} {
		if err := db.AcceptSQLite(v); (err == nil) != want {
			t.Errorf("SQLite %s: %v", v, err)
		}
	}
	if db.AcceptPostgres(120022, "UTF8") == nil || db.AcceptPostgres(150004, "SQL_ASCII") == nil {
		t.Error("a server was accepted that will not do")
	}
	if err := db.AcceptPostgres(130000, "UTF8"); err != nil {
		t.Error(err)
	}
}

func TestFilesArePrivate(t *testing.T) {
	t.Parallel()
	// The characters mean something in the address of an SQLite file.
	path := filepath.Join(t.TempDir(), "deep", "er", "100% odd?#&=_.db")
	for range 2 {
		d, err := db.Open(context.Background(), path)
		if err != nil {
			t.Fatal(err)
		}
		mustExec(t, d, "DELETE FROM seal_keys")
		for _, end := range []string{"", "-wal", "-shm"} {
			mustHaveMode(t, path+end, 0o600)
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		// A file that was opened up is closed again.
		if err := os.Chmod(path, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	mustHaveMode(t, filepath.Dir(path), fs.ModeDir|0o700)
	if got, _ := os.ReadDir(filepath.Dir(path)); len(got) != 1 {
		t.Errorf("the folder holds %v", got)
	}
}

func mustHaveMode(t *testing.T, path string, want fs.FileMode) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode() != want {
		t.Errorf("%s has mode %v, not %v", path, info.Mode(), want)
	}
}

func TestIntegrityCheck(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if err := d.IntegrityCheck(ctx); err != nil {
			t.Error(err)
		}
	})
	t.Run("damage", func(t *testing.T) {
		t.Parallel()
		path := dbtest.DSN(t, "sqlite")
		d, err := db.Open(ctx, path)
		if err != nil {
			t.Fatal(err)
		}
		mustExec(t, d, "CREATE TABLE big (id BIGINT PRIMARY KEY, words TEXT)",
			"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) INSERT INTO big SELECT i, 'row ' || i FROM n")
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		at := strings.LastIndex(string(b), "row 1000") // some page of the table
		copy(b[at/4096*4096:], make([]byte, 64))
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if d, err = db.Open(ctx, path); err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		if err := d.IntegrityCheck(ctx); err == nil {
			t.Error("the damage was not found")
		}
	})
	t.Run("reference", func(t *testing.T) {
		t.Parallel()
		path := dbtest.DSN(t, "sqlite")
		raw, err := sql.Open("sqlite3", "file:"+path+"?vfs=steward&_pragma=foreign_keys(0)")
		if err != nil {
			t.Fatal(err)
		}
		_, err = raw.Exec("CREATE TABLE p (id BIGINT PRIMARY KEY); CREATE TABLE c (id BIGINT PRIMARY KEY REFERENCES p (id)); INSERT INTO c VALUES (1)")
		if err := errors.Join(err, raw.Close()); err != nil {
			t.Fatal(err)
		}
		d, err := db.Open(ctx, path)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		if err := d.IntegrityCheck(ctx); err == nil || !strings.Contains(err.Error(), "missing row of p") {
			t.Errorf("the error is %v", err)
		}
	})
}
