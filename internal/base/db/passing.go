package db

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/ncruces/go-sqlite3"

	"steward/internal/base/errs"
)

// errShared says that a write failed by no fault of its own.
var errShared = errors.New("the transaction that several writes shared is lost")

// explained names the damage that a failure comes from, and marks one that may
// be over when the same is tried again, so that whoever asked is told so.
func explained(eng engine, err error) error {
	if err == nil {
		return nil
	}
	if d := eng.damage(err); d != nil {
		return errors.Join(d, err)
	}
	if !passing(eng, err) {
		return err
	}
	return fmt.Errorf("%w: %w", errs.ErrBusy, err)
}

// passing tells a failure of the disk, of the server or of the way to it from
// one of the statement.
func passing(eng engine, err error) bool {
	if errors.Is(err, errShared) || errors.Is(err, ErrUnknown) || errors.Is(err, ErrClosed) {
		return true
	}
	if slices.ContainsFunc([]error{
		sqlite3.FULL, sqlite3.IOERR, sqlite3.CANTOPEN, sqlite3.NOMEM, sqlite3.BUSY, sqlite3.PROTOCOL,
	}, func(code error) bool { return errors.Is(err, code) }) {
		return true
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		// https://www.postgresql.org/docs/current/errcodes-appendix.html:
		// class 53 insufficient resources, 58 system error.
		return strings.HasPrefix(e.Code, "53") || strings.HasPrefix(e.Code, "58") || eng.lost(err)
	}
	return eng.lost(err)
}
