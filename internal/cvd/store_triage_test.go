package cvd

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/base/errs"
	"steward/internal/intake"
)

func TestDeclineTellsWhyAndCanBeReopened(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		a := k.report()
		k.refused(k.Dispose(k.ctx, handler, a.caseID, Decision{Disposition: Invalid}), errs.Invalid)
		k.refused(k.Dispose(k.ctx, handler, a.caseID, Decision{Disposition: "dull", Reason: "x"}), errs.Invalid)
		k.must(k.Dispose(k.ctx, handler, a.caseID, Decision{Disposition: Invalid, Reason: "It needs root already."}))
		v := k.view(handler, a.caseID)
		if v.State != Closed || v.Disposition != Invalid || v.Decisions[0].By.Name != handler.Name || v.Acknowledged.IsZero() {
			t.Errorf("declined: %+v", v)
		}
		box := k.box(a)
		if len(box.Messages) != 1 || box.Messages[0].Body != "It needs root already." || !strings.Contains(box.Status, "closed") {
			t.Errorf("the reporter is told %+v", box)
		}
		if page, _ := k.Queue(k.ctx, lead, Filter{}); len(page.Cases) != 0 {
			t.Error("a closed case stands in the queue")
		}
		_, err := k.Reply(k.ctx, a.caller, Reply{Body: "It does not."})
		k.must(err)
		if page, _ := k.Queue(k.ctx, lead, Filter{}); len(page.Cases) != 1 || page.Cases[0].Unread != 1 {
			t.Errorf("a closed case with a message does not stand in the queue: %+v", page)
		}
		k.refused(k.Edit(k.ctx, handler, a.caseID, k.version(a.caseID), facts()), errs.Conflict)
		k.refused(k.Move(k.ctx, handler, a.caseID, EventReopen, ""), errs.Invalid)
		k.must(k.Move(k.ctx, handler, a.caseID, EventReopen, "the reporter is right"))
		if v := k.view(handler, a.caseID); v.State != Verification || v.Disposition != "" {
			t.Errorf("reopened: %+v", v.Summary)
		}
		k.must(k.Dispose(k.ctx, handler, a.caseID, Decision{Disposition: DefenceInDepth}))
		for _, m := range []struct {
			event Event
			want  State
		}{{EventFixReady, Releasing}, {EventSendBack, Remediation}, {EventSendBack, Verification}} {
			k.must(k.Move(k.ctx, handler, a.caseID, m.event, "why"))
			if v := k.view(handler, a.caseID); v.State != m.want {
				t.Errorf("%s leads to %s", m.event, v.State)
			}
		}
		k.refused(k.Move(k.ctx, handler, a.caseID, EventPublish, "why"), errs.Invalid)
		k.refused(k.Move(k.ctx, handler, a.caseID, "dance", "why"), errs.Invalid)
	})
}

