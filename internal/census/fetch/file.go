package fetch

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Origin says where a file came from. It is kept beside the file, as JSON, under
// the same name with ".origin" behind it.
type Origin struct {
	URL      string    `json:"url"`
	ETag     string    `json:"etag,omitempty"`
	Modified string    `json:"modified,omitempty"` // as the server says it
	Size     int64     `json:"size"`               // bytes
	SHA256   string    `json:"sha256"`             // in hexadecimal
	Fetched  time.Time `json:"fetched"`            // when it was last known to be what the server has
}

// OriginOf tells where a file came from; false if that is not known, or if the
// file is no longer the one that was fetched, as its size shows.
func OriginOf(path string) (Origin, bool) {
	f, err := os.Open(path + ".origin")
	if err != nil {
		return Origin{}, false
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxHeader))
	if err != nil {
		return Origin{}, false
	}
	var o Origin
	if err := json.Unmarshal(raw, &o); err != nil {
		return Origin{}, false
	}
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() != o.Size {
		return Origin{}, false
	}
	return o, true
}

// Progress is told how many bytes have come, and how many there are; -1: the
// server does not say.
type Progress func(done, total int64)

// File fetches an address into a file, whose folders are made. If the file is
// there and the server says that it has not changed, it stays, and unchanged is
// true. progress may be nil. Errors: errs.Invalid for what is no address,
// errs.Conflict for what cannot be fetched; the file is then as it was.
func (c *Client) File(ctx context.Context, address, path string, progress Progress) (o Origin, unchanged bool, err error) {
	u, err := parse(address)
	if err != nil {
		return Origin{}, false, err
	}
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return Origin{}, false, fmt.Errorf("making the folder of %s: %w", path, err)
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*.part")
	if err != nil {
		return Origin{}, false, fmt.Errorf("making a file beside %s: %w", path, err)
	}
	defer func() {
		_ = tmp.Close()
		_ = os.Remove(tmp.Name())
	}()
	if progress == nil {
		progress = func(int64, int64) {}
	}
	d := &download{client: c, url: u, to: tmp, sum: sha256.New(), progress: progress, total: -1}
	if old, ok := OriginOf(path); ok && old.URL == address {
		d.old = &old
	}
	if err := d.run(ctx); err != nil {
		return Origin{}, false, err
	}
	if d.same {
		d.old.Fetched = c.Now().UTC()
		return *d.old, true, note(path, *d.old)
	}
	o = Origin{
		URL: address, ETag: d.header.Get("ETag"), Modified: d.header.Get("Last-Modified"),
		Size: d.done, SHA256: hex.EncodeToString(d.sum.Sum(nil)), Fetched: c.Now().UTC(),
	}
	return o, false, place(tmp, path, o)
}

// place puts a whole file where it belongs. The origin of the file before goes
// first: it must never stand beside another file.
func place(tmp *os.File, path string, o Origin) error {
	if err := os.Remove(path + ".origin"); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("taking away the origin of %s: %w", path, err)
	}
	if err := errors.Join(tmp.Chmod(0o644), tmp.Sync(), tmp.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return fmt.Errorf("putting %s in its place: %w", path, err)
	}
	return note(path, o)
}

// note writes the origin of a file, whole or not at all.
func note(path string, o Origin) error {
	raw, err := json.MarshalIndent(o, "", "  ")
	if err != nil {
		return fmt.Errorf("writing the origin of %s: %w", path, err)
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*.part")
	if err != nil {
		return fmt.Errorf("writing the origin of %s: %w", path, err)
	}
	_, err = tmp.Write(append(raw, '\n'))
	if err = errors.Join(err, tmp.Chmod(0o644), tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), path+".origin")
	}
	if err != nil {
		_ = os.Remove(tmp.Name())
		return fmt.Errorf("writing the origin of %s: %w", path, err)
	}
	return nil
}

// download is one file on its way.
type download struct {
	client      *Client
	url         *url.URL
	to          *os.File
	sum         hash.Hash
	progress    Progress
	old         *Origin     // of the file that is there; nil: there is none
	header      http.Header // of the answer that what is here so far began with
	done, total int64       // bytes; total -1: not known
	same        bool        // the server has what is there
}

