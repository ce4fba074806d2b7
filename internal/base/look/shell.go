package look

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
)

// Shell is what every page has around its body. A page's struct embeds it.
type Shell struct {
	Title       string // of the page, without the team's name
	Description string // one sentence for search engines; public pages only
	Team        string // whose pages these are
	Section     string // small line under the team's name: "Security"
	Root        string // from this page to the site's root: "", "../", "/"
	Home        string // where the brand leads, for pages that no server finds an index for; else Root
	Canonical   string // the page's full URL, where one is known
	Static      bool   // carries its policy itself, for hosts that send no headers
	Private     bool   // keep out of search engines
	Demo        bool   // red banner: nothing here is real
	Nav         []Link
	SignedIn    *SignedIn // who is signed in; nil: nobody
	Feeds       []Link    // announced in the head; public pages only
	Scripts     []string  // further scripts under assets/: "passkey.js"
	Notice      *Notice   // what just happened
	Foot        []Link
}

// Link is an entry of a navigation.
type Link struct {
	Label   string
	More    string // the rest of the label, where there is room
	Href    string
	Current bool
	Badge   string // how much waits there: "3"
	Waits   string // what it is that waits, in words: "held back"
	Main    bool   // shown as a button
	Type    string // media type, for feeds
}

// SignedIn is the person whose session this is, and where the form that ends
// it goes.
type SignedIn struct {
	Name  string
	Token string // the session's form token
	Out   string // path that ends the session
}

// Notice tells of a deed that was done.
type Notice struct {
	Text string
	Bad  bool
}

// Pages is the parsed templates of one face.
type Pages struct {
	byName map[string]*template.Template
}

// Parse reads every *.html in the folders of fsys. A file whose name starts
// with "_" holds parts that all pages may use; any other is one page, named as
// the file without its ending, and defines "body".
func Parse(fsys fs.FS, folder string, funcs template.FuncMap) (*Pages, error) {
	base := template.New("look").Funcs(parts()).Funcs(funcs)
	base, err := base.ParseFS(files, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("parsing the page shell: %w", err)
	}
	names, err := fs.Glob(fsys, path.Join(folder, "*.html"))
	if err != nil {
		return nil, fmt.Errorf("listing templates: %w", err)
	}
	shared := slices.DeleteFunc(slices.Clone(names), isPage)
	if len(shared) > 0 {
		if base, err = base.ParseFS(fsys, shared...); err != nil {
			return nil, fmt.Errorf("parsing shared parts: %w", err)
		}
	}
	p := &Pages{byName: map[string]*template.Template{}}
	for _, name := range names {
		if !isPage(name) {
			continue
		}
		t, err := template.Must(base.Clone()).ParseFS(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("parsing %s: %w", name, err)
		}
		p.byName[strings.TrimSuffix(path.Base(name), ".html")] = t
	}
	return p, nil
}

func isPage(name string) bool { return !strings.HasPrefix(path.Base(name), "_") }

// Names lists the pages; tests walk it.
func (p *Pages) Names() []string { return slices.Sorted(maps.Keys(p.byName)) }

// Render makes a page from the struct that embeds Shell.
func (p *Pages) Render(name string, page any) ([]byte, error) {
	return p.execute(name, "shell", page)
}

// Body makes what stands inside the shell alone, to be shown in another page.
func (p *Pages) Body(name string, page any) ([]byte, error) {
	return p.execute(name, "body", page)
}

func (p *Pages) execute(name, part string, page any) ([]byte, error) {
	t, ok := p.byName[name]
	if !ok {
		return nil, fmt.Errorf("no page is called %q", name)
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, part, page); err != nil {
		return nil, fmt.Errorf("rendering page %s: %w", name, err)
	}
	return b.Bytes(), nil
}
