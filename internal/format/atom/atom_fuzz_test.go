package atom

import (
	"bytes"
	"testing"

	"github.com/mmcdole/gofeed"
)

// FuzzAgrees: a feed with which we have no quarrel is one for a reader that we
// did not write, with as many entries.
func FuzzAgrees(f *testing.F) {
	data, err := Marshal(sample())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add(bytes.Replace(data, []byte("<entry>"), []byte("<entry><!-- & --><x xmlns='urn:x'>&amp;<![CDATA[<]]></x>"), 1))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(Errors(Validate(data))) > 0 {
			return
		}
		root, err := parse(data)
		if err != nil || !root.is("feed") {
			return
		}
		feed, err := gofeed.NewParser().Parse(bytes.NewReader(data))
		if err != nil || len(feed.Items) != len(root.all("entry")) {
			t.Errorf("we take it, the reader says %v of\n%s", err, data)
		}
	})
}
