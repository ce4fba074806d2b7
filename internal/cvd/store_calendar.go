package cvd

import (
	"context"
	"slices"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/errs"
)

// Falling is a deadline of a case, without anything of the case.
type Falling struct {
	Case string // id
	Deadline
}

// maxFalling is how many cases, and how many deadlines, Deadlines reads.
const maxFalling = 500

// Deadlines gives what falls due until a time in the cases that the caller
// sees, the soonest first, of the cases that stand first in the queue at most
// 500. Who sees a case by invitation is told of those deadlines that their page
// of it shows. It opens nothing of a case to anyone, so nothing is recorded.
func (s *Store) Deadlines(ctx context.Context, c acl.Caller, until time.Time) ([]Falling, error) {
	if c.Role != "" && !inTeam(c) {
		return nil, errs.Missing()
	}
	all := acl.Allow(acl.QueueRead, ownRoles(c)...)
	var out []Falling
	err := s.DB.Read(ctx, func(q db.Queryer) error {
		out = nil
		from := place{group: -1}
		var rows []row
		var err error
		if all {
			rows, err = readRows(ctx, q, queryOpen, []any{from.group, from.first, from.second, int64(0), maxFalling, groupIdle})
		} else {
			rows, err = readRows(ctx, q, queryMine, []any{from.group, from.first, from.second, int64(0), maxFalling, c.ID})
		}
		if err != nil {
			return err
		}
		for _, r := range rows {
			o, err := s.unlock(ctx, q, r.id, r.number, r.body)
			if err != nil {
				return err
			}
			for _, d := range o.deadlines() {
				shown := all || d.What == DueEmbargo || d.What == DueRelease
				if shown && !d.At.After(until) {
					out = append(out, Falling{Case: o.ID, Deadline: d})
				}
			}
		}
		return nil
	})
	slices.SortStableFunc(out, func(a, b Falling) int { return a.At.Compare(b.At) })
	return out[:min(len(out), maxFalling)], err
}
