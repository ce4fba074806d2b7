package intake

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"steward/internal/base/pattern"
)

// Limits of what is read from a mirror.
const (
	gitTimeout    = 10 * time.Second // one run of git
	gitSlots      = 2                // runs of git at once, for one mirror
	maxTagOutput  = 16 << 20         // bytes that git may print on tags
	maxTreeOutput = 64 << 20         // bytes that git may print on the files of one commit
	maxFile       = 2 << 20          // bytes of a file that is read
	maxFiles      = 32 << 20         // bytes of all files that are read at once
	keptTrees     = 4                // lists of files that are kept in memory
)

// Mirror is a local copy of a git repository, bare or with a work tree, that
// Steward only reads. It runs the git program on it in a way that nothing in
// the repository, its configuration included, can make git run another
// program, reach the network or read the settings of the machine. It never
// opens a file by a path that a report or the repository names.
type Mirror struct {
	dir   string   // the git directory, absolute
	git   string   // the git program, absolute
	env   []string // the whole environment of git
	slots chan struct{}

	mu    sync.Mutex
	trees []*tree // of the latest commits asked for, the newest last; never changed once made
}

// Tag is a tag on a commit.
type Tag struct {
	Name   string // without refs/tags/
	Commit string // full hash
}

// OpenMirror looks for a git repository in a directory: a bare one, or one
// with a work tree.
func OpenMirror(ctx context.Context, dir string) (*Mirror, error) {
	git, err := exec.LookPath("git")
	if err != nil {
		return nil, fmt.Errorf("a mirror needs the git program, which is not installed: %w", err)
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, fmt.Errorf("opening the mirror: %w", err)
	}
	if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
		dir = filepath.Join(dir, ".git")
	}
	m := &Mirror{dir: dir, git: git, env: gitEnv(), slots: make(chan struct{}, gitSlots)}
	if _, err := m.run(ctx, nil, 4096, "rev-parse", "--git-dir"); err != nil {
		return nil, fmt.Errorf("opening the mirror %s: it is no git repository that can be read: %w", dir, err)
	}
	return m, nil
}

// Tags lists the tags that stand on commits, the newest first; of one second,
// the highest version first.
func (m *Mirror) Tags(ctx context.Context) ([]Tag, error) {
	out, err := m.run(ctx, nil, maxTagOutput, "for-each-ref", "--sort=-version:refname", "--sort=-creatordate",
		"--format=%(refname:strip=2)%00%(objecttype)%00%(objectname)%00%(*objecttype)%00%(*objectname)", "refs/tags")
	if err != nil {
		return nil, fmt.Errorf("listing the tags of the mirror: %w", err)
	}
	var tags []Tag
	for line := range strings.Lines(string(out)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\x00")
		switch {
		case len(f) != 5:
		case f[1] == "commit":
			tags = append(tags, Tag{Name: f[0], Commit: f[2]})
		case f[3] == "commit":
			tags = append(tags, Tag{Name: f[0], Commit: f[4]})
		}
	}
	return tags, nil
}

var hexName = pattern.Late(`^[0-9a-f]{7,64}$`)

// Commit finds the full hash of HEAD or of a commit given by 7 to 64
// hexadecimal digits in lower case; false if the mirror has no such commit, or
// more than one.
func (m *Mirror) Commit(ctx context.Context, rev string) (string, bool, error) {
	if rev != "HEAD" && !hexName().MatchString(rev) {
		return "", false, nil
	}
	out, err := m.run(ctx, []byte(rev+"^{commit}\n"), 4096, "cat-file", "--batch-check=%(objecttype) %(objectname)")
	if err != nil {
		return "", false, fmt.Errorf("looking for a commit in the mirror: %w", err)
	}
	hash, ok := strings.CutPrefix(strings.TrimSpace(string(out)), "commit ")
	return hash, ok && hexName().MatchString(hash), nil
}

// files lists the files of a commit, given by its full hash.
func (m *Mirror) files(ctx context.Context, commit string) (*tree, error) {
	if !hexName().MatchString(commit) {
		return nil, errors.New("listing files of the mirror: not a full hash")
	}
	if t := m.keptTree(commit); t != nil {
		return t, nil
	}
	out, err := m.run(ctx, nil, maxTreeOutput, "ls-tree", "-r", "-z", "--full-tree", "--end-of-options", commit)
	if err != nil {
		return nil, fmt.Errorf("listing the files of the mirror: %w", err)
	}
	t := newTree(commit, out)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.trees = append(m.trees, t)
	if len(m.trees) > keptTrees {
		m.trees = append([]*tree(nil), m.trees[1:]...)
	}
	return t, nil
}

func (m *Mirror) keptTree(commit string) *tree {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, t := range m.trees {
		if t.commit == commit {
			return t
		}
	}
	return nil
}

