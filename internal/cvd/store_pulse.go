package cvd

import (
	"context"
	"fmt"

	"steward/internal/base/acl"
	"steward/internal/base/db"
)

// Pulse is how the work stands, in numbers alone.
type Pulse struct {
	States         map[State]int // cases in each
	Reports        int           // received, ever
	Scheduled      int           // timed releases that are set
	Overdue        int           // of these, whose hour is past
	Unacknowledged int           // cases that nobody has answered by the hour promised to the reporter
}

// Pulse counts. Whoever looks after the machine needs the numbers, and may
// know of no case.
func (s *Store) Pulse(ctx context.Context, c acl.Caller) (Pulse, error) {
	var p Pulse
	if err := acl.Check(acl.SystemRead, acl.SystemRead, ownRoles(c)...); err != nil {
		return p, err
	}
	now := db.Micros(s.now())
	err := s.DB.Read(ctx, func(q db.Queryer) (err error) {
		p.States, err = db.Pairs[State, int](ctx, q, "counting cases", `SELECT state, COUNT(*) FROM cases GROUP BY state`)
		if err != nil {
			return err
		}
		err = q.QueryRow(ctx, `SELECT
			(SELECT COUNT(*) FROM reports),
			(SELECT COUNT(*) FROM cases WHERE release_at IS NOT NULL),
			(SELECT COUNT(*) FROM cases WHERE release_at < $1),
			(SELECT COUNT(DISTINCT c.id) FROM cases c JOIN reports r ON r.case_id = c.id WHERE c.state = $2 AND r.answer_by < $1)`,
			now, string(Receipt)).Scan(&p.Reports, &p.Scheduled, &p.Overdue, &p.Unacknowledged)
		if err != nil {
			return fmt.Errorf("counting what is due: %w", err)
		}
		return nil
	})
	return p, err
}
