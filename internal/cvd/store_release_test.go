package cvd

import (
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"steward/internal/advisory"
	"steward/internal/base/acl"
	"steward/internal/base/audit"
	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/base/errs"
	"steward/internal/intake"
)

// wednesday is a working day after day0; the two others are not.
var (
	wednesday = time.Date(2026, 3, 11, 14, 0, 0, 0, time.UTC)
	saturday  = time.Date(2026, 3, 14, 14, 0, 0, 0, time.UTC)
	newYear   = time.Date(2027, 1, 1, 14, 0, 0, 0, time.UTC)
)

func TestFromReportToRevisionAndWithdrawal(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		a := k.report()
		k.written(a)
		_, err := k.Release(k.ctx, lead, a.caseID, k.version(a.caseID), Slot{Zone: "UTC"})
		k.refused(err, errs.Conflict)
		k.refused(k.ReviewDraft(k.ctx, handler, a.caseID, k.version(a.caseID), true, ""), errs.Conflict)
		k.signed(a)
		k.must(k.ShareDraft(k.ctx, handler, a.caseID, a.report))
		if box := k.box(a); box.Draft == nil || box.Draft.Title != facts().Title || box.Shown.IsZero() {
			t.Errorf("the reporter is shown %+v", box.Draft)
		}
		k.must(k.ConfirmCredit(k.ctx, a.caller, CreditWish{Agree: true, Name: "D. Ray", URL: "https://example.net/d", Comment: "Fine."}))
		if v := k.view(lead, a.caseID); v.DraftState != DraftWriting || v.Draft.Review.Voided == "" || v.Draft.Review.Editor.ID != handler.ID || v.Unread != 1 {
			t.Errorf("the new credit left the approval: %+v", v.Draft.Review)
		}
		k.signed(a)
		pub, err := k.Release(k.ctx, lead, a.caseID, k.version(a.caseID), Slot{Zone: "UTC"})
		k.must(err)
		if pub.ID != "SEC-2026-0001" || len(pub.Revisions) != 1 || pub.Publisher.Name == "" || pub.Credits[0].Name != "D. Ray" {
			t.Errorf("released: %+v", pub)
		}
		v := k.view(lead, a.caseID)
		if v.State != PostRelease || v.DraftState != DraftReleased || v.Advisory != pub.ID {
			t.Errorf("after the release: %+v", v.Summary)
		}
		if box := k.box(a); box.Advisory != pub.ID || box.Status != "The advisory is public." {
			t.Errorf("mailbox: %+v", box)
		}
		_, err = k.Release(k.ctx, lead, a.caseID, v.Version, Slot{Zone: "UTC"})
		k.refused(err, errs.Conflict)

		text := prose()
		text.Remedy = "Upgrade to 1.4.3."
		k.must(k.EditDraft(k.ctx, handler, a.caseID, k.version(a.caseID), text))
		k.signed(a)
		_, err = k.Release(k.ctx, manager, a.caseID, k.version(a.caseID), Slot{Zone: "UTC"})
		k.refused(err, errs.Invalid) // nothing says what changed
		text.Summary = "1.4.2 was not enough."
		k.must(k.EditDraft(k.ctx, handler, a.caseID, k.version(a.caseID), text))
		k.signed(a)
		pub, err = k.Release(k.ctx, manager, a.caseID, k.version(a.caseID), Slot{Zone: "UTC"})
		k.must(err)
		if len(pub.Revisions) != 2 || pub.Revisions[1].Summary != text.Summary || !pub.Published.Before(pub.Updated) {
			t.Errorf("second revision: %+v", pub)
		}

		text.Overview = "Never released."
		k.must(k.EditDraft(k.ctx, handler, a.caseID, k.version(a.caseID), text))
		_, err = k.Withdraw(k.ctx, lead, a.caseID, " ")
		k.refused(err, errs.Invalid)
		pub, err = k.Withdraw(k.ctx, lead, a.caseID, "It was no vulnerability.")
		k.must(err)
		if pub.Withdrawn == nil || pub.Overview == text.Overview || len(pub.Revisions) != 3 {
			t.Errorf("withdrawn: %+v", pub)
		}
		k.refused(k.EditDraft(k.ctx, handler, a.caseID, k.version(a.caseID), Text{}), errs.Conflict)
		k.refused(k.ConfirmCredit(k.ctx, a.caller, CreditWish{}), errs.Conflict)
		_, err = k.Withdraw(k.ctx, lead, a.caseID, "again")
		k.refused(err, errs.Conflict)
		k.must(k.Move(k.ctx, lead, a.caseID, EventClose, ""))
		k.must(k.Move(k.ctx, lead, a.caseID, EventReopen, "a question"))
		if v := k.view(lead, a.caseID); v.State != PostRelease {
			t.Errorf("reopened: %s", v.State)
		}
	})
}

func TestTimedReleaseHappensOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		var all []arrival
		for range 3 {
			a := k.report()
			k.written(a)
			k.signed(a)
			k.must(k.Schedule(k.ctx, manager, a.caseID, k.version(a.caseID), Slot{At: wednesday, Zone: "Europe/Stockholm"}))
			all = append(all, a)
		}
		k.must(k.Unschedule(k.ctx, manager, all[2].caseID, "not yet"))
		out, err := k.ReleaseDue(k.ctx, system)
		if err != nil || len(out) != 0 {
			t.Fatalf("released before the hour: %v, %v", out, err)
		}
		if v := k.view(lead, all[0].caseID); !v.ReleaseAt.Equal(wednesday) || v.Next.What != DueRelease {
			t.Errorf("scheduled: %+v", v.Summary)
		}
		k.pass(wednesday.Sub(day0))
		var mu sync.Mutex
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				got, err := k.ReleaseDue(k.ctx, system)
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					t.Error(err)
				}
				out = append(out, got...)
			})
		}
		wg.Wait()
		if len(out) != 2 {
			t.Errorf("%d releases, want 2", len(out))
		}
		for _, id := range []string{"SEC-2026-0001", "SEC-2026-0002"} {
			h, err := k.Advisories.History(k.ctx, id)
			if err != nil || len(h) != 1 {
				t.Errorf("%s has %d revisions, %v", id, len(h), err)
			}
		}
		if v := k.view(lead, all[2].caseID); v.DraftState != DraftApproved || v.Advisory != "" {
			t.Errorf("the one that was taken back: %+v", v.Summary)
		}
	})
}

// TestReleaseThatFailsIsShown: what the lint stops at the hour is not released,
// is tried no more, and stands in the queue as overdue.
func TestReleaseThatFailsIsShown(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		a, other := k.report(), k.report()
		for _, x := range []arrival{a, other} {
			k.written(x)
			k.signed(x)
			k.must(k.Schedule(k.ctx, manager, x.caseID, k.version(x.caseID), Slot{At: wednesday, Zone: "UTC"}))
		}
		k.pass(wednesday.Sub(day0))
		publisher := k.Settings.Publisher
		k.Settings.Publisher.Contact = "" // someone emptied a setting
		out, err := k.ReleaseDue(k.ctx, system)
		if err != nil || len(out) != 0 {
			t.Fatalf("%v, %v", out, err)
		}
		n := k.entries()
		if _, err = k.ReleaseDue(k.ctx, system); err != nil || k.entries() != n {
			t.Errorf("a failed release is tried again and again: %v", err)
		}
		page, err := k.Queue(k.ctx, lead, Filter{})
		k.must(err)
		if s := page.Cases[0]; s.ID != a.caseID || !s.Missed || s.Next.What != DueRelease {
			t.Errorf("the queue begins with %+v", s)
		}
		if sch := k.view(lead, a.caseID).Draft.Review.Schedule; !strings.Contains(sch.Failed, "publisher.contact") {
			t.Errorf("why: %q", sch.Failed)
		}
		if _, err := k.Advisories.Get(k.ctx, "SEC-2026-0001"); !errs.Is(err, errs.NotFound) {
			t.Errorf("it was released: %v", err)
		}
		k.Settings.Publisher = publisher
		k.must(k.Schedule(k.ctx, manager, a.caseID, k.version(a.caseID), Slot{At: wednesday.Add(24 * time.Hour), Zone: "UTC"}))
		k.pass(24 * time.Hour)
		if out, err = k.ReleaseDue(k.ctx, system); err != nil || len(out) != 1 || out[0].ID != "SEC-2026-0001" {
			t.Errorf("%v, %v", out, err)
		}
	})
}

