package render

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"steward/internal/advisory"
	"steward/internal/format/atom"
)

func TestProductFeedPath(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"libquill":              "feeds/libquill.xml",
		" LibQuill ":            "feeds/libquill.xml",
		"Quill  Tools 2.0":      "feeds/quill_tools_2.0.xml",
		"example.org/x-y":       "feeds/example.org_x-y-" + "",
		"quill_tools":           "feeds/quill_tools-",
		"../../etc/passwd":      "feeds/etc_passwd-",
		"日本":                    "feeds/",
		"index":                 "feeds/index.xml",
		"a-12345678":            "feeds/a-12345678-",
		strings.Repeat("a", 99): "feeds/" + strings.Repeat("a", maxSlug) + "-",
	} {
		if got := ProductFeedPath(name); !strings.HasPrefix(got, strings.TrimSuffix(want, ".xml")) || strings.HasSuffix(want, ".xml") && got != want {
			t.Errorf("%q lies at %s, want %s", name, got, want)
		}
	}
}

// Each product has a feed of its own, at a path that any host can serve.
func TestProductFeedPathsDiffer(t *testing.T) {
	t.Parallel()
	safe := regexp.MustCompile(`^feeds/[a-z0-9][a-z0-9._-]{0,80}\.xml$`)
	word := rapid.OneOf(rapid.String(), rapid.StringMatching(`[aA_ .+é-]{1,4}`), rapid.StringMatching(`[ab]{1,2}-[0-9a-f]{8}`))
	rapid.Check(t, func(t *rapid.T) {
		one, other := word.Draw(t, "one"), word.Draw(t, "other")
		p, q := ProductFeedPath(one), ProductFeedPath(other)
		if !safe.MatchString(p) {
			t.Errorf("%q lies at %s", one, p)
		}
		if (p == q) != (ProductKey(one) == ProductKey(other)) {
			t.Errorf("%q and %q lie at %s and %s", one, other, p, q)
		}
	})
}

// A feed made from the one before is the feed made of all.
func TestProductFeedJoins(t *testing.T) {
	t.Parallel()
	s := fullSite()
	rapid.Check(t, func(t *rapid.T) {
		var all []FeedEntry
		for i := range rapid.IntRange(0, 70).Draw(t, "entries") {
			a := emptyAdvisory()
			a.ID = "QF-2026-000" + string(rune('0'+rapid.IntRange(0, 9).Draw(t, "id")))
			a.Title = rapid.SampledFrom([]string{"<entry>", "x\n  </entry>\n", "\n  <entry>\n", "]]>"}).Draw(t, "title")
			a.Overview = a.Title
			if rapid.Bool().Draw(t, "another") {
				a.ID = strings.Replace(a.ID, "-000", "-9"+string(rune('0'+i/10))+string(rune('0'+i%10)), 1)
			}
			e, err := NewFeedEntry(s, advisory.Entry{Seq: int64(i + 1), At: a.Published, Advisory: &a})
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, e)
		}
		want, err := ProductFeed(s, "libquill", all, nil)
		if err != nil || len(atom.Errors(atom.Validate(want))) > 0 {
			t.Fatalf("%v, %v\n%s", err, atom.Validate(want), want)
		}
		if n := len(atom.Split(want)); n > ProductFeedSize || n == 0 && len(all) > 0 {
			t.Errorf("%d entries of %d", n, len(all))
		}
		var grown []byte
		for at := 0; at < len(all); {
			next := min(len(all), at+rapid.IntRange(1, 30).Draw(t, "step"))
			if grown, err = ProductFeed(s, "libquill", all[at:next], grown); err != nil {
				t.Fatal(err)
			}
			at = next
		}
		if len(all) > 0 && string(grown) != string(want) {
			t.Errorf("grown:\n%s\nat once:\n%s", grown, want)
		}
	})
}

