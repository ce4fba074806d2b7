package osv

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/package-url/packageurl-go"
	gocvss20 "github.com/pandatix/go-cvss/20"
	gocvss30 "github.com/pandatix/go-cvss/30"
	gocvss31 "github.com/pandatix/go-cvss/31"
	gocvss40 "github.com/pandatix/go-cvss/40"
)

// Problem is one thing wrong with an entry.
type Problem struct {
	Path    string // affected[0].ranges[1]; empty: the whole entry
	Message string
	Warning bool // the format advises against it and allows it
}

func (p Problem) String() string {
	kind := "error"
	if p.Warning {
		kind = "warning"
	}
	return fmt.Sprintf("%s: %s: %s", kind, p.Path, p.Message)
}

// maxProblems bounds the answer: an entry with more is wrong altogether.
const maxProblems = 200

// checker collects what is wrong, up to maxProblems.
type checker struct{ found []Problem }

func (c *checker) add(warning bool, path, format string, args ...any) {
	if len(c.found) < maxProblems {
		c.found = append(c.found, Problem{path, fmt.Sprintf(format, args...), warning})
	}
}

func (c *checker) fail(path, format string, args ...any) { c.add(false, path, format, args...) }

func (c *checker) warn(path, format string, args ...any) { c.add(true, path, format, args...) }

// Validate checks an entry against the JSON schema and the rules of the text.
// An entry is valid if no problem is an error; warnings alone do not matter.
// An identifier with a prefix that is not registered is a warning: strict
// readers refuse it, see LocalID.
func Validate(data []byte) []Problem {
	var c checker
	e, err := Parse(data)
	if err != nil {
		c.fail("", "%v", err)
		return c.found
	}
	c.entry(e)
	return c.found
}

// Errors keeps the problems that are no mere warnings.
func Errors(problems []Problem) []Problem {
	return slices.DeleteFunc(slices.Clone(problems), func(p Problem) bool { return p.Warning })
}

func (c *checker) entry(e *Entry) {
	c.schemaVersion(e.SchemaVersion)
	c.id(e.ID)
	c.timestamp("modified", e.Modified, true)
	c.timestamp("published", e.Published, false)
	c.timestamp("withdrawn", e.Withdrawn, false)
	c.ids("aliases", e.Aliases)
	c.ids("upstream", e.Upstream)
	c.ids("related", e.Related)
	if strings.ContainsAny(e.Summary, "\r\n") {
		c.warn("summary", "the summary should be one line") // osv:summary, details
	}
	c.severities("severity", e.Severity)
	for i, a := range e.Affected {
		path := fmt.Sprintf("affected[%d]", i)
		// osv:affected[].severity
		if e.Severity != nil && a.Severity != nil {
			c.fail(path+".severity", "the entry has a severity already")
		}
		c.affected(path, a)
	}
	for i, r := range e.References {
		c.reference(fmt.Sprintf("references[%d]", i), r)
	}
	for i, cr := range e.Credits {
		c.credit(fmt.Sprintf("credits[%d]", i), cr)
	}
	c.object("database_specific", e.DatabaseSpecific)
}

