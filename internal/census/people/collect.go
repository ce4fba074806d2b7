package people

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"steward/internal/base/errs"
	"steward/internal/base/pattern"
)

// What collecting one repository may take, if nothing else is said.
const (
	perCollect  = 30 * time.Minute
	maxFolder   = 8 << 30 // bytes
	lookAt      = 500 * time.Millisecond
	maxMailmaps = 512 // versions of .mailmap
	maxListed   = 1 << 20
)

// Collector brings histories from the network. Files are left there: trees and
// commits, and the versions of .mailmap, are all that is read.
type Collector struct {
	Git  string           // the program; empty: git, as the environment's PATH has it
	CA   string           // file of certificates (PEM) that are trusted in place of the system's; empty: the system's
	Time time.Duration    // that one repository may take; 0: half an hour
	Size int64            // bytes that one repository may fill; 0: 8 GiB
	Now  func() time.Time // must be set: a copy says when it was brought
}

// Collect clones the repository at a URL into the folder as that of a source, or
// brings what is there up to date: the default branch and all tags. The URL is
// https or git. Nobody is asked for a password, and none is sent. It fails with
// Invalid for a URL that it does not take, and Conflict for what cannot be
// brought.
func (c Collector) Collect(ctx context.Context, from, dir, source string) error {
	if err := checkURL(from); err != nil {
		return err
	}
	at, err := Repository(dir, source)
	if err != nil {
		return err
	}
	program, err := find(c.Git)
	if err != nil {
		return errs.Conflictf("The program git is not on this machine.").WithHint("install git").WithCause(err)
	}
	limit := c.Time
	if limit <= 0 {
		limit = perCollect
	}
	ctx, stop := context.WithTimeout(ctx, limit)
	defer stop()
	home, err := os.MkdirTemp("", "census-people-")
	if err != nil {
		return fmt.Errorf("making a folder to collect by: %w", err)
	}
	defer os.RemoveAll(home)
	_, err = os.Lstat(at)
	fresh := errors.Is(err, fs.ErrNotExist)
	g := &git{path: program, dir: at, home: home, net: c.network()}
	if err := c.bring(ctx, g, from); err != nil {
		if fresh {
			os.RemoveAll(at)
		}
		return brought(err, from)
	}
	if err := replace(filepath.Join(at, broughtFile), c.Now().UTC().Format(time.RFC3339)+"\n"); err != nil {
		return fmt.Errorf("noting when it was brought: %w", err)
	}
	return nil
}

// errTooBig: it fills more than it may.
var errTooBig = errors.New("it fills more than it may")

// brought says to people what went wrong.
func brought(err error, from string) error {
	var f *failure
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, context.DeadlineExceeded):
		return errs.Conflictf("The repository %s took too long.", from).WithHint("try again, or give it more time")
	case errors.Is(err, errTooBig):
		return errs.Conflictf("The repository %s is larger than it may be.", from).WithHint("allow it more, or leave it out")
	case errors.As(err, &f):
		return errs.Conflictf("The repository %s could not be brought: %s.", from, f.said).WithHint("see whether the address still has a repository").WithCause(err)
	}
	return errs.Conflictf("The repository %s could not be brought.", from).WithHint("see whether the address still has a repository").WithCause(err)
}

// network is what the environment may say of the network: the way out.
func (c Collector) network() []string {
	net := []string{"GIT_ALLOW_PROTOCOL=https:git", "GIT_HTTP_LOW_SPEED_LIMIT=1000", "GIT_HTTP_LOW_SPEED_TIME=60"}
	for _, name := range []string{"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO"} {
		if v, ok := os.LookupEnv(name); ok && (c.CA == "" || name != "GIT_SSL_CAINFO") {
			net = append(net, name+"="+v)
		}
	}
	if c.CA != "" {
		net = append(net, "GIT_SSL_CAINFO="+c.CA)
	}
	return net
}

// bring makes the repository if it is not there, and fetches.
func (c Collector) bring(ctx context.Context, g *git, from string) error {
	if err := g.prepare(from); err != nil {
		return err
	}
	branch, format, err := g.remoteHead(ctx)
	if err != nil {
		return err
	}
	if format != "" {
		if err := os.WriteFile(filepath.Join(g.dir, "config"), []byte(configOf(from, format)), 0o600); err != nil {
			return fmt.Errorf("writing its configuration: %w", err)
		}
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	go c.watch(ctx, g.dir, stop)
	_, err = g.output(ctx, nil, maxListed, "fetch", "--quiet", "--filter=blob:none", "--no-tags", "--prune", "--force", "--no-write-fetch-head", "--no-auto-maintenance", "--no-show-forced-updates",
		"origin", "+refs/heads/"+branch+":refs/heads/"+branch, "+refs/tags/*:refs/tags/*")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(g.dir, "HEAD"), []byte("ref: refs/heads/"+branch+"\n"), 0o600); err != nil {
		return fmt.Errorf("writing its default branch: %w", err)
	}
	return g.mailmaps(ctx)
}

// watch ends ctx when the folder has grown too large.
func (c Collector) watch(ctx context.Context, dir string, stop context.CancelCauseFunc) {
	most := c.Size
	if most <= 0 {
		most = maxFolder
	}
	for tick := time.NewTicker(lookAt); ; {
		if sizeOf(dir) > most {
			stop(errTooBig)
			return
		}
		select {
		case <-ctx.Done():
			tick.Stop()
			return
		case <-tick.C:
		}
	}
}

func sizeOf(dir string) (n int64) {
	_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			if info, err := d.Info(); err == nil {
				n += info.Size()
			}
		}
		return nil // files come and go
	})
	return n
}

