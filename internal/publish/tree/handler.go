package tree

import (
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"
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
func (t *Tree) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "This can only be read.", http.StatusMethodNotAllowed)
			return
		}
		name := strings.TrimPrefix(r.URL.Path, "/")
		if name == "" || strings.HasSuffix(name, "/") {
			name += "index.html"
		}
		f, err := t.find(name)
		switch {
		case err == nil:
			defer f.Close()
			err = f.serve(w, r)
		case errors.Is(err, fs.ErrNotExist) && t.Has(name+"/index.html"):
			// Relative, so that it holds wherever the tree is mounted.
			w.Header().Set("Location", path.Base(name)+"/")
			w.WriteHeader(http.StatusMovedPermanently)
			err = nil
		case errors.Is(err, fs.ErrNotExist):
			err = t.serveNothing(w, r)
		default:
			http.Error(w, "Something failed on our side. Please try again.", http.StatusInternalServerError)
		}
		if err != nil && r.Context().Err() == nil {
			slog.Error("serving a public file", "path", name, "error", err)
		}
	})
}

// Has tells whether something is published at a path.
func (t *Tree) Has(path string) bool {
	file, _ := splitPath(path)
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.now.entry(file, t.where) != nil
}

// serveNothing answers for an address where nothing is.
func (t *Tree) serveNothing(w http.ResponseWriter, r *http.Request) error {
	f, err := t.find(notFoundPath)
	if err != nil {
		http.Error(w, "There is nothing here.", http.StatusNotFound)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	}
	defer f.Close()
	f.headers(w.Header(), notFoundPath, "no-store")
	return f.send(w, r, sectionFile, http.StatusNotFound)
}

// serve answers with the file, or says that the asker has it (RFC 9110,
// sections 8.8.3, 12.5.3 and 13).
func (f *found) serve(w http.ResponseWriter, r *http.Request) error {
	cache := "no-cache" // that is: keep it, and ask each time whether it still holds
	if f.entry.fixed {
		cache = "public, max-age=31536000, immutable"
	}
	h := w.Header()
	f.headers(h, f.entry.path+suffixes[f.kind], cache)
	section, tag := sectionFile, hex.EncodeToString(f.entry.sums[f.kind][:16])
	if f.kind == plain && f.length[sectionGzip]+f.length[sectionBrotli] > 0 {
		h.Set("Vary", "Accept-Encoding")
		if section = f.pick(r.Header.Get("Accept-Encoding")); section != sectionFile {
			h.Set("Content-Encoding", codings[section])
			tag += "-" + codings[section]
		}
	}
	h.Set("ETag", `"`+tag+`"`)
	h.Set("Last-Modified", f.entry.modified.Format(http.TimeFormat))
	if notModified(r, `"`+tag+`"`, f.entry.modified) {
		h.Del("Content-Type")
		h.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	return f.send(w, r, section, http.StatusOK)
}

func (f *found) headers(h http.Header, name, cache string) {
	m := typeOf(name)
	h.Set("Content-Type", m.name)
	h.Set("Cache-Control", cache)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	if path.Ext(name) == ".html" {
		h.Set("Content-Security-Policy", pagePolicy)
	} else {
		h.Set("Content-Security-Policy", filePolicy)
	}
}

func (f *found) send(w http.ResponseWriter, r *http.Request, section, status int) error {
	body := f.companion(f.entry, f.kind)
	if section != sectionFile {
		body = f.section(section)
	}
	w.Header().Set("Content-Length", strconv.FormatInt(body.Size(), 10))
	w.WriteHeader(status)
	if r.Method == http.MethodHead {
		return nil
	}
	_, err := io.Copy(w, body)
	return err
}

// codings names the compressed forms, the preferred last.
var codings = map[int]string{sectionGzip: "gzip", sectionBrotli: "br"}

// pick chooses the smallest form that the asker takes (RFC 9110, 12.5.3).
func (f *found) pick(accept string) int {
	best := sectionFile
	for _, item := range strings.Split(accept, ",") {
		coding, params, _ := strings.Cut(item, ";")
		if q, ok := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q="); ok {
			if v, err := strconv.ParseFloat(q, 64); err != nil || v <= 0 {
				continue
			}
		}
		for section, name := range codings {
			if strings.EqualFold(strings.TrimSpace(coding), name) && f.length[section] > 0 &&
				(best == sectionFile || f.length[section] < f.length[best]) {
				best = section
			}
		}
	}
	return best
}

// notModified tells whether the asker has this form already. A tag that was
// sent decides alone (RFC 9110, 13.2.2).
func notModified(r *http.Request, tag string, modified time.Time) bool {
	if match := r.Header.Get("If-None-Match"); match != "" {
		for _, t := range strings.Split(match, ",") {
			t = strings.TrimSpace(t)
			if t == "*" || strings.TrimPrefix(t, "W/") == tag {
				return true
			}
		}
		return false
	}
	since, err := http.ParseTime(r.Header.Get("If-Modified-Since"))
	return err == nil && !modified.After(since)
}
