package e2e

import (
	"net/http"
)

// write writes the advisory and shows it to the reporter.
func (w *walk) write() {
	w.clock.set(drafted)
	b := w.handler
	b.open(w.caseID + "/draft")
	b.sees("What the check says")
	b.judge("case, draft, empty")
	form := w.form("draft")
	b.fill(form, "overview", overview, "impact", impactText, "remedy", remedy)
	b.press(form, "More rows")
	b.fill(form, "workaround", workaround,
		"references.0.url", "https://git.brindle.example/brindle/commit/7be49f21c0a9", "references.0.title", "The fix", "references.0.kind", "fix",
		"timeline.0.at", "2026-03-02", "timeline.0.what", "Reported to the team",
		"timeline.1.at", "2026-03-03", "timeline.1.what", "Confirmed",
		"timeline.2.at", "2026-03-24", "timeline.2.what", "brindle 2.6.1 and this advisory published", // at the embargo's end
		"credits.0.name", fixer, "credits.0.role", "remediation developer", "credits.0.agreed", "yes")
	b.press(form, "Save")
	b.sees("Saved", "the draft is whole")
	b.judge("case, draft")
	b.open(w.caseID + "/draft")
	b.keep("draft")
	b.press(form, "Save and preview")
	b.sees("Not public", "2.6.1", fixer)
	b.judge("case, preview")

	b.open(w.caseID + "/release")
	b.press(w.form("release/share"), "Show the draft to the reporter")
	b.sees("The reporter can now see the draft")
	b.open(w.caseID + "/messages")
	b.fill(w.form("messages"), "body", "The fix is reviewed and tested. Here is the draft of the advisory: please tell us what you would change, and how you wish to be named.",
		"nextStatus", "2026-03-24")
	b.press(w.form("messages"), "Send to the reporter")
	b.open(w.caseID + "/decide")
	b.judge("case, decide, at the release")
}

// release leads the draft out: reviewed by a second person, approved by a
// third, refused on a Saturday, public at its hour.
func (w *walk) release() {
	b := w.handler
	b.open(w.caseID + "/messages")
	b.sees("not 2^63") // the reporter's remark on the draft
	b.judge("case, messages, with answers")
	b.press("main", "I have read them")
	b.sees("Marked as read")
	b.open(w.caseID + "/release")
	b.refused(w.form("release/review"), "It is good", 409)
	b.sees("You were the last to edit this draft")
	b.judge("case, release, own review refused")

	b = w.lead
	b.open(w.caseID + "/release")
	b.judge("case, release, to be reviewed")
	b.fill(w.form("release/review"), "comment", "Clear.")
	b.press(w.form("release/review"), "It is good")
	b.refused(w.form("release/approve"), "Approve", 409)
	b.sees("You have reviewed this draft")

	b = w.releaser
	b.open(w.caseID + "/release")
	b.judge("case, release, to be approved")
	b.press(w.form("release/approve"), "Approve")
	b.judge("case, release, approved")
	w.hour(b)

	w.clock.set(justBefore)
	w.anyone.open("/advisories/")
	w.anyone.sees("No advisory has been published yet")
	w.anyone.judge("advisories, empty")
	w.clock.set(theHour)
	w.public()
}

// hour sets the hour of the release.
func (w *walk) hour(b *tab) {
	form := w.form("release/schedule")
	b.fill(form, "at", "2026-03-28", "at.time", "10:00", "at.zone", "Europe/Berlin")
	b.refused(form, "Set the hour", 409)
	b.sees("28 March 2026 is a Saturday")
	b.judge("case, release, weekend refused")
	b.fill(form, "override", "Everyone who must upgrade is on call that day.")
	b.press(form, "Set the hour")
	b.sees("It goes out by itself", "Everyone who must upgrade")
	b.judge("case, release, on a weekend all the same")
	b.press(w.form("release/unschedule"), "Take the hour back")
	b.fill(form, "at", "2026-03-24", "at.time", "14:00", "at.zone", "Europe/Berlin")
	b.press(form, "Set the hour")
	b.sees("24 March 2026", "13:00 UTC")
	b.judge("case, release, scheduled")
	b.open(w.caseID + "/release")
	b.keep("release")
}

// public reads the advisory as everyone can.
func (w *walk) public() {
	b := w.anyone
	b.until("the advisory", func() bool { return w.status("/advisories/"+advisory1+"/") == http.StatusOK })
	b.open("/")
	b.sees("sparse entry", advisory1)
	b.judge("front page")
	b.keep("front")
	b.follow("main", "brindle: out-of-bounds")
	b.sees("2.1.0", "2.6.1", reporter, "Lagos Systems Lab", fixer, "CVSS 4.0: 8.7", "First release")
	b.seesNot(canary, handler, "private.brindle.example")
	b.judge("advisory")
	b.keep("advisory")
	b.open("/advisories/")
	b.judge("advisories")
	b.open("/keys/")
	b.judge("key")
	b.open("/security/")
	b.judge("security page")
	b.missing("/no/such/page")
	b.judge("nothing there, public")

	w.lead.open(w.caseID)
	w.lead.judge("case, public")
	w.lead.open(w.caseID + "/release")
	w.lead.judge("case, release, public")
	w.lead.open(w.caseID + "/embargo")
	w.lead.sees("The embargo has ended")
	w.lead.judge("case, embargo, ended")
	w.handler.open(w.caseID + "/patch")
	w.handler.press(w.form("patch/move"), "Merge")
}

