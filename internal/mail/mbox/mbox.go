// Package mbox reads folders of mail that other programs have kept: files in
// the form mbox, and directories in the form Maildir. It gives the bytes of one
// mail after another and reads nothing of what they say.
//
// Of the many dialects of mbox it reads the one called mboxrd: a mail begins
// with a line "From sender date" at the start of the file or after an empty
// line, and a line of the mail that begins with "From ", with any number of
// ">" before it, has one ">" more in the file, which is taken away here. In
// folders of the older dialect mboxo that is right for all lines but those that
// began with ">From " in the mail itself.
package mbox

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
)

// TooLongError is a mail that has more bytes than are taken. It was passed
// over; the next can be read.
type TooLongError struct {
	Name  string // of the file, in a Maildir; empty in an mbox
	Limit int64  // bytes
}

func (e *TooLongError) Error() string {
	if e.Name != "" {
		return fmt.Sprintf("%s has more than %d bytes", e.Name, e.Limit)
	}
	return fmt.Sprintf("it has more than %d bytes", e.Limit)
}

// ErrNotMbox: the file does not begin as an mbox does.
var ErrNotMbox = errors.New("this is no mbox: it does not begin with a line “From sender date”")

// Reader reads an mbox. It holds one mail in memory at most.
type Reader struct {
	in    *bufio.Reader
	limit int64
	begun bool  // a mail's first line was read
	end   error // of the file
}

// NewReader reads mails of at most limit bytes.
func NewReader(r io.Reader, limit int64) *Reader {
	return &Reader{in: bufio.NewReaderSize(r, 64<<10), limit: limit}
}

// begins tells the line with which a mail begins. What looks like one and names
// no hour is a line of a text.
var begins = regexp.MustCompile(`^From \S.* \d{1,2}:\d{2}`)

// quoted is a line that was quoted because it would have begun a mail.
var quoted = regexp.MustCompile(`^>+From `)

// shortLine is as much of a line as must be seen to tell what it is.
const shortLine = 1000

// Next gives the next mail; io.EOF after the last. A *TooLongError has passed
// one over; after any other error there is nothing more to read.
func (r *Reader) Next() ([]byte, error) {
	if r.end != nil {
		return nil, r.end
	}
	if !r.begun {
		if err := r.start(); err != nil {
			r.end = err
			return nil, err
		}
	}
	var mail []byte
	tooLong, blank, fresh := false, false, true // blank: the line before was empty; fresh: a line begins
	for {
		piece, err := r.in.ReadSlice('\n')
		whole := err == nil
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			r.end = err
		}
		if fresh && blank && begins.Match(piece[:min(len(piece), shortLine)]) {
			if !whole && r.end == nil {
				r.restOfLine()
			}
			return r.give(trimSeparator(mail), tooLong)
		}
		if fresh && quoted.Match(piece[:min(len(piece), shortLine)]) {
			piece = piece[1:]
		}
		blank = fresh && whole && len(bytes.TrimRight(piece, "\r\n")) == 0
		fresh = whole
		if tooLong = tooLong || int64(len(mail)+len(piece)) > r.limit+2; !tooLong {
			mail = append(mail, piece...)
		} else {
			mail = nil
		}
		if r.end != nil {
			if !errors.Is(r.end, io.EOF) {
				return nil, r.end
			}
			return r.give(trimSeparator(mail), tooLong)
		}
	}
}

// start passes over empty lines and the first line that begins a mail.
func (r *Reader) start() error {
	for {
		line, err := r.in.ReadSlice('\n')
		if len(bytes.TrimSpace(line)) == 0 && err == nil {
			continue
		}
		if errors.Is(err, io.EOF) && len(bytes.TrimSpace(line)) == 0 {
			return io.EOF
		}
		if !begins.Match(line[:min(len(line), shortLine)]) {
			return ErrNotMbox
		}
		r.begun = true
		if errors.Is(err, bufio.ErrBufferFull) {
			r.restOfLine()
		} else if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		return nil
	}
}

func (r *Reader) restOfLine() {
	for {
		if _, err := r.in.ReadSlice('\n'); !errors.Is(err, bufio.ErrBufferFull) {
			return // an end of the file shows at the next read
		}
	}
}

func (r *Reader) give(mail []byte, tooLong bool) ([]byte, error) {
	if tooLong || int64(len(mail)) > r.limit {
		return nil, &TooLongError{Limit: r.limit}
	}
	return mail, nil
}

// trimSeparator takes away the empty line between two mails.
func trimSeparator(mail []byte) []byte {
	for _, blank := range []string{"\r\n\r\n", "\n\n"} {
		if bytes.HasSuffix(mail, []byte(blank)) {
			return mail[:len(mail)-len(blank)/2]
		}
	}
	return mail
}

// maxFiles bounds a Maildir.
const maxFiles = 1_000_000

// Maildir lists the files of the mails in a Maildir, by name, those that were
// seen before first. It follows no link and goes into no folder below.
func Maildir(dir string) ([]string, error) {
	var out []string
	for _, part := range []string{"cur", "new"} {
		entries, err := os.ReadDir(filepath.Join(dir, part))
		if err != nil {
			return nil, fmt.Errorf("this is no Maildir: %w", err)
		}
		var names []string
		for _, e := range entries {
			if e.Type().IsRegular() && e.Name()[0] != '.' {
				names = append(names, filepath.Join(dir, part, e.Name()))
			}
		}
		slices.Sort(names)
		out = append(out, names...)
	}
	if len(out) > maxFiles {
		return nil, fmt.Errorf("the Maildir has %d mails; at most %d can be read", len(out), maxFiles)
	}
	return out, nil
}

// ReadFile reads the file of one mail of at most limit bytes; a *TooLongError
// for a longer one.
func ReadFile(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	if int64(len(raw)) > limit {
		return nil, &TooLongError{Name: path, Limit: limit}
	}
	return raw, nil
}
