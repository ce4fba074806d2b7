package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"time"

	"steward/internal/base/errs"
	"steward/internal/census"
	"steward/internal/census/archive"
	"steward/internal/census/index"
)

// earlier is a release that came before: an index of its sources, or with its
// packages all that it takes to rank it.
type earlier struct {
	name              string
	packages, sources string // packages is empty: it is not ranked
	lists             []string
}

// earlierOf finds what is meant: a file, or what the names of a release's indexes
// begin with.
func earlierOf(path string) (earlier, error) {
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		return earlier{name: index.Named(path), sources: path}, nil
	}
	packages, sources, err := index.Release(path)
	if err != nil {
		return earlier{}, errs.Invalidf("older", "There is no file %s, nor a %s.Packages with a %s.Sources beside it.", path, path, path).
			WithHint("name an index of sources, or what the names of a release's indexes begin with")
	}
	return earlier{name: filepath.Base(filepath.Clean(path)), packages: packages, sources: sources, lists: index.Contents(path)}, nil
}

// past reads the earlier releases, one after another, and ranks those of which
// there are packages; with lists of files if there are some beside, and the suite has
// some. What was read of one is let go of before the next.
func (x *indexes) past(ctx context.Context, m *census.Model) (versions []map[string]string, ranked []*census.Standing, err error) {
	for _, path := range x.older {
		e, err := earlierOf(path)
		if err != nil {
			return nil, nil, err
		}
		if e.packages != "" {
			if len(x.contents) == 0 {
				e.lists = nil // like is ranked with like
			}
			s, err := e.rank(ctx, m, versions, x.hasSources())
			if err != nil {
				return nil, nil, err
			}
			ranked = append(ranked, s)
			debug.FreeOSMemory()
		}
		raw, err := index.Read(e.sources)
		if err != nil {
			return nil, nil, err
		}
		versions = append(versions, archive.Versions(raw))
	}
	return versions, ranked, nil
}

// rank ranks the release, with its index of sources if the suite has one.
func (e earlier) rank(ctx context.Context, m *census.Model, before []map[string]string, sources bool) (*census.Standing, error) {
	paths := []string{e.sources}
	if !sources {
		paths = nil
	}
	suite, err := load(ctx, []string{e.packages}, paths)
	if err != nil {
		return nil, err
	}
	lists := beside{contents: e.lists}
	also, err := lists.read(ctx, time.Time{}, suite)
	if err != nil {
		return nil, err
	}
	also.Older = before
	t, err := census.Measure(ctx, suite, also)
	if err != nil {
		return nil, err
	}
	r, err := census.Rank(ctx, t, m)
	if err != nil {
		return nil, err
	}
	s := census.Stand(e.name, r)
	s.Files = len(e.lists) > 0
	return s, nil
}

// hasSources tells whether there is an index of sources of the suite.
func (x *indexes) hasSources() bool {
	sources := x.sources
	if len(x.packages) == 0 {
		_, sources, _ = index.Found(x.apt) // had it failed, nothing would have been ranked
	}
	return len(sources) > 0
}

// release is what the suite is called that is ranked, by the names of its files;
// empty: they differ, or do not say.
func (x *indexes) release() string {
	name := ""
	paths := x.packages
	if len(paths) == 0 {
		paths, _, _ = index.Found(x.apt) // had it failed, nothing would have been ranked
	}
	for _, path := range paths {
		switch n := index.Named(path); {
		case name == "":
			name = n
		case n != name:
			return ""
		}
	}
	return name
}

// files are the names of what is read, never their folders; of apt's, which may
// name hosts of one's own, none.
func (x *indexes) files() census.Files {
	names := func(paths []string) (out []string) {
		for _, path := range paths {
			out = append(out, filepath.Base(path))
		}
		return out
	}
	var older []string
	for _, path := range x.older {
		if e, err := earlierOf(path); err == nil {
			older = append(older, filepath.Base(e.sources))
		}
	}
	return census.Files{Packages: names(x.packages), Sources: names(x.sources), Contents: names(x.contents), Older: older}
}

// showCourse shows how a source stood through the releases.
func showCourse(w io.Writer, course []census.Stop) {
	if len(course) == 0 {
		return
	}
	fmt.Fprint(w, "\nThrough the releases, by the same model:\n")
	var rows [][]string
	for _, s := range course {
		row := []string{safe(s.Release), safe(s.Version), strconv.Itoa(s.Rank), strconv.Itoa(s.Of), fmt.Sprintf("%.1f", s.Score), "?"}
		if s.Reach != nil {
			row[5] = fmt.Sprintf("%.0f", *s.Reach)
		}
		if s.Rank == 0 {
			row[1], row[2], row[4], row[5] = "–", "–", "–", "–"
		}
		if s.Release == "" {
			row[0] = "these indexes"
		}
		rows = append(rows, row)
	}
	table(w, []string{"RELEASE", "VERSION", "RANK", "OF", "SCORE", "REACH"}, rows)
}
