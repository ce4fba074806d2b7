package cvd

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/errs"
	"steward/internal/policy"
	"steward/internal/predisclosure"
)

// Send is a notice under embargo to members of a list. For a list elsewhere,
// whose rules the policy knows and whose members it does not, there are none to
// name: it records that a person has written there.
type Send struct {
	List     string   `json:"list"`
	Members  []string `json:"members"`            // ids
	Message  string   `json:"message,omitempty"`  // the team's own words, beside the draft
	Override string   `json:"override,omitempty"` // why against what the list likes
}

// Distribution is what would come of telling a list now.
type Distribution struct {
	List      string     `json:"list"`
	Name      string     `json:"name"`
	Outside   bool       `json:"outside,omitempty"`
	Rules     bool       `json:"rules"` // the policy knows rules of the list
	Limit     time.Time  `json:"limit,omitzero"`
	May       []MayTell  `json:"may,omitempty"`
	Not       []MayNot   `json:"not,omitempty"`
	Obstacles []Obstacle `json:"obstacles,omitempty"`
}

// MayTell is a member who may be told now.
type MayTell struct {
	Member       string    `json:"member"`
	Organisation string    `json:"organisation"`
	Contacts     int       `json:"contacts"`
	Told         time.Time `json:"told,omitzero"` // already
}

// MayNot is a member who may not be told, and why.
type MayNot struct {
	Member       string   `json:"member"`
	Organisation string   `json:"organisation"`
	Why          []string `json:"why"`
}

const (
	maxRecipients = 200    // members in one sending
	maxMessage    = 10_000 // bytes of the team's own words
)

// examined is a sending before it is done.
type examined struct {
	Distribution
	rules  policy.List
	chosen []predisclosure.Recipient
}

// CheckDistribution tells who of a list may be told now and what stands against
// it, without telling anyone. No members: nobody is chosen yet.
func (s *Store) CheckDistribution(ctx context.Context, c acl.Caller, caseID, list string, members []string) (*Distribution, error) {
	var out *Distribution
	err := s.look(ctx, c, caseID, acl.Distribute, "distribution", func(q db.Queryer, o *opened, _ []acl.Role) error {
		x, err := s.examine(ctx, q, c, o.Case, list, members)
		if err == nil {
			out = &x.Distribution
		}
		return err
	})
	return out, err
}

// Distribute tells members of a list. Each contact who can sign in is let into
// the case, and each contact gets a letter with a copy of the draft of their
// own. It needs an embargo that is agreed on. What the list refuses is refused,
// with every reason and its way out; what it dislikes needs an override.
func (s *Store) Distribute(ctx context.Context, c acl.Caller, caseID string, version int64, send Send) error {
	return s.work(ctx, c, caseID, acl.Distribute, func(d *deed) error {
		if err := d.on(version); err != nil {
			return err
		}
		if err := send.check(); err != nil {
			return err
		}
		x, err := s.examine(ctx, d.tx, c, d.Case, send.List, send.Members)
		if err != nil {
			return err
		}
		if len(x.chosen) == 0 && !x.Outside {
			x.Obstacles = append([]Obstacle{{Why: "Nobody is chosen.", Way: "Choose at least one member."}}, x.Obstacles...)
		}
		if err := refusal(x.Obstacles, send.Override); err != nil {
			return err
		}
		return d.distribute(x, send)
	})
}

func (send Send) check() error {
	switch {
	case len(send.Members) > maxRecipients:
		return errs.Invalidf("members", "At most %d members can be told at once.", maxRecipients)
	case len(send.Message) > maxMessage:
		return errs.Invalidf("message", "The message has %d bytes; at most %d can be sent.", len(send.Message), maxMessage)
	}
	if err := checkText("message", send.Message); err != nil {
		return err
	}
	return checkReason("override", send.Override)
}

// rules finds the rules of a list by one of its names.
func (s *Store) rules(names ...string) (policy.List, bool) {
	for _, n := range names {
		if l, ok := s.Settings.Policy.List(n); ok {
			return l, true
		}
	}
	return policy.List{}, false
}

