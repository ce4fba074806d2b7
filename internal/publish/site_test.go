package publish

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"

	"steward/internal/base/db/dbtest"
	"steward/internal/base/wkd"
	"steward/internal/publish/render"
)

// The policy is published as a page, as SECURITY.md, and in security.txt.
func TestHandling(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.Open(t, "sqlite"))
	w.update(site())
	if w.Tree.Has(render.HandlingPath) || w.Tree.Has(render.SecurityMDPath) {
		t.Error("a site without a policy has a page of it")
	}
	s := site()
	s.Handling, s.SecurityMD = "# How we do it\n\n## Tell us\n\nBy *mail*.\n", "# Security\n\nWrite.\n"
	s.Contacts = []string{"mailto:security@example.org", "https://security.example.org/report", "https://example.org/other"}
	w.update(s)
	w.contains(render.HandlingPath, "<h1>How we do it</h1>", "<em>mail</em>")
	w.contains(render.FrontPath, `href="policy/"`)
	if got := w.read(render.SecurityMDPath); got != s.SecurityMD {
		t.Errorf("SECURITY.md is %q", got)
	}
	for _, c := range []struct{ field, want string }{
		{"Contact", "https://security.example.org/report mailto:security@example.org https://example.org/other"},
		{"Policy", "https://security.example.org/policy/"},
	} {
		if got := strings.Join(w.securityFields()[c.field], " "); got != c.want {
			t.Errorf("%s is %q, want %q", c.field, got, c.want)
		}
	}
	s.PolicyURL, s.ReportURL, s.ContactEmail, s.Contacts = "https://example.org/policy", "", "", []string{"https://example.org/other"}
	w.update(s)
	f := w.securityFields()
	if strings.Join(f["Policy"], " ") != s.PolicyURL || strings.Join(f["Contact"], " ") != "https://example.org/other" {
		t.Errorf("security.txt has %q", f)
	}
}

// Proofs of channels show on the security page alone, and publish once an hour
// at most, however often they change.
func TestChannels(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.Open(t, "sqlite"))
	w.now = noon
	w.release(1)
	w.update(site())
	before := contents(t, w.Publisher)
	s := site()
	changed := 0
	for minute := range 180 {
		proved := w.now
		s.Channels = []render.Channel{{Name: "Web form", Proved: proved}, {Name: "API", Proved: proved.Add(-2 * time.Hour), Failed: minute%2 == 0}}
		sequence := w.Tree.Sequence()
		w.update(s) // a minute later each time
		changed += int(w.Tree.Sequence() - sequence)
	}
	if changed < 2 || changed > 4 {
		t.Errorf("published %d times in three hours", changed)
	}
	after := contents(t, w.Publisher)
	for path := range after {
		if shows := path == render.FrontPath || path == render.SecurityPath; (after[path] != before[path]) != shows {
			t.Errorf("%s: has it changed by a proof? %v", path, !shows)
		}
	}
	w.contains(render.FrontPath, "Web form", ":00 UTC")
}

// The team's key is found by Web Key Directory, and only where the site is that
// of the address's domain and the key has the address.
func TestOwnKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.Open(t, "sqlite"))
	s := site()
	s.KeyAddress = "other@example.org" // the key has another
	w.update(s)
	if w.Tree.Has(wkd.PolicyPath) {
		t.Error("a key without the address is published")
	}
	s.KeyAddress = "security@example.org"
	w.update(s)
	for _, path := range []string{wkd.Path("security"), wkd.AdvancedPath("security", "example.org")} {
		keys, err := openpgp.ReadKeyRing(bytes.NewReader([]byte(w.read(path))))
		if err != nil || len(keys) != 1 || !strings.EqualFold(w.Signer.Fingerprint(), hex.EncodeToString(keys[0].PrimaryKey.Fingerprint)) {
			t.Errorf("%s: %v, %v", path, keys, err)
		}
	}
	for _, path := range []string{wkd.PolicyPath, wkd.AdvancedPolicyPath("example.org")} {
		if w.read(path) != "" {
			t.Errorf("%s is not empty", path)
		}
	}
	sequence := w.Tree.Sequence()
	w.now = w.now.Add(24 * time.Hour)
	s.Policy = "We answer soon."
	w.update(s)
	w.now = w.now.Add(24 * time.Hour)
	w.update(s)
	if got := w.Tree.Sequence(); got != sequence+1 {
		t.Errorf("sequence %d after %d", got, sequence)
	}
	dir := t.TempDir()
	if err := w.Export(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	if r, err := check(t.Context(), dir, "", w.now, nil); err != nil || len(r.Findings) > 0 {
		t.Errorf("checking the export: %+v, %v", r, err)
	}
}
