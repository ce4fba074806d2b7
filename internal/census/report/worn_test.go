package report_test

import (
	"strings"
	"testing"

	"steward/internal/census"
)

// TestWorn: what much rests on and few carry is listed, with its signs.
func TestWorn(t *testing.T) {
	t.Parallel()
	r := ranking(t, "trained", 60)
	for n, s := range census.Signals() {
		if s.Name == "uncared" || s.Name == "truck-factor" {
			for i := range r.Table.Values[n] {
				if r.Table.Values[n][i] = 1; s.Name == "uncared" {
					r.Table.Values[n][i] = 2000
				}
			}
		}
	}
	dir, _ := write(t, r, 60)
	files := read(t, dir)
	for _, name := range []string{"index.html", "source/main.html"} {
		checkPage(t, files, name)
		if !strings.Contains(files[name], "one person knows more than half of its code") {
			t.Errorf("%s says nothing of the signs", name)
		}
	}
	if plain, _ := write(t, ranking(t, "trained", 60), 60); strings.Contains(read(t, plain)["index.html"], "Worn and load-bearing") {
		t.Error("signs of what is not known")
	}
}
