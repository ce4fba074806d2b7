package cli

import (
	"cmp"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"steward/internal/app"
	"steward/internal/base/errs"
	"steward/internal/config"
	"steward/internal/policy"
)

func (s *shell) policyCmd() *cobra.Command {
	c := &cobra.Command{
		Use: "policy", Short: "How you handle vulnerabilities, as data: what is promised and when", Args: noArgs,
		Long: `The policy is policy.toml in the data directory. The public page "How we handle
vulnerabilities", SECURITY.md and security.txt are made from it, and so is the
plan of a case.

  steward policy presets
  steward policy show --preset xen
  steward policy check policy.toml
  steward policy plan --severity high --reported 2026-11-30T09:00`,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(s.policyShow(), s.policyCheck(), s.policyPresets(), s.policyPlan())
	return c
}

// policyOf gives a preset, or the policy of the data directory if no preset is
// named, settled with its settings.
func (s *shell) policyOf(preset string) (policy.Policy, error) {
	if preset != "" {
		p, _, err := policy.Preset(preset)
		return p, err
	}
	c, err := config.Load(s.data)
	if err != nil {
		return policy.Policy{}, err
	}
	p, _, err := app.ReadPolicy(app.Dir(s.data), c)
	return p, err
}

func (s *shell) policyShow() *cobra.Command {
	var preset string
	var data, short bool
	c := &cobra.Command{
		Use: "show", Short: "The policy as the page that is published", Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			p, err := s.policyOf(preset)
			if err != nil {
				return err
			}
			text := []byte(policy.Page(p))
			switch {
			case short:
				text = []byte(policy.SecurityMD(p))
			case data && preset != "":
				_, text, err = policy.Preset(preset) // with its comments
			case data:
				text, err = policy.Write(p)
			}
			if err != nil {
				return err
			}
			return s.show(p, func(w io.Writer) { fmt.Fprint(w, safeBlock(string(text))) })
		},
	}
	f := c.Flags()
	f.StringVar(&preset, "preset", "", "the policy of this `name` that comes with Steward")
	f.BoolVar(&data, "toml", false, "as data")
	f.BoolVar(&short, "security-md", false, "as SECURITY.md for a repository")
	c.MarkFlagsMutuallyExclusive("toml", "security-md")
	return c
}

func (s *shell) policyPresets() *cobra.Command {
	return &cobra.Command{
		Use: "presets", Short: "Policies that come with Steward, to begin with", Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			type row struct {
				Name string `json:"name"`
				Note string `json:"note"`
			}
			rows := []row{}
			for _, name := range policy.Presets() {
				p, _, err := policy.Preset(name)
				if err != nil {
					return err
				}
				rows = append(rows, row{name, cmp.Or(p.Note, "Figures of Steward's own, to be changed.")})
			}
			return s.show(rows, func(w io.Writer) {
				var cells [][]string
				for _, r := range rows {
					cells = append(cells, []string{r.Name, r.Note})
				}
				table(w, []string{"PRESET", "NOTE"}, cells)
			})
		},
	}
}

// remark is what a list that is told before would say to a policy.
type remark struct {
	Severity policy.Severity `json:"severity"`
	List     string          `json:"list"`
	Why      string          `json:"why"`
	Way      string          `json:"way"`
	Soft     bool            `json:"soft"` // not liked, but not refused
}

// remarks looks at the plans of a policy by the rules of the lists that it tells.
func remarks(p policy.Policy, c policy.Case) (policy.Plan, []remark, error) {
	plan, err := p.Plan(c)
	if err != nil {
		return plan, nil, err
	}
	rule, _ := p.Rule(c.Severity)
	var all []remark
	seen := map[string]bool{}
	for _, n := range rule.Notices {
		l, known := p.List(n.List)
		if !known || seen[n.List] {
			continue
		}
		seen[n.List] = true
		for _, found := range policy.Check(l, plan) {
			all = append(all, remark{c.Severity, n.List, found.Why, found.Way, found.Soft})
		}
	}
	return plan, all, nil
}

func printRemarks(w io.Writer, all []remark) {
	for _, r := range all {
		fmt.Fprintf(w, "%s, %s: %s %s\n", r.Severity, safe(r.List), safe(r.Why), safe(r.Way))
	}
}

