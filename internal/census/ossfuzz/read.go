package ossfuzz

import (
	"archive/tar"
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/klauspost/compress/gzip"

	"steward/internal/base/errs"
	"steward/internal/census/fetch"
)

const (
	// URL is where the repository is to be had as an archive.
	URL = "https://github.com/google/oss-fuzz/archive/refs/heads/master.tar.gz"
	// Name is how the archive is called in a folder of a census.
	Name = "oss-fuzz.tar.gz"
)

// Bounds of the archive.
const (
	maxBytes    = 512 << 20 // unpacked; it has some twenty million
	maxEntries  = 1 << 19   // files and folders; there are some ten thousand
	maxProjects = 1 << 16   // there are some fourteen hundred
	maxGaps     = 20        // that are named
)

// Gap is a project that could not be read.
type Gap struct {
	Project string `json:"project"`
	What    string `json:"what"` // a sentence
}

// List is the projects of OSS-Fuzz.
type List struct {
	Projects []Project // by name
	Gaps     []Gap     // the first of them, by name
	MoreGaps int       // so many follow

	repos, homes, names map[string][]int32 // which of Projects have a repository, a page, a name
	places              []place            // the repositories of Projects
}

// ReadTar reads the archive of the repository: a tar, packed by gzip. errs.Invalid
// for what is none, has too much in it, or has no project.
func ReadTar(ctx context.Context, r io.Reader) (*List, error) {
	z, err := gzip.NewReader(bufio.NewReaderSize(r, 64<<10))
	if err != nil {
		return nil, unreadable(err)
	}
	defer z.Close()
	in := &io.LimitedReader{R: z, N: maxBytes}
	l := &List{}
	t := tar.NewReader(in)
	for n := 0; ; n++ {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		h, err := t.Next()
		if errors.Is(err, io.EOF) && in.N > 0 {
			return l, l.close()
		}
		if err == nil && n >= maxEntries {
			err = fmt.Errorf("it has more than %d entries", maxEntries)
		}
		if err != nil {
			return nil, unreadable(err)
		}
		if name, ok := projectOf(h.Name); ok && h.Typeflag == tar.TypeReg {
			if err := l.add(name, t); err != nil {
				return nil, err
			}
		}
	}
}

// projectOf takes the name of a project from the path of its file, which lies in
// a folder named for the state of the repository.
func projectOf(path string) (string, bool) {
	parts := strings.Split(strings.TrimPrefix(path, "./"), "/")
	if len(parts) != 4 || parts[1] != "projects" || parts[3] != "project.yaml" {
		return "", false
	}
	return parts[2], true
}

func unreadable(err error) error {
	return errs.Invalidf("oss-fuzz", "The list of OSS-Fuzz is broken, or has too much in it.").
		WithHint("fetch it anew; what was read of it is not used").WithCause(err)
}

// ReadFolder reads a checkout of the repository.
func ReadFolder(ctx context.Context, dir string) (*List, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, errs.Invalidf("oss-fuzz", "The folder %s cannot be read.", dir).WithHint("name the folder of a checkout of OSS-Fuzz").WithCause(err)
	}
	defer root.Close()
	entries, err := fs.ReadDir(root.FS(), "projects")
	if err != nil {
		return nil, errs.Invalidf("oss-fuzz", "The folder %s has no folder projects that can be read.", dir).WithHint("name the folder of a checkout of OSS-Fuzz").WithCause(err)
	}
	l := &List{}
	for _, e := range entries {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if !e.IsDir() {
			continue
		}
		f, err := root.Open(filepath.Join("projects", e.Name(), "project.yaml"))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			l.gap(e.Name(), "Its file cannot be read.")
			continue
		}
		err = l.add(e.Name(), f)
		_ = f.Close()
		if err != nil {
			return nil, err
		}
	}
	return l, l.close()
}

// add reads the file of a project. The error is that of the whole list.
func (l *List) add(name string, r io.Reader) error {
	if len(l.Projects) >= maxProjects {
		return unreadable(fmt.Errorf("it has more than %d projects", maxProjects))
	}
	raw, err := io.ReadAll(io.LimitReader(r, maxYAML+1))
	if err != nil {
		return unreadable(err)
	}
	switch p, err := ParseProject(name, raw); {
	case name == "" || len(name) > 256:
		l.gap(name[:min(len(name), 256)], "Its name cannot be one.")
	case err != nil:
		l.gap(name, "Its file cannot be used: "+err.Error()+".")
	default:
		l.Projects = append(l.Projects, p)
	}
	return nil
}

func (l *List) gap(project, what string) {
	l.Gaps = append(l.Gaps, Gap{strings.ToValidUTF8(project, "�"), what})
	if len(l.Gaps) > 50*maxGaps {
		l.settle()
	}
}

// settle keeps the first gaps by name.
func (l *List) settle() {
	slices.SortFunc(l.Gaps, func(a, b Gap) int { return cmp.Or(cmp.Compare(a.Project, b.Project), cmp.Compare(a.What, b.What)) })
	if n := len(l.Gaps) - maxGaps; n > 0 {
		l.Gaps = slices.Delete(l.Gaps, maxGaps, len(l.Gaps))
		l.MoreGaps += n
	}
}

// close orders what was read and makes it ready to be matched.
func (l *List) close() error {
	if len(l.Projects) == 0 {
		return errs.Invalidf("oss-fuzz", "There is no project in the list of OSS-Fuzz.").WithHint("give the archive of its repository, or a checkout of it")
	}
	l.settle()
	slices.SortStableFunc(l.Projects, func(a, b Project) int { return cmp.Compare(a.Name, b.Name) })
	l.Projects = slices.CompactFunc(l.Projects, func(a, b Project) bool { return a.Name == b.Name })
	l.index()
	return nil
}

// Collect fetches the archive into a folder; from is its address, "" for URL. It
// tells where it came from, and whether it has not changed.
func Collect(ctx context.Context, c *fetch.Client, from, dir string, progress fetch.Progress) (fetch.Origin, bool, error) {
	if from == "" {
		from = URL
	}
	small := *c
	small.Limit = min(c.Limit, maxBytes)
	return small.File(ctx, from, filepath.Join(dir, Name), progress)
}

// Open reads the archive that Collect has put into a folder; false if none is
// there. A checkout in a folder oss-fuzz does as well.
func Open(ctx context.Context, dir string) (l *List, ok bool, err error) {
	f, err := os.Open(filepath.Join(dir, Name))
	if errors.Is(err, os.ErrNotExist) {
		checkout := filepath.Join(dir, strings.TrimSuffix(Name, ".tar.gz"))
		if _, err := os.Stat(checkout); errors.Is(err, os.ErrNotExist) {
			return nil, false, nil
		}
		l, err = ReadFolder(ctx, checkout)
		return l, err == nil, err
	}
	if err != nil {
		return nil, false, errs.Invalidf("oss-fuzz", "The list of OSS-Fuzz cannot be read.").WithHint("may you read %s?", filepath.Join(dir, Name)).WithCause(err)
	}
	defer f.Close()
	l, err = ReadTar(ctx, f)
	return l, err == nil, err
}
