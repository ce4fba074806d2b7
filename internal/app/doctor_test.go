package app_test

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"steward/internal/account"
	"steward/internal/advisory"
	"steward/internal/app"
	"steward/internal/base/acl"
	"steward/internal/base/checkup"
	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/base/seal"
	"steward/internal/base/sign"
	"steward/internal/config"
	"steward/internal/intake"
)

// patient is a data directory without a server.
type patient struct {
	t   *testing.T
	dir app.Dir
	now time.Time
}

// newPatient has a team of two, a report that waits, and its pages published.
func newPatient(t *testing.T, engine string) *patient {
	t.Helper()
	p := &patient{t: t, dir: app.Dir(filepath.Join(t.TempDir(), "data")), now: time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC)}
	answers := config.Answers{BaseURL: "https://security.example.org", Listen: "127.0.0.1:1", Team: "The Example team", Email: "security@example.org", Prefix: "EX"}
	if engine == "postgres" {
		answers.Database = dbtest.EmptyDSN(t, engine)
	}
	p.must(app.Init(p.dir, answers, p.now.Add(-time.Hour)))
	p.with(func(a *app.App) {
		for name, role := range map[string]acl.Role{"Dana": acl.Lead, "Hugo": acl.Handler} {
			u, err := a.Accounts.AddUser(t.Context(), account.Operator(), account.Profile{Name: name, Role: role})
			p.must(err)
			_, _, err = a.Accounts.CreateLink(t.Context(), account.Operator(), u.ID, account.Enrol)
			p.must(err)
		}
		_, err := a.Cases.Receive(t.Context(), acl.Nobody(), nil, intake.Submission{
			Token: "doctor-0123456789abcdef", Channel: intake.Web, Summary: "A fault", What: "It breaks.",
			Reporter: intake.Reporter{Anonymous: true}, Credit: intake.Credit{Want: intake.CreditNo},
		}, nil)
		p.must(err)
		p.must(a.Publish(t.Context()))
	})
	return p
}

func (p *patient) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *patient) with(f func(a *app.App)) {
	p.t.Helper()
	a, err := app.Open(p.t.Context(), p.dir, app.Options{Clock: func() time.Time { return p.now }})
	p.must(err)
	f(a)
	p.must(a.Close())
}

// listing is every file, but those that come and go as the records and the
// public pages are opened.
func (p *patient) listing() (list []string) {
	p.t.Helper()
	p.must(filepath.WalkDir(string(p.dir), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !strings.HasPrefix(path, p.dir.Database()+"-") && !strings.HasPrefix(path, p.dir.Public()) {
			list = append(list, path+" "+d.Type().String())
		}
		return err
	}))
	return list
}

func encode(key []byte) string { return base64.StdEncoding.EncodeToString(key) }

// says looks for a line.
func says(lines []checkup.Line, about string, state checkup.State, words string) bool {
	return slices.ContainsFunc(lines, func(l checkup.Line) bool {
		return l.About == about && l.State == state && strings.Contains(l.Saw, words) && (state == checkup.OK) == (l.Do == "")
	})
}

func (p *patient) replace(path string, from, to string) {
	p.t.Helper()
	raw, err := os.ReadFile(path)
	p.must(err)
	if !bytes.Contains(raw, []byte(from)) {
		p.t.Fatalf("%s does not hold %q", path, from)
	}
	p.must(os.WriteFile(path, bytes.ReplaceAll(raw, []byte(from), []byte(to)), 0o600))
}

