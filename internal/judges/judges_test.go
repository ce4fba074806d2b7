package judges

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/clearsign"
	"github.com/ProtonMail/go-crypto/openpgp/packet"

	csafformat "steward/internal/format/csaf"
	osvformat "steward/internal/format/osv"
)

// The samples of the format packages.
const (
	csafSample = "../format/csaf/testdata/lf-2026-0001.json"
	osvSample  = "../format/osv/testdata/entry.json"
	atomSample = "../format/atom/testdata/feed.xml"
)

// bent writes a copy of a sample with one change under the name.
func bent(t *testing.T, sample, name, old, new string) string {
	t.Helper()
	data, err := os.ReadFile(sample)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(data, []byte(old)) {
		t.Fatalf("%q is not in %s", old, sample)
	}
	return written(t, t.TempDir(), name, bytes.Replace(data, []byte(old), []byte(new), 1))
}

func written(t *testing.T, dir, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// expect checks what a judge found: each of the words, or nothing at all.
func expect(t *testing.T, found []finding, err error, words ...string) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprint(found)
	if len(words) == 0 && len(found) > 0 {
		t.Errorf("found %s", text)
	}
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("%q is not in what was found: %s", w, text)
		}
	}
}

func TestCSAF(t *testing.T) {
	t.Parallel()
	CSAF(t, csafSample, csafSample)
	for _, tc := range []struct {
		name, file, old, new string
		words                []string
	}{
		{"breach of the schema", "lf-2026-0001.json", `"title": "Libfoo:`, `"x_title": "Libfoo:`, []string{"exit 6", "csaf_2_0:"}},
		{"breach of a test", "lf-2026-0001.json", `"version": "2"`, `"version": "1"`, []string{"mandatoryTest_6_1_16"}},
		{"unknown property", "lf-2026-0001.json", `"lang": "en"`, `"lang": "en", "colour": "red"`, []string{"csaf_2_0_strict"}},
		{"wrong file name", "advisory.json", `"lang": "en"`, `"lang": "en"`, []string{"does not match"}},
		{"no JSON", "lf-2026-0001.json", `{`, ``, []string{"SyntaxError"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			found, err := csaf([]string{bent(t, csafSample, tc.file, tc.old, tc.new)})
			expect(t, found, err, tc.words...)
		})
	}
}

// Our table of weaknesses is the one that the mandatory test knows.
func TestWeaknessNames(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(csafSample)
	if err != nil {
		t.Fatal(err)
	}
	document, problems := csafformat.Parse(data)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	document.Document.Category = csafformat.Base
	document.ProductTree, document.Vulnerabilities = nil, nil
	for n := range 2000 {
		id := csafformat.CWEID(fmt.Sprintf("CWE-%d", n))
		if name, ok := csafformat.WeaknessName(id); ok {
			document.Vulnerabilities = append(document.Vulnerabilities, csafformat.Vulnerability{CWE: &csafformat.CWE{ID: id, Name: name}})
		}
	}
	if len(document.Vulnerabilities) < 900 {
		t.Fatalf("%d weaknesses", len(document.Vulnerabilities))
	}
	if data, err = csafformat.Marshal(document); err != nil {
		t.Fatal(err)
	}
	CSAF(t, written(t, t.TempDir(), "lf-2026-0001.json", data))
}

func TestOSV(t *testing.T) {
	t.Parallel()
	OSV(t, osvSample)
	for _, tc := range []struct{ name, old, new, words string }{
		{"prefix not registered", `"id": "x_LF-`, `"id": "LF-`, "/id"},
		{"time in a zone", `:00Z"`, `:00+01:00"`, "pattern"},
		{"never introduced", `"introduced": "1.0.0"`, `"limit": "1.0.0"`, "contain"},
		{"no JSON", `{`, ``, "OSV's schema"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			found, err := osv([]string{bent(t, osvSample, "entry.json", tc.old, tc.new)})
			expect(t, found, err, tc.words)
		})
	}
}

func TestSARIF(t *testing.T) {
	t.Parallel()
	const good = `{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}, "results": []}]}`
	SARIF(t, written(t, t.TempDir(), "good.sarif", []byte(good)))
	for _, tc := range []struct{ name, log, words string }{
		{"no tool", `{"version": "2.1.0", "runs": [{"results": []}]}`, "tool"},
		{"another version", `{"version": "2.0.0", "runs": []}`, "version"},
		{"no JSON", `{`, "SARIF's schema"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			found, err := sarif([]string{written(t, t.TempDir(), "bad.sarif", []byte(tc.log))})
			expect(t, found, err, tc.words)
		})
	}
}

