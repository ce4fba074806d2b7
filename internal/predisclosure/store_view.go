package predisclosure

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/errs"
)

// View is a member as a caller sees it.
type View struct {
	*Member
	Standing Standing // now
	Events   []Event  // that the caller may cause now
	Mine     bool     // the caller is a contact of the member
	Waits    []string // ids of contacts who have no login yet
}

func (s *Store) view(o *opened, c acl.Caller, roles []acl.Role) View {
	v := View{Member: o.Member, Standing: o.Standing(s.now()), Mine: slices.Contains(roles, acl.Distributor)}
	v.Events = o.allowed(roles)
	if slices.ContainsFunc(o.Vetted, func(p Person) bool { return p.ID == c.ID }) {
		v.Events = slices.DeleteFunc(v.Events, func(e Event) bool { return e == EventVet })
	}
	if v.Mine { // nobody decides about their own
		v.Events = slices.DeleteFunc(v.Events, func(e Event) bool { return who[e][0] != acl.ListMember })
	}
	for _, contact := range o.Contacts {
		if contact.UserID == "" {
			v.Waits = append(v.Waits, contact.ID)
		}
	}
	if !acl.Allow(acl.ListRead, roles...) {
		o.forContact()
	}
	return v
}

// Member reads one member, for the team and for its own contacts. These are not
// shown who of the team decided, nor what was noted when vetting.
func (s *Store) Member(ctx context.Context, c acl.Caller, id string) (v View, err error) {
	err = s.DB.Read(ctx, func(q db.Queryer) error {
		o, roles, err := s.access(ctx, q, c, id)
		if err != nil {
			return err
		}
		v = s.view(o, c, roles)
		return nil
	})
	return v, err
}

// Members lists everyone who ever applied to a list, in the order of States and
// then by name; those who wait for someone to look at them, the oldest first.
func (s *Store) Members(ctx context.Context, c acl.Caller, listID string) (out []View, err error) {
	if err := acl.Check(acl.ListRead, acl.ListRead, ownRoles(c)...); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(q db.Queryer) error {
		if _, err := readList(ctx, q, listID); err != nil {
			return err
		}
		mine := []string(nil)
		if person(c) {
			if mine, err = membershipsOf(ctx, q, c.ID); err != nil {
				return err
			}
		}
		all, err := s.load(ctx, q, "m.list_id = $1", listID)
		if err != nil {
			return err
		}
		slices.SortFunc(all, compare)
		for _, o := range all {
			roles := slices.Clone(ownRoles(c))
			if slices.Contains(mine, o.ID) {
				roles = append(roles, acl.Distributor)
			}
			out = append(out, s.view(o, c, roles))
		}
		return nil
	})
	return out, err
}

// compare orders members for a page.
func compare(a, b *opened) int {
	if d := slices.Index(States, a.State) - slices.Index(States, b.State); d != 0 {
		return d
	}
	byTime := cmp.Or(a.Applied.Compare(b.Applied), strings.Compare(a.ID, b.ID))
	if a.State == Applied || a.State == VettedOnce {
		return byTime
	}
	return cmp.Or(strings.Compare(strings.ToLower(a.Application.Organisation), strings.ToLower(b.Application.Organisation)), byTime)
}

// Mine lists the memberships that the caller is a contact of, as their contact
// sees them. It is empty for a user who is none; errs.NotFound for others.
func (s *Store) Mine(ctx context.Context, c acl.Caller) (out []View, err error) {
	if !person(c) {
		return nil, errs.Missing()
	}
	err = s.DB.Read(ctx, func(q db.Queryer) error {
		ids, err := membershipsOf(ctx, q, c.ID)
		if err != nil {
			return err
		}
		var all []*opened
		for _, id := range ids {
			one, err := s.load(ctx, q, "m.id = $1", id)
			if err != nil {
				return err
			}
			all = append(all, one...)
		}
		slices.SortFunc(all, compare)
		for _, o := range all {
			out = append(out, s.view(o, c, []acl.Role{acl.Distributor}))
		}
		return nil
	})
	return out, err
}

// Eligible is who on a list may get a notice at a time, and who may not.
type Eligible struct {
	List string
	At   time.Time
	May  []Recipient
	Not  []Barred // members and suspended ones; nobody who is neither
}

// Recipient is a member who may get a notice.
type Recipient struct {
	Member       string // id
	State        State
	Organisation string
	Agreement    int     // version that was accepted
	Contacts     []Reach // at least one has a key, at least one can sign in
}

// Barred is a member who may not get a notice, and why.
type Barred struct {
	Member       string // id
	Organisation string
	Why          []Finding // those that block
}

// Eligible tells who may get a notice at the time now: ask it just before
// sending, and again for what is sent later. Nobody is sent anything who is not
// among May.
func (s *Store) Eligible(ctx context.Context, c acl.Caller, listID string, now time.Time) (e Eligible, err error) {
	err = s.DB.Read(ctx, func(q db.Queryer) error {
		e, err = s.EligibleIn(ctx, c, q, listID, now)
		return err
	})
	return e, err
}

// current reads the members of a list, the suspended ones too.
func (s *Store) current(ctx context.Context, q db.Queryer, listID string) ([]*opened, error) {
	all, err := s.load(ctx, q, "m.state IN ('"+string(Joined)+"', '"+string(Suspended)+"') AND m.list_id = $1", listID)
	slices.SortFunc(all, func(a, b *opened) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Application.Organisation), strings.ToLower(b.Application.Organisation)), strings.Compare(a.ID, b.ID))
	})
	return all, err
}

// Reminders gives the reminders of all lists that are due at the time now. It
// remembers nothing: the caller sends each key once.
func (s *Store) Reminders(ctx context.Context, c acl.Caller, now time.Time) (out []Reminder, err error) {
	if err := acl.Check(acl.ListReach, acl.ListReach, ownRoles(c)...); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(q db.Queryer) error {
		ids, err := listIDs(ctx, q)
		if err != nil {
			return err
		}
		for _, id := range ids {
			all, err := s.current(ctx, q, id)
			if err != nil {
				return err
			}
			for _, o := range all {
				out = append(out, o.Member.Reminders(now)...)
			}
		}
		return nil
	})
	return out, err
}
