package trial

import (
	"net"
	"testing"
)

// TestAddr: whoever was told the port may listen on it, also a second time; it
// is refused to who connects while nobody does, and given to nobody else.
func TestAddr(t *testing.T) {
	t.Parallel()
	addr := Addr(t)
	for range 3 {
		if c, err := net.Dial("tcp", addr); err == nil {
			c.Close()
			t.Error("somebody listens already")
		}
		ln, err := net.Listen("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		c.Close()
		ln.Close()
	}
	// In so many turns most ports are given to somebody.
	others := 0
	for range 20000 {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			break
		}
		if ln.Addr().String() == addr {
			t.Fatal("the port was given to another")
		}
		ln.Close()
		others++
	}
	if others == 0 {
		t.Error("no port was given to anyone")
	}
}
