package intake

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// codes gives the checks that remarked, in their order.
func codes(fs []Finding) string {
	var list []string
	for _, f := range fs {
		list = append(list, string(f.Code))
	}
	return strings.Join(list, " ")
}

func lint(t *testing.T, l *Linter, s Submission) []Finding {
	t.Helper()
	fs, err := l.Lint(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range fs {
		if f.Field == "" || f.Message == "" || f.Why == "" || f.Hint == "" {
			t.Errorf("a finding leaves the reader alone: %+v", f)
		}
	}
	return fs
}

func TestLintText(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name                    string
		what, reproduce, impact string
		want                    string
	}{
		{"nothing", "It is broken.", "", "", "no-reproducer no-impact"},
		{"only an assertion", "The parser is vulnerable.", "Just call it.", "An attacker wins.", "no-reproducer"},
		{"a command", "x", "curl -v http://127.0.0.1:80", "i", ""},
		{"a prompt", "x", "$ tool in.bin", "i", ""},
		{"a fence in the description", "x\n```\nint main\n```", "", "i", ""},
		{"two steps", "x", "1. Open the page\n2. Press the button", "i", ""},
		{"one step", "x", "1. Open the page", "i", "no-reproducer"},
		{"a request", "x", "GET /a HTTP/1.1", "i", ""},
		{"an address", "x", "open https://example.org/?q=%27", "i", ""},
		{"bytes", "x", `send \x00\x01`, "i", ""},
		{"a program", "x", "for (;;)\n{\n  f();\n}", "i", ""},
		{"a call in the description is no recipe", "parse() is wrong.", "", "i", "no-reproducer"},
		{"long prose", "x", strings.Repeat("word ", enoughWords), "i", ""},
		{"impact in the description", "An attacker can crash the server.", "$ x", "", ""},
		{"impact in the title alone is too little", "It is slow.", "$ x", "  ", "no-impact"},
	}
	for _, tt := range tests {
		s := Submission{Summary: "title", What: tt.what, Reproduce: tt.reproduce, Impact: tt.impact}
		if got := codes(lint(t, &Linter{}, s)); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	attached := Submission{What: "x", Impact: "i", Attachments: make([]Attachment, 1)}
	if got := codes(lint(t, &Linter{}, attached)); got != "" {
		t.Errorf("with an attachment: %q", got)
	}
}

// plain is a submission on which the lint of the text has nothing to say.
func plain(product, versions, what string) Submission {
	return Submission{Product: product, Versions: versions, Summary: "t", What: what, Reproduce: "$ x", Impact: "i"}
}

func TestLintProduct(t *testing.T) {
	t.Parallel()
	one := &Linter{Products: []Product{{Name: "curl", Aliases: []string{"libcurl"}}}}
	two := &Linter{Products: []Product{{Name: "Foo"}, {Name: "Foo Server"}, {Name: "C++ Kit"}}}
	tests := []struct {
		name    string
		linter  *Linter
		product string
		want    string
	}{
		{"no settings", &Linter{}, "anything", ""},
		{"one, none named", one, "", ""},
		{"one", one, "cURL", ""},
		{"alias and version", one, "libcurl 8.4", ""},
		{"in two words", one, "lib curl", ""},
		{"another", one, "wget", "product-unknown"},
		{"part of a word", one, "curlew", "product-unknown"},
		{"two, none named", two, " ", "no-product"},
		{"two", two, "the foo-server daemon", ""},
		{"signs", two, "c++ kit", ""},
		{"other words", two, "Server", "product-unknown"},
	}
	for _, tt := range tests {
		if got := codes(lint(t, tt.linter, plain(tt.product, "", "x"))); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	for range 2 {
		if p, _ := two.lintProduct(plain("Foo Server", "", "")); p == nil || p.Name != "Foo Server" {
			t.Errorf("of two names the longer counts: %v", p)
		}
		slices.Reverse(two.Products)
	}
	many := &Linter{}
	for i := range 12 {
		many.Products = append(many.Products, Product{Name: fmt.Sprintf("p%d", i)})
	}
	if got := many.productList(); got != "p0, p1, p2, p3, p4, p5, p6, p7, p8, p9 and 2 more" {
		t.Errorf("%q", got)
	}
}

func TestLintReleasedList(t *testing.T) {
	t.Parallel()
	l := &Linter{Products: []Product{{Name: "Foo", Released: []string{"1.0", "1.1"}}, {Name: "Bar"}}}
	for versions, want := range map[string]string{
		"1.0": "", "1.2": "version-unknown", "1.2 and 1.3": "version-unknown version-unknown", "": "", "abc1234": "", "latest": "",
	} {
		if got := codes(lint(t, l, plain("Foo", versions, "x"))); got != want {
			t.Errorf("%q: %q, want %q", versions, got, want)
		}
	}
	if got := codes(lint(t, l, plain("Bar", "9.9.9", "x"))); got != "" {
		t.Errorf("no release is known, and still: %q", got)
	}
	fs := lint(t, l, plain("Foo", strings.Join(manyVersions(20), " "), "x"))
	if len(fs) != maxUnknown {
		t.Errorf("%d findings of one kind", len(fs))
	}
	if f := lint(t, l, plain("Foo", "1.2", "x"))[0]; !strings.Contains(f.Hint, "1.1, 1.0") {
		t.Errorf("the hint names no release: %s", f.Hint)
	}
}

func TestLintList(t *testing.T) {
	t.Parallel()
	rule, err := ParseRule("Missing headers", "A header alone protects nobody here.", []string{"X-Frame-Options"})
	if err != nil {
		t.Fatal(err)
	}
	l := &Linter{NotVulnerabilities: []Rule{rule}}
	fs := lint(t, l, plain("", "", "There is no X-Frame-Options. X-Frame-Options!"))
	if len(fs) != 1 || fs[0].Code != NotVulnerability || fs[0].Field != "what" || fs[0].Why != rule.Why || !strings.Contains(fs[0].Message, `"Missing headers"`) {
		t.Errorf("%+v", fs)
	}
	if fs := lint(t, l, plain("", "", "something else")); len(fs) != 0 {
		t.Errorf("%+v", fs)
	}
	s := plain("", "", "x")
	s.Reproduce = "$ curl -H X-Frame-Options"
	if fs := lint(t, l, s); len(fs) != 0 {
		t.Errorf("the way to reproduce is no claim: %+v", fs)
	}
}

func TestLintCode(t *testing.T) {
	t.Parallel()
	r := curlRepo(t)
	l := &Linter{
		Products: []Product{{Name: "curl", Aliases: []string{"libcurl"}}, {Name: "other"}},
		Mirrors:  map[string]*Mirror{"curl": r.open()},
	}
	old := r.git("rev-parse", "curl-8_3_0")
	tests := []struct{ name, versions, what, want string }{
		{"a release", "8.4.0", "x", ""},
		{"a series", "8.x", "x", ""},
		{"no release", "8.4.1", "x", "version-unknown: We could not find version 8.4.1 among the releases of curl that we know."},
		{"a commit", old, "x", ""},
		{"a short commit", "commit " + old[:9], "x", ""},
		{"no commit", "abc1234", "x", "commit-unknown: We could not find the commit abc1234 in our copy of the repository of curl."},

		{"file", "8.4.0", "lib/url.c", ""},
		{"file and line", "8.4.0", "lib/url.c:8", ""},
		{"line beyond", "8.4.0", "lib/url.c:9", "line-beyond-end: We could not find line 9 of lib/url.c: in curl-8_4_0 it has 8 lines."},
		{"line beyond in the old", "8.3.0", "url.c:6", "line-beyond-end: We could not find line 6 of lib/url.c: in curl-8_3_0 it has 5 lines."},
		{"of two releases one is enough", "8.3.0, 8.4.0", "url.c:6", ""},
		{"a range", "since 8.3.0", "url.c:6", ""},
		{"at a commit", old, "url.c:6", "line-beyond-end: We could not find line 6 of lib/url.c: in commit " + old + " it has 5 lines."},
		{"no version: the newest", "", "lib/newest.c:1", ""},
		{"no newline at the end", "8.4.0", "src/main.c:1", ""},
		{"not in that release", "8.3.0", "lib/socks.c:1", "file-unknown: We could not find the file lib/socks.c in curl-8_3_0 of curl."},
		{"an unknown release does not hide the newest", "7.7.7", "lib/nothere.c", "version-unknown: We could not find version 7.7.7 among the releases of curl that we know. " +
			"file-unknown: We could not find the file lib/nothere.c in the newest state of curl."},
		{"latest", "latest", "lib/nothere.c:3", "file-unknown: We could not find the file lib/nothere.c in curl-8_4_0 of curl."},

		{"a name", "8.4.0", "parse_url2() in lib/url.c", ""},
		{"another name", "8.4.0", "parse_url() in lib/url.c", "name-unknown: We could not find the name parse_url in lib/url.c, in curl-8_4_0."},
		{"in the old it was there", "8.3.0", "parse_url() in lib/url.c:2", ""},
		{"part of a name", "8.4.0", "url2() in lib/url.c", "name-unknown: We could not find the name url2 in lib/url.c, in curl-8_4_0."},
		{"start of a name", "8.4.0", "parse() in lib/url.c", "name-unknown: We could not find the name parse in lib/url.c, in curl-8_4_0."},
		{"line first", "8.4.0", "parse_url() in lib/url.c:100", "line-beyond-end: We could not find line 100 of lib/url.c: in curl-8_4_0 it has 8 lines."},

		{"below their own folder", "8.4.0", "/home/me/curl-8.4.0/lib/url.c:8", ""},
		{"below their own folder, beyond", "8.4.0", "/home/me/lib/url.c:80", "line-beyond-end: We could not find line 80 of lib/url.c: in curl-8_4_0 it has 8 lines."},
		{"with the product's name", "8.4.0", "curl/lib/url.c:8", ""},
		{"with the product's name, not there", "8.4.0", "curl/lib/nothere.c", "file-unknown: We could not find the file curl/lib/nothere.c in curl-8_4_0 of curl."},
		{"other case", "8.4.0", "LIB/URL.C.h lib/Url.c", ""},
		{"same name elsewhere", "8.4.0", "src/url.c:1", "file-unknown: We could not find the file src/url.c in curl-8_4_0 of curl."},
		{"name with line, not there", "8.4.0", "in nothere.c:3", "file-unknown: We could not find the file nothere.c in curl-8_4_0 of curl."},
		{"said twice", "8.4.0", "lib/nothere.c and lib/nothere.c:3", "file-unknown: We could not find the file lib/nothere.c in curl-8_4_0 of curl."},

		// What is not said to be ours.
		{"name alone", "8.4.0", "in nothere.c", ""},
		{"their own", "8.4.0", "see poc.c:3, lib/poc.c:3, test.c:9, a.c:1", ""},
		{"another project", "8.4.0", "openssl/ssl/ssl_lib.c:100", ""},
		{"the system", "8.4.0", "/usr/include/lib/url.c:5000 /usr/include/x.h:1", ""},
		{"a folder of theirs with our name", "8.4.0", "/lib/nothere.c:3", ""},
		{"a file at our top, and theirs of that name", "8.4.0", "/home/me/other/top.c:50", ""},
		{"a host", "8.4.0", "connect to proxy.cc:8080", ""},
		{"a stack", "8.4.0", "#1 0x4f in memcpy /build/glibc/string/memcpy.c:26\n#2 0x5 in f /src/x/lib/url.c:7", ""},
		{"out of the tree", "8.4.0", "../../../../etc/passwd.c:1 --upload-pack=x.c:1 $(id).c:1", ""},
	}
	for _, tt := range tests {
		var got []string
		for _, f := range lint(t, l, plain("curl", tt.versions, tt.what)) {
			got = append(got, string(f.Code)+": "+f.Message)
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, strings.Join(got, " "), tt.want)
		}
	}
	steps := plain("curl", "8.4.0", "x")
	steps.Reproduce = "$ cat >lib/made.c; cc lib/made.c"
	if fs := lint(t, l, steps); len(fs) != 0 {
		t.Errorf("a file that the steps make: %+v", fs)
	}
	steps.Reproduce = "$ gdb -ex 'break lib/nothere.c:12'"
	if fs := lint(t, l, steps); codes(fs) != "file-unknown" || fs[0].Field != "reproduce" {
		t.Errorf("a line that the steps stop at: %+v", fs)
	}
	if fs := lint(t, l, plain("other", "9.9", "lib/nothere.c:3")); len(fs) != 0 {
		t.Errorf("a product without mirror: %+v", fs)
	}
}

func TestLintHints(t *testing.T) {
	t.Parallel()
	r := curlRepo(t)
	l := &Linter{Products: []Product{{Name: "curl"}}, Mirrors: map[string]*Mirror{"curl": r.open()}}
	for _, tt := range []struct{ versions, what, hint string }{
		{"8.5.0", "x", "curl-8_4_0, curl-8_3_0"},
		{"8.4.0", "src/url.c:1", "Do you mean lib/url.c?"},
		{"8.4.0", "lib/sockss.c:1", "Do you mean lib/socks.c?"},
		{"8.4.0", "lib/whatever.c:1", "of your own"},
		{"8.3.0", "lib/socks.c:1", "It is there in the newest state of our copy."},
		{"8.3.0", "url.c:6", "It is there in the newest state of our copy."},
	} {
		fs := lint(t, l, plain("curl", tt.versions, tt.what))
		if len(fs) != 1 || !strings.Contains(fs[0].Hint, tt.hint) {
			t.Errorf("%s, %s: %+v", tt.versions, tt.what, fs)
		}
	}
}

func TestLintIsDeterministicAndBounded(t *testing.T) {
	t.Parallel()
	r := curlRepo(t)
	l := &Linter{Products: []Product{{Name: "curl"}}, Mirrors: map[string]*Mirror{"curl": r.open()}}
	var what strings.Builder
	for i := range 5_000 {
		fmt.Fprintf(&what, "fn%d() in lib/x%d.c:%d; url.c:%d\n", i, i, i, i+100)
	}
	s := plain("curl", strings.Join(manyVersions(200), " ")+" abc1234 abc1235", what.String())
	first := lint(t, l, s)
	if len(first) != 3*maxUnknown {
		t.Errorf("%d findings: %s", len(first), codes(first))
	}
	for range 3 {
		if again := lint(t, l, s); !slices.Equal(again, first) {
			t.Fatalf("the same report gives other findings:\n%v\n%v", first, again)
		}
	}
}

// A mirror that fails costs its findings, not the others; and the error for
// the operator holds nothing of the report.
func TestLintWithoutItsMirror(t *testing.T) {
	t.Parallel()
	r := curlRepo(t)
	m := r.open()
	m.dir = t.TempDir()
	l := &Linter{Products: []Product{{Name: "curl", Released: []string{"1.0"}}}, Mirrors: map[string]*Mirror{"curl": m}}
	s := plain("curl", "8.4.0 abcdef1", "lib/canary.c:3")
	s.Impact, s.What = "", s.What+" does something"
	fs, err := l.Lint(t.Context(), s)
	if err == nil || codes(fs) != "no-impact" {
		t.Errorf("%v, %v", fs, err)
	}
	if strings.Contains(fmt.Sprint(err), "canary") || strings.Contains(fmt.Sprint(err), "abcdef1") {
		t.Errorf("the error repeats the report: %v", err)
	}
}
