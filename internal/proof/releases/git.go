package releases

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"strconv"
	"strings"
	"time"
)

// Limits of what is read of a repository.
const (
	maxList = 64 << 20 // bytes of one answer of git but for files
	maxFile = 32 << 20 // bytes of one file
)

// repo reads a git repository by its plumbing. Nothing of it is checked out, no
// hook and no configuration of the user's is run, and nothing is fetched.
type repo struct {
	dir string // the git directory
}

func gitEnv(dir string) []string {
	env := []string{
		"PATH=" + os.Getenv("PATH"), "LANG=C", "LC_ALL=C", "TZ=UTC", "HOME=/nonexistent",
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_ATTR_NOSYSTEM=1", "GIT_NO_REPLACE_OBJECTS=1",
		"GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0", "GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none", "GIT_PAGER=cat",
	}
	if dir != "" {
		env = append(env, "GIT_DIR="+dir)
	}
	return env
}

// calm is set for every run, over what the repository's own configuration says.
var calm = []string{"-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.pager=cat", "-c", "protocol.allow=never"}

// openRepo finds the repository that a folder is, or lies in.
func openRepo(ctx context.Context, dir string) (*repo, error) {
	if _, err := exec.LookPath("git"); err != nil {
		return nil, errors.New("the program git is not on this machine")
	}
	cmd := exec.CommandContext(ctx, "git", append(calm, "-c", "safe.directory=*", "rev-parse", "--absolute-git-dir")...)
	cmd.Dir, cmd.Env = dir, gitEnv("")
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s is no git repository", dir)
	}
	return &repo{strings.TrimSuffix(string(out), "\n")}, nil
}

// output is what git prints, within a limit.
func (r *repo) output(ctx context.Context, args ...string) ([]byte, error) {
	ctx, stop := context.WithTimeout(ctx, time.Minute)
	defer stop()
	cmd := exec.CommandContext(ctx, "git", append(calm, args...)...)
	cmd.Env, cmd.Dir = gitEnv(r.dir), r.dir
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("running git: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("running git: %w", err)
	}
	out, readErr := io.ReadAll(io.LimitReader(pipe, maxList+1))
	if len(out) > maxList {
		readErr = fmt.Errorf("git %s prints more than is read", args[0])
	}
	if readErr != nil {
		stop()
	}
	if err := cmd.Wait(); err != nil || readErr != nil {
		return nil, errors.Join(readErr, fmt.Errorf("git %s: %w", args[0], err))
	}
	return out, nil
}

// tags gives the commit of each tag of one.
func (r *repo) tags(ctx context.Context) (map[string]string, error) {
	out, err := r.output(ctx, "for-each-ref", "--format=%(refname:strip=2)%00%(objecttype)%00%(objectname)%00%(*objecttype)%00%(*objectname)", "refs/tags/")
	if err != nil {
		return nil, err
	}
	tags := map[string]string{}
	for line := range strings.Lines(string(out)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\x00")
		switch {
		case len(f) != 5:
		case f[1] == "commit":
			tags[f[0]] = f[2]
		case f[3] == "commit":
			tags[f[0]] = f[4]
		}
	}
	return tags, nil
}

// tree is the files of a commit: a file system that reads them one by one.
type tree struct {
	files map[string]string // blob by path
	git   *reader
	read  map[string][]byte
}

func (r *repo) tree(ctx context.Context, commit string, git *reader) (*tree, error) {
	out, err := r.output(ctx, "ls-tree", "-r", "-z", "--full-tree", commit)
	if err != nil {
		return nil, err
	}
	t := &tree{files: map[string]string{}, git: git, read: map[string][]byte{}}
	for entry := range strings.SplitSeq(string(out), "\x00") {
		head, name, ok := strings.Cut(entry, "\t")
		f := strings.Fields(head)
		if ok && len(f) == 3 && (f[0] == "100644" || f[0] == "100755") && fs.ValidPath(name) {
			t.files[name] = f[2]
		}
	}
	return t, nil
}

// text reads a file; fs.ErrNotExist if there is none.
func (t *tree) text(name string) ([]byte, error) {
	if b, ok := t.read[name]; ok {
		return b, nil
	}
	id, ok := t.files[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	b, err := t.git.blob(id)
	if err == nil {
		t.read[name] = b
	}
	return b, err
}

// Open opens a file by its path in the tree.
func (t *tree) Open(name string) (fs.File, error) {
	name = path.Clean(name)
	b, err := t.text(name)
	if err != nil {
		return nil, err
	}
	return &file{Reader: bytes.NewReader(b), name: path.Base(name), size: int64(len(b))}, nil
}

// file is a file in memory.
type file struct {
	*bytes.Reader
	name string
	size int64
}

func (f *file) Stat() (fs.FileInfo, error) { return info{f.name, f.size}, nil }
func (f *file) Close() error               { return nil }

type info struct {
	name string
	size int64
}

func (i info) Name() string       { return i.name }
func (i info) Size() int64        { return i.size }
func (i info) Mode() fs.FileMode  { return 0o444 }
func (i info) ModTime() time.Time { return time.Time{} }
func (i info) IsDir() bool        { return false }
func (i info) Sys() any           { return nil }

// reader is one git that gives objects as they are asked for.
type reader struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

func (r *repo) reader(ctx context.Context) (*reader, error) {
	cmd := exec.CommandContext(ctx, "git", append(calm, "cat-file", "--batch")...)
	cmd.Env, cmd.Dir = gitEnv(r.dir), r.dir
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("running git: %w", err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("running git: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("running git: %w", err)
	}
	return &reader{cmd, in, bufio.NewReader(out)}, nil
}

func (r *reader) close() {
	_ = r.in.Close()
	_ = r.cmd.Wait() // nothing was asked that is not read
}

// blob gives the bytes of an object by its name.
func (r *reader) blob(id string) ([]byte, error) {
	if _, err := io.WriteString(r.in, id+"\n"); err != nil {
		return nil, fmt.Errorf("asking git for a file: %w", err)
	}
	head, err := r.out.ReadString('\n')
	f := strings.Fields(head)
	if err != nil || len(f) != 3 || f[1] != "blob" {
		return nil, fmt.Errorf("git does not give the file %s", id)
	}
	n, err := strconv.ParseInt(f[2], 10, 64)
	if err != nil || n > maxFile {
		return nil, fmt.Errorf("the file %s is larger than is read", id)
	}
	b := make([]byte, n+1) // a line break follows
	if _, err := io.ReadFull(r.out, b); err != nil {
		return nil, fmt.Errorf("reading a file from git: %w", err)
	}
	return b[:n], nil
}
