package archive

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
)

// patience is what a hostile index may take: a second in truth, and hours if the
// work grew with the square of it.
const patience = 30 * time.Second

// many writes a text so many times, each with its number.
func many(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// chain makes packages each of which needs the one before it.
func chain(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "Package: p%d\nDepends: p%d\n\n", i+1, i)
	}
	return b.String()
}

// TestHostile: indexes that are made to hurt are read in linear time, and what
// is left out of them is told.
func TestHostile(t *testing.T) {
	t.Parallel()
	const ok = "Package: ok\nVersion: 1\n\n"
	for name, c := range map[string]struct {
		packages      string
		binaries      int
		gaps, missing int // gaps with those that are only counted
		check         func(*Suite) bool
	}{
		"a million relations": {
			packages: "Package: bomb\nDepends: " + strings.Repeat("ok,", 1_000_000) + "\n\n" + ok,
			binaries: 2, gaps: 1, check: func(s *Suite) bool { return len(s.Binaries[0].Depends) == 1 },
		},
		"a hundred thousand alternatives": {
			packages: "Package: bomb\nDepends: " + strings.Repeat("no|", 100_000) + "ok\n\n" + ok,
			binaries: 2, gaps: 1, missing: 1,
		},
		"all provide one name": {
			packages: many(100_000, "Package: p%06d\nProvides: it\n\n") + "Package: q\nDepends: it\n",
			binaries: 100_001, check: func(s *Suite) bool { return s.Binaries[s.Binaries[100_000].Depends[0]].Name == "p000000" },
		},
		"one provides too much": {
			packages: "Package: bomb\nProvides: " + many(100_000, "v%d,") + "\n\nPackage: q\nDepends: v0, v99999\n",
			binaries: 2, gaps: 1, missing: 1,
		},
		"all are of one source": {
			packages: many(100_000, "Package: p%d\nSource: it\n\n"),
			binaries: 100_000, check: func(s *Suite) bool { return len(s.Sources) == 1 && len(s.Sources[0].Binaries) == 100_000 },
		},
		"many versions of one": {
			packages: many(300_000, "Package: a\nVersion: 1:%d-1\n\n"),
			binaries: 1, check: func(s *Suite) bool { return s.Binaries[0].Version == "1:299999-1" },
		},
		"long versions of one": {
			packages: strings.Repeat("Package: a\nVersion: "+strings.Repeat("0.", 100_000)+"\n\n", 40),
			binaries: 1,
		},
		"a deep chain": {
			packages: chain(200_000), binaries: 200_000, missing: 1,
		},
		"a cycle": {
			packages: "Package: a\nDepends: b\n\nPackage: b\nDepends: a, b\n",
			binaries: 2, check: func(s *Suite) bool { return len(s.Binaries[1].Depends) == 2 },
		},
		"a stanza of nine megabytes":  {packages: "Package: a\nDescription: " + strings.Repeat("x", 9<<20) + "\n\n" + ok, binaries: 1, gaps: 2},
		"a field of seven megabytes":  {packages: "Package: a\nDescription: " + strings.Repeat("x", 7<<20) + "\n\n" + ok, binaries: 2},
		"a million lines":             {packages: "Package: a\nDescription: d\n" + strings.Repeat(" x\n", 1_000_000) + "\n" + ok, binaries: 2},
		"a field a line":              {packages: "Package: a\n" + many(100_000, "F%d: x\n") + "\n" + ok, binaries: 2, gaps: 1},
		"relations again and again":   {packages: "Package: a\n" + strings.Repeat("Depends: "+strings.Repeat("ok,", 1000)+"\n", 150) + "\n" + ok, binaries: 2},
		"blank lines":                 {packages: strings.Repeat(" \t\n\n", 2_000_000) + ok, binaries: 1},
		"blanks":                      {packages: strings.Repeat(" ", 5<<20) + "x\n\n" + ok, binaries: 1, gaps: 2},
		"a name with a NUL":           {packages: "Package: a\x00b\n\n" + ok, binaries: 1, gaps: 1},
		"a source with a NUL":         {packages: "Package: a\nSource: a\x00b\n\n" + ok, binaries: 2, gaps: 1},
		"a relation with a NUL":       {packages: "Package: a\nDepends: o\x00k\n\n" + ok, binaries: 2, gaps: 1},
		"UTF-16":                      {packages: "\xff\xfeP\x00a\x00c\x00k\x00a\x00g\x00e\x00:\x00 \x00a\x00\n\x00", gaps: 4},
		"a byte order mark":           {packages: "\xef\xbb\xbfPackage: a\n\n" + ok, binaries: 1, gaps: 2},
		"sizes that make a sum of it": {packages: "Package: a\nInstalled-Size: 9223372036854775807\n", binaries: 1, gaps: 1},
		"nothing but gaps":            {packages: strings.Repeat("x\n\n", 100_000) + ok, binaries: 1, gaps: 200_000},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			s, err := Load(context.Background(), [][]byte{[]byte(c.packages)}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if took := time.Since(began); took > patience {
				t.Errorf("it took %v", took)
			}
			if len(s.Binaries) != c.binaries || len(s.Gaps)+s.MoreGaps != c.gaps || s.Missing != c.missing || len(s.Gaps) > maxGaps {
				t.Errorf("%d packages, %d and %d gaps, %d missing: %.3v", len(s.Binaries), len(s.Gaps), s.MoreGaps, s.Missing, s.Gaps[:min(3, len(s.Gaps))])
			}
			if c.check != nil && !c.check(s) {
				t.Error("it is not what it should be")
			}
		})
	}
}

// TestNotes: those that are kept are the first, whoever reads them.
func TestNotes(t *testing.T) {
	t.Parallel()
	text := many(1000, "x%d\n\n")
	one, err := Load(context.Background(), [][]byte{[]byte(text)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var files [][]byte
	for part := range strings.SplitAfterSeq(text, "9\n\n") {
		files = append(files, []byte(part))
	}
	cut, err := Load(context.Background(), files, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(one.Gaps) != maxGaps || one.MoreGaps != 2000-maxGaps || one.MoreGaps != cut.MoreGaps {
		t.Fatalf("%d and %d gaps; in parts %d and %d", len(one.Gaps), one.MoreGaps, len(cut.Gaps), cut.MoreGaps)
	}
	for i := 1; i < maxGaps; i++ {
		if one.Gaps[i].At < one.Gaps[i-1].At {
			t.Fatal("they are in no order")
		}
	}
}
