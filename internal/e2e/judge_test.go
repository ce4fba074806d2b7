package e2e

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/emulation"

	"steward/internal/base/look"
)

// axeVersion is the one that scripts/install-browser.sh installs.
const axeVersion = "4.14.1"

// axe is the source of axe-core, the judge of accessibility.
var axe = sync.OnceValues(func() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	src, err := os.ReadFile(filepath.Join(cache, "steward-judges", "axe-core-"+axeVersion, "axe.min.js"))
	if err != nil {
		return "", fmt.Errorf("axe-core is missing (%w): %s", err, installHint)
	}
	return string(src), nil
})

//go:embed testdata/judge.js
var judgeScript string

// verdict is what the judge finds in a page.
type verdict struct {
	Violations []string // of axe-core's rules
	Wide       []string // elements that stick out to the right
	Width      int      // of what can be scrolled to
	Title      string
	Headings   int    // of the first level
	Main       string // the main action, or the first link of the content
	Lang       string
}

// judged is every page that was judged, at each width.
var judged struct {
	sync.Mutex
	pages map[string]map[string]bool
}

// judge looks at a page as it stands: accessible by axe-core's rules, nothing
// sticks out to the right, its main action is reached by the Tab key and shows
// where the focus is, scripts and console are silent, no other host was asked,
// and the headers that protect the reader are there.
func (b *tab) judge(name string) {
	b.t.Helper()
	doc, _ := b.watch.shown()
	wrong := append(b.watch.take(), headerFaults(doc)...)
	if !b.script {
		b.setScript(true)
		defer b.setScript(false)
	}
	if !b.screen.phone { // colours do not depend on the width
		wrong = append(wrong, b.examine("dark").Violations...)
	}
	v := b.examine("light")
	wrong = append(wrong, v.Violations...)
	if v.Width > int(b.screen.width) || len(v.Wide) > 0 {
		wrong = append(wrong, fmt.Sprintf("the page is %d pixels wide: %s sticks out", v.Width, strings.Join(v.Wide, ", ")))
	}
	if v.Title == "" || v.Headings != 1 || v.Lang == "" {
		wrong = append(wrong, fmt.Sprintf("title %q, %d first headings, language %q", v.Title, v.Headings, v.Lang))
	}
	if problem := b.tabTo(v.Main); problem != "" {
		wrong = append(wrong, problem)
	}
	b.keepWhole(name)
	if len(wrong) > 0 {
		b.t.Errorf("%s, %s (%s), %s:\n  %s", b.who, name, strings.TrimPrefix(doc.url, b.base), b.screen.name, strings.Join(wrong, "\n  "))
	}
	note(name, b.screen)
}

// headerFaults compares the answer's headers with those that every page has.
func headerFaults(doc document) (wrong []string) {
	for header, want := range map[string]string{
		"content-security-policy": look.Policy, "x-content-type-options": "nosniff", "referrer-policy": "no-referrer",
	} {
		if doc.headers[header] != want {
			wrong = append(wrong, fmt.Sprintf("the header %s is %q, not %q", header, doc.headers[header], want))
		}
	}
	return wrong
}

// examine lets axe-core and the judge's script look at the page in a theme.
func (b *tab) examine(theme string) verdict {
	b.t.Helper()
	if !ask[bool](b, "!!window.axe") {
		src, err := axe()
		if err != nil {
			b.t.Fatal(err)
		}
		ask[bool](b, src+"; true")
	}
	b.theme(theme)
	v := ask[verdict](b, fmt.Sprintf("(%s)(%t)", judgeScript, theme == "dark"))
	for i, violation := range v.Violations {
		v.Violations[i] = theme + ": " + violation
	}
	return v
}

// note counts a page as judged.
func note(name string, s screen) {
	judged.Lock()
	defer judged.Unlock()
	if judged.pages == nil {
		judged.pages = map[string]map[string]bool{}
	}
	if judged.pages[name] == nil {
		judged.pages[name] = map[string]bool{}
	}
	judged.pages[name][s.name] = true
}

// theme asks the page for its "light" or "dark" colours.
func (b *tab) theme(name string) {
	b.t.Helper()
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}, {Name: "prefers-reduced-motion", Value: "reduce"}},
	})
}

// step is an element that the Tab key came to.
type step struct {
	What    string
	Visible bool // its focus can be seen
	Main    bool // it is what was looked for
}

// maxTabs is more than any page has before its main action.
const maxTabs = 150

// tabTo presses the Tab key until the page's main action has the focus.
func (b *tab) tabTo(main string) (problem string) {
	b.t.Helper()
	if main == "" {
		return "the page has no main action and no link"
	}
	ask[bool](b, "window.judge.walk(), true")
	for range maxTabs {
		b.key("Tab", 9)
		s := ask[step](b, "window.judge.focused()")
		if !s.Visible {
			return "the focus cannot be seen on " + s.What
		}
		if s.Main {
			return ""
		}
	}
	return "the Tab key does not reach " + main
}

// summary says what was judged.
func summary() string {
	judged.Lock()
	defer judged.Unlock()
	views := 0
	for _, at := range judged.pages {
		views += len(at)
	}
	return fmt.Sprintf("%d pages were judged in %d views", len(judged.pages), views)
}
