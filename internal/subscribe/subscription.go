package subscribe

import (
	"slices"
	"strings"
	"time"

	"golang.org/x/net/idna"

	"steward/internal/advisory"
	"steward/internal/base/errs"
)

// Unconfirmed is how long a subscription waits for its link to be followed.
const Unconfirmed = 7 * 24 * time.Hour

// Subscription is one address and what is to be told to it.
type Subscription struct {
	ID         string         `json:"id"`
	Address    string         `json:"address,omitempty"`  // "" once it has ended
	Products   []string       `json:"products,omitempty"` // names of products; empty: all
	Least      advisory.Level `json:"least"`              // lowest severity of interest
	Prenotices bool           `json:"prenotices"`         // pre-announcements too
	State      State          `json:"state"`
	Created    time.Time      `json:"created"`            // when it was first asked for
	Confirmed  time.Time      `json:"confirmed,omitzero"` // last
	letters    [3]time.Time   // the last ones to confirm it, the newest first
	round      int64          // which wish a link confirms
	bounces    int            // permanent ones that counted
	bounced    time.Time      // when the last one counted
	number     int64          // place in the fan-out
	sealed     []byte         // the address
}

// Wish is what someone asks to be told of.
type Wish struct {
	Address    string         // not used by Change
	Products   []string       // names as Site.Products has them, in any case; empty: all
	Least      advisory.Level // empty: low
	Prenotices bool
}

// Limits of a wish.
const (
	maxAddress  = 254 // octets, rfc5321:4.5.3.1.3
	maxLocal    = 64  // octets, rfc5321:4.5.3.1.1
	maxProducts = 200
	maxURL      = 2048
)

// check finds what is wrong with a wish and gives it in its one form: the
// address normalised, each product once and as the site writes it.
func (w Wish) check(site Site) (Wish, error) {
	var ps errs.Problems
	address, err := normalise(w.Address)
	if err != nil {
		ps.Add("address", "%s", err.Message).Hint = err.Hint
	}
	products, least := checkInterest(&ps, site, w.Products, w.Least)
	return Wish{Address: address, Products: products, Least: least, Prenotices: w.Prenotices}, ps.Err()
}

// checkInterest checks products and severity. Only names that the site has are
// taken: a letter to a stranger's address must not carry the words of whoever
// asked for it.
func checkInterest(ps *errs.Problems, site Site, products []string, least advisory.Level) ([]string, advisory.Level) {
	if least == "" {
		least = advisory.Low
	}
	if !least.Valid() {
		ps.Add("least", "This is not a severity.").WithHint("low, moderate, high or critical")
	}
	if len(products) > maxProducts {
		ps.Add("products", "These are too many products.").WithHint("name none to be told of all")
		return nil, least
	}
	wanted := map[string]bool{}
	for _, p := range products {
		wanted[productKey(p)] = true
	}
	var out []string
	for _, p := range site.Products {
		if k := productKey(p); wanted[k] {
			out = append(out, p)
			delete(wanted, k)
		}
	}
	if len(wanted) > 0 {
		ps.Add("products", "One of these is not a product of ours.").WithHint("choose from the list, or name none to be told of all")
	}
	return out, least
}

// productKey is by what two names of a product are the same.
func productKey(name string) string { return strings.ToLower(advisory.OneLine(name)) }

// normalise gives a mail address in the form in which it is kept: the domain
// in lower case and ASCII (rfc5890:2.3.2.1), the local part as it was written.
// It takes what mailboxes really look like: a dot-atom of ASCII before the @
// (rfc5322:3.2.3), a domain with a dot after it.
func normalise(address string) (string, *errs.Error) {
	bad := func(words string) (string, *errs.Error) {
		return "", errs.Invalidf("address", "%s", words).WithHint("write it as name@example.org")
	}
	if len(address) > 4*maxAddress {
		return bad("This is too long for a mail address.")
	}
	address = strings.TrimSpace(address)
	at := strings.LastIndexByte(address, '@')
	if at < 1 || at == len(address)-1 {
		return bad("This is not a mail address.")
	}
	local, domain := address[:at], address[at+1:]
	if len(local) > maxLocal || !dotAtom(local) {
		return bad("What stands before the @ is not the name of a mailbox that we can write to.")
	}
	domain, err := idna.Lookup.ToASCII(strings.TrimSuffix(domain, "."))
	if err == nil { // of bytes that are no text it makes what it does not take itself
		_, err = idna.Lookup.ToASCII(domain)
	}
	if err != nil || !hostName(domain) {
		return bad("What stands after the @ is not a domain.")
	}
	if len(local)+1+len(domain) > maxAddress {
		return bad("This is too long for a mail address.")
	}
	return local + "@" + domain, nil
}

// dotAtom tells whether s is words of letters, digits and the signs that
// rfc5322:3.2.3 allows, with single dots between them.
func dotAtom(s string) bool {
	for word := range strings.SplitSeq(s, ".") {
		if word == "" {
			return false
		}
		for _, c := range []byte(word) {
			if !letterOrDigit(c) && !strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", rune(c)) {
				return false
			}
		}
	}
	return true
}

// hostName tells whether s is a domain of at least two labels, the last of
// which is no number. rfc1123:2.1
func hostName(s string) bool {
	labels := strings.Split(s, ".")
	if len(s) > 253 || len(labels) < 2 {
		return false
	}
	for _, l := range labels {
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' {
			return false
		}
		for _, c := range []byte(l) {
			if c != '-' && (!letterOrDigit(c) || c >= 'A' && c <= 'Z') {
				return false
			}
		}
	}
	return strings.ContainsFunc(labels[len(labels)-1], func(r rune) bool { return r < '0' || r > '9' })
}

func letterOrDigit(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// addressKey is by what two addresses are the same: nobody has two mailboxes
// that differ by case.
func addressKey(address string) string { return strings.ToLower(address) }

// interest is what someone wants to be told of.
type interest struct {
	products   []string
	least      advisory.Level
	prenotices bool
}

// wants tells whether an entry concerns someone.
func (i interest) wants(n reach) bool {
	if n.prenotice && !i.prenotices || n.rank < i.least.Rank() {
		return false
	}
	return len(i.products) == 0 || slices.ContainsFunc(i.products, func(p string) bool { return n.products[productKey(p)] })
}
