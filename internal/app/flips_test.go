package app_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"steward/internal/account"
	"steward/internal/app"
	"steward/internal/base/db"
	"steward/internal/base/errs"
	"steward/internal/cvd"
)

// TestFlips flips single bytes of a populated data directory, each a random one
// in a random place: in the database, the attachments, the published tree, the
// keys and the settings. After each flip it opens the directory as a server
// does, asks for everything, and verifies it. Either the flip is found, and the
// file that has it named, or every record and every answer is as before. The
// variable STEWARD_FLIPS says how many; make torture makes 1,000.
func TestFlips(t *testing.T) {
	t.Parallel()
	n := flips(t, 40)
	x := stillWorld(t)
	want := x.look(t)
	if want.failed != nil || len(want.found) > 0 {
		t.Fatalf("before any flip: %v %v", want.failed, want.found)
	}
	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 0))
	classes, spent := map[string]int{}, time.Duration(0)
	for range n {
		file, at, by := x.place(r)
		x.put(t, file, at, by)
		began := time.Now()
		got := x.look(t)
		spent += time.Since(began)
		class := got.class(file, want)
		if class == wrong {
			t.Errorf("seed %d: byte %d of %s altered by %#02x: %s", seed, at, file, by, got.against(want))
		}
		classes[kindOfFile(file)+" "+class]++
		x.put(t, file, at, 0)
	}
	for _, class := range slices.Sorted(maps.Keys(classes)) {
		t.Logf("%-22s %d", class, classes[class])
	}
	t.Logf("%d flips, %v each", n, (spent / time.Duration(n)).Round(time.Millisecond))
	if got := x.look(t); got.class("", want) != harmless {
		t.Errorf("after all was put right: %s", got.against(want))
	}
}

// flips tells how many flips are made.
func flips(t *testing.T, short int) int {
	t.Helper()
	s := os.Getenv("STEWARD_FLIPS")
	if s == "" {
		return short
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		t.Fatalf("STEWARD_FLIPS=%q is not a number", s)
	}
	return n
}

// The classes of flips.
const (
	found    = "found"    // and the file named
	harmless = "harmless" // everything is as before
	wrong    = "WRONG"
)

// still is a data directory that no process has open.
type still struct {
	dir    string
	files  []string          // that may be flipped, relative to dir
	bytes  map[string][]byte // of these
	all    int64
	public []string // paths of the published tree
	paths  []ask
	now    time.Time
}

// ask is one request to the dynamic faces, as somebody.
type ask struct{ path, auth, cookie string }

// stillWorld makes a data directory with something in every table, and closes it.
func stillWorld(t *testing.T) *still {
	x := &still{dir: t.TempDir(), bytes: map[string][]byte{}}
	t.Run("fill", func(t *testing.T) {
		var w *world
		t.TempDir()        // removed after what follows
		t.Cleanup(func() { // after the world has stopped
			if err := os.CopyFS(x.dir, os.DirFS(string(w.dir))); err != nil {
				t.Error(err)
			}
		})
		w = newWorld(t, "sqlite")
		s := fill(w)
		everyTable(s)
		s.release()
		for table, n := range tables(t, w.DB) {
			if n == 0 {
				t.Errorf("the table %s is empty", table)
			}
		}
		out := t.TempDir()
		if err := w.Publisher.Export(t.Context(), out); err != nil {
			t.Fatal(err)
		}
		walkFiles(t, out, func(path string, _ []byte) {
			name, err := filepath.Rel(out, path)
			if err != nil {
				t.Fatal(err)
			}
			x.public = append(x.public, name)
		})
		x.now = w.clock.now()
		for _, p := range []*person{s.lead, s.hand, s.reporter, w.nobody()} {
			for _, path := range []string{ // to look at the record is itself recorded
				"/team/", "/team/cases", "/team/cases/" + s.case_, "/team/people", "/mailbox",
				"/api/v1/cases", "/api/v1/cases/" + s.case_, "/api/v1/cases/" + s.case_ + "/draft", "/api/v1/users", "/api/v1/mailbox", "/api/v1/advisories",
			} {
				x.paths = append(x.paths, ask{path, p.auth, p.cookie})
				p.get(path) // a second look marks nothing as read
			}
		}
	})
	err := filepath.WalkDir(x.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(x.dir, path)
		if err != nil || kindOfFile(name) == "" { // a note: nothing depends on it
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil || len(raw) == 0 {
			return err
		}
		x.files = append(x.files, name)
		x.bytes[name] = raw
		x.all += int64(len(raw))
		return nil
	})
	if err != nil || x.bytes["steward.db"] == nil || len(x.files) < 15 {
		t.Fatalf("the data directory holds %v: %v", x.files, err)
	}
	return x
}

