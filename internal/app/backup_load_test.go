package app_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"steward/internal/api"
	"steward/internal/app"
	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/base/errs"
	"steward/internal/intake"
)

// traffic is reports with files, and deeds of the team, that come in one after
// another from several senders. It keeps what was acknowledged.
type traffic struct {
	w       *world
	stop    atomic.Bool
	all     sync.WaitGroup
	mu      sync.Mutex
	phrases []string
	notes   []string
}

func startTraffic(w *world, s *secret) *traffic {
	tr := &traffic{w: w}
	w.t.Cleanup(func() {
		tr.stop.Store(true)
		tr.all.Wait()
	})
	for g := range 3 {
		tr.all.Go(func() {
			for i := 0; !tr.stop.Load(); i++ {
				tr.report(fmt.Sprintf("traffic-token-%02d-%06d", g, i))
			}
		})
	}
	tr.all.Go(func() {
		for i := 0; !tr.stop.Load(); i++ {
			text := fmt.Sprintf("note number %d of the traffic", i)
			s.hand.api(s.on("notes"), api.Body{Body: text}, nil)
			tr.mu.Lock()
			tr.notes = append(tr.notes, text)
			tr.mu.Unlock()
		}
	})
	return tr
}

func (tr *traffic) report(token string) {
	ctx, t := tr.w.t.Context(), tr.w.t
	env, err := tr.w.Cases.NewReport(ctx, acl.Nobody())
	if err == nil {
		_, err = env.Attach(ctx, "poc.txt", "text/plain", strings.NewReader(strings.Repeat(token+"\n", 800)))
	}
	if err != nil {
		t.Errorf("attaching: %v", err)
		return
	}
	r, err := tr.w.Cases.Receive(ctx, acl.Nobody(), env, intake.Submission{
		Token: token, Channel: intake.Web, Summary: "Report " + token, What: "It breaks.",
		Reporter: intake.Reporter{Anonymous: true}, Credit: intake.Credit{Want: intake.CreditNo},
	}, nil)
	if err != nil {
		t.Errorf("reporting: %v", err)
		return
	}
	tr.mu.Lock()
	tr.phrases = append(tr.phrases, r.Phrase.Words())
	tr.mu.Unlock()
}

func (tr *traffic) acknowledged() (phrases, notes []string) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	return append([]string(nil), tr.phrases...), append([]string(nil), tr.notes...)
}

// grown waits until the traffic has gone on.
func (tr *traffic) grown(by int) {
	before, _ := tr.acknowledged()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if now, _ := tr.acknowledged(); len(now) >= len(before)+by {
			return
		}
	}
	tr.w.t.Fatal("the traffic has come to a halt")
}

// TestBackupUnderLoad takes a backup while reports and deeds come in, restores
// it to the other engine, and finds in it exactly the records of the moment
// that was backed up, every attachment that they name, and everything that was
// acknowledged before the backup began.
func TestBackupUnderLoad(t *testing.T) {
	t.Parallel()
	for from, to := range map[string]string{"sqlite": "postgres", "postgres": "sqlite"} {
		t.Run(from+" to "+to, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, from)
			s := fill(w)
			s.release()
			tr := startTraffic(w, s)
			tr.grown(20)
			phrases, notes := tr.acknowledged()
			backup := backedUp(w)
			later, _ := tr.acknowledged()
			tr.stop.Store(true)
			tr.all.Wait()
			if len(later) == len(phrases) {
				t.Log("nothing came in while the backup was written")
			}
			r := restored(w, backup, to)
			compareRestored(t, r, dumpSum(t, backup))
			hasAll(t, r, s, phrases, notes)
		})
	}
}

// dumpSum is the hash of the records in a backup, as it stands there.
func dumpSum(t *testing.T, backup []byte) string {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(backup))
	if err != nil {
		t.Fatal(err)
	}
	for entries := tar.NewReader(z); ; {
		h, err := entries.Next()
		if err != nil {
			t.Fatal(err)
		}
		if h.Name == "database.ndjson" {
			return h.PAXRecords["STEWARD.sha256"]
		}
	}
}

func compareRestored(t *testing.T, r *app.App, digest string) {
	t.Helper()
	if got, err := r.DB.Digest(t.Context()); err != nil || got != digest {
		t.Errorf("the records are not those that were backed up: %v", err)
	}
	found, err := r.Verify(t.Context(), nil)
	if err != nil || len(found) > 0 {
		t.Errorf("what was restored is not whole: %v %v", found, err)
	}
}

// hasAll looks for what was acknowledged.
func hasAll(t *testing.T, r *app.App, s *secret, phrases, notes []string) {
	t.Helper()
	if len(phrases) == 0 || len(notes) == 0 {
		t.Fatal("nothing was acknowledged before the backup")
	}
	for _, p := range phrases {
		if _, err := r.Cases.Unlock(t.Context(), p); err != nil {
			t.Errorf("an acknowledged report is not there: %v", err)
		}
	}
	v, err := r.Cases.View(t.Context(), acl.Caller{ID: s.hand.ID, Name: s.hand.Name, Role: acl.Handler}, s.case_)
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	for _, n := range v.Notes {
		there[n.Body] = true
	}
	for _, n := range notes {
		if !there[n] {
			t.Errorf("%q is not there", n)
		}
	}
}

