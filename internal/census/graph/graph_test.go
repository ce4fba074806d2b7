package graph_test

import (
	"context"
	"math"
	"testing"

	"pgregory.net/rapid"

	"steward/internal/census/graph"
)

// some draws the edges of a graph, with loops, doubles and cycles.
func some(t *rapid.T) [][]int32 {
	n := rapid.IntRange(1, 700).Draw(t, "nodes") // more than a block has bits
	edges := make([][]int32, n)
	for range rapid.IntRange(0, 2*n).Draw(t, "edges") {
		from := rapid.IntRange(0, n-1).Draw(t, "from")
		edges[from] = append(edges[from], int32(rapid.IntRange(0, n-1).Draw(t, "to")))
	}
	return edges
}

// reached follows the edges from a node in the simplest way.
func reached(edges [][]int32, from int32) map[int32]bool {
	seen := map[int32]bool{from: true}
	for next := []int32{from}; len(next) > 0; {
		var more []int32
		for _, n := range next {
			for _, to := range edges[n] {
				if !seen[to] {
					seen[to] = true
					more = append(more, to)
				}
			}
		}
		next = more
	}
	return seen
}

// TestDependents holds the counts against a search from each node.
func TestDependents(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		edges := some(t)
		var given []int32
		want := make([]int32, len(edges))
		for i := range int32(len(edges)) {
			if rapid.Bool().Draw(t, "given") {
				given = append(given, i)
				for to := range reached(edges, i) {
					want[to]++
				}
			}
		}
		got, err := graph.New(edges).Dependents(context.Background(), given)
		if err != nil {
			t.Fatal(err)
		}
		for i := range want {
			if got[i] != want[i] {
				t.Fatalf("%d of %d: %d dependents, not %d", i, len(want), got[i], want[i])
			}
		}
	})
}

// TestComponents: two nodes are in one component if each reaches the other, and
// what is depended on has the lower number.
func TestComponents(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		edges := some(t)
		of, count := graph.New(edges).Components()
		for from := range edges {
			if of[from] < 0 || int(of[from]) >= count {
				t.Fatalf("component %d of %d", of[from], count)
			}
			for _, to := range edges[from] {
				if of[to] > of[from] {
					t.Fatalf("%d depends on %d, of a higher component", from, to)
				}
				if same := reached(edges, to)[int32(from)]; same != (of[to] == of[from]) {
					t.Fatalf("%d and %d: in one cycle %v", from, to, same)
				}
			}
		}
	})
}

func TestReverse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		g := graph.New(some(t))
		twice := g.Reverse().Reverse()
		for i := range int32(g.Len()) {
			a, b := g.Of(i), twice.Of(i)
			if len(a) != len(b) {
				t.Fatalf("%v, not %v", b, a)
			}
			for k := range a {
				if a[k] != b[k] {
					t.Fatalf("%v, not %v", b, a)
				}
			}
		}
	})
}

// TestPageRank: of a ring all are equal; of a star the middle has most, by the
// formula for it; the ranks add up to one.
func TestPageRank(t *testing.T) {
	t.Parallel()
	ring := graph.New([][]int32{{1}, {2}, {0}}).PageRank(.85)
	for _, r := range ring {
		if math.Abs(r-1.0/3) > 1e-8 {
			t.Errorf("a ring: %v", ring)
		}
	}
	// Three leaves point at node 0, which points nowhere. With b for a leaf:
	// b = .15/4 + .85/4 of the idle rank of the middle m, and m = b + .85 * 3b.
	star := graph.New([][]int32{nil, {0}, {0}, {0}}).PageRank(.85)
	if b, m := star[1], star[0]; math.Abs(m-(b+.85*3*b)) > 1e-8 || math.Abs(b-(.15+.85*m)/4) > 1e-8 || math.Abs(m+3*b-1) > 1e-8 {
		t.Errorf("a star: %v", star)
	}
}

func TestDependentsStop(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if _, err := graph.New([][]int32{{1}, nil}).Dependents(ctx, []int32{0}); err == nil {
		t.Error("it went on")
	}
}
