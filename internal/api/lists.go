package api

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/errs"
	"steward/internal/predisclosure"
)

// The records of pre-disclosure lists as the API shows them.
type (
	// List is who may get notices before disclosure, and on what conditions.
	List struct {
		ID           string    `json:"id"`
		Version      int64     `json:"version"` // give it back with an edit
		Name         string    `json:"name"`
		Conditions   string    `json:"conditions"` // Markdown
		Open         bool      `json:"open"`       // takes applications
		AttestMonths int       `json:"attest_months"`
		Agreement    string    `json:"agreement"`                   // Markdown
		AgreementNo  int       `json:"agreement_version,omitempty"` // which is in force; not set by an edit
		AcceptBy     time.Time `json:"accept_by,omitzero"`          // by when members accept it
	}
	// Member is an organisation on a list.
	Member struct {
		ID       string                    `json:"id"`
		List     string                    `json:"list"`
		State    predisclosure.State       `json:"state"`
		Standing predisclosure.Standing    `json:"standing"`
		Events   []predisclosure.Event     `json:"events,omitempty"` // that the caller may cause now
		Applied  time.Time                 `json:"applied"`
		Since    time.Time                 `json:"since,omitzero"`
		Attested time.Time                 `json:"attested,omitzero"`
		Accepted int                       `json:"accepted"` // version of the agreement
		Version  int64                     `json:"version"`  // of the contacts
		Form     predisclosure.Application `json:"application"`
		Contacts []Contact                 `json:"contacts"`
		History  []predisclosure.Step      `json:"history,omitempty"`
	}
	// Contact is whom a member is reached by.
	Contact struct {
		predisclosure.Contact
		User      string `json:"user,omitempty"` // id of whom it signs in as
		CanSignIn bool   `json:"can_sign_in"`
	}
	// Applied is the answer to an application.
	Applied struct {
		Reference string    `json:"reference"`
		At        time.Time `json:"at"`
	}
	// Accept names the version of the agreement that was read.
	Accept struct {
		Agreement int `json:"agreement"`
	}
	// ContactsEdit replaces contacts and zone as they were in Version.
	ContactsEdit struct {
		Version  int64                     `json:"version"`
		Contacts []predisclosure.Applicant `json:"contacts"`
		Zone     string                    `json:"zone"`
	}
	// ContactLink says which user a contact signs in as; an empty one takes
	// the link away.
	ContactLink struct {
		Contact string `json:"contact"`
		User    string `json:"user"` // name
	}
)

func listOf(l predisclosure.List) List {
	return List{
		ID: l.ID, Version: l.Version, Name: l.Name, Conditions: l.Conditions, Open: l.Open, AttestMonths: l.AttestMonths,
		Agreement: l.Agreement.Text, AgreementNo: l.Agreement.Version, AcceptBy: l.Agreement.AcceptBy,
	}
}

func (l List) list(id string) predisclosure.List {
	return predisclosure.List{
		ID: id, Version: l.Version, Name: l.Name, Conditions: l.Conditions, Open: l.Open, AttestMonths: l.AttestMonths,
		Agreement: predisclosure.Agreement{Text: l.Agreement, AcceptBy: l.AcceptBy},
	}
}

func memberOf(v predisclosure.View) Member {
	m := Member{
		ID: v.ID, List: v.List, State: v.State, Standing: v.Standing, Events: v.Events, Applied: v.Applied, Since: v.Since,
		Attested: v.Attested, Accepted: v.Accepted, Version: v.Version, Form: v.Application, History: v.History,
	}
	for _, c := range v.Contacts {
		m.Contacts = append(m.Contacts, Contact{c, c.UserID, c.CanSignIn})
	}
	return m
}

func membersOf(all []predisclosure.View) []Member {
	out := make([]Member, len(all))
	for i, v := range all {
		out[i] = memberOf(v)
	}
	return out
}

