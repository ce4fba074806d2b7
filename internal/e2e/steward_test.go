package e2e

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"steward/internal/account"
	"steward/internal/app"
	"steward/internal/base/acl"
	"steward/internal/config"
	"steward/internal/proof"
)

// steward is a server of its own for one test.
type steward struct {
	app   *app.App
	base  string // http://localhost:PORT, a name, so that passkeys can be bound to it
	clock *clock
}

// clock runs as the real one does, from an hour of the test's choosing.
type clock struct {
	mu    sync.Mutex
	from  time.Time // of the story
	began time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.from.Add(time.Since(c.began))
}

// set brings the clock to an hour later in the story.
func (c *clock) set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.from, c.began = at, time.Now()
}

// settings are the team's, added to those that init writes.
const settings = `
[[product]]
name = "brindle"
purl = "pkg:generic/brindle"
repo = "https://git.brindle.example/brindle.git"
versions = ["2.0.0", "2.1.0", "2.2.0", "2.3.0", "2.3.1", "2.4.0", "2.4.1", "2.5.0", "2.6.0"]

[[product]]
name = "brindle-server"
repo = "https://git.brindle.example/server.git"

[[not_a_vulnerability]]
title = "An archive of your own that takes long to read"
why = "Whoever chooses the archive and the command can as well run a loop. A stranger's small archive that keeps a server busy is another matter: do report that."
match = ["my own archive"]

[[not_a_vulnerability]]
title = "Missing security headers on the documentation site"
why = "The site serves static text and sets no cookies: there is nothing that such a header would protect."
match = ["X-Frame-Options", "clickjacking"]
`

// serve makes a team's Steward and serves it until the test ends. Other
// settings are pairs of what the file says and what it shall say instead.
func serve(t *testing.T, from time.Time, other ...string) *steward {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &steward{
		base:  fmt.Sprintf("http://localhost:%d", ln.Addr().(*net.TCPAddr).Port),
		clock: &clock{from: from, began: time.Now()},
	}
	dir := app.Dir(filepath.Join(t.TempDir(), "data"))
	answers := config.Answers{BaseURL: s.base, Team: "Brindle security", Email: "security@brindle.example", Prefix: "BRN"}
	if err := app.Init(dir, answers, from.Add(-24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := addSettings(dir, other); err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	interpreter, err := proof.Own("steward", insideWord)
	if err != nil {
		t.Fatal(err)
	}
	if s.app, err = app.Open(t.Context(), dir, app.Options{Clock: s.clock.now, Log: log, Interpreter: interpreter}); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	served := make(chan error, 1)
	go func() { served <- s.app.Serve(ctx, ln) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Error("serving:", err)
		}
		if err := s.app.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func addSettings(dir app.Dir, other []string) error {
	made, err := os.ReadFile(dir.Settings())
	if err != nil {
		return err
	}
	all := strings.Replace(string(made), `zone = "UTC"`, "zone = \"Europe/Berlin\"\nnamespace = \"https://security.brindle.example\"", 1) + settings
	all = strings.NewReplacer(other...).Replace(all)
	return os.WriteFile(dir.Settings(), []byte(all), 0o600)
}

// link adds a person and makes the link that enrols their first passkey, as
// "steward user add" does.
func (s *steward) link(t *testing.T, name string, role acl.Role) string {
	t.Helper()
	u, err := s.app.Accounts.AddUser(t.Context(), account.Operator(), account.Profile{Name: name, Role: role})
	if err != nil {
		t.Fatal(err)
	}
	return s.linkFor(t, u.ID)
}

// linkFor makes a link for a person who is there.
func (s *steward) linkFor(t *testing.T, id string) string {
	t.Helper()
	_, secret, err := s.app.Accounts.CreateLink(t.Context(), account.Operator(), id, account.Enrol)
	if err != nil {
		t.Fatal(err)
	}
	return "/enrol#" + secret
}
