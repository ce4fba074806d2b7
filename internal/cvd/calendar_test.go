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

// TestDeadlinesOfEachCaller: the team is told of what falls due in every case,
// who is invited of what their own case shows them, and nobody else.
func TestDeadlinesOfEachCaller(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		guest := acl.Caller{ID: "u-guest", Name: "Greta Guest"}
		a, b := k.report(), k.report()
		k.must(k.Invite(k.ctx, lead, a.caseID, Person{ID: guest.ID, Name: guest.Name}, acl.Fixer))
		k.must(k.Invite(k.ctx, lead, a.caseID, Person{ID: guest.ID, Name: guest.Name}, acl.Reviewer))
		k.must(k.Acknowledge(k.ctx, handler, a.caseID, Letter{Body: "Hello.", NextStatus: day0.Add(100 * time.Hour)}))
		k.must(k.Embargo(k.ctx, handler, a.caseID, EmbargoPropose, Terms{Until: day0.Add(500 * time.Hour), Zone: "UTC"}))
		k.must(k.Embargo(k.ctx, lead, a.caseID, EmbargoAccept, Terms{}))
		far := day0.Add(9999 * time.Hour)
		kinds := func(c acl.Caller, until time.Time) (out []DeadlineKind) {
			t.Helper()
			list, err := k.Deadlines(k.ctx, c, until)
			k.must(err)
			if !slices.IsSortedFunc(list, func(a, b Falling) int { return a.At.Compare(b.At) }) {
				t.Errorf("they are out of order: %+v", list)
			}
			for _, f := range list {
				if f.Case != a.caseID && f.Case != b.caseID {
					t.Errorf("a deadline of case %q", f.Case)
				}
				out = append(out, f.What)
			}
			return out
		}
		if got := kinds(handler, far); !slices.Equal(got, []DeadlineKind{DueAcknowledge, DueStatus, DueEmbargo}) {
			t.Errorf("the team is told of %v", got)
		}
		if got := kinds(handler, day0.Add(200*time.Hour)); !slices.Equal(got, []DeadlineKind{DueAcknowledge, DueStatus}) {
			t.Errorf("until some day: %v", got)
		}
		if got := kinds(guest, far); !slices.Equal(got, []DeadlineKind{DueEmbargo}) {
			t.Errorf("who is invited is told of %v", got)
		}
		if got := kinds(stranger, far); len(got) != 0 {
			t.Errorf("a stranger is told of %v", got)
		}
		k.must(k.Uninvite(k.ctx, lead, a.caseID, guest.ID, acl.Fixer))
		k.must(k.Uninvite(k.ctx, lead, a.caseID, guest.ID, acl.Reviewer))
		if got := kinds(guest, far); len(got) != 0 {
			t.Errorf("who is invited no more is told of %v", got)
		}
		for _, c := range []acl.Caller{acl.Nobody(), a.caller, system} {
			_, err := k.Deadlines(k.ctx, c, far)
			k.refused(err, errs.NotFound)
		}
	})
}
