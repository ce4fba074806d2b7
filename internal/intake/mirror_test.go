package intake

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

func TestMirrorReads(t *testing.T) {
	t.Parallel()
	work := curlRepo(t)
	bare := &repo{t: t, dir: t.TempDir()}
	bare.git("clone", "-q", "--mirror", work.dir, "mirror.git")
	bare.dir = filepath.Join(bare.dir, "mirror.git")
	head := work.git("rev-parse", "HEAD")
	for name, r := range map[string]*repo{"work tree": work, "bare": bare} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, ctx := r.open(), t.Context()
			tags, err := m.Tags(ctx)
			if err != nil || len(tags) != 2 {
				t.Fatalf("tags: %v, %v", tags, err)
			}
			slices.SortFunc(tags, func(a, b Tag) int { return strings.Compare(a.Name, b.Name) })
			if want := work.git("rev-parse", "curl-8_4_0^{commit}"); tags[1] != (Tag{"curl-8_4_0", want}) {
				t.Errorf("the annotated tag: %v, want %s", tags[1], want)
			}
			for rev, want := range map[string]string{
				"HEAD": head, head: head, head[:7]: head, head[:6]: "", strings.Repeat("0", 40): "", "abcdef0": "", "master": "", "--help": "",
				"HEAD~1": "", strings.ToUpper(head): "", head + "\nHEAD": "",
				work.git("rev-parse", "HEAD^{tree}"): "",
			} {
				got, ok, err := m.Commit(ctx, rev)
				if err != nil || ok != (want != "") || (ok && got != want) {
					t.Errorf("Commit(%q) = %q, %v, %v; want %q", rev, got, ok, err, want)
				}
			}
			tree, err := m.files(ctx, head)
			if err != nil {
				t.Fatal(err)
			}
			if got := tree.find("url.c"); !slices.Equal(got, []string{"lib/url.c"}) {
				t.Errorf("url.c: %q", got)
			}
			object := tree.object["lib/socks.c"]
			texts, err := m.read(ctx, []string{object, tree.object["lib/newest.c"], strings.Repeat("1", 40)})
			if err != nil || len(texts) != 2 || string(texts[object]) != "int socks(void);\n" {
				t.Errorf("read: %q, %v", texts, err)
			}
			if again, err := m.files(ctx, head); err != nil || again != tree {
				t.Errorf("the list of files is read again: %v", err)
			}
			if _, err := m.files(ctx, strings.Repeat("0", 40)); err == nil {
				t.Error("the files of no commit are listed")
			}
			if _, err := m.files(ctx, "HEAD"); err == nil {
				t.Error("a name that is no hash is taken")
			}
		})
	}
}

func TestOpenMirrorRefusesWhatIsNoRepository(t *testing.T) {
	t.Parallel()
	if _, err := OpenMirror(t.Context(), t.TempDir()); err == nil || !strings.Contains(err.Error(), "no git repository") {
		t.Errorf("an empty folder: %v", err)
	}
	if _, err := OpenMirror(t.Context(), filepath.Join(t.TempDir(), "nothing")); err == nil {
		t.Error("a folder that is not there is opened")
	}
}

