package yardstick

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"steward/internal/census"
)

// Verdict is how well scores foretold what came to pass.
type Verdict struct {
	Sources int `json:"sources"`
	Hits    int `json:"hits"` // sources that were hit later
	// AUC is the chance that a source which was hit later stood above one that
	// was not; .5 is what guessing reaches. Between Low and High it lies with a
	// chance of 95 %: by bootstrap, which draws sources anew.
	AUC  float64 `json:"auc"`
	Low  float64 `json:"low"`
	High float64 `json:"high"`
	// Decile is the share of all hits that stood in the first tenth.
	Decile float64 `json:"decile"`
	Top    []Top   `json:"top"`
	// Bins are tenths of the sources, the riskiest first.
	Bins []census.Bin    `json:"calibration"`
	Gain []census.Gained `json:"gain"`
}

// Top tells how many of the first were hit later.
type Top struct {
	First int     `json:"first"`
	Hits  float64 `json:"hits"` // no whole number where equal scores stand on both sides of the cut
}

// looked are the shares of a ranking, in thousandths, at which the gain is told:
// close to each other where it is steep.
var looked = []int{0, 5, 10, 20, 30, 40, 50, 60, 80, 100, 125, 150, 200, 250, 300, 400, 500, 600, 700, 800, 900, 1000}

// draws is how often the bootstrap draws.
const draws = 1000

// Trust is what a model says of itself by this: before is the release that was
// ranked, after is where the uploads came that followed. Figures are rounded to
// what the draws bear.
func (v Verdict) Trust(before, after string) *census.Trust {
	t := &census.Trust{Before: before, After: after, AUC: rounded(v.AUC, 3), Low: rounded(v.Low, 3), High: rounded(v.High, 3), Decile: rounded(v.Decile, 3),
		Hits: v.Hits, Sources: v.Sources}
	for _, b := range v.Bins {
		b.Score = rounded(b.Score, 4)
		t.Bins = append(t.Bins, b)
	}
	for _, g := range v.Gain {
		t.Gain = append(t.Gain, census.Gained{Looked: g.Looked, Found: rounded(g.Found, 4)})
	}
	return t
}

func rounded(v float64, digits int) float64 {
	unit := math.Pow10(digits)
	return math.Round(v*unit) / unit
}

// Judge holds scores against what came to pass. Both are by source.
func Judge(ctx context.Context, scores []float64, hit []bool) (Verdict, error) {
	order := make([]int, len(scores))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(-cmp.Compare(scores[a], scores[b]), cmp.Compare(a, b)) })
	groups := grouped(order, scores, hit)
	v := Verdict{Sources: len(scores)}
	for _, g := range groups {
		v.Hits += g.hits
	}
	v.AUC = auc(groups)
	v.Decile = within(groups, len(scores)/10) / float64(max(1, v.Hits))
	for _, first := range []int{100, 300, 1000} {
		v.Top = append(v.Top, Top{first, within(groups, first)})
	}
	for b := range 10 {
		part := order[b*len(order)/10 : (b+1)*len(order)/10]
		bin := census.Bin{Sources: len(part)}
		for _, i := range part {
			bin.Score += scores[i] / float64(len(part))
			if hit[i] {
				bin.Hits++
			}
		}
		v.Bins = append(v.Bins, bin)
	}
	for _, share := range looked {
		v.Gain = append(v.Gain, census.Gained{Looked: float64(share) / 1000, Found: within(groups, len(scores)*share/1000) / float64(max(1, v.Hits))})
	}
	var err error
	v.Low, v.High, err = bootstrap(ctx, groups)
	return v, err
}

// group is sources of the same score.
type group struct{ hits, others int }

// grouped gives the groups, the highest score first.
func grouped(order []int, scores []float64, hit []bool) (groups []group) {
	for n, i := range order {
		if n == 0 || scores[i] != scores[order[n-1]] {
			groups = append(groups, group{})
		}
		g := &groups[len(groups)-1]
		if hit[i] {
			g.hits++
		} else {
			g.others++
		}
	}
	return groups
}

// auc counts the pairs of a hit and another in which the hit stands above; of
// equal scores half.
func auc(groups []group) float64 {
	above, pairs, hits, others := 0, 0.0, 0, 0
	for _, g := range groups {
		pairs += float64(g.others)*float64(above) + float64(g.hits)*float64(g.others)/2
		above += g.hits
		hits, others = hits+g.hits, others+g.others
	}
	if hits == 0 || others == 0 {
		return .5
	}
	return pairs / float64(hits) / float64(others)
}

// within counts the hits among the first; of a group that is cut, its share.
func within(groups []group, first int) (n float64) {
	for _, g := range groups {
		size := g.hits + g.others
		if size > first {
			return n + float64(g.hits)*float64(first)/float64(size)
		}
		n, first = n+float64(g.hits), first-size
	}
	return n
}

// bootstrap gives the bounds of the middle 95 of 100 draws. Hits and others are
// drawn apart, so that each draw has as many of both.
func bootstrap(ctx context.Context, groups []group) (low, high float64, err error) {
	var hits, others []int32 // the group of each
	for i, g := range groups {
		hits = append(hits, slices.Repeat([]int32{int32(i)}, g.hits)...)
		others = append(others, slices.Repeat([]int32{int32(i)}, g.others)...)
	}
	if len(hits) == 0 || len(others) == 0 {
		return 0, 1, nil
	}
	drawn := make([]float64, draws)
	g, ctx := errgroup.WithContext(ctx)
	parts := runtime.GOMAXPROCS(0)
	for p := range parts {
		g.Go(func() error {
			draw := make([]group, len(groups))
			for d := p; d < draws; d += parts {
				if err := ctx.Err(); err != nil {
					return err
				}
				r := rand.New(rand.NewPCG(2015, uint64(d)))
				clear(draw)
				for range hits {
					draw[hits[r.IntN(len(hits))]].hits++
				}
				for range others {
					draw[others[r.IntN(len(others))]].others++
				}
				drawn[d] = auc(draw)
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return 0, 0, err
	}
	slices.Sort(drawn)
	return drawn[draws*25/1000], drawn[draws-1-draws*25/1000], nil
}
