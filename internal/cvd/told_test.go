package cvd

import (
	"slices"
	"strings"
	"testing"
	"time"

	"steward/internal/account"
	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/base/errs"
	"steward/internal/predisclosure"
)

// doors are all ways by which someone who was told reaches a case.
func (k *kit) doors(a arrival, c acl.Caller, patch string) map[string]error {
	out := map[string]error{}
	_, out["view"] = k.View(k.ctx, c, a.caseID)
	_, out["portal"] = k.Portal(k.ctx, c, a.caseID)
	_, out["draft"] = k.Draft(k.ctx, c, a.caseID)
	_, _, out["patch"] = k.PatchCopy(k.ctx, c, a.caseID, patch)
	_, out["find"] = k.Find(k.ctx, c, k.view(lead, a.caseID).Ref)
	out["status"] = k.SetStatus(k.ctx, c, a.caseID, Affected, "")
	out["hour"] = k.Embargo(k.ctx, c, a.caseID, EmbargoChange, Terms{Until: k.now().Add(48 * time.Hour), Zone: "UTC", Reason: "our builds"})
	return out
}

// sees tells what of lists of cases and hours someone gets, and holds it against
// what the doors say: all open, or not found at all.
func (k *kit) sees(a arrival, c acl.Caller, patch string) (in bool) {
	k.t.Helper()
	page, err := k.Mine(k.ctx, c, "")
	k.must(err)
	falling, err := k.Deadlines(k.ctx, c, k.now().AddDate(1, 0, 0))
	k.must(err)
	in = len(page.Cases) > 0
	if (len(falling) > 0) != in {
		k.t.Errorf("%s: %d cases and %d hours", c.Name, len(page.Cases), len(falling))
	}
	for door, err := range k.doors(a, c, patch) {
		if in && err != nil || !in && !errs.Is(err, errs.NotFound) {
			k.t.Errorf("%s, listed %t, at the door %s: %v", c.Name, in, door, err)
		}
	}
	return in
}

// person of the team's view of those who were told.
func (k *kit) toldView(a arrival, name string) RecipientView {
	k.t.Helper()
	all := k.view(lead, a.caseID).Told.Recipients
	i := slices.IndexFunc(all, func(r RecipientView) bool { return r.Name == name })
	if i < 0 {
		k.t.Fatalf("%s is not among those who were told", name)
	}
	return all[i]
}

// TestWhoLeavesTheListLosesTheCase: each way in which an organisation, or a
// contact of it, stops being one that may be told closes every door at once and
// for nobody else; the way back opens them; and the team sees it.
func TestWhoLeavesTheListLosesTheCase(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		k.withLists()
		people := &account.Store{DB: k.DB, Audit: k.Audit, Clock: k.Clock, Rand: k.Rand}
		link := func(g org, user string) error {
			v, err := k.Lists.Member(k.ctx, lead, g.member)
			k.must(err)
			return k.Lists.LinkContact(k.ctx, lead, g.member, v.Contacts[0].ID, user)
		}
		other := func() string {
			u, err := people.AddUser(k.ctx, acl.Myself(), account.Profile{Name: "Other " + newToken()[:6]})
			k.must(err)
			return u.ID
		}
		for _, c := range []struct {
			name   string
			leave  func(g org) error
			back   func(g org) error // nil: there is none
			place  predisclosure.State
			barred bool
		}{
			{"suspended", func(g org) error { return k.Lists.Suspend(k.ctx, handler, g.member, "a leak") },
				func(g org) error { return k.Lists.Restore(k.ctx, handler, g.member, "it was another") }, predisclosure.Suspended, true},
			{"removed", func(g org) error { return k.Lists.Remove(k.ctx, handler, g.member, "a leak") }, nil, predisclosure.Removed, true},
			{"withdrawn", func(g org) error { return k.Lists.Withdraw(k.ctx, g.contact, g.member, "") }, nil, predisclosure.Withdrawn, true},
			{"no longer linked", func(g org) error { return link(g, "") },
				func(g org) error { return link(g, g.contact.ID) }, predisclosure.Joined, false},
			{"another in their place, and told again", func(g org) error { return link(g, other()) },
				func(g org) error { return link(g, g.contact.ID) }, predisclosure.Joined, false},
		} {
			a, _ := k.prepared(10 * 24 * time.Hour)
			patch := k.patch(a.caseID)
			gone, stays := k.joins(listID, "Heron "+newToken()[:6]), k.joins(listID, "Egret "+newToken()[:6])
			k.must(k.tell(a, listID, "it is urgent", gone, stays))
			if !k.sees(a, gone.contact, patch) || !k.sees(a, stays.contact, patch) {
				t.Fatalf("%s: who was told does not see the case", c.name)
			}
			k.must(c.leave(gone))
			if c.name == "another in their place, and told again" {
				k.must(k.tell(a, listID, "it is urgent", gone))
			}
			if k.sees(a, gone.contact, patch) {
				t.Errorf("%s: the case is still seen", c.name)
			}
			if !k.sees(a, stays.contact, patch) {
				t.Errorf("%s: another organisation lost the case", c.name)
			}
			r := k.toldView(a, gone.name)
			if r.Place != c.place || r.Barred != c.barred || r.Status != Affected || r.Told.IsZero() {
				t.Errorf("%s: the team sees %+v", c.name, r)
			}
			ended := slices.ContainsFunc(r.People, func(p ContactView) bool { return p.User == gone.contact.ID && p.Access == AccessEnded })
			byMail := slices.ContainsFunc(r.People, func(p ContactView) bool { return p.Access == AccessMail })
			if listed := c.name == "no longer linked"; !ended || byMail == c.barred && !listed {
				t.Errorf("%s: the contacts %+v", c.name, r.People)
			}
			if r := k.toldView(a, stays.name); r.Barred || r.People[0].Access != AccessPortal || r.People[1].Access != AccessMail {
				t.Errorf("%s: of the other the team sees %+v", c.name, r)
			}
			barred := k.view(lead, a.caseID).People
			if i := slices.IndexFunc(barred, func(p Participant) bool { return p.User == gone.contact.ID }); !barred[i].Barred || !barred[i].Removed.IsZero() {
				t.Errorf("%s: among the people stands %+v", c.name, barred[i])
			}
			k.refused(k.Invite(k.ctx, lead, a.caseID, Person{ID: gone.contact.ID, Name: gone.contact.Name}, acl.Distributor), errs.Conflict)
			if k.sees(a, gone.contact, patch) {
				t.Errorf("%s: a refused invitation lets in", c.name)
			}
			if c.back == nil {
				continue
			}
			k.must(c.back(gone))
			if !k.sees(a, gone.contact, patch) || k.toldView(a, gone.name).Barred {
				t.Errorf("%s: who is back does not see the case", c.name)
			}
		}
	})
}

