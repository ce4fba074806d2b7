package watermark

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
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
	word       int  // first word in it or after it
	first      bool // may stand first in a line
}

// plan is what a text allows.
type plan struct {
	text   string
	words  []word
	places []place // by start, without overlap
	blocks []block
	prose  []bool // of each byte
	gaps   map[string]gap
}

// gap is a place between two units of a block, by what it is known by. A
// key that is met twice is of no use: block is -1.
type gap struct{ block, unit int }

var (
	notProse = regexp.MustCompile("^(?: {4}|\t)|^ {0,3}(?:[>|#@+]|-{2}|={2}|diff |index )|\\S  +\\S|^[-=*_~ ]+$|^\\s*\\*\\*?\\w+:")
	fence    = regexp.MustCompile("^ {0,3}(?:```|~~~)")
	bullet   = regexp.MustCompile(`^( {0,3})([-*+])( +)\S`)
	numbered = regexp.MustCompile(`^( {0,3})(\d{1,3}[.)])( +)\S`)
	plainUse = regexp.MustCompile(`^["'“‘(\[]*\pL+(?:['’-]\pL+)*["'”’)\],.;:!?…]*$`)
	notFirst = regexp.MustCompile(`^(?:[-*+>#|=@~.]|\d+[.)]|From$)`)
)

// newPlan finds what may differ in a text that uses line feeds alone.
func newPlan(text string) *plan {
	p := &plan{text: text, words: words(text), prose: make([]bool, len(text)+1), gaps: map[string]gap{}}
	p.findBlocks()
	for i, b := range p.blocks {
		p.cut(i, b)
	}
	p.findPlaces()
	return p
}

// line is one line of a text, without its line feed.
type line struct {
	start int
	text  string
}

func lines(s string) []line {
	var out []line
	at := 0
	for l := range strings.SplitSeq(s, "\n") {
		out = append(out, line{at, l})
		at += len(l) + 1
	}
	return out
}

// findBlocks tells prose from what must stay: code, tables, headings and lines
// that were broken on purpose.
func (p *plan) findBlocks() {
	var run []line
	fenced := false
	for _, l := range append(lines(p.text), line{}) {
		mark := fence.MatchString(l.text)
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
		if notProse.MatchString(l.text) || strings.Count(l.text, "`")%2 == 1 || l.text != strings.TrimRight(l.text, " \t") {
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
	for _, re := range []*regexp.Regexp{bullet, numbered} {
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
	w := 0
	for w < len(p.words) && p.words[w].start < at {
		w++
	}
	code := false
	for at < b.end {
		end := at + strings.IndexAny(p.text[at:b.end]+" ", " \n")
		raw := p.text[at:end]
		for w < len(p.words) && p.words[w].start < at {
			w++
		}
		glued := code || w == len(p.words) || p.words[w].start >= end || (w > 0 && p.words[w-1].end > at)
		if strings.Count(raw, "`")%2 == 1 {
			code = !code
		}
		if n := len(b.units); glued && n > 0 {
			b.units[n-1].end = end
		} else {
			b.units = append(b.units, unit{at, end, w, !notFirst.MatchString(raw)})
		}
		at = end + len(p.text[end:b.end]) - len(strings.TrimLeft(p.text[end:b.end], " \n"))
	}
	p.blocks[index] = b
	for i, u := range b.units {
		key := around(p.words, u.word, false)
		if _, twice := p.gaps[key]; twice {
			p.gaps[key] = gap{block: -1}
		} else {
			p.gaps[key] = gap{index, i}
		}
	}
}

// widths are those to which a line may be wrapped.
var widths = []int{64, 66, 68, 70, 72, 74, 76, 78}

// next tells which unit begins the line after that which begins with the unit
// i, if lines are wrapped to the width. It counts by the text as it was given,
// so that it is the same for all copies.
func (b *block) next(text string, i, width int) int {
	used := utf8.RuneCountInString(b.indent)
	for j := i; j < len(b.units); j++ {
		n := utf8.RuneCountInString(text[b.units[j].start:b.units[j].end])
		if j > i && used+1+n > width && b.units[j].first {
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

// token is the text without space around a position.
func (p *plan) token(at int) (start, end int) {
	start = strings.LastIndexFunc(p.text[:at], unicode.IsSpace) + 1
	end = at
	if n := strings.IndexFunc(p.text[at:], unicode.IsSpace); n >= 0 {
		return start, at + n
	}
	return start, len(p.text)
}

// ordinary tells whether a word is one of plain language: no part of an
// address, version, name of a file, command or hash.
func (p *plan) ordinary(w word) bool {
	if !p.inProse(w.start, w.end) {
		return false
	}
	start, _ := p.token(w.start)
	_, end := p.token(w.end - 1)
	for f := range strings.FieldsSeq(p.text[start:end]) {
		if strings.TrimRight(f, ",") != "e.g." && !plainUse.MatchString(f) {
			return false
		}
	}
	return true
}
