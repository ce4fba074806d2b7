package tree

import "path"

// media is how a kind of file is served.
type media struct {
	name string // Content-Type
	text bool   // worth compressing
}

var mediaTypes = map[string]media{
	".asc":    {"application/pgp-signature", false},
	".atom":   {"application/atom+xml; charset=utf-8", true},
	".css":    {"text/css; charset=utf-8", true},
	".csv":    {"text/csv; charset=utf-8", true},
	".html":   {"text/html; charset=utf-8", true},
	".ico":    {"image/x-icon", false},
	".js":     {"text/javascript; charset=utf-8", true},
	".json":   {"application/json", true},
	".md":     {"text/markdown; charset=utf-8", true},
	".png":    {"image/png", false},
	".sha256": {"text/plain; charset=utf-8", false},
	".sha512": {"text/plain; charset=utf-8", false},
	".svg":    {"image/svg+xml", true},
	".txt":    {"text/plain; charset=utf-8", true},
	".woff2":  {"font/woff2", false},
	".xml":    {"application/atom+xml; charset=utf-8", true}, // a tree has no other
	".zip":    {"application/zip", false},
}

func typeOf(p string) media {
	if m, ok := mediaTypes[path.Ext(p)]; ok {
		return m
	}
	return media{name: "application/octet-stream"}
}
