package advisory

import (
	"html"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestMarkdown(t *testing.T) {
	t.Parallel()
	const rel = `rel="noopener noreferrer nofollow"`
	tests := []struct{ name, in, want string }{
		{"paragraphs", "One\ntwo.\n\nThree.", "<p>One\ntwo.</p>\n<p>Three.</p>\n"},
		{"windows line ends", "One\r\n\r\nTwo", "<p>One</p>\n<p>Two</p>\n"},
		{"headings move below h2", "# A\n\n## B\n\n##### C", "<h3>A</h3>\n<h4>B</h4>\n<h6>C</h6>\n"},
		{"underlined heading", "A\n=", "<h3>A</h3>\n"},
		{"link", "[x](https://example.org/a?b=1&c=2)", `<p><a href="https://example.org/a?b=1&amp;c=2" ` + rel + ">x</a></p>\n"},
		{"link by reference", "[x]\n\n[x]: http://example.org/ 'title'", `<p><a href="http://example.org/" ` + rel + ">x</a></p>\n"},
		{"link in angle brackets", "<https://example.org/>", `<p><a href="https://example.org/" ` + rel + ">https://example.org/</a></p>\n"},
		{"mail", "<a@example.org>", `<p><a href="mailto:a@example.org" ` + rel + ">a@example.org</a></p>\n"},
		{"bare address is no link", "See https://example.org/", "<p>See https://example.org/</p>\n"},
		{"script link", "[x](javascript:alert(1)) [y](data:text/html,z)", "<p>x y</p>\n"},
		{"script link hidden", "[x](java&#x73;cript:alert(1)) [y](JAVASCRIPT:x)", "<p>x y</p>\n"},
		{"script in angle brackets", "<javascript:alert>", "<p>javascript:alert</p>\n"},
		{"other schemes", "[x](ftp://a/b) <ssh://a>", "<p>x ssh://a</p>\n"},
		{"relative link", "[x](/admin) [y](//evil.example/)", "<p>x y</p>\n"},
		{"image is its text", "![a *b* c](https://example.org/x.png) d", "<p>a <em>b</em> c d</p>\n"},
		{"image in a link", "[![logo](x.png)](https://example.org)", `<p><a href="https://example.org" ` + rel + ">logo</a></p>\n"},
		{"html is text", "a <b onclick=x>c</b> <script>1</script>", "<p>a &lt;b onclick=x&gt;c&lt;/b&gt; &lt;script&gt;1&lt;/script&gt;</p>\n"},
		{"html block is text", "<div style='x'>\n\na", "<p>&lt;div style=&#39;x&#39;&gt;</p>\n<p>a</p>\n"},
		{"template arguments survive", "std::vector<int> v", "<p>std::vector&lt;int&gt; v</p>\n"},
		{"code", "```c\nint a<b;\n```", "<pre><code>int a&lt;b;\n</code></pre>\n"},
		{"table without style", "a|b\n:-|-:\n1|2", "<table>\n<thead>\n<tr>\n<th>a</th>\n<th>b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1</td>\n<td>2</td>\n</tr>\n</tbody>\n</table>\n"},
		{"ordered list keeps its start", "3. a\n4. b", "<ol start=\"3\">\n<li>a</li>\n<li>b</li>\n</ol>\n"},
		{"direction marks vanish", "a\u202eb &#x202e; \x1b[31m", "<p>ab  [31m</p>\n"},
		{"attributes are text", "# a {#x .y style=z}", "<h3>a {#x .y style=z}</h3>\n"},
		{"empty", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := string(Markdown(tt.in)); got != tt.want {
				t.Errorf("Markdown(%q)\n got %q\nwant %q", tt.in, got, tt.want)
			}
		})
	}
}

func TestMarkdownTooLarge(t *testing.T) {
	t.Parallel()
	src := strings.Repeat("*a* <b>\n", MarkdownLimit/8+1)
	got := string(Markdown(src))
	if !strings.HasPrefix(got, "<pre><code>*a* &lt;b&gt;\n") || strings.Contains(got, "<em>") {
		t.Errorf("a text over the limit begins %q", got[:60])
	}
	if got := PlainText(src, 72); got != strings.TrimRight(src, "\n") {
		t.Error("a text over the limit is changed")
	}
}

