package cii_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"steward/internal/census/cii"
)

func ExampleModel_Score() {
	model, err := find("census-2015-v1.2")
	if err != nil {
		fmt.Println(err)
		return
	}
	// libexpat1 as it was in July 2016.
	facts := cii.Facts{
		Homepage:          true,
		Languages:         []string{"C"},
		CVEs:              5,
		ContributorsKnown: true,
		Installs:          174625,
		NetworkData:       true,
	}
	points := model.Score(facts, []cii.Cut{{Installs: 55630, Points: 2}, {Installs: 2479, Points: 1}})
	for _, p := range points.Parts() {
		fmt.Println(p.Name, p.Points)
	}
	fmt.Println("index", points.Index, "of", model.Max())
	// Output:
	// website 0
	// CVEs 3
	// contributors 5
	// popularity 2
	// language 2
	// exposure 1
	// data only 0
	// index 13 of 15
}

// TestMax: the repository's tables are headed "max = 16" for 1.0 and "max = 15"
// for 1.2. That of 1.1 still says 16, though it cannot be reached any more.
func TestMax(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]int{
		"census-2015-v1.0":          13, // the fault leaves two of the five for contributors
		"census-2015-v1.0-intended": 16,
		"census-2015-v1.1":          14,
		"census-2015-v1.2":          15,
	} {
		m, err := find(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := m.Max(); got != want {
			t.Errorf("%s: %d, not %d", name, got, want)
		}
	}
}

func TestCuts(t *testing.T) {
	t.Parallel()
	hundred := make([]int, 100)
	for i := range hundred {
		hundred[i] = i + 1 // installs 1 to 100
	}
	slices.Reverse(hundred)
	for _, c := range []struct {
		model      string
		population []int
		want       []cii.Cut
	}{
		{"census-2015-v1.2", hundred, []cii.Cut{{100, 2}, {96, 1}}},
		{"census-2015-v1.2", hundred[:20], []cii.Cut{{100, 1}}}, // one in a hundred of 20 is nobody
		{"census-2015-v1.2", make([]int, 100), []cii.Cut{{1, 2}, {1, 1}}},
		{"census-2015-v1.1", hundred, []cii.Cut{{11, 1}}},
		{"census-2015-v1.1", hundred[:9], []cii.Cut{{92, 1}}}, // so is one in ten of 9
		{"census-2015-v1.1", nil, nil},
		{"census-2015-v1.2", nil, nil},
	} {
		m, err := find(c.model)
		if err != nil {
			t.Fatal(err)
		}
		if got := m.Cuts(c.population); !slices.Equal(got, c.want) {
			t.Errorf("%s, %d packages: %v, not %v", c.model, len(c.population), got, c.want)
		}
	}
	if hundred[0] != 100 {
		t.Error("the caller's list was sorted")
	}
}

// TestScore asks for what the published tables have no row of.
func TestScore(t *testing.T) {
	t.Parallel()
	open := cii.Facts{Homepage: true, Network: true, NetworkData: true, Privilege: true}
	for _, c := range []struct {
		name  string
		facts cii.Facts
		want  [4]int // by model, as models gives them
	}{
		{"nothing known", cii.Facts{}, [4]int{6, 3, 3, 3}},
		{"every exposure", open, [4]int{9, 6, 4, 4}},
		{"data alone", cii.Facts{Homepage: true, ContributorsKnown: true, Contributors: 9, Role: cii.Data}, [4]int{0, -3, 0, 0}},
		{"documentation", cii.Facts{Role: cii.Documentation}, [4]int{6, 3, 0, 0}},
		{"lower case", cii.Facts{Homepage: true, Languages: []string{"shell", "c++"}}, [4]int{7, 4, 4, 4}},
		{"below zero", cii.Facts{Homepage: true, CVEs: -1, Contributors: -1, ContributorsKnown: true}, [4]int{3, 3, 3, 3}},
	} {
		for i, m := range models() {
			if got := m.Score(c.facts, nil); got.Index != c.want[i] {
				t.Errorf("%s by %s: %d, not %d", c.name, m.Name, got.Index, c.want[i])
			}
		}
	}
}

// TestBounds: no facts lead out of the model's range, and with the floor the
// index is the sum of the parts or zero.
func TestBounds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := rapid.SampledFrom(models()).Draw(t, "model")
		at := m.Cuts(rapid.SliceOf(rapid.IntRange(0, 1000)).Draw(t, "population"))
		if !slices.IsSortedFunc(at, func(a, b cii.Cut) int { return b.Installs - a.Installs }) {
			t.Fatalf("cuts are not from the highest down: %v", at)
		}
		p := m.Score(cii.Facts{
			Homepage:          rapid.Bool().Draw(t, "homepage"),
			Languages:         rapid.SliceOf(rapid.SampledFrom([]string{"C", "c++", "Go", ""})).Draw(t, "languages"),
			CVEs:              rapid.Int().Draw(t, "cves"),
			Contributors:      rapid.Int().Draw(t, "contributors"),
			ContributorsKnown: rapid.Bool().Draw(t, "known"),
			Installs:          rapid.Int().Draw(t, "installs"),
			Network:           rapid.Bool().Draw(t, "network"),
			NetworkData:       rapid.Bool().Draw(t, "data"),
			Privilege:         rapid.Bool().Draw(t, "privilege"),
			Role:              rapid.SampledFrom([]cii.Role{cii.Code, cii.Data, cii.Documentation}).Draw(t, "role"),
		}, at)
		sum := 0
		for _, part := range p.Parts() {
			sum += part.Points
		}
		if m.Floor {
			sum = max(sum, 0)
		}
		if p.Index != sum || p.Index > m.Max() || p.Index < m.DataOnly {
			t.Fatalf("index %d of parts %v", p.Index, p.Parts())
		}
	})
}
