package packaging

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// today is the day of all tests.
var today = DayOf(time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC))

func day(t testing.TB, s string) Day {
	t.Helper()
	d, err := parseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// entry writes one of a changelog.
func entry(heading, words, date string) string {
	return heading + "\n\n" + words + "\n\n -- A Person <a@example.org>  " + date + "\n\n"
}

func TestReadChangelog(t *testing.T) {
	t.Parallel()
	text := entry("foo (1:2.0-1) unstable; urgency=High, binary-only=no", "  * New upstream (Closes: #1): CVE-2020-1234.", "Sun, 08 Mar 2020 00:21:57 -0800") +
		entry("foo (1:1.9-1+deb9u1) stretch-security,stretch  x; urgency=medium (it is bad)", "  * Non-maintainer upload by the Security Team.", "Sat, 7 Mar 2020 23:00:00 +0000") +
		"some words that are none of an entry CVE-2020-9999\n\n" +
		entry("Old-Foo (1.9-0.1) UNRELEASED; urgency=low", "  * can-2003-0001, b\xe9b\xe9", "1 January 2003") +
		"foo (0.1) ; urgency=low\nfoo (0 1) unstable; urgency=low\n-foo (1) unstable; urgency=low\nfoo (1) unstable\n"
	c := ReadChangelog([]byte(strings.ReplaceAll(text, "\n", "\r\n")), today)
	if len(c.Entries) != 3 || c.Cut {
		t.Fatalf("%d entries, %v: %+v", len(c.Entries), c.Cut, c.Entries)
	}
	for i, want := range []Entry{
		{Source: "foo", Version: "1:2.0-1", Distribution: "unstable", Urgency: "high", Day: day(t, "2020-03-08"), CVEs: []string{"CVE-2020-1234"}},
		{Source: "foo", Version: "1:1.9-1+deb9u1", Distribution: "stretch-security,stretch  x", Urgency: "medium", Day: day(t, "2020-03-07"), By: NMU},
		{Source: "Old-Foo", Version: "1.9-0.1", Distribution: "UNRELEASED", Urgency: "low", Day: day(t, "2003-01-01"), By: NMU, CVEs: []string{"CVE-2003-0001"}},
	} {
		if got := c.Entries[i]; fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("entry %d: %+v, want %+v", i, got, want)
		}
	}
}

// TestDates: what people write is read; what cannot be is no day.
func TestDates(t *testing.T) {
	t.Parallel()
	for date, want := range map[string]string{
		"Sun, 08 Jan 2023 00:21:57 -0800":      "2023-01-08",
		"Sun,  8 Jan 2023 00:21:57":            "2023-01-08",
		"Mon, 1 September 1997 10:00:00 +0200": "1997-09-01",
		"12-Feb-1996":                          "1996-02-12",
		"Wed, 29 Feb 2024 00:00:00 +0000":      "2024-02-29",
		"Thu, 29 Feb 2023 00:00:00 +0000":      "-",
		"May, 21 Sun 2010 20:09:10 +0800":      "-",
		"Thu, 01 Jan 1970 00:00:01 +0000":      "-",
		"Thu, 01 Jan 2037 00:00:01 +0000":      "-", // is to come
		"Fri, 27 Nov 2026 23:00:00 +0000":      "2026-11-27",
		"Sat, 28 Nov 2026 23:00:00 +0000":      "-",
		"Thu, 01 Jan 20230 00:00:01 +0000":     "-",
		"Thu, -1 Jan 2023 00:00:01 +0000":      "2023-01-01", // the sign is taken for a dash
		"":                                     "-",
	} {
		c := ReadChangelog([]byte(entry("a (1) unstable; urgency=low", "  * b", date)), today)
		if len(c.Entries) != 1 || c.Entries[0].Day.String() != want {
			t.Errorf("%q: %v, want %s", date, c.Entries, want)
		}
	}
}

