// Package graph counts what rests on what. Its words: a node is a number from
// 0; an edge goes from a node to one that it depends on; the dependents of a
// node are those from which edges lead to it, its transitive dependents those
// from which any way does. A node is not its own dependent, also in a cycle.
package graph

import (
	"cmp"
	"context"
	"math"
	"math/bits"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"
)

// Graph holds edges as one list, cut by node.
type Graph struct {
	from []int64 // where the edges of a node begin; one more than nodes
	to   []int32
}

// New makes a graph of the edges of each node. Loops and doubles are left out.
func New(edges [][]int32) *Graph {
	total := 0
	for _, list := range edges {
		total += len(list)
	}
	return Build(len(edges), total, func(node int32, to []int32) []int32 { return append(to, edges[node]...) })
}

// Build makes a graph of so many nodes, and about so many edges, of which add
// appends those of a node. Loops and doubles are left out.
func Build(nodes, edges int, add func(node int32, to []int32) []int32) *Graph {
	g := &Graph{from: make([]int64, 1, nodes+1), to: make([]int32, 0, edges)}
	for i := range int32(nodes) {
		begin := len(g.to)
		g.to = add(i, g.to)
		list := g.to[begin:]
		slices.Sort(list)
		list = slices.Compact(list)
		if at, ok := slices.BinarySearch(list, i); ok {
			list = slices.Delete(list, at, at+1)
		}
		g.to = g.to[:begin+len(list)]
		g.from = append(g.from, int64(len(g.to)))
	}
	return g
}

// Len is the number of nodes.
func (g *Graph) Len() int { return len(g.from) - 1 }

// Edges is the number of edges.
func (g *Graph) Edges() int { return len(g.to) }

// Of gives what a node depends on, in order.
func (g *Graph) Of(node int32) []int32 { return g.to[g.from[node]:g.from[node+1]] }

// Reverse turns each edge around.
func (g *Graph) Reverse() *Graph {
	n := g.Len()
	r := &Graph{from: make([]int64, n+1), to: make([]int32, len(g.to))}
	for _, to := range g.to {
		r.from[to+1]++
	}
	for i := range n {
		r.from[i+1] += r.from[i]
	}
	next := slices.Clone(r.from[:n])
	for i := range int32(n) {
		for _, to := range g.Of(i) {
			r.to[next[to]] = i
			next[to]++
		}
	}
	return r
}

// Components gives each node the number of its strongly connected component:
// of those that depend on each other. A component has a higher number than all
// that it depends on.
func (g *Graph) Components() (of []int32, count int) {
	n := g.Len()
	of = make([]int32, n)
	low, index := make([]int32, n), make([]int32, n) // index: 0 is unseen
	var stack, path []int32
	next := make([]int64, n)
	seen := int32(0)
	for root := range int32(n) {
		if index[root] != 0 {
			continue
		}
		path = append(path[:0], root)
		for len(path) > 0 {
			v := path[len(path)-1]
			if index[v] == 0 {
				seen++
				index[v], low[v], next[v], of[v] = seen, seen, g.from[v], -1
				stack = append(stack, v)
			}
			if next[v] < g.from[v+1] {
				to := g.to[next[v]]
				if index[to] == 0 {
					path = append(path, to)
					continue
				}
				next[v]++
				if of[to] == -1 {
					low[v] = min(low[v], low[to])
				}
				continue
			}
			path = path[:len(path)-1]
			if low[v] == index[v] {
				for {
					top := stack[len(stack)-1]
					stack = stack[:len(stack)-1]
					of[top] = int32(count)
					if top == v {
						break
					}
				}
				count++
			}
		}
	}
	return of, count
}

// words of a block: its bits stand for the nodes whose ways are followed at a
// time. A block of all components of a large distribution fits into a cache.
const words = 8