func TestMergeKeepsEveryReporter(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		eve := func(s *intake.Submission) { s.Reporter.Name = "Eve" }
		dup, middle, main := k.report(), k.report(eve), k.report(func(s *intake.Submission) { s.Credit.Want = intake.CreditLater })
		_, err := k.Reply(k.ctx, dup.caller, Reply{Body: "Anyone there?"})
		k.must(err)
		guest := k.invited(main.caseID, acl.Coordinator)
		outsider := k.invited(dup.caseID, acl.Fixer)
		k.must(k.Merge(k.ctx, handler, dup.caseID, middle.caseID, ""))
		k.must(k.Merge(k.ctx, handler, middle.caseID, main.caseID, "the same line"))
		k.refused(k.Merge(k.ctx, handler, main.caseID, dup.caseID, "a circle"), errs.Conflict)
		k.refused(k.Merge(k.ctx, handler, dup.caseID, main.caseID, "twice"), errs.Conflict)

		v := k.view(lead, main.caseID)
		if len(v.Reports) != 3 || len(v.Threads) != 3 || v.Merged != 2 || v.Unread != 1 || v.Next.What != DueAcknowledge {
			t.Fatalf("the surviving case: %+v", v.Summary)
		}
		var names []string
		for _, c := range v.Draft.Advisory.Credits {
			names = append(names, c.Name)
		}
		slices.Sort(names)
		if !slices.Equal(names, []string{"Dana Ray", "Eve"}) {
			t.Errorf("credits: %v", names)
		}
		for _, a := range []arrival{dup, middle} {
			box := k.box(a)
			if !box.Together || box.Phase != Receipt || !strings.Contains(box.Status, "together with another") {
				t.Errorf("mailbox of a merged report: %+v", box)
			}
			if v := k.view(lead, a.caseID); v.State != Merged || v.MergedInto != main.caseID {
				t.Errorf("merged: %+v", v.Summary)
			}
		}
		// Who is invited to the surviving case sees what was merged into it; the
		// other way round takes an invitation.
		if v := k.view(guest, dup.caseID); len(v.Reports) != 1 {
			t.Errorf("guest: %+v", v)
		}
		_, err = k.View(k.ctx, outsider, main.caseID)
		k.refused(err, errs.NotFound)

		// The merged report's reporter still speaks to the team, and has a say.
		_, err = k.Reply(k.ctx, middle.caller, Reply{Body: "And I?"})
		k.must(err)
		answerDue := func() bool {
			return slices.ContainsFunc(k.view(lead, main.caseID).Deadlines, func(d Deadline) bool { return d.What == DueAnswer })
		}
		_, err = k.Message(k.ctx, handler, main.caseID, middle.report, Letter{Body: "You too."})
		k.must(err)
		if !answerDue() {
			t.Error("one reporter was answered, and another waits with no date")
		}
		_, err = k.Message(k.ctx, handler, main.caseID, dup.report, Letter{Body: "Yes."})
		k.must(err)
		if answerDue() {
			t.Error("all reporters were answered, and an answer is due")
		}
		if v := k.view(lead, main.caseID); v.Unread != 0 {
			t.Errorf("%d unread", v.Unread)
		}
		_, err = k.Reply(k.ctx, dup.caller, Reply{Body: "Good."})
		k.must(err)
		if v := k.view(lead, main.caseID); v.Unread != 1 || !answerDue() {
			t.Errorf("a merged report's message does not wait: %+v", v.Deadlines)
		}
		k.must(k.ConfirmCredit(k.ctx, dup.caller, CreditWish{Agree: true, Name: "D. Ray", Group: "Rays"}))
		if d := k.view(lead, main.caseID).Draft.Advisory; d.Credits[0].Group != "Rays" && d.Credits[1].Group != "Rays" {
			t.Errorf("credits: %+v", d.Credits)
		}
		k.refused(k.Dispose(k.ctx, handler, dup.caseID, Decision{Disposition: Valid}), errs.Conflict)
		_, err = k.Message(k.ctx, handler, dup.caseID, "", Letter{Body: "on the wrong case"})
		k.refused(err, errs.Conflict)

		k.must(k.Move(k.ctx, handler, dup.caseID, EventReopen, "another line after all"))
		v = k.view(lead, dup.caseID)
		if v.State != Verification || v.MergedInto != "" || v.Reports[0].Credit.Named.Group != "Rays" || v.Next.What != DueAnswer {
			t.Errorf("reopened: %+v", v.Summary)
		}
		if v := k.view(lead, main.caseID); v.Merged != 1 || v.Unread != 0 || len(v.Draft.Advisory.Credits) != 1 {
			t.Errorf("after parting: %+v", v.Summary)
		}
		if k.box(dup).Together {
			t.Error("the mailbox is still together with another")
		}
	})
}

func TestEditsAreMadeOnTheVersionThatWasRead(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		a := k.report()
		k.must(k.Dispose(k.ctx, handler, a.caseID, Decision{Disposition: Valid}))
		read := k.version(a.caseID)
		// What has no form of its own does not spoil another's form.
		_, err := k.Reply(k.ctx, a.caller, Reply{Body: "Hello."})
		k.must(err)
		k.must(k.MovePatch(k.ctx, handler, a.caseID, PatchStart, ""))
		k.must(k.Embargo(k.ctx, handler, a.caseID, EmbargoPropose, Terms{Until: day0.Add(99 * time.Hour), Zone: "UTC"}))
		k.must(k.Edit(k.ctx, handler, a.caseID, read, facts()))
		k.refused(k.Edit(k.ctx, second, a.caseID, read, Fields{Title: "lost"}), errs.Conflict)
		k.refused(k.EditDraft(k.ctx, second, a.caseID, read, Text{Overview: "lost"}), errs.Conflict)
		k.refused(k.EditPatch(k.ctx, second, a.caseID, read, PatchFields{Author: Person{Name: "lost"}}), errs.Conflict)
		k.refused(k.ReviewDraft(k.ctx, second, a.caseID, read, true, ""), errs.Conflict)
		_, err = k.Release(k.ctx, lead, a.caseID, read, Slot{Zone: "UTC"})
		k.refused(err, errs.Conflict)
		if strings.Contains(jsonOf(t, k.view(lead, a.caseID)), "lost") {
			t.Error("an edit on an old version was kept")
		}
		entries, err := k.Timeline(k.ctx, lead, a.caseID)
		k.must(err)
		if last := entries[len(entries)-1]; last.Action != string(acl.CaseEdit) || last.Detail["changed"] != "affected, cve, cwe, severity, title" {
			t.Errorf("the record: %+v", last)
		}
	})
}