var (
	semverPattern    = regexp.MustCompile(`^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(\.(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?(\+[0-9a-zA-Z-]+(\.[0-9a-zA-Z-]+)*)?$`)
	timestampPattern = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$`)
	idPattern        = regexp.MustCompile(`^[^\s-]+-\S+$`)
	commitPattern    = regexp.MustCompile(`^(0|[a-f0-9]{40}|[a-f0-9]{64})$`)
)

// schemaVersion: semantic, of this major version. osv:schema_version
func (c *checker) schemaVersion(v string) {
	switch {
	case v == "":
		c.warn("schema_version", "without a version this is an entry of schema 1.0.0")
	case !semverPattern.MatchString(v):
		c.fail("schema_version", "%q is not a semantic version", clip(v))
	case !strings.HasPrefix(v, "1."):
		c.fail("schema_version", "%s is not a version 1", clip(v))
	}
}

// id: database, dash, entry. osv:id, modified
func (c *checker) id(id string) {
	switch {
	case !idPattern.MatchString(id) && !strings.HasPrefix(id, localPrefix):
		c.fail("id", "%q is not an identifier like ABC-2026-0001", clip(id))
	case !Registered(id):
		c.warn("id", "the prefix of %q is not registered; %q is valid everywhere", clip(id), clip(LocalID(id)))
	}
}

// ids: identifiers in the form of the entry's own. osv:aliases
func (c *checker) ids(path string, list []string) {
	for i, id := range list {
		if !idPattern.MatchString(id) {
			c.warn(fmt.Sprintf("%s[%d]", path, i), "%q is not an identifier like ABC-2026-0001", clip(id))
		}
	}
}

// timestamp: RFC 3339 in UTC, with a Z. osv:id, modified
func (c *checker) timestamp(path string, t Timestamp, required bool) {
	if t == "" && !required {
		return
	}
	if _, err := time.Parse(time.RFC3339, string(t)); err != nil || !timestampPattern.MatchString(string(t)) {
		c.fail(path, "%q is not a time in UTC like 2026-03-01T14:00:00Z", clip(string(t)))
	}
}

// severities: each score is one of its type. osv:severity
func (c *checker) severities(path string, list []Severity) {
	for i, s := range list {
		at := fmt.Sprintf("%s[%d]", path, i)
		if fault := s.fault(); fault != "" {
			c.fail(at, "%s", fault)
		}
	}
}

// fault says what is wrong with a severity, or nothing.
func (s Severity) fault() string {
	// A vector with all metrics of CVSS 4 has some 200 characters.
	if len(s.Score) > 400 {
		return "the score is too long"
	}
	var err error
	switch s.Type {
	case CVSSV2:
		_, err = gocvss20.ParseVector(s.Score)
	case CVSSV3:
		if strings.HasPrefix(s.Score, "CVSS:3.0/") {
			_, err = gocvss30.ParseVector(s.Score)
		} else {
			_, err = gocvss31.ParseVector(s.Score)
		}
	case CVSSV4:
		_, err = gocvss40.ParseVector(s.Score)
	case Ubuntu:
		if !slices.Contains([]string{"negligible", "low", "medium", "high", "critical"}, s.Score) {
			return fmt.Sprintf("%q is no priority of Ubuntu's", clip(s.Score))
		}
	default:
		return fmt.Sprintf("%q is not a type of severity", clip(string(s.Type)))
	}
	if err != nil {
		return fmt.Sprintf("%q is not a vector of type %s: %v", clip(s.Score), s.Type, err)
	}
	return ""
}

func (c *checker) affected(path string, a Affected) {
	if a.Package != nil {
		c.pkg(path+".package", *a.Package)
	}
	c.severities(path+".severity", a.Severity)
	for i, r := range a.Ranges {
		at := fmt.Sprintf("%s.ranges[%d]", path, i)
		if a.Package == nil && r.Type != Git {
			c.warn(at, "versions without a package match nothing")
		}
		c.versionRange(at, r)
	}
	for i, v := range a.Versions {
		if v == "" {
			c.fail(fmt.Sprintf("%s.versions[%d]", path, i), "the version is empty")
		}
	}
	c.object(path+".ecosystem_specific", a.EcosystemSpecific)
	c.object(path+".database_specific", a.DatabaseSpecific)
}

// pkg: a known ecosystem, a name, and a package URL without a version.
// osv:affected[].package
func (c *checker) pkg(path string, p Package) {
	if !knownEcosystem(p.Ecosystem) {
		c.fail(path+".ecosystem", "%q is not an ecosystem that the format knows", clip(p.Ecosystem))
	}
	if p.Name == "" {
		c.fail(path+".name", "the name is missing")
	}
	if p.PURL == "" {
		return
	}
	switch purl, err := packageurl.FromString(p.PURL); {
	case err != nil:
		c.fail(path+".purl", "%q is not a package URL: %v", clip(p.PURL), err)
	case purl.Version != "":
		c.fail(path+".purl", "%q has a version; the package URL of a package has none", clip(p.PURL))
	}
}

// versionRange: the order is known and the events fit it and each other.
// osv:affected[].ranges[].events
func (c *checker) versionRange(path string, r Range) {
	switch r.Type {
	case Git:
		if r.Repo == "" {
			c.fail(path+".repo", "a range of commits needs the repository") // osv:affected[].ranges[].repo
		}
	case Semver, Ecosystem:
	default:
		c.fail(path+".type", "%q is none of SEMVER, ECOSYSTEM, GIT", clip(string(r.Type)))
	}
	introduced, fixed, last := false, false, false
	for i, e := range r.Events {
		c.event(fmt.Sprintf("%s.events[%d]", path, i), r.Type, e)
		introduced = introduced || e.Introduced != ""
		fixed = fixed || e.Fixed != ""
		last = last || e.LastAffected != ""
	}
	if !introduced {
		c.fail(path+".events", "no event says where the vulnerability was introduced")
	}
	if fixed && last {
		c.fail(path+".events", "a range has fixed or last_affected, not both")
	}
	c.object(path+".database_specific", r.DatabaseSpecific)
}

func (c *checker) event(path string, t RangeType, e Event) {
	set := 0
	for _, f := range []struct{ name, version, special string }{
		{"introduced", e.Introduced, "0"},
		{"fixed", e.Fixed, ""},
		{"last_affected", e.LastAffected, ""},
		{"limit", e.Limit, "*"},
	} {
		if f.version == "" {
			continue
		}
		set++
		switch {
		case t == Git && !commitPattern.MatchString(f.version):
			c.fail(path+"."+f.name, "%q is not a whole commit hash", clip(f.version))
		case t == Semver && f.version != f.special && !semverPattern.MatchString(f.version):
			c.fail(path+"."+f.name, "%q is not a semantic version like 1.4.2", clip(f.version))
		}
	}
	if set != 1 {
		c.fail(path, "an event has exactly one of introduced, fixed, last_affected, limit")
	}
}

// reference: a known type and a whole URL. osv:references
func (c *checker) reference(path string, r Reference) {
	switch r.Type {
	case ReferenceAdvisory, ReferenceArticle, ReferenceDetection, ReferenceDiscussion, ReferenceReport, ReferenceFix,
		ReferenceIntroduced, ReferenceGit, ReferencePackage, ReferenceEvidence, ReferenceWeb:
	default:
		c.fail(path+".type", "%q is not a type of reference", clip(string(r.Type)))
	}
	if !absolute(r.URL) {
		c.fail(path+".url", "%q is not a whole URL", clip(r.URL))
	}
}

// credit: a name, a known type, and URLs. osv:credits
func (c *checker) credit(path string, cr Credit) {
	if cr.Name == "" {
		c.fail(path+".name", "the name is missing")
	}
	switch cr.Type {
	case "", CreditFinder, CreditReporter, CreditAnalyst, CreditCoordinator, CreditRemediationDeveloper,
		CreditRemediationReviewer, CreditRemediationVerifier, CreditTool, CreditSponsor, CreditOther:
	default:
		c.fail(path+".type", "%q is not a type of credit", clip(string(cr.Type)))
	}
	for i, u := range cr.Contact {
		if !absolute(u) {
			c.warn(fmt.Sprintf("%s.contact[%d]", path, i), "%q is not a whole URL", clip(u))
		}
	}
}

var uriPattern = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.\-]*:([A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+$`)

// absolute tells whether the text is a URL with a scheme.
func absolute(s string) bool {
	_, err := url.Parse(s)
	return err == nil && uriPattern.MatchString(s)
}

// object: what is left to the database is an object at least.
func (c *checker) object(path string, raw json.RawMessage) {
	if len(raw) > 0 && !bytes.HasPrefix(bytes.TrimSpace(raw), []byte("{")) {
		c.fail(path, "this must be an object")
	}
}
