package app

import (
	"context"
	"errors"
	"time"

	"steward/internal/base/acl"
)

// How often what is due is looked for. A timed release goes out within a
// second of its hour.
const (
	tick  = 250 * time.Millisecond
	sweep = time.Hour
)

// Work does what falls due until the context ends: timed releases, their
// publication, the renewal of security.txt, and the sweep of what expired. A
// failure is logged and tried again; nothing here is lost by a crash, since
// all of it follows from the records.
func (a *App) Work(ctx context.Context) {
	beat := time.NewTicker(tick)
	defer beat.Stop()
	var swept time.Time
	for {
		if err := a.Due(ctx); err != nil && ctx.Err() == nil {
			a.log.Error("what is due was not done; trying again", "error", err)
		}
		if now := a.clock(); now.Sub(swept) >= sweep || now.Before(swept) {
			swept = now
			if err := a.sweep(ctx); err != nil && ctx.Err() == nil {
				a.log.Error("the sweep failed; trying again in an hour", "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-beat.C:
		}
	}
}

// Due releases what is due and brings the public pages up to the records.
func (a *App) Due(ctx context.Context) error {
	released, err := a.Cases.ReleaseDue(ctx, acl.Myself())
	for _, adv := range released {
		a.log.Info("released", "advisory", adv.ID)
	}
	return errors.Join(err, a.Publish(ctx))
}

// Publish brings the public pages up to the records. It costs next to nothing
// when nothing changed.
func (a *App) Publish(ctx context.Context) error {
	return a.Publisher.Update(ctx, a.site)
}

func (a *App) sweep(ctx context.Context) error {
	return errors.Join(a.Accounts.Sweep(ctx, acl.Myself()), a.sweepBlobs(ctx))
}
