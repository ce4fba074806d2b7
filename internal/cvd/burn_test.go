package cvd

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/audit"
	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/base/errs"
	"steward/internal/intake"
)

func TestEveryBurnEventInEveryState(t *testing.T) {
	t.Parallel()
	try(t, burnTable, `
		           | propose   | confirm | alone   | withdraw
		none       | proposed! |         | burned! |
		proposed   |           | burned  | burned! | withdrawn!
		burned     |           |         |         |
		withdrawn  | proposed! |         | burned! |
	`)
}

const leaked = "a mailing list archive has the whole of it"

// TestBurnByTwo: one proposes, another confirms; the approved advisory is
// public at once, everyone is told, and who had seen what is kept for those who
// read the record.
func TestBurnByTwo(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		o := k.withMail(handler.ID, handler.ID, "u-guest")
		k.withLists()
		heron := k.joins(listID, "Heron Linux")
		a, _ := k.prepared(10 * 24 * time.Hour)
		k.must(k.Invite(k.ctx, lead, a.caseID, Person{ID: "u-guest", Name: "Gus Guest"}, acl.Coordinator))
		k.must(k.tell(a, listID, "", heron))
		_, err := k.Portal(k.ctx, heron.contact, a.caseID)
		k.must(err)
		k.must(k.ShareDraft(k.ctx, handler, a.caseID, ""))
		k.must(k.ConfirmCredit(k.ctx, a.caller, CreditWish{Agree: true, Name: "Dana"}))
		k.signed(a)
		_, err = k.Burn(k.ctx, handler, a.caseID, " ", false)
		k.refused(err, errs.Invalid)
		got, err := k.Burn(k.ctx, handler, a.caseID, leaked, false)
		k.must(err)
		if v := k.view(lead, a.caseID); got.State != BurnProposed || v.EmbargoState != EmbargoActive || v.Advisory != "" {
			t.Fatalf("a proposal alone: %+v, %+v", got, v.Summary)
		}
		if list := k.view(manager, a.caseID).Checklist; list[slices.IndexFunc(list, func(it Item) bool { return !it.Done })].Code == "" ||
			!slices.ContainsFunc(list, func(it Item) bool { return it.Code == "burn" }) {
			t.Error("nobody is asked to confirm")
		}
		_, err = k.Burn(k.ctx, handler, a.caseID, leaked, false)
		k.refused(err, errs.Conflict)
		k.must(k.KeepEmbargo(k.ctx, lead, a.caseID, "it was another matter"))
		_, err = k.Burn(k.ctx, manager, a.caseID, leaked, false)
		k.must(err)
		got, err = k.Burn(k.ctx, handler, a.caseID, "", false)
		k.must(err)
		if got.State != BurnBurned || got.By.ID != manager.ID || got.Confirmed.ID != handler.ID || got.Advisory == "" || len(got.NotReady) > 0 || got.Seen != nil {
			t.Errorf("burned: %+v", got)
		}
		v := k.view(lead, a.caseID)
		if v.EmbargoState != EmbargoExited || v.State != PostRelease || v.Advisory != got.Advisory {
			t.Errorf("the case: %+v", v.Summary)
		}
		if _, err := k.Advisories.Get(k.ctx, got.Advisory); err != nil {
			t.Errorf("the advisory is not public: %v", err)
		}
		people := map[string]bool{}
		for _, s := range v.Burned.Seen {
			people[s.Who+": "+s.What] = true
			if s.First.IsZero() || s.Last.Before(s.First) {
				t.Errorf("when did they see it? %+v", s)
			}
		}
		for _, want := range []string{
			"Person of Heron Linux: " + seenCopy, "Heron Linux: notice under embargo, with the draft",
			"the reporter of 2026-0001: draft", "the reporter of 2026-0001: their own report",
		} {
			if !people[want] {
				t.Errorf("the record lacks %q: %v", want, people)
			}
		}
		if text := jsonOf(t, v.Burned.Seen); strings.Contains(text, "Dana") {
			t.Error("the record names the reporter")
		}
		auditor := acl.Caller{ID: "u-auditor", Name: "Ada", Role: acl.Auditor}
		if b := k.view(auditor, a.caseID).Burned; b == nil || len(b.Seen) == 0 {
			t.Error("the auditor does not see who saw what")
		}
		if b := k.view(handler, a.caseID).Burned; b == nil || b.Seen != nil {
			t.Error("a handler sees who saw what")
		}
		if k.view(heron.contact, a.caseID).Burned != nil {
			t.Error("a distributor sees the record")
		}
		told := map[string]bool{}
		for _, p := range o.of(OnBurn) {
			parcel, err := k.Parcel(k.ctx, system, p)
			k.must(err)
			told[parcel.To] = true
			if parcel.Private != nil && !strings.Contains(parcel.Private.Text, got.Advisory) {
				t.Errorf("the letter to %s: %s", parcel.To, parcel.Private.Text)
			}
		}
		if len(told) != 4 { // two contacts, the coordinator, the reporter
			t.Errorf("told: %v", told)
		}
		_, err = k.Burn(k.ctx, lead, a.caseID, leaked, true)
		k.refused(err, errs.Conflict)
	})
}

