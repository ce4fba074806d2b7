package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"steward/internal/base/errs"
	"steward/internal/base/look"
	"steward/internal/census"
	"steward/internal/census/columnar"
)

// outputs are the forms in which a ranking is written for programs.
type outputs struct {
	csv     bool
	parquet string // file
}

func (o *outputs) flags(c *cobra.Command) {
	c.Flags().BoolVar(&o.csv, "csv", false, "write all sources with every signal as CSV")
	c.Flags().StringVar(&o.parquet, "parquet", "", "write all sources with every signal as Apache Parquet, into a `file`")
}

// excerpt writes some of a ranking as JSON or CSV, and tells whether one of them
// was asked for.
func (o *outputs) excerpt(s *shell, r *census.Ranking, e census.Excerpt) (done bool, err error) {
	switch {
	case o.csv && s.json:
		return true, errs.Invalidf("csv", "A ranking is written as CSV or as JSON, not both.").WithHint("leave one of --csv and --json away")
	case o.csv:
		return true, census.WriteCSVExcerpt(s.Stdout, r, e)
	case s.json:
		return true, census.WriteJSONExcerpt(s.Stdout, r, e)
	}
	return false, nil
}

// write writes a ranking in the form that was asked for, and tells whether one was.
func (o *outputs) write(s *shell, r *census.Ranking) (done bool, err error) {
	switch {
	case o.csv && o.parquet != "":
		return true, errs.Invalidf("parquet", "A ranking is written as CSV or as Parquet, not both.").WithHint("leave one of --csv and --parquet away")
	case o.parquet != "":
		return true, s.writeParquet(o.parquet, r)
	}
	return o.excerpt(s, r, census.Excerpt{Rows: r.Rows})
}

// writtenFile is a file that was made.
type writtenFile struct {
	File    string `json:"file"`
	Sources int    `json:"sources"`
	Bytes   int64  `json:"bytes"`
}

func (s *shell) writeParquet(path string, r *census.Ranking) error {
	n, err := writeWhole(path, func(w io.Writer) error { return columnar.Write(w, r) })
	if err != nil {
		return err
	}
	made := writtenFile{path, len(r.Rows), n}
	return s.show(made, func(w io.Writer) {
		fmt.Fprintf(w, "The ranking as Parquet: %s (%d sources, %s).\n", safe(path), made.Sources, look.Size(made.Bytes))
	})
}

// writeWhole writes a file beside its place and moves it there when it is whole
// and on the disk: nobody finds half of it, and if it fails the old one is left.
func writeWhole(path string, write func(io.Writer) error) (bytes int64, err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".census-*")
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return 0, errs.Invalidf(path, "No file can be made there.").WithHint("is there such a folder, and may you write into it?").WithCause(err)
	}
	if err != nil {
		return 0, fmt.Errorf("making the file: %w", err)
	}
	defer os.Remove(f.Name()) //nolint:errcheck // it is gone once all went well
	b := bufio.NewWriterSize(f, 1<<20)
	err = write(b)
	if err == nil {
		err = b.Flush()
	}
	if err == nil {
		err = f.Chmod(0o644)
	}
	if err == nil {
		err = f.Sync()
	}
	if err == nil {
		bytes, err = f.Seek(0, io.SeekCurrent)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return 0, fmt.Errorf("writing the file: %w", err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return 0, errs.Invalidf(path, "The file cannot be put there.").WithHint("is it a folder?").WithCause(err)
	}
	return bytes, nil
}
