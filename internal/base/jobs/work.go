package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"steward/internal/base/db"
)

// Worker does the jobs of one kind. An error means that the job is to be tried
// again, unless it is a Permanent one. The identifier is the same at each
// attempt.
type Worker struct {
	Kind string
	Do   func(ctx context.Context, t Task) error
	// Most is how many run at the same time; 1 if zero.
	Most int
	// Limit is how long one attempt may take; a minute if zero.
	Limit time.Duration
}

// Task is a job in the hands of a worker.
type Task struct {
	ID       string
	Scope    string
	Body     []byte
	Attempts int       // with this one
	Created  time.Time // when it was put

	doubts int   // without this attempt's
	broken error // its body does not open
}

// pauses lie between the attempts. RFC 5321, 4.5.4.1 asks for half an hour at
// least once the first few have failed, and for four to five days in all.
var pauses = []time.Duration{
	15 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour,
}

// patience is how long a job is tried.
const patience = (4*24 + 12) * time.Hour

// pause is how long to wait after so many attempts; 0: no more. What counts is
// how long it was tried: a job that nobody could do, since the server stood still
// or had no relay, has its time yet.
func pause(attempts int) (wait time.Duration) {
	tried := time.Duration(0)
	for n := 1; n <= max(attempts, 1); n++ {
		wait = pauses[min(n, len(pauses))-1]
		if tried += wait; tried > patience {
			return 0
		}
	}
	return wait
}

// Runner does what is due. One process at a time runs the jobs of a database.
type Runner struct {
	Queue   *Queue
	Workers []Worker
	Tick    time.Duration // how often it looks; a quarter of a second if zero
	Failed  func(kind string, err error)
	wake    chan struct{}
	once    sync.Once
}

const (
	defaultTick  = 250 * time.Millisecond
	defaultLimit = time.Minute
)

// Wake makes a running Runner look at once. It may be called at any time.
func (r *Runner) Wake() {
	r.once.Do(r.start)
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

func (r *Runner) start() { r.wake = make(chan struct{}, 1) }

// Run does what is due until the context ends, and lets what is under way
// finish within its limit. Attempts that an earlier process left are taken up
// again first.
func (r *Runner) Run(ctx context.Context) {
	r.once.Do(r.start)
	tick := time.NewTicker(cmp.Or(r.Tick, defaultTick))
	defer tick.Stop()
	if err := r.Queue.recover(ctx); err != nil && ctx.Err() == nil {
		r.say("", err)
	}
	var under sync.WaitGroup
	defer under.Wait()
	slots := r.slots()
	for {
		for i := range r.Workers {
			r.fill(ctx, &r.Workers[i], slots[i], &under)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-r.wake:
		}
	}
}

// slots are the free places of each worker.
func (r *Runner) slots() []chan struct{} {
	slots := make([]chan struct{}, len(r.Workers))
	for i, w := range r.Workers {
		slots[i] = make(chan struct{}, max(w.Most, 1))
	}
	return slots
}

// fill begins as many jobs as the worker has places for.
func (r *Runner) fill(ctx context.Context, w *Worker, slots chan struct{}, under *sync.WaitGroup) {
	free := cap(slots) - len(slots)
	if free == 0 || ctx.Err() != nil {
		return
	}
	tasks, err := r.Queue.claim(ctx, w.Kind, free)
	if err != nil {
		if ctx.Err() == nil {
			r.say(w.Kind, err)
		}
		return
	}
	for _, t := range tasks {
		slots <- struct{}{}
		under.Go(func() {
			r.do(ctx, w, t)
			<-slots
			r.Wake()
		})
	}
}

// Step does all that is due now, one after the other, also what that makes
// due, and tells how many attempts were made. It is Run for a program whose
// clock stands still.
func (r *Runner) Step(ctx context.Context) (int, error) {
	if err := r.Queue.recover(ctx); err != nil {
		return 0, err
	}
	n := 0
	for {
		before := n
		for i := range r.Workers {
			tasks, err := r.Queue.claim(ctx, r.Workers[i].Kind, 100)
			if err != nil {
				return n, err
			}
			for _, t := range tasks {
				n++
				r.do(ctx, &r.Workers[i], t)
			}
		}
		if n == before {
			return n, ctx.Err()
		}
	}
}

// do makes one attempt and writes down how it ended.
func (r *Runner) do(ctx context.Context, w *Worker, t Task) {
	// What has begun is not cut off with the server: its limit ends it.
	whole := context.WithoutCancel(ctx)
	attempt, cancel := context.WithTimeout(whole, cmp.Or(w.Limit, defaultLimit))
	err := protect(attempt, w, t)
	cancel()
	if err != nil && !errors.Is(err, Unwanted) {
		r.say(w.Kind, err)
	}
	if err := r.Queue.end(whole, t, err); err != nil {
		r.say(w.Kind, err)
	}
}

// protect turns a panic of a worker into a failure of its attempt.
func protect(ctx context.Context, w *Worker, t Task) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the worker of %s panicked: %v", w.Kind, p)
		}
	}()
	if t.broken != nil { // what the disk has altered stands in nobody's way
		return Permanent("what is to be done cannot be read", t.broken)
	}
	return w.Do(ctx, t)
}

