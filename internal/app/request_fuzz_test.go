package app_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"steward/internal/api"
	"steward/internal/app"
	"steward/internal/base/acl"
	"steward/internal/config"
)

// fuzzHouse is a whole Steward on SQLite, with a case in it.
type fuzzHouse struct {
	handler http.Handler
	log     *record
	dir     app.Dir
	report  string
	phrase  string
	callers []acl.Caller
}

func newFuzzHouse(f *testing.F) *fuzzHouse {
	f.Helper()
	h := &fuzzHouse{dir: app.Dir(filepath.Join(f.TempDir(), "data")), log: &record{}}
	at := time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC)
	clock := &clock{at: at}
	if err := app.Init(h.dir, config.Answers{Team: "The Example team", Email: "security@example.org", Prefix: "EX", BaseURL: "http://localhost"}, at); err != nil {
		f.Fatal(err)
	}
	raw, err := os.ReadFile(h.dir.Settings())
	if err == nil {
		for _, limit := range []string{"reports_per_hour = 20", "phrases_per_hour = 30", "sign_ins_per_hour = 60"} {
			raw = bytes.Replace(raw, []byte(limit), []byte(limit+"000000"), 1)
		}
		err = os.WriteFile(h.dir.Settings(), append(raw, testSettings...), 0o600)
	}
	if err != nil {
		f.Fatal(err)
	}
	a, err := app.Open(f.Context(), h.dir, app.Options{Clock: clock.now, Log: slog.New(slog.NewJSONHandler(h.log, nil))})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() {
		if err := a.Close(); err != nil {
			f.Error(err)
		}
	})
	if h.handler, err = a.Handler(); err != nil {
		f.Fatal(err)
	}
	w := h.ask("POST", "/api/v1/reports", http.Header{"Idempotency-Key": {"fuzz-fuzz-fuzz-fuzz"}, "Content-Type": {"application/json"}},
		`{"summary":"overflow","what":"it crashes in lib/a.c:1","product":"example","reproduce":"run ./poc","reporter":{"name":"Ada"},"credit":{"want":"yes"}}`, 0)
	var receipt api.Receipt
	if err := json.Unmarshal(w.Body.Bytes(), &receipt); err != nil || w.Code != http.StatusCreated {
		f.Fatalf("%d %s: %v", w.Code, w.Body, err)
	}
	h.report, h.phrase = receipt.Report, receipt.Phrase
	h.callers = []acl.Caller{acl.Nobody(), {ID: "u-lead", Name: "Lena", Role: acl.Lead}, acl.HolderOf(h.report)}
	return h
}

// ask makes one request as one of the callers: 0 is anyone, who shows what the
// header holds.
func (h *fuzzHouse) ask(method, path string, header http.Header, body string, as int) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", "http://localhost/", strings.NewReader(body))
	r.Method, r.URL.Path, r.Header = method, path, header
	r.URL.Path, r.URL.RawQuery, _ = strings.Cut(path, "?")
	if as > 0 {
		r = r.WithContext(api.As(r.Context(), h.callers[as]))
	}
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	return w
}

