package cli

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"mime"
	"net/url"
	"path/filepath"

	"github.com/spf13/cobra"

	"steward/internal/api"
	"steward/internal/cvd"
	"steward/internal/mail"
)

// distributeCmds are the deeds with those who are told before the release, and
// the answer to a leak.
func (s *shell) distributeCmds() []*cobra.Command {
	return []*cobra.Command{
		s.caseNotify(), s.caseTold(), s.caseStatus(), s.casePortal(), s.casePatchFile(), s.casePatchCopy(),
		s.caseListText(), s.casePosted(), s.caseBurn(), s.caseTrace(),
	}
}

func (s *shell) caseNotify() *cobra.Command {
	var t text
	var override string
	var check bool
	c := &cobra.Command{
		Use: "notify CASE LIST [MEMBER…]", Short: "Tell members of a list under embargo", Args: cobra.MinimumNArgs(2),
		Long: `Tells members of a pre-disclosure list, named by their ids: each contact gets a
letter with a copy of the draft of their own. It needs an embargo that is agreed
on, and keeps the rules of the list.

A list elsewhere, such as linux-distros, has no members here: write to it
yourself with the text of “steward case listtext”, and record it by this.`,
		RunE: func(cmd *cobra.Command, a []string) error {
			message, err := s.read(&t)
			if err != nil {
				return err
			}
			return s.with(cmd.Context(), func(c *client) error {
				var would cvd.Distribution
				in := api.Members{List: a[1], Members: a[2:]}
				if err := c.call(cmd.Context(), "POST", casePath(a[0], "distribution/check"), in, &would); err != nil {
					return err
				}
				if check {
					return s.show(would, func(w io.Writer) { printDistribution(w, &would) })
				}
				var v cvd.View
				if err := c.call(cmd.Context(), "GET", casePath(a[0]), nil, &v); err != nil {
					return err
				}
				send := api.Send{Version: v.Version, Send: cvd.Send{List: a[1], Members: a[2:], Message: message, Override: override}}
				if err := c.call(cmd.Context(), "POST", casePath(a[0], "distribution"), send, nil); err != nil {
					if !s.json {
						printDistribution(s.Stderr, &would)
					}
					return err
				}
				return s.show(map[string]string{"case": a[0], "done": "told"}, func(w io.Writer) { fmt.Fprintf(w, "%s: told\n", a[0]) })
			})
		},
	}
	t.flags(c, "the team's own words")
	c.Flags().StringVar(&override, "override", "", "why, against what the list likes")
	c.Flags().BoolVar(&check, "check", false, "tell nobody: say who may be told and what stands against it")
	return c
}

func (s *shell) caseTold() *cobra.Command {
	return &cobra.Command{
		Use: "told CASE", Short: "Who was told, what they say, and whether each has got the notice", Args: takes("CASE"),
		Long: `Lists the organisations that were told of a case by a notice. Below each stand its
contacts with the letter of the latest notice. A letter that failed or came back
can be tried again by “steward mail retry ID”; or tell them by other means.`,
		RunE: func(cmd *cobra.Command, a []string) error {
			return s.with(cmd.Context(), func(c *client) error {
				var all []mail.Notified
				if err := c.call(cmd.Context(), "GET", casePath(a[0], "told"), nil, &all); err != nil {
					return err
				}
				return s.show(all, func(w io.Writer) { printTold(w, all) })
			})
		},
	}
}

func printTold(w io.Writer, all []mail.Notified) {
	if len(all) == 0 {
		fmt.Fprintln(w, "Nobody was told by a notice.")
	}
	for _, n := range all {
		place := ""
		if n.Barred {
			place = "  " + cmp.Or(string(n.Place), "off the list") + ": sees the case no more"
		}
		fmt.Fprintf(w, "%s  told %s  status: %s  notice: %s%s\n", safe(n.Name), when(n.Recipient.Told), cmp.Or(string(n.Status), "silent"), n.Notice, place)
		for _, l := range n.Letters {
			fmt.Fprintf(w, "  %s  %s", safe(l.Name), l.Access)
			if d := l.Delivery; d != nil {
				fmt.Fprintf(w, "  letter %s: %s", d.ID, d.State)
				if d.Problem != "" && d.State != mail.Sent {
					fmt.Fprintf(w, " (%s)", safe(d.Problem))
				}
			}
			fmt.Fprintln(w)
		}
		if n.Lost() && !n.Barred {
			fmt.Fprintln(w, "  It has not got the notice: try its letters again, or tell it by other means.")
		}
	}
}

