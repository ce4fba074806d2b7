package census

import (
	"cmp"
	"context"
	"math"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"steward/internal/census/archive"
)

// Ranking is what a model says of every source of a suite, the riskiest first.
type Ranking struct {
	Model *Model
	Table *Table
	Rows  []Row

	Release string      // what people call the release that was ranked; empty: not known
	Files   Files       // that were read
	Earlier []*Standing // the same model's rankings of earlier releases, the newest last

	scorer *scorer // kept, since making one sorts every signal
}

// Row is one source in a ranking. Sources of the same score have the same rank.
type Row struct {
	Source int     // index of Suite.Sources
	Rank   int     // from 1
	Score  float64 // what is known; see Method
	High   float64 // what it might be at most, were all known
}

// Rank scores every source of a table.
func Rank(ctx context.Context, t *Table, m *Model) (*Ranking, error) {
	r := &Ranking{Model: m, Table: t, Rows: make([]Row, len(t.Suite.Sources))}
	s := newScorer(t, m)
	r.scorer = s
	g, ctx := errgroup.WithContext(ctx)
	parts := runtime.GOMAXPROCS(0)
	for p := range parts {
		g.Go(func() error {
			has := make([]int32, len(m.Terms)) // the source that had a term last, from 1
			for i := p * len(r.Rows) / parts; i < (p+1)*len(r.Rows)/parts; i++ {
				low, high := s.score(i, has, nil)
				r.Rows[i] = Row{Source: i, Score: low, High: high}
			}
			return ctx.Err()
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	slices.SortFunc(r.Rows, func(a, b Row) int { return cmp.Or(-cmp.Compare(a.Score, b.Score), cmp.Compare(a.Source, b.Source)) })
	for i := range r.Rows {
		r.Rows[i].Rank = i + 1
		if i > 0 && r.Rows[i].Score == r.Rows[i-1].Score {
			r.Rows[i].Rank = r.Rows[i-1].Rank
		}
	}
	return r, nil
}

// Scores gives the score of each source, as in Suite.
func (r *Ranking) Scores() []float64 {
	out := make([]float64, len(r.Rows))
	for _, row := range r.Rows {
		out[row.Source] = row.Score
	}
	return out
}

// Part is what one signal or term adds to a score.
type Part struct {
	Signal string  `json:"signal,omitempty"`
	Term   *Term   `json:"term,omitempty"`
	Value  float64 `json:"value"` // of the signal; 1 for a term. NaN: unknown
	Adds   float64 `json:"adds"`  // to the score of a rank-sum, to the logarithm of the odds of a logistic model
	Might  float64 `json:"might"` // what it would add at most, were it known; else the same
}

// Parts tells what the score of a source is made of, in the order of the model.
func (r *Ranking) Parts(source int) []Part {
	var parts []Part
	r.scorer.score(source, make([]int32, len(r.Model.Terms)), func(p Part) { parts = append(parts, p) })
	return parts
}

// scorer is a model made ready for one table.
type scorer struct {
	model   *Model
	suite   *archive.Suite
	values  [][]float64 // by weight of the model
	log     []bool
	shares  [][]float64 // RankSum: share of sources that have less
	floor   []float64   // Logistic: what an unknown signal adds at least,
	ceiling []float64   // and at most
	sum     float64     // RankSum: of the weights
	needs   []int32     // Logistic: the term of a model that is to need a source, -1 if none is; by source
	built   []int32     // the same of being built with it
}

func newScorer(t *Table, m *Model) *scorer {
	s := &scorer{model: m, suite: t.Suite, needs: m.bySource(Needs, t.Suite), built: m.bySource(BuiltWith, t.Suite)}
	for _, w := range m.Signals {
		n, _ := signalNamed(w.Signal)
		values := t.Values[n]
		s.values = append(s.values, values)
		s.log = append(s.log, catalogue[n].Log)
		s.sum += math.Abs(w.Weight)
		switch m.Method {
		case RankSum:
			s.shares = append(s.shares, shares(values, w.Weight < 0))
		case Logistic:
			low, high := between(values)
			a, b := s.part(w, n, low), s.part(w, n, high)
			s.floor, s.ceiling = append(s.floor, min(a, b)), append(s.ceiling, max(a, b))
		}
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

func (s *scorer) part(w Weight, signal int, v float64) float64 {
	return w.Weight * (weighed(&catalogue[signal], v) - w.Mean) / w.Spread
}

// score gives the score of a source and its upper bound, and tells each part
// unless that is nil.
func (s *scorer) score(i int, has []int32, each func(Part)) (low, high float64) {
	if s.model.Method == RankSum {
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
func (s *scorer) terms(i int, has []int32, each func(Part)) (sum float64) {
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

// between gives the bounds between which 98 of 100 known values are.
func between(values []float64) (low, high float64) {
	known := slices.DeleteFunc(slices.Clone(values), math.IsNaN)
	if len(known) == 0 {
		return 0, 0
	}
	slices.Sort(known)
	return known[len(known)/100], known[len(known)-1-len(known)/100]
}
