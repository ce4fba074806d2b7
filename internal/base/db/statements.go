package db

import (
	"context"
	"database/sql"
)

// statements keeps what the writer runs prepared on its one connection: for
// SQLite, to read a statement anew costs as much as to run it. One goroutine at
// a time uses it, the one whose turn it is in the group.
type statements struct {
	pool *sql.DB
	kept map[string]*sql.Stmt // nil: cannot be prepared
	new  []string             // ran in this group for the first time
}

// maxStatements bounds what is kept should a statement's text vary.
const maxStatements = 500

// newStatements gives nil for an engine whose driver keeps statements itself.
func newStatements(eng engine, pool *sql.DB) *statements {
	if eng.name() != "sqlite" {
		return nil
	}
	return &statements{pool: pool, kept: map[string]*sql.Stmt{}}
}

// in gives the prepared form of a statement within a transaction, or nil.
func (s *statements) in(ctx context.Context, tx *sql.Tx, query string) *sql.Stmt {
	if s == nil {
		return nil
	}
	st, known := s.kept[query]
	if !known && len(s.kept) < maxStatements {
		s.kept[query] = nil
		s.new = append(s.new, query)
	}
	if st == nil {
		return nil
	}
	return tx.StmtContext(ctx, st)
}

func (s *statements) exec(ctx context.Context, tx *sql.Tx, query string, args ...any) (sql.Result, error) {
	if st := s.in(ctx, tx, query); st != nil {
		return st.ExecContext(ctx, args...)
	}
	return tx.ExecContext(ctx, query, args...)
}

// queryRow is for a row that is scanned before the next statement runs, as
// rows of Query need not be.
func (s *statements) queryRow(ctx context.Context, tx *sql.Tx, query string, args ...any) *sql.Row {
	if st := s.in(ctx, tx, query); st != nil {
		return st.QueryRowContext(ctx, args...)
	}
	return tx.QueryRowContext(ctx, query, args...)
}

// keepWrite ends a write's savepoint and opens the next one's.
func (s *statements) keepWrite(ctx context.Context, tx *sql.Tx) error {
	if s == nil { // one message to a server
		_, err := tx.ExecContext(ctx, closeWrite+"; "+openWrite)
		return err
	}
	if _, err := s.exec(ctx, tx, closeWrite); err != nil {
		return err
	}
	_, err := s.exec(ctx, tx, openWrite)
	return err
}

// dropWrite undoes a write; its savepoint serves the next one.
func (s *statements) dropWrite(ctx context.Context, tx *sql.Tx) error {
	_, err := s.exec(ctx, tx, dropWrite)
	return err
}

// prepare makes the prepared forms of what was new. It runs between two
// groups, when the connection is free.
func (s *statements) prepare(ctx context.Context) {
	if s == nil {
		return
	}
	for _, query := range s.new {
		if st, err := s.pool.PrepareContext(ctx, query); err == nil {
			s.kept[query] = st
		}
	}
	s.new = s.new[:0]
}

func (s *statements) close() {
	if s == nil {
		return
	}
	for _, st := range s.kept {
		if st != nil {
			_ = st.Close()
		}
	}
}
