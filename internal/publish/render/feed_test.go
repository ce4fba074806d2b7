package render

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"

	"steward/internal/advisory"
	"steward/internal/format/atom"
)

// record makes a public record of n entries: new advisories, a later revision
// of the first, a prenotice before and after its advisory.
func record(n int) []advisory.Entry {
	entries := make([]advisory.Entry, n)
	start := at("2026-03-03 15:00")
	for i := range entries {
		seq, when := int64(i+1), start.Add(time.Duration(i)*time.Hour)
		a := released(func(a *advisory.Advisory) {
			a.ID = fmt.Sprintf("QF-2026-%04d", seq)
			a.Published, a.Updated = when, when
			a.Revisions = []advisory.Revision{{Number: 1, At: when, Summary: "First release."}}
		})
		p := advisory.Prenotice{ID: "PRE-2026-0001", Product: "libquill", Versions: "8.4.2", Severity: advisory.High,
			Release: when.Add(72 * time.Hour), Zone: "Europe/Stockholm", Posted: start}
		entries[i] = advisory.Entry{Seq: seq, At: when, Advisory: &a}
		switch seq % 10 {
		case 3:
			entries[i].Advisory, entries[i].Prenotice = nil, &p
		case 5:
			p.Advisory = "QF-2026-0004"
			entries[i].Advisory, entries[i].Prenotice = nil, &p
		case 7:
			a.ID = "QF-2026-0001"
			a.Revisions = append(a.Revisions, advisory.Revision{Number: 2, At: when.Add(time.Minute), Summary: "A word mended."})
		case 9:
			a.Withdrawn = &advisory.Withdrawal{At: when, Reason: "It was no fault."}
		}
	}
	return entries
}

// feedRecord is the record of n entries as the feed has it.
func feedRecord(t *testing.T, n int) []FeedEntry {
	var all []FeedEntry
	for _, e := range record(n) {
		entry, err := NewFeedEntry(fullSite(), e)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, entry)
	}
	return all
}

// feedFaults is what both our validator and a feed reader have against a feed.
func feedFaults(b []byte) (faults []string) {
	for _, p := range atom.Validate(b) {
		faults = append(faults, p.String())
	}
	if _, err := gofeed.NewParser().Parse(bytes.NewReader(b)); err != nil {
		faults = append(faults, err.Error())
	}
	return faults
}

func TestAtomFeed(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 12, FeedSize} {
		b, err := AtomFeed(fullSite(), feedRecord(t, n))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range feedFaults(b) {
			t.Errorf("%d entries: %s", n, f)
		}
		if n != 12 {
			continue
		}
		path := filepath.Join("testdata", "feed.atom")
		if *update {
			if err := os.WriteFile(path, b, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if want, err := os.ReadFile(path); err != nil || !bytes.Equal(b, want) {
			t.Errorf("%s is not what is made now (%v); if it should be, run go test -update and read the difference", path, err)
		}
		feed, err := gofeed.NewParser().Parse(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		var titles []string
		for _, item := range feed.Items {
			titles = append(titles, item.Title)
		}
		const title = ": libquill: overflow in the <header> parser"
		want := []string{"QF-2026-0012" + title, "QF-2026-0011" + title, "QF-2026-0010" + title, "Withdrawn: QF-2026-0009" + title,
			"QF-2026-0008" + title, "QF-2026-0001" + title, "QF-2026-0006" + title,
			"PRE-2026-0001: security release of libquill 8.4.2", "QF-2026-0004" + title, "QF-2026-0002" + title}
		if strings.Join(titles, "\n") != strings.Join(want, "\n") {
			t.Errorf("titles:\n%s", strings.Join(titles, "\n"))
		}
		if d := feed.Items[5].Description; !strings.HasPrefix(d, "Revision 2: A word mended. Severity: critical. Affected: libquill") {
			t.Errorf("summary of a later revision: %s", d)
		}
	}
}

// Who follows the links from the feed backwards meets every entry.
func TestAtomArchives(t *testing.T) {
	t.Parallel()
	const count = 3*FeedSize + 7
	record, all := record(count), feedRecord(t, count)
	site := fullSite()
	docs := map[string][]byte{}
	var err error
	if docs[site.URL(FeedPath)], err = AtomFeed(site, all[count-FeedSize:]); err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= FeedArchives(count); n++ {
		b, err := AtomArchive(site, n, all[(n-1)*FeedSize:n*FeedSize])
		if err != nil {
			t.Fatal(err)
		}
		docs[site.URL(FeedArchivePath(n))] = b
	}
	if len(docs) != 4 {
		t.Fatalf("%d documents", len(docs))
	}
	met := map[string]bool{}
	steps := 0
	for next := site.URL(FeedPath); next != ""; steps++ {
		doc, ok := docs[next]
		if !ok {
			t.Fatalf("there is no %s", next)
		}
		for _, f := range feedFaults(doc) {
			t.Errorf("%s: %s", next, f)
		}
		if archived := bytes.Contains(doc, []byte("<archive ")); archived != (steps > 0) {
			t.Errorf("%s is marked as an archive: %v", next, archived)
		}
		for _, part := range strings.Split(string(doc), "<entry>")[1:] {
			id, _, _ := strings.Cut(part[strings.Index(part, "/#")+2:], "<")
			met[id] = true
		}
		_, after, _ := strings.Cut(string(doc), `rel="prev-archive"`)
		_, href, _ := strings.Cut(after, `href="`)
		next, _, _ = strings.Cut(href, `"`)
	}
	if steps != 4 {
		t.Errorf("%d documents on the way", steps)
	}
	for _, e := range record {
		id := "PRE-2026-0001"
		if e.Advisory != nil {
			id = e.Advisory.ID
		}
		if !met[id] {
			t.Errorf("%s is in no document", id)
		}
	}
	for n, entries := range map[int][]FeedEntry{0: all[:FeedSize], 1: all[:FeedSize-1], 2: all[:FeedSize]} {
		if _, err := AtomArchive(site, n, entries); err == nil {
			t.Errorf("archive %d was made of the wrong entries", n)
		}
	}
}
