package look

import (
	"embed"
	"io/fs"
)

//go:embed assets templates
var files embed.FS

// Asset is one file that pages refer to, at Path below the site's root.
type Asset struct {
	Path string
	Data []byte
}

// Policy is the Content-Security-Policy under which every page works: no
// inline script or style, nothing from elsewhere. A static host may not send
// headers, so public pages carry MetaPolicy too.
const (
	Policy     = MetaPolicy + "; frame-ancestors 'none'"
	MetaPolicy = "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; form-action 'self'; base-uri 'none'"
)

// PublicAssets lists what public pages need, in order of their paths.
func PublicAssets() []Asset {
	return []Asset{asset("local-time.js"), asset("mark.svg"), asset("style.css")}
}

// Assets lists what all pages need: those of the public pages, and the
// scripts for passkeys and links.
func Assets() []Asset {
	return append(PublicAssets(), asset("link.js"), asset("passkey.js"))
}

func asset(name string) Asset {
	data, err := fs.ReadFile(files, "assets/"+name)
	if err != nil {
		panic(err) // embedded: a missing one does not compile into a working binary
	}
	return Asset{Path: "assets/" + name, Data: data}
}
