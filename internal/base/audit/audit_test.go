package audit_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/audit"
	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/base/seal"
)

var (
	ctx   = context.Background()
	noon  = time.Date(2026, 11, 23, 12, 0, 0, 123456000, time.UTC)
	alice = acl.Caller{ID: "u1", Name: "Alice", Role: acl.Lead}
)

func newLog() *audit.Log { return &audit.Log{Clock: func() time.Time { return noon }} }

func write(t *testing.T, d *db.DB, f func(tx *db.Tx) error) {
	t.Helper()
	if err := d.Write(ctx, f); err != nil {
		t.Fatal(err)
	}
}

func newKey(t *testing.T, d *db.DB, scope string) (key *seal.Key) {
	t.Helper()
	ring, err := seal.OpenKeyring(seal.NewMaster(rand.Reader))
	if err != nil {
		t.Fatal(err)
	}
	write(t, d, func(tx *db.Tx) (err error) {
		key, err = ring.Create(ctx, tx, scope)
		return err
	})
	return key
}

// fill appends n entries, every other one sealed.
func fill(t *testing.T, d *db.DB, key *seal.Key, n int) {
	t.Helper()
	for i := range n {
		write(t, d, func(tx *db.Tx) error {
			k := key
			if i%2 == 1 {
				k = nil
			}
			return newLog().Append(ctx, tx, k, alice, acl.CaseEdit, "case/a", map[string]string{"n": fmt.Sprint(i)})
		})
	}
}

func verify(t *testing.T, d *db.DB, kept audit.Head) (h audit.Head, err error) {
	t.Helper()
	if e := d.Read(ctx, func(q db.Queryer) error {
		h, err = audit.VerifyFrom(ctx, q, kept, nil)
		return nil
	}); e != nil {
		t.Fatal(e)
	}
	for _, size := range []int{1, 2, 4} {
		if at, inParts := verifyParts(t, d, kept, size); at != h || fmt.Sprint(inParts) != fmt.Sprint(err) {
			t.Errorf("in parts of %d: %+v, %v; at once: %+v, %v", size, at, inParts, h, err)
		}
	}
	return h, err
}

// verifyParts does what verify does by reads of a few entries each.
func verifyParts(t *testing.T, d *db.DB, kept audit.Head, size int) (at audit.Head, err error) {
	t.Helper()
	for whole := false; !whole && err == nil; {
		if e := d.Read(ctx, func(q db.Queryer) error {
			at, whole, err = audit.VerifyPart(ctx, q, at, kept, size)
			return nil
		}); e != nil {
			t.Fatal(e)
		}
	}
	return at, err
}

func latest(t *testing.T, d *db.DB) (h audit.Head) {
	t.Helper()
	if err := d.Read(ctx, func(q db.Queryer) (err error) {
		h, err = audit.Latest(ctx, q)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return h
}

func timeline(t *testing.T, d *db.DB, key *seal.Key, subject string) (es []audit.Entry, err error) {
	t.Helper()
	if e := d.Read(ctx, func(q db.Queryer) error {
		es, err = audit.Timeline(ctx, q, key, subject)
		return nil
	}); e != nil {
		t.Fatal(e)
	}
	return es, err
}

func TestAppendAndRead(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		key := newKey(t, d, "case/a")
		secret := map[string]string{"reason": "the canary sings", "state": ""}
		log := newLog()
		write(t, d, func(tx *db.Tx) error {
			return errors.Join(
				log.Append(ctx, tx, key, alice, acl.CaseEdit, "case/a", secret),
				log.Append(ctx, tx, nil, acl.Nobody(), acl.ReportSubmit, "case/b", nil),
				log.Append(ctx, tx, nil, acl.Myself(), acl.ReleaseDue, "case/a", map[string]string{"id": "ß"}))
		})
		es, err := timeline(t, d, key, "case/a")
		if err != nil || len(es) != 2 {
			t.Fatalf("%d entries, %v", len(es), err)
		}
		e := es[0]
		if e.Seq != 1 || !e.At.Equal(noon) || e.At.Location() != time.UTC || e.Actor != "u1" || e.ActorName != "Alice" ||
			e.Role != "lead" || e.Action != "edit the case" || e.Subject != "case/a" || !e.Sealed ||
			!maps.Equal(e.Detail, secret) || e.Prev != "" || len(e.Hash) != 64 {
			t.Errorf("the first entry is %+v", e)
		}
		if es[1].Seq != 3 || es[1].Sealed || es[1].Detail["id"] != "ß" {
			t.Errorf("the second entry is %+v", es[1])
		}
		if es, err = timeline(t, d, nil, "case/a"); err != nil || es[0].Detail != nil || es[1].Detail == nil {
			t.Errorf("without the key: %+v, %v", es, err)
		}
		if _, err = timeline(t, d, newKey(t, d, "case/b"), "case/a"); err == nil {
			t.Error("another key opened the entry")
		}
		var dump bytes.Buffer
		if err := d.Dump(ctx, &dump); err != nil || strings.Contains(dump.String(), "canary") {
			t.Errorf("the sealed detail is in the database in clear (%v)", err)
		}
	})
}

