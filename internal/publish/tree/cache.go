package tree

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sync/singleflight"
)

// How much of a snapshot is kept in memory for readers. What is larger than
// largestKept is read from its bundle at each request.
const (
	keptBytes   = 64 << 20
	largestKept = 16 << 20
)

// cache keeps pages of one snapshot, and goes with it: so nothing is served
// that is not published.
type cache struct {
	making singleflight.Group // by path
	mu     sync.RWMutex
	pages  map[string]*page
	bytes  int64
}

func (c *cache) get(path string) *page {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.pages[path]
}

// put keeps a page. When there is no room, any other goes: a page that is
// asked for often is soon back.
func (c *cache) put(path string, p *page) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pages == nil {
		c.pages = map[string]*page{}
	}
	if c.pages[path] != nil {
		return
	}
	for other, o := range c.pages {
		if c.bytes+p.size <= keptBytes {
			break
		}
		delete(c.pages, other)
		c.bytes -= o.size
	}
	c.pages[path] = p
	c.bytes += p.size
}

// inherit takes over the pages of the snapshot before that are as they were.
func (c *cache) inherit(before *cache, same func(path string, e *entry) bool) {
	before.mu.RLock()
	defer before.mu.RUnlock()
	c.pages = map[string]*page{}
	for path, p := range before.pages {
		if same(path, p.entry) {
			c.pages[path] = p
			c.bytes += p.size
		}
	}
}

// page is a file or companion ready to be served.
type page struct {
	entry *entry
	forms []form // the plain one first
	size  int64  // of all forms, with something for the rest
	file  *found // of a page that is too large to be kept: open, for one request
}

// form is what is sent: the file, or the file compressed. Each has a tag of its
// own, since it has bytes of its own (RFC 9110, 8.8.3.3).
type form struct {
	coding string // "": none
	size   int64  // bytes
	tag    string
	header http.Header
	same   http.Header // of the answer that the asker has it (RFC 9110, 15.4.5)
	body   []byte      // nil: too large to be kept
}

// pageOverhead is what a page costs beside its bodies, about.
const pageOverhead = 2 << 10

// page finds what is published at a path, in one snapshot, ready to be served.
// The error is fs.ErrNotExist when nothing is. A page that has a file must be
// closed.
func (t *Tree) page(path string) (*page, error) {
	s := t.snapshot()
	if p := s.hot.get(path); p != nil {
		return p, nil
	}
	f, err := t.find(path)
	if err != nil {
		return nil, err
	}
	if in := f.companion(f.entry, f.kind); in.Size() >= largestKept {
		if err := t.intact(f); err != nil { // what the disk has altered is not served
			return nil, errors.Join(fmt.Errorf("reading %s: it %w", path, err), f.Close())
		}
		p := &page{entry: f.entry, file: f}
		p.add(f, "", in.Size(), nil)
		p.finish()
		return p, nil
	}
	defer f.Close()
	made, err, _ := s.hot.making.Do(path, func() (any, error) {
		p, err := t.newPage(f)
		if err != nil {
			return nil, fmt.Errorf("reading %s: it %w", path, err)
		}
		if t.snapshot() == s { // then it was found in that one
			s.hot.put(path, p)
		}
		return p, nil
	})
	if err != nil {
		return nil, err
	}
	return made.(*page), nil
}

// newPage reads a file or companion, and compresses it where that saves a tenth
// or more: here, for who reads it, and not where it is published, so that a
// release waits for nothing that can be made from it at any time.
func (t *Tree) newPage(f *found) (*page, error) {
	if err := t.intact(f); err != nil {
		return nil, err
	}
	body, err := f.all()
	if err != nil {
		return nil, err
	}
	p := &page{entry: f.entry, size: pageOverhead}
	p.add(f, "", int64(len(body)), body)
	if f.kind == plain && typeOf(f.entry.path).text && len(body) >= leastPacked {
		for _, c := range packers {
			packed, err := pack(c.pool, body)
			if err != nil {
				return nil, err
			}
			if len(packed) < len(body)*9/10 {
				p.add(f, c.coding, int64(len(packed)), packed)
			}
		}
	}
	p.finish()
	return p, nil
}

func (p *page) add(f *found, coding string, size int64, body []byte) {
	name, sum := f.entry.path+suffixes[f.kind], f.entry.sums[f.kind]
	h := http.Header{
		"Content-Type":            {typeOf(name).name},
		"Content-Length":          {strconv.FormatInt(size, 10)},
		"Cache-Control":           {"no-cache"}, // that is: keep it, and ask each time whether it still holds
		"Content-Security-Policy": {filePolicy},
		"X-Content-Type-Options":  {"nosniff"},
		"Referrer-Policy":         {"no-referrer"},
		"Last-Modified":           {f.entry.modified.Format(http.TimeFormat)},
	}
	if f.entry.fixed {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	if path.Ext(name) == ".html" {
		h.Set("Content-Security-Policy", pagePolicy)
	}
	if coding != "" {
		h.Set("Content-Encoding", coding)
		sum = sha256.Sum256(body) // another version of Steward may compress to other bytes
	}
	tag := `"` + hex.EncodeToString(sum[:16]) + `"`
	h.Set("ETag", tag)
	p.forms = append(p.forms, form{coding: coding, size: size, tag: tag, header: h, body: body})
	p.size += size
}

// finish fills in what depends on how many forms there are.
func (p *page) finish() {
	for i := range p.forms {
		f := &p.forms[i]
		if len(p.forms) > 1 {
			f.header.Set("Vary", "Accept-Encoding")
		}
		f.same = maps.Clone(f.header)
		maps.DeleteFunc(f.same, func(name string, _ []string) bool { return name != "Etag" && name != "Cache-Control" && name != "Vary" })
	}
}

// content reads one form.
func (p *page) content(f *form) io.ReadSeeker {
	if p.file != nil {
		return p.file.companion(p.file.entry, p.file.kind)
	}
	return bytes.NewReader(f.body)
}

// pick chooses the smallest form that the asker takes (RFC 9110, 12.5.3).
func (p *page) pick(accept string) *form {
	best := &p.forms[0]
	if len(p.forms) == 1 {
		return best
	}
	for item := range strings.SplitSeq(accept, ",") {
		coding, params, _ := strings.Cut(item, ";")
		if q, ok := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q="); ok {
			if v, err := strconv.ParseFloat(q, 64); err != nil || v <= 0 {
				continue
			}
		}
		coding = strings.TrimSpace(coding)
		for i := range p.forms[1:] {
			if f := &p.forms[i+1]; strings.EqualFold(coding, f.coding) && f.size < best.size {
				best = f
			}
		}
	}
	return best
}

// close lets go of the file of a page that is too large to be kept.
func (p *page) close() {
	if p.file != nil {
		_ = p.file.Close()
	}
}
