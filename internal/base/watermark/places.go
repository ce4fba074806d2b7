package watermark

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// findPlaces finds the places of all channels but those of lines.
func (p *plan) findPlaces() {
	quoted := p.quotes()
	for i, w := range p.words {
		if !p.ordinary(w) {
			continue
		}
		raw := p.text[w.start:w.end]
		key := around(p.words, i, true)
		code := !p.codeless(w.start) || !p.codeless(w.end)
		if w.wording != nil && !quoted(w.start) && !code {
			ways := same[w.wording.set]
			now := ways[w.wording.way]
			if raw == now && !fixed[now] {
				p.add(w.start, w.end, chWord, key, ways...)
				continue
			}
		}
		if k := strings.IndexFunc(raw, apostrophe); k >= 0 && !code {
			_, n := utf8.DecodeRuneInString(raw[k:])
			p.add(w.start+k, w.start+k+n, chTick, key, ticks...)
		}
	}
	for i := 1; i < len(p.words); i++ {
		a, b := p.words[i-1], p.words[i]
		g := p.text[a.end:b.start]
		if (g == " – " || g == " — ") && p.ordinary(a) && p.ordinary(b) && p.codeless(a.start) {
			p.add(a.end+1, b.start-1, chDash, around(p.words, i, false), dashes...)
		}
	}
	p.bullets()
	slices.SortFunc(p.places, func(a, b place) int { return a.start - b.start })
	// Places never overlap but where a wording holds an apostrophe or the like.
	out, end := p.places[:0], 0
	for _, pl := range p.places {
		if pl.start >= end {
			out, end = append(out, pl), pl.end
		}
	}
	p.places = out
}

var (
	ticks   = []string{"'", "’"}
	dashes  = []string{"-", "--", "–", "—"}
	bullets = []string{"-", "*", "+"}
)

func (p *plan) add(start, end int, c channel, key string, ways ...string) {
	p.places = append(p.places, place{start, end, c, key, ways})
}

// quotes finds pairs of quotation marks around ordinary words, makes a place of
// each, and tells whether a position is within one: what someone else said, or
// what a button says, keeps its words.
func (p *plan) quotes() func(at int) bool {
	var spans [][2]int
	open := -1
	for i, r := range p.text {
		switch {
		case !p.prose[i] && r != '\n':
			open = -1
		case open < 0 && (r == '"' || r == '“') && beginsWord(p.text[:i]):
			open = i
		case open >= 0 && (r == '"' || r == '”'):
			spans = append(spans, [2]int{open, i})
			open = -1
		}
	}
	for _, s := range spans {
		first := -1
		all := p.codeless(s[0]) && p.codeless(s[1])
		for i := p.wordAt(s[0]); i < len(p.words) && p.words[i].start < s[1]; i++ {
			if first < 0 {
				first = i
			}
			all = all && p.ordinary(p.words[i])
		}
		if first < 0 || !all {
			continue
		}
		_, n := utf8.DecodeRuneInString(p.text[s[0]:])
		_, k := utf8.DecodeRuneInString(p.text[s[1]:])
		// Both ends have one key, so that a pair stays one.
		key := around(p.words, first, false)
		p.add(s[0], s[0]+n, chQuote, key, `"`, "“")
		p.add(s[1], s[1]+k, chQuote, key, `"`, "”")
	}
	return func(at int) bool {
		i, _ := slices.BinarySearchFunc(spans, at, func(s [2]int, at int) int { return s[1] - at })
		return i < len(spans) && spans[i][0] < at && at < spans[i][1]
	}
}

// wordAt is the first word at or after a position.
func (p *plan) wordAt(at int) int {
	i, _ := slices.BinarySearchFunc(p.words, at, func(w word, at int) int { return w.start - at })
	return i
}

func beginsWord(before string) bool {
	r, _ := utf8.DecodeLastRuneInString(before)
	return before == "" || unicode.IsSpace(r) || r == '(' || r == '['
}

// bullets makes a place of each sign of a list. All of one list have one key.
func (p *plan) bullets() {
	key, inList, parent := "", false, ""
	for _, l := range p.lines {
		m := bullet().FindStringSubmatchIndex(l.text)
		switch {
		case strings.TrimSpace(l.text) == "" || (m == nil && inList && strings.HasPrefix(l.text, "  ")):
		case m == nil || !p.prose[l.start]:
			inList = false
		default:
			first := around(p.words, p.wordAt(l.start), false)
			if !inList || l.text[m[4]:m[5]] != parent {
				key, inList, parent = first, true, l.text[m[4]:m[5]]
			}
			if was, twice := p.lists[first]; twice && was != key {
				p.lists[first] = "" // which of the lists it is cannot be told
			} else {
				p.lists[first] = key
			}
			p.add(l.start+m[4], l.start+m[5], chBullet, key, bullets...)
		}
	}
}

// sentenceEnd tells whether what is between two words ends a sentence, and how
// many spaces follow it; -1 if it ends where a line does.
func sentenceEnd(g, after string) (spaces int, ok bool) {
	i := strings.IndexFunc(g, unicode.IsSpace)
	if i < 1 {
		return 0, false
	}
	body := strings.TrimRight(g[:i], `)]"'”’`)
	if !strings.HasSuffix(body, ".") && !strings.HasSuffix(body, "!") && !strings.HasSuffix(body, "?") {
		return 0, false
	}
	if r, _ := utf8.DecodeRuneInString(after); !unicode.IsUpper(r) {
		return 0, false
	}
	space := g[i:]
	rest := strings.TrimLeftFunc(space, unicode.IsSpace)
	space = space[:len(space)-len(rest)]
	if strings.ContainsFunc(rest, unicode.IsSpace) {
		return 0, false // signs of their own stand between
	}
	if strings.Trim(space, " ") != "" {
		return -1, true
	}
	return len(space), true
}
