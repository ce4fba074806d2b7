package read

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
)

// maxLink is how many bytes of a link's address are written out.
const maxLink = 500

// unseen are the elements whose content is no text for people.
var unseen = map[string]bool{
	"script": true, "style": true, "title": true, "template": true, "noscript": true, "iframe": true,
	"object": true, "svg": true, "math": true, "textarea": true, "select": true, "noembed": true, "noframes": true,
}

// blocks are the elements that stand on lines of their own.
var blocks = map[string]bool{
	"p": true, "div": true, "br": true, "tr": true, "li": true, "ul": true, "ol": true, "table": true, "pre": true,
	"h1": true, "h2": true, "h3": true, "h4": true, "h5": true, "h6": true, "blockquote": true, "hr": true,
	"section": true, "article": true, "header": true, "footer": true, "dt": true, "dd": true, "body": true,
}

// fromHTML writes HTML as plain text. Addresses of links are written out,
// since what a link says and where it goes may differ; nothing else of any
// attribute is looked at.
func fromHTML(s string) string {
	z := html.NewTokenizer(strings.NewReader(s))
	w := &plainWriter{}
	hidden, pre, link := "", 0, ""
	for {
		switch z.Next() {
		case html.ErrorToken:
			return strings.TrimSpace(w.String()) + "\n"
		case html.TextToken:
			if hidden == "" {
				w.text(string(z.Text()), pre > 0)
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			raw, attrs := z.TagName()
			name := string(raw)
			switch {
			case hidden != "":
			case unseen[name]:
				hidden = name
			case name == "a":
				link = href(z, attrs)
			case blocks[name]:
				w.newline(name == "p" || name == "pre")
				if name == "pre" {
					pre++
				}
				if name == "li" {
					w.text("- ", true)
				}
			case name == "td" || name == "th":
				w.text(" ", false)
			}
		case html.EndTagToken:
			raw, _ := z.TagName()
			name := string(raw)
			switch {
			case name == hidden:
				hidden = ""
			case hidden != "":
			case name == "a" && link != "":
				if !bytes.HasSuffix(w.Bytes(), []byte(link)) {
					w.text(" <"+link+">", true)
				}
				link = ""
			case name == "pre" && pre > 0:
				pre--
				w.newline(true)
			case blocks[name]:
				w.newline(name == "p")
			}
		}
	}
}

func href(z *html.Tokenizer, more bool) string {
	for more {
		var k, v []byte
		k, v, more = z.TagAttr()
		if string(k) == "href" && (bytes.HasPrefix(v, []byte("http")) || bytes.HasPrefix(v, []byte("mailto:"))) {
			return strings.Join(strings.Fields(string(v[:min(len(v), maxLink)])), "%20")
		}
	}
	return ""
}

// plainWriter joins white space, as HTML has it.
type plainWriter struct {
	bytes.Buffer
	space bool
	lines int // newlines at the end
}

func (w *plainWriter) text(s string, asIs bool) {
	if asIs {
		if s != "" {
			w.WriteString(s)
			w.lines, w.space = 0, false
		}
		return
	}
	for i, word := range strings.Fields(s) {
		begins := i == 0 && !strings.ContainsAny(s[:1], " \t\r\n\f")
		if w.Len() > 0 && w.lines == 0 && (w.space || !begins) {
			w.WriteByte(' ')
		}
		w.WriteString(word)
		w.lines, w.space = 0, false
	}
	if s != "" && strings.ContainsAny(s[len(s)-1:], " \t\r\n\f") {
		w.space = true
	}
}

func (w *plainWriter) newline(empty bool) {
	want := 1
	if empty {
		want = 2
	}
	for w.Len() > 0 && w.lines < want {
		w.WriteByte('\n')
		w.lines++
	}
	w.space = false
}
