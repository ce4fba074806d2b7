package race

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"steward/internal/advisory"
	"steward/internal/app"
	"steward/internal/base/db"
	"steward/internal/base/trial"
	"steward/internal/config"
	"steward/internal/publish/render"
)

// BenchmarkServe serves one advisory page: Steward from its signed tree, nginx
// and Caddy from what Steward exported, with the same compressed bytes beside
// it. wrk asks over the same number of kept connections for the page as it
// is, for the page in gzip, and whether a page that it has still holds. Once
// each server has one core and wrk the other, and once all have all. The
// contestants take turns, and the median of the rounds counts.
func BenchmarkServe(b *testing.B) {
	site := newSite(b)
	for _, pinned := range []bool{true, false} {
		name := "all-cores"
		if pinned {
			name = "one-core"
		}
		b.Run(name, func(b *testing.B) {
			servers := []contestant{site.steward(b, pinned), site.nginx(b, pinned), site.caddy(b, pinned)}
			for b.Loop() {
				for _, kind := range []string{"plain", "gzip", "304"} {
					rates := race(b, servers, kind, pinned, site)
					b.ReportMetric(rates[0], kind+"-steward/s")
					b.ReportMetric(rates[0]/rates[1], kind+"-steward/nginx")
					b.ReportMetric(rates[0]/rates[2], kind+"-steward/caddy")
				}
			}
		})
	}
}

const (
	rounds      = 5
	connections = 64
	turn        = "1s"
)

// race gives the median rate of each contestant.
func race(b *testing.B, servers []contestant, kind string, pinned bool, s *site) []float64 {
	headers := make([][]string, len(servers))
	for i, c := range servers {
		headers[i] = s.headers(b, c, kind)
	}
	rates, cost := make([][]float64, len(servers)), make([][]float64, len(servers))
	for range rounds {
		for i, c := range servers {
			before := c.cpu(b)
			asked, rate := wrk(b, c.url+s.path, headers[i], pinned)
			rates[i] = append(rates[i], rate)
			cost[i] = append(cost[i], float64((c.cpu(b)-before).Microseconds())/asked)
		}
	}
	median := make([]float64, len(servers))
	for i, c := range servers {
		median[i] = middle(rates[i])
		b.Logf("%-5s %-7s %8.0f requests/s, %5.1f µs of CPU each", kind, c.name, median[i], middle(cost[i]))
	}
	return median
}

func middle(list []float64) float64 {
	list = slices.Sorted(slices.Values(list))
	return list[len(list)/2]
}

var asked = regexp.MustCompile(`(\d+) requests in (?s:.*)Requests/sec:\s+([0-9.]+)`)

// wrk asks for a page for one turn, and gives how often it was answered, in
// all and in a second.
func wrk(b *testing.B, url string, headers []string, pinned bool) (n, rate float64) {
	args := []string{"wrk", "-t1", fmt.Sprint("-c", connections), "-d" + turn}
	if pinned {
		args = append([]string{"taskset", "-c", "1"}, args...)
	}
	for _, h := range headers {
		args = append(args, "-H", h)
	}
	out, err := exec.Command(args[0], append(args[1:], url)...).CombinedOutput()
	m := asked.FindSubmatch(out)
	if err != nil || m == nil || bytes.Contains(out, []byte("Non-2xx")) || bytes.Contains(out, []byte("Socket errors")) {
		b.Fatalf("wrk: %v\n%s", err, out)
	}
	n, _ = strconv.ParseFloat(string(m[1]), 64)
	rate, _ = strconv.ParseFloat(string(m[2]), 64)
	return n, rate
}

// site is a Steward with one advisory, and what it exported.
type site struct {
	data, out  string
	bin        string // the program of Steward
	path       string // of the page
	body, gzip []byte
}

