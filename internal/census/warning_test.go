package census_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"steward/internal/census"
	"steward/internal/census/censustest"
)

// TestWorn: what much rests on and few carry is told, with each sign; what is
// unknown is no sign, and one sign alone is none to speak of.
func TestWorn(t *testing.T) {
	t.Parallel()
	var p strings.Builder
	names := []string{"app", "changed", "edge", "fine", "one", "two"}
	for _, n := range names {
		fmt.Fprintf(&p, "Package: %s\nVersion: 1\n", n)
		if n == "app" {
			p.WriteString("Depends: changed, edge, fine, one, two\n")
		}
		p.WriteString("\n")
	}
	suite := censustest.Suite(t, p.String(), "")
	fact := func(of map[string]float64) census.Fact { return census.Fact{Of: of, Rest: math.NaN()} }
	table, err := census.Measure(context.Background(), suite, census.More{Facts: map[string]census.Fact{
		"uncared":        fact(map[string]float64{"app": 9999, "changed": 2000, "edge": 1094, "two": 1095}),
		"others-uploads": fact(map[string]float64{"app": 1, "changed": .9, "edge": .49, "two": .5, "one": .6}),
		"truck-factor":   fact(map[string]float64{"changed": 1, "edge": 2, "fine": 9}),
		"authors":        fact(map[string]float64{"edge": 3, "fine": 40}),
		"silence":        fact(map[string]float64{"edge": 364}),
		"new-hands":      fact(map[string]float64{"changed": 4, "edge": 1}),
	}})
	if err != nil {
		t.Fatal(err)
	}
	r := censustest.Rank(t, table, "rank-sum")
	var out bytes.Buffer
	if err := census.WriteJSON(&out, r); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Worn []struct {
			Source string
			Signs  []string
		}
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Worn) != 2 || got.Worn[0].Source != "changed" || got.Worn[1].Source != "two" ||
		!slices.Equal(got.Worn[0].Signs, []string{"uncared", "others-uploads", "truck-factor", "new-hands"}) ||
		!slices.Equal(got.Worn[1].Signs, []string{"uncared", "others-uploads"}) {
		t.Errorf("worn are %+v", got.Worn)
	}
	for _, w := range census.Warnings() {
		if w.Says == "" || !slices.ContainsFunc(census.Signals(), func(s census.Signal) bool { return s.Name == w.Signal }) {
			t.Errorf("%+v is of no signal, or says nothing", w)
		}
	}
}
