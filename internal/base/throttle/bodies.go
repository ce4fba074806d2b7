package throttle

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/netip"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"
)

// How fast a body must come in: leastRate bytes a second on average, after
// bodyStart bytes that count as given. Between a slow line and someone who
// holds on there is no other difference.
const (
	leastRate = 4 << 10
	bodyStart = 128 << 10
)

const (
	// smallBody is what a form without files takes at most, as a rule. It is
	// read before there is anything to wait for, so that who sends it byte by
	// byte takes a little memory and nobody's place.
	smallBody = 64 << 10
	bodyWait  = 10 * time.Second // that a request waits for a place
	fresh     = time.Second      // that a large body lets us wait before it may be cut for others
	shunned   = time.Minute      // that a network waits for no place after that
	lookAgain = 100 * time.Millisecond
	answerIn  = 5 * time.Minute // that the answer has from when the body is in

	shunnedMost = 4096 // networks
)

// Bodies bounds the requests with a body that are in work at the same time, in
// all and from one network, and with them the memory that they take. A body
// that comes in too slowly is cut. Large bodies, which are in work while they
// come in, have places of their own; when those are taken, the slowest is cut
// for a newcomer, and its network has to wait until there are places again.
type Bodies struct {
	small, large *places
	cut, refused atomic.Int64
}

// NewBodies makes the bound: so many small and large bodies, and no more than
// fromOne of each from one network.
func NewBodies(small, large, fromOne int) *Bodies {
	return &Bodies{small: newPlaces(small, fromOne, false), large: newPlaces(large, fromOne, true)}
}

// Cut is how many bodies came in too slowly since the start.
func (b *Bodies) Cut() int64 { return b.cut.Load() }

// Refused is how many requests found no place since the start.
func (b *Bodies) Refused() int64 { return b.refused.Load() }

// Handler lets requests through as there are places. The network is that of
// RemoteAddr.
func (b *Bodies) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength == 0 {
			next.ServeHTTP(w, r)
			return
		}
		k := &body{ReadCloser: r.Body, control: http.NewResponseController(w), began: time.Now()}
		if ap, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
			k.network = Network(ap.Addr())
		}
		defer func() {
			if k.slow.Load() {
				b.cut.Add(1)
			}
		}()
		k.extend()
		head, err := io.ReadAll(io.LimitReader(k, smallBody))
		if err != nil {
			w.Header().Set("Connection", "close")
			http.Error(w, "The request did not come in as a whole.", http.StatusRequestTimeout)
			return
		}
		at := b.large
		if k.whole.Load() {
			at = b.small
		}
		if err := at.enter(r.Context(), k); err != nil {
			b.refused.Add(1)
			w.Header().Set("Retry-After", strconv.Itoa(int(bodyWait.Seconds())))
			http.Error(w, "More comes in than can be taken at this moment, so nothing was done with this. Please send it again in a little while.",
				http.StatusServiceUnavailable)
			return
		}
		defer at.leave(k)
		r.Body = struct {
			io.Reader
			io.Closer
		}{io.MultiReader(bytes.NewReader(head), k), k}
		next.ServeHTTP(w, r)
	})
}

// places are taken in the order in which they are asked for.
type places struct {
	free    *semaphore.Weighted
	fromOne int
	coming  bool // bodies come in while they have their places

	mu       sync.Mutex
	in       map[*body]bool       // in work
	networks map[string]int       // in work or waiting
	slow     map[string]time.Time // networks of bodies that were cut, until when
}

func newPlaces(n, fromOne int, coming bool) *places {
	return &places{free: semaphore.NewWeighted(int64(n)), fromOne: fromOne, coming: coming, in: map[*body]bool{}, networks: map[string]int{}, slow: map[string]time.Time{}}
}

var errTooMany = errors.New("too many from one network")

