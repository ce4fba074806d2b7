package intake

import (
	"errors"
	"fmt"
	"mime"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"steward/internal/base/blob"
	"steward/internal/base/errs"
	"steward/internal/base/sign"
)

// Channel is the way that a report came.
type Channel string

const (
	Web      Channel = "web"      // the form
	API      Channel = "api"      // the machine interface
	Mail     Channel = "mail"     // a letter to the team's address
	Internal Channel = "internal" // found by the team itself
)

// Wish is what a reporter answers to the question of credit.
type Wish string

const (
	CreditYes   Wish = "yes"
	CreditNo    Wish = "no"
	CreditLater Wish = "later" // decides when the draft is shown
)

// Submission is a report as a face hands it over: nothing in it is checked.
// The texts are kept byte for byte. A face must escape all of it when it shows
// it; texts of several lines may even hold control characters, since people
// paste what their terminal printed.
type Submission struct {
	// Token tells a report that is sent twice from two reports: 16 to 64
	// letters, digits, '-' or '_', made at random with the form or by the
	// program that calls the API. Whoever has it and the same text can have
	// the receipt again, so it is as private as the text.
	Token string `json:"-"`
	// Quiet gives its sender no receipt by mail: the team has imported a mail of
	// long ago.
	Quiet bool `json:"-"`
	// FoundBy is the member of the team who found it, for the channel
	// internal; empty for the others.
	FoundBy string  `json:"found_by,omitempty"`
	Channel Channel `json:"channel,omitempty"` // set by the face: none in what a client sends

	Product   string `json:"product"`   // one line: the product's name
	Versions  string `json:"versions"`  // which versions, in the reporter's words
	Summary   string `json:"summary"`   // one line: the title
	What      string `json:"what"`      // what happens
	Reproduce string `json:"reproduce"` // how to see it happen
	Impact    string `json:"impact"`    // what an attacker gains

	Attachments []Attachment `json:"attachments,omitempty"`
	Reporter    Reporter     `json:"reporter"`
	Credit      Credit       `json:"credit"`
	PublicPlan  string       `json:"public_plan,omitempty"` // when the reporter means to go public: a date or a sentence
	PGPKey      string       `json:"pgp_key,omitempty"`     // armored OpenPGP key for mail to the reporter
}

// Attachment is a file that came with a report. The face has put its bytes
// into the blob store, sealed with the key of the case, before it hands the
// submission over.
type Attachment struct {
	Ref  blob.Ref `json:"-"`    // where the sealed bytes are; the hash and size of the clear bytes
	Name string   `json:"name"` // as declared in a submission; fit for display in a Report
	Type string   `json:"type"` // declared media type: not to be believed
	ID   string   `json:"-"`    // set when filed
}

// Reporter is who sends the report, as far as they say.
type Reporter struct {
	Name      string `json:"name,omitempty"`
	Contact   string `json:"contact,omitempty"`   // mail address or another way to reach them
	Anonymous bool   `json:"anonymous,omitempty"` // wishes to stay unknown: name and contact are empty
}

// Credit is whether and how the reporter wishes to be named.
type Credit struct {
	Want Wish   `json:"want"`
	Name string `json:"name,omitempty"` // empty with CreditYes: Reporter.Name
}

// Limits of a submission, in bytes of UTF-8 unless said otherwise.
const (
	MinToken       = 16
	MaxToken       = 64
	MaxLine        = 300 // summary, product, names, contact, media type
	MaxVersions    = 2_000
	MaxText        = 100_000 // what happens, how to reproduce
	MaxImpact      = 20_000
	MaxPlan        = 1_000
	MaxPGPKey      = 64 << 10
	MaxAttachments = 10 // files
)

// field is one text of a submission with its rules.
type field struct {
	name     string
	label    string // how a sentence names it
	value    string
	limit    int
	required bool
	lines    bool // may have several lines
}

func (s *Submission) fields() []field {
	fs := []field{
		{name: "summary", label: "The title", value: s.Summary, limit: MaxLine, required: true},
		{name: "product", label: "The product", value: s.Product, limit: MaxLine},
		{name: "versions", label: "The list of versions", value: s.Versions, limit: MaxVersions, lines: true},
		{name: "what", label: "The description", value: s.What, limit: MaxText, required: true, lines: true},
		{name: "reproduce", label: "The way to reproduce it", value: s.Reproduce, limit: MaxText, lines: true},
		{name: "impact", label: "The impact", value: s.Impact, limit: MaxImpact, lines: true},
		{name: "reporter.name", label: "Your name", value: s.Reporter.Name, limit: MaxLine},
		{name: "reporter.contact", label: "Your contact", value: s.Reporter.Contact, limit: MaxLine},
		{name: "credit.name", label: "The name for the credit", value: s.Credit.Name, limit: MaxLine},
		{name: "public_plan", label: "The plan to go public", value: s.PublicPlan, limit: MaxPlan, lines: true},
		{name: "pgp_key", label: "The OpenPGP key", value: s.PGPKey, limit: MaxPGPKey, lines: true},
		{name: "found_by", label: "The finder", value: s.FoundBy, limit: MaxLine},
	}
	for i, a := range s.Attachments[:min(len(s.Attachments), MaxAttachments)] {
		at := fmt.Sprintf("attachments[%d]", i)
		fs = append(fs,
			field{name: at + ".name", label: "The name of the file", value: a.Name, limit: MaxLine, lines: true}, // mended by DisplayName
			field{name: at + ".type", label: "The type of the file", value: a.Type, limit: MaxLine, lines: true}) // mended by mediaType
	}
	return fs
}

