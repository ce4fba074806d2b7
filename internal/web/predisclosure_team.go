package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/errs"
	"steward/internal/base/look"
	"steward/internal/predisclosure"
)

// listTeamRoutes are what the team does with lists and their members.
func (s *server) listTeamRoutes() []route {
	return []route{
		{pattern: "GET /team/lists", do: s.teamLists},
		{pattern: "POST /team/lists", do: s.createList},
		{pattern: "GET /team/lists/new", do: s.newList},
		{pattern: "GET /team/lists/{slug}", do: s.listMembers},
		{pattern: "GET /team/lists/{slug}/edit", do: s.editList},
		{pattern: "POST /team/lists/{slug}/edit", do: s.keepList},
		{pattern: "GET /team/lists/{slug}/members/{member}", do: s.listMember},
		{pattern: "POST /team/lists/{slug}/members/{member}/{deed}", do: s.listMemberDeed},
	}
}

// mark is a word with a colour and a picture: what a standing looks like.
type mark struct{ Kind, Icon, Text string }

// standing says how a member stands, the most important first.
func standing(v predisclosure.View) (marks []mark) {
	switch v.State {
	case predisclosure.Applied:
		return []mark{{"warn", "bell", "Waits for a first look"}}
	case predisclosure.VettedOnce:
		return []mark{{"warn", "bell", "Waits for a second look"}}
	case predisclosure.Declined, predisclosure.Removed, predisclosure.Withdrawn:
		return []mark{{"", "cross", firstUp(v.State)}}
	}
	if v.Standing.Good {
		marks = append(marks, mark{"good", "check", "In good standing"})
	}
	for _, blocking := range []bool{true, false} {
		for _, f := range v.Standing.Findings {
			switch {
			case f.Blocks != blocking:
			case f.Blocks:
				marks = append(marks, mark{"bad", "warning", firstUp(f.String())})
			default:
				marks = append(marks, mark{"warn", "clock", firstUp(f.String())})
			}
		}
	}
	return marks
}

// teamListsPage is all lists with how many are on each.
type teamListsPage struct {
	look.Shell
	Rows    []listRow
	MayEdit bool
}

// listRow is a list with what of its members is to be known at a glance.
type listRow struct {
	predisclosure.List
	Members int // that joined, the suspended among them
	Good    int // of them in good standing
	Waiting int // applications that wait for someone to look
}

func (s *server) teamLists(v *visit) error {
	if err := acl.Check(acl.ListRead, acl.ListRead, v.c.Role); err != nil {
		return err
	}
	lists, err := s.Lists.Lists(v.ctx(), v.c)
	if err != nil {
		return err
	}
	p := teamListsPage{Shell: s.shell(v, "Lists"), MayEdit: v.may(acl.ListEdit)}
	for _, l := range lists {
		members, err := s.Lists.Members(v.ctx(), v.c, l.ID)
		if err != nil {
			return err
		}
		p.Rows = append(p.Rows, rowOf(l, members))
	}
	return s.render(v, http.StatusOK, "teamlists", p)
}

func rowOf(l predisclosure.List, members []predisclosure.View) listRow {
	row := listRow{List: l}
	for _, m := range members {
		switch m.State {
		case predisclosure.Applied, predisclosure.VettedOnce:
			row.Waiting++
		case predisclosure.Joined, predisclosure.Suspended:
			row.Members++
			if m.Standing.Good {
				row.Good++
			}
		}
	}
	return row
}

// listPage is one list with everyone who ever applied.
type listPage struct {
	look.Shell
	listRow
	Apply   string // address of the form, for telling others
	Groups  []memberGroup
	MayEdit bool
}

// memberGroup is the members of a page under one heading.
type memberGroup struct {
	Heading string
	Rows    []memberRow
}

type memberRow struct {
	predisclosure.View
	Marks []mark
}

// groups are the headings of the page, with the states below each.
var groups = []struct {
	heading string
	states  []predisclosure.State
}{
	{"Waiting for someone to look", []predisclosure.State{predisclosure.Applied, predisclosure.VettedOnce}},
	{"Members", []predisclosure.State{predisclosure.Joined, predisclosure.Suspended}},
	{"Not on the list", []predisclosure.State{predisclosure.Declined, predisclosure.Removed, predisclosure.Withdrawn}},
}

func (s *server) listMembers(v *visit) error {
	l, members, err := s.listAndMembers(v)
	if err != nil {
		return err
	}
	p := listPage{
		Shell: s.shell(v, l.Name), listRow: rowOf(l, members), Apply: s.Site().URL("lists/" + l.ID + "/apply"), MayEdit: v.may(acl.ListEdit),
	}
	for _, g := range groups {
		group := memberGroup{Heading: g.heading}
		for _, m := range members {
			if slices.Contains(g.states, m.State) {
				group.Rows = append(group.Rows, memberRow{m, standing(m)})
			}
		}
		if len(group.Rows) > 0 {
			p.Groups = append(p.Groups, group)
		}
	}
	return s.render(v, http.StatusOK, "list", p)
}