func newSite(b *testing.B) *site {
	dir := b.TempDir()
	s := &site{data: filepath.Join(dir, "data"), out: filepath.Join(dir, "out"), bin: filepath.Join(dir, "steward")}
	if out, err := exec.Command("go", "build", "-o", s.bin, "steward/cmd/steward").CombinedOutput(); err != nil {
		b.Fatalf("building Steward: %v\n%s", err, out)
	}
	if err := app.Init(app.Dir(s.data), config.Answers{Team: "Example", Listen: trial.Addr(b)}, time.Now()); err != nil {
		b.Fatal(err)
	}
	ctx := context.Background()
	a, err := app.Open(ctx, app.Dir(s.data), app.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer a.Close()
	var id string
	err = a.DB.Write(ctx, func(tx *db.Tx) (err error) {
		if id, err = a.Advisories.NextID(ctx, tx, "SEC", time.Now().Year()); err != nil {
			return err
		}
		_, err = a.Advisories.Release(ctx, tx, overflow(id), "First release.", time.Now())
		return err
	})
	if err := errors.Join(err, a.Publish(ctx), a.Publisher.Export(ctx, s.out)); err != nil {
		b.Fatal(err)
	}
	page := filepath.FromSlash(render.AdvisoryPagePath(id))
	s.path = "/" + filepath.ToSlash(filepath.Dir(page)) + "/"
	if s.body, err = os.ReadFile(filepath.Join(s.out, page)); err != nil {
		b.Fatal(err)
	}
	// The compressed form that Steward serves is what the others serve too.
	c := s.steward(b, false)
	s.gzip = c.get(b, s.path, "gzip").body
	if err := os.WriteFile(filepath.Join(s.out, page+".gz"), s.gzip, 0o644); err != nil {
		b.Fatal(err)
	}
	c.stop()
	return s
}

func overflow(id string) advisory.Advisory {
	return advisory.Advisory{
		ID: id, Title: "libquill: a long header overflows a buffer",
		Overview: strings.Repeat("A header of more than *64* bytes overflows `buf`. ", 40),
		Impact:   strings.Repeat("Whoever sends the header runs code as the server. ", 20),
		Severity: advisory.Severity{Level: advisory.Critical, CVSS31: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"},
		CWE:      []string{"CWE-787"},
		Affected: []advisory.Affected{{
			Product: "libquill", Ecosystem: "Go", Package: "example.org/quill", PURL: "pkg:golang/example.org/quill",
			Ranges: []advisory.Range{{Introduced: "1.0.0", Fixed: "1.4.2"}},
		}},
		Remedy:     "Upgrade to 1.4.2.",
		References: []advisory.Reference{{Kind: "release", URL: "https://example.org/1.4.2"}},
		Credits:    []advisory.Credit{{Name: "Ada Example", Role: "finder"}},
		Timeline:   []advisory.Event{{At: time.Now().AddDate(0, 0, -9), What: "Reported."}},
		Publisher: advisory.Publisher{Name: "Example", Namespace: "https://example.org", Contact: "security@example.org",
			Terms: "Share freely.", Audience: "All users."},
	}
}

// headers are those that ask for one kind of answer; it makes sure that the
// contestant gives that one, with the bytes that Steward exported.
func (s *site) headers(b *testing.B, c contestant, kind string) []string {
	plain, zipped := c.get(b, s.path, "identity"), c.get(b, s.path, "gzip")
	if !bytes.Equal(plain.body, s.body) || !bytes.Equal(zipped.body, s.gzip) || zipped.head.Get("Content-Encoding") != "gzip" {
		b.Fatalf("%s serves other bytes", c.name)
	}
	again := c.get(b, s.path, "identity", "If-None-Match", plain.head.Get("ETag"))
	if plain.head.Get("ETag") == "" || again.code != http.StatusNotModified {
		b.Fatalf("%s knows no tags: %d", c.name, again.code)
	}
	switch kind {
	case "gzip":
		return []string{"Accept-Encoding: gzip"}
	case "304":
		return []string{"If-None-Match: " + plain.head.Get("ETag")}
	}
	return nil
}

// contestant is a server at work.
type contestant struct {
	name, url string
	process   *os.Process
	stop      func()
}

// start starts a server and waits until it answers.
func start(b *testing.B, name, addr string, pinned bool, args ...string) contestant {
	if pinned {
		args = append([]string{"taskset", "-c", "0"}, args...)
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = os.Environ()
	if pinned {
		cmd.Env = append(cmd.Env, "GOMAXPROCS=1")
	}
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	// With us, or a server would outlive a benchmark that is killed.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		b.Fatalf("%s: %v", name, err)
	}
	stop := func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // its workers too
		_ = cmd.Wait()
	}
	b.Cleanup(stop)
	c := contestant{name: name, url: "http://" + addr, process: cmd.Process, stop: stop}
	for range 200 {
		if res, err := http.Get(c.url + "/"); err == nil {
			res.Body.Close()
			return c
		}
		time.Sleep(25 * time.Millisecond)
	}
	stop()
	b.Fatalf("%s does not answer: %s", name, said.String())
	return c
}

func (s *site) steward(b *testing.B, pinned bool) contestant {
	c, err := config.Load(s.data)
	if err != nil {
		b.Fatal(err)
	}
	return start(b, "steward", c.Listen, pinned, s.bin, "serve", "--data", s.data)
}

// nginx as its manual tunes it for files: it keeps them open and writes no log.
// Its workers stay who we are, to whom the temporary directory belongs.
const nginxSettings = `daemon off; user root root; worker_processes %s; pid %[2]s/pid; error_log stderr;
events { worker_connections 4096; }
http {
	access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000; open_file_cache max=1000;
	types { text/html html; }
	client_body_temp_path %[2]s/a; proxy_temp_path %[2]s/b; fastcgi_temp_path %[2]s/c; uwsgi_temp_path %[2]s/d; scgi_temp_path %[2]s/e;
	server { listen %[3]s; root %[4]s; gzip_static on; }
}
`

func (s *site) nginx(b *testing.B, pinned bool) contestant {
	workers := "auto"
	if pinned {
		workers = "1"
	}
	dir, addr := b.TempDir(), trial.Addr(b)
	settings := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(settings, fmt.Appendf(nil, nginxSettings, workers, dir, addr, s.out), 0o644); err != nil {
		b.Fatal(err)
	}
	return start(b, "nginx", addr, pinned, installed(b, "nginx/usr/sbin/nginx"), "-p", dir, "-e", "stderr", "-c", settings)
}

const caddySettings = `{
	admin off
	auto_https off
}
http://%s {
	root * %s
	file_server {
		precompressed br gzip
	}
}
`

func (s *site) caddy(b *testing.B, pinned bool) contestant {
	addr, settings := trial.Addr(b), filepath.Join(b.TempDir(), "Caddyfile")
	if err := os.WriteFile(settings, fmt.Appendf(nil, caddySettings, addr, s.out), 0o644); err != nil {
		b.Fatal(err)
	}
	return start(b, "caddy", addr, pinned, installed(b, "caddy-*/caddy"), "run", "--adapter", "caddyfile", "--config", settings)
}

// installed finds what scripts/install-peers.sh has installed.
func installed(b *testing.B, pattern string) string {
	cache, err := os.UserCacheDir()
	if err != nil {
		b.Fatal(err)
	}
	found, _ := filepath.Glob(filepath.Join(cache, "steward-judges", pattern))
	if len(found) == 0 {
		b.Fatalf("there is no %s: run scripts/install-peers.sh", pattern)
	}
	return found[len(found)-1]
}

type reply struct {
	code int
	head http.Header
	body []byte
}

// get asks once, and takes the bytes as they come.
func (c contestant) get(b *testing.B, path, coding string, header ...string) reply {
	req, err := http.NewRequest("GET", c.url+path, nil)
	if err != nil {
		b.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", coding)
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.Fatal(err)
	}
	return reply{res.StatusCode, res.Header, body}
}

// cpu is how much time the contestant's processes have had.
func (c contestant) cpu(b *testing.B) time.Duration {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		b.Fatal(err)
	}
	var ticks int64
	for _, path := range stats {
		raw, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		_, rest, _ := strings.Cut(string(raw), ") ") // proc(5): a name may hold anything before
		f := strings.Fields(rest)
		if f[2] != strconv.Itoa(c.process.Pid) { // its group
			continue
		}
		user, _ := strconv.ParseInt(f[11], 10, 64)
		system, _ := strconv.ParseInt(f[12], 10, 64)
		ticks += user + system
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}
