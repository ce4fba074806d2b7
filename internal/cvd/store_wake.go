package cvd

import (
	"context"
	"errors"
	"fmt"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/policy"
)

// wakesAtOnce bounds what one call of Wake looks at.
const wakesAtOnce = 200

// Wake does what the clock brings: it tells more people of reports that nobody
// has answered, and reminds of deadlines. Each case in a transaction of its
// own, each step once however often it is asked. n is how many cases were
// looked at. c is acl.Myself().
func (s *Store) Wake(ctx context.Context, c acl.Caller) (n int, err error) {
	if err := acl.Check(acl.Wake, acl.Wake, ownRoles(c)...); err != nil {
		return 0, err
	}
	var due []string
	err = s.DB.Read(ctx, func(q db.Queryer) (err error) {
		due, err = db.Column[string](ctx, q, "finding what the clock brings", `SELECT id FROM cases WHERE wake_at <= $1 ORDER BY wake_at LIMIT $2`,
			db.Micros(s.now()), wakesAtOnce)
		return err
	})
	if err != nil {
		return 0, err
	}
	for _, id := range due {
		err = errors.Join(err, s.deedOnAny(ctx, c, id, acl.Wake, func(d *deed) error { return d.wake() }))
	}
	return len(due), err
}

// wake does what has come since the case was last looked at.
func (d *deed) wake() error {
	for _, w := range d.wakeUps(&d.s.Settings.Policy) {
		if w.at.After(d.now) {
			break
		}
		if err := d.rouse(w); err != nil {
			return err
		}
	}
	d.Woken = d.now
	return nil
}

func (d *deed) rouse(w wakeUp) error {
	if d.s.Post == nil { // nobody can be told
		return nil
	}
	p := Posting{Case: d.ID, On: OnDeadline, What: w.name(), Due: w.due}
	tell := policy.OnCall
	if w.rung != nil {
		p.On, tell = OnUnanswered, w.rung.Tell
	}
	told, err := d.tellRole(tell, p)
	if err != nil {
		return err
	}
	if w.rung != nil {
		d.Ladder = append(d.Ladder, Step{At: d.now, Tell: tell, Told: told})
		d.note("ladder", "%s", tell)
	} else {
		d.note("reminded of", "%s", w.due.What)
	}
	d.note("told", "%d", told)
	return nil
}

// tellRole posts a letter to all whom a role of the ladder names, and tells how
// many they are.
func (d *deed) tellRole(who policy.Role, p Posting) (int, error) {
	var users []string
	var err error
	switch who {
	case policy.OnCall:
		if d.s.OnCall != nil {
			users, err = d.s.OnCall(d.ctx, d.tx)
		}
	case policy.Coordinator:
		out := d.s.Settings.Policy.Coordinator
		address := mailAddress(out.Address)
		if address == "" {
			return 0, nil // a page: the reporter is led there
		}
		p.Address, p.Name = address, out.Name
		return 1, d.post(p)
	default:
		roles := map[policy.Role][]acl.Role{
			policy.Handlers: {acl.Handler, acl.Lead}, policy.Lead: {acl.Lead}, policy.Manager: {acl.ProgrammeManager},
		}[who]
		if d.s.Holders != nil {
			users, err = d.s.Holders(d.ctx, d.tx, roles...)
		}
	}
	if err != nil {
		return 0, fmt.Errorf("finding whom to tell: %w", err)
	}
	for _, u := range users {
		p.User = u
		if err := d.post(p); err != nil {
			return 0, err
		}
	}
	return len(users), nil
}
