package atom

import (
	"flag"
	"os"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write testdata/feed.xml anew")

// sample is a valid feed with a little of everything; each call makes a new
// one.
func sample() *Feed {
	return &Feed{
		Lang:     "en",
		ID:       "https://libfoo.example/security/",
		Title:    Text{Body: "Libfoo: security advisories"},
		Subtitle: &Text{Body: "All advisories & notices"},
		Updated:  At(time.Date(2026, 3, 2, 15, 0, 0, 250_000_000, time.FixedZone("", 3600))),
		Authors:  []Person{{Name: "Libfoo project", URI: "https://libfoo.example/", Email: "security@libfoo.example"}},
		Links: []Link{
			{Rel: RelSelf, Type: "application/atom+xml", Href: "https://libfoo.example/security/feed.xml"},
			{Rel: RelAlternate, Type: "text/html", Href: "https://libfoo.example/security/", Hreflang: "en"},
			{Rel: RelPrevArchive, Type: "application/atom+xml", Href: "https://libfoo.example/security/feed-1.xml"},
		},
		Generator: &Generator{Name: "Steward", Version: "1"},
		Rights:    &Text{Body: "CC-BY-4.0"},
		Entries: []Entry{
			{
				ID: "https://libfoo.example/security/LF-2026-0001", Title: Text{Body: "Heap overflow in the <parser>"},
				Updated: "2026-03-02T14:00:00Z", Published: "2026-03-01T14:00:00Z",
				Links:      []Link{{Href: "https://libfoo.example/security/LF-2026-0001"}},
				Categories: []Category{{Term: "high", Scheme: "https://libfoo.example/severity", Label: "High"}},
				Summary:    &Text{Body: "A long line overflows the heap."},
				Content:    &Text{Type: HTML, Body: "<p>A long line overflows the heap.</p>"},
			},
			{
				ID: "https://libfoo.example/security/LF-2026-0002", Title: Text{Body: "Another"},
				Updated: "2026-03-02T14:00:00.5+01:00", Contributors: []Person{{Name: "R. Porter"}},
				Content: &Text{Body: "Plain words."},
			},
		},
	}
}

func marshal(t *testing.T, f *Feed) string {
	t.Helper()
	data, err := Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// The file is read by the tests of the independent judges too.
func TestSampleFile(t *testing.T) {
	t.Parallel()
	const file = "testdata/feed.xml"
	got := marshal(t, sample())
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("Marshal no longer gives the bytes of %s; if that is meant, run the test with -update", file)
	}
	for _, p := range Validate(want) {
		t.Error(p)
	}
}

// An archive of RFC 5005, section 4.
func TestArchive(t *testing.T) {
	t.Parallel()
	f := sample()
	f.Archive = &Archive{}
	f.Links = append(f.Links,
		Link{Rel: RelCurrent, Href: "https://libfoo.example/security/feed.xml"},
		Link{Rel: RelNextArchive, Href: "feed-3.xml"})
	text := marshal(t, f)
	if !strings.Contains(text, `<archive xmlns="http://purl.org/syndication/history/1.0">`) {
		t.Errorf("no mark of an archive in\n%s", text)
	}
	for _, p := range Validate([]byte(text)) {
		t.Error(p)
	}
}

// Each case changes the text of the sample once; path is where the one problem
// then is, or nothing if there is none.
func TestValidate(t *testing.T) {
	t.Parallel()
	const (
		author   = "<author>\n    <name>Libfoo project</name>\n    <uri>https://libfoo.example/</uri>\n    <email>security@libfoo.example</email>\n  </author>"
		content  = `<content>Plain words.</content>`
		self     = `<link rel="self" type="application/atom+xml" href="https://libfoo.example/security/feed.xml"></link>`
		title    = `<title>Another</title>`
		updated  = `<updated>2026-03-02T14:00:00Z</updated>`
		archive  = `<archive xmlns="http://purl.org/syndication/history/1.0"/>`
		previous = `rel="prev-archive"`
		subtitle = `<subtitle>All advisories &amp; notices</subtitle>`
	)
	for _, tc := range []struct {
		name, old, new, path string
		warning              bool
	}{
		{"nothing changed", author, author, "", false},
		{"no id", "<id>https://libfoo.example/security/</id>", "", "/feed", false},
		{"two ids", "<id>https://libfoo.example/security/</id>", "<id>urn:a:b</id><id>urn:a:c</id>", "/feed", false},
		{"relative id", "<id>https://libfoo.example/security/</id>", "<id>/security/</id>", "/feed/id[1]", false},
		{"id of scheme alone", "<id>https://libfoo.example/security/</id>", "<id>urn:</id>", "/feed/id[1]", false},
		{"id beyond ASCII", "<id>https://libfoo.example/security/</id>", "<id>https://libfoo.example/ü</id>", "", false},
		{"no title of an entry", title, "", "/feed/entry[2]", false},
		{"empty title", title, "<title/>", "", false},
		{"title of unknown type", title, `<title type="markdown">a</title>`, "/feed/entry[2]/title[1]", false},
		{"title with markup", title, `<title type="html">a <b xmlns="http://www.w3.org/1999/xhtml">b</b></title>`, "/feed/entry[2]/title[1]", false},
		{"title in XHTML", title, `<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">a <b>b</b></div></title>`, "", false},
		{"title in XHTML without div", title, `<title type="xhtml"><p xmlns="http://www.w3.org/1999/xhtml">a</p></title>`, "/feed/entry[2]/title[1]", false},
		{"title with other attribute", title, `<title kind="a">a</title>`, "/feed/entry[2]/title[1]", false},
		{"attribute of another namespace", title, `<title xmlns:x="urn:x:y" x:kind="a">a</title>`, "", false},
		{"date without zone", updated, "<updated>2026-03-02T14:00:00</updated>", "/feed/entry[1]/updated[1]", false},
		{"date in small letters", updated, "<updated>2026-03-02t14:00:00z</updated>", "/feed/entry[1]/updated[1]", false},
		{"date that is none", updated, "<updated>2026-02-30T14:00:00Z</updated>", "/feed/entry[1]/updated[1]", false},
		{"unknown element", subtitle, "<slogan/>", "/feed", false},
		{"element of another place", subtitle, "<summary>a</summary>", "/feed", false},
		{"element of another namespace", subtitle, `<slogan xmlns="urn:x:y"/>`, "", false},
		{"element of another namespace in a date", updated, `<updated>2026-03-02T14:00:00Z<x xmlns="urn:x:y"/></updated>`, "/feed/entry[1]/updated[1]", false},
		{"text among elements", subtitle, "words", "/feed", false},
		{"metadata after entries", "</entry>\n</feed>", "</entry><logo>/a.png</logo></feed>", "/feed", false},
		{"wrong language", `xml:lang="en"`, `xml:lang="en_GB"`, "/feed", false},
		{"wrong base", `xml:lang="en"`, `xml:base="%"`, "/feed", false},

		{"no author", author, "", "/feed", false}, // both entries lack one; see below
		{"author without name", "<name>Libfoo project</name>", "", "/feed/author[1]", false},
		{"wrong e-mail", "security@libfoo.example", "at libfoo", "/feed/author[1]/email[1]", false},
		{"address of author with a space", "<uri>https://libfoo.example/</uri>", "<uri>a b</uri>", "/feed/author[1]/uri[1]", false},

		{"no self", self, "", "/feed", true},
		{"link without address", self, `<link rel="self"/>`, "/feed/link[1]", false},
		{"link with a space", self, `<link rel="self" href="a b"/>`, "/feed/link[1]", false},
		{"link of own relation", previous, `rel="https://libfoo.example/rel"`, "", false},
		{"link of no relation", previous, `rel="a b"`, "/feed/link[3]", false},
		{"link of no media type", self, `<link rel="self" type="atom" href="a"/>`, "/feed/link[1]", false},
		{"link of no language", `hreflang="en"`, `hreflang="en_GB"`, "/feed/link[2]", false},
		{"link with a length", self, `<link rel="self" href="a" length="12"/>`, "", false},
		{"link of no length", self, `<link rel="self" href="a" length="12 kB"/>`, "/feed/link[1]", false},
		{"two alternates", self, self + `<link type="Text/html" href="a" hreflang="en"/>`, "/feed/link[3]", false},
		{"two alternates of two languages", self, self + `<link type="text/html" href="a" hreflang="de"/>`, "", false},
		{"category without term", `term="high"`, "", "/feed/entry[1]/category[1]", false},
		{"category of no scheme", `scheme="https://libfoo.example/severity"`, `scheme="severity"`, "/feed/entry[1]/category[1]", false},
		{"generator without name", ">Steward<", "><", "/feed/generator[1]", false},
		{"generator of no address", `<generator version="1">`, `<generator uri="a b">`, "/feed/generator[1]", false},

		{"neither content nor link", content, "", "/feed/entry[2]", false},
		{"link instead of content", content, `<link href="a"/>`, "", false},
		{"other link instead of content", content, `<link rel="related" href="a"/>`, "/feed/entry[2]", false},
		{"content with markup", content, `<content><b xmlns="http://www.w3.org/1999/xhtml"/></content>`, "/feed/entry[2]/content[1]", false},
		{"content elsewhere", content, `<content type="text/html" src="a"/><summary>b</summary>`, "", false},
		{"content elsewhere, no summary", content, `<content type="text/html" src="a"/>`, "/feed/entry[2]", false},
		{"content elsewhere and here", content, `<content type="text/html" src="a">b</content><summary>b</summary>`, "/feed/entry[2]/content[1]", false},
		{"content elsewhere at no address", content, `<content type="text/html" src="a b"/><summary>b</summary>`, "/feed/entry[2]/content[1]", false},
		{"content elsewhere of kind html", content, `<content type="html" src="a"/><summary>b</summary>`, "/feed/entry[2]/content[1]", false},
		{"content of no kind", content, `<content type="markdown">a</content>`, "/feed/entry[2]/content[1]", false},
		{"content in Base64", content, `<content type="image/png">aGVsbG8=</content><summary>b</summary>`, "", false},
		{"content in Base64, no summary", content, `<content type="image/png">aGVsbG8=</content>`, "/feed/entry[2]", false},
		{"content not in Base64", content, `<content type="image/png">?</content><summary>b</summary>`, "/feed/entry[2]/content[1]", false},
		{"content of XML", content, `<content type="application/atom+xml"><entry/></content>`, "", false},
		{"content of other text", content, `<content type="text/markdown">*a*</content>`, "", false},
		{"content of other text with elements", content, `<content type="text/markdown"><b xmlns="urn:x:y"/></content>`, "/feed/entry[2]/content[1]", false},
		{"source with another entry's author", content, content + "<source><id>urn:a:b</id><author><name>a</name></author></source>", "", false},
		{"one version twice", "LF-2026-0002</id>", "LF-2026-0001</id>", "", false}, // another date

		{"archive", subtitle, archive, "/feed", true}, // no link to the current feed
		{"archive that is not empty", subtitle, strings.Replace(archive, "/>", ">a</archive>", 1), "/feed", false},
		{"two previous archives", self, self + `<link rel="prev-archive" href="a"/>`, "/feed", false},
		{"next archive of no archive", previous, `rel="next-archive"`, "/feed", true},
		{"relation written out", previous, `rel="http://www.iana.org/assignments/relation/next-archive"`, "/feed", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			text := marshal(t, sample())
			if !strings.Contains(text, tc.old) {
				t.Fatalf("%q is not in the sample:\n%s", tc.old, text)
			}
			found := Validate([]byte(strings.Replace(text, tc.old, tc.new, 1)))
			switch {
			case tc.path == "" && len(found) != 0, tc.path != "" && len(found) == 0:
				t.Fatalf("found %v", found)
			case tc.path != "" && (!strings.HasPrefix(found[0].Path, tc.path) || found[0].Warning != tc.warning):
				t.Errorf("found %v", found)
			}
			if n := len(Errors(found)); (n != 0) != (tc.path != "" && !tc.warning) {
				t.Errorf("%d errors of %v", n, found)
			}
		})
	}
}

