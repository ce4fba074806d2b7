// Package popcon reads what Debian's popularity contest counts: on how many
// machines a package is installed, of those whose owners let it be counted.
//
// Its words: a Submission is what one machine sends; Counts are those of one
// day's list (by_inst). The contest knows the packages that somebody has, by name
// alone; of what it does not know nothing is known, and not that nobody has it.
package popcon

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"github.com/klauspost/compress/gzip"

	"steward/internal/base/errs"
	"steward/internal/census/fetch"
)

const (
	// URL is where Debian has the list of all releases together.
	URL = "https://popcon.debian.org/by_inst.gz"
	// Name is how the list is called in a folder of a census.
	Name = "popcon.by_inst.gz"
)

const (
	maxLine     = 4 << 10   // bytes; a longer line is broken
	maxName     = 256       // bytes
	maxPackages = 1 << 21   // Debian's list has some two hundred thousand
	maxBytes    = 256 << 20 // unpacked; Debian's has less than a tenth of it
)

// Counts are how often packages are installed.
type Counts struct {
	Installs map[string]int // by binary package
	// Most is the count of the package that most have. The list does not say how
	// many submissions there were: at least so many, and hardly more, since some
	// packages are on every machine.
	Most int
	// Whole: the list has its last line. Without it something may be missing.
	Whole bool
}

// Read reads a list, packed by gzip or not. Each line has rank, name, installed,
// used regularly, not used, upgraded lately, unknown, and a maintainer in
// parentheses; comments begin with #; a line of dashes and one of sums end it.
// broken counts the lines that are none of these. errs.Invalid for what is too
// large or cannot be unpacked.
func Read(ctx context.Context, r io.Reader) (c Counts, broken int, err error) {
	b := bufio.NewReaderSize(r, maxLine)
	if head, _ := b.Peek(2); bytes.Equal(head, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(b)
		if err != nil {
			return Counts{}, 0, unreadable(err)
		}
		defer z.Close()
		b = bufio.NewReaderSize(&bounded{z, maxBytes}, maxLine)
	} else {
		b = bufio.NewReaderSize(&bounded{b, maxBytes}, maxLine)
	}
	c.Installs = map[string]int{}
	for n := 0; ; n++ {
		if n%4096 == 0 && ctx.Err() != nil {
			return Counts{}, 0, ctx.Err()
		}
		line, err := b.ReadSlice('\n')
		long := false
		for errors.Is(err, bufio.ErrBufferFull) {
			long = true
			_, err = b.ReadSlice('\n')
		}
		if long || !c.line(bytes.TrimSpace(line)) {
			broken++
		}
		switch {
		case errors.Is(err, io.EOF):
			return c, broken, nil
		case err != nil:
			return Counts{}, 0, unreadable(err)
		case len(c.Installs) > maxPackages:
			return Counts{}, 0, unreadable(fmt.Errorf("it has more than %d packages", maxPackages))
		}
	}
}

func unreadable(err error) error {
	return errs.Invalidf("popcon", "The list of the popularity contest is broken, or too large.").
		WithHint("fetch it anew; what was read of it is not used").WithCause(err)
}

// bounded is an error after so many bytes.
type bounded struct {
	io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, fmt.Errorf("it has more than %d bytes", int64(maxBytes))
	}
	return n, err
}

// line takes one; false: it is none of the list's.
func (c *Counts) line(line []byte) bool {
	switch {
	case len(line) == 0 || line[0] == '#':
		return true
	case line[0] == '-':
		c.Whole = len(bytes.Trim(line, "-")) == 0
		return c.Whole
	}
	rank, rest := word(line)
	name, rest := word(rest)
	count, _ := word(rest)
	if c.Whole {
		return string(name) == "Total"
	}
	inst, err := strconv.ParseUint(string(count), 10, 31)
	if _, rerr := strconv.ParseUint(string(rank), 10, 31); err != nil || rerr != nil || !named(name) {
		return false
	}
	c.Installs[string(name)] = max(int(inst), c.Installs[string(name)])
	c.Most = max(int(inst), c.Most)
	return true
}

// word takes the first word off a line.
func word(line []byte) (first, rest []byte) {
	line = bytes.TrimLeft(line, " \t")
	if i := bytes.IndexAny(line, " \t"); i >= 0 {
		return line[:i], line[i:]
	}
	return line, nil
}

// named tells whether this can be a package's name. People count packages of
// their own as well, whose names Debian would not take.
func named(name []byte) bool {
	for _, c := range name {
		if c <= ' ' || c >= 0x7f {
			return false
		}
	}
	return len(name) > 0 && len(name) <= maxName
}

// Collect fetches the list into a folder; from is its address, "" for URL. It
// tells where the list came from, and whether it has not changed.
func Collect(ctx context.Context, c *fetch.Client, from, dir string, progress fetch.Progress) (fetch.Origin, bool, error) {
	if from == "" {
		from = URL
	}
	small := *c
	small.Limit = min(c.Limit, maxBytes)
	return small.File(ctx, from, filepath.Join(dir, Name), progress)
}

// Open reads the list that Collect has put into a folder; false if none is there.
func Open(ctx context.Context, dir string) (c Counts, broken int, ok bool, err error) {
	f, err := os.Open(filepath.Join(dir, Name))
	if errors.Is(err, os.ErrNotExist) {
		return Counts{}, 0, false, nil
	}
	if err != nil {
		return Counts{}, 0, false, errs.Invalidf("popcon", "The list of the popularity contest cannot be read.").WithHint("may you read %s?", filepath.Join(dir, Name)).WithCause(err)
	}
	defer f.Close()
	c, broken, err = Read(ctx, f)
	return c, broken, err == nil, err
}
