package cvd

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/base/errs"
)

// TestNoticeUnderEmbargo: who is told is let in and gets a letter; who is not in
// standing is refused by name and with the reason; the record has organisations
// and nobody else.
func TestNoticeUnderEmbargo(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		o := k.withMail(handler.ID, handler.ID)
		k.withLists()
		heron, egret := k.joins(listID, "Heron Linux"), k.joins(listID, "Egret BSD")
		bad := k.joins(listID, "Stork OS")
		k.must(k.Lists.Suspend(k.ctx, handler, bad.member, "a leak"))
		a := k.report()
		k.written(a)
		k.refused(k.tell(a, listID, "", heron), errs.Invalid) // no embargo
		until := k.embargoed(a, 10*24*time.Hour)
		k.refused(k.tell(a, "nowhere", "", heron), errs.Invalid)
		k.refused(k.tell(a, listID, ""), errs.Invalid) // nobody chosen
		err := k.tell(a, listID, "", heron, bad)
		if k.refused(err, errs.Invalid); err == nil || !strings.Contains(err.Error(), "Stork OS") || !strings.Contains(err.Error(), "suspended") {
			t.Errorf("refused by %v", err)
		}
		if got := k.view(lead, a.caseID); got.Told != nil || len(o.of(OnNotice)) > 0 {
			t.Fatalf("a refused notice has told someone: %+v", got.Told)
		}
		check, err := k.CheckDistribution(k.ctx, handler, a.caseID, listID, []string{heron.member, bad.member})
		k.must(err)
		if len(check.May) != 2 || len(check.Not) != 1 || check.Not[0].Organisation != bad.name || len(check.Obstacles) != 1 || check.Obstacles[0].Soft {
			t.Errorf("checked: %+v", check)
		}
		k.must(k.tell(a, listID, "", heron))
		if p, err := k.Portal(k.ctx, egret.contact, a.caseID); err == nil {
			t.Errorf("who was not told sees %+v", p)
		}
		posted := o.of(OnNotice)
		if len(posted) != 2 {
			t.Fatalf("%d letters for two contacts", len(posted))
		}
		for _, p := range posted {
			letter := k.parcel(p)
			if letter.Private == nil || !strings.Contains(letter.To, "@distro.example") {
				t.Fatalf("a letter to %q without its text", letter.To)
			}
			for _, want := range []string{"TLP:AMBER: Heron Linux", inZone(until, "UTC"), "Europe/Berlin", "Please test.", facts().Title} {
				if !strings.Contains(letter.Private.Text, want) {
					t.Errorf("the letter does not say %q:\n%s", want, letter.Private.Text)
				}
			}
		}
		entries, err := k.Timeline(k.ctx, lead, a.caseID)
		k.must(err)
		for _, e := range entries {
			if e.Action == string(acl.Distribute) {
				if e.Detail["told"] != heron.name {
					t.Errorf("the record: %v", e.Detail)
				}
				if text := jsonOf(t, e.Detail); strings.Contains(text, "Person of") || strings.Contains(text, "@") {
					t.Errorf("the record names people: %s", text)
				}
			}
		}
		// Told again, an organisation stays one; what was posted for before goes to nobody.
		k.must(k.tell(a, listID, "", heron, egret))
		if got := k.view(lead, a.caseID).Told; len(got.Recipients) != 2 || len(got.Sendings) != 2 {
			t.Errorf("told: %+v", got)
		}
		_, err = k.Parcel(k.ctx, system, posted[0])
		k.refused(err, errs.NotFound)
		k.must(k.Lists.Suspend(k.ctx, handler, egret.member, "a leak"))
		for _, p := range o.of(OnNotice)[2:] {
			parcel, err := k.Parcel(k.ctx, system, p)
			if gone := k.wholeCase(a.caseID).recipient(p.Recipient).Name == egret.name; gone != errs.Is(err, errs.NotFound) {
				t.Errorf("suspended %t: %+v, %v", gone, parcel, err)
			}
		}
		k.refused(k.Merge(k.ctx, lead, a.caseID, k.report().caseID, ""), errs.Conflict)
	})
}

