package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
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
	"steward/internal/census/train"
	"steward/internal/census/yardstick"
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
  steward census explain xz-utils
  steward census validate --before bookworm --after trixie-security.Sources`,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(s.censusRun(), s.censusExplain(), s.censusValidate(), s.censusTrain(), s.censusModels())
	return c
}

// indexes are the files that a census reads, and the model that it ranks by.
type indexes struct {
	packages, sources []string
	apt, model        string
}

func (x *indexes) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringArrayVar(&x.packages, "packages", nil, "index of packages, a `file` as it is or packed; more than one for more suites")
	f.StringArrayVar(&x.sources, "sources", nil, "index of sources, a `file`")
	f.StringVar(&x.apt, "apt", index.Lists, "`folder` of the indexes that apt has fetched")
	f.StringVar(&x.model, "model", defaultModel, "`name` of a model, or a file that ends in .json")
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
	return archive.Load(ctx, files[:len(packages)], files[len(packages):])
}

// rank does all that a ranking takes.
func (s *shell) rank(ctx context.Context, suite *archive.Suite, model string) (*census.Ranking, error) {
	m, err := s.model(model)
	if err != nil {
		return nil, err
	}
	t, err := census.Measure(ctx, suite)
	if err != nil {
		return nil, err
	}
	return census.Rank(ctx, t, m)
}

func (s *shell) censusRun() *cobra.Command {
	var x indexes
	var out outputs
	var html pages
	var top int
	c := &cobra.Command{
		Use: "run", Short: "Rank every source package", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			start := s.Clock()
			suite, err := x.suite(cmd.Context())
			if err != nil {
				return err
			}
			r, err := s.rank(cmd.Context(), suite, x.model)
			if err != nil {
				return err
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
	fmt.Fprintf(s.Stdout, "%d sources, %d packages, ranked by %s in %.1f s: %s\n\n", len(r.Rows), len(t.Suite.Binaries), r.Model.Name, took.Seconds(), r.Model.About)
	var rows [][]string
	for _, row := range r.Rows[:min(top, len(r.Rows))] {
		rows = append(rows, []string{
			fmt.Sprint(row.Rank), t.Suite.Sources[row.Source].Name, fmt.Sprintf("%5.1f", row.Score), bar(row.Score / 100),
			t.Shown("reach", row.Source), t.Shown("size", row.Source), t.Shown("uploaders", row.Source),
		})
	}
	table(s.Stdout, []string{"RANK", "SOURCE", "SCORE", "", "REACH", "SIZE", "UPLOADERS"}, rows)
	if n := len(t.Suite.Gaps) + t.Suite.MoreGaps; n > 0 {
		fmt.Fprintf(s.Stdout, "\n%d places of the indexes could not be read, the first at byte %d: %s\n", n, t.Suite.Gaps[0].At, t.Suite.Gaps[0].What)
	}
	if t.Spread > 0 {
		fmt.Fprintf(s.Stdout, "\nThere are too many packages to count what rests on each: reach and build-reach are estimates, with a standard error of %.1f %%.\n", 100*t.Spread)
	}
	if v := r.Model.Trust; v != nil {
		fmt.Fprintf(s.Stdout, "\nHow far to trust this: %s\n", v.Sentence())
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
			r, err := s.rank(cmd.Context(), suite, x.model)
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
	fmt.Fprintf(w, "%s %s: rank %d of %d by %s, score %.1f", e.Source, safe(e.Version), e.Rank, e.Of, e.Model, e.Score)
	if e.High > e.Score {
		fmt.Fprintf(w, ", %.1f at most if all were known", e.High)
	}
	fmt.Fprint(w, "\n\n")
	var rows [][]string
	for _, v := range e.Signals {
		rows = append(rows, []string{string(v.Group), v.Name, v.Shown, v.Unit, v.From})
	}
	table(w, []string{"GROUP", "SIGNAL", "VALUE", "UNIT", "READ IN"}, rows)
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

// before reads a release, and which of its sources were hit later.
func (s *shell) before(ctx context.Context, before string, after []string) (*census.Table, []bool, error) {
	packages, sources, err := index.Release(before)
	if err != nil {
		return nil, nil, err
	}
	suite, err := load(ctx, []string{packages}, []string{sources})
	if err != nil {
		return nil, nil, err
	}
	var files [][]byte
	for _, path := range after {
		raw, err := index.Read(path)
		if err != nil {
			return nil, nil, err
		}
		files = append(files, raw)
	}
	o := yardstick.ReadOutcome(files...)
	hit, any := make([]bool, len(suite.Sources)), false
	for i := range hit {
		hit[i] = o.Hit[suite.Sources[i].Name]
		any = any || hit[i]
	}
	if !any {
		return nil, nil, errs.Invalidf("after", "None of the release's sources was updated there.").WithHint("name the index of the sources of a security archive of a later release")
	}
	t, err := census.Measure(ctx, suite)
	return t, hit, err
}

func (s *shell) censusValidate() *cobra.Command {
	var model, before string
	var after []string
	c := &cobra.Command{
		Use: "validate", Short: "Hold a model against what came to pass", Args: noArgs,
		Long: `Ranks a release by what was known of it, and tells how high those sources stood
