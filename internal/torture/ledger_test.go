package torture

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	mrand "math/rand/v2"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"steward/internal/api"
)

// ledger is what the people at the other end know: what they asked for, and
// which of it was acknowledged.
type ledger struct {
	mu       sync.Mutex
	reports  []*report
	letters  []*letter
	deeds    []*deed
	names    []*named
	releases []release
	acked    int      // of all of these
	received int      // of the reports
	lightly  bool     // leave the check of the whole tree to the next copy
	known    [3]int   // reports, letters and deeds that were examined before
	due      bool     // the hour of every timed release is past
	full     bool     // the disk may be: people are asked to come again
	busy     int      // how often they were
	faults   []string // answers that nobody should get
}

// report is one that was sent, by the API or, with fields, by the form.
type report struct {
	key    string
	files  []file
	fields url.Values
	cookie string
	sent   time.Time
	api.Receipt
	acked bool
	done  bool // its advisory is public
}

type file struct {
	name string
	data []byte
	sum  string // SHA-256
}

// letter is a message of the reporter.
type letter struct {
	report *report
	mark   string
	files  []file
	acked  bool
}

// deed is one of the team on a case. Its mark is a word that it leaves there.
type deed struct {
	report *report
	path   string
	mark   string
	acked  bool
}

// named is a user or an API token.
type named struct {
	name, id, secret string
	token, acked     bool
	ending, ended    bool // it was asked to be revoked, and that was acknowledged
}

// release is an advisory that the answer said is public.
type release struct{ id, title string }

// note runs f with the ledger in hand.
func (l *ledger) note(f func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f()
}

// ack marks something as acknowledged.
func (l *ledger) ack(what *bool, more func()) {
	l.note(func() {
		*what = true
		l.acked++
		if more != nil {
			more()
		}
	})
}

// count tells how much was acknowledged.
func (l *ledger) count() (n int) {
	l.note(func() { n = l.acked })
	return n
}

// await waits until a count of the ledger is reached, as long as more gets done.
func (l *ledger) await(t *testing.T, want int, count func() int) {
	t.Helper()
	for last, since := -1, time.Now(); ; time.Sleep(time.Millisecond) {
		var got, done, faults int
		l.note(func() { got, done, faults = count(), l.acked+l.busy, len(l.faults) })
		if got+done > last {
			last, since = got+done, time.Now()
		}
		switch {
		case got >= want:
			return
		case faults > 0:
			t.Fatalf("an answer that nobody should get: %v", l.faults)
		case time.Since(since) > time.Minute:
			t.Fatalf("%d of %d, and for a minute no more", got, want)
		}
	}
}

func (l *ledger) fault(format string, args ...any) {
	l.note(func() {
		if len(l.faults) < 20 {
			l.faults = append(l.faults, fmt.Sprintf(format, args...))
		}
	})
}

// copy is the ledger as it is at this moment. What is entered from now on is
// new to whoever examines the next copy.
func (l *ledger) copy() *ledger {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := &ledger{acked: l.acked, received: l.received, releases: slices.Clone(l.releases), faults: slices.Clone(l.faults), known: l.known}
	l.known = [3]int{len(l.reports), len(l.letters), len(l.deeds)}
	same := map[*report]*report{}
	for _, r := range l.reports {
		k := *r
		same[r], c.reports = &k, append(c.reports, &k)
	}
	for _, x := range l.letters {
		k := *x
		k.report = same[x.report]
		c.letters = append(c.letters, &k)
	}
	for _, x := range l.deeds {
		k := *x
		k.report = same[x.report]
		c.deeds = append(c.deeds, &k)
	}
	for _, x := range l.names {
		k := *x
		c.names = append(c.names, &k)
	}
	return c
}

// pick gives a report whose phrase is known, a late one rather than an early one.
func (l *ledger) pick() (r *report) {
	l.note(func() {
		for range 8 {
			if n := len(l.reports); n > 0 {
				if k := l.reports[n-1-mrand.IntN(min(n, 500))]; k.acked {
					r = k
					return
				}
			}
		}
	})
	return r
}

// mark makes a word that occurs nowhere else.
func mark(kind string) string {
	b := make([]byte, 12)
	_, _ = rand.Read(b)
	return kind + "-" + hex.EncodeToString(b)
}

// newFile makes a file that no compression makes smaller.
func newFile(size int) file {
	f := file{name: mark("poc") + ".bin", data: make([]byte, size)}
	_, _ = rand.Read(f.data)
	sum := sha256.Sum256(f.data)
	f.sum = hex.EncodeToString(sum[:])
	return f
}