// TestCopiesAreTheirOwn: no recipient sees the original, another's copy, name,
// status or wish; and a leak of a copy is traced to whose it was.
func TestCopiesAreTheirOwn(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		o := k.withMail(handler.ID)
		k.withLists()
		var orgs []org
		for _, n := range []string{"Heronbird Linux", "Egretbird BSD", "Storkbird OS"} {
			orgs = append(orgs, k.joins(listID, n))
		}
		a, until := k.prepared(10 * 24 * time.Hour)
		_, err := k.AddPatchFile(k.ctx, handler, a.caseID, "fix.patch", []byte(smallDiff))
		k.must(err)
		k.must(k.tell(a, listID, "it is urgent", orgs...))
		k.must(k.SetStatus(k.ctx, orgs[0].contact, a.caseID, Affected, "heronstatement"))
		k.must(k.Embargo(k.ctx, orgs[0].contact, a.caseID, EmbargoChange, Terms{Until: until.Add(-24 * time.Hour), Zone: "Europe/Berlin", Reason: "heronreason"}))
		original := copyText(k.view(lead, a.caseID).Draft.Advisory)
		texts, diffs := map[string]string{}, map[string]string{}
		for _, g := range orgs {
			p, err := k.Portal(k.ctx, g.contact, a.caseID)
			k.must(err)
			_, diff, err := k.PatchCopy(k.ctx, g.contact, a.caseID, p.Patches[0].ID)
			k.must(err)
			draft, err := k.Draft(k.ctx, g.contact, a.caseID)
			k.must(err)
			all := jsonOf(t, p) + jsonOf(t, k.view(g.contact, a.caseID)) + string(diff) + jsonOf(t, draft)
			for _, post := range o.of(OnNotice) {
				if k.wholeCase(a.caseID).recipient(post.Recipient).Name == g.name {
					letter := k.parcel(post).Private
					all += jsonOf(t, letter)
					if len(letter.Files) != 1 || letter.Files[0].Name != "fix.patch" || !bytes.Equal(letter.Files[0].Data, diff) {
						t.Errorf("the letter to %s has not its copy of the patch: %+v", g.name, letter.Files)
					}
				}
			}
			for _, other := range orgs {
				if other.name != g.name && (strings.Contains(all, strings.Fields(other.name)[0]) || strings.Contains(all, other.contact.ID)) {
					t.Errorf("%s sees %s", g.name, other.name)
				}
			}
			for _, bird := range []string{"heronstatement", "heronreason"} {
				if g.name != orgs[0].name && strings.Contains(all, bird) {
					t.Errorf("%s sees %s", g.name, bird)
				}
			}
			for _, private := range []string{"It crashes.", "dana@example.net", handler.Name, second.Name} {
				if strings.Contains(all, private) {
					t.Errorf("%s sees %q", g.name, private)
				}
			}
			if strings.Contains(p.Text, original) || draft.Advisory.Overview == k.longProse().Overview || string(diff) == smallDiff {
				t.Errorf("%s has the original", g.name)
			}
			if p.Embargo.Active.Until != until || p.Hour != inZone(until, "Europe/Berlin") || p.Embargo.Proposal == nil {
				t.Errorf("%s is shown the terms %+v", g.name, p.Embargo)
			}
			texts[g.name], diffs[g.name] = p.Text, string(diff)
		}
		_, diff, err := k.PatchCopy(k.ctx, handler, a.caseID, k.patch(a.caseID))
		if k.must(err); string(diff) != smallDiff {
			t.Error("the team gets another patch than it gave")
		}
		// The draft changes; what leaked is the wording of before.
		k.must(k.EditDraft(k.ctx, handler, a.caseID, k.version(a.caseID), prose()))
		for _, g := range orgs {
			k.traces(t, a, texts[g.name], g.name)
			k.traces(t, a, texts[g.name][len(texts[g.name])/4:], g.name)
			k.traces(t, a, diffs[g.name], g.name)
		}
		k.traces(t, a, original, "")
		k.traces(t, a, "", "")
		if kept := k.everything(); strings.Contains(kept, "heronstatement") || strings.Contains(kept, "heronreason") {
			t.Error("what an organisation said is kept in the clear")
		}
		people := k.view(lead, a.caseID)
		told := people.Told.Recipients
		if st := told[slices.IndexFunc(told, func(r RecipientView) bool { return r.Name == orgs[0].name })]; len(told) != 3 || st.Status != Affected || st.Statement != "heronstatement" || st.Proposed == nil {
			t.Errorf("the team sees %+v", st)
		}
		seen := 0
		entries, err := k.Timeline(k.ctx, lead, a.caseID)
		k.must(err)
		for _, e := range entries {
			if e.Detail["seen"] == seenCopy || strings.HasPrefix(e.Detail["seen"], "patch ") {
				seen++
			}
		}
		if seen != 2*len(orgs) {
			t.Errorf("%d looks are in the record, want %d", seen, 2*len(orgs))
		}
	})
}

