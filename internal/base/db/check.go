package db

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// Check looks for damage: in every page of an SQLite file, in every row that a
// PostgreSQL server keeps, and for references to rows that are not there. The
// error is for what kept it from looking.
func (d *DB) Check(ctx context.Context) ([]Finding, error) {
	found, err := d.eng.check(ctx, d)
	if err != nil {
		return nil, fmt.Errorf("checking the database: %w", err)
	}
	return found, nil
}

// IntegrityCheck is Check with all that was found as an error.
func (d *DB) IntegrityCheck(ctx context.Context) error {
	found, err := d.Check(ctx)
	if err != nil || len(found) == 0 {
		return err
	}
	var all []string
	for _, f := range found {
		all = append(all, f.Where+" "+f.Problem)
	}
	return errors.New("the database is damaged: " + strings.Join(all, "; "))
}

// Checksums tells whether what the engine reads from its files is held against
// sums. It always is for SQLite; a PostgreSQL server must have been made so.
func (d *DB) Checksums(ctx context.Context) (on bool, err error) {
	err = d.Read(ctx, func(q Queryer) error {
		on, err = d.eng.sums(ctx, q)
		return err
	})
	return on, err
}

func (*sqliteEngine) sums(context.Context, Queryer) (bool, error) { return true, nil }

func (*postgresEngine) sums(ctx context.Context, q Queryer) (on bool, err error) {
	err = q.QueryRow(ctx, "SELECT current_setting('data_checksums') = 'on'").Scan(&on)
	return on, err
}

// pageNumber is how an integrity check names a page.
var pageNumber = regexp.MustCompile(`\bpage [0-9]+\b`)

func (e *sqliteEngine) check(ctx context.Context, d *DB) ([]Finding, error) {
	pages, err := e.damagedPages(ctx)
	if err != nil {
		return nil, err
	}
	var tables []table
	if err := d.Read(ctx, func(q Queryer) (err error) {
		tables, err = e.tables(ctx, q)
		return err
	}); err != nil {
		return nil, err
	}
	bad := map[string]*Finding{}
	for _, p := range pages {
		bad[p.Where] = &Finding{p.Where, altered}
	}
	var found []Finding
	for _, t := range tables {
		of := func(where string) {
			if f := bad[where]; f != nil {
				f.Where = where + " (table " + t.Name + ")"
			}
		}
		// A read of its own: damage ends the one that meets it.
		err := d.Read(ctx, func(q Queryer) error {
			return eachText(ctx, q, "PRAGMA integrity_check("+quoteName(t.Name)+")", func(s string) {
				if s != "ok" && len(pages) == 0 {
					found = append(found, Finding{"table " + t.Name, s})
				}
				for _, n := range pageNumber.FindAllString(s, -1) {
					of(n + " of " + filepath.Base(e.path))
				}
			})
		})
		met, damaged := errors.AsType[*DamageError](err)
		switch {
		case damaged && bad[met.Where] == nil: // in the journal
			found = append(found, Finding{met.Where + " (table " + t.Name + ")", altered})
		case damaged:
			of(met.Where)
		case err != nil:
			return nil, err
		}
	}
	for _, p := range pages {
		found = append(found, *bad[p.Where])
	}
	err = d.Read(ctx, func(q Queryer) error {
		return eachText(ctx, q, `SELECT 'a row of ' || "table" || ' refers to a missing row of ' || parent FROM pragma_foreign_key_check`,
			func(s string) { found = append(found, Finding{"the database", "is inconsistent: " + s}) })
	})
	if len(pages) > 0 {
		err = nil // it may have met one of them
	}
	return found, err
}