func kindOfFile(name string) string {
	first, _, _ := strings.Cut(name, "/")
	switch first {
	case "keys", "blobs", "public":
		return first
	case "steward.db":
		return "database"
	case "steward.toml", "policy.md", "policy.toml":
		return "settings"
	}
	return ""
}

// place chooses half of the flips by the number of bytes, half by the kind of
// file, so that small files have their share.
func (x *still) place(r *rand.Rand) (file string, at int64, by byte) {
	by = byte(1 + r.IntN(255))
	if r.IntN(2) == 0 {
		at = r.Int64N(x.all)
		for _, file = range x.files {
			if at < int64(len(x.bytes[file])) {
				return file, at, by
			}
			at -= int64(len(x.bytes[file]))
		}
	}
	kinds := map[string][]string{}
	for _, f := range x.files {
		kinds[kindOfFile(f)] = append(kinds[kindOfFile(f)], f)
	}
	names := slices.Sorted(maps.Keys(kinds))
	of := kinds[names[r.IntN(len(names))]]
	file = of[r.IntN(len(of))]
	return file, r.Int64N(int64(len(x.bytes[file]))), by
}

// random is what a page has anew each time: the tokens of its forms.
var random = regexp.MustCompile(`(name="(token|csrf|form)" )?value="[A-Za-z0-9_-]{20,}"`)

// sight is all that can be seen of a data directory.
type sight struct {
	failed  error // it does not open, or cannot be read
	found   []db.Finding
	digest  string
	answers map[string]string
}

// look opens a copy of what is there, as a server does, and asks for
// everything.
func (x *still) look(t *testing.T) (s sight) {
	t.Helper()
	ctx := context.Background()
	clock := &clock{at: x.now}
	a, err := app.Open(ctx, app.Dir(x.dir), app.Options{Clock: clock.now})
	if err != nil {
		return sight{failed: err}
	}
	defer func() {
		if err := a.Close(); err != nil {
			s.failed = err
		}
	}()
	s.answers = map[string]string{}
	h, err := a.Handler()
	if err != nil {
		return sight{failed: err}
	}
	get := func(q ask, encoding string) {
		r := httptest.NewRequest("GET", q.path, nil)
		r.Header.Set("Authorization", q.auth)
		r.Header.Set("Cookie", q.cookie)
		r.Header.Set("Accept-Encoding", encoding)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		body := random.ReplaceAll(w.Body.Bytes(), nil)
		s.answers[fmt.Sprint(q, encoding)] = fmt.Sprintf("%d %x", w.Code, sha256.Sum256(body))
	}
	digest, err := a.DB.Digest(ctx)
	if err != nil {
		s.failed = err
	}
	s.digest = digest
	for _, path := range x.public {
		get(ask{path: "/" + path}, "")
		get(ask{path: "/" + path}, "br")
	}
	for _, q := range x.paths {
		get(q, "")
	}
	if s.failed != nil {
		return s
	}
	if s.found, err = a.Verify(ctx, nil); err != nil {
		s.failed = err
	}
	s.found = append(s.found, app.Dir(x.dir).Edited(a.Config)...)
	return s
}

// class judges what is seen after a flip of a file.
func (s sight) class(file string, want sight) string {
	for path, a := range s.answers {
		if a != want.answers[path] && !strings.HasPrefix(a, "500 ") && kindOfFile(file) != "settings" {
			return wrong // whether or not it is found: nobody may be told what was never written
		}
	}
	if s.failed != nil || len(s.found) > 0 {
		if s.names(file) {
			return found
		}
		return wrong
	}
	if s.digest != want.digest || !maps.Equal(s.answers, want.answers) {
		return wrong
	}
	return harmless
}

