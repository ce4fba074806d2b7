package archive

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
)

const packages = `Package: app
Version: 2-1
Architecture: amd64
Depends: libone (>= 1), two | three:any, virtual, missing
Pre-Depends: four [amd64]
Priority: optional
Section: net
Installed-Size: 12
Description: a server
 long

Package: app
Version: 1-1
Depends: none

Package: libone
Source: one (1.5)
Version: 1.5+b1
Section: libs
Essential: yes

Package: three
Version: 1

Package: four
Version: 1
Provides: virtual (= 1)
Priority: optional

Package: five
Version: 1
Provides: virtual
Priority: required
`

const sources = `Package: app
Binary: app
Version: 2-1
Maintainer: A <a@example.org>
Uploaders: B <b@example.org>, C <c@example.org>
Build-Depends: libone, debhelper
Build-Depends-Indep: three
Checksums-Sha256:
 aa 100 app_2.orig.tar.xz
 bb 7 app_2.orig.tar.xz.asc
 cc 30 app_2-1.debian.tar.xz
 dd 2 app_2-1.dsc

Package: app
Version: 1-1
Extra-Source-Only: yes

Package: one
Version: 1.5

Package: three
Version: 1
`

func names(s *Suite, list []int32) string {
	var out []string
	for _, i := range list {
		out = append(out, s.Binaries[i].Name)
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

func TestLoad(t *testing.T) {
	t.Parallel()
	s, err := Load(context.Background(), [][]byte{[]byte(packages)}, [][]byte{[]byte(sources)})
	if err != nil || len(s.Gaps) > 0 {
		t.Fatal(err, s.Gaps)
	}
	at := map[string]*Source{}
	var all []string
	for i := range s.Sources {
		all = append(all, s.Sources[i].Name)
		at[s.Sources[i].Name] = &s.Sources[i]
	}
	if got := strings.Join(all, " "); got != "app five four one three" {
		t.Fatalf("sources: %s", got)
	}
	app := at["app"]
	if app.Version != "2-1" || app.Upstream != 100 || app.Packaging != 30 || !app.Listed || names(s, app.Build) != "libone three" {
		t.Errorf("app: %+v, built with %s", app, names(s, app.Build))
	}
	// The first alternative that there is; of those that provide a name the one of
	// the highest priority.
	b := s.Binaries[app.Binaries[0]]
	if b.Version != "2-1" || names(s, b.Depends) != "five four libone three" || b.Description != "a server" || b.Installed != 12 {
		t.Errorf("app needs %s: %+v", names(s, b.Depends), b)
	}
	if one := at["one"]; names(s, one.Binaries) != "libone" || !s.Binaries[one.Binaries[0]].Essential {
		t.Errorf("one: %+v", one)
	}
	if five := at["five"]; five.Listed || five.Version != "1" || names(s, five.Binaries) != "five" {
		t.Errorf("five, of which no index of sources tells: %+v", five)
	}
	if s.Missing != 2 { // missing, and debhelper
		t.Errorf("%d relations are not fulfilled", s.Missing)
	}
}

// TestBroken: what cannot be read is told, and the rest is read.
func TestBroken(t *testing.T) {
	t.Parallel()
	s, err := Load(context.Background(), [][]byte{[]byte("Package: ok\nVersion: 1\n\nVersion: 2\n\nPackage: no good\n\ngarbage\n\nPackage: ok2\nVersion: \xff\nDepends: " +
		strings.Repeat("a,", 9000) + "\n")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Binaries) != 2 || len(s.Gaps) < 4 {
		t.Errorf("%d packages, gaps %v", len(s.Binaries), s.Gaps)
	}
}

func TestRelations(t *testing.T) {
	t.Parallel()
	for field, want := range map[string]string{
		"a":                                     "a",
		"a, b | c":                              "a; b c",
		"a (>= 1:2~3) [amd64 !i386] <!nocheck>": "a",
		"a:any,b:native":                        "a; b",
		" a ,, \n b,":                           "a; b",
		"g++-12 | libstdc++-dev":                "g++-12 libstdc++-dev",
	} {
		var groups []string
		left := relations([]byte(field), func(names [][]byte) {
			var one []string
			for _, n := range names {
				one = append(one, string(n))
			}
			groups = append(groups, strings.Join(one, " "))
		})
		if got := strings.Join(groups, "; "); got != want || left != "" {
			t.Errorf("%q: %q, left out: %s", field, got, left)
		}
	}
	for _, field := range []string{"${shlibs:Depends}", strings.Repeat("a,", maxRelations+1), strings.Repeat("a|", maxAlternatives+1)} {
		if relations([]byte(field), func([][]byte) {}) == "" {
			t.Errorf("what was left out of %.20s is not told", field)
		}
	}
}

// FuzzLoad: no index makes the reader fail, and all that it gives is joined.
func FuzzLoad(f *testing.F) {
	f.Add([]byte(packages), []byte(sources))
	f.Add([]byte("Package: a\nProvides: a\nDepends: a | a\n"), []byte("Package: a\nBuild-Depends: a [x"))
	f.Fuzz(func(t *testing.T, p, q []byte) {
		s, err := Load(context.Background(), [][]byte{p}, [][]byte{q})
		if err != nil {
			t.Fatal(err)
		}
		for i := range s.Binaries {
			b := &s.Binaries[i]
			if !slices.Contains(s.Sources[b.Source].Binaries, int32(i)) {
				t.Fatalf("%s is not of its source", b.Name)
			}
			for _, d := range b.Depends {
				_ = s.Binaries[d]
			}
		}
	})
}

// TestGapsAreNamed: a gap tells the file that it is in, and where there; also
// behind files in which there is nothing.
func TestGapsAreNamed(t *testing.T) {
	t.Parallel()
	s, err := Load(context.Background(),
		[][]byte{{}, []byte("Package: a\nInstalled-Size: much\n\n"), {}},
		[][]byte{[]byte("Package: a\n\n"), []byte("Package: b\n\nPackage: c\nChecksums-Sha256:\n aa ten c.orig.tar.gz\n bb\n")})
	if err != nil {
		t.Fatal(err)
	}
	s.Name([]string{"p0", "p1", "p2", "s0", "s1"})
	var got []string
	for _, g := range s.Gaps {
		got = append(got, fmt.Sprint(g.File, " ", g.At))
	}
	if want := []string{"p1 0", "s1 12", "s1 12"}; !slices.Equal(got, want) {
		t.Errorf("gaps in %v, not %v", got, want)
	}
}

// TestCut: a file that ends within a line is told, and so is that much is needed
// that is not there; of a whole suite neither is.
func TestCut(t *testing.T) {
	t.Parallel()
	whole := "Package: filler\nVersion: 1\nDepends: a\n\n" + "Package: a\nVersion: 1\nDepends: b\n\nPackage: b\nVersion: 1\n\n"
	for text, want := range map[string]struct {
		gaps int
		cut  bool
	}{
		whole:                {0, false},
		whole[:len(whole)-1]: {0, false}, // without a blank line behind the last
		whole[:len(whole)-3]: {1, false},
		whole[:len(whole)-len("\nPackage: b\nVersion: 1\n\n")]: {0, true},
	} {
		s, err := Load(context.Background(), [][]byte{[]byte(text)}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(s.Gaps) != want.gaps || s.Cut() != want.cut {
			t.Errorf("of %q: gaps %v, cut %v", text, s.Gaps, s.Cut())
		}
	}
}
