package publish

import (
	"fmt"
	"testing"

	"steward/internal/base/db/dbtest"
)

// BenchmarkRelease publishes one more advisory, synced, when there are many
// already: its forms, the gate, every page and list that names it. The
// database is SQLite; its part is not counted.
func BenchmarkRelease(b *testing.B) {
	for _, n := range []int{100, 5000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			w := newWorld(b, dbtest.Open(b, "sqlite"))
			for done := 0; done < n; done += 100 {
				w.release(100)
			}
			w.update(site())
			for b.Loop() {
				b.StopTimer()
				w.release(1)
				b.StartTimer()
				w.update(site())
			}
		})
	}
}
