package publish

import (
	"strings"
	"testing"
	"time"

	"steward/internal/base/db/dbtest"
	"steward/internal/base/sign"
)

// securityFields reads the published security.txt.
func (w *world) securityFields() map[string][]string {
	w.Helper()
	plain, err := sign.VerifyClearsigned(w.Signer.PublicKey(), []byte(w.read(securityPath)))
	if err != nil {
		w.Fatal(err)
	}
	fields := map[string][]string{}
	for line := range strings.Lines(string(plain)) {
		name, value, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok {
			w.Errorf("%q is not a field", line)
		}
		fields[name] = append(fields[name], value)
	}
	return fields
}

func TestSecurityTxt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.Open(t, "sqlite"))
	w.update(site())
	for name, want := range map[string]string{
		"Contact":             "https://security.example.org/report mailto:security@example.org",
		"Encryption":          "https://security.example.org/openpgp-public-key.txt",
		"Preferred-Languages": "en, sv",
		"Canonical":           "https://security.example.org/.well-known/security.txt",
		"Policy":              "https://security.example.org/",
		"CSAF":                "https://security.example.org/.well-known/csaf/provider-metadata.json",
		"Expires":             w.now.Add(securityLife).Format(time.RFC3339),
	} {
		if got := strings.Join(w.securityFields()[name], " "); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if securityLife >= 365*24*time.Hour {
		t.Error("RFC 9116 wants less than a year")
	}

	first := w.read(securityPath)
	for _, step := range []struct {
		wait    time.Duration
		renewed bool
	}{
		{100 * 24 * time.Hour, false},
		{79 * 24 * time.Hour, false},
		{2 * 24 * time.Hour, true}, // half is over
		{24 * time.Hour, false},
		{500 * 24 * time.Hour, true}, // it had expired
	} {
		w.now = w.now.Add(step.wait)
		w.update(site())
		if got := w.read(securityPath) != first; got != step.renewed {
			t.Errorf("after another %s: renewed is %v", step.wait, got)
		}
		first = w.read(securityPath)
	}

	s := site()
	s.ContactEmail, s.ReportURL = "", "/form"
	w.update(s)
	if got := strings.Join(w.securityFields()["Contact"], " "); got != "https://security.example.org/form" {
		t.Errorf("after a change of settings: Contact is %q", got)
	}
	s.ReportURL = ""
	w.update(s)
	if got := strings.Join(w.securityFields()["Contact"], " "); got != "https://security.example.org/" {
		t.Errorf("without any way to report: Contact is %q", got)
	}
}