func TestSameVersionTwice(t *testing.T) {
	t.Parallel()
	f := sample()
	f.Entries = append(f.Entries, f.Entries[0])
	found := Validate([]byte(marshal(t, f)))
	if len(found) != 1 || !found[0].Warning || found[0].Path != "/feed/entry[3]" {
		t.Errorf("found %v", found)
	}
}

// An entry may be a document of its own.
func TestEntryDocument(t *testing.T) {
	t.Parallel()
	const head = `<entry xmlns="http://www.w3.org/2005/Atom"><id>urn:a:b</id><title>a</title><updated>2026-03-02T14:00:00Z</updated><content>a</content>`
	if found := Validate([]byte(head + `<author><name>a</name></author></entry>`)); len(found) != 0 {
		t.Errorf("found %v", found)
	}
	if found := Validate([]byte(head + `</entry>`)); len(found) != 1 || found[0].Path != "/entry" {
		t.Errorf("found %v", found)
	}
}

// What is no feed at all is refused before any of it is looked at.
func TestNotAFeed(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, text, words string }{
		{"nothing", "", "no element"},
		{"words", "hello", "text outside"},
		{"half", `<feed xmlns="http://www.w3.org/2005/Atom"><id>`, "not XML"},
		{"two", `<a/><b/>`, "follows"},
		{"words behind", `<a/>b`, "text outside"},
		{"another format", `<rss version="2.0"/>`, "not an Atom feed"},
		{"no namespace", `<feed/>`, "not an Atom feed"},
		{"entities", `<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`, "document type"},
		{"unknown entity", `<a>&b;</a>`, "not XML"},
		{"attribute twice", `<a b="1" b="2"/>`, "twice"},
		{"not UTF-8", "<a>\xff</a>", "not XML"},
		{"too deep", strings.Repeat("<a>", 200) + strings.Repeat("</a>", 200), "levels"},
		{"too large", "<a>" + strings.Repeat("b", MaxSize) + "</a>", "at most"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			found := Validate([]byte(tc.text))
			if len(found) != 1 || found[0].Warning || !strings.Contains(found[0].Message, tc.words) {
				t.Errorf("found %v", found)
			}
		})
	}
}

// What a title or text holds can never become markup.
func TestEscaping(t *testing.T) {
	t.Parallel()
	f := sample()
	f.Entries[0].Title.Body = `</title><script>alert(1)</script> & "` + "\x00\x1b\ufffe"
	text := marshal(t, f)
	if strings.Contains(text, "<script>") {
		t.Error(text)
	}
	for _, p := range Validate([]byte(text)) {
		t.Error(p)
	}
}

// However much is wrong, the answer stays short.
func TestProblemsAreBounded(t *testing.T) {
	t.Parallel()
	text := strings.Replace(marshal(t, sample()), "<entry>", strings.Repeat("<x/>", 1000)+"<entry>", 1)
	if found := Validate([]byte(text)); len(found) != maxProblems {
		t.Errorf("%d problems", len(found))
	}
}

func FuzzValidate(f *testing.F) {
	data, err := Marshal(sample())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(`<entry xmlns="http://www.w3.org/2005/Atom"><content type="image/png"/></entry>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(Validate(data)) > maxProblems {
			t.Error("too many problems")
		}
	})
}
