// Package censustest makes small distributions and ranks them, for tests.
package censustest

import (
	"testing"

	"steward/internal/census"
	"steward/internal/census/archive"
)

// Suite reads a distribution out of the text of its indexes; without sources
// there is no index of them.
func Suite(t testing.TB, packages, sources string) *archive.Suite {
	t.Helper()
	var index [][]byte
	if sources != "" {
		index = [][]byte{[]byte(sources)}
	}
	s, err := archive.Load(t.Context(), [][]byte{[]byte(packages)}, index)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Table measures a suite.
func Table(t testing.TB, s *archive.Suite, more census.More) *census.Table {
	t.Helper()
	table, err := census.Measure(t.Context(), s, more)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// Rank ranks a table by a model that comes with Steward.
func Rank(t testing.TB, table *census.Table, model string) *census.Ranking {
	t.Helper()
	m, err := census.ModelNamed(model)
	if err != nil {
		t.Fatal(err)
	}
	r, err := census.Rank(t.Context(), table, m)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
