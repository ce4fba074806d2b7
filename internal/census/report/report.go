package report

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"steward/internal/base/errs"
	"steward/internal/base/look"
	"steward/internal/census"
)

//go:embed all:templates assets
var files embed.FS

// Options say how much to write.
type Options struct {
	Pages int    // sources by score that get a page of their own; a quarter as many by reach
	From  string // what was read, for people; may be empty
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
// there: errs.Conflict if it holds anything. The folder appears when all is
// written, or not at all. The same ranking and options give the same bytes.
func Write(ctx context.Context, dir string, r *census.Ranking, o Options) (Made, error) {
	if o.Pages < 0 {
		return Made{}, errs.Invalidf("pages", "There cannot be %d pages of sources.", o.Pages).WithHint("0 leaves them out")
	}
	if err := vacant(dir); err != nil {
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
	defer os.RemoveAll(beside) //nolint:errcheck // it is gone once all went well
	w := &writer{dir: beside}
	if err := w.all(ctx, newBook(r, o)); err != nil {
		return Made{}, err
	}
	if err := os.Chmod(beside, 0o755); err != nil {
		return Made{}, fmt.Errorf("opening the report to readers: %w", err)
	}
	if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Made{}, fmt.Errorf("giving way to the report: %w", err)
	}
	if err := os.Rename(beside, dir); err != nil {
		return Made{}, fmt.Errorf("putting the report in place: %w", err)
	}
	return Made{Dir: dir, Files: int(w.files.Load()), Pages: int(w.pages.Load()), Bytes: w.bytes.Load()}, nil
}

// vacant makes sure that nothing is overwritten.
func vacant(dir string) error {
	found, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		info, failed := os.Lstat(dir)
		if failed == nil && !info.IsDir() {
			return errs.Conflictf("%s is a file.", dir).WithHint("name a folder that is not there yet")
		}
		return fmt.Errorf("looking into %s: %w", dir, err)
	case len(found) > 0:
		return errs.Conflictf("%s is not empty, and a report overwrites nothing.", dir).WithHint("name a folder that is not there yet, or empty this one yourself")
	}
	return nil
}

// writer writes files below a folder.
type writer struct {
	dir          string
	files, pages atomic.Int64
	bytes        atomic.Int64
}

func (w *writer) put(name string, data []byte) error {
	if err := os.WriteFile(filepath.Join(w.dir, filepath.FromSlash(name)), data, 0o644); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	w.files.Add(1)
	w.bytes.Add(int64(len(data)))
	return nil
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
	return g.Wait()
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
