// Package looktest judges pages: whether they keep the strict policy and
// whether someone who cannot see them can use them.
package looktest

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// Check fails the test for each fault of a page.
func Check(t testing.TB, name string, page []byte) {
	t.Helper()
	for _, fault := range Faults(page) {
		t.Errorf("%s: %s", name, fault)
	}
}

// Faults lists what is wrong with a page, in order of appearance.
func Faults(page []byte) []string {
	c := checker{ids: map[string]int{}, labelled: map[string]bool{}}
	c.nesting(page)
	doc, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		return append(c.faults, "does not parse: "+err.Error())
	}
	c.collect(doc)
	c.walk(doc, nil)
	if c.h1 != 1 {
		c.fault("has %d h1 headings", c.h1)
	}
	for id, n := range c.ids {
		if n > 1 {
			c.fault("id %q is there %d times", id, n)
		}
	}
	if i := bytes.Index(page, []byte("ZgotmplZ")); i >= 0 {
		c.fault("a value was refused by the template: …%s", page[max(0, i-80):i])
	}
	if bytes.Contains(page, []byte("&lt;no value&gt;")) || bytes.Contains(page, []byte("%!")) {
		c.fault("a value is missing or was badly formatted")
	}
	return c.faults
}

type checker struct {
	faults   []string
	ids      map[string]int
	labelled map[string]bool // ids that a label is for
	h1       int
	level    int
}

func (c *checker) fault(format string, args ...any) {
	c.faults = append(c.faults, fmt.Sprintf(format, args...))
}

// void lists elements without an end tag.
var void = []string{"meta", "link", "input", "br", "hr", "img", "wbr", "source"}

// nesting: each element is closed, even where HTML would let it be.
func (c *checker) nesting(page []byte) {
	z := html.NewTokenizer(bytes.NewReader(page))
	var open []string
	for {
		switch z.Next() {
		case html.ErrorToken:
			if len(open) > 0 {
				c.fault("<%s> is not closed", open[len(open)-1])
			}
			return
		case html.StartTagToken:
			tag, _ := z.TagName()
			if !slices.Contains(void, string(tag)) {
				open = append(open, string(tag))
			}
		case html.EndTagToken:
			tag, _ := z.TagName()
			if len(open) == 0 || open[len(open)-1] != string(tag) {
				c.fault("</%s> closes %v", tag, open)
				return
			}
			open = open[:len(open)-1]
		}
	}
}

func (c *checker) collect(n *html.Node) {
	for n := range n.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if id := attr(n, "id"); id != "" {
			c.ids[id]++
		}
		if n.Data == "label" && attr(n, "for") != "" {
			c.labelled[attr(n, "for")] = true
		}
	}
}

func (c *checker) walk(n *html.Node, above []string) {
	if n.Type == html.ElementNode {
		c.element(n, above)
		above = append(above, n.Data)
	}
	for child := range n.ChildNodes() {
		c.walk(child, above)
	}
}

func (c *checker) element(n *html.Node, above []string) {
	for _, a := range n.Attr {
		if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
			c.fault("<%s> has an inline %s, which the policy forbids", n.Data, a.Key)
		}
		if slices.Contains([]string{"aria-labelledby", "aria-describedby", "for"}, a.Key) {
			for id := range strings.FieldsSeq(a.Val) {
				if c.ids[id] == 0 {
					c.fault("<%s %s> points at %q, which is not there", n.Data, a.Key, id)
				}
			}
		}
	}
	switch n.Data {
	case "style":
		c.fault("has an inline style sheet")
	case "script":
		if attr(n, "src") == "" {
			c.fault("has an inline script")
		}
	case "img":
		if !has(n, "alt") {
			c.fault("an image has no alt text")
		}
	case "h1", "h2", "h3", "h4", "h5", "h6":
		c.heading(n)
	case "input", "textarea", "select":
		c.control(n, above)
	case "button", "a":
		if strings.TrimSpace(text(n)) == "" && attr(n, "aria-label") == "" {
			c.fault("a <%s> has no words", n.Data)
		}
	case "form":
		c.form(n)
	}
}

func (c *checker) heading(n *html.Node) {
	for up := n.Parent; up != nil; up = up.Parent {
		if strings.Contains(attr(up, "class"), "prose") {
			return // written by people in Markdown, at levels of their own
		}
	}
	level := int(n.Data[1] - '0')
	if level == 1 {
		c.h1++
	}
	if level > c.level+1 {
		c.fault("heading %q jumps from level %d to %d", text(n), c.level, level)
	}
	c.level = level
}

func (c *checker) control(n *html.Node, above []string) {
	if t := attr(n, "type"); t == "hidden" || t == "submit" {
		return
	}
	if !c.labelled[attr(n, "id")] && !slices.Contains(above, "label") && attr(n, "aria-label") == "" && attr(n, "aria-labelledby") == "" {
		c.fault("<%s name=%q> has no label", n.Data, attr(n, "name"))
	}
}

// form: a form that changes something carries the session's token.
func (c *checker) form(n *html.Node) {
	if strings.EqualFold(attr(n, "method"), "post") {
		for d := range n.Descendants() {
			if d.Type == html.ElementNode && attr(d, "name") == "token" {
				return
			}
		}
		c.fault("the form to %q has no token", attr(n, "action"))
	}
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, key string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
}

func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}
