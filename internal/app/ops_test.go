package app_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"steward/internal/app"
	"steward/internal/base/acl"
	"steward/internal/base/checkup"
	"steward/internal/base/db"
	"steward/internal/base/sign"
	"steward/internal/config"
)

// scrape reads the metrics.
func (w *world) scrape() string {
	rec := httptest.NewRecorder()
	w.Metrics().ServeHTTP(rec, httptest.NewRequest("GET", "/metrics", nil))
	return rec.Body.String()
}

// beside opens the SQLite file as another program would.
func (w *world) beside() *db.DB {
	w.t.Helper()
	d, err := db.Open(w.t.Context(), w.dir.Database())
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { d.Close() })
	return d
}

// TestHealth: the answer is ok as long as all parts work, and names the part
// that does not.
func TestHealth(t *testing.T) {
	t.Parallel()
	const kept = 2100 * time.Millisecond // an answer is given again for a while
	w := newWorld(t, "sqlite")
	healthy := func(when string, code int, words string) {
		t.Helper()
		a := w.nobody().get("/healthz")
		if a.code != code || string(a.body) != words {
			t.Errorf("%s: %d %q, want %d %q", when, a.code, a.body, code, words)
		}
	}
	healthy("at first", http.StatusOK, "ok\n")
	if a := w.nobody().do("POST", "/healthz", strings.NewReader("x"), nil); a.code != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", a.code)
	}

	other, holds, free, freed := w.beside(), make(chan bool), make(chan bool), make(chan error)
	time.Sleep(kept)
	go func() {
		freed <- other.Write(context.Background(), func(*db.Tx) error {
			close(holds)
			<-free
			return nil
		})
	}()
	<-holds
	began := time.Now()
	healthy("another program holds the database", http.StatusServiceUnavailable, "the database cannot be written\n")
	if took := time.Since(began); took > 4*time.Second {
		t.Errorf("the answer took %s", took)
	}
	close(free)
	if err := <-freed; err != nil {
		t.Error(err)
	}

	time.Sleep(kept)
	bundles := filepath.Join(w.dir.Public(), "bundles")
	if err := os.Rename(bundles, bundles+".away"); err != nil {
		t.Fatal(err)
	}
	healthy("the public pages are gone", http.StatusServiceUnavailable, "the public pages cannot be read\n")
	if err := os.Rename(bundles+".away", bundles); err != nil {
		t.Fatal(err)
	}
	time.Sleep(kept)
	healthy("in the end", http.StatusOK, "ok\n")
	if log := w.log.bytes(); !bytes.Contains(log, []byte("not healthy: the database cannot be written")) {
		t.Errorf("the cause is not in the log: %s", log)
	}
}

