package app_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime/multipart"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"steward/internal/advisory"
	"steward/internal/api"
	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/cvd"
	"steward/internal/proof"
)

// canary makes a word that cannot be there by chance and says where it was put.
func canary(where string) string { return "canary-" + where + "-x7Qz" }

// mark is what all canaries have in common; it tells nothing of where.
const mark = "-x7Qz"

// TestNoCanaryLeaves fills a case with canaries in every private field and
// looks for them on every public byte, in the log, in errors, in redirects, in
// the data directory and in a backup: before the release, and after it.
func TestNoCanaryLeaves(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, engine)
			s := fill(w)
			s.lookEverywhere("before the release")
			s.atRest()
			s.release()
			s.lookEverywhere("after the release")
			s.atRest()
			page := string(w.nobody().get("/advisories/" + s.advisory + "/").body)
			for _, want := range []string{"Public title of the fault", "Public overview", "Rae Public"} {
				if !strings.Contains(page, want) {
					t.Errorf("the advisory does not say %q: the test would find nothing", want)
				}
			}
		})
	}
}

// secret is a case full of canaries.
type secret struct {
	w                    *world
	lead, hand, releaser *person
	reporter             *person
	case_, ref, advisory string
}

func fill(w *world) *secret {
	s := &secret{w: w, lead: w.person("Dana", acl.Lead), hand: w.person("Hugo", acl.Handler), releaser: w.person("Rosa", acl.ReleaseManager)}
	s.report()
	var page cvd.Page
	s.hand.api("/cases", nil, &page)
	s.case_, s.ref = page.Cases[0].ID, page.Cases[0].Ref
	s.hand.api(s.on("acknowledge"), api.Letter{Body: canary("ack")}, nil)
	s.hand.api(s.on("dispose"), cvd.Decision{Disposition: cvd.Valid, Reason: canary("reason")}, nil)
	s.hand.api(s.on("notes"), api.Body{Body: canary("note")}, nil)
	s.hand.api(s.on("messages"), api.Letter{Body: canary("message")}, nil)
	s.reporter.api("/mailbox/messages", cvd.Reply{Body: canary("reply")}, nil)
	s.proof()
	fixer := w.person("Felix", "")
	s.hand.api(s.on("people"), api.Invite{User: fixer.Name, Role: acl.Fixer}, nil)

	var v cvd.View
	s.hand.api("/cases/"+s.ref, nil, &v)
	s.hand.api(s.on("facts"), api.Facts{Version: v.Version, Fields: cvd.Fields{
		Title: "Public title of the fault", Severity: advisory.Severity{Level: advisory.High}, CWE: []string{"CWE-120"},
		Affected: []advisory.Affected{{Product: "example", Versions: []string{"1.0"}, Ranges: []advisory.Range{{Introduced: "1.0", Fixed: "1.2"}}}},
	}}, nil)
	s.releaser.api(s.on("embargo"), api.Embargo{Event: "propose", Terms: cvd.Terms{Until: w.clock.now().Add(7 * 24 * time.Hour), Zone: "UTC", Reason: canary("embargo")}}, nil)
	s.lead.api(s.on("embargo"), api.Embargo{Event: "accept"}, nil)
	s.hand.api("/cases/"+s.ref, nil, &v)
	s.hand.api(s.on("patch"), api.Patch{Version: v.Version, PatchFields: cvd.PatchFields{
		Branches: []cvd.Branch{{Name: canary("branch"), URL: "ssh://git@" + canary("host") + "/x.git"}},
		Author:   cvd.Person{Name: canary("author")}, Reviewer: cvd.Person{Name: canary("reviewer")}, Tester: cvd.Person{Name: canary("tester")},
	}}, nil)
	for _, e := range []string{"start", "submit", "approve", "test passed", "ready"} {
		s.hand.api(s.on("patch/move"), api.Move{Event: e, Reason: canary("patch-reason")}, nil)
	}
	s.hand.api(s.on("move"), api.Move{Event: "fix ready", Reason: canary("move-reason")}, nil)
	s.draft()
	return s
}

func (s *secret) on(deed string) string { return "/cases/" + s.ref + "/" + deed }

