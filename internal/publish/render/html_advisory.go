package render

import (
	"fmt"
	"html/template"
	"strings"

	"steward/internal/advisory"
	"steward/internal/base/look"
)

// advisoryPage is one advisory: the thirteen fields of ISO/IEC 29147:2018,
// 7.7, each with its label, and what helps to read and check them.
type advisoryPage struct {
	look.Shell
	Site       Site
	A          advisory.Advisory
	Overview   template.HTML
	Impact     template.HTML
	Remedy     template.HTML
	Workaround template.HTML // empty: none is known
	Scores     []advisory.Score
	Fixes      []string // the versions to go to, for a glance
	Affected   []affectedRow
	Timeline   []look.Moment
	Strip      *look.Strip
	Downloads  []Download
	Signed     string // name of the file that the example of verification uses
	SignedURL  string
	KeyURL     string
	Preview    bool
}

// Advisory renders the page of an advisory at AdvisoryPagePath.
func Advisory(s Site, a advisory.Advisory, downloads []Download) ([]byte, error) {
	p, err := newAdvisoryPage(s, a)
	if err != nil {
		return nil, err
	}
	p.Downloads = downloads
	for _, d := range downloads {
		if strings.HasSuffix(d.Path, ".txt") {
			p.Signed = d.Path[strings.LastIndexByte(d.Path, '/')+1:]
			p.SignedURL = s.URL(d.Path)
			break
		}
	}
	return renderPage("advisory", p)
}

// Preview renders the body of the advisory's page as it would be published,
// for a page of the team; root leads to the site's root.
func Preview(s Site, a advisory.Advisory, root string) (template.HTML, error) {
	p, err := newAdvisoryPage(s, a)
	if err != nil {
		return "", err
	}
	p.Root, p.Preview = root, true
	all, err := htmlPages()
	if err != nil {
		return "", err
	}
	body, err := all.Body("advisory", p)
	return template.HTML(body), err
}

func newAdvisoryPage(s Site, a advisory.Advisory) (*advisoryPage, error) {
	scores, err := a.Severity.Scores()
	if err != nil {
		return nil, fmt.Errorf("scoring %s: %w", a.ID, err)
	}
	sh := s.shell(AdvisoryPagePath(a.ID), a.ID+": "+a.Title, a.Title)
	s.announceFeeds(&sh, ProductsOf(advisory.Entry{Advisory: &a}))
	p := &advisoryPage{
		Shell: sh, Site: s, A: a, Scores: scores, Fixes: fixes(a), Affected: affectedRows(a.Affected), KeyURL: s.URL(s.PublicKeyPath),
		Overview: advisory.Markdown(a.Overview), Impact: advisory.Markdown(a.Impact), Remedy: advisory.Markdown(a.Remedy),
	}
	if strings.TrimSpace(a.Workaround) != "" {
		p.Workaround = advisory.Markdown(a.Workaround)
	}
	for _, e := range a.Timeline {
		p.Timeline = append(p.Timeline, look.Moment{At: e.At, What: e.What})
	}
	p.Strip = look.NewStrip(p.Timeline)
	return p, nil
}

// fixes lists the fixed versions of all products, each once, in order.
func fixes(a advisory.Advisory) []string {
	var out []string
	seen := map[string]bool{}
	for _, p := range a.Affected {
		for _, r := range p.Ranges {
			if r.Fixed == "" {
				continue
			}
			fix := p.Product + " " + r.Fixed
			if !seen[fix] {
				seen[fix] = true
				out = append(out, fix)
			}
		}
	}
	return out
}

// foldedVersions is how many versions, named one by one beside a range, are
// shown without being asked for.
const foldedVersions = 8

// affectedRow is one line of the table of affected versions.
type affectedRow struct {
	advisory.Affected
	Range  *advisory.Range // nil: the versions are named one by one alone
	Listed []string        // versions named one by one
	Folded bool            // there are many, and the range says the same
}

// affectedRows gives a line for each range. What else an entry names one by
// one stands in the line of its last range.
func affectedRows(list []advisory.Affected) []affectedRow {
	var rows []affectedRow
	for _, p := range list {
		for i := range p.Ranges {
			rows = append(rows, affectedRow{Affected: p, Range: &p.Ranges[i]})
		}
		switch {
		case len(p.Versions) == 0:
		case len(p.Ranges) == 0:
			rows = append(rows, affectedRow{Affected: p, Listed: p.Versions})
		default:
			last := &rows[len(rows)-1]
			last.Listed, last.Folded = p.Versions, len(p.Versions) > foldedVersions
		}
	}
	return rows
}
