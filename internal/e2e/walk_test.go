package e2e

import (
	"testing"
)

// walk is the whole way of one report, by people before real browsers.
type walk struct {
	*steward
	t      *testing.T
	screen screen

	reporter                *tab // without JavaScript
	anyone                  *tab // without JavaScript, too
	lead, handler, releaser *tab
	fixer                   *tab // invited to the case
	phrase, receipt         string
	mailboxPage             string
	caseID                  string // as its address has it
}

// TestWalk leads a report from the form to the public advisory and to its
// second revision, on a phone and at a desk, and judges every page on the way.
func TestWalk(t *testing.T) {
	t.Parallel()
	t.Cleanup(func() { t.Log(summary()) })
	for _, sc := range screens {
		t.Run(sc.name, func(t *testing.T) {
			t.Parallel()
			w := &walk{steward: serve(t, before, "# [mail]", "[mail]", `# relay = "smtp.example.org:587"`, `relay = "127.0.0.1:9"`), t: t, screen: sc}
			w.reporter = openTab(t, w.steward, sc, "the reporter").withoutScript()
			w.anyone = openTab(t, w.steward, sc, "anyone").withoutScript()
			w.all()
		})
	}
}

func (w *walk) all() {
	w.report()
	w.mailbox()
	w.people()
	w.list()
	w.triage()
	w.answers()
	w.agree()
	w.fix()
	w.write()
	w.tell()
	w.consents()
	w.release()
	w.learns()
	w.revise()
	w.textBrowser()
	w.withdraw()
	w.duplicate()
	w.records()
	w.office()
	w.watchers()
	w.crawl()
	w.longQueue()
}
