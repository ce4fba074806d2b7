package intake

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestCitations(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, want string }{ // want: path:line:name, with spaces between
		{"", ""},
		{"in lib/url.c the length", "lib/url.c:0:"},
		{"lib/url.c:123", "lib/url.c:123:"},
		{"lib/url.c:123:45 and", "lib/url.c:123:"},
		{"lib/url.c:123-130", "lib/url.c:130:"},
		{"lib/url.c#L12-L20", "lib/url.c:20:"},
		{"lib/url.c, line 12", "lib/url.c:12:"},
		{"`lib/url.c` line 12", "lib/url.c:12:"},
		{"**lib/url.c** (lines 12-20)", "lib/url.c:20:"},
		{"lib/url.c at line 12.", "lib/url.c:12:"},
		{"on line 12 of lib/url.c, we", "lib/url.c:12:"},
		{"lines 12 to 20 in `url.c`", "url.c:20:"},
		{"url.c:12,socks.c:13", "url.c:12: socks.c:13:"},
		{"./lib/url.c", "lib/url.c:0:"},
		{"../../lib/url.c", "lib/url.c:0:"},
		{`lib\url.c:7`, "lib/url.c:7:"},
		{`C:\src\curl\lib\url.c:7`, "/src/curl/lib/url.c:7:"},
		{"/home/me/curl/lib/url.c:7", "/home/me/curl/lib/url.c:7:"},
		{"lib//url.c:7", "lib/url.c:7:"},
		{"see lib/url.c.", "lib/url.c:0:"},
		{"lib/url.c... and", "lib/url.c:0:"},
		{"lib/c++/x.cpp:1", "lib/c++/x.cpp:1:"},
		// A function, where it is clear.
		{"parse_url() in lib/url.c", "lib/url.c:0:parse_url"},
		{"`parse_url()` in `lib/url.c`", "lib/url.c:0:parse_url"},
		{"parse_url() (lib/url.c:12)", "lib/url.c:12:parse_url"},
		{"parse_url() of the file lib/url.c", "lib/url.c:0:parse_url"},
		{"the function parse_url in lib/url.c", "lib/url.c:0:parse_url"},
		{"lib/url.c, in function parse_url()", "lib/url.c:0:parse_url"},
		{"lib/url.c:12, function `parse_url()`", "lib/url.c:12:parse_url"},
		{"lib/url.c:parse_url()", "lib/url.c:0:parse_url"},
		{"Url::parse() in lib/url.cc", "lib/url.cc:0:parse"},
		{"parse_url and lib/url.c", "lib/url.c:0:"},
		{"parse_url(), unlike lib/url.c", "lib/url.c:0:"},
		{"the call to f() in lib/url.c", "lib/url.c:0:"},
		// No places in the code.
		{"https://example.org/lib/url.c#L12", ""},
		{"see www.example.org/lib/url.c", ""},
		{"lib/url.c.orig", ""},
		{"url.cfg and url.conf", ""},
		{"$HOME/url.c ${X}/url.c", ""},
		{"obj.go(1)", ""},
		{"--- a/lib/url.c\n+++ b/lib/new.c\ndiff --git a/x.c b/x.c", ""},
		{"me@example.cc wrote", "me@example.cc:0:"}, // a name alone without a line is never remarked on
		{"é.c", ""},
		{strings.Repeat("a/", 200) + "b.c", ""},
		{"url.c:99999999", "url.c:0:"},
	}
	for _, tt := range tests {
		var got []string
		for _, c := range citationsIn(tt.text) {
			slash := ""
			if c.place {
				slash = "/"
			}
			got = append(got, fmt.Sprintf("%s%s:%d:%s", slash, c.path, c.line, c.name))
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%q: got %q, want %q", tt.text, strings.Join(got, " "), tt.want)
		}
	}
}

func TestFindCitationsIsBounded(t *testing.T) {
	t.Parallel()
	var many strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&many, "f%d() in lib/f%d.c:%d ", i, i, i)
	}
	s := Submission{What: many.String(), Impact: "lib/f1.c:1 lib/f1.c:1", Reproduce: many.String()}
	if n := len(findCitations(s)); n != maxCitations {
		t.Errorf("%d citations", n)
	}
	if n := len(findCitations(Submission{What: "a/b.c:1 a/b.c:1", Impact: "a/b.c:1"})); n != 1 {
		t.Errorf("the same citation is found %d times", n)
	}
	// Texts that would cost much if a pattern were tried again at each byte.
	for _, piece := range []string{"a", "a/", "../", ".", "a.c", "x()", "line 1 of ", "`", "https://", "a.c:1:"} {
		text := strings.Repeat(piece, maxScan/len(piece)+1)
		start := time.Now()
		findCitations(Submission{What: text})
		if d := time.Since(start); d > 2*time.Second {
			t.Errorf("%q again and again takes %v", piece, d)
		}
	}
}

func FuzzCitations(f *testing.F) {
	f.Add("parse() in lib/url.c:12-15, function `x()`", "curl 8.4.0 <= v9-3-gabc1234f")
	f.Add(`C:\..\..\a.c:1 line 2 of /b.c`, "1..2 é 1.x")
	f.Add("a.c\x00b.c:1\u202e\xff.c", "\xff 0.0.0.*")
	known := newReleases([]string{"v1.2.3", "curl-8_4_0"})
	tree := newTree("", []byte("100644 blob abc\tlib/url.c\x00120000 blob abd\tlink.c\x00"))
	f.Fuzz(func(t *testing.T, text, versions string) {
		for _, c := range findCitations(Submission{What: text}) {
			if strings.HasPrefix(c.path, "/") || strings.Contains("/"+c.path+"/", "/../") || strings.ContainsFunc(c.path, unfitForLine) || c.line < 0 {
				t.Fatalf("not fit to look up: %+v", c)
			}
			tree.find(c.path)
			tree.near(c.path)
		}
		for _, m := range findMentions(clip(versions, MaxVersions), map[string]bool{"curl": true}) {
			if m.kind == aRelease {
				known.knows(m.text)
				known.nearest(m.text, 3)
				known.exact(m.text)
			}
			if m.kind == aCommit && !hexName().MatchString(m.text) {
				t.Fatalf("not fit to look up: %+v", m)
			}
		}
	})
}
