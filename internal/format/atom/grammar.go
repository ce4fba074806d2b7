package atom

import (
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
)

// times is how often an element may stand inside another.
type times string

const (
	none     times = ""
	one      times = "one"
	optional times = "optional"
	many     times = "many"
)

// production is what an element of Atom is made of.
type production struct {
	attributes []string         // without a namespace
	children   map[string]times // of Atom's namespace
	closed     bool             // no elements of other namespaces
	free       bool             // elements of any namespace, Atom's own too
	check      func(c *checker, e *element, path string)
}

// names gives the names of the children in order.
func (g production) names() []string { return slices.Sorted(maps.Keys(g.children)) }

// The productions that several elements share.
var (
	person    = production{children: map[string]times{"name": one, "uri": optional, "email": optional}} // rfc4287:3.2
	text      = production{attributes: []string{"type"}, check: (*checker).text}                        // rfc4287:3.1
	date      = value("a date and time like 2026-03-01T14:00:00Z", isDate)                              // rfc4287:3.3
	reference = value("a URL", isReference)
)

// value is an element that holds nothing but a value.
func value(what string, ok func(string) bool) production {
	return production{closed: true, check: func(c *checker, e *element, path string) {
		if !ok(e.value()) {
			c.fail(path, "%q is not %s", clip(e.value()), what)
		}
	}}
}

// grammar is every element of Atom.
var grammar = map[string]production{
	"feed": {children: map[string]times{ // rfc4287:4.1.1
		"author": many, "category": many, "contributor": many, "generator": optional, "icon": optional, "id": one,
		"link": many, "logo": optional, "rights": optional, "subtitle": optional, "title": one, "updated": one, "entry": many,
	}},
	"entry": {children: map[string]times{ // rfc4287:4.1.2
		"author": many, "category": many, "content": optional, "contributor": many, "id": one, "link": many,
		"published": optional, "rights": optional, "source": optional, "summary": optional, "title": one, "updated": one,
	}},
	"source": {children: map[string]times{ // rfc4287:4.2.11
		"author": many, "category": many, "contributor": many, "generator": optional, "icon": optional, "id": optional,
		"link": many, "logo": optional, "rights": optional, "subtitle": optional, "title": optional, "updated": optional,
	}},
	"content":     {attributes: []string{"type", "src"}, free: true, check: (*checker).content},                         // rfc4287:4.1.3
	"author":      person,                                                                                               // rfc4287:4.2.1
	"contributor": person,                                                                                               // rfc4287:4.2.3
	"name":        {closed: true},                                                                                       // rfc4287:3.2.1
	"uri":         reference,                                                                                            // rfc4287:3.2.2
	"email":       value("an e-mail address", isEmail),                                                                  // rfc4287:3.2.3
	"category":    {attributes: []string{"term", "scheme", "label"}, check: (*checker).category},                        // rfc4287:4.2.2
	"generator":   {attributes: []string{"uri", "version"}, closed: true, check: (*checker).generator},                  // rfc4287:4.2.4
	"icon":        reference,                                                                                            // rfc4287:4.2.5
	"id":          value("a whole URL", isAbsolute),                                                                     // rfc4287:4.2.6
	"link":        {attributes: []string{"href", "rel", "type", "hreflang", "title", "length"}, check: (*checker).link}, // rfc4287:4.2.7
	"logo":        reference,                                                                                            // rfc4287:4.2.8
	"published":   date,                                                                                                 // rfc4287:4.2.9
	"rights":      text,                                                                                                 // rfc4287:4.2.10
	"subtitle":    text,                                                                                                 // rfc4287:4.2.12
	"summary":     text,                                                                                                 // rfc4287:4.2.13
	"title":       text,                                                                                                 // rfc4287:4.2.14
	"updated":     date,                                                                                                 // rfc4287:4.2.15
}

// xhtml is the third kind of text: markup as elements of XML. rfc4287:3.1.1.3
const xhtml TextType = "xhtml"

