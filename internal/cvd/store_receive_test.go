package cvd

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/base/errs"
	"steward/internal/intake"
)

func TestReceiveOpensACase(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		env, err := k.NewReport(k.ctx, acl.Nobody())
		k.must(err)
		attach(k, env, "../../poc.c", "int main(){}")
		sub := submission()
		sub.PublicPlan = "2026-06-01"
		found := []intake.Finding{{Field: "impact", Code: intake.NoImpact}}
		r, err := k.Receive(k.ctx, acl.Nobody(), env, sub, found)
		k.must(err)
		a := k.arrived(r)

		v := k.view(handler, a.caseID)
		if v.Ref != "2026-0001" || v.State != Receipt || v.Title != sub.Summary || v.Findings != 1 {
			t.Errorf("summary: %+v", v.Summary)
		}
		if v.Next == nil || v.Next.What != DueAcknowledge || !v.Next.At.Equal(r.AnswerBy) {
			t.Errorf("the promise of the receipt is not the first deadline: %+v", v.Next)
		}
		rv := v.Reports[0]
		if rv.SHA256 != r.SHA256 || rv.Submission.What != sub.What || len(rv.Findings) != 1 || rv.Credit.Named.Name != "Dana Ray" {
			t.Errorf("report: %+v", rv)
		}
		if len(rv.Files) != 1 || rv.Files[0].Name != "poc.c" {
			t.Fatalf("files: %+v", rv.Files)
		}
		body, _, err := k.Attachment(k.ctx, handler, a.caseID, rv.Files[0].ID)
		if got := readAll(k, body, err); got != "int main(){}" {
			t.Errorf("attachment: %q", got)
		}
		if !slices.ContainsFunc(v.Deadlines, func(d Deadline) bool { return d.What == DueReporter && d.At.Format(time.DateOnly) == "2026-06-01" }) {
			t.Errorf("the reporter's plan is no deadline: %v", v.Deadlines)
		}
		if d := v.Draft.Advisory; d.Title != "" || d.Overview != "" || len(d.Credits) != 1 {
			t.Errorf("the draft holds words of the report: %+v", d)
		}
		original, err := k.Original(k.ctx, handler, a.caseID, "")
		k.must(err)
		if !strings.Contains(string(original), sub.What) {
			t.Errorf("original: %s", original)
		}
		c, err := k.Unlock(k.ctx, r.Phrase.Words())
		if err != nil || c != a.caller {
			t.Errorf("the phrase opens %v, %v", c, err)
		}
		_, err = k.Unlock(k.ctx, strings.Repeat("abandon ", 11)+"about")
		k.refused(err, errs.NotFound)
	})
}

func TestReceiveTwiceIsOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		sub := submission()
		send := func() intake.Receipt {
			env, err := k.NewReport(k.ctx, acl.Nobody())
			if err != nil {
				t.Error(err)
				return intake.Receipt{}
			}
			if _, err := env.Attach(k.ctx, "a", "text/plain", strings.NewReader("same")); err != nil {
				t.Error(err)
			}
			r, err := k.Receive(k.ctx, acl.Nobody(), env, sub, nil)
			if err != nil {
				t.Error(err)
			}
			return r
		}
		receipts := make([]intake.Receipt, 6)
		var wg sync.WaitGroup
		for i := range receipts {
			wg.Go(func() { receipts[i] = send() })
		}
		wg.Wait()
		for _, r := range receipts[1:] {
			if r.ReportID != receipts[0].ReportID || r.Phrase.Words() != receipts[0].Phrase.Words() || string(r.Statement) != string(receipts[0].Statement) {
				t.Errorf("two receipts for one report: %v, %v", r.ReportID, receipts[0].ReportID)
			}
		}
		page, err := k.Queue(k.ctx, lead, Filter{})
		k.must(err)
		if len(page.Cases) != 1 || k.entries() != 1 {
			t.Errorf("%d cases, %d entries", len(page.Cases), k.entries())
		}
		blobs := 0
		for _, err := range k.Blobs.List() {
			k.must(err)
			blobs++
		}
		if blobs != 1 {
			t.Errorf("%d files are kept of one", blobs)
		}
		sub.What = "something else"
		_, err = k.Receive(k.ctx, acl.Nobody(), nil, sub, nil)
		k.refused(err, errs.Conflict)
	})
}

