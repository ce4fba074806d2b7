package app

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/audit"
	"steward/internal/base/checkup"
	"steward/internal/base/db"
)

// Verify reads everything that is kept, to the last byte, and names what is not
// as it was written: pages or tables of the database, keys of cases, the audit
// record, attachments and files of the published tree. progress is told what
// is read next; it may be nil. The error is for what kept Verify from looking.
func (a *App) Verify(ctx context.Context, progress func(what string)) ([]db.Finding, error) {
	if progress == nil {
		progress = func(string) {}
	}
	progress("database")
	found, err := a.DB.Check(ctx)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 { // else the same damage would be told again in other words
		progress("records")
		if found, err = a.verifyRecords(ctx); err != nil {
			return nil, err
		}
		progress("attachments")
		if err := a.Cases.VerifyFiles(ctx, acl.Myself(), func(id string, err error) {
			found = append(found, db.Finding{Where: filepath.Join("blobs", id[:2], id), Problem: err.Error()})
		}); err != nil {
			return nil, err
		}
	}
	progress("public pages")
	public, err := a.Publisher.Tree.Verify(ctx)
	for _, f := range public {
		found = append(found, db.Finding{Where: "public: " + f.Path, Problem: f.Problem})
	}
	return found, err
}

// verifyRecords opens the key of every case and follows the audit record.
func (a *App) verifyRecords(ctx context.Context) (found []db.Finding, err error) {
	err = a.DB.Read(ctx, func(q db.Queryer) error {
		err := a.Keys.CheckAll(ctx, q, func(scope string, err error) {
			found = append(found, db.Finding{Where: "the key of " + scope, Problem: err.Error()})
		})
		if err != nil {
			return err
		}
		_, err = audit.Verify(ctx, q, nil)
		if broken, ok := errors.AsType[*audit.BrokenError](err); ok {
			found = append(found, db.Finding{Where: fmt.Sprintf("entry %d of the audit record", broken.Seq), Problem: broken.Error()})
			return nil
		}
		return err
	})
	return found, err
}

// scrubEvery is how often a server verifies all that it keeps, so that a bad
// disk shows while the last good backup is young.
const scrubEvery = 24 * time.Hour

// scrub verifies, in the background, what nobody may ask for in years.
func (a *App) scrub(ctx context.Context) {
	again := time.NewTicker(scrubEvery)
	defer again.Stop()
	for next(ctx, again) {
		found, err := a.Verify(ctx, nil)
		if err != nil && ctx.Err() == nil {
			a.log.Error("what is kept could not be verified; trying again in a day", "error", err)
		}
		for _, f := range found {
			a.log.Error("what is kept is not as it was written", "where", f.Where, "problem", f.Problem)
		}
	}
}

// bytes verifies every byte, and says what became of the settings.
func (e *exam) bytes() {
	const about = "bytes"
	found, err := e.app.Verify(e.ctx, nil)
	if err != nil {
		e.add(checkup.Bad(about, "Look at the cause.", "Not everything could be read: %s", brief(err)))
	}
	for _, f := range found {
		e.add(checkup.Bad(about, "Stop the server, look at the disk, and restore the last backup into a new directory.", "%s %s", f.Where, f.Problem).
			By("steward restore FILE --data DIR --keys %s", e.dir.Keys()))
	}
	if err == nil && len(found) == 0 {
		e.add(checkup.Fine(about, "Every page, attachment and public file is as it was written."))
	}
	for _, f := range e.dir.Edited(e.config) {
		e.add(checkup.Look(about, "Compare it with your copy; then restart the server.", "%s %s.", f.Where, f.Problem))
	}
}
