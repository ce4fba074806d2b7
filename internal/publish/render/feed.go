package render

import (
	"fmt"
	"html"
	"slices"
	"strings"
	"time"

	"steward/internal/advisory"
	"steward/internal/format/atom"
)

// FeedPath is where the feed of what was made public last lies.
const FeedPath = "feed.atom"

// FeedSize is how many entries of the public record the feed holds at most,
// and each archive exactly. It never changes: archives would.
const FeedSize = 50

// feedType is the media type of feeds.
const feedType = "application/atom+xml"

// FeedArchivePath is where archive n lies; the first is 1.
func FeedArchivePath(n int) string { return fmt.Sprintf("feed/%d.atom", n) }

// FeedArchives is how many archives there are when the public record has head
// entries: as many as are full.
func FeedArchives(head int64) int { return int(head / FeedSize) }

// FeedEntry is an entry of the public record as the feed has it. It never
// changes while the settings of the site do not.
type FeedEntry struct {
	Seq  int64
	At   time.Time
	id   string
	text []byte
}

// NewFeedEntry renders an entry of the public record for the feed.
func NewFeedEntry(s Site, e advisory.Entry) (FeedEntry, error) {
	entry := advisoryOrPrenotice(s, e)
	text, err := atom.MarshalEntry(&entry)
	return FeedEntry{Seq: e.Seq, At: e.At, id: entryID(text), text: text}, err
}

// AtomFeed gives the feed of advisories and prenotices. latest is the last
// FeedSize entries of the public record, oldest first, or all if there are
// fewer. Whoever follows the link to the archive before, and from there on,
// finds everything that was ever made public. rfc5005:4
func AtomFeed(s Site, latest []FeedEntry) ([]byte, error) {
	f := feedHead(s, FeedPath, latest)
	if n := len(latest); n > 0 {
		f.Links = append(f.Links, prevArchive(s, FeedArchives(latest[n-1].Seq))...)
	}
	return join(f, latest)
}

// AtomArchive gives archive n. It holds the entries of the public record from
// (n-1)·FeedSize+1 to n·FeedSize, given oldest first, and never changes.
// rfc5005:4
func AtomArchive(s Site, n int, all []FeedEntry) ([]byte, error) {
	first := int64(n-1)*FeedSize + 1
	if n < 1 || len(all) != FeedSize || all[0].Seq != first || all[FeedSize-1].Seq != first+FeedSize-1 {
		return nil, fmt.Errorf("archive %d of the feed needs the entries from %d to %d", n, first, first+FeedSize-1)
	}
	f := feedHead(s, FeedArchivePath(n), all)
	f.Archive = &atom.Archive{}
	f.Links = append(f.Links, atom.Link{Rel: atom.RelCurrent, Type: feedType, Href: s.URL(FeedPath)})
	f.Links = append(f.Links, prevArchive(s, n-1)...)
	return join(f, all)
}

func prevArchive(s Site, n int) []atom.Link {
	if n < 1 {
		return nil
	}
	return []atom.Link{{Rel: atom.RelPrevArchive, Type: feedType, Href: s.URL(FeedArchivePath(n))}}
}

// feedHead makes the feed document at path, without its entries.
func feedHead(s Site, path string, entries []FeedEntry) *atom.Feed {
	f := &atom.Feed{
		Lang:     "en",
		ID:       lasting(s.Publisher.Namespace, s, "advisories"),
		Title:    atom.Text{Body: advisory.OneLine(s.TeamName) + ": security advisories"},
		Subtitle: &atom.Text{Body: "Advisories and announced releases, the newest first."},
		Updated:  "1970-01-01T00:00:00Z", // while there is nothing yet
		Authors:  []atom.Person{{Name: advisory.OneLine(s.Publisher.Name), URI: s.URL("")}},
		Links: []atom.Link{
			{Rel: atom.RelSelf, Type: feedType, Href: s.URL(path)},
			{Rel: atom.RelAlternate, Type: "text/html", Href: s.URL("advisories/")},
		},
		Generator: &atom.Generator{Name: "Steward"},
		Rights:    &atom.Text{Body: advisory.OneLine(s.Publisher.Terms)},
	}
	if n := len(entries); n > 0 {
		f.Updated = atom.At(entries[n-1].At)
	}
	return f
}

// join puts entries into a feed: the newest first, and of each advisory or
// prenotice the newest only.
func join(f *atom.Feed, entries []FeedEntry) ([]byte, error) {
	var texts [][]byte
	seen := map[string]bool{}
	for _, e := range slices.Backward(entries) {
		if !seen[e.id] {
			seen[e.id] = true
			texts = append(texts, e.text)
		}
	}
	return atom.Join(f, texts)
}

func advisoryOrPrenotice(s Site, e advisory.Entry) atom.Entry {
	if e.Prenotice != nil {
		return prenoticeEntry(s, e)
	}
	return advisoryEntry(s, e)
}

// lasting makes an identifier that stays the same when the pages move: from
// the publisher's namespace, which never changes.
func lasting(namespace string, s Site, id string) string {
	if namespace == "" {
		namespace = s.BaseURL
	}
	return strings.TrimSuffix(namespace, "/") + "/#" + id
}

