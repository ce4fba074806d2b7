package jobs

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/base/errs"
	"steward/internal/base/seal"
	"steward/internal/base/trial"
)

func newQueue(t *testing.T, d *db.DB) (*Queue, *trial.Clock) {
	t.Helper()
	ring, err := seal.OpenKeyring(seal.NewMaster(rand.Reader))
	if err != nil {
		t.Fatal(err)
	}
	w := trial.NewClock(time.Date(2026, 3, 24, 10, 0, 0, 0, time.UTC))
	return &Queue{DB: d, Keys: ring, Clock: w.Now, Rand: rand.Reader}, w
}

func put(t *testing.T, q *Queue, j Job) (id string) {
	t.Helper()
	err := q.DB.Write(t.Context(), func(tx *db.Tx) (err error) {
		id, err = q.Put(t.Context(), tx, j)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func status(t *testing.T, q *Queue, id string) Status {
	t.Helper()
	var s Status
	err := q.DB.Read(t.Context(), func(r db.Queryer) error {
		all, err := q.Status(t.Context(), r, []string{id})
		s = all[id]
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func step(t *testing.T, r *Runner) int {
	t.Helper()
	n, err := r.Step(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestOnceForEachDeed(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		q, _ := newQueue(t, d)
		first := put(t, q, Job{Kind: "letter", Key: "a", Scope: "mail", Body: []byte("one")})
		if again := put(t, q, Job{Kind: "letter", Key: "a", Scope: "mail", Body: []byte("two")}); again != first {
			t.Errorf("the same deed put two jobs: %s and %s", first, again)
		}
		if other := put(t, q, Job{Kind: "webhook", Key: "a", Scope: "mail"}); other == first {
			t.Error("a job of another kind was taken for the same")
		}
		var got []string
		r := &Runner{Queue: q, Workers: []Worker{{Kind: "letter", Do: func(_ context.Context, k Task) error {
			got = append(got, string(k.Body))
			return nil
		}}}}
		if step(t, r); !slices.Equal(got, []string{"one"}) {
			t.Errorf("done: %q", got)
		}
		if put(t, q, Job{Kind: "letter", Key: "a", Scope: "mail", Body: []byte("three")}); step(t, r) != 0 {
			t.Error("a deed that was done was done again")
		}
		if s := status(t, q, first); s.State != Done || s.Attempts != 1 || s.Ended.IsZero() {
			t.Errorf("it stands as %+v", s)
		}
	})
}

// TestPutGoesWithTheDeed: a deed that is undone puts no job.
func TestPutGoesWithTheDeed(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		q, _ := newQueue(t, d)
		undone := errors.New("undone")
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			if _, err := q.Put(t.Context(), tx, Job{Kind: "letter", Key: "a", Scope: "mail"}); err != nil {
				return err
			}
			return undone
		})
		if !errors.Is(err, undone) {
			t.Fatal(err)
		}
		r := &Runner{Queue: q, Workers: []Worker{{Kind: "letter", Do: func(context.Context, Task) error { return nil }}}}
		if n := step(t, r); n != 0 {
			t.Errorf("%d jobs of an undone deed were done", n)
		}
	})
}

func TestTriedAgainAndGivenUp(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		q, w := newQueue(t, d)
		id := put(t, q, Job{Kind: "letter", Key: "a", Scope: "mail", At: w.Now().Add(time.Hour)})
		refuse := true
		r := &Runner{Queue: q, Workers: []Worker{{Kind: "letter", Do: func(_ context.Context, k Task) error {
			if k.ID != id {
				t.Errorf("the attempt has the name %s, not %s", k.ID, id)
			}
			if refuse {
				return Temporary("the relay\nsays 451", errors.New("secret words"))
			}
			return nil
		}}}}
		if n := step(t, r); n != 0 {
			t.Fatalf("%d attempts before the hour", n)
		}
		w.Move(time.Hour)
		attempts := 0
		for status(t, q, id).State == Waiting {
			attempts += step(t, r)
			if attempts > 200 {
				t.Fatal("it is never given up")
			}
			w.Move(15 * time.Second)
			if s := status(t, q, id); s.State == Waiting && s.Next.After(w.Now()) {
				w.Move(s.Next.Sub(w.Now()))
			}
		}
		s := status(t, q, id)
		if s.State != Failed || s.Problem != "the relay says 451" || attempts != s.Attempts {
			t.Errorf("after %d attempts: %+v", attempts, s)
		}
		if took := s.Ended.Sub(s.Created); took < 4*24*time.Hour || took > 5*24*time.Hour {
			t.Errorf("given up after %s", took)
		}
		refuse = false
		if err := d.Write(t.Context(), func(tx *db.Tx) error { return q.Retry(t.Context(), tx, id) }); err != nil {
			t.Fatal(err)
		}
		if step(t, r); status(t, q, id).State != Done {
			t.Errorf("tried again by a person: %+v", status(t, q, id))
		}
	})
}

func TestPermanentFailure(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		q, _ := newQueue(t, d)
		id := put(t, q, Job{Kind: "letter", Key: "a", Scope: "mail"})
		other := put(t, q, Job{Kind: "letter", Key: "b", Scope: "mail"})
		r := &Runner{Queue: q, Workers: []Worker{{Kind: "letter", Do: func(_ context.Context, k Task) error {
			if k.ID == id {
				return Permanent("no such mailbox", nil)
			}
			panic("a fault of ours")
		}}}}
		if n := step(t, r); n != 2 {
			t.Errorf("%d attempts", n)
		}
		if s := status(t, q, id); s.State != Failed || s.Problem != "no such mailbox" {
			t.Errorf("it stands as %+v", s)
		}
		if s := status(t, q, other); s.State != Waiting || s.Problem == "" {
			t.Errorf("after a panic: %+v", s)
		}
	})
}