// TestDoctor: nothing is wrong with a directory as it should be, and each way
// in which it can be broken is told, with what to do.
func TestDoctor(t *testing.T) {
	t.Parallel()
	const ok, look, bad = checkup.OK, checkup.Attention, checkup.Wrong
	tests := []struct {
		name  string
		harm  func(p *patient)
		about string
		state checkup.State
		words string
	}{
		{"nothing", func(*patient) {}, "keys", ok, "for their owner alone"},
		{"nothing", func(*patient) {}, "settings", ok, "https://security.example.org"},
		{"nothing", func(*patient) {}, "database", ok, "SQLite 3."},
		{"nothing", func(*patient) {}, "public pages", ok, "what the records say"},
		{"nothing", func(*patient) {}, "security.txt", ok, "It holds until 26 February 2027"},
		{"nothing", func(*patient) {}, "team", ok, "2 people can handle"},
		{"nothing", func(*patient) {}, "due", ok, "Nothing is overdue"},
		{"nothing", func(*patient) {}, "mail", ok, "security.txt names"},
		{"nothing", func(*patient) {}, "mail", look, "sends no mail"},
		{"no backup", func(*patient) {}, "backups", look, "None was ever made"},
		{"a backup of today", func(p *patient) { p.backup() }, "backups", ok, "The last one is of 3 March 2026"},
		{"a backup of last week", func(p *patient) {
			p.backup()
			p.now = p.now.AddDate(0, 0, 7)
		}, "backups", look, "The last one is of 3 March 2026"},
		{"no server", func(*patient) {}, "server", look, "Nobody answers on 127.0.0.1:1"},

		{"settings that do not parse", func(p *patient) { p.must(os.WriteFile(p.dir.Settings(), []byte("lisen = 1"), 0o600)) }, "settings", bad, "lisen"},
		{"http for everyone", func(p *patient) { p.replace(p.dir.Settings(), "https:", "http:") }, "settings", bad, "can be read on its way"},
		{"metrics for everyone", func(p *patient) {
			p.replace(p.dir.Settings(), "# metrics_listen = \"127.0.0.1:", "metrics_listen = \"0.0.0.0:")
		}, "settings", bad, "Metrics are served"},
		{"no mail address", func(p *patient) { p.replace(p.dir.Settings(), "security@example.org", "") }, "mail", look, "no mail address"},
		{"a key that others read", func(p *patient) { p.must(os.Chmod(p.dir.Master(), 0o644)) }, "keys", bad, "has the mode 0644"},
		{"a folder that others read", func(p *patient) { p.must(os.Chmod(p.dir.Keys(), 0o755)) }, "keys", bad, "has the mode 0755"},
		{"no master key", func(p *patient) { p.must(os.Remove(p.dir.Master())) }, "keys", bad, "master.key is missing"},
		{"a master key cut off", func(p *patient) { p.must(os.Truncate(p.dir.Master(), 30)) }, "keys", bad, "is not a master key"},
		{"another master key", func(p *patient) {
			raw, err := os.ReadFile(p.dir.Master())
			p.must(err)
			head, _, _ := strings.Cut(string(raw), "\n")
			p.must(os.WriteFile(p.dir.Master(), []byte(head+"\n"+encode(seal.NewMaster(rand.Reader))+"\n"), 0o600))
		}, "keys", bad, "does not belong to this database"},
		{"no signing key", func(p *patient) { p.must(os.Remove(p.dir.Signing())) }, "keys", bad, "signing.key is missing"},
		{"another signing key", func(p *patient) {
			s, err := sign.Generate(rand.Reader, "Someone", "", p.now)
			p.must(err)
			raw, err := s.Private()
			p.must(err)
			p.must(os.WriteFile(p.dir.Signing(), raw, 0o600))
		}, "public pages", bad, "signed with another key"},
		{"no database", func(p *patient) { p.must(os.Remove(p.dir.Database())) }, "database", bad, "steward.db is missing"},
		{"a database that is overwritten", func(p *patient) { p.must(os.WriteFile(p.dir.Database(), bytes.Repeat([]byte("x"), 1<<16), 0o600)) }, "database", bad, "cannot be opened"},
		{"a page of the database that is overwritten", func(p *patient) {
			f, err := os.OpenFile(p.dir.Database(), os.O_RDWR, 0)
			p.must(err)
			_, err = f.WriteAt(bytes.Repeat([]byte{0x55}, 2048), 21*4096+512)
			p.must(err)
			p.must(f.Close())
		}, "database", bad, ""}, // it may be found by opening it or by looking through it
		{"pages never published", func(p *patient) { p.must(os.RemoveAll(p.dir.Public())) }, "public pages", look, "Nothing was ever published"},
		{"pages behind the records", func(p *patient) { p.with(p.release) }, "public pages", bad, "1 entry of the public record is not in them"},
		{"time passes without a server", func(p *patient) { p.now = p.now.AddDate(0, 11, 5) }, "security.txt", look, "It expires on 2027-02-26"},
		{"a year passes without a server", func(p *patient) { p.now = p.now.AddDate(1, 0, 0) }, "security.txt", bad, "has expired"},
		{"a report unanswered", func(p *patient) { p.now = p.now.AddDate(0, 0, 4) }, "due", look, "One report was not answered"},
		{"links unused", func(p *patient) { p.now = p.now.AddDate(0, 0, 4) }, "team", bad, "Nobody who leads the team can sign in"},
		{"links unused", func(p *patient) { p.now = p.now.AddDate(0, 0, 4) }, "team", look, "Without a passkey for security.example.org: Dana, Hugo"},
		{"one person left", func(p *patient) {
			p.with(func(a *app.App) {
				u, err := a.Accounts.UserNamed(p.t.Context(), account.Operator(), "Hugo")
				p.must(err)
				_, err = a.Accounts.DisableUser(p.t.Context(), account.Operator(), u.ID)
				p.must(err)
			})
		}, "team", look, "Only one person"},
		{"a clock behind", func(p *patient) { p.now = p.now.Add(-26 * time.Hour) }, "clock", bad, "It is 26h0m0s behind the newest record"},
	}
	for _, tt := range tests {
		t.Run(tt.name+", "+tt.about, func(t *testing.T) {
			t.Parallel()
			p := newPatient(t, "sqlite")
			tt.harm(p)
			before := p.listing()
			lines := app.Doctor(t.Context(), p.dir, p.now)
			if !says(lines, tt.about, tt.state, tt.words) {
				t.Errorf("%s: no line says of %s that it is %s: %q", tt.name, tt.about, tt.state, tt.words)
				for _, l := range lines {
					t.Logf("%+v", l)
				}
			}
			if n := checkup.Count(lines)[bad]; n > 0 && tt.name == "nothing" {
				t.Errorf("%s: %d things are wrong", tt.name, n)
			}
			if after := p.listing(); !slices.Equal(before, after) {
				t.Errorf("%s: the doctor changed the directory: %q, before %q", tt.name, after, before)
			}
		})
	}
}

