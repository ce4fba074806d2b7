package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/pflag"

	"steward/internal/advisory"
	"steward/internal/base/errs"
	"steward/internal/cinterp"
	"steward/internal/proof/releases"
)

// versions asks which releases of a library a test shows a fault in.
type versions struct {
	wanted, repo, kind string
	units              []string
	product, affected  string
}

func (p *versions) flags(f *pflag.FlagSet) {
	f.StringVar(&p.wanted, "versions", "", "run the test against these releases: a `range` of tags such as v1.2..v1.5, or a pattern such as 'v1.*'")
	f.StringVar(&p.repo, "repo", ".", "git repository, in this `folder`, that --versions is about; -I and --unit are paths in it")
	f.StringArrayVar(&p.units, "unit", nil, "`file` of the repository, or a pattern, that is linked to the test")
	f.StringVar(&p.kind, "kind", "", "`name` of the one kind of behaviour that counts; else any does")
	f.StringVar(&p.product, "product", "", "`name` of the product, for --affected")
	f.StringVar(&p.affected, "affected", "", "write the affected versions to this `file`, as steward case edit --affected reads it")
}

func (p *versions) asked() bool { return p.wanted != "" }

// releaseTime bounds one release, unless a limit is given.
const releaseTime = 30 * time.Second

func (s *shell) interpretVersions(ctx context.Context, q interpretation, p cinterp.Program, o cinterp.Options) error {
	switch {
	case q.many() || q.sarif || q.failMalloc != "":
		return usage{errs.Invalidf("--versions", "It goes with one machine, and with neither --fail-malloc nor --sarif.")}
	case q.versions.affected != "" && q.versions.product == "":
		return usage{errs.Invalidf("--affected", "The product is missing.").WithHint("name it by --product")}
	}
	if o.Limits.Time == 0 {
		o.Limits.Time = releaseTime
	}
	a, err := releases.Ask(ctx, releases.Question{
		Repo: q.versions.repo, Range: q.versions.wanted, Units: q.versions.units, Include: q.include, Kind: q.versions.kind, Program: p, Options: o,
	})
	if err != nil {
		return usage{errs.Invalidf("--versions", "%v", err)}
	}
	list := []advisory.Affected{{Product: q.versions.product}}
	for _, r := range a.Ranges {
		list[0].Ranges = append(list[0].Ranges, advisory.Range{Introduced: r.Introduced, Fixed: r.Fixed, LastAffected: r.LastAffected})
	}
	if q.versions.affected != "" {
		b, err := json.MarshalIndent(list, "", "  ")
		if err == nil {
			err = os.WriteFile(q.versions.affected, append(b, '\n'), 0o600)
		}
		if err != nil {
			return fmt.Errorf("writing the affected versions: %w", err)
		}
	}
	if s.json {
		err = writeJSON(s.Stdout, struct {
			*releases.Answer
			Affected []advisory.Affected `json:"affected"`
		}{a, list})
	} else {
		err = printVersions(s.Stdout, a)
	}
	if err != nil {
		return err
	}
	unknown := len(a.Releases) > 0
	for _, r := range a.Releases {
		unknown = unknown && (r.Outcome == releases.Unknown || r.Outcome == releases.NoBuild)
	}
	switch {
	case len(a.Ranges) > 0:
		return exitStatus(exitUndefined)
	case unknown:
		return exitStatus(exitCannotSay)
	}
	return nil
}

// printVersions prints a line for each release, and the ranges.
func printVersions(w io.Writer, a *releases.Answer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, r := range a.Releases {
		what := r.Text
		switch {
		case r.Outcome == releases.Found:
			what = fmt.Sprintf("%s at %s (CWE-%d)", r.Kind, r.Place, r.CWE)
		case r.Place != nil:
			what += " at " + r.Place.String()
		}
		fmt.Fprintf(t, "%s\t%s\t%s\n", safe(r.Name), r.Outcome, safe(what))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	var out []string
	for _, r := range a.Ranges {
		from := safe(r.Introduced)
		if from == "0" {
			from = "the beginning"
		}
		if r.Fixed != "" {
			out = append(out, fmt.Sprintf("affected from %s, fixed in %s", from, safe(r.Fixed)))
		} else {
			out = append(out, fmt.Sprintf("affected from %s to %s, the last", from, safe(r.LastAffected)))
		}
	}
	if len(out) == 0 {
		out = []string{"no release shows it"}
	}
	for _, r := range a.Remarks {
		out = append(out, "note: "+safe(r))
	}
	_, err := fmt.Fprintf(w, "\n%s\n", strings.Join(out, "\n"))
	return err
}
