package watermark

import (
	"html"
	"slices"
	"strings"
	"unicode/utf8"

	"steward/internal/base/pattern"
)

// TraceText tells how well a leak fits each candidate's copy of a text, which
// is given as it was before it was marked. The leak may be a fragment, wrapped
// or quoted, in other line ends, or in HTML; of one that is larger than
// MaxBytes, the beginning counts.
func TraceText(plain string, leak []byte, candidates []Candidate) Report {
	if len(plain) > MaxBytes || !utf8.ValidString(plain) {
		return judge(nil, nil, clean(leak), candidates) // of which there is no copy
	}
	return newOriginal(plain).trace(leak, candidates)
}

// original is a text that leaks are compared with.
type original struct {
	*plan
	own []seen
}

func newOriginal(plain string) original {
	p := newPlan(unixLines(plain))
	return original{p, p.look(p.text)}
}

func (o original) trace(leak []byte, candidates []Candidate) Report {
	s := clean(leak)
	return judge(o.look(s), o.own, s, candidates)
}

var (
	tags   = pattern.Late(`(?i)</?(?:a|b|i|p|br|div|span|li|ul|ol|pre|code|tt|blockquote|html|body|head|em|strong|h[1-6]|table|tr|td|th|tbody|thead|font|title|meta|style|hr)(?:\s[^<>]*)?/?>`)
	breaks = pattern.Late(`(?i)^<(?:/?(?:p|div|li|tr|pre|blockquote|h[1-6])\b|br)`)
	quoted = pattern.Late(`(?m)^[ \t]*(?:>[ \t]?)+`)
)

// clean takes a leak out of what it is wrapped in.
func clean(leak []byte) string {
	s := strings.ToValidUTF8(string(leak[:min(len(leak), MaxBytes)]), " ")
	s = tags().ReplaceAllStringFunc(s, func(tag string) string {
		if breaks().MatchString(tag) {
			return "\n"
		}
		return ""
	})
	s = html.UnescapeString(s)
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u00a0", " ", "\u200b", "", "\ufeff", "", "\u00ad", "").Replace(s)
	return quoted().ReplaceAllString(s, "")
}

// spaced is a text with one space wherever there is any.
func spaced(s string) string { return strings.Join(strings.Fields(s), " ") }

// look finds in a leak the places of the plan. Each counts once, for what is
// known by the same words was chosen once.
func (p *plan) look(leak string) []seen {
	ws := words(leak)
	l := looker{plan: p, leak: leak, words: ws, done: map[string]bool{}, known: map[string]bool{}}
	for _, pl := range p.places {
		l.known[string(pl.channel)+pl.key] = true
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
		if n, ends := sentenceEnd(g, leak[w.start:]); i > 0 && ends && n > 0 && spaces[key] {
			l.add(chSpace, key, 2, min(n-1, 1))
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
			out[u.key] = true
		}
	}
	return out
}

// looker goes through a leak.
type looker struct {
	*plan
	leak  string
	words []word
	known map[string]bool // places of the plan, by channel and key
	done  map[string]bool
	all   []seen
}

// add notes that at a place with n ways one of those is seen.
func (l *looker) add(c channel, key string, n int, ways ...int) {
	if l.done[string(c)+key] {
		return
	}
	if s, ok := pick(c, key, n, ways...); ok {
		l.done[string(c)+key] = true
		l.all = append(l.all, s)
	}
}

// word looks at how something is said, and at the apostrophe in it.
func (l *looker) word(i int, w word) {
	key := around(l.words, i, true)
	if w.wording != nil && l.known[string(chWord)+key] {
		l.add(chWord, key, len(same[w.wording.set]), w.wording.way)
	}
	raw := l.leak[w.start:w.end]
	if k := strings.IndexFunc(raw, apostrophe); k >= 0 && l.known[string(chTick)+key] {
		_, n := utf8.DecodeRuneInString(raw[k:])
		l.add(chTick, key, len(ticks), slices.Index(ticks, raw[k:k+n]))
	}
}

// signs looks at the signs between two words.
func (l *looker) signs(key, g string) {
	if l.known[string(chQuote)+key] {
		switch {
		case strings.HasSuffix(g, `"`):
			l.add(chQuote, key, 2, 0)
		case strings.HasSuffix(g, "“"):
			l.add(chQuote, key, 2, 1)
		}
	}
	if l.known[string(chDash)+key] {
		l.add(chDash, key, len(dashes), slices.Index(dashes, strings.TrimSpace(g)))
	}
	if list := l.lists[key]; list != "" {
		sign := strings.TrimSpace(g[strings.LastIndexByte(g, '\n')+1:])
		l.add(chBullet, list, len(bullets), slices.Index(bullets, sign))
	}
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
		l.add(chTrail, key, 2, trail)
	}
	if from.block != to.block || from.unit >= to.unit {
		return
	}
	b := &l.blocks[from.block]
	var fit []int
	for i, w := range widths {
		if b.next(from.unit, w) == to.unit {
			fit = append(fit, i)
		}
	}
	l.add(chWrap, b.units[from.unit].key, len(widths), fit...)
}