func printDistribution(w io.Writer, d *cvd.Distribution) {
	for _, m := range d.May {
		fmt.Fprintf(w, "may be told      %s  %s\n", m.Member, safe(m.Organisation))
	}
	for _, m := range d.Not {
		fmt.Fprintf(w, "may not be told  %s  %s: %s\n", m.Member, safe(m.Organisation), safe(fmt.Sprint(m.Why)))
	}
	if !d.Limit.IsZero() {
		fmt.Fprintf(w, "the list's limit %s\n", when(d.Limit))
	}
	for _, o := range d.Obstacles {
		kind := "refused"
		if o.Soft {
			kind = "needs --override"
		}
		fmt.Fprintf(w, "%s: %s\n  %s\n", kind, safe(o.Why), safe(o.Way))
	}
}

func (s *shell) caseStatus() *cobra.Command {
	var t text
	c := s.deedOn("status CASE STATUS", "Say how far your organisation is: affected, not affected, fixed, under investigation", []string{"STATUS"},
		func(a []string) (string, any, error) {
			statement, err := s.read(&t)
			return "status", api.Status{Status: a[1], Statement: statement}, err
		}, "noted, for the team alone")
	t.flags(c, "a statement")
	return c
}

func (s *shell) casePortal() *cobra.Command {
	return &cobra.Command{
		Use: "portal CASE", Short: "What those see who were told: terms, their copy of the draft, patches", Args: takes("CASE"),
		RunE: func(cmd *cobra.Command, a []string) error {
			return s.with(cmd.Context(), func(c *client) error {
				var p cvd.Portal
				if err := c.call(cmd.Context(), "GET", casePath(a[0], "portal"), nil, &p); err != nil {
					return err
				}
				return s.show(p, func(w io.Writer) { printPortal(w, &p) })
			})
		},
	}
}

func printPortal(w io.Writer, p *cvd.Portal) {
	fmt.Fprintf(w, "%s  %s\n", p.Ref, safe(p.Line))
	switch {
	case p.Hour != "":
		fmt.Fprintf(w, "  embargo   until %s\n", p.Hour)
	default:
		fmt.Fprintf(w, "  embargo   %s\n", p.Embargo.State)
	}
	if q := p.Embargo.Proposal; q != nil {
		fmt.Fprintf(w, "  proposed  until %s\n", q.When())
	}
	if p.Status != "" {
		fmt.Fprintf(w, "  status    %s\n", p.Status)
	}
	if p.Advisory != "" {
		fmt.Fprintf(w, "  public as %s\n", p.Advisory)
	}
	for _, f := range p.Patches {
		fmt.Fprintf(w, "  patch     %s  id %s\n", safe(f.Name), f.ID)
	}
	if p.Message != "" {
		fmt.Fprintf(w, "\n%s\n", safeBlock(p.Message))
	}
	fmt.Fprintf(w, "\n%s", safeBlock(p.Text))
}

func (s *shell) casePatchFile() *cobra.Command {
	var remove bool
	c := &cobra.Command{
		Use: "give-patch CASE FILE", Short: "Give a patch to distributors; with --remove and its id, to nobody any more", Args: takes("CASE", "FILE"),
		RunE: func(cmd *cobra.Command, a []string) error {
			return s.with(cmd.Context(), func(c *client) error {
				if remove {
					if err := c.call(cmd.Context(), "POST", casePath(a[0], "patches/remove"), api.Named{ID: a[1]}, nil); err != nil {
						return err
					}
					return s.show(map[string]string{"case": a[0], "done": "removed"}, func(w io.Writer) { fmt.Fprintf(w, "%s: removed\n", a[0]) })
				}
				diff, err := s.readFile(a[1])
				if err != nil {
					return err
				}
				kind := mime.FormatMediaType("text/x-diff", map[string]string{"name": filepath.Base(a[1])})
				res, err := c.send(cmd.Context(), "POST", casePath(a[0], "patches"), kind, bytes.NewReader(diff))
				if err != nil {
					return err
				}
				defer res.Body.Close()
				var p cvd.PatchFile
				if err := decodeAnswer(res.Body, &p); err != nil {
					return err
				}
				return s.show(p, func(w io.Writer) { fmt.Fprintf(w, "%s: given, id %s\n", a[0], p.ID) })
			})
		},
	}
	c.Flags().BoolVar(&remove, "remove", false, "take it back, by its id")
	return c
}

