package cli_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"steward/internal/cli"
)

// tarOf packs files as a tar.gz.
func tarOf(t *testing.T, files ...string) []byte {
	t.Helper()
	var raw bytes.Buffer
	z := gzip.NewWriter(&raw)
	w := tar.NewWriter(z)
	for i := 0; i < len(files); i += 2 {
		if err := w.WriteHeader(&tar.Header{Name: files[i], Mode: 0o644, Size: int64(len(files[i+1]))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(files[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return raw.Bytes()
}

// elsewhere is all that is collected from, by path.
func elsewhere(t *testing.T) map[string][]byte {
	t.Helper()
	var list, export bytes.Buffer
	z := gzip.NewWriter(&list)
	fmt.Fprintf(z, "#rank name inst vote old recent no-files (maintainer)\n1 libone 1200 1 1 1 1 (A)\n2 one 1000 1 1 1 1 (A)\n%s\n2 Total 2200 2 2 2 2\n", strings.Repeat("-", 40))
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	x := zip.NewWriter(&export)
	for id, day := range map[string]string{"DEBIAN-CVE-2020-1": "2020-05-01", "DEBIAN-CVE-2024-2": "2024-05-01"} {
		f, err := x.Create(id + ".json")
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(f, `{"id":%q,"modified":"2024-06-01T00:00:00Z","published":"%sT00:00:00Z","upstream":[%q],"affected":[{"package":{"ecosystem":"Debian:12","name":"one"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"}]}]}]}`,
			id, day, strings.TrimPrefix(id, "DEBIAN-"))
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{
		"/by_inst.gz":     list.Bytes(),
		"/Debian/all.zip": export.Bytes(),
		"/fuzz.tar.gz":    tarOf(t, "oss-fuzz-master/projects/one/project.yaml", "homepage: \"https://one.example\"\nlanguage: c\nmain_repo: 'https://code.example/one/one'\n"),
		"/debian/pool/one_1.5-1.debian.tar.gz": tarOf(t,
			"debian/changelog", "one (1.5-1) unstable; urgency=medium\n\n  * New.\n\n -- A <a@x.test>  Sun, 01 Jan 2023 00:00:00 +0000\n",
			"debian/patches/series", "ours.patch\n",
			"debian/patches/ours.patch", "Description: ours\nForwarded: no\n--- a/x\n+++ b/x\n"),
	}
}

// history makes a bare repository with two commits of one person, and a release.
func history(t *testing.T, dir string) {
	t.Helper()
	var story strings.Builder
	for n, day := range []string{"2022-02-01", "2023-05-01"} {
		at, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&story, "commit refs/heads/main\nmark :%d\ncommitter Ada <ada@x.test> %d +0000\ndata 2\nx\nM 644 inline main.c\ndata %d\n%s\n", n+1, at.Unix(), n+1, strings.Repeat("y", n+1))
	}
	story.WriteString("reset refs/tags/v1.0\nfrom :1\n\n")
	for _, args := range [][]string{{"init", "-q", "--bare", "-b", "main", dir}, {"--git-dir", dir, "fast-import", "--quiet"}} {
		git := exec.Command("git", args...)
		git.Stdin = strings.NewReader(story.String())
		if out, err := git.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v: %s", args, err, out)
		}
	}
}

// TestCensusCollects: what is fetched into a folder gives a ranking more to say,
// as of a day; what is there is not fetched again.
func TestCensusCollects(t *testing.T) {
	t.Parallel()
	files := elsewhere(t)
	sent := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, ok := files[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("ETag", `"1"`)
		if r.Header.Get("If-None-Match") == `"1"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		sent++
		_, _ = w.Write(raw)
	}))
	defer server.Close()
	dir := t.TempDir()
	put := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	packages := put("Packages", "Package: libone\nSource: one\nVersion: 1.5-1\n\nPackage: two\nVersion: 1\n\n")
	tar := files["/debian/pool/one_1.5-1.debian.tar.gz"]
	sources := put("Sources", fmt.Sprintf("Package: one\nVersion: 1.5-1\nHomepage: https://one.example/\nDirectory: pool\nChecksums-Sha256:\n %x %d one_1.5-1.debian.tar.gz\n %064d 5 one_1.5.orig.tar.gz\n\nPackage: two\nVersion: 1\nHomepage: https://github.com/two/two\n\n", sha256.Sum256(tar), len(tar), 0))
	folder := filepath.Join(dir, "collected")
	run := func(args ...string) string {
		t.Helper()
		var out, failed bytes.Buffer
		world := cli.World{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &failed, Getenv: func(string) string { return "" }, Clock: time.Now}
		if code := cli.Run(context.Background(), append([]string{"census"}, args...), world); code != 0 {
			t.Fatalf("%v ends with %d: %s", args, code, failed.String())
		}
		return out.String()
	}
	collect := []string{"collect", folder, "popcon", "osv", "oss-fuzz", "packaging", "--packages", packages, "--sources", sources,
		"--from", "popcon=" + server.URL + "/by_inst.gz", "--from", "osv=" + server.URL, "--from", "oss-fuzz=" + server.URL + "/fuzz.tar.gz", "--from", "packaging=" + server.URL + "/debian"}
	run(collect...)
	if sent != 4 {
		t.Errorf("%d files were sent, not 4", sent)
	}
	if again := run(append(collect, "--json")...); sent != 4 || strings.Count(again, `"unchanged": 1`) != 4 {
		t.Errorf("the second time %d files were sent: %s", sent-4, again)
	}
	history(t, filepath.Join(folder, "repositories", "one.git"))
	for day, want := range map[string][]string{
		"2023-06-30": {`installs +1200 `, `cves +1 `, `unfuzzed +0 `, `unforwarded +1 `, `uncared +180 `, `authors +1 `, `silence +60 `, `updated +1 `},
		"2024-06-30": {`cves +2 `, `uncared +546 `, `authors +0 `},
	} {
		got := run("explain", "one", "--packages", packages, "--sources", sources, "--collected", folder, "--day", day, "--security", put("security", "Package: one\nVersion: 1.5-1+deb12u1\n\n"))
		for _, w := range want {
			if !regexp.MustCompile(w).MatchString(got) {
				t.Errorf("as of %s there is no %q in\n%s", day, w, got)
			}
		}
	}
	other := run("explain", "two", "--packages", packages, "--sources", sources, "--collected", folder, "--day", "2023-06-30")
	for _, w := range []string{`cves +0 `, `unfuzzed +1 `, `popcon +installs\n`, `packaging +unforwarded, uncared`, `git history +authors, `, `security Sources +updated\n`} {
		if !regexp.MustCompile(w).MatchString(other) {
			t.Errorf("of the other there is no %q in\n%s", w, other)
		}
	}
}
