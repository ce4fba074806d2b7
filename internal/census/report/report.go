package report

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sys/unix"

	"steward/internal/base/errs"
	"steward/internal/base/look"
	"steward/internal/census"
	"steward/internal/census/change"
)

//go:embed all:templates assets
var files embed.FS

// Options say how much to write.
type Options struct {
	Pages int    // sources by score that get a page of their own; a quarter as many by reach
	From  string // what was read, for people; may be empty
	// Since is what changed since an earlier run; nil: there is none to compare with.
	Since *change.Change
	// Replace lets the report take the place of an earlier one, and of nothing else.
	Replace bool
	// Tell is told how many files are written, by one at a time; nil: nobody asks.
	Tell func(files int64)
}

// DefaultPages is how many sources by score get a page, unless one says otherwise.
const DefaultPages = 1000

// Made tells what was written.
type Made struct {
	Dir   string `json:"dir"`
	Files int    `json:"files"`
	Pages int    `json:"source_pages"`
	Bytes int64  `json:"bytes"`
}

// Write makes the report of a ranking in a folder, which must be empty or not be
// there, or be an earlier report if that is to be replaced: errs.Conflict if it
// holds anything else. The folder appears when all is written, or not at all; an
// earlier report is there until then. The same ranking and options give the same
// bytes.
func Write(ctx context.Context, dir string, r *census.Ranking, o Options) (Made, error) {
	if o.Pages < 0 {
		return Made{}, errs.Invalidf("pages", "There cannot be %d pages of sources.", o.Pages).WithHint("0 leaves them out")
	}
	earlier, err := vacant(dir, o.Replace)
	if err != nil {
		return Made{}, err
	}
	parent := filepath.Dir(filepath.Clean(dir))
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return Made{}, fmt.Errorf("making the folder of the report: %w", err)
	}
	beside, err := os.MkdirTemp(parent, ".census-")
	if err != nil {
		return Made{}, fmt.Errorf("making the folder of the report: %w", err)
	}
	defer os.RemoveAll(beside) //nolint:errcheck // it is gone once all went well, or it is the earlier report
	w := &writer{dir: beside, tell: o.Tell}
	if err := w.all(ctx, newBook(r, o)); err != nil {
		return Made{}, err
	}
	if err := os.Chmod(beside, 0o755); err != nil {
		return Made{}, fmt.Errorf("opening the report to readers: %w", err)
	}
	if err := settle(beside, dir, earlier); err != nil {
		return Made{}, fmt.Errorf("putting the report in place: %w", err)
	}
	return Made{Dir: dir, Files: len(w.names), Pages: int(w.pages.Load()), Bytes: w.bytes}, nil
}

// settle puts the new folder where it belongs. An earlier report changes places
// with it in one step, so that whoever serves the folder finds one at any time.
func settle(beside, dir string, earlier bool) error {
	if earlier {
		if err := ours(dir); err != nil { // it may have changed while the new one was written
			return err
		}
		if err := unix.Renameat2(unix.AT_FDCWD, beside, unix.AT_FDCWD, dir, unix.RENAME_EXCHANGE); err == nil {
			return nil
		}
		old := beside + "-old" // the file system cannot do that
		if err := os.Rename(dir, old); err != nil {
			return err
		}
		if err := os.Rename(beside, dir); err != nil {
			return errors.Join(err, os.Rename(old, dir))
		}
		return os.RemoveAll(old)
	}
	if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.Rename(beside, dir)
}

// vacant makes sure that nothing is overwritten, but an earlier report if that is
// wished. It tells whether there is one.
func vacant(dir string, replace bool) (earlier bool, err error) {
	found, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		info, failed := os.Lstat(dir)
		if failed == nil && !info.IsDir() {
			return false, errs.Conflictf("%s is a file.", dir).WithHint("name a folder that is not there yet")
		}
		return false, fmt.Errorf("looking into %s: %w", dir, err)
	case len(found) == 0:
		return false, nil
	case replace:
		return true, ours(dir)
	}
	return false, errs.Conflictf("%s is not empty, and a report overwrites nothing.", dir).
		WithHint("name a folder that is not there yet, or replace the report that is there with --replace")
}

// writer writes files below a folder.
type writer struct {
	dir   string
	tell  func(files int64)
	pages atomic.Int64

	mu    sync.Mutex
	names []string
	bytes int64
}

func (w *writer) put(name string, data []byte) error {
	if err := os.WriteFile(filepath.Join(w.dir, filepath.FromSlash(name)), data, 0o644); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.names = append(w.names, name)
	w.bytes += int64(len(data))
	if w.tell != nil {
		w.tell(int64(len(w.names)))
	}
	return nil
}

// manifest names all that was written.
func (w *writer) manifest() error {
	slices.Sort(w.names)
	raw, err := json.MarshalIndent(manifest{Kind: reportKind, Files: w.names}, "", " ")
	if err != nil {
		return err
	}
	return w.put(Manifest, append(raw, '\n'))
}

func (w *writer) all(ctx context.Context, b *book) error {
	templates, err := look.Parse(files, "templates", nil)
	if err != nil {
		return err
	}
	for _, folder := range []string{"assets", "source"} {
		if err := os.Mkdir(filepath.Join(w.dir, folder), 0o755); err != nil {
			return fmt.Errorf("writing the report: %w", err)
		}
	}
	if err := w.assets(b); err != nil {
		return err
	}
	page := func(name, template string, page any) error {
		html, err := templates.Render(template, page)
		if err != nil {
			return err
		}
		return w.put(name, html)
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	g.Go(func() error { return page("index.html", "front", b.front()) })
	g.Go(func() error { return page("trust.html", "trust", b.trustPage()) })
	g.Go(func() error {
		raw, err := b.data()
		if err != nil {
			return fmt.Errorf("writing the ranking as data: %w", err)
		}
		return w.put(Data, raw)
	})
	if b.since != nil {
		g.Go(func() error { return page("changes.html", "changes", b.changes()) })
	}
	for n := range b.rankingPages() {
		g.Go(func() error {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return page(rankingPage(n), "ranking", b.ranking(n))
		})
	}
	for _, i := range b.paged {
		g.Go(func() error {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			p, err := b.source(i)
			if err != nil {
				return err
			}
			file, _ := stem(p.Name)
			w.pages.Add(1)
			return page("source/"+file+".html", "source", p)
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return w.manifest()
}

// assets writes the house's stylesheet with what this report adds to it, its
// mark, and the scripts.
func (w *writer) assets(b *book) error {
	own := func(name string) []byte {
		data, err := files.ReadFile("assets/" + name)
		if err != nil {
			panic(err) // embedded: a missing one does not compile into a working binary
		}
		return data
	}
	for _, a := range look.PublicAssets() {
		data := a.Data
		if a.Path == "assets/style.css" {
			data = slices.Concat(data, own("census.css"), own("charts.css"))
		}
		if err := w.put(a.Path, data); err != nil {
			return err
		}
	}
	sources, err := b.sources()
	if err != nil {
		return err
	}
	if err := w.put("assets/sources.js", sources); err != nil {
		return err
	}
	return w.put("assets/census.js", own("census.js"))
}
