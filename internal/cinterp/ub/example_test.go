package ub

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
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

// write puts files into a folder and gives their names.
func write(t *testing.T, dir string, files []File) []string {
	t.Helper()
	var names []string
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, f.Name), []byte(f.Text), 0o600); err != nil {
			t.Fatal(err)
		}
		names = append(names, f.Name)
	}
	return names
}

// run runs a program and gives what it printed, and how it ended.
func run(t *testing.T, dir, name string, args ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	return out.String(), err
}

// peers are the compilers that are here.
func peers(t *testing.T) []string {
	t.Helper()
	var found []string
	for _, p := range []string{"gcc", "clang"} {
		if _, err := exec.LookPath(p); err == nil {
			found = append(found, p)
		}
	}
	if len(found) == 0 {
		t.Log("no compiler here: the examples are not compiled")
	}
	return found
}

// TestCompilersOnExamples: a program with undefined behaviour compiles, but
// where it says that it is refused.
func TestCompilersOnExamples(t *testing.T) {
	t.Parallel()
	for _, cc := range peers(t) {
		for _, e := range Examples() {
			t.Run(cc+"/"+e.Name, func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				list := strings.Fields(e.Refused)
				args := append([]string{"-std=c17", "-w"}, write(t, dir, e.Files)...)
				if slices.Contains(list, "link") {
					args = append(args, "-o", "program", "-lm", "-pthread")
				} else {
					args = append(args, "-S")
				}
				out, err := run(t, dir, cc, args...)
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
	sanitizers := []string{"-fsanitize=address,undefined", "-fno-sanitize-recover=all"}
	ways := map[string][][]string{
		"gcc":   {append([]string{"-O0"}, sanitizers...), append([]string{"-O2"}, sanitizers...)},
		"clang": {{"-O1"}},
	}
	for _, e := range Examples() {
		t.Run(e.Name, func(t *testing.T) {
			t.Parallel()
			outputs := map[string][]string{}
			for _, cc := range peers(t) {
				for _, way := range ways[cc] {
					dir := t.TempDir()
					args := slices.Concat([]string{"-std=c17", "-pedantic-errors", "-w", "-o", "program"}, way, write(t, dir, e.Twin), []string{"-lm", "-pthread"})
					if out, err := run(t, dir, cc, args...); err != nil {
						t.Fatalf("%s %v: %v\n%s", cc, way, err, out)
					}
					out, err := run(t, dir, "./program")
					if err != nil {
						t.Errorf("%s %v: %v\n%s", cc, way, err, out)
					}
					if out == "" {
						t.Error("it prints nothing")
					}
					outputs[out] = append(outputs[out], cc+way[0])
				}
			}
			if len(outputs) > 1 {
				t.Errorf("the outputs differ: %q", outputs)
			}
		})
	}
}
