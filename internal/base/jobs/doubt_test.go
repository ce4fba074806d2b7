package jobs

import (
	"context"
	"errors"
	"testing"
	"time"

	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
)

// ends are the ways in which an attempt ends after its doubt was written down.
var ends = map[string]struct {
	leaves bool // the doubt
	end    func() error
}{
	"well":      {false, func() error { return nil }},
	"refused":   {false, func() error { return Temporary("451", nil) }},
	"for good":  {false, func() error { return Permanent("550", nil) }},
	"no answer": {true, func() error { return Unknown("no answer", nil) }},
	"our fault": {true, func() error { return errors.New("a fault") }},
	"a panic":   {true, func() error { panic("a fault") }},
}

// doubtsOf reads how many a job has.
func doubtsOf(t *testing.T, q *Queue, id string) (n int) {
	t.Helper()
	if err := q.DB.Read(t.Context(), func(r db.Queryer) error {
		return r.QueryRow(t.Context(), `SELECT doubts FROM jobs WHERE id = $1`, id).Scan(&n)
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestDoubts: only an end that nobody knows leaves a doubt, and an attempt that
// was not in doubt leaves none.
func TestDoubts(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		q, _ := newQueue(t, d)
		for name, way := range ends {
			for _, begun := range []bool{true, false} {
				id := put(t, q, Job{Kind: name, Key: name + map[bool]string{true: " begun"}[begun], Scope: "mail"})
				r := &Runner{Queue: q, Workers: []Worker{{Kind: name, Do: func(ctx context.Context, k Task) error {
					if begun {
						if err := q.Doubt(ctx, k.ID); err != nil {
							t.Error(err)
						}
						if n := doubtsOf(t, q, k.ID); n != 1 {
							t.Errorf("%s: %d doubts are written down before it ends", name, n)
						}
					}
					return way.end()
				}}}}
				step(t, r)
				want := 0
				if begun && way.leaves {
					want = 1
				}
				if got := doubtsOf(t, q, id); got != want {
					t.Errorf("%s, begun %t: %d doubts, want %d", name, begun, got, want)
				}
			}
		}
	})
}

// TestTwoDoubtsAreTheMost: what nobody knows is done twice and no more, whether
// the process ends or no answer comes, and whatever goes wrong between. A person
// can have it done again.
func TestTwoDoubtsAreTheMost(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		// k: killed after it was done; u: no answer; t: refused for now, after the
		// doubt; n: failed before it.
		q, w := newQueue(t, d)
		for _, story := range []string{"kkk", "uuu", "kuk", "uku", "tkntnuk", "utk", "nknk", "tttkk"} {
			id := put(t, q, Job{Kind: story, Key: story, Scope: "mail"})
			done, at := 0, 0
			r := &Runner{Queue: q, Workers: []Worker{{Kind: story, Do: func(ctx context.Context, k Task) error {
				now := story[at%len(story)]
				at++
				if now == 'n' {
					return Temporary("later", nil)
				}
				if err := q.Doubt(ctx, k.ID); err != nil {
					return err
				}
				if now == 't' {
					return Temporary("451", nil)
				}
				done++
				return Unknown("no answer", nil)
			}}}}
			for range 20 {
				if s := status(t, q, id); s.State != Waiting {
					break
				}
				if story[at%len(story)] == 'k' {
					at++
					tasks, err := q.claim(t.Context(), story, 1)
					if err != nil || len(tasks) != 1 {
						t.Fatalf("%s: %v, %v", story, tasks, err)
					}
					if err := q.Doubt(t.Context(), id); err != nil {
						t.Fatal(err)
					}
					done++
					if err := q.recover(t.Context()); err != nil {
						t.Fatal(err)
					}
				} else {
					step(t, r)
				}
				w.Move(5 * time.Hour)
			}
			if s := status(t, q, id); done != 2 || s.State != Failed || s.Problem != inDoubt || s.Ended.IsZero() {
				t.Errorf("%s: done %d times: %+v", story, done, s)
			}
			if err := d.Write(t.Context(), func(tx *db.Tx) error { return q.Retry(t.Context(), tx, id) }); err != nil {
				t.Fatal(err)
			}
			again := &Runner{Queue: q, Workers: []Worker{{Kind: story, Do: func(ctx context.Context, k Task) error { return q.Doubt(ctx, k.ID) }}}}
			if step(t, again); status(t, q, id).State != Done {
				t.Errorf("%s, tried again by a person: %+v", story, status(t, q, id))
			}
		}
	})
}

// TestNoThirdDoubt: the door itself lets nobody through who comes a third time,
// or for what is not under way.
func TestNoThirdDoubt(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		q, _ := newQueue(t, d)
		id := put(t, q, Job{Kind: "letter", Key: "a", Scope: "mail"})
		if err := q.Doubt(t.Context(), id); err == nil {
			t.Error("what waits was in doubt")
		}
		if _, err := q.claim(t.Context(), "letter", 1); err != nil {
			t.Fatal(err)
		}
		for n := range 3 {
			if err := q.Doubt(t.Context(), id); (err == nil) != (n < mostDoubts) {
				t.Errorf("doubt %d: %v", n, err)
			}
		}
	})
}