func (s *shell) casePatchCopy() *cobra.Command {
	return &cobra.Command{
		Use: "patch-copy CASE ID", Short: "Write a patch to standard output: for distributors, a copy of their own", Args: takes("CASE", "ID"),
		RunE: func(cmd *cobra.Command, a []string) error {
			return s.with(cmd.Context(), func(c *client) error {
				res, err := c.send(cmd.Context(), "GET", casePath(a[0], "patches", url.PathEscape(a[1])), "", nil)
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

func (s *shell) caseListText() *cobra.Command {
	return &cobra.Command{
		Use: "listtext CASE LIST", Short: "The text for linux-distros, or once it is public for oss-security", Args: takes("CASE", "LIST"),
		RunE: func(cmd *cobra.Command, a []string) error {
			return s.with(cmd.Context(), func(c *client) error {
				var t api.Text
				if err := c.call(cmd.Context(), "GET", casePath(a[0], "listtext", url.PathEscape(a[1])), nil, &t); err != nil {
					return err
				}
				return s.show(t, func(w io.Writer) { fmt.Fprint(w, safeBlock(t.Text)) })
			})
		},
	}
}

func (s *shell) casePosted() *cobra.Command {
	return s.deedOn("posted CASE URL", "Where it was posted in public, as a list that was told asks for", []string{"URL"},
		func(a []string) (string, any, error) { return "posted", api.Address{URL: a[1]}, nil }, "noted")
}

func (s *shell) caseBurn() *cobra.Command {
	var t text
	var alone, withdraw bool
	c := &cobra.Command{
		Use: "burn CASE", Short: "It has leaked: end the embargo and publish what is ready", Args: takes("CASE"),
		Long: `The first person proposes, a second confirms by the same command. One person alone
can do it with --alone and a reason of twenty characters or more.`,
		RunE: func(cmd *cobra.Command, a []string) error {
			reason, err := s.read(&t)
			if err != nil {
				return err
			}
			return s.with(cmd.Context(), func(c *client) error {
				if withdraw {
					if err := c.call(cmd.Context(), "POST", casePath(a[0], "burn/withdraw"), api.Reason{Reason: reason}, nil); err != nil {
						return err
					}
					return s.show(map[string]string{"case": a[0], "done": "withdrawn"}, func(w io.Writer) { fmt.Fprintf(w, "%s: the proposal is withdrawn\n", a[0]) })
				}
				var b cvd.Burned
				if err := c.call(cmd.Context(), "POST", casePath(a[0], "burn"), api.Burn{Reason: reason, Alone: alone}, &b); err != nil {
					return err
				}
				return s.show(b, func(w io.Writer) { printBurned(w, a[0], &b) })
			})
		},
	}
	t.flags(c, "the reason")
	c.Flags().BoolVar(&alone, "alone", false, "nobody can be reached to confirm it")
	c.Flags().BoolVar(&withdraw, "withdraw", false, "take the proposal back")
	return c
}

func printBurned(w io.Writer, ref string, b *cvd.Burned) {
	if b.State == cvd.BurnProposed {
		fmt.Fprintf(w, "%s: proposed; someone else confirms it by: steward case burn %s\n", ref, ref)
		return
	}
	fmt.Fprintf(w, "%s: the embargo has ended\n", ref)
	for _, id := range []string{b.Advisory, b.Prenotice} {
		if id != "" {
			fmt.Fprintf(w, "  public: %s\n", id)
		}
	}
	for _, why := range b.NotReady {
		fmt.Fprintf(w, "  %s\n", safe(why))
	}
}

func (s *shell) caseTrace() *cobra.Command {
	return &cobra.Command{
		Use: "trace CASE FILE", Short: "Whose copy a leaked text or patch is", Args: takes("CASE", "FILE"),
		RunE: func(cmd *cobra.Command, a []string) error {
			leak, err := s.readFile(a[1])
			if err != nil {
				return err
			}
			return s.with(cmd.Context(), func(c *client) error {
				res, err := c.send(cmd.Context(), "POST", casePath(a[0], "trace"), "application/octet-stream", bytes.NewReader(leak))
				if err != nil {
					return err
				}
				defer res.Body.Close()
				var all []cvd.Traced
				if err := decodeAnswer(res.Body, &all); err != nil {
					return err
				}
				return s.show(all, func(w io.Writer) { printTraced(w, all) })
			})
		},
	}
}

func printTraced(w io.Writer, all []cvd.Traced) {
	found := false
	for _, t := range all {
		for _, v := range t.Verdicts {
			if v.Traced {
				found = true
				fmt.Fprintf(w, "%s: the copy of %s (by chance at most 1 in %.0f)\n", safe(t.Of), safe(v.Name), 1/v.Chance)
			}
		}
	}
	if !found {
		fmt.Fprintln(w, "It is not traced to anyone: there are not marks enough left in it.")
	}
}
