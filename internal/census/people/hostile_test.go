package people

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// TestNothingStarts: a repository names programs wherever git would start one,
// and none is started, nor is the answer another.
func TestNothingStarts(t *testing.T) {
	t.Parallel()
	s := handover()
	s.by(ada, "2023-06-01", ".gitattributes=*.c diff=evil filter=evil merge=evil\n", "src/9.c=x")
	want := tell(t, s.bare(t), "2023-06-30")
	dir := s.bare(t)
	mark := filepath.Join(t.TempDir(), "started")
	evil := filepath.Join(dir, "evil.sh")
	write(t, evil, "#!/bin/sh\necho started >> "+mark+"\ncat\n")
	write(t, filepath.Join(dir, "more"), "[core]\n\tfsmonitor = "+evil+"\n")
	var config strings.Builder
	fmt.Fprintf(&config, "[core]\n\trepositoryformatversion = 1\n\tbare = true\n\tfsmonitor = %[1]s\n\tsshCommand = %[1]s\n\tpager = %[1]s\n\teditor = %[1]s\n\thooksPath = %[2]s\n\talternateRefsCommand = %[1]s\n\tgitProxy = %[1]s\n\taskPass = %[1]s\n\tattributesFile = %[2]s/attributes\n", evil, dir)
	fmt.Fprintf(&config, "[diff]\n\texternal = %[1]s\n[diff \"evil\"]\n\tcommand = %[1]s\n\ttextconv = %[1]s\n[filter \"evil\"]\n\tclean = %[1]s\n\tsmudge = %[1]s\n\tprocess = %[1]s\n[gpg]\n\tprogram = %[1]s\n[log]\n\tshowSignature = true\n[pager]\n\tlog = %[1]s\n", evil)
	fmt.Fprintf(&config, "[uploadpack]\n\tpackObjectsHook = %[1]s\n[credential]\n\thelper = %[1]s\n[alias]\n\tlog = !%[1]s\n\tcat-file = !%[1]s\n[include]\n\tpath = %[2]s/more\n[extensions]\n\tpartialClone = origin\n[remote \"origin\"]\n\turl = ext::%[1]s\n\tpromisor = true\n\tuploadpack = %[1]s\n[protocol]\n\tallow = always\n[mailmap]\n\tfile = /etc/passwd\n", evil, dir)
	write(t, filepath.Join(dir, "config"), config.String())
	for _, hook := range []string{"post-index-change", "reference-transaction", "post-checkout", "pre-auto-gc"} {
		write(t, filepath.Join(dir, "hooks", hook), "#!/bin/sh\necho started >> "+mark+"\n")
	}
	write(t, filepath.Join(dir, "info", "attributes"), "*.c diff=evil\n")
	write(t, filepath.Join(dir, "info", "grafts"), strings.Repeat("a", 40)+"\n")
	got := tell(t, dir, "2023-06-30")
	if exists(mark) {
		t.Error("a program of the repository was started")
	}
	if got != want {
		t.Errorf("told %s\nwant %s", say(got), say(want))
	}
	// The trap works: git itself, asked naively, falls into it.
	cmd := exec.Command("git", "--git-dir="+dir, "log", "-p", "--ext-diff", "-1", "main", "--", "src/9.c")
	_ = cmd.Run()
	if !exists(mark) {
		t.Error("the trap does not work")
	}
}

// TestReplaced: replacements do not change a history.
func TestReplaced(t *testing.T) {
	t.Parallel()
	dir := handover().bare(t)
	want := tell(t, dir, "2023-06-30")
	runGit(t, dir, nil, "replace", runGit(t, dir, nil, "rev-parse", "main~1"), runGit(t, dir, nil, "rev-parse", "main~20"))
	if got := tell(t, dir, "2023-06-30"); got != want {
		t.Errorf("told %s\nwant %s", say(got), say(want))
	}
}