// listRoutes are about pre-disclosure lists and who is on them.
func (s *Server) listRoutes() []Route {
	type ctx = context.Context
	lists := s.Lists
	why := func(f func(ctx, acl.Caller, string, string) error) handler {
		return act(func(c ctx, who acl.Caller, id string, in Reason) error { return f(c, who, id, in.Reason) })
	}
	return []Route{
		{"GET", "/lists", "the pre-disclosure lists that one may see", s.lists},
		{"POST", "/lists", "make a list", s.createList},
		{"GET", "/lists/{id}", "a list with its conditions and agreement", deed(func(c ctx, who acl.Caller, id string, _ none) (List, error) {
			l, err := lists.List(c, who, id)
			return listOf(l), err
		})},
		{"POST", "/lists/{id}", "edit a list; another text is a new version of the agreement", deed(func(c ctx, who acl.Caller, id string, in List) (List, error) {
			l, err := lists.EditList(c, who, in.list(id))
			return listOf(l), err
		})},
		{"POST", "/lists/{id}/apply", "apply to a list", s.applyToList},
		{"GET", "/lists/{id}/members", "everyone who ever applied, with their standing", deed(func(c ctx, who acl.Caller, id string, _ none) ([]Member, error) {
			all, err := lists.Members(c, who, id)
			return membersOf(all), err
		})},
		{"GET", "/memberships", "the members that one is a contact of", s.memberships},
		{"GET", "/members/{id}", "a member with its application and history", deed(func(c ctx, who acl.Caller, id string, _ none) (Member, error) {
			v, err := lists.Member(c, who, id)
			if err != nil {
				return Member{}, err
			}
			return memberOf(v), nil
		})},
		{"POST", "/members/{id}/vet", "say that an applicant qualifies", why(lists.Vet)},
		{"POST", "/members/{id}/decline", "decline an application", why(lists.Decline)},
		{"POST", "/members/{id}/suspend", "stop notices to a member", why(lists.Suspend)},
		{"POST", "/members/{id}/restore", "let a suspended member get notices again", why(lists.Restore)},
		{"POST", "/members/{id}/remove", "end a membership for good", why(lists.Remove)},
		{"POST", "/members/{id}/withdraw", "leave a list", why(lists.Withdraw)},
		{"POST", "/members/{id}/attest", "confirm that the member qualifies and its contacts and keys are right", act(lists.Attest)},
		{"POST", "/members/{id}/accept", "accept the agreement that is in force", act(func(c ctx, who acl.Caller, id string, in Accept) error {
			return lists.AcceptAgreement(c, who, id, in.Agreement)
		})},
		{"POST", "/members/{id}/contacts", "change contacts and time zone", act(func(c ctx, who acl.Caller, id string, in ContactsEdit) error {
			return lists.EditContacts(c, who, id, in.Version, predisclosure.ContactsEdit{Contacts: in.Contacts, Zone: in.Zone})
		})},
		{"POST", "/members/{id}/link", "say which user a contact signs in as", act(s.linkContact)},
	}
}

func (s *Server) lists(w http.ResponseWriter, r *http.Request, c acl.Caller) error {
	all, err := s.Lists.Lists(r.Context(), c)
	if err != nil {
		return err
	}
	out := make([]List, len(all))
	for i, l := range all {
		out[i] = listOf(l)
	}
	return reply(w, http.StatusOK, out)
}

func (s *Server) createList(w http.ResponseWriter, r *http.Request, c acl.Caller) error {
	if err := acl.Check(acl.ListRead, acl.ListEdit, c.Role); err != nil {
		return err
	}
	var in List
	if err := decode(w, r, &in); err != nil {
		return err
	}
	l, err := s.Lists.CreateList(r.Context(), c, in.list(in.ID))
	if err != nil {
		return err
	}
	return reply(w, http.StatusCreated, listOf(l))
}

// applyToList takes an application; it is counted with the reports, as one
// network has one allowance.
func (s *Server) applyToList(w http.ResponseWriter, r *http.Request, c acl.Caller) error {
	if err := s.Reports.Visit(r); err != nil && c.Role == acl.Anonymous {
		return err
	}
	if _, err := s.Lists.List(r.Context(), c, r.PathValue("id")); err != nil {
		return err
	}
	token := r.Header.Get("Idempotency-Key")
	if token == "" {
		return errs.Invalidf("Idempotency-Key", "is missing: a random word of your own for this application").
			WithHint("send the same one when you repeat the request, and the application is kept once")
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, predisclosure.MaxApplication))
	if err != nil {
		return errs.Invalidf("body", "cannot be read: it may have %d bytes at most", int64(predisclosure.MaxApplication))
	}
	a, err := predisclosure.ParseApplication(bytes.TrimSpace(raw))
	if err != nil {
		return err
	}
	a.Token = token
	ack, err := s.Lists.Apply(r.Context(), c, r.PathValue("id"), a)
	if err != nil {
		return err
	}
	return reply(w, http.StatusCreated, Applied(ack))
}

func (s *Server) memberships(w http.ResponseWriter, r *http.Request, c acl.Caller) error {
	all, err := s.Lists.Mine(r.Context(), c)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, membersOf(all))
}

func (s *Server) linkContact(ctx context.Context, c acl.Caller, id string, in ContactLink) error {
	user := ""
	if in.User != "" {
		who, err := s.named(ctx, c, in.User)
		if err != nil {
			return err
		}
		if user = who.ID; user == "" {
			user = "nobody" // an empty one would take the link away; the store says that there is no such user
		}
	}
	return s.Lists.LinkContact(ctx, c, id, in.Contact, user)
}
