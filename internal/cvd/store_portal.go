package cvd

import (
	"context"
	"fmt"
	"strings"
	"time"

	"steward/internal/advisory"
	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/errs"
	"steward/internal/predisclosure"
)

// seenCopy is what the record says that someone saw who read their own copy.
const seenCopy = "own copy of the draft"

// Portal is a case as an organisation sees it that was told: what it may use,
// how long it keeps silent, what it said. Nothing of the others is in it.
type Portal struct {
	Case         string         `json:"case"`
	Ref          string         `json:"ref"`
	Organisation string         `json:"organisation,omitempty"` // empty: one who was let in by themselves, or the team
	Line         string         `json:"line"`                   // TLP, and whose copy it is
	Text         string         `json:"text"`                   // the draft, in a copy of their own
	Message      string         `json:"message,omitempty"`      // of the team, with the notice
	Embargo      Embargo        `json:"embargo"`
	Hour         string         `json:"hour,omitempty"` // the end of the embargo in UTC and in their zone
	Zone         string         `json:"zone,omitempty"`
	Events       []EmbargoEvent `json:"events,omitempty"` // what they may do about the hour
	Patches      []PatchFile    `json:"patches,omitempty"`
	Status       FixStatus      `json:"status,omitempty"`
	Statement    string         `json:"statement,omitempty"`
	StatusAt     time.Time      `json:"statusAt,omitzero"`
	Told         time.Time      `json:"told,omitzero"`
	Advisory     string         `json:"advisory,omitempty"` // id, once it is public
	Burned       bool           `json:"burned,omitempty"`   // the embargo was ended because of a leak
}

// Portal gives a case to those who were told. The team and others who read the
// draft itself are given it as it is.
func (s *Store) Portal(ctx context.Context, c acl.Caller, caseID string) (*Portal, error) {
	var p *Portal
	err := s.look(ctx, c, caseID, acl.DraftRead, seenCopy, func(q db.Queryer, o *opened, roles []acl.Role) (err error) {
		p, err = s.portal(ctx, q, o, c, roles)
		return err
	})
	return p, err
}

func (s *Store) portal(ctx context.Context, q db.Queryer, o *opened, c acl.Caller, roles []acl.Role) (*Portal, error) {
	p := &Portal{
		Case: o.ID, Ref: o.Ref, Line: ambered(o.holderName(c)), Embargo: o.embargoFor(c.ID), Zone: "UTC",
		Events: embargoTable.allowed(o.Embargo.State, roles), Burned: o.Burned.State == BurnBurned,
	}
	if o.Public() {
		p.Advisory, p.Events = o.Advisory, nil
	}
	if r := o.recipientOf(c.ID); r != nil {
		p.Organisation, p.Zone, p.Told = r.Name, r.Zone, r.Told
		p.Status, p.Statement, p.StatusAt = r.Status, r.Statement, r.StatusAt
		p.Message = o.messageTo(r)
	}
	if a := o.Embargo.Active; a != nil {
		p.Hour = inZone(a.Until, p.Zone)
	}
	var err error
	if acl.Allow(acl.PatchTest, roles...) {
		if p.Patches, err = patchFiles(ctx, q, o); err != nil {
			return nil, err
		}
	}
	if !guarded(roles) {
		p.Text = copyText(o.Draft())
		return p, nil
	}
	for i := range p.Patches {
		p.Patches[i] = p.Patches[i].forCopy()
	}
	p.Text, err = s.ownCopy(o.Case, o.holder(c.ID), o.holderName(c))
	return p, err
}

// messageTo is what the team wrote with the last notice to an organisation.
func (c *Case) messageTo(r *Recipient) string {
	for _, s := range c.Sendings {
		if s.ID == r.Sending {
			return s.Message
		}
	}
	return ""
}

// notice is the private part of a notice: terms, their copy, and their copies of
// the patches as far as a letter takes them. page tells whether its reader has a
// page for it, or answers by mail alone.
func (s *Store) notice(ctx context.Context, q db.Queryer, o *opened, r *Recipient, page bool) (*Private, error) {
	own, err := s.ownCopy(o.Case, r.ID, r.Name)
	if err != nil {
		return nil, err
	}
	files, tooLarge, err := s.ownPatches(ctx, q, o, r, maxEnclosed)
	if err != nil {
		return nil, err
	}
	var b sheet
	b.line("%s", ambered(r.Name))
	b.gap()
	b.line("This is under embargo until")
	b.WriteString("  " + inZone(o.Embargo.Active.Until, "UTC") + "\n")
	if at := inZone(o.Embargo.Active.Until, r.Zone); r.Zone != "UTC" {
		_, local, _ := strings.Cut(strings.TrimSuffix(at, ")"), "(")
		b.WriteString("  " + local + "\n")
	}
	b.gap()
	b.line("Until then it is for those of your organisation who prepare the fix. Nothing of it is published before the hour.")
	b.gap()
	if m := strings.TrimSpace(o.messageTo(r)); m != "" {
		b.WriteString(advisory.PlainText(m, columns) + "\n\n")
	}
	var names []string
	for _, f := range files {
		names = append(names, f.Name)
	}
	b.list("Patches, in this letter", names)
	if page {
		b.list("Patches too large for a letter, on the page below", tooLarge)
		b.line("Please say there how far you are: %s. If the hour does not suit you, propose another one and say why.", join(FixStatuses))
	} else {
		b.list("Patches too large for a letter, for your contacts who can sign in", tooLarge)
		b.line("Please answer this letter, signed with the key that our list has of you, and say how far you are: %s. If the hour does not suit you, propose another one and say why.", join(FixStatuses))
	}
	b.gap()
	b.WriteString(own)
	return &Private{Subject: o.Ref + " " + r.Name, Text: b.String(), Files: files}, nil
}

