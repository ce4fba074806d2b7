package cvd

import (
	"testing"
	"time"

	"steward/internal/advisory"
	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/base/errs"
)

// TestTheGateStopsTheApproval: what could not be published is not approved,
// and is told with its place; once it is mended, the way is free.
func TestTheGateStopsTheApproval(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		a := k.report()
		k.written(a)
		var asked advisory.Advisory
		open := false
		k.Gate = func(adv advisory.Advisory, _ time.Time) []advisory.Problem {
			if asked = adv; open {
				return nil
			}
			return []advisory.Problem{{Path: "csaf", Message: "is not valid", Blocking: true}}
		}
		k.must(k.ReviewDraft(k.ctx, lead, a.caseID, k.version(a.caseID), true, ""))
		k.refused(k.ApproveDraft(k.ctx, manager, a.caseID, k.version(a.caseID), true, ""), errs.Invalid)
		if !advisory.ValidID(asked.ID) || asked.Publisher.Name == "" {
			t.Errorf("the gate was asked about %q of %q", asked.ID, asked.Publisher.Name)
		}
		open = true
		k.must(k.ApproveDraft(k.ctx, manager, a.caseID, k.version(a.caseID), true, ""))
	})
}

// TestDatesUpToTheAgreedHour are no dates in the future for the lint.
func TestDatesUpToTheAgreedHour(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	agreed := Terms{Until: now.Add(48 * time.Hour), Zone: "UTC"}
	for name, tc := range map[string]struct {
		c    Case
		want time.Time
	}{
		"nothing agreed":    {Case{}, now},
		"an active embargo": {Case{Embargo: Embargo{State: EmbargoActive, Active: &agreed}}, agreed.Until},
		"one that was left": {Case{Embargo: Embargo{State: EmbargoExited, Active: &agreed}}, now},
		"a later release":   {Case{Review: Review{Schedule: &Schedule{At: now.Add(time.Hour)}}}, now.Add(time.Hour)},
		"an hour gone by":   {Case{Review: Review{Schedule: &Schedule{At: now.Add(-time.Hour)}}}, now},
	} {
		if got := tc.c.earliest(now); !got.Equal(tc.want) {
			t.Errorf("%s: got %v, want %v", name, got, tc.want)
		}
	}
}
