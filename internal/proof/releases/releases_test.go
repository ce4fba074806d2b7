package releases

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestOrder(t *testing.T) {
	t.Parallel()
	for _, list := range []string{
		"1.0 1.1 1.1.1 1.2-rc1 1.2 1.10 2.0",
		"2.0alpha 2.0beta 2.0 2.0.1", "1.9.9 1.10.0-dev 1.10.0 1.10.0.1", "8.0.0 8.3.0 8.10.0", "1.99999999999999999999 1.999999999999999999999",
	} {
		versions := strings.Fields(list)
		for i := range versions {
			for j := range versions {
				if got := compare(versions[i], versions[j]); got != sign(i-j) {
					t.Errorf("%s and %s: %d", versions[i], versions[j], got)
				}
			}
		}
	}
}

func sign(n int) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}

func TestChoose(t *testing.T) {
	t.Parallel()
	tags := map[string]string{"v1.0": "a", "v1.2": "b", "v1.10": "c", "v2.0": "d", "curl-8_3_0": "e", "curl-8_10_0": "f", "latest": "g"}
	for what, want := range map[string]string{
		"v1.0..v1.10": "v1.0 v1.2 v1.10", "v1.2..": "v1.2 v1.10 v2.0", "..v1.2": "v1.0 v1.2", "v1.*": "v1.0 v1.2 v1.10",
		"curl-*": "curl-8_3_0 curl-8_10_0", "*": "v1.0 v1.2 v1.10 v2.0 curl-8_3_0 curl-8_10_0", "x*": "",
		"v1.1..v2": "there is no tag v1.1", "..": "write a range", "[": "write a range",
	} {
		list, err := choose(tags, what)
		var names []string
		for _, x := range list {
			names = append(names, x.Name)
		}
		if err != nil {
			names = []string{err.Error()}
		}
		if got := strings.Join(names, " "); !strings.HasPrefix(got, want) || want == "" && got != "" {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	if list, _ := choose(tags, "curl-*"); list[0].Version != "8.3.0" {
		t.Errorf("the version is %q", list[0].Version)
	}
}

// TestRanges draws ranges from outcomes: f found, c clean, u cannot say.
func TestRanges(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		outcomes string
		first    bool
		want     []Range
		remarks  int
	}{
		{"ccc", true, []Range{}, 0},
		{"ffc", true, []Range{{Introduced: "0", Fixed: "3"}}, 0},
		{"ffc", false, []Range{{Introduced: "1", Fixed: "3"}}, 1},
		{"cffc", false, []Range{{Introduced: "2", Fixed: "4"}}, 0},
		{"cfcfc", false, []Range{{Introduced: "2", Fixed: "3"}, {Introduced: "4", Fixed: "5"}}, 0},
		{"cff", false, []Range{{Introduced: "2", LastAffected: "3"}}, 0},
		{"cufufuc", false, []Range{{Introduced: "3", Fixed: "7"}}, 3},
		{"ufu", true, []Range{{Introduced: "2", LastAffected: "2"}}, 2},
		{"uu", true, []Range{}, 1},
		{"cuc", true, []Range{}, 0},
	} {
		var a Answer
		for i, o := range tc.outcomes {
			r := Release{Tag: Tag{Version: string(rune('1' + i))}, Kind: "x"}
			r.Outcome = map[rune]Outcome{'f': Found, 'c': Clean, 'u': Unknown}[o]
			a.Releases = append(a.Releases, r)
		}
		a.ranges(tc.first)
		if !reflect.DeepEqual(a.Ranges, tc.want) || len(a.Remarks) != tc.remarks {
			t.Errorf("%s: %+v, %q", tc.outcomes, a.Ranges, a.Remarks)
		}
	}
	a := Answer{Releases: []Release{{Tag: Tag{Version: "1"}, Outcome: Found, Kind: "x"}, {Tag: Tag{Version: "2"}, Outcome: Found, Kind: "y"}}}
	a.ranges(true)
	if !slices.ContainsFunc(a.Remarks, func(s string) bool { return strings.Contains(s, "x, y") }) {
		t.Errorf("%q", a.Remarks)
	}
}
