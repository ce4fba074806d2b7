package web

import (
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"steward/internal/advisory"
	"steward/internal/base/errs"
	"steward/internal/base/look"
	"steward/internal/predisclosure"
)

// membershipRoutes are for the contacts of members.
func (s *server) membershipRoutes() []route {
	return []route{
		{pattern: "GET /team/membership", do: s.memberships},
		{pattern: "GET /team/membership/{member}", do: s.membership},
		{pattern: "POST /team/membership/{member}/{deed}", do: s.membershipDeed},
	}
}

// membershipsPage is all memberships of someone, where they have none or
// several.
type membershipsPage struct {
	look.Shell
	Rows []memberRow
}

func (s *server) memberships(v *visit) error {
	mine, err := s.Lists.Mine(v.ctx(), v.c)
	if err != nil {
		return err
	}
	if len(mine) == 1 {
		http.Redirect(v.w, v.r, "/team/membership/"+mine[0].ID, http.StatusSeeOther)
		return nil
	}
	p := membershipsPage{Shell: s.shell(v, "Membership")}
	for _, m := range mine {
		p.Rows = append(p.Rows, memberRow{m, standing(m)})
	}
	return s.render(v, http.StatusOK, "memberships", p)
}

// membershipPage is a membership as its own contact sees it.
type membershipPage struct {
	look.Shell
	form
	Deed       string
	Path       string
	List       predisclosure.List
	Member     predisclosure.View
	Marks      []mark
	Contacts   []contactRow
	Rows       []int
	Now        time.Time
	Outdated   bool // the agreement has a version that they have not accepted
	Agreement  template.HTML
	Conditions template.HTML
}

// Can tells whether the visitor may cause an event now.
func (p membershipPage) Can(e string) bool {
	return slices.Contains(p.Member.Events, predisclosure.Event(e))
}

// For gives the form of one deed: what was typed if that deed was refused.
func (p membershipPage) For(deed string) form {
	return listMemberPage{form: p.form, Deed: p.Deed}.For(deed)
}

func (s *server) membership(v *visit) error {
	f, err := s.newForm(v)
	if err != nil {
		return err
	}
	return s.showMembership(v, http.StatusOK, f, "")
}

func (s *server) showMembership(v *visit, code int, f form, deed string) error {
	m, l, err := s.memberOf(v, v.r.PathValue("member"))
	if err != nil {
		return err
	}
	if !m.Mine { // the team has a page of its own
		return errs.Missing()
	}
	p := membershipPage{
		Shell: s.shell(v, m.Application.Organisation), form: f, Deed: deed, Path: "/team/membership/" + m.ID, List: l, Member: m,
		Marks: standing(m), Contacts: contactRows(m.Member, s.now()), Now: s.now(), Outdated: m.Accepted < l.Agreement.Version,
		Agreement: advisory.Markdown(l.Agreement.Text), Conditions: conditions(l.Conditions),
	}
	if deed != "contacts" {
		p.form.fillContacts(m.Member)
	}
	p.Rows = p.form.contactRows()
	return s.render(v, code, "membership", p)
}

// membershipDeed is what a contact does for their own organisation.
func (s *server) membershipDeed(v *visit) error {
	id, name := v.r.PathValue("member"), v.r.PathValue("deed")
	typed := v.r.PostForm
	notice, err := "", error(nil)
	switch name {
	case "attest":
		notice, err = "attested", s.Lists.Attest(v.ctx(), v.c, id, predisclosure.Attestation{
			Qualifies: typed.Get("qualifies") != "", ContactsRight: typed.Get("contacts_right") != "", KeysRight: typed.Get("keys_right") != "",
		})
	case "accept":
		notice, err = "accepted", s.acceptAgreement(v, id, typed)
	case "withdraw":
		notice, err = "left-list", s.leaveList(v, id, typed)
	case "contacts":
		notice = "contacts"
		if typed.Get("do") == "more" {
			f, code, err := s.again(v, typed, nil)
			if err != nil {
				return err
			}
			return s.showMembership(v, code, f, name)
		}
		if m, readErr := s.Lists.Member(v.ctx(), v.c, id); readErr != nil || !m.Mine { // the team changes them on its own page
			return errs.Missing()
		}
		err = s.editContacts(v, id)
	default:
		return errs.Missing()
	}
	if err == nil {
		return s.done(v, notice, "/team/membership/"+id)
	}
	f, code, err := s.again(v, typed, err)
	if err != nil {
		return err
	}
	return s.showMembership(v, code, f, name)
}

func (s *server) acceptAgreement(v *visit, id string, typed url.Values) error {
	if typed.Get("agreement") == "" {
		return errs.Invalidf("agreement", "Say that you accept the agreement.")
	}
	n, err := strconv.Atoi(typed.Get("agreement"))
	if err != nil {
		return errStale
	}
	return s.Lists.AcceptAgreement(v.ctx(), v.c, id, n)
}

func (s *server) leaveList(v *visit, id string, typed url.Values) error {
	if typed.Get("sure") == "" {
		return errs.Invalidf("sure", "Say that you mean it.").WithHint("to come back, you apply anew")
	}
	return s.Lists.Withdraw(v.ctx(), v.c, id, strings.TrimSpace(lineBreaks(typed.Get("reason"))))
}