// prepare makes an empty repository, or takes the one that is there. Its
// configuration is always ours, written anew.
func (g *git) prepare(from string) error {
	if info, err := os.Lstat(g.dir); err == nil && !info.IsDir() {
		return errBroken
	}
	// What git would obey or follow, and never is in a repository that we made.
	for _, foreign := range []string{"hooks", "info", "objects/info/alternates", "objects/info/http-alternates", "commondir", "config.worktree", "worktrees"} {
		if err := os.RemoveAll(filepath.Join(g.dir, filepath.FromSlash(foreign))); err != nil {
			return fmt.Errorf("making its folder: %w", err)
		}
	}
	for _, d := range []string{"objects/pack", "objects/info", "refs/heads", "refs/tags"} {
		if err := os.MkdirAll(filepath.Join(g.dir, filepath.FromSlash(d)), 0o700); err != nil {
			return fmt.Errorf("making its folder: %w", err)
		}
	}
	files := map[string]string{"config": configOf(from, "")}
	all, err := references(g.dir)
	if err != nil {
		return err
	}
	for _, id := range all {
		if len(id) == 64 {
			files["config"] = configOf(from, "sha256")
		}
	}
	if _, err := os.Lstat(filepath.Join(g.dir, "HEAD")); err != nil {
		files["HEAD"] = "ref: refs/heads/none\n"
	}
	for name, text := range files {
		if err := replace(filepath.Join(g.dir, name), text); err != nil {
			return fmt.Errorf("making its folder: %w", err)
		}
	}
	return nil
}

// replace writes a file anew, so that a link is not followed.
func replace(path, text string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o600)
}

// configOf is the configuration of a repository without files. The URL has been
// checked: it has nothing in it that would need quoting.
func configOf(from, format string) string {
	text := "[core]\n\trepositoryformatversion = 1\n\tbare = true\n[extensions]\n\tpartialclone = origin\n"
	if format != "" {
		text += "\tobjectformat = " + format + "\n"
	}
	return text + "[remote \"origin\"]\n\turl = \"" + from + "\"\n\tpromisor = true\n\tpartialclonefilter = blob:none\n"
}

// branchName is what we take for the name of a default branch.
var branchName = pattern.Late(`^[A-Za-z0-9_][A-Za-z0-9_./+-]{0,199}$`)

// remoteHead asks for the default branch, and for the format of ids: empty for SHA-1.
func (g *git) remoteHead(ctx context.Context) (branch, format string, err error) {
	out, err := g.output(ctx, nil, maxListed, "ls-remote", "--symref", "--quiet", "origin", "HEAD")
	if err != nil {
		return "", "", err
	}
	for line := range bytes.Lines(out) {
		f := strings.Fields(string(line))
		switch {
		case len(f) == 3 && f[0] == "ref:" && f[2] == "HEAD":
			branch = strings.TrimPrefix(f[1], "refs/heads/")
		case len(f) == 2 && f[1] == "HEAD" && len(f[0]) == 64:
			format = "sha256"
		}
	}
	if !branchName().MatchString(branch) || strings.Contains(branch, "..") || strings.Contains(branch, "//") || strings.HasSuffix(branch, ".lock") {
		return "", "", errors.New("it names no default branch")
	}
	return branch, format, nil
}

// mailmaps brings the versions of .mailmap that are in no pack yet, in one
// request, so that the history of any day can be read without a network.
func (g *git) mailmaps(ctx context.Context) error {
	repo, err := open(g.dir)
	if err != nil {
		return err
	}
	still := &git{path: g.path, home: g.home} // it cannot fetch what it misses
	if still.dir, err = repo.behind(g.home); err != nil {
		return err
	}
	out, err := still.output(ctx, nil, 8<<20, "log", "--first-parent", "--root", "-m", "--raw", "--no-abbrev", "--no-renames", "--format=", repo.head, "--", ".mailmap")
	if err != nil {
		return err
	}
	var ids []string
	for line := range bytes.Lines(out) {
		f := strings.Fields(string(line)) // :mode mode id id status name
		if len(f) < 6 || !strings.HasPrefix(f[1], "100") || !isID(f[3]) || slices.Contains(ids, f[3]) || len(ids) >= maxMailmaps {
			continue
		}
		ids = append(ids, f[3])
	}
	there, err := still.types(ctx, ids)
	if err != nil {
		return err
	}
	ids = slices.DeleteFunc(ids, func(id string) bool { _, ok := there[id]; return ok })
	if len(ids) == 0 {
		return nil
	}
	_, err = g.output(ctx, lines(ids), maxListed, "fetch", "--quiet", "--filter=blob:none", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", "--stdin", "origin")
	return err
}

var (
	hostName = pattern.Late(`^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?$`)
	pathName = pattern.Late(`^/[A-Za-z0-9/._~+-]+$`)
)

// checkURL takes https and git, without a name or password, and with nothing in
// it that a program could take for something else.
func checkURL(from string) error {
	u, err := url.Parse(from)
	switch {
	case err != nil || len(from) > 1000 || u.Opaque != "":
		return errs.Invalidf("url", "This is not the address of a repository.").WithHint("write https://host/path")
	case u.Scheme != "https" && u.Scheme != "git":
		return errs.Invalidf("url", "Repositories are brought by https or git alone.").WithHint("write https://host/path")
	case u.User != nil:
		return errs.Invalidf("url", "An address with a name or password is not taken.").WithHint("write https://host/path")
	case !hostName().MatchString(u.Host) || !pathName().MatchString(u.Path) || strings.Contains(u.Path+"/", "/../") || strings.Contains(from, "%") || u.RawQuery != "" || u.Fragment != "" || u.String() != from:
		return errs.Invalidf("url", "This address has parts that one of a repository does not need.").WithHint("write https://host/path")
	}
	return nil
}
