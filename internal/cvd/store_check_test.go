package cvd

import (
	"strings"
	"testing"
	"time"

	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/intake"
)

// TestChannelCheck: a check proves its channel, makes no gap among the cases,
// stands in nobody's way, and cannot be feigned.
func TestChannelCheck(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		o := k.laddered()
		first := k.report()
		begin := func(ch intake.Channel) ChannelCheck {
			c, err := k.BeginCheck(k.ctx, system, ch)
			k.must(err)
			return c
		}
		send := func(id string, ch intake.Channel) arrival {
			return k.report(func(s *intake.Submission) {
				s.Channel = ch
				s.Summary, s.What = CheckReport(id)
			})
		}
		before := len(o.list)
		c := begin(intake.API)
		if got, err := k.EndCheck(k.ctx, system, c.ID, false, ""); err != nil || !got.Ended.IsZero() {
			t.Errorf("ended before it came: %+v %v", got, err)
		}
		a := send(c.ID, intake.API)
		v := k.view(lead, a.caseID)
		if !strings.Contains(v.Ref, "-900001") || len(o.list) != before {
			t.Errorf("the check is case %s and woke %d", v.Ref, len(o.list)-before)
		}
		got, err := k.EndCheck(k.ctx, system, c.ID, false, "")
		if err != nil || got.Ended.IsZero() || got.Problem != "" {
			t.Errorf("the check ended: %+v %v", got, err)
		}
		page, err := k.Queue(k.ctx, handler, Filter{States: []State{Closed, Receipt}})
		k.must(err)
		if len(page.Cases) != 1 || page.Cases[0].ID != first.caseID {
			t.Errorf("the queue has %d cases", len(page.Cases))
		}

		// By another channel, twice, or without a check, it is a report like any.
		c = begin(intake.Mail)
		wrong := send(c.ID, intake.Web)
		again := send(got.ID, intake.API)
		feigned := send(db.NewID(k.Rand), intake.API)
		for _, x := range []arrival{wrong, again, feigned} {
			if ref := k.view(lead, x.caseID).Ref; strings.Contains(ref, "-9000") {
				t.Errorf("%s was taken for a check", ref)
			}
		}
		late, err := k.EndCheck(k.ctx, system, c.ID, true, "")
		k.must(err)
		if late.Problem == "" {
			t.Error("a check whose report never came ended well")
		}
		k.pass(time.Hour)
		states, err := k.Channels(k.ctx)
		k.must(err)
		if len(states) != 2 || states[0].Channel != intake.API || states[0].Proved.IsZero() || states[0].Problem != "" ||
			states[1].Channel != intake.Mail || !states[1].Proved.IsZero() || states[1].Problem == "" {
			t.Errorf("the channels: %+v", states)
		}
		k.pass(200 * time.Hour)
		if k.wake(); len(o.of(OnUnanswered)) == 0 {
			t.Error("reports that feign a check do not climb")
		}
		for _, p := range o.of(OnUnanswered) {
			if p.Case == a.caseID {
				t.Error("a check climbed")
			}
		}
	})
}
