package atom

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

const (
	// MaxSize is the largest document that is read, in bytes.
	MaxSize = 16 << 20
	// maxDepth bounds how deep elements may nest.
	maxDepth = 100
)

// element is an XML element as it was written.
type element struct {
	name     xml.Name
	attrs    []xml.Attr
	text     string // the character data directly inside
	children []*element
}

// parse reads a document within the limits of size and depth.
func parse(data []byte) (*element, error) {
	if len(data) > MaxSize {
		return nil, fmt.Errorf("the feed has %d bytes; at most %d are read", len(data), MaxSize)
	}
	d := xml.NewDecoder(bytes.NewReader(data))
	var root *element
	for {
		token, err := d.Token()
		if err == io.EOF && root != nil {
			return root, nil
		}
		if err == io.EOF {
			return nil, errors.New("there is no element")
		}
		if err != nil {
			return nil, fmt.Errorf("the feed is not XML at byte %d: %w", d.InputOffset(), err)
		}
		switch t := token.(type) {
		case xml.Directive:
			return nil, errors.New("the feed has a document type declaration")
		case xml.CharData:
			if len(bytes.TrimSpace(t)) > 0 {
				return nil, fmt.Errorf("text outside the feed at byte %d", d.InputOffset())
			}
		case xml.StartElement:
			if root != nil {
				return nil, fmt.Errorf("something follows the feed at byte %d", d.InputOffset())
			}
			if root, err = parseElement(d, t, 1); err != nil {
				return nil, err
			}
		}
	}
}

// parseElement reads up to the end of an element whose start was read.
func parseElement(d *xml.Decoder, start xml.StartElement, depth int) (*element, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("more than %d levels at byte %d", maxDepth, d.InputOffset())
	}
	e := &element{name: start.Name, attrs: start.Copy().Attr}
	seen := map[xml.Name]bool{}
	for _, a := range e.attrs {
		if seen[a.Name] { // the decoder lets it pass
			return nil, fmt.Errorf("attribute %q is given twice at byte %d", clip(a.Name.Local), d.InputOffset())
		}
		seen[a.Name] = true
	}
	var text strings.Builder
	for {
		token, err := d.Token()
		if err != nil {
			return nil, fmt.Errorf("the feed is not XML at byte %d: %w", d.InputOffset(), err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			child, err := parseElement(d, t, depth+1)
			if err != nil {
				return nil, err
			}
			e.children = append(e.children, child)
		case xml.CharData:
			text.Write(t)
		case xml.EndElement:
			e.text = text.String()
			return e, nil
		}
	}
}

// attr gives the value of an attribute without a namespace.
func (e *element) attr(name string) (string, bool) {
	for _, a := range e.attrs {
		if a.Name.Space == "" && a.Name.Local == name {
			return a.Value, true
		}
	}
	return "", false
}

// all gives the children of a name in Atom's namespace.
func (e *element) all(name string) []*element {
	var list []*element
	for _, c := range e.children {
		if c.is(name) {
			list = append(list, c)
		}
	}
	return list
}

// first gives the first child of a name in Atom's namespace, or nil.
func (e *element) first(name string) *element {
	for _, c := range e.children {
		if c.is(name) {
			return c
		}
	}
	return nil
}

// is tells whether the element has a name in Atom's namespace.
func (e *element) is(name string) bool {
	return e.name == xml.Name{Space: Namespace, Local: name}
}

// value is the text of an element that holds nothing but a value.
func (e *element) value() string { return strings.TrimSpace(e.text) }
