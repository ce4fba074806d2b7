package throttle_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"steward/internal/base/errs"
	"steward/internal/base/throttle"
	"steward/internal/base/trial"
)

func newWatch() *trial.Clock { return trial.NewClock(time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)) }

func perHour(t *testing.T, n, max int, w *trial.Clock) *throttle.Limiter {
	t.Helper()
	l, err := throttle.PerHour(n, max, w.Now, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// allowed counts how many of n events of the key pass now.
func allowed(l *throttle.Limiter, key string, n int) (passed int) {
	for range n {
		if _, ok := l.Allow(key); ok {
			passed++
		}
	}
	return passed
}

func TestAllowance(t *testing.T) {
	t.Parallel()
	w := newWatch()
	l := perHour(t, 6, 100, w)
	if got := allowed(l, "a", 10); got != 6 {
		t.Fatalf("6 an hour: %d of 10 at once passed", got)
	}
	if got := allowed(l, "b", 10); got != 6 {
		t.Errorf("another key has its own allowance: %d of 10 passed", got)
	}
	wait, ok := l.Allow("a")
	if ok || wait != 10*time.Minute {
		t.Errorf("used up: ok %v, wait %v; want false, 10m", ok, wait)
	}
	w.Move(wait - time.Second)
	if _, ok := l.Allow("a"); ok {
		t.Error("passed a second before the wait was over")
	}
	w.Move(time.Second)
	if got := allowed(l, "a", 5); got != 1 {
		t.Errorf("after the wait %d of 5 passed, want 1", got)
	}
	w.Move(time.Hour)
	if got := allowed(l, "a", 10); got != 6 {
		t.Errorf("after a quiet hour %d of 10 passed, want 6", got)
	}
}

func TestBoundedMemory(t *testing.T) {
	t.Parallel()
	w := newWatch()
	l := perHour(t, 1, 1000, w)
	allowed(l, "first", 1)
	for i := range 1500 {
		l.Allow(fmt.Sprint("flood ", i))
		if i == 500 && allowed(l, "first", 1) != 0 {
			t.Error("a key was forgotten before memory was full")
		}
	}
	if n := l.Len(); n != 1000 {
		t.Errorf("%d keys remembered, want 1000", n)
	}
	if allowed(l, "flood 1499", 1) != 0 {
		t.Error("the latest key was forgotten instead of the oldest")
	}
	if allowed(l, "flood 0", 1) != 1 {
		t.Error("the oldest key was kept beyond the bound")
	}
}

func TestQuietKeysAreForgotten(t *testing.T) {
	t.Parallel()
	w := newWatch()
	l := perHour(t, 5, 1000, w)
	for i := range 100 {
		l.Allow(fmt.Sprint(i))
	}
	w.Move(59 * time.Minute)
	l.Allow("x")
	if n := l.Len(); n != 101 {
		t.Fatalf("%d keys after 59 minutes, want all 101", n)
	}
	w.Move(time.Minute)
	for range 60 {
		l.Allow("x")
	}
	if n := l.Len(); n != 1 {
		t.Errorf("%d keys after a quiet hour, want 1", n)
	}
}

func TestConcurrent(t *testing.T) {
	t.Parallel()
	w := newWatch()
	l := perHour(t, 50, 1000, w)
	var passed [8]int
	var wg sync.WaitGroup
	for i := range passed {
		wg.Go(func() { passed[i] = allowed(l, "same", 25) })
	}
	wg.Wait()
	total := 0
	for _, n := range passed {
		total += n
	}
	if total != 50 {
		t.Errorf("%d events passed in all, want 50", total)
	}
}

func TestRefusesNonsense(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ n, max int }{{0, 10}, {-1, 10}, {10, 0}} {
		if _, err := throttle.PerHour(tc.n, tc.max, time.Now, rand.Reader); err == nil {
			t.Errorf("PerHour(%d, %d) was accepted", tc.n, tc.max)
		}
	}
	if _, err := throttle.PerHour(1, 1, time.Now, strings.NewReader("short")); err == nil {
		t.Error("a salt shorter than asked for was accepted")
	}
}

func TestNetwork(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		a, b string
		same bool
	}{
		{"192.0.2.1", "192.0.2.1", true},
		{"192.0.2.1", "192.0.2.2", false},
		{"192.0.2.1", "::ffff:192.0.2.1", true},
		{"2001:db8::1", "2001:db8::ffff:1", true},
		{"2001:db8::1", "2001:db8:0:1::1", false},
		{"fe80::1%eth0", "fe80::2%eth1", true},
	} {
		a, b := throttle.Network(netip.MustParseAddr(tc.a)), throttle.Network(netip.MustParseAddr(tc.b))
		if (a == b) != tc.same {
			t.Errorf("%s is %q and %s is %q: same %v, want %v", tc.a, a, tc.b, b, a == b, tc.same)
		}
	}
	if throttle.Network(netip.Addr{}) == "" {
		t.Error("an unknown address has no key")
	}
}

func TestVisit(t *testing.T) {
	t.Parallel()
	l, err := throttle.PerHour(1, 10, time.Now, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	from := func(addr string) error {
		r := httptest.NewRequest("POST", "/", nil)
		r.RemoteAddr = addr
		return l.Visit(r)
	}
	for _, first := range []string{"192.0.2.1:1000", "[2001:db8::1]:1000", "192.0.2.2:1000", "nonsense"} {
		if err := from(first); err != nil {
			t.Errorf("the first visit from %s: %v", first, err)
		}
	}
	for _, second := range []string{"192.0.2.1:2000", "[2001:db8::2]:1000", "other nonsense"} {
		err := from(second)
		wait, ok := errors.AsType[throttle.TooOften](err)
		if !ok || wait.Wait <= 0 || !errs.Is(err, errs.Denied) {
			t.Errorf("the second visit from the network of %s: %v", second, err)
		}
		h := http.Header{}
		if code := wait.Announce(h); code != http.StatusTooManyRequests || h.Get("Retry-After") == "" {
			t.Errorf("announced as %d, %v", code, h)
		}
	}
}
