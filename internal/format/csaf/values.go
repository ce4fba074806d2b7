package csaf

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// checked is a value with a rule of its own from the schema: fault says what
// is wrong with it, or nothing.
type checked interface{ fault() string }

// The schema's patterns. Its dialect is ECMAScript's, in which \s knows more
// than ASCII and the dot stops at four kinds of line end; both are written out.
const (
	space  = `\s\x{b}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}`
	inline = `[^\n\r\x{2028}\x{2029}]`

	cpeWord   = `((\?*|\*?)([a-zA-Z0-9\-\._]|(\\[\\\*\?!"#\$%&'\(\)\+,/:;<=>@\[\]\^` + "`" + `\{\|\}~]))+(\?*|\*?)|[\*\-])`
	cvss2Part = `(AV:[NAL]|AC:[LMH]|Au:[MSN]|[CIA]:[NPC]|E:(U|POC|F|H|ND)|RL:(OF|TF|W|U|ND)|RC:(UC|UR|C|ND)|` +
		`CDP:(N|L|LM|MH|H|ND)|TD:(N|L|M|H|ND)|[CIA]R:(L|M|H|ND))`
	cvss3Part = `(AV:[NALP]|AC:[LH]|PR:[NLH]|UI:[NR]|S:[UC]|[CIA]:[NLH]|E:[XUPFH]|RL:[XOTWU]|RC:[XURC]|[CIA]R:[XLMH]|` +
		`MAV:[XNALP]|MAC:[XLH]|MPR:[XNLH]|MUI:[XNR]|MS:[XUC]|M[CIA]:[XNLH])`
)

var (
	categoryPattern = late(`^[^` + space + `\-_.](` + inline + `*[^` + space + `\-_.])?$`)
	idPattern       = late(`^[^` + space + `](` + inline + `*[^` + space + `])?$`)
	cvePattern      = late(`^CVE-[0-9]{4}-[0-9]{4,}$`)
	cwePattern      = late(`^CWE-[1-9][0-9]{0,5}$`)
	hashPattern     = late(`^[0-9a-fA-F]{32,}$`)
	purlPattern     = late(`^pkg:[A-Za-z.\-+][A-Za-z0-9.\-+]*/.+`)
	cpe23Pattern    = late(`^cpe:2\.3:[aho*\-](:` + cpeWord + `){5}(:([a-zA-Z]{2,3}(-([a-zA-Z]{2}|[0-9]{3}))?|[*\-]))(:` + cpeWord + `){4}$`)
	cpe22Pattern    = late(`^[cC][pP][eE]:/[AHOaho]?(:[A-Za-z0-9._\-~%]*){0,6}$`)
	cvss2Pattern    = late(`^(` + cvss2Part + `/)*` + cvss2Part + `$`)
	cvss3Pattern    = late(`^CVSS:3\.[01]/(` + cvss3Part + `/)*` + cvss3Part + `$`)
	langPattern     = late(`^(([A-Za-z]{2,3}(-[A-Za-z]{3}(-[A-Za-z]{3}){0,2})?|[A-Za-z]{4,8})(-[A-Za-z]{4})?` +
		`(-([A-Za-z]{2}|[0-9]{3}))?(-([A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*(-[A-WY-Za-wy-z0-9](-[A-Za-z0-9]{2,8})+)*` +
		`(-[Xx](-[A-Za-z0-9]{1,8})+)?|[Xx](-[A-Za-z0-9]{1,8})+|[Ii]-[Dd][Ee][Ff][Aa][Uu][Ll][Tt]|[Ii]-[Mm][Ii][Nn][Gg][Oo])$`)
	uriPattern = late(`^[A-Za-z][A-Za-z0-9+.\-]*:([A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*$`)
)

// late compiles a pattern when it is first asked for: few commands use any.
func late(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}

// clip shortens a value for a message.
func clip(s string) string {
	const limit = 60
	if r := []rune(s[:min(len(s), 4*limit)]); len(r) > limit {
		return string(r[:limit]) + "…"
	}
	return s
}

// must gives the fault of a value that does not match.
func must(ok bool, value, what string) string {
	if ok {
		return ""
	}
	return fmt.Sprintf("%q is not %s", clip(value), what)
}

// oneOf gives the fault of a value outside a closed list.
func oneOf[T ~string](value T, allowed ...T) string {
	if slices.Contains(allowed, value) {
		return ""
	}
	words := make([]string, len(allowed))
	for i, a := range allowed {
		words[i] = string(a)
	}
	return fmt.Sprintf("%q is none of: %s", clip(string(value)), strings.Join(words, ", "))
}

func (v Category) fault() string {
	return must(categoryPattern().MatchString(string(v)), string(v), "a category: it may not start or end with space, dash, dot or underscore")
}

func (v TrackingID) fault() string {
	return must(idPattern().MatchString(string(v)), string(v), "an identifier: it may not start or end with space")
}

