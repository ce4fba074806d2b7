package advisory

import "time"

// Advisory is one vulnerability made public: the thirteen fields of ISO/IEC
// 29147:2018 and what the machine formats need beside them. A text field in
// Markdown says so; the others are plain text of one line.
type Advisory struct {
	ID         string      `json:"id"`                   // identifier: PREFIX-YEAR-NNNN, never used twice
	Aliases    []string    `json:"aliases,omitempty"`    // the same vulnerability elsewhere: CVE-…, GHSA-…
	Title      string      `json:"title"`                // product and kind of fault
	Overview   string      `json:"overview"`             // Markdown: what is wrong and where
	Impact     string      `json:"impact"`               // Markdown: what an attacker gains
	Severity   Severity    `json:"severity"`             //
	CWE        []string    `json:"cwe,omitempty"`        // CWE-NNN, the most specific first
	Affected   []Affected  `json:"affected"`             // affected products and versions
	Remedy     string      `json:"remedy"`               // Markdown: the upgrade or the patch
	Workaround string      `json:"workaround,omitempty"` // Markdown: what helps without upgrading; empty: none is known
	References []Reference `json:"references,omitempty"` //
	Credits    []Credit    `json:"credits,omitempty"`    // those who agreed, as they wish to be named
	Timeline   []Event     `json:"timeline,omitempty"`   // what happened when, as far as it is public
	Revisions  []Revision  `json:"revisions,omitempty"`  // revision history, oldest first; set at release
	Publisher  Publisher   `json:"publisher"`            // contact, terms of use, audience; set at release
	Exploited  bool        `json:"exploited,omitempty"`  // known to be exploited
	Published  time.Time   `json:"published,omitzero"`   // first release, UTC; set at release
	Updated    time.Time   `json:"updated,omitzero"`     // latest revision, UTC; set at release
	Withdrawn  *Withdrawal `json:"withdrawn,omitempty"`  // set once, never unset
}

// Level is the qualitative severity, from which every advisory starts.
type Level string

// The four levels, the least first. The empty level is: not yet assessed.
const (
	Low      Level = "low"
	Moderate Level = "moderate"
	High     Level = "high"
	Critical Level = "critical"
)

// Severity is a level, and vectors where the team wants them.
type Severity struct {
	Level  Level  `json:"level"`
	CVSS4  string `json:"cvss4,omitempty"`  // CVSS:4.0/… vector
	CVSS31 string `json:"cvss31,omitempty"` // CVSS:3.1/… vector
}

// Affected is one product and the versions of it that have the fault.
type Affected struct {
	Product   string   `json:"product"`             // the product's name, as the team's settings know it
	Ecosystem string   `json:"ecosystem,omitempty"` // OSV ecosystem: Go, PyPI, …; empty for a product in none
	Package   string   `json:"package,omitempty"`   // the package's name in that ecosystem
	PURL      string   `json:"purl,omitempty"`      // package URL without version
	Ranges    []Range  `json:"ranges"`              // half-open ranges of versions
	Versions  []string `json:"versions,omitempty"`  // versions named one by one
}

// Range is the versions from Introduced to before Fixed (or up to and with
// LastAffected where no fix exists).
type Range struct {
	Introduced   string `json:"introduced"`             // first affected version; "0": from the beginning
	Fixed        string `json:"fixed,omitempty"`        // first version without the fault
	LastAffected string `json:"lastAffected,omitempty"` // last version with it; not together with Fixed
	Repo         string `json:"repo,omitempty"`         // https URL of the git repository that the commits are in
	IntroducedBy string `json:"introducedBy,omitempty"` // commit hash
	FixedBy      string `json:"fixedBy,omitempty"`      // commit hash
}

// Reference is a link with what lies behind it.
type Reference struct {
	Kind  string `json:"kind"` // advisory, article, fix, report, release, web: OSV's words in lower case
	URL   string `json:"url"`  // https
	Title string `json:"title,omitempty"`
}

// Credit names one who helped, with that person's consent.
type Credit struct {
	Name  string `json:"name"`
	Role  string `json:"role"` // finder, reporter, remediation developer, remediation reviewer, coordinator, analyst, tool, sponsor, other
	URL   string `json:"url,omitempty"`
	Group string `json:"group,omitempty"` // organisation
}

// Event is one line of the public timeline.
type Event struct {
	At   time.Time `json:"at"`
	What string    `json:"what"`
}

// Revision is one release of the advisory.
type Revision struct {
	Number  int       `json:"number"` // 1, 2, …
	At      time.Time `json:"at"`
	Summary string    `json:"summary"`
}

// Withdrawal says that the advisory no longer holds. It stays readable.
type Withdrawal struct {
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
}

// Publisher is who stands behind the advisories: the same for all of them,
// copied into each at its release so that old ones stay as they were.
type Publisher struct {
	Name      string `json:"name"`
	Namespace string `json:"namespace"` // https URL that identifies the publisher
	Contact   string `json:"contact"`   // how to reach the security team
	Terms     string `json:"terms"`     // terms of use: a licence for the text, in a sentence
	Audience  string `json:"audience"`  // whom it is written for
}

// Prenotice tells users that a fix comes, and nothing of what it fixes.
type Prenotice struct {
	ID       string    `json:"id"`                 // PRE-YEAR-NNNN
	Product  string    `json:"product"`            //
	Versions string    `json:"versions"`           // the release that will carry the fix: "8.4.0"
	Severity Level     `json:"severity"`           // the highest level among what is fixed
	Release  time.Time `json:"release"`            // when, UTC
	Zone     string    `json:"zone"`               // IANA zone in which the team chose the hour
	Posted   time.Time `json:"posted"`             //
	Advisory string    `json:"advisory,omitempty"` // the advisory that came of it, once public

	// Mitigation is what users can do before the details are public, in
	// Markdown; empty: nothing is said. Who publishes it has weighed that it may
	// give the vulnerability away.
	Mitigation string   `json:"mitigation,omitempty"`
	Branches   []string `json:"branches,omitempty"` // the branches or versions that it is for; empty: all
}
