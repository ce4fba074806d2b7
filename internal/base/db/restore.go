package db

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
)

// Restore reads a dump into the database that dsn names, which must be new or
// hold no records. If anything is wrong, no record is kept. A dump of an older
// program is read with the schema of its time, and then brought up to date;
// for that, the database must be new. accept, which may be nil, is shown the
// records before they are kept, and refuses them by an error.
func Restore(ctx context.Context, dsn string, r io.Reader, accept func(q Queryer) error) (err error) {
	eng, err := engineFor(dsn)
	if err != nil {
		return err
	}
	in := newDumpReader(r)
	header, err := in.header()
	if err != nil {
		return fmt.Errorf("restoring the database: %w", err)
	}
	writes, reads, err := eng.open()
	if err != nil {
		return fmt.Errorf("restoring the database: %w", err)
	}
	defer func() {
		eng.rest()
		err = errors.Join(err, reads.Close(), writes.Close())
	}()
	err = prepare(ctx, eng, writes, func() error {
		if err := migrate(ctx, eng, writes, header.Schema); err != nil {
			return err
		}
		if err := load(ctx, eng, writes, in, accept); err != nil {
			return err
		}
		return migrate(ctx, eng, writes, newest)
	})
	if err != nil {
		return fmt.Errorf("restoring the database: %w", err)
	}
	return nil
}

// load reads the rest of a dump in one transaction.
func load(ctx context.Context, eng engine, writes *sql.DB, in *dumpReader, accept func(q Queryer) error) error {
	tx, err := begin(ctx, eng, writes, &sql.TxOptions{})
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after the commit
	checkReferences, err := eng.deferReferences(ctx, tx)
	if err != nil {
		return err
	}
	tables, err := eng.tables(ctx, snapshot{tx, eng})
	if err != nil {
		return err
	}
	for _, t := range tables {
		if err := mustBeEmpty(ctx, tx, t); err != nil {
			return err
		}
	}
	if err := in.tables(tables, func(t table) (func([]any) error, func() error, error) {
		return inserter(ctx, eng, tx, t)
	}); err != nil {
		return err
	}
	if err := checkReferences(); err != nil {
		return fmt.Errorf("the rows refer to rows that are not there: %w", err)
	}
	if accept != nil {
		if err := accept(snapshot{tx, eng}); err != nil {
			return err
		}
	}
	return tx.Commit()
}

func mustBeEmpty(ctx context.Context, tx *sql.Tx, t table) error {
	var n int64
	if err := tx.QueryRowContext(ctx, "SELECT COUNT(*) FROM "+quoteName(t.Name)).Scan(&n); err != nil {
		return err
	}
	if n > 0 {
		return fmt.Errorf("the database holds records already (%d in %s); restore into a new one", n, t.Name)
	}
	return nil
}

// inserter gives a function that inserts a row, and one that ends it.
func inserter(ctx context.Context, eng engine, tx *sql.Tx, t table) (insert func([]any) error, end func() error, err error) {
	marks := make([]string, len(t.Columns))
	for i := range marks {
		marks[i] = "$" + strconv.Itoa(i+1)
	}
	stmt, err := tx.PrepareContext(ctx, eng.rewrite(
		"INSERT INTO "+quoteName(t.Name)+" ("+t.columnList()+") VALUES ("+strings.Join(marks, ", ")+")"))
	if err != nil {
		return nil, nil, err
	}
	insert = func(row []any) error {
		_, err := stmt.ExecContext(ctx, row...)
		return err
	}
	return insert, stmt.Close, nil
}

// dumpReader reads the lines of a dump.
type dumpReader struct {
	lines *bufio.Scanner
	n     int // number of the line at hand
}

func newDumpReader(r io.Reader) *dumpReader {
	s := bufio.NewScanner(r)
	s.Buffer(nil, dumpLine)
	return &dumpReader{lines: s}
}

// next gives the next line. There is always one: the end is a line too.
func (d *dumpReader) next() ([]byte, error) {
	d.n++
	if d.lines.Scan() {
		return d.lines.Bytes(), nil
	}
	if err := d.lines.Err(); err != nil {
		return nil, d.at(err)
	}
	return nil, d.at(io.ErrUnexpectedEOF)
}

func (d *dumpReader) at(err error) error { return fmt.Errorf("line %d of the dump: %w", d.n, err) }

func (d *dumpReader) header() (dumpHeader, error) {
	var h dumpHeader
	line, err := d.next()
	if err != nil {
		return h, err
	}
	if err := strictly(line, &h); err != nil || h.Format != dumpFormat || h.Schema < 1 {
		return h, errors.New("this is not a dump that this program reads")
	}
	return h, nil
}

// tables reads all tables, which must be exactly those of the database, and
// the end.
func (d *dumpReader) tables(want []table, open func(table) (insert func([]any) error, end func() error, err error)) error {
	var rows int64
	line, err := d.next()
	for _, t := range want {
		if err != nil {
			return err
		}
		var got table
		if err := strictly(line, &got); err != nil {
			return d.at(err)
		}
		if !reflect.DeepEqual(got, t) {
			return d.at(fmt.Errorf("it describes the table %q, or its columns, otherwise than the schema does", t.Name))
		}
		insert, end, err1 := open(t)
		if err1 != nil {
			return err1
		}
		for line, err = d.next(); err == nil && bytes.HasPrefix(line, []byte("[")); line, err = d.next() {
			row, err := parseRow(line, t)
			if err == nil {
				err = insert(row)
			}
			if err != nil {
				return errors.Join(d.at(err), end())
			}
			rows++
		}
		if err := end(); err != nil {
			return err
		}
	}
	if err != nil {
		return err
	}
	var last dumpEnd
	if err := strictly(line, &last); err != nil || last.Rows != rows {
		return d.at(fmt.Errorf("it should be the end after %d rows", rows))
	}
	return nil
}

// parseRow reads a row, each value by the type of its column.
func parseRow(line []byte, t table) ([]any, error) {
	var raw []json.RawMessage
	if err := strictly(line, &raw); err != nil {
		return nil, err
	}
	if len(raw) != len(t.Columns) {
		return nil, fmt.Errorf("it has %d values for the %d columns of %s", len(raw), len(t.Columns), t.Name)
	}
	row := make([]any, len(raw))
	for i, c := range t.Columns {
		v, err := c.Kind.parse(raw[i])
		if err != nil {
			return nil, fmt.Errorf("column %s of %s: %w", c.Name, t.Name, err)
		}
		row[i] = v
	}
	return row, nil
}

func (k kind) parse(raw json.RawMessage) (any, error) {
	if bytes.Equal(raw, []byte("null")) {
		return nil, nil
	}
	switch k {
	case kindInt:
		return parseAs[int64](raw)
	case kindFloat:
		return parseAs[float64](raw)
	case kindBool:
		return parseAs[bool](raw)
	case kindBytes:
		return parseAs[[]byte](raw)
	default:
		return parseAs[string](raw)
	}
}

func parseAs[T any](raw json.RawMessage) (any, error) {
	var v T
	err := json.Unmarshal(raw, &v)
	return v, err
}

// strictly parses a line that must hold one value without unknown fields.
func strictly(line []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return err
	}
	if _, err := dec.Token(); err != io.EOF {
		return errors.New("more follows on the line")
	}
	return nil
}
