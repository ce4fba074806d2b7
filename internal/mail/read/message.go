package read

import (
	"time"

	"steward/internal/base/sign"
)

// MaxMail is the largest mail that is read, in bytes: 25 MiB and what servers
// put before it. More of it is not looked at.
const MaxMail = 25<<20 + 64<<10

// Limits of one mail. Ordinary mail stays far below each.
const (
	maxHeader      = 512 << 10 // bytes of one header
	maxFields      = 1000      // in one header
	maxField       = 64 << 10  // bytes of one field
	maxDepth       = 30        // of parts within parts
	maxParts       = 1000      // in all
	maxAttachments = 200
	maxText        = 2 << 20 // bytes of text
	maxAddresses   = 500     // in one field
	maxReferences  = 100
	maxName        = 200 // bytes of a file name
	maxKeys        = 20
	maxKey         = 64 << 10 // bytes of one key, as package sign has it
	maxProblems    = 100
	maxReceived    = 50 // hops; more is a loop (rfc5321:6.3 asks for at least 100 before refusing)
)

// Message is what a mail says. Texts are UTF-8 with newlines, without other
// control characters.
type Message struct {
	From       Address // the first, of several
	To, Cc     []Address
	Subject    string // the protected one, when there is one (rfc9788)
	Date       time.Time
	MessageID  string // without angle brackets, as all identifiers here
	InReplyTo  string
	References []string
	List       string // the List-Id; then nothing is answered automatically

	Content         // what the mail says; within, when there is something outside
	Outside Content // what no encryption or signature protected

	Keys      []Key
	Crypto    Crypto
	Kind      Kind
	Bounce    Bounce   // when Kind is KindBounce
	SpamMarks []string // header fields of a filter before us; hints
	Problems  []Problem
}

// Address is one person's.
type Address struct {
	Name string // as displayed; anyone can write anything
	Addr string // user@host, the host in lower case; "" if none could be read
}

// Content is text and files.
type Content struct {
	Text        string
	Attachments []Attachment
}

// Attachment is a file.
type Attachment struct {
	Name  string // without folders; never empty
	Type  string // as declared, in lower case, without parameters
	Bytes []byte
}

// Key is an OpenPGP public key that came along. Nothing says that it is the
// sender's.
type Key struct {
	Source  KeySource
	Armored []byte
	Mutual  bool // of an Autocrypt header: the sender prefers encryption
}

// KeySource is where in a mail a key was.
type KeySource string

// The places of keys.
const (
	KeyAttached  KeySource = "attached"  // application/pgp-keys (rfc3156:7)
	KeyInline    KeySource = "inline"    // in the text
	KeyAutocrypt KeySource = "autocrypt" // Autocrypt Level 1, for the address in From
)

// Crypto is how a mail was protected.
type Crypto struct {
	Form      Form
	Encrypted bool           // what is within was encrypted to us and is unaltered
	Signature sign.Signature // of what is within
	Failed    string         // why the encrypted part was not opened; for people
}

// Form is the way in which a mail was protected.
type Form string

// The forms.
const (
	FormNone            Form = "none"
	FormMIMEEncrypted   Form = "PGP/MIME encrypted"
	FormInlineEncrypted Form = "inline encrypted"
	FormMIMESigned      Form = "PGP/MIME signed"
	FormInlineSigned    Form = "inline signed"
	FormSMIME           Form = "S/MIME" // noticed only; it is an attachment
)

// Kind is what a mail is, so that nobody answers a machine.
type Kind string

// The kinds.
const (
	KindLetter    Kind = "letter"
	KindBounce    Kind = "bounce"     // what we sent was not delivered, or is late (rfc3464)
	KindAutoReply Kind = "auto-reply" // a machine wrote it (rfc3834)
	KindLoop      Kind = "loop"       // it is our own, come back
)

// Bounce is what became of a mail of ours.
type Bounce struct {
	MessageID  string // of the mail that came back; "" if it does not say
	Recipients []BounceRecipient
}

// BounceRecipient is who did not get it.
type BounceRecipient struct {
	Addr   string
	Action string // failed, delayed, delivered, relayed, expanded; "" if unknown
	Status string // such as 5.1.1 (rfc3463); "" if unknown
}

// Problem is something odd.
type Problem struct {
	Code Code
	Text string // a sentence for people, with nothing of the mail in it
}

// Code tells problems apart.
type Code string

// The codes of problems.
const (
	TooLarge        Code = "too-large"         // the mail, its end was not looked at
	HeaderTooLarge  Code = "header-too-large"  // its end was not looked at
	HeaderLine      Code = "header-line"       // a line is no field
	Repeated        Code = "repeated-field"    // the first was taken
	NoFrom          Code = "no-from"           // no address of the sender
	SeveralFrom     Code = "several-from"      // the first was taken
	BadAddress      Code = "bad-address"       // one was left out
	ManyAddresses   Code = "many-addresses"    // the rest was left out
	BadDate         Code = "bad-date"          // none was taken
	BareLine        Code = "bare-line-ends"    // CR without LF
	ControlChars    Code = "control-chars"     // they were taken out
	TooDeep         Code = "too-deep"          // the inner parts are one attachment
	TooManyParts    Code = "too-many-parts"    // the rest is one attachment
	ManyAttachments Code = "many-attachments"  // the rest was left out
	NoBoundary      Code = "no-boundary"       // the parts were taken as one text
	NoEnd           Code = "no-end"            // the last boundary is missing
	AroundParts     Code = "around-parts"      // text before or after all parts was left out
	BadType         Code = "bad-type"          // the content type is unreadable
	BadEncoding     Code = "bad-encoding"      // base64 and the like; kept as an attachment too
	BadCharset      Code = "bad-charset"       // another was guessed; kept as an attachment too
	TextTooLong     Code = "text-too-long"     // cut; kept as an attachment
	BadName         Code = "bad-name"          // a file name that deceives was cleaned
	TNEF            Code = "tnef"              // winmail.dat of Outlook
	NotOpened       Code = "not-opened"        // the encrypted part
	SeveralParts    Code = "several-encrypted" // only the first was opened
	Unprotected     Code = "unprotected"       // there is something outside
	FromDiffers     Code = "from-differs"      // the protected From is another
	BadKey          Code = "bad-key"           // a key too large, or too many
	BadAutocrypt    Code = "bad-autocrypt"     // the header was left out
)
