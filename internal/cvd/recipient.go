package cvd

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/calendar"
	"steward/internal/base/errs"
	"steward/internal/policy"
)

// FixStatus is what an organisation that was told says of itself. Empty: it has
// said nothing.
type FixStatus string

// The statuses.
const (
	Affected      FixStatus = "affected"
	NotAffected   FixStatus = "not affected"
	Fixed         FixStatus = "fixed"
	Investigating FixStatus = "under investigation"
)

// FixStatuses lists them all.
var FixStatuses = []FixStatus{Affected, NotAffected, Fixed, Investigating}

// Recipient is an organisation that was told of a case under embargo.
type Recipient struct {
	ID        string    `json:"id"`   // random; what its copies are marked by
	List      string    `json:"list"` // id of the pre-disclosure list
	Member    string    `json:"member"`
	Name      string    `json:"name"`               // of the organisation
	Zone      string    `json:"zone"`               // IANA zone in which it thinks
	Contacts  []string  `json:"contacts,omitempty"` // ids of the users who were let into the case for it, whatever became of them
	Agreement int       `json:"agreement"`          // version of the list's agreement that it had accepted
	Told      time.Time `json:"told"`               // first
	By        Person    `json:"by"`
	Sending   string    `json:"sending"` // id of the last that it got
	Status    FixStatus `json:"status,omitempty"`
	Statement string    `json:"statement,omitempty"`
	StatusAt  time.Time `json:"statusAt,omitzero"`
	StatusBy  Person    `json:"statusBy"`
	Proposed  *Proposal `json:"proposed,omitempty"` // the last terms that a contact of it proposed
	Answered  time.Time `json:"answered,omitzero"`  // when a contact of it wrote by mail, last
	Ended     time.Time `json:"ended,omitzero"`     // since then it need not keep silent
}

// Sending is one notice to a list, or to the members that were chosen of it.
type Sending struct {
	ID       string    `json:"id"`
	List     string    `json:"list"` // id of a pre-disclosure list, or name of an outside one
	Name     string    `json:"name"`
	Outside  bool      `json:"outside,omitempty"` // a list elsewhere, to which a person wrote
	At       time.Time `json:"at"`
	By       Person    `json:"by"`
	Message  string    `json:"message,omitempty"`  // the team's own words
	Override string    `json:"override,omitempty"` // why against what the list likes
	Limit    time.Time `json:"limit,omitzero"`     // the list accepts no embargo beyond
	Basis    string    `json:"basis,omitempty"`    // of the limit
	PostTo   string    `json:"postTo,omitempty"`   // where the list wants it posted when it is public
}

// PublicPost is where the matter was posted as a list asks for.
type PublicPost struct {
	URL string    `json:"url"`
	At  time.Time `json:"at"`
	By  Person    `json:"by"`
}

// What falls due with distributors.
const (
	DueListLimit DeadlineKind = "the list's limit"
	DueSilent    DeadlineKind = "a distributor is silent"
	DuePost      DeadlineKind = "post it as the list asks"
)

// silentBefore is how long before the end of the embargo a recipient that has
// said nothing is asked again: time enough for a fix to be built.
const silentBefore = 3 * 24 * time.Hour

// recipientOf finds the organisation that a user was let into the case for, the
// latest if there are several: one that came back to a list is another.
func (c *Case) recipientOf(user string) *Recipient {
	for i := range slices.Backward(c.Recipients) {
		if user != "" && slices.Contains(c.Recipients[i].Contacts, user) {
			return &c.Recipients[i]
		}
	}
	return nil
}

// recipient finds one by its id.
func (c *Case) recipient(id string) *Recipient {
	for i := range c.Recipients {
		if c.Recipients[i].ID == id {
			return &c.Recipients[i]
		}
	}
	return nil
}

// told gives when a list was first told; zero: never.
func (c *Case) told(list string) (at time.Time) {
	for _, s := range c.Sendings {
		if s.List == list {
			at = sooner(at, s.At)
		}
	}
	return at
}

// toldAny tells whether anyone outside was told by a notice.
func (c *Case) toldAny() bool { return len(c.Sendings) > 0 }

// setStatus keeps what an organisation says of itself.
func (r *Recipient) setStatus(status FixStatus, statement string, by Person, now time.Time) error {
	if !slices.Contains(FixStatuses, status) {
		return errs.Invalidf("status", "This is no status.").WithHint("one of: %s", join(FixStatuses))
	}
	if err := checkReason("statement", statement); err != nil {
		return err
	}
	r.Status, r.Statement, r.StatusAt, r.StatusBy = status, statement, now, by
	return nil
}

// limit gives until when a list may be made to keep silent, counted in UTC from
// when it was first told.
func limit(l policy.List, told time.Time) (at time.Time, basis string) {
	if l.Most.IsZero() {
		return time.Time{}, ""
	}
	var utc calendar.Calendar
	at, err := utc.After(told, l.Most)
	if err != nil {
		return time.Time{}, ""
	}
	return at, fmt.Sprintf("list %s, most = %q", l.Name, l.Most)
}

