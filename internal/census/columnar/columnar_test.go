package columnar_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/parquet-go/parquet-go"

	"steward/internal/census"
	"steward/internal/census/censustest"
	"steward/internal/census/columnar"
	"steward/internal/census/contents"
)

// ranking ranks sources that need each other, one of which says little.
func ranking(t *testing.T, n int, more census.More) *census.Ranking {
	t.Helper()
	var p, q strings.Builder
	for i := range n {
		fmt.Fprintf(&p, "Package: p%04d\nVersion: 1.%d\nInstalled-Size: %d\nPriority: required\nEssential: yes\nDepends: p%04d\n\n", i, i, 7*i, (i+1)%n/2)
		fmt.Fprintf(&q, "Package: p%04d\nVersion: 1.%d\nStandards-Version: 4.%d.0\nUploaders: a@example.org\nChecksums-Sha256:\n aa %d x.orig.tar.xz\n aa %d x.debian.tar.xz\n\n", i, i, i%9, 1234567*i, i)
	}
	fmt.Fprint(&p, "Package: odd\nVersion: \xff1\n\n")
	s := censustest.Suite(t, p.String(), q.String())
	table := censustest.Table(t, s, more)
	return censustest.Rank(t, table, "trained")
}

func write(t *testing.T, r *census.Ranking) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := columnar.Write(&out, r); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestSameAsCSV: what is read back has the columns and values of the CSV, and null
// for what is unknown.
func TestSameAsCSV(t *testing.T) {
	t.Parallel()
	for name, more := range map[string]census.More{
		"bare": {},
		"more": {Older: []map[string]string{{"p0001": "1.1"}}, Files: contents.Found{"p0001": contents.Unit | contents.PAM}},
	} {
		r := ranking(t, 2500, more)
		raw := write(t, r)
		f, err := parquet.OpenFile(bytes.NewReader(raw), int64(len(raw)))
		if err != nil {
			t.Fatal(err)
		}
		var table bytes.Buffer
		if err := census.WriteCSV(&table, r); err != nil {
			t.Fatal(err)
		}
		lines, err := csv.NewReader(&table).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		columns := f.Schema().Columns()
		for i, c := range columns {
			if c[0] != lines[0][i] {
				t.Fatalf("%s: column %d is %s, in CSV %s", name, i, c[0], lines[0][i])
			}
		}
		n := 1
		for _, g := range f.RowGroups() {
			rows := g.Rows()
			buf := make([]parquet.Row, 100)
			for {
				got, err := rows.ReadRows(buf)
				for _, row := range buf[:got] {
					for i, v := range row {
						if cell := lines[n][i]; shown(v) != cell {
							t.Fatalf("%s, line %d, %s: %s, in CSV %q", name, n, columns[i][0], v, cell)
						}
					}
					n++
				}
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			if err := rows.Close(); err != nil {
				t.Fatal(err)
			}
		}
		if n != len(lines) || len(columns) != len(lines[0]) {
			t.Errorf("%s: %d rows of %d columns, in CSV %d of %d", name, n, len(columns), len(lines), len(lines[0]))
		}
	}
}

// shown is a value as CSV has it.
func shown(v parquet.Value) string {
	number := func(x float64) string { return strconv.FormatFloat(x, 'g', 6, 64) }
	switch {
	case v.IsNull():
		return ""
	case v.Kind() == parquet.Boolean && v.Boolean():
		return "1"
	case v.Kind() == parquet.Boolean:
		return "0"
	case v.Kind() == parquet.Int32:
		return number(float64(v.Int32()))
	case v.Kind() == parquet.Int64:
		return number(float64(v.Int64()))
	case v.Kind() == parquet.Double:
		return number(v.Double())
	}
	return string(v.ByteArray())
}

// TestAbout: the file says which model ranked and how far to trust it; its text is
// UTF-8, and its sizes are exact.
func TestAbout(t *testing.T) {
	t.Parallel()
	r := ranking(t, 20, census.More{})
	r.Model.About = "\xff"
	raw := write(t, r)
	f, err := parquet.OpenFile(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	if name, ok := f.Lookup(columnar.KeyModel); !ok || name != "trained" {
		t.Errorf("the model is %q", name)
	}
	var trust census.Trust
	if v, _ := f.Lookup(columnar.KeyTrust); json.Unmarshal([]byte(v), &trust) != nil || !reflect.DeepEqual(trust, *r.Model.Trust) {
		t.Errorf("trust: %q", v)
	}
	var signals []census.Signal
	if v, _ := f.Lookup(columnar.KeySignals); json.Unmarshal([]byte(v), &signals) != nil || len(signals) != len(census.Signals()) || signals[0].Why == "" {
		t.Errorf("signals: %q", v)
	}
	if v, _ := f.Lookup(columnar.KeyAbout); !utf8.ValidString(v) || v == "" {
		t.Errorf("about: %q", v)
	}
	if v, _ := f.Lookup(columnar.KeyQuiet); v != "null" {
		t.Errorf("quiet: %q", v)
	}
	type row struct {
		Source  string `parquet:"source"`
		Version string `parquet:"version"`
		Size    *int64 `parquet:"size,optional"`
	}
	rows, err := parquet.Read[row](bytes.NewReader(raw), int64(len(raw)))
	if err != nil || len(rows) != 21 {
		t.Fatal(len(rows), err)
	}
	for _, one := range rows {
		if one.Source == "p0019" && *one.Size != 19*1234567 {
			t.Errorf("the size is %d", *one.Size)
		}
		if one.Source == "odd" && (one.Size != nil || !utf8.ValidString(one.Version)) {
			t.Errorf("%+v", one)
		}
	}
}

// TestSameBytes: the same ranking gives the same bytes.
func TestSameBytes(t *testing.T) {
	t.Parallel()
	r := ranking(t, 3000, census.More{})
	first := write(t, r)
	for range 3 {
		runtime.GC() // buffers are kept in pools
		if !bytes.Equal(first, write(t, r)) {
			t.Fatal("two files differ")
		}
	}
}

// TestFullDisk: a file that cannot be written is an error.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	r := ranking(t, 100, census.More{})
	whole := len(write(t, r))
	for _, room := range []int{0, 10, whole / 2, whole - 1} {
		if err := columnar.Write(&full{room}, r); err == nil {
			t.Errorf("no error with room for %d bytes", room)
		}
	}
}

// full takes so many bytes.
type full struct{ room int }

func (f *full) Write(p []byte) (int, error) {
	if f.room -= len(p); f.room < 0 {
		return 0, errors.New("the disk is full")
	}
	return len(p), nil
}
