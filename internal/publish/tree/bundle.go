package tree

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"steward/internal/base/sign"
)

// A bundle is one file on disk that holds what one publication wrote of one
// group: its files with their signatures. They come together and mostly go
// together, and one sync keeps them all. A bundle is named by its group and the
// sequence of the publication; it is never changed.
//
// Its first lines are
//
//	steward-bundle 1 HEADER     the length of these lines in bytes
//	LENGTH LENGTH SHA512 PATH
//
// with the lengths of a file's sections. The sections follow in the same
// order, without anything between.
const bundleHead = "steward-bundle 1"

// The sections of a file in a bundle.
const (
	sectionFile = iota
	sectionSig
	sections
)

// bundle names the bundle that holds a file. Each list is alone in one.
func (e *entry) bundle() string {
	key := "group " + e.group
	if strings.HasPrefix(e.path, listFolder) {
		key = "list " + e.path
	}
	h := sha256.Sum256([]byte(key))
	return hex.EncodeToString(h[:12]) + "-" + strconv.FormatInt(e.sequence, 10)
}

// made is a file that is ready to be written.
type made struct {
	entry *entry
	data  [sections][]byte
	sum   [sha512.Size]byte
}

// newMade signs one file.
func newMade(signer *sign.Signer, f hashed, at time.Time, sequence int64) (*made, error) {
	m, h := &made{}, sha512.New()
	h.Write(f.Data)
	h.Sum(m.sum[:0])
	sig, err := signer.DetachHashed(h, at)
	if err != nil {
		return nil, fmt.Errorf("signing %s: %w", f.Path, err)
	}
	m.entry = &entry{path: f.Path, group: f.Group, modified: at, sequence: sequence, fixed: f.Fixed}
	m.entry.sums[plain] = f.sum
	m.entry.sums[signature] = sha256.Sum256(sig)
	m.entry.sums[hash256] = sha256.Sum256(hash256Text(f.Path, m.entry.sums[plain]))
	m.entry.sums[hash512] = sha256.Sum256(hash512Text(f.Path, m.sum))
	m.data[sectionFile], m.data[sectionSig] = f.Data, sig
	return m, nil
}

// bundleOf gives the bytes of a bundle.
func bundleOf(files []*made) []byte {
	slices.SortFunc(files, func(a, b *made) int { return strings.Compare(a.entry.path, b.entry.path) })
	var index, b bytes.Buffer
	size := 0
	for _, m := range files {
		for _, d := range m.data {
			size += len(d)
			fmt.Fprintf(&index, "%d ", len(d))
		}
		fmt.Fprintf(&index, "%x %s\n", m.sum, m.entry.path)
	}
	b.Grow(len(bundleHead) + 32 + index.Len() + size)
	fmt.Fprintf(&b, "%s %d\n", bundleHead, index.Len())
	b.Write(index.Bytes())
	for _, m := range files {
		for _, d := range m.data {
			b.Write(d)
		}
	}
	return b.Bytes()
}

// stored is a file in a bundle, opened for reading.
type stored struct {
	file   *os.File
	start  int64
	length [sections]int64
	sum    [sha512.Size]byte
}

// openStored opens the bundle in the folder at the file of the path.
func openStored(folder, bundle, path string) (*stored, error) {
	f, err := os.Open(filepath.Join(folder, bundle))
	if err != nil {
		return nil, err
	}
	s := &stored{file: f}
	if err := s.seek(path); err != nil {
		return nil, errors.Join(fmt.Errorf("bundle %s: %w", bundle, err), f.Close())
	}
	return s, nil
}

// seek finds a file in the index of the bundle.
func (s *stored) seek(path string) error {
	const first = 4 << 10 // enough for most indexes
	head := make([]byte, first)
	n, err := s.file.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return err
	}
	line, rest, ok := bytes.Cut(head[:n], []byte("\n"))
	number, isBundle := bytes.CutPrefix(line, []byte(bundleHead+" "))
	length, err := strconv.Atoi(string(number))
	if !ok || !isBundle || err != nil || length < 0 || length > maxIndex {
		return fmt.Errorf("it does not start as a bundle does")
	}
	index := rest
	if len(index) < length {
		index = make([]byte, length)
		if _, err := s.file.ReadAt(index, int64(len(line)+1)); err != nil {
			return err
		}
	}
	s.start = int64(len(line) + 1 + length)
	return s.find(string(index[:length]), path)
}

// maxIndex limits the index of a bundle, in bytes: some 50,000 files.
const maxIndex = 16 << 20

// find reads the index up to the file.
func (s *stored) find(index, path string) error {
	for line := range strings.Lines(index) {
		fields := strings.Fields(line)
		if len(fields) != sections+2 {
			return fmt.Errorf("its index is damaged")
		}
		var all int64
		for i := range s.length {
			n, err := strconv.ParseInt(fields[i], 10, 64)
			if err != nil || n < 0 {
				return fmt.Errorf("its index is damaged")
			}
			s.length[i] = n
			all += n
		}
		if fields[sections+1] != path {
			s.start += all
			continue
		}
		sum, err := hex.DecodeString(fields[sections])
		if err != nil || len(sum) != len(s.sum) {
			return fmt.Errorf("its index is damaged")
		}
		copy(s.sum[:], sum)
		return nil
	}
	return fmt.Errorf("%s is not in it", path)
}

// section reads one section.
func (s *stored) section(n int) *io.SectionReader {
	at := s.start
	for _, l := range s.length[:n] {
		at += l
	}
	return io.NewSectionReader(s.file, at, s.length[n])
}

// companion reads a file or one of its companions.
func (s *stored) companion(e *entry, kind int) *io.SectionReader {
	text := func(b []byte) *io.SectionReader {
		return io.NewSectionReader(bytes.NewReader(b), 0, int64(len(b)))
	}
	switch kind {
	case signature:
		return s.section(sectionSig)
	case hash256:
		return text(hash256Text(e.path, e.sums[plain]))
	case hash512:
		return text(hash512Text(e.path, s.sum))
	default:
		return s.section(sectionFile)
	}
}

func (s *stored) Close() error { return s.file.Close() }
