package watermark

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"steward/internal/base/pattern"
)

// place is where a text may be put in several ways without another meaning.
type place struct {
	start, end int // in the text
	channel    channel
	key        string
	ways       []string
}

// block is a run of lines of prose that may be wrapped anew: a paragraph, or
// one item of a list.
type block struct {
	start, end int // in the text, without the line feed at the end
	indent     string
	units      []unit
}

// unit is what a line is made of: it is never broken.
type unit struct {
	start, end int
	word       int    // first word in it or after it
	key        string // what the space before it is known by
	runes      int
}

// plan is what a text allows.
type plan struct {
	text   string
	words  []word
	places []place // by start, without overlap
	blocks []block
	prose  []bool // of each byte
	gaps   map[string]gap
	tokens []token
	lines  []line
	lists  map[string]string // key of a list, by that of each of its items
}

// token is a stretch without space.
type token struct {
	start, end int
	plain      bool // of plain language: no address, version, command or hash
}

// gap is a place between two units of a block, by what it is known by. A
// key that is met twice is of no use: block is -1.
type gap struct{ block, unit int }

var (
	notProse = pattern.Late("^(?: {4}|\t)|^ {0,3}(?:[>|#@+$%]|-{2}|={2}|diff |index )|\\S  +\\S|\r|^[-=*_~ ]+$|^\\s*\\*\\*?\\w+:")
	fence    = pattern.Late("^ {0,3}(?:```|~~~)")
	bullet   = pattern.Late(`^( {0,3})([-*+])( +)\S`)
	numbered = pattern.Late(`^( {0,3})(\d{1,3}[.)])( +)\S`)
	plainUse = pattern.Late(`^["'“‘(\[]*\pL+(?:['’]\pL+)*["'”’)\],.;:!?…]*$`)
	notFirst = pattern.Late(`^(?:[-*+>#|=@~.]|\d+[.)]|From$)`)
)

// newPlan finds what may differ in a text that uses line feeds alone.
func newPlan(text string) *plan {
	p := &plan{
		text: text, words: words(text), prose: make([]bool, len(text)+1), lines: lines(text),
		gaps: map[string]gap{}, lists: map[string]string{},
	}
	p.findBlocks()
	for i, b := range p.blocks {
		p.cut(i, b)
	}
	p.findTokens()
	p.findPlaces()
	return p
}

// line is one line of a text, without its line feed.
type line struct {
	start int
	text  string
	code  bool // has something that looks like a command
}

func lines(s string) []line {
	var out []line
	at := 0
	for l := range strings.SplitSeq(s, "\n") {
		out = append(out, line{at, l, commandLike(l)})
		at += len(l) + 1
	}
	return out
}

// findBlocks tells prose from what must stay: code, tables, headings and lines
// that were broken on purpose.
func (p *plan) findBlocks() {
	var run []line
	fenced := false
	for _, l := range append(slices.Clip(p.lines), line{}) {
		mark := fence().MatchString(l.text)
		if mark || fenced || strings.TrimSpace(l.text) == "" {
			p.paragraph(run)
			run = nil
			fenced = fenced != mark
			continue
		}
		run = append(run, l)
	}
}

// paragraph takes the lines between two blank ones.
func (p *plan) paragraph(run []line) {
	for _, l := range run {
		if notProse().MatchString(l.text) || strings.Count(l.text, "`")%2 == 1 || l.text != strings.TrimRight(l.text, " \t") {
			return
		}
	}
	for len(run) > 0 {
		n := 1
		hang := run[0].text[:len(run[0].text)-len(strings.TrimLeft(run[0].text, " "))]
		if m := listItem(run[0].text); m > 0 {
			hang = strings.Repeat(" ", m)
		}
		for n < len(run) && listItem(run[n].text) == 0 {
			n++
		}
		p.block(run[:n], hang)
		run = run[n:]
	}
}

// listItem gives the width of the sign of an item, 0 if the line begins none.
func listItem(s string) int {
	for _, re := range []*regexp.Regexp{bullet(), numbered()} {
		if m := re.FindStringSubmatch(s); m != nil {
			return len(m[1]) + len(m[2]) + len(m[3])
		}
	}
	return 0
}

// minFull is the least width to which prose is taken to have been wrapped:
// shorter lines were broken on purpose.
const minFull = 60

