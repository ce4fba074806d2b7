package cvd

import (
	"crypto/rand"
	"sync"
	"testing"

	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
)

// BenchmarkQueue reads the first page of the queue of a hundred thousand cases,
// and that of a rare state.
func BenchmarkQueue(b *testing.B) {
	const filler = 100_000
	for _, engine := range dbtest.Engines {
		b.Run(engine, func(b *testing.B) {
			k := newKit(b, dbtest.Open(b, engine))
			for range 60 {
				k.report()
			}
			crowd(b, k, filler)
			for name, f := range map[string]Filter{"open": {}, "state": {States: []State{Receipt}}} {
				b.Run(name, func(b *testing.B) {
					for b.Loop() {
						page, err := k.Queue(k.ctx, lead, f)
						if err != nil || len(page.Cases) != pageSize {
							b.Fatal(len(page.Cases), err)
						}
					}
				})
			}
		})
	}
}

// crowd adds cases that stand behind all others, open and closed; nobody reads
// them.
func crowd(b *testing.B, k *kit, n int) {
	var wg sync.WaitGroup
	for part := range 100 {
		wg.Go(func() {
			err := k.DB.Write(k.ctx, func(tx *db.Tx) error {
				for i := part; i < n; i += 100 {
					group, state := groupDone, Closed
					if i%10 == 0 {
						group, state = groupIdle, Remediation
					}
					_, err := tx.Exec(k.ctx, `INSERT INTO cases (id, number, state, place_group, place_first, place_second, body)
						VALUES ($1, $2, $3, $4, 0, 0, $5)`, db.NewID(rand.Reader), i+perYear, string(state), group, []byte{})
					if err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				b.Error(err)
			}
		})
	}
	wg.Wait()
}
