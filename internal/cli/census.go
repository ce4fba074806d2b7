package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"steward/internal/base/errs"
	"steward/internal/census"
	"steward/internal/census/archive"
	"steward/internal/census/index"
)

func (s *shell) censusCmd() *cobra.Command {
	c := &cobra.Command{
		Use: "census", Short: "Rank the packages of a distribution by risk", Args: noArgs,
		Long: `The census ranks every source package of a distribution: what rests on it, how
it can be attacked, how it is kept. It reads the indexes that apt has on this
machine, or those that you name, and asks nobody.

  steward census run
  steward census run --packages Packages.xz --sources Sources.xz
  steward census run --html census
  steward census run --sbom image.cdx.json
  steward census explain xz-utils
  steward census diff last-month.json now.json
  steward census validate --before bookworm --after trixie-security.Sources`,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(s.censusRun(), s.censusCollect(), s.censusDiff(), s.censusExplain(), s.censusValidate(), s.censusTrain(), s.censusModels())
	return c
}

// indexes are the files that a census reads, and the model that it ranks by.
type indexes struct {
	packages, sources []string
	apt, model        string
	older             []string
	beside
}

func (x *indexes) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringArrayVar(&x.packages, "packages", nil, "index of packages, a `file` as it is or packed; more than one for more suites")
	f.StringArrayVar(&x.sources, "sources", nil, "index of sources, a `file`")
	f.StringVar(&x.apt, "apt", index.Lists, "`folder` of the indexes that apt has fetched")
	f.StringVar(&x.model, "model", defaultModel, "`name` of a model, or a file that ends in .json")
	f.StringArrayVar(&x.older, "older", nil, "index of the sources of an earlier `release`, a file, or what the names of its Packages and Sources begin with; more than one: the newest last")
	x.beside.flags(c)
}

const defaultModel = "trained"

// model finds a model by its name or its file.
func (s *shell) model(name string) (*census.Model, error) {
	if !strings.HasSuffix(name, ".json") {
		return census.ModelNamed(name)
	}
	raw, err := s.readFile(name)
	if err != nil {
		return nil, err
	}
	return census.ParseModel(raw)
}

// suite reads the indexes that were named, or apt's.
func (x *indexes) suite(ctx context.Context) (*archive.Suite, error) {
	packages, sources := x.packages, x.sources
	if len(packages) == 0 {
		if len(sources) > 0 {
			return nil, errs.Invalidf("packages", "There are sources without packages.").WithHint("name the index of packages of the same suite with --packages")
		}
		var err error
		if packages, sources, err = index.Found(x.apt); err != nil {
			return nil, err
		}
	}
	return load(ctx, packages, sources)
}

func load(ctx context.Context, packages, sources []string) (*archive.Suite, error) {
	files := make([][]byte, len(packages)+len(sources))
	failed := make([]error, len(files))
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, path := range slices.Concat(packages, sources) {
		g.Go(func() error {
			files[i], failed[i] = index.Read(path)
			return nil
		})
	}
	_ = g.Wait()
	if err := cmp.Or(failed...); err != nil {
		return nil, err
	}
	suite, err := archive.Load(ctx, files[:len(packages)], files[len(packages):])
	if err != nil {
		return nil, err
	}
	var names []string
	for _, path := range slices.Concat(packages, sources) {
		names = append(names, filepath.Base(path)) // folders are nobody's business, and change nothing
	}
	suite.Name(names)
	if len(suite.Binaries) == 0 {
		return nil, errs.Invalidf("packages", "There is no package in %s.", strings.Join(names[:len(packages)], ", ")).WithHint("name an index of packages, which has a paragraph that begins with Package: for each")
	}
	return suite, nil
}

// rank does all that a ranking takes.
func (s *shell) rank(ctx context.Context, suite *archive.Suite, x indexes) (*census.Ranking, error) {
	m, err := s.model(x.model)
	if err != nil {
		return nil, err
	}
	versions, ranked, err := x.past(ctx, m)
	if err != nil {
		return nil, err
	}
	also, err := x.beside.read(ctx, s.Clock(), suite)
	if err != nil {
		return nil, err
	}
	also.Older = versions
	t, err := census.Measure(ctx, suite, also)
	if err != nil {
		return nil, err
	}
	r, err := census.Rank(ctx, t, m)
	if err != nil {
		return nil, err
	}
	r.Release, r.Earlier, r.Files = x.release(), ranked, x.files()
	return r, nil
}