// traces holds a leak against the copies: it names that one and no other.
func (k *kit) traces(t *testing.T, a arrival, leak, name string) {
	t.Helper()
	all, err := k.Trace(k.ctx, lead, a.caseID, []byte(leak))
	k.must(err)
	var names []string
	for _, x := range all {
		for _, v := range x.Verdicts {
			if v.Traced {
				names = append(names, v.Name)
			}
		}
	}
	if names = unique(names); strings.Join(names, ",") != name {
		t.Errorf("traced to %v, want %q", names, name)
	}
}

// TestListRules holds notices against the rules of lists, with dates.
func TestListRules(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		k.withLists()
		for _, c := range []struct {
			name string
			list string
			len  time.Duration // of the embargo, from a Monday at nine
			hard string        // words of the refusal; empty: none
			soft string
		}{
			{"two weeks and an hour", "linux-distros", 14*day + time.Hour, "14 days", ""},
			{"less than two weeks", "linux-distros", 13*day - time.Hour, "", "prefers"}, // a Saturday, too
			{"less than a week", "linux-distros", 3 * day, "", ""},
			{"hours", "linux-distros", 6 * time.Hour, "", "shorter"},
			{"over the weekend", "linux-distros", 4 * day, "", "Friday"},
			{"four weeks", "kubernetes distributors-announce", 29 * day, "4 weeks", ""},
			{"no rules", listID, 60 * day, "", ""},
		} {
			k.mu.Lock()
			k.at = day0
			k.mu.Unlock()
			a, _ := k.prepared(c.len)
			got, err := k.CheckDistribution(k.ctx, handler, a.caseID, c.list, nil)
			k.must(err)
			var hard, soft []string
			for _, o := range got.Obstacles {
				if o.Way == "" {
					t.Errorf("%s: no way out of %q", c.name, o.Why)
				}
				if o.Soft {
					soft = append(soft, o.Why)
				} else {
					hard = append(hard, o.Why)
				}
			}
			h, s := strings.Join(hard, " "), strings.Join(soft, " ")
			if (h != "") != (c.hard != "") || !strings.Contains(h, c.hard) || (s != "") != (c.soft != "") && c.hard == "" || !strings.Contains(s, c.soft) {
				t.Errorf("%s: hard %q, soft %q", c.name, h, s)
			}
			if c.list == listID {
				continue
			}
			err = k.tell(a, c.list, "")
			if refuse := c.hard != "" || c.soft != ""; refuse != errs.Is(err, errs.Invalid) {
				t.Errorf("%s: %v", c.name, err)
			}
			if err != nil {
				err = k.tell(a, c.list, "there is no other way")
			}
			if (c.hard != "") != errs.Is(err, errs.Invalid) {
				t.Errorf("%s, overridden: %v", c.name, err)
			}
		}
	})
}

