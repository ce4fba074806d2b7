package sbom

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"steward/internal/base/errs"
)

// What a document may have. That of a large image has 10,000 components and, with
// its files, 60 MB.
const (
	MaxBytes      = 128 << 20
	maxComponents = 200_000
	maxRelations  = 2_000_000
	maxText       = 4096 // bytes of a name, a version, a purl
	maxDepth      = 200  // of objects within objects
	maxValues     = 3_000_000
	maxElements   = 1_500_000 // of CycloneDX, of which each takes up more: 2 GB at worst
)

// Document is a bill of materials.
type Document struct {
	Format     string // with its version: CycloneDX 1.6
	Subject    string // what it is about; empty: it does not say
	Components []Component
	Needs      [][]int32      // by component: those that it depends on, if the document says so of any
	Related    bool           // it does
	Others     map[string]int // what it lists that is no software, by its kind
}

// Component is a piece of software that a document lists.
type Component struct {
	Name, Version string
	PURL          string // package URL; empty: it has none
	Origin        string // the source package that a tool has noted; empty: none

	ref string // what relations call it
}

const wayOut = "CycloneDX (JSON, XML) and SPDX (JSON, tag-value) are read"

// Read reads a document. errs.Invalid: it is none that can be read, is broken, or
// is too large.
func Read(r io.Reader) (*Document, error) {
	raw, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return nil, errs.Invalidf("", "The file is broken, or ends too early.").WithHint("fetch it anew").WithCause(err)
	}
	if len(raw) > MaxBytes {
		return nil, errs.Invalidf("", "The file has more than %d bytes.", MaxBytes).WithHint("leave the list of files out of the document")
	}
	b := &builder{doc: &Document{Others: map[string]int{}}, at: map[string]int32{}}
	switch err := b.read(bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))); { // a mark of byte order is no part of it
	case errors.Is(err, errUnknown):
		return nil, errs.Invalidf("", "The file is no bill of materials that can be read.").WithHint(wayOut)
	case err != nil:
		if e, ok := errors.AsType[*errs.Error](err); ok {
			return nil, e
		}
		return nil, errs.Invalidf("", "The file is a broken %s document, or ends too early.", b.kind).WithHint("make it anew").WithCause(err)
	}
	return b.finish()
}

var errUnknown = errors.New("no format that is known")

// builder puts a document together.
type builder struct {
	doc   *Document
	kind  string // of format
	at    map[string]int32
	edges []edge
	full  string // which limit was reached
}

// edge says that one component depends on another, by what they are called.
type edge struct{ from, to string }

// read finds out the format by what the file begins with.
func (b *builder) read(raw []byte) error {
	switch head := bytes.TrimSpace(raw[:min(len(raw), 4096)]); {
	case bytes.HasPrefix(head, []byte("{")):
		return b.json(raw)
	case bytes.HasPrefix(head, []byte("<")):
		b.kind = "CycloneDX"
		return b.cyclonedxXML(raw)
	case bytes.Contains(head, []byte("SPDXVersion:")):
		b.kind = "SPDX"
		return b.tagValue(raw)
	}
	return errUnknown
}

// add takes a component. What has no name, and no URL either, cannot be told from
// others.
func (b *builder) add(c Component) {
	if c.Name == "" && c.PURL == "" {
		b.doc.Others["nameless"]++
		return
	}
	if len(b.doc.Components) == maxComponents {
		b.full = "components"
		return
	}
	for _, s := range []*string{&c.Name, &c.Version, &c.PURL, &c.Origin} {
		*s = cut(*s)
	}
	if _, twice := b.at[c.ref]; c.ref != "" && !twice {
		b.at[c.ref] = int32(len(b.doc.Components))
	}
	b.doc.Components = append(b.doc.Components, c)
}

// needs takes a relation.
func (b *builder) needs(from, to string) {
	if len(b.edges) == maxRelations {
		b.full = "relations"
		return
	}
	b.edges = append(b.edges, edge{from, to})
}

// finish joins relations with components.
func (b *builder) finish() (*Document, error) {
	d := b.doc
	if b.full != "" {
		return nil, errs.Invalidf("", "The document has too many %s.", b.full).WithHint("at most %d components and %d relations are read", maxComponents, maxRelations)
	}
	d.Needs = make([][]int32, len(d.Components))
	for _, e := range b.edges {
		from, one := b.at[e.from]
		to, other := b.at[e.to]
		if one && other && from != to {
			d.Needs[from] = append(d.Needs[from], to)
			d.Related = true
		}
	}
	return d, nil
}

// cut shortens what is longer than anything has reason to be, and makes UTF-8 of it.
func cut(s string) string {
	if len(s) > maxText {
		s = s[:maxText]
	}
	if !utf8.ValidString(s) {
		s = string([]rune(s))
	}
	return s
}
