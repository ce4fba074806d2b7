package front

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"sync"
	"time"

	"modernc.org/cc/v4"

	"steward/internal/cinterp/front/include"
)

// Files reads the files that the units of a program include, each file once, and
// one at a time, so that the file system need not be safe for units that are
// read side by side.
type Files struct {
	from fs.FS

	mu   sync.Mutex
	read map[string]text
}

type text struct {
	all []byte
	err error
}

// NewFiles gives the files of a file system; nil has none.
func NewFiles(from fs.FS) *Files { return &Files{from: from, read: map[string]text{}} }

// text gives what the parser gets of a file.
func (f *Files) text(name string) ([]byte, error) {
	if f == nil || f.from == nil {
		return nil, fs.ErrNotExist
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	t, ok := f.read[name]
	if !ok {
		t.all, t.err = f.open(name)
		f.read[name] = t
	}
	return t.all, t.err
}

func (f *Files) open(name string) (text []byte, err error) {
	file, err := f.from.Open(name)
	if errors.Is(err, fs.ErrInvalid) { // no file can have this name
		err = fs.ErrNotExist
	}
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, errors.Join(err, fs.ErrInvalid)
	}
	text, err = io.ReadAll(io.LimitReader(file, maxFile+1))
	if err == nil && len(text) > maxFile {
		err = &Beyond{File: name, Text: "larger than 32 MiB, which is the limit here"}
	}
	if err == nil {
		err = raw(name, text)
	}
	if err != nil {
		return nil, err
	}
	return append([]byte(counted), ended(text)...), nil
}

// files shows our headers and the user's files to the parser of one unit as one
// file system, and bounds what is read of the user's, and how often.
type files struct {
	user     *Files
	read     int64
	included int
	err      error // why no more is read
}

// pragma is told of each #pragma. Its panic is the way out of the preprocessor.
func (f *files) pragma(t []cc.Token) error {
	if len(t) < 2 {
		return nil
	}
	switch n, to := t[0].SrcStr(), t[1].SrcStr(); {
	case (n == "scalar_storage_order" || n == "ms_struct") && to != "default" && to != "off" && to != "reset":
		p := t[0].Position()
		panic(&Beyond{File: p.Filename, Line: p.Line, Text: "the pragma " + n + " is not supported"})
	case n == "steward" && to == "counted":
		f.count(t[0])
	}
	return nil
}

// count counts what is included.
func (f *files) count(at cc.Token) {
	if f.included++; f.included > maxIncluded {
		panic(&Beyond{File: at.Position().Filename, Line: 1, Text: fmt.Sprintf("files are included more than %d times, which is the limit here", maxIncluded)})
	}
}

// Open opens one of our headers or a file of the user's.
func (f *files) Open(name string) (fs.File, error) {
	if rest, ok := strings.CutPrefix(name, own+"/"); ok {
		return include.FS.Open(path.Clean(rest))
	}
	if f.err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	text, err := f.user.text(name)
	if errors.As(err, new(*Beyond)) {
		f.err = err
	}
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return &opened{of: f, name: name, size: int64(len(text)), rest: bytes.NewReader(text)}, nil
}

// opened is a file of the user's. The parser opens many only to see that they
// are there, so what is read is counted when it is read.
type opened struct {
	of   *files
	name string
	size int64
	rest *bytes.Reader
}

// Read gives the next bytes.
func (o *opened) Read(p []byte) (int, error) {
	if o.rest.Size() == int64(o.rest.Len()) {
		o.of.read += o.size
	}
	if o.of.read > maxFiles {
		o.of.err = &Beyond{File: o.name, Text: "with this file more than 128 MiB are included, which is the limit here"}
		return 0, o.of.err
	}
	return o.rest.Read(p)
}

func (o *opened) Close() error               { return nil }
func (o *opened) Stat() (fs.FileInfo, error) { return o, nil }
func (o *opened) Name() string               { return path.Base(o.name) }
func (o *opened) Size() int64                { return o.size }
func (o *opened) Mode() fs.FileMode          { return 0o444 }
func (o *opened) ModTime() time.Time         { return time.Time{} }
func (o *opened) IsDir() bool                { return false }
func (o *opened) Sys() any                   { return nil }
