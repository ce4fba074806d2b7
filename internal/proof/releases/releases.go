// Package releases runs one test against the releases of a library in a git
// repository, and says which versions are affected.
//
// A release is a tag; its sources are read by git's plumbing, and nothing is
// checked out. What cannot be said of a release is no answer for its neighbours:
// a range is never drawn over it in silence.
package releases

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"sort"
	"strings"

	"steward/internal/cinterp"
)

// maxReleases is how many are run at most.
const maxReleases = 500

// Question is a test and where it is run.
type Question struct {
	Repo    string          // a checkout, or a bare repository
	Range   string          // v1.2..v1.5 or a pattern
	Units   []string        // of the library: paths in the tree, or patterns
	Include []string        // folders in the tree
	Kind    string          // only this kind of behaviour counts; empty: any
	Program cinterp.Program // the test; its FS and Include are set here
	Options cinterp.Options
}

// Outcome is what a release showed.
type Outcome string

// The outcomes.
const (
	Found   Outcome = "found"
	Clean   Outcome = "clean"
	Unknown Outcome = "cannot say"
	NoBuild Outcome = "does not build"
)

// Release is a release with its outcome.
type Release struct {
	Tag
	Outcome Outcome        `json:"outcome"`
	Kind    string         `json:"kind,omitempty"`
	CWE     int            `json:"cwe,omitempty"`
	Place   *cinterp.Place `json:"place,omitempty"`
	Text    string         `json:"text,omitempty"` // of the finding, or why it cannot be said
}

// Range is versions that are affected, as an advisory has them.
type Range struct {
	Introduced   string `json:"introduced"`             // the first that shows it; 0: from the first release on
	Fixed        string `json:"fixed,omitempty"`        // the first after them that does not
	LastAffected string `json:"lastAffected,omitempty"` // where none does
}

// Answer is what all of them showed.
type Answer struct {
	Releases []Release `json:"releases"`
	Ranges   []Range   `json:"ranges"`
	Remarks  []string  `json:"remarks,omitempty"` // what a person should know of the ranges
}

// Ask runs the test against each release. An error is one of the question.
func Ask(ctx context.Context, q Question) (*Answer, error) {
	r, err := openRepo(ctx, q.Repo)
	if err != nil {
		return nil, err
	}
	all, err := r.tags(ctx)
	if err != nil {
		return nil, err
	}
	tags, err := choose(all, q.Range)
	if err != nil {
		return nil, err
	}
	switch {
	case len(tags) == 0:
		return nil, fmt.Errorf("no tag is in %s: %w", q.Range, errRange)
	case len(tags) > maxReleases:
		return nil, fmt.Errorf("%d tags are in %s, at most %d are run", len(tags), q.Range, maxReleases)
	}
	git, err := r.reader(ctx)
	if err != nil {
		return nil, err
	}
	defer git.close()
	a := &Answer{}
	for _, t := range tags {
		x, err := q.one(ctx, r, git, t)
		if err != nil {
			return nil, err
		}
		a.Releases = append(a.Releases, x)
	}
	first := true // nothing comes before the first of them
	for name := range all {
		p, v, ok := versionOf(name)
		if own, _, _ := versionOf(tags[0].Name); ok && p == own && compare(v, tags[0].Version) < 0 {
			first = false
		}
	}
	a.ranges(first)
	return a, nil
}

