package atom

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"time"
)

// The names of the two formats.
const (
	Namespace        = "http://www.w3.org/2005/Atom"             // rfc4287:1.2
	HistoryNamespace = "http://purl.org/syndication/history/1.0" // rfc5005:1.1
)

// Feed is a feed document. rfc4287:4.1.1
type Feed struct {
	XMLName      xml.Name   `xml:"http://www.w3.org/2005/Atom feed"`
	Lang         string     `xml:"http://www.w3.org/XML/1998/namespace lang,attr,omitempty"` // rfc4287:2
	ID           string     `xml:"id"`                                                       // rfc4287:4.2.6: an IRI that never changes
	Title        Text       `xml:"title"`                                                    // rfc4287:4.2.14
	Subtitle     *Text      `xml:"subtitle"`                                                 // rfc4287:4.2.12
	Updated      Date       `xml:"updated"`                                                  // rfc4287:4.2.15
	Authors      []Person   `xml:"author"`                                                   // rfc4287:4.2.1
	Contributors []Person   `xml:"contributor"`                                              // rfc4287:4.2.3
	Links        []Link     `xml:"link"`                                                     // rfc4287:4.2.7: one should have RelSelf
	Categories   []Category `xml:"category"`                                                 // rfc4287:4.2.2
	Generator    *Generator `xml:"generator"`                                                // rfc4287:4.2.4
	Icon         string     `xml:"icon,omitempty"`                                           // rfc4287:4.2.5
	Logo         string     `xml:"logo,omitempty"`                                           // rfc4287:4.2.8
	Rights       *Text      `xml:"rights"`                                                   // rfc4287:4.2.10
	Archive      *Archive   `xml:"http://purl.org/syndication/history/1.0 archive"`          // rfc5005:4
	Entries      []Entry    `xml:"entry"`
}

// Entry is one entry of a feed. rfc4287:4.1.2
type Entry struct {
	ID           string     `xml:"id"`                  // rfc4287:4.2.6: an IRI that never changes
	Title        Text       `xml:"title"`               // rfc4287:4.2.14
	Updated      Date       `xml:"updated"`             // rfc4287:4.2.15: the last change that matters
	Published    Date       `xml:"published,omitempty"` // rfc4287:4.2.9
	Authors      []Person   `xml:"author"`              // rfc4287:4.2.1: needed if the feed has none
	Contributors []Person   `xml:"contributor"`         // rfc4287:4.2.3
	Links        []Link     `xml:"link"`                // rfc4287:4.2.7: one has RelAlternate if there is no content
	Categories   []Category `xml:"category"`            // rfc4287:4.2.2
	Rights       *Text      `xml:"rights"`              // rfc4287:4.2.10
	Summary      *Text      `xml:"summary"`             // rfc4287:4.2.13
	Content      *Text      `xml:"content"`             // rfc4287:4.1.3
}

// Text is text with its kind. rfc4287:3.1
type Text struct {
	Type TextType `xml:"type,attr,omitempty"` // empty: plain text
	Body string   `xml:",chardata"`
}

// TextType is the kind of a text. rfc4287:3.1.1
type TextType string

// The kinds of text that Steward writes.
const (
	Plain TextType = "text"
	HTML  TextType = "html" // markup, escaped
)

// Person is a person, a project or the like. rfc4287:3.2
type Person struct {
	Name  string `xml:"name"`            // rfc4287:3.2.1
	URI   string `xml:"uri,omitempty"`   // rfc4287:3.2.2
	Email string `xml:"email,omitempty"` // rfc4287:3.2.3
}

// Link is a reference to another resource. rfc4287:4.2.7
type Link struct {
	Rel      string `xml:"rel,attr,omitempty"`      // rfc4287:4.2.7.2; empty: RelAlternate
	Type     string `xml:"type,attr,omitempty"`     // rfc4287:4.2.7.3: media type
	Href     string `xml:"href,attr"`               // rfc4287:4.2.7.1
	Hreflang string `xml:"hreflang,attr,omitempty"` // rfc4287:4.2.7.4
	Title    string `xml:"title,attr,omitempty"`    // rfc4287:4.2.7.5
	Length   int64  `xml:"length,attr,omitempty"`   // rfc4287:4.2.7.6: bytes, as a hint
}

