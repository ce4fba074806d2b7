package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"steward/internal/api"
	"steward/internal/base/look"
)

func (s *shell) keyCmd() *cobra.Command {
	c := &cobra.Command{
		Use: "key", Short: "OpenPGP keys that letters are encrypted to",
		Long: `With a key letters to you say what happened, encrypted, and what you sign with it
is believed. Without one they say only that there is something to read.

  gpg --armor --export you@example.org | steward key set - --as You
  steward key show --as You`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(s.keySet(), s.keyShow(), s.keyRemove())
	return c
}

// keyPath is where a person's key is; one's own if none is named.
func keyPath(user string) string {
	if user == "" {
		return "/api/v1/key"
	}
	return userPath(user, "key")
}

func ofUser(c *cobra.Command, user *string) *cobra.Command {
	c.Flags().StringVar(user, "user", "", "`name` of another person; your own if not given")
	return c
}

func (s *shell) keySet() *cobra.Command {
	var user string
	return ofUser(&cobra.Command{
		Use: "set FILE", Short: "Set the key; - reads standard input", Args: takes("FILE"),
		RunE: func(cmd *cobra.Command, a []string) error {
			raw, err := s.readFile(a[0])
			if err != nil {
				return err
			}
			return s.with(cmd.Context(), func(c *client) error {
				var k api.Key
				if err := c.call(cmd.Context(), "POST", keyPath(user), api.NewKey{Armored: strings.TrimSpace(string(raw))}, &k); err != nil {
					return err
				}
				return s.show(k, func(w io.Writer) { printKey(w, k) })
			})
		},
	}, &user)
}

func printKey(w io.Writer, k api.Key) {
	expires := "never"
	if !k.Expires.IsZero() {
		expires = when(k.Expires)
	}
	fmt.Fprintf(w, "%s\nexpires: %s\n", look.GroupFingerprint(k.Fingerprint), expires)
	for _, id := range k.UserIDs {
		fmt.Fprintf(w, "of: %s\n", safe(id))
	}
	fmt.Fprintf(w, "here since: %s, by %s\n", when(k.Added), safe(k.AddedBy))
}

func (s *shell) keyShow() *cobra.Command {
	var user string
	var armor bool
	c := &cobra.Command{
		Use: "show", Short: "The key, its fingerprint and when it expires", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return s.with(cmd.Context(), func(c *client) error {
				var k api.Key
				if err := c.call(cmd.Context(), "GET", keyPath(user), nil, &k); err != nil {
					return err
				}
				return s.show(k, func(w io.Writer) {
					if armor {
						fmt.Fprintln(w, safeBlock(k.Armored))
						return
					}
					printKey(w, k)
				})
			})
		},
	}
	c.Flags().BoolVar(&armor, "armor", false, "the key itself")
	return ofUser(c, &user)
}

func (s *shell) keyRemove() *cobra.Command {
	var user string
	return ofUser(&cobra.Command{
		Use: "remove", Short: "Take the key away", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return s.with(cmd.Context(), func(c *client) error {
				if err := c.call(cmd.Context(), "POST", keyPath(user)+"/remove", nil, nil); err != nil {
					return err
				}
				s.say("removed")
				return nil
			})
		},
	}, &user)
}
