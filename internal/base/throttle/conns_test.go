package throttle_test

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"steward/internal/base/throttle"
)

// line is a connection that notes whether it was closed.
type line struct {
	net.Conn
	from   string
	closed bool
}

func (l *line) RemoteAddr() net.Addr {
	return net.TCPAddrFromAddrPort(netip.MustParseAddrPort(l.from))
}

func (l *line) Close() error { l.closed = true; return nil }

// dial lets a connection in.
func dial(c *throttle.Conns, from string) *line {
	l := &line{from: from}
	c.Watch(l, http.StateNew)
	time.Sleep(time.Microsecond) // so that no two are as old
	return l
}

func isProxy(a netip.Addr) bool { return strings.HasPrefix(a.String(), "10.") }

func TestConnsLetNewcomersIn(t *testing.T) {
	t.Parallel()
	c := throttle.NewConns(32, 8, isProxy)
	proxy := dial(c, "10.0.0.1:1")
	var all []*line
	for n := range 200 {
		l := dial(c, fmt.Sprintf("192.0.2.%d:1", n))
		if all = append(all, l); l.closed {
			t.Fatalf("newcomer %d was turned away", n)
		}
	}
	open := 0
	for n, l := range all {
		if !l.closed {
			open++
		} else if n > 170 {
			t.Errorf("connection %d was cut before older ones", n)
		}
	}
	if open > 31 || proxy.closed {
		t.Errorf("%d connections are open, of 32 at most; the proxy's is closed: %v", open, proxy.closed)
	}
	if got := c.Cut(); got != int64(200-open) {
		t.Errorf("%d were cut, and %d are counted", 200-open, got)
	}
}

// TestConnsWhoGivesWay: first who waits, then whose request takes longest.
func TestConnsWhoGivesWay(t *testing.T) {
	t.Parallel()
	c := throttle.NewConns(100, 3, isProxy)
	working, idle, fresh := dial(c, "192.0.2.1:1"), dial(c, "192.0.2.1:2"), dial(c, "192.0.2.1:3")
	c.Watch(working, http.StateActive)
	c.Watch(idle, http.StateActive)
	c.Watch(idle, http.StateIdle)
	c.Watch(fresh, http.StateActive)
	other := dial(c, "192.0.2.2:1")
	closed := func() string {
		return fmt.Sprint(working.closed, idle.closed, fresh.closed, other.closed)
	}
	next := dial(c, "192.0.2.1:4")
	if got := closed(); got != "false true false false" {
		t.Errorf("for the fourth of a network, closed are %s", got)
	}
	c.Watch(idle, http.StateClosed) // as its server says in the end
	c.Watch(next, http.StateClosed)
	c.Watch(dial(c, "192.0.2.1:5"), http.StateActive)
	if got := closed(); got != "false true false false" {
		t.Errorf("when there is room, closed are %s", got)
	}
	dial(c, "192.0.2.1:6")
	if got := closed(); got != "true true false false" {
		t.Errorf("when all are busy, closed are %s", got)
	}
}