// knots are texts made to cost a parser time or depth.
func knots(size int) map[string]string {
	rep := func(s string) string { return strings.Repeat(s, size/len(s)) }
	ticks, stairs := "", ""
	for i := 1; len(ticks) < size; i++ {
		ticks += "e" + strings.Repeat("`", i)
	}
	for i := 0; len(stairs) < size; i++ {
		stairs += strings.Repeat("  ", i) + "- a\n"
	}
	out := map[string]string{
		"ticks growing": ticks, "stairs": stairs,
		"wide table":      strings.Repeat("a|", size/8) + "\n" + strings.Repeat("-|", size/8) + "\n" + strings.Repeat("x\n", size/4),
		"tall table":      "a|b|c\n-|-|-\n" + rep("x\n"),
		"brackets closed": strings.Repeat("[", size/2) + strings.Repeat("]", size/2),
		"stars closed":    strings.Repeat("*", size/2) + "a" + strings.Repeat("*", size/2),
		"quoted lines":    strings.Repeat("> ", 500) + "a\n" + rep("a\n"),
		"deep lines":      rep(strings.Repeat("> ", 30) + "a\n"),
		"many tables":     rep(strings.Repeat("|", 141) + "\n" + strings.Repeat("|-", 140) + "|\n" + strings.Repeat("|\n", 138) + "\n"),
		"one long target": "[a]: https://example.org/" + strings.Repeat("x", size/2) + "\n\n" + strings.Repeat("[a]", size/6),
	}
	for _, s := range []string{"[", "]", "(", ">", "> ", "*", "_", "`", "- ", "* ", "1. ", "*a ", "*a_ ", "**a *b", "a**b",
		"[](", "[a](", "[a](b", "[a][", "![", "![[]()", "<", "<a ", "<http:", "\t", "|", "|\n", "\n", "- a\n\n", ">a\n", "# ",
		"[a]: u\n", "[a]: ", "~~~\n", "\\", "&", "&#", "a", "=", "*_`[<>", "\x00", "\xff"} {
		out[s] = rep(s)
	}
	return out
}

// spent gives the time that this process has computed, which a busy machine
// does not stretch.
func spent(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// A text made to tie knots is shown within two seconds and modest memory. Not
// parallel, so that it measures nothing else.
func TestMarkdownKnots(t *testing.T) {
	for name, src := range knots(100_000) {
		for what, f := range map[string]func(){
			"html": func() { Markdown(src) },
			"text": func() { PlainText(src, 72) },
		} {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := spent(t)
			f()
			took := spent(t) - start
			runtime.ReadMemStats(&after)
			if took > 2*time.Second {
				t.Errorf("%q as %s took %v", name, what, took)
			}
			if mb := (after.TotalAlloc - before.TotalAlloc) >> 20; mb > 256 {
				t.Errorf("%q as %s allocated %d MiB", name, what, mb)
			}
		}
	}
}

var (
	allowedTag = regexp.MustCompile(`^</?(p|h[3-6]|blockquote|pre|code|em|strong|ul|ol|li|table|thead|tbody|tr|th|td)>$|^<(br|hr)/?>$|^<ol start="\d+">$|^</a>$|^<a href="(https?://|mailto:)[^"<>]*" rel="noopener noreferrer nofollow">$`)
	anyTag     = regexp.MustCompile(`<[^>]*>`)
)

// Whatever is typed, only tags of the short list come out, and nothing hidden.
func TestMarkdownNeverLeaks(t *testing.T) {
	t.Parallel()
	piece := rapid.SampledFrom([]string{"[", "](", ")", "<", ">", "a", "javascript:", "https://e.org", "\"", "'", " ", "\n", "`", "```", "*", "_",
		"onload=x", "style", "&lt;", "&#60;", "&#x202e;", "\u202e", "!", "|", "|-|\n", "- ", "1. ", "> ", "#", "<script>", "<!--", "-->", "\\", "\x00", "\x7f", "mailto:", ":", "]: "})
	rapid.Check(t, func(t *rapid.T) {
		src := strings.Join(rapid.SliceOfN(piece, 0, 40).Draw(t, "pieces"), "")
		out := string(Markdown(src))
		for _, tag := range anyTag.FindAllString(out, -1) {
			if !allowedTag.MatchString(tag) {
				t.Fatalf("%q gives the tag %q in %q", src, tag, out)
			}
		}
		for _, s := range []string{html.UnescapeString(out), PlainText(src, 40)} {
			if r, ok := firstHidden(s); ok {
				t.Fatalf("%q gives the hidden character %U", src, r)
			}
		}
	})
}
