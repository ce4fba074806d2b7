package ossfuzz_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"steward/internal/base/errs"
	"steward/internal/census/fetch"
	"steward/internal/census/ossfuzz"
)

// projects are their files, by name.
type projects map[string]string

func yaml(homepage, repo, language string) string {
	return fmt.Sprintf("homepage: %q\nlanguage: %s\nprimary_contact: \"a@example.org\"\nauto_ccs:\n  - b@example.org\nmain_repo: '%s'\nsanitizers:\n - address\n", homepage, language, repo)
}

// archive packs projects as GitHub does, with other files around them.
func archive(t testing.TB, all projects) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	put := func(h tar.Header, content string) {
		h.Size = int64(len(content))
		err := w.WriteHeader(&h)
		if err == nil {
			_, err = w.Write([]byte(content))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	put(tar.Header{Name: "pax_global_header", Typeflag: tar.TypeXGlobalHeader, PAXRecords: map[string]string{"comment": "x"}}, "")
	put(tar.Header{Name: "oss-fuzz-master/", Typeflag: tar.TypeDir}, "")
	put(tar.Header{Name: "oss-fuzz-master/README.md"}, "hello")
	for _, name := range slices.Sorted(maps.Keys(all)) {
		put(tar.Header{Name: "oss-fuzz-master/projects/" + name + "/project.yaml", Mode: 0o644}, all[name])
		put(tar.Header{Name: "oss-fuzz-master/projects/" + name + "/deep/project.yaml"}, "homepage: https://no.example\n")
	}
	put(tar.Header{Name: "oss-fuzz-master/projects/link/project.yaml", Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"}, "")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func list(t testing.TB, all projects) *ossfuzz.List {
	t.Helper()
	l, err := ossfuzz.ReadTar(t.Context(), bytes.NewReader(archive(t, all)))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestParse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]ossfuzz.Project{
		"homepage: \"https://x.org/\"\nlanguage: c++\nmain_repo: 'https://github.com/x/x.git' # here\n": {Homepage: "https://x.org/", Language: "c++", Repo: "https://github.com/x/x.git"},
		"disabled: True\n":                               {Disabled: true},
		"disabled: yes\nlanguage: \"c\"":                 {Disabled: true, Language: "c"},
		"disabled: False\nextra: {a: [b]}\n":             {},
		"homepage:\nmain_repo: ~\n":                      {Repo: "~"},
		"base: &a\n  homepage: https://a.org\nother: *a": {},
		"homepage: >\n  https://x.org/\n":                {Homepage: "https://x.org/"},
	} {
		want.Name = "p"
		if got, err := ossfuzz.ParseProject("p", []byte(text)); err != nil || got != want {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{
		"", "hello", "- a\n", "a: b: c", "homepage: [x]\n", "x: &a [x]\nhomepage: *a\n", "homepage: " + strings.Repeat("x", 2000), "\xff\xfe",
		"homepage: https://x.org\n" + strings.Repeat("#\n", 40_000), strings.Repeat("[", 60_000), "disabled: {}\n",
	} {
		if p, err := ossfuzz.ParseProject("p", []byte(text)); err == nil {
			t.Errorf("%.40q: %+v", text, p)
		}
	}
}

func TestRead(t *testing.T) {
	t.Parallel()
	all := projects{
		"zlib": yaml("https://www.zlib.net/", "https://github.com/madler/zlib.git", "c++"),
		"curl": yaml("https://curl.se/", "https://github.com/curl/curl.git", "c++"),
		"bad":  "homepage: [", "odd": "homepage: [a]\n",
	}
	want := []ossfuzz.Project{
		{Name: "curl", Homepage: "https://curl.se/", Repo: "https://github.com/curl/curl.git", Language: "c++"},
		{Name: "zlib", Homepage: "https://www.zlib.net/", Repo: "https://github.com/madler/zlib.git", Language: "c++"},
	}
	dir := t.TempDir()
	for name, text := range all {
		if err := os.MkdirAll(filepath.Join(dir, "projects", name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "projects", name, "project.yaml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(dir, "projects", "empty"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "projects", "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	fromDir, err := ossfuzz.ReadFolder(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range []*ossfuzz.List{list(t, all), fromDir} {
		if !slices.Equal(l.Projects, want) {
			t.Errorf("%+v", l.Projects)
		}
		if len(l.Gaps) != 2 || l.Gaps[0].Project != "bad" || l.Gaps[1].Project != "odd" || l.MoreGaps != 0 {
			t.Errorf("gaps: %+v", l.Gaps)
		}
	}
}

func TestBroken(t *testing.T) {
	t.Parallel()
	good := archive(t, projects{"curl": yaml("https://curl.se/", "", "c")})
	var none, bomb bytes.Buffer
	z := gzip.NewWriter(&none)
	_ = tar.NewWriter(z).Close()
	_ = z.Close()
	// A file of more bytes than an archive may have, which packs well.
	z, _ = gzip.NewWriterLevel(&bomb, gzip.BestSpeed)
	w := tar.NewWriter(z)
	if err := w.WriteHeader(&tar.Header{Name: "x/bomb", Size: 1 << 30}); err != nil {
		t.Fatal(err)
	}
	zeros := make([]byte, 16<<20)
	for range 34 {
		if _, err := w.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	_ = z.Close()
	for name, raw := range map[string][]byte{
		"empty": nil, "text": []byte("hello"), "cut": good[:len(good)-20], "no project": none.Bytes(), "bomb": bomb.Bytes(),
	} {
		if _, err := ossfuzz.ReadTar(t.Context(), bytes.NewReader(raw)); !errs.Is(err, errs.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, dir := range []string{filepath.Join(t.TempDir(), "x"), t.TempDir()} {
		if _, err := ossfuzz.ReadFolder(t.Context(), dir); !errs.Is(err, errs.Invalid) {
			t.Errorf("a folder of none: %v", err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := ossfuzz.ReadTar(ctx, bytes.NewReader(good)); err == nil {
		t.Error("read for nobody")
	}
	many := projects{}
	for i := range 1200 {
		many[fmt.Sprintf("p%04d", i)] = "["
	}
	many["z"] = yaml("https://z.org", "", "c")
	if l := list(t, many); len(l.Gaps) != 20 || l.MoreGaps != 1180 || l.Gaps[19].Project != "p0019" {
		t.Errorf("%d and %d", len(l.Gaps), l.MoreGaps)
	}
}

// TestCollect: through a redirect, as GitHub answers, and not a second time.
func TestCollect(t *testing.T) {
	t.Parallel()
	raw := archive(t, projects{"curl": yaml("https://curl.se/", "", "c")})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/archive/master.tar.gz" {
			http.Redirect(w, r, "/code/master", http.StatusFound)
			return
		}
		w.Header().Set("ETag", `W/"a"`)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(raw))
	}))
	t.Cleanup(s.Close)
	dir := t.TempDir()
	if _, ok, err := ossfuzz.Open(t.Context(), dir); ok || err != nil {
		t.Errorf("of nothing: %v %v", ok, err)
	}
	for n := range 2 {
		if _, same, err := ossfuzz.Collect(t.Context(), fetch.New(), s.URL+"/archive/master.tar.gz", dir, nil); err != nil || same != (n > 0) {
			t.Fatalf("%v %v", same, err)
		}
	}
	if l, ok, err := ossfuzz.Open(t.Context(), dir); err != nil || !ok || len(l.Projects) != 1 {
		t.Errorf("%+v %v %v", l, ok, err)
	}
}

// TestMatch: each rule, and what each must not match.
func TestMatch(t *testing.T) {
	t.Parallel()
	l := list(t, projects{
		"zlib":           yaml("https://www.zlib.net/", "https://github.com/madler/zlib.git", "c++"),
		"bad_example":    yaml("https://www.zlib.net/", "https://github.com/madler/zlib.git", "c++"),
		"xz":             yaml("https://tukaani.org/xz/", "https://github.com/tukaani-project/xz.git", "c++"),
		"libpng":         yaml("http://www.libpng.org/pub/png/libpng.html", "https://github.com/pnggroup/libpng.git", "c++"),
		"libexif":        yaml("https://libexif.github.io", "https://github.com/libexif/libexif", "c++"),
		"libidn":         yaml("https://www.gnu.org/software/libidn/", "https://gitlab.com/gnuwget/libidn", "c++"),
		"libidn2":        yaml("https://gitlab.com/libidn/libidn2", "https://gitlab.com/libidn/libidn2", "c++"),
		"bzip3":          yaml("https://sourceware.org/bzip2/", "https://github.com/k/bzip3", "c"),
		"apache-axis2":   yaml("https://axis.apache.org/axis2/java/core/", "https://github.com/apache/axis-axis2-java-core.git", "jvm"),
		"alembic":        yaml("https://github.com/alembic/alembic", "https://github.com/alembic/alembic", "c++"),
		"helm":           yaml("https://helm.sh", "https://github.com/helm/helm", "go"),
		"glom":           yaml("https://github.com/mahmoud/glom", "https://github.com/mahmoud/glom", "python"),
		"time":           yaml("https://opensource.fb.com", "https://github.com/facebook/time", "go"),
		"unicorn":        yaml("https://www.unicorn-engine.org", "https://github.com/unicorn-engine/unicorn.git", "c++"),
		"mpv":            yaml("https://github.com/mpv-player/mpv", "https://github.com/mpv-player/mpv", "c"),
		"haproxy":        yaml("https://github.com/haproxy/haproxy", "https://github.com/haproxy/haproxy", "c++"),
		"pillow":         yaml("https://github.com/python-pillow/Pillow", "https://github.com/python-pillow/Pillow", "python"),
		"poco":           yaml("https://github.com/pocoproject/poco", "https://github.com/pocoproject/poco", "c++"),
		"bind9":          yaml("https://gitlab.isc.org/isc-projects/bind9", "https://gitlab.isc.org/isc-projects/bind9.git", "c"),
		"e2fsprogs":      yaml("https://github.com/tytso/e2fsprogs", "https://github.com/tytso/e2fsprogs", "c"),
		"libhtp":         yaml("https://github.com/OISF/libhtp", "https://github.com/OISF/libhtp.git", "c"),
		"util-linux":     yaml("https://github.com/util-linux/util-linux", "https://github.com/util-linux/util-linux", "c"),
		"antlr4-java":    yaml("https://www.antlr.org", "https://github.com/antlr/antlr4.git", "jvm"),
		"circl":          yaml("https://github.com/cloudflare/circl", "https://github.com/cloudflare/circl.git", "c++"),
		"go-ole":         yaml("https://example.org", "https://github.com/go-ole/go-ole", "go"),
		"serde_json":     yaml("https://github.com/serde-rs/json", "https://github.com/serde-rs/json", "rust"),
		"flate2-rs":      yaml("", "https://github.com/rust-lang/flate2-rs", "rust"),
		"flatbuffers":    yaml("https://google.github.io/flatbuffers/", "https://github.com/google/flatbuffers", "c++"),
		"gc-iam":         yaml("https://github.com/googleapis/google-cloud-python", "https://github.com/googleapis/google-cloud-python", "python"),
		"miniz_oxide":    yaml("", "https://github.com/Frommi/miniz_oxide", "rust"),
		"libtiff":        yaml("http://www.libtiff.org", "https://gitlab.com/libtiff/libtiff", "c++"),
		"kconfig":        yaml("https://invent.kde.org/frameworks/kconfig.git/", "https://invent.kde.org/frameworks/kconfig.git", "c++"),
		"giflib":         yaml("", "https://git.code.sf.net/p/giflib/code", "c++"),
		"jimfs":          yaml("", "git@github.com:google/jimfs.git", "jvm"),
		"cpython3":       yaml("https://python.org/", "https://github.com/python/cpython", "c++"),
		"apache-httpd":   yaml("https://httpd.apache.org/", "https://github.com/apache/httpd", "c") + "disabled: True\n",
		"gone":           yaml("https://gone.example.org", "https://github.com/gone/gone", "c") + "disabled: true\n",
		"apache-commons": yaml("https://commons.apache.org/proper/commons/", "https://github.com/apache/commons", "jvm"),
	})
	for _, c := range []struct{ source, homepage, vcs, want string }{
		{"zlib", "http://zlib.net/", "https://salsa.debian.org/debian/zlib.git", "zlib"},
		{"libz-mingw-w64", "https://zlib.net/", "", ""},
		{"xz-utils", "https://tukaani.org/xz/", "", "xz"},
		{"libpng1.6", "http://libpng.org/pub/png/libpng.html", "", "libpng"},
		{"libexif", "https://libexif.github.io/", "", "libexif"},
		{"exif", "https://libexif.github.io/", "", ""},
		{"libexif-gtk", "https://libexif.github.io/", "", ""},
		{"libidn", "https://www.gnu.org/software/libidn/", "", "libidn"},
		{"libidn2", "https://www.gnu.org/software/libidn/#libidn2", "", "libidn2"},
		{"bzip2", "https://sourceware.org/bzip2/", "", ""},
		{"axis", "http://ws.apache.org/axis/", "", ""},
		{"alembic", "https://github.com/sqlalchemy/alembic", "", ""},
		{"helm", "https://emacs-helm.github.io/helm/", "", ""},
		{"glom", "http://www.glom.org/", "", ""},
		{"time", "https://www.gnu.org/software/time", "", ""},
		{"unicorn", "https://unicorn.bogomips.org/", "", ""},
		{"unicorn-engine", "https://elsewhere.example", "", "unicorn"},
		{"mpv", "https://mpv.io/", "", "mpv"},
		{"haproxy", "http://www.haproxy.org/", "", "haproxy"},
		{"haproxy", "https://launchpad.net/haproxy", "", ""},
		{"poco", "https://gitlab.com/pocoproject", "", ""},
		{"pillow", "http://python-pillow.github.io/", "", "pillow"},
		{"poco", "https://pocoproject.org/", "", "poco"},
		{"bind9", "https://www.isc.org/downloads/bind/", "", "bind9"},
		{"e2fsprogs", "http://e2fsprogs.sourceforge.net", "", "e2fsprogs"},
		{"htp", "http://htp.sourceforge.net", "", ""},
		{"util-linux", "https://www.kernel.org/pub/linux/utils/util-linux/", "", "util-linux"},
		{"antlr4", "https://github.com/antlr/antlr4", "", "antlr4-java"},
		{"golang-github-antlr-antlr4", "https://github.com/antlr/antlr4", "", ""},
		{"golang-github-cloudflare-circl", "https://github.com/cloudflare/circl", "", "circl"},
		{"golang-github-go-ole-go-ole", "", "", "go-ole"},
		{"golang-github-go-ole-go-ole-v2", "", "", "go-ole"},
		{"golang-github-other-go-ole", "", "", ""},
		{"rust-serde-json", "", "", ""}, // its repository is called otherwise
		{"rust-flate2", "", "", "flate2-rs"},
		{"ruby-flate2", "", "", ""},
		{"flatbuffers", "https://google.github.io/flatbuffers", "", "flatbuffers"},
		{"python-common", "https://github.com/googleapis/google-cloud-python/tree/main/packages/common", "", ""},
		{"rust-miniz-oxide", "https://github.com/Frommi/miniz_oxide/tree/master/miniz_oxide", "", "miniz_oxide"},
		{"tiff", "https://libtiff.gitlab.io/libtiff/", "", "libtiff"},
		{"kconfig", "https://invent.kde.org/frameworks/kconfig", "", "kconfig"},
		{"giflib", "http://giflib.sourceforge.net/", "", "giflib"},
		{"giflib", "https://sourceforge.net/projects/giflib/files", "", "giflib"},
		{"x", "", "https://github.com/Google/Jimfs.git -b debian [sub]", "jimfs"},
		{"python3.13", "", "", "cpython3"},
		{"python2.7", "https://www.python.org/", "", ""},
		{"apache2", "https://httpd.apache.org/", "", ""}, // disabled
		{"gone", "https://gone.example.org", "https://github.com/gone/gone", ""},
		{"libcommons-java", "https://commons.apache.org/other", "", "apache-commons"},
		{"commons", "", "", ""},
		{"", "", "", ""},
	} {
		got, ok := l.Match(c.source, c.homepage, c.vcs)
		if got != c.want || ok != (c.want != "") {
			t.Errorf("%s (%s) is %q, want %q", c.source, c.homepage, got, c.want)
		}
	}
}
