package predisclosure

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"steward/internal/base/acl"
	"steward/internal/base/audit"
	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/base/errs"
)

// rule says who may call a method.
type rule struct {
	see, do acl.Action // what tells a denial from nothing there, and what it takes
	contact bool       // a contact of the member may
	sees    bool       // a contact of the member is told of a denial
	person  bool       // every user may
	system  bool       // Steward itself may
	sender  bool       // a user without a role is like anyone
	records bool       // leaves an entry
}

var (
	vets    = rule{see: acl.ListRead, do: acl.ListVet, sees: true, records: true}
	keeps   = rule{see: acl.ListRead, do: acl.ListMember, contact: true, sees: true, records: true}
	reads   = rule{see: acl.ListRead, do: acl.ListRead}
	edits   = rule{see: acl.ListRead, do: acl.ListEdit, records: true}
	reach   = rule{see: acl.ListReach, do: acl.ListReach}
	visible = rule{see: acl.ListApply, do: acl.ListApply, contact: true, sender: true, system: true}
)

// try is a method with a state in which it can be done.
type try struct {
	rule  rule
	state State
	call  func(k *kit, c acl.Caller, id string) error
}

func second[T any](_ T, err error) error { return err }

var tries = map[string]try{
	"Lists":     {rule: rule{}, state: Joined}, // in its own test: it leaves out and refuses nobody
	"IsContact": {rule: rule{}, state: Joined}, // likewise
	"List":      {rule: visible, state: Joined, call: func(k *kit, c acl.Caller, _ string) error { return second(k.List(k.ctx, c, listID)) }},
	"Agreement": {rule: visible, state: Joined, call: func(k *kit, c acl.Caller, _ string) error {
		return second(k.Agreement(k.ctx, c, listID, 1))
	}},
	"CreateList": {rule: edits, state: Joined, call: func(k *kit, c acl.Caller, _ string) error {
		l := DefaultList()
		l.ID = "l" + strings.ToLower(db.NewID(k.Rand)[:10])
		return second(k.CreateList(k.ctx, c, l))
	}},
	"EditList": {rule: edits, state: Joined, call: func(k *kit, c acl.Caller, _ string) error {
		l, err := k.List(k.ctx, k.lead, listID)
		k.must(err)
		l.Name += "!"
		return second(k.EditList(k.ctx, c, l))
	}},
	"Apply": {rule: rule{see: acl.ListApply, do: acl.ListApply, contact: true, sender: true, records: true}, state: Joined,
		call: func(k *kit, c acl.Caller, _ string) error { return second(k.Apply(k.ctx, c, listID, application())) }},
	"Vet":      {rule: vets, state: Applied, call: func(k *kit, c acl.Caller, id string) error { return k.Vet(k.ctx, c, id, "") }},
	"Decline":  {rule: vets, state: Applied, call: func(k *kit, c acl.Caller, id string) error { return k.Decline(k.ctx, c, id, "x") }},
	"Suspend":  {rule: vets, state: Joined, call: func(k *kit, c acl.Caller, id string) error { return k.Suspend(k.ctx, c, id, "x") }},
	"Restore":  {rule: vets, state: Suspended, call: func(k *kit, c acl.Caller, id string) error { return k.Restore(k.ctx, c, id, "x") }},
	"Remove":   {rule: vets, state: Joined, call: func(k *kit, c acl.Caller, id string) error { return k.Remove(k.ctx, c, id, "x") }},
	"Withdraw": {rule: keeps, state: Joined, call: func(k *kit, c acl.Caller, id string) error { return k.Withdraw(k.ctx, c, id, "") }},
	"Attest": {rule: keeps, state: Joined, call: func(k *kit, c acl.Caller, id string) error {
		return k.Attest(k.ctx, c, id, Attestation{true, true, true})
	}},
	"AcceptAgreement": {rule: keeps, state: Joined, call: func(k *kit, c acl.Caller, id string) error {
		return k.AcceptAgreement(k.ctx, c, id, 1)
	}},
	"EditContacts": {rule: rule{see: acl.ListRead, do: acl.ListVet, contact: true, records: true}, state: Joined,
		call: func(k *kit, c acl.Caller, id string) error {
			v := k.read(id)
			return k.EditContacts(k.ctx, c, id, v.Version, edited(v.Member))
		}},
	"LinkContact": {rule: vets, state: Joined, call: func(k *kit, c acl.Caller, id string) error {
		return k.LinkContact(k.ctx, c, id, k.read(id).Contacts[1].ID, k.someone("").ID)
	}},
	"Member":  {rule: rule{see: acl.ListRead, do: acl.ListRead, contact: true}, state: Joined, call: func(k *kit, c acl.Caller, id string) error { return second(k.Member(k.ctx, c, id)) }},
	"Members": {rule: reads, state: Joined, call: func(k *kit, c acl.Caller, _ string) error { return second(k.Members(k.ctx, c, listID)) }},
	"Mine":    {rule: rule{person: true, contact: true}, state: Joined, call: func(k *kit, c acl.Caller, _ string) error { return second(k.Mine(k.ctx, c)) }},
	"Eligible": {rule: reach, state: Joined, call: func(k *kit, c acl.Caller, _ string) error {
		return second(k.Eligible(k.ctx, c, listID, day0))
	}},
	"EligibleIn": {rule: reach, state: Joined, call: func(k *kit, c acl.Caller, _ string) error {
		return k.DB.Read(k.ctx, func(q db.Queryer) error { return second(k.EligibleIn(k.ctx, c, q, listID, day0)) })
	}},
	"ListIn": {rule: visible, state: Joined, call: func(k *kit, c acl.Caller, _ string) error {
		return k.DB.Read(k.ctx, func(q db.Queryer) error { return second(k.ListIn(k.ctx, c, q, listID)) })
	}},
	"RecipientIn": {rule: reach, state: Joined, call: func(k *kit, c acl.Caller, id string) error {
		return k.DB.Read(k.ctx, func(q db.Queryer) error {
			_, _, err := k.RecipientIn(k.ctx, c, q, id, day0)
			return err
		})
	}},
	"PlaceIn": {rule: reach, state: Joined, call: func(k *kit, c acl.Caller, id string) error {
		return k.DB.Read(k.ctx, func(q db.Queryer) error { return second(k.PlaceIn(k.ctx, c, q, id)) })
	}},
	"Reminders": {rule: reach, state: Joined, call: func(k *kit, c acl.Caller, _ string) error { return second(k.Reminders(k.ctx, c, day0)) }},
}

