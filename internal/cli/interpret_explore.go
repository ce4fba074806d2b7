package cli

import (
	"context"
	"io"

	"steward/internal/cinterp"
)

// ordering is what the command was asked for about the order of evaluation and
// of threads.
type ordering struct {
	seed    uint64
	choice  string
	explore bool
	runs    int
}

// explore runs the program in other orders, and tells what they show. What the
// program printed in the first comes before.
func (s *shell) explore(ctx context.Context, p cinterp.Program, o cinterp.Options, runs int, line func(string, int) (string, bool)) error {
	e, err := cinterp.Explore(ctx, p, o, cinterp.Bounds{Runs: runs})
	if err != nil {
		return s.noProgram(err)
	}
	if s.json {
		b, err := e.JSON()
		if err != nil {
			return err
		}
		if _, err = s.Stdout.Write(b); err != nil {
			return err
		}
	} else {
		if err := s.showPrinted(e.First); err != nil {
			return err
		}
		if _, err := io.WriteString(s.Stderr, e.Text(line)); err != nil {
			return err
		}
	}
	if code := e.Exit(); code != exitDone {
		return exitStatus(code)
	}
	return nil
}
