package app_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"steward/internal/app"
	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
)

// TestFlipsPostgres does as TestFlips with the files of the tables and indexes
// of a PostgreSQL server that keeps checksums, stopped for each flip. Started
// again it either refuses to read what was hit, and says which file, or gives
// everything as before. What belongs to the server alone, its own journal and
// its record of commits, is not flipped: the sums of pages do not cover it.
func TestFlipsPostgres(t *testing.T) {
	t.Parallel()
	n := flips(t, 80) / 20
	x := stillWorld(t)
	x.paths = slices.DeleteFunc(x.paths, func(q ask) bool { return strings.HasPrefix(q.auth, "Phrase") }) // each look at a mailbox is recorded
	server := dbtest.NewServer(t)
	dsn := server.DSN(t)
	x.dir = toServer(t, x, dsn)
	x.look(t) // leaves its marks: sessions were seen, tokens used
	want := x.look(t)
	if want.failed != nil || len(want.found) > 0 {
		t.Fatalf("before any flip: %v %v", want.failed, want.found)
	}
	oid := databaseOID(t, dsn)
	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 0))
	classes := map[string]int{}
	for range n {
		own, catalogue := relations(t, filepath.Join(server.Stop(t), "base", oid))
		files := own
		if r.IntN(4) == 0 {
			files = catalogue
		}
		file := files[r.IntN(len(files))]
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		at, by := r.IntN(len(raw)), byte(1+r.IntN(255))
		altered := bytes.Clone(raw)
		altered[at] ^= by
		overwrite(t, file, altered)
		server.Restart(t)
		got := x.look(t)
		server.Stop(t)
		// The server may have written to the file, but not to the page.
		if now, err := os.ReadFile(file); err == nil && at < len(now) && now[at] == altered[at] {
			now[at] = raw[at]
			overwrite(t, file, now)
		}
		server.Restart(t)
		class := got.classOfServer(want)
		classes[class]++
		if class == wrong {
			t.Errorf("seed %d: byte %d of %s altered by %#02x: %s", seed, at, file, by, got.against(want))
		}
	}
	t.Logf("%d flips: %v", n, classes)
	if got := x.look(t); got.classOfServer(want) != harmless {
		t.Errorf("after all was put right: %s", got.against(want))
	}
}

// toServer moves what stillWorld made to a server, by a backup.
func toServer(t *testing.T, x *still, dsn string) (dir string) {
	t.Helper()
	a, err := app.Open(t.Context(), app.Dir(x.dir), app.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var backup bytes.Buffer
	_, err = a.Backup(t.Context(), &backup)
	if err = errors.Join(err, a.Close()); err != nil {
		t.Fatal(err)
	}
	dir = filepath.Join(t.TempDir(), "restored")
	if err := app.Restore(t.Context(), app.Dir(dir), bytes.NewReader(backup.Bytes()), app.Dir(x.dir).Keys(), dsn); err != nil {
		t.Fatal(err)
	}
	return dir
}

func databaseOID(t *testing.T, dsn string) (oid string) {
	t.Helper()
	d, err := db.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if on, err := d.Checksums(t.Context()); !on || err != nil {
		t.Fatalf("the server keeps no checksums: %v", err)
	}
	err = d.Read(t.Context(), func(q db.Queryer) error {
		return q.QueryRow(context.Background(), "SELECT oid::text FROM pg_database WHERE datname = current_database()").Scan(&oid)
	})
	if err != nil {
		t.Fatal(err)
	}
	return oid
}

// relations lists the files of tables and indexes: our own, and those of the
// catalogue, whose numbers are lower.
func relations(t *testing.T, folder string) (own, catalogue []string) {
	t.Helper()
	list, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range list {
		info, err := d.Info()
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		number, notOne := strconv.Atoi(d.Name())
		switch name := filepath.Join(folder, d.Name()); {
		case err != nil || info.Size() == 0 || notOne != nil:
		case number >= 16384: // FirstNormalObjectId
			own = append(own, name)
		default:
			catalogue = append(catalogue, name)
		}
	}
	if len(own) < 30 || len(catalogue) < 30 {
		t.Fatalf("only %d and %d files in %s", len(own), len(catalogue), folder)
	}
	return own, catalogue
}

// overwrite keeps the owner of the file, who is the server's.
func overwrite(t *testing.T, file string, raw []byte) {
	t.Helper()
	f, err := os.OpenFile(file, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteAt(raw, 0)
	if err = errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
}

// classOfServer judges what is seen after a flip in the server's files: an
// answer is the one from before, or says that it cannot be given.
func (s sight) classOfServer(want sight) string {
	failing := 0
	for path, a := range s.answers {
		switch {
		case strings.HasPrefix(a, "500 "):
			failing++
		case a != want.answers[path]:
			return wrong
		}
	}
	switch {
	case s.failed != nil || len(s.found) > 0:
		return found
	case failing > 0, s.digest != want.digest:
		return wrong
	}
	return harmless
}
