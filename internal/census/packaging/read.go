package packaging

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"steward/internal/base/errs"
	"steward/internal/census/index"
)

// Bounds of a packaging file. Debian's largest, which carries data, unpacks to
// about a gigabyte.
const (
	maxUnpacked = 2 << 30 // bytes
	maxFiles    = 500_000 // in an archive
)

// Read reads a packaging file as a stream, however it is packed: a .debian.tar,
// a .diff of format 1.0, or the archive of a native source; its name tells which.
// Nothing is written, and no link in it is followed. Days after today are not
// believed.
//
// Errors are errs.Invalid: it is broken, too large, holds no changelog, or is the
// packaging of something else than source and version.
func Read(ctx context.Context, r io.Reader, name, source, version string, today time.Time) (*History, error) {
	return read(ctx, r, name, source, version, today, maxUnpacked, maxFiles)
}

func read(ctx context.Context, r io.Reader, name, source, version string, today time.Time, bytes int64, files int) (*History, error) {
	u, err := index.Unpack(r, bytes)
	if err != nil {
		return nil, broken(name, err)
	}
	defer u.Close()
	f := found{folder: newFolder(DayOf(today)), quilt: strings.Contains(name, ".debian.tar"), name: name, files: files}
	if strings.Contains(name, ".diff") {
		err = f.diff(ctx, u)
	} else {
		err = f.tar(ctx, u)
	}
	if err != nil {
		return nil, err
	}
	c := ReadChangelog(f.changelog, f.today)
	c.Cut = c.Cut || f.cut
	if len(c.Entries) == 0 {
		return nil, errs.Invalidf(name, "It has no debian/changelog that can be read.")
	}
	if e := &c.Entries[0]; e.Source != source || e.Version != version {
		return nil, errs.Invalidf(name, "It is the packaging of %s %s.", e.Source, e.Version)
	}
	return history(source, version, c, f.count(f.quilt)), nil
}

func broken(name string, err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return errs.Invalidf(name, "The file is broken, too large, or ends too early.").WithHint("fetch it anew").WithCause(err)
}

// found is what a packaging file has.
type found struct {
	*folder
	name      string
	files     int  // how many there may be
	quilt     bool // it is the packaging alone, in format 3.0 (quilt)
	changelog []byte
	cut       bool // not the whole changelog is here
}

// place tells what a path of an archive is: "changelog", or a path in
// debian/patches.
func (f *found) place(name string) (place string, patch bool) {
	if len(name) > maxPath {
		return "", false
	}
	name = strings.TrimPrefix(name, "./")
	if !f.quilt {
		_, name, _ = strings.Cut(name, "/") // the folder of the source
	}
	name, ok := within(name)
	if !ok {
		return "", false
	}
	if name == "debian/changelog" {
		return "changelog", false
	}
	if place, patch = strings.CutPrefix(name, "debian/patches/"); patch {
		return place, true
	}
	return "", false
}

func (f *found) tar(ctx context.Context, r io.Reader) error {
	t := tar.NewReader(r)
	for n := 0; ; n++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			// The end of an archive is not the end of what is packed, whose sum
			// is behind it.
			if _, err := io.Copy(io.Discard, &patient{ctx, r}); err != nil {
				return broken(f.name, err)
			}
			return nil
		}
		if err != nil {
			return broken(f.name, err)
		}
		if n >= f.files {
			return errs.Invalidf(f.name, "It has more than %d files.", f.files)
		}
		place, patch := f.place(h.Name)
		if place == "" || h.Typeflag == tar.TypeDir {
			continue
		}
		if err := f.take(place, patch, t); err != nil {
			return broken(f.name, err)
		}
	}
}

// patient reads until its context ends.
type patient struct {
	ctx context.Context
	r   io.Reader
}

func (p *patient) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	return p.r.Read(b)
}

// take reads a file. A link has no bytes of its own: it is there, and says
// nothing. Of two with one name the later counts, as it would if both were written.
func (f *found) take(place string, patch bool, r io.Reader) error {
	limit := 0
	switch {
	case !patch:
		limit = MaxChangelog + 1 // one more shows that it is too long
	case isList(place):
		limit = maxSeries
	case len(f.patches) >= maxPatches:
		return fmt.Errorf("it has more than %d patches", maxPatches)
	default:
		limit = maxHeader
	}
	text, err := io.ReadAll(io.LimitReader(r, int64(limit)))
	if err != nil {
		return err
	}
	f.keep(place, patch, text)
	return nil
}

func (f *found) keep(place string, patch bool, text []byte) {
	switch {
	case !patch:
		f.changelog, f.cut = text, false
	case isList(place):
		f.lists[place] = text
	default:
		f.patches[place] = ReadPatch(text, f.today)
	}
}
