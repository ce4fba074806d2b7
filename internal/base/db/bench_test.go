package db_test

import (
	"context"
	"path/filepath"
	"sync/atomic"
	"testing"

	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
)

// These wait for the disk, as in earnest. One operation is one write.

func BenchmarkWrite1(b *testing.B) {
	eachDurable(b, func(b *testing.B, d *db.DB) {
		n := 0
		for b.Loop() {
			n++
			writeNumber(b, d, n)
		}
	})
}

func BenchmarkWrite64(b *testing.B) {
	eachDurable(b, func(b *testing.B, d *db.DB) {
		var n atomic.Int64
		b.SetParallelism(64)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				writeNumber(b, d, int(n.Add(1)))
			}
		})
	})
}

func writeNumber(b *testing.B, d *db.DB, n int) {
	ctx := context.Background()
	if err := d.Write(ctx, func(tx *db.Tx) error { return insert(ctx, tx, n) }); err != nil {
		b.Error(err)
	}
}

func eachDurable(b *testing.B, f func(b *testing.B, d *db.DB)) {
	open := map[string]func(b *testing.B) *db.DB{
		"sqlite": func(b *testing.B) *db.DB {
			d, err := db.Open(context.Background(), filepath.Join(b.TempDir(), "bench.db"))
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() { _ = d.Close() })
			return d
		},
		"postgres": func(b *testing.B) *db.DB { return dbtest.NewServer(b).Open(b) },
	}
	for _, engine := range dbtest.Engines {
		b.Run(engine, func(b *testing.B) {
			d := open[engine](b)
			ctx := context.Background()
			err := d.Write(ctx, func(tx *db.Tx) error {
				_, err := tx.Exec(ctx, numbers)
				return err
			})
			if err != nil {
				b.Fatal(err)
			}
			b.ResetTimer()
			f(b, d)
		})
	}
}
