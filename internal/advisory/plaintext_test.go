package advisory

import (
	"strings"
	"testing"
)

func TestPlainText(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"wrapped", "one two three four five six seven eight nine ten", "one two three four five six\nseven eight nine ten"},
		{"a long word stays whole", "a https-very-long-word-that-does-not-fit b", "a\nhttps-very-long-word-that-does-not-fit\nb"},
		{"paragraphs", "a\nb\n\nc", "a b\n\nc"},
		{"hard break", "a  \nb\\\nc", "a\nb\nc"},
		{"heading", "# Who is hit\n\nAll.", "Who is hit\n----------\n\nAll."},
		{"emphasis goes", "*a* **b** c_d_e", "a b c_d_e"},
		{"code span keeps its marks", "call `f(*p)` now", "call `f(*p)` now"},
		{"code is verbatim", "a\n\n```c\nif (x)\n\treturn \"a  very long line that is longer than the width\";\n\n```", "a\n\n    if (x)\n    \treturn \"a  very long line that is longer than the width\";"},
		{"indented code", "    x  y", "    x  y"},
		{"link", "see [the patch](https://example.org/p?a=1&b=2) now", "see the patch\n<https://example.org/p?a=1&b=2>\nnow"},
		{"link with the target as text", "[https://e.org/](https://e.org/) <https://e.org/>", "<https://e.org/>\n<https://e.org/>"},
		{"mail", "<a@e.org> [us](mailto:a@e.org)", "<a@e.org> us <a@e.org>"},
		{"dropped link", "[x](javascript:1)", "x"},
		{"list", "- a\n- b\n  - c\n\nd", "- a\n- b\n  - c\n\nd"},
		{"loose list", "1. a\n\n   b\n\n2. c", "1. a\n\n   b\n\n2. c"},
		{"list wraps under its text", "- one two three four five six seven", "- one two three four five\n  six seven"},
		{"quote", "> a\n> b\n>\n> c", "> a b\n>\n> c"},
		{"rule", "a\n\n---\n\nb", "a\n\n* * *\n\nb"},
		{"table", "ver|fix\n-|-\n1.2|1.2.9\n10|`x`", "ver  fix\n---  -----\n1.2  1.2.9\n10   `x`"},
		{"wide table", "version|fixed in the release\n-|-\n1.2|1.2.9 of the long branch", "version: 1.2\nfixed in the release:\n  1.2.9 of the long branch"},
		{"escapes and references", `\*a\* &amp; &lt;b&gt; &#65; &copy;`, "*a* & <b> A ©"},
		{"html stays text", "a <b>c</b>", "a <b>c</b>"},
		{"image is its text", "![a picture](x.png)", "a picture"},
		{"no control characters", "a\x1b[31m\u202eb&#x202e;c\x00", "a[31mbc"},
		{"marks take no place", "e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301 abcdefghijklmnop", "e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301 abcdefghijklmnop"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := PlainText(tt.in, 28); got != tt.want {
				t.Errorf("PlainText(%q)\n got %q\nwant %q", tt.in, got, tt.want)
			}
		})
	}
}

func TestClean(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ in, text, line string }{
		{"a b", "a b", "a b"},
		{" a \r\n\t b\r", " a \n\t b\n", "a b"},
		{"\u202eevil\u2066\u200b\ufeff", "evil", "evil"},
		{"\x1b]0;x\x07y", "]0;xy", "]0;xy"},
		{"bad\xffutf", "badutf", "badutf"},
		{"نمی\u200cخواهم", "نمی\u200cخواهم", "نمی\u200cخواهم"},
		{"tag\U000e0041", "tag", "tag"},
	} {
		if got := CleanText(tt.in); got != tt.text {
			t.Errorf("CleanText(%q) = %q, want %q", tt.in, got, tt.text)
		}
		if got := OneLine(tt.in); got != tt.line {
			t.Errorf("OneLine(%q) = %q, want %q", tt.in, got, tt.line)
		}
		if _, hidden := firstHidden(tt.in); hidden != (strings.ReplaceAll(tt.in, "\r\n", "\n") != tt.text) {
			t.Errorf("firstHidden(%q) = %v", tt.in, hidden)
		}
	}
}
