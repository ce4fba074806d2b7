package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"steward/internal/api"
	"steward/internal/base/errs"
	"steward/internal/mail"
	"steward/internal/mail/mbox"
)

func (s *shell) mailCmd() *cobra.Command {
	c := &cobra.Command{
		Use: "mail", Short: "Mail that came in, and letters in trouble",
		Long: `Most mail finds its way by itself. What Steward cannot judge is held back until
a person says what it is.

  steward mail list                    what is held back
  steward mail show ID                 one mail, as it came
  steward mail release ID              take it as what it says it is
  steward mail discard ID              it is nothing`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(s.mailList(), s.mailShow(), s.mailDecide("release", "Take in a mail that was held back", "it is taken in"),
		s.mailDecide("discard", "Say that a mail is nothing", "discarded"), s.mailImport(), s.mailOut(), s.mailRetry())
	return c
}

func mailPath(id string, more ...string) string {
	return strings.Join(append([]string{"/api/v1/mail/" + url.PathEscape(id)}, more...), "/")
}

func (s *shell) mailList() *cobra.Command {
	var state, before string
	c := &cobra.Command{
		Use: "list", Short: "Mails in a state, the latest first; held back if none is named", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return s.with(cmd.Context(), func(c *client) error {
				var page api.MailPage
				path := "/api/v1/mail?" + url.Values{"state": {state}, "before": {before}}.Encode()
				if err := c.call(cmd.Context(), "GET", path, nil, &page); err != nil {
					return err
				}
				return s.show(page, func(w io.Writer) { mailTable(w, page) })
			})
		},
	}
	c.Flags().StringVar(&state, "state", string(mail.Quarantined), "`state`: "+kindNames(mail.States))
	c.Flags().StringVar(&before, "before", "", "go on from this `place`, which the list before has named")
	return c
}

func mailTable(w io.Writer, page api.MailPage) {
	if len(page.Mails) == 0 {
		fmt.Fprintln(w, "No mail.")
	} else {
		rows := make([][]string, len(page.Mails))
		for i, m := range page.Mails {
			rows[i] = []string{m.ID, when(m.Received), m.From, m.Subject, m.Why}
		}
		table(w, []string{"ID", "RECEIVED", "FROM", "SUBJECT", "WHY"}, rows)
	}
	var others []string
	for _, st := range mail.States {
		if n := page.Counts[st]; n > 0 {
			others = append(others, fmt.Sprintf("%d %s", n, st))
		}
	}
	if len(others) > 0 {
		fmt.Fprintf(w, "In all: %s.\n", strings.Join(others, ", "))
	}
	if page.Before != "" {
		fmt.Fprintf(w, "There are more: --before %s\n", page.Before)
	}
}

func (s *shell) mailShow() *cobra.Command {
	var raw bool
	c := &cobra.Command{
		Use: "show ID", Short: "What is known of a mail, and its text", Args: takes("ID"),
		RunE: func(cmd *cobra.Command, a []string) error {
			return s.with(cmd.Context(), func(c *client) error {
				var m api.Mail
				if err := c.call(cmd.Context(), "GET", mailPath(a[0]), nil, &m); err != nil {
					return err
				}
				if s.json && !raw {
					return writeJSON(s.Stdout, m)
				}
				res, err := c.send(cmd.Context(), "GET", mailPath(a[0], "raw"), "", nil)
				if err != nil {
					return err
				}
				defer res.Body.Close()
				text, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
				if err != nil {
					return fmt.Errorf("reading the mail: %w", err)
				}
				if raw {
					_, err := s.Stdout.Write(text)
					return err
				}
				printMail(s.Stdout, m, text)
				return nil
			})
		},
	}
	c.Flags().BoolVar(&raw, "raw", false, "only the bytes, as they came")
	return c
}

func printMail(w io.Writer, m api.Mail, text []byte) {
	for _, f := range []struct{ name, value string }{
		{"state", string(m.State)}, {"received", when(m.Received)}, {"from", m.From}, {"subject", m.Subject}, {"why", m.Why},
		{"delivery", m.Delivery}, {"decided by", m.Decided}, {"remarks", strings.Join(m.Remarks, " ")},
	} {
		if f.value != "" {
			fmt.Fprintf(w, "%s: %s\n", f.name, safe(f.value))
		}
	}
	fmt.Fprintf(w, "\n%s\n", safeBlock(string(text)))
}

func (s *shell) mailDecide(verb, short, done string) *cobra.Command {
	return &cobra.Command{
		Use: verb + " ID", Short: short, Args: takes("ID"),
		RunE: func(cmd *cobra.Command, a []string) error {
			return s.with(cmd.Context(), func(c *client) error {
				if err := c.call(cmd.Context(), "POST", mailPath(a[0], verb), nil, nil); err != nil {
					return err
				}
				return s.show(map[string]string{"mail": a[0], "done": done}, func(w io.Writer) { fmt.Fprintf(w, "%s: %s\n", a[0], done) })
			})
		},
	}
}

func (s *shell) mailOut() *cobra.Command {
	return &cobra.Command{
		Use: "out", Short: "Letters that did not go out", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return s.with(cmd.Context(), func(c *client) error {
				var list []mail.Delivery
				if err := c.call(cmd.Context(), "GET", "/api/v1/deliveries", nil, &list); err != nil {
					return err
				}
				return s.show(list, func(w io.Writer) {
					rows := make([][]string, len(list))
					for i, d := range list {
						to := d.To
						if d.Reporter {
							to = "the reporter"
						}
						rows[i] = []string{d.ID, d.Ref, to, string(d.On), string(d.State), fmt.Sprint(d.Attempts), d.Problem}
					}
					if len(rows) == 0 {
						fmt.Fprintln(w, "Every letter went out.")
						return
					}
					table(w, []string{"ID", "CASE", "TO", "WHAT", "STATE", "ATTEMPTS", "PROBLEM"}, rows)
				})
			})
		},
	}
}

