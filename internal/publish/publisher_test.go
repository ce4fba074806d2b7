package publish

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"steward/internal/advisory"
	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/base/errs"
	"steward/internal/publish/render"
	"steward/internal/publish/tree"
)

// compare says in which files two trees differ.
func compare(t *testing.T, got, want map[string]string) {
	t.Helper()
	for _, p := range slices.Sorted(maps.Keys(want)) {
		if got[p] != want[p] {
			t.Errorf("%s differs:\n%s\n--- want:\n%s", p, got[p], want[p])
		}
	}
	for p := range got {
		if _, ok := want[p]; !ok {
			t.Errorf("%s should not be there", p)
		}
	}
}

func TestEmptySite(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.Open(t, "sqlite"))
	w.update(site())
	w.contains("index.html", "Example Security Team", "We answer.")
	for _, p := range []string{render.ListPath, render.SecurityPath, render.KeysPath, render.NotFoundPath, render.FeedPath, securityPath, providerPath, "assets/style.css"} {
		w.read(p)
	}
	before := w.Tree.Sequence()
	again := w.another(w.dir, w.Signer)
	w.now = w.now.Add(time.Hour)
	if err := again.Update(t.Context(), site()); err != nil || again.Tree.Sequence() != before {
		t.Errorf("publishing the same again: %v, sequence %d after %d", err, again.Tree.Sequence(), before)
	}
}

func TestUpdate(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, w *world) {
		ids := w.release(3)
		w.announce("PRE-2026-0001")
		w.update(site())
		for _, id := range ids {
			for _, p := range []string{render.AdvisoryPagePath(id), render.HistoryPagePath(id), render.TextPath(id), render.OSVPath(id)} {
				w.contains(p, id)
			}
			w.contains(".well-known/csaf/white/2026/"+strings.ToLower(id)+".json", id)
			w.contains("index.html", id, "libquill 1.5.0")
			w.contains("advisories/2026/index.html", id)
			w.contains(render.FeedPath, id, "PRE-2026-0001")
			w.contains(".well-known/csaf/white/index.txt", "2026/"+strings.ToLower(id)+".json\n")
			w.contains(osvListPath, ",x_"+id+"\n")
		}
		page := w.read(render.AdvisoryPagePath(ids[0]))
		w.revise(ids[0])
		w.withdraw(ids[1])
		w.update(site())
		if got := w.read(render.AdvisoryPagePath(ids[0])); got == page || !strings.Contains(got, "Refuse long headers.") {
			t.Error("the revision is not on the page")
		}
		w.contains(render.HistoryPagePath(ids[0]), "Refuse long headers.", "First release.")
		w.contains(render.AdvisoryPagePath(ids[1]), "It was a mistake.")
		if rows := strings.Split(w.read(".well-known/csaf/white/changes.csv"), "\n"); len(rows) != 4 ||
			!strings.HasPrefix(rows[0], `"2026/sec-2026-0002.json","2026-03-04T12:0`) || !strings.HasPrefix(rows[1], `"2026/sec-2026-0001.json"`) {
			t.Errorf("changes.csv: %q", rows)
		}
		dir := t.TempDir()
		if err := w.Export(t.Context(), dir); err != nil {
			t.Fatal(err)
		}
		steps := 0
		r, err := check(t.Context(), dir, w.Signer.Fingerprint(), w.now, func(int64) { steps++ })
		if err != nil || len(r.Findings) > 0 || steps == 0 {
			t.Errorf("checking the export: %+v, %v", r, err)
		}
	})
}

// A tree that grew release by release is the same, byte for byte, as one that
// was made at once, whatever pages were filled on the way.
func TestGrownIsRebuilt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.Open(t, "sqlite"))
	w.announce("PRE-2026-0001")
	w.update(site())
	for _, count := range []int{1, 47, 1, 1, 49, 1, 1} { // one by one over the boundaries of 50 and 100
		w.release(count)
		w.update(site())
	}
	w.revise("SEC-2026-0002")
	w.update(site())
	w.withdraw("SEC-2026-0101")
	w.now = w.now.AddDate(1, 0, 0)
	w.release(2) // another year
	w.update(site())
	grown := contents(t, w.Publisher)

	fresh := w.another(t.TempDir(), w.Signer)
	if err := fresh.Update(t.Context(), site()); err != nil {
		t.Fatal(err)
	}
	compare(t, grown, contents(t, fresh))
	for _, p := range []string{"feed/1.atom", "feed/2.atom", "advisories/2026-2/index.html", "advisories/2027/index.html", ".well-known/csaf/white/csaf-feed-tlp-white-2026-2.json"} {
		if grown[p] == "" {
			t.Errorf("there is no %s: the test has not tested", p)
		}
	}
	if n := strings.Count(grown[".well-known/csaf/white/index.txt"], "\n"); n != 103 {
		t.Errorf("index.txt has %d lines", n)
	}
}