// Dependents counts exactly, for each node, those of the given nodes that
// depend on it in any way; a node counts itself. It takes time in proportion to
// given nodes times edges, a 64th of it for bits.
func (g *Graph) Dependents(ctx context.Context, given []int32) ([]int32, error) {
	comp, count := g.Components()
	edges := g.condensed(comp, count)
	// In the order of their components: the lowest reach few.
	order := slices.Clone(given)
	slices.SortFunc(order, func(a, b int32) int { return cmp.Or(cmp.Compare(comp[a], comp[b]), cmp.Compare(a, b)) })
	blocks := (len(order) + 64*words - 1) / (64 * words)
	workers := runtime.GOMAXPROCS(0)
	sums := make([][]int32, workers)
	grp, ctx := errgroup.WithContext(ctx)
	for w := range workers {
		sums[w] = make([]int32, count)
		grp.Go(func() error {
			reach := make([][words]uint64, count)
			for b := w; b < blocks; b += workers {
				if err := ctx.Err(); err != nil {
					return err
				}
				block := order[b*64*words : min((b+1)*64*words, len(order))]
				edges.follow(comp, block, reach, sums[w])
			}
			return nil
		})
	}
	if err := grp.Wait(); err != nil {
		return nil, err
	}
	out := make([]int32, len(comp))
	for i, c := range comp {
		for _, s := range sums {
			out[i] += s[c]
		}
	}
	return out, nil
}

// condensed is the graph of components.
func (g *Graph) condensed(comp []int32, count int) *Graph {
	begin := make([]int32, count+1) // of the nodes of each component
	for _, c := range comp {
		begin[c+1]++
	}
	for c := range count {
		begin[c+1] += begin[c]
	}
	nodes, next := make([]int32, len(comp)), slices.Clone(begin)
	for i, c := range comp {
		nodes[next[c]] = int32(i)
		next[c]++
	}
	return Build(count, g.Edges(), func(c int32, to []int32) []int32 {
		for _, node := range nodes[begin[c]:begin[c+1]] {
			for _, t := range g.Of(node) {
				to = append(to, comp[t])
			}
		}
		return to
	})
}

// follow marks all that the nodes of a block depend on, and adds to each
// component how many of them do.
func (g *Graph) follow(comp, block []int32, reach [][words]uint64, sum []int32) {
	top := int32(-1)
	for i, node := range block {
		c := comp[node]
		reach[c][i/64] |= 1 << (i % 64)
		top = max(top, c)
	}
	for c := top; c >= 0; c-- { // what a component depends on has a lower number
		bitset, n := reach[c], 0
		for _, w := range bitset {
			n += bits.OnesCount64(w)
		}
		if n == 0 {
			continue
		}
		reach[c] = [words]uint64{}
		sum[c] += int32(n)
		for _, to := range g.Of(c) {
			into := &reach[to]
			for i, w := range bitset {
				into[i] |= w
			}
		}
	}
}

// PageRank is how often a reader who follows dependencies at random, and starts
// anew with a chance of 1-damping, is at each node (Page and Brin 1998). It sums up to 1. It
// ends once a round changes less than 1e-9 in all.
func (g *Graph) PageRank(damping float64) []float64 {
	n := g.Len()
	rank, next := make([]float64, n), make([]float64, n)
	for i := range rank {
		rank[i] = 1 / float64(n)
	}
	for range 200 {
		idle := 0.0
		for i := range next {
			next[i] = 0
		}
		for i := range int32(n) {
			to := g.Of(i)
			if len(to) == 0 {
				idle += rank[i]
				continue
			}
			share := rank[i] / float64(len(to))
			for _, t := range to {
				next[t] += share
			}
		}
		change, base := 0.0, (1-damping+damping*idle)/float64(n)
		for i := range next {
			next[i] = base + damping*next[i]
			change += math.Abs(next[i] - rank[i])
		}
		rank, next = next, rank
		if change < 1e-9 {
			break
		}
	}
	return rank
}
