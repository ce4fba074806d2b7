package web

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"steward/internal/account"
	"steward/internal/base/acl"
	"steward/internal/cvd"
)

var caseLink = regexp.MustCompile(`href="(/team/cases/[a-z2-7]{26})"`)

// openCase sends a report and finds its case in the queue.
func openCase(h *house, b *browser, files ...file) (path, phrase string) {
	h.t.Helper()
	phrase = sendReport(h, h.browser(), fullReport(), files...)
	b.get("/team").expect(200, "What is to be done")
	m := caseLink.FindSubmatch(b.page)
	if m == nil {
		h.t.Fatalf("the queue leads to no case: %s", b.words())
	}
	return string(m[1]), phrase
}

func one(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

// TestCaseToAdvisory leads a report all the way to a public advisory, as
// people would: by the forms of the pages alone.
func TestCaseToAdvisory(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	lead, handler, manager := h.member("Lea", acl.Lead), h.member("Hal", acl.Handler), h.member("Rel", acl.ReleaseManager)
	at, phrase := openCase(h, handler, file{"poc.sh", "echo"})
	handler.get(at).expect(200, "Acknowledge the report.", "What falls due")
	handler.get(at+"/report").expect(200, "quill_header_read copies the name", "poc.sh", "Ada Example")

	handler.get(at+"/decide").submit(at+"/acknowledge", one("body", "Thank you, I am looking at it.", "nextStatus", "2026-03-10")).expect(200, "The reporter has been told")
	handler.get(at+"/decide").submit(at+"/dispose", one("disposition", "invalid")).expect(422)
	handler.submit(at+"/dispose", one("disposition", "valid", "reason", "We see it too.")).expect(200, "Decided.")
	handler.get(at+"/notes").submit(at+"/notes", one("body", "Only **we** know this.")).expect(200, "Only we know this.")
	handler.get(at+"/messages").expect(200, "We see it too.").lacks("Only <strong>we")
	handler.submit(at+"/messages", one("body", "A patch is on its way.", "nextStatus", "2026-03-12"), file{"patch.diff", "--- a"}).expect(200, "on its way to the reporter", "patch.diff")
	h.answer(at, cvd.Reply{Body: "It is fixed for me.", Via: &cvd.Via{From: "ada@example.org", Signed: "0123ABCD", Remarks: "It has a second body."}})
	handler.get(at+"/messages").expect(200, "It is fixed for me.", "By mail from ada@example.org, not encrypted, signed by 0123ABCD. It has a second body.")
	handler.submit(at+"/read", nil).expect(200)

	handler.get(at+"/embargo").submit(at+"/embargo", one("event", "propose", "until", "2026-03-24", "until.time", "15:00", "until.zone", "Mars/Olympus")).expect(422, "not a time zone")
	handler.submit(at+"/embargo", one("event", "propose", "until", "2026-03-24", "until.time", "15:00", "until.zone", "Europe/Stockholm", "reason", "A Tuesday.")).expect(200, "24 March 2026, 14:00 UTC")
	handler.submit(at+"/embargo", one("event", "accept")).expect(200, "Agreed", "in 21 days")

	handler.get(at+"/patch").submit(at+"/patch", one("branches.0.name", "fix-header", "branches.0.url", "git@private:fix", "author", "Hal", "reviewer", "Hal")).expect(422, "Nobody reviews their own patch")
	handler.submit(at+"/patch", one("reviewer", "Lea", "tester", "Someone outside")).expect(200, "Saved.")
	for _, step := range []struct {
		who   *browser
		event string
	}{{handler, "start"}, {handler, "submit"}, {lead, "approve"}, {lead, "test passed"}, {handler, "ready"}} {
		step.who.get(at+"/patch").submit(at+"/patch/move", one("event", step.event)).expect(200, "Saved.")
	}

	handler.get(at+"/facts").submit(at+"/facts", one("do", "score", "severity.cvss4.AV", "N", "severity.cvss4.AC", "L")).expect(422)
	handler.submit(at+"/facts", one("do", "score", "severity.cvss4", "", "severity.cvss31", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "severity.cvss4.AV", "", "severity.cvss4.AC", "")).expect(200, "9.8")
	facts := one("do", "save", "title", "libquill: heap overflow when reading a long header name", "severity.level", "critical", "cwe", "CWE-787, CWE-120", "cve", "CVE-2026-31337",
		"affected.0.product", "libquill", "affected.0.introduced", "8.0.0", "affected.0.fixed", "8.3.7",
		"affected.1.product", "libquill", "affected.1.introduced", "8.4.0", "affected.1.fixed", "8.4.2")
	bad := one("do", "save", "cve", "2026-1")
	handler.submit(at+"/facts", bad).expect(422, "Write a CVE number as")
	handler.submit(at+"/facts", facts).expect(200, "Saved.", "libquill: heap overflow")
	handler.get(at+"/decide").submit(at+"/move", one("event", "fix ready")).expect(200, "Done.")

	handler.get(at+"/draft").submit(at+"/draft", one("do", "preview", "overview", "The parser copies a name into a buffer of 256 bytes.", "impact", "Who sends a request can run code.",
		"remedy", "Upgrade to 8.4.2 or 8.3.7.", "workaround", "Switch the parser off.", "references.0.url", "https://quillfeather.example/fix", "references.0.kind", "fix",
		"timeline.0.at", "2026-03-03", "timeline.0.what", "Reported", "credits.0.name", "Silent Sam", "credits.0.role", "analyst"))
	handler.expect(200, "Not public", "The parser copies a name").lacks("Silent Sam", "git@private")

	reporter := h.browser()
	reporter.get(mailboxPath).submit(mailboxPath, one("phrase", phrase)).expect(200, "A patch is on its way.").lacks("Only <strong>we", "git@private", "Read the draft")
	lead.get(at+"/release").submit(at+"/release/share", nil).expect(200, "The reporter can now see the draft")
	reporter.get("/mailbox").expect(200, "Read the draft", "The parser copies a name", "Embargo", "in 21 days")
	reporter.submit("/mailbox/credit", one("agree", "yes", "name", "Ada Example", "comment", "Looks right.")).expect(200, "You agreed")

	handler.get(at+"/release").submit(at+"/release/review", one("do", "ok")).expect(409, "You were the last to edit")
	lead.get(at+"/release").submit(at+"/release/review", one("do", "ok", "comment", "Clear, and <b>short</b>.")).expect(200, "Your review is recorded.", "Clear, and <b>short</b>.")
	lead.get(at+"/release").submit(at+"/release/approve", one("do", "ok")).expect(409, "You have reviewed this draft")
	manager.get(at+"/release").submit(at+"/release/approve", one("do", "ok")).expect(200, "Your word is recorded.")
	manager.submit(at+"/release/now", nil).expect(422, "Say that you mean it")
	manager.submit(at+"/release/now", one("sure", "yes")).expect(409, "The embargo holds until")
	manager.submit(at+"/release/schedule", one("at", "2026-03-28", "at.time", "10:00", "at.zone", "UTC")).expect(409, "bad day", "Saturday")
	manager.submit(at+"/release/schedule", one("at", "2026-03-24", "at.time", "15:00", "at.zone", "Europe/Stockholm")).expect(200, "The hour is set", "It goes out by itself")
	manager.submit(at+"/release/announce", nil).expect(200, "The announcement is public.").lacks(", with the workaround.")
	manager.submit(at+"/release/announce", one("do", "workaround", "branches", "8.4, 8.3")).expect(200, "The announcement is public.", "(8.4, 8.3)", ", with the workaround.")
	manager.submit(at+"/release/unschedule", nil).expect(200, "The hour is taken back.")
	h.pass(22 * 24 * time.Hour)
	h.release(at, "QF-2026-0001")
}

// answer has the reporter of a case write to the team.
func (h *house) answer(at string, r cvd.Reply) {
	h.t.Helper()
	hand := must(h.accounts.AddUser(h.t.Context(), acl.Myself(), account.Profile{Name: "Ida", Role: acl.Handler}))(h.t)
	v, err := h.cases.View(h.t.Context(), hand.Caller(), at[strings.LastIndexByte(at, '/')+1:])
	if err == nil {
		_, err = h.cases.Reply(h.t.Context(), acl.HolderOf(v.Reports[0].ID), r)
	}
	if err != nil {
		h.t.Fatal(err)
	}
}

// release makes the approved advisory of a case public now, and withdraws it.
func (h *house) release(at, id string) {
	h.t.Helper()
	manager := h.member("Rae", acl.ReleaseManager)
	before := h.published
	manager.get(at+"/release").submit(at+"/release/now", one("sure", "yes")).expect(200, "The advisory is public.", id)
	if h.published == before {
		h.t.Error("the pages were not published")
	}
	manager.get(at).expect(200, "Public")
	h.member("Aud", acl.Auditor).get(at+"/timeline").expect(200, "Release the advisory", "Acknowledge")
	manager.get("/team?state=post-release").expect(200, "libquill: heap overflow")
	h.pass(time.Hour)
	manager.get(at+"/release").submit(at+"/release/withdraw", one("reason", "")).expect(422, "Say why")
	manager.submit(at+"/release/withdraw", one("reason", "It was wrong.")).expect(200, "withdrawn, in public")
}

// TestEditsMeet: of two people who edit at once the second is told, and keeps
// what was typed.
func TestEditsMeet(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	one1, two := h.member("Hal", acl.Handler), h.member("Lea", acl.Lead)
	at, _ := openCase(h, one1)
	one1.get(at + "/facts")
	two.get(at+"/facts").submit(at+"/facts", one("do", "save", "title", "libquill: the first")).expect(200, "Saved.")
	one1.submit(at+"/facts", one("do", "save", "title", "libquill: the second")).expect(409)
	if !strings.Contains(string(one1.page), "libquill: the second") {
		t.Error("what the second person typed is gone")
	}
	one1.submit(at+"/facts", one("do", "more"))
	if n := strings.Count(string(one1.page), "<legend>Row "); n < 2 {
		t.Errorf("more rows gave %d", n)
	}
}

func TestInvitedSeesOneCase(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	handler, fixer := h.member("Hal", acl.Handler), h.member("Fia", "")
	at, _ := openCase(h, handler)
	fixer.get(at).expect(404)
	handler.get(at+"/people").submit(at+"/people", one("name", "", "role", "fixer")).expect(422, "There is no person of that name")
	handler.submit(at+"/people", one("name", "Fia", "role", "fixer")).expect(200, "Invited to this case.", "Fia")
	fixer.get("/team").expect(200, "Cases that you are invited to")
	fixer.get(at).expect(200, "Start the patch.").lacks("/notes", "/messages")
	fixer.get(at+"/report").expect(200, "quill_header_read").lacks("ada@reporter.example", "Ada Example")
	for _, page := range []string{"/facts", "/draft"} {
		fixer.get(at + page).expect(403)
	}
	fixer.get(at+"/patch").submit(at+"/patch/move", one("event", "start")).expect(200, "Saved.")
	fixer.get(at+"/preview").expect(200, "Not public")
	handler.get(at+"/people").submit(at+"/people/remove", nil).expect(200, "no longer sees the case")
	fixer.get(at).expect(404)
}

func TestMergeAndInternal(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	handler := h.member("Hal", acl.Handler)
	first, _ := openCase(h, handler)
	handler.get("/team/new").submit("/team/new", fullReport()).expect(200, "Open the case")
	handler.submit("/team/new", one("do", "send")).expect(200, "The case is open.")
	second := handler.at
	if second == first || !strings.HasPrefix(second, "/team/cases/") {
		t.Fatalf("the new case is at %s", second)
	}
	handler.get(second+"/decide").submit(second+"/merge", one("into", "2026-9999")).expect(422, "There is no case of that number")
	handler.submit(second+"/merge", one("into", "2026-0001", "reason", "The same loop.")).expect(200, "Merged.")
	handler.get(first+"/report").expect(200, "Duplicate 2026-0002")
	handler.get(first+"/decide").submit(first+"/promise", one("next", "2026-13-40")).expect(422, "This is not a day.")
	handler.submit(first+"/promise", one("next", "2026-04-01", "plan", "")).expect(200, "Saved.")
}

func TestPeople(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	lead, handler := h.member("Lea", acl.Lead), h.member("Hal", acl.Handler)
	handler.get("/team/people").expect(200, "Lea").lacks("Add a person")
	lead.get("/team/people").submit("/team/people", one("name", "system", "email", "nonsense")).expect(422, "is a name that Steward uses for itself", "not a mail address")
	lead.submit("/team/people", one("name", "Nia", "email", "nia@quillfeather.example", "role", "auditor")).expect(200, "Saved.", "None yet: they cannot sign in.")
	person := lead.at
	lead.submit(person+"/link", nil).expect(200, "shown this once", "/enrol#")
	link := regexp.MustCompile(`http://localhost(/enrol)#([a-z2-7]+)`).FindStringSubmatch(string(lead.page))
	if link == nil {
		t.Fatalf("there is no link: %s", lead.words())
	}
	nia := h.browser()
	nia.get("/enrol").submit("/enrol", one("code", "http://localhost/enrol#"+link[2])).expect(200, "Welcome, Nia", "Make a passkey")
	nia.submit("/enrol/passkey", one("credential", "{}")).expect(422, "could not be verified")
	h.browser().get("/enrol").submit("/enrol", one("code", "nonsense")).expect(422, "does not work any more")
	lead.get(person).submit(person, one("role", "lead")).expect(200, "Saved.", "Lead in the team")
	lead.submit(person+"/disable", nil).expect(200, "can no longer sign in")
	lead.submit(person+"/enable", nil).expect(200, "can sign in again")
	h.browser().get(signInPath).submit(signInPath, one("credential", "{}")).expect(422, "could not be verified")
}

func TestOwnThings(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.member("Hal", acl.Handler)
	b.get("/team/me").submit("/team/me/token", one("name", "nightly", "days", "0")).expect(422, "1 to 366")
	b.submit("/team/me/token", one("name", "nightly", "days", "30")).expect(200, "shown this once", "stw_")
	b.get("/team/me").expect(200, "nightly").lacks("stw_")
	b.submit("/team/me/remove", nil).expect(200, "Removed.").lacks("nightly")
	b.get("/team/me").submit("/team/me/passkey", one("credential", "{}")).expect(422, "could not be verified")
	b.get("/team").submit("/team/sign-out", nil).expect(200, "You are signed out.")
	b.get("/team").expect(200, "Sign in with a passkey")
}