func (s *server) listAndMembers(v *visit) (l predisclosure.List, members []predisclosure.View, err error) {
	if members, err = s.Lists.Members(v.ctx(), v.c, v.r.PathValue("slug")); err != nil {
		return l, nil, err
	}
	l, err = s.Lists.List(v.ctx(), v.c, v.r.PathValue("slug"))
	return l, members, err
}

// editListPage makes or changes a list.
type editListPage struct {
	look.Shell
	form
	Action string
	New    bool
	List   predisclosure.List // as it is kept
}

func (s *server) newList(v *visit) error {
	f, err := s.newForm(v)
	if err != nil {
		return err
	}
	f.fillList(predisclosure.DefaultList())
	return s.showNewList(v, http.StatusOK, f)
}

func (f form) fillList(l predisclosure.List) {
	f.set("version", strconv.FormatInt(l.Version, 10))
	f.set("id", l.ID)
	f.set("name", l.Name)
	f.set("conditions", l.Conditions)
	f.set("agreement", l.Agreement.Text)
	f.set("attest_months", strconv.Itoa(l.AttestMonths))
	if l.Open {
		f.set("open", "yes")
	}
}

func (s *server) showNewList(v *visit, code int, f form) error {
	if err := acl.Check(acl.ListRead, acl.ListEdit, v.c.Role); err != nil {
		return err
	}
	return s.render(v, code, "listedit", editListPage{Shell: s.shell(v, "New list"), form: f, Action: "/team/lists", New: true})
}

func readList(f url.Values) predisclosure.List {
	months, err := strconv.Atoi(strings.TrimSpace(f.Get("attest_months")))
	if err != nil {
		months = 0 // which the store refuses
	}
	return predisclosure.List{
		ID: strings.TrimSpace(f.Get("id")), Name: strings.TrimSpace(f.Get("name")), Conditions: lineBreaks(f.Get("conditions")),
		Agreement: predisclosure.Agreement{Text: lineBreaks(f.Get("agreement"))}, AttestMonths: months, Open: f.Get("open") != "",
	}
}

func (s *server) createList(v *visit) error {
	l := readList(v.r.PostForm)
	err := acl.Check(acl.ListRead, acl.ListEdit, v.c.Role)
	if err == nil && l.ID == "new" { // where this form is
		err = errs.Invalidf("id", "This name is taken by a page.").WithHint("choose another name in addresses")
	}
	if err == nil {
		l, err = s.Lists.CreateList(v.ctx(), v.c, l)
	}
	if err == nil {
		return s.done(v, "list", "/team/lists/"+l.ID)
	}
	f, code, err := s.again(v, v.r.PostForm, err)
	if err != nil {
		return err
	}
	return s.showNewList(v, code, f)
}

func (s *server) editList(v *visit) error {
	l, err := s.Lists.List(v.ctx(), v.c, v.r.PathValue("slug"))
	if err != nil {
		return err
	}
	f, err := s.newForm(v)
	if err != nil {
		return err
	}
	f.fillList(l)
	return s.showEditList(v, http.StatusOK, f, l)
}

func (s *server) showEditList(v *visit, code int, f form, l predisclosure.List) error {
	if err := acl.Check(acl.ListRead, acl.ListEdit, v.c.Role); err != nil {
		return err
	}
	return s.render(v, code, "listedit", editListPage{Shell: s.shell(v, "Edit "+l.Name), form: f, Action: "/team/lists/" + l.ID + "/edit", List: l})
}

// keepList keeps an edit. Line breaks at the end do not make a new version of
// the agreement: browsers and people add them.
func (s *server) keepList(v *visit) error {
	kept, err := s.Lists.List(v.ctx(), v.c, v.r.PathValue("slug"))
	if err != nil {
		return err
	}
	l := readList(v.r.PostForm)
	l.ID = kept.ID
	if strings.TrimSpace(l.Agreement.Text) == strings.TrimSpace(kept.Agreement.Text) {
		l.Agreement.Text = kept.Agreement.Text
	}
	var at time.Time
	l.Version, err = version(v.r.PostForm)
	if err == nil {
		at, err = readDay(v.r.PostForm, "accept_by")
	}
	if l.Agreement.AcceptBy = at; err == nil {
		_, err = s.Lists.EditList(v.ctx(), v.c, l)
	}
	if err == nil {
		return s.done(v, "list", "/team/lists/"+l.ID)
	}
	f, code, err := s.again(v, v.r.PostForm, err)
	if err != nil {
		return errors.Join(err, acl.Check(acl.ListRead, acl.ListEdit, v.c.Role))
	}
	return s.showEditList(v, code, f, kept)
}
