package demo

import (
	"bytes"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"steward/internal/judges"
	"steward/internal/publish"
)

// TestReplay plays the whole story and lets programs that we did not write
// judge what it published.
func TestReplay(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "public")
	var said, log bytes.Buffer
	if err := Run(t.Context(), Options{Out: out, Say: &said, Log: &log}); err != nil {
		t.Fatalf("%v\n%s\n%s", err, said.String(), log.String())
	}
	if log.Len() > 0 {
		t.Errorf("the server complained:\n%s", log.String())
	}
	for _, want := range []string{"The signature is good", "No detail", "One second before the hour: nothing is public", "all good"} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("the story does not say %q:\n%s", want, said.String())
		}
	}
	t.Run("judges", func(t *testing.T) {
		judges.GPG(t, filepath.Join(out, "openpgp-public-key.txt"), out)
		judges.CSAF(t, matching(t, out, `white/\d{4}/[^/]*\d\.json$`)...)
		judges.OSV(t, matching(t, out, `^osv/.*\.json$`)...)
		judges.Atom(t, matching(t, out, `\.atom$`)...)
	})
	t.Run("thirteen fields", func(t *testing.T) { thirteenFields(t, out) })
	t.Run("one byte", func(t *testing.T) { oneByte(t, out) })
}

// matching lists the files of a tree whose path matches.
func matching(t *testing.T, dir, pattern string) (files []string) {
	t.Helper()
	re := regexp.MustCompile(pattern)
	for _, path := range all(t, dir) {
		if rel, _ := filepath.Rel(dir, path); re.MatchString(rel) {
			files = append(files, path)
		}
	}
	if len(files) == 0 {
		t.Fatalf("no file matches %s", pattern)
	}
	return files
}

func all(t *testing.T, dir string) (files []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			files = append(files, path)
		}
		return err
	})
	if err != nil || len(files) < 50 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	return files
}

// thirteenFields looks for each field of ISO/IEC 29147 with its content.
func thirteenFields(t *testing.T, out string) {
	fields := map[string]string{
		"identifier": "REPLAY-2023-0001", "title": "SOCKS5 heap buffer overflow", "overview": "during the handshake", "impact": "overwrite heap memory",
		"severity": "high", "references": "https://curl.se/docs/CVE-2023-38545.html", "affected versions": "7.69.0", "remediation": "Upgrade to curl 8.4.0",
		"workaround": "proxy environment variable", "credit": "Jay Satiro", "revision history": "2023-10-11", "contact": "security@curl.example",
		"terms of use": "keep its source", "audience": "packagers and operators",
	}
	forms := slices.Concat(matching(t, out, `advisories/REPLAY-2023-0001/index\.html$`), matching(t, out, `REPLAY-2023-0001\.txt$`), matching(t, out, `replay-2023-0001\.json$`))
	if len(forms) != 3 {
		t.Fatalf("forms: %v", forms)
	}
	for _, path := range forms {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.Join(strings.Fields(string(raw)), " ")
		for name, want := range fields {
			if !strings.Contains(strings.ToLower(text), strings.ToLower(want)) {
				t.Errorf("%s does not hold the %s (%q)", filepath.Base(path), name, want)
			}
		}
	}
}

// oneByte changes one byte of every file of the tree, one file at a time, and
// wants the check to name it.
func oneByte(t *testing.T, out string) {
	for _, path := range all(t, out) {
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		changed := bytes.Clone(whole)
		at := rand.IntN(len(changed))
		changed[at] ^= byte(1 + rand.IntN(255))
		if err := os.WriteFile(path, changed, 0o644); err != nil {
			t.Fatal(err)
		}
		report, err := publish.Check(t.Context(), out, "", nil)
		if err != nil {
			t.Fatal(err)
		}
		rel, err := filepath.Rel(out, path)
		if err != nil {
			t.Fatal(err)
		}
		named := false
		for _, f := range report.Findings {
			named = named || f.Path == rel
		}
		if !named {
			t.Errorf("byte %d of %s was changed and the check does not name it: %v", at, rel, report.Findings)
		}
		if err := os.WriteFile(path, whole, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	report, err := publish.Check(t.Context(), out, "", nil)
	if err != nil || len(report.Findings) > 0 {
		t.Errorf("as it was published: %v %v", err, report.Findings)
	}
}
