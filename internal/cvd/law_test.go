package cvd

import (
	"slices"
	"strings"
	"testing"
	"time"

	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/base/errs"
	"steward/internal/duty"
)

// exploited is what a team says of a vulnerability that is being exploited.
func exploited(since time.Time) Matter {
	return Matter{Facts: duty.Facts{
		Role: duty.Manufacturer, Trigger: duty.Exploited, Zone: "Europe/Stockholm",
		Awareness: duty.Awareness{At: since, Evidence: "an intrusion at a user, with our parser in the trace"},
	}}
}

func (k *kit) noMatter(caseID string) bool {
	m, err := k.Matters(k.ctx, lead, caseID)
	k.must(err)
	return len(m) == 0
}

// TestClocksOfTheLaw: they begin with the awareness, stand in the queue beside
// all other deadlines, and end with the filings.
func TestClocksOfTheLaw(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		a := k.report()
		k.written(a)
		since := time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC) // the law applies
		k.pass(since.Sub(day0) + time.Minute)
		k.refused(k.FileNotice(k.ctx, lead, a.caseID, duty.Exploited, duty.Filing{Kind: duty.EarlyWarning, At: since}), errs.Conflict)
		bare := exploited(since)
		bare.Facts.Awareness.Evidence = " "
		k.refused(k.SetMatter(k.ctx, lead, a.caseID, k.version(a.caseID), bare), errs.Invalid)
		k.must(k.SetMatter(k.ctx, handler, a.caseID, k.version(a.caseID), exploited(since)))

		kinds := func() (out []DeadlineKind) {
			for _, x := range k.view(lead, a.caseID).Deadlines {
				if strings.Contains(x.Basis, "2024/2847") {
					out = append(out, x.What)
					if x.By != handler.Name || x.From.IsZero() {
						t.Errorf("%s: set by %q, from %s", x.What, x.By, x.From)
					}
				}
			}
			return out
		}
		if got := kinds(); !slices.Equal(got, []DeadlineKind{DeadlineKind(duty.EarlyWarning), DeadlineKind(duty.Notification)}) {
			t.Errorf("running: %v", got)
		}
		ds := k.view(lead, a.caseID).Deadlines
		if i := slices.IndexFunc(ds, func(x Deadline) bool { return x.What == DeadlineKind(duty.EarlyWarning) }); !ds[i].At.Equal(since.Add(24 * time.Hour)) {
			t.Errorf("the early warning is due at %s", ds[i].At)
		}
		k.pass(time.Hour)
		k.must(k.FileNotice(k.ctx, handler, a.caseID, duty.Exploited, duty.Filing{Kind: duty.EarlyWarning, At: since.Add(time.Minute), Reference: "SRP-1"}))
		if got := kinds(); !slices.Equal(got, []DeadlineKind{DeadlineKind(duty.Notification)}) {
			t.Errorf("after the early warning: %v", got)
		}
		doc, err := k.Dossier(k.ctx, lead, a.caseID, duty.Exploited, duty.Notification)
		k.must(err)
		if text := doc.Text(80); !strings.Contains(text, "libquill") || !strings.Contains(text, "CVE-2026-12345") {
			t.Errorf("the dossier does not say what the case knows:\n%s", text)
		}
		k.signed(a)
		_, err = k.Release(k.ctx, manager, a.caseID, k.version(a.caseID), Slot{Zone: "UTC", Override: "it is exploited"})
		k.must(err)
		m, err := k.Matters(k.ctx, lead, a.caseID)
		k.must(err)
		final := m[0].Clocks[slices.IndexFunc(m[0].Clocks, func(x duty.Due) bool { return x.Kind == duty.FinalReport })]
		if m[0].Facts.FixAvailable.IsZero() || final.State != duty.Running {
			t.Errorf("the release begins no final report: %+v", final)
		}
	})
}
