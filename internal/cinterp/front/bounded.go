package front

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"sort"
	"strings"

	"modernc.org/cc/v4"

	"steward/internal/cinterp/front/include"
)

// maxSearch is how large a unit may be, in tokens, to look for the line at
// which it is beyond a limit: the preprocessor runs some twenty times for that.
const maxSearch = 1_000_000

// bounded looks whether a unit may be given to the parser: it lets the
// preprocessor run, and looks at each token. It gives the declarations of the
// builtin functions that are named.
func (o Options) bounded(abi *cc.ABI, name string, text []byte) (string, error) {
	if len(text) > maxFile {
		return "", &Beyond{File: name, Text: "larger than 32 MiB, which is the limit here"}
	}
	if err := raw(name, text); err != nil {
		return "", err
	}
	if err := raw("<command>", []byte(defines(o.Define))); err != nil {
		return "", err
	}
	t, err := o.tokens(abi, name, text)
	if err != nil || t.err == nil {
		return t.declared, err
	}
	b := &Beyond{File: name, Text: t.err.Error()}
	if t.tokens > maxSearch {
		return "", b
	}
	// The first line without which the unit would be bounded.
	ends := []int{}
	for i, c := range text {
		if c == '\n' {
			ends = append(ends, i+1)
		}
	}
	b.Line = 1 + sort.Search(len(ends), func(i int) bool {
		t, err := o.tokens(abi, name, text[:ends[i]])
		return err != nil || t.err != nil
	})
	return "", b
}

// counting is what the preprocessor made of a unit, token by token.
type counting struct {
	nesting  // its err tells why the unit is beyond a limit
	builtins map[int]bool
	declared string // those that are named
}

// Write takes one token.
func (c *counting) Write(tok []byte) (int, error) {
	for _, i := range builtin.named[string(tok)] {
		c.builtins[i] = true
	}
	return c.nesting.Write(tok)
}

// tokens lets the preprocessor run over a unit. What else is wrong with it the
// parser will tell.
func (o Options) tokens(abi *cc.ABI, name string, text []byte) (*counting, error) {
	f := &files{user: o.FS}
	t := &counting{builtins: map[int]bool{}}
	cfg, sources, err := o.config(abi, name, text, "", f)
	if err != nil {
		return t, err
	}
	err = cc.Preprocess(cfg, sources, t)
	switch {
	case f.err != nil:
		return t, f.err
	case err != nil && t.err == nil && strings.Contains(err.Error(), "macro expansion limit exceeded"):
		t.err = errors.New("the macros expand to more than the limit here")
	case err != nil:
		t.declared = builtin.all()
	default:
		t.declared = builtin.some(t.builtins)
	}
	return t, nil
}

// counted begins each file of the user's, so that the parser tells when it is
// included: what includes itself is never read again, and has no end. The
// #line makes the lines count from 1 all the same.
const counted = "#pragma steward counted\n#line 1\n"

// ended is a text that does not end in a backslash and a new-line, which C17
// 5.1.1.2p1 forbids: the parser's scanner would look for ever for the end of a
// quotation that is open there.
func ended(text []byte) []byte {
	if t := bytes.TrimRight(text, "\r\n"); bytes.HasSuffix(t, []byte{'\\'}) {
		return append(bytes.Clone(text), "\n\n"...)
	}
	return text
}

// files shows our headers and the user's files as one file system, and bounds
// what is read of the user's, and how often.
type files struct {
	user     fs.FS
	read     int64
	included int
	err      error // why no more is read
}

// pragma is told of each #pragma. Its panic is the way out of the preprocessor.
func (f *files) pragma(t []cc.Token) error {
	if len(t) != 2 || t[0].SrcStr() != "steward" || t[1].SrcStr() != "counted" {
		return nil
	}
	if f.included++; f.included > maxIncluded {
		panic(&Beyond{File: t[0].Position().Filename, Line: 1, Text: fmt.Sprintf("files are included more than %d times, which is the limit here", maxIncluded)})
	}
	return nil
}

// Open opens one of our headers or a file of the user's.
func (f *files) Open(name string) (fs.File, error) {
	if rest, ok := strings.CutPrefix(name, own+"/"); ok {
		return include.FS.Open(path.Clean(rest))
	}
	if f.user == nil || f.err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	file, err := f.user.Open(name)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fs.ErrInvalid
	}
	if err != nil {
		return nil, errors.Join(&fs.PathError{Op: "open", Path: name, Err: err}, file.Close())
	}
	return &bounded{File: file, of: f, name: name}, nil
}

// bounded is a file of the user's, which is looked at when it is read.
type bounded struct {
	fs.File
	of   *files
	name string
	text *bytes.Reader
}

// Read gives the next bytes.
func (b *bounded) Read(p []byte) (int, error) {
	if b.text == nil {
		text, err := io.ReadAll(io.LimitReader(b.File, maxFile+1))
		if err != nil {
			return 0, err
		}
		b.of.read += int64(len(text))
		switch {
		case len(text) > maxFile:
			err = &Beyond{File: b.name, Text: "larger than 32 MiB, which is the limit here"}
		case b.of.read > maxFiles:
			err = &Beyond{File: b.name, Text: "with this file more than 128 MiB are included, which is the limit here"}
		default:
			err = raw(b.name, text)
		}
		if err != nil {
			b.of.err = err
			return 0, err
		}
		b.text = bytes.NewReader(append([]byte(counted), ended(text)...))
	}
	return b.text.Read(p)
}
