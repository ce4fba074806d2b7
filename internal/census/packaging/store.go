package packaging

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/klauspost/compress/gzip"

	"steward/internal/base/errs"
	"steward/internal/census/archive"
	"steward/internal/census/index"
)

// File is the name of a store in its folder: lines of JSON, packed, one for each
// source and version, sorted by both. The same histories give the same bytes.
const File = "packaging.jsonl.gz"

// journal is the file of what was added since File was last written: it is there
// while a store is open, and after one was not closed.
const journal = "packaging.jsonl.new"

// Bounds of a store. A line of the kernel's has about 300 kB.
const (
	maxLine  = 4 << 20   // bytes
	maxLines = 1_000_000 // the releases of Debian have 40,000 sources each
	maxStore = 4 << 30   // bytes, unpacked
)

type key struct{ source, version string }

// Store keeps histories in a folder, which one process at a time may add to.
// What was added is there after a crash.
type Store struct {
	dir string

	mu      sync.Mutex
	all     map[key]*History
	journal *os.File
}

// Open opens the store of a folder, and makes the folder if there is none.
//
// Errors are errs.Invalid: the folder cannot be used, or what is in it is no store.
func Open(dir string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, errs.Invalidf(dir, "The folder cannot be made.").WithCause(err)
	}
	s := &Store{dir: dir, all: map[key]*History{}}
	if err := s.load(File, false); err != nil {
		return nil, err
	}
	if err := s.load(journal, true); err != nil {
		return nil, err
	}
	if err := s.write(); err != nil { // so that a journal begins on a new line
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(dir, journal), os.O_WRONLY|os.O_CREATE|os.O_TRUNC|os.O_APPEND, 0o644)
	if err != nil {
		return nil, errs.Invalidf(dir, "Nothing can be written in the folder.").WithCause(err)
	}
	s.journal = f
	return s, nil
}

// Load reads the store of a folder, and writes nothing. Without one it is empty.
func Load(dir string) (*Store, error) {
	s := &Store{dir: dir, all: map[key]*History{}}
	if err := s.load(File, false); err != nil {
		return nil, err
	}
	return s, s.load(journal, true)
}

// load reads one of the two files; the last line of the journal may be torn.
func (s *Store) load(name string, torn bool) error {
	path := filepath.Join(s.dir, name)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	r, err := index.Open(path)
	if err != nil {
		return err
	}
	defer r.Close()
	err = readLines(io.LimitReader(r, maxStore+1), torn, func(h *History) error {
		if len(s.all) >= maxLines {
			return fmt.Errorf("more than %d lines", maxLines)
		}
		s.all[key{h.Source, h.Version}] = h
		return nil
	})
	if err != nil {
		return errs.Invalidf(path, "The file is no store of packaging, or it is broken.").WithHint("remove it and collect anew").WithCause(err)
	}
	return nil
}

// readLines reads the histories of a store. Where it may be torn, a last line
// without an end is passed over.
func readLines(r io.Reader, torn bool, each func(*History) error) error {
	b := bufio.NewReaderSize(r, 64<<10)
	var long []byte
	for n, size := 1, 0; ; n++ {
		long = long[:0]
		text, err := b.ReadSlice('\n')
		for errors.Is(err, bufio.ErrBufferFull) && len(long) <= maxLine {
			long = append(long, text...)
			text, err = b.ReadSlice('\n')
		}
		if len(long) > 0 {
			long = append(long, text...)
			text = long
		}
		switch size += len(text); {
		case len(text) > maxLine:
			return fmt.Errorf("line %d has more than %d bytes", n, maxLine)
		case size > maxStore:
			return fmt.Errorf("more than %d bytes", int64(maxStore))
		case errors.Is(err, io.EOF) && (len(text) == 0 || torn):
			return nil
		case errors.Is(err, io.EOF):
			return fmt.Errorf("line %d has no end", n)
		case err != nil:
			return err
		}
		h, err := decode(text)
		if err == nil {
			err = each(h)
		}
		if err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
}

// Len gives how many histories there are.
func (s *Store) Len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.all)
}

// Get gives the history of a version of a source; false: it is not there.
func (s *Store) Get(source, version string) (*History, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h, ok := s.all[key{source, version}]
	return h, ok
}

// All gives every history, by source and version, the lowest first.
func (s *Store) All() []*History {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sorted()
}

func (s *Store) sorted() []*History {
	out := make([]*History, 0, len(s.all))
	for _, h := range s.all {
		out = append(out, h)
	}
	slices.SortFunc(out, func(a, b *History) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), archive.Compare(a.Version, b.Version), cmp.Compare(a.Version, b.Version))
	})
	return out
}

// Add adds a history; another of the same version gives way to it. It is in a
// file when Add returns, though a power cut may take what came last.
func (s *Store) Add(h *History) error {
	text, err := h.encode()
	if err != nil {
		return fmt.Errorf("writing a history: %w", err)
	}
	if _, err := decode(text); err != nil { // what could not be read again may not stop the next run
		return fmt.Errorf("writing a history: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.journal == nil {
		return errors.New("the store is not open for writing")
	}
	if len(s.all) >= maxLines {
		return errs.Conflictf("The store has %d lines already.", len(s.all)).WithHint("begin another folder")
	}
	if _, err := s.journal.Write(text); err != nil {
		return fmt.Errorf("writing a history: %w", err)
	}
	s.all[key{h.Source, h.Version}] = h
	return nil
}

// Close writes all to File, at once or not at all, and closes the store.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.journal == nil {
		return nil
	}
	err := s.journal.Close()
	s.journal = nil
	if err := errors.Join(err, s.write()); err != nil {
		return err
	}
	return os.Remove(filepath.Join(s.dir, journal))
}

// write writes File anew, unless there is nothing to write.
func (s *Store) write() (err error) {
	if len(s.all) == 0 {
		return nil
	}
	f, err := os.CreateTemp(s.dir, ".packaging-*")
	if err != nil {
		return errs.Invalidf(s.dir, "Nothing can be written in the folder.").WithCause(err)
	}
	defer os.Remove(f.Name()) // it is gone if all went well
	defer f.Close()
	if err := s.pack(f); err != nil {
		return fmt.Errorf("writing the store: %w", err)
	}
	return errors.Join(f.Chmod(0o644), f.Sync(), f.Close(), os.Rename(f.Name(), filepath.Join(s.dir, File)))
}

func (s *Store) pack(w io.Writer) error {
	b := bufio.NewWriter(w)
	z := gzip.NewWriter(b)
	for _, h := range s.sorted() {
		text, err := h.encode()
		if err != nil {
			return err
		}
		if _, err := io.Copy(z, bytes.NewReader(text)); err != nil {
			return err
		}
	}
	return errors.Join(z.Close(), b.Flush())
}
