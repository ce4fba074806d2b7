package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"steward/internal/base/errs"
	"steward/internal/census"
	"steward/internal/census/index"
	"steward/internal/census/sbom"
)

// bills are bills of materials: what they hold is shown of a ranking.
type bills struct {
	files []string
	read  []sbom.Named
}

func (b *bills) flags(c *cobra.Command) {
	c.Flags().StringArrayVar(&b.files, "sbom", nil, "show what this bill of materials holds, a `file` of CycloneDX or SPDX, packed or not; more than one")
}

// open reads them, before anything that takes longer.
func (b *bills) open(html pages, out outputs) error {
	if len(b.files) > 0 && (html.dir != "" || out.parquet != "") {
		return errs.Invalidf("sbom", "What a bill of materials holds is shown on the terminal, or as JSON or CSV.").WithHint("leave --html and --parquet away")
	}
	for _, path := range b.files {
		f, err := index.Open(path)
		if err != nil {
			return err
		}
		d, err := sbom.Read(f)
		_ = f.Close()
		if e, ok := errors.AsType[*errs.Error](err); ok && e.Field == "" {
			e.Field = path
		}
		if err != nil {
			return err
		}
		name := filepath.Base(path)
		if slices.ContainsFunc(b.read, func(other sbom.Named) bool { return other.File == name }) {
			name = path
		}
		b.read = append(b.read, sbom.Named{File: name, Document: d})
	}
	return nil
}

// show writes what they hold, in the form that was asked for.
func (b *bills) show(ctx context.Context, s *shell, r *census.Ranking, out outputs, top int, took time.Duration) error {
	j, err := sbom.Join(ctx, r.Table.Suite, b.read)
	if err != nil {
		return err
	}
	e, err := j.Excerpt(r)
	if err != nil {
		return err
	}
	if done, err := out.excerpt(s, r, e); done {
		return err
	}
	s.showBills(r, j, top, took)
	return nil
}

func (s *shell) showBills(r *census.Ranking, j *sbom.Joined, top int, took time.Duration) {
	w := s.Stdout
	for _, d := range j.Documents {
		subject := ""
		if d.Subject != "" {
			subject = " of " + short(safe(d.Subject), 40)
		}
		fmt.Fprintf(w, "%s\n  %s%s, %d components.\n", safe(d.File), safe(d.Format), subject, len(d.Components))
		var others []string
		for _, kind := range slices.Sorted(maps.Keys(d.Others)) {
			others = append(others, fmt.Sprintf("%d %s", d.Others[kind], safe(kind)))
		}
		if len(others) > 0 {
			fmt.Fprintf(w, "  Not looked for: %s.\n", strings.Join(others, ", "))
		}
	}
	known := map[sbom.Certainty]int{}
	all := 0
	for _, h := range j.Held {
		for _, f := range h.Found {
			known[f.Certainty]++
			all++
		}
	}
	fmt.Fprintf(w, "\n%d different components are of %d of %d sources:\n%d certain, %d likely, %d possible. Not known to the indexes: %d.\nRanked by %s in %.1f s.\n\n",
		all, len(j.Held), len(r.Rows), known[sbom.Certain], known[sbom.Likely], known[sbom.Possible], len(j.Unmatched), safe(r.Model.Name), took.Seconds())
	var rows [][]string
	held := j.Rows(r)
	for _, row := range held[:min(max(0, top), len(held))] {
		h := j.Held[row.Source]
		dependents := "?"
		if j.Related {
			dependents = fmt.Sprint(h.Dependents)
		}
		rows = append(rows, []string{
			fmt.Sprint(row.Rank), short(r.Table.Suite.Sources[row.Source].Name, 22),
			r.Table.Shown("reach", row.Source), dependents, string(h.Found[0].Rule), brought(h),
		})
	}
	table(w, []string{"RANK", "SOURCE", "REACH", "HERE", "RULE", "COMPONENTS"}, rows)
	if n := len(held) - len(rows); n > 0 {
		fmt.Fprintf(w, "and %d more\n", n)
	}
	if j.Related {
		fmt.Fprint(w, "\nHERE is how many components rest on it within these documents.\n")
	} else if len(held) > 0 {
		fmt.Fprint(w, "\nHERE is unknown: no document says what depends on what.\n")
	}
	var quiet []string
	for _, i := range r.Quiet() {
		if j.Held[i] != nil {
			quiet = append(quiet, r.Table.Suite.Sources[i].Name)
		}
	}
	if len(quiet) > 0 {
		fmt.Fprintf(w, "\nQuiet and load-bearing among them: %d\n", len(quiet))
		flow(w, "  ", "  ", quiet)
	}
	if len(j.Unmatched) > 0 {
		var names []string
		for _, item := range j.Unmatched[:min(max(0, 3*top), len(j.Unmatched))] {
			names = append(names, item.Title())
		}
		if n := len(j.Unmatched) - len(names); n > 0 {
			names = append(names, fmt.Sprintf("and %d more", n))
		}
		fmt.Fprintf(w, "\nNot known to the indexes: %d\n", len(j.Unmatched))
		flow(w, "  ", "  ", names)
	}
	s.showLimits(r)
}

// brought names the components of a source: the first, and how many more.
func brought(h *sbom.Held) string {
	more := ""
	if n := len(h.Found) - 1; n > 0 {
		more = fmt.Sprintf(" +%d", n)
	}
	return short(safe(h.Found[0].Title()), 22-len(more)) + more
}
