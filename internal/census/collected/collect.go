package collected

import (
	"context"
	"fmt"
	"io"
	"time"

	"steward/internal/base/errs"
	"steward/internal/census/archive"
	"steward/internal/census/fetch"
	"steward/internal/census/ossfuzz"
	"steward/internal/census/osv"
	"steward/internal/census/packaging"
	"steward/internal/census/people"
	"steward/internal/census/popcon"
)

// Collector brings what a census may read besides indexes into a folder.
type Collector struct {
	Dir   string
	Fetch *fetch.Client
	From  map[Kind]string // addresses in place of the usual ones; of packaging that of a mirror
	Now   func() time.Time
	Tell  func(what string, done, total int64) // is told how far it is; total -1: not known
}

// Brought tells what came of one kind.
type Brought struct {
	Kind      Kind     `json:"kind"`
	From      string   `json:"from,omitempty"` // the address, if it is one
	New       int      `json:"new"`            // files, or sources, that came
	Unchanged int      `json:"unchanged"`      // that were there before
	Failed    []string `json:"failed"`         // why others did not come, in sentences
}

// maxFailed is how many failures are told.
const maxFailed = 20

func (b *Brought) failed(source string, err error) {
	switch {
	case len(b.Failed) < maxFailed:
		b.Failed = append(b.Failed, source+": "+err.Error())
	case len(b.Failed) == maxFailed:
		b.Failed = append(b.Failed, "and others")
	}
}

// List brings one of the kinds that are one file for all sources.
func (c *Collector) List(ctx context.Context, kind Kind) (*Brought, error) {
	tell := func(done, total int64) { c.Tell(string(kind), done, total) }
	var origin fetch.Origin
	var same bool
	var err error
	switch kind {
	case Popcon:
		origin, same, err = popcon.Collect(ctx, c.Fetch, c.From[kind], c.Dir, tell)
	case OSV:
		origin, same, err = osv.Collect(ctx, c.Fetch, c.From[kind], Ecosystem, c.Dir, tell)
	case OSSFuzz:
		origin, same, err = ossfuzz.Collect(ctx, c.Fetch, c.From[kind], c.Dir, tell)
	default:
		return nil, errs.Invalidf("kind", "%q is no list.", kind)
	}
	if err != nil {
		return nil, err
	}
	b := &Brought{Kind: kind, From: origin.URL, New: 1, Failed: []string{}}
	if same {
		b.New, b.Unchanged = 0, 1
	}
	return b, nil
}

// Packaging brings changelogs and patches of the sources that are wanted, out of
// indexes of sources.
func (c *Collector) Packaging(ctx context.Context, indexes [][]byte, wanted map[string]bool) (b *Brought, err error) {
	store, err := packaging.Open(c.Dir)
	if err != nil {
		return nil, err
	}
	defer func() {
		if closed := store.Close(); err == nil {
			err = closed
		}
	}()
	var files []packaging.Wanted
	for _, raw := range indexes {
		all, _ := packaging.Wants(raw)
		for _, w := range all {
			if wanted[w.Source] {
				files = append(files, w)
			}
		}
	}
	mirror := c.From[Packaging]
	if mirror == "" {
		mirror = packaging.Mirror
	}
	from := packaging.Collector{
		Get: c.get, Mirror: mirror, Store: store, Now: c.Now,
		Progress: func(done, total int) { c.Tell(string(Packaging), int64(done), int64(total)) },
	}
	got, err := from.Collect(ctx, files)
	b = &Brought{Kind: Packaging, From: mirror, New: got.Added, Unchanged: got.Kept, Failed: []string{}}
	for _, f := range got.Failures {
		b.failed(f.Source, f.Err)
	}
	return b, err
}

// get fetches as packaging asks for it.
func (c *Collector) get(ctx context.Context, url string) (io.ReadCloser, error) {
	r, err := c.Fetch.Get(ctx, url)
	if fetch.Gone(err) {
		return nil, errs.Missing()
	}
	return r, err
}

// Repositories brings upstream's histories of the sources that are wanted, as
// far as their home pages tell where they are. It begins again where it stopped:
// what is there is only brought up to date.
func (c *Collector) Repositories(ctx context.Context, s *archive.Suite, wanted map[string]bool) (*Brought, error) {
	type place struct{ source, from string }
	var places []place
	for i := range s.Sources {
		if from, ok := upstream(&s.Sources[i]); ok && wanted[s.Sources[i].Name] {
			places = append(places, place{s.Sources[i].Name, from})
		}
	}
	b := &Brought{Kind: Repositories, Failed: []string{}}
	git := people.Collector{Now: c.Now}
	for n, p := range places {
		c.Tell(string(Repositories), int64(n), int64(len(places)))
		switch err := git.Collect(ctx, p.from, c.Dir, p.source); {
		case ctx.Err() != nil:
			return b, fmt.Errorf("bringing histories: %w", ctx.Err())
		case err != nil:
			b.failed(p.source, err)
		default:
			b.New++
		}
	}
	return b, nil
}
