package people

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"
)

// perRepository is how long reading one history may take, if nothing else is
// said. A million commits take about five minutes of a processor.
const perRepository = 10 * time.Minute

// Bounds of a tree and of .mailmap.
const (
	maxFiles   = 1 << 20
	maxMailmap = 4 << 20 // bytes
)

// errNoHistory, errNoMailmap: see NoHistory, NoMailmap.
var (
	errNoHistory = errors.New("no history until then")
	errNoMailmap = errors.New("no .mailmap in this copy")
)

// Reader reads histories.
type Reader struct {
	Git      string        // the program; empty: git, as the environment's PATH has it
	Time     time.Duration // that one history may take; 0: ten minutes
	Parallel int           // histories at once; 0: as many as there are processors
}

// Tell reads the history of a repository, bare or with a .git folder, as it was
// at the end of a day (UTC), or of the day on which Collect brought it, if that
// is earlier. What it cannot read is unknown, with the reason; an error is that
// of ctx.
func (r Reader) Tell(ctx context.Context, dir string, day time.Time) (Told, error) {
	repo, err := open(dir)
	if err != nil {
		return untold(reasonOf(err)), ctx.Err()
	}
	return r.tell(ctx, repo, day)
}

func (r Reader) tell(ctx context.Context, repo *repository, day time.Time) (Told, error) {
	limit := r.Time
	if limit <= 0 {
		limit = perRepository
	}
	limited, stop := context.WithTimeout(ctx, limit)
	defer stop()
	day = repo.asOf(day)
	h, err := r.history(limited, repo, endOf(day))
	if ctx.Err() != nil {
		return untold(TooLong), ctx.Err()
	}
	if err != nil {
		return untold(reasonOf(err)), nil
	}
	told := h.told()
	told.AsOf = day.UTC().Format(time.DateOnly)
	return told, nil
}

// endOf is the first second after a day.
func endOf(day time.Time) time.Time {
	y, m, d := day.UTC().Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, time.UTC)
}

func reasonOf(err error) Reason {
	for _, one := range []struct {
		err error
		why Reason
	}{
		{errNoGit, NoGit}, {errShallow, Shallow}, {errBorrowed, Borrowed}, {errTooLarge, TooLarge}, {context.DeadlineExceeded, TooLong},
		{errNoHistory, NoHistory}, {errNoMailmap, NoMailmap},
	} {
		if errors.Is(err, one.err) {
			return one.why
		}
	}
	return Broken
}

// history reads what a repository held at the end of a day.
func (r Reader) history(ctx context.Context, repo *repository, end time.Time) (*history, error) {
	path, err := find(r.Git)
	if err != nil {
		return nil, err
	}
	if repo.head == "" || end.Unix() <= earliest {
		return nil, errNoHistory // and git takes no end before 1970
	}
	home, err := os.MkdirTemp("", "census-people-")
	if err != nil {
		return nil, fmt.Errorf("making a folder to read by: %w", err)
	}
	defer os.RemoveAll(home)
	g := &git{path: path, home: home}
	if g.dir, err = repo.behind(home); err != nil {
		return nil, err
	}
	tags, err := repo.releases(ctx, g)
	if err != nil {
		return nil, err
	}
	tip, err := g.tip(ctx, repo.head, end)
	if err != nil {
		return nil, err
	}
	if g.also, err = g.mailmap(ctx, tip); err != nil {
		return nil, err
	}
	names, err := g.sources(ctx, tip)
	if err != nil {
		return nil, err
	}
	h := newHistory(end, names, tags)
	from := []string{tip}
	for _, t := range tags {
		if t.when < end.Unix() { // a plain tag has 0 here
			from = append(from, t.commit)
		}
	}
	args := []string{"log", "--stdin", "--date-order", upTo(end), "-z", "--root", "--name-status", "--find-renames=100%", "--no-color", "--format=" + logFormat}
	err = g.run(ctx, lines(from), func(out io.Reader) error { return readLog(out, h.commit, h.change) }, args...)
	return h, err
}

// upTo leaves out what was committed at the end of a day or later.
func upTo(end time.Time) string { return "--min-age=" + strconv.FormatInt(end.Unix()-1, 10) }

// tip is where the default branch stood: on its line of first parents, the
// newest commit that was there.
func (g *git) tip(ctx context.Context, head string, end time.Time) (string, error) {
	out, err := g.output(ctx, nil, maxRef, "rev-list", "--first-parent", "--max-count=1", upTo(end), head)
	if err != nil {
		return "", err
	}
	tip := strings.TrimSpace(string(out))
	if !isID(tip) {
		return "", errNoHistory
	}
	return tip, nil
}

// mailmap gives the settings by which git reads the .mailmap of a commit.
func (g *git) mailmap(ctx context.Context, tip string) ([]string, error) {
	out, err := g.output(ctx, nil, 1<<10, "ls-tree", "-z", tip, "--", ".mailmap")
	if err != nil {
		return nil, err
	}
	f := strings.Fields(string(out)) // mode, type, id, name
	if len(f) < 3 || !strings.HasPrefix(f[0], "100") || !isID(f[2]) {
		return []string{"mailmap.blob=", "mailmap.file="}, nil
	}
	types, err := g.types(ctx, []string{f[2]})
	if err != nil {
		return nil, err
	}
	switch t, ok := types[f[2]]; {
	case !ok:
		return nil, errNoMailmap
	case t.size > maxMailmap:
		return nil, errTooLarge
	}
	return []string{"mailmap.blob=" + f[2], "mailmap.file="}, nil
}

// sources lists the source files of a commit.
func (g *git) sources(ctx context.Context, tip string) (names []string, err error) {
	err = g.run(ctx, nil, func(r io.Reader) error {
		return eachEntry(r, func(mode, name string) error {
			// Links and other repositories are no files of this one.
			if strings.HasPrefix(mode, "100") && isSource(name) {
				if names = append(names, name); len(names) > maxFiles {
					return errTooLarge
				}
			}
			return nil
		})
	}, "ls-tree", "-r", "-z", "--full-tree", tip)
	return names, err
}

// eachEntry reads what git ls-tree -z prints: a mode, a type and an id, a tab, a name.
func eachEntry(r io.Reader, each func(mode, name string) error) error {
	b := bufio.NewReaderSize(r, maxToken)
	for {
		token, err := nul(b)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		head, name, ok := bytes.Cut(token, []byte("\t"))
		mode, _, _ := strings.Cut(string(head), " ")
		if !ok {
			return errBroken
		}
		if err := each(mode, string(name)); err != nil {
			return err
		}
	}
}
