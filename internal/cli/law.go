package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"

	"github.com/spf13/cobra"

	"steward/internal/api"
	"steward/internal/cvd"
	"steward/internal/duty"
)

func (s *shell) lawCmd() *cobra.Command {
	c := &cobra.Command{
		Use: "law", Short: "What the Cyber Resilience Act wants reported of a case",
		Long: `Steward counts the hours and lays out the forms. It submits nothing and gives no
legal advice.

  steward law aware 2026-0007 exploited --at 2026-11-07T20:00 --zone Europe/Berlin \
      --role manufacturer -m "what shows it"
  steward law show 2026-0007                       the clocks as they stand
  steward law dossier 2026-0007 exploited "early warning"
  steward law file 2026-0007 exploited "early warning" --at 2026-11-08T09:30 --zone Europe/Berlin`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(s.lawShow(), s.lawAware(), s.lawFile(), s.lawDossier())
	return c
}

// triggers are the words for a trigger on the command line.
var triggers = map[string]duty.Trigger{"exploited": duty.Exploited, "incident": duty.Incident}

func trigger(word string) (duty.Trigger, error) {
	if t, ok := triggers[word]; ok {
		return t, nil
	}
	return "", usage{fmt.Errorf("%q is no trigger: exploited or incident", word)}
}

func (s *shell) lawShow() *cobra.Command {
	return &cobra.Command{
		Use: "show CASE", Short: "The clocks as they stand", Args: takes("CASE"),
		RunE: func(cmd *cobra.Command, a []string) error {
			return s.with(cmd.Context(), func(c *client) error {
				var list []cvd.MatterView
				if err := c.call(cmd.Context(), "GET", casePath(a[0], "law"), nil, &list); err != nil {
					return err
				}
				return s.show(list, func(w io.Writer) { printLaw(w, list) })
			})
		},
	}
}

func printLaw(w io.Writer, list []cvd.MatterView) {
	if len(list) == 0 {
		fmt.Fprintln(w, "Nobody has said that the law wants something reported of this case.")
	}
	for _, m := range list {
		fmt.Fprintf(w, "%s: aware since %s, set by %s, as %s\n", m.Facts.Trigger, when(m.Facts.Awareness.At), safe(m.Facts.Awareness.SetBy), m.Facts.Role)
		rows := make([][]string, len(m.Clocks))
		for i, d := range m.Clocks {
			rows[i] = []string{string(d.Kind), string(d.State), d.When(m.Facts.Zone), d.Basis}
		}
		table(w, []string{"WHAT", "STATE", "BY", "BASIS"}, rows)
		fmt.Fprintln(w)
	}
}

// matter finds what is kept of a trigger, with the version of the case.
func matter(ctx context.Context, c *client, ref string, t duty.Trigger) (api.Matter, error) {
	var view struct {
		Version int64 `json:"version"`
	}
	if err := c.call(ctx, "GET", casePath(ref), nil, &view); err != nil {
		return api.Matter{}, err
	}
	out := api.Matter{Version: view.Version}
	var list []cvd.MatterView
	if err := c.call(ctx, "GET", casePath(ref, "law"), nil, &list); err != nil {
		return api.Matter{}, err
	}
	for _, m := range list {
		if m.Facts.Trigger == t {
			out.Matter = m.Matter
		}
	}
	out.Facts.Trigger = t
	return out, nil
}

func (s *shell) lawAware() *cobra.Command {
	var at, zone, role, fix, asked, extent, subject string
	var evidence text
	c := &cobra.Command{
		Use: "aware CASE exploited|incident", Short: "Say since when you are aware: the clocks run", Args: takes("CASE", "TRIGGER"),
		Long: `Says since when the team is aware, by what, and as what it answers for the product.
What is not given stays as it was. --subject is a JSON file with what the forms ask.`,
		RunE: func(cmd *cobra.Command, a []string) error {
			t, err := trigger(a[1])
			if err != nil {
				return err
			}
			if _, ok := roles[role]; !ok {
				return usage{fmt.Errorf("%q is no role: manufacturer or steward", role)}
			}
			words, err := s.read(&evidence)
			if err != nil {
				return err
			}
			return s.with(cmd.Context(), func(c *client) error {
				in, err := matter(cmd.Context(), c, a[0], t)
				if err != nil {
					return err
				}
				f := &in.Facts
				set := func(into *string, value string) {
					if value != "" {
						*into = value
					}
				}
				set(&f.Zone, zone)
				set((*string)(&f.Extent), extent)
				set((*string)(&f.Role), roles[role])
				set(&f.Awareness.Evidence, words)
				hour, err1 := parseHour(at, f.Zone)
				there, err2 := parseHour(fix, f.Zone)
				question, err3 := parseHour(asked, f.Zone)
				if err := errors.Join(err1, err2, err3); err != nil {
					return err
				}
				if !hour.IsZero() {
					f.Awareness.At = hour
				}
				if !there.IsZero() {
					f.FixAvailable = there
				}
				if !question.IsZero() {
					f.AskedAt = question
				}
				if subject != "" {
					if err := s.readJSON(subject, &in.Subject); err != nil {
						return err
					}
				}
				if err := c.call(cmd.Context(), "POST", casePath(a[0], "law"), in, nil); err != nil {
					return err
				}
				return s.show(map[string]string{"case": a[0], "done": "the clocks run"}, func(w io.Writer) { fmt.Fprintf(w, "%s: the clocks run\n", a[0]) })
			})
		},
	}
	f := c.Flags()
	f.StringVar(&at, "at", "", "the `hour` at which you were reasonably sure: 2026-11-07T20:00 in the zone")
	f.StringVar(&zone, "zone", "", "IANA time `zone` of the main establishment: its days count")
	f.StringVar(&role, "role", "", "`role` for this product: manufacturer or steward")
	f.StringVar(&fix, "fix-available", "", "the `hour` since when a corrective or mitigating measure is there")
	f.StringVar(&asked, "asked", "", "the `hour` at which the CSIRT asked for an intermediate report")
	f.StringVar(&extent, "extent", "", "of a steward: does the condition of Article 24(3) hold? yes, no or unknown")
	f.StringVar(&subject, "subject", "", "JSON `file` with what the forms ask")
	evidence.flags(c, "what shows it")
	return c
}

// roles are the words for a role on the command line.
var roles = map[string]string{
	"manufacturer": string(duty.Manufacturer), "steward": string(duty.Steward), "": "",
}

func (s *shell) lawFile() *cobra.Command {
	var at, zone, reference string
	var also []string
	c := &cobra.Command{
		Use: "file CASE exploited|incident KIND", Short: "Note what you have submitted; Steward submits nothing", Args: takes("CASE", "TRIGGER", "KIND"),
		RunE: func(cmd *cobra.Command, a []string) error {
			t, err := trigger(a[1])
			if err != nil {
				return err
			}
			hour, err := parseHour(at, zone)
			if err != nil {
				return err
			}
			in := api.Filing{Trigger: t, Filing: duty.Filing{Kind: duty.Kind(a[2]), At: hour, Reference: reference}}
			for _, k := range also {
				in.Also = append(in.Also, duty.Kind(k))
			}
			return s.with(cmd.Context(), func(c *client) error {
				if err := c.call(cmd.Context(), "POST", casePath(a[0], "law", "file"), in, nil); err != nil {
					return err
				}
				return s.show(map[string]string{"case": a[0], "done": "noted"}, func(w io.Writer) { fmt.Fprintf(w, "%s: noted\n", a[0]) })
			})
		},
	}
	f := c.Flags()
	f.StringVar(&at, "at", "", "the `hour` at which it was submitted: 2026-11-08T09:30 in the zone")
	f.StringVar(&zone, "zone", "UTC", "IANA time `zone` in which the hour is meant")
	f.StringVar(&reference, "reference", "", "the `number` that the platform gave")
	f.StringArrayVar(&also, "also", nil, "a later `kind` that it held all of: "+kindNames(duty.Kinds()))
	return c
}

func (s *shell) lawDossier() *cobra.Command {
	return &cobra.Command{
		Use: "dossier CASE exploited|incident KIND", Short: "A notification to copy into the platform, what is missing first", Args: takes("CASE", "TRIGGER", "KIND"),
		RunE: func(cmd *cobra.Command, a []string) error {
			t, err := trigger(a[1])
			if err != nil {
				return err
			}
			return s.with(cmd.Context(), func(c *client) error {
				var d duty.Dossier
				path := casePath(a[0], "law", "dossier") + "?" + url.Values{"trigger": {string(t)}, "kind": {a[2]}}.Encode()
				if err := c.call(cmd.Context(), "GET", path, nil, &d); err != nil {
					return err
				}
				return s.show(d, func(w io.Writer) { fmt.Fprint(w, safeBlock(d.Text(76))) })
			})
		},
	}
}