// TestOtherInvitationsStand: what the list decides is decided for distributors
// who came by it, and for nothing else.
func TestOtherInvitationsStand(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		k.withLists("others")
		one := k.joins(listID, "Heron Linux")
		a, _ := k.prepared(10 * 24 * time.Hour)
		alone := k.invited(a.caseID, acl.Distributor)
		k.must(k.tell(a, listID, "it is urgent", one))
		k.must(k.Lists.Suspend(k.ctx, handler, one.member, "a leak"))
		if _, err := k.Portal(k.ctx, alone, a.caseID); err != nil {
			t.Errorf("who was invited by name lost the case: %v", err)
		}
		k.must(k.Invite(k.ctx, lead, a.caseID, Person{ID: one.contact.ID, Name: one.contact.Name}, acl.Fixer))
		if v := k.view(one.contact, a.caseID); !slices.Equal(v.Roles, []acl.Role{acl.Fixer}) {
			t.Errorf("as a fixer they have the roles %v", v.Roles)
		}

		// On two lists and told by both, an organisation is out when both say so.
		twice := k.joins(listID, "Egret BSD")
		again := k.joins("others", "Egret BSD")
		v, err := k.Lists.Member(k.ctx, lead, again.member)
		k.must(err)
		k.must(k.Lists.LinkContact(k.ctx, lead, again.member, v.Contacts[0].ID, twice.contact.ID))
		k.must(k.tell(a, listID, "it is urgent", twice))
		k.must(k.tell(a, "others", "it is urgent", again))
		k.must(k.Lists.Suspend(k.ctx, handler, twice.member, "a leak"))
		if _, err := k.Portal(k.ctx, twice.contact, a.caseID); err != nil {
			t.Errorf("out of one of two lists: %v", err)
		}
		k.must(k.Lists.Remove(k.ctx, handler, again.member, "a leak"))
		_, err = k.Portal(k.ctx, twice.contact, a.caseID)
		k.refused(err, errs.NotFound)
	})
}

