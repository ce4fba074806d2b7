package advisory

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"steward/internal/base/pattern"
)

// Problem is something wrong or doubtful in an advisory.
type Problem struct {
	Path     string // the field, as in JSON: "affected[0].ranges[1].fixed"
	Message  string // what is wrong, as the end of a sentence that starts with the field
	Hint     string // the way out; may be empty
	Blocking bool   // the advisory is not released while this stands
}

// String gives the problem in one line.
func (p Problem) String() string {
	s := p.Path + ": " + p.Message
	if p.Hint != "" {
		s += " (" + p.Hint + ")"
	}
	return s
}

// Blocking gives the problems that stop a release.
func Blocking(ps []Problem) []Problem {
	return slices.DeleteFunc(slices.Clone(ps), func(p Problem) bool { return !p.Blocking })
}

// Lint finds every problem of an advisory, in the order of its fields. An
// advisory without revisions is a draft: of what the release sets (identifier,
// dates, revisions, publisher) only what is there already is looked at.
func Lint(a Advisory, now time.Time) []Problem {
	l := &linter{a: a, now: now, draft: len(a.Revisions) == 0}
	l.identity()
	l.texts()
	l.severity()
	l.affected()
	l.references()
	l.credits()
	l.timeline()
	l.release()
	return l.found
}

// linter gathers problems.
type linter struct {
	a     Advisory
	now   time.Time
	draft bool
	found []Problem
}

// stop adds a problem that stops a release and gives it for a hint.
func (l *linter) stop(path, format string, args ...any) *Problem {
	l.found = append(l.found, Problem{Path: path, Message: fmt.Sprintf(format, args...), Blocking: true})
	return &l.found[len(l.found)-1]
}

// warn adds a problem that a person may overrule.
func (l *linter) warn(path, format string, args ...any) *Problem {
	p := l.stop(path, format, args...)
	p.Blocking = false
	return p
}

func (p *Problem) hint(format string, args ...any) { p.Hint = fmt.Sprintf(format, args...) }

// item names an item of a list.
func item(list string, i int) string { return fmt.Sprintf("%s[%d]", list, i) }

// Patterns of identifiers. An alias that is neither CVE nor GHSA only needs
// the general form of an OSV identifier.
var (
	idPattern   = pattern.Late(`^[A-Z][A-Z0-9]{1,15}-[0-9]{4}-[0-9]{4,9}$`)
	cvePattern  = pattern.Late(`^CVE-[0-9]{4}-[0-9]{4,19}$`)
	ghsaPattern = pattern.Late(`^GHSA(-[23456789cfghjmpqrvwx]{4}){3}$`)
	anyID       = pattern.Late(`^[A-Za-z][A-Za-z0-9_]*(-[A-Za-z0-9._:]+)+$`)
	cwePattern  = pattern.Late(`^CWE-[1-9][0-9]{0,5}$`)
)

// ValidID tells whether id has the form PREFIX-YEAR-NNNN.
func ValidID(id string) bool { return idPattern().MatchString(id) }

// Limits of lists; far above what any advisory needs.
const (
	maxAliases    = 50
	maxWeaknesses = 20
	maxAffected   = 100
	maxRanges     = 50
	maxVersions   = 5000 // ranges and single versions, of all products
	maxReferences = 100
	maxCredits    = 200
	maxTimeline   = 200
)

func (l *linter) tooMany(path string, n, limit int) bool {
	if n <= limit {
		return false
	}
	l.stop(path, "has %d items; at most %d are allowed", n, limit)
	return true
}

// identity looks at the identifier, the aliases and the weaknesses.
func (l *linter) identity() {
	switch {
	case l.a.ID == "" && !l.draft:
		l.stop("id", "is missing")
	case l.a.ID != "" && !ValidID(l.a.ID):
		l.stop("id", "%q does not have the form PREFIX-YEAR-NNNN", l.a.ID)
	case strings.HasPrefix(l.a.ID, PrenoticePrefix+"-"):
		l.stop("id", "has the prefix %s, which prenotices have", PrenoticePrefix).hint("choose another prefix in the settings")
	}
	l.aliases()
	if l.tooMany("cwe", len(l.a.CWE), maxWeaknesses) {
		return
	}
	for i, w := range l.a.CWE {
		switch path := item("cwe", i); {
		case !cwePattern().MatchString(w):
			l.stop(path, "%q is not a weakness", w).hint("write it as CWE-787")
		case slices.Contains(l.a.CWE[:i], w):
			l.stop(path, "%s is there twice", w)
		}
	}
	if len(l.a.CWE) == 0 {
		l.warn("cwe", "is empty").hint("name the kind of weakness, for example CWE-787, so that programs can sort the advisory")
	}
}

func (l *linter) aliases() {
	if l.tooMany("aliases", len(l.a.Aliases), maxAliases) {
		return
	}
	cves := 0
	for i, alias := range l.a.Aliases {
		path := item("aliases", i)
		switch {
		case strings.HasPrefix(alias, "CVE-") && !cvePattern().MatchString(alias):
			l.stop(path, "%q is not a CVE identifier", alias).hint("write it as CVE-2026-12345")
		case strings.HasPrefix(alias, "GHSA-") && !ghsaPattern().MatchString(alias):
			l.stop(path, "%q is not a GHSA identifier", alias).hint("three groups of four, as GHSA-vp9c-fpxx-744v")
		case !anyID().MatchString(alias):
			l.stop(path, "%q is not an identifier", alias).hint("write it as CVE-2026-12345")
		case alias == l.a.ID:
			l.stop(path, "is the advisory's own identifier")
		case slices.Contains(l.a.Aliases[:i], alias):
			l.stop(path, "%s is there twice", alias)
		}
		if cvePattern().MatchString(alias) {
			if cves++; cves == 2 {
				l.warn(path, "is the second CVE identifier").hint("an advisory is about one vulnerability; machine formats keep the first CVE identifier as its name")
			}
		}
	}
}

