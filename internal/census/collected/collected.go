// Package collected joins what was brought here from elsewhere with the sources
// of a suite: how often they are installed, which vulnerabilities are known of
// them, how they are packaged, whether they are fuzzed, and what their history
// in git tells of the people behind them.
//
// All of it lies in one folder, each kind under the name that its own package
// gives it. What is not there stays unknown, and is no fault.
package collected

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"steward/internal/base/errs"
	"steward/internal/census"
	"steward/internal/census/archive"
	"steward/internal/census/ossfuzz"
	"steward/internal/census/osv"
	"steward/internal/census/packaging"
	"steward/internal/census/people"
	"steward/internal/census/popcon"
)

// Kind is a kind of what is collected.
type Kind string

// The kinds, by the words that people use for them.
const (
	Popcon       Kind = "popcon"
	OSV          Kind = "osv"
	OSSFuzz      Kind = "oss-fuzz"
	Packaging    Kind = "packaging"
	Repositories Kind = "repositories"
)

// Kinds gives all kinds, those that are fetched as one file first.
func Kinds() []Kind { return []Kind{Popcon, OSV, OSSFuzz, Packaging, Repositories} }

// Found is what a folder had to tell of a suite.
type Found struct {
	Facts map[string]census.Fact
	Kinds []Kind   // that were there
	Notes []string // what of them could not be read, in sentences
}

// Read reads a folder as of the end of a day, in UTC: what came later is left out
// where it has a date. Of popcon and OSS-Fuzz there is only what is so today.
// Error: of kind errs.Invalid if the folder or what is in it cannot be read.
func Read(ctx context.Context, dir string, day time.Time, s *archive.Suite) (*Found, error) {
	if info, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) || err == nil && !info.IsDir() {
		return nil, errs.Invalidf("collected", "There is no folder %s.", dir).WithHint("steward census collect makes one")
	} else if err != nil {
		return nil, fmt.Errorf("looking for what was collected: %w", err)
	}
	f := &Found{Facts: map[string]census.Fact{}}
	for _, read := range []func(context.Context, string, time.Time, *archive.Suite) error{f.popcon, f.packaging, f.osv, f.ossfuzz, f.people} {
		if err := read(ctx, dir, day, s); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(f.Kinds, func(a, b Kind) int { return slices.Index(Kinds(), a) - slices.Index(Kinds(), b) })
	return f, nil
}

// note keeps a sentence on what could not be read of a kind.
func (f *Found) note(kind Kind, format string, args ...any) {
	f.Notes = append(f.Notes, string(kind)+": "+fmt.Sprintf(format, args...))
}

// fact begins a fact of which nothing is known.
func (f *Found) fact(signal string, rest float64) map[string]float64 {
	of := map[string]float64{}
	f.Facts[signal] = census.Fact{Of: of, Rest: rest}
	return of
}

func (f *Found) popcon(ctx context.Context, dir string, _ time.Time, s *archive.Suite) error {
	counts, broken, ok, err := popcon.Open(ctx, dir)
	if err != nil || !ok {
		return err
	}
	f.Kinds = append(f.Kinds, Popcon)
	if broken > 0 {
		f.note(Popcon, "%d lines could not be read.", broken)
	}
	if !counts.Whole {
		f.note(Popcon, "The list has no end: something may be missing.")
	}
	of := f.fact("installs", math.NaN())
	for i := range s.Binaries {
		if n, ok := counts.Installs[s.Binaries[i].Name]; ok {
			name := s.Sources[s.Binaries[i].Source].Name
			of[name] = max(of[name], float64(n))
		}
	}
	return nil
}

// end is the moment behind the last of a day.
func end(day time.Time) time.Time { return day.UTC().Truncate(24*time.Hour).AddDate(0, 0, 1) }