// TestWhatACrashLeft: an attempt that was begun and never ended is made again at
// once; one that ends the process each time waits longer each time, and keeps no
// other from being made.
func TestWhatACrashLeft(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		q, w := newQueue(t, d)
		id := put(t, q, Job{Kind: "letter", Key: "a", Scope: "mail", Body: []byte("x")})
		for crash := range len(pauses) + 3 {
			if tasks, err := q.claim(t.Context(), "letter", 10); err != nil || len(tasks) != 1 || tasks[0].ID != id {
				t.Fatalf("crash %d: %v %v", crash, tasks, err)
			}
			if tasks, err := q.claim(t.Context(), "letter", 10); err != nil || len(tasks) != 0 {
				t.Fatalf("it was taken twice: %v %v", tasks, err)
			}
			if err := q.recover(t.Context()); err != nil {
				t.Fatal(err)
			}
			want := time.Duration(0)
			if crash > 0 {
				want = pauses[min(crash, len(pauses))-1]
			}
			if s := status(t, q, id); s.State != Waiting || s.Next.Sub(w.Now()) != want {
				t.Fatalf("after crash %d it waits %v, want %v: %+v", crash, s.Next.Sub(w.Now()), want, s)
			}
			w.Move(want)
		}
		var last Task
		r := &Runner{Queue: q, Workers: []Worker{{Kind: "letter", Do: func(_ context.Context, k Task) error {
			last = k
			return nil
		}}}}
		if step(t, r); last.ID != id || last.Attempts != len(pauses)+4 {
			t.Errorf("taken up again as %+v", last)
		}
	})
}

// TestManyAtOnce: a thousand jobs and eight hands: each is done once.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		q, _ := newQueue(t, d)
		const many = 1000
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			for i := range many {
				if _, err := q.Put(t.Context(), tx, Job{Kind: "letter", Key: fmt.Sprint(i), Scope: "mail", Body: []byte(fmt.Sprint(i))}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		var n, most, now atomic.Int64
		var seen sync.Map
		r := &Runner{Queue: q, Workers: []Worker{{Kind: "letter", Most: 8, Do: func(_ context.Context, k Task) error {
			if at := now.Add(1); at > most.Load() {
				most.Store(at)
			}
			defer now.Add(-1)
			if _, twice := seen.LoadOrStore(string(k.Body), true); twice {
				t.Errorf("%s was done twice", k.Body)
			}
			if n.Add(1) == many {
				stop()
			}
			return nil
		}}}}
		r.Run(ctx)
		counts := map[State]int{}
		if err := d.Read(t.Context(), func(v db.Queryer) (err error) { counts, err = q.Counts(t.Context(), v); return err }); err != nil {
			t.Fatal(err)
		}
		if n.Load() != many || counts[Done] != many || most.Load() > 8 {
			t.Errorf("%d done, %v kept, %d at once", n.Load(), counts, most.Load())
		}
	})
}

func TestEveryEventInEveryState(t *testing.T) {
	t.Parallel()
	for _, s := range States {
		for _, e := range events {
			to, err := s.step(e)
			want, ok := moves[s][e]
			if ok != (err == nil) || (ok && to != want) || (!ok && to != s) {
				t.Errorf("%s, %s: %s, %v", s, e, to, err)
			}
		}
	}
	if len(moves[Dropped]) != 0 {
		t.Error("what was dropped can be moved")
	}
}

func TestDropAndRetryAreRefusedElsewhere(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		q, _ := newQueue(t, d)
		id := put(t, q, Job{Kind: "letter", Key: "a", Scope: "mail"})
		try := func(f func(context.Context, *db.Tx, string) error, id string) error {
			return d.Write(t.Context(), func(tx *db.Tx) error { return f(t.Context(), tx, id) })
		}
		if err := try(q.Retry, id); !errs.Is(err, errs.Conflict) {
			t.Errorf("a waiting job was put back: %v", err)
		}
		if err := try(q.Drop, "none"); !errs.Is(err, errs.NotFound) {
			t.Errorf("no job was dropped: %v", err)
		}
		if err := try(q.Drop, id); err != nil {
			t.Error(err)
		}
		r := &Runner{Queue: q, Workers: []Worker{{Kind: "letter", Do: func(context.Context, Task) error { return nil }}}}
		if step(t, r) != 0 {
			t.Error("a dropped job was done")
		}
	})
}

// TestSealed: the body is nowhere in clear, and opens in no other place.
func TestSealed(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		q, _ := newQueue(t, d)
		a := put(t, q, Job{Kind: "letter", Key: "a", Scope: "mail", Body: []byte("canary in a body")})
		b := put(t, q, Job{Kind: "letter", Key: "b", Scope: "mail", Body: []byte("other")})
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `UPDATE jobs SET body = (SELECT body FROM jobs WHERE id = $1) WHERE id = $2`, a, b)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		r := &Runner{Queue: q, Workers: []Worker{{Kind: "letter", Do: func(_ context.Context, k Task) error { return nil }}}}
		step(t, r)
		if s := status(t, q, b); s.State != Failed {
			t.Errorf("a body was taken for another's: %+v", s)
		}
		if s := status(t, q, a); s.State != Done {
			t.Errorf("what was altered stood in the way of another: %+v", s)
		}
	})
}
