package watermark

import (
	"html"
	"regexp"
	"slices"
	"strings"
)

// TraceText tells how well a leak fits each candidate's copy of a text, which
// is given as it was before it was marked. The leak may be a fragment, wrapped
// or quoted, in other line ends, or in HTML; of one that is larger than
// MaxBytes, the beginning counts.
func TraceText(plain string, leak []byte, candidates []Candidate) Report {
	p := newPlan(unixLines(plain))
	s := clean(leak)
	return judge(p.look(s), s, candidates)
}

var (
	tags   = regexp.MustCompile(`(?i)</?(?:a|b|i|p|br|div|span|li|ul|ol|pre|code|tt|blockquote|html|body|head|em|strong|h[1-6]|table|tr|td|th|tbody|thead|font|title|meta|style|hr)(?:\s[^<>]*)?/?>`)
	breaks = regexp.MustCompile(`(?i)^<(?:/?(?:p|div|li|tr|pre|blockquote|h[1-6])\b|br)`)
	quoted = regexp.MustCompile(`(?m)^[ \t]*(?:>[ \t]?)+`)
)

// clean takes a leak out of what it is wrapped in.
func clean(leak []byte) string {
	s := strings.ToValidUTF8(string(leak[:min(len(leak), MaxBytes)]), " ")
	s = tags.ReplaceAllStringFunc(s, func(tag string) string {
		if breaks.MatchString(tag) {
			return "\n"
		}
		return ""
	})
	s = html.UnescapeString(s)
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u00a0", " ", "\u200b", "", "\ufeff", "", "\u00ad", "").Replace(s)
	return quoted.ReplaceAllString(s, "")
}

func hasLine(leak, visible string) bool {
	return strings.Contains(strings.Join(strings.Fields(leak), " "), strings.Join(strings.Fields(visible), " "))
}

// look finds in a leak the places of the plan. Each counts once, for what is
// known by the same words was chosen once.
func (p *plan) look(leak string) []seen {
	ws := words(leak)
	l := looker{plan: p, leak: leak, words: ws, done: map[string]bool{}, known: map[string][]place{}}
	for _, pl := range p.places {
		k := string(pl.channel) + pl.key
		l.known[k] = append(l.known[k], pl)
	}
	spaces := p.sentences()
	begin := gap{block: -1} // what the line begins with
	for i, w := range ws {
		before := 0
		if i > 0 {
			before = ws[i-1].end
		}
		g := leak[before:w.start]
		key := around(ws, i, false)
		l.word(i, w)
		l.signs(key, g)
		if n, ends := sentenceEnd(g, leak[w.start:]); ends && n > 0 && spaces[key] {
			l.add(chSpace, key, n == 1, n > 1)
		}
		if !strings.Contains(g, "\n") && i > 0 {
			continue
		}
		to, found := p.gaps[key]
		if !found {
			to.block = -1
		}
		l.line(begin, to, key, g)
		begin = to
	}
	return l.all
}

// sentences are the places between sentences, by key.
func (p *plan) sentences() map[string]bool {
	out := map[string]bool{}
	for _, b := range p.blocks {
		for _, u := range b.units[min(1, len(b.units)):] {
			out[around(p.words, u.word, false)] = true
		}
	}
	return out
}

// looker goes through a leak.
type looker struct {
	*plan
	leak  string
	words []word
	known map[string][]place // by channel and key
	done  map[string]bool
	all   []seen
}

func (l *looker) add(c channel, key string, fit ...bool) {
	if l.done[string(c)+key] {
		return
	}
	if s, ok := pick(c, key, fit...); ok {
		l.done[string(c)+key] = true
		l.all = append(l.all, s)
	}
}

// word looks at how something is said, and at the apostrophe in it.
func (l *looker) word(i int, w word) {
	key := around(l.words, i, true)
	if w.wording != nil && l.known[string(chWord)+key] != nil {
		fit := make([]bool, len(same[w.wording.set]))
		fit[w.wording.way] = true
		l.add(chWord, key, fit...)
	}
	raw := l.leak[w.start:w.end]
	if k := strings.IndexFunc(raw, apostrophe); k >= 0 && l.known[string(chTick)+key] != nil {
		plain := raw[k] == '\''
		l.add(chTick, key, plain, !plain)
	}
}

// signs looks at the signs between two words.
func (l *looker) signs(key, g string) {
	if l.known[string(chQuote)+key] != nil {
		if plain, set := strings.HasSuffix(g, `"`), strings.HasSuffix(g, "“"); plain || set {
			l.add(chQuote, key, plain, set)
		}
	}
	if l.known[string(chDash)+key] != nil {
		if at := slices.Index(dashes, strings.TrimSpace(g)); at >= 0 {
			l.add(chDash, key, oneOf(len(dashes), at)...)
		}
	}
	if l.known[string(chBullet)+key] != nil {
		_, sign, _ := lastCut(g, "\n")
		if at := slices.Index(bullets, strings.TrimSpace(sign)); at >= 0 {
			l.add(chBullet, key, oneOf(len(bullets), at)...)
		}
	}
}

func lastCut(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return "", s, false
}

func oneOf(n, at int) []bool {
	fit := make([]bool, n)
	fit[at] = true
	return fit
}

// line looks at a line that begins at one gap of a block and ends at another.
func (l *looker) line(from, to gap, key, g string) {
	if to.block < 0 || to.unit == 0 {
		return
	}
	end, _, broken := strings.Cut(g, "\n")
	if !broken {
		return
	}
	trail := len(end) - len(strings.TrimRight(end, " "))
	if trail <= 1 {
		l.add(chTrail, key, trail == 0, trail == 1)
	}
	if from.block != to.block || from.unit >= to.unit {
		return
	}
	b := &l.blocks[from.block]
	fit := make([]bool, len(widths))
	for i, w := range widths {
		fit[i] = b.next(l.text, from.unit, w) == to.unit
	}
	l.add(chWrap, around(l.plan.words, b.units[from.unit].word, false), fit...)
}
