package cvd

import (
	"time"

	"steward/internal/advisory"
	"steward/internal/base/acl"
	"steward/internal/intake"
)

// Summary is a case as the queue shows it. Everyone who may see the case sees
// its summary; Title and Level are empty for who may not read the draft.
type Summary struct {
	ID           string         `json:"id"`
	Ref          string         `json:"ref"`
	State        State          `json:"state"`
	Disposition  Disposition    `json:"disposition,omitempty"`
	Title        string         `json:"title,omitempty"`
	Level        advisory.Level `json:"level,omitempty"`
	Exploited    bool           `json:"exploited,omitempty"`
	Findings     int            `json:"findings"` // of the intake lint: 0 is the best report
	Unread       int            `json:"unread"`   // messages of reporters that nobody has read
	Received     time.Time      `json:"received"`
	Crowd        bool           `json:"crowd,omitempty"` // it came with more than people can read
	Acknowledged time.Time      `json:"acknowledged,omitzero"`
	Next         *Deadline      `json:"next,omitempty"` // what falls due first
	EmbargoState EmbargoState   `json:"embargoState"`
	EmbargoUntil time.Time      `json:"embargoUntil,omitzero"`
	PatchState   PatchState     `json:"patchState"`
	DraftState   DraftState     `json:"draftState"`
	ReleaseAt    time.Time      `json:"releaseAt,omitzero"`
	Missed       bool           `json:"missed,omitempty"` // a timed release did not go out
	Advisory     string         `json:"advisory,omitempty"`
	MergedInto   string         `json:"mergedInto,omitempty"` // id
	Merged       int            `json:"merged,omitempty"`     // how many cases were merged into this one
	Proved       *Proved        `json:"proved,omitempty"`     // for who may read the file: it shows undefined behaviour
}

// Page is a part of the queue, in its order.
type Page struct {
	Cases []Summary `json:"cases"`
	Next  string    `json:"next,omitempty"` // Filter.After of the page that follows; empty at the end
}

// Filter chooses a part of the queue. The zero value is its beginning: all
// that someone must still do something about.
type Filter struct {
	States []State // empty: all open cases, and closed ones with a message unanswered
	After  string  // Page.Next of the page before
	Limit  int     // 50 if zero, at most 200
}

// View is a case as one caller may see it: a part that the caller's roles do
// not reach is nil.
type View struct {
	Summary
	Version   int64        `json:"version"`
	Roles     []acl.Role   `json:"roles"` // the caller's, in this case
	May       []acl.Action `json:"may"`   // what those roles allow in this case
	Events    Events       `json:"events"`
	Checklist []Item       `json:"checklist"` // the first that is not done comes next

	Deadlines []Deadline    `json:"deadlines,omitempty"` // acl.QueueRead: the soonest first
	Plan      *PlanView     `json:"plan,omitempty"`      // acl.QueueRead: what the policy says
	People    []Participant `json:"people,omitempty"`    // acl.QueueRead
	Reports   []ReportView  `json:"reports,omitempty"`   // acl.ReportRead: its own first, then those merged into it
	Trials    []Trial       `json:"trials,omitempty"`    // acl.ReportRead, those of letters acl.MessageRead: programs that came
	Decisions []Verdict     `json:"decisions,omitempty"` // acl.ReportRead
	Threads   []Thread      `json:"threads,omitempty"`   // acl.MessageRead
	Notes     []Note        `json:"notes,omitempty"`     // acl.NoteRead
	Embargo   *Embargo      `json:"embargo,omitempty"`   // acl.DraftRead
	Patch     *Patch        `json:"patch,omitempty"`     // acl.PatchEdit, PatchReview or PatchTest
	Draft     *DraftView    `json:"draft,omitempty"`     // acl.DraftRead
	Told      *Told         `json:"told,omitempty"`      // acl.QueueRead: who was told under embargo
	Patches   []PatchFile   `json:"patches,omitempty"`   // acl.PatchTest or Distribute
	Burned    *Burned       `json:"burned,omitempty"`    // acl.Burn or AuditRead; Seen: AuditRead
}

// Parts are the parts of a case that a page may do without.
type Parts struct {
	Reports  bool
	Threads  bool // which reporters there are to write to
	Messages bool // and what was written
	Notes    bool
	People   bool
	Told     bool // how the organisations that were told stand with their lists
	Trials   bool // programs that came, and what they showed
}

// Events are the moves that the tables allow now, for the buttons of a page.
// Whether this caller may make them is in View.May.
type Events struct {
	Case    []Event        `json:"case,omitempty"`
	Embargo []EmbargoEvent `json:"embargo,omitempty"`
	Patch   []PatchEvent   `json:"patch,omitempty"`
	Draft   []DraftEvent   `json:"draft,omitempty"`
	Burn    []BurnEvent    `json:"burn,omitempty"`
}

// ReportView is a report as it came, with the case that it opened. Who may not
// read the messages with the reporter is not told who that is: name, contact
// and key are empty then.
type ReportView struct {
	ID         string            `json:"id"`
	Case       string            `json:"case"`
	Ref        string            `json:"ref"` // of the case
	Channel    intake.Channel    `json:"channel"`
	Received   time.Time         `json:"received"`
	SHA256     string            `json:"sha256"` // of the kept bytes, hexadecimal: as in the receipt
	Submission intake.Submission `json:"submission"`
	Findings   []intake.Finding  `json:"findings,omitempty"`
	Files      []File            `json:"files,omitempty"`
	Credit     *Credit           `json:"credit,omitempty"` // acl.MessageRead
}

// Thread is the talk with the reporter of one report.
type Thread struct {
	Report   string    `json:"report"`
	Case     string    `json:"case"`
	Ref      string    `json:"ref"`
	Messages []Message `json:"messages"`         // oldest first
	Mailed   bool      `json:"mailed,omitempty"` // with messages: letters go to an address of the reporter
	PGPKey   string    `json:"-"`                // with messages: the reporter's key, armored; empty: none is known
}

// DraftView is the draft with all that stands between it and the release. Who
// only reads it is not shown what it is made of: there may be names in it of
// people who have not agreed to be named.
type DraftView struct {
	Version   int64               `json:"version"`
	State     DraftState          `json:"state"`
	Advisory  advisory.Advisory   `json:"advisory"` // what would be released
	Problems  []advisory.Problem  `json:"problems,omitempty"`
	Prenotice *advisory.Prenotice `json:"prenotice,omitempty"` // as it was announced
	Fields    *Fields             `json:"fields,omitempty"`    // acl.CaseEdit or DraftEdit
	Text      *Text               `json:"text,omitempty"`      // acl.CaseEdit or DraftEdit
	Review    *Review             `json:"review,omitempty"`    // acl.DraftReview
}

// Participant is someone invited to one case.
type Participant struct {
	User    string    `json:"user"` // user id
	Name    string    `json:"name"`
	Role    acl.Role  `json:"role"` // one of acl.Invited
	By      Person    `json:"by"`
	At      time.Time `json:"at"`
	Removed time.Time `json:"removed,omitzero"` // since then the case does not exist for them
	// Barred: they were let in for an organisation that is suspended or off its
	// list, or no longer speak for it. The case does not exist for them.
	Barred bool `json:"barred,omitempty"`
}

// Letter is what the team writes to a reporter.
type Letter struct {
	Body       string    `json:"body"`
	NextStatus time.Time `json:"nextStatus,omitzero"` // promises to write again by then
	Files      Files     `json:"-"`                   // of Store.NewLetter
	Key        string    `json:"-"`                   // names it: what is sent twice under one key is kept once; empty: it has no name
}
