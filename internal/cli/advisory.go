package cli

import (
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"steward/internal/advisory"
	"steward/internal/api"
	"steward/internal/cvd"
)

func (s *shell) embargoCmd() *cobra.Command {
	var at, zone, reason string
	c := s.deedOn("embargo CASE EVENT", "Propose, accept, reject, revise or exit the embargo", []string{"EVENT"}, func(a []string) (string, any, error) {
		until, err := parseHour(at, zone)
		return "embargo", api.Embargo{Event: a[1], Terms: cvd.Terms{Until: until, Zone: zone, Reason: reason}}, err
	}, "embargo moved")
	c.Long = `The embargo is an agreement on the hour before which nobody makes the matter
public. Propose and revise bring an hour and a zone; a second person or party
accepts or rejects.

  steward embargo 2026-0007 propose --until 2026-12-01T08:00 --zone Europe/Stockholm
  steward embargo 2026-0007 accept
  steward embargo 2026-0007 exit --reason "it became public elsewhere"`
	f := c.Flags()
	f.StringVar(&at, "until", "", "the `hour`: 2026-12-01T08:00 in the zone, or with an offset")
	f.StringVar(&zone, "zone", "UTC", "IANA time `zone` in which the hour is meant")
	f.StringVar(&reason, "reason", "", "why this hour, or why it ends")
	return c
}

// parseHour reads an hour in a zone; empty is no time.
func parseHour(s, zone string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t.UTC(), nil
	}
	t, err := cvd.LocalHour(s, zone)
	if err != nil {
		return t, usage{err}
	}
	return t, nil
}