func (s *shell) mailRetry() *cobra.Command {
	return &cobra.Command{
		Use: "retry ID", Short: "Try a letter again that was given up or came back", Args: takes("ID"),
		RunE: func(cmd *cobra.Command, a []string) error {
			return s.with(cmd.Context(), func(c *client) error {
				if err := c.call(cmd.Context(), "POST", "/api/v1/deliveries/"+url.PathEscape(a[0])+"/retry", nil, nil); err != nil {
					return err
				}
				s.say("%s: it is tried again", a[0])
				return nil
			})
		},
	}
}

// imported counts what became of mails that were imported.
type imported struct {
	Imported int `json:"imported"`
	Known    int `json:"known"`   // were here already
	Refused  int `json:"refused"` // could not be taken
}

func (s *shell) mailImport() *cobra.Command {
	var box, dir string
	var quiet bool
	c := &cobra.Command{
		Use: "import [--mbox FILE | --maildir DIR | -]", Short: "Take in mail that another program has kept",
		Long: `Takes in every mail of an mbox or a Maildir, or one mail from standard input, as if
it had just come: a report opens a case and its sender gets a receipt; an answer
goes into its thread. The server looks at the mails once it runs. What is here
already is not taken twice, so an import that broke off is simply begun again.

  steward mail import --mbox security.mbox --as Dana
  steward mail import --maildir ~/Maildir/.security --as Dana
  steward mail import - --as Dana < one.eml`,
		Args: func(_ *cobra.Command, args []string) error {
			ways := len(args)
			for _, flag := range []string{box, dir} {
				if flag != "" {
					ways++
				}
			}
			if ways != 1 || (len(args) == 1 && args[0] != "-") {
				return usage{errors.New("say where the mail is, once: --mbox FILE, --maildir DIR or -")}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			next, done, err := s.mails(box, dir)
			if err != nil {
				return err
			}
			defer done()
			return s.with(cmd.Context(), func(c *client) error { return s.importAll(cmd.Context(), c, next, quiet) })
		},
	}
	c.Flags().StringVar(&box, "mbox", "", "`file` in the form mbox")
	c.Flags().StringVar(&dir, "maildir", "", "`directory` in the form Maildir")
	c.Flags().BoolVar(&quiet, "no-receipts", false, "give the senders no receipt: for mail of long ago")
	return c
}

// mails opens what is to be imported. next gives the mails one by one and
// io.EOF at the end.
func (s *shell) mails(box, dir string) (next func() ([]byte, error), done func(), err error) {
	nothing := func() {}
	switch {
	case box != "":
		f, err := os.Open(box)
		if err != nil {
			return nil, nothing, usage{err}
		}
		return mbox.NewReader(f, maxAnswer).Next, func() { _ = f.Close() }, nil // it was only read
	case dir != "":
		files, err := mbox.Maildir(dir)
		if err != nil {
			return nil, nothing, usage{err}
		}
		at := -1
		return func() ([]byte, error) {
			if at++; at == len(files) {
				return nil, io.EOF
			}
			return mbox.ReadFile(files[at], maxAnswer)
		}, nothing, nil
	}
	read := false
	return func() ([]byte, error) {
		if read {
			return nil, io.EOF
		}
		read = true
		raw, err := io.ReadAll(io.LimitReader(s.Stdin, maxAnswer+1))
		if err == nil && len(raw) > maxAnswer {
			err = &mbox.TooLongError{Limit: maxAnswer}
		}
		if rest, ok := bytes.CutPrefix(raw, []byte("From ")); ok { // some programs put the line of an mbox before it
			_, raw, _ = bytes.Cut(rest, []byte("\n"))
		}
		return raw, err
	}, nothing, nil
}

// importAll sends every mail. One that is refused is told of and passed over;
// a failure of the server ends it.
func (s *shell) importAll(ctx context.Context, c *client, next func() ([]byte, error), quiet bool) error {
	var n imported
	told := s.progress("mails")
	for at := 1; ; at++ {
		raw, err := next()
		if errors.Is(err, io.EOF) {
			break
		}
		var out api.Imported
		if err == nil {
			out, err = importOne(ctx, c, raw, quiet)
		}
		passed := errors.As(err, new(*mbox.TooLongError)) || errs.Is(err, errs.Invalid)
		switch {
		case passed:
			n.Refused++
			fmt.Fprintf(s.Stderr, "mail %d: %v\n", at, err)
		case err != nil:
			return err
		case out.Known:
			n.Known++
		default:
			n.Imported++
		}
		told(int64(at))
	}
	if err := s.show(n, func(w io.Writer) {
		fmt.Fprintf(w, "%d taken in, %d known already, %d refused\n", n.Imported, n.Known, n.Refused)
	}); err != nil {
		return err
	}
	if n.Refused > 0 {
		return errs.Conflictf("%d mails were not taken in.", n.Refused).WithHint("see above which, and why")
	}
	return nil
}

func importOne(ctx context.Context, c *client, raw []byte, quiet bool) (out api.Imported, err error) {
	path := "/api/v1/mail"
	if quiet {
		path += "?receipts=no"
	}
	res, err := c.send(ctx, "POST", path, "message/rfc822", bytes.NewReader(raw))
	if err != nil {
		return out, err
	}
	defer res.Body.Close()
	return out, decodeAnswer(res.Body, &out)
}

// kindNames lists the kinds of a flag.
func kindNames[T ~string](list []T) string {
	var names []string
	for _, k := range list {
		names = append(names, string(k))
	}
	return strings.Join(names, ", ")
}
