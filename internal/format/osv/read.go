package osv

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
	// MaxSize is the largest entry that is read, in bytes. The largest that we
	// know of, of the Linux kernel, have some 2 MB.
	MaxSize = 8 << 20
	// maxDepth bounds how deep arrays and objects may nest.
	maxDepth = 50
)

// Parse reads an entry, strictly: no unknown property, none twice, nothing
// null. It does not check values; see Validate.
func Parse(data []byte) (*Entry, error) {
	if len(data) > MaxSize {
		return nil, fmt.Errorf("the entry has %d bytes; at most %d are read", len(data), MaxSize)
	}
	if !utf8.Valid(data) {
		return nil, errors.New("the entry is not UTF-8")
	}
	s := scanner{d: json.NewDecoder(bytes.NewReader(data))}
	s.d.UseNumber()
	if err := s.value(0, false); err != nil {
		return nil, err
	}
	if _, err := s.d.Token(); err != io.EOF {
		return nil, fmt.Errorf("something follows the entry at byte %d", s.d.InputOffset())
	}
	var e Entry
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&e); err != nil {
		if typeError, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			return nil, fmt.Errorf("%s: %s is not what is needed here", typeError.Field, typeError.Value)
		}
		return nil, fmt.Errorf("reading the entry: %w", err)
	}
	return &e, nil
}

// scanner looks for what the decoder would let pass.
type scanner struct{ d *json.Decoder }

// value scans one value. A free one belongs to the database or the ecosystem:
// there null is allowed, and names are not looked at.
func (s *scanner) value(depth int, free bool) error {
	token, err := s.d.Token()
	if err != nil {
		return s.notJSON(err)
	}
	if depth > maxDepth {
		return fmt.Errorf("more than %d levels at byte %d", maxDepth, s.d.InputOffset())
	}
	switch {
	case token == json.Delim('{'):
		return s.object(depth, free)
	case token == json.Delim('['):
		for s.d.More() {
			if err := s.value(depth+1, free); err != nil {
				return err
			}
		}
		return s.closing()
	case token == nil && !free:
		return fmt.Errorf("null at byte %d; leave the property out", s.d.InputOffset())
	}
	return nil
}

func (s *scanner) object(depth int, free bool) error {
	seen := map[string]bool{}
	for s.d.More() {
		token, err := s.d.Token()
		if err != nil {
			return s.notJSON(err)
		}
		name := token.(string) // the decoder lets nothing else stand here
		if seen[name] {
			return fmt.Errorf("%q is given twice in one object at byte %d", clip(name), s.d.InputOffset())
		}
		seen[name] = true
		// The decoder takes ID for id; all names of the format are lower case.
		if !free && name != strings.ToLower(name) {
			return fmt.Errorf("unknown property %q at byte %d", clip(name), s.d.InputOffset())
		}
		specific := depth > 0 && name == "ecosystem_specific" || name == "database_specific"
		if err := s.value(depth+1, free || specific); err != nil {
			return err
		}
	}
	return s.closing()
}

// closing reads the bracket or brace at the end.
func (s *scanner) closing() error {
	if _, err := s.d.Token(); err != nil {
		return s.notJSON(err)
	}
	return nil
}

func (s *scanner) notJSON(err error) error {
	return fmt.Errorf("the entry is not JSON at byte %d: %w", s.d.InputOffset(), err)
}

// clip shortens a value for a message.
func clip(s string) string {
	const limit = 60
	if r := []rune(s[:min(len(s), 4*limit)]); len(r) > limit {
		return string(r[:limit]) + "…"
	}
	return s
}
