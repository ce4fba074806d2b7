package e2e

import (
	"fmt"
	"strings"

	"steward/internal/base/acl"
)

// join lets a person in by the link that enrols their passkey, out again, and
// in by the passkey.
func (w *walk) join(who string, role acl.Role, judge bool) *tab {
	w.t.Helper()
	return w.joinBy(w.link(w.t, who, role), who, judge)
}

// joinBy is join by a link that there is.
func (w *walk) joinBy(link, who string, judge bool) *tab {
	w.t.Helper()
	b := openTab(w.t, w.steward, w.screen, who).device()
	b.open(link)
	b.waitFor("Welcome, " + who) // a script takes the code from the address to the next page
	if strings.Contains(ask[string](b, "location.href"), "#") {
		b.fatalf("the code of the link stays in the address")
	}
	if judge {
		b.judge("enrol")
	}
	b.press("main", "Make a passkey")
	b.sees("Your passkey is kept")
	b.press("header.top", "Sign out")
	b.sees("You are signed out")
	if judge {
		b.judge("sign in")
	}
	b.signIn = func() { b.press("main", "Sign in with a passkey") }
	b.signIn()
	if b.path() != "/team" {
		b.fatalf("the passkey does not lead to the queue")
	}
	return b
}

// people brings the team together; the lead manages people, passkeys, tokens.
func (w *walk) people() {
	b := openTab(w.t, w.steward, w.screen, "a stranger")
	b.open("/team")
	if b.path() != "/team/sign-in" {
		b.fatalf("the queue is open to strangers")
	}
	w.anyone.open("/team/sign-in")
	w.anyone.sees("Passkeys need JavaScript") // and theirs is off
	w.anyone.judge("sign in, without JavaScript")
	b.open("/enrol")
	b.judge("open a link")
	b.fill("main form", "code", "no-such-code-was-ever-made-here")
	b.refused("main form", "Go on", 422)
	b.judge("open a link, refused")

	w.lead = w.join(lead, acl.Lead, true)
	w.handler = w.join(handler, acl.Handler, false)
	w.releaser = w.join(releaser, acl.ReleaseManager, false)
	w.fixer = w.join(fixer, "", false)
	w.fixer.sees("Nobody has invited you")
	w.fixer.judge("queue, of someone who is not invited")

	b = w.lead
	b.follow("header.top", "People")
	b.sees(handler, releaser, fixer)
	b.judge("people")
	b.fill("main form", "name", distributor, "email", "dilara@packages.example")
	b.press("main form", "Add")
	b.sees(distributor, "None yet: they cannot sign in")
	b.judge("person")
	b.press("main", "Make a link to enrol a passkey")
	b.sees("The link, shown this once", w.base+"/enrol#")
	b.judge("person, with a new link")
	b.follow("header.top", lead)
	b.sees("This browser")
	b.judge("own account")
	add := `form[action="/team/me/passkey"]`
	b.click(b.find(add, "button", "Add a passkey", ""))
	b.waitFor("already holds a passkey")
	b.device().press(add, "Add a passkey")
	b.sees("The passkey is kept")
	b.judge("own account, two passkeys")
}

// triage takes the report up: acknowledged, talked about, decided.
func (w *walk) triage() {
	b := w.handler
	w.moreReports()
	b.open("/team")
	b.judge("queue, new reports")
	b.follow("main", title)
	w.caseID = b.path()
	b.sees("What comes next", "new")
	b.judge("case, new")
	b.follow("main", "Report")
	b.sees("offset near 2^64", "poc.py", reporter)
	b.judge("case, report")
	w.original(b)
	w.evidence(b)
	b.follow("main", "Case")
	b.follow("main", "Acknowledge or decide")
	b.judge("case, decide")
	b.fill(w.form("acknowledge"), "body", "Thank you, Ines. I have read your report and am building with AddressSanitizer now. — Hugo", "nextStatus", "2026-03-03")
	b.press(w.form("acknowledge"), "Acknowledge")
	b.sees("The reporter has been told")
	b.judge("case, acknowledged")

	b.open(w.caseID + "/notes")
	b.fill(w.form("notes"), "body", "Seen on main and on **2.1.0**; 2.0.0 has no sparse entries. This is "+canary+".")
	b.press(w.form("notes"), "Keep the note")
	b.sees(canary)
	b.judge("case, notes")

	w.clock.set(verified)
	b.open(w.caseID + "/messages")
	b.fill(w.form("messages"), "body", "I can see it happen, on 2.1.0 as well. We are working on the fix. Which system did you run it on?",
		"nextStatus", "2026-03-06")
	b.press(w.form("messages"), "Send to the reporter")
	b.sees("on its way to the reporter")
	b.judge("case, messages")

	b.open(w.caseID + "/decide")
	b.fill(w.form("dispose"), "disposition", "invalid")
	b.refused(w.form("dispose"), "Decide and tell the reporter", 422)
	b.sees("Say why")
	b.judge("case, decide, refused")
	b.fill(w.form("dispose"), "disposition", "valid", "reason", "This is a vulnerability. The fix and an advisory will come out together.")
	b.press(w.form("dispose"), "Decide and tell the reporter")
	b.sees("Remediation")
	w.facts()
}