func (s *shell) censusRun() *cobra.Command {
	var x indexes
	var out outputs
	var html pages
	var held bills
	var top int
	c := &cobra.Command{
		Use: "run", Short: "Rank every source package", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			start := s.Clock()
			if html.dir != "" && out.parquet != "" {
				return errs.Invalidf("parquet", "A ranking is written as pages or as Parquet, not both.").WithHint("leave one of --html and --parquet away")
			}
			if err := held.open(html, out); err != nil {
				return err
			}
			suite, err := x.suite(cmd.Context())
			if err != nil {
				return err
			}
			r, err := s.rank(cmd.Context(), suite, x)
			if err != nil {
				return err
			}
			if len(held.read) > 0 {
				return held.show(cmd.Context(), s, r, out, top, s.Clock().Sub(start))
			}
			if html.dir != "" {
				return s.writePages(cmd.Context(), html, x, r)
			}
			if done, err := out.write(s, r); done {
				return err
			}
			s.showRanking(r, top, s.Clock().Sub(start))
			return nil
		},
	}
	x.flags(c)
	out.flags(c)
	html.flags(c)
	held.flags(c)
	c.Flags().IntVar(&top, "top", 25, "how many to show; JSON and CSV have all")
	return c
}

// barWidth is the length of the longest bar, in characters.
const barWidth = 20

// bar draws a share of 1 in eighths of characters.
func bar(share float64) string {
	n := int(math.Round(max(0, min(1, share)) * barWidth * 8))
	line := strings.Repeat("█", n/8)
	if n%8 > 0 {
		line += string([]rune("▏▎▍▌▋▊▉")[n%8-1])
	}
	return line + strings.Repeat(" ", barWidth-len([]rune(line)))
}

func (s *shell) showRanking(r *census.Ranking, top int, took time.Duration) {
	t := r.Table
	fmt.Fprintf(s.Stdout, "%d sources, %d packages, ranked by %s in %.1f s: %s\n\n", len(r.Rows), len(t.Suite.Binaries), safe(r.Model.Name), took.Seconds(), safe(r.Model.About))
	var rows [][]string
	for _, row := range r.Rows[:min(top, len(r.Rows))] {
		rows = append(rows, []string{
			fmt.Sprint(row.Rank), t.Suite.Sources[row.Source].Name, fmt.Sprintf("%5.1f", row.Score), bar(row.Score / r.Model.Most()),
			t.Shown("reach", row.Source), t.Shown("size", row.Source), t.Shown("uploaders", row.Source),
		})
	}
	table(s.Stdout, []string{"RANK", "SOURCE", "SCORE", "", "REACH", "SIZE", "UPLOADERS"}, rows)
	s.showQuiet(r, top)
	s.showWorn(r, top)
	s.showLimits(r)
}

// showLimits says what could not be read, and how far to trust the rest.
func (s *shell) showLimits(r *census.Ranking) {
	t := r.Table
	if n := len(t.Suite.Gaps) + t.Suite.MoreGaps; n > 0 {
		fmt.Fprintf(s.Stdout, "\n%d places of the indexes could not be read, the first in %s at byte %d: %s\n", n, safe(t.Suite.Gaps[0].File), t.Suite.Gaps[0].At, t.Suite.Gaps[0].What)
	}
	if t.Suite.Cut() {
		fmt.Fprintf(s.Stdout, "\n%d of %d dependencies are on packages that are not in these indexes: one may be missing, or cut off. What rests on each is more than is shown.\n", t.Suite.Missing, t.Suite.Asked)
	}
	for _, note := range t.Notes {
		fmt.Fprintf(s.Stdout, "\n%s\n", safe(note))
	}
	if t.AsOf != "" {
		fmt.Fprintf(s.Stdout, "\nWhat was collected is read as of %s.\n", t.AsOf)
	}
	if t.Spread > 0 {
		fmt.Fprintf(s.Stdout, "\nThere are too many packages to count what rests on each: reach and build-reach are estimates, with a standard error of %.1f %%.\n", 100*t.Spread)
	}
	if v := r.Model.Trust; v != nil {
		fmt.Fprintf(s.Stdout, "\nHow far to trust this: %s\n", safe(v.Sentence()))
	}
}

// showQuiet shows what no advisory speaks of, if earlier releases were read.
func (s *shell) showQuiet(r *census.Ranking, top int) {
	quiet := r.Quiet()
	if len(quiet) == 0 {
		return
	}
	t := r.Table
	fmt.Fprintf(s.Stdout, "\nQuiet and load-bearing: %d of the %d on which most rests, of which upstream has released nothing new since the earliest of %d earlier releases.\n\n", len(quiet), census.Bearing, t.Older)
	var rows [][]string
	for _, i := range quiet[:min(top, len(quiet))] {
		rows = append(rows, []string{
			t.Suite.Sources[i].Name, safe(t.Suite.Sources[i].Version),
			t.Shown("reach", i), t.Shown("uploaders", i), t.Shown("untested", i), t.Shown("standards-age", i),
		})
	}
	table(s.Stdout, []string{"SOURCE", "VERSION", "REACH", "UPLOADERS", "UNTESTED", "STANDARDS-AGE"}, rows)
}

