package web

import (
	"net/http"
	"net/url"

	"steward/internal/account"
	"steward/internal/base/acl"
	"steward/internal/base/look"
)

// peoplePage lists everyone who may sign in.
type peoplePage struct {
	look.Shell
	form
	Users    []account.User
	After    string // the names begin after this one
	Pages    pager
	Roles    []acl.Role
	MayAdmin bool
}

func (s *server) people(v *visit) error {
	f, err := s.newForm(v)
	if err != nil {
		return err
	}
	return s.showPeople(v, http.StatusOK, f)
}

func (s *server) showPeople(v *visit, code int, f form) error {
	p := peoplePage{
		Shell: s.shell(v, "People"), form: f, After: v.r.URL.Query().Get("after"), Roles: acl.Team, MayAdmin: v.may(acl.UserAdmin),
	}
	page, err := s.Accounts.UserPage(v.ctx(), v.c, p.After)
	if err != nil {
		return err
	}
	p.Users = page.Users
	if p.After != "" {
		p.Pages.First, p.Pages.FirstLabel = "/team/people", "From the start"
	}
	if page.Next != "" {
		p.Pages.Next, p.Pages.NextLabel = "/team/people?"+url.Values{"after": {page.Next}}.Encode(), "More"
	}
	return s.render(v, code, "people", p)
}

func profile(v *visit) account.Profile {
	return account.Profile{Name: v.field("name"), Email: v.field("email"), Role: acl.Role(v.field("role"))}
}

func (s *server) addPerson(v *visit) error {
	u, err := s.Accounts.AddUser(v.ctx(), v.c, profile(v))
	if err == nil {
		return s.done(v, "person", "/team/people/"+u.ID)
	}
	f, code, err := s.again(v, v.r.PostForm, err)
	if err != nil {
		return err
	}
	return s.showPeople(v, code, f)
}

// personPage is one person, for those who manage people.
type personPage struct {
	look.Shell
	form
	User     account.User
	Roles    []acl.Role
	MayAdmin bool
	Self     bool
	Passkeys []account.Passkey
	Links    []account.Link
	Link     string // a link that was just made: shown this once
	Made     account.Link
	Key      *shownKey // nil: none is known
}

func (s *server) person(v *visit) error {
	return s.showPerson(v, http.StatusOK, nil, func(*personPage) {})
}

// showPerson shows a person; f is nil for what is kept.
func (s *server) showPerson(v *visit, code int, f *form, more func(*personPage)) error {
	u, err := s.Accounts.User(v.ctx(), v.c, v.r.PathValue("id"))
	if err != nil {
		return err
	}
	p := personPage{Shell: s.shell(v, u.Name), User: u, Roles: acl.Team, MayAdmin: v.may(acl.UserAdmin), Self: u.ID == v.c.ID}
	if p.MayAdmin || p.Self {
		if p.Passkeys, err = s.Accounts.Passkeys(v.ctx(), v.c, u.ID); err != nil {
			return err
		}
		if p.Links, err = s.Accounts.Links(v.ctx(), v.c, u.ID); err != nil {
			return err
		}
	}
	if p.Key, err = s.keyOf(v, u.ID); err != nil {
		return err
	}
	if f == nil {
		kept, err := s.newForm(v)
		if err != nil {
			return err
		}
		f = &kept
	}
	if _, typed := f.Values["name"]; !typed { // another form of the page was sent
		f.set("name", u.Name)
		f.set("email", u.Email)
		f.set("role", string(u.Role))
	}
	p.form = *f
	more(&p)
	return s.render(v, code, "person", p)
}

func (s *server) editPerson(v *visit) error {
	id := v.r.PathValue("id")
	_, err := s.Accounts.EditUser(v.ctx(), v.c, id, profile(v))
	return s.personDeed(v, "person", err)
}

func (s *server) disablePerson(v *visit) error {
	_, err := s.Accounts.DisableUser(v.ctx(), v.c, v.r.PathValue("id"))
	return s.personDeed(v, "disabled", err)
}

func (s *server) enablePerson(v *visit) error {
	_, err := s.Accounts.EnableUser(v.ctx(), v.c, v.r.PathValue("id"))
	return s.personDeed(v, "enabled", err)
}

func (s *server) personDeed(v *visit, notice string, err error) error {
	if err == nil {
		return s.done(v, notice, "/team/people/"+v.r.PathValue("id"))
	}
	f, code, err := s.again(v, v.r.PostForm, err)
	if err != nil {
		return err
	}
	return s.showPerson(v, code, &f, func(*personPage) {})
}

// makeLink makes a link to enrol a passkey. It is shown in the answer itself
// and nowhere again; its code is behind the #, which browsers send nobody.
func (s *server) makeLink(v *visit) error {
	l, secret, err := s.Accounts.CreateLink(v.ctx(), v.c, v.r.PathValue("id"), account.Enrol)
	if err != nil {
		return s.personDeed(v, "", err)
	}
	return s.showPerson(v, http.StatusOK, nil, func(p *personPage) {
		p.Made, p.Link = l, s.Site().URL("enrol#"+secret)
	})
}