// examine asks who may be told now, and what the embargo and the rules say.
func (s *Store) examine(ctx context.Context, q db.Queryer, c acl.Caller, k *Case, list string, members []string) (*examined, error) {
	now := s.now()
	x := &examined{Distribution: Distribution{List: list, Name: list}}
	add := func(why, way string) { x.Obstacles = append(x.Obstacles, Obstacle{Why: why, Way: way}) }
	eligible, err := s.eligible(ctx, q, c, x, now)
	if err != nil {
		return nil, err
	}
	for _, r := range eligible.May {
		m := MayTell{Member: r.Member, Organisation: r.Organisation, Contacts: len(r.Contacts)}
		if i := k.memberAt(r.Member); i >= 0 {
			m.Told = k.Recipients[i].Told
		}
		x.May = append(x.May, m)
		if slices.Contains(members, r.Member) {
			x.chosen = append(x.chosen, r)
		}
	}
	for _, b := range eligible.Not {
		no := MayNot{Member: b.Member, Organisation: b.Organisation}
		for _, f := range b.Why {
			no.Why = append(no.Why, f.String())
		}
		x.Not = append(x.Not, no)
		if slices.Contains(members, b.Member) {
			add(fmt.Sprintf("%s may not be told: %s.", b.Organisation, strings.Join(no.Why, ", ")), "Leave it out, or have it mended first.")
		}
	}
	for _, m := range members {
		known := slices.ContainsFunc(eligible.May, func(r predisclosure.Recipient) bool { return r.Member == m }) ||
			slices.ContainsFunc(eligible.Not, func(b predisclosure.Barred) bool { return b.Member == m })
		if !known {
			add("One of those who were chosen is no member of this list.", "Reload the list and choose again.")
		}
	}
	switch e := k.Embargo.Active; {
	case k.Public():
		add("The advisory is public.", "Nothing is left to be told in confidence.")
	case e == nil:
		add("No embargo is agreed on: who is told must know until when to keep silent.", "Propose an hour and have it accepted.")
	case !e.Until.After(now):
		add("The hour of the embargo is past.", "Agree on another one, or release the advisory.")
	case x.Rules:
		x.Limit, _ = limit(x.rules, cmp.Or(k.told(x.rules.Name), k.told(list), now))
		x.Obstacles = append(x.Obstacles, k.obstacles(x.rules, now)...)
	}
	if k.Burned.State == BurnBurned && !k.Public() {
		add("The embargo was ended because of a leak.", "Release the advisory.")
	}
	if strings.TrimSpace(k.Fields.Title) == "" || strings.TrimSpace(k.Text.Overview) == "" {
		x.Obstacles = append(x.Obstacles, Obstacle{Why: "The draft has no title or no overview yet.", Way: "Write them first.", Soft: true})
	}
	return x, nil
}

// eligible asks the lists. One that is not kept here may be an outside one.
func (s *Store) eligible(ctx context.Context, q db.Queryer, c acl.Caller, x *examined, now time.Time) (e predisclosure.Eligible, err error) {
	missing := errs.Invalidf("list", "There is no such list.").WithHint("look at the pre-disclosure lists, or the rules of lists in the policy")
	err = missing
	if s.Lists != nil {
		if e, err = s.Lists.EligibleIn(ctx, c, q, x.List, now); err == nil {
			l, err := s.Lists.ListIn(ctx, c, q, x.List)
			if err != nil {
				return e, err
			}
			x.Name = l.Name
			x.rules, x.Rules = s.rules(l.ID, l.Name)
			return e, nil
		}
		if !errs.Is(err, errs.NotFound) {
			return e, err
		}
		err = missing
	}
	if x.rules, x.Rules = s.rules(x.List); x.Rules {
		x.Outside = true
		return e, nil
	}
	return e, err
}

func (c *Case) memberAt(member string) int {
	return slices.IndexFunc(c.Recipients, func(r Recipient) bool { return r.Member == member })
}

// distribute does what was examined: who is told, who is let in, what is sent.
func (d *deed) distribute(x *examined, send Send) error {
	sending := Sending{
		ID: db.NewID(d.s.Rand), List: x.List, Name: x.Name, Outside: x.Outside, At: d.now, By: d.by,
		Message: send.Message, Override: send.Override,
	}
	if x.Rules {
		sending.Limit, sending.Basis = limit(x.rules, cmp.Or(d.told(x.List), d.now))
		sending.PostTo = x.rules.PostTo
	}
	d.Sendings = append(d.Sendings, sending)
	if err := d.keepCopy(); err != nil {
		return err
	}
	var names []string
	for _, r := range x.chosen {
		if err := d.tellMember(r, sending); err != nil {
			return err
		}
		names = append(names, r.Organisation)
	}
	d.edited = true
	d.note("list", "%s", x.Name)
	d.note("told", "%s", strings.Join(names, ", "))
	d.note("until", "%s", d.Embargo.Active.When())
	d.note("override", "%s", send.Override)
	return nil
}

