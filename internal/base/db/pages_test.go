package db_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
)

const numbered = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) "

// fillPages makes a file of some hundred pages, all of them in the file itself.
func fillPages(t *testing.T) (path string) {
	t.Helper()
	path = dbtest.DSN(t, "sqlite")
	d, err := db.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	mustExec(t, d, "CREATE TABLE big (id BIGINT PRIMARY KEY, words TEXT)",
		numbered+"INSERT INTO big SELECT i, 'row ' || i || ' of the table' FROM n")
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// content reads every row, as the program would.
func content(path string) (digest string, err error) {
	d, err := db.Open(context.Background(), path)
	if err != nil {
		return "", err
	}
	defer d.Close()
	return d.Digest(context.Background())
}

// flip changes one byte of a file.
func flip(t *testing.T, path string, at int64, by byte) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b := make([]byte, 1)
	if _, err := f.ReadAt(b, at); err != nil {
		t.Fatal(err)
	}
	b[0] ^= by
	if _, err := f.WriteAt(b, at); err != nil {
		t.Fatal(err)
	}
}

// TestEveryHeaderByteCounts flips, in each of several ways, each byte of the
// header on which all else depends, the one that says that there are sums too.
func TestEveryHeaderByteCounts(t *testing.T) {
	t.Parallel()
	path := fillPages(t)
	before, err := content(path)
	if err != nil {
		t.Fatal(err)
	}
	for at := range int64(100) {
		for _, by := range []byte{1, 8, 0x30, 0xff} {
			flip(t, path, at, by)
			if _, err := content(path); err == nil {
				t.Errorf("byte %d, altered by %#x, went unseen", at, by)
			} else if d, ok := errors.AsType[*db.DamageError](err); at >= 16 && (!ok || !strings.HasPrefix(d.Where, "page 1 ")) {
				t.Errorf("byte %d, altered by %#x: %v", at, by, err)
			}
			flip(t, path, at, by)
		}
	}
	if after, err := content(path); err != nil || after != before {
		t.Errorf("after all was put right: %v, %v", after == before, err)
	}
}

// TestDamageWhileOpen flips a byte under an open database, which must neither
// read nor write the page.
func TestDamageWhileOpen(t *testing.T) {
	t.Parallel()
	path := fillPages(t)
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := int64(strings.Index(string(raw), "row 1500 of the table"))
	d, err := db.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	flip(t, path, at, 1)
	err = d.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), "UPDATE big SET words = words || '!'")
		return err
	})
	want := fmt.Sprintf("page %d of %s", at/4096+1, filepath.Base(path))
	if _, ok := errors.AsType[*db.DamageError](err); !ok || !strings.Contains(err.Error(), want) {
		t.Errorf("writing: %v, want %s", err, want)
	}
	if _, err := d.Digest(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("reading: %v, want %s", err, want)
	}
	flip(t, path, at, 1)
	if _, err := d.Digest(t.Context()); err != nil {
		t.Errorf("after it was put right: %v", err)
	}
}

// TestOldDatabaseGetsSums opens a database from before there were sums: all
// rows are as they were, and a flip is found from then on. While a program
// that knows nothing of sums has it open, it is left alone.
func TestOldDatabaseGetsSums(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "old.db")
	err := db.OldSQLite(t.Context(), path, "CREATE TABLE big (id BIGINT PRIMARY KEY, words TEXT)",
		numbered+"INSERT INTO big SELECT i, 'row ' || i || ' of the table' FROM n")
	if err != nil {
		t.Fatal(err)
	}
	d, err := db.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if n := one[int](t, d, "SELECT COUNT(*) FROM big WHERE words = 'row ' || id || ' of the table'"); n != 3000 {
		t.Errorf("%d rows are as they were, of 3000", n)
	}
	if err := d.IntegrityCheck(t.Context()); err != nil {
		t.Error(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	flip(t, path, int64(strings.Index(string(raw), "row 2000 of the table")), 1)
	if _, err := content(path); err == nil {
		t.Error("a flip went unseen")
	}
}

// TestEveryPageIsNamed flips a byte of each page in turn, be it of a table, of
// an index, of the schema or of none: it is found, named, and never read.
func TestEveryPageIsNamed(t *testing.T) {
	t.Parallel()
	path := fillPages(t)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	pages, owned := info.Size()/4096, 0
	for n := range pages {
		if n > 40 && n%9 != 0 { // the rest is more of the same table
			continue
		}
		at := n*4096 + 100 + rand.Int64N(3996)
		flip(t, path, at, 1)
		found, err := lookThrough(path)
		want := fmt.Sprintf("page %d of test.db", n+1)
		if !strings.Contains(fmt.Sprint(found, err), want) {
			t.Errorf("%s altered: %v %v", want, found, err)
		}
		if strings.Contains(fmt.Sprint(found), want+" (table ") {
			owned++
		}
		flip(t, path, at, 1)
	}
	if owned < 20 {
		t.Errorf("the table is named for %d pages only", owned)
	}
	if found, err := lookThrough(path); len(found) > 0 || err != nil {
		t.Errorf("after all was put right: %v %v", found, err)
	}
}

func lookThrough(path string) ([]db.Finding, error) {
	d, err := db.Open(context.Background(), path)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	return d.Check(context.Background())
}
