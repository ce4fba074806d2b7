// Package app is the one place where all of Steward meets: settings become
// stores, stores become faces, and what is due is done.
package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync/atomic"
	"time"

	"steward/internal/account"
	"steward/internal/advisory"
	"steward/internal/base/audit"
	"steward/internal/base/blob"
	"steward/internal/base/db"
	"steward/internal/base/errs"
	"steward/internal/base/jobs"
	"steward/internal/base/seal"
	"steward/internal/base/sign"
	"steward/internal/config"
	"steward/internal/cvd"
	"steward/internal/intake"
	"steward/internal/mail"
	"steward/internal/policy"
	"steward/internal/predisclosure"
	"steward/internal/proof"
	"steward/internal/publish"
	"steward/internal/publish/render"
	"steward/internal/publish/tree"
	"steward/internal/rota"
	"steward/internal/subscribe"
)

// Options is what differs between a server, a command and a demo.
type Options struct {
	Clock func() time.Time     // time.Now if nil
	Held  func() time.Duration // how far the machine's clock is ahead of Clock, which does not believe it; 0 if nil
	Log   *slog.Logger         // none if nil
	// Interpreter runs attached C in a process of its own; nil: none is run.
	Interpreter *proof.Runner
	Demo        bool // pages say that nothing is real; sign-in links may be made
}

// App is an open data directory with all that works on it.
type App struct {
	Dir    Dir
	Config config.Config
	Policy policy.Policy // says the same as Config where both say something

	DB         *db.DB
	Keys       *seal.Keyring
	Signer     *sign.Signer
	Blobs      *blob.Store
	Accounts   *account.Store
	Advisories *advisory.Store
	Desk       *intake.Desk
	Linter     *intake.Linter
	Cases      *cvd.Store
	Lists      *predisclosure.Store
	Publisher  *publish.Publisher
	Jobs       *jobs.Queue
	Rota       *rota.Store
	Mail       *mail.Office
	// Subscribers are told of what was made public.
	Subscribers *subscribe.Store

	interpreter *proof.Runner

	runner *jobs.Runner
	site   render.Site
	clock  func() time.Time
	held   func() time.Duration
	log    *slog.Logger
	demo   bool
	closer []func() error

	meter     *meter
	heart     heart
	proofs    proofs
	health    health
	limits    atomic.Pointer[limits] // of the server; nil: none was asked for
	blobBytes atomic.Int64           // as of the last sweep
}

// Open opens a data directory.
func Open(ctx context.Context, dir Dir, o Options) (*App, error) {
	c, err := config.Load(string(dir))
	if err != nil {
		return nil, err
	}
	p, c, err := ReadPolicy(dir, c)
	if err != nil {
		return nil, err
	}
	a := &App{Dir: dir, Config: c, Policy: p, clock: o.Clock, held: o.Held, log: o.Log, demo: o.Demo, interpreter: o.Interpreter}
	if a.clock == nil {
		a.clock = time.Now
	}
	if a.log == nil {
		a.log = slog.New(slog.DiscardHandler)
	}
	a.meter = newMeter(a)
	if err := a.open(ctx); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

func (a *App) open(ctx context.Context) error {
	master, err := readMaster(a.Dir.Master())
	if err != nil {
		return err
	}
	if a.Keys, err = seal.OpenKeyring(master); err != nil {
		return fmt.Errorf("opening the keyring: %w", err)
	}
	private, err := os.ReadFile(a.Dir.Signing())
	if err != nil {
		return fmt.Errorf("reading the signing key: %w", err)
	}
	if a.Signer, err = sign.Load(private); err != nil {
		return errs.Invalidf("keys", "%s is not a signing key of Steward as it was written", a.Dir.Signing()).
			WithHint("copy it back from where you keep it").WithCause(err)
	}
	dsn := a.Config.Database
	if dsn == "" {
		dsn = a.Dir.Database()
	}
	if a.DB, err = db.Open(ctx, dsn); err != nil {
		return fmt.Errorf("opening the database: %w", err)
	}
	a.closer = append(a.closer, a.DB.Close)
	if err := a.DB.Read(ctx, func(q db.Queryer) error { return a.Keys.Check(ctx, q) }); err != nil {
		return err
	}
	a.DB.OnCommit(a.meter.committed)
	a.Blobs = &blob.Store{Dir: a.Dir.Blobs()}
	if err := a.stores(ctx); err != nil {
		return err
	}
	public, err := tree.Open(a.Dir.Public())
	if err != nil {
		return err
	}
	a.Publisher = &publish.Publisher{Store: a.Advisories, Tree: public, Signer: a.Signer, Languages: a.Config.Team.Languages, Clock: a.clock}
	site, err := a.readSite()
	a.site = a.Publisher.Complete(site)
	return err
}

// stores makes the domains over the database.
func (a *App) stores(ctx context.Context) (err error) {
	log := &audit.Log{Clock: a.clock}
	rp, err := account.NewRelyingParty(a.Config.BaseURL, a.Config.Team.Name)
	if err != nil {
		return err
	}
	a.Accounts = &account.Store{DB: a.DB, Audit: log, RP: rp, Clock: a.clock, Rand: rand.Reader}
	a.Advisories = &advisory.Store{DB: a.DB}
	a.Desk = &intake.Desk{
		Keys: a.Keys, Signer: a.Signer, Team: a.Config.Team.Name,
		AnswerWithin: a.answerWithin(), AnswerDue: a.answerDue, Clock: a.clock, Rand: rand.Reader,
	}
	if a.Linter, err = a.linter(ctx); err != nil {
		return err
	}
	a.Cases = &cvd.Store{
		DB: a.DB, Keys: a.Keys, Blobs: a.Blobs, Audit: log, Advisories: a.Advisories, Desk: a.Desk,
		Settings: a.caseSettings(), Gate: a.gate, Clock: a.clock, Rand: rand.Reader,
	}
	a.Lists = &predisclosure.Store{DB: a.DB, Keys: a.Keys, Audit: log, Clock: a.clock, Rand: rand.Reader}
	a.Lists.Tell = a.decided
	a.Cases.Lists = a.Lists
	return a.post(log)
}

// Close lets go of the data directory.
func (a *App) Close() error {
	var all []error
	for i := len(a.closer) - 1; i >= 0; i-- {
		all = append(all, a.closer[i]())
	}
	a.closer = nil
	return errors.Join(all...)
}

var _ io.Closer = (*App)(nil)

func (a *App) publisherIdentity() advisory.Publisher {
	contact := a.Config.Team.Email
	if contact == "" {
		contact = a.Config.BaseURL + "/report"
	}
	return advisory.Publisher{
		Name: a.Config.Team.Name, Namespace: a.Config.Advisories.Namespace, Contact: contact,
		Terms: a.Config.Advisories.Terms, Audience: a.Config.Advisories.Audience,
	}
}

func (a *App) caseSettings() cvd.Settings {
	return cvd.Settings{
		Prefix:    a.Config.Advisories.Prefix,
		Publisher: a.publisherIdentity(), Countries: a.Config.Advisories.Countries, Policy: a.Policy,
		Attachments: a.Config.Intake.Attachments, AttachBytes: a.Config.Intake.AttachmentBytes,
	}
}
