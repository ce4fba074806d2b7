package db

import (
	"bufio"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
)

// A dump is text, a JSON value a line: a dumpHeader; for each table, by name,
// a table and then its rows as arrays, by primary key; a dumpEnd. The same
// records give the same bytes, whichever engine holds them.

const dumpFormat = "steward dump 1"

// dumpLine is the longest line that is written and read, in bytes: some times
// what the longest record takes, and little enough to be held in memory thrice.
const dumpLine = 16 << 20

type dumpHeader struct {
	Format string `json:"format"`
	Schema int64  `json:"schema"`
}

// dumpEnd shows that nothing was cut off.
type dumpEnd struct {
	Rows int64 `json:"rows"`
}

// Dump writes all records, from one snapshot, in a form that Restore reads
// into either engine. What is sealed stays sealed.
func (d *DB) Dump(ctx context.Context, w io.Writer) error {
	out := bufio.NewWriter(w)
	err := d.Read(ctx, func(q Queryer) error { return dump(ctx, d.eng, q, out) })
	if err != nil {
		return fmt.Errorf("dumping the database: %w", err)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("dumping the database: %w", err)
	}
	return nil
}

// Digest gives the hexadecimal SHA-256 of the dump: two databases have the
// same one if they hold the same records.
func (d *DB) Digest(ctx context.Context) (string, error) {
	h := sha256.New()
	if err := d.Dump(ctx, h); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func dump(ctx context.Context, eng engine, q Queryer, w io.Writer) error {
	version, err := schemaVersion(ctx, q)
	if err != nil {
		return err
	}
	tables, err := eng.tables(ctx, q)
	if err != nil {
		return err
	}
	if err := writeLine(w, dumpHeader{dumpFormat, version}); err != nil {
		return err
	}
	var end dumpEnd
	for _, t := range tables {
		n, err := dumpTable(ctx, eng, q, w, t)
		if err != nil {
			return fmt.Errorf("table %s: %w", t.Name, err)
		}
		end.Rows += n
	}
	return writeLine(w, end)
}

func dumpTable(ctx context.Context, eng engine, q Queryer, w io.Writer, t table) (n int64, err error) {
	if err := writeLine(w, t); err != nil {
		return 0, err
	}
	rows, err := q.Query(ctx, "SELECT "+t.columnList()+" FROM "+quoteName(t.Name)+" ORDER BY "+keyOrder(eng, t))
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for ; rows.Next(); n++ {
		row, err := scanRow(rows, t)
		if err != nil {
			return n, err
		}
		if err := writeLine(w, row); err != nil {
			return n, err
		}
	}
	return n, errors.Join(rows.Err(), rows.Close())
}

// keyOrder sorts a table by its primary key, the same way on both engines.
func keyOrder(eng engine, t table) string {
	parts := make([]string, len(t.Key))
	for i, name := range t.Key {
		parts[i] = quoteName(name)
		if t.kind(name) == kindText {
			parts[i] = eng.byteOrder(parts[i])
		}
	}
	return strings.Join(parts, ", ")
}

// scanRow reads the row at hand, each value in the Go type of its column.
func scanRow(rows *sql.Rows, t table) ([]any, error) {
	row := make([]any, len(t.Columns))
	into := make([]any, len(row))
	for i := range row {
		into[i] = &row[i]
	}
	if err := rows.Scan(into...); err != nil {
		return nil, err
	}
	for i, c := range t.Columns {
		v, err := c.Kind.value(row[i])
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", c.Name, err)
		}
		row[i] = v
	}
	return row, nil
}

// value brings a value that a driver gave into the Go type of the kind.
// SQLite keeps a value of another type than its column's if a program gives it
// one; such a row could not be restored on PostgreSQL, and is an error.
func (k kind) value(v any) (any, error) {
	switch x := v.(type) {
	case nil:
		return nil, nil
	case string:
		if k == kindText {
			return x, nil
		}
	case int64:
		switch {
		case k == kindInt:
			return x, nil
		case k == kindBool && (x == 0 || x == 1): // SQLite has no other way to keep it
			return x == 1, nil
		}
	case bool:
		if k == kindBool {
			return x, nil
		}
	case float64:
		if k == kindFloat && !math.IsNaN(x) && !math.IsInf(x, 0) {
			return x, nil
		}
	case []byte:
		if k == kindBytes {
			return append([]byte{}, x...), nil // empty ones may come as nil, which would read as NULL
		}
	}
	return nil, fmt.Errorf("a value of type %T stands in a column of type %s", v, k)
}

func writeLine(w io.Writer, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if len(b) >= dumpLine {
		return fmt.Errorf("a row takes more than %d bytes", dumpLine)
	}
	_, err = w.Write(append(b, '\n'))
	return err
}
