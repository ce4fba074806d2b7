package app

import (
	"context"
	"time"

	"steward/internal/base/acl"
)

// sweepAge is how long an attachment may wait for the record that names it.
const sweepAge = 24 * time.Hour

// jobsKept is how long it is kept what a job that is done was about.
const jobsKept = 30 * 24 * time.Hour

func (a *App) sweepJobs(ctx context.Context) error {
	_, err := a.Jobs.Sweep(ctx, a.clock().Add(-jobsKept))
	return err
}

// sweepBlobs removes what was put in and never filed.
func (a *App) sweepBlobs(ctx context.Context) error {
	before := a.clock().Add(-sweepAge)
	if _, err := a.Blobs.Tidy(before); err != nil {
		return err
	}
	kept, err := a.Cases.Kept(ctx, acl.Myself())
	if err != nil {
		return err
	}
	mails, err := a.Mail.Kept(ctx, acl.Myself())
	if err != nil {
		return err
	}
	var bytes int64
	for item, err := range a.Blobs.List() {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		if item.At.Before(before) && !kept[item.ID] && !mails[item.ID] {
			if err := a.Blobs.Remove(item.ID); err != nil {
				return err
			}
			continue
		}
		bytes += item.Size
	}
	a.blobBytes.Store(bytes)
	return nil
}
