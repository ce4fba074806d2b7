package cli

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"steward/internal/account"
	"steward/internal/api"
	"steward/internal/app"
	"steward/internal/base/acl"
	"steward/internal/base/clock"
	"steward/internal/base/errs"
	"steward/internal/config"
	"steward/internal/demo"
	"steward/internal/policy"
)

// open opens the data directory of the command line.
func (s *shell) open(ctx context.Context, log *slog.Logger) (*app.App, error) {
	in, err := interpreter()
	if err != nil {
		return nil, err
	}
	return app.Open(ctx, app.Dir(s.data), app.Options{Clock: s.Clock, Log: log, Interpreter: in})
}

// local gives a client that runs the API within this process, on the data
// directory. Whoever can read that directory needs no further proof of who
// they are, so the user is taken from --as.
func (s *shell) local(ctx context.Context) (*client, error) {
	a, err := s.open(ctx, nil)
	if err != nil {
		return nil, err
	}
	who := acl.Nobody()
	if s.as != "" {
		if who, err = s.user(ctx, a); err != nil {
			return nil, errors.Join(err, a.Close())
		}
	}
	h, err := a.API()
	if err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return &client{base: "http://local", round: inProcess{h, who, s.as != ""}, closer: a.Close}, nil
}

func (s *shell) user(ctx context.Context, a *app.App) (acl.Caller, error) {
	u, err := a.Accounts.UserNamed(ctx, acl.Myself(), s.as)
	if err != nil {
		return acl.Caller{}, errs.Invalidf("--as", "there is no user %q", s.as).
			WithHint("see: steward user list --as NAME-OF-A-LEAD").WithCause(err)
	}
	return a.Accounts.Caller(ctx, u.ID)
}

func (s *shell) initCmd() *cobra.Command {
	var in config.Answers
	var lead string
	c := &cobra.Command{
		Use: "init", Short: "Make a data directory for your team", Args: noArgs,
		Long: `Makes the data directory named by --data: settings to edit (steward.toml), what
the team says of itself (policy.md), how it handles vulnerabilities
(policy.toml), the keys, and the first person, who leads the team.

  steward init --data /var/lib/steward --base-url https://security.example.org \
      --team "The Example security team" --email security@example.org --lead Dana`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			dir := app.Dir(s.data)
			if err := app.Init(dir, in, s.Clock()); err != nil {
				return err
			}
			a, err := s.open(cmd.Context(), nil)
			if err != nil {
				return err
			}
			defer a.Close()
			return s.welcome(cmd.Context(), a, lead)
		},
	}
	f := c.Flags()
	f.StringVar(&in.BaseURL, "base-url", "", "`URL` where people reach Steward; default http://localhost:8080")
	f.StringVar(&in.Listen, "listen", "", "`address` that the server binds; default 127.0.0.1:8080")
	f.StringVar(&in.Database, "database", "", "postgres:// `URL`; default SQLite in the data directory")
	f.StringVar(&in.Team, "team", "", "`name` of the team")
	f.StringVar(&in.Email, "email", "", "the team's mail `address`")
	f.StringVar(&in.Prefix, "prefix", "", "advisories are called `PREFIX`-YEAR-NNNN; default SEC")
	f.StringVar(&in.Policy, "policy", "", "`preset` that policy.toml starts from: "+strings.Join(policy.Presets(), ", ")+"; if left out, the one named default")
	f.StringVar(&lead, "lead", "", "`name` of the person who leads the team")
	return c
}

