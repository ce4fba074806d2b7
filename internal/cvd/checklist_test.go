package cvd

import (
	"slices"
	"strings"
	"testing"

	"steward/internal/advisory"
	"steward/internal/base/acl"
)

// TestChecklist follows a case from its report to its end: each line is a
// deed and what comes next after it.
func TestChecklist(t *testing.T) {
	t.Parallel()
	c := &Case{ID: "c", Report: "r", State: Receipt, AcknowledgeBy: day0, Credits: []Credit{{Report: "r", Consent: Unasked}}}
	c.Embargo.State, c.Patch.State, c.Review.State = EmbargoNone, PatchNone, DraftWriting
	problems := []advisory.Problem{{Path: "overview", Blocking: true}}
	for _, step := range []struct {
		deed string
		do   func()
		next string
	}{
		{"the report comes in", func() {}, "acknowledge"},
		{"acknowledged", func() { c.State, c.Acknowledged = Verification, day0 }, "decide"},
		{"the reporter asks", func() { c.AnswerBy = day0 }, "answer"},
		{"answered", func() { c.AnswerBy = c.Closed }, "decide"},
		{"valid", func() { c.State, c.Decisions = Remediation, []Verdict{{Disposition: Valid}} }, "status"},
		{"a date promised", func() { c.NextStatus = day0 }, "embargo"},
		{"terms proposed", func() { c.Embargo.State = EmbargoProposed }, "embargo"},
		{"terms agreed", func() { c.Embargo.State, c.Embargo.Active = EmbargoActive, &Terms{Until: day0} }, "patch"},
		{"patch begun", func() { c.Patch.State = PatchInWork }, "severity"},
		{"assessed", func() { c.Fields.Severity.Level = advisory.Critical }, "affected"},
		{"versions named", func() { c.Fields.Affected = []advisory.Affected{{}} }, "cve"},
		{"CVE", func() { c.Fields.CVE = "CVE-2026-12345" }, "patch-review"},
		{"patch reviewed", func() { c.Patch.State = PatchReviewed }, "patch-test"},
		{"patch tested", func() { c.Patch.State = PatchTested }, "fix-ready"},
		{"fix ready", func() { c.State = Releasing }, "text"},
		{"written", func() { problems = problems[:0] }, "share"},
		{"shown", func() { c.share(Share{Report: "r"}) }, "credit"},
		{"credit declined", func() { c.setCredit(Credit{Report: "r", Consent: Declined}) }, "review"},
		{"reviewed", func() { c.Review.Reviewed = &Signature{} }, "approve"},
		{"approved", func() { c.Review.Approved = &Signature{} }, "announce"},
		{"announced", func() { c.Prenotice = &advisory.Prenotice{} }, "release"},
		{"scheduled", func() { c.Review.Schedule = &Schedule{At: day0} }, "patch-merge"},
		{"the hour was missed", func() { c.Review.Schedule.Failed = "x" }, "release"},
		{"released", func() { c.State, c.Revision, c.Review = PostRelease, 1, Review{State: DraftReleased} }, "patch-merge"},
		{"merged", func() { c.Patch.State = PatchMerged }, "close"},
		{"a revision is written", func() { c.Review.State = DraftWriting }, "review"},
		{"withdrawn", func() { c.Review.State = DraftWithdrawn }, "close"},
		{"closed", func() { c.State = Closed }, ""},
		{"the reporter writes again", func() { c.AnswerBy = day0 }, "answer"},
	} {
		step.do()
		items := Checklist(c, problems)
		next := ""
		if i := slices.IndexFunc(items, func(it Item) bool { return !it.Done }); i >= 0 {
			next = items[i].Code
		}
		if next != step.next {
			t.Errorf("%s: next is %q, want %q", step.deed, next, step.next)
		}
	}
}

func TestChecklistItemsAreWhole(t *testing.T) {
	t.Parallel()
	c := &Case{State: Receipt, AnswerBy: day0, AcknowledgeBy: day0}
	c.Fields.Severity.Level = advisory.High
	c.Sendings, c.Collisions, c.Burned.State = []Sending{{PostTo: "oss-security"}}, []Collision{{}}, BurnProposed
	items := Checklist(c, nil)
	if len(items) != len(tasks) {
		t.Errorf("%d items of %d tasks", len(items), len(tasks))
	}
	var codes []string
	for _, it := range items {
		if it.Code == "" || !strings.HasSuffix(it.Text, ".") || !strings.HasSuffix(it.Why, ".") {
			t.Errorf("%+v is no sentence", it)
		}
		if _, ok := acl.Table[it.Action]; !ok {
			t.Errorf("%s: acl.Table does not know %q", it.Code, it.Action)
		}
		if slices.Contains(codes, it.Code) {
			t.Errorf("%s is there twice", it.Code)
		}
		codes = append(codes, it.Code)
	}
	if items[0].Due != day0 {
		t.Errorf("the acknowledgement is due %v", items[0].Due)
	}
}