// facts says what the case is about, with a CVSS vector put together.
func (w *walk) facts() {
	b := w.handler
	b.open(w.caseID + "/facts")
	b.judge("case, facts, empty")
	form := w.form("facts")
	b.fill(form, "title", "brindle: out-of-bounds write when reading a sparse entry", "cwe", "CWE-787 CWE-190", "severity.level", "high")
	for _, metric := range strings.Split(cvss4, "/")[1:] {
		code, answer, _ := strings.Cut(metric, ":")
		b.fill(form, "severity.cvss4."+code, answer)
	}
	b.press(form, "Work out the score")
	b.sees("8.7", "high in CVSS 4.0")
	if got := ask[string](b, `document.querySelector("[name='severity.cvss4']").value`); got != cvss4 {
		b.fatalf("the vector is %s, not %s", got, cvss4)
	}
	b.judge("case, facts, with a score")
	b.fill(form, "affected.0.product", "brindle", "affected.0.introduced", "2.1.0", "affected.0.fixed", "2.6.1",
		"affected.0.purl", "pkg:generic/brindle", "affected.0.repo", "https://git.brindle.example/brindle.git",
		"affected.0.fixedBy", "7be49f21c0a94c0a3b7a6f3f9d3e5d1f2a4b6c8d")
	b.press(form, "Save")
	b.sees("Saved", "High")
}

// agree makes an embargo: one proposes the hour, another accepts it.
func (w *walk) agree() {
	w.clock.set(agreed)
	b := w.releaser
	b.open(w.caseID + "/embargo")
	b.judge("case, embargo, none")
	form := "form:has(button[value=propose])"
	b.fill(form, "until", "2026-03-24", "until.time", "14:00", "until.zone", "Europe/Nowhere")
	b.refused(form, "Propose", 422)
	b.sees("This is not a time zone")
	b.judge("case, embargo, refused")
	b.fill(form, "until.zone", "Europe/Berlin", "reason", "The release of brindle 2.6.1")
	b.press(form, "Propose")
	b.sees("Proposed by " + releaser)
	b.judge("case, embargo, proposed")

	w.reporter.open("/mailbox")
	w.reporter.sees("Proposed embargo")
	w.reporter.judge("mailbox, embargo proposed")

	b = w.lead
	b.open(w.caseID + "/embargo")
	b.press("main", "Accept")
	b.sees("Nobody makes this public before", "13:00 UTC")
	b.judge("case, embargo, agreed")
	b.open("/team")
	b.keep("queue")
	b.follow("main", "brindle: out-of-bounds")
	b.keep("case")
}

// fix follows the patch, with someone who sees this case alone.
func (w *walk) fix() {
	w.clock.set(fixed)
	b := w.handler
	b.open(w.caseID)
	b.follow("main nav", "People")
	b.fill(w.form("people"), "name", fixer, "role", "fixer")
	b.press(w.form("people"), "Invite to this case")
	b.sees(fixer, "Invited")
	b.judge("case, people")

	w.fixer.open("/team")
	w.fixer.judge("queue, of someone who is invited")
	w.fixer.follow("main", "brindle: out-of-bounds")
	w.fixer.judge("case, as its fixer sees it")
	w.fixer.open(w.caseID + "/patch")
	w.fixer.judge("case, patch, none")
	w.fixer.press(w.form("patch/move"), "Start")
	w.fixer.fill(w.form("patch"), "branches.0.name", "sparse-bounds", "branches.0.url", "ssh://git@private.brindle.example/security.git")
	w.fixer.press(w.form("patch"), "Save")
	w.fixer.press(w.form("patch/move"), "Submit")
	w.fixer.seesNot("Approve") // not a fixer's to do
	w.fixer.judge("case, patch, as its fixer sees it")

	w.mended()
	b.open(w.caseID + "/patch")
	b.press(w.form("patch/move"), "Approve")
	b.judge("case, patch")
	w.fixer.open(w.caseID + "/patch")
	w.fixer.press(w.form("patch/move"), "Test passed")
	b.open(w.caseID + "/patch")
	b.press(w.form("patch/move"), "Ready")
	b.open(w.caseID + "/decide")
	b.press(w.form("move"), "The fix is ready")
	b.sees("Release")
	w.releaser.open(w.caseID + "/release")
	w.releaser.judge("case, release, writing")
	w.releaser.press(w.form("release/announce"), "Announce")
	w.releaser.sees("The announcement is public")
	w.anyone.open("/")
	w.anyone.sees("brindle 2.6.1 will fix a vulnerability", "high")
	w.anyone.seesNot("sparse", title)
	w.anyone.judge("front page, with an announcement")
}

// original is the report, byte for byte, as a file.
func (w *walk) original(b *tab) {
	b.t.Helper()
	href := ask[string](b, `document.querySelector("main a[download][href*='/report/']").getAttribute("href")`)
	if !strings.Contains(b.download(href), "sparse_fill") {
		b.fatalf("%s is not the report", href)
	}
}

// form selects the form of a deed on the case.
func (w *walk) form(deed string) string {
	return fmt.Sprintf("main form[action=%q]", w.caseID+"/"+deed)
}