func TestEmbargoHoldsTheRelease(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		a := k.report()
		k.written(a)
		dist := k.invited(a.caseID, acl.Distributor)
		k.must(k.Embargo(k.ctx, dist, a.caseID, EmbargoPropose, Terms{Until: wednesday, Zone: "Europe/Stockholm"}))
		if box := k.box(a); box.Proposed == nil || box.Embargo != nil {
			t.Errorf("the reporter sees %+v", box)
		}
		k.refused(k.Embargo(k.ctx, dist, a.caseID, EmbargoAccept, Terms{}), errs.Denied)
		k.must(k.Embargo(k.ctx, lead, a.caseID, EmbargoAccept, Terms{}))
		k.signed(a)
		_, err := k.Release(k.ctx, lead, a.caseID, k.version(a.caseID), Slot{Zone: "UTC"})
		k.refused(err, errs.Conflict)
		if !strings.Contains(err.Error(), "2026-03-11 14:00 UTC") {
			t.Errorf("the refusal does not name the hour: %v", err)
		}
		k.refused(k.Schedule(k.ctx, lead, a.caseID, k.version(a.caseID), Slot{At: wednesday.Add(-time.Minute), Zone: "UTC"}), errs.Conflict)
		k.must(k.Schedule(k.ctx, lead, a.caseID, k.version(a.caseID), Slot{At: wednesday, Zone: "UTC"}))

		later := Terms{Until: wednesday.Add(48 * time.Hour), Zone: "UTC", Reason: "the fix is late"}
		k.must(k.Embargo(k.ctx, lead, a.caseID, EmbargoChange, later))
		k.refused(k.Embargo(k.ctx, lead, a.caseID, EmbargoAccept, Terms{}), errs.Conflict) // the release is set before
		if v := k.view(lead, a.caseID); v.EmbargoState != EmbargoRevise || !v.EmbargoUntil.Equal(wednesday) {
			t.Errorf("embargo: %+v", v.Summary)
		}
		k.must(k.Unschedule(k.ctx, lead, a.caseID, "later"))
		k.refused(k.Embargo(k.ctx, lead, a.caseID, EmbargoExit, Terms{}), errs.Invalid)
		k.must(k.Embargo(k.ctx, lead, a.caseID, EmbargoExit, Terms{Reason: "a blog has it"}))
		_, err = k.Release(k.ctx, lead, a.caseID, k.version(a.caseID), Slot{Zone: "UTC"})
		k.must(err)
		e := k.view(lead, a.caseID).Embargo
		if e.State != EmbargoExited || len(e.Past) != 2 {
			t.Errorf("embargo: %+v", e)
		}
		k.refused(k.Embargo(k.ctx, lead, a.caseID, EmbargoPropose, later), errs.Conflict)
	})
}

func TestReleaseEndsTheEmbargo(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		a := k.report()
		k.written(a)
		k.must(k.Embargo(k.ctx, lead, a.caseID, EmbargoPropose, Terms{Until: wednesday, Zone: "UTC"}))
		k.must(k.Embargo(k.ctx, lead, a.caseID, EmbargoAccept, Terms{}))
		k.signed(a)
		k.must(k.Schedule(k.ctx, lead, a.caseID, k.version(a.caseID), Slot{At: wednesday, Zone: "UTC"}))
		k.pass(wednesday.Sub(day0))
		out, err := k.ReleaseDue(k.ctx, system)
		if err != nil || len(out) != 1 {
			t.Fatalf("%v, %v", out, err)
		}
		if e := k.view(lead, a.caseID).Embargo; e.State != EmbargoExited || e.Holds() || e.Past[0].By.ID != system.ID {
			t.Errorf("embargo: %+v", e)
		}
	})
}

