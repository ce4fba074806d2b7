package predisclosure

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"net/url"
	"strings"
	"time"
	"unicode"

	"steward/internal/base/calendar"
	"steward/internal/base/errs"
	"steward/internal/base/sign"
)

// Application is what an organisation sends to join, as it came: nothing in it
// is checked before Store.Apply does. A page must escape all of it.
type Application struct {
	// Token tells an application that is sent twice from two: 16 to 64 letters,
	// digits, '-' or '_', made at random with the form or by a program.
	Token string `json:"-"`

	Organisation string      `json:"organisation"`  // one line
	Product      string      `json:"product"`       // one line: the distribution, product or service
	Available    string      `json:"available"`     // web address where anyone can get it
	Why          string      `json:"why"`           // why it qualifies
	Users        string      `json:"users"`         // who relies on it, and how many
	Ships        string      `json:"ships"`         // how soon a fix ships, and where that can be seen
	SecurityPage string      `json:"security_page"` // public page that states its security contact
	Contacts     []Applicant `json:"contacts"`
	Zone         string      `json:"zone"`        // IANA zone in which they think, such as Europe/Berlin
	Agreement    int         `json:"agreement"`   // version of the agreement that was accepted
	AcceptedBy   string      `json:"accepted_by"` // name of the person who accepted it for the organisation
}

// Applicant is a contact as it is typed.
type Applicant struct {
	ID    string `json:"id,omitempty"` // of a contact that stays, in a change of contacts; empty for a new one
	Name  string `json:"name"`         // one line: a person or a team
	Email string `json:"email"`
	Key   string `json:"key"` // OpenPGP public key, armored
}

// Limits of an application, in bytes of UTF-8 unless said otherwise.
const (
	MinToken       = 16
	MaxToken       = 64
	MaxApplication = 1 << 20 // all of it, as JSON
	MaxLine        = 300
	MaxText        = 10_000
	MaxContacts    = 10 // of one member
	MaxKey         = 64 << 10
	maxEmail       = 254 // RFC 5321, 4.5.3.1.3, less the angle brackets
)

// ParseApplication reads an application that a program sent as one JSON object.
// Every error is of kind Invalid. The token comes beside it.
func ParseApplication(b []byte) (Application, error) {
	if len(b) > MaxApplication {
		return Application{}, errs.Invalidf("", "The application has %d bytes; at most %d can be taken.", len(b), MaxApplication)
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	var a Application
	if err := dec.Decode(&a); err != nil {
		return Application{}, errs.Invalidf("", "This is not an application: it must be one JSON object with the fields of the form.").
			WithHint("look up the fields in the manual of the API").WithCause(err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return Application{}, errs.Invalidf("", "Something follows the application.").WithHint("send one JSON object")
	}
	return a, nil
}

// check finds every fault of an application. The field names are those of its
// JSON form.
func (a *Application) check(now time.Time) error {
	var ps errs.Problems
	if !validToken(a.Token) {
		ps.Add("token", "The token of the form must have %d to %d letters, digits, '-' or '_'.", MinToken, MaxToken).
			WithHint("reload the form; a program makes a new random token for each application")
	}
	checkText(&ps, "organisation", "The name of the organisation", a.Organisation, MaxLine, true, false)
	checkText(&ps, "product", "The product", a.Product, MaxLine, true, false)
	checkText(&ps, "why", "The reason why you qualify", a.Why, MaxText, true, true)
	checkText(&ps, "users", "Who relies on it", a.Users, MaxText, true, true)
	checkText(&ps, "ships", "How soon a fix ships", a.Ships, MaxText, true, true)
	checkText(&ps, "accepted_by", "The name of who accepts the agreement", a.AcceptedBy, MaxLine, true, false)
	checkPage(&ps, "available", "The address where it can be had", a.Available)
	checkPage(&ps, "security_page", "The address of the page with your security contact", a.SecurityPage)
	calendar.CheckZone(&ps, a.Zone)
	if a.Agreement < 1 {
		ps.Add("agreement", "Say that you accept the agreement.")
	}
	checkContacts(&ps, a.Contacts, now)
	return ps.Err()
}

// checkContacts checks contacts as they are typed, each field on its own.
func checkContacts(ps *errs.Problems, list []Applicant, now time.Time) {
	switch n := len(list); {
	case n == 0:
		ps.Add("contacts", "There is no contact.").WithHint("give a name, a mail address and an OpenPGP key")
		return
	case n > MaxContacts:
		ps.Add("contacts", "There are %d contacts; at most %d can be kept.", n, MaxContacts).
			WithHint("give an address that several people read")
		return
	}
	seen := map[string]bool{}
	for i, c := range list {
		at := fmt.Sprintf("contacts[%d].", i)
		checkText(ps, at+"name", "The name of the contact", c.Name, MaxLine, true, false)
		switch folded := foldEmail(c.Email); {
		case !validEmail(c.Email):
			ps.Add(at+"email", "This is not a mail address.").WithHint("write it as security@example.org")
		case seen[folded]:
			ps.Add(at+"email", "This address is given twice.").WithHint("give each contact once")
		default:
			seen[folded] = true
		}
		if _, err := sign.CheckRecipient([]byte(c.Key), now); err != nil {
			addKeyFault(ps, at+"key", err)
		}
	}
}

// addKeyFault passes on what is wrong with a key, under the field of the form.
func addKeyFault(ps *errs.Problems, field string, err error) {
	message, hint := "This OpenPGP key cannot be read.", "paste the public key in its armored form"
	if e, ok := errors.AsType[*errs.Error](err); ok {
		message = e.Message
		if e.Hint != "" {
			hint = e.Hint
		}
	}
	ps.Add(field, "%s", message).WithHint("%s", hint).WithCause(err)
}

// checkPage takes the address of a public page: it becomes a link that people
// of the team follow.
func checkPage(ps *errs.Problems, field, label, s string) {
	before := len(*ps)
	checkText(ps, field, label, s, MaxLine, true, false)
	if len(*ps) > before {
		return
	}
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Hostname() == "" || u.User != nil || strings.ContainsFunc(s, unicode.IsSpace) {
		ps.Add(field, "%s is not the address of a web page.", label).WithHint("write it as https://example.org/security")
	}
}

func validEmail(s string) bool {
	if len(s) > maxEmail || strings.ContainsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }) {
		return false
	}
	a, err := mail.ParseAddress(s)
	return err == nil && a.Name == "" && a.Address == s
}

// foldEmail is equal for addresses that reach the same mailbox nearly
// everywhere: RFC 5321 lets the local part differ by case, and nobody does.
func foldEmail(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

func validToken(t string) bool {
	if len(t) < MinToken || len(t) > MaxToken {
		return false
	}
	return !strings.ContainsFunc(t, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && r != '-' && r != '_'
	})
}

// sum is the hash of what was sent, which tells the same application from
// another with the same token.
func (a *Application) sum() ([]byte, error) {
	b, err := json.Marshal(a)
	if err != nil {
		return nil, fmt.Errorf("writing an application as JSON: %w", err)
	}
	h := sha256.Sum256(b)
	return h[:], nil
}