// TestBurnAlone: with a reason of some length; with the draft not approved a
// notice that a fix comes goes out, and with less than that nothing does.
func TestBurnAlone(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		a, until := k.prepared(10 * 24 * time.Hour)
		_, err := k.Burn(k.ctx, second, a.caseID, "it leaked", true)
		k.refused(err, errs.Invalid)
		if v := k.view(lead, a.caseID); v.EmbargoState != EmbargoActive || v.Burned != nil {
			t.Fatalf("a refusal did something: %+v", v.Burned)
		}
		got, err := k.Burn(k.ctx, second, a.caseID, leaked, true)
		k.must(err)
		if got.State != BurnBurned || !got.Alone || got.Advisory != "" || got.Prenotice == "" || len(got.NotReady) == 0 {
			t.Errorf("with an unapproved draft: %+v", got)
		}
		pre, err := k.Advisories.Prenotice(k.ctx, got.Prenotice)
		k.must(err)
		if !pre.Release.Equal(until) || pre.Product != "libquill" || pre.Versions != "1.4.2" {
			t.Errorf("announced: %+v", pre)
		}
		if v := k.view(lead, a.caseID); v.EmbargoState != EmbargoExited || v.State != Remediation {
			t.Errorf("the case: %+v", v.Summary)
		}
		k.signed(a) // and goes on
		if _, err := k.Release(k.ctx, manager, a.caseID, k.version(a.caseID), Slot{Zone: "UTC", Override: "at once"}); err != nil {
			t.Errorf("no release after it: %v", err)
		}

		timed, until := k.prepared(10 * 24 * time.Hour)
		k.signed(timed)
		k.must(k.Schedule(k.ctx, manager, timed.caseID, k.version(timed.caseID), Slot{At: until, Zone: "UTC", Override: "the day of the test"}))
		got, err = k.Burn(k.ctx, lead, timed.caseID, leaked, true)
		k.must(err)
		if v := k.view(lead, timed.caseID); got.Advisory == "" || v.DraftState != DraftReleased || !v.ReleaseAt.IsZero() {
			t.Errorf("with a timed release: %+v, %+v", got, v.Summary)
		}

		bare := k.report()
		got, err = k.Burn(k.ctx, lead, bare.caseID, leaked, true)
		k.must(err)
		if got.State != BurnBurned || got.Advisory+got.Prenotice != "" || len(got.NotReady) < 2 {
			t.Errorf("with nothing ready: %+v", got)
		}
		k.must(k.Embargo(k.ctx, handler, bare.caseID, EmbargoPropose, Terms{Until: k.now().Add(time.Hour), Zone: "UTC"}))
		_, err = k.Burn(k.ctx, lead, bare.caseID, leaked, true)
		k.refused(err, errs.Conflict)
	})
}

