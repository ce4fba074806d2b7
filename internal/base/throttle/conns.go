package throttle

import (
	"cmp"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Conns bounds the open connections of a server, in all and from one network.
// When there are too many, those give way that have waited longest for a
// request, then those whose request has taken longest: newcomers are always let
// in, so that nobody locks others out by holding on. Its method Watch is the
// hook ConnState of an http.Server.
type Conns struct {
	most, fromOne int
	spared        func(netip.Addr) bool

	cut atomic.Int64

	mu       sync.RWMutex
	open     map[net.Conn]*conn
	networks map[string]int
}

// conn is what is known of one connection.
type conn struct {
	net.Conn
	network string // "" for one that is spared
	busy    atomic.Bool
	since   atomic.Int64 // nanoseconds; when it became busy, or began to wait
}

// NewConns makes the bound. Connections from spared addresses, those of our
// own proxies, carry many clients: they count and are never cut.
func NewConns(most, fromOne int, spared func(netip.Addr) bool) *Conns {
	return &Conns{most: most, fromOne: fromOne, spared: spared, open: map[net.Conn]*conn{}, networks: map[string]int{}}
}

// Cut is how many connections had to give way since the start.
func (c *Conns) Cut() int64 { return c.cut.Load() }

// Watch notes what becomes of a connection.
func (c *Conns) Watch(n net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		c.enter(n)
	case http.StateActive, http.StateIdle:
		c.mu.RLock()
		k := c.open[n]
		c.mu.RUnlock()
		if k != nil {
			k.busy.Store(state == http.StateActive)
			k.since.Store(time.Now().UnixNano())
		}
	default:
		c.mu.Lock()
		defer c.mu.Unlock()
		if k := c.open[n]; k != nil {
			c.forget(k)
		}
	}
}

func (c *Conns) enter(n net.Conn) {
	k := &conn{Conn: n}
	k.since.Store(time.Now().UnixNano())
	var from netip.Addr
	if ap, err := netip.ParseAddrPort(n.RemoteAddr().String()); err == nil {
		from = ap.Addr()
	}
	if !c.spared(from) {
		k.network = Network(from)
	}
	for _, old := range c.admit(k) {
		c.cut.Add(1)
		_ = old.Close() // what is cut is told nothing
	}
}

// admit takes a connection in and gives those that make room for it.
func (c *Conns) admit(k *conn) []*conn {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []*conn
	if k.network != "" && c.networks[k.network] >= c.fromOne {
		out = c.longest(1, func(o *conn) bool { return o.network == k.network })
	}
	if len(c.open) >= c.most {
		// Several at once, since finding them means looking at all.
		out = c.longest(1+c.most/16, func(o *conn) bool { return o.network != "" })
	}
	for _, o := range out {
		c.forget(o)
	}
	c.open[k.Conn] = k
	c.networks[k.network]++
	return out
}

// longest gives up to n connections, those first that should be the first to
// give way.
func (c *Conns) longest(n int, may func(*conn) bool) []*conn {
	type seen struct {
		*conn
		busy  bool
		since int64
	}
	var all []seen
	for _, k := range c.open {
		if may(k) {
			all = append(all, seen{k, k.busy.Load(), k.since.Load()})
		}
	}
	slices.SortFunc(all, func(a, b seen) int {
		if a.busy != b.busy {
			if a.busy {
				return 1
			}
			return -1
		}
		return cmp.Compare(a.since, b.since)
	})
	var out []*conn
	for _, s := range all[:min(n, len(all))] {
		out = append(out, s.conn)
	}
	return out
}

func (c *Conns) forget(k *conn) {
	delete(c.open, k.Conn)
	if c.networks[k.network]--; c.networks[k.network] == 0 {
		delete(c.networks, k.network)
	}
}