// one runs the test against one release. An error is one of git.
func (q *Question) one(ctx context.Context, r *repo, git *reader, t Tag) (Release, error) {
	out := Release{Tag: t}
	tree, err := r.tree(ctx, t.Commit, git)
	if err != nil {
		return out, err
	}
	p := q.Program
	p.Include, p.FS = q.Include, both{tree, p.Files}
	names, missing := tree.match(q.Units)
	if missing != "" {
		out.Outcome, out.Text = NoBuild, missing+" is not in its tree"
		return out, nil
	}
	p.Files = slices.Clone(p.Files)
	for _, n := range names {
		text, err := tree.text(n)
		if err != nil {
			return out, err
		}
		p.Files = append(p.Files, cinterp.File{Name: n, Text: text})
	}
	rep, err := cinterp.Run(ctx, p, q.Options)
	switch {
	case ctx.Err() != nil:
		return out, ctx.Err()
	case err != nil:
		out.Outcome = NoBuild
		out.Text, _, _ = strings.Cut(err.Error(), "\n")
	case rep.Verdict == cinterp.CannotSay:
		out.Outcome, out.Text, out.Place = Unknown, rep.Why, rep.WhyPlace
	case rep.Exit() == 0:
		out.Outcome = Clean
	default:
		f := rep.Finding
		if f == nil {
			f = &rep.Notes[0]
		}
		out.Outcome, out.Kind, out.CWE, out.Place, out.Text = Found, f.Kind, f.CWE, &f.Place, f.Text
		if q.Kind != "" && f.Kind != q.Kind {
			out.Outcome = Unknown
			out.Text = "something else stops the run: " + f.Text
		}
	}
	return out, nil
}

// match gives the files that units mean; missing is one that means none.
func (t *tree) match(units []string) (names []string, missing string) {
	for _, u := range units {
		var some []string
		for n := range t.files {
			if ok, _ := path.Match(path.Clean(u), n); ok && !slices.Contains(names, n) {
				some = append(some, n)
			}
		}
		if len(some) == 0 {
			return nil, u
		}
		sort.Strings(some)
		names = append(names, some...)
	}
	return names, ""
}

// both is the tree of a release, and beside it what lies beside the test.
type both struct {
	tree *tree
	test []cinterp.File
}

// Open opens a file of the tree, or else one by its name on this machine if it
// lies in the folder of a test.
func (b both) Open(name string) (fs.File, error) {
	f, err := b.tree.Open(name)
	if err == nil {
		return f, nil
	}
	for _, t := range b.test {
		if path.Dir(name) == path.Dir(t.Name) {
			return os.Open(name)
		}
	}
	return nil, err
}

// ranges draws the ranges. first tells that there is no release before the first.
func (a *Answer) ranges(first bool) {
	a.Ranges = []Range{}
	var open *Range
	var gap []string // releases since the last that could be told
	before := ""     // the last that was clean
	kinds := map[string]bool{}
	for i, r := range a.Releases {
		switch r.Outcome {
		case Found:
			kinds[r.Kind] = true
			if open != nil {
				a.note(gap, "stand in the midst of affected ones and count as affected")
			} else {
				open = &Range{Introduced: r.Version}
				if before == "" && len(gap) == 0 && i == 0 && first {
					open.Introduced = "0"
				} else if before == "" && len(gap) == 0 {
					a.Remarks = append(a.Remarks, fmt.Sprintf("%s is the first that was tried: it may have been so before", r.Version))
				}
				a.note(gap, "come before "+r.Version+", the first that shows it, and may be affected, too")
			}
			open.LastAffected, gap = r.Version, nil
		case Clean:
			if open != nil {
				a.note(gap, "come before "+r.Version+", the first that is clean, and may be fixed, too")
				open.Fixed, open.LastAffected = r.Version, ""
				a.Ranges, open = append(a.Ranges, *open), nil
			}
			before, gap = r.Version, nil
		default:
			gap = append(gap, r.Version)
		}
	}
	if open != nil {
		a.note(gap, "come after the last that shows it: nothing is known of them")
		a.Ranges = append(a.Ranges, *open)
	} else if len(a.Ranges) == 0 {
		a.note(gap, "could not be told")
	}
	if len(kinds) > 1 {
		names := []string{}
		for k := range kinds {
			names = append(names, k)
		}
		sort.Strings(names)
		a.Remarks = append(a.Remarks, "different kinds were found: "+strings.Join(names, ", ")+"; --kind counts one alone")
	}
}

func (a *Answer) note(versions []string, what string) {
	if len(versions) > 0 {
		a.Remarks = append(a.Remarks, "of "+strings.Join(versions, ", ")+" it cannot be said; they "+what)
	}
}
