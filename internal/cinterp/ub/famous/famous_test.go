package famous

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestCases: each has its line, and its twin is clean under the sanitizers.
func TestCases(t *testing.T) {
	t.Parallel()
	cases, err := Cases()
	if err != nil {
		t.Fatal(err)
	}
	if len(cases) != 10 {
		t.Errorf("there are %d of the ten", len(cases))
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			if c.Kind == nil || c.Line == 0 || strings.Count(c.Bad.Text, "/* UB */") != 1 || strings.Contains(c.Twin.Text, "/* UB */") {
				t.Fatalf("kind %v, line %d: one line is marked, and none in the twin", c.Kind, c.Line)
			}
			if _, err := exec.LookPath("gcc"); err != nil {
				t.Log("no gcc here: the twin is not run")
				return
			}
			dir := t.TempDir()
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			for name, text := range map[string]string{"bad.c": c.Bad.Text, "twin.c": c.Twin.Text} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
				args := []string{"-std=c17", "-pedantic-errors", "-w", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-o", name + ".out", name}
				cmd := exec.CommandContext(ctx, "gcc", args...)
				cmd.Dir = dir
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Fatalf("%s: %v\n%s", name, err, out)
				}
			}
			out, err := exec.CommandContext(ctx, filepath.Join(dir, "twin.c.out")).CombinedOutput()
			if err != nil || len(out) == 0 {
				t.Errorf("the twin: %v\n%s", err, out)
			}
		})
	}
}