// advisoryEntry is one revision of an advisory in the feed.
func advisoryEntry(s Site, e advisory.Entry) atom.Entry {
	a := *e.Advisory
	title := a.ID + ": " + advisory.OneLine(a.Title)
	if a.Withdrawn != nil {
		title = "Withdrawn: " + title
	}
	entry := atom.Entry{
		ID:        lasting(a.Publisher.Namespace, s, a.ID),
		Title:     atom.Text{Body: title},
		Updated:   atom.At(e.At),
		Published: atom.At(a.Published),
		Links: []atom.Link{
			{Rel: atom.RelAlternate, Type: "text/html", Href: s.URL(AdvisoryPath(a.ID))},
			{Rel: atom.RelRelated, Type: "text/plain", Href: s.URL(TextPath(a.ID)), Title: "Plain text"},
			{Rel: atom.RelRelated, Type: "application/json", Href: s.URL(CSAFPath(a)), Title: "CSAF"},
			{Rel: atom.RelRelated, Type: "application/json", Href: s.URL(OSVPath(a.ID)), Title: "OSV"},
		},
		Summary: &atom.Text{Body: entrySummary(a)},
		Content: &atom.Text{Type: atom.HTML, Body: entryContent(a)},
	}
	if l := a.Severity.Level; l != "" {
		entry.Categories = []atom.Category{{Term: string(l), Label: "Severity: " + string(l)}}
	}
	return entry
}

// entrySummary says in a line how severe it is, what is affected, and what a
// later revision changed.
func entrySummary(a advisory.Advisory) string {
	s := "Severity: " + string(a.Severity.Level) + ". Affected: " + strings.Join(affectedWords(a), "; ") + "."
	if n := len(a.Revisions); n > 1 {
		s = fmt.Sprintf("Revision %d: %s %s", n, advisory.OneLine(a.Revisions[n-1].Summary), s)
	}
	return s
}

// entryContent is the text of an advisory as HTML for feed readers.
func entryContent(a advisory.Advisory) string {
	var b strings.Builder
	paragraph := func(s string) { b.WriteString("<p>" + html.EscapeString(s) + "</p>\n") }
	if w := a.Withdrawn; w != nil {
		paragraph("Withdrawn on " + day(w.At) + ". " + advisory.OneLine(w.Reason))
	}
	if a.Exploited {
		paragraph("This vulnerability is known to be exploited.")
	}
	b.WriteString(string(advisory.Markdown(a.Overview)))
	for _, part := range []struct{ title, text string }{{"Impact", a.Impact}, {"Remedy", a.Remedy}, {"Workaround", a.Workaround}} {
		if text := advisory.Markdown(part.text); strings.TrimSpace(string(text)) != "" {
			b.WriteString("<h3>" + part.title + "</h3>\n" + string(text))
		}
	}
	b.WriteString("<h3>Affected versions</h3>\n<ul>\n")
	for _, line := range affectedWords(a) {
		b.WriteString("<li>" + html.EscapeString(line) + "</li>\n")
	}
	b.WriteString("</ul>\n")
	return b.String()
}

// prenoticeEntry is one state of a prenotice in the feed: what comes and when,
// or what came of it.
func prenoticeEntry(s Site, e advisory.Entry) atom.Entry {
	p := *e.Prenotice
	release := advisory.OneLine(p.Product) + " " + advisory.OneLine(p.Versions)
	text := fmt.Sprintf("%s will be released on %s with a fix for a vulnerability of severity %s. Its details follow then.",
		release, minutes(p.Release), p.Severity)
	page := s.URL("advisories/")
	if p.Advisory != "" {
		text = release + " was announced; the advisory is " + p.Advisory + "."
		page = s.URL(AdvisoryPath(p.Advisory))
	}
	title := p.ID + ": security release of " + release
	content := &atom.Text{Body: text}
	if p.Mitigation != "" {
		content = &atom.Text{Type: atom.HTML, Body: mitigationContent(text, p)}
		if p.Advisory == "" {
			title = p.ID + ": workaround until the security release of " + release
		}
	}
	return atom.Entry{
		ID:         lasting(s.Publisher.Namespace, s, p.ID),
		Title:      atom.Text{Body: title},
		Updated:    atom.At(e.At),
		Published:  atom.At(p.Posted),
		Links:      []atom.Link{{Rel: atom.RelAlternate, Type: "text/html", Href: page}},
		Categories: []atom.Category{{Term: string(p.Severity), Label: "Severity: " + string(p.Severity)}},
		Content:    content,
	}
}

// mitigationContent is the text of a prenotice and the workaround as HTML.
func mitigationContent(text string, p advisory.Prenotice) string {
	head := "Workaround"
	if len(p.Branches) > 0 {
		head += " for " + versionList(p.Branches)
	}
	return "<p>" + html.EscapeString(text) + "</p>\n<h3>" + html.EscapeString(head) + "</h3>\n" + string(advisory.Markdown(p.Mitigation))
}
