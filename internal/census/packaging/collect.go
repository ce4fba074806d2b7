package packaging

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/url"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"steward/internal/base/errs"
)

// Mirror is where Debian's archive is, for everybody.
const Mirror = "https://deb.debian.org/debian"

// Get fetches what is at an address. What is not there is errs.Missing; any other
// error says that the mirror cannot be had just now.
type Get func(ctx context.Context, url string) (io.ReadCloser, error)

// Collector fills a store from a mirror.
type Collector struct {
	Get      Get
	Mirror   string                // address; "": Mirror
	Store    *Store                // what it has is not fetched again
	Now      func() time.Time      // no day after it is believed
	AtOnce   int                   // files at a time; 0: three
	Progress func(done, total int) // nil: nobody asks; called by one at a time, done never falls
}

// Bounds of a collector.
const (
	atOnce      = 3
	maxAtOnce   = 8
	patience    = 10 * time.Minute // with one file
	maxFailures = 100              // in a row, and that are told
)

// Failure is a source that could not be read.
type Failure struct {
	Source, Version string
	Err             error
}

// Collected says what a run came to.
type Collected struct {
	Added, Kept int // fetched anew; in the store before
	Gone        int // the mirror has no such file: the release has moved on, or it keeps a part only
	Failed      int // could not be fetched, or read, or was not what the index says
	Failures    []Failure
}

// Collect fetches the packaging of all that is wanted and adds it to the store, a
// few at a time. One that fails is passed over, and tried again by the next run.
// When the context ends, and when a hundred in a row have failed, it stops; all
// that was read is in the store then. The store is not closed.
//
// Errors are the context's; errs.Unavailable, where so many failed; or those of
// the store.
func (c *Collector) Collect(ctx context.Context, wanted []Wanted) (Collected, error) {
	mirror := c.Mirror
	if mirror == "" {
		mirror = Mirror
	}
	if u, err := url.Parse(mirror); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return Collected{}, errs.Invalidf("mirror", "The mirror has no address that can be used.").WithHint("write it as %s", Mirror)
	}
	t := tally{progress: c.Progress, total: len(wanted)}
	g, running := errgroup.WithContext(ctx)
	few := c.AtOnce
	if few <= 0 {
		few = atOnce
	}
	g.SetLimit(min(few, maxAtOnce))
	for i := range wanted {
		w := &wanted[i]
		if running.Err() != nil {
			break
		}
		if _, ok := c.Store.Get(w.Source, w.Version); ok {
			_ = t.note(w, kept, nil) // fails for failures alone
			continue
		}
		g.Go(func() error {
			h, err := c.one(running, mirror, w)
			if running.Err() != nil { // a file that was cut off has not failed
				return running.Err()
			}
			switch {
			case errs.Is(err, errs.NotFound):
				return t.note(w, gone, err)
			case err != nil:
				return t.note(w, failed, err)
			}
			if err := c.Store.Add(h); err != nil {
				return err
			}
			return t.note(w, added, nil)
		})
	}
	err := g.Wait()
	if err == nil {
		err = ctx.Err()
	}
	return t.out, err
}

// one fetches and reads one. Nothing of it is used before its size and its sum are
// those of the index.
func (c *Collector) one(ctx context.Context, mirror string, w *Wanted) (*History, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	address, err := url.JoinPath(mirror, w.Path)
	if err != nil {
		return nil, fmt.Errorf("making an address: %w", err)
	}
	body, err := c.Get(ctx, address)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	r := &checked{r: body, left: w.Size, sum: sha256.New()}
	h, err := Read(ctx, r, w.name(), w.Source, w.Version, c.Now())
	if sum := r.end(w.SHA256); sum != nil { // a file that is another's is not called broken
		return nil, errs.Invalidf(w.name(), "The file is not the one that the index names.").WithHint("fetch the index anew, or take another mirror").WithCause(errors.Join(sum, err))
	}
	return h, err
}

// checked reads a file of a size, and keeps its sum.
type checked struct {
	r    io.Reader
	left int64
	sum  hash.Hash
}

var errSize = errors.New("it has another size than the index says")

func (c *checked) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if c.left -= int64(n); c.left < 0 {
		return 0, errSize
	}
	c.sum.Write(p[:n])
	return n, err
}

// end reads what is left, and tells whether all was as it should be.
func (c *checked) end(sum [32]byte) error {
	if c.left >= 0 {
		if _, err := io.Copy(io.Discard, c); err != nil {
			return err
		}
	}
	switch {
	case c.left != 0:
		return errSize
	case !bytes.Equal(c.sum.Sum(nil), sum[:]):
		return errors.New("it has another SHA-256 than the index says")
	}
	return nil
}

type result int

const (
	added result = iota
	kept
	gone
	failed
)

// tally counts what came of each.
type tally struct {
	mu       sync.Mutex
	out      Collected
	done     int
	total    int
	row      int // failures since the last that could be had
	progress func(done, total int)
}

func (t *tally) note(w *Wanted, r result, err error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch r {
	case added:
		t.out.Added++
		t.row = 0
	case kept:
		t.out.Kept++
	case gone:
		t.out.Gone++
		t.row = 0
	case failed:
		t.out.Failed++
		t.row++
		if len(t.out.Failures) < maxFailures {
			t.out.Failures = append(t.out.Failures, Failure{w.Source, w.Version, err})
		}
	}
	if t.done++; t.progress != nil {
		t.progress(t.done, t.total)
	}
	if t.row >= maxFailures {
		return &errs.Error{Kind: errs.Unavailable, Message: "A hundred files in a row could not be had.", Hint: "is the mirror right? what was read is kept; try again later", Cause: err}
	}
	return nil
}