func (l *linter) severity() {
	s := l.a.Severity
	switch {
	case s.Level == "":
		l.stop("severity.level", "is missing").hint("low, moderate, high or critical")
	case !s.Level.Valid():
		l.stop("severity.level", "%q is not a level", s.Level).hint("low, moderate, high or critical")
	}
	l.vector("severity.cvss4", Severity{CVSS4: s.CVSS4})
	l.vector("severity.cvss31", Severity{CVSS31: s.CVSS31})
}

// vector looks at the one vector that s holds, if any.
func (l *linter) vector(path string, s Severity) {
	scores, err := s.Scores()
	if err != nil {
		p := l.stop(path, "%s", messageOf(err))
		p.Hint = hintOf(err)
		return
	}
	for _, score := range scores {
		switch level := l.a.Severity.Level; {
		case score.Value == 0:
			l.warn(path, "scores 0.0: by this vector nothing is lost")
		case level.Valid() && score.Level != level:
			l.warn(path, "scores %.1f, which is %s, but the level is %s", score.Value, score.Level, level).
				hint("mend one of them, or say in the overview why they differ")
		}
	}
}

// ReferenceKinds are the words for what lies behind a link.
// osv:references.type, and "release", which OSV lacks.
var ReferenceKinds = []string{"advisory", "article", "detection", "discussion", "evidence", "fix", "introduced", "package", "release", "report", "web"}

func (l *linter) references() {
	if l.tooMany("references", len(l.a.References), maxReferences) {
		return
	}
	seen := map[string]bool{}
	for i, r := range l.a.References {
		path := item("references", i)
		if !slices.Contains(ReferenceKinds, r.Kind) {
			l.stop(path+".kind", "%q is not a kind of reference", r.Kind).hint("one of %s", strings.Join(ReferenceKinds, ", "))
		}
		l.link(path+".url", r.URL)
		if seen[r.URL] {
			l.stop(path+".url", "is there twice")
		}
		seen[r.URL] = true
	}
	if len(l.a.References) == 0 {
		l.warn("references", "is empty").hint("link the release that has the fix")
	}
}

// uriPattern is a web address in the characters that one may have: others are
// escaped. rfc3986:A
var uriPattern = pattern.Late(`^[a-z]+://([A-Za-z0-9._~!$&'()*+,;=:@%-]|\[[0-9A-Fa-f:.]+\])+(/[A-Za-z0-9._~!$&'()*+,;=:@/%-]*)?(\?[A-Za-z0-9._~!$&'()*+,;=:@/?%-]*)?(#[A-Za-z0-9._~!$&'()*+,;=:@/?%-]*)?$`)

// link looks at an address that readers follow: https, complete, public.
func (l *linter) link(path, address string) {
	u, err := url.Parse(address)
	switch {
	case address == "":
		l.stop(path, "is missing")
	case err != nil || u.Host == "" || u.Opaque != "":
		l.stop(path, "%q is not a full address", address).hint("https://host/path")
	case u.Scheme != "https":
		l.stop(path, "must start with https://")
	case !uriPattern().MatchString(address):
		l.stop(path, "has characters that an address cannot have").hint("copy it from the browser's address bar, which escapes them")
	case u.User != nil:
		l.stop(path, "holds a user name or a password")
	case privateHost(u.Hostname()):
		l.warn(path, "leads to %s, which readers cannot reach", u.Hostname())
	}
}

// CreditRoles are the words for how someone helped.
// osv:credits.type
var CreditRoles = []string{"finder", "reporter", "analyst", "coordinator", "remediation developer", "remediation reviewer",
	"remediation verifier", "tool", "sponsor", "other"}

// mailto is a mail address as a link, the other thing that a credit may lead
// to.
var mailto = pattern.Late(`^mailto:[A-Za-z0-9._~!$&'*+=-]+@[A-Za-z0-9.-]+$`)

func (l *linter) credits() {
	if l.tooMany("credits", len(l.a.Credits), maxCredits) {
		return
	}
	for i, c := range l.a.Credits {
		path := item("credits", i)
		if OneLine(c.Name) == "" {
			l.stop(path+".name", "is missing")
		}
		if !slices.Contains(CreditRoles, c.Role) {
			l.stop(path+".role", "%q is not a role", c.Role).hint("one of %s", strings.Join(CreditRoles, ", "))
		}
		if c.URL != "" && !mailto().MatchString(c.URL) {
			l.link(path+".url", c.URL)
		}
		if slices.ContainsFunc(l.a.Credits[:i], func(o Credit) bool { return o.Name == c.Name && o.Role == c.Role }) {
			l.stop(path, "%s is there twice as %s", c.Name, c.Role)
		}
	}
	if len(l.a.Credits) == 0 {
		l.warn("credits", "is empty").hint("thank who found it, if they agree")
	}
}
