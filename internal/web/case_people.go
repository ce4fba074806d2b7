package web

import (
	"steward/internal/base/acl"
	"steward/internal/base/errs"
	"steward/internal/cvd"
	"steward/internal/mail"
)

// participantsPage is who is invited to the case.
type participantsPage struct {
	casePage
	Roles []acl.Role
	Users []string // names to choose from; nil if there are too many: then one writes the name
	// To people on this case, where the visitor may read messages.
	Letters  []mail.Delivery
	Warnings []keyWarning // of keys that letters to someone invited cannot be encrypted to
}

func (s *server) participants(v *visit) error { return s.showParticipants(v, nil) }

func (s *server) showParticipants(v *visit, r *refusal) error {
	p, err := s.casePage(v, "People", r)
	if err != nil {
		return err
	}
	out := participantsPage{casePage: p, Roles: acl.Invited}
	if err := s.lettersToPeople(v, &out); err != nil {
		return err
	}
	if v.may(acl.UserRead) {
		page, err := s.Accounts.UserPage(v.ctx(), v.c, "")
		if err != nil {
			return err
		}
		for _, u := range page.Users {
			if u.Active() && page.Next == "" {
				out.Users = append(out.Users, u.Name)
			}
		}
	}
	return s.render(v, r.status(), "participants", out)
}

// lettersToPeople adds how letters to the people of the case fare, and whose
// key is no good for them.
func (s *server) lettersToPeople(v *visit, p *participantsPage) error {
	if p.May(string(acl.MessageRead)) {
		all, err := s.Mail.Deliveries(v.ctx(), v.c, p.View.ID)
		if err != nil {
			return err
		}
		for _, d := range all {
			if !d.Reporter {
				p.Letters = append(p.Letters, d)
			}
		}
	}
	seen := map[string]bool{}
	for _, person := range p.View.People {
		if !person.Removed.IsZero() || seen[person.User] || !v.may(acl.UserRead) {
			continue
		}
		seen[person.User] = true
		key, err := s.keyOf(v, person.User)
		if err != nil {
			return err
		}
		if w := key.warn(person.Name + "’s key"); w != nil {
			p.Warnings = append(p.Warnings, *w)
		}
	}
	return nil
}

func (s *server) invite(v *visit) error {
	u, err := s.Accounts.UserNamed(v.ctx(), v.c, v.field("name"))
	if errs.Is(err, errs.NotFound) {
		err = errs.Invalidf("name", "There is no person of that name.").WithHint("a lead adds people on the page People, and gives each a link")
	}
	if err == nil {
		err = s.Cases.Invite(v.ctx(), v.c, v.r.PathValue("id"), cvd.Person{ID: u.ID, Name: u.Name}, acl.Role(v.field("role")))
	}
	return s.deed(v, "invite", "invited", "/people", err, s.showParticipants)
}

func (s *server) uninvite(v *visit) error {
	err := s.Cases.Uninvite(v.ctx(), v.c, v.r.PathValue("id"), v.field("user"), acl.Role(v.field("role")))
	return s.deed(v, "uninvite", "uninvited", "/people", err, s.showParticipants)
}