// TestWhatABarredOrganisationHears: no letter about the work, and both that say
// that its silence has ended; and it counts as one that knew.
func TestWhatABarredOrganisationHears(t *testing.T) {
	t.Parallel()
	for _, leak := range []bool{true, false} {
		dbtest.Each(t, func(t *testing.T, d *db.DB) {
			k := newKit(t, d)
			o := k.withMail(handler.ID)
			k.withLists()
			gone, stays := k.joins(listID, "Heronbird Linux"), k.joins(listID, "Egretbird BSD")
			a, until := k.prepared(10 * 24 * time.Hour)
			k.must(k.tell(a, listID, "it is urgent", gone, stays))
			p, err := k.Portal(k.ctx, gone.contact, a.caseID)
			k.must(err)
			k.must(k.Lists.Suspend(k.ctx, handler, gone.member, "a leak"))
			k.must(k.Embargo(k.ctx, handler, a.caseID, EmbargoChange, Terms{Until: until.Add(-time.Hour), Zone: "UTC", Reason: "sooner"}))
			heard := func(on Occasion) map[string]int {
				out := map[string]int{}
				for _, post := range o.of(on) {
					if post.Contact == "" {
						continue
					}
					if parcel, err := k.Parcel(k.ctx, system, post); err == nil {
						r := k.wholeCase(a.caseID).recipient(post.Recipient)
						if out[r.Name]++; r.Name == gone.name && (parcel.Private == nil || parcel.Link != "") {
							t.Errorf("the letter on %s leads to %q", on, parcel.Link)
						}
					} else {
						k.refused(err, errs.NotFound)
					}
				}
				return out
			}
			for _, on := range []Occasion{OnNotice, OnEmbargo} {
				if n := heard(on); n[gone.name] != 0 || n[stays.name] != 2 {
					t.Errorf("letters on %s that go out: %v", on, n)
				}
			}
			k.signed(a)
			on := OnPublic
			if leak {
				on = OnBurn
				_, err := k.Burn(k.ctx, lead, a.caseID, leaked, true)
				k.must(err)
				seen := k.view(lead, a.caseID).Burned.Seen
				if n := len(slices.DeleteFunc(seen, func(s Seen) bool { return s.Org != gone.name })); n < 2 {
					t.Errorf("%d entries say what the organisation knew", n)
				}
			} else {
				k.pass(11 * 24 * time.Hour)
				_, err := k.Release(k.ctx, manager, a.caseID, k.version(a.caseID), Slot{Zone: "UTC", Override: "now"})
				k.must(err)
			}
			if n := heard(on); n[gone.name] != 2 || n[stays.name] != 2 {
				t.Errorf("letters on %s that go out: %v", on, n)
			}
			if r := k.toldView(a, gone.name); !r.Barred || r.Ended.IsZero() {
				t.Errorf("at the end the team sees %+v", r)
			}
			k.traces(t, a, p.Text, gone.name)
		})
	}
}

// TestAnswersOfThoseWhoWereTold: what an organisation writes is kept for the team
// alone, by Steward itself; whoever is on call hears of it, and it counts as
// having said something.
func TestAnswersOfThoseWhoWereTold(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		o := k.withMail(handler.ID)
		k.withLists()
		one, other := k.joins(listID, "Heronbird Linux"), k.joins(listID, "Egretbird BSD")
		a, _ := k.prepared(10 * 24 * time.Hour)
		k.must(k.tell(a, listID, "it is urgent", one, other))
		k.must(k.SetStatus(k.ctx, other.contact, a.caseID, Fixed, ""))
		r := k.toldView(a, one.name)
		thread := Correspondence{Case: a.caseID, Recipient: r.ID, Contact: r.People[1].Contact}
		word := Answer{Body: "heronword", Key: "once", Via: &Via{From: "team@distro.example"}}
		for _, role := range append([]acl.Role{""}, acl.All...) {
			if role == acl.System {
				continue
			}
			c := acl.Caller{ID: "u-any", Name: "Any", Role: role, Report: a.report}
			if _, err := k.Correspondent(k.ctx, c, thread); !errs.Is(err, errs.NotFound) {
				t.Errorf("%s asks who corresponds: %v", role, err)
			}
			if err := k.KeepAnswer(k.ctx, c, thread, word); !errs.Is(err, errs.NotFound) && !errs.Is(err, errs.Denied) {
				t.Errorf("%s keeps an answer: %v", role, err)
			}
		}
		who, err := k.Correspondent(k.ctx, system, thread)
		k.must(err)
		if who.Organisation != one.name || who.Name != "Team of "+one.name || who.Fingerprint == "" || who.Barred() {
			t.Errorf("who corresponds: %+v", who)
		}
		silent := func() bool {
			return slices.ContainsFunc(k.view(lead, a.caseID).Deadlines, func(d Deadline) bool { return d.What == DueSilent })
		}
		if !silent() {
			t.Error("nobody is waited for")
		}
		k.must(k.KeepAnswer(k.ctx, system, thread, word))
		k.must(k.KeepAnswer(k.ctx, system, thread, word))
		notes := k.view(lead, a.caseID).Notes
		if len(notes) != 1 || notes[0].Organisation != one.name || notes[0].By.Name != who.Name || silent() {
			t.Errorf("the notes %+v, still waited for: %t", notes, silent())
		}
		posted := o.of(OnAnswer)
		if len(posted) != 1 || posted[0].User == "" || posted[0].Contact != "" {
			t.Fatalf("letters: %+v", posted)
		}
		p, err := k.Portal(k.ctx, other.contact, a.caseID)
		k.must(err)
		mine, err := k.Portal(k.ctx, one.contact, a.caseID)
		k.must(err)
		outside := jsonOf(t, p) + jsonOf(t, mine) + jsonOf(t, k.view(other.contact, a.caseID)) + jsonOf(t, k.box(a)) + k.everything()
		if strings.Contains(outside, "heronword") {
			t.Error("it is read outside the team, or kept in the clear")
		}
		_, err = k.Correspondent(k.ctx, system, Correspondence{Case: a.caseID, Recipient: "nobody", Contact: thread.Contact})
		k.refused(err, errs.NotFound)
		k.must(k.Lists.Suspend(k.ctx, handler, one.member, "a leak"))
		if who, err = k.Correspondent(k.ctx, system, thread); err != nil || !who.Barred() {
			t.Errorf("suspended: %+v, %v", who, err)
		}
	})
}
