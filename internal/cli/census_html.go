package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"steward/internal/base/errs"
	"steward/internal/base/look"
	"steward/internal/census"
	"steward/internal/census/change"
	"steward/internal/census/index"
	"steward/internal/census/report"
)

// pages is where a census goes as pages to read, if anywhere.
type pages struct {
	dir     string
	top     int
	replace bool
	since   string
}

func (p *pages) flags(c *cobra.Command) {
	c.Flags().StringVar(&p.dir, "html", "", "write the census as pages into this `directory`, which is new or empty")
	c.Flags().StringVar(&p.since, "since", "", "tell on a page of its own what changed since an earlier run: the `directory` of its pages, or a file of its JSON")
	c.Flags().BoolVar(&p.replace, "replace", false, "let the pages take the place of those of an earlier census in that directory, in one step")
	c.Flags().IntVar(&p.top, "html-pages", report.DefaultPages, "how many sources by score get a page of their own; a quarter as many by reach")
}

// writePages makes the pages; what was read is named by the files, never by their folders.
func (s *shell) writePages(ctx context.Context, p pages, x indexes, r *census.Ranking) error {
	if p.top < 0 {
		return errs.Invalidf("html-pages", "There cannot be %d pages of sources.", p.top).WithHint("0 leaves them out")
	}
	from := "the indexes that apt has on the machine where this was made"
	if len(x.packages) > 0 {
		var names []string
		for _, path := range append(append([]string{}, x.packages...), x.sources...) {
			names = append(names, filepath.Base(path))
		}
		from = strings.Join(names, ", ")
	}
	since, err := p.compare(r)
	if err != nil {
		return err
	}
	made, err := report.Write(ctx, p.dir, r, report.Options{Pages: p.top, From: from, Since: since, Replace: p.replace, Tell: s.progress("files written")})
	if err != nil {
		return err
	}
	return s.show(made, func(w io.Writer) {
		fmt.Fprintf(w, "The census as pages: %s (%d files, %s; %d sources have a page).\n", filepath.Join(made.Dir, "index.html"), made.Files, look.Size(made.Bytes), made.Pages)
	})
}

// compare reads the earlier run and tells what changed since; nil: none was named.
func (p *pages) compare(r *census.Ranking) (*change.Change, error) {
	if p.since == "" {
		return nil, nil
	}
	path := p.since
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, report.Data)
	}
	if _, err := os.Stat(path); err != nil {
		return nil, errs.Invalidf("since", "There is no earlier run at %s.", path).WithHint("name the folder of its pages, or a file of its JSON; leave --since away the first time").WithCause(err)
	}
	f, err := index.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	older, err := change.Read(f)
	if err != nil {
		return nil, err
	}
	return change.Between(older, change.Of(r)), nil
}