func TestReceiveFromInside(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		sub := submission()
		sub.Channel, sub.FoundBy = intake.Internal, "someone else"
		r, err := k.Receive(k.ctx, handler, nil, sub, nil)
		k.must(err)
		v := k.view(lead, k.arrived(r).caseID)
		if s := v.Reports[0].Submission; s.FoundBy != handler.Name {
			t.Errorf("found by %q", s.FoundBy)
		}
		sub.Token = newToken()
		_, err = k.Receive(k.ctx, manager, nil, sub, nil)
		k.refused(err, errs.Denied)
		_, err = k.Receive(k.ctx, acl.Nobody(), nil, sub, nil)
		k.refused(err, errs.Denied)
	})
}

func TestReceiveRefuses(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		sub := submission()
		sub.What, sub.Summary = "", ""
		_, err := k.Receive(k.ctx, acl.Nobody(), nil, sub, nil)
		k.refused(err, errs.Invalid)
		_, err = k.Receive(k.ctx, acl.Myself(), nil, submission(), nil)
		k.refused(err, errs.NotFound)

		env, err := k.NewReport(k.ctx, acl.Nobody())
		k.must(err)
		_, err = env.Attach(k.ctx, "big", "text/plain", strings.NewReader(strings.Repeat("x", 1<<20+1)))
		k.refused(err, errs.Invalid)
		for range k.Settings.Attachments {
			attach(k, env, "a", "b")
		}
		_, err = env.Attach(k.ctx, "one more", "text/plain", strings.NewReader("x"))
		k.refused(err, errs.Invalid)
		k.must(env.Discard())
		for range k.Blobs.List() {
			t.Error("a discarded file is kept")
		}
		// A file that no envelope has sealed is not taken.
		sub = submission()
		sub.Attachments = []intake.Attachment{{Name: "x"}}
		r, err := k.Receive(k.ctx, acl.Nobody(), nil, sub, nil)
		k.must(err)
		if fs := k.view(lead, k.arrived(r).caseID).Reports[0].Files; len(fs) != 0 {
			t.Errorf("files: %v", fs)
		}
	})
}

// TestNothingIsStoredInClear fills a report, the talk, notes and the draft with
// a canary and finds it in no stored byte.
func TestNothingIsStoredInClear(t *testing.T) {
	t.Parallel()
	const canary = "Kanarienvogel"
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		env, err := k.NewReport(k.ctx, acl.Nobody())
		k.must(err)
		attach(k, env, canary+".txt", canary)
		sub := submission()
		sub.Summary, sub.What, sub.Reproduce, sub.Impact, sub.Versions, sub.Product = canary, canary, canary, canary, canary, canary
		sub.Reporter = intake.Reporter{Name: canary, Contact: canary}
		r, err := k.Receive(k.ctx, acl.Nobody(), env, sub, []intake.Finding{{Message: canary}})
		k.must(err)
		a := k.arrived(r)
		k.must(k.Acknowledge(k.ctx, handler, a.caseID, Letter{Body: canary}))
		_, err = k.Note(k.ctx, handler, a.caseID, canary)
		k.must(err)
		_, err = k.Reply(k.ctx, a.caller, Reply{Body: canary})
		k.must(err)
		k.must(k.Dispose(k.ctx, handler, a.caseID, Decision{Disposition: Valid, Reason: canary}))
		k.must(k.Embargo(k.ctx, handler, a.caseID, EmbargoPropose, Terms{Until: day0.Add(time.Hour * 99), Zone: "UTC", Reason: canary}))
		k.must(k.EditPatch(k.ctx, handler, a.caseID, k.version(a.caseID), PatchFields{Branches: []Branch{{canary, canary}}, Author: Person{Name: canary}}))
		f := facts()
		f.Title = canary
		k.must(k.Edit(k.ctx, handler, a.caseID, k.version(a.caseID), f))
		k.must(k.EditDraft(k.ctx, handler, a.caseID, k.version(a.caseID), Text{Overview: canary}))
		k.must(k.ReviewDraft(k.ctx, second, a.caseID, k.version(a.caseID), false, canary))
		k.must(k.Invite(k.ctx, lead, a.caseID, Person{ID: "u-x", Name: canary}, acl.Fixer))
		k.must(k.ConfirmCredit(k.ctx, a.caller, CreditWish{Agree: true, Name: canary, Comment: canary}))
		if strings.Contains(k.everything(), canary) {
			t.Error("private text is stored in clear")
		}
		if !strings.Contains(jsonOf(t, k.view(lead, a.caseID)), canary) {
			t.Error("the canary was not kept at all: this test cannot fail")
		}
	})
}
