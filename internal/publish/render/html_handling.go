package render

import (
	"html/template"
	"strings"

	"steward/internal/advisory"
	"steward/internal/base/look"
)

// HandlingPath is the page of how vulnerabilities are handled, and
// SecurityMDPath the file that repositories keep a copy of.
const (
	HandlingPath   = "policy/index.html"
	SecurityMDPath = "SECURITY.md"
)

// handlingPage is the policy as a page.
type handlingPage struct {
	look.Shell
	Site     Site
	Heading  string
	Lead     template.HTML
	Sections []handlingSection
}

type handlingSection struct {
	Title string
	Body  template.HTML
}

// Handling renders the page of how vulnerabilities are handled from
// Site.Handling: a heading of the first level, a lead, and sections that each
// begin with one of the second.
func Handling(s Site) ([]byte, error) {
	p := handlingPage{Site: s, Heading: "How we handle vulnerabilities"}
	var lead string
	var parts []string
	for line := range strings.Lines(advisory.CleanText(s.Handling)) {
		if title, ok := strings.CutPrefix(line, "# "); ok && len(parts) == 0 {
			p.Heading = words(title)
			continue
		}
		if title, ok := strings.CutPrefix(line, "## "); ok {
			p.Sections = append(p.Sections, handlingSection{Title: words(title)})
			parts = append(parts, "")
			continue
		}
		if n := len(parts); n > 0 {
			parts[n-1] += line
		} else {
			lead += line
		}
	}
	p.Lead = advisory.Markdown(lead)
	for i, text := range parts {
		p.Sections[i].Body = advisory.Markdown(text)
	}
	p.Shell = s.shell(HandlingPath, p.Heading, "What "+s.TeamName+" promises to reporters, and when vulnerabilities become public.")
	return renderPage("handling", p)
}

// words gives the text of a heading.
func words(md string) string { return advisory.OneLine(plain(md)) }
