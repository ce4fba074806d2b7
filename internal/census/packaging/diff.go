package packaging

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// diff reads a .diff of format 1.0, where the packaging stands as changes to
// upstream's archive: a file that is new is there as a whole, of one that was
// changed only what is near the changes.
func (f *found) diff(ctx context.Context, r io.Reader) error {
	d := differ{found: f}
	b := bufio.NewReaderSize(r, 64<<10)
	begin := true // of a line
	for n := 0; ; n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		piece, err := b.ReadSlice('\n')
		if len(piece) > 0 {
			if begin {
				if err := d.line(piece); err != nil {
					return broken(f.name, err)
				}
			} else {
				d.add(piece)
			}
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			begin = false
		case errors.Is(err, io.EOF):
			d.end()
			if d.old > 0 || d.new > 0 || d.changed == 0 {
				return broken(f.name, io.ErrUnexpectedEOF)
			}
			return nil
		case err != nil:
			return broken(f.name, err)
		default:
			begin = true
		}
	}
}

// differ takes a unified diff apart, line by line.
type differ struct {
	*found
	old, new int // lines of the hunk that are to come
	changed  int // files

	place string // of the file that is open; "": none, or one that nobody asks for
	patch bool
	part  bool // it is changed, not new
	room  int  // how much of it may be kept yet
	text  []byte
	wants bool // the line that is open is kept
}

func (d *differ) line(line []byte) error {
	d.wants = false
	if d.old > 0 || d.new > 0 {
		switch line[0] {
		case ' ', '\n':
			d.old, d.new, d.wants = d.old-1, d.new-1, true
		case '+':
			d.new, d.wants = d.new-1, true
		case '-':
			d.old--
		case '\\':
		default:
			return errors.New("a hunk of the diff is cut short")
		}
		if d.old < 0 || d.new < 0 {
			return errors.New("a hunk of the diff has more lines than it says")
		}
		d.add(line[1:])
		return nil
	}
	switch {
	case bytes.HasPrefix(line, []byte("+++ ")):
		return d.open(line[4:])
	case bytes.HasPrefix(line, []byte("@@ ")):
		return d.hunk(line)
	}
	return nil
}

// open begins a file, whose path ends before a tab or the line's end.
func (d *differ) open(line []byte) error {
	d.end()
	if d.changed++; d.changed > d.files {
		return fmt.Errorf("it changes more than %d files", d.files)
	}
	line, _, _ = bytes.Cut(bytes.TrimRight(line, "\r\n"), []byte("\t"))
	name := string(line[:min(len(line), maxPath+1)])
	if d.place, d.patch = d.found.place(name); d.place == "" {
		_, name, _ = strings.Cut(name, "/")
		if name, ok := within(name); ok && len(name) <= maxPath && !strings.HasPrefix(name, "debian/") && len(d.direct) < maxPatches {
			d.direct[name] = true
		}
		return nil
	}
	switch {
	case !d.patch:
		d.room = MaxChangelog + 1
	case isList(d.place):
		d.room = maxSeries
	case len(d.patches) >= maxPatches:
		return fmt.Errorf("it has more than %d patches", maxPatches)
	default:
		d.room = maxHeader
	}
	return nil
}

// hunk reads "@@ -1,2 +3,4 @@".
func (d *differ) hunk(line []byte) error {
	words := bytes.Fields(line)
	if len(words) < 3 {
		return errors.New("a hunk of the diff has no head")
	}
	count := func(word []byte, sign byte) (from, n int, err error) {
		if word[0] != sign {
			return 0, 0, errors.New("a hunk of the diff has no head")
		}
		a, b, ok := bytes.Cut(word[1:], []byte(","))
		if from, err = strconv.Atoi(string(a)); err != nil {
			return 0, 0, errors.New("a hunk of the diff has no head")
		}
		if !ok {
			return from, 1, nil
		}
		if n, err = strconv.Atoi(string(b)); err != nil || n < 0 {
			return 0, 0, errors.New("a hunk of the diff has no head")
		}
		return from, n, nil
	}
	from, old, err := count(words[1], '-')
	if err != nil {
		return err
	}
	if _, d.new, err = count(words[2], '+'); err != nil {
		return err
	}
	d.old = old
	d.part = d.part || from != 0 || old != 0
	return nil
}

// add keeps words of the file that is open.
func (d *differ) add(words []byte) {
	if d.place == "" || !d.wants {
		return
	}
	words = words[:min(len(words), d.room)]
	d.text, d.room = append(d.text, words...), d.room-len(words)
}

// end closes the file that is open.
func (d *differ) end() {
	if d.place != "" {
		d.keep(d.place, d.patch, d.text)
		if !d.patch {
			d.cut = d.part
		}
	}
	d.place, d.patch, d.part, d.text = "", false, false, nil
}
