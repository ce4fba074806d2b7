package change

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"steward/internal/census"
)

// Run is what one ranking said.
type Run struct {
	Model    string
	About    string // the model, in a sentence
	Method   census.Method
	Trust    *census.Trust // nil: nothing is known of it
	Packages int
	Quiet    []string // nil: no earlier releases were read, or no source is quiet
	Signals  []string // the names of Source.Values
	Sources  []Source // the riskiest first; of equal rank by name
}

// Source is one source of a run.
type Source struct {
	Name, Version string
	Rank          int // from 1
	Score, High   float64
	Values        []float64 // by Run.Signals; NaN: unknown
}

// Of makes a run of a ranking: the same as Read of what census.WriteJSON writes
// of it.
func Of(r *census.Ranking) *Run {
	t := r.Table
	run := &Run{Model: utf8(r.Model.Name), About: utf8(r.Model.About), Method: r.Model.Method, Packages: len(t.Suite.Binaries)}
	if v := r.Model.Trust; v != nil {
		trust := *v
		trust.Before, trust.After = utf8(trust.Before), utf8(trust.After)
		run.Trust = &trust
	}
	for _, i := range r.Quiet() {
		run.Quiet = append(run.Quiet, utf8(t.Suite.Sources[i].Name))
	}
	for _, s := range census.Signals() {
		run.Signals = append(run.Signals, s.Name)
	}
	run.Sources = make([]Source, len(r.Rows))
	all := make([]float64, len(r.Rows)*len(run.Signals))
	for n, row := range r.Rows {
		values := all[n*len(run.Signals) : (n+1)*len(run.Signals) : (n+1)*len(run.Signals)]
		for i := range values {
			values[i] = written(t.Values[i][row.Source])
		}
		one := &t.Suite.Sources[row.Source]
		run.Sources[n] = Source{
			Name: utf8(one.Name), Version: utf8(one.Version), Rank: row.Rank,
			Score: written(row.Score), High: written(row.High), Values: values,
		}
	}
	run.order()
	return run
}

// order puts the riskiest first.
func (r *Run) order() {
	slices.SortStableFunc(r.Sources, func(a, b Source) int { return cmp.Or(cmp.Compare(a.Rank, b.Rank), cmp.Compare(a.Name, b.Name)) })
}

// written gives a number as it is in a file: with six digits that count.
func written(v float64) float64 {
	if math.IsNaN(v) || v == math.Trunc(v) && math.Abs(v) < 1_000_000 {
		return v
	}
	v, _ = strconv.ParseFloat(strconv.FormatFloat(v, 'g', 6, 64), 64) // what was written can be read
	return v
}

// utf8 gives text as it is in a file: what is no UTF-8 is replaced, byte by byte.
func utf8(s string) string { return string([]rune(s)) }
