package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"steward/internal/base/acl"
)

// fullReport is what a good reporter types.
func fullReport() url.Values {
	return url.Values{
		"summary": {"heap overflow when reading a long header name"}, "product": {"libquill"}, "versions": {"8.0 to 8.4.1"},
		"what":      {"quill_header_read copies the name before it checks its length.\r\nSee the second loop."},
		"reproduce": {"Send a header with a name of 300 bytes:\n\n    curl -H \"$(printf 'a%.0s' {1..300}): x\" http://127.0.0.1:8080/"},
		"impact":    {"Who can send a request can run code in the server."}, "reporter.name": {"Ada Example"}, "reporter.contact": {"ada@reporter.example"},
		"credit.want": {"later"}, "public_plan": {"In 90 days."}, "do": {"check"},
	}
}

var phraseIn = regexp.MustCompile(`<p class="phrase">([a-z ]+)</p>`)

// sendReport sends a report as anyone would and gives the case phrase.
func sendReport(h *house, b *browser, report url.Values, files ...file) string {
	h.t.Helper()
	b.get("/report").expect(200, "Report a vulnerability").submit("/report", report)
	b.expect(200, "Files, and off it goes")
	b.submit("/report", url.Values{"do": {"send"}}, files...).expect(200, "Thank you. Your report is with us.", "BEGIN PGP SIGNED MESSAGE", "Answer by")
	m := phraseIn.FindSubmatch(b.page)
	if m == nil || len(strings.Fields(string(m[1]))) != 12 {
		h.t.Fatalf("the receipt shows no phrase of twelve words: %s", b.words())
	}
	return string(m[1])
}

func TestReporter(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.browser()
	phrase := sendReport(h, b, fullReport(), file{"poc.sh", "#!/bin/sh\necho crash\n"})
	b.lacks("ada@reporter.example")

	b.get("/mailbox").expect(200, "Follow your report")
	if b.at != mailboxPath {
		t.Fatalf("a mailbox without a session led to %s", b.at)
	}
	b.submit(mailboxPath, url.Values{"phrase": {"abandon abandon"}}).expect(422, "twelve")
	b.lacks("abandon abandon")
	b.submit(mailboxPath, url.Values{"phrase": {"  " + strings.ToUpper(phrase)}}).expect(200, "We have your report", "poc.sh", "A person on the team answers you")

	b.submit("/mailbox/reply", url.Values{"body": {"One more thing: <b>it</b> also leaks."}, "plan": {"2026-06-01"}}, file{"trace.txt", "trace"})
	b.expect(200, "Your message is with the team.", "One more thing: <b>it</b> also leaks.", "trace.txt", "1 June 2026")
	b.submit("/mailbox/reply", url.Values{"body": {""}}).expect(422)
	b.submit("/mailbox/reply", url.Values{"body": {"x"}, "plan": {"tomorrow"}}).expect(422, "This is not a day.")
	b.submit("/mailbox/credit", url.Values{"name": {"Ada"}}).expect(422, "Say whether you wish to be named.")
	b.submit("/mailbox/credit", url.Values{"agree": {"yes"}, "name": {""}}).expect(422, "Name is missing")
	b.submit("/mailbox/credit", url.Values{"agree": {"yes"}, "name": {"Ada Example"}}).expect(200, "You agreed to be named as Ada Example")

	name := regexp.MustCompile(`/mailbox/files/[a-z2-7]+`).Find(b.page)
	if b.get(string(name)); b.code != 200 || string(b.page) != "#!/bin/sh\necho crash\n" && string(b.page) != "trace" {
		t.Errorf("the file came back as %d %q", b.code, b.page)
	}
	b.get("/mailbox").submit("/mailbox/sign-out", nil).expect(200, "You are signed out.")
	b.get("/mailbox").expect(200, "Follow your report")
	if strings.Contains(h.log.String(), strings.Fields(phrase)[0]+" "+strings.Fields(phrase)[1]) || strings.Contains(h.log.String(), "Ada") {
		t.Errorf("the log holds what is private: %s", h.log.String())
	}
}

func TestReportIsShownAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.browser()
	report := fullReport()
	report.Set("what", "")
	b.get("/report").submit("/report", report).expect(422, "The description is missing.")
	b.lacks("Files, and off it goes")
	report = fullReport()
	report.Set("reproduce", "")
	report.Set("impact", "")
	b.submit("/report", report).expect(200, "What would make this report easier to handle", "Send it as it is")
	if !strings.Contains(string(b.page), "quill_header_read copies the name") {
		t.Error("what was typed is gone")
	}
	b.submit("/report", url.Values{"do": {"send"}}, file{"big", strings.Repeat("x", 1<<20+1)}).expect(422, "The files were not kept")
	b.submit("/report", url.Values{"do": {"check"}}).expect(200)
	b.submit("/report", url.Values{"do": {"send"}, "pgp_key": {"not a key"}}, file{"small", "x"}).expect(422, "This is not an OpenPGP public key", "The files were not kept")
	b.submit("/report", url.Values{"do": {"send"}, "pgp_key": {""}}).expect(200, "Thank you")
}

