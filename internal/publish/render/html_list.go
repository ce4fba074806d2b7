package render

import (
	"fmt"
	"html/template"
	"regexp"
	"strconv"
	"time"

	"steward/internal/advisory"
	"steward/internal/base/look"
)

// LatestShown is how many advisories the list shows; the rest are on archive
// pages.
const LatestShown = 50

// frontShown is how many of them the front page shows, above the policy.
const frontShown = 10

// PastShown is how many announcements of releases that came the list shows.
const PastShown = 50

// archiveSize is how many numbers of a year share one archive page, so that a
// release rewrites one small page however many there are.
const archiveSize = 100

// Listing is the advisories as pages list them.
type Listing struct {
	Latest     []advisory.Advisory  // last published first, at most LatestShown
	Total      int                  // all advisories that were ever published
	Prenotices []advisory.Prenotice // releases still to come, the soonest first
	Past       []advisory.Prenotice // those that came, the last first, at most PastShown
	Archives   []Archive            // newest first
	Products   []string             // those that have a feed, in the order in which they are shown
}

// Archive is a page of advisories that share a year and a hundred.
type Archive struct {
	Year int
	Part int // 0: numbers up to 100; 1: up to 200, …
}

var idNumbers = regexp.MustCompile(`-([0-9]{4})-([0-9]{1,9})$`)

// ArchiveOf tells which archive page holds an advisory, by its identifier.
func ArchiveOf(id string) (Archive, error) {
	m := idNumbers.FindStringSubmatch(id)
	if m == nil {
		return Archive{}, fmt.Errorf("identifier %q does not end in a year and a number", id)
	}
	year, err := strconv.Atoi(m[1])
	if err != nil {
		return Archive{}, fmt.Errorf("reading the year of %q: %w", id, err)
	}
	number, err := strconv.Atoi(m[2])
	if err != nil {
		return Archive{}, fmt.Errorf("reading the number of %q: %w", id, err)
	}
	return Archive{Year: year, Part: max(number-1, 0) / archiveSize}, nil
}

// folder is where the page lies, with a slash at its end.
func (a Archive) folder() string {
	if a.Part == 0 {
		return fmt.Sprintf("advisories/%d/", a.Year)
	}
	return fmt.Sprintf("advisories/%d-%d/", a.Year, a.Part+1)
}

// Path is where the page lies in the tree.
func (a Archive) Path() string { return a.folder() + "index.html" }

// Label names the page among its like: "2026", "2026, from 101".
func (a Archive) Label() string {
	if a.Part == 0 {
		return strconv.Itoa(a.Year)
	}
	return fmt.Sprintf("%d, from %d", a.Year, a.Part*archiveSize+1)
}

// entry is one advisory in a list.
type entry struct {
	ID        string
	Title     string
	Href      string
	Level     advisory.Level
	Products  []string
	Published time.Time
	Updated   time.Time // zero: not updated since
	Exploited bool
	Withdrawn bool
}

func entries(root string, list []advisory.Advisory) []entry {
	es := make([]entry, len(list))
	for i, a := range list {
		es[i] = entry{
			ID: a.ID, Title: a.Title, Href: root + AdvisoryPath(a.ID), Level: a.Severity.Level,
			Published: a.Published, Exploited: a.Exploited, Withdrawn: a.Withdrawn != nil,
		}
		if a.Updated.After(a.Published) {
			es[i].Updated = a.Updated
		}
		seen := map[string]bool{}
		for _, p := range a.Affected {
			if !seen[p.Product] {
				seen[p.Product] = true
				es[i].Products = append(es[i].Products, p.Product)
			}
		}
	}
	return es
}

// announced is a release to come, as pages show it.
type announced struct {
	advisory.Prenotice
	Local          string        // the hour in the team's zone; empty where that is UTC
	MitigationHTML template.HTML // the workaround that is public before the details
}

func announce(list []advisory.Prenotice) []announced {
	out := make([]announced, len(list))
	for i, p := range list {
		out[i] = announced{Prenotice: p, Local: inZone(p.Release, p.Zone), MitigationHTML: advisory.Markdown(p.Mitigation)}
	}
	return out
}

