package cli

import (
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"steward/internal/advisory"
	"steward/internal/api"
	"steward/internal/base/acl"
	"steward/internal/base/audit"
	"steward/internal/cvd"
)

func (s *shell) caseCmd() *cobra.Command {
	c := &cobra.Command{
		Use:   "case",
		Short: "See the queue and work on cases",
		Long: `A case is named by its reference, such as 2026-0007.

A usual way through:
  steward case list                          what needs somebody, the most urgent first
  steward case show 2026-0007                all of it, and what comes next
  steward case ack 2026-0007 -m "Thank you…" answer the reporter
  steward case dispose 2026-0007 valid -m …  decide, and tell the reporter why
  steward case edit 2026-0007 --severity high --cwe CWE-122
  steward case note 2026-0007 -m "…"         for the team alone
  steward case message 2026-0007 -m "…"      to the reporter`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(s.caseList(), s.caseShow(), s.caseTimeline(), s.caseAck(), s.caseDispose(), s.caseMove(), s.caseMerge(),
		s.caseEdit(), s.casePromise(), s.caseNote(), s.caseMessage(), s.caseRead(), s.caseInvite(), s.caseUninvite(), s.caseFile())
	c.AddCommand(s.distributeCmds()...)
	c.AddCommand(s.proofCmds()...)
	return c
}

func casePath(ref string, more ...string) string {
	p := "/api/v1/cases/" + url.PathEscape(ref)
	for _, m := range more {
		p += "/" + m
	}
	return p
}

// deedOn is a command that makes one deed on the case it names.
func (s *shell) deedOn(use, short string, args []string, in func(args []string) (path string, body any, err error), done string) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Args: takes(append([]string{"CASE"}, args...)...),
		RunE: func(cmd *cobra.Command, a []string) error {
			path, body, err := in(a)
			if err != nil {
				return err
			}
			return s.with(cmd.Context(), func(c *client) error {
				if err := c.call(cmd.Context(), "POST", casePath(a[0], path), body, nil); err != nil {
					return err
				}
				if s.json {
					return writeJSON(s.Stdout, map[string]string{"case": a[0], "done": done})
				}
				s.say("%s: %s", a[0], done)
				return nil
			})
		},
	}
}

// text gives a text from -m, or from -F (a file, "-" for standard input).
type text struct {
	body, file string
}

func (t *text) flags(c *cobra.Command, what string) {
	c.Flags().StringVarP(&t.body, "message", "m", "", what)
	c.Flags().StringVarP(&t.file, "file", "F", "", what+", from a `file` (- is standard input)")
	c.MarkFlagsMutuallyExclusive("message", "file")
}

const maxText = 1 << 20

func (s *shell) read(t *text) (string, error) {
	if t.file == "" {
		return t.body, nil
	}
	raw, err := s.readFile(t.file)
	return string(raw), err
}

func (s *shell) readFile(path string) ([]byte, error) {
	var r io.Reader = s.Stdin
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, usage{err}
		}
		defer f.Close()
		r = f
	}
	raw, err := io.ReadAll(io.LimitReader(r, maxText+1))
	if err == nil && len(raw) > maxText {
		return nil, usage{fmt.Errorf("%s is longer than %d bytes", path, maxText)}
	}
	return raw, err
}

func (s *shell) caseList() *cobra.Command {
	var states []string
	var mine bool
	var after string
	c := &cobra.Command{
		Use: "list", Short: "The queue: unacknowledged first, then what falls due", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return s.with(cmd.Context(), func(c *client) error {
				path := "/api/v1/cases?" + url.Values{"state": states, "after": {after}}.Encode()
				if mine {
					path = "/api/v1/mine?" + url.Values{"after": {after}}.Encode()
				}
				var page cvd.Page
				if err := c.call(cmd.Context(), "GET", path, nil, &page); err != nil {
					return err
				}
				return s.show(page, func(w io.Writer) { queueTable(w, page) })
			})
		},
	}
	c.Flags().StringArrayVar(&states, "state", nil, "only cases in this `state`: receipt, verification, remediation, release, post-release, closed, merged")
	c.Flags().BoolVar(&mine, "mine", false, "only the cases that I am invited to")
	c.Flags().StringVar(&after, "after", "", "go on from this `place`, which the list before has named")
	return c
}

