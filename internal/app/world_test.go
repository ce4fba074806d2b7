package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"steward/internal/account"
	"steward/internal/app"
	"steward/internal/base/acl"
	"steward/internal/base/db/dbtest"
	"steward/internal/config"
)

// world is a running Steward with all that a test wants to see of it.
type world struct {
	*app.App
	t     testing.TB
	dir   app.Dir
	url   string
	clock *clock
	log   *record

	member string // who applied to the list that openList makes
}

// clock stands still but for a step at each look.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(time.Microsecond)
	return c.at
}

func (c *clock) set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at
}

// record keeps what was logged.
type record struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (r *record) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.buf.Write(p)
}

func (r *record) bytes() []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	return bytes.Clone(r.buf.Bytes())
}

const testSettings = `
[[product]]
name = "example"
versions = ["1.0", "1.1", "1.2"]
`

// newWorld starts a Steward on an engine, with a clock at a Tuesday morning and
// with the settings as edit changes them.
func newWorld(t testing.TB, engine string, edit ...func(settings string) string) *world {
	t.Helper()
	w := &world{t: t, dir: app.Dir(filepath.Join(t.TempDir(), "data")), log: &record{}}
	w.clock = &clock{at: time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC)}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	answers := config.Answers{
		Team: "The Example team", Email: "security@example.org", Prefix: "EX",
		BaseURL: fmt.Sprintf("http://localhost:%d", ln.Addr().(*net.TCPAddr).Port),
	}
	if engine == "postgres" {
		answers.Database = dbtest.EmptyDSN(t, engine)
	}
	if err := app.Init(w.dir, answers, w.clock.now()); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(w.dir.Settings())
	if err == nil {
		raw = bytes.Replace(raw, []byte("phrases_per_hour = 30"), []byte("phrases_per_hour = 100000"), 1)
		settings := string(raw) + testSettings
		for _, e := range edit {
			settings = e(settings)
		}
		err = os.WriteFile(w.dir.Settings(), []byte(settings), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewJSONHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	if w.App, err = app.Open(t.Context(), w.dir, app.Options{Clock: w.clock.now, Log: log}); err != nil {
		t.Fatal(err)
	}
	w.url = "http://" + ln.Addr().String()
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.Serve(ctx, ln) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("serving: %v", err)
		}
		if err := w.Close(); err != nil {
			t.Errorf("closing: %v", err)
		}
	})
	w.await("/")
	return w
}

// await waits until a path answers.
func (w *world) await(path string) {
	w.t.Helper()
	for range 400 {
		if res, err := http.Get(w.url + path); err == nil {
			res.Body.Close()
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	w.t.Fatalf("%s does not answer", path)
}

// person is a user with a token and a browser's session.
type person struct {
	acl.Caller
	w      *world
	auth   string // Authorization of the API
	cookie string // of the team's pages
}

func (w *world) person(name string, role acl.Role) *person {
	w.t.Helper()
	ctx := w.t.Context()
	u, err := w.Accounts.AddUser(ctx, account.Operator(), account.Profile{Name: name, Role: role})
	if err != nil {
		w.t.Fatal(err)
	}
	c, err := w.Accounts.Caller(ctx, u.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	_, token, err := w.Accounts.CreateToken(ctx, c, "test", 0)
	if err != nil {
		w.t.Fatal(err)
	}
	_, link, err := w.Accounts.CreateLink(ctx, account.Operator(), u.ID, account.SignIn)
	if err != nil {
		w.t.Fatal(err)
	}
	in, err := w.Accounts.SignInByLink(ctx, link, "test")
	if err != nil {
		w.t.Fatal(err)
	}
	return &person{Caller: c, w: w, auth: "Bearer " + token, cookie: "steward-team=" + in.Cookie}
}

// holder is the reporter of a report, by its phrase.
func (w *world) holder(phrase string) *person {
	w.t.Helper()
	c, err := w.Cases.Unlock(w.t.Context(), phrase)
	if err != nil {
		w.t.Fatal(err)
	}
	cookie, err := w.Accounts.OpenMailbox(w.t.Context(), c.Report)
	if err != nil {
		w.t.Fatal(err)
	}
	return &person{Caller: c, w: w, auth: "Phrase " + phrase, cookie: "steward-mailbox=" + cookie}
}

// nobody is anyone on the internet.
func (w *world) nobody() *person { return &person{Caller: acl.Nobody(), w: w} }

// answer is what came back.
type answer struct {
	code int
	head http.Header
	body []byte
}

// do sends one request as the person, by token to the API and by session to pages.
func (p *person) do(method, path string, body io.Reader, headers map[string]string) answer {
	p.w.t.Helper()
	req, err := http.NewRequest(method, p.w.url+path, body)
	if err != nil {
		p.w.t.Fatal(err)
	}
	if p.auth != "" {
		req.Header.Set("Authorization", p.auth)
	}
	if p.cookie != "" {
		req.Header.Set("Cookie", p.cookie)
	}
	for k, v := range headers {
		req.Header.Set(k, v)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		p.w.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		p.w.t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, raw}
}

// get reads a page or an endpoint.
func (p *person) get(path string) answer { return p.do("GET", path, nil, nil) }

// api makes a deed that must succeed, and reads what it gives into out.
func (p *person) api(path string, in, out any) {
	p.w.t.Helper()
	raw, err := json.Marshal(in)
	if err != nil {
		p.w.t.Fatal(err)
	}
	method, body := "POST", io.Reader(bytes.NewReader(raw))
	if in == nil {
		method, body = "GET", nil
	}
	a := p.do(method, "/api/v1"+path, body, map[string]string{"Idempotency-Key": "key-" + fmt.Sprintf("%020d", p.w.clock.now().UnixNano())})
	if a.code >= 300 {
		p.w.t.Fatalf("%s as %s: %d %s", path, p.Name, a.code, a.body)
	}
	if out != nil {
		if err := json.Unmarshal(a.body, out); err != nil {
			p.w.t.Fatalf("%s: %v in %s", path, err, a.body)
		}
	}
}

func decodeInto(t testing.TB, raw []byte, out any) {
	t.Helper()
	if err := json.Unmarshal(raw, out); err != nil {
		t.Fatalf("%v in %s", err, raw)
	}
}
