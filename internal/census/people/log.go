package people

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// logFormat is a header for each commit. It begins with a byte with which the
// state of a file never does; names and addresses have no line's end in them,
// and nothing has a NUL. First as written, then as .mailmap has it.
const logFormat = "tformat:%x02%H%n%ct%n%P%n%an%n%ae%n%aN%n%aE%n%cn%n%ce%n%cN%n%cE"

// Bounds of a history.
const (
	maxCommits = 8 << 20
	maxToken   = 64 << 10 // bytes of a header, or of a path
)

// commit is the header of one.
type commit struct {
	id                      string
	when                    int64 // seconds since 1970 of its committer date
	merge                   bool
	author, committer       signature // as .mailmap has them
	rawAuthor, rawCommitter signature
}

type signature struct{ name, mail string }

// readLog reads what git log prints in logFormat with -z and --name-status: the
// headers, and after each the files that were changed: A, M, T, D with a name, R
// with an old and a new one. It holds one token at a time.
func readLog(r io.Reader, header func(commit) error, changed func(status byte, name, old string) error) error {
	b := bufio.NewReaderSize(r, maxToken)
	commits := 0
	for {
		token, err := nul(b)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		token = bytes.TrimPrefix(token, []byte("\n"))
		switch {
		case len(token) == 0:
		case token[0] == 2:
			if commits++; commits > maxCommits {
				return errTooLarge
			}
			c, err := parseHeader(string(token[1:]))
			if err != nil {
				return err
			}
			if err := header(c); err != nil {
				return err
			}
		default:
			if commits == 0 {
				return fmt.Errorf("reading git's log: a file before any commit")
			}
			if err := readChange(b, token[0], changed); err != nil {
				return err
			}
		}
	}
}

func readChange(b *bufio.Reader, status byte, changed func(status byte, name, old string) error) error {
	name, err := pathOf(b)
	if err != nil {
		return err
	}
	old := ""
	if status == 'R' || status == 'C' {
		old = name
		if name, err = pathOf(b); err != nil {
			return err
		}
	}
	return changed(status, name, old)
}

func pathOf(b *bufio.Reader) (string, error) {
	p, err := nul(b)
	if errors.Is(err, io.EOF) {
		return "", io.ErrUnexpectedEOF
	}
	return string(p), err
}

// nul reads up to a NUL. What it gives is valid until the next call.
func nul(b *bufio.Reader) ([]byte, error) {
	token, err := b.ReadSlice(0)
	switch {
	case err == nil:
		return token[:len(token)-1], nil
	case errors.Is(err, bufio.ErrBufferFull):
		return nil, errTooLarge
	case errors.Is(err, io.EOF) && len(bytes.TrimSpace(token)) > 0:
		return nil, io.ErrUnexpectedEOF
	}
	return nil, err
}

func parseHeader(s string) (c commit, err error) {
	f := strings.Split(s, "\n")
	if len(f) != 11 || !isID(f[0]) {
		return c, fmt.Errorf("reading git's log: a header of %d lines", len(f))
	}
	c.id = f[0]
	// A date that is no number, or too large a one, is no date.
	c.when, _ = strconv.ParseInt(f[1], 10, 64)
	c.merge = strings.Contains(f[2], " ")
	c.rawAuthor, c.author = signature{f[3], f[4]}, signature{f[5], f[6]}
	c.rawCommitter, c.committer = signature{f[7], f[8]}, signature{f[9], f[10]}
	return c, nil
}
