package flood

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"steward/internal/account"
	"steward/internal/app"
	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/trial"
	"steward/internal/config"
	"steward/internal/cvd"
	"steward/internal/intake"
)

// server is a Steward in a process of its own, with a member of the team and
// some cases from before.
type server struct {
	dir    app.Dir
	addr   string
	child  *exec.Cmd
	cookie string   // of the member of the team
	token  string   // of the same
	cases  []string // ids
}

const casesBefore = 60 // more than a page of the queue shows

func newServer(t *testing.T) *server {
	t.Helper()
	s := &server{dir: app.Dir(filepath.Join(t.TempDir(), "data")), addr: trial.Addr(t)}
	if err := app.Init(s.dir, config.Answers{Team: "Example", Listen: s.addr}, time.Now()); err != nil {
		t.Fatal(err)
	}
	a, err := app.Open(t.Context(), s.dir, app.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	s.hire(t, a)
	t.Cleanup(s.kill)
	return s
}

// hire makes the member of the team, who has cases to work on.
func (s *server) hire(t *testing.T, a *app.App) {
	t.Helper()
	ctx := t.Context()
	u, err := a.Accounts.AddUser(ctx, account.Operator(), account.Profile{Name: "Lena", Role: acl.Lead})
	if err != nil {
		t.Fatal(err)
	}
	_, link, err := a.Accounts.CreateLink(ctx, account.Operator(), u.ID, account.SignIn)
	if err != nil {
		t.Fatal(err)
	}
	in, err := a.Accounts.SignInByLink(ctx, link, "test")
	if err != nil {
		t.Fatal(err)
	}
	s.cookie = "steward-team=" + in.Cookie
	c, err := a.Accounts.Caller(ctx, u.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, s.token, err = a.Accounts.CreateToken(ctx, c, "test", 0); err != nil {
		t.Fatal(err)
	}
	for n := range casesBefore {
		sub := intake.Submission{
			Token: fmt.Sprintf("before-the-flood-%02d", n), Channel: intake.API, Summary: fmt.Sprintf("Before the flood: %d", n),
			What: "It crashes.", Reporter: intake.Reporter{Anonymous: true}, Credit: intake.Credit{Want: intake.CreditNo},
		}
		r, err := a.Cases.Receive(ctx, acl.Nobody(), nil, sub, nil)
		if err != nil {
			t.Fatal(err)
		}
		err = a.DB.Read(ctx, func(q db.Queryer) error {
			f, err := intake.Find(ctx, q, r.ReportID)
			s.cases = append(s.cases, f.CaseID)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// start starts the server and waits until it answers.
func (s *server) start(t *testing.T) {
	t.Helper()
	s.child = exec.Command(os.Args[0])
	s.child.Env = append(os.Environ(), childDir+"="+string(s.dir))
	log, err := os.Create(s.log()) // not a pipe to us, who may be too busy to read it
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	s.child.Stdout, s.child.Stderr = log, log
	s.child.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := s.child.Start(); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(25 * time.Millisecond) {
		if res, err := http.Get("http://" + s.addr + "/api/v1/"); err == nil {
			res.Body.Close()
			return
		}
	}
	s.kill()
	t.Fatalf("the server does not answer: %v", s.complaints(t))
}

func (s *server) log() string { return string(s.dir) + ".log" }

func (s *server) kill() {
	if s.child != nil {
		_ = s.child.Process.Kill()
		_ = s.child.Wait()
		s.child = nil
	}
}

// complaints are what the server logged as errors.
func (s *server) complaints(t *testing.T) (out []string) {
	t.Helper()
	said, err := os.ReadFile(s.log())
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(said)) {
		if strings.Contains(line, "level=ERROR") || strings.Contains(line, "panic") {
			out = append(out, line)
		}
	}
	return out
}

func (s *server) proc(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", s.child.Process.Pid, name))
	if err != nil {
		t.Fatalf("the server has ended: %v\n%v", err, s.complaints(t))
	}
	return string(raw)
}

// memory is the most that the server ever took, in bytes.
func (s *server) memory(t *testing.T) int64 {
	t.Helper()
	for line := range strings.Lines(s.proc(t, "status")) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kb, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			return kb << 10
		}
	}
	t.Fatal("the system does not tell how much memory the server takes")
	return 0
}

// cpu is how much time the server has had.
func (s *server) cpu(t *testing.T) time.Duration {
	t.Helper()
	_, rest, _ := strings.Cut(s.proc(t, "stat"), ") ")
	f := strings.Fields(rest)
	var ticks int64
	for _, n := range []string{f[11], f[12]} { // proc(5): user and system
		v, err := strconv.ParseInt(n, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		ticks += v
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

// from gives a client that asks from an address of its own.
func (s *server) from(ip net.IP) *http.Client {
	d := &net.Dialer{LocalAddr: &net.TCPAddr{IP: ip}, Timeout: 30 * time.Second}
	return &http.Client{
		Timeout:   30 * time.Second,
		Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return d.DialContext(ctx, "tcp", s.addr) }},
	}
}

// verify opens the data directory: all that was accepted is there, once, and
// what the team has to do is not buried under it.
func (s *server) verify(t *testing.T, p *people, f *flood) {
	t.Helper()
	a, err := app.Open(context.Background(), s.dir, app.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	err = a.DB.Read(t.Context(), func(q db.Queryer) error {
		for _, phrase := range append(p.phrases, f.phrases...) {
			if _, _, err := a.Desk.ReportByPhrase(t.Context(), q, phrase); err != nil {
				t.Errorf("a report that was accepted is lost: %v", err)
			}
		}
		var reports, cases int
		err := q.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM reports), (SELECT count(*) FROM cases)`).Scan(&reports, &cases)
		accepted := len(p.phrases) + len(f.phrases) + casesBefore
		if unsure := p.failed + int(f.failed.Load()); reports < accepted || reports > accepted+unsure || cases != reports {
			t.Errorf("%d reports were accepted; there are %d reports and %d cases", accepted, reports, cases)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	s.queue(t, a)
}

// queue walks the queue: those from before and a first few stand in front.
func (s *server) queue(t *testing.T, a *app.App) {
	t.Helper()
	front, behind := 0, 0
	waiting := map[string]bool{}
	for _, id := range s.cases {
		waiting[id] = true
	}
	for f := (cvd.Filter{Limit: 200}); ; {
		page, err := a.Cases.Queue(t.Context(), acl.Caller{ID: "u", Name: "Lena", Role: acl.Lead}, f)
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range page.Cases {
			if k.Crowd {
				behind++
			} else if front++; behind > 0 {
				t.Fatal("a case stands behind the crowd")
			}
			if waiting[k.ID] && front > readable {
				t.Errorf("a case from before stands at %d", front)
			}
			delete(waiting, k.ID)
		}
		if f.After = page.Next; f.After == "" {
			break
		}
	}
	t.Logf("queue: %d cases in front, %d came in a crowd", front, behind)
	if front > readable || behind == 0 || len(waiting) > 0 {
		t.Errorf("%d cases stand in front, more than %d can be read; %d in the crowd, %d from before are gone", front, readable, behind, len(waiting))
	}
}

// readable is how many cases may stand in front: those from before, and what a
// team can be expected to read in the hour.
const readable = casesBefore + 80
