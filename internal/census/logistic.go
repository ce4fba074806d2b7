package census

import (
	"math"
	"slices"

	"steward/internal/census/archive"
)

// logistic adds up the logarithm of odds.
type logistic struct {
	model   *Model
	suite   *archive.Suite
	values  [][]float64 // by weight of the model
	log     []bool
	floor   []float64 // what an unknown signal adds at least,
	ceiling []float64 // and at most
	needs   []int32   // the term of the model that is to need a source, -1 if none is; by source
	built   []int32   // the same of being built with it
}

func newLogistic(t *Table, m *Model) *logistic {
	s := &logistic{model: m, suite: t.Suite, values: m.valuesOf(t), needs: m.bySource(Needs, t.Suite), built: m.bySource(BuiltWith, t.Suite)}
	for i, w := range m.Signals {
		n, _ := signalNamed(w.Signal)
		s.log = append(s.log, catalogue[n].Log)
		low, high := between(s.values[i])
		a, b := s.part(w, n, low), s.part(w, n, high)
		s.floor, s.ceiling = append(s.floor, min(a, b)), append(s.ceiling, max(a, b))
	}
	return s
}

// bySource gives the terms of a kind by the source that they name; -1: none does.
func (m *Model) bySource(kind Kind, s *archive.Suite) []int32 {
	of := make([]int32, len(s.Sources))
	for i := range s.Sources {
		n, ok := m.index[kind][s.Sources[i].Name]
		if of[i] = n; !ok {
			of[i] = -1
		}
	}
	return of
}

func (s *logistic) part(w Weight, signal int, v float64) float64 {
	return w.Weight * (weighed(&catalogue[signal], v) - w.Mean) / w.Spread
}

func (s *logistic) score(i int, has []int32, each func(Part)) (low, high float64) {
	low, high = s.model.Bias, s.model.Bias
	for n, w := range s.model.Signals {
		p := Part{Signal: w.Signal, Value: s.values[n][i], Adds: s.floor[n], Might: s.ceiling[n]}
		if v := p.Value; !math.IsNaN(v) {
			if s.log[n] {
				v = math.Log1p(v)
			}
			p.Adds = w.Weight * (v - w.Mean) / w.Spread
			p.Might = p.Adds
		}
		low, high = low+p.Adds, high+p.Might
		if each != nil {
			each(p)
		}
	}
	sum := s.terms(i, has, each)
	return 100 * chance(low+sum), 100 * chance(high+sum)
}

// terms adds up the terms that a source has.
func (s *logistic) terms(i int, has []int32, each func(Part)) (sum float64) {
	if len(s.model.Terms) == 0 {
		return 0
	}
	add := func(n int32) {
		if n < 0 || has[n] == int32(i)+1 {
			return
		}
		has[n] = int32(i) + 1
		t := &s.model.Terms[n]
		sum += t.Weight
		if each != nil {
			each(Part{Term: &t.Term, Value: 1, Adds: t.Weight, Might: t.Weight})
		}
	}
	terms(s.suite, i, func(kind Kind, name []byte) {
		if n, ok := s.model.index[kind][string(name)]; ok {
			add(n)
		}
	}, func(kind Kind, other int32) {
		if kind == Needs {
			add(s.needs[other])
		} else {
			add(s.built[other])
		}
	})
	return sum
}

// chance turns the logarithm of odds into a chance.
func chance(z float64) float64 { return 1 / (1 + math.Exp(-z)) }

// between gives the bounds between which 98 of 100 known values are.
func between(values []float64) (low, high float64) {
	known := slices.DeleteFunc(slices.Clone(values), math.IsNaN)
	if len(known) == 0 {
		return 0, 0
	}
	slices.Sort(known)
	return known[len(known)/100], known[len(known)-1-len(known)/100]
}
