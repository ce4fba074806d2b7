package atom

import (
	"encoding/base64"
	"fmt"
	"mime"
	"slices"
	"strings"
)

// Problem is one thing wrong with a feed.
type Problem struct {
	Path    string // /feed/entry[2]/link[1]; empty: the whole document
	Message string
	Warning bool // the standard advises against it and allows it
}

func (p Problem) String() string {
	kind := "error"
	if p.Warning {
		kind = "warning"
	}
	return fmt.Sprintf("%s: %s: %s", kind, p.Path, p.Message)
}

// maxProblems bounds the answer: a feed with more is wrong altogether.
const maxProblems = 200

// Validate checks a feed or entry document. It is valid if no problem is an
// error; warnings alone do not matter.
func Validate(data []byte) []Problem {
	var c checker
	root, err := parse(data)
	switch {
	case err != nil:
		c.fail("", "%v", err)
	case root.is("feed"):
		c.element(root, "/feed")
		c.feed(root, "/feed")
	case root.is("entry"):
		c.element(root, "/entry")
		c.entry(root, nil, "/entry")
	default:
		c.fail("", "the outermost element is %s, not an Atom feed or entry", clip(root.name.Local))
	}
	return c.found
}

// Errors keeps the problems that are no mere warnings.
func Errors(problems []Problem) []Problem {
	return slices.DeleteFunc(slices.Clone(problems), func(p Problem) bool { return p.Warning })
}

// checker collects what is wrong, up to maxProblems.
type checker struct{ found []Problem }

func (c *checker) add(warning bool, path, format string, args ...any) {
	if len(c.found) < maxProblems {
		c.found = append(c.found, Problem{path, fmt.Sprintf(format, args...), warning})
	}
}

func (c *checker) fail(path, format string, args ...any) { c.add(false, path, format, args...) }

func (c *checker) warn(path, format string, args ...any) { c.add(true, path, format, args...) }

// element checks an element of the grammar and all below it.
func (c *checker) element(e *element, path string) {
	g := grammar[e.name.Local]
	c.attributes(e, g, path)
	c.children(e, g, path)
	if g.check != nil {
		g.check(c, e, path)
	}
}

func (c *checker) attributes(e *element, g production, path string) {
	for _, a := range e.attrs {
		switch a.Name.Space {
		case "":
			if a.Name.Local != "xmlns" && !slices.Contains(g.attributes, a.Name.Local) {
				c.fail(path, "there is no attribute %q here", clip(a.Name.Local))
			}
		case "http://www.w3.org/XML/1998/namespace":
			if a.Name.Local == "lang" && a.Value != "" && !isLanguage(a.Value) {
				c.fail(path, "%q is not a language tag", clip(a.Value))
			}
			if a.Name.Local == "base" && !isReference(a.Value) {
				c.fail(path, "the base %q is not a URL", clip(a.Value))
			}
		}
	}
}

// children checks which elements stand inside, how often, and what is in them.
func (c *checker) children(e *element, g production, path string) {
	if g.free {
		return
	}
	if g.children != nil && e.value() != "" {
		c.fail(path, "text stands here among the elements")
	}
	count := map[string]int{}
	entries := false
	for _, child := range e.children {
		name := child.name.Local
		switch {
		case child.name.Space != Namespace:
			if g.closed {
				c.fail(path, "there is no element %q here", clip(name))
			}
			continue
		case g.children[name] == none:
			c.fail(path, "Atom has no element %q here", clip(name))
			continue
		case entries && name != "entry":
			c.fail(path, "%q comes after an entry", name) // rfc4287:4.1.1
		}
		entries = entries || name == "entry"
		count[name]++
		c.element(child, fmt.Sprintf("%s/%s[%d]", path, name, count[name]))
	}
	for _, name := range g.names() {
		times := g.children[name]
		if times == one && count[name] == 0 {
			c.fail(path, "%q is missing", name)
		}
		if times != many && count[name] > 1 {
			c.fail(path, "%q stands here %d times", name, count[name])
		}
	}
}

