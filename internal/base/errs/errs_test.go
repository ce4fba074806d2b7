package errs_test

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"testing"

	"steward/internal/base/errs"
)

// TestKinds: the kind that was given stands; a disk that fails makes what has
// none one to try again, and nothing of the cause is shown.
func TestKinds(t *testing.T) {
	t.Parallel()
	full := fmt.Errorf("keeping a secret: %w", &fs.PathError{Op: "write", Path: "/secret", Err: syscall.ENOSPC})
	for _, c := range []struct {
		err  error
		want errs.Kind
	}{
		{full, errs.Unavailable},
		{fmt.Errorf("%w: %w", errs.ErrBusy, errors.New("a secret")), errs.Unavailable},
		{errs.Conflictf("No.").WithCause(full), errs.Conflict},
		{fmt.Errorf("doing: %w", errs.Problems{errs.Invalidf("a", "No.")}), errs.Invalid},
		{fs.ErrNotExist, errs.Internal},
		{errors.New("a secret"), errs.Internal},
	} {
		if got := errs.KindOf(c.err); got != c.want {
			t.Errorf("%v is %q, want %q", c.err, got, c.want)
		}
		if got := errs.Public(c.err); strings.Contains(got, "secret") || got == "" {
			t.Errorf("shown of %v: %s", c.err, got)
		}
	}
}
