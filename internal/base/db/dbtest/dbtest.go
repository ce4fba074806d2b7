package dbtest

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"steward/internal/base/db"
)

// Engines names both, for loops over them.
var Engines = []string{"sqlite", "postgres"}

// Each runs f once for each engine, as parallel subtests named "sqlite" and
// "postgres", each with a database of its own.
func Each(t *testing.T, f func(t *testing.T, d *db.DB)) {
	t.Helper()
	for _, engine := range Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			f(t, Open(t, engine))
		})
	}
}

// Open opens a new database with the schema in place and no rows. It is
// closed and removed when the test ends.
func Open(t testing.TB, engine string) *db.DB {
	t.Helper()
	return open(t, DSN(t, engine))
}

// DSN makes a new database with the schema in place and no rows, and tells
// where it is, for tests that open it themselves or in other processes. It is
// removed when the test ends.
func DSN(t testing.TB, engine string) string {
	t.Helper()
	switch engine {
	case "sqlite":
		return sqliteDSN(t)
	case "postgres":
		return sharedServer(t).DSN(t)
	}
	t.Fatalf("dbtest: no engine is called %q", engine)
	return ""
}

// EmptyDSN tells where a database is that has no schema yet, as the one is
// that a user points Steward to first. It is removed when the test ends.
func EmptyDSN(t testing.TB, engine string) string {
	t.Helper()
	if engine == "sqlite" {
		return filepath.Join(t.TempDir(), "empty.db")
	}
	return sharedServer(t).newDatabase(t, "template0")
}

func open(t testing.TB, dsn string) *db.DB {
	t.Helper()
	d, err := db.Open(context.Background(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("closing the database: %v", err)
		}
	})
	return d
}

// sqliteDSN copies a file that was migrated once for the process.
func sqliteDSN(t testing.TB) string {
	t.Helper()
	b, err := migratedFile()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "test.db")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// migratedFile is an SQLite database with the schema in place.
var migratedFile = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "steward-sqlite-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "template.db")
	d, err := db.Open(context.Background(), path)
	if err != nil {
		return nil, err
	}
	if err := d.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})
