package policy

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"steward/internal/base/calendar"
	"steward/internal/base/errs"
)

// Case is what a plan is made of.
type Case struct {
	Severity Severity
	Track    Track     // another than the rule's; empty: the rule's
	Reported time.Time // when the report came
	Ready    time.Time // when the fix is or will be ready and others may be told; zero: when the rule says, or at once
	Release  time.Time // the hour that was agreed on, or that of the next planned release; zero: what the policy gives
}

// Deed is what is done at a step.
type Deed string

// The deeds, in the order in which those of one hour are done.
const (
	Acknowledge Deed = "acknowledge"  // at the latest
	Escalate    Deed = "escalate"     // if nobody has acknowledged
	Prepare     Deed = "prepare"      // the fix is ready
	Update      Deed = "update"       // the reporter hears of us for the first time after the answer, at the latest
	Notify      Deed = "notify"       // those who are told before
	PreAnnounce Deed = "pre-announce" // everyone hears that a release comes
	Mitigate    Deed = "mitigate"     // the workaround is public, without the details
	PublishFix  Deed = "publish fix"  // in the public repository; at the earliest, if before the release
	Release     Deed = "release"
	Advise      Deed = "advise" // the advisory is public
	Post        Deed = "post"   // what a list asks for in return for having been told
	Limit       Deed = "limit"  // by the policy the matter is public by now
)

var deedOrder = []Deed{Acknowledge, Escalate, Prepare, Update, Notify, PreAnnounce, Mitigate, PublishFix, Release, Advise, Post, Limit}

// Step is one dated thing to do.
type Step struct {
	At    time.Time // UTC
	Deed  Deed
	Who   string   // who is told; empty: nobody in particular
	Tells []string // what they are told, where the policy says
	Basis string   // the line of the policy that asks for it, as in severity.high.pre_announce = "7d"
}

// Plan is the dated steps of a case, the first first.
type Plan struct {
	Severity Severity
	Track    Track
	Ready    time.Time // UTC: the embargo begins
	Release  time.Time // UTC; on the public track without one, when the matter is public
	Zone     string    // in which the policy counts days
	CVE      bool      // a CVE is asked for
	Steps    []Step
}

// planner makes one plan.
type planner struct {
	p    *Policy
	c    Case
	at   string // the rule's place in the policy
	rule Rule
	out  Plan
	err  error // the first
}

// Plan dates the steps of a case. An unknown severity, a case without a report,
// one of the track next release without the hour of that release, and a release
// before the fix is ready or against a notice's bound are errs.Invalid.
func (p *Policy) Plan(c Case) (Plan, error) {
	rule, ok := p.Rule(c.Severity)
	switch {
	case !ok:
		return Plan{}, errs.Invalidf("severity", "This is not a level.").WithHint("low, moderate, high or critical")
	case c.Reported.IsZero():
		return Plan{}, errs.Invalidf("reported", "is missing")
	case c.Track == "":
		c.Track = rule.Track
	}
	if slices.Contains([]Track{Short, Standard, Coordinated}, c.Track) && p.Embargo(c.Track).IsZero() ||
		!slices.Contains([]Track{Public, Short, Standard, Coordinated, NextRelease}, c.Track) {
		return Plan{}, errs.Invalidf("track", "The policy has no such track.").WithHint("the rule's own is %s", rule.Track)
	}
	if c.Track == Public {
		rule.Notices, rule.PreAnnounce, rule.Fix = nil, calendar.Span{}, BeforeRelease
	}
	zone := cmp.Or(p.Calendar.Zone, "UTC")
	w := planner{p: p, c: c, at: "severity." + string(c.Severity), rule: rule,
		out: Plan{Severity: c.Severity, Track: c.Track, Zone: zone, CVE: rule.CVE}}
	w.answer()
	w.ready()
	w.release()
	w.told()
	w.public()
	slices.SortStableFunc(w.out.Steps, func(a, b Step) int {
		return cmp.Or(a.At.Compare(b.At), slices.Index(deedOrder, a.Deed)-slices.Index(deedOrder, b.Deed))
	})
	if w.err != nil {
		return Plan{}, w.err
	}
	return w.out, nil
}

func (w *planner) add(at time.Time, d Deed, who string, tells []string, basis string) {
	w.out.Steps = append(w.out.Steps, Step{At: at.UTC(), Deed: d, Who: who, Tells: tells, Basis: basis})
}

// after and before count by the policy's calendar; no span is no time at all.
func (w *planner) after(t time.Time, s calendar.Span) time.Time {
	return w.count(w.p.Calendar.After, t, s)
}

func (w *planner) before(t time.Time, s calendar.Span) time.Time {
	return w.count(w.p.Calendar.Before, t, s)
}

func (w *planner) count(how func(time.Time, calendar.Span) (time.Time, error), t time.Time, s calendar.Span) time.Time {
	if s.IsZero() || w.err != nil {
		return t
	}
	at, err := how(t, s)
	w.err = err
	return at
}

func (w *planner) fail(field, format string, args ...any) {
	if w.err == nil {
		w.err = errs.Invalidf(field, format, args...)
	}
}