// run asks until all is there.
func (d *download) run(ctx context.Context) error {
	tries := 0
	for n := 0; ; n++ {
		before := d.done
		res, err := d.client.ask(ctx, d.url, d.question())
		if err == nil {
			var over bool
			if over, err = d.take(res); over {
				return nil
			}
			if write, ok := errors.AsType[*writing](err); ok {
				return fmt.Errorf("fetching %s: %w", shown(d.url), write.error)
			}
		}
		if d.done > before {
			tries = 0
		}
		if n >= maxResumes {
			tries = maxTries
		}
		if err = d.client.again(ctx, res, err, tries); err != nil {
			return failed(d.url, err)
		}
		tries++
	}
}

// question says what is wanted: the rest of what is here; else all, unless it is
// what we have.
func (d *download) question() http.Header {
	h := http.Header{}
	if d.done > 0 {
		if v := strong(d.header); v != "" {
			h.Set("Range", fmt.Sprintf("bytes=%d-", d.done))
			h.Set("If-Range", v)
		}
		return h
	}
	if d.old != nil && d.old.ETag != "" {
		h.Set("If-None-Match", d.old.ETag)
	}
	if d.old != nil && d.old.Modified != "" {
		h.Set("If-Modified-Since", d.old.Modified)
	}
	return h
}

// strong gives what tells two states of a file apart to the byte: an entity tag
// that is not weak, or a date of change a minute before the answer (RFC 9110,
// 8.8.2.2 and 13.1.5).
func strong(h http.Header) string {
	if tag := h.Get("ETag"); tag != "" {
		if strings.HasPrefix(tag, "W/") {
			return ""
		}
		return tag
	}
	modified, err := http.ParseTime(h.Get("Last-Modified"))
	if err != nil {
		return ""
	}
	if at, err := http.ParseTime(h.Get("Date")); err != nil || at.Sub(modified) < time.Minute {
		return ""
	}
	return h.Get("Last-Modified")
}

// take reads an answer; over: there is no more to ask. The error may be nil if it
// has to be asked anew.
func (d *download) take(res *http.Response) (over bool, err error) {
	defer res.Body.Close()
	switch {
	case res.StatusCode == http.StatusNotModified && d.old != nil && d.done == 0:
		d.same = true
		return true, nil
	case res.StatusCode == http.StatusPartialContent && d.continues(res):
	case res.StatusCode == http.StatusOK:
		if err := d.restart(); err != nil {
			return false, err
		}
		d.header, d.total = res.Header, res.ContentLength
	case res.StatusCode == http.StatusRequestedRangeNotSatisfiable, res.StatusCode == http.StatusPartialContent:
		// What it has is another file than what we began with.
		return false, errors.Join(errCut, d.restart())
	default:
		return false, status(res.StatusCode)
	}
	if d.total > d.client.Limit {
		return false, errLarge
	}
	if err := d.copy(res.Body); err != nil {
		return false, err
	}
	if d.total >= 0 && d.done != d.total {
		return false, errCut
	}
	return true, nil
}

var errCut = errors.New("the answer is not the whole of it")

// continues tells whether a part begins where we are, and is of the same file.
func (d *download) continues(res *http.Response) bool {
	span, ok := strings.CutPrefix(res.Header.Get("Content-Range"), "bytes ")
	if !ok || d.done == 0 {
		return false
	}
	span, size, _ := strings.Cut(span, "/")
	first, _, _ := strings.Cut(span, "-")
	at, err := strconv.ParseInt(first, 10, 64)
	if err != nil || at != d.done {
		return false
	}
	if tag := res.Header.Get("ETag"); tag != "" && tag != d.header.Get("ETag") {
		return false
	}
	total, err := strconv.ParseInt(size, 10, 64)
	if err == nil && d.total >= 0 && total != d.total {
		return false
	}
	return true
}

// writing is a fault of our own disk.
type writing struct{ error }

func (d *download) restart() error {
	if d.done == 0 {
		return nil
	}
	d.done, d.total = 0, -1
	d.sum.Reset()
	if _, err := d.to.Seek(0, io.SeekStart); err != nil {
		return &writing{err}
	}
	if err := d.to.Truncate(0); err != nil {
		return &writing{err}
	}
	return nil
}

func (d *download) copy(from io.Reader) error {
	buf := make([]byte, 128<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			if d.done+int64(n) > d.client.Limit {
				return errLarge
			}
			if _, werr := d.to.Write(buf[:n]); werr != nil {
				return &writing{werr}
			}
			d.sum.Write(buf[:n])
			d.done += int64(n)
			d.progress(d.done, d.total)
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
