package db

import (
	"context"
	"database/sql"
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/ncruces/go-sqlite3"
)

// What is committed stands in the journal first and has to be moved to the
// database file in the end (https://sqlite.org/wal.html#ckpt). By itself SQLite
// does so within the commit that makes the journal longer than it should be,
// and a burst of writes would wait for every few dozen of them to be moved.
const (
	moveAfter   = 1_000  // pages that are moved beside the writes
	journalMost = 16_000 // pages at which a commit does the moving, so that the journal starts anew
)

// mover moves pages from the journal beside the writes.
type mover struct {
	pool   *sql.DB
	moving atomic.Bool
	moved  atomic.Int64 // pages of the journal that lie in the file already
	work   sync.WaitGroup
}

// committed is called after each commit with the length of the journal in
// pages. The commit is good, whatever comes of this: it gives no error.
func (m *mover) committed(c *sqlite3.Conn, schema string, pages int) error {
	if int64(pages) < m.moved.Load() {
		m.moved.Store(0) // the journal has started anew
	}
	switch {
	case pages >= journalMost:
		// Where someone still reads an older state, the next commit tries again.
		_, _, _ = c.WALCheckpoint(schema, sqlite3.CHECKPOINT_PASSIVE)
	case int64(pages)-m.moved.Load() >= moveAfter && m.moving.CompareAndSwap(false, true):
		m.work.Go(func() {
			defer m.moving.Store(false)
			m.move()
		})
	}
	return nil
}

func (m *mover) move() {
	var busy, all, moved int64
	err := m.pool.QueryRowContext(context.Background(), "PRAGMA wal_checkpoint(PASSIVE)").Scan(&busy, &all, &moved)
	if err != nil {
		slog.Warn("moving what was committed to the database file; it is tried again", "error", err)
		return
	}
	m.moved.Store(moved)
}