func TestPage(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		fill(t, d, newKey(t, d, "case/a"), 7)
		var got []int64
		before := int64(0)
		for {
			var es []audit.Entry
			if err := d.Read(ctx, func(q db.Queryer) (err error) {
				es, err = audit.Page(ctx, q, before, 3)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			if len(es) == 0 {
				break
			}
			for _, e := range es {
				got = append(got, e.Seq)
				before = e.Seq
			}
		}
		if fmt.Sprint(got) != "[7 6 5 4 3 2 1]" {
			t.Errorf("the pages hold %v", got)
		}
	})
}

func TestNoDeedNoEntry(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		fill(t, d, nil, 2)
		refused := errors.New("refused")
		err := d.Write(ctx, func(tx *db.Tx) error {
			return errors.Join(newLog().Append(ctx, tx, nil, alice, acl.CaseEdit, "", nil), refused)
		})
		if !errors.Is(err, refused) {
			t.Fatal(err)
		}
		fill(t, d, nil, 1)
		if h, err := verify(t, d, audit.Head{}); err != nil || h.Seq != 3 {
			t.Errorf("the record ends at %d, %v", h.Seq, err)
		}
	})
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var wg sync.WaitGroup
		for i := range 64 {
			wg.Go(func() {
				err := d.Write(ctx, func(tx *db.Tx) error {
					err := newLog().Append(ctx, tx, nil, alice, acl.CaseEdit, "case/a", nil)
					if i%4 == 0 {
						err = errors.Join(err, errors.New("refused"))
					}
					return err
				})
				if (err != nil) != (i%4 == 0) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		calls := int64(0)
		if err := d.Read(ctx, func(q db.Queryer) error {
			h, err := audit.Verify(ctx, q, func(done int64) { calls += done })
			if h != latestIn(t, q) || h.Seq != 48 || calls != 48 {
				t.Errorf("the head is %+v, progress told %d", h, calls)
			}
			return err
		}); err != nil {
			t.Error(err)
		}
	})
}

func latestIn(t *testing.T, q db.Queryer) audit.Head {
	t.Helper()
	h, err := audit.Latest(ctx, q)
	if err != nil {
		t.Error(err)
	}
	return h
}

func TestEmptyRecord(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if h, err := verify(t, d, audit.Head{}); err != nil || h != (audit.Head{}) || latest(t, d) != h {
			t.Errorf("%+v, %v", h, err)
		}
	})
}