// TestWorkThatStopped: a server whose work is not done is not healthy.
func TestWorkThatStopped(t *testing.T) {
	t.Parallel()
	dir := app.Dir(filepath.Join(t.TempDir(), "data"))
	if err := app.Init(dir, config.Answers{}, time.Now()); err != nil {
		t.Fatal(err)
	}
	a, err := app.Open(t.Context(), dir, app.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if err := a.Publish(t.Context()); err != nil {
		t.Fatal(err)
	}
	if sick := a.Sick(t.Context()); !slices.Equal(sick, []string{"what is due is not done"}) {
		t.Errorf("nothing works on what is due, and it is told as %q", sick)
	}
}

var requestName = regexp.MustCompile(`^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$`)

// TestRequestsAreLogged: a line for each request with the pattern of its
// route, and nothing that names a case, a person or an address.
func TestRequestsAreLogged(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite")
	ref, id, all, _ := cast(w)
	hand := all["handler"]
	a := hand.get("/team/cases/" + id)
	hand.get("/api/v1/cases/" + ref)
	hand.get("/team/nothing-of-the-sort")
	w.nobody().get("/advisories/")
	if name := a.head.Get("Request-Id"); !requestName.MatchString(name) {
		t.Errorf("the request is called %q", name)
	}
	routes := map[string]int{}
	for line := range bytes.Lines(w.log.bytes()) {
		var l map[string]any
		decodeInto(t, line, &l)
		if l["msg"] != "request" {
			continue
		}
		routes[l["route"].(string)]++
		for key := range l {
			if !slices.Contains([]string{"time", "level", "msg", "request", "route", "method", "status", "bytes", "ms"}, key) {
				t.Errorf("the line of a request tells %q: %s", key, line)
			}
		}
	}
	for _, want := range []string{"GET /team/cases/{id}", "GET /api/v1/cases/{id}", "POST /api/v1/reports", "/"} {
		if routes[want] == 0 {
			t.Errorf("no line has the route %q: %v", want, routes)
		}
	}
	if routes["public"] > 0 {
		t.Error("who reads the public pages is in the log")
	}
	for _, secret := range []string{id, ref, "127.0.0.1", "nothing-of-the-sort", hand.auth} {
		for what, text := range map[string]string{"log": string(w.log.bytes()), "metrics": w.scrape()} {
			if strings.Contains(text, secret) {
				t.Errorf("the %s holds %q", what, secret)
			}
		}
	}
}

// TestFailureIsNamed: what fails on our side is shown with a name, under which
// the log has its cause.
func TestFailureIsNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite")
	_, id, all, _ := cast(w)
	err := w.beside().Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), "ALTER TABLE cases RENAME TO gone")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/team/cases/" + id, "/api/v1/cases/" + id} {
		a := all["handler"].get(path)
		name := a.head.Get("Request-Id")
		if a.code != http.StatusInternalServerError || !bytes.Contains(a.body, []byte(name)) || bytes.Contains(a.body, []byte("no such table")) {
			t.Errorf("%d, and the request %q is not in %s", a.code, name, a.body)
		}
		said := false
		for line := range bytes.Lines(w.log.bytes()) {
			said = said || bytes.Contains(line, []byte(name)) && bytes.Contains(line, []byte("no such table"))
		}
		if !said {
			t.Errorf("the log does not have the cause of %q", name)
		}
	}
	if a := all["handler"].get("/team/cases/nothing"); bytes.Contains(a.body, []byte(a.head.Get("Request-Id"))) {
		t.Error("a page that is not there is told as a failure of ours")
	}
}

// TestMetrics: what Prometheus reads, and that the public does not.
func TestMetrics(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite")
	_, id, all, _ := cast(w)
	all["lead"].get("/team/cases/" + id)
	w.nobody().get("/")
	w.nobody().do("POST", "/api/v1/reports", strings.NewReader("{}"), nil)
	got := w.scrape()
	for _, want := range []string{
		`steward_requests_total{route="GET /team/cases/{id}",status="2xx"} 1`, `steward_requests_total{route="public",status="2xx"}`,
		`steward_request_seconds_count{route="GET /team/cases/{id}"} 1`, `steward_reports_total{outcome="not acceptable"} 1`,
		`steward_cases{state="receipt"} 2`, "steward_reports 2", `steward_sessions{as="user"}`, "steward_timed_releases 0", "steward_publication_waiting 0",
		"steward_publications_total 1", "steward_commit_writes_count", "steward_database_bytes", "steward_disk_free_bytes", "steward_clock_held_seconds 0",
		`steward_throttle_refusals_total{what="report"} 0`, "go_goroutines", "go_build_info", "process_open_fds",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s", want)
		}
	}
	if t.Failed() {
		t.Log(got)
	}
	for _, p := range []*person{w.nobody(), all["lead"]} {
		a, b := p.get("/metrics"), p.get("/nothing-there")
		if a.code != http.StatusNotFound || !bytes.Equal(a.body, b.body) {
			t.Errorf("the public address answers /metrics with %d", a.code)
		}
	}
}