// welcome says what was made, why to copy the keys, and what to do next.
func (s *shell) welcome(ctx context.Context, a *app.App, lead string) error {
	out := struct {
		Data        string     `json:"data"`
		Keys        string     `json:"keys"`
		Fingerprint string     `json:"fingerprint"`
		Lead        *enrolment `json:"lead,omitempty"`
	}{Data: s.data, Keys: a.Dir.Keys(), Fingerprint: a.Signer.Fingerprint()}
	if lead != "" {
		u, err := a.Accounts.AddUser(ctx, account.Operator(), account.Profile{Name: lead, Role: acl.Lead})
		if err != nil {
			return err
		}
		l, secret, err := a.Accounts.CreateLink(ctx, account.Operator(), u.ID, account.Enrol)
		if err != nil {
			return err
		}
		out.Lead = &enrolment{User: api.UserOf(u), Link: api.Link{URL: a.Config.BaseURL + "/enrol#" + secret, Expires: l.Expires}}
	}
	if s.json {
		return writeJSON(s.Stdout, out)
	}
	s.say("Steward is in %s.\n", s.data)
	s.say("Copy %s to a safe place now, apart from backups. It holds the", out.Keys)
	s.say("master key, without which no report or case can be read again, and the")
	s.say("OpenPGP key that signs your advisories:\n\n  %s\n", out.Fingerprint)
	if out.Lead != nil {
		printLink(s.Stdout, lead, out.Lead.Link)
		s.say("")
	}
	s.say("Next: edit %s, policy.md and %s, then run\n\n  steward serve --data %s", a.Dir.Settings(), a.Config.Policy.File, s.data)
	return nil
}

func (s *shell) serveCmd() *cobra.Command {
	return &cobra.Command{
		Use: "serve", Short: "Run the server", Args: noArgs,
		Long: `Serves the public pages, the report form, the team's pages and the API, takes
mail if the settings say so, and does what falls due: timed releases, publication,
letters and webhooks, renewal of security.txt.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			log, err := s.log()
			if err != nil {
				return err
			}
			c := clock.New(clock.System())
			in, err := interpreter()
			if err != nil {
				return err
			}
			a, err := app.Open(cmd.Context(), app.Dir(s.data), app.Options{Clock: c.Now, Held: c.Held, Log: log, Interpreter: in})
			if err != nil {
				return err
			}
			defer a.Close()
			ln, err := net.Listen("tcp", a.Config.Listen)
			if err != nil {
				return errs.Invalidf("listen", "cannot be bound: %v", err).WithHint("is another Steward running?")
			}
			s.say("Steward is at %s (listening on %s)", a.Config.BaseURL, ln.Addr())
			return a.Serve(cmd.Context(), ln)
		},
	}
}

// log writes to the error output, as the settings say.
func (s *shell) log() (*slog.Logger, error) {
	c, err := config.Load(s.data)
	if err != nil {
		return nil, err
	}
	if c.Log == "json" {
		return slog.New(slog.NewJSONHandler(s.Stderr, nil)), nil
	}
	return slog.New(slog.NewTextHandler(s.Stderr, nil)), nil
}

func (s *shell) demoCmd() *cobra.Command {
	var noServe bool
	var out, mail, listen string
	c := &cobra.Command{
		Use: "demo", Short: "See the whole of it: a past disclosure, replayed", Args: noArgs,
		Long: `Replays the disclosure of CVE-2023-38545 in a fresh directory, through encrypted
mail that gpg writes and reads, the form, the API and the release clock, telling
each step as it happens; verifies the signatures that it made, and serves the
result.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			in, err := interpreter()
			if err != nil {
				return err
			}
			return demo.Run(cmd.Context(), demo.Options{Out: out, Mail: mail, Listen: listen, Serve: !noServe, Say: s.Stdout, Log: s.Stderr, Interpreter: in})
		},
	}
	f := c.Flags()
	f.BoolVar(&noServe, "no-serve", false, "stop when the replay is done")
	f.StringVar(&out, "out", "", "leave the published tree in this `directory`")
	f.StringVar(&mail, "mail", "", "leave every letter that was sent in this `directory`, as .eml")
	f.StringVar(&listen, "listen", "127.0.0.1:8080", "`address` to serve the result at")
	return c
}

// inProcess answers requests by a handler of this process.
type inProcess struct {
	h     http.Handler
	who   acl.Caller
	vouch bool
}

func (p inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	if p.vouch {
		r = r.WithContext(api.As(r.Context(), p.who))
	}
	return roundTrip(p.h, r)
}

// existing refuses to write over something.
func existing(path string) error {
	if _, err := os.Lstat(path); err == nil {
		return errs.Conflictf("%s exists already.", path).WithHint("choose another name")
	}
	return nil
}