// report sends a report with a file through the API.
func (s *secret) report() {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	err := form.WriteField("report", fmt.Sprintf(`{"product": "example", "versions": "1.0 %s", "summary": "%s", "what": "%s", "reproduce": "%s",
		"impact": "%s", "public_plan": "%s", "reporter": {"name": "%s", "contact": "%s@example.net"}, "credit": {"want": "later", "name": "%s"}}`,
		canary("versions"), canary("summary"), canary("what"), canary("reproduce"), canary("impact"), canary("plan"), canary("name"), canary("contact"), canary("credit")))
	if err != nil {
		s.w.t.Fatal(err)
	}
	part, err := form.CreateFormFile("file", canary("filename")+".txt")
	if err == nil {
		_, err = io.WriteString(part, strings.Repeat(canary("file")+"\n", 5000))
	}
	if err = errors.Join(err, form.Close()); err != nil {
		s.w.t.Fatal(err)
	}
	a := s.w.nobody().do("POST", "/api/v1/reports", &body, map[string]string{"Content-Type": form.FormDataContentType(), "Idempotency-Key": "canary-key-0123456789"})
	if a.code != 201 {
		s.w.t.Fatalf("the report is not taken: %d %s", a.code, a.body)
	}
	var r api.Receipt
	decodeInto(s.w.t, a.body, &r)
	if bytes.Contains([]byte(r.Statement), []byte(mark)) {
		s.w.t.Error("the statement, which may be shown to anyone, tells of the report")
	}
	s.reporter = s.w.holder(r.Phrase)
}

// proof has a program interpreted that came with a letter, and of which
// everything is private.
func (s *secret) proof() {
	w, t, ctx := s.w, s.w.t, s.w.t.Context()
	w.Cases.Prove = func(context.Context, *db.Tx, string, string) error { return nil }
	w.Cases.Interpret = func(context.Context, proof.Request) (proof.Answer, error) {
		at := proof.Place{File: canary("proof-file"), Line: 1, Column: 1}
		return proof.Answer{Interpreter: "x", Programs: []proof.Program{{
			Name: canary("proof-name"), Verdict: proof.Undefined, Output: canary("proof-output"),
			Finding: &proof.Finding{Kind: canary("proof-kind"), CWE: 787, Tier: "A", Text: canary("proof-text"), Expression: canary("proof-expression"), Place: at},
			Lines:   []proof.Line{{File: at.File, Line: 1, Text: canary("proof-line")}},
		}}}, nil
	}
	env, err := w.Cases.NewReply(ctx, s.reporter.Caller)
	if err == nil {
		_, err = env.Attach(ctx, canary("proof-source")+".c", "text/x-c", strings.NewReader(canary("proof-code")))
	}
	if err == nil {
		_, err = w.Cases.Reply(ctx, s.reporter.Caller, cvd.Reply{Body: "with a program", Files: env.Files()})
	}
	if err != nil {
		t.Fatal(err)
	}
	var v cvd.View
	s.hand.api("/cases/"+s.ref, nil, &v)
	message := v.Trials[0].Message
	var asked api.Named
	s.hand.api(s.on("proofs"), cvd.Ask{Message: message, Fixed: []proof.Source{{Name: canary("proof-fixed") + ".c", Data: []byte(canary("proof-fixed-code"))}}}, &asked)
	for _, id := range []string{v.Trials[0].Proofs[0].ID, asked.ID} {
		if err := w.Cases.RunProof(ctx, acl.Myself(), s.case_, id, false); err != nil {
			t.Fatal(err)
		}
	}
	s.hand.api("/cases/"+s.ref, nil, &v)
	if v.Proved == nil {
		t.Fatal("the program proved nothing")
	}
	// A house behind TLS sends a plain request to its own name.
	if a := s.hand.get("/team/cases/" + s.case_ + "/evidence"); a.code != 303 && !bytes.Contains(a.body, []byte(canary("proof-text")[1:])) {
		t.Errorf("the page shows nothing of it: %d", a.code)
	}
}

func (s *secret) draft() {
	var d cvd.DraftView
	s.hand.api(s.on("draft"), nil, &d)
	s.hand.api(s.on("draft"), api.DraftText{Version: d.Version, Text: cvd.Text{
		Overview: "Public overview of the fault.", Impact: "Public impact of the fault.", Remedy: "Upgrade to 1.2.", Workaround: "None is known.",
		References: []advisory.Reference{{Kind: "fix", URL: "https://example.org/fix"}},
		Credits:    []cvd.Helper{{Credit: advisory.Credit{Name: canary("unasked-helper"), Role: "finder"}}},
	}}, nil)
	s.hand.api(s.on("draft/share"), api.Share{}, nil)
	s.reporter.api("/mailbox/credit", cvd.CreditWish{Agree: true, Name: "Rae Public", Comment: canary("credit-comment")}, nil)
	s.hand.api(s.on("draft"), nil, &d)
	s.lead.api(s.on("draft/review"), api.Word{Version: d.Version, OK: true, Comment: canary("review")}, nil)
	s.hand.api(s.on("draft"), nil, &d)
	s.releaser.api(s.on("draft/approve"), api.Word{Version: d.Version, OK: true, Comment: canary("approve")}, nil)
	s.releaser.api(s.on("prenotice"), struct{}{}, nil)
}