// TestReportTwice: a form that is sent twice is one report with one phrase.
func TestReportTwice(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.browser()
	b.get("/report").submit("/report", fullReport())
	form := *b
	first := form.submit("/report", url.Values{"do": {"send"}}).expect(200, "Thank you")
	one := phraseIn.FindString(string(first.page))
	again := *b
	second := again.submit("/report", url.Values{"do": {"send"}}).expect(200, "Thank you")
	if two := phraseIn.FindString(string(second.page)); one != two {
		t.Error("the same form gave two phrases")
	}
	other := *b
	other.submit("/report", url.Values{"do": {"send"}, "what": {"something else"}}).expect(409, "already sent")
}

func TestForgedForms(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.browser()
	phrase := sendReport(h, b, fullReport())
	b.get(mailboxPath).submit(mailboxPath, url.Values{"phrase": {phrase}, "token": {"forged"}}).expect(409, "too old")
	b.get(mailboxPath)
	old := *b
	h.pass(3 * 24 * time.Hour)
	old.submit(mailboxPath, url.Values{"phrase": {phrase}}).expect(409, "too old")
	b.get(mailboxPath).submit(mailboxPath, url.Values{"phrase": {phrase}}).expect(200)
	b.submit("/mailbox/credit", url.Values{"agree": {"no"}, "token": {"forged"}}).expect(409)
	b.get("/mailbox").submit("/mailbox/reply", url.Values{"body": {"x"}, "token": {"forged"}}, file{"a", "b"}).expect(409)
}

func TestDoors(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	nobody := h.browser()
	nobody.get("/team").expect(200, "Sign in with a passkey")
	nobody.get("/team/cases/aaaa").expect(200, "Sign in with a passkey")
	nobody.get("/nowhere").expect(404, "There is nothing here")
	reporter := h.browser()
	reporter.get(mailboxPath).submit(mailboxPath, url.Values{"phrase": {sendReport(h, h.browser(), fullReport())}}).expect(200)
	reporter.get("/team").expect(200, "Sign in with a passkey")
	// The secret of one door in the cookie of the other.
	home := must(url.Parse(h.server.URL))(t)
	for _, c := range reporter.http.Jar.Cookies(home) {
		if c.Name == mailboxCookie {
			reporter.http.Jar.SetCookies(home, []*http.Cookie{{Name: teamCookie, Value: c.Value}})
		}
	}
	reporter.get("/team").expect(200, "Sign in with a passkey")
	reporter.get("/team/me").expect(200, "Sign in with a passkey")
	invited := h.member("Ivo", "")
	invited.get("/team").expect(200, "Nobody has invited you to a case.")
	for _, path := range []string{"/team/people", "/team/audit", "/team/cases/aaaaaaaaaaaaaaaaaaaaaaaaaa"} {
		invited.get(path).expect(404, "There is nothing here")
	}
	invited.get("/team/me").expect(200, "This browser")
	auditor := h.member("Aud", acl.Auditor)
	auditor.get("/team/audit").expect(200, "Sign in").submit("/team/audit", nil).expect(200, "The record is whole")
	auditor.get("/mailbox").expect(200, "Follow your report")
}

// TestLooks keeps pages for looking at: a report form with findings.
func TestReportForm(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.browser()
	report := fullReport()
	report.Set("reproduce", "")
	b.get("/report").expect(200, "What is not a vulnerability here", "I wish to stay anonymous").submit("/report", report).expect(200, "Send it as it is")
}

// TestOtherSites: a form that another site sends is refused, whatever it holds.
func TestOtherSites(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.browser()
	b.get(mailboxPath)
	form := b.form(mailboxPath).Fields
	form.Set("phrase", "x")
	for _, c := range []struct {
		header, value string
		code          int
	}{
		{"Sec-Fetch-Site", "cross-site", 403}, {"Sec-Fetch-Site", "same-site", 403}, {"Origin", "https://evil.example", 403},
		{"Sec-Fetch-Site", "same-origin", 422}, {"Origin", "null", 422}, {"Origin", h.server.URL, 422},
	} {
		req := must(http.NewRequest("POST", h.server.URL+mailboxPath, strings.NewReader(form.Encode())))(t)
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set(c.header, c.value)
		if b.take(b.http.Do(req)); b.code != c.code {
			t.Errorf("%s: %s was answered %d, want %d", c.header, c.value, b.code, c.code)
		}
	}
}

func TestTooOften(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.browser()
	b.get(mailboxPath)
	for range 20 {
		b.submit(mailboxPath, url.Values{"phrase": {"x"}}).expect(422)
	}
	b.submit(mailboxPath, url.Values{"phrase": {"x"}}).expect(429, "Please wait a little")
	b.get("/report")
	for range 50 {
		b.submit("/report", fullReport())
	}
	b.submit("/report", fullReport()).expect(429, "That was too often", "quill_header_read copies")
	b.submit("/report", url.Values{"do": {"send"}}).expect(429, "quill_header_read copies")
	h.pass(time.Hour)
	b.submit("/report", url.Values{"do": {"check"}}).expect(200).submit("/report", url.Values{"do": {"send"}}, file{"a", "b"}).expect(200, "Thank you")
}
