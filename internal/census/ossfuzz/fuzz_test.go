package ossfuzz

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"strings"
	"testing"
)

func FuzzParseProject(f *testing.F) {
	f.Add([]byte("homepage: \"https://x.org/\"\nlanguage: c++\nmain_repo: 'https://github.com/x/x.git'\ndisabled: True\n"))
	f.Add([]byte("a: &a [*a]\nhomepage: *a\n"))
	f.Add([]byte("--- !x\n? [a]\n: |\n  b\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, err := ParseProject("p", raw)
		if err == nil && max(len(p.Homepage), len(p.Repo), len(p.Language)) > maxText {
			t.Errorf("%+v", p)
		}
	})
}

// FuzzMatch: a project is matched with what has its repository, its page and its
// name; addresses of any form do no harm.
func FuzzMatch(f *testing.F) {
	f.Add("xz", "https://tukaani.org/xz/", "https://github.com/tukaani-project/xz.git")
	f.Add("x", "git@github.com:a/b.git", "https://user:pw@[::1]:80/..//%00?x#y")
	f.Add("rust-a-1.0", "A.GITHUB.IO", "gitlab.x/-/-")
	f.Fuzz(func(t *testing.T, name, homepage, repo string) {
		l := &List{Projects: []Project{{Name: name, Homepage: homepage, Repo: repo, Language: "rust"}}}
		if err := l.close(); err != nil {
			t.Fatal(err)
		}
		if p := placeOf(repo); p.key != "" && (p.key != strings.ToLower(p.key) || p.repo && p.owner == "") {
			t.Errorf("%+v", p)
		}
		got, ok := l.Match(name, homepage, repo)
		if ok && got != name {
			t.Errorf("%q", got)
		}
		if key := placeOf(repo).key; key != "" && !ok && spoken(name) == "" && !placeOf(homepage).within {
			t.Errorf("%q %q %q is not matched with itself", name, homepage, repo)
		}
	})
}

func FuzzReadTar(f *testing.F) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	const text = "homepage: https://x.org\n"
	_ = w.WriteHeader(&tar.Header{Name: "a/projects/x/project.yaml", Size: int64(len(text))})
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	_ = z.Close()
	f.Add(b.Bytes())
	f.Add([]byte("\x1f\x8b"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if l, err := ReadTar(t.Context(), bytes.NewReader(raw)); err == nil && len(l.Projects) == 0 {
			t.Error("no project and no error")
		}
	})
}
