package audit

import (
	"context"
	"errors"
	"testing"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
)

// TestSum pins the hash: records that were written must verify for ever.
func TestSum(t *testing.T) {
	t.Parallel()
	s := stored{
		Entry: Entry{
			Seq: 2, Actor: "u1", ActorName: "Alice", Role: "lead", Action: "edit the case", Subject: "case/a", Sealed: true,
			Prev: "ab",
		},
		at:     1790000000000000,
		detail: []byte(`{"a":"b"}`),
	}
	const want = "27e3e039454825c17751915e57c3cc05ed32d96fa71223644190fa6be9ea8064" // computed by another program, too
	if got := s.sum(); got != want {
		t.Errorf("the hash is %s, not %s", got, want)
	}
}

// TestAlteredWithItsHash alters an entry and gives it the hash to match: then
// the entry after it does not follow any more.
func TestAlteredWithItsHash(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		log := &Log{Clock: time.Now}
		err := d.Write(ctx, func(tx *db.Tx) error {
			for range 5 {
				if err := log.Append(ctx, tx, nil, acl.Myself(), acl.ReleaseDue, "", nil); err != nil {
					return err
				}
			}
			s, err := scan(tx.QueryRow(ctx, "SELECT "+columns+" FROM audit WHERE seq = 3"))
			if err != nil {
				return err
			}
			s.Actor = "somebody else"
			_, err = tx.Exec(ctx, "UPDATE audit SET actor = $1, hash = $2 WHERE seq = 3", s.Actor, s.sum())
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		err = d.Read(ctx, func(q db.Queryer) error {
			_, err := Verify(ctx, q, nil)
			return err
		})
		if e, ok := errors.AsType[*BrokenError](err); !ok || e.Seq != 4 {
			t.Errorf("the error is %v", err)
		}
	})
}
