package db

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// Size is how much room the database takes, in bytes, with its journal.
func (d *DB) Size(ctx context.Context) (n int64, err error) {
	err = d.Read(ctx, func(q Queryer) error {
		n, err = d.eng.size(ctx, q)
		return err
	})
	return n, err
}

func (e *sqliteEngine) size(context.Context, Queryer) (n int64, err error) {
	for _, suffix := range []string{"", "-wal"} {
		info, err := os.Stat(e.path + suffix)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return 0, fmt.Errorf("measuring the database: %w", err)
		}
		n += info.Size()
	}
	return n, nil
}

func (*postgresEngine) size(ctx context.Context, q Queryer) (n int64, err error) {
	if err := q.QueryRow(ctx, "SELECT pg_database_size(current_database())").Scan(&n); err != nil {
		return 0, fmt.Errorf("measuring the database: %w", err)
	}
	return n, nil
}

// Version names the engine and its version.
func (d *DB) Version(ctx context.Context) (v string, err error) {
	err = d.Read(ctx, func(q Queryer) error {
		if err := q.QueryRow(ctx, d.eng.versionQuery()).Scan(&v); err != nil {
			return fmt.Errorf("asking the database for its version: %w", err)
		}
		return nil
	})
	return v, err
}

func (*sqliteEngine) versionQuery() string { return "SELECT 'SQLite ' || sqlite_version()" }
func (*postgresEngine) versionQuery() string {
	return "SELECT 'PostgreSQL ' || current_setting('server_version')"
}

// OnCommit sets what is told of each commit: how many writes it kept, and how
// long it took to be on the disk. It is to be set once, before anything is
// written, and must be quick.
func (d *DB) OnCommit(f func(writes int, took time.Duration)) { d.writer.told.Store(&f) }

// keep commits a group of writes and tells of it.
func (w *writer) keep(commit func() error, writes int) error {
	began := time.Now()
	err := commit()
	if f := w.told.Load(); f != nil && err == nil {
		(*f)(writes, time.Since(began))
	}
	return err
}
