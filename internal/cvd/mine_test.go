package cvd

import (
	"slices"
	"testing"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/base/errs"
)

// TestMineIsPagedInTheQueuesOrder: who is invited to more cases than a page
// holds, to some of them twice, finds each once, and where the queue has it.
func TestMineIsPagedInTheQueuesOrder(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		guest := acl.Caller{ID: "u-guest", Name: "Greta Guest"}
		for i := range pageSize + 10 {
			a := k.report()
			for _, role := range []acl.Role{acl.Fixer, acl.Reviewer}[:1+i%2] {
				k.must(k.Invite(k.ctx, lead, a.caseID, Person{ID: guest.ID, Name: guest.Name}, role))
			}
			if i%3 == 0 {
				k.must(k.Acknowledge(k.ctx, handler, a.caseID, Letter{}))
				k.must(k.Promise(k.ctx, handler, a.caseID, day0.Add(time.Duration(900-i)*time.Hour), time.Time{}))
			}
			if i%10 == 0 {
				k.must(k.Uninvite(k.ctx, lead, a.caseID, guest.ID, acl.Fixer))
			}
		}
		k.report() // that the guest does not see
		var want, got []string
		all, err := k.Queue(k.ctx, lead, Filter{Limit: maxPageSize})
		k.must(err)
		for _, s := range all.Cases {
			if v, err := k.View(k.ctx, guest, s.ID); err == nil {
				want = append(want, v.ID)
			}
		}
		pages := 0
		for after := ""; pages == 0 || after != ""; pages++ {
			page, err := k.Mine(k.ctx, guest, after)
			k.must(err)
			for _, s := range page.Cases {
				got = append(got, s.ID)
			}
			after = page.Next
		}
		if pages != 2 || len(want) != pageSize+10-6 || !slices.Equal(got, want) {
			t.Errorf("%d pages hold %d cases, in the order\n%v, want\n%v", pages, len(got), got, want)
		}
		_, err = k.Mine(k.ctx, guest, "x")
		k.refused(err, errs.Invalid)
	})
}

// TestHiddenCaseIsNotRead: who must not know of a case is told "not found"
// before anything of it is read, so that neither the time nor a fault in it
// tells that it is there. Whoever is invited to it meets the fault.
func TestHiddenCaseIsNotRead(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		own, hidden := k.report(), k.report()
		guest, other := acl.Caller{ID: "u-guest", Name: "Greta Guest"}, acl.Caller{ID: "u-other", Name: "Otto Other"}
		k.must(k.Invite(k.ctx, lead, own.caseID, Person{ID: guest.ID, Name: guest.Name}, acl.Fixer))
		k.must(k.Invite(k.ctx, lead, hidden.caseID, Person{ID: other.ID, Name: other.Name}, acl.Fixer))
		k.must(d.Write(k.ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(k.ctx, `UPDATE cases SET body = $1 WHERE id = $2`, []byte("broken"), hidden.caseID)
			return err
		}))
		for _, c := range []acl.Caller{guest, stranger, acl.Nobody(), own.caller} {
			_, err := k.View(k.ctx, c, hidden.caseID)
			k.refused(err, errs.NotFound)
			_, err = k.Note(k.ctx, c, hidden.caseID, "Text.")
			k.refused(err, errs.NotFound)
		}
		for _, c := range []acl.Caller{lead, other} {
			if _, err := k.View(k.ctx, c, hidden.caseID); err == nil || errs.Is(err, errs.NotFound) {
				t.Errorf("%s meets %v", c.Name, err)
			}
		}
	})
}
