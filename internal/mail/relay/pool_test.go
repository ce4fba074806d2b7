package relay_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"steward/internal/mail/mailtest"
	"steward/internal/mail/relay"
)

func newPool(t *testing.T, addr string) *relay.Pool {
	p := &relay.Pool{Relay: relay.Relay{Address: addr, TLS: relay.None, Helo: "steward.test"}}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

func note(n int) []byte { return fmt.Appendf(nil, "Subject: %d\r\n\r\nhello\r\n", n) }

// TestPool: messages go one after the other over one connection; what befalls
// one is the next one's trouble in no way.
func TestPool(t *testing.T) {
	t.Parallel()
	sink := mailtest.Sink(t, mailtest.SinkOptions{})
	sink.Fail(2, mailtest.Fault{At: mailtest.AtRcpt, Code: 550})
	sink.Fail(4, mailtest.Fault{At: mailtest.AtData, Drop: mailtest.DropAfter})
	sink.Fail(6, mailtest.Fault{At: mailtest.AtData, Drop: mailtest.DropKept})
	sink.Fail(8, mailtest.Fault{At: mailtest.AtMail, Code: 421})
	p := newPool(t, sink.Addr)
	var got []string
	for i := range 9 {
		err := p.Send(t.Context(), "a@example.org", "b@example.net", note(i), nil)
		word := "ok"
		if err != nil {
			word = string(relay.KindOf(err))
		}
		got = append(got, word)
	}
	if want := "ok permanent ok ok ok unknown ok ok ok"; strings.Join(got, " ") != want {
		t.Errorf("%q, want %q", got, want)
	}
	seen := map[string]int{}
	for _, m := range sink.Messages() {
		seen[m.Header("Subject")]++
	}
	if len(seen) != 8 || len(sink.Messages()) != 8 {
		t.Errorf("kept: %v", seen)
	}
	if n := sink.Connections(); n != 4 {
		t.Errorf("%d connections", n)
	}
}

// TestPoolTogether: many at once, and after the end none is left open.
func TestPoolTogether(t *testing.T) {
	t.Parallel()
	sink := mailtest.Sink(t, mailtest.SinkOptions{})
	p := newPool(t, sink.Addr)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for j := range 40 {
				if err := p.Send(t.Context(), "a@example.org", "b@example.net", note(40*i+j), nil); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if n, c := len(sink.Messages()), sink.Connections(); n != 320 || c < 1 || c > 16 {
		t.Errorf("%d messages over %d connections", n, c)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if err := p.Send(t.Context(), "a@example.org", "b@example.net", note(0), nil); err != nil {
		t.Errorf("after the end: %v", err)
	}
}