// revise brings out a second revision, on a Saturday: refused, until someone
// says why.
func (w *walk) revise() {
	w.clock.set(saturday)
	b := w.handler
	b.open(w.caseID + "/draft")
	b.fill(w.form("draft"), "summary", "Says how to find out whether you are affected.",
		"overview", overview+"\n\nRun `brindle --version`: everything from 2.1.0 to 2.6.0 is affected.")
	b.press(w.form("draft"), "Save")
	b.judge("case, draft, revision")
	w.lead.open(w.caseID + "/release")
	w.lead.press(w.form("release/review"), "It is good")
	b = w.releaser
	b.open(w.caseID + "/release")
	b.press(w.form("release/approve"), "Approve")
	b.sees("Today is a bad day")
	now := w.form("release/now")
	b.fill(now, "sure", "yes")
	b.refused(now, "Release the advisory", 409)
	b.sees("is a Saturday")
	b.judge("case, release, now refused")
	b.fill(now, "sure", "yes", "override", "People ask us this today.")
	b.press(now, "Release the advisory")
	b.sees("The advisory is public")

	w.anyone.open("/advisories/" + advisory1 + "/history/")
	w.anyone.sees("Says how to find out")
	w.anyone.judge("advisory, revisions")
}

// withdraw takes the advisory back: it stays readable, with the reason.
func (w *walk) withdraw() {
	b := w.lead
	b.open(w.caseID + "/release")
	form := w.form("release/withdraw")
	b.fill(form, "reason", "A second look shows that the compiler removes the fault.")
	b.press(form, "Withdraw")
	b.judge("case, release, withdrawn")
	w.anyone.open("/advisories/" + advisory1 + "/")
	w.anyone.sees("Withdrawn on 28 March 2026", "the compiler removes the fault", "Overview")
	w.anyone.judge("advisory, withdrawn")
}

// duplicate joins a report to the case of another.
func (w *walk) duplicate() {
	b := w.lead
	b.open("/team")
	b.follow("main", others[3].summary)
	b.follow("main", "Acknowledge or decide")
	form := `main form[action$="/merge"]`
	b.fill(form, "into", "2026-4711")
	b.refused(form, "Merge this case", 422)
	b.sees("no case of that number")
	b.fill(form, "into", "2026-0003", "reason", "The same fault, seen on another system.")
	b.press(form, "Merge this case")
	b.judge("case, merged")
	b.open("/team")
	b.follow("main nav", "Closed")
	b.judge("queue, closed cases")
	b.follow("main", others[2].summary)
	b.sees("Closed", "Invalid")
	b.judge("case, closed")
}

// records looks at what the team keeps: the timeline, the audit record, the
// people, the queue with cases in many states.
func (w *walk) records() {
	b := w.lead
	b.open(w.caseID + "/timeline")
	b.sees("Acknowledge", "Approve the draft", handler)
	b.judge("case, timeline")
	b.open("/team/audit")
	b.sees("The record")
	b.judge("record")
	b.press("main", "Verify the record")
	b.sees("The record is whole")
	b.judge("record, verified")
	b.follow("header.top", "System")
	b.sees("In order", "One sync takes")
	b.judge("system")
	b.open("/team")
	b.judge("queue")
	b.open("/team/new")
	b.judge("open a case")
	b.open("/team/me")
	b.fill(`form[action="/team/me/token"]`, "name", "backup script", "days", "30")
	b.press(`form[action="/team/me/token"]`, "Make a token")
	b.sees("Your new token, shown this once")
	b.judge("own account, new token")
	b.missing("/team/cases/aaaaaaaaaaaaaaaaaaaaaaaaaa")
	b.judge("nothing there, team")
}

// status asks for a public page and gives the status of the answer.
func (w *walk) status(path string) int {
	w.t.Helper()
	res, err := http.Get(w.base + path)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	return res.StatusCode
}

// missing opens an address where nothing is.
func (b *tab) missing(path string) {
	b.t.Helper()
	b.load(func() error { return b.navigate(path) })
	if doc, _ := b.watch.shown(); doc.status != http.StatusNotFound {
		b.fatalf("the answer was %d, not 404", doc.status)
	}
	b.sees("There is nothing here")
}
