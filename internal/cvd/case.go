package cvd

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"steward/internal/advisory"
	"steward/internal/base/acl"
	"steward/internal/base/errs"
	"steward/internal/intake"
	"steward/internal/policy"
)

// Person is someone who did something: a user, or someone outside by name.
type Person struct {
	ID   string `json:"id,omitempty"` // user id; empty for someone without an account here
	Name string `json:"name"`
}

// Is tells whether p and q are the same person: the same user, or the same
// name where one of them has no account. Nobody is nobody.
func (p Person) Is(q Person) bool {
	if p.ID != "" && q.ID != "" {
		return p.ID == q.ID
	}
	return p.Name != "" && strings.EqualFold(p.Name, q.Name)
}

// Case is one vulnerability under work. It is kept as one sealed document;
// only what the queue must find and order it by is also kept in clear. All
// times are UTC.
type Case struct {
	ID      string `json:"id"`      // random, unguessable: the name in addresses
	Ref     string `json:"ref"`     // YEAR-NNNN: the name that people say
	Version int64  `json:"version"` // rises with every edit; an edit names the version that it was made on

	State      State     `json:"state"`
	Report     string    `json:"report"`   // id of the report that opened the case
	Subject    string    `json:"subject"`  // title of that report, as its reporter wrote it
	Findings   int       `json:"findings"` // how many the intake lint had on that report
	Received   time.Time `json:"received"`
	Crowd      bool      `json:"crowd,omitempty"`      // it came with more than people can read
	MergedInto string    `json:"mergedInto,omitempty"` // id of the surviving case
	Merged     []string  `json:"merged,omitempty"`     // ids of the cases merged into this one
	Closed     time.Time `json:"closed,omitzero"`

	AcknowledgeBy time.Time `json:"acknowledgeBy"`         // promised to the reporter in the receipt
	Acknowledged  time.Time `json:"acknowledged,omitzero"` // when a person first answered
	AnswerBy      time.Time `json:"answerBy,omitzero"`     // a message of a reporter waits for an answer
	NextStatus    time.Time `json:"nextStatus,omitzero"`   // when the reporter was promised to hear more
	ReporterPlan  time.Time `json:"reporterPlan,omitzero"` // when the reporter means to go public

	SetBy map[DeadlineKind]string `json:"setBy,omitempty"` // who set a date, by name

	Decisions []Verdict `json:"decisions,omitempty"` // on the report; the last one holds
	Embargo   Embargo   `json:"embargo"`
	Patch     Patch     `json:"patch"`

	Fields  Fields   `json:"fields"`            // the facts, as far as they are known
	Text    Text     `json:"text"`              // the advisory's prose
	Credits []Credit `json:"credits,omitempty"` // of the reporters, by their own word
	Review  Review   `json:"review"`            // where the draft stands
	Shares  []Share  `json:"shares,omitempty"`  // drafts shown to reporters, the last to each

	Law       []Matter            `json:"law,omitempty"`       // what the law wants reported, by trigger
	Check     string              `json:"check,omitempty"`     // id of the channel check that it is; empty: a report
	Woken     time.Time           `json:"woken,omitzero"`      // up to when what the clock brings is done
	Ladder    []Step              `json:"ladder,omitempty"`    // who was told while nobody answered, oldest first
	Asked     time.Time           `json:"asked,omitzero"`      // since when a letter of the team waits for the reporter's answer
	Prenotice *advisory.Prenotice `json:"prenotice,omitempty"` // as it was announced
	Advisory  string              `json:"advisory,omitempty"`  // id, from the first release on
	Released  time.Time           `json:"released,omitzero"`   // first release
	Revision  int                 `json:"revision,omitempty"`  // how many revisions are public

	Recipients []Recipient `json:"recipients,omitempty"` // organisations that were told, in the order in which they were
	Sendings   []Sending   `json:"sendings,omitempty"`   // notices to lists, oldest first
	Copied     bool        `json:"copied,omitempty"`     // someone has a marked copy: every wording of the draft is kept
	Posted     *PublicPost `json:"posted,omitempty"`     // as a list that was told asks for
	Collisions []Collision `json:"collisions,omitempty"` // others who found it by themselves under the embargo
	Burned     Burned      `json:"burned"`               // the embargo was ended because of a leak, or someone wants it
	Proved     *Proved     `json:"proved,omitempty"`     // what the interpreter showed with the reporter's own files
}

// Share is a draft as it was shown to one reporter.
type Share struct {
	Report  string             `json:"report"`
	At      time.Time          `json:"at"`
	By      Person             `json:"by"`
	Draft   *advisory.Advisory `json:"draft,omitempty"`
	Armored string             `json:"armored,omitempty"` // in place of Draft for a reporter with an OpenPGP key
}

// Settings are what a team chooses for all of its cases.
type Settings struct {
	Prefix      string             // of advisory ids
	Publisher   advisory.Publisher // stands in every advisory
	Policy      policy.Policy      // how the team handles vulnerabilities
	Countries   []string           // ISO 3166-1 alpha-2: no release on their public holidays
	Attachments int                // the most files in one report or message
	AttachBytes int64              // the largest of them, in bytes
}

