package app

import (
	"context"
	"errors"
	"sync"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/errs"
)

// Tick is how often what is due is looked for. A timed release goes out within
// a second of its hour.
const Tick = 250 * time.Millisecond

const (
	sweepEvery = time.Hour
	sayAgain   = time.Minute // a failure that goes on is logged no more often
)

// Work does what falls due until the context ends: timed releases, their
// publication, the renewal of security.txt, and the sweep of what expired. A
// failure is logged and tried again; nothing here is lost by a crash, since
// all of it follows from the records.
func (a *App) Work(ctx context.Context) {
	var sweeping sync.WaitGroup
	sweeping.Go(func() { a.sweepUntil(ctx) }) // apart, so that no release waits for it
	sweeping.Go(func() { a.scrub(ctx) })
	sweeping.Go(func() { a.runner.Run(ctx) })
	sweeping.Go(func() { a.chores(ctx) })
	defer sweeping.Wait()
	beat := time.NewTicker(Tick)
	defer beat.Stop()
	for going := true; going; going = next(ctx, beat) {
		a.sayHeld()
		if err := a.Due(ctx); err != nil && ctx.Err() == nil && a.heart.say(err) {
			a.log.Error("what is due was not done; trying again", "error", err)
		}
	}
}

// next waits for the next tick; false if ctx ends before it.
func next(ctx context.Context, t *time.Ticker) bool {
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

func (a *App) sweepUntil(ctx context.Context) {
	again := time.NewTicker(sweepEvery)
	defer again.Stop()
	for going := true; going; going = next(ctx, again) {
		if err := a.sweep(ctx); err != nil && ctx.Err() == nil {
			a.log.Error("the sweep failed; trying again in an hour", "error", err)
		}
	}
}

// Due releases what is due, brings the public pages up to the records, and
// gives notice of what is new there.
func (a *App) Due(ctx context.Context) error {
	released, err := a.Cases.ReleaseDue(ctx, acl.Myself())
	for _, adv := range released {
		a.meter.releases.Inc()
		a.log.Info("released", "advisory", adv.ID)
	}
	_, werr := a.Cases.Wake(ctx, acl.Myself())
	perr := a.Publish(ctx)
	if perr == nil { // nobody is told of what they cannot read yet
		_, perr = a.Subscribers.FanOut(ctx, acl.Myself())
	}
	err = errors.Join(err, werr, perr)
	a.heart.beat(err)
	return err
}

// Publish brings the public pages up to the records. It costs next to nothing
// when nothing changed.
func (a *App) Publish(ctx context.Context) error {
	before, began := a.Publisher.Tree.Sequence(), time.Now()
	site, err := a.siteNow(ctx)
	if err != nil {
		return err
	}
	err = a.Publisher.Update(ctx, site)
	if n := a.Publisher.Tree.Sequence() - before; n > 0 {
		a.meter.published(n, time.Since(began))
	}
	return err
}

// published is Publish for whoever has just made something public: that it is
// recorded stands, even if the pages cannot be written.
func (a *App) published(ctx context.Context) error {
	err := a.Publish(ctx)
	if errs.KindOf(err) != errs.Unavailable {
		return err
	}
	a.log.Error("the public pages were not written; trying again", "error", err)
	return &errs.Error{
		Kind: errs.Unavailable, Cause: err,
		Message: "This is recorded and will be public, but the public pages cannot be written just now. They follow by themselves.",
	}
}

func (a *App) sweep(ctx context.Context) error {
	return errors.Join(a.Accounts.Sweep(ctx, acl.Myself()), a.Mail.Sweep(ctx, acl.Myself()), a.sweepBlobs(ctx),
		a.Subscribers.Sweep(ctx, acl.Myself()), a.sweepJobs(ctx), a.remind(ctx))
}

// heldBack is how far the machine's clock has jumped ahead of the time that
// Steward goes by; 0 while it is believed.
func (a *App) heldBack() time.Duration {
	if a.held == nil {
		return 0
	}
	return a.held()
}

// sayHeld logs that the machine's clock is not believed, and when it is again.
func (a *App) sayHeld() {
	held := a.heldBack() > 0
	switch {
	case held && !a.heart.held:
		a.log.Error("the machine's clock has jumped ahead and no time server vouches for it: Steward goes on by the time from before",
			"ahead", a.heldBack().Round(time.Second).String(), "do", "set the clock right, or restart Steward if it is right now")
	case !held && a.heart.held:
		a.log.Info("the machine's clock is believed again")
	}
	a.heart.held = held
}

// heart is how the work goes.
type heart struct {
	mu     sync.Mutex
	at     time.Time // of the last beat, whatever came of it
	good   time.Time // of the last beat that did all that was due
	failed error     // what came of the last one
	said   string    // the failure that was logged last
	saidAt time.Time
	held   bool // of the work loop alone
}

// beat notes that what is due was looked for. The times are those of the
// machine's own running, which no one sets.
func (h *heart) beat(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.at, h.failed = time.Now(), err
	if err == nil {
		h.good, h.said = h.at, ""
	}
}

// say tells whether a failure is to be logged: it is another than the last, or
// that was a while ago.
func (h *heart) say(err error) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err.Error() == h.said && time.Since(h.saidAt) < sayAgain {
		return false
	}
	h.said, h.saidAt = err.Error(), time.Now()
	return true
}
