package cinterp

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"steward/internal/cinterp/mutant"
)

// seeds are our own programs: those of the catalogue, and defined ones.
func seeds(f testing.TB) (texts [][]byte) {
	patterns := []string{"ub/programs/*.c", "ub/sound/programs/*.c", "testdata/run/*.c"}
	if more := os.Getenv("STEWARD_SEEDS"); more != "" {
		patterns = append(patterns, more)
	}
	for _, pattern := range patterns {
		paths, err := filepath.Glob(pattern)
		if err != nil || len(paths) == 0 {
			f.Fatal(pattern, err)
		}
		for _, p := range paths {
			b, err := os.ReadFile(p)
			if err != nil {
				f.Fatal(err)
			}
			texts = append(texts, b)
		}
	}
	return texts
}

// FuzzRun compiles and runs programs that were changed: whatever they are, a
// run ends within its limits, with a report that is the same each time, and
// never because the interpreter itself fails.
func FuzzRun(f *testing.F) {
	for i, s := range seeds(f) {
		if i%8 == 0 || os.Getenv("STEWARD_FUZZ") == "all" {
			f.Add(s, uint64(i), byte(0))
		}
	}
	f.Fuzz(func(t *testing.T, text []byte, seed uint64, machine byte) {
		if len(text) > 1<<16 {
			return
		}
		if seed != 0 {
			text = mutant.Source(text, seed)
		}
		var first []byte
		for range 2 {
			b := once(t, text, int(machine))
			if first != nil && !bytes.Equal(first, b) {
				t.Fatalf("two runs differ:\n%s\n%s\n%s", text, first, b)
			}
			first = b
		}
	})
}

// once runs a program on one of the machines and gives all that came out.
func once(t *testing.T, text []byte, machine int) []byte {
	names := []string{"lp64", "ilp32", "llp64", "lp64be", "lp64u"}
	o := Options{Machine: names[machine%len(names)], Limits: Limits{Steps: 100_000, Memory: 32 << 20, Depth: 500, Output: 1 << 16, Time: 2 * time.Minute, Total: 3 << 30}}
	if f := flag.Lookup("test.fuzzworker"); f.Value.String() == "true" {
		o.Limits.Time = 4 * time.Second // Go ends a fuzzing process after 10, and loses the input
	}
	r, err := Run(t.Context(), Program{Files: []File{{"t.c", text}}, Args: []string{"a"}, Input: []byte("12 abc\n")}, o)
	if err != nil {
		if !errors.Is(err, ErrSource) {
			t.Fatalf("%v\n%s", err, text)
		}
		return []byte(err.Error())
	}
	for _, bad := range []string{"interpreter failed", "compiler failed", "the time is up", "all of the interpreter", "too deep to be read"} {
		if strings.Contains(r.Why, bad) {
			t.Fatalf("%s\n%s", r.Why, text)
		}
	}
	b, err := r.JSON()
	if err != nil {
		t.Fatal(err)
	}
	r.Text(func(string, int) (string, bool) { return "", false })
	return bytes.Join([][]byte{b, r.Output, r.Errors}, []byte{0})
}

// TestMutants runs programs that were changed by chance: a few, or with
// STEWARD_MUTANTS=60m as many as that time allows, from a seed that it tells.
func TestMutants(t *testing.T) {
	t.Parallel()
	seed, end := uint64(1), time.Time{}
	if s := os.Getenv("STEWARD_MUTANTS"); s != "" {
		d, err := time.ParseDuration(s)
		if err != nil {
			t.Fatal(err)
		}
		end, seed = time.Now().Add(d), uint64(time.Now().UnixNano())
	}
	texts := seeds(t)
	n := 0
	for ; n < 40 || time.Now().Before(end); n++ {
		s := seed + uint64(n)
		text := mutant.Source(texts[int(s%uint64(len(texts)))], s)
		if n%1000 == 0 {
			t.Logf("seed %d", s)
		}
		if a, b := once(t, text, int(s>>8)), once(t, text, int(s>>8)); !bytes.Equal(a, b) {
			t.Errorf("seed %d: two runs differ:\n%s\n%s\n%s", s, text, a, b)
		}
	}
	t.Logf("%d programs from seed %d", n, seed)
}
