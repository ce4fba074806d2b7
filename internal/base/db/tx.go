package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"steward/internal/base/errs"
)

// Queryer reads. The argument of Read and the Tx of Write are both one.
type Queryer interface {
	Query(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRow(ctx context.Context, query string, args ...any) *Row
}

// Row is what a query that gives at most one row found, or will find when it
// is scanned.
type Row struct {
	row *sql.Row
	tx  *Tx   // the write that it belongs to, or nil
	err error // why there is none
}

// Scan reads the row, as that of sql.Row does; sql.ErrNoRows says that there
// is none.
func (r *Row) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	err := r.row.Scan(dest...)
	if r.tx != nil && !errors.Is(err, sql.ErrNoRows) {
		err = r.tx.note(err)
	}
	return err
}

// Tx is one write. It ends when the function it was given to returns.
//
// The first statement that fails spoils it: whatever the function then
// returns, nothing of it is kept, and further statements give that first
// error. PostgreSQL demands this; SQLite is held to it so that both behave
// the same.
type Tx struct {
	sql   *sql.Tx
	eng   engine
	known *statements
	group context.Context // bounds the whole group; the caller's may end one write only
	rows  []*sql.Rows     // closed at the end of the write, if the function forgot
	err   error           // the first failure
}

var errTxOver = errors.New("the write is over; its transaction cannot be used any more")

// Exec runs a statement that gives no rows.
func (t *Tx) Exec(ctx context.Context, query string, args ...any) (sql.Result, error) {
	args, err := t.ready(ctx, args)
	if err != nil {
		return nil, err
	}
	res, err := t.known.exec(t.group, t.sql, t.eng.rewrite(query), args...)
	return res, t.note(err)
}

// Query runs a statement that gives rows. Close them.
func (t *Tx) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	args, err := t.ready(ctx, args)
	if err != nil {
		return nil, err
	}
	rows, err := t.sql.QueryContext(t.group, t.eng.rewrite(query), args...)
	if err != nil {
		return nil, t.note(err)
	}
	t.rows = append(t.rows, rows)
	return rows, nil
}

// QueryRow runs a statement that gives at most one row. Scan it.
func (t *Tx) QueryRow(ctx context.Context, query string, args ...any) *Row {
	args, err := t.ready(ctx, args)
	if err != nil {
		return &Row{err: err}
	}
	return &Row{row: t.known.queryRow(t.group, t.sql, t.eng.rewrite(query), args...), tx: t}
}

// ready refuses a statement whose caller has gone, whose write has failed
// already or whose arguments cannot be stored.
//
// The statement itself then runs without the caller's context: to interrupt
// it would break the transaction that other writes share.
func (t *Tx) ready(ctx context.Context, args []any) ([]any, error) {
	if t.err != nil {
		return nil, t.err
	}
	if err := ctx.Err(); err != nil {
		return nil, t.note(err)
	}
	plain, err := plainArgs(args)
	return plain, t.note(err)
}

func (t *Tx) note(err error) error {
	if t.err == nil {
		t.err = err
	}
	return err
}

// end closes what the write left open and forbids its further use. It returns
// the first failure.
func (t *Tx) end() error {
	for _, r := range t.rows {
		_ = t.note(r.Err())
		_ = r.Close()
	}
	err := t.err
	t.err = errTxOver
	return err
}

// snapshot is the Queryer of Read.
type snapshot struct {
	sql *sql.Tx
	eng engine
}

func (s snapshot) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	args, err := plainArgs(args)
	if err != nil {
		return nil, err
	}
	return s.sql.QueryContext(ctx, s.eng.rewrite(query), args...)
}

func (s snapshot) QueryRow(ctx context.Context, query string, args ...any) *Row {
	args, err := plainArgs(args)
	if err != nil {
		return &Row{err: err}
	}
	return &Row{row: s.sql.QueryRowContext(ctx, s.eng.rewrite(query), args...)}
}

// plainArgs reduces arguments to int64, float64, bool, string, []byte and nil,
// so that both engines are given the same, and refuses what only one of them
// would store.
func plainArgs(args []any) ([]any, error) {
	plain := make([]any, len(args))
	for i, a := range args {
		v, err := driver.DefaultParameterConverter.ConvertValue(a)
		if err != nil {
			return nil, fmt.Errorf("parameter $%d: %w", i+1, err)
		}
		switch x := v.(type) {
		case string:
			if !utf8.ValidString(x) || strings.ContainsRune(x, 0) {
				return nil, fmt.Errorf("parameter $%d: %w", i+1, errs.Invalidf("", "This is not text: it has a NUL character or is not UTF-8."))
			}
		case time.Time:
			return nil, fmt.Errorf("parameter $%d is a time; store db.Micros of it", i+1)
		case []byte:
			if x == nil {
				v = nil // NULL for both, whatever the type of the slice was
			}
		}
		plain[i] = v
	}
	return plain, nil
}