// block takes the lines of one paragraph or item. If they are not what wrapping
// gives, they keep their ends.
func (p *plan) block(run []line, indent string) {
	last := run[len(run)-1]
	b := block{start: run[0].start, end: last.start + len(last.text), indent: indent}
	width := 0
	for _, l := range run {
		width = max(width, utf8.RuneCountInString(l.text))
	}
	whole := true
	for i, l := range run[1:] {
		next := strings.TrimLeft(l.text, " ")
		same := len(l.text)-len(next) == len(indent)
		first, _, _ := strings.Cut(next, " ")
		whole = whole && same && width >= minFull && utf8.RuneCountInString(run[i].text)+1+utf8.RuneCountInString(first) > width
	}
	if whole {
		p.blocks = append(p.blocks, b)
	}
	for i := b.start; i < b.end; i++ {
		p.prose[i] = true
	}
}

// cut divides a block into units.
func (p *plan) cut(index int, b block) {
	at := b.start + len(b.indent)
	if listItem(p.text[b.start:b.end]) == 0 {
		at = b.start + len(p.text[b.start:b.end]) - len(strings.TrimLeft(p.text[b.start:b.end], " "))
	}
	w := p.wordAt(at)
	code, broken := false, true
	for at < b.end {
		end := b.end
		if n := strings.IndexAny(p.text[at:b.end], " \n"); n >= 0 {
			end = at + n
		}
		raw := p.text[at:end]
		for w < len(p.words) && p.words[w].start < at {
			w++
		}
		glued := code || w == len(p.words) || p.words[w].start >= end || (w > 0 && p.words[w-1].end > at) || (!broken && notFirst().MatchString(raw))
		if strings.Count(raw, "`")%2 == 1 {
			code = !code
		}
		if n := len(b.units); glued && n > 0 {
			b.units[n-1].end = end
		} else {
			b.units = append(b.units, unit{start: at, end: end, word: w})
		}
		for at = end; at < b.end && (p.text[at] == ' ' || p.text[at] == '\n'); at++ {
		}
		broken = strings.Contains(p.text[end:at], "\n")
	}
	p.blocks[index] = b
	for i := range b.units {
		u := &b.units[i]
		u.key = around(p.words, u.word, false)
		u.runes = utf8.RuneCountInString(p.text[u.start:u.end])
		if _, twice := p.gaps[u.key]; twice {
			p.gaps[u.key] = gap{block: -1}
		} else {
			p.gaps[u.key] = gap{index, i}
		}
	}
}

// widths are those to which a line may be wrapped.
var widths = []int{64, 66, 68, 70, 72, 74, 76, 78}

// next tells which unit begins the line after that which begins with the unit
// i, if lines are wrapped to the width. It counts by the text as it was given,
// so that it is the same for all copies.
func (b *block) next(i, width int) int {
	used := utf8.RuneCountInString(b.indent)
	for j := i; j < len(b.units); j++ {
		n := b.units[j].runes
		if j > i && used+1+n > width {
			return j
		}
		used += 1 + n
	}
	return len(b.units)
}

// inProse tells whether a stretch is all prose.
func (p *plan) inProse(start, end int) bool {
	for i := start; i < end; i++ {
		if !p.prose[i] {
			return false
		}
	}
	return true
}

// findTokens takes the text apart where there is space.
func (p *plan) findTokens() {
	at := 0
	for f := range strings.FieldsSeq(p.text) {
		start := at + strings.Index(p.text[at:], f)
		at = start + len(f)
		p.tokens = append(p.tokens, token{start, at, plainUse().MatchString(f) && p.inProse(start, at)})
	}
}

// ordinary tells whether a word is one of plain language: no part of an
// address, version, name of a file, command or hash.
func (p *plan) ordinary(w word) bool {
	i, _ := slices.BinarySearchFunc(p.tokens, w.start, func(t token, at int) int { return t.end - 1 - at })
	for ; i < len(p.tokens) && p.tokens[i].start < w.end; i++ {
		if !p.tokens[i].plain {
			return false
		}
	}
	return true
}

// codeless tells whether the line of a position has nothing that looks like a
// command.
func (p *plan) codeless(at int) bool {
	i, found := slices.BinarySearchFunc(p.lines, at, func(l line, at int) int { return l.start - at })
	if !found {
		i--
	}
	return !p.lines[i].code
}

func commandLike(l string) bool {
	for f := range strings.FieldsSeq(l) {
		if len(f) > 1 && strings.ContainsRune("-$#%/", rune(f[0])) || strings.ContainsAny(f, "`=|{}\\") {
			return true
		}
	}
	return false
}
