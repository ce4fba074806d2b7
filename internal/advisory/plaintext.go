package advisory

import (
	"bufio"
	"bytes"
	"html"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	tables "github.com/yuin/goldmark/extension/ast"
	gmhtml "github.com/yuin/goldmark/renderer/html"
)

// minWidth is the narrowest column that text is wrapped to.
const minWidth = 20

// PlainText turns a Markdown field into text for a terminal or a mail: wrapped
// to the width in characters (a long word stays whole), code verbatim and
// indented by four, a link as its text and its target in angle brackets. It
// holds no control character but line feeds and the tabs of code, and has no
// line feed at the end.
func PlainText(md string, width int) string {
	md = CleanText(md)
	if len(md) > MarkdownLimit {
		return strings.TrimRight(md, "\n")
	}
	source := []byte(md)
	p := plain{source: source}
	text := CleanText(strings.Join(p.blocks(parseMarkdown(source), max(width, minWidth), false), "\n"))
	return strings.TrimRight(text, "\n") // a table may end with a row of empty cells
}

// Wrap breaks plain text of one paragraph into lines of at most width
// characters; a longer word stays whole.
func Wrap(s string, width int) []string {
	var lines []string
	line, used := "", 0
	for _, word := range strings.Fields(s) {
		n := textWidth(word)
		switch {
		case line == "":
			line, used = word, n
		case used+1+n <= width:
			line, used = line+" "+word, used+1+n
		default:
			lines = append(lines, line)
			line, used = word, n
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// textWidth counts characters; marks that stand on the one before take no
// place.
func textWidth(s string) int {
	n := utf8.RuneCountInString(s)
	for _, r := range s {
		if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
			n--
		}
	}
	return n
}

// plain writes a tree of Markdown as lines of text.
type plain struct{ source []byte }

// blocks gives the lines of all blocks within parent, a blank line between two
// of them unless tight.
func (p plain) blocks(parent ast.Node, width int, tight bool) []string {
	var out []string
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		lines := p.block(n, max(width, minWidth))
		if len(lines) == 0 {
			continue
		}
		if len(out) > 0 && !tight {
			out = append(out, "")
		}
		out = append(out, lines...)
	}
	return out
}

func (p plain) block(n ast.Node, width int) []string {
	switch n := n.(type) {
	case *ast.Heading:
		lines := p.paragraph(n, width)
		if len(lines) == 1 {
			lines = append(lines, strings.Repeat("-", textWidth(lines[0])))
		}
		return lines
	case *ast.CodeBlock, *ast.FencedCodeBlock:
		return p.code(n)
	case *ast.Blockquote:
		return prefixed(p.blocks(n, width-2, false), "> ", "> ")
	case *ast.List:
		return p.list(n, width)
	case *ast.ThematicBreak:
		return []string{"* * *"}
	case *tables.Table:
		return p.table(n, width)
	default: // paragraphs, and the text of a tight list item
		return p.paragraph(n, width)
	}
}

// prefixed puts first before the first line and rest before the others.
func prefixed(lines []string, first, rest string) []string {
	for i, l := range lines {
		pre := rest
		if i == 0 {
			pre = first
		}
		lines[i] = strings.TrimRight(pre+l, " ")
	}
	return lines
}

func (p plain) paragraph(n ast.Node, width int) []string {
	var lines []string
	for part := range strings.SplitSeq(p.inline(n), "\n") {
		lines = append(lines, Wrap(part, width)...)
	}
	return lines
}

func (p plain) code(n ast.Node) []string {
	var lines []string
	for i := range n.Lines().Len() {
		seg := n.Lines().At(i)
		line := strings.TrimRight(string(seg.Value(p.source)), "\n")
		lines = append(lines, strings.TrimRight("    "+line, " "))
	}
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

func (p plain) list(n *ast.List, width int) []string {
	var out []string
	number := n.Start
	for item := n.FirstChild(); item != nil; item = item.NextSibling() {
		mark := "- "
		if n.IsOrdered() {
			mark = strconv.Itoa(number) + ". "
			number++
		}
		lines := p.blocks(item, width-len(mark), n.IsTight)
		if len(lines) == 0 {
			lines = []string{""}
		}
		if len(out) > 0 && !n.IsTight {
			out = append(out, "")
		}
		out = append(out, prefixed(lines, mark, strings.Repeat(" ", len(mark)))...)
	}
	return out
}

// table sets columns side by side where the width allows it, else a line for
// each cell with its heading.
func (p plain) table(n *tables.Table, width int) []string {
	var rows [][]string
	var widths []int
	for row := n.FirstChild(); row != nil; row = row.NextSibling() {
		var cells []string
		for cell := row.FirstChild(); cell != nil; cell = cell.NextSibling() {
			text := OneLine(p.inline(cell))
			if len(cells) == len(widths) {
				widths = append(widths, 0)
			}
			widths[len(cells)] = max(widths[len(cells)], textWidth(text))
			cells = append(cells, text)
		}
		rows = append(rows, cells)
	}
	total := 0
	for _, w := range widths {
		total += w + 2
	}
	if total-2 <= width {
		return tableColumns(rows, widths)
	}
	return tableCells(rows, width)
}

func tableColumns(rows [][]string, widths []int) []string {
	var out []string
	for i, row := range rows {
		var b, rule strings.Builder
		for c, text := range row {
			b.WriteString(text + strings.Repeat(" ", widths[c]-textWidth(text)+2))
			rule.WriteString(strings.Repeat("-", max(widths[c], 1)) + "  ")
		}
		out = append(out, strings.TrimRight(b.String(), " "))
		if i == 0 {
			out = append(out, strings.TrimRight(rule.String(), " "))
		}
	}
	return out
}

func tableCells(rows [][]string, width int) []string {
	var out []string
	for i, row := range rows {
		if i == 0 {
			continue
		}
		if len(out) > 0 {
			out = append(out, "")
		}
		for c, text := range row {
			out = append(out, prefixed(Wrap(rows[0][c]+": "+text, width-2), "", "  ")...)
		}
	}
	return out
}

// inline gives the text within a block: a line feed where the writer broke the
// line on purpose, a space where the line only ended.
func (p plain) inline(parent ast.Node) string {
	var b strings.Builder
	p.writeInline(&b, parent)
	return b.String()
}

func (p plain) writeInline(b *strings.Builder, parent ast.Node) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Text:
			b.WriteString(p.text(n))
		case *ast.String:
			b.Write(n.Value)
		case *ast.CodeSpan:
			b.WriteByte('`')
			p.writeInline(b, n)
			b.WriteByte('`')
		case *ast.Link:
			p.writeLink(b, n)
		case *ast.AutoLink:
			b.WriteString("<" + string(n.Label(p.source)) + ">")
		default:
			p.writeInline(b, n)
		}
	}
}

func (p plain) writeLink(b *strings.Builder, n *ast.Link) {
	label := p.inline(n)
	target := strings.TrimPrefix(linkTarget(n), "mailto:")
	if label != "" && label != target {
		b.WriteString(label + " ")
	}
	b.WriteString("<" + target + ">")
}

// text gives the characters that a piece of source stands for. The library's
// own writer resolves escapes and references; what it writes is HTML, whose
// few escapes are then undone.
func (p plain) text(n *ast.Text) string {
	value := n.Segment.Value(p.source)
	out := string(value)
	if !n.IsRaw() && n.Parent().Kind() != ast.KindCodeSpan {
		var buf bytes.Buffer
		w := bufio.NewWriter(&buf)
		gmhtml.DefaultWriter.Write(w, value)
		// Flushing into a buffer cannot fail.
		_ = w.Flush()
		out = html.UnescapeString(buf.String())
	}
	out = strings.ReplaceAll(out, "\n", " ")
	switch {
	case n.HardLineBreak():
		out += "\n"
	case n.SoftLineBreak():
		out += " "
	}
	return out
}
