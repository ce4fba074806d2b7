package advisory

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"steward/internal/base/db"
	"steward/internal/base/errs"
	"steward/internal/base/pattern"
)

// Store keeps what was made public, in clear. Anyone may read it, so that
// reading takes no caller. Writing takes the transaction of whoever decides to
// publish: internal/cvd checks the permission and writes the audit entry in
// that same transaction.
type Store struct {
	DB *db.DB
}

// PageSize is how many advisories List gives at once.
const PageSize = 100

// maxAtOnce bounds what Changes and Entries give at once.
const maxAtOnce = 1000

// Page is a part of all advisories.
type Page struct {
	Advisories []Advisory `json:"advisories"` // last published first
	Next       string     `json:"next"`       // what to give to List for the page that follows; empty at the end
	Total      int        `json:"total"`      // of all pages
}

// Record is an advisory as it stands now.
type Record struct {
	Seq      int64    `json:"seq"` // of its latest revision, among all entries
	Advisory Advisory `json:"advisory"`
}

// Entry is one thing that was made public: a revision of an advisory or a
// state of a prenotice. One of the two is set.
type Entry struct {
	Seq       int64      `json:"seq"` // 1, 2, 3 … without a gap
	At        time.Time  `json:"at"`
	Advisory  *Advisory  `json:"advisory,omitempty"`
	Prenotice *Prenotice `json:"prenotice,omitempty"`
}

const (
	kindAdvisory  = "advisory"
	kindPrenotice = "prenotice"
)

var prefixPattern = pattern.Late(`^[A-Z][A-Z0-9]{1,15}$`)

// NextID gives out the next identifier, PREFIX-YEAR-NNNN. Once the transaction
// is committed, nobody gets it again, whether it is used or not.
func (s *Store) NextID(ctx context.Context, tx *db.Tx, prefix string, year int) (string, error) {
	if !prefixPattern().MatchString(prefix) || year < 1970 || year > 9999 {
		return "", errs.Invalidf("prefix", "%q and %d do not make an identifier", prefix, year).
			WithHint("2 to 16 capital letters and digits, a letter first, and a year of four digits")
	}
	var n int64
	err := tx.QueryRow(ctx, `INSERT INTO advisory_numbers (prefix, year, last) VALUES ($1, $2, 1)
		ON CONFLICT (prefix, year) DO UPDATE SET last = advisory_numbers.last + 1
		RETURNING last`, prefix, year).Scan(&n)
	if err != nil {
		return "", fmt.Errorf("giving out an identifier: %w", err)
	}
	return fmt.Sprintf("%s-%d-%04d", prefix, year, n), nil
}

// Release makes an advisory public: the first revision of a new identifier, or
// the next of one that is known. It sets the dates and the revisions; the
// caller sets everything else, the publisher too. summary says in a line what
// changed. What Lint finds blocking is refused with every problem at once. A
// withdrawal, once made, stays.
func (s *Store) Release(ctx context.Context, tx *db.Tx, a Advisory, summary string, at time.Time) (Advisory, error) {
	at = at.UTC().Truncate(time.Microsecond)
	before, state, err := current(ctx, tx, a.ID)
	if err != nil {
		return Advisory{}, err
	}
	at = after(before.Updated, at)
	a.Published, a.Updated = at, at
	a.Revisions = append(slices.Clone(before.Revisions), Revision{Number: len(before.Revisions) + 1, At: at, Summary: OneLine(summary)})
	if state != "" {
		a.Published = before.Published
	}
	move := eventRelease
	if before.Withdrawn != nil {
		a.Withdrawn = before.Withdrawn
	} else if a.Withdrawn != nil {
		move = eventWithdraw
	}
	to, err := state.step(move)
	if err != nil {
		return Advisory{}, err
	}
	if err := problems(Blocking(Lint(a, at))); err != nil {
		return Advisory{}, err
	}
	seq, err := addEntry(ctx, tx, kindAdvisory, a.ID, at, a)
	if err != nil {
		return Advisory{}, err
	}
	return a, putState(ctx, tx, a.ID, to, seq)
}