func (f *Found) osv(ctx context.Context, dir string, day time.Time, s *archive.Suite) error {
	known, ok, err := osv.Open(ctx, dir, osv.Want{Ecosystem: Ecosystem})
	if err != nil || !ok {
		return err
	}
	f.Kinds = append(f.Kinds, OSV)
	if n := len(known.Gaps) + known.MoreGaps; n > 0 {
		f.note(OSV, "%d records could not be read, the first %s: %s", n, known.Gaps[0].Record, known.Gaps[0].What)
	}
	of := f.fact("cves", 0) // of what is in none of its records no vulnerability is known
	for i := range s.Sources {
		if n := known.Count(s.Sources[i].Name, time.Time{}, end(day)); n > 0 {
			of[s.Sources[i].Name] = float64(n)
		}
	}
	return nil
}

// Ecosystem is what OSV calls the distribution that is read.
const Ecosystem = "Debian"

// packaging counts the CVEs that changelogs name, for want of a better list: osv
// comes later and takes their place.
func (f *Found) packaging(_ context.Context, dir string, day time.Time, s *archive.Suite) error {
	store, err := packaging.Load(dir)
	if err != nil || store.Len() == 0 {
		return err
	}
	f.Kinds = append(f.Kinds, Packaging)
	cves, unforwarded := f.fact("cves", math.NaN()), f.fact("unforwarded", math.NaN())
	uncared, others := f.fact("uncared", math.NaN()), f.fact("others-uploads", math.NaN())
	for i := range s.Sources {
		name := s.Sources[i].Name
		h, ok := store.Get(name, s.Sources[i].Version)
		if !ok {
			continue
		}
		cves[name] = float64(h.CVEs(end(day), 0))
		unforwarded[name] = float64(h.Unforwarded())
		if days, ok := h.Cared(end(day)); ok {
			uncared[name] = float64(days - 1) // since its own day, not the one behind
		}
		if share, ok := h.NMUs(end(day), lately); ok {
			others[name] = share
		}
	}
	return nil
}

// lately is how many years of uploads tell who looks after a package.
const lately = 5

func (f *Found) ossfuzz(ctx context.Context, dir string, _ time.Time, s *archive.Suite) error {
	list, ok, err := ossfuzz.Open(ctx, dir)
	if err != nil || !ok {
		return err
	}
	f.Kinds = append(f.Kinds, OSSFuzz)
	if n := len(list.Gaps) + list.MoreGaps; n > 0 {
		f.note(OSSFuzz, "%d projects could not be read, the first %s: %s", n, list.Gaps[0].Project, list.Gaps[0].What)
	}
	of := f.fact("unfuzzed", math.NaN())
	for i := range s.Sources {
		one := &s.Sources[i]
		if _, fuzzed := list.Match(one.Name, one.Homepage, one.Vcs); fuzzed {
			of[one.Name] = 0
		} else if _, known := upstream(one); known {
			of[one.Name] = 1 // its repository is known, and no project has it
		}
	}
	return nil
}

// upstream gives the address of a source's repository, as far as it is known.
func upstream(s *archive.Source) (string, bool) {
	if from, ok := upstreams()[s.Name]; ok {
		return from, true
	}
	vcs := ""
	if !strings.Contains(s.Version, "-") { // native: its packaging is upstream (Policy 5.6.12)
		vcs = s.Vcs
	}
	return people.Upstream(s.Homepage, vcs)
}

// upstreams is the list made by hand, read once.
var upstreams = sync.OnceValue(people.Known)

func (f *Found) people(ctx context.Context, dir string, day time.Time, _ *archive.Suite) error {
	if _, err := os.Stat(filepath.Join(dir, string(Repositories))); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	told, err := people.Reader{}.All(ctx, dir, day)
	if err != nil || len(told) == 0 {
		return err
	}
	f.Kinds = append(f.Kinds, Repositories)
	reasons := map[people.Reason]int{}
	for _, field := range people.Fields() {
		of := f.fact(field.Name, math.NaN())
		for source, one := range told {
			switch v := field.Of(&one); v.Unknown {
			case "":
				of[source] = v.N
			default:
				reasons[v.Unknown]++
			}
		}
	}
	for _, r := range []people.Reason{people.NoGit, people.Shallow, people.Borrowed, people.Broken, people.TooLarge, people.TooLong} {
		if n := reasons[r]; n > 0 {
			f.note(Repositories, "%d values are unknown: %s", n, r.Text())
		}
	}
	return nil
}
