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

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"
	"github.com/pressly/goose/v3"
)

// sqliteOldest is the first release without the WAL-reset bug, by which a
// commit and a checkpoint at the same moment can corrupt the file
// (https://sqlite.org/wal.html#walresetbug).
var sqliteOldest = []int{3, 51, 3}

const sqliteReaders = 4

// sqliteEngine keeps a database in one file, with its journal beside it.
type sqliteEngine struct {
	path string
	mover
}

func newSQLite(path string) (engine, error) {
	if path == "" {
		return nil, errors.New("the path of the database is empty")
	}
	full, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("finding the database: %w", err)
	}
	return &sqliteEngine{path: full}, nil
}

func (*sqliteEngine) name() string                { return "sqlite" }
func (*sqliteEngine) dialect() goose.Dialect      { return goose.DialectSQLite3 }
func (*sqliteEngine) rewrite(query string) string { return numbered(query) }

// snapshot: a read transaction of SQLite is one by nature.
func (*sqliteEngine) snapshot() sql.IsolationLevel { return sql.LevelDefault }

func (e *sqliteEngine) open() (writes, reads *sql.DB, err error) {
	// 32 MB: a burst of writes finds what it has just written.
	writes, err = driver.Open(e.uri("vfs", checkedVFS, "_txlock", "immediate", "_pragma", "cache_size(-32000)"), e.watch)
	if err != nil {
		return nil, nil, err
	}
	reads, err = driver.Open(e.uri("vfs", checkedVFS, "_pragma", "query_only(1)"), defend)
	if err != nil {
		return nil, nil, errors.Join(err, writes.Close())
	}
	reads.SetMaxOpenConns(sqliteReaders)
	reads.SetMaxIdleConns(sqliteReaders)
	e.pool = reads // what may not write may move what was written
	return writes, reads, nil
}

// watch prepares the connection that writes.
func (e *sqliteEngine) watch(c *sqlite3.Conn) error {
	c.WALHook(e.committed)
	return defend(c)
}

// rest waits until nothing is being moved.
func (e *sqliteEngine) rest() { e.work.Wait() }

// uri names the file and the settings of each of its connections.
func (e *sqliteEngine) uri(more ...string) string {
	v := url.Values{}
	for _, p := range []string{
		"busy_timeout(10000)", // ms to wait while another process writes
		"journal_mode(WAL)",
		"synchronous(FULL)", // a commit is on the disk before it is answered
		"foreign_keys(1)",
		"trusted_schema(0)",
		"temp_store(memory)",
		"journal_size_limit(67108864)",
	} {
		v.Add("_pragma", p)
	}
	for i := 0; i < len(more); i += 2 {
		v.Add(more[i], more[i+1])
	}
	return (&url.URL{Scheme: "file", OmitHost: true, Path: e.path, RawQuery: v.Encode()}).String()
}

// defend sets what no PRAGMA sets: "x" is a name and never a text, and no
// statement can write to the file but by tables.
func defend(c *sqlite3.Conn) error {
	for op, on := range map[sqlite3.DBConfig]bool{
		sqlite3.DBCONFIG_DQS_DDL: false, sqlite3.DBCONFIG_DQS_DML: false, sqlite3.DBCONFIG_DEFENSIVE: true,
	} {
		if _, err := c.Config(op, on); err != nil {
			return err
		}
	}
	return nil
}

// lockSchema locks the folder of the file, and makes both if they are missing.
// What has no sums in its pages yet is given them.
func (e *sqliteEngine) lockSchema(ctx context.Context, _ *sql.DB) (func() error, error) {
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
	err = e.makeFile(folder)
	if err == nil {
		err = e.sumPages(ctx)
	}
	if err != nil {
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

// makeFile makes the file for its owner alone.
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
	return errors.Is(err, sqlite3.CONSTRAINT_UNIQUE) || errors.Is(err, sqlite3.CONSTRAINT_PRIMARYKEY)
}
