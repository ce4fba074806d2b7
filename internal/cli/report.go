package cli

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"steward/internal/api"
	"steward/internal/base/errs"
	"steward/internal/cvd"
	"steward/internal/intake"
)

func (s *shell) reportCmd() *cobra.Command {
	var file, key string
	var attach []string
	var internal, lint bool
	c := &cobra.Command{
		Use:   "report",
		Short: "Send a report, privately",
		Long: `The report is a JSON file (- is standard input):
{"product": "…", "versions": "…", "summary": "…", "what": "…", "reproduce": "…",
 "impact": "…", "reporter": {"name": "…", "contact": "…"},
 "credit": {"want": "yes", "name": "…"}, "public_plan": "…", "pgp_key": "…"}

"reporter": {"anonymous": true} tells nobody who you are. --lint says what the
report lacks and sends nothing. The receipt has a phrase of twelve words: it
opens the mailbox of the report and cannot be had again.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var sub intake.Submission
			if err := s.readJSON(file, &sub); err != nil {
				return err
			}
			return s.with(cmd.Context(), func(c *client) error {
				if lint {
					var found []intake.Finding
					if err := c.call(cmd.Context(), "POST", "/api/v1/reports/lint", sub, &found); err != nil {
						return err
					}
					return s.show(found, func(w io.Writer) { printFindings(w, found) })
				}
				path := "/api/v1/reports"
				if internal {
					path += "/internal"
				}
				r, err := s.send(cmd, c, path, key, sub, attach)
				if err != nil {
					return err
				}
				return s.show(r, func(w io.Writer) { printReceipt(w, r) })
			})
		},
	}
	f := c.Flags()
	f.StringVarP(&file, "file", "F", "-", "the report, a JSON `file`")
	f.StringArrayVar(&attach, "attach", nil, "a `file` to send with it; may be repeated")
	f.BoolVar(&internal, "internal", false, "found inside the team")
	f.BoolVar(&lint, "lint", false, "say what it lacks, and send nothing")
	f.StringVar(&key, "key", "", "a random `word` of 16 to 64 letters: the same one makes a repeated report one")
	return c
}

func printFindings(w io.Writer, found []intake.Finding) {
	if len(found) == 0 {
		fmt.Fprintln(w, "Nothing is missing.")
	}
	for _, f := range found {
		fmt.Fprintf(w, "%s: %s\n  %s\n", f.Field, safe(f.Message), safe(f.Why))
		if f.Hint != "" {
			fmt.Fprintf(w, "  %s\n", safe(f.Hint))
		}
	}
}

func printReceipt(w io.Writer, r api.Receipt) {
	fmt.Fprintf(w, `Your report is kept. A person answers by %s.

Keep these twelve words. They open your mailbox, and cannot be had again:

    %s

%s`, when(r.AnswerBy), r.Phrase, r.Statement)
	if len(r.Findings) > 0 {
		fmt.Fprintln(w, "\nWhat would help the team:")
		printFindings(w, r.Findings)
	}
}

// send posts a report with its files as one form.
func (s *shell) send(cmd *cobra.Command, c *client, path, key string, sub intake.Submission, attach []string) (out api.Receipt, err error) {
	if key == "" {
		key = rand.Text()
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	raw, err := json.Marshal(sub)
	if err != nil {
		return out, err
	}
	if err := form.WriteField("report", string(raw)); err != nil {
		return out, err
	}
	for _, name := range attach {
		content, err := os.ReadFile(name)
		if err != nil {
			return out, usage{err}
		}
		part, err := form.CreateFormFile("file", filepath.Base(name))
		if err != nil {
			return out, err
		}
		if _, err := part.Write(content); err != nil {
			return out, err
		}
	}
	if err := form.Close(); err != nil {
		return out, err
	}
	keyed := *c
	keyed.round = withHeader{c.round, "Idempotency-Key", key}
	res, err := keyed.send(cmd.Context(), "POST", path, form.FormDataContentType(), &body)
	if err != nil {
		return out, err
	}
	defer res.Body.Close()
	return out, json.NewDecoder(io.LimitReader(res.Body, maxAnswer)).Decode(&out)
}

// withHeader adds one header to every request.
type withHeader struct {
	http.RoundTripper
	name, value string
}

func (h withHeader) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set(h.name, h.value)
	return h.RoundTripper.RoundTrip(r)
}

func (s *shell) mailboxCmd() *cobra.Command {
	var phrase, message, name string
	var credit, noCredit bool
	c := &cobra.Command{
		Use:   "mailbox",
		Short: "A reporter's mailbox: read it, answer, confirm the credit",
		Long: `The case phrase comes from a file or from standard input (--phrase-file -),
never from the command line, where other users of the machine could see it.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			words, err := s.readFile(phrase)
			if err != nil {
				return err
			}
			return s.with(cmd.Context(), func(c *client) error {
				c.auth = "Phrase " + strings.Join(strings.Fields(string(words)), " ")
				if message != "" {
					if err := c.call(cmd.Context(), "POST", "/api/v1/mailbox/messages", cvd.Reply{Body: message}, nil); err != nil {
						return err
					}
				}
				if credit || noCredit {
					if credit && name == "" {
						return errs.Invalidf("--name", "is missing: the name to be credited under")
					}
					if err := c.call(cmd.Context(), "POST", "/api/v1/mailbox/credit", cvd.CreditWish{Agree: credit, Name: name}, nil); err != nil {
						return err
					}
				}
				var m cvd.Mailbox
				if err := c.call(cmd.Context(), "GET", "/api/v1/mailbox", nil, &m); err != nil {
					return err
				}
				return s.show(m, func(w io.Writer) { printMailbox(w, m) })
			})
		},
	}
	f := c.Flags()
	f.StringVar(&phrase, "phrase-file", "-", "`file` with the twelve words")
	f.StringVarP(&message, "message", "m", "", "write this to the team")
	f.BoolVar(&credit, "credit", false, "agree to be named, as --name says")
	f.BoolVar(&noCredit, "no-credit", false, "ask not to be named")
	f.StringVar(&name, "name", "", "the `name` to be credited under")
	c.MarkFlagsMutuallyExclusive("credit", "no-credit")
	return c
}

func printMailbox(w io.Writer, m cvd.Mailbox) {
	fmt.Fprintf(w, "%s  received %s\n%s\n", m.Ref, when(m.Received), m.Status)
	if m.Next != nil {
		fmt.Fprintf(w, "The team promised by %s: %s\n", when(m.Next.At), m.Next.What)
	}
	if m.Advisory != "" {
		fmt.Fprintf(w, "Published as %s\n", m.Advisory)
	}
	for _, x := range m.Messages {
		body := x.Body
		if x.Armored != "" {
			body = x.Armored
		}
		from := "you"
		if x.From == cvd.FromTeam {
			from = "the team"
		}
		fmt.Fprintf(w, "\n%s  %s\n%s\n", when(x.At), from, indent(safeBlock(body), "  "))
	}
	if m.Draft != nil {
		fmt.Fprintf(w, "\nThe team shows you its draft: %s\nCredit: %s\n", safe(m.Draft.Title), m.Credit.Consent)
	}
}