func queueTable(w io.Writer, page cvd.Page) {
	if len(page.Cases) == 0 {
		fmt.Fprintln(w, "Nothing is waiting.")
		return
	}
	rows := make([][]string, len(page.Cases))
	for i, c := range page.Cases {
		due, level := "-", string(c.Level)
		if c.Next != nil {
			due = when(c.Next.At) + "  " + string(c.Next.What)
		}
		if level == "" {
			level = "-"
		}
		state := string(c.State)
		if c.Proved != nil {
			state += ", proved"
		}
		rows[i] = []string{c.Ref, state, level, due, c.Title}
	}
	table(w, []string{"CASE", "STATE", "SEVERITY", "NEXT", "TITLE"}, rows)
	if page.Next != "" {
		fmt.Fprintf(w, "There are more: repeat it with --after %s\n", page.Next)
	}
}

func (s *shell) caseShow() *cobra.Command {
	return &cobra.Command{
		Use: "show CASE", Short: "A case: what comes next, report, talk, draft", Args: takes("CASE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return s.with(cmd.Context(), func(c *client) error {
				var v cvd.View
				if err := c.call(cmd.Context(), "GET", casePath(args[0]), nil, &v); err != nil {
					return err
				}
				return s.show(v, func(w io.Writer) { printCase(w, &v) })
			})
		},
	}
}

func printCase(w io.Writer, v *cvd.View) {
	fmt.Fprintf(w, "%s  %s\n", v.Ref, safe(v.Title))
	fmt.Fprintf(w, "  state     %s\n", v.State)
	if v.Disposition != "" {
		fmt.Fprintf(w, "  decision  %s\n", v.Disposition)
	}
	if v.Level != "" {
		fmt.Fprintf(w, "  severity  %s\n", v.Level)
	}
	fmt.Fprintf(w, "  received  %s\n", when(v.Received))
	if v.Next != nil {
		fmt.Fprintf(w, "  due       %s: %s\n", when(v.Next.At), v.Next.What)
	}
	embargo := string(v.EmbargoState)
	if !v.EmbargoUntil.IsZero() {
		embargo += " until " + when(v.EmbargoUntil)
	}
	fmt.Fprintf(w, "  embargo   %s\n  patch     %s\n  draft     %s\n", embargo, v.PatchState, v.DraftState)
	if v.Advisory != "" {
		fmt.Fprintf(w, "  advisory  %s\n", v.Advisory)
	}
	fmt.Fprintln(w, "\nWhat it needs")
	next := true
	for _, it := range v.Checklist {
		switch {
		case it.Done:
			fmt.Fprintf(w, "  [x] %s\n", it.Text)
		case next:
			fmt.Fprintf(w, "  [ ] %s   <- next: %s\n", it.Text, it.Why)
			next = false
		default:
			fmt.Fprintf(w, "  [ ] %s\n", it.Text)
		}
	}
	for _, r := range v.Reports {
		printReport(w, r)
	}
	for _, t := range v.Threads {
		fmt.Fprintf(w, "\nMessages with the reporter (%s)\n", t.Ref)
		for _, m := range t.Messages {
			who := "reporter"
			if m.From == cvd.FromTeam {
				who = safe(m.By.Name) + " (team)"
			}
			fmt.Fprintf(w, "  %s  %s\n%s\n", when(m.At), who, indent(safeBlock(m.Body), "    "))
		}
	}
	if len(v.Notes) > 0 {
		fmt.Fprintln(w, "\nInternal notes (the reporter never sees these)")
		for _, n := range v.Notes {
			who := safe(n.By.Name)
			if n.Organisation != "" {
				who = safe(n.Organisation) + ", " + who + " (by mail)"
			}
			fmt.Fprintf(w, "  %s  %s\n%s\n", when(n.At), who, indent(safeBlock(n.Body), "    "))
		}
	}
}

func printReport(w io.Writer, r cvd.ReportView) {
	sub := r.Submission
	fmt.Fprintf(w, "\nReport as it came (%s, by %s)\n", r.Ref, sub.Channel)
	line := func(name, v string) {
		if v != "" {
			fmt.Fprintf(w, "  %-10s %s\n", name, strings.TrimSpace(indent(safeBlock(v), strings.Repeat(" ", 13))))
		}
	}
	line("title", sub.Summary)
	line("product", sub.Product)
	line("versions", sub.Versions)
	line("what", sub.What)
	line("reproduce", sub.Reproduce)
	line("impact", sub.Impact)
	for _, f := range r.Findings {
		line("lint", f.Message)
	}
	for _, f := range r.Files {
		line("file", fmt.Sprintf("%s  %d bytes  id %s", f.Name, f.Size, f.ID))
	}
}