// TestPartiesAtOnce: two organisations and a handler at the same moment. One
// thing comes of it, the same for all, whoever was first.
func TestPartiesAtOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		k.withLists()
		one, two := k.joins(listID, "Heron Linux"), k.joins(listID, "Egret BSD")
		a, until := k.prepared(10 * 24 * time.Hour)
		k.must(k.tell(a, listID, "", one, two))
		terms := func(days int) Terms {
			return Terms{Until: until.AddDate(0, 0, days), Zone: "UTC", Reason: "our builds"}
		}
		k.refused(k.Embargo(k.ctx, one.contact, a.caseID, EmbargoPropose, Terms{Until: terms(1).Until, Zone: "UTC"}), errs.Invalid) // says not why
		k.must(k.Embargo(k.ctx, one.contact, a.caseID, EmbargoPropose, terms(-1)))                                                  // means revise
		k.refused(k.Embargo(k.ctx, two.contact, a.caseID, EmbargoAccept, Terms{}), errs.Denied)

		for range 5 {
			agreed := k.view(lead, a.caseID).Embargo.Active.Until
			k.must(k.Embargo(k.ctx, handler, a.caseID, EmbargoChange, terms(-2)))
			var wg sync.WaitGroup
			errsOf := make([]error, 4)
			for i, f := range []func() error{
				func() error { return k.Embargo(k.ctx, one.contact, a.caseID, EmbargoChange, terms(-3)) },
				func() error { return k.Embargo(k.ctx, two.contact, a.caseID, EmbargoPropose, terms(-4)) },
				func() error { return k.Embargo(k.ctx, lead, a.caseID, EmbargoAccept, Terms{Until: terms(-2).Until}) },
				func() error { return k.Embargo(k.ctx, second, a.caseID, EmbargoAccept, Terms{Until: terms(-2).Until}) },
			} {
				wg.Go(func() { errsOf[i] = f() })
			}
			wg.Wait()
			e := k.wholeCase(a.caseID).Embargo
			k.must(errsOf[0])
			k.must(errsOf[1])
			accepted := 0
			for _, err := range errsOf[2:] {
				if err == nil {
					accepted++
				} else {
					k.refused(err, errs.Conflict)
				}
			}
			switch {
			case accepted > 1:
				t.Fatal("accepted twice")
			case accepted == 1 && !e.Active.Until.Equal(terms(-2).Until):
				t.Errorf("accepted, and the hour is %s", e.Active.Until)
			case accepted == 0 && !e.Active.Until.Equal(agreed):
				t.Errorf("nobody accepted, and the hour is %s", e.Active.Until)
			}
			if p := e.Proposal; e.State != EmbargoRevise || p == nil || !p.Until.Equal(terms(-3).Until) && !p.Until.Equal(terms(-4).Until) || !p.Outside {
				t.Errorf("pending: %+v in %s", p, e.State)
			}
		}
	})
}

// TestPartiesInEveryState asks every event of the embargo of every party in
// every state: what the table and the role allow happens, and nothing else.
func TestPartiesInEveryState(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		reach := map[EmbargoState][]EmbargoEvent{
			EmbargoNone: {}, EmbargoProposed: {EmbargoPropose}, EmbargoActive: {EmbargoPropose, EmbargoAccept},
			EmbargoRevise: {EmbargoPropose, EmbargoAccept, EmbargoChange}, EmbargoExited: {EmbargoPropose, EmbargoAccept, EmbargoExit},
		}
		for state, way := range reach {
			for _, e := range []EmbargoEvent{EmbargoPropose, EmbargoAccept, EmbargoReject, EmbargoChange, EmbargoExit} {
				for _, team := range []bool{true, false} {
					a := k.report()
					who := handler
					if !team {
						who = k.invited(a.caseID, acl.Distributor)
					}
					t1 := Terms{Until: k.now().Add(48 * time.Hour), Zone: "UTC", Reason: "why"}
					for _, x := range way {
						in := t1
						if x == EmbargoAccept {
							in = Terms{}
						}
						k.must(k.Embargo(k.ctx, lead, a.caseID, x, in))
					}
					in := t1
					if e == EmbargoAccept {
						in = Terms{}
					}
					err := k.Embargo(k.ctx, who, a.caseID, e, in)
					meant := e
					if e == EmbargoPropose && (state == EmbargoActive || state == EmbargoRevise) {
						meant = EmbargoChange
					}
					want := errs.Kind("")
					if _, no := embargoTable.step(state, meant, "why"); no != nil {
						want = errs.Conflict
					}
					if !team && embargoTable.who[e] == acl.EmbargoDecide {
						want = errs.Denied
					}
					if err == nil && want != "" || err != nil && errs.KindOf(err) != want {
						t.Errorf("%s in %s by the team %t: %v, want %q", e, state, team, err, want)
					}
				}
			}
		}
	})
}