// FuzzRequest: whatever is asked of the whole of Steward, by anyone or by a
// lead, it answers, the failure is never on our side, and no page lacks the
// headers that keep browsers in check.
func FuzzRequest(f *testing.F) {
	h := newFuzzHouse(f)
	const anyone, lead, reporter = 0, 1, 2
	const text, multi = "application/json", "multipart/form-data; boundary=b"
	for _, s := range []struct {
		method, path, kind, auth, body string
		as                             byte
	}{
		{"GET", "/", "", "", "", anyone},
		{"GET", "/report", "", "", "", anyone},
		{"POST", "/report", "application/x-www-form-urlencoded", "", "token=x&summary=a", anyone},
		{"POST", "/mailbox", "application/x-www-form-urlencoded", "", "token=AAAA&phrase=abandon", anyone},
		{"GET", "/team/cases/2026-0001/facts?next=//x", "", "", "", anyone},
		{"GET", "/enrol", "", "", "", anyone},
		{"GET", "/api/v1/mailbox", "", "Phrase " + h.phrase, "", anyone},
		{"GET", "/api/v1/cases", "", "Bearer stw_" + strings.Repeat("a", 52), "", anyone},
		{"POST", "/api/v1/reports", text, "", `{"summary":"s","what":"w","credit":{"want":"later"},"pgp_key":"-----BEGIN PGP PUBLIC KEY BLOCK-----"}`, anyone},
		{"POST", "/api/v1/reports", multi, "", "--b\r\nContent-Disposition: form-data; name=report\r\n\r\n{\"summary\":\"s\",\"what\":\"w\"}\r\n--b\r\nContent-Disposition: form-data; name=f; filename=a\r\n\r\nx\r\n--b--\r\n", anyone},
		{"POST", "/api/v1/reports/lint", text, "", `{"product":"example","versions":"9.9","what":"a.c:1 [[[["}`, anyone},
		{"GET", "/api/v1/cases?state=received&limit=1&after=1.2.3.4", "", "", "", lead},
		{"GET", "/api/v1/cases/2026-0001/timeline", "", "", "", lead},
		{"POST", "/api/v1/cases/2026-0001/facts", text, "", `{"version":1,"title":"t","severity":{"level":"high"},"affected":[{"product":"p","ranges":[{"introduced":"0","fixed":"1"}]}]}`, lead},
		{"POST", "/api/v1/cases/2026-0001/draft", text, "", `{"version":1,"overview":"[a]: b","timeline":[{"at":"9999-12-31T23:59:59-23:59","what":"x"}]}`, lead},
		{"POST", "/api/v1/cases/2026-0001/embargo", text, "", `{"event":"propose","until":"2026-04-01T00:00:00Z","zone":"UTC"}`, lead},
		{"POST", "/api/v1/cases/2026-0001/promise", text, "", `{"nextStatus":"0001-01-01T00:00:00+23:59","reporterPlan":"9999-12-31T23:59:59Z"}`, lead},
		{"POST", "/api/v1/cases/2026-0001/messages", text, "", `{"body":"hello\u0000","nextStatus":"2026-03-04T00:00:00Z"}`, lead},
		{"POST", "/api/v1/cases/2026-0001/notes", text, "", `{"body":"*note*"}`, lead},
		{"POST", "/api/v1/cases/2026-0001/schedule", text, "", `{"version":1,"at":"2026-03-04T00:00:00Z","zone":"UTC"}`, lead},
		{"POST", "/api/v1/users", text, "", `{"name":"\u202eAda","email":"a@b","role":"lead"}`, lead},
		{"GET", "/api/v1/advisories/EX-2026-0001", "", "", "", lead},
		{"POST", "/api/v1/mailbox/messages", text, "", `{"body":"more","plan":"2026-05-01T00:00:00Z"}`, reporter},
		{"POST", "/api/v1/mailbox/credit", text, "", `{"agree":true,"name":"Ada"}`, reporter},
		{"GET", "/api/v1/mailbox/files/../../x", "", "", "", reporter},
		{"PATCH", "/assets/style.css", "", "", "", anyone},
		{"GET", "/advisories/../index/tree.txt", "", "", "", anyone},
	} {
		f.Add(s.method, s.path, s.kind, s.auth, s.body, s.as)
	}
	n := 0
	f.Fuzz(func(t *testing.T, method, path, kind, auth, body string, as byte) {
		n++
		header := http.Header{"Content-Type": {kind}, "Idempotency-Key": {strings.Repeat("k", 12) + time.Unix(int64(n), 0).UTC().Format("20060102150405")}, "Cookie": {"steward-team=" + auth}}
		if auth != "" {
			header.Set("Authorization", auth)
		}
		w := h.ask(method, path, header, body, int(as)%len(h.callers))
		if w.Code >= 500 {
			t.Errorf("%s %q answers %d: %s\n%s", method, path, w.Code, w.Body, h.log.bytes())
		}
		if w.Header().Get("X-Content-Type-Options") != "nosniff" && (w.Code < 300 || w.Code >= 400) {
			t.Errorf("%s %q, %d: the headers are %v", method, path, w.Code, w.Header())
		}
		if strings.Contains(w.Header().Get("Content-Type"), "html") && !strings.HasPrefix(w.Header().Get("Content-Security-Policy"), "default-src 'none'") && w.Code < 300 {
			t.Errorf("%s %q: a page without a policy: %v", method, path, w.Header())
		}
	})
}

// FuzzRestore: a backup is restored whole, or refused, and then no settings
// are left behind; nothing is ever written outside of the new directory.
func FuzzRestore(f *testing.F) {
	h := newFuzzHouse(f)
	a, err := app.Open(f.Context(), h.dir, app.Options{})
	if err != nil {
		f.Fatal(err)
	}
	var good bytes.Buffer
	if _, err := a.Backup(f.Context(), &good); err != nil {
		f.Fatal(err)
	}
	if err := a.Close(); err != nil {
		f.Fatal(err)
	}
	f.Add(good.Bytes())
	f.Add(good.Bytes()[:good.Len()-9])
	for _, entry := range []string{"../../evil", "blobs/../../evil", "steward.toml", "END", "/etc/evil", "keys/master.key"} {
		f.Add(archive(f, entry, "database = \"sqlite\"\n[team]\npolicy = \"../evil\"\n"))
	}
	f.Fuzz(func(t *testing.T, backup []byte) {
		top := t.TempDir()
		dir := app.Dir(filepath.Join(top, "data"))
		err := app.Restore(context.Background(), dir, bytes.NewReader(backup), h.dir.Keys(), "sqlite")
		_, settings := os.Stat(dir.Settings())
		if (err == nil) != (settings == nil) {
			t.Errorf("restored: %v; settings: %v", err, settings)
		}
		list, err := os.ReadDir(top)
		if err != nil || len(list) > 1 {
			t.Errorf("beside the directory lie %v: %v", list, err)
		}
	})
}

// archive is a backup of one entry, with its hash.
func archive(f *testing.F, name, body string) []byte {
	f.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	sum := sha256.Sum256([]byte(body))
	err := w.WriteHeader(&tar.Header{
		Name: name, Size: int64(len(body)), Mode: 0o600, Typeflag: tar.TypeReg, Format: tar.FormatPAX,
		PAXRecords: map[string]string{"STEWARD.sha256": hex.EncodeToString(sum[:])},
	})
	if err == nil {
		_, err = w.Write([]byte(body))
	}
	if err = errors.Join(err, w.Close(), z.Close()); err != nil {
		f.Fatal(err)
	}
	return b.Bytes()
}
