package census_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"steward/internal/base/errs"
	"steward/internal/census"
	"steward/internal/census/archive"
	"steward/internal/census/censustest"
)

// suite makes a distribution of a chain: each source needs the one before it.
func suite(t *testing.T, n int, sources bool) *census.Table {
	t.Helper()
	var p, q strings.Builder
	for i := range n {
		fmt.Fprintf(&p, "Package: p%03d\nVersion: 1\nInstalled-Size: %d\nDescription: thing number%d\n", i, i+1, i)
		if i == 25 {
			fmt.Fprint(&p, "Section: utils\n")
		}
		if i > 0 {
			fmt.Fprintf(&p, "Depends: p%03d\n", i-1)
		}
		fmt.Fprint(&p, "\n")
		fmt.Fprintf(&q, "Package: p%03d\nVersion: 1\nChecksums-Sha256:\n aa %d x.orig.tar.xz\n\n", i, 1000+i)
	}
	files := [][]byte{[]byte(q.String())}
	if !sources {
		files = nil
	}
	s, err := archive.Load(context.Background(), [][]byte{[]byte(p.String())}, files)
	if err != nil {
		t.Fatal(err)
	}
	table := censustest.Table(t, s, census.More{})
	return table
}

func model(t *testing.T, text string) *census.Model {
	t.Helper()
	m, err := census.ParseModel([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func rank(t *testing.T, table *census.Table, m *census.Model) *census.Ranking {
	t.Helper()
	r, err := census.Rank(context.Background(), table, m)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestReach: of a chain the first carries all others, and the last none.
func TestReach(t *testing.T) {
	t.Parallel()
	table := suite(t, 100, true)
	r := rank(t, table, model(t, `{"name":"m","method":"rank-sum","signals":[{"signal":"reach","weight":2}]}`))
	for i, row := range r.Rows {
		if row.Source != i || row.Rank != i+1 || row.High != row.Score {
			t.Fatalf("place %d has %+v", i, row)
		}
	}
	if first, last := r.Rows[0], r.Rows[99]; first.Score != 100 || last.Score != 0 {
		t.Errorf("scores from %v to %v", first.Score, last.Score)
	}
	e, err := r.Explain("p000")
	if err != nil || *e.Signals[0].Value != 99 || e.Rank != 1 || e.Of != 100 {
		t.Errorf("%+v, %v", e, err)
	}
	if _, err := r.Explain("libp"); !errs.Is(err, errs.Invalid) {
		t.Errorf("a source that is not there: %v", err)
	}
}

// TestUnknown: what is unknown adds nothing, and widens the bound.
func TestUnknown(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{"name":"m","method":"rank-sum","signals":[{"signal":"reach","weight":1},{"signal":"size","weight":3}]}`,
		`{"name":"m","method":"logistic","signals":[{"signal":"reach","weight":1,"mean":2,"spread":1},{"signal":"installed","weight":1,"mean":2,"spread":1}]}`,
	} {
		text := strings.ReplaceAll(text, "installed", "size")
		known, unknown := rank(t, suite(t, 50, true), model(t, text)), rank(t, suite(t, 50, false), model(t, text))
		scores, less := known.Scores(), unknown.Scores()
		for _, row := range unknown.Rows {
			i := row.Source
			if less[i] > scores[i]+1e-9 {
				t.Errorf("source %d: %v with less known, %v with more", i, less[i], scores[i])
			}
			if strings.Contains(text, "rank-sum") && (math.Abs(row.High-row.Score-75) > 1e-9 || row.High < scores[i]-1e-9) {
				t.Errorf("source %d: from %v to %v; it is %v", i, row.Score, row.High, scores[i])
			}
		}
		for _, p := range unknown.Parts(3) {
			if p.Signal == "size" && !math.IsNaN(p.Value) {
				t.Errorf("the size is %v", p.Value)
			}
		}
	}
}

// TestTerms: a term counts once, however often a source has it.
func TestTerms(t *testing.T) {
	t.Parallel()
	table := suite(t, 30, true)
	r := rank(t, table, model(t, `{"name":"m","method":"logistic","bias":-1,"signals":[{"signal":"essential","weight":1,"spread":1}],
		"terms":[{"kind":"word","name":"number7","weight":3},{"kind":"needs","name":"p011","weight":2},{"kind":"named","name":"p020","weight":4},{"kind":"word","name":"p021","weight":9},{"kind":"section","name":"utils","weight":5},{"kind":"word","name":"no","weight":9}]}`))
	want := map[int]float64{7: 2, 12: 1, 20: 3, 25: 4}
	for i, s := range r.Scores() {
		z, ok := want[i]
		if !ok {
			z = -1
		}
		if math.Abs(s-100/(1+math.Exp(-z))) > 1e-9 {
			t.Errorf("source %d: %v", i, s)
		}
	}
}

// TestSameBytes: the same indexes give the same bytes, and they are JSON.
func TestSameBytes(t *testing.T) {
	t.Parallel()
	var all [2]bytes.Buffer
	for i := range all {
		m, err := census.ModelNamed("trained")
		if err != nil {
			t.Fatal(err)
		}
		if err := census.WriteJSON(&all[i], rank(t, suite(t, 300, true), m)); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(all[0].Bytes(), all[1].Bytes()) {
		t.Error("two runs differ")
	}
	var got struct {
		Model   string
		Sources []struct {
			Source  string
			Rank    int
			Score   float64
			Signals map[string]*float64
		}
	}
	if err := json.Unmarshal(all[0].Bytes(), &got); err != nil || len(got.Sources) != 300 || got.Sources[0].Rank != 1 || got.Model != "trained" {
		t.Errorf("%v: %+v", err, got.Sources[:1])
	}
	for _, s := range census.Signals() {
		if _, ok := got.Sources[0].Signals[s.Name]; !ok {
			t.Errorf("%s is left out", s.Name)
		}
	}
}

// TestModels: what comes with Steward can be read, and says what it is.
func TestModels(t *testing.T) {
	t.Parallel()
	if len(census.Models()) < 2 {
		t.Error(census.Models())
	}
	for _, name := range census.Models() {
		m, err := census.ModelNamed(name)
		if err != nil || m.Name != name || m.About == "" || m.Trust == nil || m.Method != census.Points && m.Trust.AUC < .9 {
			t.Errorf("%s: %v", name, err)
		}
	}
	for why, text := range map[string]string{
		"no JSON":          `{`,
		"no name":          `{"method":"rank-sum","signals":[{"signal":"reach","weight":1}]}`,
		"no signal":        `{"name":"m","method":"rank-sum"}`,
		"other signal":     `{"name":"m","method":"rank-sum","signals":[{"signal":"luck","weight":1}]}`,
		"other method":     `{"name":"m","method":"guess","signals":[{"signal":"reach","weight":1}]}`,
		"no spread":        `{"name":"m","method":"logistic","signals":[{"signal":"reach","weight":1}]}`,
		"terms of a sum":   `{"name":"m","method":"rank-sum","signals":[{"signal":"reach","weight":1}],"terms":[{"kind":"word","name":"a","weight":1}]}`,
		"terms of no kind": `{"name":"m","method":"logistic","signals":[{"signal":"reach","weight":1,"spread":1}],"terms":[{"kind":"who","name":"a","weight":1}]}`,
	} {
		if _, err := census.ParseModel([]byte(text)); !errs.Is(err, errs.Invalid) {
			t.Errorf("%s: %v", why, err)
		}
	}
}
