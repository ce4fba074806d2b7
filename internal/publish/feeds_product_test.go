package publish

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
	"testing"

	"steward/internal/advisory"
	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/publish/render"
)

// releaseOf makes an advisory about products public, or the next revision of
// one that is known.
func (w *world) releaseOf(id string, products ...string) {
	w.Helper()
	w.write(func(ctx context.Context, tx *db.Tx) error {
		a := draft(1)
		a.ID, a.Affected = id, nil
		for _, p := range products {
			a.Affected = append(a.Affected, advisory.Affected{Product: p, Ranges: []advisory.Range{{Introduced: "1.0.0", Fixed: "1.4.2"}}})
		}
		_, err := w.Store.Release(ctx, tx, a, "Release.", w.now)
		return err
	})
}

// notice makes a prenotice public.
func (w *world) notice(p advisory.Prenotice) {
	w.Helper()
	w.write(func(ctx context.Context, tx *db.Tx) error {
		p.Severity, p.Release, p.Zone = advisory.High, noon.AddDate(0, 1, 0), "UTC"
		_, err := w.Store.PutPrenotice(ctx, tx, p, w.now)
		return err
	})
}

// feedIDs gives what a feed is about, in its order.
func (w *world) feedIDs(path string) string {
	w.Helper()
	var v struct {
		Entry []struct {
			ID string `xml:"id"`
		} `xml:"entry"`
	}
	if err := xml.Unmarshal([]byte(w.read(path)), &v); err != nil {
		w.Fatal(err)
	}
	var ids []string
	for _, e := range v.Entry {
		ids = append(ids, e.ID[strings.IndexByte(e.ID, '#')+1:])
	}
	return strings.Join(ids, " ")
}

func productSite() render.Site {
	s := site()
	s.Products = []render.Product{{Name: "libquill"}, {Name: "Unused"}}
	return s
}

func TestProductFeeds(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, w *world) {
		s := productSite()
		w.releaseOf("SEC-2026-0001", "libquill")
		w.update(s)
		unused := w.read("feeds/unused.xml")
		w.releaseOf("SEC-2026-0002", "Quill Tools", "LIBQUILL")
		w.notice(advisory.Prenotice{ID: "PRE-2026-0001", Product: "Quill Tools, quill+", Versions: "2", Mitigation: "Turn *it* off.", Branches: []string{"1.x"}})
		w.update(s)
		tools := w.read("feeds/quill_tools.xml")
		w.releaseOf("SEC-2026-0001", "other") // it was no fault of libquill
		w.update(s)
		odd := render.ProductFeedPath("quill+")
		for path, want := range map[string]string{
			"feeds/libquill.xml":    "SEC-2026-0001 SEC-2026-0002",
			"feeds/other.xml":       "SEC-2026-0001",
			"feeds/quill_tools.xml": "PRE-2026-0001 SEC-2026-0002",
			odd:                     "PRE-2026-0001",
			"feeds/unused.xml":      "",
		} {
			if got := w.feedIDs(path); got != want {
				t.Errorf("%s is about %q, want %q", path, got, want)
			}
			if faults := faults(path, []byte(w.read(path))); len(faults) > 0 {
				t.Errorf("%s: %q", path, faults)
			}
		}
		w.contains("feeds/quill_tools.xml", "Turn &lt;em&gt;it&lt;/em&gt; off.", "Workaround for 1.x")
		if w.read("feeds/quill_tools.xml") != tools || w.read("feeds/unused.xml") != unused {
			t.Error("a feed has changed about which nothing is new")
		}
		w.contains("index.html", "feeds/libquill.xml", "feeds/quill_tools.xml", odd)
		w.contains(render.FeedsPath, "feeds/other.xml")
		w.contains(render.AdvisoryPagePath("SEC-2026-0002"), `href="../../feeds/quill_tools.xml"`, `href="../../feeds/libquill.xml"`)
		var list []product
		if err := json.Unmarshal([]byte(w.read(render.ProductListPath)), &list); err != nil || len(list) != 5 ||
			list[0] != (product{"libquill", "https://security.example.org/feeds/libquill.xml"}) {
			t.Errorf("%+v, %v", list, err)
		}
		dir := t.TempDir()
		if err := w.Export(t.Context(), dir); err != nil {
			t.Fatal(err)
		}
		if r, err := check(t.Context(), dir, "", w.now, nil); err != nil || len(r.Findings) > 0 {
			t.Errorf("checking the export: %+v, %v", r, err)
		}
	})
}

// Feeds of products that grew release by release are the same, byte for byte,
// as those made at once; and none is longer than it may be.
func TestProductFeedsGrown(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.Open(t, "sqlite"))
	s := productSite()
	for i := range render.ProductFeedSize + 8 {
		id := fmt.Sprintf("SEC-2026-%04d", i+1)
		w.releaseOf(id, "libquill", fmt.Sprint("Tool ", i%3))
		switch i {
		case 7:
			w.notice(advisory.Prenotice{ID: "PRE-2026-0001", Product: "libquill, Tool 1", Versions: "2"})
		case 20:
			w.releaseOf("SEC-2026-0002", "other")
		case 30:
			w.withdraw("SEC-2026-0005")
		case 40:
			w.releaseOf("SEC-2026-0002", "other", "tool 1") // twice in one update
			w.releaseOf("SEC-2026-0002", "else")
		}
		if i%5 != 0 { // sometimes several at once
			w.update(s)
		}
	}
	w.update(s)
	grown := contents(t, w.Publisher)
	fresh := w.another(t.TempDir(), w.Signer)
	if err := fresh.Update(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	compare(t, grown, contents(t, fresh))
	if n := strings.Count(grown["feeds/libquill.xml"], "<entry>"); n != render.ProductFeedSize {
		t.Errorf("the feed has %d entries", n)
	}
	for path, data := range grown {
		if strings.HasPrefix(path, render.FeedFolder) && isFeed(path) {
			if faults := faults(path, []byte(data)); len(faults) > 0 {
				t.Errorf("%s: %q", path, faults)
			}
		}
	}
	if ids := strings.Fields(w.feedIDs("feeds/tool_1.xml")); !slices.Contains(ids, "SEC-2026-0002") || !slices.Contains(ids, "PRE-2026-0001") {
		t.Errorf("the feed of Tool 1 is about %q", ids)
	}
}

// The gate looks at feeds of products too.
func TestProductFeedGate(t *testing.T) {
	t.Parallel()
	if faults := faults("feeds/x.xml", []byte("<feed/>")); len(faults) == 0 || !hasFormat("feeds/x.xml") {
		t.Error("what is no feed passes")
	}
}
