package cvd

import (
	"time"

	"steward/internal/advisory"
)

// Mailbox is all that a reporter sees of the work on their report.
type Mailbox struct {
	Ref       string             `json:"ref"`
	Received  time.Time          `json:"received"`
	Status    string             `json:"status"`             // a sentence or two
	Phase     State              `json:"phase"`              // of the surviving case when merged
	Together  bool               `json:"together,omitempty"` // handled together with another report
	Next      *Deadline          `json:"next,omitempty"`     // what the team promised, and by when
	Ladder    []Step             `json:"ladder,omitempty"`   // who was told while nobody had answered
	Embargo   *Terms             `json:"embargo,omitempty"`  // agreed
	Proposed  *Terms             `json:"proposed,omitempty"` // not yet agreed
	Plan      time.Time          `json:"plan,omitzero"`      // when the reporter means to go public
	Messages  []Message          `json:"messages"`           // oldest first
	Files     []File             `json:"files,omitempty"`    // that came with the report
	Draft     *advisory.Advisory `json:"draft,omitempty"`    // as last shown to this reporter
	Armored   string             `json:"armored,omitempty"`  // in place of Draft: encrypted to the reporter's key
	Shown     time.Time          `json:"shown,omitzero"`     // when the draft was shown
	Credit    Credit             `json:"credit"`
	Advisory  string             `json:"advisory,omitempty"` // id, once public
	Encrypted bool               `json:"encrypted"`          // letters are encrypted to the reporter's key
}

// Reply is what a reporter writes to the team.
type Reply struct {
	Body  string    `json:"body"`
	Plan  time.Time `json:"plan,omitzero"` // a new date on which the reporter means to go public
	Files Files     `json:"-"`             // of Store.NewReply
	Key   string    `json:"-"`             // names it: what is sent twice under one key is kept once; empty: it has no name
	Via   *Via      `json:"-"`             // how it came, if by mail
}

// status says to a reporter where their report stands.
func (c *Case) status() string {
	switch c.State {
	case Receipt:
		return "We have your report. A person will answer."
	case Verification:
		if !c.Acknowledged.IsZero() && len(c.Decisions) > 0 {
			return "We have taken your report up again and are looking into it."
		}
		return "A person has read your report and is looking into it."
	case Remediation:
		return "We have confirmed what you report. " + c.patchStatus()
	case Releasing:
		return "The fix is ready. We are preparing its release and the advisory."
	case PostRelease:
		return c.publicStatus()
	case Closed:
		if c.Public() {
			return c.publicStatus() + " The case is closed."
		}
		return c.closedStatus()
	default:
		return "We handle your report together with another one."
	}
}

func (c *Case) patchStatus() string {
	switch c.Patch.State {
	case PatchNone:
		return "Work on the fix has not begun yet."
	case PatchInWork, PatchChangesAsked:
		return "A fix is being written."
	case PatchInReview:
		return "A fix is being reviewed."
	case PatchReviewed:
		return "A fix is being tested."
	default:
		return "A fix is there."
	}
}

func (c *Case) publicStatus() string {
	if c.Review.State == DraftWithdrawn {
		return "The advisory was published and later withdrawn."
	}
	return "The advisory is public."
}

func (c *Case) closedStatus() string {
	switch c.Disposition() {
	case Informational:
		return "We do not see a vulnerability in it and thank you for telling us. The case is closed; our message says why."
	case Invalid:
		return "We could not confirm it as a vulnerability. The case is closed; our message says why."
	case ProbableDuplicate:
		return "We believe that it is known to us already. The case is closed; our message says why."
	case FixAlreadyPublic:
		return "It is fixed in public already. The case is closed; our message says why."
	default:
		return "The case is closed without an advisory."
	}
}
