// Package index finds and opens the indexes of packages that a machine has,
// however they are packed.
package index

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
	"github.com/ulikunitz/xz"

	"steward/internal/base/errs"
)

// MaxBytes is how large an index may be, unpacked. Debian's own have 70 MB.
const MaxBytes = 4 << 30

// Lists is where apt keeps the indexes that it has fetched.
const Lists = "/var/lib/apt/lists"

// Found gives the indexes of packages and of sources in a folder of apt's.
func Found(dir string) (packages, sources []string, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, nil, errs.Invalidf("apt", "The folder %s cannot be read.", dir).WithHint("run apt-get update, or name files with --packages and --sources").WithCause(err)
	}
	for _, e := range entries {
		name, _, _ := strings.Cut(e.Name(), ".") // hosts have dots, too: the last part decides
		if i := strings.LastIndexByte(e.Name(), '_'); i >= 0 {
			name, _, _ = strings.Cut(e.Name()[i+1:], ".")
		}
		switch path := filepath.Join(dir, e.Name()); {
		case e.IsDir() || strings.HasSuffix(path, ".diff"):
		case name == "Packages":
			packages = append(packages, path)
		case name == "Sources":
			sources = append(sources, path)
		}
	}
	if len(packages) == 0 {
		return nil, nil, errs.Invalidf("apt", "There is no index of packages in %s.", dir).WithHint("run apt-get update, or name files with --packages and --sources")
	}
	slices.Sort(packages)
	slices.Sort(sources)
	return packages, sources, nil
}

// open opens what is no folder.
func open(path string) (*os.File, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return nil, errs.Invalidf(path, "This is a folder, where a file is asked for.")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, errs.Invalidf(path, "The file cannot be read.").WithHint("is the path right?").WithCause(err)
	}
	return f, nil
}

// Read opens an index and unpacks it. How it is packed shows in its first bytes.
func Read(path string) ([]byte, error) {
	f, err := open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	raw, err := unpack(f)
	if err != nil {
		return nil, errs.Invalidf(path, "The file is broken, or ends too early.").WithHint("fetch it anew; what was read of it is not used").WithCause(err)
	}
	return raw, nil
}

// Open opens a file and unpacks it while it is read: for files that nobody wants
// to hold as a whole. More than MaxBytes are an error.
func Open(path string) (io.ReadCloser, error) {
	f, err := open(path)
	if err != nil {
		return nil, err
	}
	r, err := Unpack(f, MaxBytes)
	if err != nil {
		_ = f.Close()
		return nil, errs.Invalidf(path, "The file is broken, or ends too early.").WithHint("fetch it anew").WithCause(err)
	}
	return &opened{r, func() error { return errors.Join(r.Close(), f.Close()) }}, nil
}

// opened is what is read, with what it takes to close it.
type opened struct {
	io.Reader
	close func() error
}

func (o *opened) Close() error { return o.close() }

// Unpack unpacks what comes from anywhere while it is read. Its first bytes show
// how it is packed; what is not packed is given as it is. More than limit bytes
// are an error. To close it gives back what it took, and does not close r.
func Unpack(r io.Reader, limit int64) (io.ReadCloser, error) {
	u, _, end, err := unpacked(r)
	if err != nil {
		return nil, err
	}
	return &opened{&limited{u, limit, limit}, func() error { end(); return nil }}, nil
}

// limited gives no more than so many bytes.
type limited struct {
	r           io.Reader
	left, limit int64
}

func (l *limited) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	if l.left -= int64(n); l.left < 0 {
		return 0, fmt.Errorf("it has more than %d bytes", l.limit)
	}
	return n, err
}

// maxWindow is how far back an xz archive may point, in bytes: so much is set
// aside when it is opened. The best that xz offers by itself takes 64 MB.
const maxWindow = 256 << 20

// window reads how far back the first block of an xz archive may point; 0: its
// head does not say so in the usual way.
func window(head []byte) uint64 {
	const flags, filter = 13, 14 // behind twelve bytes of the stream and one that gives the header's size
	at := filter
	if len(head) < flags+1 || head[flags]&3 != 0 { // more than one filter
		return 0
	}
	for _, optional := range []byte{0x40, 0x80} { // sizes, seven bits a byte
		if head[flags]&optional == 0 {
			continue
		}
		for at < len(head) && head[at]&0x80 != 0 {
			at++
		}
		at++
	}
	if at+3 > len(head) || head[at] != 0x21 || head[at+1] != 1 || head[at+2] > 40 {
		return 0
	}
	bits := head[at+2]
	return uint64(2|bits&1) << (bits/2 + 11)
}

// unpacked unpacks a file as it is read, and tells whether it was packed. The end
// gives back what that took.
func unpacked(f io.Reader) (r io.Reader, packed bool, end func(), err error) {
	b := bufio.NewReaderSize(f, 1<<20)
	end = func() {}
	head, err := b.Peek(6)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, false, end, err
	}
	err, packed = nil, true
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		r, err = gzip.NewReader(b)
	case bytes.HasPrefix(head, []byte{0xfd, '7', 'z', 'X', 'Z', 0}):
		if head, _ = b.Peek(64); window(head) > maxWindow { // what is too short for a head, the reader will say
			return nil, true, end, fmt.Errorf("to unpack it takes a window of %d bytes", window(head))
		}
		r, err = xz.NewReader(b)
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		var d *zstd.Decoder
		if d, err = zstd.NewReader(b, zstd.WithDecoderMaxMemory(1<<30)); err == nil {
			r, end = d, d.Close
		}
	case bytes.HasPrefix(head, []byte{0x04, 0x22, 0x4d, 0x18}):
		r = lz4.NewReader(b)
	case bytes.HasPrefix(head, []byte("BZh")):
		r = bzip2.NewReader(b)
	default:
		r, packed = b, false
	}
	return r, packed, end, err
}

func unpack(f *os.File) ([]byte, error) {
	r, packed, end, err := unpacked(f)
	if err != nil {
		return nil, err
	}
	defer end()
	room := int64(1 << 20)
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
		if room = info.Size() + bytes.MinRead; packed { // the buffer wants so much free to see the end
			room *= 5
		}
	}
	out := bytes.NewBuffer(make([]byte, 0, min(room, 1<<30)))
	n, err := io.Copy(out, io.LimitReader(r, MaxBytes+1))
	if err == nil && n > MaxBytes {
		err = fmt.Errorf("it has more than %d bytes", int64(MaxBytes))
	}
	return out.Bytes(), err
}

// Release finds the indexes of a release by what their names have in common: of
// "bookworm" bookworm.Packages and bookworm.Sources, or those in a folder of
// that name, packed or not.
func Release(name string) (packages, sources string, err error) {
	find := func(kind string) string {
		for _, stem := range []string{name + "." + kind, filepath.Join(name, kind)} {
			for _, packing := range []string{"", ".gz", ".xz", ".lz4", ".zst", ".bz2"} {
				if info, err := os.Stat(stem + packing); err == nil && info.Mode().IsRegular() {
					return stem + packing
				}
			}
		}
		return ""
	}
	if packages, sources = find("Packages"), find("Sources"); packages == "" || sources == "" {
		return "", "", errs.Invalidf("before", "There is no %s.Packages with a %s.Sources beside it.", name, name).WithHint("name what both file names begin with")
	}
	return packages, sources, nil
}