func indent(s, by string) string {
	return by + strings.ReplaceAll(strings.TrimRight(s, "\n"), "\n", "\n"+by)
}

func (s *shell) caseTimeline() *cobra.Command {
	return &cobra.Command{
		Use: "timeline CASE", Short: "All that happened in a case, and who did it", Args: takes("CASE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return s.with(cmd.Context(), func(c *client) error {
				var list []audit.Entry
				if err := c.call(cmd.Context(), "GET", casePath(args[0], "timeline"), nil, &list); err != nil {
					return err
				}
				return s.show(list, func(w io.Writer) {
					rows := make([][]string, len(list))
					for i, e := range list {
						rows[i] = []string{fmt.Sprint(e.Seq), when(e.At), e.ActorName, e.Role, e.Action}
					}
					table(w, []string{"SEQ", "WHEN", "WHO", "ROLE", "DID"}, rows)
				})
			})
		},
	}
}

func (s *shell) caseAck() *cobra.Command {
	var t text
	var next string
	c := s.deedOn("ack CASE", "Answer the reporter for the first time", nil, func([]string) (string, any, error) {
		return s.letter(&t, next, "")("acknowledge")
	}, "acknowledged")
	t.flags(c, "what to tell the reporter")
	c.Flags().StringVar(&next, "next", "", "promise to write again by this `date`")
	return c
}

// letter makes the body of a message to a reporter.
func (s *shell) letter(t *text, next, report string) func(path string) (string, any, error) {
	return func(path string) (string, any, error) {
		body, err := s.read(t)
		if err != nil {
			return "", nil, err
		}
		at, err := parseDay(next)
		return path, api.Letter{Body: body, NextStatus: at, Report: report}, err
	}
}

// parseDay reads 2026-12-01, or a whole RFC 3339 time; empty is no time.
func parseDay(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, usage{fmt.Errorf("%q is not a time: write 2026-12-01 or 2026-12-01T06:00:00Z", s)}
}

func (s *shell) caseDispose() *cobra.Command {
	var t text
	c := s.deedOn("dispose CASE DISPOSITION", "Decide on the report, and tell the reporter why", []string{"DISPOSITION"}, func(a []string) (string, any, error) {
		why, err := s.read(&t)
		return "dispose", cvd.Decision{Disposition: cvd.Disposition(a[1]), Reason: why}, err
	}, "decided")
	c.Long = `Dispositions: "valid", "defence in depth", "informational", "invalid",
"probable duplicate", "fix already public". The last four close the case and
need a reason, which the reporter is told.`
	t.flags(c, "the reason")
	return c
}

func (s *shell) caseMove() *cobra.Command {
	var t text
	c := s.deedOn("move CASE EVENT", "Move a case: fix ready, send back, close, reopen", []string{"EVENT"}, func(a []string) (string, any, error) {
		why, err := s.read(&t)
		return "move", api.Move{Event: a[1], Reason: why}, err
	}, "moved")
	t.flags(c, "the reason")
	return c
}

func (s *shell) caseMerge() *cobra.Command {
	var t text
	c := s.deedOn("merge CASE INTO", "Close a case as a duplicate; its reporter keeps mailbox and credit", []string{"INTO"}, func(a []string) (string, any, error) {
		why, err := s.read(&t)
		return "merge", api.Merge{Into: a[1], Reason: why}, err
	}, "merged")
	t.flags(c, "the reason")
	return c
}

func (s *shell) casePromise() *cobra.Command {
	var next, plan string
	c := s.deedOn("promise CASE", "Dates agreed with the reporter; one left out is cleared", nil, func([]string) (string, any, error) {
		n, err := parseDay(next)
		if err != nil {
			return "", nil, err
		}
		p, err := parseDay(plan)
		return "promise", api.Promise{NextStatus: n, ReporterPlan: p}, err
	}, "promised")
	c.Flags().StringVar(&next, "next", "", "the reporter hears more by this `date`")
	c.Flags().StringVar(&plan, "plan", "", "the reporter means to go public on this `date`")
	return c
}

func (s *shell) caseNote() *cobra.Command {
	var t text
	c := s.deedOn("note CASE", "Write a note for the team alone", nil, func([]string) (string, any, error) {
		body, err := s.read(&t)
		return "notes", api.Body{Body: body}, err
	}, "noted, for the team alone")
	t.flags(c, "the note")
	return c
}