// newCase is a case as a report opens it.
func newCase(id, ref string, r intake.Filed) *Case {
	return &Case{
		ID: id, Ref: ref, Version: 1, State: Receipt, Report: r.ID,
		Received: r.ReceivedAt, AcknowledgeBy: r.AnswerBy, Woken: r.ReceivedAt,
		Embargo: Embargo{State: EmbargoNone},
		Patch:   Patch{State: PatchNone},
		Review:  Review{State: DraftWriting},
		Burned:  Burned{State: BurnNone},
	}
}

// Public tells whether an advisory has come of the case.
func (c *Case) Public() bool { return c.Revision > 0 }

// Open tells whether someone works on the case.
func (c *Case) Open() bool { return c.State != Closed && c.State != Merged }

// move makes an event of the case, or says why not. Whatever a person decides
// on a report counts as its acknowledgement.
func (c *Case) move(e Event, why string, now time.Time) error {
	if e == EventReopen && c.Public() {
		e = EventRevisit
	}
	if e == EventRevisit && !c.Public() {
		e = EventReopen
	}
	if s := c.Review.Schedule; s != nil && e != EventPublish {
		return errs.Conflictf("The release is set for %s.", inZone(s.At, s.Zone)).WithHint("take the hour back first")
	}
	to, err := caseTable.step(c.State, e, why)
	if err != nil {
		return err
	}
	if c.State == Receipt && c.Acknowledged.IsZero() {
		c.Acknowledged = now
	}
	c.State, c.Closed = to, time.Time{}
	if !c.Open() {
		c.Closed, c.AnswerBy, c.NextStatus = now, time.Time{}, time.Time{}
	}
	return nil
}

// events lists the events that Store.Move may be asked for now by the roles.
func (c *Case) events(roles []acl.Role) []Event {
	return slices.DeleteFunc(caseTable.allowed(c.State, roles), func(e Event) bool {
		return !slices.Contains(plainEvents, e) || (e == EventReopen && c.Public()) || (e == EventRevisit && !c.Public())
	})
}

// mergeInto makes c a duplicate of into: its reporters are credited there.
func (c *Case) mergeInto(into *Case, reason string, now time.Time) error {
	switch {
	case c.ID == into.ID:
		return errs.Conflictf("A case cannot be merged into itself.")
	case into.State == Merged:
		return errs.Conflictf("The other case was itself merged into another one.").WithHint("merge into the one that survives")
	case into.State == Closed && strings.TrimSpace(reason) == "":
		return errs.Invalidf("reason", "The other case is closed. Say why this one belongs to it.")
	}
	answerBy, status, plan := c.AnswerBy, c.NextStatus, c.ReporterPlan
	if c.toldAny() {
		return errs.Conflictf("Distributors were told of this case.").WithHint("merge the other case into this one")
	}
	if err := c.move(EventMerge, reason, now); err != nil {
		return err
	}
	c.MergedInto = into.ID
	into.Merged = append(append(into.Merged, c.ID), c.Merged...)
	c.Merged = nil
	for _, credit := range c.Credits {
		into.setCredit(credit)
	}
	if into.Proved == nil {
		into.Proved = c.Proved
	}
	into.AnswerBy = sooner(into.AnswerBy, answerBy)
	into.NextStatus = sooner(into.NextStatus, status)
	into.ReporterPlan = sooner(into.ReporterPlan, plan)
	return nil
}

// partFrom takes a case that was merged into c out again, with what its
// reporter said on credit.
func (c *Case) partFrom(other *Case) {
	c.Merged = slices.DeleteFunc(c.Merged, func(id string) bool { return id == other.ID })
	c.Credits = slices.DeleteFunc(c.Credits, func(k Credit) bool { return k.Report == other.Report })
	c.Collisions = slices.DeleteFunc(c.Collisions, func(k Collision) bool { return k.Case == other.ID })
	other.MergedInto = ""
}

// sooner gives the earlier of two dates; zero is none.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}

// credit gives what the reporter of that report says on being named.
func (c *Case) credit(report string) Credit {
	for _, k := range c.Credits {
		if k.Report == report {
			return k
		}
	}
	return Credit{Report: report, Consent: Unasked}
}

func (c *Case) setCredit(k Credit) {
	for i := range c.Credits {
		if c.Credits[i].Report == k.Report {
			c.Credits[i] = k
			return
		}
	}
	c.Credits = append(c.Credits, k)
}

// shared gives the draft as last shown to the reporter of that report.
func (c *Case) shared(report string) (Share, bool) {
	for _, s := range c.Shares {
		if s.Report == report {
			return s, true
		}
	}
	return Share{}, false
}

// share keeps what a reporter was shown last; the record has all the times.
func (c *Case) share(s Share) {
	c.Shares = append(slices.DeleteFunc(c.Shares, func(o Share) bool { return o.Report == s.Report }), s)
}

// isLine tells whether s is one line that can be shown as it is.
func isLine(s string) bool {
	return checkText("", s) == nil && !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || advisory.Hidden(r)
	})
}
