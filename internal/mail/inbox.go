package mail

import (
	"time"

	"steward/internal/base/errs"
)

// Mail is one message that came in, as far as it is known without reading it.
type Mail struct {
	ID       string
	State    State
	Received time.Time
	Settled  time.Time // when its state was last decided; zero: not yet
	Size     int64     // bytes
	Case     string    // id of the case that it was filed in; empty: in none
	Facts
}

// Facts are what is known of a mail beside its text. They are sealed like it.
type Facts struct {
	By       string   `json:"by"`                 // how it came: smtp, lmtp, import
	From     string   `json:"from,omitempty"`     // as the mail says; believed in nothing
	To       []string `json:"to,omitempty"`       // of ours, that the envelope names
	Sender   string   `json:"sender,omitempty"`   // of the envelope: where a bounce would go
	Delivery string   `json:"delivery,omitempty"` // what SPF and DKIM say
	Subject  string   `json:"subject,omitempty"`
	Why      string   `json:"why,omitempty"`      // what became of it, in a sentence
	Decided  string   `json:"decided,omitempty"`  // name of the person who decided; empty: nobody had to
	Believed bool     `json:"believed,omitempty"` // a person has said that it is to be taken
	Remarks  []string `json:"remarks,omitempty"`  // what is odd about it
	Quiet    bool     `json:"quiet,omitempty"`    // its sender gets no receipt
	Key      string   `json:"-"`
}

// State is what became of a mail.
type State string

// The states of a mail.
const (
	Received    State = "received"    // not looked at yet
	Filed       State = "filed"       // it opened a case
	Answered    State = "answered"    // it went into a reporter's thread
	Noted       State = "noted"       // a member of the team wrote a note or a letter by it
	Quarantined State = "quarantined" // a person must say what it is
	SetAside    State = "set aside"   // no person wrote it: a bounce, an automatic reply, a loop
	Discarded   State = "discarded"   // a person has said that it is nothing
)

// States lists them in their order.
var States = []State{Received, Filed, Answered, Noted, Quarantined, SetAside, Discarded}

// event is something that moves a mail.
type event string

const (
	file       event = "file"
	answer     event = "answer"
	note       event = "note"
	quarantine event = "quarantine"
	setAside   event = "set aside"
	release    event = "release" // a person says: take it
	discard    event = "discard"
)

var events = []event{file, answer, note, quarantine, setAside, release, discard}

// moves is all that can happen to a mail; what it does not hold is refused.
var moves = map[State]map[event]State{
	Received:    {file: Filed, answer: Answered, note: Noted, quarantine: Quarantined, setAside: SetAside},
	Quarantined: {release: Received, discard: Discarded},
	SetAside:    {release: Received, discard: Discarded},
	Discarded:   {release: Received},
	Filed:       {},
	Answered:    {},
	Noted:       {},
}

func (s State) step(e event) (State, error) {
	if to, ok := moves[s][e]; ok {
		return to, nil
	}
	return s, errs.Conflictf("This mail is %s: that is not possible now.", s)
}

// Envelope is what the other side says of a mail beside the mail itself.
type Envelope struct {
	By       string // smtp, lmtp, import
	Sender   string
	To       []string // of ours
	Delivery string
	Quiet    bool // its sender gets no receipt
	Trace    int  // bytes at the start of the mail that were put there on its way in
}
