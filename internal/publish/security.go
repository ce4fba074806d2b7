package publish

import (
	"bytes"
	"net/url"
	"strings"
	"time"

	"steward/internal/base/sign"
	"steward/internal/publish/render"
	"steward/internal/publish/tree"
)

// securityPath is where RFC 9116 wants security.txt.
const securityPath = ".well-known/security.txt"

// securityLife is how long a security.txt holds. RFC 9116, 2.5.5 wants less
// than a year. It is renewed when half of it is over.
const securityLife = 360 * 24 * time.Hour

// securityTxt renders security.txt, signed in the clear, unless the one that
// is published still says the same and holds long enough; and notes when it
// must be renewed.
func (u *update) securityTxt() ([]tree.File, error) {
	old, err := u.published(securityPath)
	if err != nil {
		return nil, err
	}
	if plain, err := sign.VerifyClearsigned(u.Signer.PublicKey(), old); err == nil {
		expires := expiry(plain)
		u.renew = expires.Add(-securityLife / 2)
		if u.now.Before(u.renew) && bytes.Equal(plain, u.securityText(expires)) {
			return nil, nil
		}
	}
	expires := u.now.Add(securityLife).Truncate(time.Second)
	u.renew = expires.Add(-securityLife / 2)
	signed, err := u.Signer.Clearsign(u.securityText(expires), u.now)
	return []tree.File{{Path: securityPath, Data: signed}}, err
}

// securityText writes the fields of RFC 9116, 2.5.
func (u *update) securityText(expires time.Time) []byte {
	s := u.site
	var b bytes.Buffer
	field := func(name, value string) {
		if value != "" {
			b.WriteString(name + ": " + value + "\n")
		}
	}
	// The preferred way to reach us comes first, 2.5.3.
	field("Contact", absolute(s, s.ReportURL))
	if s.ContactEmail != "" {
		field("Contact", "mailto:"+url.PathEscape(s.ContactEmail))
	}
	if s.ReportURL == "" && s.ContactEmail == "" && len(s.Contacts) == 0 {
		field("Contact", s.URL("")) // there must be one
	}
	for _, c := range s.Contacts { // of the policy, unless it is one of these
		if c != absolute(s, s.ReportURL) && c != "mailto:"+url.PathEscape(s.ContactEmail) {
			field("Contact", c)
		}
	}
	field("Expires", expires.UTC().Format(time.RFC3339))
	field("Encryption", s.URL(s.PublicKeyPath))
	field("Preferred-Languages", strings.Join(u.Languages, ", "))
	field("Canonical", s.URL(securityPath))
	field("Policy", policyURL(s))
	field("CSAF", s.URL(providerPath)) // csaf:7.1.8
	return b.Bytes()
}

// policyURL is where people read how vulnerabilities are handled: at the
// address that the policy names, or else here.
func policyURL(s render.Site) string {
	switch {
	case s.PolicyURL != "":
		return s.PolicyURL
	case s.Handling != "":
		return s.URL(strings.TrimSuffix(render.HandlingPath, "index.html"))
	}
	return s.URL("")
}

// absolute makes a URL of the site's settings absolute; empty stays empty.
func absolute(s render.Site, ref string) string {
	base, berr := url.Parse(s.URL(""))
	r, rerr := url.Parse(ref)
	if ref == "" || berr != nil || rerr != nil {
		return ref
	}
	return base.ResolveReference(r).String()
}

// expiry reads when a security.txt expires; zero: it does not say.
func expiry(text []byte) time.Time {
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(strings.TrimSpace(line), "Expires: "); ok {
			at, err := time.Parse(time.RFC3339, value)
			if err == nil {
				return at
			}
		}
	}
	return time.Time{}
}