func TestFoldersThatAreNotRead(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		do   func(t *testing.T, dir string)
		want Reason
	}{
		{"shallow", func(t *testing.T, dir string) { write(t, filepath.Join(dir, "shallow"), strings.Repeat("a", 40)+"\n") }, Shallow},
		{"borrowed", func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, "objects/info/alternates"), "/somewhere/else/objects\n")
		}, Borrowed},
		{"borrowed by http", func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, "objects/info/http-alternates"), "http://127.0.0.1/\n")
		}, Borrowed},
		{"borrowed, a link", func(t *testing.T, dir string) {
			check(t, os.Symlink("/dev/zero", filepath.Join(dir, "objects/info/alternates")))
		}, Borrowed},
		{"objects are a link", func(t *testing.T, dir string) {
			check(t, os.Rename(filepath.Join(dir, "objects"), filepath.Join(dir, "o")))
			check(t, os.Symlink("o", filepath.Join(dir, "objects")))
		}, Broken},
		{"a pack is a link", func(t *testing.T, dir string) {
			check(t, os.Symlink("/etc/hostname", filepath.Join(dir, "objects/pack/pack-"+strings.Repeat("a", 40)+".pack")))
		}, Broken},
		{"an object is a pipe", func(t *testing.T, dir string) {
			check(t, os.MkdirAll(filepath.Join(dir, "objects/aa"), 0o700))
			check(t, syscall.Mkfifo(filepath.Join(dir, "objects/aa", strings.Repeat("a", 38)), 0o600))
		}, Broken},
		{"packed-refs is a pipe", func(t *testing.T, dir string) {
			check(t, os.RemoveAll(filepath.Join(dir, "packed-refs")))
			check(t, syscall.Mkfifo(filepath.Join(dir, "packed-refs"), 0o600))
		}, Broken},
		{"HEAD is a link out", func(t *testing.T, dir string) {
			check(t, os.Remove(filepath.Join(dir, "HEAD")))
			check(t, os.Symlink("/etc/hostname", filepath.Join(dir, "HEAD")))
		}, NoHistory},
		{"HEAD names nothing", func(t *testing.T, dir string) { write(t, filepath.Join(dir, "HEAD"), "ref: refs/heads/--output=x\n") }, NoHistory},
		{"HEAD names what is not there", func(t *testing.T, dir string) { write(t, filepath.Join(dir, "HEAD"), strings.Repeat("a", 40)) }, Broken},
		{"references in a table", func(t *testing.T, dir string) { check(t, os.Mkdir(filepath.Join(dir, "reftable"), 0o700)) }, Broken},
		{"no repository", func(t *testing.T, dir string) { check(t, os.RemoveAll(dir)) }, Broken},
		{"a pack is cut", func(t *testing.T, dir string) {
			runGit(t, dir, nil, "gc", "--quiet")
			packs, err := filepath.Glob(filepath.Join(dir, "objects/pack/*.pack"))
			check(t, err)
			check(t, os.Chmod(packs[0], 0o600))
			check(t, os.Truncate(packs[0], 300))
		}, Broken},
		{"files are behind a file", func(t *testing.T, dir string) {
			check(t, os.Rename(dir, dir+".real"))
			write(t, filepath.Join(dir, ".git"), "gitdir: "+dir+".real\n")
		}, Broken},
		{"files are behind a link", func(t *testing.T, dir string) {
			check(t, os.Rename(dir, dir+".real"))
			check(t, os.Mkdir(dir, 0o700))
			check(t, os.Symlink(dir+".real", filepath.Join(dir, ".git")))
		}, Broken},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := handover().bare(t)
			c.do(t, dir)
			allUnknown(t, tell(t, dir, "2023-06-30"), c.want)
		})
	}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestShallowClone: git's own.
func TestShallowClone(t *testing.T) {
	t.Parallel()
	dir, to := handover().bare(t), filepath.Join(t.TempDir(), "c")
	runGit(t, filepath.Dir(to), nil, "clone", "--quiet", "--depth=3", "file://"+dir, to)
	allUnknown(t, tell(t, to, "2023-06-30"), Shallow)
}

// TestWithoutMailmap: a copy without files, that git made and not Collect, does
// not say who is who, and nothing is fetched for it.
func TestWithoutMailmap(t *testing.T) {
	t.Parallel()
	s := handover()
	s.by(ada, "2023-06-01", ".mailmap=Ada Lovelace <ada@engine.test> <ben@bits.test>\n")
	dir, to := s.bare(t), filepath.Join(t.TempDir(), "c")
	runGit(t, dir, nil, "config", "uploadpack.allowFilter", "true")
	runGit(t, filepath.Dir(to), nil, "clone", "--quiet", "--bare", "--filter=blob:none", "file://"+dir, to)
	allUnknown(t, tell(t, to, "2023-06-30"), NoMailmap)
	if got, want := tell(t, to, "2023-05-30"), tell(t, dir, "2023-05-30"); got != want { // there was none yet
		t.Errorf("told %s\nwant %s", say(got), say(want))
	}
}

