package throttle_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"steward/internal/base/throttle"
)

// counting answers with the length of what came.
var counting = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	n, err := io.Copy(io.Discard, r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	fmt.Fprint(w, n)
})

const large = 300 << 10

// arrival is how long a server may need to see what was sent.
const arrival = 300 * time.Millisecond

// post sends so many bytes and gives the answer.
func post(t *testing.T, s *httptest.Server, n int) (code int, said string) {
	t.Helper()
	res, err := http.Post(s.URL, "text/plain", strings.NewReader(strings.Repeat("x", n)))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(raw)
}

// hold begins to send a body, from another network, and goes no further.
func hold(t *testing.T, s *httptest.Server, n int) net.Conn {
	t.Helper()
	elsewhere := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 9, 9)}}
	c, err := elsewhere.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if _, err := fmt.Fprintf(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n\r\n%s", strings.Repeat("x", n)); err != nil {
		t.Fatal(err)
	}
	return c
}

func serving(t *testing.T, b *throttle.Bodies, h http.Handler) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(b.Handler(h))
	t.Cleanup(s.Close)
	return s
}

// TestBodiesComeThrough: with and without a body, small and large, whole.
func TestBodiesComeThrough(t *testing.T) {
	t.Parallel()
	s := serving(t, throttle.NewBodies(1, 1, 5), counting)
	for _, n := range []int{0, 1, 64<<10 - 1, 64 << 10, 64<<10 + 1, large} {
		if code, said := post(t, s, n); code != 200 || said != fmt.Sprint(n) {
			t.Errorf("%d bytes: %d %s", n, code, said)
		}
	}
}

// TestSlowBodiesTakeNoPlace: those who trickle keep nobody out.
func TestSlowBodiesTakeNoPlace(t *testing.T) {
	t.Parallel()
	b := throttle.NewBodies(1, 2, 100)
	s := serving(t, b, counting)
	var held []net.Conn
	for range 3 {
		held = append(held, hold(t, s, 100), hold(t, s, 100<<10))
	}
	time.Sleep(arrival)
	began := time.Now()
	for _, n := range []int{10, large} {
		if code, said := post(t, s, n); code != 200 {
			t.Errorf("%d bytes: %d %s", n, code, said)
		}
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
	if b.Cut() == 0 {
		t.Error("nobody was cut, though there were places for two")
	}
	hold(t, s, 100<<10) // the place that was left
	time.Sleep(arrival)
	if raw, err := io.ReadAll(hold(t, s, 100<<10)); !strings.HasPrefix(string(raw), "HTTP/1.1 503") {
		t.Errorf("the network that was cut waits for another place: %q, %v", raw, err)
	}
	// Who is cut is told so, and the connection ends.
	for _, c := range []net.Conn{held[1], held[3], held[5]} {
		_ = c.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
		if raw, err := io.ReadAll(c); err == nil && !strings.Contains(string(raw), "Connection: close") {
			t.Errorf("who was cut got %q", raw)
		}
	}
}

// TestOneNetworkHasItsShare: one network cannot take every place, and a place
// that is left is free.
func TestOneNetworkHasItsShare(t *testing.T) {
	t.Parallel()
	b := throttle.NewBodies(10, 10, 1)
	inside, leave := make(chan bool, 10), make(chan bool)
	s := serving(t, b, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		inside <- true
		select {
		case <-leave:
		case <-r.Context().Done():
		}
	}))
	let := sync.OnceFunc(func() { close(leave) })
	t.Cleanup(let) // or the server would wait for its handlers
	first := make(chan error, 1)
	go func() {
		res, err := http.Post(s.URL, "text/plain", strings.NewReader("first"))
		if err == nil {
			res.Body.Close()
		}
		first <- err
	}()
	<-inside
	client := &http.Client{Timeout: 5 * time.Second}
	res, err := client.Post(s.URL, "text/plain", strings.NewReader("second"))
	if err != nil {
		t.Fatalf("the second of a network: %v", err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") == "" || b.Refused() != 1 {
		t.Errorf("the second of a network: %s, %v; %d refused", res.Status, res.Header, b.Refused())
	}
	let()
	if err := <-first; err != nil {
		t.Fatal(err)
	}
	for range 100 { // its place is free a moment after its answer
		if code, _ := post(t, s, 1); code == 200 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("a place that was left is not free")
}

// deadlines is a response that notes until when a body may come in.
type deadlines struct {
	*httptest.ResponseRecorder
	at []time.Time
}

func (d *deadlines) SetReadDeadline(at time.Time) error { d.at = append(d.at, at); return nil }
func (d *deadlines) SetWriteDeadline(time.Time) error   { return nil }

// late is a body that breaks off as a deadline does.
type late struct{ io.Reader }

func (l late) Read(p []byte) (int, error) {
	n, err := l.Reader.Read(p)
	if errors.Is(err, io.EOF) {
		err = fmt.Errorf("reading: %w", net.ErrClosed)
	}
	return n, err
}

// TestBodiesEarnTime: the more has come in, the longer the rest may take; once
// all is there, the answer may take as long as it takes.
func TestBodiesEarnTime(t *testing.T) {
	t.Parallel()
	began := time.Now()
	w := &deadlines{ResponseRecorder: httptest.NewRecorder()}
	throttle.NewBodies(1, 1, 1).Handler(counting).ServeHTTP(w, httptest.NewRequest("POST", "/", strings.NewReader(strings.Repeat("x", 1<<20))))
	if w.Code != 200 || len(w.at) < 3 {
		t.Fatalf("%d, %d deadlines", w.Code, len(w.at))
	}
	first, last, end := w.at[0].Sub(began), w.at[len(w.at)-2].Sub(began), w.at[len(w.at)-1]
	if first < 10*time.Second || first > time.Minute {
		t.Errorf("who sends nothing has %v", first)
	}
	if last < first+200*time.Second || last > first+400*time.Second {
		t.Errorf("who has sent a megabyte has %v", last)
	}
	if !end.IsZero() {
		t.Errorf("who has sent all is cut at %v", end)
	}
	w = &deadlines{ResponseRecorder: httptest.NewRecorder()}
	r := httptest.NewRequest("POST", "/", nil)
	r.Body, r.ContentLength = io.NopCloser(late{strings.NewReader("half")}), 100
	throttle.NewBodies(1, 1, 1).Handler(counting).ServeHTTP(w, r)
	if w.Code != http.StatusRequestTimeout {
		t.Errorf("half a body: %d", w.Code)
	}
}
