package db

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// FuzzDumpReader: a dump that is read comes out as it went in, row by row.
func FuzzDumpReader(f *testing.F) {
	want := []table{
		{Name: "a", Columns: []column{{"id", kindText}, {"n", kindInt}, {"ok", kindBool}, {"x", kindFloat}, {"b", kindBytes}}, Key: []string{"id"}},
		{Name: "b", Columns: []column{{"n", kindInt}}, Key: []string{"n"}},
	}
	head := `{"format":"steward dump 1","schema":5}` + "\n"
	a, b := `{"table":"a","columns":[{"name":"id","kind":"text"},{"name":"n","kind":"int"},{"name":"ok","kind":"bool"},{"name":"x","kind":"float"},{"name":"b","kind":"bytes"}],"key":["id"]}`+"\n",
		`{"table":"b","columns":[{"name":"n","kind":"int"}],"key":["n"]}`+"\n"
	for _, rows := range []string{
		a + `["k",9223372036854775807,true,1.5,"AAH/"]` + "\n" + `["l",null,null,null,null]` + "\n" + b + `{"rows":2}` + "\n",
		a + b + "[1]\n[2]\n" + `{"rows":2}`,
		a + `["k",1e3,1,"x",7]` + "\n",
		a + `[[[[` + "\n",
		`{"rows":0}`,
	} {
		f.Add([]byte(head + rows))
	}
	f.Fuzz(func(t *testing.T, dump []byte) {
		r := newDumpReader(bytes.NewReader(dump))
		if _, err := r.header(); err != nil {
			return
		}
		rows := map[string][][]any{}
		err := r.tables(want, func(tb table) (func([]any) error, func() error, error) {
			return func(row []any) error {
				if len(row) != len(tb.Columns) {
					t.Errorf("a row of %s has %d values", tb.Name, len(row))
				}
				for i, c := range tb.Columns {
					if _, err := c.Kind.value(row[i]); err != nil {
						t.Errorf("%v", err)
					}
				}
				rows[tb.Name] = append(rows[tb.Name], row)
				return nil
			}, func() error { return nil }, nil
		})
		if err != nil {
			return
		}
		var again strings.Builder
		n := 0
		for _, tb := range want {
			writeOrFail(t, &again, tb)
			for _, row := range rows[tb.Name] {
				writeOrFail(t, &again, row)
				n++
			}
		}
		writeOrFail(t, &again, dumpEnd{int64(n)})
		second := map[string]int{}
		r = newDumpReader(strings.NewReader(head + again.String()))
		if _, err := r.header(); err != nil {
			t.Fatal(err)
		}
		if err := r.tables(want, func(tb table) (func([]any) error, func() error, error) {
			return func(row []any) error {
				before, _ := json.Marshal(rows[tb.Name][second[tb.Name]])
				if after, _ := json.Marshal(row); !bytes.Equal(before, after) {
					t.Errorf("%s came back as %s", before, after)
				}
				second[tb.Name]++
				return nil
			}, func() error { return nil }, nil
		}); err != nil {
			t.Errorf("written anew it cannot be read: %v\n%s", err, again.String())
		}
	})
}

func writeOrFail(t *testing.T, b *strings.Builder, v any) {
	t.Helper()
	if err := writeLine(b, v); err != nil {
		t.Fatal(err)
	}
}

// FuzzValidID: an identifier is safe as a name of a file.
func FuzzValidID(f *testing.F) {
	f.Add("abcdefghijklmnopqrstuvwxyz")
	f.Add("../../../../etc/passwd-xxx")
	f.Add(NewID(strings.NewReader(strings.Repeat("\xa5\x3c", 20))))
	f.Fuzz(func(t *testing.T, s string) {
		if ValidID(s) && (len(s) != 26 || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz234567") != "") {
			t.Errorf("%q is taken for an identifier", s)
		}
	})
}
