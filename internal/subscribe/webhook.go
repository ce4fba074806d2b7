package subscribe

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"steward/internal/advisory"
	"steward/internal/base/errs"
)

// Webhook is a machine of others that is told of what is made public.
type Webhook struct {
	ID        string         `json:"id"`
	URL       string         `json:"url"`
	Products  []string       `json:"products,omitempty"` // empty: all
	Least     advisory.Level `json:"least"`
	Created   time.Time      `json:"created"`
	Disabled  time.Time      `json:"disabled,omitzero"` // when it was; zero: it is called
	LastOK    time.Time      `json:"lastOK,omitzero"`   // when it last took what was sent
	Problem   string         `json:"problem,omitempty"` // of the last attempt; "" if it went well
	ProblemAt time.Time      `json:"problemAt,omitzero"`
	Rotated   time.Time      `json:"rotated,omitzero"` // while the secret before counts too: since when
}

// HookWish is how a webhook is to be.
type HookWish struct {
	URL      string         // https
	Products []string       // empty: all
	Least    advisory.Level // empty: low
}

// keptHook is a webhook with its secrets, which leave the store once and are in
// nothing that a log might print.
type keptHook struct {
	Webhook
	secrets secrets
}

// secrets is what is kept sealed of a webhook.
type secrets struct {
	URL     string    `json:"url"`
	Now     []byte    `json:"now"`
	Before  []byte    `json:"before,omitempty"`
	Changed time.Time `json:"changed,omitzero"`
}

const (
	maxHooks     = 50
	secretBytes  = 32 // the standard asks for 24 to 64
	secretPrefix = "whsec_"
	bothSecrets  = 24 * time.Hour // that the old secret signs too
)

// newSecret makes the secret of a webhook.
func newSecret(random io.Reader) ([]byte, error) {
	raw := make([]byte, secretBytes)
	if _, err := io.ReadFull(random, raw); err != nil {
		return nil, fmt.Errorf("reading random bytes: %w", err)
	}
	return raw, nil
}

// secretText is how a secret is shown.
func secretText(raw []byte) string { return secretPrefix + base64.StdEncoding.EncodeToString(raw) }

// active are the secrets that sign at that time, the newest first.
func (s secrets) active(now time.Time) [][]byte {
	if len(s.Before) > 0 && now.Sub(s.Changed) < bothSecrets {
		return [][]byte{s.Now, s.Before}
	}
	return [][]byte{s.Now}
}

// signatures is the value of the header webhook-signature: one for each secret.
func signatures(secrets [][]byte, id string, at time.Time, body []byte) string {
	out := make([]string, len(secrets))
	for i, secret := range secrets {
		m := hmac.New(sha256.New, secret)
		m.Write([]byte(id + "." + strconv.FormatInt(at.Unix(), 10) + "."))
		m.Write(body)
		out[i] = "v1," + base64.StdEncoding.EncodeToString(m.Sum(nil))
	}
	return strings.Join(out, " ")
}

// checkURL finds what is wrong with the URL of a webhook. Where its host leads
// is only known when it is called, and checked then.
func checkURL(raw string, loopback bool) (string, *errs.Error) {
	bad := func(words, hint string) (string, *errs.Error) {
		return "", errs.Invalidf("url", "%s", words).WithHint("%s", hint)
	}
	if len(raw) > maxURL {
		return bad("This URL is too long.", fmt.Sprintf("at most %d bytes", maxURL))
	}
	raw = strings.TrimSpace(raw)
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.Hostname() == "" || u.Opaque != "" || strings.ContainsFunc(raw, advisory.Hidden) || strings.ContainsAny(raw, " \t\n") {
		return bad("This is not a URL.", "write it as https://example.org/hook")
	}
	addr, notIP := netip.ParseAddr(u.Hostname())
	local := loopback && (u.Hostname() == "localhost" || notIP == nil && addr.IsLoopback())
	switch {
	case u.Scheme != "https" && !(u.Scheme == "http" && local):
		return bad("A webhook is called by https only.", "write it as https://example.org/hook")
	case u.User != nil:
		return bad("A URL with a user name is not called.", "the signature tells the receiver who calls")
	case u.Fragment != "":
		return bad("What follows the # would never be sent.", "leave it out")
	case notIP == nil && !public(addr) && !local:
		return bad("This address is not on the public internet.", "use the name of a public host")
	}
	if p := u.Port(); p != "" {
		if n, err := strconv.ParseUint(p, 10, 16); err != nil || n == 0 {
			return bad("The port of this URL is no port.", "leave it out for 443")
		}
	}
	return u.String(), nil
}

