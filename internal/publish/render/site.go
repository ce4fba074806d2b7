package render

import (
	"net/url"
	"strings"
	"time"

	"steward/internal/advisory"
)

// Site is what a team's settings say of its public pages. Paths are those of
// files in the published tree, without a leading slash.
type Site struct {
	TeamName      string
	BaseURL       string             // https URL of the tree's root
	Publisher     advisory.Publisher // for pages about all advisories; each advisory has its own copy
	Policy        string             // Markdown: the team's own words on how it handles vulnerabilities
	Handling      string             // Markdown: the policy as a page of its own, its heading first; empty: there is none
	SecurityMD    string             // Markdown: SECURITY.md for repositories; empty: there is none
	PolicyURL     string             // where the policy is public elsewhere; empty: nowhere
	Contacts      []string           // URIs for security.txt, beside the form and the address
	Rules         []Rule             // what is not a vulnerability here
	Products      []Product          // what the team answers for
	Fingerprint   string             // of the signing key, hexadecimal
	PublicKeyPath string             // the armored public key
	ContactEmail  string             // empty: there is no address
	KeyAddress    string             // whose key is found on this site by Web Key Directory; empty: nobody's
	AckPromise    string             // one sentence: how soon a person answers; may be empty
	ReportURL     string             // the form; empty: there is none
	MailboxURL    string             // where reporters read answers; empty: there is none
	SubscribeURL  string             // where one asks for letters on what is new; empty: nowhere
	Lists         string             // where members of pre-disclosure lists go; empty: nowhere
	Census        string             // where a census of software is public; empty: nowhere
	Channels      []Channel          // for the security page alone
	Feeds         []Feed             // in the order in which they are shown
	Demo          bool               // red banner: nothing here is real
}

// Channel is a way to report, and when it was last seen to work from one end to
// the other.
type Channel struct {
	Name   string    // "Web form"
	Proved time.Time // zero: not yet; shown to the hour, in UTC
	Failed bool      // the last attempt did not arrive
}

// Rule is one line of the published list of what is not a vulnerability.
type Rule struct {
	Title string
	Why   string
}

// Product is a thing that the team publishes advisories for.
type Product struct {
	Name      string
	URL       string // https; may be empty
	Supported string // which versions get fixes, in a sentence; may be empty
}

// Feed is one way to follow the advisories.
type Feed struct {
	Label string // "Atom feed"
	Path  string
	Type  string // media type: "application/atom+xml"
	Note  string // for whom it is, in a few words
	Head  bool   // announced in the head of each page: what feed readers look for
}

// Download is one other form of an advisory. Beside each lie its signature
// (.asc) and its hashes (.sha256, .sha512).
type Download struct {
	Label  string // "Plain text"
	Path   string
	Size   int64  // bytes
	SHA256 string // hexadecimal
}

// URL is where a path of the tree is found by people and programs elsewhere.
func (s Site) URL(path string) string {
	return strings.TrimSuffix(s.BaseURL, "/") + "/" + path
}

// rootPath is the path of BaseURL, with a slash at both ends: for the one page
// that is served at any address.
func (s Site) rootPath() string {
	u, err := url.Parse(s.BaseURL)
	if err != nil || strings.Trim(u.Path, "/") == "" {
		return "/"
	}
	return "/" + strings.Trim(u.Path, "/") + "/"
}
