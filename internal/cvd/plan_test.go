package cvd

import (
	"slices"
	"testing"
	"time"

	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/policy"
)

// TestPlanOfACase: what the policy says stands beside the case, follows the
// hours that are agreed on, and says where they break it.
func TestPlanOfACase(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		p, _, err := policy.Preset("openssl")
		k.must(err)
		k.Settings.Policy = p
		a := k.report()
		if v := k.view(lead, a.caseID); v.Plan != nil {
			t.Errorf("a plan without a severity: %+v", v.Plan)
		}
		k.must(k.Dispose(k.ctx, handler, a.caseID, Decision{Disposition: Valid}))
		f := facts()
		k.must(k.Edit(k.ctx, handler, a.caseID, k.version(a.caseID), f))
		v := k.view(lead, a.caseID)
		if v.Plan == nil || len(v.Plan.Steps) == 0 || v.Plan.Problem != "" {
			t.Fatalf("the plan: %+v", v.Plan)
		}
		until := time.Date(2026, 4, 14, 13, 0, 0, 0, time.UTC) // a Tuesday
		k.must(k.Embargo(k.ctx, handler, a.caseID, EmbargoPropose, Terms{Until: until, Zone: "UTC"}))
		k.must(k.Embargo(k.ctx, lead, a.caseID, EmbargoAccept, Terms{}))
		steps := k.view(lead, a.caseID).Plan.Steps
		i := slices.IndexFunc(steps, func(s policy.Step) bool { return s.Deed == policy.Release })
		if i < 0 || !steps[i].At.Equal(until) {
			t.Errorf("the release is not at the agreed hour: %+v", steps)
		}
		for _, s := range steps {
			if s.Basis == "" {
				t.Errorf("%s has no basis", s.Deed)
			}
		}
		if o := window(&p, Slot{At: until, Zone: "UTC"}); o != nil {
			t.Errorf("a Tuesday at 13:00 is refused: %+v", o)
		}
		if o := window(&p, Slot{At: until.Add(6 * time.Hour), Zone: "UTC"}); len(o) != 1 || !o[0].Soft {
			t.Errorf("a Tuesday at 19:00: %+v", o)
		}
	})
}