// names tells whether what was found names the file. A file of the tree is
// named by its bundle, its path or that of its list; the settings by that which
// no longer makes sense.
func (s sight) names(file string) bool {
	text := fmt.Sprint(s.failed, s.found)
	if e, ok := errors.AsType[*errs.Error](s.failed); ok && kindOfFile(file) == "settings" {
		return e.Field != ""
	}
	return strings.Contains(text, filepath.Base(file)) || strings.HasPrefix(file, "public/") && strings.Contains(text, "public")
}

func (s sight) against(want sight) string {
	var b strings.Builder
	fmt.Fprintf(&b, "failed %v, found %v, records as before: %v", s.failed, s.found, s.digest == want.digest)
	for path, a := range s.answers {
		if a != want.answers[path] {
			fmt.Fprintf(&b, "\n%s: %s in place of %s", path, a, want.answers[path])
		}
	}
	return b.String()
}

// put writes a file with one byte altered, and the database as it was, since
// requests leave their marks in it.
func (x *still) put(t *testing.T, file string, at int64, by byte) {
	t.Helper()
	for _, end := range []string{"-wal", "-shm"} {
		if err := os.Remove(filepath.Join(x.dir, "steward.db"+end)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"steward.db", file} {
		raw := slices.Clone(x.bytes[name])
		if name == file {
			raw[at] ^= by
		}
		if err := os.WriteFile(filepath.Join(x.dir, name), raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// everyTable puts something into the tables that the story leaves empty.
func everyTable(s *secret) {
	w, t := s.w, s.w.t
	t.Helper()
	ctx := t.Context()
	env, err := w.Cases.NewLetter(ctx, s.hand.Caller, s.case_, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := env.Attach(ctx, "log.txt", "text/plain", strings.NewReader(strings.Repeat("line of a log\n", 3000))); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Cases.Message(ctx, s.hand.Caller, s.case_, "", cvd.Letter{Body: "with a file", Files: env.Files()}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.Accounts.CreateLink(ctx, account.Operator(), s.hand.ID, account.Enrol); err != nil {
		t.Fatal(err)
	}
	contact := s.told()
	mailTables(s, contact)
	if _, err := w.Cases.AddPatchFile(ctx, s.hand.Caller, s.case_, "fix.patch", []byte("--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n")); err != nil {
		t.Fatal(err)
	}
	err = w.DB.Write(ctx, func(tx *db.Tx) error {
		for _, q := range []string{
			"INSERT INTO case_seen (case_id, user_id, what, day) VALUES ($1, $2, 'case', 0)",
			"INSERT INTO ceremonies (hash, kind, user_id, link_id, name, state, expires_at) VALUES ($1, 'show', $2, '', '', '{}', 4000000000000000)",
			`INSERT INTO passkeys (id, credential_id, user_id, host, name, added_by, public_key, transports, sign_count, synced, syncable, copied, created_at, used_at)
				VALUES ($1, $1, $2, 'localhost', 'key', '', X'a5', 'usb', 1, FALSE, FALSE, FALSE, 1, 1)`,
		} {
			if _, err := tx.Exec(ctx, q, s.case_, s.hand.ID); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// tables counts the rows of each table by a dump.
func tables(t *testing.T, d *db.DB) map[string]int {
	t.Helper()
	var dump bytes.Buffer
	if err := d.Dump(t.Context(), &dump); err != nil {
		t.Fatal(err)
	}
	rows, name := map[string]int{}, ""
	for line := range strings.Lines(dump.String()) {
		var table struct {
			Table string `json:"table"`
		}
		switch {
		case strings.HasPrefix(line, "["):
			rows[name]++
		case json.Unmarshal([]byte(line), &table) == nil && table.Table != "":
			name = table.Table
			rows[name] = 0
		}
	}
	return rows
}