// TestCVEs: which names an entry gives, and which it takes back.
func TestCVEs(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]string{
		"Fix CVE-2020-1234, cve-2020-1235 and CAN-2004-0001":                                                       "CVE-2004-0001 CVE-2020-1234 CVE-2020-1235",
		"d/p/fix_cve_2022_41751.patch, CVE 2011-0542, [CVE-2026-1234567]":                                          "CVE-2011-0542 CVE-2022-41751 CVE-2026-1234567",
		"CVE-2020-1234 and CVE-2020-1234":                                                                          "CVE-2020-1234",
		"CVE-2020-123 CVE-2020-01234 CVE-1998-1234 CVE-2109-17566 CVE-2020-12345678901 XCVE-2020-1234 CVE-2020-12": "",
		"can 2004 1234 things": "",

		"This version is not affected by\n    CVE-2025-1111, CVE-2025-1112, or CVE-2025-1113.": "",
		"Fix CVE-2025-1110. Not affected by CVE-2025-1111.":                                    "CVE-2025-1110",
		"fixing CVE-2025-1110, but CVE-2025-1111 does not affect this version":                 "CVE-2025-1110",
		"CVE-2009-2473 doesn't affect this package as it's compiled so":                        "",
		"Fix CVE-2015-0293 (not affected, it is disabled)":                                     "",
		"CVE-2017-14528: Tested (with and without valgrind) and found immune.":                 "",
		"Disable it because CVE-2015-2059 is still not fixed.":                                 "",
		"CVE-2015-2059 and CVE-2015-2060 are not yet fixed; CVE-2015-2061 is":                  "CVE-2015-2061",
		"While 1.8 is not vulnerable to CVE-2009-4212 (it was removed)":                        "",
		"For reference, it was not affected by CVE-2007-4987":                                  "",
		"Not fixed: CVE-2009-4212":                                                             "",
		"This does not fix CVE-2009-4212":                                                      "",
		"It is CVE-2015-1851 and not CVE-2015-1850":                                            "CVE-2015-1851",
		"It is CVE-2017-16239, not CVE-2017-17051. This one":                                   "CVE-2017-16239",

		// Words that sound so, and mean something else.
		"CVE-2012-4413: Revoking a role does not affect existing tokens":                                     "CVE-2012-4413",
		"CVE-2021-38503: sandbox rules did not apply to XSLT stylesheets":                                    "CVE-2021-38503",
		"Update static zlib with one that is not vulnerable to CAN-2005-2096":                                "CVE-2005-2096",
		"Fix hash so that it is not susceptible to collisions as per CVE-2013-6401":                          "CVE-2013-6401",
		"It is not vulnerable to attacks any more with what comes for CVE-2005-2096":                         "CVE-2005-2096",
		"CVE-2022-3620.\n    This does not affect Debian binary packages":                                    "CVE-2022-3620",
		"bypass; gcrypt backend is not affected\n      (CVE-2023-2283, Closes: #1)":                          "CVE-2023-2283",
		"CVE-2026-1 no, CVE-2022-1466 (Certificate policy check not enabled)":                                "CVE-2022-1466",
		"CVE-2020-1111: Installations with a long story which tells much of it and goes on are not affected": "CVE-2020-1111",
	} {
		got := strings.Join(cves("  * "+words+"\n"), " ")
		if got != want {
			t.Errorf("%q: %q, want %q", words, got, want)
		}
	}
	list := "  * Fixes:\n    - Affecting Debian:\n      - CVE-2007-0001 (one)\n    - Not affecting Debian:\n      - CVE-2007-0002 (two\n        of it)\n      - CVE-2007-0003\n    - CVE-2007-0004\n"
	if got := cves(list); !slices.Equal(got, []string{"CVE-2007-0001", "CVE-2007-0004"}) {
		t.Error(got)
	}
	list = "  * Fix problems that are not fixed there:\n    - CVE-2007-0001\n"
	if got := cves(list); len(got) != 1 {
		t.Error(got)
	}
}

// TestStable: the marks of stable updates, of today and of before.
func TestStable(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]bool{
		"1-1+deb12u1": true, "1~deb9u2": true, "1-1~deb12u1": true, "1-1+lenny1": true, "1-4sarge3": true, "1-4.woody.1": true,
		"1-1": false, "1-1~bpo12+1": false, "1-1ubuntu1": false, "1.deb-1": false, "1+debian-1": false,
	} {
		if got := stable().MatchString(version); got != want {
			t.Errorf("%s: %v", version, got)
		}
	}
	for version, want := range map[string]string{
		"1:1.0+dfsg1-1": "1.0", "1.0~ds-1": "1.0", "1.0+really0.9-1": "0.9", "1.0+nmu1": "1.0", "1.0+deb12u1": "1.0", "1.0-rc1-2": "1.0-rc1", "1.0": "1.0", "1.0+ds+git2020-1": "1.0+git2020", "2.0~bpo12+1": "2.0",
	} {
		if got := upstreamOf(version); got != want {
			t.Errorf("%s: %s, want %s", version, got, want)
		}
	}
}

