package watermark

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// same lists what may stand for one another, in every sentence in which one of
// them stands. The first is what both count as. Left out is whatever bears on
// versions, dates, amounts, how often, how likely, what is allowed, and who did
// what; what is a name of a function or a parameter as often as a word
// (sanitize, filename); and what another word before or after it would not suit.
var same = [][]string{
	{"do not", "don't"}, {"does not", "doesn't"}, {"did not", "didn't"}, {"is not", "isn't"}, {"are not", "aren't"},
	{"was not", "wasn't"}, {"were not", "weren't"}, {"has not", "hasn't"}, {"have not", "haven't"}, {"cannot", "can't"},
	{"will not", "won't"}, {"would not", "wouldn't"}, {"could not", "couldn't"}, {"should not", "shouldn't"},
	{"had not", "hadn't"}, {"we will", "we'll"}, {"you will", "you'll"}, {"they will", "they'll"},
	{"because of", "due to"}, {"in order to", "so as to"}, {"even though", "although"}, {"in spite of", "despite"},
	{"as though", "as if"}, {"therefore", "thus"}, {"completely", "entirely"}, {"whilst", "while"},
	{"anyone", "anybody"}, {"someone", "somebody"}, {"everyone", "everybody"}, {"nobody", "no one"},
	{"among", "amongst"}, {"towards", "toward"}, {"afterwards", "afterward"},
	{"behaviour", "behavior"}, {"initialised", "initialized"}, {"uninitialised", "uninitialized"},
	{"sanitised", "sanitized"}, {"serialised", "serialized"}, {"recognised", "recognized"},
	{"authorised", "authorized"}, {"unauthorised", "unauthorized"}, {"normalised", "normalized"},
	{"labelled", "labeled"}, {"favour", "favor"}, {"artefact", "artifact"}, {"artefacts", "artifacts"},
}

// fixed are those that stay when they are met, for they have other uses: "due
// to be released", "crafted so as to crash", "no one version". They are only put
// for what is at home with them.
var fixed = map[string]bool{
	"due to": true, "so as to": true, "although": true, "as if": true, "thus": true, "while": true, "no one": true,
}

// wording is a way to say something: which of the table, and which way.
type wording struct{ set, way int }

// phrases finds a wording by its words.
var phrases = func() map[string]wording {
	m := map[string]wording{}
	for set, ways := range same {
		for way, s := range ways {
			m[plainWords(s)] = wording{set, way}
		}
	}
	return m
}()

// maxPhrase is how many words a wording has at most.
const maxPhrase = 3

func plainWords(s string) string {
	var out []string
	for _, w := range scan(s) {
		out = append(out, w.norm)
	}
	return strings.Join(out, " ")
}

// word is a run of letters and digits, or a wording of the table, in a text.
type word struct {
	start, end int    // in the text
	norm       string // in lower case and without apostrophes; the same for all ways of a wording
	wording    *wording
}

// words takes a text apart. What is between the words is of no account, so that
// a text that was quoted, wrapped anew or set in other quotes has the same
// words.
func words(s string) []word {
	raw := scan(s)
	out := make([]word, 0, len(raw))
	for i := 0; i < len(raw); {
		w, n := raw[i], 1
		phrase := ""
		for k := 1; k <= maxPhrase && i+k <= len(raw); k++ {
			if k > 1 && !onlySpace(s[raw[i+k-2].end:raw[i+k-1].start]) {
				break
			}
			phrase = strings.TrimPrefix(phrase+" "+raw[i+k-1].norm, " ")
			if found, ok := phrases[phrase]; ok {
				w = word{start: raw[i].start, end: raw[i+k-1].end, norm: "=" + same[found.set][0], wording: &found}
				n = k
			}
		}
		out = append(out, w)
		i += n
	}
	return out
}

// onlySpace tells whether a gap is nothing but space, as it may be across lines,
// but not across paragraphs.
func onlySpace(s string) bool {
	return s != "" && strings.TrimSpace(s) == "" && strings.Count(s, "\n") < 2
}

// scan gives the runs of letters and digits. An apostrophe within a word is
// part of it.
func scan(s string) []word {
	var out []word
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if !letter(r) {
			i += n
			continue
		}
		start := i
		var norm strings.Builder
		for i < len(s) {
			r, n := utf8.DecodeRuneInString(s[i:])
			if !letter(r) && !(apostrophe(r) && i > start && inside(s[i+n:])) {
				break
			}
			if letter(r) {
				norm.WriteRune(unicode.ToLower(r))
			}
			i += n
		}
		out = append(out, word{start: start, end: i, norm: norm.String()})
	}
	return out
}

func inside(rest string) bool {
	r, _ := utf8.DecodeRuneInString(rest)
	return letter(r)
}

func letter(r rune) bool { return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)) }

func apostrophe(r rune) bool { return r == '\'' || r == '’' }

// around is what a place is known by: the two words on either side. With it a
// place is found again in any fragment that has those four words. at is the
// first word after the place; itself tells that it is the place.
func around(ws []word, at int, itself bool) string {
	last := at + 1
	if itself {
		last++
	}
	var b strings.Builder
	for i := at - 2; i <= last; i++ {
		if i >= 0 && i < len(ws) {
			b.WriteString(ws[i].norm)
		}
		b.WriteByte('|')
	}
	return b.String()
}