func (s *shell) patchCmd() *cobra.Command {
	c := &cobra.Command{Use: "patch", Short: "Where the fix is, who works on it, how far it is", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	c.AddCommand(s.patchEdit(), s.patchMove())
	return c
}

func (s *shell) patchMove() *cobra.Command {
	var reason string
	c := s.deedOn("move CASE EVENT", "start, submit, ask for changes, approve, test passed, test failed, ready, merge, rework, drop", []string{"EVENT"},
		func(a []string) (string, any, error) {
			return "patch/move", api.Move{Event: a[1], Reason: reason}, nil
		}, "patch moved")
	c.Flags().StringVar(&reason, "reason", "", "why")
	return c
}

func (s *shell) patchEdit() *cobra.Command {
	var author, reviewer, tester string
	var branches []string
	c := &cobra.Command{
		Use: "edit CASE", Short: "Branches, author, reviewer and tester of the fix", Args: takes("CASE"),
		RunE: func(cmd *cobra.Command, a []string) error {
			return s.with(cmd.Context(), func(c *client) error {
				var v cvd.View
				if err := c.call(cmd.Context(), "GET", casePath(a[0]), nil, &v); err != nil {
					return err
				}
				in := api.Patch{Version: v.Version}
				if v.Patch != nil {
					in.PatchFields = cvd.PatchFields{Branches: v.Patch.Branches, Author: v.Patch.Author, Reviewer: v.Patch.Reviewer, Tester: v.Patch.Tester}
				}
				for flag, p := range map[string]*cvd.Person{"author": &in.Author, "reviewer": &in.Reviewer, "tester": &in.Tester} {
					if cmd.Flags().Changed(flag) {
						name, _ := cmd.Flags().GetString(flag)
						*p = cvd.Person{Name: name}
					}
				}
				if cmd.Flags().Changed("branch") {
					in.Branches = nil
					for _, b := range branches {
						in.Branches = append(in.Branches, cvd.Branch{Name: b})
					}
				}
				if err := c.call(cmd.Context(), "POST", casePath(a[0], "patch"), in, nil); err != nil {
					return err
				}
				return s.show(in.PatchFields, func(w io.Writer) { fmt.Fprintf(w, "%s: patch recorded\n", a[0]) })
			})
		},
	}
	f := c.Flags()
	f.StringVar(&author, "author", "", "`name` of who writes the fix")
	f.StringVar(&reviewer, "reviewer", "", "`name` of who reviews it")
	f.StringVar(&tester, "tester", "", "`name` of who tests it")
	f.StringArrayVar(&branches, "branch", nil, "private `branch` of the fix; may be repeated")
	return c
}

func (s *shell) advisoryCmd() *cobra.Command {
	c := &cobra.Command{
		Use:   "advisory",
		Short: "Draft, review, approve and release the advisory of a case",
		Long: `A usual way through, for case 2026-0007:
  steward advisory edit 2026-0007 -F text.json   write the prose
  steward advisory show 2026-0007                the draft and what stands before its release
  steward advisory share 2026-0007               show it to the reporter
  steward advisory review 2026-0007              sign it: not by its last editor
  steward advisory approve 2026-0007             a second person
  steward advisory schedule 2026-0007 --at 2026-12-01T08:00 --zone Europe/Stockholm
  steward advisory release 2026-0007             or at once`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(s.draftShow(), s.draftEdit(), s.draftShare(), s.draftWord("review", "Sign the draft, or ask for changes"),
		s.draftWord("approve", "Approve the reviewed draft, or send it back"), s.releaseSlot("schedule", "Set the hour of the release"),
		s.releaseSlot("release", "Make the approved advisory public now"), s.unschedule(), s.withdraw(), s.advisoryList())
	return c
}

// draft gets the draft of a case.
func (s *shell) draft(cmd *cobra.Command, c *client, ref string) (v cvd.DraftView, err error) {
	err = c.call(cmd.Context(), "GET", casePath(ref, "draft"), nil, &v)
	return v, err
}

func (s *shell) draftShow() *cobra.Command {
	return &cobra.Command{
		Use: "show CASE", Short: "The draft and what stands before its release", Args: takes("CASE"),
		RunE: func(cmd *cobra.Command, a []string) error {
			return s.with(cmd.Context(), func(c *client) error {
				v, err := s.draft(cmd, c, a[0])
				if err != nil {
					return err
				}
				return s.show(v, func(w io.Writer) {
					a := v.Advisory
					fmt.Fprintf(w, "%s\n  state     %s\n", safe(a.Title), v.State)
					for _, part := range [][2]string{{"overview", a.Overview}, {"impact", a.Impact}, {"remedy", a.Remedy}, {"workaround", a.Workaround}} {
						if part[1] != "" {
							fmt.Fprintf(w, "\n%s\n%s\n", part[0], indent(safeBlock(part[1]), "  "))
						}
					}
					if len(v.Problems) == 0 {
						fmt.Fprintln(w, "\nThe lint finds nothing.")
					}
					for _, p := range v.Problems {
						stops := "to mend"
						if p.Blocking {
							stops = "stops the release"
						}
						fmt.Fprintf(w, "\n%s: %s (%s)\n  %s\n", p.Path, p.Message, stops, p.Hint)
					}
				})
			})
		},
	}
}

func (s *shell) draftEdit() *cobra.Command {
	var file string
	c := &cobra.Command{
		Use: "edit CASE", Short: "Replace the advisory's prose", Args: takes("CASE"),
		Long: `The prose is a JSON file: {"overview": "…", "impact": "…", "remedy": "…",
"workaround": "…", "references": [{"kind": "fix", "url": "https://…"}],
"timeline": [{"at": "2026-12-01T08:00:00Z", "what": "…"}], "credits": […],
"summary": "what this revision changes"}. Texts are Markdown.`,
		RunE: func(cmd *cobra.Command, a []string) error {
			return s.with(cmd.Context(), func(c *client) error {
				v, err := s.draft(cmd, c, a[0])
				if err != nil {
					return err
				}
				in := api.DraftText{Version: v.Version}
				if err := s.readJSON(file, &in.Text); err != nil {
					return err
				}
				if err := c.call(cmd.Context(), "POST", casePath(a[0], "draft"), in, nil); err != nil {
					return err
				}
				if v, err = s.draft(cmd, c, a[0]); err != nil {
					return err
				}
				return s.show(v, func(w io.Writer) {
					fmt.Fprintf(w, "%s: draft changed; the lint finds %d to mend\n", a[0], len(v.Problems))
				})
			})
		},
	}
	c.Flags().StringVarP(&file, "file", "F", "-", "JSON `file` (- is standard input)")
	return c
}

func (s *shell) draftShare() *cobra.Command {
	var report string
	c := s.deedOn("share CASE", "Show the draft to the reporter, who may confirm the credit", nil, func([]string) (string, any, error) {
		return "draft/share", api.Share{Report: report}, nil
	}, "shown to the reporter")
	c.Flags().StringVar(&report, "report", "", "`id` of the report, where several were merged")
	return c
}

func (s *shell) draftWord(verb, short string) *cobra.Command {
	var no bool
	var comment string
	c := &cobra.Command{
		Use: verb + " CASE", Short: short, Args: takes("CASE"),
		RunE: func(cmd *cobra.Command, a []string) error {
			return s.with(cmd.Context(), func(c *client) error {
				v, err := s.draft(cmd, c, a[0])
				if err != nil {
					return err
				}
				in := api.Word{Version: v.Version, OK: !no, Comment: comment}
				if err := c.call(cmd.Context(), "POST", casePath(a[0], "draft", verb), in, nil); err != nil {
					return err
				}
				if v, err = s.draft(cmd, c, a[0]); err != nil {
					return err
				}
				return s.show(v, func(w io.Writer) { fmt.Fprintf(w, "%s: the draft is %s\n", a[0], v.State) })
			})
		},
	}
	c.Flags().BoolVar(&no, "no", false, "ask for changes instead")
	c.Flags().StringVarP(&comment, "message", "m", "", "comment")
	return c
}

func (s *shell) releaseSlot(verb, short string) *cobra.Command {
	var at, zone, override string
	c := &cobra.Command{
		Use: verb + " CASE", Short: short, Args: takes("CASE"),
		RunE: func(cmd *cobra.Command, a []string) error {
			hour, err := parseHour(at, zone)
			if err != nil {
				return err
			}
			if verb == "schedule" && hour.IsZero() {
				return usage{fmt.Errorf("--at is missing")}
			}
			return s.with(cmd.Context(), func(c *client) error {
				v, err := s.draft(cmd, c, a[0])
				if err != nil {
					return err
				}
				var out advisory.Advisory
				in := api.Slot{Version: v.Version, Slot: cvd.Slot{At: hour, Zone: zone, Override: override}}
				if err := c.call(cmd.Context(), "POST", casePath(a[0], verb), in, &out); err != nil {
					return err
				}
				if verb == "schedule" {
					return s.show(in.Slot, func(w io.Writer) { fmt.Fprintf(w, "%s: goes out at %s\n", a[0], when(hour)) })
				}
				return s.show(out, func(w io.Writer) { fmt.Fprintf(w, "%s: released as %s\n", a[0], out.ID) })
			})
		},
	}
	f := c.Flags()
	if verb == "schedule" {
		f.StringVar(&at, "at", "", "the `hour`: 2026-12-01T08:00 in the zone")
	}
	f.StringVar(&zone, "zone", "UTC", "IANA time `zone` of the team, for hour, weekends and holidays")
	f.StringVar(&override, "override", "", "`reason` to release on a weekend or holiday all the same")
	return c
}

func (s *shell) unschedule() *cobra.Command {
	var reason string
	c := s.deedOn("unschedule CASE", "Take the hour of the release back", nil, func([]string) (string, any, error) {
		return "unschedule", api.Reason{Reason: reason}, nil
	}, "no longer scheduled")
	c.Flags().StringVar(&reason, "reason", "", "why")
	return c
}

func (s *shell) withdraw() *cobra.Command {
	var reason string
	c := s.deedOn("withdraw CASE", "Say in public that the advisory no longer holds", nil, func([]string) (string, any, error) {
		return "withdraw", api.Reason{Reason: reason}, nil
	}, "withdrawn; the page stays and says so")
	c.Flags().StringVar(&reason, "reason", "", "why: it is published")
	return c
}

func (s *shell) advisoryList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "What is public, the latest first", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return s.with(cmd.Context(), func(c *client) error {
				var page advisory.Page
				if err := c.call(cmd.Context(), "GET", "/api/v1/advisories", nil, &page); err != nil {
					return err
				}
				return s.show(page, func(w io.Writer) {
					if len(page.Advisories) == 0 {
						fmt.Fprintln(w, "No advisory is public.")
						return
					}
					rows := make([][]string, len(page.Advisories))
					for i, a := range page.Advisories {
						state := "public"
						if a.Withdrawn != nil {
							state = "withdrawn"
						}
						rows[i] = []string{a.ID, string(a.Severity.Level), when(a.Published), state, a.Title}
					}
					table(w, []string{"ADVISORY", "SEVERITY", "PUBLISHED", "STATE", "TITLE"}, rows)
				})
			})
		},
	}
}

func (s *shell) prenoticeCmd() *cobra.Command {
	var a cvd.Announcement
	c := &cobra.Command{
		Use: "prenotice CASE", Short: "Announce that a fix comes, and nothing of what it fixes", Args: takes("CASE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return s.with(cmd.Context(), func(c *client) error {
				var p advisory.Prenotice
				if err := c.call(cmd.Context(), "POST", casePath(args[0], "prenotice"), a, &p); err != nil {
					return err
				}
				return s.show(p, func(w io.Writer) {
					fmt.Fprintf(w, "%s is public: %s %s, highest severity %s, on %s\n", p.ID, safe(p.Product), safe(p.Versions), p.Severity, when(p.Release))
				})
			})
		},
	}
	c.Flags().StringSliceVar(&a.Branches, "branch", nil, "a line of releases that gets the fix, as 8.4; may be repeated")
	c.Flags().BoolVar(&a.Workaround, "workaround", false, "publish the draft's workaround with it, before the details; it may give the vulnerability away")
	return c
}