func TestGuardRefusesBadDays(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		a := k.report()
		k.written(a)
		k.signed(a)
		for _, at := range []time.Time{saturday, newYear} {
			err := k.Schedule(k.ctx, lead, a.caseID, k.version(a.caseID), Slot{At: at, Zone: "Europe/Stockholm"})
			k.refused(err, errs.Conflict)
			k.must(k.Schedule(k.ctx, lead, a.caseID, k.version(a.caseID), Slot{At: at, Zone: "Europe/Stockholm", Override: "it is being exploited"}))
		}
		k.must(k.Unschedule(k.ctx, lead, a.caseID, ""))
		k.pass(saturday.Sub(day0))
		_, err := k.Release(k.ctx, lead, a.caseID, k.version(a.caseID), Slot{Zone: "UTC"})
		k.refused(err, errs.Conflict)
		if !strings.Contains(err.Error(), "Saturday") {
			t.Errorf("the refusal does not name the day: %v", err)
		}
		_, err = k.Release(k.ctx, lead, a.caseID, k.version(a.caseID), Slot{Override: "now or never"})
		k.refused(err, errs.Invalid) // no zone
		_, err = k.Release(k.ctx, lead, a.caseID, k.version(a.caseID), Slot{Zone: "UTC", Override: "now or never"})
		k.must(err)
		entries, err := k.Timeline(k.ctx, lead, a.caseID)
		k.must(err)
		if !slices.ContainsFunc(entries, func(e audit.Entry) bool {
			return e.Action == string(acl.Release) && e.Detail["override"] == "now or never"
		}) {
			t.Error("the override is not in the record")
		}
	})
}

func TestAnnounce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		a := k.report()
		k.written(a)
		_, err := k.Announce(k.ctx, lead, a.caseID, Announcement{})
		k.refused(err, errs.Conflict) // no hour
		k.must(k.Embargo(k.ctx, lead, a.caseID, EmbargoPropose, Terms{Until: wednesday, Zone: "Europe/Stockholm"}))
		_, err = k.Announce(k.ctx, lead, a.caseID, Announcement{})
		k.refused(err, errs.Conflict) // not agreed
		k.must(k.Embargo(k.ctx, lead, a.caseID, EmbargoAccept, Terms{}))
		p, err := k.Announce(k.ctx, lead, a.caseID, Announcement{})
		k.must(err)
		want := advisory.Prenotice{ID: "PRE-2026-0001", Product: "libquill", Versions: "1.4.2", Severity: advisory.Critical,
			Release: wednesday, Zone: "Europe/Stockholm", Posted: p.Posted}
		if !reflect.DeepEqual(p, want) {
			t.Errorf("%+v, want %+v", p, want)
		}
		k.signed(a)
		k.must(k.Schedule(k.ctx, lead, a.caseID, k.version(a.caseID), Slot{At: wednesday.Add(time.Hour), Zone: "UTC"}))
		_, err = k.Announce(k.ctx, lead, a.caseID, Announcement{Branches: []string{"1.4", " \n"}})
		k.refused(err, errs.Invalid)
		for _, step := range []struct{ branches, want []string }{{[]string{"1.4"}, []string{"1.4"}}, {nil, []string{"1.4"}}, {[]string{}, nil}} {
			p, err = k.Announce(k.ctx, lead, a.caseID, Announcement{Branches: step.branches})
			if err != nil || p.ID != want.ID || !p.Release.Equal(wednesday.Add(time.Hour)) || !slices.Equal(p.Branches, step.want) {
				t.Errorf("announced again: %+v, %v", p, err)
			}
		}
		k.pass(wednesday.Sub(day0) + time.Hour)
		out, err := k.ReleaseDue(k.ctx, system)
		if err != nil || len(out) != 1 {
			t.Fatalf("%v, %v", out, err)
		}
		up, err := k.Advisories.Upcoming(k.ctx)
		if err != nil || len(up) != 0 {
			t.Errorf("still announced: %v, %v", up, err)
		}
		p, err = k.Advisories.Prenotice(k.ctx, want.ID)
		if err != nil || p.Advisory != out[0].ID {
			t.Errorf("the prenotice does not name its advisory: %+v, %v", p, err)
		}
	})
}