func TestMirrorIsBounded(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.write("big.c", strings.Repeat("x\n", maxFile/2+1))
	r.write("fits.c", strings.Repeat("x\n", maxFile/2))
	for i := range 20 {
		r.write(fmt.Sprintf("part%d.c", i), fmt.Sprint(i)+strings.Repeat("y\n", maxFile/2-2))
	}
	head := r.commit()
	m := r.open()
	tree, err := m.files(t.Context(), head)
	if err != nil {
		t.Fatal(err)
	}
	texts, err := m.read(t.Context(), []string{tree.object["big.c"], tree.object["fits.c"]})
	if err != nil || len(texts) != 1 || len(texts[tree.object["fits.c"]]) != maxFile {
		t.Errorf("%d texts, %v", len(texts), err)
	}
	var all []string
	for _, o := range tree.object {
		all = append(all, o)
	}
	texts, err = m.read(t.Context(), all)
	total := 0
	for _, text := range texts {
		total += len(text)
	}
	if err != nil || total > maxFiles || total < maxFiles/2 {
		t.Errorf("%d bytes are read at once, %v", total, err)
	}
	if _, err := m.run(t.Context(), nil, 10, "ls-tree", "-r", head); !errors.Is(err, errTooMuch) {
		t.Errorf("output over the limit: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.Tags(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestMirrorForManyAtOnce(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	var commits []string
	for i := range keptTrees + 2 {
		r.write("a.c", strings.Repeat("x\n", i+1))
		commits = append(commits, r.commit())
	}
	m := r.open()
	var wg sync.WaitGroup
	for i, c := range slices.Repeat(commits, 4) {
		wg.Go(func() {
			tree, err := m.files(t.Context(), c)
			if err != nil {
				t.Error(err)
				return
			}
			texts, err := m.read(t.Context(), []string{tree.object["a.c"]})
			if want := i%len(commits) + 1; err != nil || countLines(texts[tree.object["a.c"]]) != want {
				t.Errorf("commit %d: %v", want, err)
			}
		})
	}
	wg.Wait()
	if len(m.trees) > keptTrees {
		t.Errorf("%d lists of files are kept", len(m.trees))
	}
}

// A repository whose every setting that could run a program does so, and which
// lacks an object so that git would fetch it, does nothing when it is read.
func TestHostileRepositoryRunsNothing(t *testing.T) {
	t.Parallel()
	source := curlRepo(t)
	source.git("config", "uploadpack.allowFilter", "true")
	r := &repo{t: t, dir: t.TempDir()}
	r.git("clone", "-q", "--bare", "--filter=blob:none", "file://"+source.dir, "mirror.git")
	r.dir = filepath.Join(r.dir, "mirror.git")
	mark := filepath.Join(t.TempDir(), "ran")
	script := filepath.Join(t.TempDir(), "script")
	if err := os.WriteFile(script, []byte("#!/bin/sh\ntouch "+mark+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for key, value := range map[string]string{
		"core.hooksPath": filepath.Dir(script), "core.fsmonitor": script, "core.sshCommand": script, "core.pager": script,
		"core.editor": script, "core.askPass": script, "core.gitProxy": script, "core.alternateRefsCommand": script,
		"remote.origin.uploadpack": script, "remote.origin.promisor": "true", "protocol.allow": "always", "protocol.ext.allow": "always",
		"credential.helper": "!" + script, "alias.cat-file": "!" + script, "pager.for-each-ref": script, "diff.external": script,
		"filter.x.smudge": script, "gpg.program": script, "include.path": "/dev/zero.no",
	} {
		r.git("config", key, value)
	}
	for _, remote := range []string{"file://" + source.dir, "ext::" + script, "ssh://example.invalid/x"} {
		r.git("config", "remote.origin.url", remote)
		readHostile(t, r.open())
		// Versions of git before 2.44 do not know this guard: the other is enough.
		m := r.open()
		m.env = slices.DeleteFunc(m.env, func(e string) bool { return strings.HasPrefix(e, "GIT_NO_LAZY_FETCH=") })
		readHostile(t, m)
	}
	if _, err := os.Stat(mark); err == nil {
		t.Error("the repository made git run a program")
	}
	// The same repository does run it for a git that is not held back.
	r.git("config", "remote.origin.url", "file://"+source.dir)
	r.try("cat-file", "-p", "HEAD:lib/url.c") // what it fetches is no repository
	if _, err := os.Stat(mark); err != nil {
		t.Error("this test shows nothing: a plain git ran nothing either")
	}
}

// readHostile does with a mirror all that the lint does.
func readHostile(t *testing.T, m *Mirror) {
	t.Helper()
	ctx := t.Context()
	if _, err := m.Tags(ctx); err != nil {
		t.Errorf("tags: %v", err)
	}
	head, ok, err := m.Commit(ctx, "HEAD")
	if err != nil || !ok {
		t.Fatalf("HEAD: %v, %v", ok, err)
	}
	m.Commit(ctx, "abcdef0") // may well fail; it must only run nothing
	tree, err := m.files(ctx, head)
	if err != nil {
		t.Fatal(err)
	}
	if texts, err := m.read(ctx, []string{tree.object["lib/url.c"]}); len(texts) > 0 {
		t.Errorf("an object that is not here was fetched (%v)", err)
	}
}

func TestHostileContent(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.write("lib/a\nb.c", "x\n")
	r.write("--help/x.c", "x\n")
	r.write("dir/.git.c", "x\n")
	if err := os.Symlink("/etc/passwd", filepath.Join(r.dir, "passwd.c")); err != nil {
		t.Fatal(err)
	}
	head := r.commit()
	r.git("update-index", "--add", "--cacheinfo", "160000,"+head+",vendor/module.c")
	r.git("commit", "-q", "-m", "a module")
	head = r.git("rev-parse", "HEAD")
	// A replacement would show another commit in its place.
	r.git("replace", head, r.git("commit-tree", "-m", "other", r.git("hash-object", "-t", "tree", "-w", "/dev/null")))
	blob := r.git("hash-object", "-w", "--", "lib/a\nb.c")
	r.git("tag", "on-a-file", blob)
	r.git("tag", "-a", "-m", "x", "on-a-file-too", blob)
	m := r.open()
	tags, err := m.Tags(t.Context())
	if err != nil || len(tags) != 0 {
		t.Errorf("tags on files are listed: %v, %v", tags, err)
	}
	tree, err := m.files(t.Context(), head)
	if err != nil {
		t.Fatal(err)
	}
	for path, readable := range map[string]bool{"lib/a\nb.c": true, "--help/x.c": true, "passwd.c": false, "vendor/module.c": false} {
		if object, ok := tree.object[path]; !ok || (object != "") != readable {
			t.Errorf("%q: object %q, there: %v", path, object, ok)
		}
	}
}

func TestSplitBatchRefusesGarbage(t *testing.T) {
	t.Parallel()
	for _, out := range []string{"abc", "abc 5\nx\n", "abc x\n", "abc -1\n\n", "abc 1\nx", "a missing\n"} {
		if files, err := splitBatch([]byte(out)); err == nil {
			t.Errorf("%q is read as %q", out, files)
		}
	}
	files, err := splitBatch([]byte("abc 2\nx\n\ndef 0\n\n"))
	if err != nil || string(files["abc"]) != "x\n" || len(files["def"]) != 0 {
		t.Errorf("%q, %v", files, err)
	}
}
