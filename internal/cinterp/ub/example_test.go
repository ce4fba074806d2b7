package ub

import (
	"slices"
	"strings"
	"testing"

	"steward/internal/cinterp/ub/peers"
)

func TestEveryKindHasAnExample(t *testing.T) {
	t.Parallel()
	has := map[*Kind]int{}
	used := 0
	for _, e := range Examples() {
		has[e.Kind]++
		used += len(e.Files) + len(e.Twin)
		if len(e.Places) == 0 {
			t.Errorf("%s marks no line", e.Name)
		}
		if len(e.Twin) != len(e.Files) {
			t.Errorf("%s has %d files, its twin %d", e.Name, len(e.Files), len(e.Twin))
		}
		for _, f := range e.Twin {
			if strings.Contains(f.Text, mark) || strings.Contains(f.Text, refused) {
				t.Errorf("%s: the twin has a mark", f.Name)
			}
		}
		for _, f := range slices.Concat(e.Files, e.Twin) {
			if n := strings.Count(f.Text, "\n"); n > 45 {
				t.Errorf("%s has %d lines: an example is short", f.Name, n)
			}
		}
	}
	for _, k := range All() {
		if has[k] == 0 {
			t.Errorf("%s has no example", k.Name)
		}
	}
	entries, err := programs.ReadDir("programs")
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != used {
		t.Errorf("%d files in programs, %d of them used", len(entries), used)
	}
}

func texts(files []File) map[string]string {
	m := map[string]string{}
	for _, f := range files {
		m[f.Name] = f.Text
	}
	return m
}

// TestCompilersOnExamples: a program with undefined behaviour compiles, but
// where it says that it is refused.
func TestCompilersOnExamples(t *testing.T) {
	t.Parallel()
	for _, cc := range peers.Compilers(t) {
		for _, e := range Examples() {
			t.Run(cc+"/"+e.Name, func(t *testing.T) {
				t.Parallel()
				list := strings.Fields(e.Refused)
				way := peers.Way{CC: cc, Flags: []string{"-S"}} // without linking, it is faster
				if slices.Contains(list, "link") {
					way.Flags = nil
				}
				out, err := peers.Build(t, t.TempDir(), way, texts(e.Files))
				want := slices.Contains(list, cc) || slices.Contains(list, "link")
				if want != (err != nil) {
					t.Errorf("refused: %v, expected: %v\n%s", err != nil, want, out)
				}
			})
		}
	}
}

// TestTwinsAreClean: a twin compiles without a complaint, and prints the same
// at every level and under the sanitizers.
func TestTwinsAreClean(t *testing.T) {
	t.Parallel()
	ways := peers.Ways(t)
	for _, e := range Examples() {
		t.Run(e.Name, func(t *testing.T) {
			t.Parallel()
			outputs := map[string][]peers.Way{}
			for _, w := range ways {
				dir := t.TempDir()
				strict := peers.Way{CC: w.CC, Flags: append([]string{peers.Strict}, w.Flags...)}
				if out, err := peers.Build(t, dir, strict, texts(e.Twin)); err != nil {
					t.Fatalf("%v: %v\n%s", w, err, out)
				}
				out, err := peers.Run(t, dir)
				if err != nil || out == "" {
					t.Errorf("%v: %v, prints %q", w, err, out)
				}
				outputs[out] = append(outputs[out], w)
			}
			if len(outputs) > 1 {
				t.Errorf("the outputs differ: %q", outputs)
			}
		})
	}
}