// Withdraw makes a revision public that says that the advisory no longer holds
// and why. All its text stays.
func (s *Store) Withdraw(ctx context.Context, tx *db.Tx, id, reason string, at time.Time) (Advisory, error) {
	a, state, err := current(ctx, tx, id)
	if err != nil {
		return Advisory{}, err
	}
	if state == "" {
		return Advisory{}, errs.Missing()
	}
	if _, err := state.step(eventWithdraw); err != nil {
		return Advisory{}, err
	}
	reason = OneLine(reason)
	at = after(a.Updated, at.UTC().Truncate(time.Microsecond))
	a.Withdrawn = &Withdrawal{At: at, Reason: reason}
	return s.Release(ctx, tx, a, "Withdrawn: "+reason, at)
}

// after gives the time, or the moment after the last one should the clock have
// been set back since.
func after(last, at time.Time) time.Time {
	if at.After(last) {
		return at
	}
	return last.Add(time.Microsecond)
}

// problems makes one error of many.
func problems(found []Problem) error {
	var ps errs.Problems
	for _, p := range found {
		ps.Add(p.Path, "%s", p.Message).Hint = p.Hint
	}
	return ps.Err()
}

// current gives the latest revision of an advisory and its state, which is
// empty when there is none.
func current(ctx context.Context, q db.Queryer, id string) (Advisory, State, error) {
	var state State
	var record string
	err := q.QueryRow(ctx, `SELECT a.state, e.record FROM advisories a JOIN advisory_entries e ON e.seq = a.last
		WHERE a.id = $1`, id).Scan(&state, &record)
	if errors.Is(err, sql.ErrNoRows) {
		return Advisory{}, "", nil
	}
	if err != nil {
		return Advisory{}, "", fmt.Errorf("reading advisory %s: %w", id, err)
	}
	a, err := decode[Advisory](id, record)
	return a, state, err
}

func decode[T any](id, record string) (T, error) {
	var v T
	if err := json.Unmarshal([]byte(record), &v); err != nil {
		return v, fmt.Errorf("reading the record of %s: %w", id, err)
	}
	return v, nil
}

// addEntry writes the next entry and gives its place.
func addEntry(ctx context.Context, tx *db.Tx, kind, id string, at time.Time, record any) (int64, error) {
	b, err := json.Marshal(record)
	if err != nil {
		return 0, fmt.Errorf("writing the record of %s: %w", id, err)
	}
	var seq int64
	err = tx.QueryRow(ctx, `INSERT INTO advisory_entries (seq, kind, id, revision, at, record)
		SELECT (SELECT COALESCE(MAX(seq), 0) + 1 FROM advisory_entries), $1,
			$2, (SELECT COALESCE(MAX(revision), 0) + 1 FROM advisory_entries WHERE id = $2), $3, $4
		RETURNING seq`, kind, id, db.Micros(at), string(b)).Scan(&seq)
	if err != nil {
		return 0, fmt.Errorf("adding an entry of %s: %w", id, err)
	}
	return seq, nil
}

// putState says where an advisory stands after entry seq. An identifier that
// was not given out here, as that of an imported advisory, is taken from now
// on.
func putState(ctx context.Context, tx *db.Tx, id string, state State, seq int64) error {
	prefix, year, number, err := splitID(id)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO advisories (id, year, number, state, first, last) VALUES ($1, $2, $3, $4, $5, $5)
		ON CONFLICT (id) DO UPDATE SET state = $4, last = $5`, id, year, number, string(state), seq)
	if err != nil {
		return fmt.Errorf("setting the state of %s: %w", id, err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO advisory_numbers (prefix, year, last) VALUES ($1, $2, $3)
		ON CONFLICT (prefix, year) DO UPDATE SET last = CASE
			WHEN advisory_numbers.last < $3 THEN $3 ELSE advisory_numbers.last END`, prefix, year, number)
	if err != nil {
		return fmt.Errorf("taking the identifier %s: %w", id, err)
	}
	return nil
}

// splitID takes PREFIX-YEAR-NNNN apart.
func splitID(id string) (prefix string, year, number int64, err error) {
	parts := strings.Split(id, "-")
	if !ValidID(id) || len(parts) != 3 {
		return "", 0, 0, errs.Invalidf("id", "%q does not have the form PREFIX-YEAR-NNNN", id)
	}
	if year, err = strconv.ParseInt(parts[1], 10, 64); err == nil {
		number, err = strconv.ParseInt(parts[2], 10, 64)
	}
	if err != nil {
		return "", 0, 0, fmt.Errorf("reading the identifier %s: %w", id, err)
	}
	return parts[0], year, number, nil
}
