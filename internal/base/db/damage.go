package db

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/ncruces/go-sqlite3"
)

// Finding is something wrong with what is stored.
type Finding struct {
	Where   string `json:"where"`   // "page 12 of steward.db", "table cases"
	Problem string `json:"problem"` // what is wrong there
}

// DamageError is given by a read or write that met other bytes than were
// written. Nothing of what was read is used.
type DamageError struct{ Where string }

func (e *DamageError) Error() string { return e.Where + " " + altered }

const altered = "is not as it was written: the disk has altered it"

func damageAt(path, format string, args ...any) *DamageError {
	return &DamageError{fmt.Sprintf(format, args...) + " of " + filepath.Base(path)}
}

// damaged notes damage of an SQLite file and gives the error that SQLite stops
// at. That is a mere number, which is why there is a note.
func damaged(path, format string, args ...any) error {
	met.Lock()
	defer met.Unlock()
	if met.last == nil {
		met.last = map[string]*DamageError{}
	}
	met.last[strings.TrimSuffix(path, "-wal")] = damageAt(path, format, args...)
	return sqlite3.IOERR_DATA
}

// met is the damage that was met last, by the path of the database.
var met struct {
	sync.Mutex
	last map[string]*DamageError
}

func (e *sqliteEngine) damage(err error) *DamageError {
	if !errors.Is(err, sqlite3.IOERR_DATA) {
		return nil
	}
	met.Lock()
	defer met.Unlock()
	return met.last[e.path]
}

// damage: the server's own message, which names the block and the file, is in err.
func (*postgresEngine) damage(err error) *DamageError {
	// https://www.postgresql.org/docs/current/errcodes-appendix.html: data
	// corrupted, index corrupted.
	if e, ok := errors.AsType[*pgconn.PgError](err); ok && (e.Code == "XX001" || e.Code == "XX002") {
		return &DamageError{"a file of the PostgreSQL server"}
	}
	return nil
}
