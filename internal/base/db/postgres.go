package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
)

// Keys of advisory locks, which are per database: one for who opens it, one
// for who writes. Any two numbers do that no other program uses there.
const (
	lockOpening = 7283950116233401
	lockWriting = 7283950116233402
)

const (
	postgresOldest  = 13 // the oldest release that its makers still mended in 2025
	postgresReaders = 8
)

// postgresEngine keeps a database on a PostgreSQL server.
type postgresEngine struct{ config *pgx.ConnConfig }

func newPostgres(dsn string) (engine, error) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("reading the address of the database: %w", err)
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = 10 * time.Second
	}
	config.RuntimeParams["application_name"] = "steward"
	config.RuntimeParams["timezone"] = "UTC"
	config.RuntimeParams["synchronous_commit"] = "on" // whatever the server's default is
	return &postgresEngine{config}, nil
}

func (*postgresEngine) name() string                { return "postgres" }
func (*postgresEngine) dialect() goose.Dialect      { return goose.DialectPostgres }
func (*postgresEngine) rewrite(query string) string { return query }

func (*postgresEngine) snapshot() sql.IsolationLevel { return sql.LevelRepeatableRead }

func (*postgresEngine) rest() {}

func (e *postgresEngine) open() (writes, reads *sql.DB, err error) {
	writes = stdlib.OpenDB(*e.config.Copy())
	readOnly := e.config.Copy()
	readOnly.RuntimeParams["default_transaction_read_only"] = "on"
	reads = stdlib.OpenDB(*readOnly)
	reads.SetMaxOpenConns(postgresReaders)
	reads.SetMaxIdleConns(postgresReaders)
	return writes, reads, nil
}

func (e *postgresEngine) lockSchema(ctx context.Context, writes *sql.DB) (func() error, error) {
	conn, err := writes.Conn(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", int64(lockOpening)); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return func() error {
		_, err := conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", int64(lockOpening))
		return errors.Join(err, conn.Close())
	}, nil
}

func (*postgresEngine) accept(ctx context.Context, writes *sql.DB) error {
	var number int
	var encoding string
	err := writes.QueryRowContext(ctx,
		"SELECT current_setting('server_version_num')::int, current_setting('server_encoding')").Scan(&number, &encoding)
	if err != nil {
		return fmt.Errorf("opening the database: %w", err)
	}
	return acceptPostgres(number, encoding)
}

func acceptPostgres(number int, encoding string) error {
	if number/10000 < postgresOldest {
		return fmt.Errorf("PostgreSQL %d is too old; this program needs %d or newer", number/10000, postgresOldest)
	}
	if encoding != "UTF8" {
		return fmt.Errorf("the database has the encoding %s; make it with ENCODING 'UTF8'", encoding)
	}
	return nil
}

// lockWrites takes the turn of this process. Only then is the snapshot of the
// first statement taken, for the isolation is READ COMMITTED: it sees what
// the writer before has committed. The server ends what hangs, should this
// process be cut off in the middle.
func (*postgresEngine) lockWrites(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1),
		set_config('idle_in_transaction_session_timeout', '60s', true)`, int64(lockWriting))
	return err
}

// lost tells whether the connection, not the statement, is at fault. What does
// not come from the server itself comes from the way to it.
func (*postgresEngine) lost(err error) bool {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		// https://www.postgresql.org/docs/current/errcodes-appendix.html:
		// class 08 connection exception; 57P01–57P03 shutdown, crash, not yet
		// ready; 57P05 idle for too long; 53300 too many connections.
		switch e.Code {
		case "57P01", "57P02", "57P03", "57P05", "53300":
			return true
		}
		return strings.HasPrefix(e.Code, "08")
	}
	return isAny[*pgconn.ConnectError](err) || isAny[net.Error](err) || pgconn.SafeToRetry(err) ||
		errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

func isAny[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

func postgresUnique(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && e.Code == "23505"
}
