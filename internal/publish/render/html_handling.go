package render

import (
	"html/template"
	"strings"

	"golang.org/x/net/html"

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
		p.Sections[i].Body = cards(advisory.Markdown(text))
	}
	p.Shell = s.shell(HandlingPath, p.Heading, "What "+s.TeamName+" promises to reporters, and when vulnerabilities become public.")
	return renderPage("handling", p)
}

// cards lets the rows of tables become cards on a narrow screen, where each cell
// has to say which column it is of.
func cards(page template.HTML) template.HTML {
	var out strings.Builder
	var labels []string
	heading, column := false, 0
	z := html.NewTokenizer(strings.NewReader(string(page)))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return template.HTML(out.String()) // the end: it reads from memory
		}
		raw := string(z.Raw())
		name, _ := z.TagName()
		switch tag := string(name); {
		case kind == html.StartTagToken && tag == "table":
			labels = nil
			raw = `<table class="cards">`
		case kind == html.StartTagToken && tag == "tr":
			column = 0
		case tag == "th":
			if heading = kind == html.StartTagToken; heading {
				labels = append(labels, "")
			}
		case kind == html.TextToken && heading:
			labels[len(labels)-1] += strings.ReplaceAll(raw, `"`, "&#34;") // as it stands: escaped once
		case kind == html.StartTagToken && tag == "td":
			if column < len(labels) {
				raw = `<td data-label="` + labels[column] + `">`
			}
			column++
		}
		out.WriteString(raw)
	}
}

// words gives the text of a heading.
func words(md string) string { return advisory.OneLine(plain(md)) }