// An archive of the feed, once full, is left alone.
func TestFullPagesStay(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.Open(t, "sqlite"))
	w.release(101)
	w.update(site())
	before := contents(t, w.Publisher)
	w.release(1)
	w.update(site())
	after := contents(t, w.Publisher)
	for _, p := range []string{"feed/1.atom", "feed/2.atom", "advisories/2026/index.html", ".well-known/csaf/white/csaf-feed-tlp-white-2026.json", render.AdvisoryPagePath("SEC-2026-0001")} {
		if before[p] == "" || before[p] != after[p] {
			t.Errorf("%s has changed, or is not there", p)
		}
	}
	for _, p := range []string{"index.html", render.FeedPath, "advisories/2026-2/index.html"} {
		if before[p] == after[p] {
			t.Errorf("%s has not changed", p)
		}
	}
}

// render.ArchiveOf and our number of advisories on a page agree.
func TestArchiveSize(t *testing.T) {
	t.Parallel()
	for number, part := range map[int]int{1: 0, archiveSize: 0, archiveSize + 1: 1, 2 * archiveSize: 1, 2*archiveSize + 1: 2} {
		got, err := render.ArchiveOf(fmt.Sprintf("SEC-2026-%04d", number))
		if err != nil || got != (render.Archive{Year: 2026, Part: part}) {
			t.Errorf("number %d: %+v, %v", number, got, err)
		}
	}
}

// A publication that was broken off is completed by the next process, and
// readers meanwhile see no page that leads nowhere.
func TestBrokenOff(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.Open(t, "sqlite"))
	w.release(batch + 5)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		for w.Tree.Sequence() == 0 && ctx.Err() == nil {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	w.now = w.now.Add(time.Minute)
	if err := w.Update(ctx, site()); err == nil {
		t.Fatal("it was not broken off: the test has not tested")
	}
	if w.Tree.Sequence() == 0 || w.Tree.Has("index.html") || w.Tree.Has("advisories/2026/index.html") {
		t.Errorf("sequence %d: the lists came before what they list", w.Tree.Sequence())
	}
	next := w.another(w.dir, w.Signer)
	if err := next.Update(t.Context(), site()); err != nil {
		t.Fatal(err)
	}
	fresh := w.another(t.TempDir(), w.Signer)
	if err := fresh.Update(t.Context(), site()); err != nil {
		t.Fatal(err)
	}
	compare(t, contents(t, next), contents(t, fresh))
}

// A change of settings is published: everywhere where it shows, and nowhere
// else.
func TestSettingsChange(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.Open(t, "sqlite"))
	w.release(2)
	w.update(site())
	page, front := w.read(render.AdvisoryPagePath("SEC-2026-0001")), w.read("index.html")
	s := site()
	s.Policy = "We answer at once."
	w.update(s)
	if w.read("index.html") == front || w.read(render.AdvisoryPagePath("SEC-2026-0001")) != page {
		t.Error("a new policy shows on the front page only")
	}
	s.TeamName = "Example Response Team"
	w.update(s)
	for _, p := range []string{"index.html", render.AdvisoryPagePath("SEC-2026-0001"), "advisories/2026/index.html", render.FeedPath} {
		w.contains(p, "Example Response Team")
	}
}

