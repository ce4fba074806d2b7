package csaf

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// entry is a revision with its number taken apart.
type entry struct {
	date   time.Time
	given  Version
	number revisionNumber
}

// version is the document's version; the schema has seen that it is one.
func (c *checker) version() revisionNumber {
	v, _ := parseVersion(c.Document.Tracking.Version)
	return v
}

// history is the revisions as written.
func (c *checker) history() []entry {
	list := make([]entry, len(c.Document.Tracking.RevisionHistory))
	for i, r := range c.Document.Tracking.RevisionHistory {
		number, _ := parseVersion(r.Number)
		list[i] = entry{r.Date, r.Number, number}
	}
	return list
}

// sorted is the revisions by date, and by number where the date is the same.
func (c *checker) sorted() []entry {
	return slices.SortedStableFunc(slices.Values(c.history()), func(a, b entry) int {
		return cmp.Or(a.date.Compare(b.date), a.number.compare(b.number))
	})
}

func revision(i int) string {
	return fmt.Sprintf("/document/tracking/revision_history/%d/number", i)
}

// historySorted: numbers rise with the dates. csaf:6.1.14
func (c *checker) historySorted() {
	list := c.sorted()
	for i := 1; i < len(list); i++ {
		if list[i].number.compare(list[i-1].number) < 0 {
			c.add("/document/tracking/revision_history", "by date, %s comes after %s", list[i].given, list[i-1].given)
		}
	}
}

// versionIsLatest: the document's version is that of the last revision.
// csaf:6.1.16
func (c *checker) versionIsLatest() {
	list := c.sorted()
	last, version := list[len(list)-1], c.version()
	if c.Document.Tracking.Status == Draft {
		last.number.pre, version.pre = "", ""
	}
	if last.number.semantic != version.semantic || last.number.compare(version) != 0 {
		c.add("/document/tracking/version", "the last revision is %s, the document's version %s", last.given, c.Document.Tracking.Version)
	}
}

// draftVersionIsDraft: a version before 1 is a draft, and so is a pre-release.
// csaf:6.1.17
func (c *checker) draftVersionIsDraft() {
	v := c.version()
	if (v.major == 0 || v.pre != "") && c.Document.Tracking.Status != Draft {
		c.add("/document/tracking/status", "version %s is a draft", c.Document.Tracking.Version)
	}
}

// releasedHistory: a released document has no revision before 1. csaf:6.1.18
func (c *checker) releasedHistory() {
	if c.Document.Tracking.Status == Draft {
		return
	}
	for i, e := range c.history() {
		if e.number.major == 0 {
			c.add(revision(i), "%s is a draft, and the document is not", e.given)
		}
	}
}

// historyWithoutPrerelease: no revision is a pre-release. csaf:6.1.19
func (c *checker) historyWithoutPrerelease() {
	for i, e := range c.history() {
		if e.number.pre != "" {
			c.add(revision(i), "%s is a pre-release", e.given)
		}
	}
}

// releasedVersion: a released document is no pre-release. csaf:6.1.20
func (c *checker) releasedVersion() {
	if c.version().pre != "" && c.Document.Tracking.Status != Draft {
		c.add("/document/tracking/version", "%s is a pre-release, and the document is not a draft", c.Document.Tracking.Version)
	}
}

// historyComplete: the numbers start at 0 or 1 and leave none out. csaf:6.1.21
func (c *checker) historyComplete() {
	const path = "/document/tracking/revision_history"
	list := c.sorted()
	if first := list[0]; first.number.major > 1 {
		c.add(path, "the first revision is %s; it should be 0 or 1", first.given)
	}
	for i := 1; i < len(list); i++ {
		if before := list[i-1].number.major; list[i].number.major > before+1 {
			c.add(path, "revision %d is missing before %s", before+1, list[i].given)
		}
	}
}

// historyNumbersOnce: no two revisions have one number. csaf:6.1.22
func (c *checker) historyNumbersOnce() {
	seen := map[Version]bool{}
	for i, e := range c.history() {
		if seen[e.given] {
			c.add(revision(i), "there is a revision %s already", e.given)
		}
		seen[e.given] = true
	}
}

// versionsOfOneKind: all numbers are integers, or all are semantic versions.
// csaf:6.1.30
func (c *checker) versionsOfOneKind() {
	semantic := c.version().semantic
	for i, e := range c.history() {
		if e.number.semantic != semantic {
			c.add(revision(i), "%s and %s are versions of two kinds", e.given, c.Document.Tracking.Version)
		}
	}
}
