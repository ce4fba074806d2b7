package flood

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"steward/internal/api"
)

// flood is everything that nobody wants.
type flood struct {
	s *server

	open, opened atomic.Int64 // slow connections

	sent, failed atomic.Int64
	mu           sync.Mutex
	phrases      []string // of junk that was accepted
	why          map[string]int
}

func newFlood(s *server) *flood { return &flood{s: s, why: map[string]int{}} }

// reports sends junk that looks like reports, each from another address, half
// of it through the form and half through the API.
func (f *flood) reports(ctx context.Context, rate float64) {
	paced(ctx, rate, func(n int) {
		c := f.s.from(net.IPv4(127, byte(64+n>>16), byte(n>>8), byte(n)))
		defer c.CloseIdleConnections()
		f.sent.Add(1)
		phrase, err := "", error(nil)
		if n%2 == 0 {
			phrase, err = f.call(c)
		} else {
			phrase, err = form{client: c, base: f.s.addr, text: babble(300)}.send()
		}
		f.mu.Lock()
		defer f.mu.Unlock()
		if err != nil {
			f.failed.Add(1)
			f.why[err.Error()]++
			return
		}
		f.phrases = append(f.phrases, phrase)
	})
}

// call sends junk through the API.
func (f *flood) call(c *http.Client) (phrase string, err error) {
	body := fmt.Sprintf(`{"summary": "%s", "what": "An attacker can crash it. %s", "product": "example", "reproduce": "1. run\n2. see %s",
		"reporter": {"anonymous": true}, "credit": {"want": "no"}}`, babble(6), babble(250), babble(10))
	req, err := http.NewRequest("POST", "http://"+f.s.addr+"/api/v1/reports", strings.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Idempotency-Key", fmt.Sprintf("junk-%016x%016x", rand.Uint64(), rand.Uint64()))
	res, err := c.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusCreated {
		err = fmt.Errorf("junk: %s", res.Status)
	}
	var r api.Receipt
	if err == nil {
		err = json.Unmarshal(raw, &r)
	}
	return r.Phrase, err
}

// babble is so many words.
func babble(words int) string {
	var b strings.Builder
	for range words {
		fmt.Fprintf(&b, "%x ", rand.Uint32N(1<<20))
	}
	return b.String()
}

// connections holds so many connections that do next to nothing, and opens
// another for each that is closed.
func (f *flood) connections(ctx context.Context, count int) {
	var wg sync.WaitGroup
	for n := range count {
		wg.Go(func() {
			ways := []func(context.Context, net.Conn){trickleHeader, trickleBody, readSlowly, stayIdle}
			for ctx.Err() == nil {
				d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 32, byte(n/20>>8), byte(n/20))}, Timeout: 5 * time.Second}
				c, err := d.DialContext(ctx, "tcp", f.s.addr)
				if err != nil {
					pause(ctx, 100*time.Millisecond)
					continue
				}
				stop := context.AfterFunc(ctx, func() { c.Close() })
				f.opened.Add(1)
				f.open.Add(1)
				ways[n%len(ways)](ctx, c)
				f.open.Add(-1)
				stop()
				c.Close()
			}
		})
	}
	// The count is taken in the middle: in the end all are closed.
	<-ctx.Done()
	wg.Wait()
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// drip sends bytes one by one until that fails.
func drip(ctx context.Context, c net.Conn, text string) {
	for i := 0; ctx.Err() == nil; i++ {
		if _, err := io.WriteString(c, text[i%len(text):i%len(text)+1]); err != nil {
			return
		}
		pause(ctx, time.Second)
	}
}

// trickleHeader never ends a header.
func trickleHeader(ctx context.Context, c net.Conn) {
	_, _ = io.WriteString(c, "GET / HTTP/1.1\r\nHost: example\r\nX-Slow: ")
	drip(ctx, c, "a")
}

// trickleBody never ends a form, some of them so large that they are taken for
// files.
func trickleBody(ctx context.Context, c net.Conn) {
	_, _ = io.WriteString(c, "POST /report HTTP/1.1\r\nHost: example\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 9000000\r\n\r\n"+
		"--b\r\nContent-Disposition: form-data; name=\"what\"\r\n\r\n")
	if rand.IntN(2) == 0 {
		_, _ = io.WriteString(c, strings.Repeat("x", 70<<10))
	}
	drip(ctx, c, "a")
}

// readSlowly asks for much and hardly reads.
func readSlowly(ctx context.Context, c net.Conn) {
	_ = c.(*net.TCPConn).SetReadBuffer(4 << 10)
	go func() {
		_, _ = io.WriteString(c, strings.Repeat("GET /assets/style.css HTTP/1.1\r\nHost: example\r\n\r\n", 100))
	}()
	one := make([]byte, 1)
	for ctx.Err() == nil {
		if _, err := c.Read(one); err != nil {
			return
		}
		pause(ctx, time.Second)
	}
}

// stayIdle asks once and keeps the connection.
func stayIdle(_ context.Context, c net.Conn) {
	_, _ = io.WriteString(c, "HEAD / HTTP/1.1\r\nHost: example\r\n\r\n")
	r := bufio.NewReader(c)
	for {
		if _, err := r.ReadByte(); err != nil {
			return
		}
	}
}

func (f *flood) verify(t *testing.T, tr scope) {
	t.Helper()
	t.Logf("flood: %d slow connections opened for %d held; %d junk reports, %d accepted, others: %v",
		f.opened.Load(), tr.slow, f.sent.Load(), len(f.phrases), f.why)
	if f.opened.Load() < int64(tr.slow) || float64(f.sent.Load()) < 0.9*tr.junk*tr.lasts.Seconds() {
		t.Error("the flood was smaller than it should be: the trial tried too little")
	}
}
