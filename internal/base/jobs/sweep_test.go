package jobs

import (
	"context"
	"fmt"
	"testing"
	"time"

	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
)

// TestSweep: what was done or dropped long ago loses its body and keeps its
// key; what waits, was given up or ended lately keeps both.
func TestSweep(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		q, w := newQueue(t, d)
		done := map[string]int{}
		r := &Runner{Queue: q, Workers: []Worker{{Kind: "letter", Do: func(_ context.Context, t Task) error {
			done[string(t.Body)]++
			if string(t.Body) == "never" {
				return Permanent("refused", nil)
			}
			return nil
		}}}}
		old := map[string]string{}
		for _, body := range []string{"told", "never", "unwanted"} {
			old[body] = put(t, q, Job{Kind: "letter", Key: body, Scope: "s", Body: []byte(body)})
		}
		for i := range sweptAtOnce + 1 { // more than one write forgets
			put(t, q, Job{Kind: "letter", Key: fmt.Sprint(i), Scope: "s", Body: []byte(fmt.Sprint(i))})
		}
		drop := func(id string) {
			if err := d.Write(t.Context(), func(tx *db.Tx) error { return q.Drop(t.Context(), tx, id) }); err != nil {
				t.Fatal(err)
			}
		}
		drop(old["unwanted"])
		step(t, r)
		w.Move(30 * 24 * time.Hour)
		old["late"] = put(t, q, Job{Kind: "letter", Key: "late", Scope: "s", Body: []byte("late")})
		old["waits"] = put(t, q, Job{Kind: "letter", Key: "waits", Scope: "s", Body: []byte("waits"), At: w.Now().Add(time.Hour)})
		step(t, r)

		n, err := q.Sweep(t.Context(), w.Now())
		if err != nil || n != sweptAtOnce+3 {
			t.Errorf("swept %d, %v", n, err)
		}
		if n, err = q.Sweep(t.Context(), w.Now()); n != 0 || err != nil {
			t.Errorf("swept again: %d, %v", n, err)
		}
		for name, kept := range map[string]bool{"told": false, "unwanted": false, "never": true, "late": true, "waits": true} {
			var size int
			if err := d.Read(t.Context(), func(r db.Queryer) error {
				return r.QueryRow(t.Context(), `SELECT length(body) FROM jobs WHERE id = $1`, old[name]).Scan(&size)
			}); err != nil {
				t.Fatal(err)
			}
			if (size > 0) != kept {
				t.Errorf("%s has a body of %d bytes, kept %t", name, size, kept)
			}
		}
		// The same deed is put again, and not done again.
		if id := put(t, q, Job{Kind: "letter", Key: "told", Scope: "s", Body: []byte("told")}); id != old["told"] {
			t.Error("a deed that was forgotten was put anew")
		}
		if step(t, r); done["told"] != 1 {
			t.Errorf("done %d times", done["told"])
		}
	})
}