// showWorn shows what few carry, as far as is known.
func (s *shell) showWorn(r *census.Ranking, top int) {
	worn := r.Worn()
	if len(worn) == 0 {
		return
	}
	t := r.Table
	fmt.Fprintf(s.Stdout, "\nWorn and load-bearing: %d of the %d on which most rests with %d signs or more that few carry them. None is a fault: each is a reason to ask whether help is needed.\n\n", len(worn), census.Bearing, census.LeastSigns)
	for _, w := range worn[:min(top, len(worn))] {
		fmt.Fprintf(s.Stdout, "%s, reach %s\n", t.Suite.Sources[w.Source].Name, t.Shown("reach", w.Source))
		for _, sign := range w.Signs {
			fmt.Fprintf(s.Stdout, "    %s (%s %s)\n", sign.Says, sign.Signal, t.Shown(sign.Signal, w.Source))
		}
	}
}

func (s *shell) censusExplain() *cobra.Command {
	var x indexes
	c := &cobra.Command{
		Use: "explain SOURCE", Short: "Why a source package stands where it stands", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			suite, err := x.suite(cmd.Context())
			if err != nil {
				return err
			}
			r, err := s.rank(cmd.Context(), suite, x)
			if err != nil {
				return err
			}
			e, err := r.Explain(args[0])
			if err != nil {
				return err
			}
			return s.show(e, func(w io.Writer) { showExplained(w, e) })
		},
	}
	x.flags(c)
	return c
}

func showExplained(w io.Writer, e census.Explained) {
	fmt.Fprintf(w, "%s %s: rank %d of %d by %s, score %.1f", e.Source, safe(e.Version), e.Rank, e.Of, safe(e.Model), e.Score)
	if e.High > e.Score {
		fmt.Fprintf(w, ", %.1f at most if all were known", e.High)
	}
	fmt.Fprint(w, "\n\n")
	var rows [][]string
	unknown := map[string][]string{}
	var kinds []string
	for _, v := range e.Signals {
		if v.Value == nil {
			if unknown[v.From] == nil {
				kinds = append(kinds, v.From)
			}
			unknown[v.From] = append(unknown[v.From], v.Name)
			continue
		}
		rows = append(rows, []string{string(v.Group), v.Name, v.Shown, v.Unit, safe(v.ReadIn)})
	}
	table(w, []string{"GROUP", "SIGNAL", "VALUE", "UNIT", "READ IN"}, rows)
	if len(kinds) > 0 {
		fmt.Fprint(w, "\nUnknown, since it was not read, or does not say:\n")
		rows = nil
		for _, kind := range kinds {
			rows = append(rows, []string{kind, strings.Join(unknown[kind], ", ")})
		}
		table(w, []string{"FROM", "SIGNALS"}, rows)
	}
	if len(e.Signs) > 0 {
		fmt.Fprint(w, "\nSigns that few carry it:\n")
		for _, sign := range e.Signs {
			fmt.Fprintf(w, "  %s\n", sign.Says)
		}
	}
	fmt.Fprint(w, "\nWhat counts most:\n")
	rows = nil
	for _, p := range e.Parts[:min(12, len(e.Parts))] {
		what := p.Signal
		if p.Term != nil {
			what = fmt.Sprintf("%s: %s", p.Term.Kind, p.Term.Name)
		}
		rows = append(rows, []string{fmt.Sprintf("%+.2f", p.Adds), what})
	}
	table(w, []string{"ADDS", "BECAUSE OF"}, rows)
	showCourse(w, e.Course)
}

func (s *shell) censusModels() *cobra.Command {
	return &cobra.Command{
		Use: "models", Short: "The models that come with Steward", Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			var all []*census.Model
			for _, name := range census.Models() {
				m, err := census.ModelNamed(name)
				if err != nil {
					return err
				}
				all = append(all, m)
			}
			return s.show(all, func(w io.Writer) {
				var rows [][]string
				for _, m := range all {
					rows = append(rows, []string{m.Name, string(m.Method), m.About})
				}
				table(w, []string{"MODEL", "METHOD", "ABOUT"}, rows)
			})
		},
	}
}
