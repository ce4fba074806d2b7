package db

import (
	"context"
	"errors"

	"github.com/ncruces/go-sqlite3/driver"
)

// Patience is how long a write waits for a server that is away.
const Patience = patience

// Rules that tests check.
var (
	AcceptSQLite   = acceptSQLite
	AcceptPostgres = acceptPostgres
)

// OpenAt opens a database with an older schema, as the program of that time
// would have.
func OpenAt(ctx context.Context, dsn string, version int64) (*DB, error) {
	eng, err := engineFor(dsn)
	if err != nil {
		return nil, err
	}
	writes, reads, err := eng.open()
	if err != nil {
		return nil, err
	}
	err = prepare(ctx, eng, writes, func() error { return migrate(ctx, eng, writes, version) })
	if err != nil {
		return nil, errors.Join(err, writes.Close(), reads.Close())
	}
	writes.SetMaxOpenConns(1)
	return &DB{eng: eng, writes: writes, reads: reads, writer: startWriter(eng, writes)}, nil
}

// Break makes every later write fail at its beginning.
func (d *DB) Break() error { return d.writes.Close() }

// OldSQLite makes a database as a program made it that knew of no checksums,
// and runs statements on it.
func OldSQLite(ctx context.Context, path string, statements ...string) error {
	e := &sqliteEngine{path: path}
	plain, err := driver.Open(e.uri())
	if err != nil {
		return err
	}
	err = migrate(ctx, e, plain, 5)
	for _, s := range statements {
		if err == nil {
			_, err = plain.ExecContext(ctx, s)
		}
	}
	return errors.Join(err, plain.Close())
}

// Checkpoint moves what is in the journal of an SQLite database to its file.
func (d *DB) Checkpoint(ctx context.Context) error {
	_, err := d.writes.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	return err
}
