package e2e

import (
	"path/filepath"
	"strings"
)

// report walks a reporter from the front page to the receipt and gives the
// case phrase.
func (w *walk) report() {
	b := w.reporter
	b.t.Helper()
	b.open("/")
	b.judge("front page, empty")
	b.follow("header.top", "Report")
	b.judge("report form")
	b.keep("report")

	// What the form cannot take is said where it is.
	b.fill("", "summary", title, "what", what, "reporter.name", reporter, "reporter.anonymous", "yes")
	b.refused("main form", "Check and go on", 422)
	b.sees("stay anonymous and have given a name")
	b.judge("report form, refused")

	// What makes a report hard to handle is said, and stops nobody.
	b.fill("", "reporter.anonymous", "", "product", "brindle", "versions", "2.1.0 to 9.9.9", "impact", impact,
		"credit.want", "yes", "credit.name", reporter, "public_plan", "Together with your fix, or 90 days from now.")
	b.press("main form", "Check and go on")
	b.sees("What would make this report easier to handle", "9.9.9")
	b.judge("report form, with remarks")
	b.keep("report-check")
	b.fill("", "versions", "2.1.0 to 2.6.0", "reproduce", reproduce)
	b.press("main form", "Check again")
	b.sees("Nothing seems to be missing")
	b.judge("report form, checked")

	b.attach("main form", "attachments", filepath.Join("testdata", "poc.py"), filepath.Join("testdata", "sparse.c"))
	b.press("main form", "Send the report")
	b.sees("Your report is with us", "twelve words", "BEGIN PGP SIGNED MESSAGE")
	w.phrase = strings.Join(strings.Fields(ask[string](b, `document.querySelector(".phrase").innerText`)), " ")
	if n := len(strings.Fields(w.phrase)); n != 12 {
		b.fatalf("the phrase has %d words", n)
	}
	b.judge("receipt")
	b.keep("receipt")
	w.receipt = ask[string](b, "document.documentElement.outerHTML")
}

// mailbox opens the reporter's mailbox with the phrase, mistyped at first.
func (w *walk) mailbox() {
	b := w.reporter
	b.t.Helper()
	b.follow("main", "I have kept them")
	b.judge("mailbox, sign in")
	words := strings.Fields(w.phrase)
	b.fill("main form", "phrase", strings.Join(words[:11], " ")+" brindlefish")
	b.refused("main form", "Open the mailbox", 422)
	b.sees("brindlefish")
	b.judge("mailbox, wrong phrase")
	b.signIn = func() {
		b.fill("main form", "phrase", "  "+strings.ToUpper(w.phrase)+" ")
		b.press("main form", "Open the mailbox")
	}
	b.signIn()
	b.sees("Messages", "A person on the team answers you")
	b.judge("mailbox, new")
}

// answers reads what the team wrote and replies with a file.
func (w *walk) answers() {
	b := w.reporter
	b.t.Helper()
	b.open("/mailbox")
	b.sees("I can see it happen", "Verification")
	b.seesNot(canary, handler)
	b.fill(`form[action="/mailbox/reply"]`, "body", "Thank you for looking so soon. The full trace is attached; it is from 2.6.0 on Debian.",
		"attachments", filepath.Join("testdata", "trace.txt"))
	b.press(`form[action="/mailbox/reply"]`, "Send to the team")
	b.sees("Your message is with the team", "trace.txt")
	b.judge("mailbox, talking")
}

// consents reads the draft and agrees to be named.
func (w *walk) consents() {
	b := w.reporter
	b.t.Helper()
	b.open("/mailbox")
	b.sees("The draft of the advisory", "Embargo")
	b.keep("mailbox")
	b.click(b.find("#draft", "link", "Read the draft", ""))
	b.sees("brindle 2.6.1")
	b.judge("mailbox, with the draft")
	b.fill(`form[action="/mailbox/credit"]`, "agree", "yes", "name", reporter, "group", "Lagos Systems Lab",
		"comment", "Reads well. The offset is near 2^64, not 2^63.")
	b.press(`form[action="/mailbox/credit"]`, "Keep my wish")
	b.sees("You agreed to be named as "+reporter, "not 2^63")
	b.judge("mailbox, credit given")
}

// learns sees that the advisory is public, and signs out.
func (w *walk) learns() {
	b := w.reporter
	b.t.Helper()
	b.open("/mailbox")
	b.sees("It is public", advisory1)
	b.judge("mailbox, public")
	w.mailboxPage = ask[string](b, "document.documentElement.outerHTML")
	b.follow("main", advisory1)
	b.sees(title, reporter)
	b.open("/mailbox")
	b.press("header.top", "Sign out")
	b.sees("You are signed out")
}
