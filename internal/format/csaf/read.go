package csaf

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

const (
	// MaxSize is the largest document that is read, in bytes. csaf:C.1
	MaxSize = 15 << 20
	// maxDepth bounds how deep arrays and objects may nest: some fifty
	// branches below each other.
	maxDepth = 100
)

// node is a JSON value as it was written, so that what Go's types cannot tell
// apart can be: absent from null from empty, a name used twice, letter case.
type node struct {
	kind    nodeKind
	text    string   // of a string its value, of a number its digits
	members []member // of an object, in the order written
	items   []node   // of an array
}

type member struct {
	name  string
	value node
}

type nodeKind string

const (
	kindObject  nodeKind = "an object"
	kindArray   nodeKind = "an array"
	kindString  nodeKind = "a string"
	kindNumber  nodeKind = "a number"
	kindBoolean nodeKind = "true or false"
	kindNull    nodeKind = "null"
)

// parse reads one JSON value within the limits of size and depth.
func parse(data []byte) (node, error) {
	if len(data) > MaxSize {
		return node{}, fmt.Errorf("the document has %d bytes; at most %d are read", len(data), MaxSize)
	}
	if !utf8.Valid(data) {
		return node{}, errors.New("the document is not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	n, err := parseValue(d, 0)
	if err != nil {
		return node{}, err
	}
	if _, err := d.Token(); err != io.EOF {
		return node{}, fmt.Errorf("something follows the document at byte %d", d.InputOffset())
	}
	return n, nil
}

func parseValue(d *json.Decoder, depth int) (node, error) {
	token, err := d.Token()
	if err != nil {
		return node{}, fmt.Errorf("the document is not JSON at byte %d: %w", d.InputOffset(), err)
	}
	if depth > maxDepth {
		return node{}, fmt.Errorf("more than %d levels at byte %d", maxDepth, d.InputOffset())
	}
	switch t := token.(type) {
	case json.Delim:
		if t == '{' {
			return parseObject(d, depth)
		}
		return parseArray(d, depth)
	case string:
		return node{kind: kindString, text: t}, nil
	case json.Number:
		return node{kind: kindNumber, text: t.String()}, nil
	case bool:
		return node{kind: kindBoolean, text: fmt.Sprint(t)}, nil
	default:
		return node{kind: kindNull}, nil
	}
}

func parseObject(d *json.Decoder, depth int) (node, error) {
	n := node{kind: kindObject}
	seen := map[string]bool{}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return node{}, fmt.Errorf("the document is not JSON at byte %d: %w", d.InputOffset(), err)
		}
		name := token.(string) // the decoder lets nothing else stand here
		if seen[name] {
			return node{}, fmt.Errorf("%q is given twice in one object at byte %d", clip(name), d.InputOffset())
		}
		seen[name] = true
		value, err := parseValue(d, depth+1)
		if err != nil {
			return node{}, err
		}
		n.members = append(n.members, member{name, value})
	}
	return n, closing(d)
}

func parseArray(d *json.Decoder, depth int) (node, error) {
	n := node{kind: kindArray}
	for d.More() {
		item, err := parseValue(d, depth+1)
		if err != nil {
			return node{}, err
		}
		n.items = append(n.items, item)
	}
	return n, closing(d)
}

// closing reads the bracket or brace at the end.
func closing(d *json.Decoder) error {
	if _, err := d.Token(); err != nil {
		return fmt.Errorf("the document is not JSON at byte %d: %w", d.InputOffset(), err)
	}
	return nil
}

// canonical writes the node so that two equal values give equal texts,
// whatever the order of their members.
func (n node) canonical(b *strings.Builder) {
	switch n.kind {
	case kindObject:
		members := sortedMembers(n.members)
		b.WriteByte('{')
		for _, m := range members {
			fmt.Fprintf(b, "%q:", m.name)
			m.value.canonical(b)
			b.WriteByte(',')
		}
		b.WriteByte('}')
	case kindArray:
		b.WriteByte('[')
		for _, item := range n.items {
			item.canonical(b)
			b.WriteByte(',')
		}
		b.WriteByte(']')
	default:
		fmt.Fprintf(b, "%s %q", n.kind, n.text)
	}
}