func (r *Runner) say(kind string, err error) {
	if r.Failed != nil {
		r.Failed(kind, err)
	}
}

// recover takes up what a process that has ended left running. The first time
// it is tried at once. Then it waits like what fails: a job that ends its
// process keeps none of the others from being done. What is as often in doubt as
// may be is given up.
func (q *Queue) recover(ctx context.Context) error {
	left, err := q.left(ctx)
	if err != nil || len(left) == 0 {
		return err
	}
	return q.DB.Write(ctx, func(tx *db.Tx) error {
		if err := q.giveUpDoubtful(ctx, tx); err != nil {
			return err
		}
		for _, attempts := range left {
			at := q.now()
			if attempts > 1 {
				at = at.Add(pauses[min(attempts-1, len(pauses))-1])
			}
			_, err := tx.Exec(ctx, `UPDATE jobs SET state = $1, run_at = $2 WHERE state = $3 AND attempts = $4`,
				string(moves[Running][lose]), db.Micros(at), string(Running), attempts)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// left gives how many attempts were made of what is running.
func (q *Queue) left(ctx context.Context) (attempts []int, err error) {
	err = q.DB.Read(ctx, func(r db.Queryer) (err error) {
		attempts, err = db.Column[int](ctx, r, "looking for what was left running", `SELECT DISTINCT attempts FROM jobs WHERE state = $1`, string(Running))
		return err
	})
	return attempts, err
}

// claim begins up to limit jobs: from here on a crash finds them begun.
func (q *Queue) claim(ctx context.Context, kind string, limit int) ([]Task, error) {
	var tasks []Task
	now := db.Micros(q.now())
	const due = `SELECT id FROM jobs WHERE state = 'waiting' AND run_at <= $1 AND kind = $2 ORDER BY run_at, created_at, id LIMIT $3`
	var first []string
	err := q.DB.Read(ctx, func(r db.Queryer) (err error) { // nothing due keeps no writer busy
		first, err = db.Column[string](ctx, r, "looking for what is due", due, now, kind, 1)
		return err
	})
	if err != nil || len(first) == 0 {
		return nil, err
	}
	err = q.DB.Write(ctx, func(tx *db.Tx) error {
		ids, err := db.Column[string](ctx, tx, "looking for what is due", due, now, kind, limit)
		if err != nil {
			return err
		}
		for _, id := range ids {
			t, err := q.begin(ctx, tx, id)
			if err != nil {
				return err
			}
			tasks = append(tasks, t)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("taking jobs of kind %s: %w", kind, err)
	}
	return tasks, nil
}

func (q *Queue) begin(ctx context.Context, tx *db.Tx, id string) (Task, error) {
	t := Task{ID: id}
	var hash string
	var body []byte
	var created int64
	err := tx.QueryRow(ctx, `UPDATE jobs SET state = $1, attempts = attempts + 1 WHERE id = $2
		RETURNING key_hash, scope, attempts, doubts, created_at, body`, string(moves[Waiting][begin]), id).
		Scan(&hash, &t.Scope, &t.Attempts, &t.doubts, &created, &body)
	if err != nil {
		return t, err
	}
	t.Created = db.FromMicros(created)
	t.Body, t.broken = q.open(ctx, tx, t.Scope, hash, body)
	return t, nil
}

// end writes down how an attempt ended. One that ended for certain leaves no
// doubt of its own.
func (q *Queue) end(ctx context.Context, t Task, failed error) error {
	now := q.now()
	e, at, ended, words, doubts := finish, now, db.Micros(now), "", t.doubts
	switch {
	case errors.Is(failed, Unwanted):
		e = drop
	case failed != nil:
		e, words, doubts = giveUp, "it failed on our side", t.doubts+1
		permanent := false
		if f, ok := errors.AsType[*Failure](failed); ok {
			words, permanent = line(f.Words), f.Permanent
			if !f.Unknown {
				doubts = t.doubts
			}
		}
		if wait := pause(t.Attempts); wait > 0 && !permanent {
			e, at, ended = delay, now.Add(wait), 0
		}
	}
	err := q.DB.Write(ctx, func(tx *db.Tx) error {
		if doubts > t.doubts {
			if err := q.giveUpDoubtful(ctx, tx, t.ID); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, `UPDATE jobs SET state = $1, run_at = $2, ended_at = $3, problem = $4,
			doubts = CASE WHEN doubts > $5 THEN $5 ELSE doubts END WHERE id = $6 AND state = $7`,
			string(moves[Running][e]), db.Micros(at), ended, words, doubts, t.ID, string(Running))
		return err
	})
	if err != nil {
		return fmt.Errorf("ending a job: %w", err)
	}
	return nil
}
