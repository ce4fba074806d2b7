package check

import (
	"strings"
	"testing"
	"time"

	"steward/internal/cinterp/front"
	"steward/internal/cinterp/mutant"
)

// FuzzCheck looks at programs of one or two units that were changed: it ends,
// does not panic (Check would hide that) and finds the same each time.
func FuzzCheck(f *testing.F) {
	for i, b := range bad {
		f.Add(strings.Join(b.units, "\f"), uint64(i))
		f.Add(strings.Join(b.twin, "\f"), uint64(0))
	}
	f.Fuzz(func(t *testing.T, text string, seed uint64) {
		if len(text) > 1<<15 {
			return
		}
		var units []*front.Unit
		for i, s := range strings.SplitN(text, "\f", 2) {
			b := []byte(s)
			if seed != 0 {
				b = mutant.Source(b, seed+uint64(i))
			}
			o, name := front.Options{Machine: front.Machines[0]}, []string{"u0.c", "u1.c"}[i]
			u, err := front.Parse(name, b, o)
			if err != nil {
				if u, err = front.Outline(name, b, o); err != nil {
					return
				}
			}
			units = append(units, u)
		}
		begin := time.Now()
		a, b := strings.Join(lines(check(units)), "\n"), strings.Join(lines(check(units)), "\n")
		if a != b {
			t.Fatalf("%s\n\n%s\nfor\n%s", a, b, text)
		}
		if d := time.Since(begin); d > time.Minute {
			t.Fatalf("%v for\n%s", d, text)
		}
	})
}
