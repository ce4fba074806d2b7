package web

import (
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"steward/internal/advisory"
	"steward/internal/base/look"
	"steward/internal/predisclosure"
)

// listRoutes are what anyone may open of the pre-disclosure lists.
func (s *server) listRoutes() []route {
	return []route{
		{pattern: "GET /lists", do: s.openLists},
		{pattern: "GET /lists/{slug}/apply", do: s.application},
		{pattern: "POST /lists/{slug}/apply", do: s.apply},
	}
}

// listsPage shows the lists that take applications.
type listsPage struct {
	look.Shell
	Lists []predisclosure.List
}

func (s *server) openLists(v *visit) error {
	lists, err := s.Lists.Lists(v.ctx(), v.c)
	if err != nil {
		return err
	}
	return s.render(v, http.StatusOK, "lists", listsPage{s.shell(v, "Notice before disclosure"), lists})
}

// applyPage is the form by which an organisation asks to join a list.
type applyPage struct {
	look.Shell
	form
	List       predisclosure.List
	Conditions template.HTML
	Agreement  template.HTML
	Rows       []int // of contacts
	Most       int   // contacts
	Steps      []look.Step
}

var applySteps = []string{"You apply", "Two people look", "You get notices"}

// application opens the form.
func (s *server) application(v *visit) error {
	f, err := s.onceForm(v)
	if err != nil {
		return err
	}
	return s.showApply(v, http.StatusOK, f)
}

func (s *server) showApply(v *visit, code int, f form) error {
	l, err := s.Lists.List(v.ctx(), v.c, v.r.PathValue("slug"))
	if err != nil {
		return err
	}
	return s.render(v, code, "apply", applyPage{
		Shell: s.shell(v, "Join "+l.Name), form: f, List: l,
		Conditions: conditions(l.Conditions), Agreement: advisory.Markdown(l.Agreement.Text),
		Rows: f.contactRows(), Most: predisclosure.MaxContacts, Steps: stepsAt(applySteps, 0),
	})
}

// appliedPage is what an applicant holds in the end.
type appliedPage struct {
	look.Shell
	List  predisclosure.List
	Ack   predisclosure.Ack
	Steps []look.Step
}

// apply keeps an application, or adds a row for one more contact. The answer is
// the same whoever applies and however often.
func (s *server) apply(v *visit) error {
	l, err := s.Lists.List(v.ctx(), v.c, v.r.PathValue("slug"))
	if err != nil {
		return err
	}
	typed := v.r.PostForm
	if typed.Get("do") == "more" {
		return s.applyAgain(v, typed, nil)
	}
	var ack predisclosure.Ack
	a, places := readApplication(typed)
	if err = s.Reports.Visit(v.r); err == nil {
		ack, err = s.Lists.Apply(v.ctx(), v.c, l.ID, a)
	}
	if err != nil {
		return s.applyAgain(v, typed, placedContacts(err, places))
	}
	steps := []look.Step{
		{Name: "Received", Say: "Your application is kept, sealed.", State: look.Done},
		{Name: "Two people look at it", Say: "One after the other, each on their own. We may write to your contacts to ask.", State: look.Now},
		{Name: "You hear from us", Say: "If you join, each contact that shall sign in gets a link; if not, you are told why.", State: look.Later},
	}
	return s.render(v, http.StatusOK, "applied", appliedPage{s.shell(v, "Your application is with us"), l, ack, steps})
}

func (s *server) applyAgain(v *visit, typed url.Values, err error) error {
	f, code, err := s.again(v, typed, err)
	if err != nil {
		return err
	}
	return s.showApply(v, code, f)
}

// readApplication reads the form; its fields are called as those of the
// application's JSON. places tells in which row each contact stood.
func readApplication(f url.Values) (predisclosure.Application, []int) {
	text := func(name string) string { return strings.TrimSpace(lineBreaks(f.Get(name))) }
	a := predisclosure.Application{
		Token: f.Get("once"), Organisation: text("organisation"), Product: text("product"), Available: text("available"),
		Why: text("why"), Users: text("users"), Ships: text("ships"), SecurityPage: text("security_page"),
		Zone: text("zone"), AcceptedBy: text("accepted_by"),
	}
	a.Agreement, _ = strconv.Atoi(f.Get("agreement")) // 0 if it was not ticked, which the store refuses
	var places []int
	a.Contacts, places = readContacts(f)
	return a, places
}

// readContacts reads the rows that hold something, and tells which they were.
func readContacts(f url.Values) (list []predisclosure.Applicant, places []int) {
	for n := range predisclosure.MaxContacts + 1 { // one too many is the store's to refuse
		get := func(name string) string { return strings.TrimSpace(f.Get(fmt.Sprintf("contacts.%d.%s", n, name))) }
		c := predisclosure.Applicant{ID: get("id"), Name: get("name"), Email: get("email"), Key: lineBreaks(get("key"))}
		if c.Name == "" && c.Email == "" && c.Key == "" {
			continue // an empty row, or a contact that is to go
		}
		list, places = append(list, c), append(places, n)
	}
	return list, places
}

// contactItem is a field of a contact as a store names it.
var contactItem = regexp.MustCompile(`^contacts\[([0-9]+)\]\.(id|name|email|key)$`)

// placedContacts leads what is wrong with a contact to its row of the form.
func placedContacts(err error, places []int) error {
	return placed(err, func(field string) string {
		if field == "contacts" {
			return "contacts.0.name"
		}
		m := contactItem.FindStringSubmatch(field)
		if m == nil {
			return field
		}
		n, _ := strconv.Atoi(m[1])
		if n >= len(places) {
			return field
		}
		if m[2] == "id" {
			m[2] = "name"
		}
		return fmt.Sprintf("contacts.%d.%s", places[n], m[2])
	})
}

// contactRows numbers the rows for contacts: those that hold something, and one
// more where it was asked for or none does.
func (f form) contactRows() []int {
	rows := f.rows("contacts", false, 1)
	return rows[:min(len(rows), predisclosure.MaxContacts)]
}

// fillContacts puts the contacts of a member into a form.
func (f form) fillContacts(m *predisclosure.Member) {
	f.set("version", strconv.FormatInt(m.Version, 10))
	f.set("zone", m.Application.Zone)
	for i, c := range m.Contacts {
		for name, value := range map[string]string{"id": c.ID, "name": c.Name, "email": c.Email, "key": c.Key} {
			f.set(fmt.Sprintf("contacts.%d.%s", i, name), value)
		}
	}
}

// isContact tells whether a page leads to the visitor's memberships.
func (s *server) isContact(v *visit) bool {
	is, err := s.Lists.IsContact(v.ctx(), v.c)
	v.lack(err)
	return is
}

// conditions renders the conditions of a list to stand below a heading of the
// second level: where they begin with "##", their headings move up by one.
func conditions(markdown string) template.HTML {
	html := advisory.Markdown(markdown)
	if strings.Contains(string(html), "<h3>") {
		return html
	}
	return template.HTML(strings.NewReplacer("<h4>", "<h3>", "</h4>", "</h3>", "<h5>", "<h4>", "</h5>", "</h4>", "<h6>", "<h5>", "</h6>", "</h5>").Replace(string(html)))
}
