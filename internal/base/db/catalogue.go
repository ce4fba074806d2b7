package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// kind is the type of a column: one of the five that both engines have.
type kind string

const (
	kindText  kind = "text"
	kindInt   kind = "int"
	kindFloat kind = "float"
	kindBool  kind = "bool"
	kindBytes kind = "bytes"
)

// kindOf reads a type as either engine's catalogue gives it.
func kindOf(declared string) (kind, error) {
	switch strings.ToLower(declared) {
	case "text":
		return kindText, nil
	case "bigint":
		return kindInt, nil
	case "double precision":
		return kindFloat, nil
	case "boolean":
		return kindBool, nil
	case "bytea":
		return kindBytes, nil
	}
	return "", fmt.Errorf("the type %q is not one of TEXT, BIGINT, BOOLEAN, DOUBLE PRECISION and BYTEA", declared)
}

type column struct {
	Name string `json:"name"`
	Kind kind   `json:"kind"`
}

type table struct {
	Name    string   `json:"table"`
	Columns []column `json:"columns"`
	Key     []string `json:"key"` // the columns of the primary key, in its order
}

func (t table) kind(column string) kind {
	for _, c := range t.Columns {
		if c.Name == column {
			return c.Kind
		}
	}
	return ""
}

func (t table) columnList() string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = quoteName(c.Name)
	}
	return strings.Join(names, ", ")
}

func quoteName(name string) string {
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

// readTables reads a catalogue query. Its rows are: table, column, type, place
// of the column in the primary key or 0; by table, then by place in the table.
func readTables(ctx context.Context, q Queryer, query string) (tables []table, err error) {
	rows, err := q.Query(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("reading the catalogue: %w", err)
	}
	defer rows.Close()
	keys := map[string]map[int]string{}
	for rows.Next() {
		var name, col, declared string
		var place int
		if err := rows.Scan(&name, &col, &declared, &place); err != nil {
			return nil, fmt.Errorf("reading the catalogue: %w", err)
		}
		if len(tables) == 0 || tables[len(tables)-1].Name != name {
			tables = append(tables, table{Name: name})
			keys[name] = map[int]string{}
		}
		k, err := kindOf(declared)
		if err != nil {
			return nil, fmt.Errorf("table %s, column %s: %w", name, col, err)
		}
		t := &tables[len(tables)-1]
		t.Columns = append(t.Columns, column{col, k})
		if place > 0 {
			keys[name][place] = col
		}
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("reading the catalogue: %w", err)
	}
	for i := range tables {
		t := &tables[i]
		for place := 1; place <= len(keys[t.Name]); place++ {
			t.Key = append(t.Key, keys[t.Name][place])
		}
		if len(t.Key) == 0 {
			return nil, fmt.Errorf("table %s has no primary key", t.Name)
		}
	}
	slices.SortFunc(tables, func(a, b table) int { return strings.Compare(a.Name, b.Name) })
	return tables, nil
}

func (*sqliteEngine) tables(ctx context.Context, q Queryer) ([]table, error) {
	return readTables(ctx, q, `
		SELECT m.name, c.name, c.type, c.pk
		FROM sqlite_schema m JOIN pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite~_%' ESCAPE '~' AND m.name <> '`+migrationTable+`'
		ORDER BY m.name, c.cid`)
}

func (*postgresEngine) tables(ctx context.Context, q Queryer) ([]table, error) {
	return readTables(ctx, q, `
		SELECT t.relname, a.attname, format_type(a.atttypid, a.atttypmod),
		       COALESCE(array_position(i.indkey::int2[], a.attnum), -1) + 1
		FROM pg_class t
		JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
		LEFT JOIN pg_index i ON i.indrelid = t.oid AND i.indisprimary
		WHERE t.relkind = 'r' AND t.relnamespace = current_schema()::regnamespace AND t.relname <> '`+migrationTable+`'
		ORDER BY t.relname, a.attnum`)
}

// byteOrder: the default order of SQLite is that of bytes.
func (*sqliteEngine) byteOrder(expr string) string { return expr }

func (*postgresEngine) byteOrder(expr string) string { return expr + ` COLLATE "C"` }

// deferReferences: SQLite then checks them at the commit.
func (*sqliteEngine) deferReferences(ctx context.Context, tx *sql.Tx) (func() error, error) {
	_, err := tx.ExecContext(ctx, "PRAGMA defer_foreign_keys = ON")
	return func() error { return nil }, err
}

// deferReferences takes the foreign keys away and puts them back: PostgreSQL
// then checks every row. Nobody but this transaction sees them missing.
func (*postgresEngine) deferReferences(ctx context.Context, tx *sql.Tx) (func() error, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid)
		FROM pg_constraint
		WHERE contype = 'f' AND connamespace = current_schema()::regnamespace
		ORDER BY 1, 2`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var drop, add []string
	for rows.Next() {
		var of, name, definition string
		if err := rows.Scan(&of, &name, &definition); err != nil {
			return nil, err
		}
		drop = append(drop, "ALTER TABLE "+of+" DROP CONSTRAINT "+name)
		add = append(add, "ALTER TABLE "+of+" ADD CONSTRAINT "+name+" "+definition)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, err
	}
	return func() error { return execAll(ctx, tx, add) }, execAll(ctx, tx, drop)
}

func execAll(ctx context.Context, tx *sql.Tx, statements []string) error {
	for _, s := range statements {
		if _, err := tx.ExecContext(ctx, s); err != nil {
			return err
		}
	}
	return nil
}