func cves(words string) []string {
	all, _ := mentions([]byte(words), maxNamed)
	return named([]byte(words), all)
}

func TestBy(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		version, words string
		by             By
	}{
		{"1-1", "  * New upstream.", Maintainer},
		{"1-1.1", "  * Words.", NMU},
		{"1-0.1", "  * Non-maintainer upload.", NMU},
		{"1-2", "\n  [ A Person ]\n  * Non maintainer upload", NMU},
		{"1-2", "  * NMU: fix it", NMU},
		{"1-2", "  * NMU acknowledged", Maintainer},
		{"1-2", "  * Acknowledge NMU", Maintainer},
		{"1+nmu2", "  * x", NMU},
		{"1-2.1+deb12u1", "  * x", Maintainer}, // the version before was an NMU's
		{"1-2.1", "  * Team upload.", Team},
		{"1-2", "  * QA upload.", QA},
		{"1-2", "  * One\n  * Two\n  * Three\n  * Four\n  * Non-maintainer upload", Maintainer},
		{"1.1", "  * x", Maintainer},
	} {
		if got := byOf(c.version, []byte(c.words)); got != c.by {
			t.Errorf("%s %q: %q, want %q", c.version, c.words, got, c.by)
		}
	}
}

// TestUploads: what a changelog says of uploads, from the newest.
func TestUploads(t *testing.T) {
	t.Parallel()
	head := func(version, where string) string { return "a (" + version + ") " + where + "; urgency=low" }
	text := entry(head("5.6.1+really5.4.5-1", "unstable"), "  * Back", "Thu, 28 Mar 2024 00:00:00 +0000") +
		entry(head("5.6.1-1", "unstable"), "  * New", "Wed, 27 Mar 2024 00:00:00 +0000") +
		entry(head("5.6.0-1", "UNRELEASED"), "  * New", "Mon, 26 Feb 2024 00:00:00 +0000") +
		entry(head("5.4.5+dfsg1-1+deb12u1", "bookworm-security"), "  * Fix", "Sun, 25 Feb 2099 00:00:00 +0000") +
		entry(head("5.4.5+dfsg1-1", "unstable"), "  * QA upload.", "Sat, 24 Feb 2024 00:00:00 +0000") +
		entry(head("5.4.5-2", "unstable"), "  * Team upload", "Fri, 23 Feb 2024 00:00:00 +0000") +
		entry(head("5.4.5-1", "unstable"), "  * First", "who knows")
	c := ReadChangelog([]byte(text), today)
	var got []string
	for _, u := range c.uploads() {
		got = append(got, u.String())
	}
	want := []string{
		"2024-03-28", "2024-03-27 upstream", "2024-02-26 security stable", "2024-02-24 qa", "2024-02-23 team", "2024-02-23 upstream",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q\nwant %q", got, want)
	}
}

// TestQuestions: a history answers for a day, and knows nothing of what came later.
func TestQuestions(t *testing.T) {
	t.Parallel()
	text := entry("a (2-2.1) unstable; urgency=low", "  * Fix CVE-2018-0001 and CVE-2020-0009", "Sat, 01 Jan 2022 00:00:00 +0000") +
		entry("a (2-1+deb11u1) bullseye; urgency=low", "  * CVE-2021-0001", "Fri, 01 Jan 2021 00:00:00 +0000") +
		entry("a (2-2) unstable; urgency=low", "  * x", "Wed, 01 Jan 2020 00:00:00 +0000") +
		entry("a (2-1) unstable; urgency=low", "  * CVE-2018-0001, CVE-2020-0009", "Tue, 01 Jan 2019 00:00:00 +0000") +
		entry("a (1-1) unstable; urgency=low", "  * CVE-2010-0001", "Fri, 01 Jan 2010 00:00:00 +0000")
	h := history("a", "2-2.1", ReadChangelog([]byte(text), today), Patches{NotForwarded: 3, Silent: 9})
	at := func(s string) time.Time { return day(t, s).Time() }
	for _, c := range []struct {
		day         string
		years, cves int
	}{{"2026-01-01", 0, 4}, {"2026-01-01", 5, 1}, {"2020-01-01", 1, 1}, {"2019-01-01", 1, 0}, {"2020-01-02", 1, 1}, {"2021-01-02", 3, 3}, {"2010-01-01", 0, 0}, {"2021-01-02", -1, 4}} {
		if got := h.CVEs(at(c.day), c.years); got != c.cves {
			t.Errorf("%s, %d years: %d CVEs, want %d", c.day, c.years, got, c.cves)
		}
	}
	if h.Unforwarded() != 3 || h.Updates(at("2026-01-01"), 0) != 1 || h.Updates(at("2021-01-01"), 0) != 0 {
		t.Error("patches or updates are not what they should be")
	}
	if share, ok := h.NMUs(at("2026-01-01"), 0); !ok || share != .25 {
		t.Error(share, ok)
	}
	if _, ok := h.NMUs(at("2019-01-01"), 1); ok {
		t.Error("there was no upload in that year")
	}
	if days, ok := h.Cared(at("2021-12-31")); !ok || days != 364 {
		t.Error(days, ok)
	}
	if days, ok := h.Fresh(at("2019-01-11")); !ok || days != 10 {
		t.Error(days, ok)
	}
	if _, ok := h.Fresh(at("2010-01-01")); ok {
		t.Error("there was nothing before that day")
	}
}

