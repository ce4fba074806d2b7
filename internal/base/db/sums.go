package db

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"
)

// sumPages gives the pages of a database their sums, if they have none: those
// of a new one, or one from before there were any. All pages are written anew
// in one transaction. It is called while no other process opens the database.
func (e *sqliteEngine) sumPages(ctx context.Context) error {
	summed, err := e.summed()
	if summed || err != nil {
		return err
	}
	// The lock keeps out a program that does not know of sums.
	plain, err := driver.Open(e.uri("_pragma", "locking_mode(EXCLUSIVE)"))
	if err != nil {
		return err
	}
	conn, err := plain.Conn(ctx)
	if err == nil {
		err = conn.Raw(func(c any) error { return c.(driver.Conn).Raw().EnableChecksums("main") })
		err = errors.Join(err, conn.Close())
	}
	if err = errors.Join(err, plain.Close()); err != nil {
		if errors.Is(err, sqlite3.BUSY) {
			err = errors.Join(errors.New("another program works on the database: stop it, so that its pages can be given checksums"), err)
		}
		return fmt.Errorf("giving the pages checksums: %w", err)
	}
	if summed, err = e.summed(); err == nil && !summed {
		err = errors.New("the pages were given no checksums")
	}
	return err
}

// summed tells from the header whether pages end in sums. Should the bytes that
// say so be damaged, the sum of the first page shows it.
func (e *sqliteEngine) summed() (bool, error) {
	f, err := os.Open(e.path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	page := make([]byte, 64<<10)
	n, err := io.ReadFull(f, page)
	if n < smallestPage {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			err = nil
		}
		return false, err // a new one, or what SQLite will refuse
	}
	if bytes.HasPrefix(page, magic) && page[reservedAt] == sumBytes {
		return true, nil
	}
	copy(page, magic)
	page[reservedAt] = sumBytes
	for size := smallestPage; size <= n; size *= 2 {
		if sumHolds(page[:size]) {
			return false, damageAt(e.path, "page 1")
		}
	}
	return false, nil
}
