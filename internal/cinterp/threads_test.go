package cinterp

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// threadPrograms gives testdata/threads/*.c, which say as testdata/run does
// what is to be found and what is printed.
func threadPrograms(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob("testdata/threads/*.c")
	if err != nil || len(paths) < 15 {
		t.Fatalf("%d programs: %v", len(paths), err)
	}
	return paths
}

// TestThreads runs programs with threads: what races is found, and what does
// not prints what it is to print, on machines of both widths.
func TestThreads(t *testing.T) {
	t.Parallel()
	for _, path := range threadPrograms(t) {
		for _, machine := range []string{"lp64", "ilp32", "lp64be"} {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			r, err := Run(context.Background(), Program{Files: []File{{Name: "t.c", Text: text}}}, Options{Machine: machine, Limits: short.Limits})
			if err != nil {
				t.Errorf("%s: %v", path, err)
				continue
			}
			m := wanted.FindSubmatch(text)
			want := strings.TrimSpace(string(m[1]) + " " + string(m[2]))
			if got := verdict(r); got != want {
				t.Errorf("%s on %s: got %s, want %s\n%s", path, machine, got, want, r.Text(nil))
			}
			out := ""
			for _, l := range prints.FindAllSubmatch(text, -1) {
				out += string(l[1]) + "\n"
			}
			if want == "clean" && out != string(r.Output) {
				t.Errorf("%s on %s: printed %q, want %q", path, machine, r.Output, out)
			}
		}
	}
}

// TestThreadsPeer: what gcc makes of the programs without a mistake prints the
// same.
func TestThreadsPeer(t *testing.T) {
	t.Parallel()
	var clean []string
	for _, path := range threadPrograms(t) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(text, []byte("// want: clean")) {
			clean = append(clean, path)
		}
	}
	for _, path := range clean {
		exe := filepath.Join(t.TempDir(), "t")
		if out, err := exec.Command("gcc", "-std=gnu17", "-Wall", "-Werror", "-pthread", "-o", exe, path).CombinedOutput(); err != nil {
			t.Errorf("%s: gcc: %v\n%s", path, err, out)
			continue
		}
		got, err := exec.Command(exe).Output()
		if err != nil {
			t.Errorf("%s: %v", path, err)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		want := ""
		for _, l := range prints.FindAllSubmatch(text, -1) {
			want += string(l[1]) + "\n"
		}
		if string(got) != want {
			t.Errorf("%s: gcc's program printed %q, want %q", path, got, want)
		}
	}
}
