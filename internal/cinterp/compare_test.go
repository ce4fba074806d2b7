package cinterp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"steward/internal/cinterp/ub"
	"steward/internal/cinterp/ub/peers"
)

// comparedDirs names folders, divided by colons, whose programs are compared,
// too: a name with "-bad" or ".undef" has undefined behaviour, one with "-good"
// has none.
const comparedDirs = "STEWARD_PEERS_DIRS"

// said is what a tool says of a program.
type said struct{ flagged, refused bool }

// tool is a way to look for undefined behaviour.
type tool struct {
	name string
	ask  func(dir string, files []string) said
}

// command runs a program in a folder and gives what it printed; the status is
// -1 when it was killed.
func command(dir string, limit time.Duration, name string, args ...string) (string, int) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return out.String(), 0
	case errors.As(err, &exit):
		return out.String(), exit.ExitCode()
	}
	return out.String(), -1
}

// built makes a tool of a compiler, and of words that the program then prints.
func built(name, cc string, flags, words []string) tool {
	return tool{name, func(dir string, files []string) said {
		exe := filepath.Join(dir, strings.Fields(name)[0])
		args := append(append([]string{"-std=gnu17", "-w", "-g"}, flags...), files...)
		if _, status := command(dir, time.Minute, cc, append(args, "-o", exe, "-lm", "-pthread")...); status != 0 {
			return said{refused: true}
		}
		out, _ := command(dir, 3*time.Minute, exe)
		for _, w := range words {
			if strings.Contains(out, w) {
				return said{flagged: true}
			}
		}
		return said{}
	}}
}

// compared lists the tools that are here; the first is ours.
func compared(t *testing.T) []tool {
	all := []tool{
		{"this interpreter", func(dir string, files []string) said {
			var p Program
			for _, f := range files {
				text, err := os.ReadFile(filepath.Join(dir, f))
				if err != nil {
					return said{refused: true}
				}
				p.Files = append(p.Files, File{Name: f, Text: text})
			}
			r, err := Run(context.Background(), p, Options{Limits: short.Limits, Strict: true})
			if err != nil {
				return said{refused: true}
			}
			return said{flagged: r.Exit() == 1}
		}},
		built("ASan+UBSan (clang)", "clang", []string{"-fsanitize=address,undefined,float-divide-by-zero", "-fno-sanitize-recover=undefined", "-O0"},
			[]string{"AddressSanitizer", "runtime error:"}),
		built("MSan (clang)", "clang", []string{"-fsanitize=memory", "-O0"}, []string{"MemorySanitizer"}),
		{"valgrind", valgrind},
		{"Frama-C", func(dir string, files []string) said {
			args := append([]string{"-eva", "-eva-precision", "11", "-eva-slevel", "1000000", "-eva-no-show-progress", "-machdep", "gcc_x86_64", "-c11"}, files...)
			out, status := command(dir, 5*time.Minute, "frama-c", args...)
			return said{flagged: strings.Contains(out, "[eva:alarm]"), refused: status != 0}
		}},
	}
	var here []tool
	for i, x := range all {
		need := map[int]string{1: "clang", 2: "clang", 3: "valgrind", 4: "frama-c"}[i]
		if _, err := exec.LookPath(need); need != "" && err != nil {
			t.Logf("no %s here", need)
			continue
		}
		here = append(here, x)
	}
	return here
}

func valgrind(dir string, files []string) said {
	args := append([]string{"-std=gnu17", "-w", "-g", "-O0"}, files...)
	if _, status := command(dir, time.Minute, "gcc", append(args, "-o", "vg", "-lm", "-pthread")...); status != 0 {
		return said{refused: true}
	}
	_, status := command(dir, 3*time.Minute, "valgrind", "-q", "--error-exitcode=99", "./vg")
	return said{flagged: status == 99}
}

// pair is a program of a set, bad or good.
type pair struct {
	set, name string
	bad       bool
	files     []ub.File
}

func comparedPrograms(t *testing.T) [][]pair {
	var sets [][]pair
	var all []pair
	for _, dir := range filepath.SplitList(os.Getenv(comparedDirs)) {
		names, err := filepath.Glob(filepath.Join(dir, "*.c"))
		if err != nil {
			t.Fatal(err)
		}
		sort.Strings(names)
		for _, n := range names {
			base := filepath.Base(n)
			bad := strings.Contains(base, "-bad") || strings.Contains(base, ".undef")
			if !bad && !strings.Contains(base, "-good") {
				continue
			}
			text, err := os.ReadFile(n)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, pair{filepath.Base(dir), base, bad, []ub.File{{Name: base, Text: string(text)}}})
		}
		if len(all) > 0 {
			sets, all = append(sets, all), nil
		}
	}
	for _, e := range ub.Examples() {
		all = append(all, pair{"catalogue", e.Name, true, e.Files}, pair{"catalogue", e.Name, false, e.Twin})
	}
	return append(sets, all)
}

// TestAgainstPeers asks every tool of every program, in one run, and prints the
// table of docs/INTERPRET.md. It takes the better part of an hour.
func TestAgainstPeers(t *testing.T) {
	if os.Getenv(peers.All) != "all" {
		return
	}
	tools := compared(t)
	for _, set := range comparedPrograms(t) {
		compareSet(t, tools, set)
	}
}

// compareSet asks every tool of every program of a set, and prints its rows.
func compareSet(t *testing.T, tools []tool, set []pair) {
	count := map[string]int{}
	var mu sync.Mutex
	work := make(chan pair)
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for p := range work {
				dir := t.TempDir()
				var names []string
				for _, f := range p.files {
					if err := os.WriteFile(filepath.Join(dir, f.Name), []byte(f.Text), 0o600); err != nil {
						t.Error(err)
					}
					names = append(names, f.Name)
				}
				what := map[bool]string{true: "bad", false: "good"}[p.bad]
				for _, x := range tools {
					s := x.ask(dir, names)
					mu.Lock()
					count[x.name+what]++
					if s.flagged {
						count[x.name+what+" flagged"]++
					} else if s.refused {
						count[x.name+what+" refused"]++
					}
					mu.Unlock()
					if x.name == tools[0].name && s.flagged && !p.bad {
						t.Logf("%s %s: flagged", p.set, p.name)
					}
				}
			}
		})
	}
	for _, p := range set {
		work <- p
	}
	close(work)
	wg.Wait()
	var b strings.Builder
	for _, x := range tools {
		n := func(w string) int { return count[x.name+w] }
		fmt.Fprintf(&b, "| %s | %d of %d (%d refused) | %d of %d |\n", x.name, n("bad flagged"), n("bad"), n("bad refused"), n("good flagged"), n("good"))
	}
	t.Logf("%s\n%s", set[0].set, &b)
}
