package predisclosure

import (
	"context"
	"slices"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/errs"
)

// EligibleIn is Eligible within the caller's own read or write, so that nobody
// leaves the list between the question and the deed.
func (s *Store) EligibleIn(ctx context.Context, c acl.Caller, q db.Queryer, listID string, now time.Time) (Eligible, error) {
	if err := acl.Check(acl.ListReach, acl.ListReach, ownRoles(c)...); err != nil {
		return Eligible{}, err
	}
	if _, err := readList(ctx, q, listID); err != nil {
		return Eligible{}, err
	}
	all, err := s.current(ctx, q, listID)
	if err != nil {
		return Eligible{}, err
	}
	e := Eligible{List: listID, At: now}
	for _, o := range all {
		st, name := o.Standing(now), o.Application.Organisation
		if st.Good {
			e.May = append(e.May, o.recipient(now))
			continue
		}
		why := slices.DeleteFunc(st.Findings, func(f Finding) bool { return !f.Blocks })
		e.Not = append(e.Not, Barred{Member: o.ID, Organisation: name, Why: why})
	}
	return e, nil
}

// RecipientIn gives how a member is reached and whether it may get a notice,
// within the caller's own read or write. Who was told before must hear that a
// matter has leaked, whatever the standing is by then. errs.NotFound if there
// is no such member.
func (s *Store) RecipientIn(ctx context.Context, c acl.Caller, q db.Queryer, memberID string, now time.Time) (Recipient, Standing, error) {
	if err := acl.Check(acl.ListReach, acl.ListReach, ownRoles(c)...); err != nil {
		return Recipient{}, Standing{}, err
	}
	if !db.ValidID(memberID) {
		return Recipient{}, Standing{}, errs.Missing()
	}
	all, err := s.load(ctx, q, "m.id = $1", memberID)
	if err == nil && len(all) == 0 {
		err = errs.Missing()
	}
	if err != nil {
		return Recipient{}, Standing{}, err
	}
	return all[0].recipient(now), all[0].Standing(now), nil
}

// Speaks is the condition, in SQL, that a user speaks for a member now: t is a
// row with their user_id and member_id. They are a contact of it, and it is
// neither suspended nor has its membership ended. What is merely overdue stops
// notices and does not take back what was told: that people decide.
const Speaks = `EXISTS (SELECT 1 FROM predisclosure_contacts pc JOIN predisclosure_members pm ON pm.id = pc.member_id
	WHERE pc.member_id = t.member_id AND pc.user_id = t.user_id AND pm.state = 'member')`

// Place is where an organisation stands with its list and who its contacts are.
type Place struct {
	State    State
	Contacts []Contact
}

// PlaceIn gives the place of a member within the caller's own read or write.
// Nothing is asked of its keys. errs.NotFound if there is no such member.
func (s *Store) PlaceIn(ctx context.Context, c acl.Caller, q db.Queryer, memberID string) (Place, error) {
	if err := acl.Check(acl.ListReach, acl.ListReach, ownRoles(c)...); err != nil {
		return Place{}, err
	}
	if !db.ValidID(memberID) {
		return Place{}, errs.Missing()
	}
	all, err := s.load(ctx, q, "m.id = $1", memberID)
	if err == nil && len(all) == 0 {
		err = errs.Missing()
	}
	if err != nil {
		return Place{}, err
	}
	return Place{State: all[0].State, Contacts: all[0].Contacts}, nil
}

func (m *Member) recipient(now time.Time) Recipient {
	return Recipient{Member: m.ID, State: m.State, Organisation: m.Application.Organisation, Agreement: m.Accepted, Contacts: m.reach(now)}
}

// ListIn is List within the caller's own read or write.
func (s *Store) ListIn(ctx context.Context, c acl.Caller, q db.Queryer, id string) (List, error) {
	return s.visibleList(ctx, q, c, id)
}