// TestCollisions: another finder makes a shorter embargo be proposed, and never
// a longer one; people decide.
func TestCollisions(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	someone := func(s *intake.Submission) { s.Reporter = intake.Reporter{Name: "Other", Contact: "other@example.net"} }
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		for _, c := range []struct {
			name      string
			left      time.Duration
			exploited bool
			edit      func(*intake.Submission)
			want      time.Duration // proposed from now; 0: nothing
			collision bool
		}{
			{"a month left", 30 * day, false, someone, 7 * day, true},
			{"three days left", 3 * day, false, someone, 0, true},
			{"exploited", 30 * day, true, someone, 2 * day, true},
			{"exploited, a day left", day, true, someone, 0, true},
			{"the same reporter again", 30 * day, false, func(*intake.Submission) {}, 0, false},
			{"the same address by another name", 30 * day, false, func(s *intake.Submission) { s.Reporter.Name, s.Reporter.Contact = "D.", "DANA@example.net" }, 0, false},
		} {
			a, until := k.prepared(c.left)
			if c.exploited {
				f := facts()
				f.Exploited = true
				k.must(k.Edit(k.ctx, handler, a.caseID, k.version(a.caseID), f))
			}
			b := k.report(c.edit)
			k.must(k.Merge(k.ctx, handler, b.caseID, a.caseID, ""))
			e := k.view(lead, a.caseID)
			if !e.Embargo.Active.Until.Equal(until) {
				t.Errorf("%s: the hour moved by itself", c.name)
			}
			if (e.Told != nil && len(e.Told.Collisions) == 1) != c.collision {
				t.Errorf("%s: %+v", c.name, e.Told)
			}
			entries, err := k.Timeline(k.ctx, lead, a.caseID)
			k.must(err)
			other := k.view(lead, b.caseID).Ref
			if slices.ContainsFunc(entries, func(e audit.Entry) bool { return e.Detail["collision"] == other }) != c.collision {
				t.Errorf("%s: in the record %+v", c.name, entries)
			}
			p := e.Embargo.Proposal
			if (p != nil) != (c.want != 0) {
				t.Errorf("%s: proposed %+v", c.name, p)
				continue
			}
			task := slices.ContainsFunc(e.Checklist, func(it Item) bool { return it.Code == "collision" && !it.Done })
			if task != (c.want != 0) {
				t.Errorf("%s: in the checklist %t", c.name, task)
			}
			if p == nil {
				continue
			}
			if p.By != myself || p.Reason == "" || p.Until.Sub(k.now().Add(c.want)).Abs() > time.Minute || p.Until.After(until) {
				t.Errorf("%s: proposed %+v", c.name, p)
			}
			k.must(k.Embargo(k.ctx, lead, a.caseID, EmbargoAccept, Terms{}))
			// A third finder does not make it longer.
			d := k.report(func(s *intake.Submission) { s.Reporter = intake.Reporter{Name: "Third", Contact: "third@example.net"} })
			k.pass(time.Hour)
			k.must(k.Merge(k.ctx, handler, d.caseID, a.caseID, ""))
			if e := k.view(lead, a.caseID); e.Embargo.Proposal != nil || len(e.Told.Collisions) != 2 {
				t.Errorf("%s: the third: %+v", c.name, e.Embargo)
			}
			k.must(k.Move(k.ctx, handler, d.caseID, EventReopen, "no, it is another matter"))
			if e := k.view(lead, a.caseID); len(e.Told.Collisions) != 1 {
				t.Errorf("%s: parted, and still %+v", c.name, e.Told.Collisions)
			}
		}
		team, _ := k.prepared(30 * day)
		env := submission()
		env.Channel, env.Reporter = intake.Internal, intake.Reporter{Name: "Hana"}
		r, err := k.Receive(k.ctx, handler, nil, env, nil)
		k.must(err)
		k.must(k.Merge(k.ctx, handler, k.arrived(r).caseID, team.caseID, ""))
		if v := k.view(lead, team.caseID); v.Told != nil {
			t.Errorf("the team collides with itself: %+v", v.Told)
		}
	})
}
