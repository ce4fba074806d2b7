package render

import (
	"os"
	"path/filepath"
	"testing"

	"steward/internal/judges"
)

// What programs of others think of all that we write for programs.
func TestJudges(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	keep := func(data []byte, err error, path ...string) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(append([]string{dir}, path...)...)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, data, 0o644); err != nil {
			t.Fatal(err)
		}
		return name
	}
	var csafs, osvs, feeds []string
	for shape, a := range shapes() {
		b, err := CSAF(fullSite(), a)
		csafs = append(csafs, keep(b, err, shape, CSAFPath(a)))
		b, err = OSV(fullSite(), a)
		osvs = append(osvs, keep(b, err, shape, OSVPath(a.ID)))
	}
	b, err := AtomFeed(fullSite(), feedRecord(t, FeedSize))
	feeds = append(feeds, keep(b, err, FeedPath))
	b, err = AtomFeed(fullSite(), nil)
	feeds = append(feeds, keep(b, err, "empty", FeedPath))
	b, err = AtomArchive(fullSite(), 1, feedRecord(t, FeedSize))
	feeds = append(feeds, keep(b, err, FeedArchivePath(1)))
	judges.CSAF(t, csafs...)
	judges.OSV(t, osvs...)
	judges.Atom(t, feeds...)
}
