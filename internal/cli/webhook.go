package cli

import (
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"steward/internal/advisory"
	"steward/internal/api"
	"steward/internal/subscribe"
)

func webhookPath(id string, more ...string) string {
	p := "/api/v1/webhooks/" + url.PathEscape(id)
	for _, m := range more {
		p += "/" + m
	}
	return p
}

func (s *shell) webhookCmd() *cobra.Command {
	c := &cobra.Command{
		Use: "webhook", Short: "Machines that are told of what becomes public",
		Long: `A webhook is called with each advisory, revision, withdrawal and announcement as
soon as it is on the public pages. A call is signed as the Standard Webhooks say
(standardwebhooks.com); any library of theirs takes the secret as it is shown.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(s.webhookList(), s.webhookAdd(), s.webhookRotate(),
		s.webhookDoor("disable", "Call a webhook no more, for the time being"), s.webhookDoor("enable", "Call a webhook again, from what becomes public next"),
		s.webhookRemove())
	return c
}

// hookState says in a few words how a webhook does.
func hookState(w subscribe.Webhook) string {
	switch {
	case !w.Disabled.IsZero():
		return "disabled"
	case w.Problem != "":
		return "fails: " + w.Problem
	}
	return "in use"
}

func (s *shell) webhookList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "All webhooks, and how each went last", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return s.with(cmd.Context(), func(c *client) error {
				var all []subscribe.Webhook
				if err := c.call(cmd.Context(), "GET", "/api/v1/webhooks", nil, &all); err != nil {
					return err
				}
				return s.show(all, func(w io.Writer) {
					rows := make([][]string, len(all))
					for i, h := range all {
						products := "all"
						if len(h.Products) > 0 {
							products = strings.Join(h.Products, ", ")
						}
						rows[i] = []string{h.ID, h.URL, products, string(h.Least), when(h.LastOK), hookState(h)}
					}
					table(w, []string{"ID", "URL", "PRODUCTS", "FROM", "LAST TAKEN", "STATE"}, rows)
				})
			})
		},
	}
}

// showSecret prints a webhook with its new secret. The secret alone is on the
// output, so that it can be put into a file.
func (s *shell) showSecret(h api.Hook, words string) error {
	return s.show(h, func(w io.Writer) {
		fmt.Fprintln(w, h.Secret)
		fmt.Fprintf(s.Stderr, "%s It is shown this once: give it to whoever runs the receiver. The webhook is %s.\n", words, h.ID)
	})
}

func (s *shell) webhookAdd() *cobra.Command {
	var in api.HookWish
	var least string
	c := &cobra.Command{
		Use: "add URL", Short: "Add a webhook; its secret is shown once", Args: takes("URL"),
		RunE: func(cmd *cobra.Command, a []string) error {
			return s.with(cmd.Context(), func(c *client) error {
				in.URL, in.Least = a[0], advisory.Level(least)
				var h api.Hook
				if err := c.call(cmd.Context(), "POST", "/api/v1/webhooks", in, &h); err != nil {
					return err
				}
				return s.showSecret(h, "This is its secret.")
			})
		},
	}
	c.Flags().StringArrayVar(&in.Products, "product", nil, "tell of this `product` alone; may be given again")
	c.Flags().StringVar(&least, "least", "", "tell from this `severity` on: low, moderate, high or critical")
	return c
}

func (s *shell) webhookRotate() *cobra.Command {
	return &cobra.Command{
		Use: "rotate ID", Short: "Make a new secret; for a day both sign", Args: takes("ID"),
		RunE: func(cmd *cobra.Command, a []string) error {
			return s.with(cmd.Context(), func(c *client) error {
				var h api.Hook
				if err := c.call(cmd.Context(), "POST", webhookPath(a[0], "rotate"), nil, &h); err != nil {
					return err
				}
				return s.showSecret(h, "This is the new secret; for a day both sign.")
			})
		},
	}
}

func (s *shell) webhookDoor(verb, short string) *cobra.Command {
	return &cobra.Command{
		Use: verb + " ID", Short: short, Args: takes("ID"),
		RunE: func(cmd *cobra.Command, a []string) error {
			return s.with(cmd.Context(), func(c *client) error {
				var h subscribe.Webhook
				if err := c.call(cmd.Context(), "POST", webhookPath(a[0], verb), nil, &h); err != nil {
					return err
				}
				return s.show(h, func(w io.Writer) { fmt.Fprintf(w, "%s: %sd\n", safe(h.URL), verb) })
			})
		},
	}
}

func (s *shell) webhookRemove() *cobra.Command {
	return &cobra.Command{
		Use: "remove ID", Short: "Remove a webhook for good", Args: takes("ID"),
		RunE: func(cmd *cobra.Command, a []string) error {
			return s.with(cmd.Context(), func(c *client) error {
				if err := c.call(cmd.Context(), "POST", webhookPath(a[0], "remove"), nil, nil); err != nil {
					return err
				}
				s.say("removed")
				return nil
			})
		},
	}
}

func (s *shell) subscribersCmd() *cobra.Command {
	return &cobra.Command{
		Use: "subscribers", Short: "How many are told of what becomes public", Args: noArgs,
		Long: `Counts subscriptions by mail and webhooks. No command shows an address: each is
kept encrypted and is for its holder alone.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return s.with(cmd.Context(), func(c *client) error {
				var f subscribe.Figures
				if err := c.call(cmd.Context(), "GET", "/api/v1/subscribers", nil, &f); err != nil {
					return err
				}
				return s.show(f, func(w io.Writer) {
					rows := make([][]string, 0, len(subscribe.States)+1)
					for _, state := range subscribe.States {
						rows = append(rows, []string{"by mail, " + string(state), fmt.Sprint(f.Subscriptions[state])})
					}
					rows = append(rows, []string{"webhooks in use", fmt.Sprint(f.Webhooks)})
					table(w, []string{"TOLD", "NUMBER"}, rows)
					if f.Head > f.Told {
						fmt.Fprintf(w, "%d of %d public entries are still to be told: is the server running?\n", f.Head-f.Told, f.Head)
					}
				})
			})
		},
	}
}
