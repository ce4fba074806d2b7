package predisclosure

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"steward/internal/account"
	"steward/internal/base/acl"
	"steward/internal/base/calendar"
	"steward/internal/base/db"
	"steward/internal/base/errs"
)

// deed is one member in the hands of one caller, within the transaction of what
// they do to it.
type deed struct {
	*opened
	ctx    context.Context
	tx     *db.Tx
	caller acl.Caller
	roles  []acl.Role
	by     Person
	own    bool // the caller acts as a contact of the member
	now    time.Time
	detail map[string]string // of the audit entry: in clear
}

// deed lets the caller do f to a member if the table allows the event, then
// keeps the member and writes the record.
func (s *Store) deed(ctx context.Context, c acl.Caller, id string, event Event, f func(d *deed) error) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		o, roles, err := s.access(ctx, tx, c, id)
		if err != nil {
			return err
		}
		action := actionFor(event, roles)
		if !mayCause(event, roles) {
			return acl.CheckAny(nil, action)
		}
		d := &deed{
			opened: o, ctx: ctx, tx: tx, caller: c, roles: roles, by: Person{ID: c.ID, Name: c.Name},
			own: action == acl.ListMember, now: s.now(),
			detail: map[string]string{"event": string(event), "list": o.List, "from": string(o.State)},
		}
		if !d.own {
			if err := d.impartial(); err != nil {
				return err
			}
		}
		if err := f(d); err != nil {
			return err
		}
		if err := o.save(ctx, tx); err != nil {
			return err
		}
		d.detail["to"] = string(o.State)
		if c.Role == "" || !acl.Allow(action, c.Role) { // a contact is recorded as what allowed it
			c.Role = acl.Distributor
		}
		return s.Audit.Append(ctx, tx, nil, c, action, scopeOf(o.ID), d.detail)
	})
}

// impartial refuses a decision of someone who is a contact of the member.
func (d *deed) impartial() error {
	users, err := account.Known(d.ctx, d.tx, []string{d.caller.ID})
	if err != nil {
		return err
	}
	if d.partial(d.caller.ID, users[d.caller.ID].Email) {
		return errs.Deniedf("You are a contact of this member.").WithHint("someone else of the team decides about it")
	}
	return nil
}

// decide is a deed that changes the state alone.
func (s *Store) decide(ctx context.Context, c acl.Caller, id string, event Event, why string) error {
	return s.deed(ctx, c, id, event, func(d *deed) error {
		if err := d.do(event, why, d.own, d.by, d.now); err != nil {
			return err
		}
		if s.Tell == nil || d.own || d.State == VettedOnce {
			return nil
		}
		return s.Tell(ctx, d.tx, d.decision(event, why, d.now))
	})
}

// Decision is what the team has decided about an organisation.
type Decision struct {
	Key          string // names this decision for ever, and nobody
	Organisation string
	List         string // its name
	Event        Event  // EventVet: it is a member now
	Reason       string // in confidence; empty for EventVet, whose note is the team's
	To           []Reach
}

func (m *Member) decision(event Event, why string, now time.Time) Decision {
	if event == EventVet {
		why = ""
	}
	return Decision{
		Key: fmt.Sprintf("%s/decision/%d", m.ID, len(m.History)), Organisation: m.Application.Organisation,
		List: m.rules.Name, Event: event, Reason: why, To: m.reach(now),
	}
}

// Vet says that one person finds that the applicant qualifies; the second,
// another person, makes it a member. note, which may be empty, is what was
// looked at.
func (s *Store) Vet(ctx context.Context, c acl.Caller, id, note string) error {
	return s.decide(ctx, c, id, EventVet, note)
}

// Decline ends an application; the applicant is told the reason.
func (s *Store) Decline(ctx context.Context, c acl.Caller, id, reason string) error {
	return s.decide(ctx, c, id, EventDecline, reason)
}

// Suspend stops notices to a member until it is restored.
func (s *Store) Suspend(ctx context.Context, c acl.Caller, id, reason string) error {
	return s.decide(ctx, c, id, EventSuspend, reason)
}

// Restore makes a suspended organisation a member again. Whether it then gets
// notices is for its Standing to say.
func (s *Store) Restore(ctx context.Context, c acl.Caller, id, reason string) error {
	return s.decide(ctx, c, id, EventRestore, reason)
}

