package cvd

import "time"

// Note is for the team alone.
type Note struct {
	ID   string    `json:"id"`
	By   Person    `json:"by"`
	At   time.Time `json:"at"`
	Body string    `json:"body"` // Markdown

	Organisation string `json:"organisation,omitempty"` // that was told and wrote it, by its contact By, who has no id
	Via          *Via   `json:"via,omitempty"`          // how that came
	Mail         string `json:"mail,omitempty"`         // id of the mail, if more came along than the text
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
	Via     *Via   `json:"via,omitempty"` // how it came, if by mail
}

// Via is what is known of how a letter came by mail. It is for people to judge
// by: nothing is decided on it.
type Via struct {
	From      string `json:"from"`               // address, as the letter says
	Encrypted bool   `json:"encrypted"`          // to the team's key
	Signed    string `json:"signed,omitempty"`   // fingerprint of the key whose signature is good
	Remarks   string `json:"remarks,omitempty"`  // what was odd, in a sentence or more
	Delivery  string `json:"delivery,omitempty"` // what SPF and DKIM say
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