// What a link can be to its feed or entry.
const (
	RelAlternate   = "alternate"    // rfc4287:4.2.7.2
	RelRelated     = "related"      // rfc4287:4.2.7.2
	RelSelf        = "self"         // rfc4287:4.2.7.2
	RelEnclosure   = "enclosure"    // rfc4287:4.2.7.2
	RelVia         = "via"          // rfc4287:4.2.7.2
	RelCurrent     = "current"      // rfc5005:4: from an archive to the feed of the newest entries
	RelPrevArchive = "prev-archive" // rfc5005:4: to the archive of the entries before
	RelNextArchive = "next-archive" // rfc5005:4: from an archive to the one after it
)

// Category is a word that a feed or an entry is filed under. rfc4287:4.2.2
type Category struct {
	Term   string `xml:"term,attr"`             // rfc4287:4.2.2.1
	Scheme string `xml:"scheme,attr,omitempty"` // rfc4287:4.2.2.2: an IRI
	Label  string `xml:"label,attr,omitempty"`  // rfc4287:4.2.2.3
}

// Generator is the program that wrote the feed. rfc4287:4.2.4
type Generator struct {
	URI     string `xml:"uri,attr,omitempty"`
	Version string `xml:"version,attr,omitempty"`
	Name    string `xml:",chardata"`
}

// Archive marks a document whose entries do not change any more. rfc5005:4
type Archive struct{}

// Date is a moment as the format writes it. rfc4287:3.3
type Date string

// At gives the date of a moment.
func At(t time.Time) Date {
	return Date(t.UTC().Format(time.RFC3339Nano))
}

// Marshal writes the feed as it is to be published: indented by two spaces,
// and the same bytes for the same feed. It does not validate.
func Marshal(f *Feed) ([]byte, error) {
	var entries [][]byte
	for i := range f.Entries {
		e, err := MarshalEntry(&f.Entries[i])
		if err != nil {
			return nil, err
		}
		entries = append(entries, e)
	}
	head := *f
	head.Entries = nil
	return Join(&head, entries)
}

// MarshalEntry writes an entry as it stands in a feed.
func MarshalEntry(e *Entry) ([]byte, error) {
	var b bytes.Buffer
	enc := xml.NewEncoder(&b)
	enc.Indent(indent, indent)
	err := errors.Join(enc.EncodeElement(e, xml.StartElement{Name: xml.Name{Local: "entry"}}), enc.Close())
	if err != nil {
		return nil, fmt.Errorf("writing the Atom entry %q: %w", e.ID, err)
	}
	return b.Bytes(), nil
}

// Join writes a feed that has no entries of its own with entries that are
// written already.
func Join(f *Feed, entries [][]byte) ([]byte, error) {
	body, err := xml.MarshalIndent(f, "", indent)
	if err != nil {
		return nil, fmt.Errorf("writing the Atom feed %q: %w", f.ID, err)
	}
	const end = "\n</feed>"
	parts := append([][]byte{bytes.TrimSuffix(append([]byte(xml.Header), body...), []byte(end))}, entries...)
	return append(bytes.Join(parts, []byte("\n")), end+"\n"...), nil
}

// Split gives the entries of a feed that Join wrote, in the order in which they
// stand, as MarshalEntry wrote them.
func Split(feed []byte) [][]byte {
	const start, end = "\n" + indent + "<entry", "\n" + indent + "</entry>"
	var entries [][]byte
	for {
		at := bytes.Index(feed, []byte(start))
		if at < 0 {
			return entries
		}
		feed = feed[at+1:]
		to := bytes.Index(feed, []byte(end))
		if to < 0 {
			return entries
		}
		entries = append(entries, feed[:to+len(end)])
		feed = feed[to+len(end):]
	}
}

const indent = "  "
