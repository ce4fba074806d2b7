package advisory

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"golang.org/x/net/html"

	"steward/internal/base/cputime"
)

// markdownSeeds are texts as people write them and as attackers do.
var markdownSeeds = []string{
	"A header of more than **64** bytes overflows `buf`:\n\n```c\nchar buf[64];\n```\n\nSee [the code](https://example.org/q?a=1&b=2).",
	"- one\n  - two\n\n    three\n1. four\n\n> quote\n> > deeper\n",
	"| a | b |\n|---|:-:|\n| `x|y` | <script>alert(1)</script> |\n",
	"[a]: https://example.org/x \"title\"\n\n[a][a] ![pic](javascript:alert(1)) [x](JaVaScRiPt:alert(1)) <https://example.org> <mailto:a@example.org>",
	"# Title\n\nSub\n---\n\n***\n\nline  \nbreak\\\nagain *a **b _c_** d*",
	"<img src=x onerror=alert(1)>&lt;b&gt;&#x202e;&#0;\u202e\u0007 [b](data:text/html;base64,PHN2Zz4=)",
	"[x](//example.org) [y](/local) [z](https://user:pw@example.org:99/%zz) [](https://example.org)",
	"~~~\n\tcode\n~~~\n\n\tindented\n\n    more\n",
}

// tags are the elements that Markdown may make, each with its attributes.
var tags = map[string][]string{
	"p": nil, "br": nil, "hr": nil, "h3": nil, "h4": nil, "h5": nil, "h6": nil, "blockquote": nil, "pre": nil, "code": nil,
	"em": nil, "strong": nil, "ul": nil, "ol": {"start"}, "li": nil, "table": nil, "thead": nil, "tbody": nil, "tr": nil,
	"th": nil, "td": nil, "a": {"href", "rel"},
}

// FuzzMarkdown: what comes out holds only elements that we know, leads to no
// other place than the web and mail, and is not changed by cleaning it again.
func FuzzMarkdown(f *testing.F) {
	for _, s := range markdownSeeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		out := string(Markdown(src))
		checkHTML(t, out)
		if again := CleanText(policy().Sanitize(out)); again != out {
			t.Errorf("cleaned again it is another text:\n%q\n%q", out, again)
		}
		checkBounded(t, src, out)
	})
}

// checkHTML parses as a browser does, so that what only looks harmless shows.
func checkHTML(t *testing.T, out string) {
	t.Helper()
	doc, err := html.Parse(strings.NewReader("<body>" + out))
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		if n.Type == html.CommentNode || n.Type == html.DoctypeNode {
			t.Errorf("%q holds a comment", out)
		}
		if n.Type != html.ElementNode || slices.Contains([]string{"html", "head", "body"}, n.Data) && len(n.Attr) == 0 {
			continue
		}
		allowed, known := tags[n.Data]
		if !known {
			t.Errorf("%q holds <%s>", out, n.Data)
		}
		for _, a := range n.Attr {
			if !slices.Contains(allowed, a.Key) {
				t.Errorf("%q holds the attribute %s", out, a.Key)
			}
			if a.Key == "href" {
				checkTarget(t, a.Val)
			}
		}
	}
}

func checkTarget(t *testing.T, href string) {
	t.Helper()
	u, err := url.Parse(href)
	if err != nil || !slices.Contains([]string{"https", "http", "mailto"}, u.Scheme) {
		t.Errorf("a link leads to %q: %v", href, err)
	}
}

// checkBounded holds the output to a multiple of the text: an element for each
// byte, and what tables, links and depth can add.
func checkBounded(t *testing.T, src, out string) {
	t.Helper()
	if limit := 20*len(src) + 20*maxCells + 100; len(src) < 1000 && len(out) > limit || len(out) > limit+10*maxLinks*maxTarget {
		t.Errorf("%d bytes became %d", len(src), len(out))
	}
}

