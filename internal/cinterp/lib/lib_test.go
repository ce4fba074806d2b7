package lib_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"steward/internal/cinterp"
)

// run runs a program of testdata in the interpreter.
func run(t *testing.T, path string, args ...string) *cinterp.Report {
	t.Helper()
	return runOn(t, "", path, args...)
}

func runOn(t *testing.T, machine, path string, args ...string) *cinterp.Report {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	input, _ := os.ReadFile(strings.TrimSuffix(path, ".c") + ".in") // it may be missing
	r, err := cinterp.Run(context.Background(), cinterp.Program{Files: []cinterp.File{{Name: filepath.Base(path), Text: text}}, Args: args,
		Define: []string{"_GNU_SOURCE"}, Input: input, Environ: []string{"HOME=/home/me", "EMPTY="},
		Mount: fstest.MapFS{"mounted.txt": {Data: []byte("one\ntwo\nthree\n")}, "dir/inner.txt": {Data: []byte("inner")}}},
		cinterp.Options{Machine: machine, Limits: cinterp.Limits{Time: 20 * time.Second, Memory: 256 << 20}})
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return r
}

func programs(t *testing.T, folder string) []string {
	t.Helper()
	list, err := filepath.Glob(filepath.Join("testdata", folder, "*.c"))
	if err != nil || len(list) == 0 {
		t.Fatalf("no programs in %s: %v", folder, err)
	}
	return list
}

// TestSameAsCompiled: each program prints what it prints when gcc compiles it
// and the C library of the system runs it.
func TestSameAsCompiled(t *testing.T) {
	t.Parallel()
	gcc, err := exec.LookPath("gcc")
	if err != nil {
		t.Log("no gcc here: the programs run, and nothing is compared")
	}
	for _, p := range programs(t, "same") {
		t.Run(filepath.Base(p), func(t *testing.T) {
			t.Parallel()
			args := []string{"-v", "--name=value", "word", "-n3", "--", "-x"}
			r := run(t, p, args...)
			if r.Verdict != cinterp.Clean {
				t.Fatalf("%s %s %+v\n%s%s", r.Verdict, r.Why, r.WhyPlace, r.Text(nil), r.Output)
			}
			if gcc == "" {
				return
			}
			out, status := compiled(t, gcc, p, args)
			if status != r.Status {
				t.Errorf("status %d, want %d", r.Status, status)
			}
			if !bytes.Equal(out, r.Output) {
				t.Errorf("it prints something else:\n%s", differences(string(r.Output), string(out)))
			}
			for _, n := range r.Notes {
				t.Errorf("a note: %s %s", n.Kind, n.Text)
			}
		})
	}
}

// compiled compiles and runs a program in a folder like the interpreter's.
func compiled(t *testing.T, gcc, path string, args []string) ([]byte, int) {
	t.Helper()
	dir := t.TempDir()
	bin := filepath.Join(dir, "bin")
	if out, err := exec.Command(gcc, "-w", "-std=gnu17", "-fno-builtin", "-D_GNU_SOURCE", "-o", bin, path, "-lm").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	work := filepath.Join(dir, "work")
	for name, text := range map[string]string{"mounted.txt": "one\ntwo\nthree\n", "dir/inner.txt": "inner"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(work, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(work, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := exec.Command(bin, args...)
	input, _ := os.ReadFile(strings.TrimSuffix(path, ".c") + ".in")
	c.Dir, c.Env, c.Stdin = work, []string{"HOME=/home/me", "EMPTY=", "TZ=UTC"}, bytes.NewReader(input)
	out, err := c.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return out, c.ProcessState.ExitCode()
}

func differences(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	var b strings.Builder
	for i := 0; i < max(len(g), len(w)); i++ {
		x, y := "(nothing)", "(nothing)"
		if i < len(g) {
			x = g[i]
		}
		if i < len(w) {
			y = w[i]
		}
		if x != y {
			fmt.Fprintf(&b, "line %d: %q, want %q\n", i+1, x, y)
		}
	}
	return b.String()
}

// TestUndefined: each program has one line with "UB: kind" at its end, and
// that is what is found there. "note: kind" is a finding that is formal only.
func TestUndefined(t *testing.T) {
	t.Parallel()
	for _, p := range programs(t, "undefined") {
		text, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		// A file holds many programs, one after the other.
		for i, part := range strings.Split(string(text), "//// ") {
			if i == 0 {
				continue
			}
			name, body, _ := strings.Cut(part, "\n")
			t.Run(filepath.Base(p)+"/"+name, func(t *testing.T) {
				t.Parallel()
				undefined(t, strings.SplitN(string(text), "//// ", 2)[0]+body)
			})
		}
	}
}

func undefined(t *testing.T, text string) {
	t.Helper()
	kind, line, note := "", 0, false
	for i, l := range strings.Split(text, "\n") {
		if _, k, ok := strings.Cut(l, "// UB: "); ok {
			kind, line = k, i+1
		}
		if _, k, ok := strings.Cut(l, "// note: "); ok {
			kind, line, note = k, i+1, true
		}
	}
	r, err := cinterp.Run(context.Background(), cinterp.Program{Files: []cinterp.File{{Name: "t.c", Text: []byte(text)}}, Define: []string{"_GNU_SOURCE"},
		Input: []byte("123456789012345678901234567890 abc\nline\n")}, cinterp.Options{Limits: cinterp.Limits{Time: 20 * time.Second}})
	if err != nil {
		t.Fatal(err)
	}
	f := r.Finding
	if note && len(r.Notes) > 0 {
		f = &r.Notes[0]
	}
	if f == nil || f.Kind != kind || f.Place.Line != line {
		t.Fatalf("want %s in line %d; it says %s %s\n%s%s", kind, line, r.Verdict, r.Why, r.Text(nil), r.Output)
	}
}

// TestOtherMachines: programs that ask nothing of the widths of types print
// the same on every machine.
func TestOtherMachines(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"getopt", "maths", "more", "posix", "wide"} {
		path := filepath.Join("testdata", "same", name+".c")
		want := run(t, path, "-v", "word")
		for _, m := range []string{"ilp32", "llp64", "lp64be", "lp64u"} {
			t.Run(name+"/"+m, func(t *testing.T) {
				t.Parallel()
				r := runOn(t, m, path, "-v", "word")
				if r.Verdict != cinterp.Clean || !bytes.Equal(r.Output, want.Output) {
					t.Errorf("%s %s\n%s", r.Verdict, r.Why, differences(string(r.Output), string(want.Output)))
				}
			})
		}
	}
}
