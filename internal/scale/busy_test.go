package scale

import (
	"fmt"
	"strings"
	"time"

	"steward/internal/base/acl"
	"steward/internal/cvd"
)

// How much there is in the busiest case.
const (
	busyLetters    = 200
	busyNotes      = 30
	busyFiles      = 8
	busyDuplicates = 12
	busyPeople     = 20
)

// busy makes one case that has more of everything than the others, the same at
// every size of the trial: its pages are the heaviest.
func (w *world) busy() {
	w.tb.Helper()
	ctx, lead := w.tb.Context(), w.team[acl.Lead]
	must := func(err error) {
		w.tb.Helper()
		if err != nil {
			w.tb.Fatal(err)
		}
	}
	b := &story{world: w, ctx: ctx, i: 900_000, version: 1}
	b.receive(busyFiles)
	b.talk()
	b.accept()
	must(b.err)
	for i := range busyLetters / 2 {
		_, err := w.Cases.Reply(ctx, acl.HolderOf(b.receipt.ReportID), cvd.Reply{Body: numbered("Letter", i) + paragraph})
		must(err)
		_, err = w.Cases.Message(ctx, lead, b.id, "", cvd.Letter{Body: numbered("Answer", i) + paragraph})
		must(err)
	}
	for i := range busyNotes {
		_, err := w.Cases.Note(ctx, lead, b.id, numbered("Note", i)+paragraph)
		must(err)
	}
	for i := range busyDuplicates {
		d := &story{world: w, ctx: ctx, i: b.i + 1 + i, version: 1}
		d.receive(0)
		must(d.err)
		must(w.Cases.Merge(ctx, lead, d.id, b.id, "The same flaw."))
	}
	for i := range busyPeople {
		p := w.person(fmt.Sprintf("Invited %02d", i), "")
		must(w.Cases.Invite(ctx, lead, b.id, cvd.Person{ID: p.ID, Name: p.Name}, acl.Fixer))
	}
	who := cvd.Person{ID: w.find.fixer.ID, Name: w.find.fixer.Name}
	must(w.Cases.Invite(ctx, lead, b.id, who, acl.Fixer))
	terms := cvd.Terms{Until: time.Now().AddDate(0, 1, 0), Zone: "UTC", Reason: "The fix takes so long."}
	must(w.Cases.Embargo(ctx, lead, b.id, cvd.EmbargoPropose, terms))
	must(w.Cases.Embargo(ctx, lead, b.id, cvd.EmbargoAccept, cvd.Terms{}))
	must(w.Cases.ShareDraft(ctx, lead, b.id, ""))
	patch, err := w.Cases.AddPatchFile(ctx, lead, b.id, "fix.patch", []byte("--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n"))
	must(err)
	w.find.patch = patch.ID
	v, err := w.Cases.View(ctx, lead, b.id)
	must(err)
	w.find.busy, w.find.report, w.find.phrase = b.id, b.receipt.ReportID, b.receipt.Phrase.Words()
	for _, r := range v.Reports {
		if len(r.Files) > 0 {
			w.find.file = r.Files[0].ID
		}
	}
	if w.find.file == "" || strings.TrimSpace(w.find.phrase) == "" {
		w.tb.Fatal("the busiest case lacks something")
	}
	w.members()
}
