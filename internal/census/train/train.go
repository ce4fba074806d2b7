// Package train makes the weights of a logistic model: it learns from a release,
// and from which of its sources needed a security upload later, how much each
// signal and term foretells.
package train

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"golang.org/x/sync/errgroup"
	"gonum.org/v1/gonum/optimize"

	"steward/internal/census"
)

// Lesson is what is learned from.
type Lesson struct {
	Table *census.Table
	Hit   []bool // by source: it needed a security upload later
	Skip  []bool // by source: not known; nil: all are known
}

// Settings bound how freely the weights follow the lesson.
type Settings struct {
	Terms   bool
	Rare    int     // a term that fewer sources have is left out
	Ease    float64 // what a unit of a signal's weight, squared, costs
	Caution float64 // what that of a term's costs; 0: Choose has to find it
	Least   float64 // a term of a smaller weight is left out
}

// Default is what the model that comes with Steward was made with.
var Default = Settings{Terms: true, Rare: 5, Ease: 10, Least: .01}

// Cautions are what Choose looks among.
var Cautions = []float64{6, 8, 10, 12, 15, 20}

// later are signals that are not learned from, since the index of a stable
// release is brought up to date: what the distribution adds to a source grows
// with each fault that it mends there, and so tells what came after.
var later = []string{"packaging"}

// sample is one source: what it has, and how much of it.
type sample struct {
	at   []int32
	val  []float64
	hit  bool
	skip bool // is foretold, and not learned from
}

// problem is a lesson as numbers.
type problem struct {
	weights []census.Weight
	terms   []census.Term
	samples []sample // by source
}

// prepare makes numbers of a lesson.
func prepare(l Lesson, s Settings) (*problem, error) {
	p := &problem{}
	var columns [][]float64
	for n, sig := range census.Signals() {
		if slices.Contains(later, sig.Name) {
			continue
		}
		column := make([]float64, len(l.Hit))
		mean, square, known := 0.0, 0.0, 0.0
		for i, v := range l.Table.Values[n] {
			if sig.Log {
				v = math.Log1p(v)
			}
			if column[i] = v; !math.IsNaN(v) {
				mean, square, known = mean+v, square+v*v, known+1
			}
		}
		if known < float64(len(column))/2 {
			continue
		}
		mean /= known
		spread := math.Sqrt(max(0, square/known-mean*mean))
		if spread < 1e-6 {
			continue
		}
		p.weights = append(p.weights, census.Weight{Signal: sig.Name, Mean: mean, Spread: spread})
		columns = append(columns, column)
	}
	if len(p.weights) == 0 {
		return nil, fmt.Errorf("no signal is known of most sources")
	}
	index := map[census.Term]int32{}
	if s.Terms {
		p.terms = common(l, s.Rare)
		for i, t := range p.terms {
			index[t] = int32(len(p.weights) + i)
		}
	}
	for i := range l.Hit {
		one := sample{hit: l.Hit[i], skip: l.Skip != nil && l.Skip[i]}
		for n, w := range p.weights {
			if v := columns[n][i]; !math.IsNaN(v) { // what is unknown stands in the middle
				one.at, one.val = append(one.at, int32(n)), append(one.val, (v-w.Mean)/w.Spread)
			}
		}
		if s.Terms {
			for _, t := range census.TermsOf(l.Table.Suite, i) {
				if n, ok := index[t]; ok {
					one.at, one.val = append(one.at, n), append(one.val, 1)
				}
			}
		}
		p.samples = append(p.samples, one)
	}
	return p, nil
}

// common gives the terms that enough sources have, in order.
func common(l Lesson, rare int) (terms []census.Term) {
	count := map[census.Term]int{}
	for i := range l.Hit {
		for _, t := range census.TermsOf(l.Table.Suite, i) {
			count[t]++
		}
	}
	for t, n := range count {
		if n >= rare {
			terms = append(terms, t)
		}
	}
	slices.SortFunc(terms, func(a, b census.Term) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name)) })
	return terms
}

// Fit makes a model from a lesson.
func Fit(ctx context.Context, l Lesson, s Settings) (*census.Model, error) {
	p, err := prepare(l, s)
	if err != nil {
		return nil, err
	}
	w, err := p.solve(ctx, slices.DeleteFunc(slices.Clone(p.samples), func(x sample) bool { return x.skip }), s)
	if err != nil {
		return nil, err
	}
	m := &census.Model{Method: census.Logistic, Bias: round(w[len(w)-1])}
	for i, x := range p.weights {
		x.Weight, x.Mean, x.Spread = round(w[i]), round(x.Mean), round(x.Spread)
		m.Signals = append(m.Signals, x)
	}
	for i, t := range p.terms {
		if x := round(w[len(p.weights)+i]); math.Abs(x) >= s.Least {
			m.Terms = append(m.Terms, census.TermWeight{Term: t, Weight: x})
		}
	}
	return m, nil
}