// damagedPages reads the file itself, every page, used or not.
func (e *sqliteEngine) damagedPages(ctx context.Context) ([]*DamageError, error) {
	f, err := os.Open(e.path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	header := make([]byte, fileHeader)
	if _, err := io.ReadFull(f, header); err != nil {
		return nil, err
	}
	size := int(header[16])<<8 | int(header[17])
	if size == 1 {
		size = 64 << 10
	}
	if !isPage(size) {
		return []*DamageError{damageAt(e.path, "page 1")}, nil
	}
	var bad []*DamageError
	page := make([]byte, size)
	for n := int64(0); ; n++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		whole, err := e.readPage(f, page, n)
		if errors.Is(err, io.EOF) {
			return bad, nil
		}
		if err != nil {
			return nil, err
		}
		if !whole {
			bad = append(bad, damageAt(e.path, "page %d", n+1))
		}
	}
}

// readPage reads a page until its sum holds, for a moment: a write may be on
// its way.
func (*sqliteEngine) readPage(f *os.File, page []byte, n int64) (whole bool, err error) {
	for range 5 {
		if _, err := f.ReadAt(page, n*int64(len(page))); err != nil {
			return false, err
		}
		if sumHolds(page) {
			return true, nil
		}
		time.Sleep(2 * time.Millisecond)
	}
	return false, nil
}

// check reads every row with all its values, and every index in its order. The
// server holds each page that it reads against its sum, if it keeps any.
func (e *postgresEngine) check(ctx context.Context, d *DB) (found []Finding, err error) {
	var tables []table
	var indexes []index
	if err := d.Read(ctx, func(q Queryer) (err error) {
		if tables, err = e.tables(ctx, q); err == nil {
			indexes, err = e.indexes(ctx, q)
		}
		return err
	}); err != nil {
		return nil, err
	}
	read := func(what string, f func(q Queryer) error) error {
		err := d.Read(ctx, f)
		if _, damaged := errors.AsType[*DamageError](err); damaged {
			found = append(found, Finding{what, "cannot be read: " + err.Error()})
			return nil
		}
		return err
	}
	for _, t := range tables {
		if err := read("table "+t.Name, func(q Queryer) error {
			_, err := dumpTable(ctx, e, q, io.Discard, t)
			return err
		}); err != nil {
			return nil, err
		}
	}
	for _, i := range indexes {
		if err := read("index "+i.name+" of table "+i.table, func(q Queryer) error { return i.read(ctx, q) }); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// index is one of PostgreSQL.
type index struct{ name, table, columns, where string }

func (*postgresEngine) indexes(ctx context.Context, q Queryer) (all []index, err error) {
	rows, err := q.Query(ctx, `
		SELECT x.relname, t.relname, COALESCE(pg_get_expr(i.indpred, i.indrelid), 'true'),
		       array_to_string(ARRAY(SELECT pg_get_indexdef(i.indexrelid, k + 1, true) FROM generate_subscripts(i.indkey, 1) k ORDER BY k), ', ')
		FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
		WHERE t.relkind = 'r' AND t.relnamespace = current_schema()::regnamespace
		ORDER BY x.relname`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var i index
		if err := rows.Scan(&i.name, &i.table, &i.where, &i.columns); err != nil {
			return nil, err
		}
		all = append(all, i)
	}
	return all, rows.Err()
}

// read walks an index: with no other way left, the order asked for is its own.
func (i index) read(ctx context.Context, q Queryer) error {
	for _, way := range []string{"enable_seqscan", "enable_bitmapscan", "enable_sort"} {
		var off string
		if err := q.QueryRow(ctx, "SELECT set_config($1, 'off', true)", way).Scan(&off); err != nil {
			return err
		}
	}
	rows, err := q.Query(ctx, "SELECT "+i.columns+" FROM "+quoteName(i.table)+" WHERE "+i.where+" ORDER BY "+i.columns)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
	}
	return rows.Err()
}

// eachText calls f with what a query of one column finds, also with what comes
// before an error.
func eachText(ctx context.Context, q Queryer, query string, f func(string)) error {
	return Each(ctx, q, "checking", query, nil, func(scan Scan) error {
		var s string
		if err := scan(&s); err != nil {
			return err
		}
		f(s)
		return nil
	})
}
