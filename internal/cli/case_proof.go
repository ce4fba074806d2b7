package cli

import (
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"steward/internal/api"
	"steward/internal/cvd"
	"steward/internal/proof"
)

// proofCmds are the deeds on what the interpreter shows of files that came in.
func (s *shell) proofCmds() []*cobra.Command {
	return []*cobra.Command{s.caseProve(), s.caseProofs(), s.caseWeakness()}
}

func (s *shell) caseProve() *cobra.Command {
	var ask cvd.Ask
	var fixed []string
	c := &cobra.Command{
		Use: "prove CASE", Short: "Have the C that came attached interpreted, as it came or with fixed files", Args: takes("CASE"),
		Long: `Has the program that came with a report, or with a letter of its reporter, run in
the interpreter of C by the server; see the answer by “steward case proofs”. A
fixed file takes the place of the one of its name.`,
		RunE: func(cmd *cobra.Command, a []string) error {
			for _, path := range fixed {
				raw, err := s.readFile(path)
				if err != nil {
					return err
				}
				ask.Fixed = append(ask.Fixed, proof.Source{Name: filepath.Base(path), Data: raw})
			}
			return s.with(cmd.Context(), func(c *client) error {
				var out api.Named
				if err := c.call(cmd.Context(), "POST", casePath(a[0], "proofs"), ask, &out); err != nil {
					return err
				}
				return s.show(out, func(w io.Writer) { fmt.Fprintf(w, "%s: asked as %s\n", a[0], out.ID) })
			})
		},
	}
	c.Flags().StringArrayVar(&fixed, "fixed", nil, "a fixed `file`; may be repeated")
	c.Flags().StringVar(&ask.Report, "report", "", "`id` of a report merged into the case")
	c.Flags().StringVar(&ask.Message, "letter", "", "`id` of the letter that the files came with")
	return c
}

func (s *shell) caseProofs() *cobra.Command {
	return &cobra.Command{
		Use: "proofs CASE", Short: "What the interpreter showed of the C that came attached", Args: takes("CASE"),
		RunE: func(cmd *cobra.Command, a []string) error {
			return s.with(cmd.Context(), func(c *client) error {
				var v cvd.View
				if err := c.call(cmd.Context(), "GET", casePath(a[0]), nil, &v); err != nil {
					return err
				}
				return s.show(v.Trials, func(w io.Writer) { printTrials(w, v.Trials) })
			})
		},
	}
}

func (s *shell) caseWeakness() *cobra.Command {
	return s.deedOn("weakness CASE PROOF", "Write the weakness that a proof shows into the facts", []string{"PROOF"}, func(a []string) (string, any, error) {
		return "proofs/weakness", api.Named{ID: a[1]}, nil
	}, "taken")
}

func printTrials(w io.Writer, trials []cvd.Trial) {
	if len(trials) == 0 {
		fmt.Fprintln(w, "No C came with this case, or none that you may read.")
	}
	for _, t := range trials {
		from := "the report of " + t.Ref
		if t.Message != "" {
			from = "letter " + t.Message
		}
		fmt.Fprintf(w, "From %s:", from)
		for _, f := range t.Files {
			fmt.Fprintf(w, " %s", safe(f))
		}
		fmt.Fprintln(w)
		for _, p := range t.Proofs {
			what := "as it came"
			if len(p.Fixed) > 0 {
				what = "with the fixed"
				for _, f := range p.Fixed {
					what += " " + safe(f.Name)
				}
			}
			fmt.Fprintf(w, "  %s  %s, %s\n", p.ID, what, p.State)
			if p.Answer != nil {
				printAnswer(w, p.Answer)
			}
		}
	}
}

func printAnswer(w io.Writer, a *proof.Answer) {
	if a.Nothing != "" {
		fmt.Fprintf(w, "    cannot say: %s\n", safe(a.Nothing))
	}
	for _, p := range a.Programs {
		switch {
		case p.Finding != nil:
			f := p.Finding
			fmt.Fprintf(w, "    %s:%d: %s [%s, CWE-%d]\n", safe(f.Place.File), f.Place.Line, safe(f.Text), f.Kind, f.CWE)
		case p.Verdict == proof.Finished:
			fmt.Fprintf(w, "    %s: ran to its end with status %d, nothing was seen\n", safe(p.Name), p.Status)
		default:
			fmt.Fprintf(w, "    %s: cannot say: %s\n", safe(p.Name), safe(p.Why))
		}
	}
}