// TestMetricsAddress: they are served on the address that the settings name,
// until the server stops.
func TestMetricsAddress(t *testing.T) {
	t.Parallel()
	dir := app.Dir(filepath.Join(t.TempDir(), "data"))
	if err := app.Init(dir, config.Answers{}, time.Now()); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(dir.Settings())
	if err == nil {
		err = os.WriteFile(dir.Settings(), append([]byte("metrics_listen = \"127.0.0.1:0\"\n"), raw...), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	log := &record{}
	a, err := app.Open(t.Context(), dir, app.Options{Log: slog.New(slog.NewJSONHandler(log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	done := make(chan error, 1)
	go func() { done <- a.Serve(ctx, ln) }()
	at := ""
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		for line := range bytes.Lines(log.bytes()) {
			var l struct{ Msg, Listen string }
			if json.Unmarshal(line, &l) == nil && l.Msg == "metrics" {
				at = "http://" + l.Listen
			}
		}
		if at != "" {
			break
		}
	}
	for path, want := range map[string]string{"/metrics": "steward_work_timestamp_seconds", "/healthz": "ok\n"} {
		res, err := http.Get(at + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil || res.StatusCode != http.StatusOK || !strings.Contains(string(body), want) {
			t.Errorf("%s: %d, %v, without %q", path, res.StatusCode, err, want)
		}
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if _, err := http.Get(at + "/metrics"); err == nil {
		t.Error("metrics are served after the server has stopped")
	}
}

// TestSystemPage: a lead reads on a page what the operator reads in a terminal.
func TestSystemPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite")
	lead, hand := w.person("Dana", acl.Lead), w.person("Hugo", acl.Handler)
	page := string(lead.get("/team/system").body)
	for _, want := range []string{"System", "To look at", "In order", "Only this machine reaches", "One sync takes", "Without a passkey for localhost: Dana, Hugo"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if strings.Contains(string(hand.get("/team").body), "/team/system") {
		t.Error("a handler is led to a page that is not for them")
	}
}

// TestJumpIsTold: that the machine's clock is not believed is in the log, once,
// in the metrics and among what the doctor says.
func TestJumpIsTold(t *testing.T) {
	t.Parallel()
	dir := app.Dir(filepath.Join(t.TempDir(), "data"))
	if err := app.Init(dir, config.Answers{}, time.Now()); err != nil {
		t.Fatal(err)
	}
	var held atomic.Int64
	held.Store(int64(3 * time.Hour))
	w := &world{t: t, log: &record{}}
	var err error
	log := slog.New(slog.NewJSONHandler(w.log, nil))
	w.App, err = app.Open(t.Context(), dir, app.Options{Held: func() time.Duration { return time.Duration(held.Load()) }, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan bool)
	go func() {
		w.Work(ctx)
		close(done)
	}()
	said := func(words string) int {
		for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
			if n := strings.Count(string(w.log.bytes()), words); n > 0 {
				return n
			}
		}
		return 0
	}
	const jumped = "has jumped ahead"
	if said(jumped) == 0 || !strings.Contains(w.scrape(), "steward_clock_held_seconds 10800") || !says(w.Checkup(t.Context()), "clock", checkup.Wrong, "jumped ahead by 3h0m0s") {
		t.Errorf("nothing tells of the jump: %s", w.log.bytes())
	}
	held.Store(0)
	if said("is believed again") != 1 || said(jumped) != 1 {
		t.Errorf("the log says: %s", w.log.bytes())
	}
	stop()
	<-done
}

// TestStartsThoughPublishingFails: reports can come in while something stands
// in the way of publishing.
func TestStartsThoughPublishingFails(t *testing.T) {
	t.Parallel()
	p := newPatient(t, "sqlite")
	s, err := sign.Generate(rand.Reader, "Someone", "", p.now)
	p.must(err)
	raw, err := s.Private()
	p.must(err)
	p.must(os.WriteFile(p.dir.Signing(), raw, 0o600))
	p.with(p.release)
	p.with(func(a *app.App) {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		p.must(err)
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- a.Serve(ctx, ln) }()
		w := &world{t: t, url: "http://" + ln.Addr().String()}
		w.await("/report")
		if a := w.nobody().get("/report"); a.code != http.StatusOK {
			t.Errorf("the form answers %d", a.code)
		}
		if a := w.nobody().get("/healthz"); a.code != http.StatusServiceUnavailable || !strings.Contains(string(a.body), "what is due is not done") {
			t.Errorf("it is told as healthy: %d %s", a.code, a.body)
		}
		stop()
		p.must(<-done)
	})
}