// Our tables of prefixes and ecosystems are those of the schema.
func TestOSVNames(t *testing.T) {
	t.Parallel()
	var files []string
	write := func(id, ecosystem string) string {
		entry := osvformat.Entry{ID: id, Modified: "2026-03-01T14:00:00Z", SchemaVersion: osvformat.SchemaVersion,
			Affected: []osvformat.Affected{{Package: &osvformat.Package{Ecosystem: ecosystem, Name: "foo"}}}}
		data, err := osvformat.Marshal(&entry)
		if err != nil {
			t.Fatal(err)
		}
		return written(t, t.TempDir(), "entry.json", data)
	}
	for _, prefix := range osvformat.Prefixes {
		files = append(files, write(prefix+"-1", "Go"))
	}
	for _, ecosystem := range osvformat.Ecosystems {
		files = append(files, write("x_1", ecosystem+":1"))
	}
	OSV(t, files...)

	// And none of the schema's is missing from ours: its patterns, word by word.
	path, err := cached("osv-schema-1.7.5.json")
	if err != nil {
		t.Fatal(err)
	}
	schema, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	ecosystems := between(t, string(schema), `"pattern": "^(AlmaLinux`, `)(:.+)?$"`)
	if got, want := 1+strings.Count(ecosystems, "|"), len(osvformat.Ecosystems); got != want {
		t.Errorf("the schema has %d ecosystems, we %d", got, want)
	}
	prefixes := between(t, string(schema), `"pattern": "^(x_|(`, `)-)"`)
	if got, want := 1+strings.Count(strings.Replace(prefixes, "SUSE-[SRFO]U", "S|R|F|O", 1), "|"), len(osvformat.Prefixes); got != want {
		t.Errorf("the schema has %d prefixes, we %d", got, want)
	}
}

func between(t *testing.T, text, start, end string) string {
	t.Helper()
	_, rest, ok := strings.Cut(text, start)
	rest, _, found := strings.Cut(rest, end)
	if !ok || !found {
		t.Fatalf("the schema no longer has %q … %q", start, end)
	}
	return rest
}

func TestAtom(t *testing.T) {
	t.Parallel()
	Atom(t, atomSample)
	for _, tc := range []struct{ name, old, new, words string }{
		{"two titles", "<rights>", "<title>a</title><rights>", "fails to validate"},
		{"date", "<updated>2026-03-02T14:00:00Z", "<updated>yesterday", "fails to validate"},
		{"half", "</feed>", "", "parser error"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			found, err := atom([]string{bent(t, atomSample, "feed.xml", tc.old, tc.new)})
			expect(t, found, err, tc.words)
		})
	}
}

// signer is a key made for one test.
type signer struct{ *openpgp.Entity }

var signedAt = time.Date(2026, 3, 1, 14, 0, 0, 0, time.UTC)

