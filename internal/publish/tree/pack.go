package tree

import (
	"bytes"
	"compress/gzip"
	"io"
	"sync"

	"github.com/andybalholm/brotli"
)

// Above these levels time grows by a quarter for less than a hundredth of the
// size.
const (
	gzipLevel   = 5
	brotliLevel = 5
)

// packer is a writer that compresses.
type packer interface {
	io.WriteCloser
	Reset(io.Writer)
}

// packers are the codings that a page is served in (RFC 9110, 8.4.1). Their
// writers are dear to make and made to be used again.
var packers = []struct {
	coding string
	pool   *sync.Pool
}{
	{"gzip", &sync.Pool{New: func() any { w, _ := gzip.NewWriterLevel(nil, gzipLevel); return w }}},
	{"br", &sync.Pool{New: func() any { return brotli.NewWriterLevel(nil, brotliLevel) }}},
}

// leastPacked is how many bytes a file has at least that is compressed: below,
// headers outweigh the gain.
const leastPacked = 512

// pack compresses a body.
func pack(pool *sync.Pool, body []byte) ([]byte, error) {
	var b bytes.Buffer
	w := pool.Get().(packer)
	defer pool.Put(w)
	w.Reset(&b)
	if _, err := w.Write(body); err != nil {
		return nil, err
	}
	err := w.Close()
	return bytes.Clone(b.Bytes()), err
}
