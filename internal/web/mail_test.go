package web

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/jobs"
	"steward/internal/mail"
)

// arrives lets a mail come in and be looked at.
func (h *house) arrives(from, subject, body string, headers ...string) {
	h.t.Helper()
	raw := fmt.Sprintf("From: %s\r\nTo: security@quillfeather.example\r\nSubject: %s\r\nDate: %s\r\nMessage-ID: <%d@stranger.example>\r\n%s\r\n%s\r\n",
		from, subject, h.clock().Format(time.RFC1123Z), h.clock().UnixNano(), strings.Join(append(headers, ""), "\r\n"), body)
	h.pass(time.Second)
	env := mail.Envelope{By: "smtp", Sender: "bounce@stranger.example", To: []string{"security@quillfeather.example"}, Delivery: "SPF pass (stranger.example)"}
	if err := h.mail.Keep(h.t.Context(), env, []byte(raw)); err != nil {
		h.t.Fatal(err)
	}
	h.work()
}

var mailLink = regexp.MustCompile(`href="(/team/mail/[a-z2-7]{26})"`)

// oneMail gives the address of the first mail of a page.
func (b *browser) oneMail() string {
	b.h.t.Helper()
	m := mailLink.FindSubmatch(b.page)
	if m == nil {
		b.h.t.Fatalf("%s shows no mail: %s", b.at, b.words())
	}
	return string(m[1])
}

// TestMailIsJudgedByAPerson: what is held back shows in the navigation, is
// shown as text alone, and goes the way that a person says.
func TestMailIsJudgedByAPerson(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	hal := h.member("Hal", acl.Handler)
	hal.get("/team/mail").expect(200, "Nothing is held back").lacks(`class="badge"`)
	h.arrives("Auto <auto@stranger.example>", "Out of office", "I am away. <script>alert(1)</script> \x1b[31m \u202egnp.exe", "Auto-Submitted: auto-replied")
	h.arrives("Mallory <m@stranger.example>", "A report by mail", "The parser crashes on a long name.")
	h.arrives("Empty <e@stranger.example>", "", "")

	hal.get("/team/mail?state=set+aside").expect(200, "Out of office", "auto@stranger.example")
	one := hal.oneMail()
	hal.get(one).expect(200, "Out of office", "SPF pass", "bounce@stranger.example", "<script>alert(1)</script>", "Take it in").lacks("<script>alert", "\x1b", "\u202e")
	if hal.get(one + "/eml"); hal.code != 200 || !bytes.Contains(hal.page, []byte("\x1b[31m")) {
		t.Errorf("the file: %d %q", hal.code, hal.page)
	}
	hal.get(one).submit(one+"/discard", nil).expect(200, "Discarded.")
	hal.get("/team/mail?state=discarded").expect(200, "Out of office", "by Hal")
	hal.get(one).submit(one+"/release", nil).expect(200, "on its way")
	h.work()
	hal.get("/team/mail?state=filed").expect(200, "A report by mail", "The case")

	held := h.held(hal)
	hal.get("/team").expect(200)
	if !bytes.Contains(hal.page, []byte(`<span class="badge">1</span>`)) {
		t.Error("the navigation does not say that a mail is held back")
	}
	stale := *hal
	stale.get(held)
	hal.get(held).submit(held+"/release", nil).expect(200, "on its way")
	stale.submit(held+"/release", nil).expect(409, "not possible now")
	for _, who := range []*browser{h.member("Aud", acl.Auditor), h.member("Ivo", "")} {
		for _, path := range []string{"/team/mail", held, held + "/eml", "/team/mail/out"} {
			who.get(path).expect(404)
		}
	}
	hal.get("/team/mail/" + strings.Repeat("a", 26)).expect(404)
}

// held is a mail that waits for a person.
func (h *house) held(b *browser) string {
	h.t.Helper()
	b.get("/team/mail").expect(200)
	if !mailLink.Match(b.page) {
		h.t.Fatalf("nothing is held back: %s", b.words())
	}
	return b.oneMail()
}

func TestLettersAndTheirFate(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	hal := h.member("Hal", acl.Handler)
	at, _ := openCase(h, hal)
	hal.get(at + "/messages").lacks("What left the house by mail")
	hal.submit(at+"/messages", one("body", "Thank you.")).expect(200, "On its way")
	h.work()
	hal.get(at+"/messages").expect(200, "To the reporter: a message of the team", "Sent")
	h.refuse = jobs.Permanent("permanent at RCPT TO: 550 5.1.1", errors.New("no such user"))
	hal.submit(at+"/messages", one("body", "We look at it.")).expect(200, "On its way")
	h.work()
	hal.get(at+"/messages").expect(200, "Failed", "550 5.1.1", "Try again")
	hal.get("/team/mail/out").expect(200, "To the reporter: a message of the team", "Failed", "Case 2026-0001")
	coordinator := h.member("Cora", "")
	hal.get(at+"/people").submit(at+"/people", one("name", "Cora", "role", "coordinator")).expect(200, "Invited")
	coordinator.get(at+"/messages").expect(200, "Failed").lacks("Try again")

	h.refuse = nil
	retry := regexp.MustCompile(`/team/mail/out/[a-z2-7]+/retry`).Find(hal.get("/team/mail/out").page)
	ofCase := regexp.MustCompile(regexp.QuoteMeta(at) + `/deliveries/[a-z2-7]+/retry`).Find(hal.get(at + "/messages").page)
	coordinator.http.PostForm(h.server.URL+string(ofCase), url.Values{})
	hal.submit(string(ofCase), nil).expect(200, "The letter is tried again.")
	h.work()
	hal.get(at + "/messages").lacks("Try again")
	hal.get("/team/mail/out").expect(200, "Every letter went out")
	hal.get(at+"/timeline").expect(200, "tried again")
	again := *hal
	again.get("/team")
	form := one("token", string(regexp.MustCompile(`name="token" value="([^"]+)"`).FindSubmatch(again.page)[1]))
	again.take(again.http.PostForm(h.server.URL+string(retry), form)).expect(409, "not possible now")
	n := len(h.letters)
	if n != 2 || h.letters[n-1].to != "ada@reporter.example" {
		t.Errorf("%d letters", n)
	}
}