// check finds every fault of the submission. The field names are those of the
// JSON form.
func (s *Submission) check(now time.Time) error {
	var ps errs.Problems
	for _, f := range s.fields() {
		f.check(&ps)
	}
	if !validToken(s.Token) {
		ps.Add("token", "The token of the form must have %d to %d letters, digits, '-' or '_'.", MinToken, MaxToken).
			WithHint("reload the form; a program makes a new random token for each report")
	}
	s.checkChannel(&ps)
	s.checkPerson(&ps)
	if n := len(s.Attachments); n > MaxAttachments {
		ps.Add("attachments", "There are %d files; at most %d can be sent.", n, MaxAttachments).
			WithHint("pack them into one archive")
	}
	if len(s.PGPKey) <= MaxPGPKey && strings.TrimSpace(s.PGPKey) != "" {
		if _, err := sign.CheckRecipient([]byte(s.PGPKey), now); err != nil {
			addKeyFault(&ps, err)
		}
	}
	return ps.Err()
}

func (s *Submission) checkChannel(ps *errs.Problems) {
	switch s.Channel {
	case Web, API, Mail:
		if s.FoundBy != "" {
			ps.Add("found_by", "Only a report from inside the team names its finder here.").
				WithHint("use the fields for your name and for the credit")
		}
	case Internal:
		if strings.TrimSpace(s.FoundBy) == "" {
			ps.Add("found_by", "A report from inside the team names who found it.")
		}
	default:
		ps.Add("channel", "The channel must be web, api, mail or internal.")
	}
}

func (s *Submission) checkPerson(ps *errs.Problems) {
	if r := s.Reporter; r.Anonymous && (strings.TrimSpace(r.Name) != "" || strings.TrimSpace(r.Contact) != "") {
		ps.Add("reporter.anonymous", "You wish to stay anonymous and have given a name or a contact.").
			WithHint("clear both, or take back the wish; you can reach us with the case phrase either way")
	}
	switch s.Credit.Want {
	case CreditYes:
		if strings.TrimSpace(s.Credit.Name) == "" && strings.TrimSpace(s.Reporter.Name) == "" {
			ps.Add("credit.name", "You wish to be credited and have given no name.").
				WithHint("give the name as it should be printed, or choose to decide later")
		}
	case CreditNo, CreditLater, "":
	default:
		ps.Add("credit.want", "The answer about credit must be yes, no or later.")
	}
}

func (f field) check(ps *errs.Problems) {
	switch {
	case f.required && strings.TrimSpace(f.value) == "":
		ps.Add(f.name, "%s is missing.", f.label)
	case len(f.value) > f.limit:
		ps.Add(f.name, "%s has %d bytes; at most %d can be taken.", f.label, len(f.value), f.limit).
			WithHint("put the rest into an attached file")
	case !utf8.ValidString(f.value):
		ps.Add(f.name, "%s is not valid UTF-8 text.", f.label).
			WithHint("attach it as a file")
	case !f.lines && strings.ContainsFunc(f.value, unfitForLine):
		ps.Add(f.name, "%s must be one line without control characters.", f.label)
	}
}

// unfitForLine tells runes that break a line or change how it is read:
// control characters, and those that turn the direction of the text.
func unfitForLine(r rune) bool {
	return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || unicode.Is(unicode.Bidi_Control, r)
}

func validToken(t string) bool {
	if len(t) < MinToken || len(t) > MaxToken {
		return false
	}
	return !strings.ContainsFunc(t, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && r != '-' && r != '_'
	})
}

// addKeyFault passes on what is wrong with the reporter's key.
func addKeyFault(ps *errs.Problems, err error) {
	message, hint := "This OpenPGP key cannot be read.", "paste your public key in its armored form, or leave the field empty"
	if e, ok := errors.AsType[*errs.Error](err); ok {
		message = e.Message
		if e.Hint != "" {
			hint = e.Hint
		}
	}
	ps.Add("pgp_key", "%s", message).WithHint("%s", hint).WithCause(err)
}

// maxDisplayName is the length of a file name for display, in bytes; it fits
// every common file system with room for a suffix.
const maxDisplayName = 150

// DisplayName makes the name that a stranger gave to a file fit for a page, a
// header and a file system: the last part of a path alone, nothing invisible,
// no characters with a meaning to a shell of any system, never empty and never
// hidden. The end of a long name, which tells the kind of file, stays.
func DisplayName(name string) string {
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError, unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == '\u2028', r == '\u2029':
			return -1
		case unicode.IsSpace(r):
			return ' '
		case strings.ContainsRune("<>:\"|?*`'$&;%", r):
			return '_'
		}
		return r
	}, name)
	name = strings.TrimRight(strings.TrimLeft(name, " .-"), " .")
	if len(name) > maxDisplayName {
		name = shorten(name, maxDisplayName)
	}
	if name == "" {
		return "attachment"
	}
	return name
}

// shorten cuts bytes out of the middle of a name, at rune borders.
func shorten(name string, limit int) string {
	const tail = 20
	head := strings.ToValidUTF8(name[:limit-tail-1], "")
	end := name[len(name)-tail:]
	for !utf8.RuneStart(end[0]) {
		end = end[1:]
	}
	return head + "~" + end
}

// mediaType gives the declared type without parameters, or the type of bytes
// of which nothing is known.
func mediaType(declared string) string {
	t, _, err := mime.ParseMediaType(declared)
	if err != nil || !strings.Contains(t, "/") || len(t) > 127 {
		return "application/octet-stream"
	}
	return t
}