// read gives the bytes of files by the hashes of their objects. What is larger
// than maxFile, or no longer fits in maxFiles, is left out.
func (m *Mirror) read(ctx context.Context, objects []string) (map[string][]byte, error) {
	if len(objects) == 0 {
		return nil, nil
	}
	var ask bytes.Buffer
	for _, o := range objects {
		fmt.Fprintln(&ask, o)
	}
	sizes, err := m.run(ctx, ask.Bytes(), int64(len(objects))*256, "cat-file", "--batch-check=%(objecttype) %(objectsize) %(objectname)")
	if err != nil {
		return nil, fmt.Errorf("asking the mirror for the size of files: %w", err)
	}
	ask.Reset()
	var total int64
	for line := range strings.Lines(string(sizes)) {
		f := strings.Fields(line)
		if len(f) != 3 || f[0] != "blob" {
			continue
		}
		n, err := strconv.ParseInt(f[1], 10, 64)
		if err != nil || n > maxFile || total+n > maxFiles {
			continue
		}
		total += n
		fmt.Fprintln(&ask, f[2])
	}
	out, err := m.run(ctx, ask.Bytes(), total+int64(len(objects))*256, "cat-file", "--batch=%(objectname) %(objectsize)")
	if err != nil {
		return nil, fmt.Errorf("reading files of the mirror: %w", err)
	}
	return splitBatch(out)
}

// splitBatch reads what git cat-file --batch prints: for each object a line
// with its hash and size, its bytes and a newline.
func splitBatch(out []byte) (map[string][]byte, error) {
	files := map[string][]byte{}
	for len(out) > 0 {
		head, rest, ok := bytes.Cut(out, []byte("\n"))
		hash, size, ok2 := strings.Cut(string(head), " ")
		n, err := strconv.Atoi(size)
		if !ok || !ok2 || err != nil || n < 0 || n >= len(rest) {
			return nil, errors.New("reading files of the mirror: git printed something else")
		}
		files[hash] = rest[:n]
		out = rest[n+1:]
	}
	return files, nil
}

// errTooMuch stops git when it prints more than was allowed.
var errTooMuch = errors.New("git printed more than is read")

// run runs git on the mirror with a limit in time and in bytes of output.
// Neither the arguments nor what git prints on its error output is in the
// error, since both can name what a report cites.
func (m *Mirror) run(ctx context.Context, stdin []byte, limit int64, args ...string) ([]byte, error) {
	select {
	case m.slots <- struct{}{}:
		defer func() { <-m.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	ctx, cancel := context.WithTimeout(ctx, gitTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, m.git, append([]string{
		"--git-dir=" + m.dir, "--no-pager", "--no-replace-objects", "--literal-pathspecs",
		"-c", "core.hooksPath=/dev/null",
		"-c", "core.fsmonitor=false",
		"-c", "core.sshCommand=false",
		"-c", "core.askPass=false",
		"-c", "credential.helper=",
		"-c", "protocol.allow=never",
	}, args...)...)
	cmd.Dir = filepath.VolumeName(m.dir) + string(filepath.Separator)
	cmd.Env = m.env
	cmd.Stdin = bytes.NewReader(stdin)
	out := &limited{left: limit}
	cmd.Stdout = out
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	switch {
	case out.over:
		return nil, fmt.Errorf("git %s: %w", args[0], errTooMuch)
	case ctx.Err() != nil:
		return nil, fmt.Errorf("git %s: %w", args[0], ctx.Err())
	case err != nil:
		return nil, fmt.Errorf("git %s: %w", args[0], err)
	}
	return out.buf.Bytes(), nil
}

// gitEnv is the whole environment of git: nothing of ours but the path of
// programs. A repository that lacks objects (a partial clone) would fetch them
// as it is read; GIT_ALLOW_PROTOCOL forbids every way there is, and
// GIT_NO_LAZY_FETCH, since git 2.44, the attempt.
func gitEnv() []string {
	return []string{
		"PATH=" + os.Getenv("PATH"),
		"HOME=" + os.DevNull,
		"LC_ALL=C",
		"GIT_CONFIG_NOSYSTEM=1",
		"GIT_CONFIG_SYSTEM=" + os.DevNull,
		"GIT_CONFIG_GLOBAL=" + os.DevNull,
		"GIT_ATTR_NOSYSTEM=1",
		"GIT_NO_LAZY_FETCH=1",
		"GIT_ALLOW_PROTOCOL=none",
		"GIT_PROTOCOL_FROM_USER=0",
		"GIT_OPTIONAL_LOCKS=0",
		"GIT_TERMINAL_PROMPT=0",
		"GIT_ASKPASS=false",
		"SSH_ASKPASS=false",
		"GIT_SSH_COMMAND=false",
	}
}

// limited keeps what is written to it until there is too much.
type limited struct {
	buf  bytes.Buffer
	left int64
	over bool
}

func (l *limited) Write(p []byte) (int, error) {
	if int64(len(p)) > l.left {
		l.over = true
		return 0, errTooMuch
	}
	l.left -= int64(len(p))
	return l.buf.Write(p)
}
