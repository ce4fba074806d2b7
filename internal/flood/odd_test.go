package flood

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"steward/internal/api"
	"steward/internal/web"
)

// TestOddRequests: what HTTP allows and few send is answered as it should be,
// and what is too much is refused.
func TestOddRequests(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.start(t)
	const get = "GET / HTTP/1.1\r\nHost: example\r\n"
	post := func(length int, more, body string) string {
		return fmt.Sprintf("POST /api/v1/reports/lint HTTP/1.1\r\nHost: example\r\nContent-Length: %d\r\n%s\r\n%s", length, more, body)
	}
	params := strings.Repeat("a=1&", 7_000)
	for name, tt := range map[string]struct {
		send string
		want []int
	}{
		"pipelining":                {strings.Repeat(get+"\r\n", 5), []int{200, 200, 200, 200, 200}},
		"a header that is too long": {get + "X: " + strings.Repeat("x", 64<<10) + "\r\n\r\n", []int{431}},
		"many short headers":        {get + strings.Repeat("X: y\r\n", 10_000) + "\r\n", []int{431}},
		"many parameters":           {"GET /enrol?" + params + " HTTP/1.1\r\nHost: example\r\n\r\n", []int{200}},
		"no host":                   {"GET / HTTP/1.1\r\n\r\n", []int{400}},
		"two lengths":               {"POST /report HTTP/1.1\r\nHost: example\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", []int{400}},
		"it asks before it sends":   {post(2, "Expect: 100-continue\r\n", "{}"), []int{100, 200}},
		"a file without an end":     {post(1<<40, "", "{}"+strings.Repeat(" ", 3<<20)), []int{400}},
		"chunks without an end":     {"POST /api/v1/reports/lint HTTP/1.1\r\nHost: example\r\nTransfer-Encoding: chunked\r\n\r\n" + strings.Repeat("100000\r\n"+strings.Repeat(" ", 1<<20)+"\r\n", 3), []int{400}},
	} {
		if got := exchange(t, s, tt.send, len(tt.want)); fmt.Sprint(got) != fmt.Sprint(tt.want) {
			t.Errorf("%s: answered %v, want %v", name, got, tt.want)
		}
	}
}

// exchange sends bytes and gives the codes of so many answers.
func exchange(t *testing.T, s *server, send string, answers int) (codes []int) {
	t.Helper()
	c, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	go func() { _, _ = io.WriteString(c, send) }() // the server may have enough before the end
	r := bufio.NewReader(c)
	for range answers {
		res, err := http.ReadResponse(r, nil)
		if err != nil {
			break
		}
		if codes = append(codes, res.StatusCode); res.StatusCode != http.StatusContinue {
			_, _ = io.Copy(io.Discard, res.Body)
		}
	}
	return codes
}

// much is more than any form takes beside files.
const much = 48 << 20

// TestEveryFormHasLimits sends far more than any form takes to every address
// that takes forms, as a member of the team: the server stops reading, and
// keeps little of it in memory.
func TestEveryFormHasLimits(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.start(t)
	var paths []string
	for _, p := range web.Patterns() {
		if path, ok := strings.CutPrefix(p, "POST "); ok {
			paths = append(paths, path)
		}
	}
	for _, rt := range (&api.Server{}).Routes() {
		if rt.Method == http.MethodPost {
			paths = append(paths, "/api/v1"+rt.Path)
		}
	}
	if len(paths) < 50 {
		t.Fatalf("only %d addresses take forms", len(paths))
	}
	before := s.memory(t)
	for _, path := range paths {
		for _, kind := range []string{"application/x-www-form-urlencoded", "application/json", "multipart/form-data; boundary=b"} {
			code, taken := s.stuff(t, path, kind)
			// A form with files is read to its end, or a browser would not show
			// the answer; the text in it is not kept.
			if code == http.StatusOK || code >= 500 || (taken > 16<<20 && !strings.HasPrefix(kind, "multipart")) {
				t.Errorf("%s with %s: %d, after %d MB", path, kind, code, taken>>20)
			}
		}
	}
	if grown := s.memory(t) - before; grown > 64<<20 {
		t.Errorf("it took %d MB more", grown>>20)
	}
}

// stuff sends one field without an end to an address, and gives the answer, 0
// if there is none, and how many bytes were taken.
func (s *server) stuff(t *testing.T, path, kind string) (code, taken int) {
	t.Helper()
	body := &endless{text: map[string]string{
		"application/x-www-form-urlencoded": "body=",
		"application/json":                  `{"body":"`,
		"multipart/form-data; boundary=b":   "--b\r\nContent-Disposition: form-data; name=body\r\n\r\n",
	}[kind]}
	filled := strings.NewReplacer("{id}", s.cases[0], "{deed}", "approve", "{report}", "x", "{file}", "x").Replace(path)
	req, err := http.NewRequest("POST", "http://"+s.addr+filled, body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", kind)
	req.Header.Set("Idempotency-Key", "much-much-much-much")
	if strings.HasPrefix(path, "/api/") {
		req.Header.Set("Authorization", "Bearer "+s.token)
	} else {
		req.Header.Set("Cookie", s.cookie)
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return 0, int(body.taken.Load()) // it had enough and hung up
	}
	defer res.Body.Close()
	return res.StatusCode, int(body.taken.Load())
}

// endless is a body that begins with a text and goes on for much.
type endless struct {
	text  string
	taken atomic.Int64
}

func (e *endless) Read(p []byte) (int, error) {
	if e.taken.Load() >= much {
		return 0, io.EOF
	}
	n := copy(p, e.text)
	e.text = e.text[n:]
	for ; n < len(p); n++ {
		p[n] = 'x'
	}
	e.taken.Add(int64(n))
	return n, nil
}
