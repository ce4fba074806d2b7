package predisclosure

import (
	"fmt"
	"time"

	"steward/internal/base/sign"
)

// Code names something about a member's standing.
type Code string

// The codes. Those that block stop notices; the others tell what will.
const (
	NotMember         Code = "not a member"               // blocks
	IsSuspended       Code = "suspended"                  // blocks
	AttestDue         Code = "attestation due"            //
	AttestOverdue     Code = "attestation overdue"        // blocks
	AgreementDue      Code = "agreement to be accepted"   //
	AgreementOutdated Code = "agreement outdated"         // blocks
	SomeKeyUnusable   Code = "a key cannot be used"       //
	NoUsableKey       Code = "no usable key"              // blocks
	NoLogin           Code = "no contact who can sign in" // blocks
)

// Finding is one thing about a member's standing.
type Finding struct {
	Code   Code      `json:"code"`
	Blocks bool      `json:"blocks"`
	By     time.Time `json:"by,omitzero"`    // when it is due, or was; UTC
	Days   int       `json:"days,omitempty"` // until then: a day that has begun counts; 0 once it is past
}

// String says it in words that name nobody.
func (f Finding) String() string {
	switch {
	case f.Days == 1:
		return fmt.Sprintf("%s in 1 day", f.Code)
	case f.Days > 1:
		return fmt.Sprintf("%s in %d days", f.Code, f.Days)
	case !f.By.IsZero():
		return fmt.Sprintf("%s since %s", f.Code, f.By.Format(time.DateOnly))
	}
	return string(f.Code)
}

// Standing is whether a member may get a notice.
type Standing struct {
	Good     bool      `json:"good"`         // nothing blocks
	Due      time.Time `json:"due,omitzero"` // of the next attestation, UTC; zero for who is not a member
	Days     int       `json:"days"`         // until then: a day that has begun counts; 0 when overdue
	Findings []Finding `json:"findings,omitempty"`
}

// soon is from when on what falls due is told of, in days: the first reminder.
const soon = 60

// Standing computes whether the member may get a notice at the time now, by the
// rules of the list and the logins as they were when the member was read.
func (m *Member) Standing(now time.Time) Standing {
	var s Standing
	if m.State != Joined && m.State != Suspended {
		s.Findings = []Finding{{Code: NotMember, Blocks: true}}
		return s
	}
	if m.State == Suspended {
		s.Findings = append(s.Findings, Finding{Code: IsSuspended, Blocks: true})
	}
	s.Due = m.attestBy()
	s.Days = daysUntil(s.Due, now)
	s.add(s.Due, now, AttestDue, AttestOverdue)
	if by := m.acceptBy(); !by.IsZero() {
		s.add(by, now, AgreementDue, AgreementOutdated)
	}
	usable, logins := 0, 0
	for i := range m.Contacts {
		if m.Contacts[i].usable(now) {
			usable++
		}
		if m.Contacts[i].CanSignIn {
			logins++
		}
	}
	switch {
	case usable == 0:
		s.Findings = append(s.Findings, Finding{Code: NoUsableKey, Blocks: true})
	case usable < len(m.Contacts):
		s.Findings = append(s.Findings, Finding{Code: SomeKeyUnusable})
	}
	if logins == 0 {
		s.Findings = append(s.Findings, Finding{Code: NoLogin, Blocks: true})
	}
	s.Good = true
	for _, f := range s.Findings {
		s.Good = s.Good && !f.Blocks
	}
	return s
}

// add tells of a date: what it is called while it lies ahead, and when it is past.
// An agreement is told of from the first day, an attestation when it is soon.
func (s *Standing) add(by, now time.Time, ahead, past Code) {
	switch days := daysUntil(by, now); {
	case days == 0:
		s.Findings = append(s.Findings, Finding{Code: past, Blocks: true, By: by})
	case ahead == AgreementDue || days <= soon:
		s.Findings = append(s.Findings, Finding{Code: ahead, By: by, Days: days})
	}
}

