package cinterp

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"
)

// GCC's torture tests come as test data of a Go module, which is downloaded
// through the proxy and never linked.
const (
	corpusModule = "modernc.org/ccorpus2@v1.6.0"
	tortureDir   = "assets/gcc-9.1.0/gcc/testsuite/gcc.c-torture/execute"
)

// The floors of the torture tests, all of them: what passes may not fall below,
// the others may not rise above. What is found as undefined is, see argued;
// what is wrong relies on what GCC does and C17 does not say, see gccOnly.
const (
	floorTorture   = 1341
	ceilingUnknown = 80
)

// gccOnly are tests that end otherwise here, and may.
var gccOnly = map[string]string{
	"20021127-1.c":                 "defines a function of the library's name",
	"20040423-1.c":                 "a structure with an array of variable length",
	"20041218-2.c":                 "a structure with an array of variable length",
	"990130-1.c":                   "an effect in an operand of assembler",
	"align-3.c":                    "alignment of a function",
	"bitfld-3.c":                   "arithmetic in the width of a long bit-field",
	"bitfld-5.c":                   "arithmetic in the width of a long bit-field",
	"pr32244-1.c":                  "arithmetic in the width of a long bit-field",
	"pr34971.c":                    "arithmetic in the width of a long bit-field",
	"builtin-types-compatible-p.c": "GNU's idea of compatible types",
	"eeprof-1.c":                   "instrumented functions",
	"pr42570.c":                    "an array of no elements",
}

// corpus gives the directory of the module.
func corpus(t testing.TB) string {
	t.Helper()
	cmd := exec.Command("go", "mod", "download", "-json", corpusModule)
	cmd.Dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(cmd.Dir, "go.mod"), []byte("module x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := cmd.Output()
	var m struct{ Dir string }
	if err2 := json.Unmarshal(out, &m); err != nil || err2 != nil {
		t.Fatalf("go mod download %s: %v, %v", corpusModule, err, err2)
	}
	return m.Dir
}

// outcome is how one test of a corpus ended.
type outcome struct{ name, class, text string }

func runOne(path string) outcome {
	o := outcome{name: filepath.Base(path)}
	text, err := os.ReadFile(path)
	if err != nil {
		return outcome{o.name, "cannot say", err.Error()}
	}
	p := Program{Files: []File{{Name: o.name, Text: text}}}
	r, err := Run(context.Background(), p, Options{Limits: Limits{Time: 5 * time.Minute, Memory: 256 << 20, Steps: 20_000_000}})
	switch {
	case err != nil:
		o.class, o.text = "cannot say", strings.Split(err.Error(), "\n")[0]
	case r.Verdict == CannotSay:
		o.class, o.text = "cannot say", r.Why
	case r.Verdict == Undefined:
		o.class, o.text = "undefined", fmt.Sprintf("%d %s: %s", r.Finding.Place.Line, r.Finding.Kind, r.Finding.Text)
	case r.Status != 0:
		o.class, o.text = "wrong", fmt.Sprintf("status %d", r.Status)
	default:
		o.class = "passed"
	}
	return o
}

// all runs every file, as many at a time as there are processors.
func all(paths []string) map[string][]outcome {
	jobs, out := make(chan string), map[string][]outcome{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for p := range jobs {
				o := runOne(p)
				mu.Lock()
				out[o.class] = append(out[o.class], o)
				mu.Unlock()
			}
		})
	}
	for _, p := range paths {
		jobs <- p
	}
	close(jobs)
	wg.Wait()
	for _, l := range out {
		sort.Slice(l, func(i, j int) bool { return l[i].name < l[j].name })
	}
	return out
}

// TestTorture runs a fifth of GCC's torture tests, and all with
// STEWARD_TORTURE=all.
func TestTorture(t *testing.T) {
	t.Parallel()
	every := os.Getenv("STEWARD_TORTURE") == "all"
	paths, err := filepath.Glob(filepath.Join(corpus(t), tortureDir, "*.c"))
	if err != nil || len(paths) < 1500 {
		t.Fatalf("%d torture tests: %v", len(paths), err)
	}
	var some []string
	for _, p := range paths {
		h := fnv.New32a()
		h.Write([]byte(filepath.Base(p)))
		if every || h.Sum32()%5 == 0 {
			some = append(some, p)
		}
	}
	out := all(some)
	t.Logf("%d tests: %d passed, %d undefined, %d cannot say, %d wrong", len(some), len(out["passed"]), len(out["undefined"]), len(out["cannot say"]), len(out["wrong"]))
	for _, o := range out["wrong"] {
		if gccOnly[o.name] == "" {
			t.Errorf("%s: %s", o.name, o.text)
		}
	}
	for _, o := range out["undefined"] {
		if a := argued[o.name]; !strings.HasPrefix(o.text, fmt.Sprintf("%d %s:", a.line, a.kind)) {
			t.Errorf("%s: %s; argued: %v", o.name, o.text, a)
		}
	}
	if every && (len(out["passed"]) < floorTorture || len(out["cannot say"]) > ceilingUnknown) {
		t.Errorf("passed: %d, floor %d; cannot say: %d, ceiling %d", len(out["passed"]), floorTorture, len(out["cannot say"]), ceilingUnknown)
	}
	if !every && len(out["passed"])*100 < 85*len(some) {
		t.Errorf("%d of %d passed", len(out["passed"]), len(some))
	}
}
