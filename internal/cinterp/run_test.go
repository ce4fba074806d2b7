package cinterp

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"steward/internal/cinterp/ub/famous"
	"steward/internal/cinterp/ub/sound"
)

var (
	wanted = regexp.MustCompile(`(?m)^// want: (\S+)(?: (\d+))?$`)
	prints = regexp.MustCompile(`(?m)^// out: (.*)$`)
)

// verdict gives a run in the words of "// want:".
func verdict(r *Report) string {
	switch {
	case r.Finding != nil:
		return fmt.Sprintf("%s %d", r.Finding.Kind, r.Finding.Place.Line)
	case len(r.Notes) > 0:
		return fmt.Sprintf("%s %d", r.Notes[0].Kind, r.Notes[0].Place.Line)
	case r.Verdict == CannotSay && r.WhyPlace != nil:
		return fmt.Sprintf("cannot-say %d", r.WhyPlace.Line)
	case r.Verdict == CannotSay:
		return "cannot-say"
	}
	return "clean"
}

// TestPrograms runs testdata/run/*.c: each says what is to be found and what
// it prints. On machines of other widths and orders the same is found.
func TestPrograms(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/run/*.c")
	if err != nil || len(paths) < 10 {
		t.Fatalf("%d programs: %v", len(paths), err)
	}
	for _, path := range paths {
		for _, machine := range []string{"lp64", "ilp32", "llp64", "lp64be"} {
			t.Run(machine+"/"+filepath.Base(path), func(t *testing.T) {
				t.Parallel()
				text, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				m := wanted.FindSubmatch(text)
				if m == nil {
					t.Fatal("no // want: in the program")
				}
				want := strings.TrimSpace(string(m[1]) + " " + string(m[2]))
				r, err := Run(context.Background(), Program{Files: []File{{Name: "t.c", Text: text}}}, Options{Machine: machine, Limits: short.Limits})
				if err != nil {
					t.Fatal(err)
				}
				if got := verdict(r); got != want {
					t.Errorf("got %s, want %s\n%s", got, want, r.Text(nil))
				}
				out := ""
				for _, l := range prints.FindAllSubmatch(text, -1) {
					out += string(l[1]) + "\n"
				}
				if out != string(r.Output) {
					t.Errorf("printed %q, want %q", r.Output, out)
				}
			})
		}
	}
}

// TestFamous finds ten famous mistakes, and nothing in their corrected twins.
func TestFamous(t *testing.T) {
	t.Parallel()
	cases, err := famous.Cases()
	if err != nil || len(cases) < 10 {
		t.Fatalf("%d cases: %v", len(cases), err)
	}
	for _, c := range cases {
		r, err := Run(context.Background(), Program{Files: []File{{Name: c.Bad.Name, Text: []byte(c.Bad.Text)}}}, short)
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		if got, want := verdict(r), fmt.Sprintf("%s %d", c.Kind.Name, c.Line); got != want {
			t.Errorf("%s: got %s, want %s\n%s", c.Name, got, want, r.Text(nil))
		}
		if r, err = Run(context.Background(), Program{Files: []File{{Name: c.Twin.Name, Text: []byte(c.Twin.Text)}}}, short); err != nil || verdict(r) != "clean" {
			t.Errorf("%s: twin: %v %s", c.Name, err, r.Text(nil))
		}
	}
}

// TestSame: the same program gives the same bytes, each time it is compiled
// and each time it is run.
func TestSame(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/run/*.c")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		p := Program{Files: []File{{Name: "t.c", Text: text}}}
		var first []byte
		for range 3 {
			c, err := Compile(t.Context(), p, Options{})
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				r, err := c.Run(context.Background(), p, short)
				if err != nil {
					t.Fatal(err)
				}
				b, err := r.JSON()
				if err != nil {
					t.Fatal(err)
				}
				b = append(b, r.Output...)
				if first == nil {
					first = b
				}
				if !bytes.Equal(first, b) {
					t.Fatalf("%s: not the same twice:\n%s\n%s", path, first, b)
				}
			}
		}
	}
}

// TestLimits: a program that does not end, allocates without end, recurses
// without end or prints without end is stopped.
func TestLimits(t *testing.T) {
	t.Parallel()
	l := Limits{Steps: 1_000_000, Memory: 64 << 20, Depth: 1000, Output: 1 << 16, Time: 20 * time.Second}
	for text, want := range map[string]string{
		"int main(void) { for (;;); }": "steps",
		"#include <stdlib.h>\nint main(void) { for (;;) if (!malloc(1000000)) return 1; }":                       "memory",
		"#include <stdio.h>\nint main(void) { for (;;) puts(\"again\"); }":                                       "output",
		"static int f(int n) { return f(n + 1) + 1; }\nint main(void) { return f(0); }":                          "stack-exhausted",
		"int main(void) { int n = 1; for (;;) { int a[n]; a[0] = n; n = n * 2 + a[0] % 2; if (n < 0) n = 1; } }": "memory",
	} {
		r, err := Run(context.Background(), Program{Files: []File{{Name: "t.c", Text: []byte(text)}}}, Options{Limits: l})
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Why + verdict(r); !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

// TestSound: programs that go to the edge of a rule are defined, and print
// what they are to print.
func TestSound(t *testing.T) {
	t.Parallel()
	list, err := sound.Programs()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range list {
		r, err := Run(context.Background(), Program{Files: []File{{Name: p.File.Name, Text: []byte(p.File.Text)}}}, short)
		switch {
		case err != nil:
			t.Errorf("%s: %v", p.Name, err)
		case r.Verdict == CannotSay:
			t.Logf("%s: cannot say: %s", p.Name, r.Why)
		case verdict(r) != "clean":
			t.Errorf("%s (%s): %s", p.Name, p.Why, r.Text(nil))
		case string(r.Output) != p.Output:
			t.Errorf("%s: printed %q, want %q", p.Name, r.Output, p.Output)
		}
	}
}