func (p *patient) backup() {
	p.with(func(a *app.App) {
		_, err := a.Backup(p.t.Context(), io.Discard)
		p.must(err)
	})
}

// release makes an advisory public in the records alone.
func (p *patient) release(a *app.App) {
	p.t.Helper()
	p.must(a.DB.Write(p.t.Context(), func(tx *db.Tx) error {
		_, err := a.Advisories.Release(p.t.Context(), tx, advisory.Advisory{
			ID: "EX-2026-0001", Title: "example: a fault", Overview: "A fault.", Impact: "It breaks.", Remedy: "Upgrade to 1.2.",
			Severity: advisory.Severity{Level: advisory.Low}, CWE: []string{"CWE-120"},
			Affected:   []advisory.Affected{{Product: "example", Ranges: []advisory.Range{{Introduced: "1.0", Fixed: "1.2"}}}},
			References: []advisory.Reference{{Kind: "fix", URL: "https://example.org/fix"}},
			Publisher: advisory.Publisher{Name: "The Example team", Namespace: "https://security.example.org", Contact: "security@example.org",
				Terms: "Share freely.", Audience: "All users."},
		}, "First release.", p.now)
		return err
	}))
}

// TestDoctorOnPostgres: the other engine, and a running server.
func TestDoctorOnPostgres(t *testing.T) {
	t.Parallel()
	p := newPatient(t, "postgres")
	lines := app.Doctor(t.Context(), p.dir, p.now)
	if n := checkup.Count(lines)[checkup.Wrong]; n > 0 || !says(lines, "database", checkup.OK, "PostgreSQL ") {
		t.Errorf("%+v", lines)
	}
	if !slices.ContainsFunc(lines, func(l checkup.Line) bool {
		return strings.Contains(l.Saw, "checks every page") || strings.Contains(l.Saw, "no checksums")
	}) {
		t.Error("nothing is said of the checksums of the pages")
	}
}

// TestDoctorBesideServer: the server may run meanwhile, and its own view is told.
func TestDoctorBesideServer(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite")
	raw, err := os.ReadFile(w.dir.Settings())
	if err == nil {
		raw = bytes.Replace(raw, []byte(`listen = "127.0.0.1:8080"`), []byte(`listen = "`+strings.TrimPrefix(w.url, "http://")+`"`), 1)
		err = os.WriteFile(w.dir.Settings(), raw, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	if lines := app.Doctor(t.Context(), w.dir, w.clock.now()); !says(lines, "server", checkup.OK, "does its work") {
		t.Errorf("%+v", lines)
	}
	if a := w.nobody().get("/healthz"); a.code != 200 {
		t.Errorf("after it the server is not healthy: %s", a.body)
	}
}