// TestAnnounceMitigation: the workaround is public only once it was asked for,
// stays public when the hour changes, and nothing else of the draft comes with it.
func TestAnnounceMitigation(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		a := k.report()
		k.written(a)
		k.must(k.Embargo(k.ctx, lead, a.caseID, EmbargoPropose, Terms{Until: wednesday, Zone: "UTC"}))
		k.must(k.Embargo(k.ctx, lead, a.caseID, EmbargoAccept, Terms{}))
		_, err := k.Announce(k.ctx, lead, a.caseID, Announcement{Workaround: true})
		k.refused(err, errs.Conflict) // the draft has none
		text := Text{Overview: "birdoverview", Impact: "birdimpact", Remedy: "birdremedy", Summary: "birdsummary", Workaround: "Refuse long headers."}
		k.must(k.EditDraft(k.ctx, handler, a.caseID, k.version(a.caseID), text))
		f := facts()
		f.Title, f.CWE, f.CVE = "birdtitle", []string{"CWE-123"}, "CVE-2026-99999"
		k.must(k.Edit(k.ctx, handler, a.caseID, k.version(a.caseID), f))
		p, err := k.Announce(k.ctx, lead, a.caseID, Announcement{})
		if err != nil || p.Mitigation != "" {
			t.Errorf("announced without being asked for: %q, %v", p.Mitigation, err)
		}
		p, err = k.Announce(k.ctx, lead, a.caseID, Announcement{Workaround: true})
		if err != nil || p.Mitigation != text.Workaround {
			t.Errorf("%+v, %v", p, err)
		}
		k.must(k.Embargo(k.ctx, lead, a.caseID, EmbargoChange, Terms{Until: wednesday.Add(time.Hour), Zone: "UTC", Reason: "An hour more."}))
		k.must(k.Embargo(k.ctx, lead, a.caseID, EmbargoAccept, Terms{}))
		p, err = k.Announce(k.ctx, lead, a.caseID, Announcement{})
		if err != nil || p.Mitigation != text.Workaround || !p.Release.Equal(wednesday.Add(time.Hour)) {
			t.Errorf("announced again: %+v, %v", p, err)
		}
		entries, err := k.Advisories.Entries(k.ctx, 0, 100)
		k.must(err)
		if all := jsonOf(t, entries); len(entries) != 3 || strings.Contains(all, "bird") || strings.Contains(all, "CWE-123") || strings.Contains(all, "99999") {
			t.Errorf("made public: %s", all)
		}
		text.Workaround = "TODO"
		k.must(k.EditDraft(k.ctx, handler, a.caseID, k.version(a.caseID), text))
		_, err = k.Announce(k.ctx, lead, a.caseID, Announcement{Workaround: true})
		k.refused(err, errs.Invalid)
	})
}

// TestPublishedHoldsNothingPrivate fills every text of a case's life with a
// canary and finds it in nothing that was made public.
func TestPublishedHoldsNothingPrivate(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := &world{kit: newKit(t, d), people: map[string]acl.Caller{}}
		w.a = w.report(func(s *intake.Submission) {
			s.Summary, s.What, s.Reproduce, s.Impact = "birdreport", "birdreport", "birdreport", "birdreport"
			s.Reporter, s.Credit.Want = intake.Reporter{Name: "birdperson"}, intake.CreditNo
		})
		w.fill()
		id := w.a.caseID
		w.must(w.Embargo(w.ctx, lead, id, EmbargoAccept, Terms{}))
		w.must(w.Edit(w.ctx, handler, id, w.version(id), facts()))
		text := prose()
		text.Credits = []Helper{{Credit: advisory.Credit{Name: "birdhelper", Role: "finder"}}}
		w.must(w.EditDraft(w.ctx, handler, id, w.version(id), text))
		_, err := w.Announce(w.ctx, lead, id, Announcement{})
		w.must(err)
		w.signed(w.a)
		w.pass(100 * time.Hour)
		_, err = w.Release(w.ctx, lead, id, w.version(id), Slot{Zone: "UTC", Override: "birdoverride"})
		w.must(err)
		entries, err := w.Advisories.Entries(w.ctx, 0, 100)
		w.must(err)
		if len(entries) != 3 || strings.Contains(jsonOf(t, entries), "bird") {
			t.Errorf("made public: %s", jsonOf(t, entries))
		}
	})
}
