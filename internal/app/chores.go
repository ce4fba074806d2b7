package app

import (
	"context"
	"errors"
	"time"
)

// choresEvery is how often it is looked whether one of the daily chores is due.
const choresEvery = 10 * time.Minute

// chores does what is due by the day: it tries the channels by which reports
// come, and looks what expires.
func (a *App) chores(ctx context.Context) {
	again := time.NewTicker(choresEvery)
	defer again.Stop()
	for next(ctx, again) {
		err := a.watchExpiry(ctx)
		due, derr := a.channelsDue(ctx)
		if due {
			derr = a.checkChannels(ctx)
		}
		if err = errors.Join(err, derr); err != nil && ctx.Err() == nil {
			a.log.Error("a daily chore failed; trying again", "error", err)
		}
	}
}

// channelsDue tells whether the channels are to be tried again.
func (a *App) channelsDue(ctx context.Context) (bool, error) {
	every := time.Duration(a.Config.Intake.CheckChannels)
	if every <= 0 {
		return false, nil
	}
	states, err := a.Cases.Channels(ctx)
	if err != nil {
		return false, err
	}
	for _, s := range states {
		if a.clock().Sub(s.Tried) < every {
			return false, nil
		}
	}
	return true, nil
}