// obstacles are where telling a list now breaks its rules, or what it dislikes.
func (c *Case) obstacles(l policy.List, now time.Time) (out []Obstacle) {
	p := policy.Plan{Ready: now, Release: c.Embargo.Active.Until}
	told := cmp.Or(c.told(l.Name), now)
	p.Steps = append(p.Steps, policy.Step{At: told, Deed: policy.Notify, Who: l.Name})
	if l.PostTo != "" { // the checklist asks for it, and a deadline follows from the release
		p.Steps = append(p.Steps, policy.Step{At: p.Release, Deed: policy.Post, Who: l.PostTo})
	}
	if !c.Patch.settled() {
		p.Ready = p.Release
	}
	for _, m := range c.Patch.Past {
		if m.Event == PatchMerge && c.Patch.State == PatchMerged {
			p.Steps = append(p.Steps, policy.Step{At: m.At, Deed: policy.PublishFix})
		}
	}
	for _, x := range policy.Check(l, p) {
		out = append(out, Obstacle{Why: x.Why, Way: x.Way, Soft: x.Soft})
	}
	return out
}

// beyond finds a list that was told and whose limit an hour would break.
func (c *Case) beyond(until time.Time) *Sending {
	for i, s := range c.Sendings {
		if !s.Limit.IsZero() && until.After(s.Limit) {
			return &c.Sendings[i]
		}
	}
	return nil
}

// listDeadlines are what falls due with those who were told.
func (c *Case) listDeadlines() (ds []Deadline) {
	if !c.Public() && c.Open() {
		limits := map[string]bool{}
		for _, s := range c.Sendings {
			if !s.Limit.IsZero() && !limits[s.List] {
				limits[s.List] = true
				ds = append(ds, Deadline{At: s.Limit, What: DueListLimit, Basis: s.Basis, From: c.told(s.List), By: s.By.Name})
			}
		}
		if d, silent := c.silentBy(); silent {
			ds = append(ds, d)
		}
	}
	if to := c.owesPost(); to != "" && c.Public() {
		ds = append(ds, Deadline{At: c.Released, What: DuePost, From: c.Released,
			Basis: fmt.Sprintf("the list that was told asks for a post to %s when it is public", to)})
	}
	return ds
}

// silentBy is when those who have said nothing are asked again, the first of
// them: three days before the hour, or half-way to it for who was told later.
func (c *Case) silentBy() (d Deadline, silent bool) {
	e := c.Embargo.Active
	if e == nil {
		return d, false
	}
	for _, r := range c.Recipients {
		if r.Status != "" || !r.Answered.IsZero() || !r.Ended.IsZero() || !r.Told.Before(e.Until) {
			continue
		}
		at := e.Until.Add(-silentBefore)
		if at.Before(r.Told) {
			at = r.Told.Add(e.Until.Sub(r.Told) / 2)
		}
		if !silent || at.Before(d.At) {
			d = Deadline{At: at, What: DueSilent, From: r.Told, Basis: fmt.Sprintf("list %s: it was told and has said nothing of its status", r.List)}
		}
		silent = true
	}
	return d, silent
}

// owesPost names where the matter must be posted when it is public; empty:
// nowhere, or it was.
func (c *Case) owesPost() string {
	if c.Posted != nil {
		return ""
	}
	for _, s := range c.Sendings {
		if s.PostTo != "" {
			return s.PostTo
		}
	}
	return ""
}

// postTask is the promise that goes with a notice to a list that wants a post.
var postTask = task{code: "post", text: "Post it where the list that was told asks for it.",
	why:    "Those lists take notices under embargo on the condition that all is said in public at its end.",
	action: acl.Distribute,
	when: func(c asked) bool {
		return slices.ContainsFunc(c.Sendings, func(s Sending) bool { return s.PostTo != "" })
	},
	done: func(c asked) bool { return c.owesPost() == "" },
	due: func(c asked) time.Time {
		switch {
		case c.Public():
			return c.Released
		case c.Embargo.Active != nil:
			return c.Embargo.Active.Until
		}
		return time.Time{}
	}}

// release lets all who were told speak.
func (c *Case) releaseRecipients(now time.Time) {
	for i := range c.Recipients {
		c.Recipients[i].Ended = cmp.Or(c.Recipients[i].Ended, now)
	}
}

// Obstacle is a reason why a list is not told now, or what it dislikes.
type Obstacle struct {
	Why  string `json:"why"`            // a sentence
	Way  string `json:"way"`            // the way out, a sentence
	Soft bool   `json:"soft,omitempty"` // a person may go on and say why
}

// refusal makes an error of obstacles: all the hard ones, or the soft ones if
// nobody says why it must be so all the same.
func refusal(all []Obstacle, override string) error {
	var hard, soft errs.Problems
	for _, o := range all {
		ps, field := &hard, "list"
		if o.Soft {
			ps, field = &soft, "override"
		}
		ps.Add(field, "%s", o.Why).WithHint("%s", o.Way)
	}
	if len(hard) > 0 {
		return append(hard, soft...).Err()
	}
	if strings.TrimSpace(override) == "" {
		return soft.Err()
	}
	return nil
}