// TestBorrowedClone: git's own, which would be read in full through the other.
func TestBorrowedClone(t *testing.T) {
	t.Parallel()
	dir, to := handover().bare(t), filepath.Join(t.TempDir(), "c")
	runGit(t, filepath.Dir(to), nil, "clone", "--quiet", "--shared", dir, to)
	allUnknown(t, tell(t, to, "2023-06-30"), Borrowed)
}

// TestNamesLikeOptions: references and files that are named like options of
// git's, or in ways that a program may read wrongly.
func TestNamesLikeOptions(t *testing.T) {
	t.Parallel()
	s := handover()
	s.by(ada, "2023-06-01", "--output=x.c=1", "new\nline.c=1", "tab\there.c=1", "A\nM.c=1", "\x02x.c=1", "nonutf\xff.c=1", "src/9.c=x")
	s.by(ada, "2023-06-02", "new\nline.c>moved\n\nline.c")
	dir := s.bare(t)
	id := runGit(t, dir, nil, "rev-parse", "main")
	evil := filepath.Join(t.TempDir(), "v1")
	var packed strings.Builder
	packed.WriteString("# pack-refs with: peeled fully-peeled sorted\n")
	for _, ref := range []string{"refs/heads/main", "refs/heads/--upload-pack=x", "refs/tags/--output=" + evil, "refs/tags/-n1", "refs/tags/v9;touch " + evil, "refs/tags/v1\x00"} {
		fmt.Fprintf(&packed, "%s %s\n^%s\n", id, ref, id)
	}
	packed.WriteString("zz refs/tags/v7\n" + strings.Repeat("0", 40) + " refs/tags/v8\n" + strings.Repeat("a", 40) + " refs/tags/v10\n\n \n")
	write(t, filepath.Join(dir, "packed-refs"), packed.String())
	got := tell(t, dir, "2023-06-30")
	if exists(evil) {
		t.Error("a name was taken for an option")
	}
	has(t, got, map[string]string{"truck-factor": "1", "silence": "28", "newcomers": "1"})
}

// TestManyHeirs: a history that renames without end takes no more time
// than its length.
func TestManyHeirs(t *testing.T) {
	t.Parallel()
	const n = 20000
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("f%d.c", i)
	}
	f := newFiles(names)
	begin := time.Now()
	for i := range names {
		f.change('R', names[i], "one.c", 0)
		f.change('M', "one.c", "", 0)
	}
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
	if len(f.named["one.c"]) != maxHeirs {
		t.Errorf("%d heirs", len(f.named["one.c"]))
	}
}

func TestWithoutGit(t *testing.T) {
	t.Parallel()
	told, err := Reader{Git: "/nonexistent/git"}.Tell(context.Background(), handover().bare(t), day("2023-06-30"))
	check(t, err)
	allUnknown(t, told, NoGit)
}

// program writes a script that stands in for git.
func program(t testing.TB, script string) string {
	path := filepath.Join(t.TempDir(), "git")
	write(t, path, "#!/bin/sh\n"+script+"\n")
	return path
}

func TestLimits(t *testing.T) {
	t.Parallel()
	dir := handover().bare(t)
	left := filepath.Join(t.TempDir(), "left")
	for _, c := range []struct {
		name, script string
		want         Reason
	}{
		{"it hangs, with a child", "(sleep 1.5; touch " + left + ") & sleep 60", TooLong},
		{"it fails", "exit 1", Broken},
		{"it prints without end", "yes", TooLong},
		{"one word without end", "head -c 200000 /dev/zero | tr '\\0' a", Broken},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			begin := time.Now()
			told, err := Reader{Git: program(t, c.script), Time: 500 * time.Millisecond}.Tell(context.Background(), dir, day("2023-06-30"))
			check(t, err)
			if told.Authors.Unknown != c.want && (c.want != TooLong || told.Authors.Unknown != TooLarge) {
				t.Errorf("unknown for %q, want %q", told.Authors.Unknown, c.want)
			}
			if took := time.Since(begin); took > 20*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
	t.Cleanup(func() {
		time.Sleep(1500 * time.Millisecond)
		if exists(left) {
			t.Error("what git started was left behind")
		}
	})
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if _, err := (Reader{}).Tell(ctx, handover().bare(t), day("2023-06-30")); err == nil {
		t.Error("a census that was stopped goes on")
	}
}
