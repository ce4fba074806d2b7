package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"steward/internal/base/errs"
)

func TestTemplateParses(t *testing.T) {
	t.Parallel()
	for _, a := range []Answers{{}, {BaseURL: "https://security.example.org", Team: `The "Quoted" team`, Email: "security@example.org", Prefix: "EX", Database: "postgres://s@localhost/s"}} {
		raw, err := Template(a)
		if err != nil {
			t.Fatal(err)
		}
		c, err := Parse(raw)
		if err != nil {
			t.Fatalf("the template that init writes does not parse: %v\n%s", err, raw)
		}
		if a.Team != "" && c.Team.Name != a.Team {
			t.Errorf("team name: got %q, want %q", c.Team.Name, a.Team)
		}
		if a.Database != c.Database {
			t.Errorf("database: got %q, want %q", c.Database, a.Database)
		}
	}
}

func TestZeroValueWorks(t *testing.T) {
	t.Parallel()
	c, err := Parse(nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.Policy.File != "policy.toml" || c.Advisories.Prefix != "SEC" {
		t.Errorf("defaults are not filled: %+v", c)
	}
}

func TestFaultsNameTheirField(t *testing.T) {
	t.Parallel()
	for field, text := range map[string]string{
		"base_url":               `base_url = "ftp://x"`,
		"advisories.prefix":      "[advisories]\nprefix = \"low\"",
		"advisories.zone":        "[advisories]\nzone = \"Mars/Olympus\"",
		"database":               `database = "mysql://x"`,
		"log":                    `log = "xml"`,
		"metrics_listen":         `metrics_listen = "9464"`,
		"intake.interpret":       "[intake]\ninterpret = \"maybe\"",
		"team.email":             "[team]\nemail = \"a b\"",
		"policy.file":            "[policy]\nfile = \"../policy.toml\"",
		"product[0].name":        "[[product]]\nname = \" \"",
		"product[1].name":        "[[product]]\nname = \"a\"\n[[product]]\nname = \"a\"",
		"not_a_vulnerability[0]": "[[not_a_vulnerability]]\ntitle = \"x\"",
		"basurl":                 `basurl = "typo"`,
		"steward.toml":           `base_url = `,
	} {
		_, err := Parse([]byte(text))
		if errs.KindOf(err) != errs.Invalid || !strings.Contains(err.Error(), field) {
			t.Errorf("%s: got %v, want an error that names %s", text, err, field)
		}
	}
}

func TestLoadWithoutInitSaysHow(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := Load(dir); err == nil || !strings.Contains(err.Error(), "steward init") {
		t.Errorf("got %v, want a way out", err)
	}
	if err := os.WriteFile(filepath.Join(dir, File), []byte(`listen = "127.0.0.1:1"`), 0o600); err != nil {
		t.Fatal(err)
	}
	if c, err := Load(dir); err != nil || c.Listen != "127.0.0.1:1" {
		t.Errorf("got %v, %v", c.Listen, err)
	}
}

// TestCensus: a report is for the team, unless the settings say that it is public.
func TestCensus(t *testing.T) {
	t.Parallel()
	for text, public := range map[string]bool{
		"": false, "[census]\nreport = 'x'": false, "[census]\nreport = 'x'\nfor = 'team'": false, "[census]\nreport = 'x'\nfor = 'public'": true, "[census]\nfor = 'public'": false,
	} {
		c, err := Parse([]byte(text))
		if err != nil || c.Census.Public() != public {
			t.Errorf("%q: %+v, %v", text, c.Census, err)
		}
	}
	if _, err := Parse([]byte("[census]\nreport = 'x'\nfor = 'all'")); !errs.Is(err, errs.Invalid) {
		t.Error(err)
	}
}
