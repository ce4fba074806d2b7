package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"steward/internal/account"
	"steward/internal/base/acl"
	"steward/internal/base/errs"
	"steward/internal/base/look"
	"steward/internal/base/sign"
	"steward/internal/predisclosure"
)

// listMemberPage is one member, for the team.
type listMemberPage struct {
	look.Shell
	form
	Deed     string // whose form was refused
	Path     string
	List     predisclosure.List
	Member   predisclosure.View
	Marks    []mark
	Contacts []contactRow
	Rows     []int // of the form for contacts
	Now      time.Time
	MayVet   bool
	MayAdd   bool     // people
	Users    []string // names to choose from; nil if there are too many: then one writes the name
	Link     string   // a link that was just made: shown this once
	Made     account.Link
}

// contactRow is a contact with what its key says.
type contactRow struct {
	predisclosure.Contact
	Key   sign.KeyFacts
	User  string // name of whom it signs in as; "" for nobody, and for who may not see
	Chips []mark
}

// keySoon is from when on the end of a key is told of.
const keySoon = 30 * 24 * time.Hour

// contactRows says of each contact whether it can be written to and sign in.
func contactRows(m *predisclosure.Member, now time.Time) []contactRow {
	var rows []contactRow
	for _, c := range m.Contacts {
		row := contactRow{Contact: c}
		var err error
		row.Key, err = sign.PeekKey([]byte(c.Key))
		end := row.Key.Expires
		switch {
		case err != nil || row.Key.Revoked || !row.Key.Encrypts:
			row.Chips = append(row.Chips, mark{"bad", "key", "The key cannot be used"})
		case !end.IsZero() && !end.After(now):
			row.Chips = append(row.Chips, mark{"bad", "key", "The key has ended"})
		case !end.IsZero() && end.Before(now.Add(keySoon)):
			row.Chips = append(row.Chips, mark{"warn", "key", "The key ends " + look.Until(end, now)})
		default:
			row.Chips = append(row.Chips, mark{"good", "key", "Key is good"})
		}
		switch {
		case c.CanSignIn:
			row.Chips = append(row.Chips, mark{"good", "person", "Can sign in"})
		case c.UserID != "":
			row.Chips = append(row.Chips, mark{"bad", "person", "Login is disabled"})
		default:
			row.Chips = append(row.Chips, mark{"", "person", "No login"})
		}
		rows = append(rows, row)
	}
	return rows
}

// Can tells whether the visitor may cause an event now.
func (p listMemberPage) Can(e string) bool {
	return slices.Contains(p.Member.Events, predisclosure.Event(e))
}

// For gives the form of one deed: what was typed if that deed was refused.
func (p listMemberPage) For(deed string) form {
	f := form{Token: p.Token, Prefix: deed + "-", Values: url.Values{}}
	if p.Deed == deed {
		f.Values, f.Problems = p.Values, p.Problems
	}
	return f
}

func (s *server) listMember(v *visit) error {
	f, err := s.newForm(v)
	if err != nil {
		return err
	}
	return s.showListMember(v, http.StatusOK, f, "", func(*listMemberPage) {})
}

func (s *server) showListMember(v *visit, code int, f form, deed string, more func(*listMemberPage)) error {
	if err := acl.Check(acl.ListRead, acl.ListRead, v.c.Role); err != nil {
		return err
	}
	m, l, err := s.memberOf(v, v.r.PathValue("member"))
	if err != nil {
		return err
	}
	if m.List != v.r.PathValue("slug") {
		return errs.Missing()
	}
	p := listMemberPage{
		Shell: s.shell(v, m.Application.Organisation), form: f, Deed: deed, List: l, Member: m, Marks: standing(m),
		Path: "/team/lists/" + l.ID + "/members/" + m.ID, Contacts: contactRows(m.Member, s.now()), Now: s.now(),
		MayVet: v.may(acl.ListVet) && !m.Mine, MayAdd: v.may(acl.UserAdmin),
	}
	for i, c := range p.Contacts {
		if c.UserID == "" {
			continue
		}
		u, err := s.Accounts.User(v.ctx(), v.c, c.UserID)
		if err != nil {
			return err
		}
		p.Contacts[i].User = u.Name
	}
	page, err := s.Accounts.UserPage(v.ctx(), v.c, "")
	if err != nil {
		return err
	}
	for _, u := range page.Users {
		if u.Active() && page.Next == "" {
			p.Users = append(p.Users, u.Name)
		}
	}
	if deed != "contacts" {
		p.form.fillContacts(m.Member)
	}
	p.Rows = p.form.contactRows()
	more(&p)
	return s.render(v, code, "listmember", p)
}

// memberOf reads a member and its list for the visitor.
func (s *server) memberOf(v *visit, id string) (m predisclosure.View, l predisclosure.List, err error) {
	if m, err = s.Lists.Member(v.ctx(), v.c, id); err == nil {
		l, err = s.Lists.List(v.ctx(), v.c, m.List)
	}
	return m, l, err
}

