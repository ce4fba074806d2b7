package cli

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"steward/internal/api"
	"steward/internal/base/errs"
	"steward/internal/predisclosure"
)

func (s *shell) listCmd() *cobra.Command {
	c := &cobra.Command{
		Use: "list", Short: "Who may get notice before disclosure",
		Long: `A list says who may get notice of a vulnerability under embargo, and on what
conditions. Organisations apply; two people vet each application; a member
confirms from time to time that it still qualifies.

  steward list edit distributors --new --open        make a list from the usual conditions
  steward list show distributors                     what anyone can read of it
  steward list apply distributors -F application.json
  steward list members distributors                  who is on it, and how each stands
  steward list vet MEMBER -m "Their page has the same key."`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(s.listShow(), s.listEdit(), s.listApply(), s.listMembers(), s.listMember(),
		s.memberDeed("vet", "Say that an applicant qualifies; a second person has to as well", "looked at", false),
		s.memberDeed("decline", "Decline an application", "declined", true),
		s.memberDeed("suspend", "Stop notices to a member until it is restored", "suspended", true),
		s.memberDeed("restore", "Let a suspended member get notices again", "restored", true),
		s.memberDeed("remove", "End a membership for good", "removed", true),
		s.memberDeed("withdraw", "Leave a list, as a contact of the member", "withdrawn", false),
		s.listAttest(), s.listAccept(), s.listLink())
	return c
}

func listPath(id string, more ...string) string {
	return "/api/v1/lists/" + strings.Join(append([]string{url.PathEscape(id)}, more...), "/")
}

func memberPath(id string, more ...string) string {
	return "/api/v1/members/" + strings.Join(append([]string{url.PathEscape(id)}, more...), "/")
}

func (s *shell) listShow() *cobra.Command {
	return &cobra.Command{
		Use: "show [LIST]", Short: "A list with its conditions and agreement, or all of them",
		Args: func(_ *cobra.Command, a []string) error {
			if len(a) > 1 {
				return usage{fmt.Errorf("%q is one argument too many", a[1])}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, a []string) error {
			return s.with(cmd.Context(), func(c *client) error {
				if len(a) == 0 {
					var all []api.List
					if err := c.call(cmd.Context(), "GET", "/api/v1/lists", nil, &all); err != nil {
						return err
					}
					return s.show(all, func(w io.Writer) { printLists(w, all) })
				}
				var l api.List
				if err := c.call(cmd.Context(), "GET", listPath(a[0]), nil, &l); err != nil {
					return err
				}
				return s.show(l, func(w io.Writer) {
					printLists(w, []api.List{l})
					fmt.Fprintf(w, "\n%s\nAgreement, version %d:\n\n%s\n", safeBlock(l.Conditions), l.AgreementNo, safeBlock(l.Agreement))
				})
			})
		},
	}
}

func printLists(w io.Writer, all []api.List) {
	rows := make([][]string, len(all))
	for i, l := range all {
		open := "closed"
		if l.Open {
			open = "takes applications"
		}
		rows[i] = []string{l.ID, l.Name, open, fmt.Sprint(l.AgreementNo)}
	}
	table(w, []string{"LIST", "NAME", "STATE", "AGREEMENT"}, rows)
}

func (s *shell) listEdit() *cobra.Command {
	var name, conditions, agreement, by string
	var months int
	var open, shut, fresh bool
	c := &cobra.Command{
		Use: "edit LIST", Short: "Change a list, or make it with --new", Args: takes("LIST"),
		Long: `Another text of the agreement is a new version of it: members are told, and who
has not accepted it by --accept-by gets no notices until they do.`,
		RunE: func(cmd *cobra.Command, a []string) error {
			return s.with(cmd.Context(), func(c *client) error {
				path, l := listPath(a[0]), api.List{}
				if fresh {
					d := predisclosure.DefaultList()
					path = "/api/v1/lists"
					l = api.List{Name: d.Name, Conditions: d.Conditions, Agreement: d.Agreement.Text, AttestMonths: d.AttestMonths}
				} else if err := c.call(cmd.Context(), "GET", path, nil, &l); err != nil {
					return err
				}
				l.ID, l.AgreementNo = a[0], 0
				l.Open = (l.Open || open) && !shut
				if cmd.Flags().Changed("name") {
					l.Name = name
				}
				if cmd.Flags().Changed("attest-months") {
					l.AttestMonths = months
				}
				for _, f := range []struct {
					from string
					to   *string
				}{{conditions, &l.Conditions}, {agreement, &l.Agreement}} {
					if f.from == "" {
						continue
					}
					raw, err := s.readFile(f.from)
					if err != nil {
						return err
					}
					*f.to = string(raw)
				}
				if by != "" {
					at, err := parseDay(by)
					if err != nil {
						return err
					}
					if len(by) == len(time.DateOnly) {
						at = at.Add(24*time.Hour - time.Second) // a day that is named ends at its end
					}
					l.AcceptBy = at
				}
				var out api.List
				if err := c.call(cmd.Context(), "POST", path, l, &out); err != nil {
					return err
				}
				return s.show(out, func(w io.Writer) { printLists(w, []api.List{out}) })
			})
		},
	}
	f := c.Flags()
	f.BoolVar(&fresh, "new", false, "make the list, from the usual conditions and agreement")
	f.StringVar(&name, "name", "", "`name` that people read")
	f.StringVar(&conditions, "conditions", "", "`file` with the conditions (Markdown)")
	f.StringVar(&agreement, "agreement", "", "`file` with the agreement (Markdown)")
	f.StringVar(&by, "accept-by", "", "`day` by whose end members accept the new agreement")
	f.IntVar(&months, "attest-months", 12, "members confirm every so many `months`")
	f.BoolVar(&open, "open", false, "take applications")
	f.BoolVar(&shut, "closed", false, "take no more applications")
	c.MarkFlagsMutuallyExclusive("open", "closed")
	return c
}

func (s *shell) listApply() *cobra.Command {
	var file, key string
	c := &cobra.Command{
		Use: "apply LIST", Short: "Apply to a list", Args: takes("LIST"),
		Long: `The application is a JSON file (- is standard input):
{"organisation": "…", "product": "…", "available": "https://…", "why": "…",
 "users": "…", "ships": "…", "security_page": "https://…",
 "contacts": [{"name": "…", "email": "…", "key": "-----BEGIN PGP PUBLIC KEY BLOCK-----…"}],
 "zone": "Europe/Berlin", "agreement": 1, "accepted_by": "…"}

"agreement" is the version that you have read: steward list show LIST.`,
		RunE: func(cmd *cobra.Command, a []string) error {
			raw, err := s.readFile(file)
			if err != nil {
				return err
			}
			if !json.Valid(raw) {
				return usage{fmt.Errorf("%s is not JSON", file)}
			}
			if key == "" {
				key = rand.Text()
			}
			return s.with(cmd.Context(), func(c *client) error {
				keyed := *c
				keyed.round = withHeader{c.round, "Idempotency-Key", key}
				var out api.Applied
				if err := keyed.call(cmd.Context(), "POST", listPath(a[0], "apply"), json.RawMessage(raw), &out); err != nil {
					return err
				}
				return s.show(out, func(w io.Writer) {
					fmt.Fprintf(w, "Received %s. Two people look at it, and you hear from us.\nreference %s\n", when(out.At), out.Reference)
				})
			})
		},
	}
	c.Flags().StringVarP(&file, "file", "F", "-", "the application, from a `file` (- is standard input)")
	c.Flags().StringVar(&key, "key", "", "random `word` of your own: the same one sent again is the same application")
	return c
}

func (s *shell) listMembers() *cobra.Command {
	var mine bool
	c := &cobra.Command{
		Use: "members [LIST]", Short: "Everyone who ever applied, and how each stands",
		Args: func(_ *cobra.Command, a []string) error {
			if mine != (len(a) == 0) || len(a) > 1 {
				return usage{fmt.Errorf("name one LIST, or give --mine")}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, a []string) error {
			path := "/api/v1/memberships"
			if !mine {
				path = listPath(a[0], "members")
			}
			return s.with(cmd.Context(), func(c *client) error {
				var all []api.Member
				if err := c.call(cmd.Context(), "GET", path, nil, &all); err != nil {
					return err
				}
				return s.show(all, func(w io.Writer) {
					rows := make([][]string, len(all))
					for i, m := range all {
						rows[i] = []string{m.ID, m.Form.Organisation, string(m.State), standingWords(m)}
					}
					table(w, []string{"MEMBER", "ORGANISATION", "STATE", "STANDING"}, rows)
				})
			})
		},
	}
	c.Flags().BoolVar(&mine, "mine", false, "the members that you are a contact of")
	return c
}

// standingWords says how a member stands in one line.
func standingWords(m api.Member) string {
	var words []string
	switch {
	case m.Standing.Good:
		words = append(words, "in good standing")
	case m.State == predisclosure.Applied:
		return "waits for a first look"
	case m.State == predisclosure.VettedOnce:
		return "waits for a second look"
	}
	for _, f := range m.Standing.Findings {
		words = append(words, f.String())
	}
	return strings.Join(words, ", ")
}

func (s *shell) listMember() *cobra.Command {
	return &cobra.Command{
		Use: "member MEMBER", Short: "A member with its application, contacts and history", Args: takes("MEMBER"),
		RunE: func(cmd *cobra.Command, a []string) error {
			return s.with(cmd.Context(), func(c *client) error {
				var m api.Member
				if err := c.call(cmd.Context(), "GET", memberPath(a[0]), nil, &m); err != nil {
					return err
				}
				return s.show(m, func(w io.Writer) { printMember(w, m) })
			})
		},
	}
}

func printMember(w io.Writer, m api.Member) {
	f := m.Form
	fmt.Fprintf(w, "%s, %s\n%s: %s\n\n", safe(f.Organisation), safe(f.Product), m.State, standingWords(m))
	fmt.Fprintf(w, "available      %s\nsecurity page  %s\nzone           %s\nagreement      version %d\n", safe(f.Available), safe(f.SecurityPage), safe(f.Zone), m.Accepted)
	for _, part := range []struct{ name, text string }{{"Why it qualifies", f.Why}, {"Who relies on it", f.Users}, {"How soon a fix ships", f.Ships}} {
		fmt.Fprintf(w, "\n%s:\n%s\n", part.name, safeBlock(part.text))
	}
	rows := make([][]string, len(m.Contacts))
	for i, c := range m.Contacts {
		login := "no login"
		if c.CanSignIn {
			login = "can sign in"
		}
		rows[i] = []string{c.ID, c.Name, c.Email, c.Fingerprint, login}
	}
	fmt.Fprintln(w)
	table(w, []string{"CONTACT", "NAME", "MAIL", "KEY", "LOGIN"}, rows)
	for _, h := range m.History {
		fmt.Fprintf(w, "%s  %s %s\n", when(h.At), h.Event, safe(strings.TrimSpace(h.By.Name+" "+h.Why)))
	}
}

// memberDeed is a command that makes one deed on a member.
func (s *shell) memberDeed(verb, short, done string, why bool) *cobra.Command {
	var reason text
	c := &cobra.Command{
		Use: verb + " MEMBER", Short: short, Args: takes("MEMBER"),
		RunE: func(cmd *cobra.Command, a []string) error {
			words, err := s.read(&reason)
			if err != nil {
				return err
			}
			if why && strings.TrimSpace(words) == "" {
				return usage{fmt.Errorf("-m is missing: say why, it stays in the record")}
			}
			return s.onMember(cmd, a[0], verb, api.Reason{Reason: words}, done)
		},
	}
	reason.flags(c, "why")
	return c
}

func (s *shell) onMember(cmd *cobra.Command, member, path string, in any, done string) error {
	return s.with(cmd.Context(), func(c *client) error {
		if err := c.call(cmd.Context(), "POST", memberPath(member, path), in, nil); err != nil {
			return err
		}
		return s.show(map[string]string{"member": member, "done": done}, func(w io.Writer) { fmt.Fprintf(w, "%s: %s\n", safe(member), done) })
	})
}

func (s *shell) listAttest() *cobra.Command {
	var sure bool
	c := &cobra.Command{
		Use: "attest MEMBER", Short: "Confirm that your organisation qualifies and its contacts and keys are right", Args: takes("MEMBER"),
		RunE: func(cmd *cobra.Command, a []string) error {
			if !sure {
				return errs.Invalidf("--all-right", "is missing: with it you say that you still qualify, and that your contacts and keys are right").
					WithHint("look at them first: steward list member %s", a[0])
			}
			return s.onMember(cmd, a[0], "attest", predisclosure.Attestation{Qualifies: true, ContactsRight: true, KeysRight: true}, "confirmed")
		},
	}
	c.Flags().BoolVar(&sure, "all-right", false, "we still qualify, and contacts and keys are right")
	return c
}

func (s *shell) listAccept() *cobra.Command {
	var version int
	c := &cobra.Command{
		Use: "accept MEMBER", Short: "Accept the agreement that is in force", Args: takes("MEMBER"),
		RunE: func(cmd *cobra.Command, a []string) error {
			return s.onMember(cmd, a[0], "accept", api.Accept{Agreement: version}, "accepted")
		},
	}
	c.Flags().IntVar(&version, "agreement", 0, "`version` that you have read")
	return c
}

func (s *shell) listLink() *cobra.Command {
	var user string
	c := &cobra.Command{
		Use: "link MEMBER CONTACT", Short: "Say which user a contact signs in as", Args: takes("MEMBER", "CONTACT"),
		RunE: func(cmd *cobra.Command, a []string) error {
			done := "linked"
			if user == "" {
				done = "the link is taken away"
			}
			return s.onMember(cmd, a[0], "link", api.ContactLink{Contact: a[1], User: user}, done)
		},
	}
	c.Flags().StringVar(&user, "user", "", "`name` of the user; empty: take the link away")
	return c
}