// answer is what the reporter is due, and what happens if nobody answers.
func (w *planner) answer() {
	p, from := w.p, w.c.Reported
	if !p.Acknowledge.IsZero() {
		w.add(w.after(from, p.Acknowledge), Acknowledge, "reporter", nil, basis("acknowledge", p.Acknowledge))
	}
	for i, rung := range p.Ladder {
		who := string(rung.Tell)
		if rung.Tell == Coordinator {
			who = p.Coordinator.Name
		}
		w.add(w.after(from, rung.After), Escalate, who, nil, basis(fmt.Sprintf("ladder[%d].after", i), rung.After))
	}
	if !p.Update.IsZero() {
		w.add(w.after(from, p.Update), Update, "reporter", nil, basis("update", p.Update))
	}
	if !p.DisclosedFrom.IsZero() {
		w.add(w.after(from, p.DisclosedFrom), Limit, "", nil, basis("disclose_after", p.DisclosedFrom))
	}
	if !w.rule.Within.IsZero() {
		w.add(w.after(from, w.rule.Within), Limit, "", nil, basis(w.at+".within", w.rule.Within))
	}
}

// ready is when the fix is there and the embargo begins.
func (w *planner) ready() {
	w.out.Ready = w.c.Ready.UTC()
	if w.c.Ready.IsZero() {
		w.out.Ready = w.after(w.c.Reported, w.rule.Prepare).UTC()
	}
	if w.out.Ready.Before(w.c.Reported) {
		w.fail("ready", "The fix cannot be ready before the report.")
	}
	if !w.rule.Prepare.IsZero() {
		w.add(w.after(w.c.Reported, w.rule.Prepare), Prepare, "", nil, basis(w.at+".prepare", w.rule.Prepare))
	}
}

// release is the hour that was given, or the first of the window at which the
// embargo is over and every notice that has a least length has had it.
func (w *planner) release() {
	if !w.c.Release.IsZero() {
		w.out.Release = w.c.Release.UTC()
		if w.out.Release.Before(w.out.Ready) {
			w.fail("release", "The release comes before the fix is ready.")
		}
		return
	}
	if w.c.Track == NextRelease {
		w.fail("release", "The policy keeps this until the next planned release: say when that is.")
		return
	}
	earliest := w.after(w.out.Ready, w.p.Embargo(w.c.Track))
	for _, n := range w.rule.Notices {
		if n.Bound == AtLeast {
			earliest = latest(earliest, w.after(w.out.Ready, n.Before))
		}
	}
	w.out.Release = w.inWindow(earliest)
}

func (w *planner) inWindow(t time.Time) time.Time {
	if w.p.Release.IsZero() || w.c.Track == Public || w.err != nil {
		return t.UTC()
	}
	at, err := w.p.Calendar.NextIn(t, w.p.Release)
	w.err = err
	return at
}

// told are those who hear of it before the release.
func (w *planner) told() {
	for i, n := range w.rule.Notices {
		line, at := fmt.Sprintf("%s.notice[%d]", w.at, i), w.out.Ready
		if !n.Before.IsZero() {
			at = w.before(w.out.Release, n.Before)
			line = basis(line+".before", n.Before)
		}
		if at.Before(w.out.Ready) {
			// Counted forward it may have its length all the same: a month before
			// 28 February is before 31 January, which a month leads from to there.
			if n.Bound == AtLeast && w.after(w.out.Ready, n.Before).After(w.out.Release) {
				w.fail("release", "The release leaves %s less than %s.", n.To(), n.Before.Words())
			}
			at = w.out.Ready
		}
		w.add(at, Notify, n.To(), n.Tells, line)
		if l, ok := w.p.List(n.List); ok && l.PostTo != "" && !w.posts(l.PostTo) {
			w.add(w.out.Release, Post, l.PostTo, nil, fmt.Sprintf("list %s, post_to = %q", l.Name, l.PostTo))
		}
	}
	if !w.rule.PreAnnounce.IsZero() {
		at := latest(w.before(w.out.Release, w.rule.PreAnnounce), w.out.Ready)
		w.add(at, PreAnnounce, "everyone", w.rule.Tells, basis(w.at+".pre_announce", w.rule.PreAnnounce))
	}
	if w.rule.Workaround {
		w.add(w.out.Ready, Mitigate, "everyone", nil, w.at+".workaround = true")
	}
}

// posts tells whether a post is planned already: two notices ask for one.
func (w *planner) posts(to string) bool {
	return slices.ContainsFunc(w.out.Steps, func(s Step) bool { return s.Deed == Post && s.Who == to })
}

// public is the fix, the release and the advisory.
func (w *planner) public() {
	fix, line := w.out.Release, fmt.Sprintf("%s.fix = %q", w.at, w.rule.Fix)
	if w.rule.Fix == BeforeRelease {
		fix = w.out.Ready
		if !w.rule.FixAtMost.IsZero() {
			fix = latest(fix, w.before(w.out.Release, w.rule.FixAtMost))
			line = basis(w.at+".fix_at_most", w.rule.FixAtMost)
		}
	}
	w.add(fix, PublishFix, "", nil, line)
	if w.c.Track == Public && w.c.Release.IsZero() { // a release follows when one is planned
		w.add(w.out.Release, Advise, "everyone", nil, fmt.Sprintf("%s.track = %q", w.at, w.c.Track))
		return
	}
	hour := fmt.Sprintf("%s.track = %q", w.at, w.c.Track)
	if !w.c.Release.IsZero() {
		hour = "the hour that was given"
	}
	w.add(w.out.Release, Release, "everyone", nil, hour)
	w.add(w.out.Release, Advise, "everyone", nil, hour)
}

func basis(line string, s calendar.Span) string { return fmt.Sprintf("%s = %q", line, s) }

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b.UTC()
	}
	return a.UTC()
}
