package index_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
	"github.com/ulikunitz/xz"

	"steward/internal/base/errs"
	"steward/internal/census/index"
)

// packed writes words in each way that an index may be packed.
func packed(t *testing.T, words []byte) map[string][]byte {
	t.Helper()
	out := map[string][]byte{"": words}
	for name, open := range map[string]func(io.Writer) (io.WriteCloser, error){
		".gz":  func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriter(w), nil },
		".xz":  func(w io.Writer) (io.WriteCloser, error) { return xz.NewWriter(w) },
		".zst": func(w io.Writer) (io.WriteCloser, error) { return zstd.NewWriter(w) },
		".lz4": func(w io.Writer) (io.WriteCloser, error) { return lz4.NewWriter(w), nil },
	} {
		var b bytes.Buffer
		w, err := open(&b)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(words); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		out[name] = b.Bytes()
	}
	return out
}

// TestRead: however it is packed, and whatever it is called, the index is the
// same; one that ends too early is no index.
func TestRead(t *testing.T) {
	t.Parallel()
	words := []byte(strings.Repeat("Package: a\nVersion: 1\n\n", 5000))
	for name, raw := range packed(t, words) {
		path := filepath.Join(t.TempDir(), "any")
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := index.Read(path); err != nil || !bytes.Equal(got, words) {
			t.Errorf("%q: %d bytes, %v", name, len(got), err)
		}
		r, err := index.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, words) {
			t.Errorf("%q: %d bytes as a stream, %v", name, len(got), err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		if name == "" {
			continue
		}
		for _, cut := range []int{7, len(raw) / 2, len(raw) - 1} {
			if err := os.WriteFile(path, raw[:cut], 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := index.Read(path); !errs.Is(err, errs.Invalid) {
				t.Errorf("%q cut at %d of %d: %v", name, cut, len(raw), err)
			}
		}
	}
	if _, err := index.Read(filepath.Join(t.TempDir(), "none")); !errs.Is(err, errs.Invalid) {
		t.Error(err)
	}
}

func TestFound(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{
		"deb.debian.org_debian_dists_bookworm_main_binary-amd64_Packages.lz4", "deb.debian.org_debian_dists_bookworm_main_source_Sources",
		"deb.debian.org_debian_dists_bookworm_InRelease", "lock", "deb.debian.org_debian_dists_bookworm_main_i18n_Translation-en",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p, s, err := index.Found(dir)
	if err != nil || len(p) != 1 || len(s) != 1 || !strings.HasSuffix(p[0], "Packages.lz4") || !strings.HasSuffix(s[0], "Sources") {
		t.Errorf("%v, %v, %v", p, s, err)
	}
	if _, _, err := index.Found(t.TempDir()); !errs.Is(err, errs.Invalid) {
		t.Error(err)
	}
}

// TestUnpack: what comes from elsewhere is unpacked within bounds: of what it
// holds, and of what it takes to open it.
func TestUnpack(t *testing.T) {
	t.Parallel()
	words := []byte(strings.Repeat("Package: a\nVersion: 1\n\n", 5000))
	for name, raw := range packed(t, words) {
		for limit, good := range map[int64]bool{int64(len(words)): true, int64(len(words)) - 1: false} {
			r, err := index.Unpack(bytes.NewReader(raw), limit)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := io.ReadAll(r); (err == nil) != good || good && !bytes.Equal(got, words) {
				t.Errorf("%q within %d: %d bytes, %v", name, limit, len(got), err)
			}
			if err := r.Close(); err != nil {
				t.Error(err)
			}
		}
		if name != ".xz" {
			continue
		}
		// The same archive, which says that it may point back far: 28 stands for
		// 64 MB, 40 for four gigabytes (the .xz format, 5.3.1).
		for bits, good := range map[byte]bool{28: true, 40: false} {
			raw := bytes.Clone(raw)
			size := 4 * (int(raw[12]) + 1) // of the head of the first block
			raw[16] = bits
			binary.LittleEndian.PutUint32(raw[12+size-4:], crc32.ChecksumIEEE(raw[12:12+size-4]))
			r, err := index.Unpack(bytes.NewReader(raw), int64(len(words)))
			if (err == nil) != good {
				t.Fatalf("a window of %d: %v", bits, err)
			}
			if !good {
				continue
			}
			if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, words) {
				t.Errorf("a window of %d: %d bytes, %v", bits, len(got), err)
			}
		}
	}
}
