package publish

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"steward/internal/base/db/dbtest"
	"steward/internal/publish/render"
)

// Whoever starts at provider-metadata.json finds every document by the feeds,
// and by the directory, with hashes and signatures, and every link leads to a
// file of the tree.
func TestProviderLeadsToEverything(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.Open(t, "sqlite"))
	ids := w.release(archiveSize + 2)
	w.update(site())
	base := "https://security.example.org/"
	local := func(url string) string {
		p, ok := strings.CutPrefix(url, base)
		if !ok {
			t.Errorf("%s is elsewhere", url)
		}
		if strings.HasSuffix(p, "/") {
			p += "index.html"
		}
		if !w.Tree.Has(p) {
			t.Errorf("nothing is published at %s", url)
		}
		return p
	}
	load := func(url string, into any) {
		if err := json.Unmarshal([]byte(w.read(local(url))), into); err != nil {
			t.Fatal(err)
		}
	}
	var m metadata
	load(base+providerPath, &m)
	if m.CanonicalURL != base+providerPath || m.Role != "csaf_trusted_provider" || m.Version != "2.0" ||
		m.Publisher.Namespace != "https://example.org" || m.Keys[0].Fingerprint != w.Signer.Fingerprint() {
		t.Errorf("metadata: %+v", m)
	}
	local(m.Keys[0].URL)
	byFeed := map[string]bool{}
	for _, d := range m.Distributions {
		if d.Rolie == nil {
			if d.DirectoryURL != base+render.CSAFFolder {
				t.Errorf("directory %s", d.DirectoryURL)
			}
			continue
		}
		for _, url := range append(d.Rolie.Categories, d.Rolie.Services...) {
			local(url)
		}
		for _, f := range d.Rolie.Feeds {
			var feed rolieDocument
			load(f.URL, &feed)
			if feed.Feed.Updated.IsZero() || feed.Feed.Link[0].Href != f.URL {
				t.Errorf("feed %s: %+v", f.URL, feed.Feed.Link)
			}
			for _, e := range feed.Feed.Entry {
				byFeed[local(e.Content.Src)] = true
				for _, l := range e.Link {
					local(l.Href)
				}
			}
		}
	}
	index := strings.Fields(w.read(render.CSAFFolder + indexName))
	if len(byFeed) != len(ids) || len(index) != len(ids) {
		t.Errorf("%d documents by feeds, %d by the index, want %d", len(byFeed), len(index), len(ids))
	}
	page := w.read(render.CSAFFolder + "2026/index.html")
	for _, p := range index {
		if !byFeed[render.CSAFFolder+p] || !strings.Contains(page, `href="`+strings.TrimPrefix(p, "2026/")+`"`) {
			t.Errorf("%s is in the index, not in a feed or the folder's page", p)
		}
	}
}

// By the name that csaf:7.1.10 gives, the root is the provider's metadata; by
// any other it is the front page.
func TestHandlerDomain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.Open(t, "sqlite"))
	w.update(site())
	for url, want := range map[string]string{
		"https://csaf.data.security.example.org/":           providerPath,
		"https://csaf.data.security.example.org/index.html": render.FrontPath,
		"https://security.example.org/":                     render.FrontPath,
		"https://security.example.org/security/":            render.SecurityPath,
	} {
		rec := httptest.NewRecorder()
		w.Handler().ServeHTTP(rec, httptest.NewRequest("GET", url, nil))
		if rec.Code != 200 || rec.Body.String() != w.read(want) {
			t.Errorf("%s: status %d, want the bytes of %s", url, rec.Code, want)
		}
	}
}
