package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"
)

const (
	groupSize  = 128                    // writes in one transaction
	groupTime  = 200 * time.Millisecond // after this, a group takes no more writes
	groupLimit = time.Minute            // after this, a group is given up
)

var (
	// ErrClosed is given for a write on a database that is closed.
	ErrClosed = errors.New("the database is closed")
	// ErrUnknown is given when the connection broke during the commit, so that
	// the write may have been kept or not.
	ErrUnknown = errors.New("the connection to the database broke during the commit: it is not known whether the write was kept")

	errGone = errors.New("the goroutine of the write ended in its middle")
)

// writer commits writes in groups, from one goroutine.
type writer struct {
	eng     engine
	pool    *sql.DB
	known   *statements
	jobs    chan *job
	waiting atomic.Int64 // writes that have not been taken yet
	closing chan struct{}
	closed  chan struct{}
	once    sync.Once
	told    atomic.Pointer[func(writes int, took time.Duration)] // see OnCommit
}

// job is one write on its way through the writer. Each channel carries one
// value and has room for it, so that neither side can hang on the other.
type job struct {
	turn chan *Tx   // writer to caller: run now
	ran  chan error // caller to writer: the outcome of running
	done chan error // writer to caller: the outcome of it all
}

func startWriter(eng engine, pool *sql.DB) *writer {
	w := &writer{
		eng:     eng,
		pool:    pool,
		known:   newStatements(eng, pool),
		jobs:    make(chan *job),
		closing: make(chan struct{}),
		closed:  make(chan struct{}),
	}
	go w.loop()
	return w
}

// write hands a write to the writer and waits for its outcome. The function
// runs here, in the caller's goroutine, when the writer says so: a panic or
// an exit of the goroutine is the caller's alone.
func (w *writer) write(ctx context.Context, f func(*Tx) error) error {
	j := &job{turn: make(chan *Tx, 1), ran: make(chan error, 1), done: make(chan error, 1)}
	if err := w.enter(ctx, j); err != nil {
		return err
	}
	select {
	case tx := <-j.turn:
		j.run(ctx, tx, f)
		return <-j.done
	case err := <-j.done:
		return err
	}
}

// enter waits until the writer takes the job.
func (w *writer) enter(ctx context.Context, j *job) error {
	w.waiting.Add(1)
	defer w.waiting.Add(-1)
	select {
	case w.jobs <- j:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-w.closing:
		return ErrClosed
	}
}

// run calls f and tells the writer the outcome, however f ends.
func (j *job) run(ctx context.Context, tx *Tx, f func(*Tx) error) {
	err := errGone
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("a write panicked: %v\n%s", p, debug.Stack())
		}
		// The first failed statement is the reason even if f hides it.
		if first := tx.end(); err == nil {
			err = first
		}
		j.ran <- err
	}()
	if err = ctx.Err(); err == nil {
		err = errGone
		err = f(tx)
	}
}

func (w *writer) close() {
	w.once.Do(func() { close(w.closing) })
	<-w.closed
}

func (w *writer) loop() {
	defer close(w.closed)
	defer w.known.close()
	for {
		select {
		case j := <-w.jobs:
			w.group(j)
			w.known.prepare(context.Background())
		case <-w.closing:
			return
		}
	}
}

// group runs the job and those that wait behind it in one transaction.
func (w *writer) group(first *job) {
	ctx, cancel := context.WithTimeout(context.Background(), groupLimit)
	defer cancel()
	tx, err := w.begin(ctx)
	if err != nil {
		// Those behind have waited as long as the first: they are told too.
		for j := first; j != nil; j = w.next() {
			j.done <- fmt.Errorf("beginning a write: %w", err)
		}
		return
	}
	var kept []*job
	started := time.Now()
	for j, n := first, 1; j != nil; n++ {
		own, broken := w.one(ctx, tx, j)
		if broken != nil {
			_ = tx.Rollback()
			j.done <- errors.Join(own, broken)
			tell(kept, broken)
			return
		}
		if own != nil {
			j.done <- own
		} else {
			kept = append(kept, j)
		}
		j = nil
		if n < groupSize && time.Since(started) < groupTime {
			j = w.next()
		}
	}
	tell(kept, w.keep(func() error { return w.commit(tx) }, len(kept)))
}

// begin starts a transaction with its first savepoint.
func (w *writer) begin(ctx context.Context) (*sql.Tx, error) {
	tx, err := begin(ctx, w.eng, w.pool, &sql.TxOptions{})
	if err != nil {
		return nil, err
	}
	if _, err := w.known.exec(ctx, tx, openWrite); err != nil {
		return nil, errors.Join(err, tx.Rollback())
	}
	return tx, nil
}

// next gives the job that waits, or nil.
func (w *writer) next() *job {
	select {
	case j := <-w.jobs:
		return j
	default:
		return nil
	}
}

// Each write stands between two savepoints.
const (
	openWrite  = "SAVEPOINT w"
	closeWrite = "RELEASE SAVEPOINT w"
	dropWrite  = "ROLLBACK TO SAVEPOINT w"
)

// one runs a job within its savepoint. own is the failure of this job alone;
// broken says that the transaction is lost for all who share it.
func (w *writer) one(ctx context.Context, tx *sql.Tx, j *job) (own, broken error) {
	j.turn <- &Tx{sql: tx, eng: w.eng, known: w.known, group: ctx}
	own = <-j.ran
	end := w.known.keepWrite
	if own != nil {
		end = w.known.dropWrite
	}
	if err := end(ctx, tx); err != nil {
		return own, fmt.Errorf("%w: %w", errShared, err)
	}
	return own, nil
}

func (w *writer) commit(tx *sql.Tx) error {
	err := tx.Commit()
	switch {
	case err == nil:
		return nil
	case w.eng.lost(err) || errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%w: %w", ErrUnknown, err)
	default:
		return fmt.Errorf("committing: %w", err)
	}
}

// tell gives the outcome to all jobs.
func tell(jobs []*job, err error) {
	for _, j := range jobs {
		j.done <- err
	}
}
