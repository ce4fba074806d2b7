package osv

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/klauspost/compress/flate"
	"golang.org/x/sync/errgroup"

	"steward/internal/base/errs"
)

// Bounds of an export.
const (
	maxRecords   = 2 << 20  // Debian has less than a hundred thousand
	maxDirectory = 64 << 20 // bytes, of what a zip says of its files
	maxUnpacked  = 32 << 30 // bytes, of all records together
)

// Read reads an export: a zip, or a folder of files of JSON. Errors: errs.Invalid
// for what is neither, or has more than is taken.
func Read(ctx context.Context, path string, want Want) (*Known, error) {
	if err := want.check(); err != nil {
		return nil, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, errs.Invalidf("osv", "There is no export of OSV at %s, or it may not be read.", path).WithHint("fetch it first").WithCause(err)
	}
	if info.IsDir() {
		return readFolder(ctx, path, want)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, errs.Invalidf("osv", "The export of OSV at %s cannot be read.", path).WithHint("may you read it?").WithCause(err)
	}
	defer f.Close()
	return ReadZip(ctx, f, info.Size(), want)
}

// ReadZip reads an export that is a zip of so many bytes.
func ReadZip(ctx context.Context, r io.ReaderAt, size int64, want Want) (*Known, error) {
	if err := want.check(); err != nil {
		return nil, err
	}
	// The list of files is read as a whole: its bytes bound the memory it takes.
	in := &metered{ReaderAt: r}
	in.left.Store(maxDirectory)
	z, err := zip.NewReader(in, size)
	if err != nil {
		return nil, errs.Invalidf("osv", "The export of OSV is no zip, is broken, or has too many files.").WithHint("fetch it anew").WithCause(err)
	}
	in.left.Store(1<<63 - 1)
	pool := &sync.Pool{New: func() any { return flate.NewReader(nil) }}
	z.RegisterDecompressor(zip.Deflate, func(r io.Reader) io.ReadCloser {
		f := pool.Get().(io.ReadCloser)
		_ = f.(flate.Resetter).Reset(r, nil) // never fails
		return &inflater{f, pool}
	})
	return readAll(ctx, want, len(z.File), func(i int) (string, int64, func() (io.ReadCloser, error)) {
		f := z.File[i]
		if f.FileInfo().IsDir() {
			return "", 0, nil
		}
		return f.Name, int64(min(f.UncompressedSize64, 1<<62)), f.Open
	})
}

// inflater unpacks one record, and is then used for another.
type inflater struct {
	io.ReadCloser
	pool *sync.Pool
}

func (i *inflater) Close() error {
	if i.ReadCloser == nil {
		return nil
	}
	err := i.ReadCloser.Close()
	i.pool.Put(i.ReadCloser)
	i.ReadCloser = nil
	return err
}

// metered is an error after so many bytes.
type metered struct {
	io.ReaderAt
	left atomic.Int64
}

func (m *metered) ReadAt(p []byte, at int64) (int, error) {
	if m.left.Add(-int64(len(p))) < 0 {
		return 0, errors.New("the list of files is too long")
	}
	return m.ReaderAt.ReadAt(p, at)
}

// readFolder reads the files of a folder, and of those within.
func readFolder(ctx context.Context, dir string, want Want) (*Known, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, errs.Invalidf("osv", "The folder %s cannot be read.", dir).WithHint("may you read it?").WithCause(err)
	}
	defer root.Close()
	var names []string
	err = fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.Type().IsRegular() {
			names = append(names, name)
		}
		if len(names) > maxRecords {
			return tooMany()
		}
		return ctx.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("looking through the folder of OSV's records: %w", err)
	}
	return readAll(ctx, want, len(names), func(i int) (string, int64, func() (io.ReadCloser, error)) {
		return names[i], 0, func() (io.ReadCloser, error) { return root.Open(filepath.FromSlash(names[i])) }
	})
}

func tooMany() error {
	return errs.Invalidf("osv", "The export of OSV has more than %d files.", maxRecords).WithHint("give the export of one ecosystem")
}

// readAll reads files with as many readers as there are processors. at gives the
// name of one, its size if that is known, and how to open it; nil: it is none.
func readAll(ctx context.Context, want Want, n int, at func(int) (string, int64, func() (io.ReadCloser, error))) (*Known, error) {
	if n > maxRecords {
		return nil, tooMany()
	}
	var next, unpacked atomic.Int64
	heaps := make([]*heap, runtime.GOMAXPROCS(0))
	g, ctx := errgroup.WithContext(ctx)
	for w := range heaps {
		h := newHeap()
		heaps[w] = h
		g.Go(func() error {
			buf := bytes.NewBuffer(make([]byte, 0, 64<<10))
			for {
				i := int(next.Add(1) - 1)
				if i >= n || ctx.Err() != nil {
					return ctx.Err()
				}
				name, size, open := at(i)
				if open == nil {
					continue
				}
				h.file(name, size, open, &want, buf)
				if unpacked.Add(int64(buf.Len())) > maxUnpacked {
					return errs.Invalidf("osv", "The export of OSV has more than %d bytes when it is unpacked.", int64(maxUnpacked)).WithHint("fetch it anew")
				}
			}
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	for _, h := range heaps[1:] {
		heaps[0].join(h)
	}
	if heaps[0].full {
		return nil, errs.Invalidf("osv", "The export of OSV has more than %d vulnerabilities.", maxKnown).WithHint("give the export of one ecosystem")
	}
	heaps[0].settle()
	return heaps[0].close(), nil
}

// file reads one. What it read stays in buf.
func (h *heap) file(name string, size int64, open func() (io.ReadCloser, error), want *Want, buf *bytes.Buffer) {
	buf.Reset()
	if !strings.HasSuffix(name, ".json") {
		h.gap(name, "It is no file of JSON.")
		return
	}
	if size > maxRecord {
		h.gap(name, fmt.Sprintf("It has more than %d bytes.", maxRecord))
		return
	}
	f, err := open()
	if err != nil {
		h.gap(name, "It cannot be opened, or unpacked.")
		return
	}
	defer f.Close()
	if _, err := buf.ReadFrom(io.LimitReader(f, maxRecord+1)); err != nil {
		h.gap(name, "It is broken, or ends too early.")
		return
	}
	if buf.Len() > maxRecord {
		h.gap(name, fmt.Sprintf("It has more than %d bytes.", maxRecord))
		return
	}
	v, wrong := h.record.read(buf.Bytes(), want, h.fact)
	switch v {
	case taken:
		h.records++
	case withdrawn:
		h.withdrawn++
	case foreign:
		h.foreign++
	}
	if wrong != "" {
		h.gap(name, wrong)
	}
}
