package blob_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"steward/internal/base/blob"
	"steward/internal/base/errs"
)

// FuzzOpen: whatever lies in the place of an attachment, either its own bytes
// come out, or a beginning of them and an error.
func FuzzOpen(f *testing.F) {
	s := &blob.Store{Dir: filepath.Join(f.TempDir(), "files")}
	key := newKeys(f, "case/a")[0]
	plain := bytes.Repeat([]byte("attached "), 20)
	ref, err := s.Put(ctx, key, bytes.NewReader(plain), large)
	if err != nil {
		f.Fatal(err)
	}
	path := filepath.Join(s.Dir, ref.ID[:2], ref.ID)
	good, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	// The place and the key are others in each run, so an input is a change:
	// some bytes cut out and others put in.
	f.Add(0, 0, []byte{})
	f.Add(len(good), 0, []byte{0})
	f.Add(0, len(good), []byte("age-encryption.org/v1\n-> steward-case\n\n--- \n"))
	f.Add(22, 5, []byte("-> X25519 a"))
	f.Add(len(good)-1, 1, []byte{})
	f.Fuzz(func(t *testing.T, at, cut int, put []byte) {
		if at < 0 || at > len(good) || cut < 0 || cut > len(good)-at {
			return
		}
		changed := append(append(bytes.Clone(good[:at]), put...), good[at+cut:]...)
		if err := os.WriteFile(path, changed, 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := get(s, key, ref.ID)
		if (err == nil) != bytes.Equal(changed, good) || !bytes.HasPrefix(plain, got) || err == nil && len(got) != len(plain) {
			t.Errorf("%d bytes, %v; the file is %q", len(got), err, changed)
		}
	})
}

// FuzzID: a name that is no identifier opens nothing, wherever it points.
func FuzzID(f *testing.F) {
	dir := f.TempDir()
	s := &blob.Store{Dir: filepath.Join(dir, "files")}
	if err := os.WriteFile(filepath.Join(dir, "secret"), []byte("x"), 0o600); err != nil {
		f.Fatal(err)
	}
	for _, id := range []string{"../secret", "", "a/../../secret", "ab", "..", "\x00", "abcdefghijklmnopqrstuvwxyz"} {
		f.Add(id)
	}
	f.Fuzz(func(t *testing.T, id string) {
		if file, err := s.OpenSealed(id); !errs.Is(err, errs.NotFound) {
			t.Errorf("%q: %v, %v", id, file, err)
		}
	})
}
