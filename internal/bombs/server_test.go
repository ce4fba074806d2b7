package bombs

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"steward/internal/account"
	"steward/internal/app"
	"steward/internal/base/acl"
	"steward/internal/base/trial"
	"steward/internal/cli"
)

// childArgs holds the command, as JSON, that the test binary is to be.
const childArgs = "STEWARD_BOMBS_ARGS"

// TestMain lets the test binary be the program that the bombs go to.
func TestMain(m *testing.M) {
	if raw := os.Getenv(childArgs); raw != "" {
		var args []string
		if err := json.Unmarshal([]byte(raw), &args); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		code := cli.Run(context.Background(), args, cli.OS())
		status, err := os.ReadFile("/proc/self/status")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Fprintf(os.Stderr, "%s\n", peakLine.Find(status))
		os.Exit(code)
	}
	os.Exit(m.Run())
}

// peakLine is how Linux tells the peak of memory, proc(5).
var peakLine = regexp.MustCompile(`(?m)^VmHWM:\s*([0-9]+) kB$`)

// peakIn reads the peak of memory in bytes.
func peakIn(t *testing.T, status []byte) int64 {
	t.Helper()
	m := peakLine.FindSubmatch(status)
	if m == nil {
		t.Fatalf("no peak of memory (did it crash?): %.2000s", status)
	}
	kib, err := strconv.ParseInt(string(m[1]), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return kib << 10
}

// command is the program in a process of its own.
func command(t *testing.T, out io.Writer, args ...string) *exec.Cmd {
	t.Helper()
	raw, err := json.Marshal(args)
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), childArgs+"="+string(raw))
	c.Stdout, c.Stderr = out, out
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return c
}

// server is a Steward with a lead and a case.
type server struct {
	t         *testing.T
	dir, addr string
	child     *exec.Cmd
	out       bytes.Buffer
	lead      string // an Authorization header
	cookie    string // of a lead who is signed in
	ref       string // of the case
	sent      int    // reports so far, so that each has a key of its own
}

// settings that the trial adds: a product with a mirror, and a list that looks
// through each report.
const settings = `
[[product]]
name = "example"
versions = ["1.0", "1.1"]
mirror = "mirror"

[[not_a_vulnerability]]
title = "Self-inflicted"
why = "They are bugs."
match = ["own machine", "/(a|aa)+(b|bb)+$/", "/(x+x+)+y/", "/(.*)*=(.*)*z/"]
`

func newServer(t *testing.T) *server {
	t.Helper()
	s := &server{t: t, dir: filepath.Join(t.TempDir(), "data")}
	s.addr = trial.Addr(t)
	run(t, "init", "--data", s.dir, "--listen", s.addr, "--base-url", "http://localhost:"+strings.TrimPrefix(s.addr, "127.0.0.1:"))
	file := filepath.Join(s.dir, "steward.toml")
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	raw = regexp.MustCompile(`(?m)^(\w+_per_hour) = .*$`).ReplaceAll(raw, []byte("$1 = 100000000"))
	if err := os.WriteFile(file, append(raw, settings...), 0o600); err != nil {
		t.Fatal(err)
	}
	s.mirror()
	s.hire()
	s.start()
	t.Cleanup(func() {
		_ = s.child.Process.Kill()
		_ = s.child.Wait() // it was killed
	})
	if got := s.api("POST", "/reports", honest); got.code != http.StatusCreated {
		t.Fatalf("an honest report: %d %s", got.code, got.body)
	}
	var queue struct{ Cases []struct{ Ref string } }
	if err := json.Unmarshal(s.api("GET", "/cases", "").body, &queue); err != nil || len(queue.Cases) != 1 {
		t.Fatalf("the queue: %+v, %v", queue, err)
	}
	s.ref = queue.Cases[0].Ref
	return s
}

// run is the program here, where nothing is measured.
func run(t *testing.T, args ...string) {
	t.Helper()
	var out bytes.Buffer
	w := cli.OS()
	w.Stdout, w.Stderr = &out, &out
	if code := cli.Run(t.Context(), args, w); code != 0 {
		t.Fatalf("%s: exit %d: %s", args[0], code, out.String())
	}
}

// mirror makes the product's repository.
func (s *server) mirror() {
	s.t.Helper()
	dir := filepath.Join(s.dir, "mirror")
	if err := os.MkdirAll(filepath.Join(dir, "lib"), 0o755); err != nil {
		s.t.Fatal(err)
	}
	for i := range 200 {
		if err := os.WriteFile(filepath.Join(dir, "lib", fmt.Sprintf("file%d.c", i)), []byte(strings.Repeat("int x;\n", 500)), 0o644); err != nil {
			s.t.Fatal(err)
		}
	}
	for _, args := range [][]string{{"init", "-q"}, {"add", "."}, {"-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-q", "-m", "x"}, {"tag", "v1.0"}} {
		c := exec.Command("git", args...)
		c.Dir = dir
		if out, err := c.CombinedOutput(); err != nil {
			s.t.Fatalf("git %s: %v: %s", args[0], err, out)
		}
	}
}

