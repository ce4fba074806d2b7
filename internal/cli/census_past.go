package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"steward/internal/base/errs"
	"steward/internal/census"
	"steward/internal/census/index"
	"steward/internal/census/train"
	"steward/internal/census/yardstick"
)

// past is a release, and what came to pass.
type past struct {
	before, dated, until string
	after, earlier       []string
	beside
}

func (p *past) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&p.before, "before", "", "what the names of a `release`'s indexes begin with: RELEASE.Packages and RELEASE.Sources")
	f.StringArrayVar(&p.after, "after", nil, "index of the sources of a later security archive, a `file`")
	f.StringVar(&p.dated, "dated", "", "`file` of lines source,date: when a source was first hit")
	f.StringVar(&p.until, "until", "", "`day` from which on hits do not count; those without a date count neither way")
	f.StringArrayVar(&p.earlier, "new", nil, "index of the sources of an earlier security archive, a `file`: what was hit there counts neither way")
	p.beside.flags(c)
	_ = c.MarkFlagRequired("before")
	_ = c.MarkFlagRequired("after")
	c.MarkFlagsRequiredTogether("dated", "until")
}

// read reads a release, which of its sources were hit later, and of which that is
// not known or asked.
func (p *past) read(ctx context.Context, now time.Time) (l train.Lesson, err error) {
	packages, sources, err := index.Release(p.before)
	if err != nil {
		return l, err
	}
	suite, err := load(ctx, []string{packages}, []string{sources})
	if err != nil {
		return l, err
	}
	o, err := outcome(p.after)
	if err != nil {
		return l, err
	}
	hit, skip := o.Hit, map[string]bool{}
	if p.until != "" {
		if hit, skip, err = p.cut(o); err != nil {
			return l, err
		}
	}
	earlier, err := outcome(p.earlier)
	if err != nil {
		return l, err
	}
	any := false
	l.Hit, l.Skip = make([]bool, len(suite.Sources)), make([]bool, len(suite.Sources))
	for i := range suite.Sources {
		name := suite.Sources[i].Name
		l.Hit[i], l.Skip[i] = hit[name], skip[name] || earlier.Hit[name]
		any = any || l.Hit[i] && !l.Skip[i]
	}
	if !any {
		return l, errs.Invalidf("after", "None of the release's sources was updated there.").WithHint("name the index of the sources of a security archive of a later release")
	}
	also, err := p.beside.read(ctx, now, suite)
	if err != nil {
		return l, err
	}
	l.Table, err = census.Measure(ctx, suite, also)
	return l, err
}

// cut leaves out what came later.
func (p *past) cut(o *yardstick.Outcome) (hit, skip map[string]bool, err error) {
	day, err := time.Parse(time.DateOnly, p.until)
	if err != nil {
		return nil, nil, errs.Invalidf("until", "%q is no day.", p.until).WithHint("write 2025-08-09")
	}
	raw, err := index.Read(p.dated)
	if err != nil {
		return nil, nil, err
	}
	dates, err := yardstick.ReadDates(raw)
	if err != nil {
		return nil, nil, err
	}
	hit, skip = o.Until(day, dates)
	return hit, skip, nil
}

func outcome(paths []string) (*yardstick.Outcome, error) {
	var files [][]byte
	for _, path := range paths {
		raw, err := index.Read(path)
		if err != nil {
			return nil, err
		}
		files = append(files, raw)
	}
	return yardstick.ReadOutcome(files...), nil
}

func (s *shell) censusValidate() *cobra.Command {
	var model string
	var p past
	var keep trusts
	c := &cobra.Command{
		Use: "validate", Short: "Hold a model against what came to pass", Args: noArgs,
		Long: `Ranks a release by what was known of it, and tells how high those sources stood
that needed a security upload later.

  steward census validate --model rank-sum --before bookworm --after trixie-security.Sources
  steward census validate --before bookworm --after trixie-security.Sources --svg trust.svg`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			m, err := s.model(model)
			if err != nil {
				return err
			}
			l, err := p.read(cmd.Context(), s.Clock())
			if err != nil {
				return err
			}
			r, err := census.Rank(cmd.Context(), l.Table, m)
			if err != nil {
				return err
			}
			var scores []float64
			var hit []bool
			for i, score := range r.Scores() {
				if !l.Skip[i] {
					scores, hit = append(scores, score), append(hit, l.Hit[i])
				}
			}
			v, err := yardstick.Judge(cmd.Context(), scores, hit)
			if err != nil {
				return err
			}
			if err := keep.write(s, m, p, v); err != nil {
				return err
			}
			return s.show(v, func(w io.Writer) { showVerdict(w, m, v) })
		},
	}
	c.Flags().StringVar(&model, "model", defaultModel, "`name` of a model, or a file that ends in .json")
	p.flags(c)
	keep.flags(c)
	return c
}

func showVerdict(w io.Writer, m *census.Model, v yardstick.Verdict) {
	fmt.Fprintf(w, "%s: %d of %d sources needed a security upload later.\n\n", safe(m.Name), v.Hits, v.Sources)
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
	var out, name string
	var p past
	c := &cobra.Command{
		Use: "train", Short: "Make the weights of a model from what came to pass", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			l, err := p.read(cmd.Context(), s.Clock())
			if err != nil {
				return err
			}
			settings := train.Default
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
	p.flags(c)
	f.StringVar(&out, "out", "", "`file` for the model, which ends in .json")
	f.StringVar(&name, "name", "own", "`name` of the model")
	_ = c.MarkFlagRequired("out")
	return c
}
