package census

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"steward/internal/census/archive"
	"steward/internal/census/graph"
)

// TestTooLarge: beyond the bound of exact work reach is estimated, the error is
// told, and few dependents are exact all the same.
func TestTooLarge(t *testing.T) {
	t.Parallel()
	const n = 3000
	sample := graph.Sample(2 * n)
	var p strings.Builder
	for i := range n {
		fmt.Fprintf(&p, "Package: p%04d\nDepends: p%04d\n\n", i+1, i)
	}
	s, err := archive.Load(context.Background(), [][]byte{[]byte(p.String())}, nil)
	if err != nil {
		t.Fatal(err)
	}
	exact, err := Measure(context.Background(), s, More{})
	if err != nil {
		t.Fatal(err)
	}
	about, err := measure(context.Background(), s, More{}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if exact.Spread != 0 || about.Spread < .04 || about.Spread > .06 {
		t.Errorf("errors of %v and %v are told", exact.Spread, about.Spread)
	}
	for _, name := range []string{"reach", "build-reach"} {
		sig, _ := signalNamed(name)
		for i, want := range exact.Values[sig] {
			got := about.Values[sig][i]
			if off := math.Abs(got/max(1, want) - 1); want < float64(sample-1) && got != want || want >= float64(sample) && off > 5*about.Spread {
				t.Fatalf("%s of %d: %v, not %v", name, i, got, want)
			}
		}
	}
}