// TestHostileChangelogs: what is made to hurt is read in linear time, within bounds.
func TestHostileChangelogs(t *testing.T) {
	t.Parallel()
	const patience = 30 * time.Second
	one := entry("a (1) unstable; urgency=low", "  * CVE-2020-1234", "Wed, 01 Jan 2020 00:00:00 +0000")
	for name, c := range map[string]struct {
		text string
		cut  bool
	}{
		"long":          {strings.Repeat(one, MaxChangelog/len(one)+10), true},
		"headings":      {strings.Repeat("a (1) b; c=d\n", 1_000_000), true},
		"names":         {"a (1) b; c=d\n" + strings.Repeat("CVE-2020-1234 not affected by ", 100_000), true},
		"different":     {"a (1) b; c=d\n" + manyCVEs(300_000), true},
		"denials":       {"a (1) b; c=d\n CVE-2020-1234" + strings.Repeat(" is not affected", 500_000), false},
		"listed":        {"a (1) b; c=d\n" + strings.Repeat(" * not affecting:\n", 300_000) + "   CVE-2020-1234\n", false},
		"nested":        {"a (1) b; c=d\n" + nested(4_000) + " CVE-2020-1234\n", false},
		"c":             {"a (1) b; c=d\n" + strings.Repeat("c", MaxChangelog-100), false},
		"a line":        {strings.Repeat("a (", 5_000_000), false},
		"distributions": {"a (1) " + strings.Repeat("b ", 5_000_000) + "; c=d\n", false},
		"options":       {"a (1) b;" + strings.Repeat(",", 5_000_000) + "\n", false},
		"a date":        {"a (1) b; c=d\n -- a <b>  " + strings.Repeat("1 Jan ", 2_000_000) + "\n", false},
		"bytes":         {strings.Repeat("\x00\xff\xfe\n", 4_000_000), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			got := ReadChangelog([]byte(c.text), today)
			if took := time.Since(began); took > patience {
				t.Errorf("it took %v", took)
			}
			if got.Cut != c.cut || len(got.Entries) > maxEntries {
				t.Errorf("%d entries, cut %v", len(got.Entries), got.Cut)
			}
		})
	}
}

func manyCVEs(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "CVE-2020-%d ", 10_000+i)
	}
	return b.String()
}

// nested writes lines that deny what is under them, each further in.
func nested(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "* not affecting:\n")
	}
	return b.String()
}

func FuzzReadChangelog(f *testing.F) {
	f.Add([]byte(entry("a (1) unstable; urgency=low", "  * Not affected by CVE-2020-1234:\n   - CVE-2020-1235", "Wed, 01 Jan 2020 00:00:00 +0000")))
	f.Add([]byte("a (1) b; urgency=\xe9\n\n -- <>\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		c := ReadChangelog(text, today)
		if len(c.Entries) == 0 {
			return
		}
		h := history("a", "1", c, Patches{})
		line, err := h.encode()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := decode(line); err != nil {
			t.Errorf("what was read cannot be kept: %v", err)
		}
	})
}

func BenchmarkReadChangelog(b *testing.B) {
	var text []byte
	for i := range 500 {
		text = append(text, entry(fmt.Sprintf("foo (1.%d-1) unstable; urgency=medium", 1000-i),
			strings.Repeat("  * New upstream release, with many changes (Closes: #123456).\n    - It does not do what it did before.\n", 8)+"  * Fix CVE-2020-1234.", "Sun, 08 Jan 2023 00:21:57 -0800")...)
	}
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if c := ReadChangelog(text, today); len(c.Entries) != 500 {
			b.Fatal(len(c.Entries))
		}
	}
}
