package intake

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"steward/internal/base/cputime"
)

// fuzzLinter is the lint of a team with products, a list and a mirror's tags.
func fuzzLinter(f *testing.F) *Linter {
	f.Helper()
	rule, err := ParseRule("Self-inflicted", "They are bugs.", []string{"own machine", `/config(uration)? file\b/`, "/(a|aa)+b/"})
	if err != nil {
		f.Fatal(err)
	}
	return &Linter{
		Products: []Product{
			{Name: "curl", Aliases: []string{"libcurl"}, Released: []string{"8.4.0", "curl-8_3_0", "v7.88.1"}},
			{Name: "C++ parser 2", Released: []string{"2.9.10"}},
		},
		NotVulnerabilities: []Rule{rule},
	}
}

// FuzzLint: the same report gets the same remarks, each is of use to a person,
// and what it quotes cannot harm a page or a log.
func FuzzLint(f *testing.F) {
	l := fuzzLinter(f)
	f.Add("curl", "curl 9.9.9, 8.4.0", "overflow", "parse() in lib/url.c:12 on my own machine", "1. run\n2. see", "an attacker gains root")
	f.Add("C++ Parser 2", "<= v2.9.10-3-gabc1234f", "x", "```\nGET / HTTP/1.1\n", "curl http://x/?a=b", "dos")
	f.Add("\u202e\x00", "1..2 é 1.x", "", "$ rm\n", "\xff", "")
	f.Fuzz(func(t *testing.T, product, versions, summary, what, reproduce, impact string) {
		s := Submission{Product: product, Versions: versions, Summary: summary, What: what, Reproduce: reproduce, Impact: impact}
		found, err := l.Lint(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := l.Lint(t.Context(), s); err != nil || !slices.Equal(found, again) {
			t.Errorf("%v, then %v: %v", found, again, err)
		}
		if len(found) > 20 {
			t.Errorf("%d remarks", len(found))
		}
		for _, x := range found {
			if x.Field == "" || x.Code == "" || x.Message == "" || x.Why == "" || len(x.Message)+len(x.Hint) > 2_000+len(product) {
				t.Errorf("%+v", x)
			}
		}
	})
}

// A text of repeatedSize takes some milliseconds. If its time grew with the
// square, it would take longer than patience, which leaves room for code that
// counts what it runs.
const (
	repeatedSize = 16 << 10 // bytes
	patience     = 5 * time.Second
)

// FuzzLintRepeated: a text that repeats something is looked through in a time
// that does not grow with its square.
func FuzzLintRepeated(f *testing.F) {
	l := fuzzLinter(f)
	for _, s := range []string{
		"a.c", "a/", "a.", "lib/url.c:1 ", "`", "(", "a(", "http://", "www.a ", "1.", "v1.2 ", "line 1 of ", "in function a", "\\x0", " \n", "- a\n", "$ a\n",
		"aaaaaaaaaa", "attacker can ", "diff --git ", "8.", "8.4.0-", "abc1234 ", "\u00e9", "\xff", "own ", "a::", "1-2-g1234567 ",
	} {
		f.Add("", s, "")
	}
	f.Add("a", "a", "b")
	f.Add("file ", "a/b.c:1-2, line 3 in x() ", "of a.c")
	f.Fuzz(func(t *testing.T, head, middle, tail string) {
		n := (repeatedSize - len(head) - len(tail)) / max(len(middle), 1)
		if n < 1 || middle == "" {
			return
		}
		text := head + strings.Repeat(middle, n) + tail
		var err error
		if took := cputime.Of(func() {
			_, err = l.Lint(t.Context(), Submission{Product: text, Versions: text, Summary: text, What: text, Reproduce: text, Impact: text})
		}); err != nil || took > patience {
			t.Errorf("it took %v: %v", took, err)
		}
	})
}

// FuzzParseRule: a rule that is accepted looks through a long text in a fair
// time and does not speak of everything.
func FuzzParseRule(f *testing.F) {
	for _, m := range []string{"own machine", `/(a+)+$/`, `/(?-i)X{1000}/`, "/[/", "//", "++", `/(x{200}){20}/`, "\u00e9t\u00e9", "/(?s).*.*.*b/", `\b`} {
		f.Add(m, "a text of someone")
	}
	f.Fuzz(func(t *testing.T, match, text string) {
		r, err := ParseRule("Title", "Why", []string{match})
		if err != nil {
			return
		}
		if r.matches("") {
			t.Errorf("%q speaks of nothing at all", match)
		}
		long := strings.Repeat(text, repeatedSize/max(len(text), 1))
		if took := cputime.Of(func() { r.matches(long) }); took > patience {
			t.Errorf("%q on %q again and again takes %v", match, text, took)
		}
		if words := strings.Fields(match); len(words) == 1 && !strings.ContainsAny(match, `/\`) && isASCIIWord(words[0]) && !r.matches("so "+words[0]+".") {
			t.Errorf("%q does not find itself", match)
		}
	})
}

func isASCIIWord(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !isWord(r) })
}

// FuzzReleases: a release that is known is found again however many dots and
// zeros it has, and the nearest to it is itself.
func FuzzReleases(f *testing.F) {
	f.Add("v1.2.3", "curl-8_4_0", "2.9.10", "8.4.0")
	f.Add("libxml2-2.9.10", "1.0", "1", "1.0.0")
	f.Add("99999999999999999999", "0", "OpenSSL_1_1_1k", "1.1.1k")
	f.Fuzz(func(t *testing.T, a, b, c, asked string) {
		r := newReleases([]string{a, b, c})
		for _, m := range findMentions(clip(asked, MaxVersions), map[string]bool{"curl": true}) {
			if m.kind != aRelease {
				continue
			}
			exact := r.exact(m.text)
			if len(exact) > 0 && !r.knows(m.text) {
				t.Errorf("%q is %q and yet not known", m.text, exact)
			}
			if near := r.nearest(m.text, 3); len(near) > 3 || len(r.rows) > 0 && len(near) == 0 {
				t.Errorf("the nearest to %q are %q", m.text, near)
			}
		}
	})
}

// FuzzVersionOrder: comparing versions by their numbers is an order.
func FuzzVersionOrder(f *testing.F) {
	f.Add("1.10", "1.9.3", "1.9p1")
	f.Add("99999999999999999999", "1000000001", "x")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		x, y, z := versionParts(a), versionParts(b), versionParts(c)
		if compareParts(x, y) != -compareParts(y, x) || compareParts(x, x) != 0 {
			t.Errorf("%q and %q", x, y)
		}
		if compareParts(x, y) <= 0 && compareParts(y, z) <= 0 && compareParts(x, z) > 0 {
			t.Errorf("%q, %q, %q are in a circle", x, y, z)
		}
		for _, p := range x {
			if p == "" {
				t.Errorf("%q has an empty part: %q", a, x)
			}
		}
	})
}

// FuzzTree: the files that git lists are found by their own names, and none is
// found that git does not list.
func FuzzTree(f *testing.F) {
	f.Add([]byte("100644 blob abc\tlib/url.c\x00120000 blob abd\tlink.c\x00160000 commit abe\tsub\x00"), "/home/me/curl/lib/url.c")
	f.Add([]byte("100644 blob abc\ta\tb.c\x00bad\x00\t\x00100644 blob x\t../../etc/passwd\x00"), "URL.C")
	f.Add([]byte("100644 blob abc\t\xff/\x01.c\x00"), "\xff/\x01.c")
	f.Fuzz(func(t *testing.T, listing []byte, cited string) {
		tr := newTree("c", listing)
		for name := range tr.object {
			if got := tr.find(name); !slices.Equal(got, []string{name}) {
				t.Errorf("%q is found as %q", name, got)
			}
		}
		for _, name := range append(tr.find(cited), tr.near(cited)) {
			if name != "" && !tr.has(name) {
				t.Errorf("%q is not in the tree", name)
			}
		}
		if a, b := tr.near(cited), newTree("c", listing).near(cited); a != b {
			t.Errorf("near %q lies %q, or %q", cited, a, b)
		}
	})
}

// FuzzSplitBatch: what git prints is taken apart without a byte too many.
func FuzzSplitBatch(f *testing.F) {
	f.Add([]byte("abc 3\nxyz\nabd 0\n\n"))
	f.Add([]byte("abc 9999999999999\nx\n"))
	f.Add([]byte("abc missing\n"))
	f.Fuzz(func(t *testing.T, out []byte) {
		files, err := splitBatch(out)
		total := 0
		for _, data := range files {
			total += len(data)
		}
		if err == nil && total > len(out) {
			t.Errorf("%d bytes became %d", len(out), total)
		}
	})
}

// FuzzSlips agrees with the plain definition of the distance.
func FuzzSlips(f *testing.F) {
	f.Add("letter", "lettre", 3)
	f.Add("", "abc", 2)
	f.Add("ca", "abc", 9)
	f.Fuzz(func(t *testing.T, a, b string, limit int) {
		if len(a) > 40 || len(b) > 40 || limit < 1 || limit > 50 {
			return
		}
		want := min(plainSlips(a, b), limit)
		if got := slips(a, b, limit); got != want || slips(b, a, limit) != want {
			t.Errorf("%q and %q: %d and %d, want %d", a, b, got, slips(b, a, limit), want)
		}
	})
}

// plainSlips fills the whole table of the optimal string alignment.
func plainSlips(a, b string) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			d[i][j] = min(d[i-1][j], d[i][j-1], d[i-1][j-1]) + 1
			if a[i-1] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-1][j-1])
			}
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}

// FuzzNames: a stranger's name for a file and its type are fit for a header, a
// page and a file system, and once mended they stay as they are.
func FuzzNames(f *testing.F) {
	f.Add("../../etc/passwd", "text/html; charset=utf-8")
	f.Add("C:\\x\\gpj.\u202eexe", "image/svg+xml")
	f.Add(strings.Repeat("é", 200)+".tar.gz", strings.Repeat("a", 200)+"/b")
	f.Add("-rf .", "a/b/c")
	f.Fuzz(func(t *testing.T, name, declared string) {
		shown := DisplayName(name)
		if shown == "" || len(shown) > maxDisplayName || strings.ContainsAny(shown, "/\\\x00\r\n<>\"'") || strings.HasPrefix(shown, ".") || strings.HasPrefix(shown, "-") {
			t.Errorf("%q is shown as %q", name, shown)
		}
		if strings.ContainsFunc(shown, unfitForLine) || strings.ToValidUTF8(shown, "") != shown {
			t.Errorf("%q is shown as %q", name, shown)
		}
		if again := DisplayName(shown); again != shown {
			t.Errorf("%q is shown as %q, and that as %q", name, shown, again)
		}
		kind := mediaType(declared)
		if !strings.Contains(kind, "/") || strings.ContainsAny(kind, "; \r\n\"") || len(kind) > 127 || mediaType(kind) != kind {
			t.Errorf("%q becomes %q", declared, kind)
		}
	})
}

// FuzzReadOriginal: bytes that are kept for good are read or refused; a report
// of a later version, with fields that this one does not know, is read.
func FuzzReadOriginal(f *testing.F) {
	o, err := goodSubmission().Accept(testTime)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(o.bytes)
	f.Add([]byte(`{"format":"steward report 1","new":{"x":[1]},"attachments":[{"name":"a","size":1e9}]}`))
	f.Fuzz(func(t *testing.T, kept []byte) {
		s, err := readOriginal(kept)
		if err != nil {
			return
		}
		again, err := s.canonical()
		if err != nil {
			t.Fatal(err)
		}
		if read, err := readOriginal(again); err != nil || !reflect.DeepEqual(read, s) {
			t.Errorf("%+v came back as %+v: %v", s, read, err)
		}
	})
}
