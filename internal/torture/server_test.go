package torture

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"syscall"
	"testing"
	"time"

	"steward/internal/account"
	"steward/internal/app"
	"steward/internal/base/acl"
	"steward/internal/base/trial"
	"steward/internal/cli"
)

// server is a Steward that can be killed and started again.
type server struct {
	dir, url  string
	env       []string
	people    map[acl.Role]person
	child     *exec.Cmd
	out       bytes.Buffer
	transport *http.Transport
}

// person is one of the team with an API token.
type person struct {
	acl.Caller
	auth string
}

// newServer makes a data directory with a team. database is empty for SQLite.
func newServer(t *testing.T, dir, database string) *server {
	t.Helper()
	s := &server{dir: dir, people: map[acl.Role]person{}, transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	addr := trial.Addr(t)
	s.url = "http://" + addr
	args := []string{"init", "--data", s.dir, "--listen", addr}
	if database != "" {
		args = append(args, "--database", database)
	}
	var out bytes.Buffer
	w := cli.OS()
	w.Stdout, w.Stderr = &out, &out
	if code := cli.Run(t.Context(), args, w); code != 0 {
		t.Fatalf("init: exit %d: %s", code, out.String())
	}
	settings := filepath.Join(s.dir, "steward.toml")
	raw, err := os.ReadFile(settings)
	if err != nil {
		t.Fatal(err)
	}
	raw = regexp.MustCompile(`(?m)^(\w+_per_hour) = .*$`).ReplaceAll(raw, []byte("$1 = 100000000"))
	raw = append(raw, "\n[[product]]\nname = \"example\"\n"...)
	if err := os.WriteFile(settings, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	s.hire(t)
	t.Cleanup(func() {
		s.kill()
		s.transport.CloseIdleConnections()
	})
	return s
}

// hire adds the team.
func (s *server) hire(t *testing.T) {
	t.Helper()
	ctx := context.Background()
	a, err := app.Open(ctx, app.Dir(s.dir), app.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	for name, role := range map[string]acl.Role{"Linnea": acl.Lead, "Hugo": acl.Handler, "Rosa": acl.ReleaseManager} {
		u, err := a.Accounts.AddUser(ctx, account.Operator(), account.Profile{Name: name, Role: role})
		if err != nil {
			t.Fatal(err)
		}
		c, err := a.Accounts.Caller(ctx, u.ID)
		if err != nil {
			t.Fatal(err)
		}
		_, token, err := a.Accounts.CreateToken(ctx, c, "torture", 24*time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		s.people[role] = person{c, "Bearer " + token}
	}
}

// patience is how long a trial waits for what comes in its own time. It is long
// because the machine may be busy; what works does not take it.
const patience = time.Minute

// start starts the server and waits until it answers.
func (s *server) start(t *testing.T) {
	t.Helper()
	s.out.Reset()
	s.child = s.command(t)
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if res, err := http.Get(s.url + "/api/v1/"); err == nil {
			res.Body.Close()
			return
		}
	}
	s.kill()
	t.Fatalf("the server does not answer: %s", s.out.String())
}

// command starts the test binary as another Steward on the data directory.
func (s *server) command(t *testing.T, env ...string) *exec.Cmd {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(append(os.Environ(), childDir+"="+s.dir), append(s.env, env...)...)
	c.Stdout, c.Stderr = &s.out, &s.out
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if len(env) > 0 {
		c.Stdout, c.Stderr = nil, nil
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	return c
}

func (s *server) kill() {
	if s.child != nil {
		kill(s.child)
		s.child = nil
	}
	s.transport.CloseIdleConnections()
}

func kill(c *exec.Cmd) {
	_ = c.Process.Kill()
	_ = c.Wait() // it was killed
}

// crew works on a server until it is gone or told to stop.
type crew struct {
	stop context.CancelFunc
	done sync.WaitGroup
}

// work lets everyone work: as many reporters as senders, and teams.
func (s *server) work(l *ledger, senders, teams int) *crew {
	ctx, stop := context.WithCancel(context.Background())
	c := &crew{stop: stop}
	for i := range senders {
		c.done.Go(func() { s.reporter(ctx, l, i) })
	}
	for i := range teams {
		c.done.Go(func() { s.team(ctx, l, i) })
	}
	if teams > 0 {
		c.done.Go(func() { s.admin(ctx, l) })
	}
	return c
}

// home sends everyone home and waits until all are.
func (c *crew) home() {
	c.stop()
	c.done.Wait()
}
