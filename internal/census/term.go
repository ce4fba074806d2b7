package census

import (
	"slices"

	"steward/internal/census/archive"
)

// Kind is a kind of term. None of them names people: who looks after a package
// is no reason to distrust it.
type Kind string

// The kinds of terms.
const (
	Section   Kind = "section"    // of the source, or of a package of it
	Word      Kind = "word"       // of the line that describes a package of it, in small letters
	Named     Kind = "named"      // word of the name of the source, or of a package of it
	Needs     Kind = "needs"      // source of a package that one of its packages depends on
	BuiltWith Kind = "built-with" // source of a package that it is built with
)

// Kinds gives all kinds of terms.
func Kinds() []Kind { return []Kind{Section, Word, Named, Needs, BuiltWith} }

// Term is a thing that a source has or has not.
type Term struct {
	Kind Kind   `json:"kind"`
	Name string `json:"name"`
}

// maxWord is the length in bytes of a word that is looked at.
const maxWord = 30

// terms calls text with the words and sections that a source has, and source
// with what it needs or is built with: an index of Suite.Sources. Some may come
// twice. A name is valid until the next call only.
func terms(s *archive.Suite, source int, text func(kind Kind, name []byte), other func(kind Kind, source int32)) {
	one := &s.Sources[source]
	text(Section, []byte(one.Section))
	words(one.Name, func(w []byte) { text(Named, w) })
	for _, b := range one.Binaries {
		pkg := &s.Binaries[b]
		if pkg.Section != one.Section {
			text(Section, []byte(pkg.Section))
		}
		words(pkg.Description, func(w []byte) { text(Word, w) })
		words(pkg.Name, func(w []byte) { text(Named, w) })
		for _, d := range pkg.Depends {
			if to := s.Binaries[d].Source; int(to) != source {
				other(Needs, to)
			}
		}
	}
	for _, d := range one.Build {
		other(BuiltWith, s.Binaries[d].Source)
	}
}

// TermsOf gives what a source has, each once and in order.
func TermsOf(s *archive.Suite, source int) []Term {
	var out []Term
	terms(s, source,
		func(kind Kind, name []byte) { out = append(out, Term{kind, string(name)}) },
		func(kind Kind, other int32) { out = append(out, Term{kind, s.Sources[other].Name}) })
	slices.SortFunc(out, compareTerms)
	return slices.Compact(out)
}

// words cuts a line into words of at least two letters or digits, the first of
// them a letter, in small letters.
func words(line string, each func([]byte)) {
	var buf [maxWord]byte
	n := 0
	flush := func() {
		if n > 1 && buf[0] >= 'a' {
			each(buf[:n])
		}
		n = 0
	}
	for i := range len(line) {
		c := line[i]
		switch {
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		case c >= 'a' && c <= 'z', n > 0 && (c >= '0' && c <= '9' || c == '+'):
		default:
			flush()
			continue
		}
		if n < maxWord {
			buf[n] = c
			n++
		}
	}
	flush()
}
