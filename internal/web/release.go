package web

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"steward/internal/advisory"
	"steward/internal/base/acl"
	"steward/internal/base/errs"
	"steward/internal/base/look"
	"steward/internal/cvd"
	"steward/internal/publish/render"
)

// releasePage leads the draft out: shown, reviewed, approved, released.
type releasePage struct {
	casePage
	Progress   []look.Step
	Remarks    []shownProblem
	Blocking   int                  // how many of them stop the release
	Objections []advisory.Objection // to a release now
	Zone       string
	URL        string // of the advisory, once public
	Countdown  *look.Countdown
}

// Can tells whether an event of the draft is possible now.
func (p releasePage) Can(e string) bool {
	return slices.Contains(p.View.Events.Draft, cvd.DraftEvent(e))
}

// draftStates are the steps of a draft.
var draftStates = []struct {
	state cvd.DraftState
	name  string
}{{cvd.DraftWriting, "Written"}, {cvd.DraftReviewed, "Reviewed"}, {cvd.DraftApproved, "Approved"}, {cvd.DraftReleased, "Released"}}

func (s *server) release(v *visit) error { return s.showRelease(v, nil) }

func (s *server) showRelease(v *visit, r *refusal) error {
	p, err := s.casePage(v, "Release", r)
	if err != nil {
		return err
	}
	d := p.View.Draft
	if d == nil {
		return errs.Missing()
	}
	out := releasePage{casePage: p, Remarks: mended(d.Problems), Zone: s.Zone, Progress: draftSteps(d)}
	for _, problem := range d.Problems {
		if problem.Blocking {
			out.Blocking++
		}
	}
	if out.Objections, err = advisory.Guard(p.Now, s.Zone, s.Cases.Settings.Countries); err != nil {
		return fmt.Errorf("asking whether today is a good day: %w", err)
	}
	if public(p.View) {
		out.URL = "/" + render.AdvisoryPath(p.View.Advisory)
	}
	if r := d.Review; r != nil && r.Schedule != nil && r.Approved != nil {
		c := look.NewCountdown(r.Approved.At, r.Schedule.At, p.Now)
		out.Countdown = &c
	}
	if r == nil {
		p.setHour("at", p.View.EmbargoUntil, s.Zone)
		if d.Prenotice != nil {
			p.set("branches", strings.Join(d.Prenotice.Branches, ", "))
		}
	}
	return s.render(v, r.status(), "release", out)
}

// draftSteps names who signed at each step, to those who may know.
func draftSteps(d *cvd.DraftView) []look.Step {
	names := make([]string, len(draftStates))
	now := 0
	for i, step := range draftStates {
		names[i] = step.name
		if step.state == d.State && i > 0 {
			now = i + 1
		}
	}
	if d.State == cvd.DraftScheduled {
		now = len(names) - 1
	}
	if d.State == cvd.DraftWithdrawn {
		now = len(names)
	}
	steps := stepsAt(names, now)
	r := d.Review
	if r == nil {
		return steps
	}
	if r.Editor.Name != "" {
		steps[0].Say = "last by " + r.Editor.Name
	}
	if r.Reviewed != nil {
		steps[1].Say = "by " + r.Reviewed.By.Name
	}
	if r.Approved != nil {
		steps[2].Say = "by " + r.Approved.By.Name
	}
	if r.Schedule != nil {
		steps[3].Say = "at " + r.Schedule.At.UTC().Format("2 January 2006, 15:04 UTC")
	}
	return steps
}

// releaseDeed makes one of the deeds of the page.
func (s *server) releaseDeed(v *visit) error {
	name := v.r.PathValue("deed")
	deeds := map[string]struct {
		asks   acl.Action
		notice string
		do     func(*visit, string) error
	}{
		"share": {acl.DraftShare, "shared", func(v *visit, id string) error {
			return s.Cases.ShareDraft(v.ctx(), v.c, id, v.field("report"))
		}},
		"review": {acl.DraftReview, "reviewed", func(v *visit, id string) error {
			return s.word(v, id, s.Cases.ReviewDraft)
		}},
		"approve": {acl.DraftApprove, "approved", func(v *visit, id string) error {
			return s.word(v, id, s.Cases.ApproveDraft)
		}},
		"schedule": {acl.Schedule, "scheduled", s.schedule},
		"unschedule": {acl.Unschedule, "unscheduled", func(v *visit, id string) error {
			return s.Cases.Unschedule(v.ctx(), v.c, id, lineBreaks(v.field("reason")))
		}},
		"now":      {acl.Release, "released", s.releaseNow},
		"announce": {acl.PrenoticeWrite, "announced", s.announce},
		"withdraw": {acl.Withdraw, "withdrawn", s.withdraw},
	}
	d, ok := deeds[name]
	if !ok {
		return errs.Missing()
	}
	if err := acl.CheckAny(v.view.May, d.asks); err != nil {
		return err
	}
	return s.deed(v, name, d.notice, "/release", d.do(v, v.r.PathValue("id")), s.showRelease)
}

// word is a review or an approval of the version that the page showed.
func (s *server) word(v *visit, id string, sign func(ctx context.Context, c acl.Caller, id string, version int64, ok bool, comment string) error) error {
	at, err := version(v.r.PostForm)
	if err != nil {
		return err
	}
	return sign(v.ctx(), v.c, id, at, v.field("do") == "ok", lineBreaks(v.field("comment")))
}

func (s *server) schedule(v *visit, id string) error {
	at, zone, err := readHour(v.r.PostForm, "at")
	if err != nil {
		return err
	}
	on, err := version(v.r.PostForm)
	if err != nil {
		return err
	}
	return s.Cases.Schedule(v.ctx(), v.c, id, on, cvd.Slot{At: at, Zone: zone, Override: lineBreaks(v.field("override"))})
}

// releaseNow waits until the advisory is on the public pages, so that the
// notice is true.
func (s *server) releaseNow(v *visit, id string) error {
	if v.field("sure") == "" {
		return errs.Invalidf("sure", "Say that you mean it: what is public cannot be taken back.")
	}
	on, err := version(v.r.PostForm)
	if err != nil {
		return err
	}
	if _, err := s.Cases.Release(v.ctx(), v.c, id, on, cvd.Slot{Zone: s.Zone, Override: lineBreaks(v.field("override"))}); err != nil {
		return err
	}
	return s.Publish(v.ctx())
}

func (s *server) announce(v *visit, id string) error {
	a := cvd.Announcement{Branches: []string{}, Workaround: v.field("do") == "workaround"}
	for b := range strings.SplitSeq(v.field("branches"), ",") {
		if b = strings.TrimSpace(b); b != "" {
			a.Branches = append(a.Branches, b)
		}
	}
	if _, err := s.Cases.Announce(v.ctx(), v.c, id, a); err != nil {
		return err
	}
	return s.Publish(v.ctx())
}

func (s *server) withdraw(v *visit, id string) error {
	if _, err := s.Cases.Withdraw(v.ctx(), v.c, id, lineBreaks(v.field("reason"))); err != nil {
		return err
	}
	return s.Publish(v.ctx())
}
