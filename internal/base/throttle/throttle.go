// Package throttle asks those who come too often to wait. A Limiter counts for
// each key (the network of a client, as a rule) in memory only: it keeps no
// address, just a salted hash, and forgets all at a restart. It slows down
// guessing and floods; it is no permission and no lock. Conns and Bodies bound
// what is taken at the same time, and never keep a newcomer out for one who
// holds on.
package throttle

import (
	"container/list"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"io"
	"math"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

// DefaultKeys is how many keys a limiter remembers at most. At about 300 bytes
// each that is some 30 MB, reached only under a flood from many networks.
const DefaultKeys = 100_000

// Limiter allows each key a number of events an hour. It is safe for use by
// several goroutines.
//
// Memory is bounded: when it remembers as many keys as it may, the one that
// was seen longest ago is forgotten and starts anew. So an attacker who holds
// more networks than that gets past the limit, as they would with one try from
// each; the other way round, they would shut everyone else out.
type Limiter struct {
	clock func() time.Time
	rate  rate.Limit
	burst int
	max   int
	salt  [32]byte

	refused atomic.Int64

	mu   sync.Mutex
	keys map[hash]*list.Element // of *bucket
	seen *list.List             // of *bucket, the latest seen first
}

// hash stands for a key; 128 bits, so that no two keys meet.
type hash [16]byte

type bucket struct {
	key    hash
	events *rate.Limiter
	last   time.Time
}

// PerHour makes a limiter that allows each key n events an hour: n at once
// after a quiet hour, then one every hour/n. It remembers at most max keys.
// The salt is read from random once; an error is that reader's.
func PerHour(n, max int, clock func() time.Time, random io.Reader) (*Limiter, error) {
	if n < 1 || max < 1 {
		return nil, fmt.Errorf("a limit of %d an hour for %d keys allows nothing", n, max)
	}
	l := &Limiter{
		clock: clock,
		rate:  rate.Limit(float64(n) / time.Hour.Seconds()),
		burst: n,
		max:   max,
		keys:  map[hash]*list.Element{},
		seen:  list.New(),
	}
	if _, err := io.ReadFull(random, l.salt[:]); err != nil {
		return nil, fmt.Errorf("making the salt of a limiter: %w", err)
	}
	return l, nil
}

// Allow counts one event of the key. When the key has used up what it is
// allowed, the event is refused and wait says how long until the next one
// passes, in whole seconds, as the Retry-After header wants it.
func (l *Limiter) Allow(key string) (wait time.Duration, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.clock()
	l.forget(now)
	b := l.bucket(l.hash(key), now)
	if b.events.AllowN(now, 1) {
		return 0, true
	}
	missing := 1 - b.events.TokensAt(now)
	l.refused.Add(1)
	seconds := math.Ceil(missing / float64(l.rate))
	return time.Duration(max(seconds, 1)) * time.Second, false
}

// Refused is how many events were refused since the start.
func (l *Limiter) Refused() int64 { return l.refused.Load() }

// Len is how many keys are remembered.
func (l *Limiter) Len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.keys)
}

// bucket finds the key's bucket or makes it, and marks it as the latest seen.
func (l *Limiter) bucket(key hash, now time.Time) *bucket {
	if e, ok := l.keys[key]; ok {
		b := e.Value.(*bucket)
		b.last = now
		l.seen.MoveToFront(e)
		return b
	}
	for len(l.keys) >= l.max {
		l.drop(l.seen.Back())
	}
	b := &bucket{key: key, events: rate.NewLimiter(l.rate, l.burst), last: now}
	l.keys[key] = l.seen.PushFront(b)
	return b
}

// forget drops keys that have been quiet for an hour: their allowance is whole
// again, so remembering them changes nothing. Two at a time keep up with one
// new key an event.
func (l *Limiter) forget(now time.Time) {
	for range 2 {
		e := l.seen.Back()
		if e == nil || now.Sub(e.Value.(*bucket).last) < time.Hour {
			return
		}
		l.drop(e)
	}
}

func (l *Limiter) drop(e *list.Element) {
	l.seen.Remove(e)
	delete(l.keys, e.Value.(*bucket).key)
}

func (l *Limiter) hash(key string) hash {
	mac := hmac.New(sha256.New, l.salt[:])
	mac.Write([]byte(key))
	return hash(mac.Sum(nil)[:len(hash{})])
}

// Network is the key of a client's address: the address itself for IPv4, the
// /64 for IPv6, since whoever has one address there has all of that network.
// The zero Addr, of a client whose address is not known, has a key as well.
func Network(addr netip.Addr) string {
	addr = addr.Unmap().WithZone("")
	if addr.Is6() {
		if p, err := addr.Prefix(64); err == nil {
			return p.String()
		}
	}
	return addr.String()
}
