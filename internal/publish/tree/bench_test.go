package tree

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// BenchmarkApply publishes one more group and the site's files into trees of
// several sizes, synced. The cost should hardly depend on the size.
func BenchmarkApply(b *testing.B) {
	for _, groups := range []int{100, 5000, 10000} {
		b.Run(fmt.Sprint(groups), func(b *testing.B) {
			s, tr := newSigner(b), open(b, b.TempDir())
			n, at := 0, noon
			next := func(count int) Update {
				var u Update
				for range count {
					n++
					u.Files = append(u.Files, group(fmt.Sprintf("A-%05d", n), 1)...)
				}
				at = at.Add(time.Second)
				u.At = at
				// As a front page, a list and a feed would be.
				for _, name := range []string{"index.html", "advisories/index.html", "advisories/2026/index.html", "feed.atom"} {
					u.Files = append(u.Files, File{Path: name, Data: []byte(strings.Repeat(fmt.Sprintf("<li>Advisory %d.\n", n), 500))})
				}
				return u
			}
			for n < groups {
				apply(b, tr, s, next(min(1000, groups-n)))
			}
			for b.Loop() {
				apply(b, tr, s, next(1))
			}
		})
	}
}

// BenchmarkOpen reads a tree of 10,000 groups.
func BenchmarkOpen(b *testing.B) {
	s, dir := newSigner(b), b.TempDir()
	tr := open(b, dir)
	for n := range 10 {
		var u Update
		for i := range 1000 {
			u.Files = append(u.Files, group(fmt.Sprintf("A-%05d", 1000*n+i), 1)...)
		}
		u.At = noon.Add(time.Duration(n) * time.Second)
		apply(b, tr, s, u)
	}
	for b.Loop() {
		if _, err := Open(dir); err != nil {
			b.Fatal(err)
		}
	}
}
