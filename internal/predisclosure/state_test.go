package predisclosure

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/base/errs"
)

// matrix is every event in every state: the state after it, with ! where a
// reason is needed, or nothing where it is refused.
const matrix = `
	            | vet         | decline   | suspend    | restore | remove   | withdraw  | attest    | accept the agreement | change contacts | link a contact
	applied     | vetted once | declined! |            |         |          | withdrawn |           |                      | applied         | applied
	vetted once | member      | declined! |            |         |          | withdrawn |           |                      |                 | vetted once
	member      |             |           | suspended! |         | removed! | withdrawn | member    | member               | member          | member
	suspended   |             |           |            | member! | removed! | withdrawn | suspended | suspended            | suspended       | suspended
	declined    |             |           |            |         |          |           |           |                      |                 |
	removed     |             |           |            |         |          |           |           |                      |                 |
	withdrawn   |             |           |            |         |          |           |           |                      |                 |`

func readMatrix(t *testing.T) (all []Event, cells map[State]map[Event]string) {
	t.Helper()
	cells = map[State]map[Event]string{}
	for line := range strings.Lines(strings.TrimSpace(matrix)) {
		parts := strings.Split(strings.TrimSpace(line), "|")
		for i := range parts {
			parts[i] = strings.TrimSpace(parts[i])
		}
		if all == nil {
			for _, e := range parts[1:] {
				all = append(all, Event(e))
			}
			continue
		}
		row := map[Event]string{}
		for i, e := range all {
			row[e] = parts[i+1]
		}
		cells[State(parts[0])] = row
	}
	if len(cells) != len(States) || len(all) != len(who) {
		t.Fatalf("%d states and %d events in the matrix, want %d and %d", len(cells), len(all), len(States), len(who))
	}
	return all, cells
}

func TestMoves(t *testing.T) {
	t.Parallel()
	all, cells := readMatrix(t)
	for _, s := range States {
		for _, e := range all {
			to, why := strings.CutSuffix(cells[s][e], "!")
			got, err := step(s, e, "because")
			if to == "" {
				if !errs.Is(err, errs.Conflict) || got != s || slices.Contains(events(s), e) {
					t.Errorf("%s --%s--> %s, %v; want a refusal", s, e, got, err)
				}
				continue
			}
			if err != nil || got != State(to) || !slices.Contains(events(s), e) {
				t.Errorf("%s --%s--> %s, %v; want %s", s, e, got, err, to)
			}
			if got, err = step(s, e, " "); why != errs.Is(err, errs.Invalid) || why && got != s {
				t.Errorf("%s --%s--> without a reason: %v; needed: %t", s, e, err, why)
			}
		}
	}
	for e, actions := range who {
		for _, a := range actions {
			if len(acl.Table[a]) == 0 {
				t.Errorf("nobody may %s", e)
			}
		}
	}
	if _, err := step(Applied, "dance", "why not"); !errs.Is(err, errs.Conflict) {
		t.Error("an unknown event was made")
	}
}

// cause makes an event happen by the method that it belongs to.
func (k *kit) cause(e Event, id string, contact acl.Caller, why string) error {
	v := k.read(id)
	switch e {
	case EventVet:
		return k.Vet(k.ctx, k.third, id, why)
	case EventDecline:
		return k.Decline(k.ctx, k.third, id, why)
	case EventSuspend:
		return k.Suspend(k.ctx, k.third, id, why)
	case EventRestore:
		return k.Restore(k.ctx, k.third, id, why)
	case EventRemove:
		return k.Remove(k.ctx, k.third, id, why)
	case EventWithdraw:
		return k.Withdraw(k.ctx, contact, id, why)
	case EventAttest:
		return k.Attest(k.ctx, contact, id, Attestation{true, true, true})
	case EventAccept:
		return k.AcceptAgreement(k.ctx, contact, id, 1)
	case EventContacts:
		return k.EditContacts(k.ctx, contact, id, v.Version, edited(v.Member))
	case EventLink:
		return k.LinkContact(k.ctx, k.third, id, v.Contacts[1].ID, k.someone("").ID)
	}
	return fmt.Errorf("no method makes %q", e)
}

// edited is the contacts of a member as a form gives them back unchanged.
func edited(m *Member) ContactsEdit {
	e := ContactsEdit{Zone: m.Application.Zone}
	for _, c := range m.Contacts {
		e.Contacts = append(e.Contacts, Applicant{ID: c.ID, Name: c.Name, Email: c.Email, Key: c.Key})
	}
	return e
}

// TestEveryEventInEveryState goes through the store: what the matrix refuses
// leaves the member and the record as they were.
func TestEveryEventInEveryState(t *testing.T) {
	t.Parallel()
	all, cells := readMatrix(t)
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		for _, s := range States {
			for _, e := range all {
				id, contact := k.in(s)
				to, _ := strings.CutSuffix(cells[s][e], "!")
				err := k.cause(e, id, contact, "because")
				if to == "" {
					k.refused(fmt.Sprintf("%s in %s", e, s), err, errs.Conflict)
					to = string(s)
				} else if err != nil {
					t.Errorf("%s in %s: %v", e, s, err)
				}
				v := k.read(id)
				if string(v.State) != to {
					t.Errorf("%s --%s--> %s; want %s", s, e, v.State, to)
				}
				if last := v.History; len(last) > 0 && cells[s][e] != "" && last[len(last)-1].Event != e {
					t.Errorf("%s in %s is not in the history", e, s)
				}
				if cells[s][e] != "" {
					if entry := k.newest(); entry.Detail["event"] != string(e) || entry.Detail["from"] != string(s) || entry.Detail["to"] != to {
						t.Errorf("%s in %s: recorded %v", e, s, entry.Detail)
					}
				}
			}
		}
	})
}