// round keeps four digits behind the point: a weight is not known better.
func round(x float64) float64 { return math.Round(x*1e4) / 1e4 }

// folds is in how many parts Foresee cuts a lesson.
const folds = 5

// Foresee gives for each source the logarithm of the odds that weights give which
// have not seen it: each fifth of the lesson is foretold from the other four.
func Foresee(ctx context.Context, l Lesson, s Settings) ([]float64, error) {
	p, err := prepare(l, s)
	if err != nil {
		return nil, err
	}
	return p.foresee(ctx, s)
}

func (p *problem) foresee(ctx context.Context, s Settings) ([]float64, error) {
	fold := make([]int, len(p.samples))
	r := rand.New(rand.NewPCG(2015, 0))
	for i := range fold {
		fold[i] = r.IntN(folds)
	}
	odds := make([]float64, len(p.samples))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(2)
	for f := range folds {
		g.Go(func() error {
			var seen []sample
			for i, one := range p.samples {
				if fold[i] != f && !one.skip {
					seen = append(seen, one)
				}
			}
			w, err := p.solve(ctx, seen, s)
			if err != nil {
				return err
			}
			for i := range p.samples {
				if fold[i] == f {
					odds[i] = p.samples[i].odds(w)
				}
			}
			return nil
		})
	}
	return odds, g.Wait()
}

// odds gives the logarithm of the odds of a sample.
func (x *sample) odds(w []float64) float64 {
	z := w[len(w)-1]
	for i, k := range x.at {
		z += w[k] * x.val[i]
	}
	return z
}

// Choose finds the caution of which the weights foretell best what they have
// not seen; see Foresee. It tells each trial.
func Choose(ctx context.Context, l Lesson, s Settings, among []float64, tell func(caution, loss float64)) (float64, error) {
	p, err := prepare(l, s)
	if err != nil {
		return 0, err
	}
	best, least := 0.0, math.Inf(1)
	for _, c := range among {
		s.Caution = c
		odds, err := p.foresee(ctx, s)
		if err != nil {
			return 0, err
		}
		sum, n := 0.0, 0.0
		for i, z := range odds {
			if one := &p.samples[i]; !one.skip {
				sum, n = sum+surprise(z, one.hit), n+1
			}
		}
		sum /= n
		if tell(c, sum); sum < least {
			best, least = c, sum
		}
	}
	return best, nil
}

// surprise is the logarithmic loss of one sample.
func surprise(z float64, hit bool) float64 {
	if hit {
		z = -z
	}
	return max(0, z) + math.Log1p(math.Exp(-math.Abs(z)))
}

// solve finds the weights of least cost: of what they foretell wrongly, and of
// themselves. The last is the bias.
func (p *problem) solve(ctx context.Context, samples []sample, s Settings) ([]float64, error) {
	n := len(p.weights) + len(p.terms)
	cost := func(w []float64) float64 {
		sum := loss(w, samples, nil)
		for i := range n {
			sum += p.price(i, s) * w[i] * w[i] / 2
		}
		return sum
	}
	grad := func(g, w []float64) {
		clear(g)
		loss(w, samples, g)
		for i := range n {
			g[i] += p.price(i, s) * w[i]
		}
	}
	start := make([]float64, n+1)
	start[n] = -4
	status := func() (optimize.Status, error) { return optimize.NotTerminated, ctx.Err() }
	r, err := optimize.Minimize(optimize.Problem{Func: cost, Grad: grad, Status: status}, start, &optimize.Settings{
		GradientThreshold: 1e-3, MajorIterations: 500,
		Converger: &optimize.FunctionConverge{Relative: 1e-8, Iterations: 5},
	}, &optimize.LBFGS{})
	if err != nil {
		return nil, fmt.Errorf("fitting: %w", err)
	}
	return r.X, nil
}

func (p *problem) price(i int, s Settings) float64 {
	if i < len(p.weights) {
		return s.Ease
	}
	return s.Caution
}

// loss is the logarithmic loss of weights, and adds its gradient unless that is nil.
func loss(w []float64, samples []sample, grad []float64) (sum float64) {
	last := len(w) - 1
	for _, x := range samples {
		z := x.odds(w)
		sum += surprise(z, x.hit)
		off := 1 / (1 + math.Exp(-z))
		if x.hit {
			off--
		}
		if grad == nil {
			continue
		}
		for i, k := range x.at {
			grad[k] += off * x.val[i]
		}
		grad[last] += off
	}
	return sum
}