// A prenotice without a workaround is, in the feed and on pages, what it was
// before there were any.
func TestOldPrenoticeBytes(t *testing.T) {
	t.Parallel()
	p := fullListing().Prenotices[1]
	p.Branches = nil
	e, err := NewFeedEntry(fullSite(), advisory.Entry{Seq: 1, At: p.Posted, Prenotice: &p})
	const entry = `  <entry>
    <id>https://security.quillfeather.example/#PRE-2026-0002</id>
    <title>PRE-2026-0002: security release of libquill 8.4.3</title>
    <updated>2026-04-01T14:00:00Z</updated>
    <published>2026-04-01T14:00:00Z</published>
    <link rel="alternate" type="text/html" href="https://security.quillfeather.example/advisories/"></link>
    <category term="high" label="Severity: high"></category>
    <content>libquill 8.4.3 will be released on 2026-04-08 14:00 UTC with a fix for a vulnerability of severity high. Its details follow then.</content>
  </entry>`
	if err != nil || strings.TrimPrefix(string(e.text), "\n") != entry {
		t.Errorf("%s, %v", e.text, err)
	}
	front, err := Front(fullSite(), Listing{Prenotices: []advisory.Prenotice{p}}, FrontPath)
	if err != nil || !strings.Contains(string(front), `Plan to upgrade then. We say no more before that. <span class="soft small mono">PRE-2026-0002</span></p>
</div>
<section`) {
		t.Errorf("%s, %v", front, err)
	}
}

// The workaround stands on the pages and in the feed, and goes on to stand in
// the feed when the advisory has come.
func TestMitigation(t *testing.T) {
	t.Parallel()
	p := fullListing().Prenotices[0]
	for _, page := range []func() ([]byte, error){
		func() ([]byte, error) { return Front(fullSite(), fullListing(), FrontPath) },
		func() ([]byte, error) { return List(fullSite(), fullListing()) },
	} {
		data, err := page()
		if err != nil || !strings.Contains(string(data), "max_header_name = 200") || !strings.Contains(string(data), "for 8.4, 8.3") {
			t.Errorf("%s, %v", data, err)
		}
	}
	for _, came := range []string{"", "QF-2026-0012"} {
		p.Advisory = came
		e := prenoticeEntry(fullSite(), advisory.Entry{Seq: 1, At: p.Posted, Prenotice: &p})
		if e.Content.Type != atom.HTML || !strings.Contains(e.Content.Body, "max_header_name = 200") || !strings.Contains(e.Content.Body, "Workaround for 8.4, 8.3") {
			t.Errorf("%+v", e.Content)
		}
		if strings.Contains(e.Title.Body, "workaround") != (came == "") {
			t.Errorf("the entry is called %q", e.Title.Body)
		}
	}
}

// Where there are links to letters and lists, pages show them; where there are
// none, no page does.
func TestFollow(t *testing.T) {
	t.Parallel()
	with, without := fullSite(), fullSite()
	without.SubscribeURL, without.Lists = "", ""
	for _, s := range []Site{with, without} {
		for path, page := range renderAll(t, s, fullListing()) {
			shows := s.SubscribeURL != "" && (path == FrontPath || path == SecurityPath || path == FeedsPath || strings.HasPrefix(path, "advisories/") && strings.Count(path, "/") < 3 && !strings.HasPrefix(path, "advisories/QF"))
			for _, href := range []string{`href="/subscribe"`, `href="/lists"`} {
				if strings.Contains(string(page), href) != shows {
					t.Errorf("%s: %s is there: %v", path, href, !shows)
				}
			}
		}
	}
}

// What the channels say is on the security page alone.
func TestChannelsShown(t *testing.T) {
	t.Parallel()
	for path, page := range renderAll(t, fullSite(), fullListing()) {
		text := string(page)
		if shows := path == FrontPath || path == SecurityPath; strings.Contains(text, "1 April 2026, 14:00 UTC") != shows || strings.Contains(text, "not working") != shows {
			t.Errorf("%s shows the channels: %v", path, !shows)
		}
	}
}

// Rows of the policy's tables say on a narrow screen which column each cell is of.
func TestHandlingCards(t *testing.T) {
	t.Parallel()
	page, err := Handling(fullSite())
	if err != nil || strings.Count(string(page), `data-label="Private"`) != 4 || strings.Count(string(page), "<h2") != 4 {
		t.Errorf("%s, %v", page, err)
	}
	if got := cards("<table><tr><th>a &lt;b&gt; \"c\"</th></tr><tr><td>1</td><td>2</td></tr></table>"); got !=
		`<table class="cards"><tr><th>a &lt;b&gt; "c"</th></tr><tr><td data-label="a &lt;b&gt; &#34;c&#34;">1</td><td>2</td></tr></table>` {
		t.Errorf("%s", got)
	}
}
