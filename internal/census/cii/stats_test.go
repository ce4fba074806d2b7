package cii_test

import (
	"cmp"
	"math"
	"slices"
	"testing"
)

// ranks gives each value its rank from 1, upwards; those that are equal share
// the middle of their ranks.
func ranks(values []float64) []float64 {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(values[a], values[b]) })
	out := make([]float64, len(values))
	for from := 0; from < len(order); {
		to := from
		for to < len(order) && values[order[to]] == values[order[from]] {
			to++
		}
		for _, i := range order[from:to] {
			out[i] = float64(from+to+1) / 2
		}
		from = to
	}
	return out
}

// auc is the area under the ROC curve: the chance that of one that was hit and
// one that was not, both drawn at random, the first has the higher value; a tie
// counts half. NaN if there is none of either.
func auc(values []float64, hit []bool) float64 {
	sum, n := 0.0, 0.0
	for i, r := range ranks(values) {
		if hit[i] {
			sum += r
			n++
		}
	}
	return (sum - n*(n+1)/2) / (n * (float64(len(values)) - n))
}

// spearman is the correlation of ranks. NaN if either is all ties.
func spearman(a, b []float64) float64 {
	x, y := ranks(a), ranks(b)
	mean := float64(len(x)+1) / 2
	var xy, xx, yy float64
	for i := range x {
		dx, dy := x[i]-mean, y[i]-mean
		xy, xx, yy = xy+dx*dy, xx+dx*dx, yy+dy*dy
	}
	return xy / math.Sqrt(xx*yy)
}

func TestStats(t *testing.T) {
	t.Parallel()
	near := func(name string, got, want float64) {
		if math.Abs(got-want) > 1e-12 {
			t.Errorf("%s: %v, not %v", name, got, want)
		}
	}
	hit := []bool{true, true, false, false}
	near("all right", auc([]float64{4, 3, 2, 1}, hit), 1)
	near("all wrong", auc([]float64{1, 2, 3, 4}, hit), 0)
	near("all ties", auc([]float64{7, 7, 7, 7}, hit), 0.5)
	near("one tie", auc([]float64{4, 2, 2, 1}, hit), 3.5/4)
	near("same order", spearman([]float64{1, 2, 3}, []float64{10, 20, 90}), 1)
	near("turned", spearman([]float64{1, 2, 3}, []float64{3, 2, 1}), -1)
	near("with a tie", spearman([]float64{1, 2, 2, 4}, []float64{1, 2, 3, 4}), 4.5/math.Sqrt(4.5*5))
	if !math.IsNaN(auc([]float64{1, 2}, []bool{true, true})) || !math.IsNaN(spearman([]float64{1, 1}, []float64{1, 2})) {
		t.Error("no answer was an answer")
	}
}
