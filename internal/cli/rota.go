package cli

import (
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"steward/internal/api"
)

func (s *shell) rotaCmd() *cobra.Command {
	c := &cobra.Command{
		Use: "rota", Short: "Who is on call",
		Long: `People take turns of a week. Who is on call is told of new reports and of answers.

  steward rota show --as Dana                who it is, and who comes next
  steward rota show --json --as Dana         the same, with the rota to edit
  steward rota set rota.json --as Dana       put another rota in force

rota.json holds what "rota" is in the JSON of rota show: version (the one that you
edit; 0 for the first), zone, handover (weekday, 0 for Sunday, and hour), order
(names), start (the day of the first turn) and overrides (from, to, who, reason).`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	show := &cobra.Command{
		Use: "show", Short: "Who is on call now, and who comes next", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return s.with(cmd.Context(), func(c *client) error {
				var d api.Duty
				if err := c.call(cmd.Context(), "GET", "/api/v1/rota", nil, &d); err != nil {
					return err
				}
				return s.show(d, func(w io.Writer) { printRota(w, d) })
			})
		},
	}
	set := &cobra.Command{
		Use: "set FILE", Short: "Put the rota of a JSON file in force; - reads standard input", Args: takes("FILE"),
		RunE: func(cmd *cobra.Command, a []string) error {
			var in api.Rota
			if err := s.readJSON(a[0], &in); err != nil {
				return err
			}
			return s.with(cmd.Context(), func(c *client) error {
				var d api.Duty
				if err := c.call(cmd.Context(), "POST", "/api/v1/rota", in, &d); err != nil {
					return err
				}
				return s.show(d, func(w io.Writer) { printRota(w, d) })
			})
		},
	}
	c.AddCommand(show, set)
	return c
}

func printRota(w io.Writer, d api.Duty) {
	who := func(name string) string {
		if name == "" {
			return "all handlers and leads"
		}
		return safe(name)
	}
	until := "until someone changes the rota"
	if !d.Until.IsZero() {
		until = "until " + when(d.Until)
	}
	if d.Rota.Version == 0 {
		fmt.Fprintln(w, "There is no rota: all handlers and leads are told of what waits.")
		return
	}
	fmt.Fprintf(w, "On call: %s, %s\n\n", who(d.Who), until)
	zone, err := time.LoadLocation(d.Rota.Zone)
	if err != nil {
		zone = time.UTC
	}
	hour := func(t time.Time) string {
		if t.IsZero() {
			return "-"
		}
		return t.In(zone).Format("Mon 2006-01-02 15:04")
	}
	rows := make([][]string, len(d.Upcoming))
	for i, x := range d.Upcoming {
		why := ""
		if x.Override {
			why = "swap: " + x.Reason
		}
		rows[i] = []string{who(x.Who), hour(x.From), hour(x.To), why}
	}
	table(w, []string{"WHO", "FROM", "UNTIL", ""}, rows)
	fmt.Fprintf(w, "Hours of %s. Version %d.\n", safe(d.Rota.Zone), d.Rota.Version)
}
