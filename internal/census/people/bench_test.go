package people

import (
	"context"
	"fmt"
	"testing"
	"time"
)

// BenchmarkTell reads a history of 20,000 commits by 50 people over 500 files.
func BenchmarkTell(b *testing.B) {
	s := newStory()
	for i := range 20_000 {
		w := who{fmt.Sprintf("Person %d", i%50), fmt.Sprintf("p%d@p.test", i%50)}
		s.on("main", start.Add(time.Duration(i)*time.Hour), w, w, 0, fmt.Sprintf("d%d/f%d.c=%d", i%20, i%500, i))
	}
	dir := s.bare(b)
	for b.Loop() {
		told, err := Reader{}.Tell(context.Background(), dir, day("2018-01-01"))
		if err != nil || told.Authors.N != 50 {
			b.Fatal(err, told)
		}
	}
}
