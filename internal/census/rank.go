package census

import (
	"cmp"
	"context"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"
)

// Ranking is what a model says of every source of a suite, the riskiest first.
type Ranking struct {
	Model *Model
	Table *Table
	Rows  []Row

	Release string      // what people call the release that was ranked; empty: not known
	Files   Files       // that were read
	Earlier []*Standing // the same model's rankings of earlier releases, the newest last

	scorer scorer // kept, since making one sorts every signal
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
	s := m.on(t)
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

// Leading gives the sources that stand first, and those on which most rests, so
// many of each; each once, in the order of the suite.
func (r *Ranking) Leading(top int) (sources []int) {
	for _, row := range r.Rows[:min(top, len(r.Rows))] {
		sources = append(sources, row.Source)
	}
	reach := r.Table.column("reach")
	order := make([]int, len(reach))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return -cmp.Compare(reach[a], reach[b]) })
	sources = append(sources, order[:min(top, len(order))]...)
	slices.Sort(sources)
	return slices.Compact(sources)
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
type scorer interface {
	// score gives the score of a source and its upper bound, and tells each part
	// unless that is nil. In has it notes what terms it has met, so that whoever
	// asks for many sources gives it the same one.
	score(source int, has []int32, each func(Part)) (low, high float64)
}

// on makes a model ready for a table.
func (m *Model) on(t *Table) scorer {
	switch m.Method {
	case RankSum:
		return newRankSum(t, m)
	case Points:
		return newPointed(t, m)
	}
	return newLogistic(t, m)
}

// valuesOf gives the values of the signals that a model weighs, in its order.
func (m *Model) valuesOf(t *Table) (values [][]float64) {
	for _, w := range m.Signals {
		n, _ := signalNamed(w.Signal)
		values = append(values, t.Values[n])
	}
	return values
}