// feed checks what the parts of a feed are to each other. rfc4287:4.1.1
func (c *checker) feed(e *element, path string) {
	c.alternates(e, path)
	c.history(e, path)
	if !slices.ContainsFunc(e.all("link"), func(l *element) bool { return rel(l) == RelSelf }) {
		c.warn(path, "there should be a link to the feed itself")
	}
	seen := map[string]bool{}
	for i, entry := range e.all("entry") {
		at := fmt.Sprintf("%s/entry[%d]", path, i+1)
		c.entry(entry, e, at)
		id, updated := entry.first("id"), entry.first("updated")
		if id == nil || updated == nil {
			continue
		}
		key := id.value() + "\n" + updated.value()
		if seen[key] {
			c.warn(at, "this version of the entry is in the feed already")
		}
		seen[key] = true
	}
}

// history checks what ties the documents of an archived feed together.
// rfc5005:4
func (c *checker) history(e *element, path string) {
	count := map[string]int{}
	for _, l := range e.all("link") {
		count[rel(l)]++
	}
	for _, r := range []string{RelCurrent, RelPrevArchive, RelNextArchive} {
		if count[r] > 1 {
			c.fail(path, "there are %d links of relation %s", count[r], r)
		}
	}
	archive := false
	for _, child := range e.children {
		if child.name.Space == HistoryNamespace && child.name.Local == "archive" {
			archive = true
			if child.value() != "" || len(child.children) > 0 {
				c.fail(path, "the mark of an archive is an empty element")
			}
		}
	}
	if archive && count[RelCurrent] == 0 {
		c.warn(path, "an archive should link to the current feed")
	}
	if !archive && count[RelNextArchive] > 0 {
		c.warn(path, "the document has a next archive and is not marked as an archive")
	}
}

// entry checks what the parts of an entry are to each other and to its feed,
// which may be nil. rfc4287:4.1.2
func (c *checker) entry(e, feed *element, path string) {
	c.alternates(e, path)
	source := e.first("source")
	if e.first("author") == nil &&
		(source == nil || source.first("author") == nil) &&
		(feed == nil || feed.first("author") == nil) {
		c.fail(path, "neither the entry nor its feed has an author")
	}
	content := e.first("content")
	if content == nil {
		if !slices.ContainsFunc(e.all("link"), func(l *element) bool { return rel(l) == RelAlternate }) {
			c.fail(path, "an entry has content or a link of relation alternate")
		}
		return
	}
	_, elsewhere := content.attr("src")
	if (elsewhere || encoded(content)) && e.first("summary") == nil {
		c.fail(path, "an entry whose content is not text has a summary")
	}
}

// alternates: no two links of relation alternate have the same type and
// language. rfc4287:4.1.1 rfc4287:4.1.2
func (c *checker) alternates(e *element, path string) {
	seen := map[string]bool{}
	for i, l := range e.all("link") {
		if rel(l) != RelAlternate {
			continue
		}
		mediaType, _ := l.attr("type")
		language, _ := l.attr("hreflang")
		key := strings.ToLower(mediaType + "\n" + language)
		if seen[key] {
			c.fail(fmt.Sprintf("%s/link[%d]", path, i+1), "there is a link of relation alternate, of this type and language, already")
		}
		seen[key] = true
	}
}

// rel gives the relation of a link. rfc4287:4.2.7.2
func rel(link *element) string {
	if r, ok := link.attr("rel"); ok {
		return strings.TrimPrefix(r, "http://www.iana.org/assignments/relation/")
	}
	return RelAlternate
}

// encoded tells whether a content within the entry is in Base64. rfc4287:4.1.3.3
func encoded(content *element) bool {
	t, _ := content.attr("type")
	_, elsewhere := content.attr("src")
	switch TextType(t) {
	case "", Plain, HTML, xhtml:
		return false
	}
	t = mediaType(t)
	xml := strings.HasSuffix(t, "+xml") || strings.HasSuffix(t, "/xml")
	return !elsewhere && !xml && !strings.HasPrefix(t, "text/")
}

// mediaType is a media type without its parameters, in lower case.
func mediaType(s string) string {
	t, _, err := mime.ParseMediaType(s)
	if err != nil || !strings.Contains(t, "/") {
		return ""
	}
	return t
}

// isBase64 tells whether the text is in Base64, white space aside.
func isBase64(s string) bool {
	_, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(s), ""))
	return err == nil
}
