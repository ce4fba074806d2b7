package compose

import (
	"mime"
	"net/mail"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"steward/internal/base/errs"
)

// Limits of a letter. What is written in a field is bounded so that each line
// of it is legal (rfc5322:2.1.1).
const (
	maxText        = 4 << 20  // bytes of text
	maxAttached    = 16 << 20 // bytes of all attachments together
	maxAttachments = 20
	maxSubject     = 400 // bytes; what is longer is cut
	maxName        = 200 // bytes of a person's or file's name; what is longer is cut
	maxEmail       = 254 // rfc5321:4.5.3.1.3, less the brackets
	maxLocal       = 64  // rfc5321:4.5.3.1.1
	maxID          = 250 // bytes of a message-id
	maxURL         = 900
	maxReferences  = 20 // the first and the latest are kept
)

// Address is a person or a mailbox.
type Address struct {
	Name  string // may be empty
	Email string // local@domain; the domain may be in Unicode, and so may the rest
}

// Attachment is a file that goes with a letter.
type Attachment struct {
	Name string
	Type string // media type without parameters, such as application/json
	Data []byte
}

// List says that a letter goes to all who asked for such letters, and how this
// person can end it.
type List struct {
	ID          string // rfc2919:3, such as advisories.security.example.org; may be empty
	Name        string // what the list is called; may be empty
	Unsubscribe string // https address that ends it by one POST (rfc8058:3.1); may be empty
	Mailto      string // address that ends it by a letter; may be empty
}

// Letter is what is to be written to one person.
type Letter struct {
	From, To Address
	ReplyTo  Address // may be empty

	Subject    string
	Date       time.Time
	MessageID  string   // without brackets
	InReplyTo  string   // without brackets; may be empty
	References []string // without brackets, oldest first

	// Automatic marks what no person has written, so that it is not answered
	// by other machines (rfc3834:5).
	Automatic bool
	List      *List // nil if it goes to no list
	Autocrypt bool  // bring the team's key along; a plain letter has none

	Text        string // lines end in \n, \r\n or \r
	Attachments []Attachment
}

// checked gives the letter in the form in which it is written, or every fault
// of it at once.
func (l Letter) checked() (Letter, error) {
	var ps errs.Problems
	l.From = l.From.checked(&ps, "from")
	l.To = l.To.checked(&ps, "to")
	if l.ReplyTo != (Address{}) {
		l.ReplyTo = l.ReplyTo.checked(&ps, "reply_to")
	}
	l.Subject = cut(oneLine(l.Subject), maxSubject)
	if l.Date.IsZero() {
		ps.Add("date", "The letter has no date.")
	}
	if y := l.Date.UTC().Year(); y < 1900 || y > 9999 {
		ps.Add("date", "The letter's date cannot be written.")
	}
	if !isID(l.MessageID) {
		ps.Add("message_id", "The letter's message-id is missing or cannot be written.")
	}
	if l.InReplyTo != "" && !isID(l.InReplyTo) {
		ps.Add("in_reply_to", "The message-id of what is answered cannot be written.")
	}
	for _, id := range l.References {
		if !isID(id) {
			ps.Add("references", "A message-id of what is referred to cannot be written.")
			break
		}
	}
	if n := len(l.References); n > maxReferences {
		l.References = append([]string{l.References[0]}, l.References[n-maxReferences+1:]...)
	}
	if l.List != nil {
		list := l.List.checked(&ps)
		l.List = &list
	}
	if len(l.Text) > maxText {
		ps.Add("text", "The text is larger than %d MiB.", maxText>>20)
	}
	l.Attachments = checkAttachments(l.Attachments, &ps)
	return l, ps.Err()
}

