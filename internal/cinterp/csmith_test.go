package cinterp

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// csmithHeaders is where Debian's libcsmith-dev has what the programs include.
const csmithHeaders = "/usr/include/csmith"

// TestCsmith compares programs that csmith writes at random with what GCC makes
// of them: the checksum of all their variables. STEWARD_CSMITH says how many.
//
// The programs have no undefined behaviour. Packed structures, GCC's own, are
// left out: csmith takes addresses of their members and uses them as if they
// were aligned, 6.3.2.3p7.
func TestCsmith(t *testing.T) {
	t.Parallel()
	n := 4
	if s := os.Getenv("STEWARD_CSMITH"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	seeds, counts := make(chan int), map[string]int{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for seed := range seeds {
				class, text := csmith(dir, seed)
				mu.Lock()
				counts[class]++
				mu.Unlock()
				if class == "wrong" || class == "cannot say" {
					t.Errorf("csmith --seed %d: %s: %s", seed, class, text)
				}
			}
		})
	}
	for seed := 1; seed <= n; seed++ {
		seeds <- seed
	}
	close(seeds)
	wg.Wait()
	t.Logf("%d programs: %v", n, counts)
	if counts["passed"]*100 < 80*n {
		t.Errorf("%d of %d passed", counts["passed"], n)
	}
}

// csmith makes one program, runs it twice and compares.
func csmith(dir string, seed int) (class, text string) {
	name := filepath.Join(dir, fmt.Sprintf("%d.c", seed))
	binary := strings.TrimSuffix(name, ".c")
	defer os.Remove(binary)
	short, done := context.WithTimeout(context.Background(), time.Minute)
	defer done()
	write := exec.CommandContext(short, "csmith", "--no-packed-struct", "--seed", strconv.Itoa(seed))
	write.Dir = dir // it leaves a file where it runs
	source, err := write.Output()
	if short.Err() != nil {
		return "slow", "" // a few seeds take csmith very long
	}
	if err == nil {
		err = os.WriteFile(name, source, 0o600)
	}
	if err == nil {
		err = exec.Command("gcc", "-O0", "-w", "-I", csmithHeaders, "-o", binary, name).Run()
	}
	if err != nil {
		return "wrong", fmt.Sprintf("csmith and gcc must be here, see scripts/install-csmith.sh: %v", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	want, err := exec.CommandContext(ctx, binary).Output()
	if err != nil {
		return "slow", "" // some run for ever
	}
	p := Program{Files: []File{{Name: name, Text: source}}, FS: os.DirFS("/"), Include: []string{strings.TrimPrefix(csmithHeaders, "/")}}
	r, err := Run(context.Background(), p, Options{Limits: Limits{Time: 10 * time.Minute, Steps: 1 << 40}})
	switch {
	case err != nil:
		return "wrong", err.Error()
	case r.Verdict == CannotSay:
		return "cannot say", r.Why
	case r.Verdict == Undefined:
		return "wrong", fmt.Sprintf("%s: %s: %s", r.Finding.Place, r.Finding.Kind, r.Finding.Text)
	case !bytes.Equal(r.Output, want):
		return "wrong", fmt.Sprintf("%q and not %q", r.Output, want)
	}
	return "passed", ""
}
