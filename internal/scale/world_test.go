package scale

import (
	"bytes"
	"fmt"
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

// world is an open Steward that fills up.
type world struct {
	*app.App
	tb     testing.TB
	dir    app.Dir
	clock  *clock
	team   map[acl.Role]acl.Caller
	other  acl.Caller // a second handler, who reviews what the first wrote
	cases  int        // how many there are
	copied int        // of them, copies
	people int
	ids    []string // of the originals
	opened []*original

	mu   sync.Mutex
	find finds
}

// finds are records of each kind that the walk opens.
type finds struct {
	open, busy, closed, released string // ids of cases
	report, file, patch          string // of the busy case
	phrase                       string // of its reporter
	advisory                     string
	member                       string     // of the list
	contact                      acl.Caller // of that member
	fixer                        acl.Caller // invited to every case with an advisory
}

// clock is set by the seeder, and steps at each look so that no two deeds are
// done at the same instant.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(time.Millisecond)
	return c.at
}

// reach sets the clock, which never goes back.
func (c *clock) reach(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if at.After(c.at) {
		c.at = at
	}
}

const products = `
[[product]]
name = "example"
ecosystem = "Go"
package = "example.org/example"
versions = ["1.0", "1.1", "1.2"]
`

// begin is when the first report came.
var begin = time.Now().UTC().AddDate(-3, 0, 0).Truncate(24 * time.Hour)

// newWorld makes a data directory and opens it.
func newWorld(tb testing.TB, engine, listen string) *world {
	tb.Helper()
	w := &world{tb: tb, dir: app.Dir(filepath.Join(tb.TempDir(), "data")), clock: &clock{at: begin}, team: map[acl.Role]acl.Caller{}}
	answers := config.Answers{Team: "The Example team", Email: "security@example.org", Prefix: "EX", BaseURL: "http://localhost:8080", Listen: listen}
	if engine == "postgres" {
		answers.Database = dbtest.EmptyDSN(tb, engine)
	}
	if err := app.Init(w.dir, answers, begin.AddDate(0, 0, -1)); err != nil {
		tb.Fatal(err)
	}
	raw, err := os.ReadFile(w.dir.Settings())
	if err == nil {
		for _, limit := range []string{"reports_per_hour = 20", "phrases_per_hour = 30", "sign_ins_per_hour = 60"} {
			raw = bytes.Replace(raw, []byte(limit), []byte(limit+"000000"), 1)
		}
		err = os.WriteFile(w.dir.Settings(), append(raw, products...), 0o600)
	}
	if err != nil {
		tb.Fatal(err)
	}
	if w.App, err = app.Open(tb.Context(), w.dir, app.Options{Clock: w.clock.now}); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := w.Close(); err != nil {
			tb.Error(err)
		}
	})
	for _, r := range acl.Team {
		w.team[r] = w.person("The "+string(r), r)
	}
	w.other = w.person("The second handler", acl.Handler)
	w.find.fixer = w.person("The fixer", "")
	return w
}

func (w *world) person(name string, r acl.Role) acl.Caller {
	w.tb.Helper()
	u, err := w.Accounts.AddUser(w.tb.Context(), account.Operator(), account.Profile{Name: name, Email: "person@example.org", Role: r})
	if err != nil {
		w.tb.Fatal(err)
	}
	return u.Caller()
}

func numbered(what string, i int) string { return fmt.Sprintf("%s %06d", what, i) }
