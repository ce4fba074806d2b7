package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
)

// DB is an open database. Its methods may be called from many goroutines.
type DB struct {
	eng    engine
	writes *sql.DB // one connection
	reads  *sql.DB // a few connections that can change nothing
	writer *writer
}

// engine is what differs between SQLite and PostgreSQL.
type engine interface {
	name() string
	dialect() goose.Dialect
	// open prepares the two pools.
	open() (writes, reads *sql.DB, err error)
	// lockSchema keeps every other process from opening the same database
	// until release is called. It runs before anything is read or written.
	lockSchema(ctx context.Context, writes *sql.DB) (release func() error, err error)
	// accept refuses a server or library that does not keep our promises.
	accept(ctx context.Context, writes *sql.DB) error
	// lockWrites, first in a write transaction, lets the writers of all
	// processes take turns.
	lockWrites(ctx context.Context, tx *sql.Tx) error
	// rest waits for what the engine does beside the writes. None comes after.
	rest()
	// snapshot is the isolation that shows a read one state of the records.
	snapshot() sql.IsolationLevel
	// rewrite gives the engine's form of a query.
	rewrite(query string) string
	// lost tells whether err is about the connection, so that a new one may do.
	lost(err error) bool

	// tables lists the tables, by name, with their columns in order.
	tables(ctx context.Context, q Queryer) ([]table, error)
	// byteOrder makes a text expression sort by its bytes.
	byteOrder(expr string) string
	// deferReferences puts off the check of foreign keys within a
	// transaction; check makes up for it and is called before the commit.
	deferReferences(ctx context.Context, tx *sql.Tx) (check func() error, err error)
	// size is how much room the files take, in bytes.
	size(ctx context.Context, q Queryer) (int64, error)
	// versionQuery asks for the name and version of the engine.
	versionQuery() string
	// damage gives what was met in the files, if that is why err was given.
	damage(err error) *DamageError
	// sums tells whether the engine checks what it reads from its files.
	sums(ctx context.Context, q Queryer) (bool, error)
	// check looks for damage in the files.
	check(ctx context.Context, d *DB) ([]Finding, error)
}

// Open opens the database that dsn names and brings its schema up to date.
// A dsn that begins with postgres:// or postgresql:// is a server's address;
// every other is the path of an SQLite file, which is made if it is missing,
// for its owner alone.
func Open(ctx context.Context, dsn string) (*DB, error) {
	eng, err := engineFor(dsn)
	if err != nil {
		return nil, err
	}
	writes, reads, err := eng.open()
	if err != nil {
		return nil, fmt.Errorf("opening the database: %w", err)
	}
	err = prepare(ctx, eng, writes, func() error { return migrate(ctx, eng, writes, newest) })
	if err != nil {
		return nil, errors.Join(explained(eng, err), writes.Close(), reads.Close())
	}
	writes.SetMaxOpenConns(1) // a migration needs two: its own and the lock's
	d := &DB{eng: eng, writes: writes, reads: reads}
	d.writer = startWriter(eng, writes)
	return d, nil
}

func engineFor(dsn string) (engine, error) {
	if strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		return newPostgres(dsn)
	}
	return newSQLite(dsn)
}

// prepare checks the engine and then changes the schema, while no other
// process does.
func prepare(ctx context.Context, eng engine, writes *sql.DB, change func() error) (err error) {
	release, err := eng.lockSchema(ctx, writes)
	if err != nil {
		return fmt.Errorf("opening the database: %w", err)
	}
	defer func() { err = errors.Join(err, release()) }()
	if err := eng.accept(ctx, writes); err != nil {
		return err
	}
	return change()
}

// Close waits for the writes that were accepted and closes the database.
// Writes that come later get ErrClosed.
func (d *DB) Close() error {
	d.writer.close()
	d.eng.rest()
	return errors.Join(d.reads.Close(), d.writes.Close())
}

// Engine is "sqlite" or "postgres".
func (d *DB) Engine() string { return d.eng.name() }

// Write runs f in a transaction. If Write returns nil, what f did is
// committed and on the disk; if it returns an error, nothing of it is kept,
// with one exception: when the connection to PostgreSQL is lost in the middle
// of the commit, nobody knows (see [ErrUnknown]).
//
// f is called at most once, in the goroutine of the caller, and other writes
// wait for it: it should be quick, do nothing but work on tx, and never call
// Write. A panic in f is returned as an error. A constraint that is checked
// only at the commit, if violated, fails all writes of the group; the schema
// should have none.
func (d *DB) Write(ctx context.Context, f func(tx *Tx) error) error {
	return explained(d.eng, d.writer.write(ctx, f))
}

// Waiting tells how many writes wait for the writer at this moment.
func (d *DB) Waiting() int64 { return d.writer.waiting.Load() }

// Read runs f on one consistent snapshot, which f cannot change. The Queryer
// is over when f returns.
func (d *DB) Read(ctx context.Context, f func(q Queryer) error) error {
	tx, err := begin(ctx, d.eng, d.reads, &sql.TxOptions{ReadOnly: true, Isolation: d.eng.snapshot()})
	if err != nil {
		return explained(d.eng, fmt.Errorf("reading: %w", err))
	}
	defer tx.Rollback() // nothing to keep
	return explained(d.eng, f(snapshot{tx, d.eng}))
}

// IsUnique tells whether err says that a row with the same key, or the same
// value in a unique column, is there already.
func IsUnique(err error) bool {
	return sqliteUnique(err) || postgresUnique(err)
}

// patience is how long a transaction waits for a server that is away.
const patience = 5 * time.Second

// begin starts a transaction. A connection that broke while it lay idle is
// replaced: nothing has been done on it, so that trying again is safe. A
// server that restarts is waited for.
func begin(ctx context.Context, eng engine, pool *sql.DB, opts *sql.TxOptions) (*sql.Tx, error) {
	started := time.Now()
	for pause := 10 * time.Millisecond; ; pause *= 2 {
		tx, err := pool.BeginTx(ctx, opts)
		if err == nil && !opts.ReadOnly {
			if err = eng.lockWrites(ctx, tx); err != nil {
				_ = tx.Rollback()
			}
		}
		if err == nil {
			return tx, nil
		}
		if !eng.lost(err) || time.Since(started)+pause > patience {
			return nil, err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return nil, err
		}
	}
}
