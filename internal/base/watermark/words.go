package watermark

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// same lists what may stand for one another, in every sentence in which one of
// them stands. The first is what both count as.
var same = [][]string{
	{"do not", "don't"}, {"does not", "doesn't"}, {"did not", "didn't"}, {"is not", "isn't"}, {"are not", "aren't"},
	{"was not", "wasn't"}, {"were not", "weren't"}, {"has not", "hasn't"}, {"have not", "haven't"}, {"cannot", "can't"},
	{"will not", "won't"}, {"would not", "wouldn't"}, {"could not", "couldn't"}, {"should not", "shouldn't"},
	{"for example", "e.g."}, {"due to", "because of"}, {"prior to", "before"}, {"instead of", "rather than"},
	{"in order to", "so as to"}, {"even though", "although"}, {"make sure", "ensure"},
	{"leads to", "results in"}, {"lead to", "result in"}, {"leading to", "resulting in"},
	{"correctly", "properly"}, {"incorrectly", "improperly"}, {"completely", "entirely"}, {"often", "frequently"},
	{"usually", "typically"}, {"almost", "nearly"}, {"therefore", "thus"}, {"perhaps", "maybe"}, {"until", "till"},
	{"occurs", "happens"}, {"occur", "happen"}, {"occurred", "happened"}, {"discovered", "found"},
	{"anyone", "anybody"}, {"someone", "somebody"}, {"everyone", "everybody"}, {"whilst", "while"},
	{"among", "amongst"}, {"towards", "toward"}, {"afterwards", "afterward"}, {"previously", "formerly"},
	{"additional", "further"}, {"utilise", "utilize"},
	{"behaviour", "behavior"}, {"initialise", "initialize"}, {"initialised", "initialized"}, {"sanitise", "sanitize"},
	{"sanitised", "sanitized"}, {"serialise", "serialize"}, {"serialised", "serialized"}, {"recognise", "recognize"},
	{"recognised", "recognized"}, {"authorised", "authorized"}, {"unauthorised", "unauthorized"},
	{"normalise", "normalize"}, {"normalised", "normalized"}, {"minimise", "minimize"}, {"summarise", "summarize"},
	{"neutralise", "neutralize"}, {"cancelled", "canceled"}, {"labelled", "labeled"}, {"favour", "favor"},
	{"filename", "file name"}, {"username", "user name"}, {"hostname", "host name"}, {"whitespace", "white space"},
}

// fixed are those that stay when they are met, for they have other uses: "due
// to be released", "the results in the table", "rather than fail", "happens to
// be". They are only put for what is at home with them.
var fixed = map[string]bool{
	"due to": true, "before": true, "rather than": true, "although": true, "ensure": true,
	"results in": true, "result in": true, "thus": true, "till": true, "while": true, "further": true, "found": true,
	"happens": true, "happen": true, "happened": true,
	"file name": true, "user name": true, "host name": true, "white space": true,
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
		phrase, joined := raw[i].norm, 1
		for k := 1; k <= maxPhrase; k++ {
			if k > 1 {
				if i+k > len(raw) || !onlySpace(s[raw[i+k-2].end:raw[i+k-1].start]) {
					break
				}
				phrase, joined = phrase+" "+raw[i+k-1].norm, k
			}
			if found, ok := phrases[phrase]; ok {
				w = word{start: raw[i].start, end: raw[i+joined-1].end, norm: "=" + same[found.set][0], wording: &found}
				n = joined
			}
		}
		out = append(out, w)
		i += n
	}
	return out
}

// onlySpace tells whether a gap is nothing but space, as it may be across lines.
func onlySpace(s string) bool { return s != "" && strings.TrimSpace(s) == "" }

// scan gives the runs of letters and digits. An apostrophe within a word is
// part of it, and so are the points of "e.g.".
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
		if strings.HasPrefix(s[start:], "e.g.") && norm.String() == "e" {
			i = start + len("e.g.")
			norm.WriteByte('g')
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