func newSigner(t *testing.T, lifetime uint32) signer {
	t.Helper()
	e, err := openpgp.NewEntity("Libfoo security", "", "security@libfoo.example", &packet.Config{
		Algorithm: packet.PubKeyAlgoEdDSA, KeyLifetimeSecs: lifetime,
		Time: func() time.Time { return signedAt.Add(-time.Hour) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return signer{e}
}

// armoured gives keys in one block.
func armoured(t *testing.T, kind string, write func(*bytes.Buffer) error) []byte {
	t.Helper()
	var raw, out bytes.Buffer
	if err := write(&raw); err != nil {
		t.Fatal(err)
	}
	w, err := armor.Encode(&out, kind, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(raw.Bytes()); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func public(t *testing.T, signers ...signer) []byte {
	t.Helper()
	return armoured(t, openpgp.PublicKeyType, func(b *bytes.Buffer) error {
		for _, s := range signers {
			if err := s.Serialize(b); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s signer) detach(t *testing.T, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	at := &packet.Config{Time: func() time.Time { return signedAt }}
	if err := openpgp.ArmoredDetachSign(&b, s.Entity, bytes.NewReader(data), at); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (s signer) clear(t *testing.T, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := clearsign.Encode(&b, s.PrivateKey, &packet.Config{Time: func() time.Time { return signedAt }})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestGPG(t *testing.T) {
	t.Parallel()
	ours, other := newSigner(t, 0), newSigner(t, 0)
	expired := newSigner(t, 7200)
	data := []byte("an advisory\n")
	for _, tc := range []struct {
		name  string
		key   []byte
		files map[string][]byte
		words string // nothing: no fault
	}{
		{"good", public(t, ours), map[string][]byte{
			"a.txt": data, "a.txt.asc": ours.detach(t, data), "sub/b.txt": data, "sub/b.txt.asc": ours.detach(t, data),
			"key.asc": public(t, ours), "clear.asc": ours.clear(t, data),
		}, ""},
		{"another text", public(t, ours), map[string][]byte{"a.txt": []byte("another\n"), "a.txt.asc": ours.detach(t, data)}, "BADSIG"},
		{"another clear text", public(t, ours), map[string][]byte{
			"a.asc": bytes.Replace(ours.clear(t, data), []byte("advisory"), []byte("adversary"), 1),
		}, "BADSIG"},
		{"another key", public(t, ours), map[string][]byte{"a.txt": data, "a.txt.asc": other.detach(t, data)}, "ERRSIG"},
		{"expired key", public(t, expired), map[string][]byte{"a.txt": data, "a.txt.asc": expired.detach(t, data)}, "EXPKEYSIG"},
		{"two signatures", public(t, ours), map[string][]byte{
			"a.txt": data, "a.txt.asc": append(ours.detach(t, data), append([]byte("\n"), ours.detach(t, data)...)...),
		}, "gpg:"},
		{"no signature in it", public(t, ours), map[string][]byte{"a.txt": data, "a.txt.asc": data}, "NODATA"},
		{"nothing signed", public(t, ours), map[string][]byte{"a.txt.asc": ours.detach(t, data)}, "missing"},
		{"no signatures", public(t, ours), map[string][]byte{"a.txt": data, "key.asc": public(t, ours)}, "no signature at all"},
		{"two keys", public(t, ours, other), map[string][]byte{"a.txt": data, "a.txt.asc": ours.detach(t, data)}, "2 keys"},
		{"no key", data, map[string][]byte{"a.txt": data, "a.txt.asc": ours.detach(t, data)}, "0 keys"},
		{"private key", armoured(t, openpgp.PrivateKeyType, func(b *bytes.Buffer) error { return ours.SerializePrivate(b, nil) }),
			map[string][]byte{"a.txt": data, "a.txt.asc": ours.detach(t, data)}, "private key"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.Mkdir(filepath.Join(dir, "sub"), 0o700); err != nil {
				t.Fatal(err)
			}
			for name, data := range tc.files {
				written(t, dir, name, data)
			}
			found, err := gpg(written(t, t.TempDir(), "key", tc.key), dir)
			if tc.words == "" {
				expect(t, found, err)
			} else {
				expect(t, found, err, tc.words)
			}
		})
	}
}

// recorder is a test that is allowed to fail.
type recorder struct {
	testing.TB
	failed bool
}

func (r *recorder) Helper()      {}
func (r *recorder) Error(...any) { r.failed = true }
func (r *recorder) Fatal(...any) { r.failed = true; panic(r) }

// A judge that finds something, has nothing to judge or is missing fails the
// test that called it.
func TestFailures(t *testing.T) {
	t.Parallel()
	for name, call := range map[string]func(testing.TB){
		"found":   func(tb testing.TB) { OSV(tb, atomSample) },
		"nothing": func(tb testing.TB) { Atom(tb) },
		"no file": func(tb testing.TB) { OSV(tb, "testdata/none.json") },
		"missing": func(tb testing.TB) {
			judge(tb, func([]string) ([]finding, error) { _, err := cached("none"); return nil, err }, []string{"a"})
		},
		"no key": func(tb testing.TB) { GPG(tb, "testdata/none", "testdata") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := &recorder{TB: t}
			func() {
				defer func() { recover() }()
				call(r)
			}()
			if !r.failed {
				t.Error("the test did not fail")
			}
		})
	}
	if _, err := cached("none"); err == nil || !strings.Contains(err.Error(), "scripts/install-judges.sh") {
		t.Errorf("error: %v", err)
	}
}
