package app_test

import (
	"net"
	"testing"
	"time"

	"steward/internal/app"
)

// TestUnreadAnswersAreBounded: to who reads nothing, little is sent.
func TestUnreadAnswersAreBounded(t *testing.T) {
	t.Parallel()
	const most = 512 << 10 // bytes: what we keep, and what the reader's machine does
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	reader, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if err := reader.(*net.TCPConn).SetReadBuffer(4 << 10); err != nil {
		t.Fatal(err)
	}
	c, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	app.Bounded(t.Context(), c)
	sent, piece := 0, make([]byte, 4<<10)
	for sent < 8*most {
		if err := c.SetWriteDeadline(time.Now().Add(2 * time.Second)); err != nil {
			t.Fatal(err)
		}
		n, err := c.Write(piece)
		sent += n
		if err != nil {
			break
		}
	}
	if sent > most {
		t.Errorf("%d bytes were taken, and nobody reads", sent)
	}
}
