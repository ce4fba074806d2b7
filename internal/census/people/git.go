package people

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"
)

// What git may use. A history of a million commits takes about a tenth of it.
const (
	maxOutput = 2 << 30 // bytes that one run of git may print
	maxAlloc  = "1g"    // that git asks of the system at once
	killAfter = 5 * time.Second
	maxWords  = 4 << 10 // bytes that are kept of what git complains of
)

// errTooLarge: there is more than what is read.
var errTooLarge = errors.New("larger than what is read")

// errNoGit: there is no git.
var errNoGit = errors.New("the program git is not on this machine")

// git runs the binary in a git directory of ours.
type git struct {
	path string   // of the binary
	dir  string   // the git directory
	home string   // a folder of ours: no file of the user is read
	also []string // more that is set for each run
	net  []string // what the environment may say of the network; nil: no network
}

// find finds the binary: by its path, or by the environment's if that is empty.
func find(path string) (string, error) {
	if path == "" {
		path = "git"
	}
	found, err := exec.LookPath(path)
	if err != nil {
		return "", errNoGit
	}
	return found, nil
}

// calm is set for every run, over whatever a configuration says: nothing starts
// a program, nothing trusts a hint in the repository.
var calm = []string{
	"core.fsmonitor=false", "core.hooksPath=/dev/null", "core.sshCommand=false", "core.askPass=false", "core.editor=false",
	"core.pager=cat", "core.attributesFile=/dev/null", "core.excludesFile=/dev/null",
	"core.commitGraph=false", "core.multiPackIndex=false", "core.useReplaceRefs=false", "core.packedGitWindowSize=32m", "core.packedGitLimit=128m",
	"diff.renameLimit=1", "gpg.program=false", "credential.helper=", "log.showSignature=false", "log.mailmap=false",
	"protocol.allow=never", "gc.auto=0", "maintenance.auto=false", "transfer.credentialsInUrl=die", "submodule.recurse=false",
	"fetch.recurseSubmodules=false", "fetch.writeCommitGraph=false", "pack.threads=1",
}

func (g *git) env() []string {
	env := []string{
		"GIT_DIR=" + g.dir, "HOME=" + g.home, "XDG_CONFIG_HOME=" + g.home, "PATH=" + os.Getenv("PATH"), "LANG=C", "LC_ALL=C", "TZ=UTC",
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_SYSTEM=/dev/null", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_ATTR_NOSYSTEM=1",
		"GIT_NO_REPLACE_OBJECTS=1", "GIT_OPTIONAL_LOCKS=0", "GIT_PAGER=cat", "GIT_ALLOC_LIMIT=" + maxAlloc,
		"GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=false", "SSH_ASKPASS=false", "GIT_SSH_COMMAND=false", "GIT_PROTOCOL_FROM_USER=0", "GIT_ADVICE=0",
	}
	if g.net == nil {
		return append(env, "GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none")
	}
	return append(env, g.net...)
}

// run runs git and gives read what it prints. The run ends, with all that it
// started, when ctx does or when read returns an error.
func (g *git) run(ctx context.Context, stdin []byte, read func(io.Reader) error, args ...string) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var all []string
	for _, c := range append(slices.Clip(calm), g.also...) {
		all = append(all, "-c", c)
	}
	cmd := exec.CommandContext(ctx, g.path, append(all, args...)...)
	cmd.Env, cmd.Dir = g.env(), g.home
	cmd.Stdin = bytes.NewReader(stdin)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = killAfter
	words := &tail{}
	cmd.Stderr = words
	out, err := cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("running git: %w", err)
	}
	if err := cmd.Start(); err != nil {
		if cause := context.Cause(ctx); cause != nil {
			return cause
		}
		return fmt.Errorf("running git: %w", err)
	}
	limited := &io.LimitedReader{R: out, N: maxOutput}
	readErr := read(limited)
	if readErr != nil {
		stop()
	} else if _, err := io.Copy(io.Discard, limited); err == nil && limited.N <= 0 {
		readErr = errTooLarge
		stop()
	}
	err = cmd.Wait()
	switch {
	case readErr != nil && !errors.Is(readErr, io.ErrUnexpectedEOF):
		return readErr
	case context.Cause(ctx) != nil:
		return context.Cause(ctx)
	case err != nil:
		return &failure{verb: args[0], said: words.said(), err: err}
	}
	return readErr
}

// output is what git prints, of no more than so many bytes.
func (g *git) output(ctx context.Context, stdin []byte, most int64, args ...string) ([]byte, error) {
	var out []byte
	err := g.run(ctx, stdin, func(r io.Reader) (err error) {
		out, err = io.ReadAll(io.LimitReader(r, most+1))
		if err == nil && int64(len(out)) > most {
			err = errTooLarge
		}
		return err
	}, args...)
	return out, err
}

// failure is a run of git that went wrong.
type failure struct {
	verb string
	said string // what git itself said, and not the other side
	err  error
}

func (f *failure) Error() string { return fmt.Sprintf("git %s: %v: %s", f.verb, f.err, f.said) }
func (f *failure) Unwrap() error { return f.err }

// tail keeps the end of what is written.
type tail struct{ b []byte }

func (t *tail) Write(p []byte) (int, error) {
	t.b = append(t.b, p[max(0, len(p)-maxWords):]...)
	t.b = t.b[max(0, len(t.b)-maxWords):]
	return len(p), nil
}

// said is the last complaint of git's own, harmless to show.
func (t *tail) said() string {
	last := ""
	for line := range strings.SplitSeq(string(t.b), "\n") {
		if strings.HasPrefix(line, "fatal: ") || strings.HasPrefix(line, "error: ") {
			last = line
		}
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, last[:min(len(last), 300)])
}
