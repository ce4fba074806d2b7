package duty

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	minWidth = 60
	indent   = "    "
)

// Text writes the dossier as plain text with lines of at most width characters
// (longer words stay whole): first what is missing, then the fields in the
// order of the form. Values are indented, so that no value can pass for a
// field. The same dossier gives the same bytes.
func (d Dossier) Text(width int) string {
	width = max(width, minWidth)
	var b strings.Builder
	title := fmt.Sprintf("%s: %s", capital(string(d.Kind)), d.Trigger)
	b.WriteString(title + "\n" + strings.Repeat("=", utf8.RuneCountInString(title)) + "\n")
	paragraph(&b, d.Basis+". Order as far as published: "+d.Form+".", "", width)
	b.WriteString("\n")
	list(&b, "Missing", d.Missing(), width)
	list(&b, "Named by the law where it applies or is known, and empty", d.Open(), width)
	list(&b, "Longer than the form takes", d.TooLong(), width)
	for _, s := range d.Sections {
		b.WriteString(s.Title + "\n" + strings.Repeat("-", utf8.RuneCountInString(s.Title)) + "\n")
		for _, f := range s.Fields {
			f.write(&b, width)
		}
		b.WriteString("\n")
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// list writes the names of fields under a heading; nothing if there are none.
func list(b *strings.Builder, heading string, fields []Field, width int) {
	if len(fields) == 0 {
		return
	}
	b.WriteString(heading + "\n" + strings.Repeat("-", utf8.RuneCountInString(heading)) + "\n")
	for _, f := range fields {
		paragraph(b, f.label()+" ("+f.Basis+")", "  ", width)
	}
	b.WriteString("\n")
}

func (f Field) label() string {
	if f.Number == "" {
		return f.Name
	}
	return f.Number + ". " + f.Name
}

func (f Field) write(b *strings.Builder, width int) {
	head := f.label() + " [" + string(f.Need)
	if f.Limit > 0 {
		head += fmt.Sprintf(", %d of %d characters", utf8.RuneCountInString(f.Value), f.Limit)
	}
	paragraph(b, head+"]", "", width)
	if f.Value == "" {
		empty := "(empty)"
		if f.Missing {
			empty = "(MISSING)"
		}
		paragraph(b, empty+" "+f.Help, indent, width)
		return
	}
	for line := range strings.SplitSeq(f.Value, "\n") {
		paragraph(b, line, indent, width)
	}
}

// paragraph writes words in lines of at most width characters after a margin.
// A paragraph without words is an empty line.
func paragraph(b *strings.Builder, s, margin string, width int) {
	line, used := "", 0
	for _, word := range strings.Fields(s) {
		n := utf8.RuneCountInString(word)
		if used > 0 && len(margin)+used+1+n > width {
			b.WriteString(margin + line + "\n")
			line, used = "", 0
		}
		if used > 0 {
			line, used = line+" ", used+1
		}
		line, used = line+word, used+n
	}
	if used > 0 {
		b.WriteString(margin + line)
	}
	b.WriteString("\n")
}

// clean keeps what a field of text takes: printable characters, spaces and line
// breaks. Marks that turn the direction of writing are dropped.
func clean(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n").Replace(s)
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\u200c' || r == '\u200d':
			return r
		case r == '\t':
			return ' '
		case unicode.IsGraphic(r):
			return r
		}
		return -1
	}, s)
	return strings.TrimSpace(s)
}

// oneLine is clean text in one line.
func oneLine(s string) string { return strings.Join(strings.Fields(clean(s)), " ") }
