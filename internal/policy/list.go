package policy

import (
	"time"

	"steward/internal/base/calendar"
)

// List is the rules of a list of those who are told before the release.
type List struct {
	Name      string        `toml:"name"`
	Address   string        `toml:"address"`
	Sources   []Source      `toml:"source"`
	Most      calendar.Span `toml:"most,omitempty"`      // no embargo may be longer
	Preferred calendar.Span `toml:"preferred,omitempty"` // longer is not liked
	Least     calendar.Span `toml:"least,omitempty"`     // shorter is of little use
	Weekdays  bool          `toml:"weekdays,omitempty"`  // no release on or next to a weekend is liked
	Private   bool          `toml:"private,omitempty"`   // not for what is in a public repository
	PostTo    string        `toml:"post_to,omitempty"`   // where it must be posted when it is public
	NeedsFix  bool          `toml:"needs_fix,omitempty"` // not before there is a fix
	Others    string        `toml:"others,omitempty"`    // a sentence on what else it asks for
}

// Problem is a reason why a plan breaks a rule of a list, or what it dislikes.
type Problem struct {
	Why  string // a sentence
	Way  string // the way out, a sentence
	Soft bool   // it is not liked, but it is not refused
}

// Check says where a plan's notice to a list breaks the list's rules. A plan that
// does not tell the list has no problem. Days are counted in UTC.
func Check(l List, p Plan) (problems []Problem) {
	var utc calendar.Calendar
	add := func(soft bool, why, way string) { problems = append(problems, Problem{Why: why, Way: way, Soft: soft}) }
	told, posted, fix := time.Time{}, false, time.Time{}
	for _, s := range p.Steps {
		switch {
		case s.Deed == Notify && s.Who == l.Name && (told.IsZero() || s.At.Before(told)):
			told = s.At
		case s.Deed == Post && s.Who == l.PostTo && s.At.Equal(p.Release):
			posted = true
		case s.Deed == PublishFix:
			fix = s.At
		}
	}
	if told.IsZero() {
		return nil
	}
	// passes tells whether the release comes later than a span after the notice.
	passes := func(s calendar.Span) bool {
		end, err := utc.After(told, s)
		return err != nil || p.Release.After(end)
	}
	if !p.Release.After(told) {
		add(false, l.Name+" would be told when the matter is public.", "Tell it earlier, or post in public instead.")
		return problems
	}
	if !l.Most.IsZero() && passes(l.Most) {
		add(false, "The embargo would be longer than the "+l.Most.Words()+" that "+l.Name+" accepts.",
			"Tell it later, or release earlier.")
	} else if !l.Preferred.IsZero() && passes(l.Preferred) {
		add(true, "The embargo is longer than the "+l.Preferred.Words()+" that "+l.Name+" prefers.",
			"Tell it later, if the fix and its tests allow.")
	}
	if end, err := utc.After(told, l.Least); !l.Least.IsZero() && (err != nil || p.Release.Before(end)) {
		add(true, "The notice is shorter than "+l.Least.Words()+", and few can prepare an update in it.",
			"Tell it earlier, or release later.")
	}
	if l.NeedsFix && told.Before(p.Ready) {
		add(false, l.Name+" would be told before there is a fix.", "Tell it when the fix is ready.")
	}
	if l.Private && !fix.IsZero() && fix.Before(p.Release) && !fix.After(told) {
		add(false, "The fix is public before "+l.Name+" is told, so the matter counts as public.",
			"Keep the fix private until the list was told, or post in public instead.")
	}
	if l.PostTo != "" && !posted {
		add(false, l.Name+" asks for a post to "+l.PostTo+" when the matter is public.", "Plan one at the hour of the release.")
	}
	if l.Weekdays {
		switch day := p.Release.UTC().Weekday(); day {
		case time.Friday, time.Saturday, time.Sunday:
			add(true, "The release is on a "+day.String()+": those who must act are away.", "Release from Monday to Thursday.")
		}
	}
	return problems
}
