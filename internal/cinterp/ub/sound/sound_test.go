package sound

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"
)

// TestCompilersAgree: gcc and clang print what the file says, at every level
// and under the sanitizers.
func TestCompilersAgree(t *testing.T) {
	t.Parallel()
	all, err := Programs()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 30 {
		t.Fatalf("%d programs only", len(all))
	}
	sanitizers := []string{"-fsanitize=address,undefined", "-fno-sanitize-recover=all"}
	ways := map[string][][]string{
		"gcc":   {append([]string{"-O0"}, sanitizers...), {"-O2"}},
		"clang": {{"-O2"}},
	}
	clause := regexp.MustCompile(`^[5-7]\.[0-9]`)
	for _, p := range all {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			if !clause.MatchString(p.Why) || p.Output == "" {
				t.Errorf("it names no clause or prints nothing: %q", p.Why)
			}
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "p.c"), []byte(p.File.Text), 0o600); err != nil {
				t.Fatal(err)
			}
			for cc, list := range ways {
				if _, err := exec.LookPath(cc); err != nil {
					t.Logf("no %s here", cc)
					continue
				}
				for _, way := range list {
					ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
					defer cancel()
					compile := exec.CommandContext(ctx, cc, append([]string{"-std=c17", "-pedantic-errors", "-w", "-o", "p", "p.c", "-pthread"}, way...)...)
					compile.Dir = dir
					if out, err := compile.CombinedOutput(); err != nil {
						t.Fatalf("%s %v: %v\n%s", cc, way, err, out)
					}
					out, err := exec.CommandContext(ctx, filepath.Join(dir, "p")).CombinedOutput()
					if err != nil || string(out) != p.Output {
						t.Errorf("%s %v: %v, prints %q, not %q", cc, way, err, out, p.Output)
					}
				}
			}
		})
	}
}
