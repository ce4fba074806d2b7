package report

import (
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path"
	"strings"

	"steward/internal/base/errs"
	"steward/internal/base/look"
)

// Folder serves a report. It opens the folder anew for each request, so that one
// which has taken its place is served at once. Nothing is listed, and nothing
// outside is reached: neither by the path nor by a link in the folder.
type Folder struct {
	Dir   string
	Cache string // of the answers: who may keep them; they are to ask each time
}

// mediaTypes are those of the files that a report has. Another is not served.
var mediaTypes = map[string]string{
	".html": "text/html; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".svg":  "image/svg+xml",
	".gz":   "application/gzip",
	".json": "application/json",
}

// Serve answers with the file at a path below the folder, which begins without a
// slash; a path that is empty is the front. errs.NotFound: there is none, or the
// folder is no report.
func (f Folder) Serve(w http.ResponseWriter, r *http.Request, name string) error {
	if name == "" {
		name = "index.html"
	}
	kind, ok := mediaTypes[path.Ext(name)]
	if !ok || !fs.ValidPath(name) || strings.HasPrefix(name, ".") || strings.Contains(name, "/.") {
		return errs.Missing()
	}
	file, info, err := f.open(name)
	if err != nil {
		file, info, err = f.open(name) // another report may have taken its place just now
	}
	if err != nil {
		return errs.Missing() // it is not there, or leads out
	}
	defer file.Close()
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Cache-Control", f.Cache)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'")
	if path.Ext(name) == ".html" {
		h.Set("Content-Security-Policy", look.Policy)
	}
	// A file of a report is written once: another has another time, or size.
	h.Set("ETag", fmt.Sprintf(`"%x-%x"`, info.ModTime().UnixNano(), info.Size()))
	http.ServeContent(w, r, "", info.ModTime(), file)
	return nil
}

// open opens a file of a folder that is a report.
func (f Folder) open(name string) (*os.File, fs.FileInfo, error) {
	root, err := os.OpenRoot(f.Dir)
	if err != nil {
		return nil, nil, err
	}
	defer root.Close()
	if mark, err := root.Lstat(Manifest); err != nil || !mark.Mode().IsRegular() {
		return nil, nil, fs.ErrNotExist
	}
	info, err := root.Stat(name) // before it is opened: a pipe would wait for who writes to it
	if err != nil || !info.Mode().IsRegular() {
		return nil, nil, fs.ErrNotExist
	}
	file, err := root.Open(name)
	if err != nil {
		return nil, nil, err
	}
	if info, err = file.Stat(); err != nil || !info.Mode().IsRegular() {
		_ = file.Close()
		return nil, nil, fs.ErrNotExist
	}
	return file, info, nil
}
