package packaging

import (
	"slices"
	"strings"
	"testing"
)

func TestReadPatch(t *testing.T) {
	t.Parallel()
	const change = "\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-Forwarded: yes\n+Forwarded: yes\n"
	for header, want := range map[string]State{
		"":                                        Silent,
		"Description: words":                      Silent,
		"Forwarded: no":                           NotForwarded,
		"forwarded: No.":                          NotForwarded,
		"Forwarded: not yet":                      NotForwarded,
		"Forwarded: no, it is ugly":               NotForwarded,
		"Forwarded: TODO":                         NotForwarded,
		"Forwarded: not-needed":                   NotNeeded,
		"Forwarded: Not needed":                   NotNeeded,
		"Forwarded: not_needed, see":              NotNeeded,
		"Forwarded: <not-needed>":                 NotNeeded,
		"Forwarded: n/a":                          NotNeeded,
		"Forwarded: not applicable":               NotNeeded,
		"Forwarded: No, Debian-specific":          NotNeeded,
		"Forwarded: Debian-specific":              NotNeeded,
		"Forwarded: yes":                          Forwarded,
		"Forwarded: https://example.org/pull/1":   Forwarded,
		"Forwarded:\n https://example.org/pull/1": Forwarded,
		"Forwarded: by mail":                      Forwarded,
		"Forwarded: notify@example.org":           Forwarded,
		"Forwarded: unknown":                      Silent,
		"Forwarded:":                              Silent,
		"Forwarded: <no|not-needed|url proving that it has been forwarded>": Silent,
		"Forwarded: no\nForwarded: https://example.org/":                    Forwarded,

		"Bug: https://example.org/1":                Forwarded, // DEP-3: implicit
		"Bug: https://example.org/1\nForwarded: no": NotForwarded,
		"Bug-Debian: https://bugs.debian.org/1":     Silent,
		"Bug: https://bugs.debian.org/1":            Silent,
		"Bug: #123":                                 Silent,
		"Bug: <url in upstream bugtracker>":         Silent,

		"Origin: upstream, https://example.org/":              Upstream,
		"Origin: Upstream":                                    Upstream,
		"Origin: backport, commit:abc\nForwarded: not-needed": Upstream,
		"Origin: commit:abc":                                  Upstream,
		"Origin: https://example.org/x/commit/abc":            Upstream,
		"Origin: https://salsa.debian.org/x/commit/abc":       Silent,
		"Origin: https://example.org/mail/1":                  Silent,
		"Origin: vendor, https://example.org/x/commit/abc":    Silent,
		"Origin: <upstream|backport|vendor|other>, <url>":     Silent,
		"Applied-Upstream: 1.2, commit:abc":                   Upstream,
		"Applied-Upstream: no\nForwarded: no":                 NotForwarded,
		"Applied-Upstream: <version|url|commit>":              Silent,

		"From 0123456789 Mon Sep 17 00:00:00 2001\nFrom: A <a@example.org>\nDate: Sun, 8 Jan 2023\nSubject: [PATCH] words\n of it\n\nMore words.\n\nForwarded: https://example.org/\nLast-Update: 2020-01-01\n\n---\n x | 2 +-": Forwarded,
		"Description: words\n\n---\nThe information above should follow it:\n\nOrigin: (upstream|backport|vendor|other), (<patch-url>|commit:<commit-id>)\nBug: <upstream-bugtracker-url>\nForwarded: no\n":                     NotForwarded, // dpkg-source's
		"Subject: words\n---\n Forwarded | 2 +-\n 1 file changed\n": Silent,
		"Subject: words\n\n(cherry picked from commit 0123456789)":  Upstream,
		"Description: words\n Forwarded: yes":                       Silent, // words of the description
		"\n\nForwarded: no":                                         NotForwarded,
		"Index: x\nForwarded: no":                                   Silent,
		"#! /bin/sh /usr/share/dpatch/dpatch-run\n## a.dpatch by A\n## DP: words\n# Forwarded: no": NotForwarded,
		"Forwarded: no\r": NotForwarded,
	} {
		if got := ReadPatch([]byte(header+change), today); got.State != want {
			t.Errorf("%q: %s, want %s", header, got.State, want)
		}
	}
	for value, want := range map[string]string{"2020-02-29": "2020-02-29", "2020-02-29 10:00": "2020-02-29", "2021-02-29": "-", "2020-1-1": "-", "2099-01-01": "-", "0001-01-01": "-", "2026-11-27": "2026-11-27"} {
		if got := ReadPatch([]byte("Last-Update: "+value), today); got.LastUpdate.String() != want {
			t.Errorf("%q: %s, want %s", value, got.LastUpdate, want)
		}
	}
}

