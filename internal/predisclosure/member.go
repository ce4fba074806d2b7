package predisclosure

import (
	"fmt"
	"slices"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/errs"
	"steward/internal/base/sign"
)

// Person is someone who did something, by user id and the name at that time.
type Person struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Contact is whom a member is reached by.
type Contact struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Email       string `json:"email"`
	Key         string `json:"key"`         // OpenPGP public key, armored
	Fingerprint string `json:"fingerprint"` // of the key: upper-case hexadecimal digits
	UserID      string `json:"-"`           // whom the contact signs in as; "" while there is no login
	CanSignIn   bool   `json:"-"`           // whether that user may sign in, when the member was read
}

// Step is something that was done to a member.
type Step struct {
	Event     Event     `json:"event"`
	From      State     `json:"from"`
	To        State     `json:"to"`
	Why       string    `json:"why,omitempty"`       // the reason, or the note of who vetted
	Agreement int       `json:"agreement,omitempty"` // version that was accepted
	Own       bool      `json:"own,omitempty"`       // done by a contact of the member
	By        Person    `json:"by"`
	At        time.Time `json:"at"` // UTC
}

// Member is an organisation and its place on a list, from the application on.
type Member struct {
	ID      string    `json:"-"`
	List    string    `json:"-"` // id of the list
	State   State     `json:"-"`
	Applied time.Time `json:"-"` // UTC

	Version     int64       `json:"version"`     // of the contacts: what EditContacts must be given
	Application Application `json:"application"` // as it came, without its contacts
	Contacts    []Contact   `json:"contacts"`
	Vetted      []Person    `json:"vetted,omitempty"`  // one, then two
	Since       time.Time   `json:"since,omitzero"`    // of the membership, UTC
	Attested    time.Time   `json:"attested,omitzero"` // the last time, UTC
	Accepted    int         `json:"accepted"`          // version of the agreement
	AcceptedBy  string      `json:"accepted_by"`       // name of who accepted that
	History     []Step      `json:"history,omitempty"` // oldest first

	rules List // of the list as it was when the member was read
}

// newMember makes a member of an application that was checked.
func newMember(id string, l List, a Application, now time.Time, newID func() string) (*Member, error) {
	m := &Member{
		ID: id, List: l.ID, State: Applied, Applied: now, Version: 1, rules: l,
		Application: a, Accepted: a.Agreement, AcceptedBy: a.AcceptedBy,
	}
	m.Application.Token, m.Application.Contacts = "", nil
	var err error
	m.Contacts, err = m.taken(a.Contacts, now, newID)
	return m, err
}

// taken makes contacts of what was typed and checked. Those that name one of
// the member's contacts stay that contact.
func (m *Member) taken(list []Applicant, now time.Time, newID func() string) ([]Contact, error) {
	var out []Contact
	for i, t := range list {
		c := Contact{ID: t.ID, Name: t.Name, Email: t.Email, Key: t.Key}
		if old := m.contact(t.ID); old != nil && t.ID != "" {
			c.UserID, c.CanSignIn = old.UserID, old.CanSignIn
		} else if t.ID != "" {
			return nil, errs.Invalidf(fmt.Sprintf("contacts[%d].id", i), "This contact is not there any more.").
				WithHint("reload the page and do it again")
		} else {
			c.ID = newID()
		}
		if slices.ContainsFunc(out, func(o Contact) bool { return o.ID == c.ID }) {
			return nil, errs.Invalidf(fmt.Sprintf("contacts[%d].id", i), "This contact is given twice.")
		}
		var err error
		if c.Fingerprint, err = sign.CheckRecipient([]byte(t.Key), now); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

func (m *Member) contact(id string) *Contact {
	for i := range m.Contacts {
		if m.Contacts[i].ID == id {
			return &m.Contacts[i]
		}
	}
	return nil
}

// contactOf finds the contact who signs in as the user.
func (m *Member) contactOf(userID string) *Contact {
	for i := range m.Contacts {
		if userID != "" && m.Contacts[i].UserID == userID {
			return &m.Contacts[i]
		}
	}
	return nil
}

// partial tells whether a person of the team is one of those whom they decide
// about: by the link, or by the mail address of their account.
func (m *Member) partial(userID, email string) bool {
	return m.contactOf(userID) != nil || email != "" && slices.ContainsFunc(m.Contacts, func(c Contact) bool {
		return foldEmail(c.Email) == foldEmail(email)
	})
}

// do makes an event and writes it down.
func (m *Member) do(event Event, why string, own bool, by Person, now time.Time) error {
	to, err := step(m.State, event, why)
	if err != nil {
		return err
	}
	if err := checkReason("reason", why); err != nil {
		return err
	}
	if event == EventVet {
		if err := m.vet(by, to, now); err != nil {
			return err
		}
	}
	m.History = append(m.History, Step{Event: event, From: m.State, To: to, Why: why, Own: own, By: by, At: now})
	m.State = to
	return nil
}

// vet is the part of one of the two who vet.
func (m *Member) vet(by Person, to State, now time.Time) error {
	if slices.ContainsFunc(m.Vetted, func(p Person) bool { return p.ID == by.ID }) {
		return errs.Conflictf("You have vetted this application already.").WithHint("a second person has to")
	}
	m.Vetted = append(m.Vetted, by)
	if to == Joined {
		m.Since = now
	}
	return nil
}

// attest is what a contact confirms.
func (m *Member) attest(a Attestation, by Person, now time.Time) error {
	if err := m.do(EventAttest, "", true, by, now); err != nil {
		return err
	}
	if err := a.check(); err != nil {
		return err
	}
	m.Attested = now
	return nil
}

// accept takes the acceptance of the agreement that is in force.
func (m *Member) accept(version int, by Person, now time.Time) error {
	if err := m.do(EventAccept, "", true, by, now); err != nil {
		return err
	}
	if version != m.rules.Agreement.Version {
		return errs.Conflictf("The agreement has another version now.").WithHint("reload the page and read it")
	}
	if version > m.Accepted {
		m.Accepted, m.AcceptedBy = version, by.Name
	}
	m.History[len(m.History)-1].Agreement = version
	return nil
}

// Attestation is what a contact confirms once a year: all of it, or it is none.
type Attestation struct {
	Qualifies     bool `json:"qualifies"`      // the member still qualifies
	ContactsRight bool `json:"contacts_right"` // names and addresses are right
	KeysRight     bool `json:"keys_right"`     // the keys are theirs and in use
}

func (a Attestation) check() error {
	var ps errs.Problems
	if !a.Qualifies {
		ps.Add("qualifies", "Confirm that you still qualify.").WithHint("if you do not, leave the list")
	}
	if !a.ContactsRight {
		ps.Add("contacts_right", "Confirm that the contacts are right.").WithHint("change them first")
	}
	if !a.KeysRight {
		ps.Add("keys_right", "Confirm that the keys are right.").WithHint("change them first")
	}
	return ps.Err()
}

// Allowed lists the events that are possible now and that the roles may cause.
func (m *Member) allowed(roles []acl.Role) []Event {
	return slices.DeleteFunc(events(m.State), func(e Event) bool { return !mayCause(e, roles) })
}

// forContact leaves out what is the team's own: who of it decided, and what
// was noted in vetting. The reason of a decision stays: they are to be told.
func (m *Member) forContact() {
	m.Vetted = nil
	var seen []Step
	for _, s := range m.History {
		if s.Event == EventVet || s.Event == EventLink {
			continue
		}
		if !s.Own {
			s.By = Person{}
		}
		seen = append(seen, s)
	}
	m.History = seen
}
