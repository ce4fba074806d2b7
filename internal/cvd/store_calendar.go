package cvd

import (
	"context"
	"math"
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

// maxFalling is how many deadlines Deadlines gives, and of how many cases of
// one group of the queue it reads them.
const maxFalling = 500

// Deadlines gives what falls due until a time in the cases that the caller
// sees, the soonest first, at most 500. It reads what stands first of each
// group of the queue, so that many new reports do not hide what falls due. Who sees a case by invitation is told of those deadlines that their page
// of it shows. It opens nothing of a case to anyone, so nothing is recorded.
func (s *Store) Deadlines(ctx context.Context, c acl.Caller, until time.Time) ([]Falling, error) {
	if c.Role != "" && !inTeam(c) {
		return nil, errs.Missing()
	}
	all := acl.Allow(acl.QueueRead, ownRoles(c)...)
	var out []Falling
	err := s.DB.Read(ctx, func(q db.Queryer) error {
		out = nil
		rows, err := fallingRows(ctx, q, c, all)
		if err != nil {
			return err
		}
		for _, r := range rows {
			o, err := s.unlock(ctx, q, r.id, r.number, r.body)
			if err != nil {
				return err
			}
			for _, d := range o.deadlines(o.policy) {
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

// fallingRows finds the cases in which something may fall due.
func fallingRows(ctx context.Context, q db.Queryer, c acl.Caller, all bool) ([]row, error) {
	const last = math.MaxInt64
	if !all {
		return readRows(ctx, q, queryMine, []any{int64(-1), int64(last), int64(last), int64(last), maxFalling, c.ID})
	}
	var out []row
	for _, group := range []int64{groupNew, groupDue} {
		rows, err := readRows(ctx, q, queryOpen, []any{group - 1, int64(last), int64(last), int64(last), maxFalling, group + 1})
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	return out, nil
}