// TestRestoreNames flips bytes and cuts a backup: the part that is hit is
// named, and nothing is left behind.
func TestRestoreNames(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite")
	fill(w)
	whole := backedUp(w)
	plain, parts := unpack(t, whole)
	for name, at := range parts {
		altered := bytes.Clone(plain)
		altered[at] ^= 0x20
		dir := app.Dir(filepath.Join(t.TempDir(), "restored"))
		err := app.Restore(t.Context(), dir, bytes.NewReader(pack(t, altered)), w.dir.Keys(), "")
		if errs.KindOf(err) != errs.Invalid || !strings.Contains(err.Error(), name) {
			t.Errorf("%s altered: %v", name, err)
		}
		nothingIn(t, dir)
		cut := pack(t, plain[:at+1])
		if err := app.Restore(t.Context(), dir, bytes.NewReader(cut), w.dir.Keys(), ""); errs.KindOf(err) != errs.Invalid || !strings.Contains(err.Error(), name) {
			t.Errorf("cut off in %s: %v", name, err)
		}
		nothingIn(t, dir)
	}
	if len(parts) < 4 {
		t.Errorf("the backup has the parts %v only", parts)
	}
}

// unpack gives the archive within a backup, and a place in the middle of each
// of its parts.
func unpack(t *testing.T, backup []byte) (plain []byte, parts map[string]int) {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(backup))
	if err == nil {
		plain, err = io.ReadAll(z)
	}
	if err != nil {
		t.Fatal(err)
	}
	parts = map[string]int{}
	in := bytes.NewReader(plain)
	for entries := tar.NewReader(in); ; {
		h, err := entries.Next()
		if errors.Is(err, io.EOF) {
			return plain, parts
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Size > 0 {
			parts[h.Name] = len(plain) - in.Len() + int(h.Size/2)
		}
	}
}

func pack(t *testing.T, plain []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(plain); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func nothingIn(t *testing.T, dir app.Dir) {
	t.Helper()
	if list, err := os.ReadDir(string(dir)); len(list) > 0 {
		t.Errorf("left behind: %v %v", list, err)
	}
}

// TestRestoreTellsWhoIsAtFault: a disk that cannot be read or is full, a
// database that is in use and the wrong keys are no fault of the backup.
func TestRestoreTellsWhoIsAtFault(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite")
	fill(w)
	whole := backedUp(w)
	used := dbtest.DSN(t, "postgres")
	d, err := db.Open(t.Context(), used)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), "INSERT INTO seal_keys (scope, wrapped) VALUES ('a', 'x')")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	blocked := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	other, empty := newWorld(t, "sqlite"), dbtest.EmptyDSN(t, "postgres")
	for _, c := range []struct {
		name, dir, keys, database, want string
		backup                          io.ReadSeeker
	}{
		{"a disk that cannot be read", "", w.dir.Keys(), "sqlite", http.ErrBodyReadAfterClose.Error(), brokenFile{bytes.NewReader(whole), int64(len(whole) / 2)}},
		{"a database in use", "", w.dir.Keys(), used, "holds records already", nil},
		{"a server that is away", "", w.dir.Keys(), "postgres://x@127.0.0.1:1/none?connect_timeout=1", "127.0.0.1", nil},
		{"keys of another, to PostgreSQL", "", other.dir.Keys(), empty, "does not belong to this database", nil},
		{"a folder that cannot be made", filepath.Join(blocked, "data"), w.dir.Keys(), "sqlite", "not a directory", nil},
	} {
		dir := app.Dir(c.dir)
		if dir == "" {
			dir = app.Dir(filepath.Join(t.TempDir(), "restored"))
		}
		if c.backup == nil {
			c.backup = bytes.NewReader(whole)
		}
		err := app.Restore(t.Context(), dir, c.backup, c.keys, c.database)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "altered") {
			t.Errorf("%s: %v", c.name, err)
		}
		nothingIn(t, dir)
	}
	// What was refused left the database as it was: the right keys may follow.
	dir := app.Dir(filepath.Join(t.TempDir(), "restored"))
	if err := app.Restore(t.Context(), dir, bytes.NewReader(whole), w.dir.Keys(), empty); err != nil {
		t.Errorf("with the right keys: %v", err)
	}
}

// brokenFile cannot be read from a place on.
type brokenFile struct {
	*bytes.Reader
	until int64
}

func (f brokenFile) Read(p []byte) (int, error) {
	if int64(f.Len()) < f.Size()-f.until {
		return 0, http.ErrBodyReadAfterClose
	}
	return f.Reader.Read(p)
}
