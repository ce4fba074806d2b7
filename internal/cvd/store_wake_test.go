package cvd

import (
	"slices"
	"strings"
	"testing"
	"time"

	"context"

	"steward/internal/base/acl"
	"steward/internal/base/audit"
	"steward/internal/base/calendar"
	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/intake"
	"steward/internal/policy"
)

// laddered gives a kit a ladder of four steps, and who stands on it.
func (k *kit) laddered() *outbox {
	span := func(s string) calendar.Span {
		v, err := calendar.ParseSpan(s)
		k.must(err)
		return v
	}
	k.Settings.Policy = policy.Policy{
		Remind: span("7d"), DisclosedFrom: span("90d"),
		Coordinator: policy.Outside{Name: "A coordinator", Address: "help@coordinator.example"},
		Ladder: []policy.Rung{
			{After: span("24h"), Tell: policy.OnCall}, {After: span("48h"), Tell: policy.Handlers},
			{After: span("72h"), Tell: policy.Lead}, {After: span("120h"), Tell: policy.Coordinator},
		},
	}
	k.Holders = func(_ context.Context, _ db.Queryer, roles ...acl.Role) (ids []string, err error) {
		for _, c := range []acl.Caller{lead, handler, second, manager} {
			if slices.Contains(roles, c.Role) {
				ids = append(ids, c.ID)
			}
		}
		return ids, nil
	}
	return k.withMail(handler.ID, handler.ID, lead.ID, second.ID)
}

func (k *kit) wake() int {
	k.t.Helper()
	n, err := k.Wake(k.ctx, system)
	k.must(err)
	return n
}

// TestLadder: a report that nobody answers climbs, step by step, and stops when
// a person answers; each step is taken once.
func TestLadder(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		o := k.laddered()
		a := k.report(func(s *intake.Submission) { s.Summary = "canary" })
		told := func() (list []string) {
			for _, p := range o.of(OnUnanswered) {
				list = append(list, p.User+p.Address)
			}
			return list
		}
		if k.wake(); len(told()) != 0 {
			t.Errorf("told at once: %v", told())
		}
		for _, step := range []struct {
			after time.Duration
			want  []string
		}{
			{24 * time.Hour, []string{handler.ID}},
			{24 * time.Hour, []string{handler.ID, lead.ID, handler.ID, second.ID}},
			{24 * time.Hour, []string{handler.ID, lead.ID, handler.ID, second.ID, lead.ID}},
			{48 * time.Hour, []string{handler.ID, lead.ID, handler.ID, second.ID, lead.ID, "help@coordinator.example"}},
		} {
			k.pass(step.after)
			k.wake()
			k.wake()
			if got := told(); !slices.Equal(got, step.want) {
				t.Errorf("told: %v, want %v", got, step.want)
			}
		}
		if box := k.box(a); len(box.Ladder) != 4 || box.Ladder[3].Tell != policy.Coordinator {
			t.Errorf("the reporter sees: %+v", box.Ladder)
		}
		for _, p := range o.of(OnUnanswered) {
			got := k.parcel(p)
			if p.Address != "" && (got.Private != nil || got.To != p.Address) {
				t.Errorf("the coordinator is told: %+v", got)
			}
		}
		b := k.report()
		k.must(k.Acknowledge(k.ctx, handler, b.caseID, Letter{}))
		before := len(told())
		k.pass(200 * time.Hour)
		k.wake()
		if len(told()) != before {
			t.Error("a report that was answered climbed")
		}
	})
}

// TestReminders: of each deadline once before it, and once when it is past.
func TestReminders(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		o := k.laddered()
		a := k.report()
		k.must(k.Dispose(k.ctx, handler, a.caseID, Decision{Disposition: Valid}))
		_, err := k.Message(k.ctx, handler, a.caseID, "", Letter{Body: "Which version?", NextStatus: day0.Add(30 * 24 * time.Hour)})
		k.must(err)
		due := func(what DeadlineKind) (n int) {
			for _, p := range o.of(OnDeadline) {
				if p.Due.What == what {
					n++
					if text := k.parcel(p).Private.Text; !strings.Contains(text, string(what)) {
						t.Errorf("the reminder says %q", text)
					}
				}
			}
			return n
		}
		k.pass(6*24*time.Hour + time.Hour)
		k.wake()
		if due(DueRemind) != 1 {
			t.Errorf("%d reminders before the silent reporter is due", due(DueRemind))
		}
		k.pass(24 * time.Hour)
		k.wake()
		k.wake()
		if due(DueRemind) != 2 {
			t.Errorf("%d reminders of the silent reporter", due(DueRemind))
		}
		entries, err := k.Timeline(k.ctx, lead, a.caseID)
		k.must(err)
		if !slices.ContainsFunc(entries, func(e audit.Entry) bool {
			return e.Detail["reminded of"] == string(DueRemind) && e.Detail["told"] != "0"
		}) {
			t.Errorf("no reminder is in the record: %+v", entries)
		}
		_, err = k.Reply(k.ctx, a.caller, Reply{Body: "1.4."})
		k.must(err)
		if i := slices.IndexFunc(k.view(lead, a.caseID).Deadlines, func(x Deadline) bool { return x.What == DueRemind }); i >= 0 {
			t.Error("a reporter who has answered is still silent")
		}
		ds := k.view(lead, a.caseID).Deadlines
		i := slices.IndexFunc(ds, func(x Deadline) bool { return x.What == DueDisclosure })
		if i < 0 || ds[i].At.Sub(ds[i].From) != 90*24*time.Hour || ds[i].Basis == "" {
			t.Errorf("the policy's own day: %+v", ds)
		}
		k.pass(100 * 24 * time.Hour)
		k.wake()
		if due(DueDisclosure) != 2 || due(DueStatus) != 2 {
			t.Errorf("after a long sleep: %d and %d", due(DueDisclosure), due(DueStatus))
		}
	})
}