// Remove ends a membership for good; the member is told the reason.
func (s *Store) Remove(ctx context.Context, c acl.Caller, id, reason string) error {
	return s.decide(ctx, c, id, EventRemove, reason)
}

// Withdraw is how a contact ends the membership, or the application, of their
// own organisation. reason may be empty.
func (s *Store) Withdraw(ctx context.Context, c acl.Caller, id, reason string) error {
	return s.decide(ctx, c, id, EventWithdraw, reason)
}

// Attest is how a contact confirms that the member still qualifies and that
// its contacts and keys are right. All must be confirmed.
func (s *Store) Attest(ctx context.Context, c acl.Caller, id string, a Attestation) error {
	return s.deed(ctx, c, id, EventAttest, func(d *deed) error { return d.attest(a, d.by, d.now) })
}

// AcceptAgreement is how a contact accepts the agreement that is in force;
// version is the one that they have read.
func (s *Store) AcceptAgreement(ctx context.Context, c acl.Caller, id string, version int) error {
	return s.deed(ctx, c, id, EventAccept, func(d *deed) error {
		d.detail["agreement"] = strconv.Itoa(version)
		return d.accept(version, d.by, d.now)
	})
}

// ContactsEdit is the contacts of a member as they shall be, and its zone.
type ContactsEdit struct {
	Contacts []Applicant // with the ID of those that stay
	Zone     string      // IANA
}

// EditContacts changes whom a member is reached by; a contact of the member may,
// and who vets. version is Member.Version as it was read, or the error is an
// errs.Conflict. A contact that is left out can no longer sign in for the member.
func (s *Store) EditContacts(ctx context.Context, c acl.Caller, id string, version int64, e ContactsEdit) error {
	return s.deed(ctx, c, id, EventContacts, func(d *deed) error {
		if err := d.do(EventContacts, "", d.own, d.by, d.now); err != nil {
			return err
		}
		if version != d.Version {
			return errs.Conflictf("Someone else changed the contacts while you were at it.").
				WithHint("reload the page, look at what changed, and do it again")
		}
		var ps errs.Problems
		calendar.CheckZone(&ps, e.Zone)
		checkContacts(&ps, e.Contacts, d.now)
		if err := ps.Err(); err != nil {
			return err
		}
		list, err := d.taken(e.Contacts, d.now, s.newID)
		if err != nil {
			return err
		}
		d.detail["contacts"], d.detail["contacts before"] = strconv.Itoa(len(list)), strconv.Itoa(len(d.Contacts))
		d.Contacts, d.Application.Zone = list, e.Zone
		d.Version++
		return d.saveLinks(d.ctx, d.tx)
	})
}

// LinkContact says which user a contact signs in as, once the team has made one;
// an empty userID takes the link away. Nobody links themselves, and nobody who
// vetted a member becomes a contact of it.
func (s *Store) LinkContact(ctx context.Context, c acl.Caller, id, contactID, userID string) error {
	return s.deed(ctx, c, id, EventLink, func(d *deed) error {
		if err := d.do(EventLink, "", d.own, d.by, d.now); err != nil {
			return err
		}
		contact := d.contact(contactID)
		if contact == nil {
			return errs.Missing()
		}
		if userID != "" {
			if err := d.mayLink(contact, userID); err != nil {
				return err
			}
		}
		d.detail["contact"], d.detail["user"] = contactID, userID
		contact.UserID = userID
		return d.saveLinks(d.ctx, d.tx)
	})
}

func (d *deed) mayLink(contact *Contact, userID string) error {
	users, err := account.Known(d.ctx, d.tx, []string{userID})
	if err != nil {
		return err
	}
	u, ok := users[userID]
	switch other := d.contactOf(userID); {
	case !ok || !u.Active():
		return errs.Invalidf("user", "There is no such user, or they may not sign in.").WithHint("add them to the people first")
	case userID == d.caller.ID:
		return errs.Conflictf("Nobody makes themselves a contact.").WithHint("ask someone else of the team")
	case slices.ContainsFunc(d.Vetted, func(p Person) bool { return p.ID == userID }):
		return errs.Conflictf("This person vetted the member, and so cannot be a contact of it.").WithHint("link another user")
	case other != nil && other.ID != contact.ID:
		return errs.Conflictf("This user is another contact of the member already.").WithHint("take that link away first")
	}
	return nil
}
