// Package columnar writes a ranking as Apache Parquet: a table of typed columns
// that databases and notebooks read without being told what is in it.
//
// There is a row for each source, the riskiest first, and a column for each
// signal, in the order of census.Signals. What is unknown is null. Numbers that
// are counted are whole, and exact; others have six digits that count, as in JSON
// and CSV.
package columnar

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"

	"steward/internal/census"
)

// The keys of what the file says of itself.
const (
	KeyModel    = "census.model"    // name
	KeyAbout    = "census.about"    // the model, in a sentence
	KeyMethod   = "census.method"   // how it turns signals into a score
	KeyTrust    = "census.trust"    // JSON: how far to trust it; null: nothing is known
	KeySignals  = "census.signals"  // JSON: name, group, unit and reason of each signal
	KeyPackages = "census.packages" // how many packages the sources have
	KeyQuiet    = "census.quiet"    // JSON: the quiet and load-bearing; null without earlier releases
)

// group is how many rows are packed together: a reader that wants few takes up no
// more than these.
const group = 1 << 17

// column is one column of the table.
type column struct {
	name  string
	kind  parquet.Node
	value func(census.Row) parquet.Value // null: unknown
}

// Write writes a ranking. The same ranking gives the same bytes.
func Write(w io.Writer, r *census.Ranking) error {
	columns := columnsOf(r)
	root := table{Group: parquet.Group{}}
	for _, c := range columns {
		root.Group[c.name] = c.kind
		root.names = append(root.names, c.name)
	}
	options := []parquet.WriterOption{
		parquet.NewSchema("census", root), parquet.Compression(&zstd.Codec{Level: zstd.SpeedBetterCompression}), parquet.MaxRowsPerRowGroup(group),
	}
	about, err := told(r)
	if err != nil {
		return err
	}
	for key, value := range about { // they are written by key
		options = append(options, parquet.KeyValueMetadata(key, value))
	}
	out := parquet.NewWriter(w, options...)
	rows := make([]parquet.Row, 0, 1024)
	flush := func() error {
		_, err := out.WriteRows(rows)
		rows = rows[:0]
		return err
	}
	for _, row := range r.Rows {
		line := make(parquet.Row, len(columns))
		for i, c := range columns {
			v, known := c.value(row), 0
			if c.kind.Optional() && !v.IsNull() {
				known = 1
			}
			line[i] = v.Level(0, known, i)
		}
		if rows = append(rows, line); len(rows) == cap(rows) {
			if err := flush(); err != nil {
				return fmt.Errorf("writing the table: %w", err)
			}
		}
	}
	if err := flush(); err != nil {
		return fmt.Errorf("writing the table: %w", err)
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("ending the table: %w", err)
	}
	return nil
}

// columnsOf lists the columns of a ranking.
func columnsOf(r *census.Ranking) []column {
	sources := r.Table.Suite.Sources
	double := parquet.Leaf(parquet.DoubleType)
	columns := []column{
		{"source", parquet.String(), func(row census.Row) parquet.Value { return text(sources[row.Source].Name) }},
		{"version", parquet.String(), func(row census.Row) parquet.Value { return text(sources[row.Source].Version) }},
		{"rank", parquet.Int(32), func(row census.Row) parquet.Value { return parquet.Int32Value(int32(row.Rank)) }},
		{"score", double, func(row census.Row) parquet.Value { return parquet.DoubleValue(census.Written(row.Score)) }},
		{"high", double, func(row census.Row) parquet.Value { return parquet.DoubleValue(census.Written(row.High)) }},
	}
	for n, s := range census.Signals() {
		values := r.Table.Values[n]
		kind, of := typeOf(s)
		columns = append(columns, column{s.Name, parquet.Optional(kind), func(row census.Row) parquet.Value {
			if v := values[row.Source]; !math.IsNaN(v) {
				return of(v)
			}
			return parquet.NullValue()
		}})
	}
	return columns
}

// counted are the units of which there are whole numbers only.
var counted = []string{
	"sources", "packages", "bytes", "kilobytes", "people", "releases", "kinds of doors", "versions of the policy",
	"0 optional, 1 standard, 2 important, 3 required",
}

// typeOf gives the type of a signal's column.
func typeOf(s census.Signal) (parquet.Node, func(float64) parquet.Value) {
	switch {
	case s.Unit == "0 or 1":
		return parquet.Leaf(parquet.BooleanType), func(v float64) parquet.Value { return parquet.BooleanValue(v > 0) }
	case slices.Contains(counted, s.Unit):
		return parquet.Int(64), func(v float64) parquet.Value { return parquet.Int64Value(int64(math.Round(v))) }
	}
	return parquet.Leaf(parquet.DoubleType), func(v float64) parquet.Value { return parquet.DoubleValue(census.Written(v)) }
}

// text gives text as UTF-8, which the type wants: what is none is replaced.
func text(s string) parquet.Value { return parquet.ByteArrayValue([]byte(string([]rune(s)))) }

// told is what the file says of itself.
func told(r *census.Ranking) (map[string]string, error) {
	var quiet []string
	for _, i := range r.Quiet() {
		quiet = append(quiet, r.Table.Suite.Sources[i].Name)
	}
	about := map[string]string{
		KeyModel: r.Model.Name, KeyAbout: r.Model.About, KeyMethod: string(r.Model.Method), KeyPackages: fmt.Sprint(len(r.Table.Suite.Binaries)),
	}
	for key, v := range map[string]any{KeyTrust: r.Model.Trust, KeySignals: census.Signals(), KeyQuiet: quiet} {
		raw, err := json.Marshal(v)
		if err != nil {
			return nil, fmt.Errorf("saying what the table is: %w", err)
		}
		about[key] = string(raw)
	}
	for key, v := range about {
		about[key] = string([]rune(v))
	}
	return about, nil
}

// table is the schema with its columns in our order: that of a plain group is by
// name.
type table struct {
	parquet.Group
	names []string
}

// Fields gives the columns in their order.
func (t table) Fields() []parquet.Field {
	fields := t.Group.Fields()
	slices.SortFunc(fields, func(a, b parquet.Field) int {
		return slices.Index(t.names, a.Name()) - slices.Index(t.names, b.Name())
	})
	return fields
}
