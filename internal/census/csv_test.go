package census_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"steward/internal/census"
	"steward/internal/census/censustest"
)

const hostile = "Package: a\nVersion: =HYPERLINK(\"http://x\",\"y\")\n\n" +
	"Package: b\nVersion: \xff\xfe\x00\x1b[31m\n\n" +
	"Package: c\nVersion: -1,2\n \"3\n\n" +
	"Package: d\nVersion: \xc2\xa0@SUM(1)\nSource: e (\xe2\x80\xae+1)\nSection: \xff\nDescription: \xff\xff\n"

// TestCSV: another reader finds every source with every signal, what is unknown
// is empty, and it is the same as in JSON.
func TestCSV(t *testing.T) {
	t.Parallel()
	m, err := census.ModelNamed("trained")
	if err != nil {
		t.Fatal(err)
	}
	for _, sources := range []bool{true, false} {
		r := rank(t, suite(t, 200, sources), m)
		var table, object bytes.Buffer
		if err := census.WriteCSV(&table, r); err != nil {
			t.Fatal(err)
		}
		if err := census.WriteJSON(&object, r); err != nil {
			t.Fatal(err)
		}
		var same struct {
			Sources []struct {
				Source, Version string
				Rank            int
				Score, High     float64
				Signals         map[string]*float64
			}
		}
		if err := json.Unmarshal(object.Bytes(), &same); err != nil {
			t.Fatal(err)
		}
		lines, err := csv.NewReader(&table).ReadAll()
		if err != nil || len(lines) != 201 {
			t.Fatalf("%d lines, %v", len(lines), err)
		}
		if got, want := lines[0][:6], "source version rank score high reach"; strings.Join(got, " ") != want || len(lines[0]) != 5+len(census.Signals()) {
			t.Fatalf("the heading is %q", lines[0])
		}
		for n, one := range same.Sources {
			line := lines[n+1]
			score, err := strconv.ParseFloat(line[3], 64)
			if err != nil || line[0] != one.Source || line[1] != one.Version || line[2] != strconv.Itoa(one.Rank) || score != one.Score {
				t.Fatalf("line %d: %q, in JSON %+v", n, line, one)
			}
			for i, name := range lines[0][5:] {
				want := one.Signals[name]
				if got, err := strconv.ParseFloat(line[5+i], 64); (want == nil) != (line[5+i] == "") || want != nil && (err != nil || got != *want) {
					t.Fatalf("line %d, %s: %q", n, name, line[5+i])
				}
			}
		}
	}
}

// TestHostileText: whatever an index has, JSON and CSV are UTF-8 and their form
// holds, and no cell is a formula.
func TestHostileText(t *testing.T) {
	t.Parallel()
	s := censustest.Suite(t, hostile, "")
	table := censustest.Table(t, s, census.More{})
	for _, name := range census.Models() {
		m, err := census.ModelNamed(name)
		if err != nil {
			t.Fatal(err)
		}
		r := rank(t, table, m)
		var object, cells bytes.Buffer
		if err := census.WriteJSON(&object, r); err != nil || !utf8.Valid(object.Bytes()) || !json.Valid(object.Bytes()) {
			t.Errorf("%v: %q", err, &object)
		}
		if err := census.WriteCSV(&cells, r); err != nil || !utf8.Valid(cells.Bytes()) || bytes.ContainsAny(cells.Bytes(), "\x00\x1b\u202e") {
			t.Errorf("%v: %q", err, &cells)
		}
		lines, err := csv.NewReader(&cells).ReadAll()
		if err != nil || len(lines) != 5 {
			t.Fatalf("%d lines, %v", len(lines), err)
		}
		for _, line := range lines {
			for _, cell := range line {
				if _, err := strconv.ParseFloat(cell, 64); err != nil && strings.HasPrefix(strings.TrimFunc(cell, func(r rune) bool { return r == ' ' || r == '\u00a0' }), "=") {
					t.Errorf("%q is a formula", cell)
				}
			}
			if c := strings.TrimSpace(line[1]); c != "" && strings.ContainsAny(c[:1], "=+-@") {
				t.Errorf("%q is a formula", c)
			}
		}
	}
}