func (s *shell) caseMessage() *cobra.Command {
	var t text
	var next, report string
	c := s.deedOn("message CASE", "Write to the reporter", nil, func([]string) (string, any, error) {
		return s.letter(&t, next, report)("messages")
	}, "sent to the reporter")
	t.flags(c, "the message")
	c.Flags().StringVar(&next, "next", "", "promise to write again by this `date`")
	c.Flags().StringVar(&report, "report", "", "`id` of the report, where several were merged")
	return c
}

func (s *shell) caseRead() *cobra.Command {
	return s.deedOn("read CASE", "The reporter's messages were read and need no answer", nil, func([]string) (string, any, error) {
		return "read", struct{}{}, nil
	}, "read")
}

func (s *shell) caseInvite() *cobra.Command {
	return s.deedOn("invite CASE USER ROLE", "Let a person into this case alone: fixer, reviewer, distributor, coordinator", []string{"USER", "ROLE"},
		func(a []string) (string, any, error) {
			return "people", api.Invite{User: a[1], Role: acl.Role(a[2])}, nil
		}, "invited")
}

func (s *shell) caseUninvite() *cobra.Command {
	return s.deedOn("uninvite CASE USER ROLE", "Take a role in a case back", []string{"USER", "ROLE"},
		func(a []string) (string, any, error) {
			return "people/remove", api.Invite{User: a[1], Role: acl.Role(a[2])}, nil
		}, "taken back")
}

func (s *shell) caseFile() *cobra.Command {
	return &cobra.Command{
		Use: "file CASE ID", Short: "Write an attachment to standard output", Args: takes("CASE", "ID"),
		RunE: func(cmd *cobra.Command, a []string) error {
			return s.with(cmd.Context(), func(c *client) error {
				res, err := c.send(cmd.Context(), "GET", casePath(a[0], "files", url.PathEscape(a[1])), "", nil)
				if err != nil {
					return err
				}
				defer res.Body.Close()
				_, err = io.Copy(s.Stdout, res.Body)
				return err
			})
		},
	}
}

func (s *shell) caseEdit() *cobra.Command {
	var f struct {
		title, severity, cvss4, cvss31, cve, affected string
		cwe                                           []string
		exploited                                     bool
	}
	c := &cobra.Command{
		Use: "edit CASE", Short: "The facts: title, severity, CWE, versions, CVE", Args: takes("CASE"),
		Long: `Only what is given changes. --affected is a JSON file with the list of affected
products as the API shows it.`,
		RunE: func(cmd *cobra.Command, a []string) error {
			return s.with(cmd.Context(), func(c *client) error {
				var v cvd.View
				if err := c.call(cmd.Context(), "GET", casePath(a[0]), nil, &v); err != nil {
					return err
				}
				in := api.Facts{Version: v.Version}
				if v.Draft != nil && v.Draft.Fields != nil {
					in.Fields = *v.Draft.Fields
				}
				set := func(flag string, p *string, val string) {
					if cmd.Flags().Changed(flag) {
						*p = val
					}
				}
				set("title", &in.Title, f.title)
				set("cve", &in.CVE, f.cve)
				set("cvss4", &in.Severity.CVSS4, f.cvss4)
				set("cvss31", &in.Severity.CVSS31, f.cvss31)
				if cmd.Flags().Changed("severity") {
					in.Severity.Level = advisory.Level(f.severity)
				}
				if cmd.Flags().Changed("cwe") {
					in.CWE = f.cwe
				}
				if cmd.Flags().Changed("exploited") {
					in.Exploited = f.exploited
				}
				if f.affected != "" {
					if err := s.readJSON(f.affected, &in.Affected); err != nil {
						return err
					}
				}
				if err := c.call(cmd.Context(), "POST", casePath(a[0], "facts"), in, nil); err != nil {
					return err
				}
				return s.show(in.Fields, func(w io.Writer) { fmt.Fprintf(w, "%s: facts changed\n", a[0]) })
			})
		},
	}
	fl := c.Flags()
	fl.StringVar(&f.title, "title", "", "product and kind of fault, one line")
	fl.StringVar(&f.severity, "severity", "", "low, moderate, high or critical")
	fl.StringVar(&f.cvss4, "cvss4", "", "CVSS 4.0 `vector`")
	fl.StringVar(&f.cvss31, "cvss31", "", "CVSS 3.1 `vector`")
	fl.StringVar(&f.cve, "cve", "", "CVE `id`")
	fl.StringVar(&f.affected, "affected", "", "affected products, a JSON `file`")
	fl.StringSliceVar(&f.cwe, "cwe", nil, "CWE `ids`, the most specific first")
	fl.BoolVar(&f.exploited, "exploited", false, "it is known to be exploited")
	return c
}