// tellMember lets the contacts of one organisation in and posts their letters.
func (d *deed) tellMember(r predisclosure.Recipient, sending Sending) error {
	i := d.memberAt(r.Member)
	if i < 0 {
		d.Recipients = append(d.Recipients, Recipient{
			ID: db.NewID(d.s.Rand), Member: r.Member, Told: d.now, By: d.by,
		})
		i = len(d.Recipients) - 1
	}
	to := &d.Recipients[i]
	to.List, to.Name, to.Agreement, to.Sending, to.Ended = sending.List, r.Organisation, r.Agreement, sending.ID, time.Time{}
	for _, contact := range r.Contacts {
		to.Zone = contact.Zone
		if contact.UserID != "" && contact.CanSignIn {
			if err := d.letContact(r.Member, Person{ID: contact.UserID, Name: contact.Name}); err != nil {
				return err
			}
			to.Contacts = unique(append(to.Contacts, contact.UserID))
		}
		err := d.post(Posting{On: OnNotice, Case: d.ID, User: contact.UserID, Recipient: to.ID, Contact: contact.Contact, What: sending.ID})
		if err != nil {
			return err
		}
	}
	return nil
}

// letContact lets a user in as a contact of a member, for as long as they are
// one and it is on its list.
func (d *deed) letContact(member string, who Person) error {
	if err := d.let(who, acl.Distributor); err != nil {
		return err
	}
	_, err := d.tx.Exec(d.ctx, `INSERT INTO case_contacts (case_id, user_id, member_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
		d.ID, who.ID, member)
	if err != nil {
		return fmt.Errorf("letting a contact into a case: %w", err)
	}
	return nil
}

// SetStatus says how far the organisation is with the fix of which the caller
// is a contact. Only the team sees it.
func (s *Store) SetStatus(ctx context.Context, c acl.Caller, caseID string, status FixStatus, statement string) error {
	return s.deed(ctx, c, caseID, acl.StatusWrite, func(d *deed) error {
		r := d.recipientOf(c.ID)
		if r == nil {
			return errs.Conflictf("You are not a contact of an organisation that was told by notice.").WithHint("ask the team to tell it")
		}
		if err := r.setStatus(status, statement, d.by, d.now); err != nil {
			return err
		}
		d.note("organisation", "%s", r.Name)
		d.note("status", "%s", status)
		return nil
	})
}

// NotePosted notes where the matter was posted in public, as a list that was
// told asks for.
func (s *Store) NotePosted(ctx context.Context, c acl.Caller, caseID, address string) error {
	return s.deed(ctx, c, caseID, acl.Distribute, func(d *deed) error {
		if !d.Public() {
			return errs.Conflictf("The advisory is not public yet.").WithHint("release it first")
		}
		u, err := url.Parse(address)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil || len(address) > maxPlace || !isLine(address) {
			return errs.Invalidf("url", "This is not the address of a web page.").WithHint("write it as https://www.openwall.com/lists/oss-security/…")
		}
		d.Posted = &PublicPost{URL: address, At: d.now, By: d.by}
		d.note("posted", "%s", address)
		return nil
	})
}

// meant settles which event of the embargo a caller means, and marks terms that
// come from outside.
func (d *deed) meant(e EmbargoEvent, t Terms) (EmbargoEvent, Terms, error) {
	if e == EmbargoPropose && (d.Embargo.State == EmbargoActive || d.Embargo.State == EmbargoRevise) {
		e = EmbargoChange
	}
	p := d.Embargo.Proposal
	if e == EmbargoAccept && p != nil && !t.Until.IsZero() && !t.Until.Equal(p.Until) {
		return e, t, errs.Conflictf("Another hour is proposed by now: %s.", p.When()).WithHint("look at it, and accept or reject it")
	}
	if e == EmbargoAccept && p != nil {
		if s := d.beyond(p.Until); s != nil {
			return e, t, errs.Conflictf("The list %s was told, and takes no embargo beyond %s.", s.Name, inZone(s.Limit, p.Zone)).
				WithHint("agree on an hour before that")
		}
	}
	t.Outside = !inTeam(d.caller)
	return e, t, nil
}

// proposed keeps what an organisation proposed with it.
func (d *deed) proposed(e EmbargoEvent) {
	if r := d.recipientOf(d.caller.ID); r != nil && (e == EmbargoPropose || e == EmbargoChange) {
		p := *d.Embargo.Proposal
		r.Proposed = &p
	}
}
