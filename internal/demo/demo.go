package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"steward/internal/app"
	"steward/internal/base/browse"
	"steward/internal/config"
	"steward/internal/proof"
)

// maxPage bounds what is read of a page, in bytes.
const maxPage = 4 << 20

// Options of a replay.
type Options struct {
	Out    string    // leave the published tree here; empty: nowhere
	Mail   string    // leave every letter that was sent here; empty: nowhere
	Listen string    // address to serve at
	Serve  bool      // go on serving when the replay is done
	Say    io.Writer // a line for each step
	Log    io.Writer // the server's log
	// Interpreter runs the reporter's program; nil: it is not run.
	Interpreter *proof.Runner
}

// Run replays the disclosure and, if asked, serves the result until the
// context ends. Its data directory is fresh, and goes away in the end.
func Run(ctx context.Context, o Options) (err error) {
	dir, err := os.MkdirTemp("", "steward-demo-*")
	if err != nil {
		return fmt.Errorf("making a fresh directory: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if !o.Serve {
		o.Listen = "127.0.0.1:0"
	}
	ln, err := net.Listen("tcp", o.Listen)
	if err != nil {
		return fmt.Errorf("the demo wants to serve at %s: %w (choose another address with --listen)", o.Listen, err)
	}
	post, err := newLetters(o.Mail)
	if err != nil {
		return errors.Join(err, ln.Close())
	}
	defer post.close()
	r := &replay{post: post, homes: filepath.Join(dir, "gpg"), clock: &clock{at: reported.Add(-24 * time.Hour)}, say: o.Say, base: "http://" + ln.Addr().String()}
	if err := r.prepare(ctx, app.Dir(filepath.Join(dir, "data")), ln.Addr().(*net.TCPAddr).Port, o); err != nil {
		return errors.Join(err, ln.Close())
	}
	defer func() { err = errors.Join(err, r.app.Close()) }()
	defer r.leave()

	serving, stop := context.WithCancel(ctx)
	served := make(chan error, 1)
	go func() { served <- r.app.Serve(serving, ln) }()
	err = r.all(ctx, o.Out)
	if err == nil && o.Serve {
		err = r.invite(ctx)
		if err == nil {
			<-ctx.Done()
		}
	}
	stop()
	return errors.Join(err, <-served)
}

// replay is one run of the story.
type replay struct {
	app   *app.App
	clock *clock
	say   io.Writer
	base  string

	post    *letters
	door    string // where the team's Steward receives mail
	homes   string // of everyone's GnuPG
	persons []*person
	jay     *person

	lead, handler, releaser, fixer *member
	distros                        []*distro
	listID                         string
	reporter                       *browse.Browser
	phrase                         string
	ref                            string // of the case
	advisory                       string // id
}

// prepare makes the team's Steward.
func (r *replay) prepare(ctx context.Context, dir app.Dir, port int, o Options) error {
	answers := config.Answers{
		// A passkey is bound to a name; 127.0.0.1 is none.
		BaseURL: fmt.Sprintf("http://localhost:%d", port), Listen: o.Listen,
		Team: "curl security team, replayed", Email: teamAddress, Prefix: "REPLAY",
	}
	if err := app.Init(dir, answers, r.clock.now()); err != nil {
		return err
	}
	quoted := make([]string, len(versions))
	for i, v := range versions {
		quoted[i] = fmt.Sprintf("%q", v)
	}
	f, err := os.OpenFile(dir.Settings(), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	if r.door, err = freeAddress(); err != nil {
		return errors.Join(err, f.Close())
	}
	_, err = fmt.Fprintf(f, settings, r.door, r.post.address(), strings.Join(quoted, ", "))
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(o.Log, &slog.HandlerOptions{Level: slog.LevelWarn}))
	r.app, err = app.Open(ctx, dir, app.Options{Clock: r.clock.now, Log: log, Demo: true, Interpreter: o.Interpreter})
	return err
}

// freeAddress is one on this machine where nobody listens.
func freeAddress() (string, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return ln.Addr().String(), ln.Close()
}

// person makes someone with a GnuPG of their own, who knows the team's key.
func (r *replay) person(ctx context.Context, name, email string) (*person, error) {
	p, err := newPerson(ctx, r.homes, r.clock, name, email)
	if err != nil {
		return nil, err
	}
	r.persons = append(r.persons, p)
	return p, p.knows(ctx, r.app.Signer.PublicKey())
}

func (r *replay) leave() {
	for _, p := range r.persons {
		p.leave()
	}
}

// step tells what happens, under the hour at which it does.
func (r *replay) step(format string, args ...any) {
	fmt.Fprintf(r.say, "%s  %s\n", r.clock.now().Format("2006-01-02 15:04"), fmt.Sprintf(format, args...))
}

// detail tells more of the step before.
func (r *replay) detail(format string, args ...any) {
	fmt.Fprintf(r.say, "                  %s\n", fmt.Sprintf(format, args...))
}

// all plays every part of the story.
func (r *replay) all(ctx context.Context, out string) error {
	fmt.Fprintf(r.say, "A replay of the disclosure of %s in curl. Times are UTC.\n\n", cve)
	for _, part := range []struct {
		name string
		play func(context.Context) error
	}{
		{"the team", r.people},
		{"the pre-disclosure list", r.list},
		{"a subscriber", r.subscribe},
		{"the report", r.report},
		{"a poor report", r.poorReport},
		{"the proof", r.proved},
		{"verification", r.verification},
		{"the embargo", r.embargo},
		{"the fix", r.fix},
		{"the proof of the fix", r.mended},
		{"the announcement", r.announce},
		{"the draft", r.draft},
		{"the release", r.goPublic},
	} {
		if err := part.play(ctx); err != nil {
			return fmt.Errorf("the replay stopped at %s: %w", part.name, err)
		}
	}
	if err := r.secrets(ctx); err != nil {
		return fmt.Errorf("the replay stopped at the letters: %w", err)
	}
	if err := r.check(ctx, out); err != nil {
		return fmt.Errorf("the replay stopped at the check: %w", err)
	}
	return nil
}
