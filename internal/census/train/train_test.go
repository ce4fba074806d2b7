package train_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"steward/internal/census"
	"steward/internal/census/censustest"
	"steward/internal/census/train"
	"steward/internal/census/yardstick"
)

// lesson draws a distribution whose sources are hit the likelier the larger they
// are, and the likelier still if they are servers.
func lesson(t *testing.T, seed uint64) train.Lesson {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	var p, q strings.Builder
	var hit []bool
	for i := range 1500 {
		size, word := 1<<r.IntN(20), "tool"
		chance := float64(size) / (4 << 20)
		if r.IntN(5) == 0 {
			word, chance = "server", chance+.4
		}
		hit = append(hit, r.Float64() < chance)
		fmt.Fprintf(&p, "Package: p%04d\nVersion: 1\nDescription: a %s\n\n", i, word)
		fmt.Fprintf(&q, "Package: p%04d\nVersion: 1\nChecksums-Sha256:\n aa %d x.orig.tar.xz\n\n", i, size)
	}
	s := censustest.Suite(t, p.String(), q.String())
	table := censustest.Table(t, s, census.More{})
	return train.Lesson{Table: table, Hit: hit}
}

// TestFit: what was learned from one draw foretells another, and says why.
func TestFit(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	one, two := lesson(t, 1), lesson(t, 2)
	s := train.Default
	var tried []float64
	caution, err := train.Choose(ctx, one, s, []float64{.5, 500}, func(c, _ float64) { tried = append(tried, c) })
	if err != nil || caution != .5 || len(tried) != 2 {
		t.Fatalf("it chose %v of %v: %v", caution, tried, err)
	}
	s.Caution = caution
	m, err := train.Fit(ctx, one, s)
	if err != nil {
		t.Fatal(err)
	}
	m.Name = "own"
	raw, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	if m, err = census.ParseModel(raw); err != nil {
		t.Fatal(err)
	}
	weights := map[string]float64{}
	for _, w := range m.Signals {
		weights[w.Signal] = w.Weight
	}
	for _, w := range m.Terms {
		weights[w.Name] = w.Weight
	}
	if weights["size"] < .2 || weights["server"]-weights["tool"] < 1 {
		t.Errorf("%v", weights)
	}
	if _, ok := weights["packaging"]; ok {
		t.Error("it learns from what grows with each fault that is mended")
	}
	r, err := census.Rank(ctx, two.Table, m)
	if err != nil {
		t.Fatal(err)
	}
	v, err := yardstick.Judge(ctx, r.Scores(), two.Hit)
	if err != nil || v.AUC < .75 {
		t.Errorf("AUC %v, %v", v.AUC, err)
	}
	// What is skipped teaches nothing.
	one.Skip = make([]bool, len(one.Hit))
	for i := range one.Skip {
		one.Skip[i] = one.Hit[i]
	}
	if m, err = train.Fit(ctx, one, s); err != nil || m.Bias > -4 {
		t.Errorf("without a hit the bias is %v, %v", m.Bias, err)
	}
}
