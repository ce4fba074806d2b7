package render

import (
	"embed"
	"html/template"
	"strings"
	"sync"

	"steward/internal/base/look"
)

//go:embed templates/*.html
var templates embed.FS

// Paths of the public pages that every tree has.
const (
	FrontPath    = "index.html"
	SecurityPath = "security/index.html" // the same page, where many look for it
	ListPath     = "advisories/index.html"
	KeysPath     = "keys/index.html"
	NotFoundPath = "404.html"
)

// AdvisoryPath is the folder of an advisory, with a slash at its end.
func AdvisoryPath(id string) string { return "advisories/" + id + "/" }

// AdvisoryPagePath and HistoryPagePath are the two pages of an advisory.
func AdvisoryPagePath(id string) string { return AdvisoryPath(id) + "index.html" }

// HistoryPagePath is the page that shows what each revision changed.
func HistoryPagePath(id string) string { return AdvisoryPath(id) + "history/index.html" }

var htmlPages = sync.OnceValues(func() (*look.Pages, error) {
	return look.Parse(templates, "templates", template.FuncMap{"rangeEnds": rangeEnds})
})

// renderPage renders one template to bytes. Equal input gives equal bytes.
func renderPage(name string, data any) ([]byte, error) {
	p, err := htmlPages()
	if err != nil {
		return nil, err
	}
	return p.Render(name, data)
}

// shell is the frame of the public page at path.
func (s Site) shell(path, title, description string) look.Shell {
	folder := strings.TrimSuffix(path, "index.html")
	sh := look.Shell{
		Title:       title,
		Description: description,
		Team:        s.TeamName,
		Section:     "Security",
		Root:        strings.Repeat("../", strings.Count(path, "/")),
		Canonical:   s.URL(folder),
		Static:      true,
		Demo:        s.Demo,
	}
	front := sh.Root
	if front == "" {
		front = "./"
	}
	sh.Nav = []look.Link{
		{Label: "Security", Href: front, Current: path == FrontPath || path == SecurityPath},
		{Label: "Advisories", Href: sh.Root + "advisories/", Current: strings.HasPrefix(path, "advisories/")},
		{Label: "Key", Href: sh.Root + "keys/", Current: path == KeysPath},
	}
	if s.Census != "" {
		sh.Nav = append(sh.Nav, look.Link{Label: "Census", Href: s.Census})
	}
	if s.ReportURL != "" {
		sh.Nav = append(sh.Nav, look.Link{Label: "Report", More: "a vulnerability", Href: s.ReportURL, Main: true})
	}
	sh.Foot = []look.Link{{Label: "security.txt", Href: sh.Root + ".well-known/security.txt"}}
	for _, f := range s.Feeds {
		if f.Head {
			sh.Feeds = append(sh.Feeds, look.Link{Label: f.Label, Href: sh.Root + f.Path, Type: f.Type})
		}
	}
	return sh
}

// notFoundPage is the page for an address where nothing is.
type notFoundPage struct {
	look.Shell
	Site Site
}

// NotFound renders the page for what does not exist. It may be served at any
// address, so its links start at the root of the host.
func NotFound(s Site) ([]byte, error) {
	p := notFoundPage{Shell: s.shell(NotFoundPath, "Nothing here", ""), Site: s}
	root := s.rootPath()
	p.Root, p.Canonical, p.Private = root, "", true
	p.Nav[0].Href = root
	for i := 1; i < 3; i++ {
		p.Nav[i].Href = root + p.Nav[i].Href
	}
	p.Foot[0].Href = root + p.Foot[0].Href
	for i := range p.Feeds {
		p.Feeds[i].Href = root + p.Feeds[i].Href
	}
	return renderPage("notfound", p)
}

// keysPage is the page of the signing key.
type keysPage struct {
	look.Shell
	Site Site
}

// Keys renders the page that shows the signing key and how to use it.
func Keys(s Site) ([]byte, error) {
	return renderPage("keys", keysPage{
		Shell: s.shell(KeysPath, "Our signing key", "The OpenPGP key that signs the advisories of "+s.TeamName+"."),
		Site:  s,
	})
}