// TestTampering changes a record of 9 entries behind our back, in one way at a
// time. The first entry that is not as it was written must be named.
func TestTampering(t *testing.T) {
	t.Parallel()
	const last = "(SELECT hash FROM audit WHERE seq = 8)"
	for _, c := range []struct {
		name string
		sql  string // statements parted by ;
		want int64
	}{
		{"time", "UPDATE audit SET at = at + 1 WHERE seq = 4", 4},
		{"actor", "UPDATE audit SET actor = 'u2' WHERE seq = 4", 4},
		{"name of the actor", "UPDATE audit SET actor_name = '' WHERE seq = 4", 4},
		{"role", "UPDATE audit SET role = 'handler' WHERE seq = 4", 4},
		{"action", "UPDATE audit SET action = 'see the case' WHERE seq = 4", 4},
		{"subject", "UPDATE audit SET subject = 'case/b' WHERE seq = 4", 4},
		{"sealed", "UPDATE audit SET sealed = NOT sealed WHERE seq = 4", 4},
		{"detail", "UPDATE audit SET detail = (SELECT detail FROM audit WHERE seq = 6) WHERE seq = 4", 4},
		{"hash before", "UPDATE audit SET prev = hash WHERE seq = 4", 4},
		{"hash", "UPDATE audit SET hash = prev WHERE seq = 4", 4},
		{"hash in capitals", "UPDATE audit SET hash = UPPER(hash) WHERE seq = 4", 4},
		{"text moved between columns", "UPDATE audit SET actor = 'u', actor_name = '1Alice' WHERE seq = 4", 4},
		{"first entry", "UPDATE audit SET actor = 'u2' WHERE seq = 1", 1},
		{"last entry", "UPDATE audit SET actor = 'u2' WHERE seq = 9", 9},
		{"two entries", "UPDATE audit SET actor = 'u2' WHERE seq IN (3, 7)", 3},

		{"first removed", "DELETE FROM audit WHERE seq = 1", 1},
		{"one removed", "DELETE FROM audit WHERE seq = 4", 4},
		{"one removed, the rest moved up", "DELETE FROM audit WHERE seq = 4; UPDATE audit SET seq = 4 WHERE seq = 5", 4},
		{"last removed", "DELETE FROM audit WHERE seq = 9", 9},
		{"last two removed", "DELETE FROM audit WHERE seq > 7", 8},
		{"all removed", "DELETE FROM audit", 1},
		{"head removed", "DELETE FROM audit_head", 1},
		{"head altered", "UPDATE audit_head SET hash = 'x'", 9},
		{"head turned back", "UPDATE audit_head SET seq = 8, hash = " + last, 9},

		{"swapped", "UPDATE audit SET seq = 99 WHERE seq = 4; UPDATE audit SET seq = 4 WHERE seq = 5; UPDATE audit SET seq = 5 WHERE seq = 99", 4},
		{"renumbered", "UPDATE audit SET seq = 10 WHERE seq = 4", 4},

		{"put in at the end", copyOf(9, "10", "hash"), 10},
		{"put in at the front", copyOf(1, "0", "''"), 0},
		{"put in far below", copyOf(1, "-5", "''"), -5},
		{"put in between", "UPDATE audit SET seq = seq + 100 WHERE seq > 4; UPDATE audit SET seq = seq - 99 WHERE seq > 100;" + copyOf(4, "5", "hash"), 5},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := dbtest.Open(t, "sqlite")
			fill(t, d, newKey(t, d, "case/a"), 9)
			if _, err := verify(t, d, audit.Head{}); err != nil {
				t.Fatal(err)
			}
			tamper(t, d, c.sql)
			mustBreakAt(t, d, audit.Head{}, c.want)
		})
	}
}

// copyOf inserts a copy of an entry under another number.
func copyOf(seq int, number, prev string) string {
	return fmt.Sprintf(`INSERT INTO audit SELECT %s, at, actor, actor_name, role, action, subject, sealed, detail, %s, hash
		FROM audit WHERE seq = %d`, number, prev, seq)
}

func tamper(t *testing.T, d *db.DB, statements string) {
	t.Helper()
	write(t, d, func(tx *db.Tx) error {
		for s := range strings.SplitSeq(statements, ";") {
			if _, err := tx.Exec(ctx, s); err != nil {
				return err
			}
		}
		return nil
	})
}

func mustBreakAt(t *testing.T, d *db.DB, kept audit.Head, want int64) {
	t.Helper()
	_, err := verify(t, d, kept)
	broken, ok := errors.AsType[*audit.BrokenError](err)
	if !ok || broken.Seq != want || !strings.Contains(err.Error(), fmt.Sprintf("entry %d:", want)) {
		t.Errorf("the error is %v, and should name entry %d", err, want)
	}
}

// TestHeadKeptElsewhere finds what only a copy of the head can show: an end
// that was cut off together with the stored head, and a record that was
// written anew.
func TestHeadKeptElsewhere(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		fill(t, d, nil, 5)
		kept := latest(t, d)
		fill(t, d, nil, 3)
		if h, err := verify(t, d, kept); err != nil || h.Seq != 8 {
			t.Fatalf("a good record that went on: %+v, %v", h, err)
		}
		tamper(t, d, "DELETE FROM audit WHERE seq > 4; UPDATE audit_head SET seq = 4, hash = (SELECT hash FROM audit WHERE seq = 4)")
		if _, err := verify(t, d, audit.Head{}); err != nil {
			t.Fatalf("the case is not what it should be: %v", err)
		}
		mustBreakAt(t, d, kept, 5)

		tamper(t, d, "DELETE FROM audit; DELETE FROM audit_head")
		other := &audit.Log{Clock: func() time.Time { return noon.Add(time.Hour) }}
		for range 9 {
			write(t, d, func(tx *db.Tx) error { return other.Append(ctx, tx, nil, alice, acl.CaseEdit, "case/a", nil) })
		}
		if _, err := verify(t, d, audit.Head{}); err != nil {
			t.Fatalf("the case is not what it should be: %v", err)
		}
		mustBreakAt(t, d, kept, 5)
	})
}
