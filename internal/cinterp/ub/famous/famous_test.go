package famous

import (
	"strings"
	"testing"

	"steward/internal/cinterp/ub/peers"
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
	ways := peers.Ways(t)
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			if c.Kind == nil || c.Line == 0 || strings.Count(c.Bad.Text, "/* UB */") != 1 || strings.Contains(c.Twin.Text, "/* UB */") {
				t.Fatalf("kind %v, line %d: one line is marked, and none in the twin", c.Kind, c.Line)
			}
			first := ""
			for _, w := range ways {
				w.Flags = append([]string{peers.Strict}, w.Flags...)
				if out, err := peers.Build(t, t.TempDir(), w, map[string]string{c.Bad.Name: c.Bad.Text}); err != nil {
					t.Fatalf("%v: %v\n%s", w, err, out)
				}
				dir := t.TempDir()
				if out, err := peers.Build(t, dir, w, map[string]string{c.Twin.Name: c.Twin.Text}); err != nil {
					t.Fatalf("%v: the twin: %v\n%s", w, err, out)
				}
				out, err := peers.Run(t, dir)
				if first == "" {
					first = out
				}
				if err != nil || out == "" || out != first {
					t.Errorf("%v: the twin: %v, prints %q after %q", w, err, out, first)
				}
			}
		})
	}
}
