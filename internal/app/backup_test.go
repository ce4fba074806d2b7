package app_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"steward/internal/app"
	"steward/internal/base/acl"
	"steward/internal/base/db/dbtest"
	"steward/internal/base/errs"
)

// TestBackupAndRestore writes a backup of a Steward at work, restores it to the
// other engine, and compares every record, every attachment and what people see.
func TestBackupAndRestore(t *testing.T) {
	t.Parallel()
	for from, to := range map[string]string{"sqlite": "postgres", "postgres": "sqlite"} {
		t.Run(from+" to "+to, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, from)
			s := fill(w)
			s.release()
			if err := w.Due(t.Context()); err != nil { // the server notes within a moment who was told
				t.Fatal(err)
			}
			backup := backedUp(w)
			before, err := w.DB.Digest(t.Context())
			if err != nil {
				t.Fatal(err)
			}

			r := restored(w, backup, to)
			after, err := r.DB.Digest(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if before != after {
				t.Error("the restored records are not those that were backed up")
			}
			hand := acl.Caller{ID: s.hand.ID, Name: s.hand.Name, Role: acl.Handler}
			was, err := w.Cases.View(t.Context(), hand, s.case_)
			if err != nil {
				t.Fatal(err)
			}
			is, err := r.Cases.View(t.Context(), hand, s.case_)
			if err != nil {
				t.Fatal(err)
			}
			if len(is.Notes) != 1 || is.Notes[0].Body != was.Notes[0].Body || len(is.Reports[0].Files) != 1 {
				t.Errorf("the restored case is not the one that was backed up: %+v", is)
			}
			file := is.Reports[0].Files[0]
			body, _, err := r.Cases.Attachment(t.Context(), hand, s.case_, file.ID)
			if err != nil {
				t.Fatal(err)
			}
			var got bytes.Buffer
			if _, err := got.ReadFrom(body); err != nil || int64(got.Len()) != file.Size || !bytes.Contains(got.Bytes(), []byte(canary("file"))) {
				t.Errorf("the restored attachment has %d bytes: %v", got.Len(), err)
			}
		})
	}
}

func backedUp(w *world) []byte {
	w.t.Helper()
	var backup bytes.Buffer
	if _, err := w.Backup(w.t.Context(), &backup); err != nil {
		w.t.Fatal(err)
	}
	return backup.Bytes()
}

// restored is what a backup gives on an engine.
func restored(w *world, backup []byte, engine string) *app.App {
	w.t.Helper()
	database := engine
	if engine == "postgres" {
		database = dbtest.EmptyDSN(w.t, engine)
	}
	dir := app.Dir(filepath.Join(w.t.TempDir(), "restored"))
	if err := app.Restore(w.t.Context(), dir, bytes.NewReader(backup), w.dir.Keys(), database); err != nil {
		w.t.Fatal(err)
	}
	r, err := app.Open(w.t.Context(), dir, app.Options{Clock: w.clock.now})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = r.Close() })
	if r.DB.Engine() != engine {
		w.t.Errorf("restored to %s, not to %s", r.DB.Engine(), engine)
	}
	return r
}

// TestRestoreRefuses what is not whole, not ours or not empty.
func TestRestoreRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite")
	fill(w)
	whole := backedUp(w)
	refuse := func(name string, raw []byte, keys string, kind errs.Kind) {
		t.Helper()
		dir := app.Dir(filepath.Join(t.TempDir(), "restored"))
		err := app.Restore(t.Context(), dir, bytes.NewReader(raw), keys, "")
		if errs.KindOf(err) != kind {
			t.Errorf("%s: got %v, want %s", name, err, kind)
		}
		if _, err := os.Stat(dir.Settings()); err == nil {
			t.Errorf("%s: what was refused looks like a Steward", name)
		}
	}
	for range 12 {
		cut := rand.IntN(len(whole))
		refuse("cut off", whole[:cut], w.dir.Keys(), errs.Invalid)
		flipped := bytes.Clone(whole)
		flipped[10+rand.IntN(len(flipped)-10)] ^= 1 << rand.IntN(8)
		refuse("one bit flipped", flipped, w.dir.Keys(), errs.Invalid)
	}
	refuse("not an archive", []byte("nonsense"), w.dir.Keys(), errs.Invalid)
	other := newWorld(t, "sqlite")
	refuse("keys of another", whole, other.dir.Keys(), errs.Invalid)
	refuse("no keys", whole, t.TempDir(), errs.Invalid)
	if err := app.Restore(t.Context(), w.dir, bytes.NewReader(whole), w.dir.Keys(), ""); !errs.Is(err, errs.Conflict) {
		t.Errorf("into a directory in use: %v", err)
	}
}
