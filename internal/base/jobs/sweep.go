package jobs

import (
	"context"
	"fmt"
	"time"

	"steward/internal/base/db"
)

// sweptAtOnce is how many jobs one write forgets: other writes wait for no more
// than these.
const sweptAtOnce = 500

// Sweep forgets what was to be done of each job that was done or dropped before
// a time, and tells of how many. The job itself stays, with its key: so its deed
// is never done a second time. A job that was given up keeps its body, since a
// person may want it tried again.
func (q *Queue) Sweep(ctx context.Context, before time.Time) (n int, err error) {
	for {
		ids, err := q.stale(ctx, before)
		if err != nil || len(ids) == 0 {
			return n, err
		}
		err = q.DB.Write(ctx, func(tx *db.Tx) error {
			for _, id := range ids {
				// Asked again: a letter may have come back meanwhile.
				_, err := tx.Exec(ctx, `UPDATE jobs SET body = $1 WHERE id = $2 AND state IN ($3, $4)`, []byte{}, id, string(Done), string(Dropped))
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return n, fmt.Errorf("forgetting old jobs: %w", err)
		}
		n += len(ids)
	}
}

// stale gives some of the jobs that Sweep forgets. It only reads, so that to
// look for them keeps no writer busy.
func (q *Queue) stale(ctx context.Context, before time.Time) (ids []string, err error) {
	err = q.DB.Read(ctx, func(r db.Queryer) (err error) {
		// The time of a job that ended is in run_at too, which is in the index.
		ids, err = db.Column[string](ctx, r, "looking for old jobs", `SELECT id FROM jobs WHERE state IN ($1, $2) AND run_at < $3 AND ended_at > 0 AND ended_at < $3
			AND length(body) > 0 LIMIT $4`, string(Done), string(Dropped), db.Micros(before), sweptAtOnce)
		return err
	})
	return ids, err
}
