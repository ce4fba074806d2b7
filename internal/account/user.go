package account

import (
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"steward/internal/base/acl"
	"steward/internal/base/errs"
)

// User is a person who may sign in. Users are never deleted, since the audit
// record names them; they are disabled.
type User struct {
	ID       string
	Name     string    // unique whatever the case of its letters
	Email    string    // may be empty
	Role     acl.Role  // in the team; "" for a person who is only invited to cases
	Created  time.Time // UTC
	Disabled time.Time // zero while the person may sign in
}

// Active tells whether the person may sign in.
func (u User) Active() bool { return u.Disabled.IsZero() }

// Caller is the user as the one who asks.
func (u User) Caller() acl.Caller { return acl.Caller{ID: u.ID, Name: u.Name, Role: u.Role} }

// Profile is what a lead writes about a person.
type Profile struct {
	Name  string
	Email string   // may be empty
	Role  acl.Role // one of acl.Team, or "" for a person who is only invited to cases
}

// Limits of what people may type.
const (
	maxName  = 64  // characters
	maxEmail = 254 // bytes: RFC 5321, 4.5.3.1.3, less the angle brackets
	maxAgent = 160 // characters
)

// reserved are the names by which the audit record calls those who are no
// users: nobody may pass for them.
var reserved = []string{"anonymous", "reporter", "system", "steward", "operator"}

// clean brings the profile to the form it is kept in, or names every fault.
func (p Profile) clean() (Profile, error) {
	var ps errs.Problems
	name, err := cleanName("name", p.Name)
	if err != nil {
		ps = append(ps, err)
	} else if slices.Contains(reserved, nameKey(name)) {
		ps.Add("name", "%q is a name that Steward uses for itself", name)
	}
	p.Name = name
	p.Email = strings.TrimSpace(p.Email)
	if p.Email != "" && !validEmail(p.Email) {
		ps.Add("email", "This is not a mail address.").WithHint("write it as name@example.org, or leave it out")
	}
	if p.Role != "" && !slices.Contains(acl.Team, p.Role) {
		ps.Add("role", "%q is not a role in the team", p.Role).WithHint("choose %s, or none for a person who is only invited to cases", roleList())
	}
	return p, ps.Err()
}

func roleList() string {
	words := make([]string, len(acl.Team))
	for i, r := range acl.Team {
		words[i] = string(r)
	}
	return strings.Join(words, ", ")
}

// cleanName takes a name of a person, a passkey or a token: one line of
// visible characters. Marks that turn the direction of text or do not show are
// refused, since with them one name could be made to look like another.
func cleanName(field, s string) (string, *errs.Error) {
	if len(s) > maxName*utf8.UTFMax || !utf8.ValidString(s) {
		return "", errs.Invalidf(field, "must be text of at most %d characters", maxName)
	}
	for _, r := range s {
		if r != ' ' && !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S) {
			return "", errs.Invalidf(field, "holds a character that does not show (U+%04X)", r).WithHint("type it anew, without copying")
		}
	}
	s = norm.NFC.String(strings.Join(strings.Fields(s), " "))
	switch n := utf8.RuneCountInString(s); {
	case n == 0:
		return "", errs.Invalidf(field, "is missing")
	case n > maxName:
		return "", errs.Invalidf(field, "has %d characters, at most %d are possible", n, maxName)
	case !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }):
		return "", errs.Invalidf(field, "needs a letter or a digit")
	case strings.HasPrefix(s, "-"):
		return "", errs.Invalidf(field, "cannot begin with a hyphen").WithHint("the command line would take it for an option")
	}
	return s, nil
}

// nameKey is equal for names that differ only in the case or the form of
// their letters.
func nameKey(name string) string {
	// Letters of Cherokee are folded to capitals, and those to small letters.
	return norm.NFKC.String(strings.ToLower(cases.Fold().String(norm.NFKC.String(name))))
}

// compareNames orders lists for people.
func compareNames(a, b string) int { return strings.Compare(nameKey(a), nameKey(b)) }

func validEmail(s string) bool {
	if len(s) > maxEmail || strings.ContainsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }) {
		return false
	}
	a, err := mail.ParseAddress(s)
	return err == nil && a.Name == "" && a.Address == s
}

// cleanAgent keeps of what a browser says about itself only what can be shown
// in a list. It is never refused: it serves people to tell their sessions apart.
func cleanAgent(s string) string {
	if len(s) > 4*maxAgent {
		s = s[:4*maxAgent]
	}
	var b strings.Builder
	n := 0
	for _, r := range strings.ToValidUTF8(s, "") {
		if n == maxAgent {
			break
		}
		if unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S) || r == ' ' {
			b.WriteRune(r)
			n++
		}
	}
	return strings.TrimSpace(b.String())
}
