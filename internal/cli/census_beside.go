package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"steward/internal/base/errs"
	"steward/internal/census"
	"steward/internal/census/archive"
	"steward/internal/census/collected"
	"steward/internal/census/contents"
	"steward/internal/census/index"
)

// beside is what a census may read beside the indexes of a release.
type beside struct {
	contents, security []string
	collected, day     string
}

func (b *beside) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringArrayVar(&b.contents, "contents", nil, "list of the files in packages (Contents), a `file` as it is or packed")
	f.StringArrayVar(&b.security, "security", nil, "index of the sources of this release's security archive, a `file`")
	f.StringVar(&b.collected, "collected", "", "`folder` that census collect has filled")
	f.StringVar(&b.day, "day", "", "`day` as of which that is read; today if none is given")
}

// read reads it for a suite.
func (b *beside) read(ctx context.Context, now time.Time, s *archive.Suite) (m census.More, err error) {
	m.Facts = map[string]census.Fact{}
	for _, path := range b.contents {
		if m.Files == nil {
			m.Files = contents.Found{}
		}
		broken, err := readContents(ctx, path, m.Files)
		if err != nil {
			return m, err
		}
		if broken > 0 {
			m.Notes = append(m.Notes, fmt.Sprintf("%s: %d lines could not be read.", filepath.Base(path), broken))
		}
	}
	if len(b.security) > 0 {
		o, err := outcome(b.security)
		if err != nil {
			return m, err
		}
		hit := census.Fact{Of: map[string]float64{}}
		for name := range o.Hit {
			hit.Of[name] = 1
		}
		m.Facts["updated"] = hit
	}
	return m, b.gathered(ctx, now, s, &m)
}

// gathered adds what was collected.
func (b *beside) gathered(ctx context.Context, now time.Time, s *archive.Suite, m *census.More) error {
	if b.collected == "" {
		if b.day != "" {
			return errs.Invalidf("day", "There is nothing that is read as of a day.").WithHint("name a folder with --collected, or leave --day away")
		}
		return nil
	}
	day := now
	if b.day != "" {
		var err error
		if day, err = time.Parse(time.DateOnly, b.day); err != nil {
			return errs.Invalidf("day", "%q is no day.", b.day).WithHint("write 2023-06-30")
		}
	}
	found, err := collected.Read(ctx, b.collected, day, s)
	if err != nil {
		return err
	}
	for signal, fact := range found.Facts {
		m.Facts[signal] = fact
	}
	m.AsOf, m.Notes = day.UTC().Format(time.DateOnly), append(m.Notes, found.Notes...)
	return nil
}

func readContents(ctx context.Context, path string, found contents.Found) (broken int, err error) {
	r, err := index.Open(path)
	if err != nil {
		return 0, err
	}
	defer r.Close()
	if broken, err = contents.Read(ctx, r, found); err != nil {
		return 0, errs.Invalidf(path, "The file is broken, or ends too early.").WithHint("fetch it anew").WithCause(err)
	}
	return broken, nil
}