// inZone gives the hour in a zone: "16:00 in Europe/Stockholm".
func inZone(at time.Time, zone string) string {
	if zone == "" || zone == "UTC" {
		return ""
	}
	loc, err := time.LoadLocation(zone)
	if err != nil {
		return ""
	}
	return at.In(loc).Format("15:04 on 2 January") + " in " + zone
}

// frontPage is the security page.
type frontPage struct {
	look.Shell
	Site       Site
	Policy     template.HTML
	Steps      []look.Step
	Total      int
	Entries    []entry
	Prenotices []announced
	Archives   []look.Link
	shownProducts
}

// shownProducts are the feeds of products in a card beside a page.
type shownProducts struct {
	Products     []look.Link
	MoreProducts int // how many there are, if not all are shown
}

func showProducts(root string, all []string) (p shownProducts) {
	p.Products = productLinks(root, all[:min(len(all), headShown)])
	if len(all) > headShown {
		p.MoreProducts = len(all)
	}
	return p
}

// process is what happens to a report, in the words of ISO/IEC 30111:2019,
// 7.1: receipt, verification, remediation development, release, post-release.
var process = []look.Step{
	{Name: "You report", Say: "You get a signed receipt and a page where you follow the case."},
	{Name: "We look into it", Say: "A person answers, reproduces the fault and tells you what we found."},
	{Name: "We mend it", Say: "In private. You see the draft of the advisory and say how to be credited."},
	{Name: "We tell everyone", Say: "Fix and signed advisory go out together."},
}

// Front renders the security page, at FrontPath or SecurityPath.
func Front(s Site, l Listing, path string) ([]byte, error) {
	sh := s.shell(path, s.TeamName+" security", "How to report a vulnerability to "+s.TeamName+", and all its security advisories.")
	sh.Canonical = s.URL("")
	s.announceFeeds(&sh, l.Products)
	p := frontPage{
		Shell: sh, Site: s, Policy: advisory.Markdown(s.Policy), Steps: process, Total: l.Total,
		Entries: entries(sh.Root, l.Latest[:min(len(l.Latest), frontShown)]), Prenotices: announce(l.Prenotices), Archives: archiveLinks(sh.Root, l.Archives),
		shownProducts: showProducts(sh.Root, l.Products),
	}
	return renderPage("front", p)
}

// listPage is the page of all advisories, or of one archive.
type listPage struct {
	look.Shell
	Site       Site
	Heading    string
	Total      int
	Entries    []entry
	Prenotices []announced
	Past       []advisory.Prenotice
	Archives   []look.Link
	Archive    bool
	shownProducts
}

// List renders the page of all advisories and announced releases.
func List(s Site, l Listing) ([]byte, error) {
	sh := s.shell(ListPath, "Security advisories", "All security advisories of "+s.TeamName+" and announced releases.")
	s.announceFeeds(&sh, l.Products)
	return renderPage("list", listPage{
		Shell: sh, Site: s, Heading: "Security advisories", Total: l.Total,
		Entries: entries(sh.Root, l.Latest), Prenotices: announce(l.Prenotices), Past: l.Past, Archives: archiveLinks(sh.Root, l.Archives),
		shownProducts: showProducts(sh.Root, l.Products),
	})
}

// ArchivePage renders one archive page from all of its advisories, last
// published first.
func ArchivePage(s Site, a Archive, all []advisory.Advisory) ([]byte, error) {
	heading := "Security advisories of " + a.Label()
	sh := s.shell(a.Path(), heading, heading+", "+s.TeamName+".")
	return renderPage("list", listPage{Shell: sh, Site: s, Heading: heading, Entries: entries(sh.Root, all), Archive: true})
}

func archiveLinks(root string, all []Archive) []look.Link {
	links := make([]look.Link, len(all))
	for i, a := range all {
		links[i] = look.Link{Label: a.Label(), Href: root + a.folder()}
	}
	return links
}