// attestBy is when the next attestation falls due. The application was one.
func (m *Member) attestBy() time.Time {
	last := m.Since
	if m.Attested.After(last) {
		last = m.Attested
	}
	return addMonths(last, m.rules.AttestMonths)
}

// acceptBy is until when the member has to accept the agreement in force; zero
// if it has. Who let the date of an earlier version pass does not gain time by
// the next one.
func (m *Member) acceptBy() (by time.Time) {
	for version, at := range m.rules.deadlines {
		if version > m.Accepted && (by.IsZero() || at.Before(by)) {
			by = at
		}
	}
	return by
}

// usable tells whether something can be encrypted to the contact's key.
func (c *Contact) usable(now time.Time) bool {
	_, err := sign.CheckRecipient([]byte(c.Key), now)
	return err == nil
}

// daysUntil counts the days of 24 hours until a time, the begun one too; 0 once
// it is there.
func daysUntil(at, now time.Time) int {
	left := at.Sub(now)
	if left <= 0 {
		return 0
	}
	return int((left + 24*time.Hour - 1) / (24 * time.Hour))
}

// addMonths goes to the same day of a later month, or to the last day of a
// month that is too short for it.
func addMonths(t time.Time, months int) time.Time {
	t = t.UTC()
	later := t.AddDate(0, months, 0)
	if later.Day() != t.Day() {
		later = later.AddDate(0, 0, -later.Day())
	}
	return later
}

// reminders are how many days before a date a member is reminded of it; 0 is
// once more when it is past.
var reminders = []int{60, 30, 7, 1, 0}

// atOnce stands for the letter that tells of a new agreement whose date is
// further away than the first reminder.
const atOnce = 999

// Reminder is a letter that is due to a member.
type Reminder struct {
	// Key names this reminder for ever: the same one is due until the next one
	// is, and the key is by what a caller sends it once. It names nobody.
	Key          string
	Member       string // id
	List         string // id
	Organisation string
	About        Code      // AttestDue, AttestOverdue, AgreementDue, AgreementOutdated
	By           time.Time // UTC
	Days         int       // until then; 0: it is past
	To           []Reach
}

// Reminders gives what is due to the member: for each date the latest reminder
// whose day has come, so that after an outage none is sent late. Of a new
// agreement the member is told at once as well. A suspended
// member is reminded too, as it has to attest to be restored.
func (m *Member) Reminders(now time.Time) []Reminder {
	var out []Reminder
	for _, f := range m.Standing(now).Findings {
		if f.By.IsZero() {
			continue
		}
		day := -1
		for _, d := range reminders {
			if f.Days <= d {
				day = d
			}
		}
		if day < 0 && f.Code == AgreementDue {
			day = atOnce
		}
		if day < 0 {
			continue
		}
		what := "attest"
		if f.Code == AgreementDue || f.Code == AgreementOutdated {
			what = "accept"
		}
		out = append(out, Reminder{
			Key:    fmt.Sprintf("%s/%s/%s/%d", m.ID, what, f.By.UTC().Format(time.RFC3339Nano), day),
			Member: m.ID, List: m.List, Organisation: m.Application.Organisation,
			About: f.Code, By: f.By, Days: f.Days, To: m.reach(now),
		})
	}
	return out
}

// Reach is how a contact is reached.
type Reach struct {
	Contact   string // id
	Name      string
	Email     string
	Key       string // armored; "" if nothing can be encrypted to it now: then nothing private is mailed
	UserID    string // "" if the contact has no login
	CanSignIn bool
	Zone      string // IANA, of the member
}

func (m *Member) reach(now time.Time) []Reach {
	var out []Reach
	for _, c := range m.Contacts {
		r := Reach{Contact: c.ID, Name: c.Name, Email: c.Email, UserID: c.UserID, CanSignIn: c.CanSignIn, Zone: m.Application.Zone}
		if c.usable(now) {
			r.Key = c.Key
		}
		out = append(out, r)
	}
	return out
}
