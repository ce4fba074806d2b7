package jobs

import (
	"context"
	"fmt"

	"steward/internal/base/db"
)

// mostDoubts is how often a job may be done without our knowing whether it was:
// once, and once more. Its peer has at most so many copies.
const mostDoubts = 2

// inDoubt is what a person is told of a job that is not tried any more.
const inDoubt = "it may have arrived once or twice: twice no answer came. Try it again only if it has not arrived"

// Doubt is called by a worker just before what cannot be taken back, such as the
// end of a letter. It is written down when it returns without an error: should
// the process end now, or no answer come (Unknown), the job is known to have
// been done perhaps. Any other end of the attempt takes the doubt back. A job
// with two doubts is given up, until a person wants it tried again; should it
// come here all the same, the error is a Permanent one, as for an attempt that
// is not under way. After an error the worker does not do it.
func (q *Queue) Doubt(ctx context.Context, id string) error {
	n := int64(0)
	err := q.DB.Write(ctx, func(tx *db.Tx) error {
		res, err := tx.Exec(ctx, `UPDATE jobs SET doubts = doubts + 1 WHERE id = $1 AND state = $2 AND doubts < $3`, id, string(Running), mostDoubts)
		if err != nil {
			return err
		}
		n, err = res.RowsAffected()
		return err
	})
	if err != nil {
		return fmt.Errorf("noting that a job may have been done: %w", err)
	}
	if n == 0 {
		return Permanent(inDoubt, nil)
	}
	return nil
}

// giveUpDoubtful ends what is running and as often in doubt as may be: all of
// it, or one job.
func (q *Queue) giveUpDoubtful(ctx context.Context, tx *db.Tx, id ...string) error {
	query := `UPDATE jobs SET state = $1, run_at = $2, ended_at = $2, problem = $3 WHERE state = $4 AND doubts >= $5`
	args := []any{string(moves[Running][giveUp]), db.Micros(q.now()), inDoubt, string(Running), mostDoubts}
	if len(id) == 1 {
		query, args = query+` AND id = $6`, append(args, id[0])
	}
	if _, err := tx.Exec(ctx, query, args...); err != nil {
		return fmt.Errorf("giving up what is in doubt: %w", err)
	}
	return nil
}