// text checks a text against its kind. rfc4287:3.1
func (c *checker) text(e *element, path string) {
	t, _ := e.attr("type")
	switch TextType(t) {
	case "", Plain, HTML:
		if len(e.children) > 0 {
			c.fail(path, "a text of this type has no elements in it; markup is escaped")
		}
	case xhtml:
		if len(e.children) != 1 || e.children[0].name.Local != "div" ||
			e.children[0].name.Space != "http://www.w3.org/1999/xhtml" || e.value() != "" {
			c.fail(path, "a text of type xhtml is one div")
		}
	default:
		c.fail(path, "%q is none of text, html, xhtml", clip(t))
	}
}

// content checks an entry's content: a text, something of a media type, or a
// link to it. rfc4287:4.1.3
func (c *checker) content(e *element, path string) {
	t, _ := e.attr("type")
	src, elsewhere := e.attr("src")
	if !elsewhere {
		switch TextType(t) {
		case "", Plain, HTML, xhtml:
			c.text(e, path)
			return
		}
	}
	if t != "" && mediaType(t) == "" {
		c.fail(path, "%q is not a media type", clip(t))
		return
	}
	switch {
	case elsewhere && (e.value() != "" || len(e.children) > 0):
		c.fail(path, "content that is elsewhere is empty here")
	case elsewhere && !isReference(src):
		c.fail(path, "%q is not a URL", clip(src))
	case strings.HasPrefix(mediaType(t), "text/") && mediaType(t) != "text/xml" && len(e.children) > 0:
		c.fail(path, "content of type %s has no elements in it", clip(t))
	case encoded(e) && (len(e.children) > 0 || !isBase64(e.text)):
		c.fail(path, "content of type %s is in Base64", clip(t))
	}
}

// link checks a link's attributes. rfc4287:4.2.7
func (c *checker) link(e *element, path string) {
	if href, ok := e.attr("href"); !ok || !isReference(href) {
		c.fail(path, "the address %q is not a URL", clip(href))
	}
	if r, ok := e.attr("rel"); ok && !ncName.MatchString(r) && !isAbsolute(r) {
		c.fail(path, "%q is neither a word nor a whole URL", clip(r))
	}
	if t, ok := e.attr("type"); ok && mediaType(t) == "" {
		c.fail(path, "%q is not a media type", clip(t))
	}
	if l, ok := e.attr("hreflang"); ok && !isLanguage(l) {
		c.fail(path, "%q is not a language tag", clip(l))
	}
	if n, ok := e.attr("length"); ok && (n == "" || strings.Trim(n, "0123456789") != "") {
		c.fail(path, "%q is not a number of bytes", clip(n))
	}
}

// category checks a category's attributes. rfc4287:4.2.2
func (c *checker) category(e *element, path string) {
	if term, _ := e.attr("term"); term == "" {
		c.fail(path, "the term is missing")
	}
	if scheme, ok := e.attr("scheme"); ok && !isAbsolute(scheme) {
		c.fail(path, "the scheme %q is not a whole URL", clip(scheme))
	}
}

// generator checks the program's attributes and name. rfc4287:4.2.4
func (c *checker) generator(e *element, path string) {
	if uri, ok := e.attr("uri"); ok && !isReference(uri) {
		c.fail(path, "%q is not a URL", clip(uri))
	}
	if e.value() == "" {
		c.fail(path, "the generator has no name")
	}
}

var (
	ncName          = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9._\-]*$`)
	languagePattern = regexp.MustCompile(`^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$`)
	datePattern     = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$`)
	emailPattern    = regexp.MustCompile(`^.+@.+$`)
)

// isDate: RFC 3339 with upper-case letters. rfc4287:3.3
func isDate(s string) bool {
	_, err := time.Parse(time.RFC3339, s)
	return err == nil && datePattern.MatchString(s)
}

func isLanguage(s string) bool { return languagePattern.MatchString(s) }

func isEmail(s string) bool { return emailPattern.MatchString(s) }

// isReference tells whether the text is a URL, whole or relative, in which
// letters beyond ASCII may stand.
func isReference(s string) bool {
	_, err := url.Parse(s)
	return err == nil && !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune("<>\"{}|\\^`", r)
	})
}

// isAbsolute tells whether the text is a URL with a scheme.
func isAbsolute(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Scheme != "" && len(s) > len(u.Scheme)+1 && isReference(s)
}

// clip shortens a value for a message.
func clip(s string) string {
	const limit = 60
	if r := []rune(s[:min(len(s), 4*limit)]); len(r) > limit {
		return string(r[:limit]) + "…"
	}
	return s
}