that needed a security upload later.

  steward census validate --model rank-sum --before bookworm --after trixie-security.Sources`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			m, err := s.model(model)
			if err != nil {
				return err
			}
			t, hit, err := s.before(cmd.Context(), before, after)
			if err != nil {
				return err
			}
			r, err := census.Rank(cmd.Context(), t, m)
			if err != nil {
				return err
			}
			v, err := yardstick.Judge(cmd.Context(), r.Scores(), hit)
			if err != nil {
				return err
			}
			return s.show(v, func(w io.Writer) { showVerdict(w, m, v) })
		},
	}
	f := c.Flags()
	f.StringVar(&model, "model", defaultModel, "`name` of a model, or a file that ends in .json")
	f.StringVar(&before, "before", "", "what the names of a `release`'s indexes begin with: RELEASE.Packages and RELEASE.Sources")
	f.StringArrayVar(&after, "after", nil, "index of the sources of a later security archive, a `file`")
	_ = c.MarkFlagRequired("before")
	_ = c.MarkFlagRequired("after")
	return c
}

func showVerdict(w io.Writer, m *census.Model, v yardstick.Verdict) {
	fmt.Fprintf(w, "%s: %d of %d sources needed a security upload later.\n\n", m.Name, v.Hits, v.Sources)
	fmt.Fprintf(w, "AUC             %.3f   (%.3f to %.3f with a chance of 95 %%; .5 is guessing)\n", v.AUC, v.Low, v.High)
	fmt.Fprintf(w, "in top decile   %.1f %%\n", 100*v.Decile)
	for _, t := range v.Top {
		fmt.Fprintf(w, "in the top %-4d %.0f\n", t.First, t.Hits)
	}
	fmt.Fprint(w, "\nForetold and come, by tenths of the ranking:\n")
	var rows [][]string
	for i, b := range v.Bins {
		share := float64(b.Hits) / float64(max(1, b.Sources))
		rows = append(rows, []string{fmt.Sprint(i + 1), fmt.Sprintf("%6.2f", b.Score), fmt.Sprintf("%6.2f %%", 100*share), bar(share / max(1e-9, float64(v.Bins[0].Hits)/float64(max(1, v.Bins[0].Sources))))})
	}
	table(w, []string{"TENTH", "SCORE", "HIT", ""}, rows)
}

func (s *shell) censusTrain() *cobra.Command {
	var before, out, name string
	var after []string
	c := &cobra.Command{
		Use: "train", Short: "Make the weights of a model from what came to pass", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			t, hit, err := s.before(cmd.Context(), before, after)
			if err != nil {
				return err
			}
			l, settings := train.Lesson{Table: t, Hit: hit}, train.Default
			if settings.Caution, err = train.Choose(cmd.Context(), l, settings, train.Cautions, func(c, loss float64) {
				fmt.Fprintf(s.Stderr, "caution %g: loss %.5f\n", c, loss)
			}); err != nil {
				return err
			}
			m, err := train.Fit(cmd.Context(), l, settings)
			if err != nil {
				return err
			}
			m.Name = name
			m.About = "The chance that a source needs a security upload, learned from an earlier release."
			raw, err := json.MarshalIndent(m, "", " ")
			if err != nil {
				return err
			}
			return os.WriteFile(out, append(raw, '\n'), 0o644)
		},
	}
	f := c.Flags()
	f.StringVar(&before, "before", "", "what the names of a `release`'s indexes begin with")
	f.StringArrayVar(&after, "after", nil, "index of the sources of a later security archive, a `file`")
	f.StringVar(&out, "out", "", "`file` for the model, which ends in .json")
	f.StringVar(&name, "name", "own", "`name` of the model")
	for _, n := range []string{"before", "after", "out"} {
		_ = c.MarkFlagRequired(n)
	}
	return c
}
