package people

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAll(t *testing.T) {
	t.Parallel()
	ctx, dir := context.Background(), t.TempDir()
	in := filepath.Join(dir, folder)
	handover().bare(t, filepath.Join(in, "one.git"))
	grow(1, 60).bare(t, filepath.Join(in, "lib2++.git"))
	write(t, filepath.Join(in, "broken.git", "HEAD"), "x")
	write(t, filepath.Join(in, "Not a source.git", "HEAD"), "x")
	write(t, filepath.Join(in, "notes"), "x")
	all, err := Reader{}.All(ctx, dir, day("2018-01-01"))
	check(t, err)
	if len(all) != 3 || all["one"] != tell(t, filepath.Join(in, "one.git"), "2018-01-01") || all["lib2++"] != tell(t, filepath.Join(in, "lib2++.git"), "2018-01-01") {
		t.Errorf("all: %+v", all)
	}
	allUnknown(t, all["broken"], Broken)

	// The second time nothing is read: there is no git to read it by.
	without := Reader{Git: "/nonexistent/git"}
	again, err := without.All(ctx, dir, day("2018-01-01"))
	check(t, err)
	if asJSON(t, again) != asJSON(t, all) {
		t.Errorf("from the notes: %+v", again)
	}
	// Another day is another answer, which is not noted without git.
	other, err := without.All(ctx, dir, day("2018-01-02"))
	check(t, err)
	allUnknown(t, other["one"], NoGit)
	// The first day's stays beside it.
	other, err = Reader{}.All(ctx, dir, day("2018-01-02"))
	check(t, err)
	if other["one"] != tell(t, filepath.Join(in, "one.git"), "2018-01-02") {
		t.Errorf("told on the second day: %s", say(other["one"]))
	}
	again, err = without.All(ctx, dir, day("2018-01-01"))
	check(t, err)
	if again["one"] != all["one"] {
		t.Error("the note of the first day is gone")
	}
	// A new tag makes the note worthless, and so does its being broken.
	runGit(t, filepath.Join(in, "one.git"), nil, "tag", "v9.9", "main")
	write(t, filepath.Join(in, "lib2++"+noteEnd), `{"rules":1,"digest":"x","days":[{"day":"2018-01-01","told":{"authors":{"n":-1}}}]}`)
	again, err = without.All(ctx, dir, day("2018-01-01"))
	check(t, err)
	allUnknown(t, again["one"], NoGit)
	allUnknown(t, again["lib2++"], NoGit)
}

func TestAllWithoutFolder(t *testing.T) {
	t.Parallel()
	if _, err := (Reader{}).All(context.Background(), t.TempDir(), day("2018-01-01")); err == nil {
		t.Error("a folder that is not there was read")
	}
}

// TestNotesThatCannotBeKept: the answer does not need them.
func TestNotesThatCannotBeKept(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	in := filepath.Join(dir, folder)
	handover().bare(t, filepath.Join(in, "one.git"))
	check(t, os.MkdirAll(filepath.Join(in, "one"+noteEnd, "x"), 0o700)) // a folder is in its place
	all, err := Reader{}.All(context.Background(), dir, day("2023-06-30"))
	check(t, err)
	has(t, all["one"], map[string]string{"newcomers": "1"})
	left, err := filepath.Glob(filepath.Join(in, ".note-*"))
	check(t, err)
	if len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestUpstream(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ home, vcs, want string }{
		{"https://github.com/tukaani-project/xz", "", "https://github.com/tukaani-project/xz.git"},
		{"http://www.github.com/a/b.git", "", "https://github.com/a/b.git"},
		{"https://github.com/a/b/", "", "https://github.com/a/b.git"},
		{"https://github.com/a/b/tree/main/sub", "", "https://github.com/a/b.git"},
		{"https://github.com/a/b#readme", "", "https://github.com/a/b.git"},
		{"https://github.com/a", "", ""}, {"https://github.com/orgs/a", "", ""}, {"https://github.com/", "", ""},
		{"https://a.github.io/b", "", ""}, {"https://github.com.evil.test/a/b", "", ""}, {"https://github.com/a/..", "", ""}, {"https://github.com/a/-b", "", ""},
		{"https://gitlab.com/a/b/c/-/tree/main", "", "https://gitlab.com/a/b/c.git"},
		{"https://gitlab.com/a/b/wikis", "", "https://gitlab.com/a/b/wikis.git"},
		{"https://gitlab.com/a/b/wiki/home", "", "https://gitlab.com/a/b.git"},
		{"https://gitlab.freedesktop.org/dbus/dbus", "", "https://gitlab.freedesktop.org/dbus/dbus.git"},
		{"https://gitlab.gnome.org/GNOME/glib", "", "https://gitlab.gnome.org/GNOME/glib.git"},
		{"https://codeberg.org/a/b", "", "https://codeberg.org/a/b.git"},
		{"https://savannah.gnu.org/projects/acl", "", "https://git.savannah.gnu.org/git/acl.git"},
		{"https://savannah.nongnu.org/projects/attr/", "", "https://git.savannah.nongnu.org/git/attr.git"},
		{"https://git.savannah.gnu.org/cgit/grep.git", "", "https://git.savannah.gnu.org/git/grep.git"},
		{"https://www.gnu.org/software/grep/", "", ""},
		{"https://sourceforge.net/p/a/code/", "", "https://git.code.sf.net/p/a/code"},
		{"https://sourceforge.net/projects/a/", "", ""}, {"https://sourceforge.net/p/a/wiki/", "", ""}, {"https://a.sourceforge.net", "", ""},
		{"https://salsa.debian.org/a/b", "", "https://salsa.debian.org/a/b.git"},
		{"", "https://salsa.debian.org/dpkg-team/dpkg.git -b main", "https://salsa.debian.org/dpkg-team/dpkg.git"},
		{"https://wiki.debian.org/x", "https://salsa.debian.org/a/b.git", "https://salsa.debian.org/a/b.git"},
		{"", "https://github.com/debian/b.git", ""},
		{"https://github.com/a/b", "https://salsa.debian.org/x/y.git", "https://github.com/a/b.git"},
		{"ftp://github.com/a/b", "", ""}, {"not a page", "", ""}, {"https://example.org/a/b", "", ""},
	} {
		got, ok := Upstream(c.home, c.vcs)
		if got != c.want || ok != (c.want != "") {
			t.Errorf("Upstream(%q, %q) is %q, want %q", c.home, c.vcs, got, c.want)
		}
		if ok {
			if err := checkURL(got); err != nil {
				t.Errorf("%q is not taken: %v", got, err)
			}
		}
	}
}

// FuzzUpstream: whatever a source names, an address that comes of it is taken,
// and is at a known forge.
func FuzzUpstream(f *testing.F) {
	f.Add("https://github.com/a/b", "")
	f.Add("https://gitlab.com/a/b/c/-/x", "https://salsa.debian.org/a/b.git -b x")
	f.Add("https://sourceforge.net/p/a/git", "git://x/y")
	f.Fuzz(func(t *testing.T, home, vcs string) {
		clone, ok := Upstream(home, vcs)
		if !ok {
			return
		}
		if err := checkURL(clone); err != nil {
			t.Errorf("%q of %q: %v", clone, home, err)
		}
		host, _, _ := strings.Cut(strings.TrimPrefix(clone, "https://"), "/")
		if _, known := forges[host]; !known && host != "git.code.sf.net" && !strings.HasPrefix(host, "git.savannah.") {
			t.Errorf("%q is at no forge", clone)
		}
	})
}