func (s *secret) release() {
	s.lead.api(s.on("embargo"), api.Embargo{Event: "exit", Terms: cvd.Terms{Reason: canary("exit")}}, nil)
	var d cvd.DraftView
	s.hand.api(s.on("draft"), nil, &d)
	var a advisory.Advisory
	s.releaser.api(s.on("release"), api.Slot{Version: d.Version, Slot: cvd.Slot{Zone: "UTC", Override: canary("override")}}, &a)
	s.advisory = a.ID
}

// lookEverywhere looks at every public byte, at errors and at the log.
func (s *secret) lookEverywhere(when string) {
	t := s.w.t
	t.Helper()
	clean := func(what string, b []byte) {
		if i := bytes.Index(b, []byte(mark)); i >= 0 {
			t.Errorf("%s: %s holds a canary: …%s", when, what, b[max(0, i-60):i+len(mark)])
		}
	}
	out := filepath.Join(t.TempDir(), "public")
	if err := s.w.Publisher.Export(t.Context(), out); err != nil {
		t.Fatal(err)
	}
	files := 0
	walkFiles(t, out, func(path string, b []byte) {
		files++
		clean(path, b)
		clean("the name of "+path, []byte(path))
	})
	if files < 20 {
		t.Fatalf("only %d public files", files)
	}
	nobody := s.w.nobody()
	for _, path := range []string{
		"/", "/report", "/mailbox", "/mailbox/sign-in", "/team", "/team/sign-in", "/team/cases/" + s.case_, "/team/cases/" + s.case_ + "/notes",
		"/api/v1/", "/api/v1/cases", "/api/v1/cases/" + s.ref, "/api/v1/cases/" + s.case_ + "/draft", "/api/v1/advisories", "/api/v1/users", "/nothing",
	} {
		a := nobody.get(path)
		clean("GET "+path, a.body)
		clean("the header of "+path, fmt.Append(nil, a.head))
	}
	for path, in := range map[string]string{
		"/api/v1/cases/" + s.ref + "/notes": `{"body": "x"}`, "/api/v1/reports": `{"summary": 1}`, "/api/v1/reports/lint": `{"summary": "x", "what": "y"}`,
	} {
		clean("POST "+path, nobody.do("POST", path, strings.NewReader(in), nil).body)
	}
	// Refusals to people who may see the case say nothing of it either.
	for path, in := range map[string]string{
		"/cases/" + s.ref + "/facts": `{"version": 1, "title": "x"}`, "/cases/" + s.ref + "/move": `{"event": "nonsense"}`, "/cases/" + s.ref + "/merge": `{"into": "2026-0999"}`,
	} {
		clean("the refusal of "+path, s.hand.do("POST", "/api/v1"+path, strings.NewReader(in), nil).body)
	}
	for _, path := range []string{"/healthz", "/metrics"} {
		clean("GET "+path, nobody.get(path).body)
	}
	metrics := s.w.scrape()
	if !strings.Contains(metrics, `route="POST /api/v1/reports"`) {
		t.Error("the metrics do not count what was done: nothing was looked at")
	}
	for what, text := range map[string]string{"the metrics": metrics, "the log": string(s.w.log.bytes())} {
		clean(what, []byte(text))
		for _, name := range []string{s.case_, s.ref, s.reporter.Report, s.hand.Name, s.lead.ID, "127.0.0.1"} {
			if strings.Contains(text, name) {
				t.Errorf("%s: %s names %q", when, what, name)
			}
		}
	}
}

// atRest looks for canaries in the data directory and in a backup.
func (s *secret) atRest() {
	t := s.w.t
	t.Helper()
	size := 0
	walkFiles(t, string(s.w.dir), func(path string, b []byte) {
		size += len(b)
		if i := bytes.Index(b, []byte(mark)); i >= 0 {
			t.Errorf("%s holds a canary in clear: %q", path, b[max(0, i-40):i+len(mark)])
		}
	})
	if size < 10_000 {
		t.Fatalf("the data directory has %d bytes: nothing was looked at", size)
	}
	var backup bytes.Buffer
	if _, err := s.w.Backup(t.Context(), &backup); err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(&backup)
	if err != nil {
		t.Fatal(err)
	}
	entries := tar.NewReader(z)
	for n := 0; ; n++ {
		h, err := entries.Next()
		if errors.Is(err, io.EOF) {
			if n < 4 {
				t.Errorf("the backup has %d entries", n)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(entries)
		if err != nil {
			t.Fatal(err)
		}
		if i := bytes.Index(b, []byte(mark)); i >= 0 {
			t.Errorf("the backup's %s holds a canary in clear: %q", h.Name, b[max(0, i-40):i+len(mark)])
		}
	}
}

func walkFiles(t testing.TB, dir string, f func(path string, b []byte)) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return ignoreGone(err)
		}
		b, err := os.ReadFile(path)
		if err == nil {
			f(path, b)
		}
		return ignoreGone(err)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// ignoreGone lets a file vanish between its listing and its reading.
func ignoreGone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