// ownPatches makes an organisation's copies of the patches, and names those for
// which a letter has no room, in bytes.
func (s *Store) ownPatches(ctx context.Context, q db.Queryer, o *opened, r *Recipient, room int) (files []Enclosed, tooLarge []string, err error) {
	m, err := s.mark(o.ID, r.ID)
	if err != nil {
		return nil, nil, err
	}
	patches, err := patchRows(ctx, q, o, `removed = 0`)
	if err != nil {
		return nil, nil, err
	}
	for _, p := range patches {
		diff, err := ownPatch(p.diff, ambered(r.Name), m)
		if err != nil {
			return nil, nil, err
		}
		if len(diff) > room {
			tooLarge = append(tooLarge, p.Name)
			continue
		}
		room -= len(diff)
		files = append(files, Enclosed{Name: p.Name, Type: "text/x-diff", Data: diff})
	}
	return files, tooLarge, nil
}

// postContacts writes to all contacts of the organisations that were told and
// are to hear of it.
func (d *deed) postContacts(on Occasion) error {
	if d.s.Post == nil || d.s.Lists == nil {
		return nil
	}
	for _, r := range d.Recipients {
		to, _, err := d.s.Lists.RecipientIn(d.ctx, acl.Myself(), d.tx, r.Member, d.now)
		if errs.Is(err, errs.NotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if !hears(on, to.State) {
			continue
		}
		for _, k := range to.Contacts {
			err := d.post(Posting{On: on, Case: d.ID, User: k.UserID, Recipient: r.ID, Contact: k.Contact, What: d.what("")})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// parcelToContact is for a contact of an organisation that was told. Whether it
// is still to hear of it is asked again when the letter goes: see hears.
func (s *Store) parcelToContact(ctx context.Context, q db.Queryer, o *opened, p Posting) (*Parcel, error) {
	r := o.recipient(p.Recipient)
	if r == nil || s.Lists == nil {
		return nil, errs.Missing()
	}
	to, st, err := s.Lists.RecipientIn(ctx, acl.Myself(), q, r.Member, s.now())
	if err != nil {
		return nil, err
	}
	var contact *predisclosure.Reach
	for i := range to.Contacts {
		if to.Contacts[i].Contact == p.Contact {
			contact = &to.Contacts[i]
		}
	}
	late := p.On == OnNotice && (!st.Good || o.Embargo.Active == nil || r.Sending != p.What)
	if contact == nil || contact.Email == "" || late || !hears(p.On, to.State) {
		return nil, errs.Missing()
	}
	sees, err := contactSees(ctx, q, o, contact, p.User)
	if err != nil {
		return nil, err
	}
	ends := hears(p.On, "") // told to whoever knew
	if shut := contact.UserID != "" && !contact.CanSignIn; !ends && (shut || p.User != "" && !sees) {
		return nil, errs.Missing()
	}
	out := &Parcel{
		On: p.On, To: contact.Email, Name: contact.Name, Key: contact.Key, KeyAt: s.now(),
		Thread: Correspondence{Case: o.ID, Recipient: r.ID, Contact: contact.Contact},
	}
	if sees {
		out.Link = "/team/cases/" + o.ID
	}
	if out.Key == "" && ends && !sees {
		return nil, errs.Missing() // nothing to encrypt to, and no page to read it on
	}
	if out.Key == "" {
		return out, nil
	}
	out.Private = &Private{Subject: o.Ref + " " + r.Name}
	switch p.On {
	case OnNotice:
		out.Private, err = s.notice(ctx, q, o, r, sees)
	case OnEmbargo:
		out.Private.Text = embargoText(&o.Embargo)
	case OnPublic:
		out.Private.Text = publicText(o.Case)
	case OnBurn:
		out.Private.Text = o.burnText()
	default:
		return nil, fmt.Errorf("a posting on %q to a contact", p.On)
	}
	return out, err
}

// contactSees tells whether a contact reads the case on its page: as the user
// whom a letter was posted for, who still is that contact.
func contactSees(ctx context.Context, q db.Queryer, o *opened, contact *predisclosure.Reach, user string) (bool, error) {
	if user == "" || contact.UserID != user || !contact.CanSignIn {
		return false, nil
	}
	roles, err := rolesIn(ctx, q, acl.Caller{ID: user}, o.Case)
	return acl.Allow(acl.CaseRead, roles...), err
}

func publicText(c *Case) string {
	return fmt.Sprintf("The advisory %s is public. The embargo is over.\n", c.Advisory)
}
