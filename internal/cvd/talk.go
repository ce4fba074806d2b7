package cvd

import "time"

// Note is for the team alone.
type Note struct {
	ID   string    `json:"id"`
	By   Person    `json:"by"`
	At   time.Time `json:"at"`
	Body string    `json:"body"` // Markdown
}

// Side is who wrote a message.
type Side string

// The two sides of a thread.
const (
	FromReporter Side = "reporter"
	FromTeam     Side = "team"
)

// Message is one letter between the team and the reporter of one report.
type Message struct {
	ID     string    `json:"id"`
	Report string    `json:"report"`
	From   Side      `json:"from"`
	By     Person    `json:"by"` // empty in a mailbox
	At     time.Time `json:"at"`
	Read   time.Time `json:"read,omitzero"` // when the other side first saw it
	Body   string    `json:"body,omitempty"`
	// Armored is the body encrypted to the reporter's OpenPGP key. Where it
	// is set, a mailbox holds it in place of Body.
	Armored string `json:"armored,omitempty"`
	Files   []File `json:"files,omitempty"`
}

// File is what is known of an attachment beside its content.
type File struct {
	ID     string    `json:"id"`
	Name   string    `json:"name"` // cleaned: no path, no hidden characters
	Type   string    `json:"type"` // media type as claimed; serve as application/octet-stream
	Size   int64     `json:"size"` // bytes
	SHA256 string    `json:"sha256"`
	From   Side      `json:"from"`
	At     time.Time `json:"at"`
}
