package wkd

import (
	"crypto/sha1"
	"encoding/base32"
	"net/netip"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"steward/internal/base/errs"
)

const (
	wellKnown  = ".well-known/openpgpkey/"
	maxLocal   = 64 // bytes (RFC 5321, 4.5.3.1.1)
	maxDomain  = 253
	maxAddress = maxLocal + 1 + maxDomain
)

// z32 is z-base-32; 160 bits need no padding.
var z32 = base32.NewEncoding("ybndrfg8ejkmcpqxot1uwisza345h769").WithPadding(base32.NoPadding)

// Hash is the name of a local part in a directory: 32 characters (draft 3.1).
// Letters of ASCII count as small ones, others as they are.
func Hash(local string) string {
	sum := sha1.Sum([]byte(lower(local)))
	return z32.EncodeToString(sum[:])
}

// lower makes letters of ASCII small. strings.ToLower would map others onto
// them, and so onto another person's key.
func lower(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// Path is where the key of a local part stands below the root of the domain's
// own site: the direct method.
func Path(local string) string { return wellKnown + "hu/" + Hash(local) }

// PolicyPath is where the policy stands for the direct method. The draft (4.5)
// wants the file, which may be empty.
const PolicyPath = wellKnown + "policy"

// AdvancedPath is where the key of a local part stands below the root of
// openpgpkey.DOMAIN: the advanced method.
func AdvancedPath(local, domain string) string {
	return wellKnown + lower(domain) + "/hu/" + Hash(local)
}

// AdvancedPolicyPath is where the policy stands for the advanced method.
func AdvancedPolicyPath(domain string) string { return wellKnown + lower(domain) + "/policy" }

// URLs are where the key of an address is looked for, by the advanced and by
// the direct method. errs.Invalid, field "address", for what is no address.
func URLs(address string) (advanced, direct string, err error) {
	local, domain, err := split(address)
	if err != nil {
		return "", "", err
	}
	query := "?l=" + url.QueryEscape(local)
	return "https://openpgpkey." + domain + "/" + AdvancedPath(local, domain) + query,
		"https://" + domain + "/" + Path(local) + query, nil
}

// split takes an address apart: the local part as given, the domain in small
// letters of ASCII. Only plain addresses are taken, as they stand in keys.
func split(address string) (local, domain string, err error) {
	bad := errs.Invalidf("address", "This is not a mail address.").WithHint("write it as name@example.org")
	at := strings.LastIndexByte(address, '@')
	if at < 1 || len(address) > maxAddress || !utf8.ValidString(address) {
		return "", "", bad
	}
	local, domain = address[:at], address[at+1:]
	if len(local) > maxLocal || strings.ContainsFunc(local, notInLocal) {
		return "", "", bad
	}
	domain, ierr := idna.Lookup.ToASCII(domain)
	if ierr != nil || len(domain) > maxDomain || !hostname(domain) {
		return "", "", bad
	}
	return local, domain, nil
}

// notInLocal finds what no local part has without quotes (RFC 5322, 3.2.3, and
// RFC 6531 for what is not ASCII).
func notInLocal(r rune) bool {
	if r < utf8.RuneSelf {
		return r <= ' ' || r == 0x7f || strings.ContainsRune(`()<>[]:;@\,"`, r)
	}
	return !unicode.IsGraphic(r) || unicode.IsSpace(r)
}

// hostname tells whether a name can be one of the DNS with a dot in it, and is
// no number: an address of a machine is no domain of mail here.
func hostname(s string) bool {
	if _, err := netip.ParseAddr(s); err == nil || !strings.Contains(s, ".") {
		return false
	}
	labels := strings.Split(s, ".")
	for _, l := range labels {
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' ||
			strings.Trim(l, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return false
		}
	}
	return strings.Trim(labels[len(labels)-1], "0123456789") != ""
}
