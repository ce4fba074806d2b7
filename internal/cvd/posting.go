package cvd

import (
	"net/mail"
	"strings"
	"time"
)

// Occasion is why a letter goes out.
type Occasion string

// The occasions.
const (
	OnReceipt     Occasion = "receipt"      // the reporter's own report is kept
	OnMessage     Occasion = "message"      // the team wrote to the reporter
	OnReport      Occasion = "report"       // a report waits for a person
	OnReply       Occasion = "reply"        // a reporter wrote to the team
	OnAcknowledge Occasion = "acknowledged" // a person took the report up and wrote nothing
	OnDraft       Occasion = "draft"        // the reporter was shown the draft
	OnInvitation  Occasion = "invitation"   // a person was let into a case
	OnEmbargo     Occasion = "embargo"      // the terms of the embargo have changed, or may
	OnPublic      Occasion = "public"       // the advisory is public
	OnUnanswered  Occasion = "unanswered"   // nobody has answered a report: a step of the ladder
	OnDeadline    Occasion = "deadline"     // something falls due, or is late
	OnNotice      Occasion = "notice"       // an organisation is told under embargo
	OnBurn        Occasion = "burned"       // the embargo has ended because of a leak
	OnAnswer      Occasion = "answer"       // an organisation that was told wrote to the team
)

// Occasions lists them all.
var Occasions = []Occasion{
	OnReceipt, OnMessage, OnReport, OnReply, OnAcknowledge, OnDraft, OnInvitation, OnEmbargo, OnPublic, OnUnanswered, OnDeadline, OnNotice, OnBurn, OnAnswer,
}

// Posting is a letter that is to go out: to whom and why. What it says is put
// together when it goes, by Store.Parcel, so that nothing is kept twice.
type Posting struct {
	On      Occasion `json:"on"`
	Case    string   `json:"case"`              // id
	Report  string   `json:"report,omitempty"`  // to the reporter of this report
	User    string   `json:"user,omitempty"`    // or to this user
	Message string   `json:"message,omitempty"` // id of the message that it brings
	Token   string   `json:"token,omitempty"`   // of a receipt: what its phrase is derived from
	What    string   `json:"what,omitempty"`    // names this occasion among those of its kind

	Due       *Deadline `json:"due,omitempty"`       // that the letter reminds of
	Address   string    `json:"address,omitempty"`   // or to someone outside, who is told nothing of the case
	Name      string    `json:"name,omitempty"`      // of that one
	Recipient string    `json:"recipient,omitempty"` // or to a contact of this organisation that was told
	Contact   string    `json:"contact,omitempty"`   // id of that contact; User is whom it signs in as, if anyone
}

// Key names the deed that the letter belongs to: the same letter is posted
// once.
func (p Posting) Key() string {
	key := strings.Join([]string{string(p.On), p.Case, p.Report, p.User, p.Address, p.Message, p.What}, "/")
	if p.Contact != "" {
		key += "/" + p.Recipient + "/" + p.Contact
	}
	return key
}

// Scope is that of the seal under which the letter waits.
func (p Posting) Scope() string { return scopeOf(p.Case) }

// Parcel is a letter as it goes out to one person. Private is set only where
// that person's key is known and good: it may leave encrypted to Key and in no
// other form. What goes without says of a case nothing at all.
type Parcel struct {
	On      Occasion
	To      string // mail address
	Name    string // of the person
	Thread  Correspondence
	Key     string    // armored OpenPGP key; empty: none is known
	KeyAt   time.Time // when Key is to be good
	Private *Private
	Claim   string // code in a receipt without a key: gives the phrase once
	Link    string // path of the page where it can be read
	About   string // to a user: the report that it is about
}

// Private is what of a letter its reader alone may see.
type Private struct {
	Subject string
	Text    string
	Files   []Enclosed
}

// Enclosed is a file that goes with a letter.
type Enclosed struct {
	Name string
	Type string
	Data []byte
}

// Correspondence says where an answer to a letter belongs.
type Correspondence struct {
	Case   string
	Report string // with the reporter of this report
	User   string // or with this person, on this case

	Recipient string // or with an organisation that was told: its id in the case
	Contact   string // and that of its contact on the list
}

// mailAddress gives the address in what a reporter wrote as their contact;
// empty if it is none.
func mailAddress(contact string) string {
	contact = strings.TrimSpace(contact)
	if len(contact) > 254 || strings.ContainsAny(contact, "\r\n") {
		return ""
	}
	a, err := mail.ParseAddress(contact)
	if err != nil {
		return ""
	}
	return a.Address
}
