package census

import (
	"cmp"
	"math"
	"slices"
)

// rankSum adds up where a source stands, signal by signal.
type rankSum struct {
	model  *Model
	values [][]float64 // by weight of the model
	shares [][]float64 // of sources that have less
	sum    float64     // of the weights
}

func newRankSum(t *Table, m *Model) *rankSum {
	s := &rankSum{model: m, values: m.valuesOf(t)}
	for n, w := range m.Signals {
		s.sum += math.Abs(w.Weight)
		s.shares = append(s.shares, shares(s.values[n], w.Weight < 0))
	}
	return s
}

func (s *rankSum) score(i int, _ []int32, each func(Part)) (low, high float64) {
	for n, w := range s.model.Signals {
		p := Part{Signal: w.Signal, Value: s.values[n][i]}
		weight := 100 * math.Abs(w.Weight) / s.sum
		if p.Might = weight; !math.IsNaN(p.Value) {
			p.Adds = weight * s.shares[n][i]
			p.Might = p.Adds
		}
		low, high = low+p.Adds, high+p.Might
		if each != nil {
			each(p)
		}
	}
	return low, high
}

// shares gives for each value the share of known ones that are smaller, and half
// of those that are the same; turned around: larger.
func shares(values []float64, turned bool) []float64 {
	order := make([]int32, 0, len(values))
	for i, v := range values {
		if !math.IsNaN(v) {
			order = append(order, int32(i))
		}
	}
	slices.SortFunc(order, func(a, b int32) int { return cmp.Or(cmp.Compare(values[a], values[b]), cmp.Compare(a, b)) })
	out := make([]float64, len(values))
	for i := 0; i < len(order); {
		j := i
		for j < len(order) && values[order[j]] == values[order[i]] {
			j++
		}
		share := float64(i+j-1) / 2 / float64(max(1, len(order)-1))
		if turned {
			share = 1 - share
		}
		for ; i < j; i++ {
			out[order[i]] = share
		}
	}
	return out
}
