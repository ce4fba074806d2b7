package inside

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"steward/internal/cinterp"
	"steward/internal/proof"
)

const maxEntries = 400 // in all archives together

// unpack gives the files, and in the place of an archive what is in it. Names
// are relative and lead nowhere else.
func unpack(sources []proof.Source) ([]proof.Source, error) {
	u := &unpacking{seen: map[string]bool{}}
	for _, s := range sources {
		var err error
		switch low := strings.ToLower(s.Name); {
		case strings.HasSuffix(low, ".zip"):
			err = u.zip(s.Data)
		case strings.HasSuffix(low, ".tar"):
			err = u.tar(bytes.NewReader(s.Data))
		case proof.IsArchive(s.Name):
			var z *gzip.Reader
			if z, err = gzip.NewReader(bytes.NewReader(s.Data)); err == nil {
				err = u.tar(z)
			}
		default:
			err = u.add(path.Base(s.Name), bytes.NewReader(s.Data))
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", short(path.Base(s.Name)), err)
		}
	}
	return u.out, nil
}

// unpacking is a set of files that grows within limits.
type unpacking struct {
	out   []proof.Source
	seen  map[string]bool
	bytes int64
}

var errTooMuch = errors.New("there is more in it than is taken: at most 400 files and 6 MiB together")

// add keeps a file under a clean name; of two of one name the first.
func (u *unpacking) add(name string, r io.Reader) error {
	if len(u.out) >= maxEntries {
		return errTooMuch
	}
	b, err := io.ReadAll(io.LimitReader(r, proof.MaxSources-u.bytes+1))
	if err != nil {
		return fmt.Errorf("it cannot be read: %w", err)
	}
	if u.bytes += int64(len(b)); u.bytes > proof.MaxSources {
		return errTooMuch
	}
	name = strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(cinterp.Plain(name), "\\", "/")), "/")
	if name == "" || len(name) > 200 || !fs.ValidPath(name) || u.seen[name] {
		return nil
	}
	u.seen[name] = true
	u.out = append(u.out, proof.Source{Name: name, Data: b})
	return nil
}

func (u *unpacking) zip(data []byte) error {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return fmt.Errorf("it is no archive that can be read: %w", err)
	}
	if len(z.File) > maxEntries {
		return errTooMuch
	}
	for _, f := range z.File {
		if !f.Mode().IsRegular() {
			continue
		}
		r, err := f.Open()
		if err != nil {
			return fmt.Errorf("it cannot be read: %w", err)
		}
		if err := u.add(f.Name, r); err != nil {
			return err
		}
	}
	return nil
}

func (u *unpacking) tar(r io.Reader) error {
	// Padding and long headers count, too.
	t := tar.NewReader(io.LimitReader(r, 4*proof.MaxSources))
	for n := 0; ; n++ {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("it is no archive that can be read: %w", err)
		}
		if n > 2*maxEntries {
			return errTooMuch
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		if err := u.add(h.Name, t); err != nil {
			return err
		}
	}
}

// replace puts fixed files in the place of those of their names: the whole name,
// or else its last part. One file of C takes the place of the only one there is.
func replace(files, fixed []proof.Source) ([]proof.Source, error) {
	files = slices.Clone(files)
	for _, f := range fixed {
		at := -1
		match := func(is func(name string) bool) {
			for i := range files {
				if at < 0 && is(files[i].Name) {
					at = i
				}
			}
		}
		match(func(n string) bool { return n == f.Name })
		match(func(n string) bool { return path.Base(n) == path.Base(f.Name) })
		only := 0
		for i := range files {
			if proof.IsC(files[i].Name) {
				only++
			}
		}
		if only == 1 && proof.IsC(f.Name) {
			match(proof.IsC)
		}
		if at < 0 {
			return nil, fmt.Errorf("none of the files is called %s: give the fixed version the name of what it replaces", short(path.Base(f.Name)))
		}
		files[at].Data = f.Data
	}
	return files, nil
}
