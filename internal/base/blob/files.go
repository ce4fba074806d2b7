package blob

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"

	"steward/internal/base/db"
	"steward/internal/base/errs"
)

// unfinished ends the names of files that are being written.
const unfinished = ".part"

// Item is a file of the store.
type Item struct {
	ID   string
	Size int64     // bytes on the disk, sealed
	At   time.Time // when it was stored
}

// List goes through all attachments. To find those that no record names, leave
// out the young ones: a file is stored before the record that names it.
func (s *Store) List() iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		err := s.walk(func(path string, info fs.FileInfo) error {
			if !db.ValidID(info.Name()) {
				return nil
			}
			if !yield(Item{info.Name(), info.Size(), info.ModTime().UTC()}, nil) {
				return fs.SkipAll
			}
			return nil
		})
		if err != nil {
			yield(Item{}, fmt.Errorf("listing the attachments: %w", err))
		}
	}
}

// Tidy removes files whose writing was begun before a time and never ended,
// as a crash leaves them, and tells how many there were.
func (s *Store) Tidy(before time.Time) (n int, err error) {
	err = s.walk(func(path string, info fs.FileInfo) error {
		if !strings.HasSuffix(path, unfinished) || !info.ModTime().Before(before) {
			return nil
		}
		n++
		return os.Remove(path)
	})
	if err != nil {
		return n, fmt.Errorf("removing unfinished attachments: %w", err)
	}
	return n, nil
}

// walk visits the files of the store. One that goes away meanwhile, or a store
// that has not been made yet, is no error.
func (s *Store) walk(visit func(path string, info fs.FileInfo) error) error {
	return filepath.WalkDir(s.Dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			var info fs.FileInfo
			if info, err = d.Info(); err == nil {
				err = visit(path, info)
			}
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	})
}

// OpenSealed gives the file as it lies on the disk, for a backup. One that is
// not there is an errs.NotFound.
func (s *Store) OpenSealed(id string) (*os.File, error) {
	path, err := s.path(id)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errs.Missing().WithCause(err)
	}
	if err != nil {
		return nil, fmt.Errorf("opening an attachment: %w", err)
	}
	return f, nil
}

// PutSealed stores a file as OpenSealed gave it, for the restore of a backup.
func (s *Store) PutSealed(id string, r io.Reader) error {
	err := s.place(id, func(w io.Writer) error {
		_, err := io.Copy(w, r)
		return err
	})
	if err != nil {
		return fmt.Errorf("storing attachment %s: %w", id, err)
	}
	return nil
}

// Remove deletes an attachment. One that is not there is no error.
func (s *Store) Remove(id string) error {
	path, err := s.path(id)
	if err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("removing an attachment: %w", err)
	}
	return nil
}

// path is where an attachment lies: the first two of its characters choose the
// folder. What is not an identifier never becomes part of a path.
func (s *Store) path(id string) (string, error) {
	if !db.ValidID(id) {
		return "", errs.Missing()
	}
	return filepath.Join(s.Dir, id[:2], id), nil
}

// place writes a file beside its place and moves it there when it is whole
// and on the disk.
func (s *Store) place(id string, write func(io.Writer) error) error {
	path, err := s.path(id)
	if err != nil {
		return err
	}
	if err := s.makeFolder(filepath.Dir(path)); err != nil {
		return err
	}
	if err := writeFile(path+unfinished, write); err != nil {
		return err
	}
	if err := os.Rename(path+unfinished, path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// writeFile writes a new file to the disk; if that fails, no file is left.
func writeFile(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if err = write(f); err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

// makeFolder makes a folder within s.Dir, and s.Dir itself. Both are synced
// even if they are there: another that made them a moment ago may not have
// come to it yet.
func (s *Store) makeFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return errors.Join(syncFolder(filepath.Dir(s.Dir)), syncFolder(s.Dir))
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