// A text of repeatedSize takes some milliseconds. If its time grew with the
// square, it would take longer than patience, which leaves room for code that
// counts what it runs.
const (
	repeatedSize = 16 << 10 // bytes
	patience     = 5 * time.Second
)

// FuzzMarkdownRepeated: a text that repeats something is read in a time and to
// a size that do not grow with its square.
func FuzzMarkdownRepeated(f *testing.F) {
	for _, s := range []string{"[a]: b\n", "[", "![", "[a](", "[a](<b", "*a_", ">", "> > > >\n", "- ", "`a``b", "<a:", "&", "a|\n", "|\n", "]", "\\", "a\n=\n", "```\n", "\t-\t", "[a][b]"} {
		f.Add("", s, "")
	}
	f.Add("[a]: https://example.org/"+strings.Repeat("x", 1000)+"\n\n", "[a]", "")
	f.Add("[a]: https://example.org/", "x", "\n\n"+strings.Repeat("[a]", 100))
	f.Add("|a|b|c|d|e|f|g|h|\n|-|-|-|-|-|-|-|-|\n", "|\n", "")
	f.Add("", "|a|b|c|d|e|f|g|h|\n|-|-|-|-|-|-|-|-|\n|\n|\n|\n|\n|\n\n", "")
	f.Fuzz(func(t *testing.T, head, middle, tail string) {
		n := (repeatedSize - len(head) - len(tail)) / max(len(middle), 1)
		if n < 1 || middle == "" {
			return
		}
		src := head + strings.Repeat(middle, n) + tail
		var out, plain string
		if took := cputime.Of(func() { out, plain = string(Markdown(src)), PlainText(src, 72) }); took > patience {
			t.Errorf("it took %v", took)
		}
		checkBounded(t, src, out)
		checkBounded(t, src, plain)
	})
}

// FuzzPlainText: what a terminal gets holds nothing that steers it.
func FuzzPlainText(f *testing.F) {
	for i, s := range markdownSeeds {
		f.Add(s, 10*i)
	}
	f.Fuzz(func(t *testing.T, src string, width int) {
		out := PlainText(src, width)
		if strings.HasSuffix(out, "\n") {
			t.Errorf("%q ends with a line feed", out)
		}
		if r, ok := firstHidden(out); ok || strings.Contains(out, "\r") {
			t.Errorf("%q holds %U", out, r)
		}
		checkBounded(t, src, out)
	})
}

// FuzzCleanText: cleaning leaves nothing hidden and nothing to clean.
func FuzzCleanText(f *testing.F) {
	for _, s := range append(markdownSeeds, "a\r\nb\rc", "\xff\xfe", "e\u0301\u200d\u00ad", "\u2028\ufeff\U000e0041\ue000") {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		clean, line := CleanText(s), OneLine(s)
		if CleanText(clean) != clean || OneLine(line) != line {
			t.Errorf("%q: cleaned twice it is another text", s)
		}
		if r, ok := firstHidden(clean); ok {
			t.Errorf("%q still holds %U", clean, r)
		}
		if strings.ContainsFunc(line, func(r rune) bool { return r != ' ' && (unicode.IsSpace(r) || Hidden(r)) }) {
			t.Errorf("%q is not one line", line)
		}
	})
}

// FuzzWrap: wrapping loses no word, and a line too long is one word.
func FuzzWrap(f *testing.F) {
	f.Add("The quick brown fox jumps over the lazy dog.", 12)
	f.Add("e\u0301e\u0301 \u200b wide\u00a0space", 3)
	f.Fuzz(func(t *testing.T, s string, width int) {
		lines := Wrap(s, width)
		if got := strings.Fields(strings.Join(lines, "\n")); !slices.Equal(got, strings.Fields(s)) {
			t.Errorf("%q became %q", s, lines)
		}
		for _, l := range lines {
			if textWidth(l) > width && len(strings.Fields(l)) != 1 {
				t.Errorf("%q is wider than %d", l, width)
			}
		}
	})
}
