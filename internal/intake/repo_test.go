package intake

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// repo is a real git repository in a folder of its own.
type repo struct {
	t   *testing.T
	dir string
}

// newRepo makes an empty repository with a work tree.
func newRepo(t *testing.T) *repo {
	t.Helper()
	r := &repo{t: t, dir: t.TempDir()}
	r.git("init", "-q", "-b", "master", ".")
	return r
}

// git runs git in the work tree, without the settings of the machine.
func (r *repo) git(args ...string) string {
	r.t.Helper()
	out, err := r.try(args...)
	if err != nil {
		r.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// try is git where it may fail.
func (r *repo) try(args ...string) ([]byte, error) {
	cmd := exec.Command("git", args...)
	cmd.Dir = r.dir
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + r.dir, "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=A", "GIT_AUTHOR_EMAIL=a@example.org", "GIT_AUTHOR_DATE=2026-01-02T03:04:05Z",
		"GIT_COMMITTER_NAME=A", "GIT_COMMITTER_EMAIL=a@example.org", "GIT_COMMITTER_DATE=2026-01-02T03:04:05Z",
	}
	return cmd.CombinedOutput()
}

// write puts a file into the work tree.
func (r *repo) write(name, text string) {
	r.t.Helper()
	file := filepath.Join(r.dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		r.t.Fatal(err)
	}
}

// commit records the work tree and gives the hash.
func (r *repo) commit() string {
	r.t.Helper()
	r.git("add", "-A")
	r.git("commit", "-q", "--no-verify", "--allow-empty", "-m", "change")
	return r.git("rev-parse", "HEAD")
}

func (r *repo) open() *Mirror {
	r.t.Helper()
	m, err := OpenMirror(r.t.Context(), r.dir)
	if err != nil {
		r.t.Fatal(err)
	}
	return m
}

// curlRepo is a small repository with two releases: lib/url.c has 5 lines in
// curl-8_3_0 and 8 in curl-8_4_0; lib/socks.c is new in curl-8_4_0; HEAD has
// one file more.
func curlRepo(t *testing.T) *repo {
	t.Helper()
	r := newRepo(t)
	r.write("lib/url.c", "#include <stdio.h>\nint parse_url(void)\n{\n  return 1;\n}\n")
	r.write("src/main.c", "int main(void) { return 0; }")
	r.write("top.c", "int top;\n")
	r.commit()
	r.git("tag", "curl-8_3_0")
	r.write("lib/url.c", "#include <stdio.h>\n\n\n\nint parse_url2(void)\n{\n  return 1;\n}\n")
	r.write("lib/socks.c", "int socks(void);\n")
	r.commit()
	r.git("tag", "-a", "-m", "release", "curl-8_4_0")
	r.write("lib/newest.c", "int newest(void);\n")
	r.commit()
	return r
}