// Event is what a webhook is sent, as JSON: the same bytes at each attempt.
type Event struct {
	Type      Type      `json:"type"`
	Timestamp time.Time `json:"timestamp"` // when it was made public
	Data      Data      `json:"data"`
}

// Data is what is public of the entry. One of the two is set.
type Data struct {
	Seq       int64          `json:"seq"` // among all that was made public: 1, 2, 3 … without a gap
	Advisory  *AdvisoryData  `json:"advisory,omitempty"`
	Prenotice *PrenoticeData `json:"prenotice,omitempty"`
}

// AdvisoryData is an advisory in brief; the links lead to the rest.
type AdvisoryData struct {
	ID        string         `json:"id"`
	Aliases   []string       `json:"aliases,omitempty"`
	Title     string         `json:"title"`
	Severity  advisory.Level `json:"severity"`
	CVSS4     string         `json:"cvss4,omitempty"`
	CVSS31    string         `json:"cvss31,omitempty"`
	Exploited bool           `json:"exploited"`
	Products  []ProductData  `json:"products"`
	Revision  int            `json:"revision"`
	Summary   string         `json:"summary,omitempty"` // of the revision
	Published time.Time      `json:"published"`
	Updated   time.Time      `json:"updated"`
	Withdrawn string         `json:"withdrawn,omitempty"` // why
	Links     Links          `json:"links"`
}

// ProductData is a product with the first versions that have a fix.
type ProductData struct {
	Product  string   `json:"product"`
	PURL     string   `json:"purl,omitempty"`
	Affected string   `json:"affected"` // in words
	Fixed    []string `json:"fixed,omitempty"`
}

// PrenoticeData is a pre-announcement.
type PrenoticeData struct {
	ID       string         `json:"id"`
	Product  string         `json:"product"`
	Versions string         `json:"versions"`
	Severity advisory.Level `json:"severity"` // the highest among what is fixed
	Release  time.Time      `json:"release"`
	Zone     string         `json:"zone"`
	Posted   time.Time      `json:"posted"`
	Advisory string         `json:"advisory,omitempty"` // that came of it
	Page     string         `json:"page,omitempty"`

	Mitigation string   `json:"mitigation,omitempty"` // Markdown: what to do before the release
	Branches   []string `json:"branches,omitempty"`   // that it is for; left out: all
}

// EventOf tells machines of an entry. Equal input gives equal bytes.
func EventOf(e advisory.Entry, site Site) ([]byte, error) {
	ev := Event{Type: typeOf(e), Timestamp: e.At, Data: Data{Seq: e.Seq}}
	if p := e.Prenotice; p != nil {
		ev.Data.Prenotice = &PrenoticeData{p.ID, p.Product, p.Versions, p.Severity, p.Release, p.Zone, p.Posted, p.Advisory, site.Overview, p.Mitigation, p.Branches}
	} else {
		a := e.Advisory
		d := &AdvisoryData{ID: a.ID, Aliases: a.Aliases, Title: a.Title, Severity: a.Severity.Level, CVSS4: a.Severity.CVSS4, CVSS31: a.Severity.CVSS31,
			Exploited: a.Exploited, Products: productsOf(*a), Revision: len(a.Revisions), Published: a.Published, Updated: a.Updated, Links: site.Links(*a)}
		if n := len(a.Revisions); n > 0 {
			d.Summary = a.Revisions[n-1].Summary
		}
		if a.Withdrawn != nil {
			d.Withdrawn = a.Withdrawn.Reason
		}
		ev.Data.Advisory = d
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // it is no HTML, and people read it
	if err := enc.Encode(ev); err != nil {
		return nil, fmt.Errorf("writing a webhook's body: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

func productsOf(a advisory.Advisory) []ProductData {
	out := make([]ProductData, len(a.Affected))
	for i, p := range a.Affected {
		out[i] = ProductData{Product: p.Product, PURL: p.PURL, Affected: versionWords(p)}
		for _, r := range p.Ranges {
			if r.Fixed != "" {
				out[i].Fixed = append(out[i].Fixed, r.Fixed)
			}
		}
	}
	return out
}
