package db_test

import (
	"context"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"steward/internal/base/db"
)

const frameBytes = 24 + 4096

// crashed leaves a database as a process leaves it that was killed: all that
// was written since it was opened is in the journal.
func crashed(t *testing.T, writes int) (path string) {
	t.Helper()
	live := fillPages(t)
	d, err := db.Open(t.Context(), live)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for i := range writes {
		ctx := t.Context()
		if err := d.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, "UPDATE big SET words = words || '!' WHERE id % 1000 = $1", i)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	path = filepath.Join(t.TempDir(), "test.db")
	for _, end := range []string{"", "-wal"} {
		raw, err := os.ReadFile(live + end)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path+end, raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

// again puts a file as it was, and takes away what was made of it.
func again(t *testing.T, path string, files map[string][]byte) {
	t.Helper()
	for _, end := range []string{"", "-wal", "-shm"} {
		err := os.Remove(path + end)
		if raw, ok := files[end]; ok {
			err = os.WriteFile(path+end, raw, 0o600)
		}
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}
}

func filesOf(t *testing.T, path string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	for _, end := range []string{"", "-wal"} {
		raw, err := os.ReadFile(path + end)
		if err != nil {
			t.Fatal(err)
		}
		files[end] = raw
	}
	return files
}

// TestFlipsInTheJournal flips bytes of the journal that a killed process left:
// in its header, in heads of frames, first and last, and anywhere. Every
// commit in it was answered, so none may be lost without a word.
func TestFlipsInTheJournal(t *testing.T) {
	t.Parallel()
	path := crashed(t, 5)
	files := filesOf(t, path)
	want, err := content(path)
	if err != nil {
		t.Fatal(err)
	}
	frames := (len(files["-wal"]) - 32) / frameBytes
	if frames < 6 {
		t.Fatalf("the journal has %d frames only", frames)
	}
	var places []int64
	for at := range int64(32) {
		places = append(places, at)
	}
	for _, frame := range []int{0, 1, frames - 2, frames - 1} {
		for at := range int64(24) {
			places = append(places, 32+int64(frame)*frameBytes+at)
		}
	}
	for range 60 {
		places = append(places, rand.Int64N(int64(len(files["-wal"]))))
	}
	for _, at := range places {
		again(t, path, files)
		flip(t, path+"-wal", at, byte(1+rand.IntN(255)))
		got, err := content(path)
		if _, named := errors.AsType[*db.DamageError](err); err == nil && got != want || err != nil && !named {
			t.Errorf("byte %d of the journal altered (frame %d, byte %d): %v", at, (at-32)/frameBytes+1, (at-32)%frameBytes, err)
		}
	}
}

// TestTornJournalIsNoDamage cuts the journal as a power failure does: the last
// transaction did not all reach the disk, whichever sectors did. The database
// opens as it was before that transaction.
func TestTornJournalIsNoDamage(t *testing.T) {
	t.Parallel()
	path := crashed(t, 5)
	files := filesOf(t, path)
	wal := files["-wal"]
	var ends []int // of transactions
	for at := 32; at < len(wal); at += frameBytes {
		if binary.BigEndian.Uint32(wal[at+4:]) != 0 {
			ends = append(ends, at+frameBytes)
		}
	}
	last := ends[len(ends)-2]
	again(t, path, map[string][]byte{"": files[""], "-wal": wal[:last]})
	want, err := content(path)
	if err != nil {
		t.Fatal(err)
	}
	const sector = 512
	for range 60 {
		torn := append([]byte(nil), wal...)
		for at := (last + sector - 1) / sector * sector; at < len(torn); at += sector {
			if rand.IntN(3) == 0 {
				clear(torn[at:min(at+sector, len(torn))])
			}
		}
		if string(torn) == string(wal) {
			continue
		}
		if rand.IntN(3) == 0 {
			torn = torn[:last+rand.IntN(len(torn)-last)]
		}
		again(t, path, map[string][]byte{"": files[""], "-wal": torn})
		if got, err := content(path); err != nil || got != want {
			t.Errorf("a write that was cut off: %v, as it was before: %v", err, got == want)
		}
	}
}

// TestLostSectorInTheJournal wipes a whole sector that lies before the last
// transactions: these were begun when it was safe.
func TestLostSectorInTheJournal(t *testing.T) {
	t.Parallel()
	path := crashed(t, 5)
	files := filesOf(t, path)
	clear(files["-wal"][1024:1536])
	again(t, path, files)
	if _, err := content(path); err == nil {
		t.Error("four transactions were lost without a word")
	}
}

// TestBigTransaction writes more in one transaction than the cache holds, so
// that frames are written over before the commit.
func TestBigTransaction(t *testing.T) {
	t.Parallel()
	path := fillPages(t)
	d, err := db.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	ctx := context.Background()
	err = d.Write(ctx, func(tx *db.Tx) error {
		for _, s := range []string{
			"CREATE TABLE wide (id BIGINT PRIMARY KEY, words TEXT)",
			numbered + "INSERT INTO wide SELECT i, hex(randomblob(8000)) FROM n",
			"UPDATE wide SET words = words || '!'",
			"UPDATE wide SET words = words || '?' WHERE id % 3 = 0",
			"DELETE FROM wide WHERE id % 7 = 0",
			"UPDATE wide SET words = upper(words)",
		} {
			if _, err := tx.Exec(ctx, s); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := one[int](t, d, "SELECT COUNT(*) FROM wide WHERE words LIKE '%!%'"); n != 3000-428 {
		t.Errorf("%d rows", n)
	}
	if err := d.IntegrityCheck(ctx); err != nil {
		t.Error(err)
	}
}

// TestFlipInTheLiveJournal flips a byte of a page that so far is in the journal
// alone, under an open database: neither a reader nor the checkpoint, which
// would give it a sum of its own, takes it.
func TestFlipInTheLiveJournal(t *testing.T) {
	t.Parallel()
	path := fillPages(t)
	d, err := db.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	mustExec(t, d, "UPDATE big SET words = 'somewhere else' WHERE id = 1500")
	want, err := d.Digest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	wal, err := os.ReadFile(path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	at := int64(strings.Index(string(wal), "somewhere else"))
	flip(t, path+"-wal", at, 1)
	other, err := db.Open(t.Context(), path) // with nothing in its cache
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	_, err = other.Digest(t.Context())
	if e, ok := errors.AsType[*db.DamageError](err); !ok || !strings.HasPrefix(e.Where, "frame ") {
		t.Errorf("a reader: %v", err)
	}
	if err := other.Checkpoint(t.Context()); err == nil {
		t.Error("the checkpoint took it")
	}
	flip(t, path+"-wal", at, 1)
	if err := other.Checkpoint(t.Context()); err != nil {
		t.Error(err)
	}
	if got, err := other.Digest(t.Context()); err != nil || got != want {
		t.Errorf("after it was put right: %v", err)
	}
}
