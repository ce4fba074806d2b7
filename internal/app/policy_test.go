package app_test

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"steward/internal/app"
	"steward/internal/base/calendar"
	"steward/internal/base/errs"
	"steward/internal/config"
	"steward/internal/policy"
)

// write makes a data directory of settings and, unless it is empty, a policy.
func writeDir(t *testing.T, settings, rules string) (app.Dir, config.Config) {
	t.Helper()
	dir := app.Dir(t.TempDir())
	c, err := config.Parse([]byte(settings))
	if err != nil {
		t.Fatal(err)
	}
	if rules != "" {
		if err := os.WriteFile(dir.Policy(c), []byte(rules), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir, c
}

const (
	severities = `
[severity.low]
track = "public"
fix = "before the release"
[severity.moderate]
track = "public"
fix = "before the release"
[severity.high]
track = "public"
fix = "before the release"
[severity.critical]
track = "public"
fix = "before the release"
`
	team = "base_url = \"https://security.example.org\"\n[team]\nname = \"Example\"\nemail = \"security@example.org\"\n"
	own  = "name = \"Example\"\ncontacts = [\"security@example.org\"]\n"
)

// What the settings and the policy both say they say alike; who contradicts
// themselves is told by which two lines.
func TestPolicyAndSettings(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, settings, rules string
		ack                   calendar.Span // of both
		zone, countries       string
		refused               []string
	}{
		{name: "no file", settings: team, ack: calendar.Span{N: 72, Unit: calendar.Hours}, zone: "UTC"},
		{name: "no file, all in the settings", settings: team + "[intake]\nack_within = \"48h\"\n[advisories]\nzone = \"Europe/Berlin\"\ncountries = [\"DE\"]\n",
			ack: calendar.Span{N: 48, Unit: calendar.Hours}, zone: "Europe/Berlin", countries: "DE"},
		{name: "all in the policy", settings: team, rules: own + "acknowledge = \"3 business days\"\n[calendar]\nzone = \"Europe/Berlin\"\ncountries = [\"DE\", \"SE\"]\n",
			ack: calendar.Span{N: 3, Unit: calendar.BusinessDays}, zone: "Europe/Berlin", countries: "DE SE"},
		{name: "both the same", settings: team + "[intake]\nack_within = \"72h\"\n[advisories]\nzone = \"Europe/Berlin\"\ncountries = [\"SE\", \"DE\"]\n",
			rules: own + "acknowledge = \"3d\"\n[calendar]\nzone = \"Europe/Berlin\"\ncountries = [\"DE\", \"SE\"]\n",
			ack:   calendar.Span{N: 3, Unit: calendar.Days}, zone: "Europe/Berlin", countries: "SE DE"},
		{name: "no promise", settings: team, rules: own, zone: "UTC"},
		{name: "a promise of the settings alone", settings: team + "[intake]\nack_within = \"24h\"\n", rules: own,
			ack: calendar.Span{N: 24, Unit: calendar.Hours}, zone: "UTC"},
		{name: "another promise", settings: team + "[intake]\nack_within = \"48h\"\n", rules: own + "acknowledge = \"72h\"\n",
			refused: []string{`policy.toml: says acknowledge = "72h", and steward.toml says [intake] ack_within = "48h"`}},
		{name: "business days are no hours", settings: team + "[intake]\nack_within = \"72h\"\n", rules: own + "acknowledge = \"3 business days\"\n",
			refused: []string{`acknowledge = "3 business days"`, `ack_within = "72h"`}},
		{name: "another zone and other countries", settings: team + "[advisories]\nzone = \"UTC\"\ncountries = [\"SE\"]\n",
			rules: own + "[calendar]\nzone = \"Europe/Berlin\"\ncountries = [\"DE\"]\n", refused: []string{
				`[calendar] zone = "Europe/Berlin", and steward.toml says [advisories] zone = "UTC"`,
				`[calendar] countries = ["DE"], and steward.toml says [advisories] countries = ["SE"]`}},
		{name: "a fault", settings: team + "[policy]\nfile = \"ours.toml\"\n", rules: own + "acknowledge = \"soon\"\n", refused: []string{"ours.toml"}},
		{name: "a field", settings: team, rules: own + "url = \"http://example.org\"\n", refused: []string{"policy.toml: url"}},
	} {
		if c.rules != "" {
			c.rules += severities
		}
		dir, set := writeDir(t, c.settings, c.rules)
		p, got, err := app.ReadPolicy(dir, set)
		if len(c.refused) > 0 {
			for _, want := range c.refused {
				if errs.KindOf(err) != errs.Invalid || !strings.Contains(err.Error(), want) {
					t.Errorf("%s: %v, want %s", c.name, err, want)
				}
			}
			continue
		}
		if err != nil || p.Acknowledge != c.ack || p.Calendar.Zone != c.zone || got.Advisories.Zone != c.zone ||
			len(got.Advisories.Countries) != len(p.Calendar.Countries) || strings.Join(got.Advisories.Countries, " ") != c.countries {
			t.Errorf("%s: %+v %+v, %+v, %v", c.name, p.Acknowledge, p.Calendar, got.Advisories, err)
		}
		if p.Name != "Example" || p.Contacts[0] != "security@example.org" {
			t.Errorf("%s: %q, %q", c.name, p.Name, p.Contacts)
		}
	}
}

// A new directory has a policy that its settings agree with, whatever preset it
// starts from and however little is known of the team.
func TestInitPolicy(t *testing.T) {
	t.Parallel()
	for _, preset := range append(policy.Presets(), "") {
		for _, a := range []config.Answers{{}, {BaseURL: "http://intranet"}, {BaseURL: "https://security.example.org"}, {Team: `A "team"`, Email: "security@example.org"}} {
			a.Policy = preset
			dir := app.Dir(filepath.Join(t.TempDir(), "data"))
			if err := app.Init(dir, a, time.Now()); err != nil {
				t.Fatalf("%+v: %v", a, err)
			}
			c, err := config.Load(string(dir))
			if err != nil {
				t.Fatal(err)
			}
			if p, _, err := app.ReadPolicy(dir, c); err != nil || p.Name != c.Team.Name || p.Calendar.Zone != "UTC" {
				t.Errorf("%+v: %+v, %v", a, p, err)
			}
		}
	}
	if err := app.Init(app.Dir(filepath.Join(t.TempDir(), "data")), config.Answers{Policy: "none"}, time.Now()); !errs.Is(err, errs.Invalid) {
		t.Errorf("a preset that is not there: %v", err)
	}
}

// The policy is public, and a report is answered by when it says.
func TestPolicyAtWork(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite")
	get := func(path string) string {
		t.Helper()
		res, err := http.Get(w.url + path)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != http.StatusOK {
			t.Errorf("%s: %d, %v", path, res.StatusCode, err)
		}
		return string(body)
	}
	if page := get("/policy/"); !strings.Contains(page, "A person answers within 72 hours.") || !strings.Contains(page, "The Example team") {
		t.Errorf("%s", page)
	}
	if text := get("/SECURITY.md"); !strings.Contains(text, "security@example.org") || !strings.Contains(text, w.Config.BaseURL+"/policy/") {
		t.Errorf("%s", text)
	}
	if text := get("/.well-known/security.txt"); !strings.Contains(text, "\nPolicy: "+w.Config.BaseURL+"/policy/\n") || strings.Count(text, "mailto:") != 1 {
		t.Errorf("%s", text)
	}
	if page := get("/feeds/"); !strings.Contains(page, "example.xml") {
		t.Errorf("%s", page)
	}
	if got := w.Cases.Settings.Policy; got.Name != "The Example team" || got.Acknowledge != w.Policy.Acknowledge {
		t.Errorf("cases go by another policy: %+v", got)
	}
	friday := time.Date(2026, 3, 6, 9, 0, 0, 0, time.UTC)
	w.Policy.Acknowledge = calendar.Span{N: 3, Unit: calendar.BusinessDays}
	if due := w.Desk.AnswerBy(friday); !due.Equal(time.Date(2026, 3, 11, 9, 0, 0, 0, time.UTC)) {
		t.Errorf("an answer is due on %s", due)
	}
}

// A backup carries the policy.
func TestPolicyBackedUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite")
	path := w.dir.Policy(w.Config)
	raw, err := os.ReadFile(path)
	if err == nil {
		raw = append([]byte("# Ours.\n"), raw...)
		err = os.WriteFile(path, raw, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	r := restored(w, backedUp(w), "sqlite")
	if again, err := os.ReadFile(r.Dir.Policy(r.Config)); err != nil || !bytes.Equal(again, raw) {
		t.Errorf("restored: %s, %v", again, err)
	}
}
