// Package cli is the command line: a command for each step of the work. The
// steps go through the same JSON API whether the server is far away (--server)
// or the data directory is here (--data), so that a command can do nothing
// that the API does not allow.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"steward/internal/base/errs"
)

// Exit codes.
const (
	exitDone    = 0
	exitRefused = 1 // refused or failed
	exitUsage   = 2 // used wrongly
)

// World is what a command has of the machine it runs on.
type World struct {
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
	Getenv func(string) string
	Clock  func() time.Time
}

// OS is the real world.
func OS() World {
	return World{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv, Clock: time.Now}
}

// exitStatus is the exit code of a command that has said all it has to say.
type exitStatus int

func (e exitStatus) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// usage marks an error in how a command was called.
type usage struct{ error }

func (u usage) Unwrap() error { return u.error }

// shell is what every command shares: the world and the global flags.
type shell struct {
	World
	data   string
	server string
	token  string // file with an API token
	as     string // user to act as, on a data directory
	json   bool
}

// Run runs one command line and gives the exit code.
func Run(ctx context.Context, args []string, w World) int {
	s := &shell{World: w}
	root := s.root()
	root.SetArgs(args)
	root.SetIn(w.Stdin)
	root.SetOut(w.Stdout)
	root.SetErr(w.Stderr)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return exitDone
	}
	var with exitStatus
	if errors.As(err, &with) {
		return int(with)
	}
	s.complain(cmd, err)
	var u usage
	if errors.As(err, &u) || strings.HasPrefix(err.Error(), "unknown command") {
		return exitUsage
	}
	return exitRefused
}

// complain says what went wrong and the way out, in the form that was asked for.
func (s *shell) complain(cmd *cobra.Command, err error) {
	var u usage
	var e *errs.Error
	switch {
	case s.json:
		out := failure{Error: failureBody{Kind: string(errs.KindOf(err)), Message: err.Error()}}
		if errors.As(err, &e) {
			out.Error.Field, out.Error.Message, out.Error.Hint = e.Field, e.Message, e.Hint
		}
		_ = writeJSON(s.Stderr, out)
	case errors.As(err, &u) || strings.HasPrefix(err.Error(), "unknown command"):
		fmt.Fprintf(s.Stderr, "steward: %s\n  see: %s --help\n", safeBlock(err.Error()), cmd.CommandPath())
	case errors.As(err, &e):
		where := ""
		if e.Field != "" {
			where = e.Field + ": "
		}
		fmt.Fprintf(s.Stderr, "steward: %s%s\n", where, safeBlock(e.Message))
		if e.Hint != "" {
			fmt.Fprintf(s.Stderr, "  %s\n", e.Hint)
		}
	default:
		fmt.Fprintf(s.Stderr, "steward: %s\n", safeBlock(err.Error()))
	}
}

func (s *shell) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "steward",
		Short: "A security programme in one binary",
		Long: `Steward takes reports of vulnerabilities in private, keeps the case under
embargo while people work on it, and publishes one signed advisory in every
format that people and machines read.

Start here:
  steward demo                 see the whole of it, with a replayed disclosure
  steward init --data DIR      make a data directory for your team
  steward serve --data DIR     run it

Exit codes: 0 done, 1 refused or failed, 2 used wrongly.`,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          noArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage{err} })
	f := root.PersistentFlags()
	f.StringVar(&s.data, "data", orDefault(s.Getenv("STEWARD_DATA"), "steward-data"), "data `directory` (or STEWARD_DATA)")
	f.StringVar(&s.server, "server", s.Getenv("STEWARD_SERVER"), "`URL` of a running Steward, instead of a data directory (or STEWARD_SERVER)")
	f.StringVar(&s.token, "token-file", s.Getenv("STEWARD_TOKEN_FILE"), "`file` with an API token for --server (or STEWARD_TOKEN_FILE)")
	f.StringVar(&s.as, "as", s.Getenv("STEWARD_USER"), "`name` of the user to act as, on a data directory (or STEWARD_USER)")
	f.BoolVar(&s.json, "json", false, "print JSON")

	root.AddGroup(
		&cobra.Group{ID: "run", Title: "Run it:"},
		&cobra.Group{ID: "work", Title: "Work on a case:"},
		&cobra.Group{ID: "public", Title: "What is public:"},
		&cobra.Group{ID: "look", Title: "Find what is at risk:"},
		&cobra.Group{ID: "keep", Title: "Keep it:"},
	)
	root.SetCompletionCommandGroupID("keep")
	root.SetHelpCommandGroupID("keep")
	add := func(group string, cmds ...*cobra.Command) {
		for _, c := range cmds {
			c.GroupID = group
			root.AddCommand(c)
		}
	}
	add("run", s.initCmd(), s.serveCmd(), s.demoCmd())
	add("work", s.reportCmd(), s.mailboxCmd(), s.caseCmd(), s.embargoCmd(), s.patchCmd(), s.advisoryCmd(), s.prenoticeCmd(), s.lawCmd(), s.mailCmd(), s.rotaCmd())
	add("public", s.publishCmd(), s.checkCmd(), s.policyCmd(), s.webhookCmd(), s.subscribersCmd())
	add("look", s.censusCmd(), s.interpretCmd(), s.insideCmd())
	add("keep", s.doctorCmd(), s.userCmd(), s.listCmd(), s.keyCmd(), s.tokenCmd(), s.auditCmd(), s.backupCmd(), s.restoreCmd())
	return root
}

func orDefault(s, def string) string {
	if s == "" {
		return def
	}
	return s
}

func noArgs(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usage{fmt.Errorf("unknown command %q", args[0])}
	}
	return nil
}

// takes is the arguments that a command must be given, by name.
func takes(names ...string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		switch {
		case len(args) < len(names):
			return usage{fmt.Errorf("%s is missing", names[len(args)])}
		case len(args) > len(names):
			return usage{fmt.Errorf("%q is one argument too many", args[len(names)])}
		}
		return nil
	}
}
