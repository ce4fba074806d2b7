package policy

import (
	"steward/internal/base/calendar"
)

// Severity is a level of severity.
type Severity string

// The levels.
const (
	Low      Severity = "low"
	Moderate Severity = "moderate"
	High     Severity = "high"
	Critical Severity = "critical"
)

// Severities lists the levels, the lowest first.
func Severities() []Severity { return []Severity{Low, Moderate, High, Critical} }

// Track is how long a matter stays private.
type Track string

// The tracks.
const (
	Public      Track = "public"       // fixed in public at once
	Short       Track = "short"        // the next three are as long as Tracks says
	Standard    Track = "standard"     //
	Coordinated Track = "coordinated"  //
	NextRelease Track = "next release" // private until the next release that is planned anyway
)

// Role is who is told of a report that nobody has acknowledged.
type Role string

// The roles, as those whom a ladder may tell.
const (
	OnCall      Role = "on call"
	Handlers    Role = "handlers"
	Lead        Role = "lead"
	Manager     Role = "programme manager"
	Coordinator Role = "outside coordinator"
)

// Bound says what the time of a notice is.
type Bound string

// The bounds.
const (
	About   Bound = "about"    // as planned; may be shorter
	AtLeast Bound = "at least" // the release waits until that much has passed
	AtMost  Bound = "at most"  // may be shorter, never longer
)

// Duty is what the project is to a product by Regulation (EU) 2024/2847. What
// follows of it is computed elsewhere.
type Duty string

// The duties.
const (
	Manufacturer Duty = "manufacturer" // Article 3(13)
	Steward      Duty = "steward"      // Article 3(14)
)

// Fix says when the fix may be in the public repository.
type Fix string

// The moments of a fix.
const (
	WithRelease   Fix = "with the release"
	BeforeRelease Fix = "before the release" // without saying what it is for
)

// Policy is how a project handles vulnerabilities. A Span that is none stands
// for what the project does not promise.
type Policy struct {
	Name     string   `toml:"name"`            // of the project
	Note     string   `toml:"note,omitempty"`  // what a reader must know about this policy
	Sources  []Source `toml:"source"`          // where it is published
	Contacts []string `toml:"contacts"`        // mail addresses and https URLs, the preferred first
	URL      string   `toml:"url,omitempty"`   // where this policy is or will be public
	Scope    []string `toml:"scope,omitempty"` // sentences

	Acknowledge   calendar.Span `toml:"acknowledge,omitempty"`    // a person answers within, from the report
	Ladder        []Rung        `toml:"ladder,omitempty"`         // who is told of a report without an answer
	Coordinator   Outside       `toml:"coordinator,omitempty"`    // who can help when nobody here does
	Remind        calendar.Span `toml:"remind,omitempty"`         // a silent reporter is asked again after
	Update        calendar.Span `toml:"update,omitempty"`         // a reporter hears of us at least every
	DisclosedFrom calendar.Span `toml:"disclose_after,omitempty"` // without a fix or an agreement, public this long after the report

	Calendar calendar.Calendar `toml:"calendar"` // by which days are counted
	Tracks   Tracks            `toml:"tracks"`
	Release  calendar.Window   `toml:"release,omitempty"` // when releases come; none: any time
	Lists    []List            `toml:"list,omitempty"`    // rules of lists of the project's own
	Products []Product         `toml:"product,omitempty"`
	Severity Rules             `toml:"severity"`
}

// Source is a published text that a policy or a list's rule comes from.
type Source struct {
	Title string `toml:"title"`
	URL   string `toml:"url"`
	Read  string `toml:"read,omitempty"` // the date on which it was read, as 2026-11-27; empty: it was not read for this
}

// Rung is one step of the ladder.
type Rung struct {
	After calendar.Span `toml:"after"` // since the report
	Tell  Role          `toml:"tell"`
}

// Outside is a coordinator outside the project.
type Outside struct {
	Name    string `toml:"name"`
	Address string `toml:"address"` // a mail address or https URL
}

// Tracks is how long the embargo of each track is.
type Tracks struct {
	Short       calendar.Span `toml:"short,omitempty"`
	Standard    calendar.Span `toml:"standard,omitempty"`
	Coordinated calendar.Span `toml:"coordinated,omitempty"`
}

// Product is what the project is to one of its products.
type Product struct {
	Name string `toml:"name"`
	Duty Duty   `toml:"duty"`
}

// Rules has the rule of each severity.
type Rules struct {
	Low      Rule `toml:"low"`
	Moderate Rule `toml:"moderate"`
	High     Rule `toml:"high"`
	Critical Rule `toml:"critical"`
}

// Rule is how a matter of one severity is handled.
type Rule struct {
	Track       Track         `toml:"track"`
	Prepare     calendar.Span `toml:"prepare,omitempty"`      // from the report to the fix; none: as soon as possible
	Within      calendar.Span `toml:"within,omitempty"`       // from the report to the release, as an aim
	Notices     []Notice      `toml:"notice,omitempty"`       // who is told before
	PreAnnounce calendar.Span `toml:"pre_announce,omitempty"` // everyone hears that a release comes, this long before
	Tells       []string      `toml:"tells,omitempty"`        // and hears what
	Workaround  bool          `toml:"workaround,omitempty"`   // a workaround is public before the details
	CVE         bool          `toml:"cve,omitempty"`
	Fix         Fix           `toml:"fix"`
	FixAtMost   calendar.Span `toml:"fix_at_most,omitempty"` // the fix is public at most this long before the release
}

// Notice tells some before the release.
type Notice struct {
	List   string        `toml:"list,omitempty"`   // the name of a list whose rules are known
	Who    string        `toml:"who,omitempty"`    // or others, by name
	Before calendar.Span `toml:"before,omitempty"` // how long before the release; none: as soon as the fix is ready
	Bound  Bound         `toml:"bound,omitempty"`  // empty: about
	Tells  []string      `toml:"tells,omitempty"`
}

// To names whom a notice tells.
func (n Notice) To() string {
	if n.List != "" {
		return n.List
	}
	return n.Who
}

// Rule gives the rule of a severity; false: there is no such level.
func (p *Policy) Rule(s Severity) (Rule, bool) {
	switch s {
	case Low:
		return p.Severity.Low, true
	case Moderate:
		return p.Severity.Moderate, true
	case High:
		return p.Severity.High, true
	case Critical:
		return p.Severity.Critical, true
	}
	return Rule{}, false
}

// Embargo gives the length of a track; none for the public one and for that of
// the next release.
func (p *Policy) Embargo(t Track) calendar.Span {
	switch t {
	case Short:
		return p.Tracks.Short
	case Standard:
		return p.Tracks.Standard
	case Coordinated:
		return p.Tracks.Coordinated
	}
	return calendar.Span{}
}

// List finds the rules of a list: the policy's own, or one of Known.
func (p *Policy) List(name string) (List, bool) {
	for _, lists := range [][]List{p.Lists, known} {
		for _, l := range lists {
			if l.Name == name {
				return l, true
			}
		}
	}
	return List{}, false
}
