package blob_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"steward/internal/base/blob"
	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/base/errs"
	"steward/internal/base/seal"
)

var ctx = context.Background()

const large = 1 << 40 // a limit that no test meets

// newKeys makes keys for some cases.
func newKeys(t testing.TB, scopes ...string) (keys []*seal.Key) {
	t.Helper()
	ring, err := seal.OpenKeyring(seal.NewMaster(rand.Reader))
	if err != nil {
		t.Fatal(err)
	}
	if err := dbtest.Open(t, "sqlite").Write(ctx, func(tx *db.Tx) error {
		for _, scope := range scopes {
			key, err := ring.Create(ctx, tx, scope)
			if err != nil {
				return err
			}
			keys = append(keys, key)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return keys
}

func newStore(t *testing.T) *blob.Store {
	t.Helper()
	return &blob.Store{Dir: filepath.Join(t.TempDir(), "files")}
}

func put(t *testing.T, s *blob.Store, key *seal.Key, plain []byte) blob.Ref {
	t.Helper()
	ref, err := s.Put(ctx, key, bytes.NewReader(plain), large)
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

func get(s *blob.Store, key *seal.Key, id string) ([]byte, error) {
	r, err := s.Open(ctx, key, id)
	if err != nil {
		return nil, err
	}
	plain, err := io.ReadAll(r)
	return plain, errors.Join(err, r.Close())
}

// files lists all files under the store with their content.
func files(t *testing.T, s *blob.Store) map[string][]byte {
	t.Helper()
	found := map[string][]byte{}
	err := filepath.WalkDir(s.Dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if info.Mode() != 0o600 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		found[path], err = os.ReadFile(path)
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return found
}

func TestPutAndOpen(t *testing.T) {
	t.Parallel()
	key := newKeys(t, "case/a")[0]
	s := newStore(t)
	const piece = 64 << 10
	for _, n := range []int{0, 1, 100, piece - 1, piece, piece + 1, 3*piece + 5} {
		plain := bytes.Repeat([]byte("canary! "), n/8+1)[:n]
		ref := put(t, s, key, plain)
		sum := sha256.Sum256(plain)
		if !db.ValidID(ref.ID) || ref.Size != int64(n) || ref.SHA256 != hex.EncodeToString(sum[:]) {
			t.Errorf("%d bytes: %+v", n, ref)
		}
		got, err := get(s, key, ref.ID)
		if err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%d bytes: %d came back, %v", n, len(got), err)
		}
	}
	for path, content := range files(t, s) {
		if bytes.Contains(content, []byte("canary")) {
			t.Errorf("%s is in clear", path)
		}
	}
	if info, err := os.Stat(s.Dir); err != nil || info.Mode() != fs.ModeDir|0o700 {
		t.Errorf("the folder: %v, %v", info.Mode(), err)
	}
}

// TestEveryBitCounts flips bits in all regions of a file of three pieces: in
// every byte of its head and of the seams, and here and there within.
func TestEveryBitCounts(t *testing.T) {
	t.Parallel()
	key := newKeys(t, "case/a")[0]
	s := newStore(t)
	plain := make([]byte, 2*64<<10+50)
	ref := put(t, s, key, plain)
	path := filepath.Join(s.Dir, ref.ID[:2], ref.ID)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	body := len(good) - len(plain) - 3*16
	for i := range good {
		inner := i > body && i < len(good)-70 && (i-body)%(64<<10+16) > 20 && i%4999 != 0
		if inner {
			continue
		}
		good[i] ^= 1 << (i % 8)
		if err := os.WriteFile(path, good, 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := get(s, key, ref.ID)
		if err == nil || len(got) > 0 && !bytes.Equal(got, plain[:len(got)]) {
			t.Errorf("with byte %d altered: %d bytes, %v", i, len(got), err)
		}
		good[i] ^= 1 << (i % 8)
	}
}

func TestCuts(t *testing.T) {
	t.Parallel()
	key := newKeys(t, "case/a")[0]
	s := newStore(t)
	ref := put(t, s, key, make([]byte, 2*64<<10))
	path := filepath.Join(s.Dir, ref.ID[:2], ref.ID)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lastPiece := len(good) - 64<<10 - 16
	for _, n := range []int{0, 1, 50, 150, lastPiece - 1, lastPiece, lastPiece + 1, lastPiece + 16, len(good) - 17, len(good) - 1} {
		if err := os.WriteFile(path, good[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		if r, err := s.Open(ctx, key, ref.ID); err == nil {
			t.Errorf("cut to %d of %d bytes, it opened", n, len(good))
			_ = r.Close()
		}
	}
	if err := os.WriteFile(path, append(good, 0), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := get(s, key, ref.ID); err == nil {
		t.Error("with a byte more, it opened")
	}
}

func TestOpensNowhereElse(t *testing.T) {
	t.Parallel()
	keys := newKeys(t, "case/a", "case/b")
	s := newStore(t)
	a, b := put(t, s, keys[0], []byte("a")), put(t, s, keys[0], []byte("b"))
	if _, err := s.Open(ctx, keys[1], a.ID); err == nil {
		t.Error("the key of another case opened it")
	}
	sealed, err := s.OpenSealed(a.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer sealed.Close()
	if err := s.PutSealed(b.ID, sealed); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Open(ctx, keys[0], b.ID); err == nil {
		t.Error("under the name of another attachment, it opened")
	}
}

func TestLimit(t *testing.T) {
	t.Parallel()
	key := newKeys(t, "case/a")[0]
	s := newStore(t)
	for _, c := range []struct{ n, limit int64 }{{1, 0}, {101, 100}, {200_000, 65536}, {1 << 20, 1<<20 - 1}} {
		_, err := s.Put(ctx, key, bytes.NewReader(make([]byte, c.n)), c.limit)
		if !errs.Is(err, errs.Invalid) {
			t.Errorf("%d bytes with a limit of %d: %v", c.n, c.limit, err)
		}
	}
	if found := files(t, s); len(found) != 0 {
		t.Errorf("%d files were left", len(found))
	}
	_, err := s.Put(ctx, key, bytes.NewReader(make([]byte, 4097)), 4096)
	if got := errs.Public(err); got != "attachment: The attachment is larger than 4 KiB." {
		t.Errorf("the user reads %q", got)
	}
	if _, err := s.Put(ctx, key, bytes.NewReader(make([]byte, 100)), 100); err != nil {
		t.Errorf("just at the limit: %v", err)
	}
	// An endless reader must not be read far beyond the limit.
	endless := &counting{}
	if _, err := s.Put(ctx, key, endless, 1<<20); !errs.Is(err, errs.Invalid) || endless.n > 1<<20+1<<16 {
		t.Errorf("of an endless reader %d bytes were read: %v", endless.n, err)
	}
}

type counting struct{ n int }

func (c *counting) Read(b []byte) (int, error) {
	c.n += len(b)
	return len(b), nil
}

func TestFailuresLeaveNothing(t *testing.T) {
	t.Parallel()
	key := newKeys(t, "case/a")[0]
	s := newStore(t)
	gone := errors.New("the sender has gone")
	r := io.MultiReader(bytes.NewReader(make([]byte, 200_000)), iotest.ErrReader(gone))
	if _, err := s.Put(ctx, key, r, large); !errors.Is(err, gone) {
		t.Errorf("the error is %v", err)
	}
	cancelled, cancel := context.WithCancel(ctx)
	r = io.MultiReader(bytes.NewReader(make([]byte, 200_000)), iotest.OneByteReader(readerFunc(func([]byte) (int, error) {
		cancel()
		return 0, nil
	})))
	if _, err := s.Put(cancelled, key, r, large); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
	if found := files(t, s); len(found) != 0 {
		t.Errorf("%d files were left", len(found))
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := (&blob.Store{Dir: file}).Put(ctx, key, strings.NewReader("x"), large); err == nil {
		t.Error("a file served as a folder")
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }

// TestBadNames asks for what could never be an attachment; a file of that name
// lies ready to be found.
func TestBadNames(t *testing.T) {
	t.Parallel()
	key := newKeys(t, "case/a")[0]
	s := newStore(t)
	if err := os.MkdirAll(filepath.Join(s.Dir, ".."), 0o700); err != nil {
		t.Fatal(err)
	}
	secret := filepath.Join(s.Dir, "..", "secret")
	if err := os.WriteFile(secret, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{
		"", ".", "..", "../secret", "/etc/passwd", secret, "aa/../../secret", strings.Repeat("A", 26), strings.Repeat("a", 25),
		strings.Repeat("a", 25) + "b", strings.Repeat("a", 26) + ".part", strings.Repeat("../", 8) + "aa", "..\x00" + strings.Repeat("a", 23),
	} {
		if _, err := s.Open(ctx, key, id); !errs.Is(err, errs.NotFound) {
			t.Errorf("Open(%q): %v", id, err)
		}
		if _, err := s.OpenSealed(id); !errs.Is(err, errs.NotFound) {
			t.Errorf("OpenSealed(%q): %v", id, err)
		}
		if err := s.Remove(id); !errs.Is(err, errs.NotFound) {
			t.Errorf("Remove(%q): %v", id, err)
		}
		if err := s.PutSealed(id, strings.NewReader("x")); !errs.Is(err, errs.NotFound) {
			t.Errorf("PutSealed(%q): %v", id, err)
		}
	}
	if b, err := os.ReadFile(secret); err != nil || string(b) != "secret" {
		t.Errorf("the file beside the store: %q, %v", b, err)
	}
	_, err := s.Open(ctx, key, strings.Repeat("a", 26))
	if !errs.Is(err, errs.NotFound) {
		t.Errorf("an attachment that is not there: %v", err)
	}
}

func TestListRemoveTidy(t *testing.T) {
	t.Parallel()
	key := newKeys(t, "case/a")[0]
	s := newStore(t)
	if got := list(t, s); len(got) != 0 {
		t.Errorf("a store that was never used lists %v", got)
	}
	if n, err := s.Tidy(time.Now()); n != 0 || err != nil {
		t.Errorf("a store that was never used: %d, %v", n, err)
	}
	a, b := put(t, s, key, []byte("a")), put(t, s, key, make([]byte, 100_000))
	for _, stray := range []string{a.ID + ".part", "note.txt"} {
		if err := os.WriteFile(filepath.Join(s.Dir, a.ID[:2], stray), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got := list(t, s)
	if len(got) != 2 || got[b.ID].Size < 100_000 || time.Since(got[a.ID].At) > time.Minute || got[a.ID].At.Location() != time.UTC {
		t.Errorf("the list is %v", got)
	}
	for range s.List() {
		break // must not go on after this
	}
	if err := s.Remove(a.ID); err != nil {
		t.Error(err)
	}
	if err := s.Remove(a.ID); err != nil {
		t.Errorf("removing it again: %v", err)
	}
	if got = list(t, s); len(got) != 1 {
		t.Errorf("after the removal, the list is %v", got)
	}
	if n, err := s.Tidy(time.Now().Add(-time.Hour)); n != 0 || err != nil {
		t.Errorf("a file that is being written was taken for left over: %d, %v", n, err)
	}
	if n, err := s.Tidy(time.Now().Add(time.Hour)); n != 1 || err != nil {
		t.Errorf("%d files were tidied away, %v", n, err)
	}
	if found := files(t, s); len(found) != 2 { // b and the note
		t.Errorf("%d files remain", len(found))
	}
}

func list(t *testing.T, s *blob.Store) map[string]blob.Item {
	t.Helper()
	found := map[string]blob.Item{}
	for item, err := range s.List() {
		if err != nil {
			t.Fatal(err)
		}
		found[item.ID] = item
	}
	return found
}

// TestBackup moves the sealed files to another store, as a backup and its
// restore do.
func TestBackup(t *testing.T) {
	t.Parallel()
	key := newKeys(t, "case/a")[0]
	s, copied := newStore(t), newStore(t)
	ref := put(t, s, key, []byte("hello"))
	sealed, err := s.OpenSealed(ref.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer sealed.Close()
	if err := copied.PutSealed(ref.ID, sealed); err != nil {
		t.Fatal(err)
	}
	if plain, err := get(copied, key, ref.ID); err != nil || string(plain) != "hello" {
		t.Errorf("%q, %v", plain, err)
	}
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	key := newKeys(t, "case/a")[0]
	s := newStore(t)
	var wg sync.WaitGroup
	for i := range 32 {
		wg.Go(func() {
			plain := bytes.Repeat([]byte{byte(i)}, 1000*i)
			ref, err := s.Put(ctx, key, bytes.NewReader(plain), large)
			if err != nil {
				t.Error(err)
				return
			}
			if got, err := get(s, key, ref.ID); err != nil || !bytes.Equal(got, plain) {
				t.Errorf("%d bytes came back, %v", len(got), err)
			}
		})
	}
	wg.Wait()
	if got := list(t, s); len(got) != 32 {
		t.Errorf("the list has %d", len(got))
	}
}
