package tree

import (
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"net/http"
	"path"
	"strings"
)

// pagePolicy is what a browser may do with our pages: show them, with our own
// styles, scripts and pictures, send our own forms, and nothing else.
const pagePolicy = "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// filePolicy is for all that is no page: a picture or a feed opened by itself.
const filePolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"

// notFoundPath is the page for addresses where nothing is, if the tree has one.
const notFoundPath = "404.html"

// Handler serves the published tree. Each request sees one snapshot of it. A
// folder is served as its index.html.
func (t *Tree) Handler() http.Handler { return http.HandlerFunc(t.serve) }

func (t *Tree) serve(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "This can only be read.", http.StatusMethodNotAllowed)
		return
	}
	name := strings.TrimPrefix(r.URL.Path, "/")
	if name == "" || strings.HasSuffix(name, "/") {
		name += "index.html"
	}
	p, err := t.page(name)
	switch {
	case err == nil:
		defer p.close()
		p.serve(w, r)
	case errors.Is(err, fs.ErrNotExist) && t.Has(name+"/index.html"):
		// Relative, so that it holds wherever the tree is mounted.
		w.Header().Set("Location", path.Base(name)+"/")
		w.WriteHeader(http.StatusMovedPermanently)
	case errors.Is(err, fs.ErrNotExist):
		t.serveNothing(w, r)
	default:
		slog.Error("serving a public file", "path", name, "error", err)
		http.Error(w, "Something failed on our side. Please try again.", http.StatusInternalServerError)
	}
}

// Has tells whether something is published at a path.
func (t *Tree) Has(path string) bool {
	file, _ := splitPath(path)
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.now.entry(file, t.where) != nil
}

// serveNothing answers for an address where nothing is.
func (t *Tree) serveNothing(w http.ResponseWriter, r *http.Request) {
	p, err := t.page(notFoundPath)
	if err != nil {
		http.Error(w, "There is nothing here.", http.StatusNotFound)
		return
	}
	defer p.close()
	h, f := w.Header(), &p.forms[0]
	maps.Copy(h, f.header)
	h.Set("Cache-Control", "no-store")
	for _, name := range []string{"Etag", "Last-Modified", "Vary"} {
		h.Del(name)
	}
	w.WriteHeader(http.StatusNotFound)
	if r.Method != http.MethodHead {
		_, _ = io.Copy(w, p.content(f)) // who has gone needs nothing
	}
}

// serve answers with the form that the asker takes, with a part of it, or says
// that they have it (RFC 9110, sections 12.5.3, 13 and 14). Most requests are
// for the whole, or ask whether it still holds: they are answered here at once,
// and the rest by the library, which copies more.
func (p *page) serve(w http.ResponseWriter, r *http.Request) {
	f := p.pick(r.Header.Get("Accept-Encoding"))
	switch {
	case f.held(r.Header):
		maps.Copy(w.Header(), f.same)
		w.WriteHeader(http.StatusNotModified)
	case f.body != nil && r.Method == http.MethodGet && !asksMore(r.Header):
		maps.Copy(w.Header(), f.header)
		_, _ = w.Write(f.body) // who has gone needs nothing
	default:
		maps.Copy(w.Header(), f.header)
		http.ServeContent(w, r, "", p.entry.modified, p.content(f))
	}
}

// held tells a request that asks whether one form still holds, and it does. A
// condition that comes first has to be looked at first (RFC 9110, 13.2.2).
func (f *form) held(asked http.Header) bool {
	tags := asked["If-None-Match"]
	return len(tags) == 1 && tags[0] == f.tag && asked["If-Match"] == nil && asked["If-Unmodified-Since"] == nil
}

// asksMore tells a request with a condition, or for a part.
func asksMore(asked http.Header) bool {
	for _, name := range [...]string{"If-None-Match", "If-Modified-Since", "Range", "If-Match", "If-Unmodified-Since"} {
		if asked[name] != nil {
			return true
		}
	}
	return false
}
