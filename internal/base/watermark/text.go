package watermark

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"steward/internal/base/errs"
)

// Text gives the copy of a text that has the mark: with the visible line at the
// top and the bottom, if it is not empty, and with hidden choices between. What
// is said is the same in all copies; code, commands, addresses, versions and
// hashes are the same to the byte. The text must be UTF-8 of at most MaxBytes.
func Text(plain, visible string, m Mark) (string, error) {
	if len(plain) > MaxBytes || !utf8.ValidString(plain) {
		return "", errs.Invalidf("text", "The text is not UTF-8 of at most %d bytes.", MaxBytes)
	}
	if strings.ContainsAny(visible, "\r\n") {
		return "", errs.Invalidf("line", "The visible line is more than one line.")
	}
	plain = unixLines(plain)
	if visible == "" {
		return newPlan(plain).write(m), nil
	}
	body := newPlan(withoutLines(plain, visible)).write(m)
	return fmt.Sprintf("%s\n\n%s\n\n%s\n", visible, strings.Trim(body, "\n"), visible), nil
}

// withoutLines takes the visible line from the top and the bottom of a text
// that has it already, so that it is never there twice.
func withoutLines(s, visible string) string {
	if rest, ok := strings.CutPrefix(s, visible+"\n\n"); ok {
		s = rest
	}
	if rest, ok := strings.CutSuffix(strings.TrimRight(s, "\n"), "\n\n"+visible); ok {
		s = rest
	}
	return s
}

func unixLines(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }

// write makes the copy.
func (p *plan) write(m Mark) string {
	var b strings.Builder
	c := m.chooser()
	at, next := 0, 0
	// upTo writes the text up to a position, each place in the mark's way.
	upTo := func(end int) {
		for ; next < len(p.places) && p.places[next].start < end; next++ {
			pl := p.places[next]
			b.WriteString(p.text[at:pl.start])
			b.WriteString(pl.ways[c.at(pl.channel, pl.key, len(pl.ways))])
			at = pl.end
		}
		b.WriteString(p.text[at:end])
		at = end
	}
	for i := range p.blocks {
		bl := &p.blocks[i]
		begin, brk := 0, 0
		for j, u := range bl.units {
			if j == brk {
				begin = j
				brk = bl.next(begin, widths[c.at(chWrap, u.key, len(widths))])
			}
			if j == 0 {
				continue
			}
			upTo(bl.units[j-1].end)
			b.WriteString(p.between(bl, j, j == begin, c))
			at = u.start
		}
	}
	upTo(len(p.text))
	return b.String()
}

// between is the space before a unit.
func (p *plan) between(bl *block, j int, broken bool, c *chooser) string {
	u := bl.units[j]
	if broken {
		return strings.Repeat(" ", c.at(chTrail, u.key, 2)) + "\n" + bl.indent
	}
	if u.word > 0 && u.word < len(p.words) {
		before, after := p.words[u.word-1], p.words[u.word]
		if _, ends := sentenceEnd(p.text[before.end:after.start], p.text[after.start:]); ends {
			return strings.Repeat(" ", 1+c.at(chSpace, u.key, 2))
		}
	}
	return " "
}
