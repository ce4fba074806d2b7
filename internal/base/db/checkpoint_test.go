package db_test

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"steward/internal/base/db"
)

// TestJournalStaysShort: while many write without a pause, what they wrote is
// moved to the database file, and the journal takes no more than it may.
func TestJournalStaysShort(t *testing.T) {
	t.Parallel()
	const most = 128 << 20 // bytes: twice the pages at which a commit moves them
	path := filepath.Join(t.TempDir(), "test.db")
	d, err := db.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	mustExec(t, d, "CREATE TABLE wide (id BIGINT PRIMARY KEY, words TEXT)")
	var writers sync.WaitGroup
	for w := range 4 {
		writers.Go(func() {
			for n := range 30 {
				ctx := context.Background()
				if err := d.Write(ctx, func(tx *db.Tx) error {
					_, err := tx.Exec(ctx, "INSERT INTO wide (id, words) VALUES ($1, hex(zeroblob(1000000)))", 1000*w+n)
					return err
				}); err != nil {
					t.Error(err)
				}
				if i, err := os.Stat(path + "-wal"); err != nil || i.Size() > most {
					t.Errorf("the journal: %v, %v", i, err)
				}
			}
		})
	}
	writers.Wait()
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if i, err := os.Stat(path); err != nil || i.Size() < 240_000_000 {
		t.Errorf("the database: %v, %v", i, err)
	}
}
