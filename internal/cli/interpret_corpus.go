package cli

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"time"

	"steward/internal/base/errs"
	"steward/internal/cinterp"
)

// Limits of a corpus, which may come from anyone.
const (
	maxFuzzInput = 1 << 20   // bytes of an input; larger ones are left out
	maxInputs    = 1_000_000 // files of all folders
)

// corpus is the inputs in files and folders. Links are not followed.
type corpus struct {
	paths   []string
	files   int
	skipped int // larger than maxFuzzInput, or no regular file
}

// inputs gives the files in the order of the arguments and of their names.
func (c *corpus) inputs() iter.Seq2[cinterp.Input, error] {
	return func(yield func(cinterp.Input, error) bool) {
		for _, p := range c.paths {
			i, err := os.Lstat(p)
			switch {
			case err != nil:
			case !i.IsDir():
				var in cinterp.Input
				var ok bool
				if in, ok, err = c.read(os.Open, p, i.Mode()); err == nil && ok && !yield(in, nil) {
					return
				}
			default:
				var more bool
				if more, err = c.folder(p, yield); err == nil && !more {
					return
				}
			}
			if err != nil {
				yield(cinterp.Input{}, err)
				return
			}
		}
	}
}

// folder gives the files of a folder and those in it; false when it shall stop.
func (c *corpus) folder(name string, yield func(cinterp.Input, error) bool) (more bool, err error) {
	root, err := os.OpenRoot(name)
	if err != nil {
		return false, err
	}
	defer root.Close()
	more = true
	err = fs.WalkDir(root.FS(), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		in, ok, err := c.read(root.Open, p, d.Type())
		if err != nil || !ok {
			return err
		}
		in.Name = path.Join(name, p)
		if !yield(in, nil) {
			more = false
			return fs.SkipAll
		}
		return nil
	})
	return more, err
}

// read gives a regular file that is not too large.
func (c *corpus) read(open func(string) (*os.File, error), name string, mode fs.FileMode) (cinterp.Input, bool, error) {
	if c.files++; c.files > maxInputs {
		return cinterp.Input{}, false, fmt.Errorf("more than %d inputs", maxInputs)
	}
	if !mode.IsRegular() {
		c.skipped++
		return cinterp.Input{}, false, nil
	}
	f, err := open(name)
	if err != nil {
		return cinterp.Input{}, false, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxFuzzInput+1))
	if err != nil {
		return cinterp.Input{}, false, err
	}
	if len(b) > maxFuzzInput {
		c.skipped++
		return cinterp.Input{}, false, nil
	}
	return cinterp.Input{Name: name, Data: b}, true, nil
}

// interpretCorpus runs a fuzz target on a corpus.
func (s *shell) interpretCorpus(ctx context.Context, q interpretation, p cinterp.Program, opt cinterp.Options, lines map[string][]string) error {
	compiled, err := cinterp.Compile(ctx, p, opt)
	if err != nil {
		return s.noProgram(err)
	}
	o := cinterp.FuzzOptions{Options: opt}
	last := s.Clock()
	o.Done = func(r *cinterp.FuzzReport) {
		if now := s.Clock(); now.Sub(last) >= 5*time.Second {
			last = now
			fmt.Fprintln(s.Stderr, r.Counts())
		}
	}
	c := &corpus{paths: q.corpus}
	r, err := compiled.Fuzz(ctx, p, c.inputs(), o)
	if err != nil {
		return usage{errs.Invalidf("--corpus", "%v", err)}
	}
	if r.Inputs == 0 && !r.Stopped {
		return usage{errs.Invalidf("--corpus", "there are no inputs.")}
	}
	if err := s.showCorpus(r, c, lines); err != nil {
		return err
	}
	if code := r.Exit(); code != exitDone {
		return exitStatus(code)
	}
	return nil
}

func (s *shell) showCorpus(r *cinterp.FuzzReport, c *corpus, lines map[string][]string) error {
	if s.json {
		b, err := r.JSON()
		if err != nil {
			return err
		}
		_, err = s.Stdout.Write(b)
		return err
	}
	text := r.Text(lineOf(lines))
	if c.skipped > 0 {
		text += fmt.Sprintf("left out: %d, larger than %d bytes or no regular file\n", c.skipped, maxFuzzInput)
	}
	_, err := io.WriteString(s.Stdout, text)
	return err
}