// listMemberDeed is what the buttons of the page do.
func (s *server) listMemberDeed(v *visit) error {
	id, name := v.r.PathValue("member"), v.r.PathValue("deed")
	reason := strings.TrimSpace(lineBreaks(v.field("reason")))
	if err := acl.Check(acl.ListRead, acl.ListVet, v.c.Role); err != nil {
		return err
	}
	notice := "decision"
	var err error
	switch name {
	case "vet":
		err = s.Lists.Vet(v.ctx(), v.c, id, reason)
	case "decline":
		err = s.Lists.Decline(v.ctx(), v.c, id, reason)
	case "suspend":
		err = s.Lists.Suspend(v.ctx(), v.c, id, reason)
	case "restore":
		err = s.Lists.Restore(v.ctx(), v.c, id, reason)
	case "remove":
		err = s.Lists.Remove(v.ctx(), v.c, id, reason)
	case "contacts":
		return s.contactsDeed(v, id)
	case "link":
		notice, err = "linked", s.linkContact(v, id)
	case "unlink":
		notice, err = "unlinked", s.Lists.LinkContact(v.ctx(), v.c, id, v.field("contact"), "")
	case "user":
		return s.contactUser(v, id)
	default:
		return errs.Missing()
	}
	return s.listMemberEnd(v, name, notice, err)
}

// listMemberEnd ends a deed in a redirect, or shows its form again.
func (s *server) listMemberEnd(v *visit, deed, notice string, err error) error {
	if err == nil {
		return s.done(v, notice, "/team/lists/"+v.r.PathValue("slug")+"/members/"+v.r.PathValue("member"))
	}
	if deed == "link" || deed == "unlink" || deed == "user" { // each contact has such a form
		deed += "-" + v.field("contact")
	}
	f, code, err := s.again(v, v.r.PostForm, err)
	if err != nil {
		return err
	}
	return s.showListMember(v, code, f, deed, func(*listMemberPage) {})
}

// contactsDeed changes the contacts, for the team.
func (s *server) contactsDeed(v *visit, id string) error {
	if v.field("do") == "more" {
		f, code, err := s.again(v, v.r.PostForm, nil)
		if err != nil {
			return err
		}
		return s.showListMember(v, code, f, "contacts", func(*listMemberPage) {})
	}
	return s.listMemberEnd(v, "contacts", "contacts", s.editContacts(v, id))
}

// editContacts keeps the contacts that were typed.
func (s *server) editContacts(v *visit, id string) error {
	list, places := readContacts(v.r.PostForm)
	at, err := version(v.r.PostForm)
	if err == nil {
		err = s.Lists.EditContacts(v.ctx(), v.c, id, at, predisclosure.ContactsEdit{Contacts: list, Zone: strings.TrimSpace(v.field("zone"))})
	}
	return placedContacts(err, places)
}

func (s *server) linkContact(v *visit, id string) error {
	u, err := s.Accounts.UserNamed(v.ctx(), v.c, v.field("user"))
	if errs.Is(err, errs.NotFound) {
		err = errs.Invalidf("user", "There is no person of that name.").WithHint("a lead makes a login for the contact")
	}
	if err != nil {
		return err
	}
	return s.Lists.LinkContact(v.ctx(), v.c, id, v.field("contact"), u.ID)
}

// contactUser makes a login for a contact: a person without a role in the
// team, the link of the contact to them, and a link to enrol a passkey, which
// is shown in the answer itself and nowhere again. Whether the contact may be
// linked is asked first, so that nobody is added in vain.
func (s *server) contactUser(v *visit, id string) error {
	m, err := s.Lists.Member(v.ctx(), v.c, id)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(m.Contacts, func(c predisclosure.Contact) bool { return c.ID == v.field("contact") })
	if i < 0 {
		return errs.Missing()
	}
	c := m.Contacts[i]
	if !slices.Contains(m.Events, predisclosure.EventLink) || c.UserID != "" {
		return s.listMemberEnd(v, "user", "", errs.Conflictf("This contact cannot be given a login now.").WithHint("reload the page and look at what changed"))
	}
	u, err := s.Accounts.AddUser(v.ctx(), v.c, account.Profile{Name: c.Name, Email: c.Email})
	if err == nil {
		err = s.Lists.LinkContact(v.ctx(), v.c, id, c.ID, u.ID)
	}
	if err != nil {
		return s.listMemberEnd(v, "user", "", placed(err, func(string) string { return "user" }))
	}
	l, secret, err := s.Accounts.CreateLink(v.ctx(), v.c, u.ID, account.Enrol)
	if err != nil {
		return err
	}
	f, err := s.newForm(v)
	if err != nil {
		return err
	}
	return s.showListMember(v, http.StatusOK, f, "", func(p *listMemberPage) {
		p.Made, p.Link = l, s.Site().URL("enrol#"+secret)
	})
}