// What the gate refuses is not published, and neither is anything else; and
// the error says which file and where.
func TestGateRefuses(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, w *world) {
		w.release(1)
		w.update(site())
		before, sequence := contents(t, w.Publisher), w.Tree.Sequence()
		w.release(1)
		// Past Lint, as a mistake of ours or a hand in the database would.
		w.write(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE advisory_entries SET record = REPLACE(record, 'https://example.org/1.4.2', 'no URL') WHERE id = 'SEC-2026-0002'`)
			return err
		})
		for range 2 { // the second time from memory
			err := w.Update(t.Context(), site())
			if !errs.Is(err, errs.Invalid) || !strings.Contains(err.Error(), ".well-known/csaf/white/2026/sec-2026-0002.json: ") ||
				!strings.Contains(err.Error(), "SEC-2026-0002 references[0]") {
				t.Fatalf("got %v", err)
			}
		}
		if w.Tree.Sequence() != sequence {
			t.Errorf("sequence %d after %d", w.Tree.Sequence(), sequence)
		}
		compare(t, contents(t, w.Publisher), before)
		w.revise("SEC-2026-0002")
		w.update(site())
		w.contains("index.html", "SEC-2026-0002")
	})
}

func TestGate(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.Open(t, "sqlite"))
	s := w.Complete(site())
	good := draft(1)
	good.ID = "SEC-2026-0001"
	if err := Gate(s, good, noon); err != nil {
		t.Errorf("a good draft: %v", err)
	}
	for name, spoil := range map[string]func(*advisory.Advisory){
		"no title":      func(a *advisory.Advisory) { a.Title = "" },
		"no identifier": func(a *advisory.Advisory) { a.ID = "" },
		"no URL": func(a *advisory.Advisory) {
			a.References = []advisory.Reference{{Kind: "fix", URL: "no URL"}}
		},
	} {
		bad := good
		spoil(&bad)
		if err := Gate(s, bad, noon); !errs.Is(err, errs.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := faults(".well-known/csaf/white/2026/other.json", csafOf(t, s, good)); len(got) != 1 || !strings.Contains(got[0], "csaf:5.1") {
		t.Errorf("a document under another's name: %v", got)
	}
	for path, data := range map[string]string{"osv/x.json": "{}", "feed.atom": "<feed/>", ".well-known/csaf/white/2026/x.json": "{}"} {
		if len(faults(path, []byte(data))) == 0 {
			t.Errorf("%s: %s is without fault", path, data)
		}
	}
}

func csafOf(t *testing.T, s render.Site, a advisory.Advisory) []byte {
	t.Helper()
	a.Published, a.Updated = noon, noon
	a.Revisions = []advisory.Revision{{Number: 1, At: noon, Summary: "First release."}}
	data, err := render.CSAF(s, a)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Two processes that publish the same do not get in each other's way.
func TestTwoPublishers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.Open(t, "sqlite"))
	w.release(2)
	other := w.another(w.dir, w.Signer)
	w.update(site())
	w.release(1)
	if err := other.Update(t.Context(), site()); err != nil {
		t.Fatal(err)
	}
	w.release(1)
	w.update(site())
	w.contains("index.html", "SEC-2026-0001", "SEC-2026-0003", "SEC-2026-0004")
	sequence := w.Tree.Sequence()
	if err := other.Update(t.Context(), site()); err != nil || other.Tree.Sequence() != sequence {
		t.Errorf("sequence %d after %d (%v)", other.Tree.Sequence(), sequence, err)
	}
}

// Update costs next to nothing when nothing changed: it is called all the time.
func TestIdleUpdate(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.Open(t, "sqlite"))
	w.release(3)
	w.update(site())
	cost := testing.Benchmark(func(b *testing.B) {
		for b.Loop() {
			if err := w.Update(b.Context(), site()); err != nil {
				b.Fatal(err)
			}
		}
	})
	if per := time.Duration(cost.NsPerOp()); per > 5*time.Millisecond {
		t.Errorf("an idle update takes %s", per)
	}
}

func TestState(t *testing.T) {
	t.Parallel()
	want := state{form: "ab", records: 12, lists: 3}
	if got, err := readState(want.words()); err != nil || got != want {
		t.Errorf("got %+v, %v", got, err)
	}
	if got, err := readState(nil); err != nil || got != (state{}) {
		t.Errorf("of an empty tree: %+v, %v", got, err)
	}
	if _, err := readState(map[string]string{stateForm: "x", stateRecords: "many", stateLists: "1"}); err == nil {
		t.Error("a number that is none was read")
	}
}

func TestCheckFormats(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.Open(t, "sqlite"))
	w.release(1)
	w.update(site())
	// Published right as to hashes and signatures, wrong as to its format.
	after := w.Tree.Sequence()
	if err := w.Tree.Apply(t.Context(), w.Signer, tree.Update{
		After: after, Files: []tree.File{{Path: "osv/bad.json", Data: []byte("{}")}}, State: w.Tree.State(), At: w.now,
	}); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := w.Export(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	named := func(now time.Time) string {
		r, err := check(t.Context(), dir, "", now, nil)
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, f := range r.Findings {
			all = append(all, f.Path)
		}
		return strings.Join(slices.Compact(all), " ")
	}
	if got := named(w.now); got != "osv/bad.json" {
		t.Errorf("found %q", got)
	}
	if got := named(w.now.Add(securityLife)); got != securityPath+" osv/bad.json" {
		t.Errorf("a year later: found %q", got)
	}
	path := filepath.Join(dir, render.TextPath("SEC-2026-0001"))
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, bytes.ToUpper(data), 0o644); err != nil {
		t.Fatal(err)
	}
	if got := named(w.now); got != render.TextPath("SEC-2026-0001")+" osv/bad.json" {
		t.Errorf("altered: found %q", got)
	}
}