// hire adds a lead with a token and a session.
func (s *server) hire() {
	s.t.Helper()
	ctx := context.Background()
	a, err := app.Open(ctx, app.Dir(s.dir), app.Options{})
	if err != nil {
		s.t.Fatal(err)
	}
	defer a.Close()
	u, err := a.Accounts.AddUser(ctx, account.Operator(), account.Profile{Name: "Linnea", Role: acl.Lead})
	if err != nil {
		s.t.Fatal(err)
	}
	c, err := a.Accounts.Caller(ctx, u.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	_, token, err := a.Accounts.CreateToken(ctx, c, "bombs", 24*time.Hour)
	if err != nil {
		s.t.Fatal(err)
	}
	_, link, err := a.Accounts.CreateLink(ctx, account.Operator(), u.ID, account.SignIn)
	if err != nil {
		s.t.Fatal(err)
	}
	in, err := a.Accounts.SignInByLink(ctx, link, "bombs")
	if err != nil {
		s.t.Fatal(err)
	}
	s.lead, s.cookie = "Bearer "+token, "steward-team="+in.Cookie
}

func (s *server) start() {
	s.t.Helper()
	s.child = command(s.t, &s.out, "serve", "--data", s.dir)
	if err := s.child.Start(); err != nil {
		s.t.Fatal(err)
	}
	for range 3000 {
		if res, err := http.Get("http://" + s.addr + "/api/v1/"); err == nil {
			res.Body.Close()
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	s.t.Fatalf("the server does not answer: %s", s.out.String())
}

// answer is what came back.
type answer struct {
	code   int
	body   []byte
	header http.Header
}

// client waits as long as people do, and opens a connection for each bomb.
var client = &http.Client{
	Timeout:       2 * time.Minute,
	Transport:     &http.Transport{DisableKeepAlives: true, DisableCompression: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// send makes one request. A server that answers before it has read all may
// close: then the code is 0.
func (s *server) send(method, path string, body io.Reader, header ...string) answer {
	s.t.Helper()
	r, err := http.NewRequest(method, "http://"+s.addr+path, body)
	if err != nil {
		s.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	if s.sent++; r.Header.Get("Idempotency-Key") == "" {
		r.Header.Set("Idempotency-Key", fmt.Sprintf("bomb-%016d", s.sent))
	}
	res, err := client.Do(r)
	if err != nil {
		return answer{body: []byte(err.Error())}
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return answer{body: []byte(err.Error())}
	}
	return answer{res.StatusCode, raw, res.Header}
}

// api asks the JSON face as a lead; a report comes from anyone.
func (s *server) api(method, path, body string) answer {
	s.t.Helper()
	header := []string{"Content-Type", "application/json"}
	if !strings.HasPrefix(path, "/reports") {
		header = append(header, "Authorization", s.lead)
	}
	return s.send(method, "/api/v1"+path, strings.NewReader(body), header...)
}

// page opens a page as a lead who is signed in.
func (s *server) page(path string) answer {
	s.t.Helper()
	return s.send("GET", path, nil, "Cookie", s.cookie)
}

// cost is what the process has used.
type cost struct {
	cpu  time.Duration
	peak int64 // bytes of memory, since the last reset
}

// ticks is how finely Linux counts the CPU time that it shows: 100 a second,
// on every architecture that Go knows.
const ticks = 100

// used reads what the server has used so far.
func (s *server) used() (c cost) {
	s.t.Helper()
	proc := fmt.Sprintf("/proc/%d/", s.child.Process.Pid)
	stat, err := os.ReadFile(proc + "stat")
	if err != nil {
		s.t.Fatalf("the server is gone: %v: %s", err, s.out.String())
	}
	// The name in brackets may hold spaces; what is of use follows it.
	_, rest, _ := strings.Cut(string(stat), ") ")
	for _, i := range []int{11, 12} { // utime, stime
		n, err := strconv.Atoi(strings.Fields(rest)[i])
		if err != nil {
			s.t.Fatal(err)
		}
		c.cpu += time.Duration(n) * time.Second / ticks
	}
	status, err := os.ReadFile(proc + "status")
	if err != nil {
		s.t.Fatal(err)
	}
	c.peak = peakIn(s.t, status)
	return c
}

// forget lets the peak of memory begin anew at what is used now.
func (s *server) forget() {
	s.t.Helper()
	const resetPeak = "5" // proc(5), /proc/pid/clear_refs
	if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", s.child.Process.Pid), []byte(resetPeak), 0); err != nil {
		s.t.Fatal(err)
	}
}
