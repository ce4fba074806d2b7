package app_test

import (
	"slices"
	"testing"
	"time"

	"steward/internal/api"
	"steward/internal/base/acl"
	"steward/internal/cvd"
)

// BenchmarkHiddenCase asks, as a person who is invited to another case, for a
// case that is there and for one that is not, in turn, and tells how much
// longer the first takes: more than the noise would tell a stranger how many
// cases there are.
func BenchmarkHiddenCase(b *testing.B) {
	w := newWorld(b, "sqlite")
	lead, guest := w.person("The lead", acl.Lead), w.person("The guest", "")
	for range 2 {
		w.nobody().api("/reports", map[string]any{"product": "example", "summary": "A fault", "what": "It breaks.",
			"reporter": map[string]any{"anonymous": true}, "credit": map[string]any{"want": "no"}}, nil)
	}
	var page cvd.Page
	lead.api("/cases", nil, &page)
	lead.api("/cases/"+page.Cases[0].Ref+"/people", api.Invite{User: guest.Name, Role: acl.Fixer}, nil)
	hidden, absent := page.Cases[1].Ref, "2026-0777"

	for _, who := range []struct {
		name string
		*person
	}{{"invited", guest}, {"anonymous", w.nobody()}} {
		b.Run(who.name, func(b *testing.B) {
			took := map[string][]time.Duration{}
			for b.Loop() {
				for _, ref := range []string{hidden, absent} {
					start := time.Now()
					a := who.get("/api/v1/cases/" + ref)
					took[ref] = append(took[ref], time.Since(start))
					if a.code < 400 {
						b.Fatal(a.code)
					}
				}
			}
			for _, list := range took {
				slices.Sort(list)
			}
			half := len(took[hidden]) / 2
			b.ReportMetric(float64(took[hidden][half].Nanoseconds()), "hidden-ns")
			b.ReportMetric(float64(took[absent][half].Nanoseconds()), "absent-ns")
		})
	}
}