// someMonday is a report from which the plans of a policy are looked at.
var someMonday = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func (s *shell) policyCheck() *cobra.Command {
	return &cobra.Command{
		Use: "check [FILE]", Short: "Find what is wrong with a policy",
		Long: `Checks a policy: that of FILE, or that of the data directory together with its
settings, which may not say anything else. Then it looks at the plan of each
severity by the rules of the lists that are told before a release.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			p, name, err := s.checked(args)
			if err != nil {
				return err
			}
			all := []remark{}
			for _, severity := range policy.Severities() {
				c := policy.Case{Severity: severity, Reported: someMonday}
				if rule, _ := p.Rule(severity); rule.Track == policy.NextRelease {
					c.Release = someMonday.AddDate(0, 0, 57) // a Tuesday, as good as any
				}
				_, found, err := remarks(p, c)
				if err != nil {
					return errs.Invalidf("severity."+string(severity), "makes no plan: %v", err)
				}
				all = append(all, found...)
			}
			return s.show(all, func(w io.Writer) {
				fmt.Fprintf(w, "%s is a policy.\n", safe(name))
				printRemarks(w, all)
			})
		},
	}
}

// checked reads the policy that check is about.
func (s *shell) checked(args []string) (policy.Policy, string, error) {
	if len(args) == 0 {
		p, err := s.policyOf("")
		return p, filepath.Join(s.data, "policy.toml"), err
	}
	text, err := s.readFile(args[0])
	if err != nil {
		return policy.Policy{}, "", err
	}
	p, err := policy.Parse(text)
	return p, args[0], err
}

func (s *shell) policyPlan() *cobra.Command {
	var preset, severity, track, reported, ready, release, zone string
	c := &cobra.Command{
		Use: "plan", Short: "The dated steps of a case, and which line of the policy asks for each", Args: noArgs,
		Long: `Dates the steps of a case from the hour of the report.

  steward policy plan --severity high --reported 2026-11-30T09:00
  steward policy plan --severity low --preset curl --reported 2026-11-30 --release 2027-01-06T07:00Z`,
		RunE: func(*cobra.Command, []string) error {
			p, err := s.policyOf(preset)
			if err != nil {
				return err
			}
			if reported == "" || severity == "" {
				return usage{fmt.Errorf("--severity and --reported are needed")}
			}
			c := policy.Case{Severity: policy.Severity(severity), Track: policy.Track(track)}
			for _, one := range []struct {
				text string
				to   *time.Time
			}{{reported, &c.Reported}, {ready, &c.Ready}, {release, &c.Release}} {
				if *one.to, err = moment(one.text, cmp.Or(zone, p.Calendar.Zone, "UTC")); err != nil {
					return err
				}
			}
			plan, found, err := remarks(p, c)
			if err != nil {
				return err
			}
			return s.show(struct {
				policy.Plan
				Remarks []remark
			}{plan, found}, func(w io.Writer) { printPlan(w, plan, found) })
		},
	}
	f := c.Flags()
	f.StringVar(&preset, "preset", "", "the policy of this `name` that comes with Steward, instead of your own")
	f.StringVar(&severity, "severity", "", "low, moderate, high or critical")
	f.StringVar(&track, "track", "", "public, short, standard, coordinated or \"next release\"; if left out, that of the severity")
	f.StringVar(&reported, "reported", "", "`when` the report came: 2026-11-30T09:00 in the zone, or with an offset, or a date")
	f.StringVar(&ready, "ready", "", "`when` the fix is ready; if left out, as the policy has it")
	f.StringVar(&release, "release", "", "`when` the release is; if left out, as the policy has it")
	f.StringVar(&zone, "zone", "", "IANA time `zone` in which the hours are meant; if left out, the policy's")
	return c
}

func printPlan(w io.Writer, plan policy.Plan, found []remark) {
	zone, err := time.LoadLocation(plan.Zone)
	if err != nil {
		zone = time.UTC
	}
	var rows [][]string
	for _, step := range plan.Steps {
		what := string(step.Deed)
		if len(step.Tells) > 0 {
			what += ": " + strings.Join(step.Tells, ", ")
		}
		rows = append(rows, []string{step.At.In(zone).Format("Mon 2006-01-02 15:04 MST"), what, cmp.Or(step.Who, "-"), step.Basis})
	}
	fmt.Fprintf(w, "%s, on the track %s\n\n", plan.Severity, plan.Track)
	table(w, []string{"WHEN", "WHAT", "WHO", "BY"}, rows)
	if len(found) > 0 {
		fmt.Fprintln(w)
		printRemarks(w, found)
	}
}

// moment reads an hour in a zone, a whole RFC 3339 time or a date, which is its
// first hour in the zone; empty is no time.
func moment(text, zone string) (time.Time, error) {
	if len(text) == len(time.DateOnly) {
		text += "T00:00"
	}
	if t, err := time.Parse("2006-01-02T15:04Z07:00", text); err == nil {
		return t.UTC(), nil
	}
	return parseHour(text, zone)
}
