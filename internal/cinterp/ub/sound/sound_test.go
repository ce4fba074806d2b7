package sound

import (
	"regexp"
	"testing"

	"steward/internal/cinterp/ub/peers"
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
	clause := regexp.MustCompile(`^[5-7]\.[0-9]`)
	ways := peers.Ways(t)
	for _, p := range all {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			if !clause.MatchString(p.Why) || p.Output == "" {
				t.Errorf("it names no clause or prints nothing: %q", p.Why)
			}
			for _, w := range ways {
				w.Flags = append([]string{peers.Strict}, w.Flags...)
				dir := t.TempDir()
				if out, err := peers.Build(t, dir, w, map[string]string{p.File.Name: p.File.Text}); err != nil {
					t.Fatalf("%v: %v\n%s", w, err, out)
				}
				if out, err := peers.Run(t, dir); err != nil || out != p.Output {
					t.Errorf("%v: %v, prints %q, not %q", w, err, out, p.Output)
				}
			}
		})
	}
}
