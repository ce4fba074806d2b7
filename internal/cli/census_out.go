package cli

import (
	"github.com/spf13/cobra"

	"steward/internal/base/errs"
	"steward/internal/census"
)

// outputs are the forms in which a ranking is written for programs.
type outputs struct{ csv bool }

func (o *outputs) flags(c *cobra.Command) {
	c.Flags().BoolVar(&o.csv, "csv", false, "write all sources with every signal as CSV")
}

// write writes a ranking in the form that was asked for, and tells whether one was.
func (o *outputs) write(s *shell, r *census.Ranking) (done bool, err error) {
	switch {
	case o.csv && s.json:
		return true, errs.Invalidf("csv", "A ranking is written as CSV or as JSON, not both.").WithHint("leave one of --csv and --json away")
	case o.csv:
		return true, census.WriteCSV(s.Stdout, r)
	case s.json:
		return true, census.WriteJSON(s.Stdout, r)
	}
	return false, nil
}