// TestPromisesToLists: the limit, the silent and the post fall due.
func TestPromisesToLists(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		k.withLists("linux-distros")
		heron := k.joins("linux-distros", "Heron Linux")
		a, until := k.prepared(6*24*time.Hour + 4*time.Hour)
		told := k.now()
		k.must(k.tell(a, "linux-distros", "a Sunday is all that is left", heron))
		due := func(what DeadlineKind) (at time.Time) {
			for _, x := range k.view(lead, a.caseID).Deadlines {
				if x.What == what {
					if x.Basis == "" {
						t.Errorf("%s has no basis", what)
					}
					return x.At
				}
			}
			return at
		}
		if at := due(DueListLimit); at.Sub(told.Add(14*24*time.Hour)).Abs() > time.Minute {
			t.Errorf("the list's limit is %s", at)
		}
		if at := due(DueSilent); !at.Equal(until.Add(-silentBefore)) {
			t.Errorf("the silent are asked at %s", at)
		}
		k.must(k.SetStatus(k.ctx, heron.contact, a.caseID, NotAffected, ""))
		k.refused(k.SetStatus(k.ctx, heron.contact, a.caseID, "perhaps", ""), errs.Invalid)
		k.refused(k.SetStatus(k.ctx, k.invited(a.caseID, acl.Distributor), a.caseID, Fixed, ""), errs.Conflict)
		if at := due(DueSilent); !at.IsZero() {
			t.Errorf("who has spoken is asked at %s", at)
		}
		later := Terms{Until: told.Add(15 * 24 * time.Hour), Zone: "UTC", Reason: "our builds"}
		k.must(k.Embargo(k.ctx, heron.contact, a.caseID, EmbargoChange, later))
		k.refused(k.Embargo(k.ctx, lead, a.caseID, EmbargoAccept, Terms{}), errs.Conflict) // beyond what the list takes
		k.must(k.Embargo(k.ctx, lead, a.caseID, EmbargoReject, Terms{Reason: "the list takes two weeks"}))
		item := func() Item {
			list := k.view(lead, a.caseID).Checklist
			return list[slices.IndexFunc(list, func(it Item) bool { return it.Code == "post" })]
		}
		if it := item(); it.Done || !it.Due.Equal(until) {
			t.Errorf("the post: %+v", it)
		}
		_, err := k.ListText(k.ctx, handler, a.caseID, OssSecurity)
		k.refused(err, errs.Conflict)
		before, err := k.ListText(k.ctx, handler, a.caseID, LinuxDistros)
		k.must(err)
		k.refused(k.NotePosted(k.ctx, handler, a.caseID, "https://example.org/post"), errs.Conflict)
		k.signed(a)
		k.pass(7 * 24 * time.Hour)
		pub, err := k.Release(k.ctx, manager, a.caseID, k.version(a.caseID), Slot{Zone: "UTC", Override: "now"})
		k.must(err)
		after, err := k.ListText(k.ctx, handler, a.caseID, OssSecurity)
		k.must(err)
		for _, text := range []string{before, after} {
			for line := range strings.Lines(text) {
				if len([]rune(strings.TrimRight(line, "\n"))) > columns && !strings.Contains(line, "://") {
					t.Errorf("a line of %d characters: %s", len(line), line)
				}
			}
		}
		for text, words := range map[string][]string{
			before: {"Subject: [vs] libquill\n", "linux-distros@vs.openwall.org", inZone(until, "UTC"), "not public", "CVE-2026-12345", "oss-security"},
			after:  {pub.ID, "CVE-2026-12345", "libquill 1.4.2", "https://example.org/1.4.2"},
		} {
			for _, w := range words {
				if !strings.Contains(text, w) {
					t.Errorf("it does not say %q:\n%s", w, text)
				}
			}
		}
		if !due(DuePost).Equal(pub.Published) {
			t.Errorf("the post is due %s", due(DuePost))
		}
		k.refused(k.NotePosted(k.ctx, handler, a.caseID, "javascript:alert(1)"), errs.Invalid)
		k.must(k.NotePosted(k.ctx, handler, a.caseID, "https://www.openwall.com/lists/oss-security/2026/03/09/1"))
		if it := item(); !it.Done || !due(DuePost).IsZero() {
			t.Errorf("posted: %+v", it)
		}
		if r := k.view(lead, a.caseID).Told.Recipients[0]; r.Ended.IsZero() {
			t.Error("who was told is held to silence after the release")
		}
	})
}

// TestOutsideAList tells a list whose members are not kept here.
func TestOutsideAList(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		a, _ := k.prepared(3 * 24 * time.Hour)
		k.must(k.tell(a, "linux-distros", ""))
		told := k.view(lead, a.caseID).Told
		if len(told.Recipients) != 0 || len(told.Sendings) != 1 || !told.Sendings[0].Outside || told.Sendings[0].PostTo != "oss-security" {
			t.Errorf("told: %+v", told)
		}
		var all errs.Problems
		err := k.tell(a, "linux-distros", "", org{member: "nobody"})
		if !errors.As(err, &all) || len(all) != 1 {
			t.Errorf("an outside list with a member: %v", err)
		}
	})
}
