// Package peers runs C compilers that we did not write on the programs of the
// catalogue, only in tests. A compiler or a sanitizer that is not installed is
// left out, and the test says so.
package peers

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// limit is how long a compiler or a program may take.
const limit = 2 * time.Minute

// Way is one compiler with its flags.
type Way struct {
	CC    string
	Flags []string
}

// Compilers lists gcc, and if All asks for it clang, as far as they are here.
func Compilers(t *testing.T) []string {
	t.Helper()
	if os.Getenv(All) != "all" {
		return []string{"gcc"}
	}
	var found []string
	for _, cc := range []string{"gcc", "clang"} {
		if _, err := exec.LookPath(cc); err == nil {
			found = append(found, cc)
		} else {
			t.Logf("no %s here", cc)
		}
	}
	return found
}

// All names the variable of the environment that asks for every way to build; its
// value is "all".
const All = "STEWARD_PEERS"

// Ways lists how a defined program is built: by gcc as it is, which takes seconds.
// If All asks for it, by gcc at two levels with the sanitizers for addresses and
// undefined behaviour where they are installed, and by clang: that takes minutes.
func Ways(t *testing.T) []Way {
	t.Helper()
	if os.Getenv(All) != "all" {
		return []Way{{CC: "gcc", Flags: []string{"-O0"}}}
	}
	var ways []Way
	for _, cc := range Compilers(t) {
		if cc == "clang" {
			ways = append(ways, Way{cc, []string{"-O1"}})
			continue
		}
		sanitizers := []string{"-fsanitize=address,undefined", "-fno-sanitize-recover=all"}
		if out, err := Build(t, t.TempDir(), Way{cc, sanitizers}, map[string]string{"probe.c": "int main(void) { return 0; }\n"}); err != nil {
			t.Logf("no sanitizers here: %v\n%s", err, out)
			sanitizers = nil
		}
		for _, level := range []string{"-O0", "-O2"} {
			ways = append(ways, Way{cc, slices.Concat([]string{level}, sanitizers)})
		}
	}
	return ways
}

// Build compiles files, as name and text, into the program "program" of the
// folder. It gives what the compiler said.
func Build(t *testing.T, dir string, w Way, files map[string]string) (string, error) {
	t.Helper()
	args := slices.Concat([]string{"-std=c17", "-w"}, w.Flags)
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, name)
	}
	slices.Sort(args[len(args)-len(files):])
	if !slices.Contains(w.Flags, "-S") {
		args = append(args, "-o", "program", "-lm", "-pthread")
	}
	return run(t, dir, w.CC, args...)
}

// Run runs what Build made, in its folder, and gives what it printed.
func Run(t *testing.T, dir string) (string, error) {
	t.Helper()
	return run(t, dir, filepath.Join(dir, "program"))
}

func run(t *testing.T, dir, name string, args ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "ASAN_OPTIONS=detect_leaks=0") // what leaks is not undefined
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	return out.String(), err
}

// Strict is the flag by which compilers refuse what C17 does not have.
const Strict = "-pedantic-errors"
