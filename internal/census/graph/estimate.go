package graph

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// Estimate counts as Dependents does, for graphs that are too large for that: it
// takes time in proportion to sample times edges, and a few words of memory for
// each node. What fewer than sample depend on is exact; the others have a
// relative standard error of Spread(sample). The same graph gives the same counts.
//
// It follows the given nodes in a random order and stops at what sample of them
// have reached: whatever lies behind has been reached by those, too. If the
// sample of a node is full after so many of all, its share of all follows from
// that without bias (Haldane 1945, On a method of estimating frequencies; for
// graphs see the bottom-k sketches of Cohen 1997). The order is no secret: who
// writes a graph for it can fool the estimate.
func (g *Graph) Estimate(ctx context.Context, given []int32, sample int) ([]int32, error) {
	comp, count := g.Components()
	edges := g.condensed(comp, count)
	reached, seen := make([]int32, count), make([]int32, count)
	full := make([]int32, count) // after how many of all the sample was
	var stack []int32
	for n, node := range shuffled(given) {
		if n%1024 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		now := int32(n) + 1
		for stack = append(stack, comp[node]); len(stack) > 0; {
			c := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if seen[c] == now || full[c] > 0 {
				continue
			}
			seen[c] = now
			if reached[c]++; int(reached[c]) == sample {
				full[c] = now
			}
			for _, to := range edges.Of(c) {
				if seen[to] != now && full[to] == 0 {
					stack = append(stack, to)
				}
			}
		}
	}
	out := make([]int32, len(comp))
	for i, c := range comp {
		if out[i] = reached[c]; full[c] > 1 {
			out[i] = int32(math.Round(float64(len(given)) * float64(sample-1) / float64(full[c]-1)))
		}
	}
	return out, nil
}

// The sample of an Estimate is as large as a graph allows.
const (
	leastSample, mostSample = 66, 402
	budget                  = 1e10 // edges that are looked at, at most: minutes
)

// Sample is how large a sample an Estimate of so many edges should take: one that
// takes minutes, not hours, but never a relative standard error above an eighth.
func Sample(edges int) int {
	return max(leastSample, min(mostSample, budget/max(1, edges)))
}

// Spread is the relative standard error of an Estimate with a sample of more
// than two: that large at most.
func Spread(sample int) float64 { return 1 / math.Sqrt(float64(sample-2)) }

// shuffled puts nodes into an order that looks random and is always the same:
// that of the numbers of splitmix64 (Steele, Lea and Flood 2014).
func shuffled(nodes []int32) []int32 {
	type keyed struct {
		key  uint64
		node int32
	}
	all := make([]keyed, len(nodes))
	for i, n := range nodes {
		z := uint64(i+1) * 0x9e3779b97f4a7c15
		z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
		z = (z ^ z>>27) * 0x94d049bb133111eb
		all[i] = keyed{z ^ z>>31, n}
	}
	slices.SortFunc(all, func(a, b keyed) int { return cmp.Compare(a.key, b.key) })
	out := make([]int32, len(nodes))
	for i, k := range all {
		out[i] = k.node
	}
	return out
}
