package graph_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
	"pgregory.net/rapid"

	"steward/internal/base/cputime"
	"steward/internal/census/graph"
)

// archive makes a graph like that of a distribution: each node depends on about
// so many older ones, the oldest of which are liked best.
func archive(nodes, each int) *graph.Graph {
	rng := rand.New(rand.NewPCG(1, 2))
	return graph.Build(nodes, nodes*each, func(node int32, to []int32) []int32 {
		for range each {
			u := rng.Float64()
			to = append(to, int32(float64(node)*u*u*u))
		}
		return to
	})
}

func every(nodes int) []int32 {
	given := make([]int32, nodes)
	for i := range given {
		given[i] = int32(i)
	}
	return given
}

// TestEstimateExact: what fewer than the sample depend on is counted.
func TestEstimateExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		edges := some(t)
		g, given := graph.New(edges), every(len(edges))
		sample := rapid.IntRange(3, 800).Draw(t, "sample")
		exact, err := g.Dependents(context.Background(), given)
		if err != nil {
			t.Fatal(err)
		}
		got, err := g.Estimate(context.Background(), given, sample)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range exact {
			if int(want) < sample && got[i] != want {
				t.Fatalf("%d has %d dependents, not %d", i, got[i], want)
			}
			if int(want) >= sample && (int(got[i]) < sample-1 || int(got[i]) > len(edges)) {
				t.Fatalf("%d has %d dependents, estimated as %d", i, want, got[i])
			}
		}
	})
}

// TestEstimateSpread holds the error that is stated against the one that there
// is, over graphs of another order each.
func TestEstimateSpread(t *testing.T) {
	t.Parallel()
	const nodes, sample = 3000, 66
	var sum, square, n float64
	g := archive(nodes, 2)
	given := every(nodes)
	exact, err := g.Dependents(context.Background(), given)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(3, 4))
	for range 40 {
		rng.Shuffle(nodes, func(i, j int) { given[i], given[j] = given[j], given[i] })
		got, err := g.Estimate(context.Background(), given, sample)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range exact {
			if want >= sample {
				off := float64(got[i])/float64(want) - 1
				sum, square, n = sum+off, square+off*off, n+1
			}
		}
	}
	if mean, spread := sum/n, math.Sqrt(square/n); n < 1000 || math.Abs(mean) > .02 || spread > 1.05*graph.Spread(sample) || spread < .2*graph.Spread(sample) {
		t.Errorf("of %v counts the mean error is %.4f and the spread %.4f; %.4f is stated", n, mean, spread, graph.Spread(sample))
	}
}

// TestChain: the depth of a graph is no matter, and an estimate takes linear time.
func TestChain(t *testing.T) {
	t.Parallel()
	const nodes = 300_000
	g := graph.Build(nodes, nodes, func(node int32, to []int32) []int32 { return append(to, max(0, node-1)) })
	var got []int32
	if took := cputime.Of(func() { got, _ = g.Estimate(context.Background(), every(nodes), 66) }); took > 20*time.Second {
		t.Errorf("it took %v", took)
	}
	if got[0] < nodes/2 || got[0] > nodes || got[nodes-1] != 1 {
		t.Errorf("of a chain of %d: %d and %d", nodes, got[0], got[nodes-1])
	}
}

// TestSample: the sample shrinks with the graph, and never below the least.
func TestSample(t *testing.T) {
	t.Parallel()
	for edges, want := range map[int]int{0: 402, 1000: 402, 50_000_000: 200, 200_000_000: 66, 1 << 40: 66} {
		if got := graph.Sample(edges); got != want {
			t.Errorf("of %d edges: %d, not %d", edges, got, want)
		}
	}
}

// BenchmarkDependents counts dependents in graphs of growing size, exactly and
// by estimate. STEWARD_GRAPH names other sizes: nodes, and edges of each.
func BenchmarkDependents(b *testing.B) {
	sizes := os.Getenv("STEWARD_GRAPH")
	if sizes == "" {
		sizes = "30000x5,100000x5"
	}
	for size := range strings.SplitSeq(sizes, ",") {
		n, e, _ := strings.Cut(size, "x")
		nodes, err := strconv.Atoi(n)
		each, err2 := strconv.Atoi(e)
		if err != nil || err2 != nil {
			b.Fatalf("%q is no size", size)
		}
		g := archive(nodes, each)
		given := every(nodes)
		var exact []int32
		b.Run(fmt.Sprint(size, "/exact"), func(b *testing.B) {
			if nodes > 200_000 && os.Getenv("STEWARD_GRAPH_EXACT") == "" {
				b.Log("more than a minute; set STEWARD_GRAPH_EXACT")
				return
			}
			began := processor(b)
			for b.Loop() {
				exact, _ = g.Dependents(context.Background(), given)
			}
			b.ReportMetric((processor(b)-began).Seconds()/float64(b.N), "cpu-s")
			b.ReportMetric(float64(nodes)*float64(nodes+g.Edges()), "work")
		})
		b.Run(fmt.Sprint(size, "/estimate"), func(b *testing.B) {
			var got []int32
			sample := graph.Sample(g.Edges())
			began := processor(b)
			for b.Loop() {
				got, _ = g.Estimate(context.Background(), given, sample)
			}
			b.ReportMetric((processor(b)-began).Seconds()/float64(b.N), "cpu-s")
			b.ReportMetric(100*graph.Spread(sample), "%spread")
			square, many := 0.0, 0.0
			for i, want := range exact {
				if int(want) >= sample {
					off := float64(got[i])/float64(want) - 1
					square, many = square+off*off, many+1
				}
			}
			if many > 0 {
				b.ReportMetric(100*math.Sqrt(square/many), "%error")
			}
		})
	}
}

// processor is how long all processors have worked for this process.
func processor(b *testing.B) time.Duration {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
