package advisory

import (
	"bytes"
	"html"
	"html/template"
	"net/url"
	"regexp"
	"strings"
	"sync"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	gmhtml "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// MarkdownLimit is the size in bytes up to which a text is read as Markdown.
// A larger one is shown as it was typed.
const MarkdownLimit = 256 << 10

// linkRel goes on every link: the page linked to learns nothing of the reader
// and gains nothing from us.
const linkRel = "noopener noreferrer nofollow"

// Markdown turns a text field into HTML that is safe to put into a page with a
// strict content security policy: CommonMark and tables; headings from h3
// down; links only to https, http and mailto; an image is its alternative
// text; HTML is shown as it was typed. What is too deep or too long to read as
// Markdown within limits comes out as plain characters, never as an error.
func Markdown(src string) template.HTML {
	src = CleanText(src)
	if len(src) > MarkdownLimit {
		return template.HTML("<pre><code>" + html.EscapeString(src) + "</code></pre>\n")
	}
	source := []byte(src)
	doc := parseMarkdown(source)
	var b bytes.Buffer
	if err := htmlRenderer().Render(&b, source, doc); err != nil {
		// The renderer fails only when its writer does, and a buffer does not.
		return template.HTML("<pre><code>" + html.EscapeString(src) + "</code></pre>\n")
	}
	// A character reference may stand for a hidden character: clean once more.
	return template.HTML(CleanText(policy().Sanitize(b.String())))
}

// parseMarkdown reads clean source of at most MarkdownLimit bytes.
func parseMarkdown(source []byte) ast.Node {
	return markdownParser().Parse(text.NewReader(source))
}

// markdownParser reads CommonMark without HTML, and tables.
var markdownParser = sync.OnceValue(func() parser.Parser {
	return parser.NewParser(
		parser.WithBlockParsers(
			util.Prioritized(parser.NewSetextHeadingParser(), 100),
			util.Prioritized(parser.NewThematicBreakParser(), 200),
			util.Prioritized(shallowBlock{parser.NewListParser()}, 300),
			util.Prioritized(parser.NewListItemParser(), 400),
			util.Prioritized(parser.NewCodeBlockParser(), 500),
			util.Prioritized(parser.NewATXHeadingParser(), 600),
			util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
			util.Prioritized(shallowBlock{parser.NewBlockquoteParser()}, 800),
			util.Prioritized(parser.NewParagraphParser(), 1000),
		),
		parser.WithInlineParsers(
			util.Prioritized(parser.NewCodeSpanParser(), 100),
			util.Prioritized(boundedLinks{parser.NewLinkParser()}, 200),
			util.Prioritized(parser.NewAutoLinkParser(), 300),
			util.Prioritized(boundedEmphasis{parser.NewEmphasisParser()}, 500),
		),
		parser.WithParagraphTransformers(
			util.Prioritized(boundedReferences{parser.LinkReferenceParagraphTransformer}, 100),
			util.Prioritized(boundedTable{extension.NewTableParagraphTransformer()}, 200),
		),
		parser.WithASTTransformers(
			util.Prioritized(extension.NewTableASTTransformer(), 0),
			util.Prioritized(tame{}, 1000),
		),
	)
})

var htmlRenderer = sync.OnceValue(func() renderer.Renderer {
	return renderer.NewRenderer(renderer.WithNodeRenderers(
		util.Prioritized(extension.NewTableHTMLRenderer(
			extension.WithTableCellAlignMethod(extension.TableCellAlignNone)), 500),
		util.Prioritized(gmhtml.NewRenderer(), 1000),
	))
})

// policy is the second lock: what may stand in the HTML whatever the renderer
// made. There is no attribute that carries style or script.
var policy = sync.OnceValue(func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "hr", "h3", "h4", "h5", "h6", "blockquote", "pre", "code", "em", "strong",
		"ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td")
	p.AllowAttrs("start").Matching(regexp.MustCompile(`^[0-9]{1,9}$`)).OnElements("ol")
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("rel").Matching(regexp.MustCompile("^" + linkRel + "$")).OnElements("a")
	p.AllowURLSchemes("https", "http", "mailto")
	p.AllowRelativeURLs(false)
	p.RequireParseableURLs(true)
	return p
})

// tame changes the tree to what we show: headings below h2, links with rel or
// none at all, an image as its alternative text.
type tame struct{}

func (tame) Transform(doc *ast.Document, reader text.Reader, _ parser.Context) {
	source := reader.Source()
	var unwrap []ast.Node
	// The walk never returns an error: the function below never does.
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Heading:
			n.Level = min(n.Level+2, 6)
		case *ast.AutoLink:
			if !isPublic(autoLinkTarget(n, source)) {
				unwrap = append(unwrap, n)
			}
			n.SetAttributeString("rel", []byte(linkRel))
		case *ast.Link:
			// Escaping what is too long would itself take long.
			if len(n.Destination) > maxTarget || !isPublic(linkTarget(n)) {
				unwrap = append(unwrap, n)
			}
			n.Title = nil
			n.SetAttributeString("rel", []byte(linkRel))
		case *ast.Image:
			unwrap = append(unwrap, n)
		}
		return ast.WalkContinue, nil
	})
	for _, n := range unwrap {
		parent := n.Parent()
		if auto, ok := n.(*ast.AutoLink); ok {
			label := ast.NewString(auto.Label(source))
			label.SetRaw(true)
			parent.InsertBefore(parent, n, label)
		}
		for c := n.FirstChild(); c != nil; {
			next := c.NextSibling()
			parent.InsertBefore(parent, n, c)
			c = next
		}
		parent.RemoveChild(parent, n)
	}
}

// linkTarget is where a link leads, as it goes into the page.
func linkTarget(n *ast.Link) string { return string(util.URLEscape(n.Destination, true)) }

// autoLinkTarget is where a link in angle brackets leads.
func autoLinkTarget(n *ast.AutoLink, source []byte) string {
	target := string(util.URLEscape(n.URL(source), false))
	if n.AutoLinkType == ast.AutoLinkEmail && !strings.HasPrefix(strings.ToLower(target), "mailto:") {
		target = "mailto:" + target
	}
	return target
}

// isPublic tells whether we show a target as a link: absolute, by https, http
// or mailto.
func isPublic(target string) bool {
	u, err := url.Parse(target)
	if err != nil {
		return false
	}
	switch strings.ToLower(u.Scheme) {
	case "https", "http":
		return u.Host != ""
	case "mailto":
		return u.Opaque != ""
	}
	return false
}
