package cli

import (
	"context"
	"fmt"
	"io"
	"net/url"

	"github.com/spf13/cobra"

	"steward/internal/api"
	"steward/internal/base/acl"
	"steward/internal/base/errs"
)

func (s *shell) userCmd() *cobra.Command {
	c := &cobra.Command{
		Use: "user", Short: "People who may sign in",
		Long: `A person signs in with a passkey. Adding one makes a link that enrols the first
passkey, once; "steward user link" makes another, for a new device or a lost one.
Team roles: handler, lead, release manager, programme manager, auditor; none for
a person who is only invited to cases.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(s.userAdd(), s.userList(), s.userSet(), s.userLink(), s.userDoor("disable", "Shut a person out at once"), s.userDoor("enable", "Let a person in again"))
	return c
}

func userPath(name string, more ...string) string {
	p := "/api/v1/users/" + url.PathEscape(name)
	for _, m := range more {
		p += "/" + m
	}
	return p
}

// enrolment is a person with the link that lets them in.
type enrolment struct {
	User api.User `json:"user"`
	Link api.Link `json:"link"`
}

func (s *shell) userAdd() *cobra.Command {
	var email, role string
	c := &cobra.Command{
		Use: "add NAME", Short: "Add a person and make a link to enrol a passkey", Args: takes("NAME"),
		RunE: func(cmd *cobra.Command, a []string) error {
			return s.with(cmd.Context(), func(c *client) error {
				var out enrolment
				if err := c.call(cmd.Context(), "POST", "/api/v1/users", api.Profile{Name: a[0], Email: email, Role: acl.Role(role)}, &out.User); err != nil {
					return err
				}
				if err := c.call(cmd.Context(), "POST", userPath(a[0], "link"), nil, &out.Link); err != nil {
					return err
				}
				return s.show(out, func(w io.Writer) { printLink(w, a[0], out.Link) })
			})
		},
	}
	c.Flags().StringVar(&role, "role", "", "`role` in the team; empty: only invited to cases")
	c.Flags().StringVar(&email, "email", "", "mail `address`")
	return c
}

func printLink(w io.Writer, name string, l api.Link) {
	fmt.Fprintf(w, "Give this link to %s over a channel you trust. It works once, until %s:\n\n  %s\n", safe(name), when(l.Expires), l.URL)
}

func (s *shell) userLink() *cobra.Command {
	return &cobra.Command{
		Use: "link NAME", Short: "Make a link that enrols a passkey", Args: takes("NAME"),
		RunE: func(cmd *cobra.Command, a []string) error {
			return s.with(cmd.Context(), func(c *client) error {
				var l api.Link
				if err := c.call(cmd.Context(), "POST", userPath(a[0], "link"), nil, &l); err != nil {
					return err
				}
				return s.show(l, func(w io.Writer) { printLink(w, a[0], l) })
			})
		},
	}
}

// users asks for all of them, page by page.
func users(ctx context.Context, c *client) ([]api.User, error) {
	list := []api.User{}
	for after := ""; ; {
		var page api.UserPage
		if err := c.call(ctx, "GET", "/api/v1/users?"+url.Values{"after": {after}}.Encode(), nil, &page); err != nil {
			return nil, err
		}
		if list, after = append(list, page.Users...), page.Next; after == "" {
			return list, nil
		}
	}
}

func (s *shell) userList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "Everyone who may sign in", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return s.with(cmd.Context(), func(c *client) error {
				list, err := users(cmd.Context(), c)
				if err != nil {
					return err
				}
				return s.show(list, func(w io.Writer) {
					rows := make([][]string, len(list))
					for i, u := range list {
						role, state := string(u.Role), "active"
						if role == "" {
							role = "(invited to cases)"
						}
						if !u.Disabled.IsZero() {
							state = "disabled"
						}
						rows[i] = []string{u.Name, role, u.Email, state}
					}
					table(w, []string{"NAME", "ROLE", "MAIL", "STATE"}, rows)
				})
			})
		},
	}
}

func (s *shell) userSet() *cobra.Command {
	var name, email, role string
	c := &cobra.Command{
		Use: "set NAME", Short: "Change name, mail address and role", Args: takes("NAME"),
		RunE: func(cmd *cobra.Command, a []string) error {
			return s.with(cmd.Context(), func(c *client) error {
				list, err := users(cmd.Context(), c)
				if err != nil {
					return err
				}
				for _, u := range list {
					if u.Name != a[0] {
						continue
					}
					in := api.Profile{Name: u.Name, Email: u.Email, Role: u.Role}
					if cmd.Flags().Changed("name") {
						in.Name = name
					}
					if cmd.Flags().Changed("email") {
						in.Email = email
					}
					if cmd.Flags().Changed("role") {
						in.Role = acl.Role(role)
					}
					var out api.User
					if err := c.call(cmd.Context(), "POST", userPath(a[0]), in, &out); err != nil {
						return err
					}
					return s.show(out, func(w io.Writer) { fmt.Fprintf(w, "%s: changed\n", safe(out.Name)) })
				}
				return errs.Invalidf("NAME", "there is no user %q", a[0]).WithHint("see: steward user list")
			})
		},
	}
	f := c.Flags()
	f.StringVar(&name, "name", "", "new `name`")
	f.StringVar(&email, "email", "", "mail `address`")
	f.StringVar(&role, "role", "", "`role` in the team; empty: only invited to cases")
	return c
}

func (s *shell) userDoor(verb, short string) *cobra.Command {
	return &cobra.Command{
		Use: verb + " NAME", Short: short, Args: takes("NAME"),
		RunE: func(cmd *cobra.Command, a []string) error {
			return s.with(cmd.Context(), func(c *client) error {
				var u api.User
				if err := c.call(cmd.Context(), "POST", userPath(a[0], verb), nil, &u); err != nil {
					return err
				}
				return s.show(u, func(w io.Writer) { fmt.Fprintf(w, "%s: %sd\n", safe(u.Name), verb) })
			})
		},
	}
}

func (s *shell) tokenCmd() *cobra.Command {
	c := &cobra.Command{Use: "token", Short: "Your API tokens, for --server", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	var days int
	create := &cobra.Command{
		Use: "create NAME", Short: "Make a token with your rights; it is shown once", Args: takes("NAME"),
		RunE: func(cmd *cobra.Command, a []string) error {
			return s.with(cmd.Context(), func(c *client) error {
				var t api.Token
				if err := c.call(cmd.Context(), "POST", "/api/v1/tokens", api.NewToken{Name: a[0], Days: days}, &t); err != nil {
					return err
				}
				return s.show(t, func(w io.Writer) {
					fmt.Fprintln(w, t.Secret)
					fmt.Fprintf(s.Stderr, "It works until %s. Keep it in a file that only you can read.\n", when(t.Expires))
				})
			})
		},
	}
	create.Flags().IntVar(&days, "days", 0, "it works for so many `days`; 90 if not given")
	list := &cobra.Command{
		Use: "list", Short: "Your tokens", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return s.with(cmd.Context(), func(c *client) error {
				var all []api.Token
				if err := c.call(cmd.Context(), "GET", "/api/v1/tokens", nil, &all); err != nil {
					return err
				}
				return s.show(all, func(w io.Writer) {
					rows := make([][]string, len(all))
					for i, t := range all {
						rows[i] = []string{t.ID, t.Name, when(t.Expires), when(t.Used)}
					}
					table(w, []string{"ID", "NAME", "EXPIRES", "LAST USED"}, rows)
				})
			})
		},
	}
	revoke := &cobra.Command{
		Use: "revoke ID", Short: "Make a token stop working", Args: takes("ID"),
		RunE: func(cmd *cobra.Command, a []string) error {
			return s.with(cmd.Context(), func(c *client) error {
				if err := c.call(cmd.Context(), "POST", "/api/v1/tokens/"+url.PathEscape(a[0])+"/revoke", nil, nil); err != nil {
					return err
				}
				s.say("revoked")
				return nil
			})
		},
	}
	c.AddCommand(create, list, revoke)
	return c
}

func (s *shell) auditCmd() *cobra.Command {
	c := &cobra.Command{Use: "audit", Short: "The record of every deed", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	var head string
	verify := &cobra.Command{
		Use: "verify", Short: "Verify the hash chain; exit 1 if it is broken", Args: noArgs,
		Long: `Every entry holds the hash of the one before, so that no entry can be changed,
removed or put in unnoticed. Keep the printed head elsewhere and give it next
time: with it a record whose end was cut off shows as well.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return s.with(cmd.Context(), func(c *client) error {
				var r api.AuditReport
				told := s.progress("entries checked")
				for after := ""; ; after = r.Next {
					r = api.AuditReport{}
					if err := c.call(cmd.Context(), "GET", "/api/v1/audit?"+url.Values{"head": {head}, "after": {after}}.Encode(), nil, &r); err != nil {
						return err
					}
					if told(r.Entries); r.Next == "" {
						break
					}
				}
				if !r.OK {
					return errs.Conflictf("The audit record is broken: %s", r.Problem)
				}
				return s.show(r, func(w io.Writer) { fmt.Fprintf(w, "%d entries, unbroken\nhead %s\n", r.Entries, r.Head) })
			})
		},
	}
	verify.Flags().StringVar(&head, "head", "", "the `head` that was printed before")
	c.AddCommand(verify)
	return c
}
