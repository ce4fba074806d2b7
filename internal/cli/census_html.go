package cli

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"steward/internal/base/errs"
	"steward/internal/base/look"
	"steward/internal/census"
	"steward/internal/census/report"
)

// pages is where a census goes as pages to read, if anywhere.
type pages struct {
	dir     string
	top     int
	replace bool
}

func (p *pages) flags(c *cobra.Command) {
	c.Flags().StringVar(&p.dir, "html", "", "write the census as pages into this `directory`, which is new or empty")
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
	made, err := report.Write(ctx, p.dir, r, report.Options{Pages: p.top, From: from, Replace: p.replace})
	if err != nil {
		return err
	}
	return s.show(made, func(w io.Writer) {
		fmt.Fprintf(w, "The census as pages: %s (%d files, %s; %d sources have a page).\n", filepath.Join(made.Dir, "index.html"), made.Files, look.Size(made.Bytes), made.Pages)
	})
}
