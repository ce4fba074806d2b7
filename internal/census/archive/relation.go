package archive

import (
	"bytes"
	"fmt"
)

// Bounds of a field of relations.
const (
	maxRelations    = 5000 // groups of a field; the largest of Debian's own have about 600
	maxAlternatives = 50   // of a group
)

// relations reads a field of relations (Debian Policy 7.1): groups, parted by
// commas, of alternatives, parted by bars. Each alternative is the name alone:
// versions, architectures and build profiles are left out. If anything else was
// left out, it tells so in a sentence.
func relations(field []byte, group func(alternatives [][]byte)) (left string) {
	var room [8][]byte
	names := room[:0]
	for n := 0; len(field) > 0; n++ {
		if n == maxRelations {
			return fmt.Sprintf("A field names more than %d relations; those behind are left out.", maxRelations)
		}
		var one []byte
		one, field = cut(field, ',')
		names = names[:0]
		for len(one) > 0 {
			var alternative []byte
			alternative, one = cut(one, '|')
			name, ok := relationName(alternative)
			switch {
			case !ok:
				left = "A relation is to something that is no name of a package; it is left out."
			case len(name) > 0 && len(names) == maxAlternatives:
				left = fmt.Sprintf("A relation has more than %d alternatives; those behind are left out.", maxAlternatives)
			case len(name) > 0:
				names = append(names, name)
			}
		}
		if len(names) > 0 {
			group(names)
		}
	}
	return left
}

// relationName gives the name of an alternative, empty if it is not for this
// machine's kind of package: amd64, and no build profile.
func relationName(alternative []byte) (name []byte, ok bool) {
	s := bytes.TrimSpace(alternative)
	end := len(s)
	for i, c := range s {
		if c == ' ' || c == '(' || c == '[' || c == '<' || c == ':' || c == '\n' || c == '\t' {
			end = i
			break
		}
	}
	name = s[:end]
	if !validName(name) {
		return nil, len(s) == 0
	}
	return name, true
}

// validName tells whether bytes can be the name of a package (Policy 5.6.1),
// with the leeway that real archives take: capitals, and ${}-less underscores.
func validName(name []byte) bool {
	if len(name) < 1 || len(name) > 200 {
		return false
	}
	for i, c := range name {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c >= 'A' && c <= 'Z':
		case i > 0 && (c == '+' || c == '-' || c == '.' || c == '_'):
		default:
			return false
		}
	}
	return true
}

func cut(s []byte, by byte) (before, after []byte) {
	if i := bytes.IndexByte(s, by); i >= 0 {
		return s[:i], s[i+1:]
	}
	return s, nil
}