// enter waits for a place, at most for a while.
func (p *places) enter(ctx context.Context, k *body) error {
	p.mu.Lock()
	full := p.networks[k.network] >= p.fromOne
	if !full {
		p.networks[k.network]++
	}
	p.mu.Unlock()
	if full {
		return errTooMany
	}
	if err := p.await(ctx, k.network); err != nil {
		p.forget(k)
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	k.brought = k.bytes.Load()
	k.waited.Store(0)
	p.in[k] = true
	return nil
}

func (p *places) await(ctx context.Context, network string) error {
	ctx, stop := context.WithTimeout(ctx, bodyWait)
	defer stop()
	for p.coming && ctx.Err() == nil {
		if p.free.TryAcquire(1) {
			return nil
		}
		if !p.cutFor(network) {
			return errTooMany
		}
		again, stop := context.WithTimeout(ctx, lookAgain)
		err := p.free.Acquire(again, 1)
		stop()
		if err == nil {
			return nil
		}
	}
	return p.free.Acquire(ctx, 1)
}

func (p *places) leave(k *body) {
	p.forget(k)
	p.free.Release(1)
}

func (p *places) forget(k *body) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.in, k)
	if p.networks[k.network]--; p.networks[k.network] == 0 {
		delete(p.networks, k.network)
	}
}

// cutFor ends the reading of the body that comes in slowest, for one of a
// network that has not been slow itself. The handler of that body then fails,
// and its place is free.
func (p *places) cutFor(network string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if now.Before(p.slow[network]) {
		return false
	}
	var slowest *body
	least := 0.0
	for k := range p.in {
		waited := k.waiting(now)
		if waited < fresh || k.whole.Load() || k.slow.Load() {
			continue
		}
		if rate := float64(k.bytes.Load()-k.brought) / waited.Seconds(); slowest == nil || rate < least {
			slowest, least = k, rate
		}
	}
	if slowest != nil {
		slowest.end()
		maps.DeleteFunc(p.slow, func(_ string, until time.Time) bool { return until.Before(now) })
		if len(p.slow) < shunnedMost {
			p.slow[slowest.network] = now.Add(shunned)
		}
	}
	return true
}

// body is the body of a request that must come in steadily.
type body struct {
	io.ReadCloser
	control *http.ResponseController
	network string // "" if it is not known
	began   time.Time
	brought int64        // bytes that had come in when it got its place
	waited  atomic.Int64 // nanoseconds since then that we waited for more
	reading atomic.Int64 // when we began to wait; 0: we do not
	bytes   atomic.Int64
	whole   atomic.Bool // it has come in
	slow    atomic.Bool // it was cut
}

func (k *body) Read(p []byte) (int, error) {
	if k.slow.Load() {
		return 0, os.ErrDeadlineExceeded
	}
	began := time.Now()
	k.reading.Store(began.UnixNano())
	n, err := k.ReadCloser.Read(p)
	k.waited.Add(int64(time.Since(began)))
	k.reading.Store(0)
	k.bytes.Add(int64(n))
	switch {
	case err == nil:
		k.extend()
	case errors.Is(err, io.EOF):
		k.whole.Store(true)
		_ = k.control.SetReadDeadline(time.Time{}) // what follows has its own
		_ = k.control.SetWriteDeadline(time.Now().Add(answerIn))
	case errors.Is(err, os.ErrDeadlineExceeded):
		k.slow.Store(true)
	}
	return n, err
}

// waiting is how long we have waited for the body to come in. Only that is its
// sender's doing.
func (k *body) waiting(now time.Time) time.Duration {
	waited := time.Duration(k.waited.Load())
	if since := k.reading.Load(); since != 0 {
		waited += now.Sub(time.Unix(0, since))
	}
	return waited
}

// extend gives the body the time that its bytes have earned. Not every
// ResponseWriter has deadlines; where there is none, nobody waits for a network.
func (k *body) extend() {
	_ = k.control.SetReadDeadline(k.began.Add(time.Duration(bodyStart+k.bytes.Load()) * time.Second / leastRate))
	if k.slow.Load() { // meanwhile
		k.end()
	}
}

func (k *body) end() {
	k.slow.Store(true)
	_ = k.control.SetReadDeadline(time.Unix(1, 0))
}
