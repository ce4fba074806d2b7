package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// sqliteOldest is the first release without the WAL-reset bug, by which a
// commit and a checkpoint at the same moment can corrupt the file
// (https://sqlite.org/wal.html#walresetbug).
var sqliteOldest = []int{3, 51, 3}

const sqliteReaders = 4

// sqliteEngine keeps a database in one file, with its journal beside it.
type sqliteEngine struct{ path string }

func newSQLite(path string) (engine, error) {
	if path == "" {
		return nil, errors.New("the path of the database is empty")
	}
	full, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("finding the database: %w", err)
	}
	return &sqliteEngine{full}, nil
}

func (*sqliteEngine) name() string                { return "sqlite" }
func (*sqliteEngine) dialect() goose.Dialect      { return goose.DialectSQLite3 }
func (*sqliteEngine) rewrite(query string) string { return numbered(query) }

// snapshot: a read transaction of SQLite is one by nature.
func (*sqliteEngine) snapshot() sql.IsolationLevel { return sql.LevelDefault }

func (e *sqliteEngine) open() (writes, reads *sql.DB, err error) {
	writes, err = sql.Open("sqlite", e.uri("_txlock", "immediate"))
	if err != nil {
		return nil, nil, err
	}
	reads, err = sql.Open("sqlite", e.uri("_query_only", "on"))
	if err != nil {
		return nil, nil, errors.Join(err, writes.Close())
	}
	reads.SetMaxOpenConns(sqliteReaders)
	reads.SetMaxIdleConns(sqliteReaders)
	return writes, reads, nil
}

// uri names the file and the settings of each of its connections.
func (e *sqliteEngine) uri(more ...string) string {
	v := url.Values{
		"_busy_timeout": {"10000"}, // ms to wait while another process writes
		"_journal_mode": {"WAL"},
		"_synchronous":  {"FULL"}, // a commit is on the disk before it is answered
		"_foreign_keys": {"on"},
		"_dqs":          {"0"}, // "x" is a name, never a text
		"_defensive":    {"1"},
		"_pragma": {
			"trusted_schema(0)",
			"temp_store(memory)",
			"journal_size_limit(67108864)",
		},
	}
	for i := 0; i < len(more); i += 2 {
		v.Set(more[i], more[i+1])
	}
	return (&url.URL{Scheme: "file", OmitHost: true, Path: e.path, RawQuery: v.Encode()}).String()
}

// lockSchema locks the folder of the file, and makes both if they are missing.
//
// It must not open a file that is there: whoever closes any handle of a file
// loses the locks that this process holds on it, those of SQLite too.
func (e *sqliteEngine) lockSchema(context.Context, *sql.DB) (func() error, error) {
	dir := filepath.Dir(e.path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	folder, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	if err := flock(folder); err != nil {
		return nil, errors.Join(fmt.Errorf("locking %s: %w", dir, err), folder.Close())
	}
	if err := e.makeFile(folder); err != nil {
		return nil, errors.Join(err, folder.Close())
	}
	return folder.Close, nil
}

func flock(f *os.File) error {
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX)
		if !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}

// makeFile makes the file for its owner alone. SQLite gives the journal the
// same mode.
func (e *sqliteEngine) makeFile(folder *os.File) error {
	f, err := os.OpenFile(e.path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if errors.Is(err, os.ErrExist) {
		return os.Chmod(e.path, 0o600)
	}
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), folder.Sync())
}

func (*sqliteEngine) accept(ctx context.Context, writes *sql.DB) error {
	var v string
	if err := writes.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&v); err != nil {
		return fmt.Errorf("opening the database: %w", err)
	}
	return acceptSQLite(v)
}

func acceptSQLite(version string) error {
	got := make([]int, 3)
	if _, err := fmt.Sscanf(version, "%d.%d.%d", &got[0], &got[1], &got[2]); err != nil {
		return fmt.Errorf("reading the version of SQLite, %q: %w", version, err)
	}
	if slices.Compare(got, sqliteOldest) < 0 {
		return fmt.Errorf("SQLite %s can corrupt the database; this program needs 3.51.3 or newer", version)
	}
	return nil
}

// lockWrites: BEGIN IMMEDIATE has done it.
func (*sqliteEngine) lockWrites(context.Context, *sql.Tx) error { return nil }

// lost: there is no connection to lose.
func (*sqliteEngine) lost(error) bool { return false }

func sqliteUnique(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && (e.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || e.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)
}