func (v CVE) fault() string {
	return must(cvePattern().MatchString(string(v)), string(v), "a CVE identifier")
}

func (v CWEID) fault() string {
	return must(cwePattern().MatchString(string(v)), string(v), "a CWE identifier")
}

func (v HashValue) fault() string {
	return must(hashPattern().MatchString(string(v)), string(v), "a checksum of at least 32 hexadecimal digits")
}

func (v Lang) fault() string {
	return must(langPattern().MatchString(string(v)), string(v), "a language tag")
}

func (v CPE) fault() string {
	ok := cpe23Pattern().MatchString(string(v)) || cpe22Pattern().MatchString(string(v))
	return must(ok, string(v), "a CPE name")
}

func (v PURL) fault() string {
	ok := purlPattern().MatchString(string(v)) && URI(v).fault() == ""
	return must(ok, string(v), "a package URL")
}

func (v CVSSVector) fault() string {
	// A vector with all metrics of CVSS 3 has some 120 characters.
	ok := len(v) <= 200 && (cvss2Pattern().MatchString(string(v)) || cvss3Pattern().MatchString(string(v)))
	return must(ok, string(v), "a vector of CVSS 2.0, 3.0 or 3.1")
}

func (v URI) fault() string {
	ok := uriPattern().MatchString(string(v))
	if ok {
		_, err := url.Parse(string(v))
		ok = err == nil
	}
	return must(ok, string(v), "an absolute URI")
}

func (v Points) fault() string {
	if v >= 0 && v <= 10 {
		return ""
	}
	return fmt.Sprintf("%v is not a score from 0 to 10", float64(v))
}

func (v Version) fault() string {
	_, err := parseVersion(v)
	return must(err == nil, string(v), "an integer or a semantic version")
}

// dateTimeFault gives the fault of a text that should be a date and time.
func dateTimeFault(s string) string {
	_, err := time.Parse(time.RFC3339, s)
	// time.Parse takes a comma before the fraction and a one-digit hour.
	return must(err == nil && dateTimePattern().MatchString(s), s, "a date and time of RFC 3339, like 2026-03-01T14:00:00Z")
}

var dateTimePattern = late(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$`)

func (v CSAFVersion) fault() string { return oneOf(v, Version20) }

func (v Rating) fault() string { return oneOf(v, "NONE", "LOW", "MEDIUM", "HIGH", "CRITICAL") }

func (v Status) fault() string { return oneOf(v, Draft, Final, Interim) }

func (v TLPLabel) fault() string { return oneOf(v, TLPAmber, TLPGreen, TLPRed, TLPWhite) }

func (v ReferenceCategory) fault() string { return oneOf(v, ReferenceExternal, ReferenceSelf) }

func (v NoteCategory) fault() string {
	return oneOf(v, NoteDescription, NoteDetails, NoteFAQ, NoteGeneral, NoteLegalDisclaimer, NoteOther, NoteSummary)
}

func (v PublisherCategory) fault() string {
	return oneOf(v, PublisherCoordinator, PublisherDiscoverer, PublisherOther, PublisherTranslator, PublisherUser, PublisherVendor)
}

func (v BranchCategory) fault() string {
	return oneOf(v, BranchArchitecture, BranchHostName, BranchLanguage, BranchLegacy, BranchPatchLevel, BranchProductFamily,
		BranchProductName, BranchProductVersion, BranchProductVersionRange, BranchServicePack, BranchSpecification, BranchVendor)
}

func (v RelationshipCategory) fault() string {
	return oneOf(v, DefaultComponentOf, ExternalComponentOf, InstalledOn, InstalledWith, OptionalComponentOf)
}

func (v FlagLabel) fault() string {
	return oneOf(v, ComponentNotPresent, InlineMitigationsAlreadyExist, VulnerableCodeCannotBeControlledByAdversary,
		VulnerableCodeNotInExecutePath, VulnerableCodeNotPresent)
}

func (v Party) fault() string {
	return oneOf(v, PartyCoordinator, PartyDiscoverer, PartyOther, PartyUser, PartyVendor)
}

func (v InvolvementStatus) fault() string {
	return oneOf(v, InvolvementCompleted, InvolvementContactAttempted, InvolvementDisputed, InvolvementInProgress,
		InvolvementNotContacted, InvolvementOpen)
}

func (v RemediationCategory) fault() string {
	return oneOf(v, Mitigation, NoFixPlanned, NoneAvailable, VendorFix, Workaround)
}

func (v RestartCategory) fault() string {
	return oneOf(v, RestartConnected, RestartDependencies, RestartMachine, RestartNone, RestartParent, RestartService,
		RestartSystem, RestartVulnerableComponent, RestartZone)
}

func (v ThreatCategory) fault() string {
	return oneOf(v, ThreatExploitStatus, ThreatImpact, ThreatTargetSet)
}