// answer is what a caller with a role is to be told.
func (r rule) answer(role acl.Role, contact, user bool) errs.Kind {
	if r.sender && !slices.Contains(everywhere, role) {
		role = acl.Anonymous
	}
	if !slices.Contains(everywhere, role) {
		role = "" // a role of a case is nobody's here
	}
	switch {
	case r.contact && contact, r.person && user, r.system && role == acl.System, acl.Allow(r.do, role):
		return ""
	case acl.Allow(r.see, role), r.sees && contact:
		return errs.Denied
	}
	return errs.NotFound
}

// TestRoles calls every method of the store as every role, as a contact of the
// member and as a contact of another one. A method without a row fails.
func TestRoles(t *testing.T) {
	t.Parallel()
	store := reflect.TypeFor[*Store]()
	for i := range store.NumMethod() {
		m := store.Method(i)
		if _, ok := tries[m.Name]; !ok {
			t.Errorf("the method %s has no row", m.Name)
		}
		if m.Type.NumIn() < 3 || m.Type.In(2) != reflect.TypeFor[acl.Caller]() {
			t.Errorf("%s takes no caller", m.Name)
		}
	}
	if store.NumMethod() != len(tries) {
		t.Errorf("%d methods, %d rows", store.NumMethod(), len(tries))
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		_, other := k.in(Joined)
		for name, row := range tries {
			if row.call == nil {
				continue
			}
			id, contact := k.in(row.state)
			used := false
			one := func(who string, c acl.Caller, want errs.Kind) {
				t.Helper()
				if used { // the last one did it: another member for the next
					id, contact = k.in(row.state)
					if who == "contact" {
						c = contact
					}
				}
				before := k.entries()
				err := row.call(k, c, id)
				k.refused(name+" as "+who, err, want)
				used = want == ""
				if row.rule.records && want == "" {
					if e := k.newest(); e.Actor != c.ID || e.Detail["event"] == "" {
						t.Errorf("%s as %s: recorded %+v", name, who, e)
					}
				} else if n := k.entries() - before; n > 0 && name != "LinkContact" {
					t.Errorf("%s as %s: %d entries", name, who, n)
				}
			}
			for _, role := range append(slices.Clone(acl.All), "") {
				c := acl.Nobody()
				user := false
				switch role {
				case acl.Anonymous:
				case acl.Reporter:
					c = acl.HolderOf("report1")
				case acl.System:
					c = acl.Myself()
				default:
					c, user = k.someone(""), true
					c.Role = role
				}
				one("role "+string(role), c, row.rule.answer(role, false, user))
			}
			one("contact of another member", other, row.rule.answer("", name == "List" || name == "Agreement", true))
			one("contact", contact, row.rule.answer("", true, true))
		}
		k.must(d.Read(t.Context(), func(q db.Queryer) error { return second(audit.Verify(t.Context(), q, nil)) }))
	})
}