func TestReadSeries(t *testing.T) {
	t.Parallel()
	text := "# a remark\n\na.patch\nsub/b.patch -p1 -R # a remark\nc.patch\t#x\n#d.patch\n  e.patch\n./f.patch\n../g.patch\n/h.patch\nx/../../i.patch\nj#k.patch\n" + strings.Repeat("l", 5000) + "\n"
	want := []string{"a.patch", "sub/b.patch", "c.patch", "e.patch", "f.patch", "j#k.patch"}
	if got := ReadSeries([]byte(text)); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if got := ReadSeries([]byte(strings.Repeat("a\n", maxSeries))); len(got) != maxPatches {
		t.Error(len(got))
	}
}

// TestCount: which patches of a folder are applied, by each way to list them.
func TestCount(t *testing.T) {
	t.Parallel()
	make := func(lists map[string]string, names ...string) *folder {
		f := newFolder(today)
		for name, text := range lists {
			f.lists[name] = []byte(text)
		}
		for _, n := range names {
			f.patches[n] = Patch{State: NotForwarded}
		}
		return f
	}
	for name, c := range map[string]struct {
		f              *folder
		quilt, another int
	}{
		"nothing":            {make(nil), 0, 0},
		"no list":            {make(nil, "a.patch", "b.diff", "c.dpatch", "README"), 0, 3},
		"a series":           {make(map[string]string{"series": "a\nb\nmissing\na"}, "a", "b", "c"), 2, 2},
		"Debian's series":    {make(map[string]string{"series": "a\nb", "debian.series": "c"}, "a", "b", "c"), 1, 1},
		"an empty series":    {make(map[string]string{"series": "", "00list": "a"}, "a"), 0, 0},
		"dpatch's list":      {make(map[string]string{"00list": "a\nb.dpatch"}, "a.dpatch", "b.dpatch", "c.dpatch"), 0, 2},
		"a patch named both": {make(map[string]string{"00list": "a\na.dpatch"}, "a.dpatch"), 0, 1},
	} {
		if got := c.f.count(true).All(); got != c.quilt {
			t.Errorf("%s: %d in format 3.0, want %d", name, got, c.quilt)
		}
		if got := c.f.count(false).NotForwarded; got != c.another {
			t.Errorf("%s: %d else, want %d", name, got, c.another)
		}
	}
}

func FuzzReadPatch(f *testing.F) {
	f.Add([]byte("From: a\nSubject: b\n\nForwarded: no\nBug: x\n---\n"))
	f.Add([]byte("## DP: Origin: upstream\n .\nLast-Update: 2020-01-01\n"))
	f.Add([]byte("Forwarded: not\n |\n\xff: \xff\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		p := ReadPatch(text, today)
		if !slices.Contains([]State{Upstream, Forwarded, NotNeeded, NotForwarded, Silent}, p.State) || p.LastUpdate < 0 || p.LastUpdate > today {
			t.Error(p)
		}
	})
}

func FuzzReadSeries(f *testing.F) {
	f.Add([]byte("a -p1 # b\n../c\n\x00"))
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, name := range ReadSeries(text) {
			if clean, ok := within(name); !ok || clean != name {
				t.Errorf("%q leads out", name)
			}
		}
	})
}