func TestPromise(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		a := k.report()
		at := day0.Add(50 * time.Hour)
		k.must(k.Promise(k.ctx, handler, a.caseID, at, at.Add(time.Hour)))
		k.refused(k.Promise(k.ctx, handler, a.caseID, day0.Add(-time.Hour), time.Time{}), errs.Invalid)
		k.pass(60 * time.Hour)
		k.must(k.Promise(k.ctx, handler, a.caseID, at, at)) // unchanged, though past by now
		k.must(k.Promise(k.ctx, handler, a.caseID, time.Time{}, time.Time{}))
		if ds := k.view(handler, a.caseID).Deadlines; len(ds) != 1 {
			t.Errorf("deadlines: %v", ds)
		}
	})
}

func TestQueueIsInOrderAndPaged(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		var want []string
		add := func(findings int) arrival {
			r, err := k.Receive(k.ctx, acl.Nobody(), nil, submission(), make([]intake.Finding, findings))
			k.must(err)
			return k.arrived(r)
		}
		poor, good := add(5), add(0)
		k.pass(24 * time.Hour)
		next := add(0)
		want = append(want, good.caseID, poor.caseID, next.caseID)
		late, soon, idle := add(0), add(0), add(0)
		for i, a := range []arrival{late, soon, idle} {
			k.must(k.Acknowledge(k.ctx, handler, a.caseID, Letter{}))
			if a.caseID != idle.caseID {
				k.must(k.Promise(k.ctx, handler, a.caseID, day0.Add(time.Duration(200-i)*time.Hour), time.Time{}))
			}
		}
		want = append(want, soon.caseID, late.caseID, idle.caseID)
		done := add(0)
		k.must(k.Dispose(k.ctx, handler, done.caseID, Decision{Disposition: Invalid, Reason: "no"}))
		k.Crowd = func() bool { return true }
		loud, early, later := add(3), add(0), add(0)
		heard := add(0)
		k.must(k.Acknowledge(k.ctx, handler, heard.caseID, Letter{}))
		want = append(want, heard.caseID, early.caseID, later.caseID, loud.caseID)

		for _, limit := range []int{1, 2, 3, 50} {
			var got []string
			f := Filter{Limit: limit}
			for {
				page, err := k.Queue(k.ctx, lead, f)
				k.must(err)
				for _, s := range page.Cases {
					got = append(got, s.ID)
				}
				if f.After = page.Next; f.After == "" {
					break
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("by %d: %v, want %v", limit, got, want)
			}
		}
		page, err := k.Queue(k.ctx, lead, Filter{States: []State{Closed, Receipt, Closed}})
		k.must(err)
		var got []string
		for _, s := range page.Cases {
			got = append(got, s.ID)
		}
		if !slices.Equal(got, []string{good.caseID, poor.caseID, next.caseID, early.caseID, later.caseID, loud.caseID, done.caseID}) {
			t.Errorf("by state: %v", got)
		}
		_, err = k.Queue(k.ctx, lead, Filter{States: []State{"limbo"}})
		k.refused(err, errs.Invalid)
		_, err = k.Queue(k.ctx, lead, Filter{After: "x"})
		k.refused(err, errs.Invalid)
		id, err := k.Find(k.ctx, lead, "2026-0002")
		if err != nil || id != good.caseID {
			t.Errorf("2026-0002 is %s, %v", id, err)
		}
		_, err = k.Find(k.ctx, lead, "2026-0099")
		k.refused(err, errs.NotFound)
	})
}

// TestQueueUsesItsIndexes: no plan of the queue sorts or reads the whole table.
func TestQueueUsesItsIndexes(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, "sqlite")
	k := newKit(t, d)
	plan := func(query string, args ...any) string {
		var out strings.Builder
		k.must(d.Read(k.ctx, func(q db.Queryer) error {
			return db.Each(k.ctx, q, "explaining", "EXPLAIN QUERY PLAN "+query, args, func(scan db.Scan) error {
				var id, parent, unused int
				var detail string
				err := scan(&id, &parent, &unused, &detail)
				fmt.Fprintln(&out, detail)
				return err
			})
		}))
		return out.String()
	}
	for index, query := range map[string]string{"cases_queue": queryOpen, "cases_state": queryState} {
		got := plan(query, 0, 0, 0, 0, 51, "receipt")
		if query == queryOpen {
			got = plan(query, 0, 0, 0, 0, 51, groupDone)
		}
		if !strings.Contains(got, "USING INDEX "+index) || strings.Contains(got, "TEMP B-TREE") || strings.Contains(got, "SCAN") {
			t.Errorf("%s:\n%s", index, got)
		}
	}
}