// TestListsShow: a closed list is there for the team and for contacts of its
// members alone.
func TestListsShow(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		_, contact := k.in(Joined)
		sees := func(c acl.Caller) bool {
			ls, err := k.Lists(k.ctx, c)
			k.must(err)
			_, err = k.List(k.ctx, c, listID)
			if (err == nil) != (len(ls) == 1) {
				t.Errorf("%v: %d lists, but %v", c, len(ls), err)
			}
			return err == nil
		}
		everyone := []acl.Caller{acl.Nobody(), acl.HolderOf("r"), k.someone(""), contact, k.lead, k.someone(acl.Auditor)}
		for _, c := range everyone {
			if !sees(c) {
				t.Errorf("%v does not see an open list", c)
			}
			if is, err := k.IsContact(k.ctx, c); err != nil || is != (c.ID == contact.ID && c.ID != "") {
				t.Errorf("%v is a contact: %v, %v", c, is, err)
			}
		}
		l, err := k.List(k.ctx, k.lead, listID)
		k.must(err)
		l.Open = false
		_, err = k.EditList(k.ctx, k.lead, l)
		k.must(err)
		for i, c := range everyone {
			if sees(c) != (i >= 3) {
				t.Errorf("%v sees a closed list: %v", c, i < 3)
			}
		}
		_, err = k.Apply(k.ctx, acl.Nobody(), listID, application())
		k.refused("applying to a closed list", err, errs.NotFound)
	})
}

// TestJunkIDs: what cannot be an id is not there, whatever bytes it has.
func TestJunkIDs(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		for _, id := range []string{"", "x", "\x00", "\xff", strings.Repeat("a", 26), "' OR 1=1 --"} {
			for name, err := range map[string]error{
				"Vet": k.Vet(k.ctx, k.lead, id, ""), "Member": second(k.Member(k.ctx, k.lead, id)),
				"List": second(k.List(k.ctx, k.lead, id)), "Members": second(k.Members(k.ctx, k.lead, id)),
				"Eligible": second(k.Eligible(k.ctx, k.lead, id, day0)), "Apply": second(k.Apply(k.ctx, acl.Nobody(), id, application())),
				"Agreement": second(k.Agreement(k.ctx, k.lead, id, 1)),
				"Link":      k.LinkContact(k.ctx, k.lead, id, id, id),
			} {
				if !errs.Is(err, errs.NotFound) {
					t.Errorf("%s of %q: %v", name, id, errors.Join(err))
				}
			}
		}
	})
}