func (a Address) checked(ps *errs.Problems, field string) Address {
	a.Name = cut(oneLine(a.Name), maxName)
	at := strings.LastIndexByte(a.Email, '@')
	parsed, err := mail.ParseAddress("<" + a.Email + ">")
	if at < 1 || err != nil || parsed.Address != a.Email || hasControl(a.Email) || strings.ContainsAny(a.Email, " \"\\<>[](),:;") {
		ps.Add(field, "This is not a mail address that we can write to.").WithHint("give one such as jo@example.org")
		return a
	}
	domain := a.Email[at+1:]
	if ascii, err := idna.Lookup.ToASCII(domain); err == nil {
		domain = ascii
	} else if !isASCII(domain) {
		ps.Add(field, "The domain of the mail address cannot be written.").WithCause(err)
	}
	a.Email = a.Email[:at+1] + domain
	if at > maxLocal || len(a.Email) > maxEmail {
		ps.Add(field, "The mail address is longer than mail can carry.")
	}
	return a
}

func (l List) checked(ps *errs.Problems) List {
	l.Name = cut(oneLine(l.Name), maxName)
	if l.ID != "" && !isID("list@"+l.ID) {
		ps.Add("list", "The list's id cannot be written.").WithHint("give one such as advisories.security.example.org")
	}
	if l.Unsubscribe != "" {
		u, err := url.Parse(l.Unsubscribe)
		if err != nil || u.Scheme != "https" || u.Host == "" || len(l.Unsubscribe) > maxURL || !isLink(l.Unsubscribe) {
			ps.Add("list", "The address to unsubscribe at is not an https address that can be written.")
		}
	}
	if l.Mailto != "" {
		a := Address{Email: l.Mailto}.checked(ps, "list")
		if !isASCII(a.Email) || strings.ContainsAny(a.Email, "%?&") {
			ps.Add("list", "The mail address to unsubscribe at cannot be written.")
		}
		l.Mailto = a.Email
	}
	return l
}

func checkAttachments(given []Attachment, ps *errs.Problems) []Attachment {
	if len(given) > maxAttachments {
		ps.Add("attachments", "There are more than %d attachments.", maxAttachments)
		return nil
	}
	var all []Attachment
	size := 0
	for _, a := range given {
		size += len(a.Data)
		a.Name = cut(oneLine(a.Name), maxName)
		if a.Name == "" {
			ps.Add("attachments", "An attachment has no name.")
		}
		kind, params, err := mime.ParseMediaType(a.Type)
		top, _, _ := strings.Cut(kind, "/")
		// These two may not be written in base64, rfc2046:5.
		if err != nil || len(params) > 0 || kind != strings.ToLower(a.Type) || !strings.Contains(kind, "/") || len(kind) > 127 || top == "multipart" || top == "message" {
			ps.Add("attachments", "The media type of an attachment cannot be written.").WithHint("give application/octet-stream")
		}
		a.Type = kind
		all = append(all, a)
	}
	if size > maxAttached {
		ps.Add("attachments", "The attachments are larger than %d MiB.", maxAttached>>20)
	}
	return all
}

// isID tells a message-id that is written as it is: dot-atoms without quotes
// (rfc5322:3.6.4).
func isID(id string) bool {
	local, domain, ok := strings.Cut(id, "@")
	return ok && len(id) <= maxID && isDotAtom(local) && isDotAtom(domain)
}

func isDotAtom(s string) bool {
	for atom := range strings.SplitSeq(s, ".") {
		if atom == "" {
			return false
		}
		for i := range len(atom) {
			c := atom[i]
			if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("!#$%&'*+-/=?^_`{|}~", c) >= 0) {
				return false
			}
		}
	}
	return true
}

// isLink tells a link that can stand between angle brackets.
func isLink(s string) bool {
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c >= 0x7f || c == '<' || c == '>' || c == ',' {
			return false
		}
	}
	return true
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

func hasControl(s string) bool {
	return strings.ContainsFunc(s, isControl) || !utf8.ValidString(s)
}

// isControl tells what may end or hide part of a line: the control characters
// of ASCII and Latin-1, the two line ends of Unicode, and marks that turn
// writing around.
func isControl(r rune) bool {
	return r < ' ' || r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x2029 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}

// oneLine makes of any text one line of valid UTF-8 with single spaces.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if isControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return strings.Join(strings.Fields(s), " ")
}

// cut shortens a text to at most limit bytes between two characters.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	const more = "…"
	end := limit - len(more)
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return strings.TrimRight(s[:end], " ") + more
}
