package mailtrial

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"steward/internal/account"
	"steward/internal/app"
	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/base/jobs"
	"steward/internal/base/trial"
	"steward/internal/config"
	"steward/internal/mail/mailtest"
)

// What the test binary is told by its environment when it is not the test.
const (
	childDir   = "STEWARD_TRIAL_DATA"  // be a server on this data directory
	childClock = "STEWARD_TRIAL_CLOCK" // see pace
)

// TestMain lets the test binary be the server.
func TestMain(m *testing.M) {
	// A trial asks no name server in the world.
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		return nil, errors.New("a trial has no network")
	}}
	if dir := os.Getenv(childDir); dir != "" {
		if err := serve(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// serve is a whole Steward, until it is killed.
func serve(dir string) error {
	clock, err := parsePace(os.Getenv(childClock))
	if err != nil {
		return err
	}
	ctx := context.Background()
	log := slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	a, err := app.Open(ctx, app.Dir(dir), app.Options{Clock: clock.now, Log: log})
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", a.Config.Listen)
	if err != nil {
		return err
	}
	return a.Serve(ctx, ln)
}

// pace is a clock that goes faster than the world's, so that nobody waits a
// quarter of an hour for the next attempt. All processes of a trial share it.
type pace struct {
	begin, shown int64 // nanoseconds: when it was started, and what it showed then
	speed        int64
}

func (p pace) now() time.Time {
	return time.Unix(0, p.shown+(time.Now().UnixNano()-p.begin)*p.speed)
}

func (p pace) String() string { return fmt.Sprint(p.begin, " ", p.shown, " ", p.speed) }

func parsePace(s string) (p pace, err error) {
	_, err = fmt.Sscan(s, &p.begin, &p.shown, &p.speed)
	return p, err
}

// office is a Steward with mail. The server is a process of its own; the test
// works on the same data directory beside it.
type office struct {
	*app.App
	t          testing.TB
	clock      pace
	smtp, lmtp string
	url        string
	email      string
	lead       account.User
	env        []string
	child      *exec.Cmd
	out        *bytes.Buffer
}

// plan is what an office is to be.
type plan struct {
	engine string
	email  string    // security@example.org if empty
	relay  string    // without TLS unless more says otherwise; empty: no letter is sent
	smtp   string    // where it takes mail; anywhere if empty
	lmtp   string    // likewise
	more   string    // further lines of [mail]
	speed  int64     // of the clock; 1 if zero
	at     time.Time // what the clock shows at first; now if zero
	env    []string
}

// newOffice makes a data directory, with Lena who is on call.
func newOffice(t testing.TB, p plan) *office {
	t.Helper()
	began := time.Now()
	if p.at.IsZero() {
		p.at = began
	}
	o := &office{t: t, clock: pace{began.UnixNano(), p.at.UnixNano(), max(p.speed, 1)}, smtp: p.smtp, lmtp: p.lmtp, email: p.email, env: p.env, out: &bytes.Buffer{}}
	for _, at := range []*string{&o.smtp, &o.lmtp} {
		if *at == "" {
			*at = trial.Addr(t)
		}
	}
	if o.email == "" {
		o.email = "security@example.org"
	}
	listen := trial.Addr(t)
	o.url = "http://" + strings.Replace(listen, "127.0.0.1", "localhost", 1)
	dir := app.Dir(filepath.Join(t.TempDir(), "data"))
	answers := config.Answers{Team: "The Example team", Email: o.email, Prefix: "EX", BaseURL: o.url, Listen: listen}
	if p.engine == "postgres" {
		answers.Database = dbtest.EmptyDSN(t, p.engine)
	}
	o.must(app.Init(dir, answers, p.at.Add(-time.Hour)))
	raw, err := os.ReadFile(dir.Settings())
	o.must(err)
	_, host, _ := strings.Cut(o.email, "@")
	set := fmt.Sprintf("\n[mail]\nlisten = %q\nlmtp_listen = %q\nhost = %q\n", o.smtp, o.lmtp, "steward."+host)
	if p.relay != "" {
		set += fmt.Sprintf("relay = %q\n", p.relay)
		if !strings.Contains(p.more, "relay_tls") {
			set += "relay_tls = \"none\"\n"
		}
	}
	o.must(os.WriteFile(dir.Settings(), append(raw, (set+p.more+"\n[[product]]\nname = \"example\"\nversions = [\"1.0\", \"1.1\"]\n")...), 0o600))
	o.App, err = app.Open(t.Context(), dir, app.Options{Clock: o.clock.now})
	o.must(err)
	t.Cleanup(func() {
		o.kill()
		o.must(o.Close())
	})
	o.lead = o.hire("Lena", "lena@people.test", acl.Lead)
	return o
}

func (o *office) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) hire(name, email string, role acl.Role) account.User {
	o.t.Helper()
	u, err := o.Accounts.AddUser(o.t.Context(), account.Operator(), account.Profile{Name: name, Email: email, Role: role})
	o.must(err)
	return u
}

// keyed gives a user the key of a person.
func (o *office) keyed(u account.User, p *mailtest.Person) {
	o.t.Helper()
	_, err := o.Accounts.SetKey(o.t.Context(), u.Caller(), u.ID, string(p.PublicKey()))
	o.must(err)
}

// start starts the server and waits until it answers.
func (o *office) start() {
	o.t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(append(os.Environ(), childDir+"="+string(o.Dir), childClock+"="+o.clock.String()), o.env...)
	c.Stdout, c.Stderr = o.out, o.out
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	o.must(c.Start())
	o.child = c
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if res, err := client.Get(o.url + "/api/v1/"); err == nil {
			res.Body.Close()
			return
		}
	}
	o.kill()
	o.t.Fatalf("the server does not answer: %s", o.out)
}

// kill ends the server as a power cut does, and gives what it has logged.
func (o *office) kill() {
	if o.child != nil {
		_ = o.child.Process.Kill()
		_ = o.child.Wait() // it was killed
		o.child = nil
	}
}

// counts tells how many jobs are in each state.
func (o *office) counts() (n map[jobs.State]int) {
	o.t.Helper()
	o.must(o.DB.Read(o.t.Context(), func(q db.Queryer) (err error) {
		n, err = o.Jobs.Counts(o.t.Context(), q)
		return err
	}))
	return n
}

// settle waits until nothing is to be done any more, as long as more gets done.
func (o *office) settle() {
	o.t.Helper()
	for left := true; left; {
		was := o.counts()
		o.await("more jobs have ended", func() bool {
			n := o.counts()
			left = n[jobs.Waiting]+n[jobs.Running] > 0
			return !left || n[jobs.Done]+n[jobs.Failed] > was[jobs.Done]+was[jobs.Failed]
		})
	}
}

// await waits until something holds while the server runs.
func (o *office) await(what string, holds func() bool) {
	o.t.Helper()
	for end := time.Now().Add(90 * time.Second); time.Now().Before(end); time.Sleep(15 * time.Millisecond) {
		if holds() {
			return
		}
	}
	o.kill()
	o.t.Fatalf("it never came true that %s; jobs: %v; the log ends with\n%s", what, o.counts(), tail(o.out.String()))
}

func tail(s string) string { return s[max(0, len(s)-3000):] }
