package advisory

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"steward/internal/base/db"
	"steward/internal/base/errs"
)

// PrenoticePrefix is the prefix that identifiers of prenotices have.
const PrenoticePrefix = "PRE"

// check finds what is wrong with a prenotice.
func (p Prenotice) check() error {
	var ps errs.Problems
	if !ValidID(p.ID) || !strings.HasPrefix(p.ID, PrenoticePrefix+"-") {
		ps.Add("id", "%q does not have the form %s-YEAR-NNNN", p.ID, PrenoticePrefix)
	}
	for _, f := range []struct{ field, value string }{{"product", p.Product}, {"versions", p.Versions}} {
		if f.value == "" || f.value != OneLine(f.value) || len(f.value) > maxLine {
			ps.Add(f.field, "must be one line of text, of at most %d bytes", maxLine)
		}
	}
	if !p.Severity.Valid() {
		ps.Add("severity", "%q is not a level", p.Severity).WithHint("low, moderate, high or critical")
	}
	if _, err := time.LoadLocation(p.Zone); err != nil || p.Zone == "" {
		ps.Add("zone", "%q is not a time zone", p.Zone).WithHint("write it as Europe/Stockholm")
	}
	if p.Posted.IsZero() {
		ps.Add("posted", "is missing")
	}
	if p.Release.IsZero() {
		ps.Add("release", "is missing")
	}
	if p.Advisory != "" && !ValidID(p.Advisory) {
		ps.Add("advisory", "%q does not have the form PREFIX-YEAR-NNNN", p.Advisory)
	}
	p.checkMitigation(&ps)
	return ps.Err()
}

// Limits of a workaround that is public before the details. It goes out in
// letters and feeds as it is.
const (
	maxMitigation = 16 << 10 // bytes
	maxBranches   = 20
)

// checkMitigation looks at the workaround as Lint looks at that of an advisory:
// what stops a release there stops a prenotice.
func (p Prenotice) checkMitigation(ps *errs.Problems) {
	var l linter
	l.text("mitigation", p.Mitigation)
	if p.Mitigation != "" && strings.TrimSpace(PlainText(p.Mitigation, maxLine)) == "" {
		l.stop("mitigation", "shows nothing").hint("say what users can do, or leave it out")
	}
	if n := len(p.Mitigation); n > maxMitigation && n <= MarkdownLimit {
		l.stop("mitigation", "has %d bytes; at most %d are allowed", n, maxMitigation)
	}
	l.tooMany("branches", len(p.Branches), maxBranches)
	for i, b := range p.Branches {
		switch path := item("branches", i); {
		case OneLine(b) == "":
			l.stop(path, "is missing")
		case slices.Contains(p.Branches[:i], b):
			l.stop(path, "is there twice")
		default:
			l.text(path, b)
		}
	}
	for _, found := range Blocking(l.found) {
		ps.Add(found.Path, "%s", found.Message).Hint = found.Hint
	}
}

// PutPrenotice makes a prenotice public, or its next state: another hour,
// another release, a workaround, or the advisory that came of it. The date of its first
// posting stays. at is when it is made public.
func (s *Store) PutPrenotice(ctx context.Context, tx *db.Tx, p Prenotice, at time.Time) (Prenotice, error) {
	at = at.UTC().Truncate(time.Microsecond)
	p.Release = p.Release.UTC().Truncate(time.Microsecond)
	before, known, err := prenotice(ctx, tx, p.ID)
	if err != nil {
		return Prenotice{}, err
	}
	if len(p.Branches) == 0 {
		p.Branches = nil // as it is read again
	}
	p.Posted = at
	if known {
		p.Posted = before.Posted
	}
	if err := p.check(); err != nil {
		return Prenotice{}, err
	}
	switch {
	case !known && !p.Release.After(at):
		return Prenotice{}, errs.Invalidf("release", "The announced hour is past.")
	case known && before.Advisory != "":
		return Prenotice{}, errs.Conflictf("The advisory that this prenotice announced is public.")
	case known && reflect.DeepEqual(before, p):
		return p, nil
	}
	seq, err := addEntry(ctx, tx, kindPrenotice, p.ID, at, p)
	if err != nil {
		return Prenotice{}, err
	}
	_, err = tx.Exec(ctx, `INSERT INTO prenotices (id, advisory, release, last) VALUES ($1, $2, $3, $4)
		ON CONFLICT (id) DO UPDATE SET advisory = $2, release = $3, last = $4`, p.ID, p.Advisory, db.Micros(p.Release), seq)
	if err != nil {
		return Prenotice{}, fmt.Errorf("setting the state of %s: %w", p.ID, err)
	}
	return p, nil
}

// Prenotice gives a prenotice as it stands.
func (s *Store) Prenotice(ctx context.Context, id string) (Prenotice, error) {
	var p Prenotice
	err := s.DB.Read(ctx, func(q db.Queryer) error {
		var known bool
		var err error
		if p, known, err = prenotice(ctx, q, id); err == nil && !known {
			return errs.Missing()
		}
		return err
	})
	return p, err
}

// Upcoming gives the prenotices of which no advisory has come yet, the one
// whose hour is next first.
func (s *Store) Upcoming(ctx context.Context) ([]Prenotice, error) {
	return s.prenotices(ctx, `SELECT e.seq, e.kind, e.id, e.at, e.record
		FROM prenotices p JOIN advisory_entries e ON e.seq = p.last
		WHERE p.advisory = '' ORDER BY p.release, p.last LIMIT $1`, maxAtOnce)
}

// Came gives the prenotices of which an advisory has come, the last to come
// first, at most limit of them.
func (s *Store) Came(ctx context.Context, limit int) ([]Prenotice, error) {
	return s.prenotices(ctx, `SELECT e.seq, e.kind, e.id, e.at, e.record
		FROM prenotices p JOIN advisory_entries e ON e.seq = p.last
		WHERE p.advisory <> '' ORDER BY p.last DESC LIMIT $1`, bounded(limit))
}

func (s *Store) prenotices(ctx context.Context, query string, args ...any) ([]Prenotice, error) {
	entries, err := s.read(ctx, query, args...)
	list := make([]Prenotice, len(entries))
	for i, e := range entries {
		list[i] = *e.Prenotice
	}
	return list, err
}

func prenotice(ctx context.Context, q db.Queryer, id string) (Prenotice, bool, error) {
	var record string
	err := q.QueryRow(ctx, `SELECT e.record FROM prenotices p JOIN advisory_entries e ON e.seq = p.last
		WHERE p.id = $1`, id).Scan(&record)
	if errors.Is(err, sql.ErrNoRows) {
		return Prenotice{}, false, nil
	}
	if err != nil {
		return Prenotice{}, false, fmt.Errorf("reading prenotice %s: %w", id, err)
	}
	p, err := decode[Prenotice](id, record)
	return p, err == nil, err
}
