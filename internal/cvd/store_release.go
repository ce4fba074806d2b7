package cvd

import (
	"context"
	"errors"
	"time"

	"steward/internal/advisory"
	"steward/internal/base/acl"
	"steward/internal/base/calendar"
	"steward/internal/base/db"
	"steward/internal/base/errs"
)

// Schedule sets the hour of the release. A day that advisory.Guard objects to
// is refused unless the slot says why.
func (s *Store) Schedule(ctx context.Context, c acl.Caller, caseID string, version int64, slot Slot) error {
	return s.work(ctx, c, caseID, acl.Schedule, func(d *deed) error {
		if err := d.on(version); err != nil {
			return err
		}
		objections, err := s.objections(slot)
		if err != nil {
			return err
		}
		if err := d.schedule(slot, d.by, objections, s.problems(d.Case), d.now); err != nil {
			return err
		}
		d.note("at", "%s", inZone(slot.At, slot.Zone))
		d.note("override", "%s", slot.Override)
		return nil
	})
}

// objections asks the guard about the day of a slot.
func (s *Store) objections(slot Slot) ([]advisory.Objection, error) {
	if _, err := calendar.Location(slot.Zone); err != nil {
		return nil, err
	}
	list, err := advisory.Guard(slot.At, slot.Zone, s.Settings.Countries)
	return append(list, window(&s.Settings.Policy, slot)...), err
}

// Unschedule takes the hour back. The approval stands.
func (s *Store) Unschedule(ctx context.Context, c acl.Caller, caseID, reason string) error {
	return s.work(ctx, c, caseID, acl.Unschedule, func(d *deed) error {
		if err := checkReason("reason", reason); err != nil {
			return err
		}
		d.note("event", "%s", DraftUnschedule)
		d.note("reason", "%s", reason)
		return d.unschedule()
	})
}

// Release makes the approved advisory public now. The zone of the slot is that
// in which the guard looks at today.
func (s *Store) Release(ctx context.Context, c acl.Caller, caseID string, version int64, slot Slot) (advisory.Advisory, error) {
	var a advisory.Advisory
	err := s.work(ctx, c, caseID, acl.Release, func(d *deed) (err error) {
		if err := d.on(version); err != nil {
			return err
		}
		slot.At = d.now
		objections, err := s.objections(slot)
		if err != nil {
			return err
		}
		d.note("override", "%s", slot.Override)
		a, err = d.publish(slot, objections)
		return err
	})
	return a, err
}

// firstRevision is what the revision history says of the first release.
const firstRevision = "First release."

// publish releases the advisory in the deed's transaction, ends the embargo
// and links the prenotice.
func (d *deed) publish(slot Slot, objections []advisory.Objection) (advisory.Advisory, error) {
	s := d.s
	if err := d.mayPublish(slot, objections, s.problems(d.Case)); err != nil {
		return advisory.Advisory{}, err
	}
	first, summary := !d.Public(), d.Text.Summary
	if first {
		id, err := s.Advisories.NextID(d.ctx, d.tx, s.Settings.Prefix, d.now.Year())
		if err != nil {
			return advisory.Advisory{}, err
		}
		d.Advisory, summary = id, firstRevision
	}
	a := d.Draft()
	a.Publisher = s.Settings.Publisher
	a, err := s.Advisories.Release(d.ctx, d.tx, a, summary, d.now)
	if err != nil {
		return advisory.Advisory{}, err
	}
	if first && d.Prenotice != nil {
		p := *d.Prenotice
		p.Advisory = a.ID
		if p, err = s.Advisories.PutPrenotice(d.ctx, d.tx, p, d.now); err != nil {
			return advisory.Advisory{}, err
		}
		d.Prenotice = &p
	}
	d.note("advisory", "%s", a.ID)
	d.note("revision", "%d", len(a.Revisions))
	if err := d.released(a, d.by, d.now); err != nil {
		return a, err
	}
	d.before = d.hash() // what is public needs no new review
	if err := d.postInvited(OnPublic, acl.Invited...); err != nil {
		return a, err
	}
	return a, d.postReporters(OnPublic)
}

// released brings the case in line with what is public.
func (c *Case) released(a advisory.Advisory, by Person, now time.Time) error {
	to, err := draftTable.step(c.Review.State, DraftRelease, "")
	if err != nil {
		return err
	}
	if err := c.move(EventPublish, "", now); err != nil {
		return err
	}
	c.Review.State, c.Review.Schedule = to, nil
	c.Released, c.Revision, c.Text.Summary = a.Published, len(a.Revisions), ""
	c.Embargo.End(by, now)
	c.releaseRecipients(now)
	c.measure(now)
	return nil
}

// errNotDue ends a timed release that someone else has made, moved or taken
// back since it was found.
var errNotDue = errors.New("the release is not due")

// ReleaseDue releases everything whose hour has come, each in a transaction of
// its own, exactly once however often it is asked, and gives what became
// public. What can no longer be released is marked instead, and stands in the
// queue as overdue. c is acl.Myself(). An error tells of some; the others are
// released all the same.
func (s *Store) ReleaseDue(ctx context.Context, c acl.Caller) ([]advisory.Advisory, error) {
	if err := acl.Check(acl.ReleaseDue, acl.ReleaseDue, ownRoles(c)...); err != nil {
		return nil, err
	}
	var due []string
	err := s.DB.Read(ctx, func(q db.Queryer) (err error) {
		due, err = db.Column[string](ctx, q, "finding what is due", `SELECT id FROM cases WHERE release_at <= $1 ORDER BY release_at, number`,
			db.Micros(s.now()))
		return err
	})
	if err != nil {
		return nil, err
	}
	var out []advisory.Advisory
	var failed error
	for _, id := range due {
		a, err := s.releaseOne(ctx, c, id)
		switch {
		case err == nil:
			out = append(out, a)
		case !errors.Is(err, errNotDue):
			failed = errors.Join(failed, err)
		}
	}
	return out, failed
}

// releaseOne makes one timed release, or marks why it cannot be made.
func (s *Store) releaseOne(ctx context.Context, c acl.Caller, caseID string) (advisory.Advisory, error) {
	var a advisory.Advisory
	err := s.deed(ctx, c, caseID, acl.ReleaseDue, func(d *deed) (err error) {
		if !d.due() {
			return errNotDue
		}
		sch := d.Review.Schedule
		a, err = d.publish(Slot{At: d.now, Zone: sch.Zone, Override: sch.Override}, nil) // the day was asked about when it was set
		return err
	})
	if !errs.Is(err, errs.Invalid) && !errs.Is(err, errs.Conflict) {
		return a, err
	}
	why := errs.Public(err)
	err = s.deed(ctx, c, caseID, acl.ReleaseDue, func(d *deed) error {
		if !d.due() {
			return errNotDue
		}
		d.Review.Schedule.Failed = why
		d.note("failed", "true")
		return nil
	})
	if err == nil {
		err = errNotDue
	}
	return advisory.Advisory{}, err
}

// due tells whether the hour of a timed release has come.
func (d *deed) due() bool { return d.scheduled() && !d.Review.Schedule.At.After(d.now) }

// Announcement is what a person adds to an announcement.
type Announcement struct {
	// Branches are the lines of releases that get the fix, as 8.4; null: those
	// that were announced before.
	Branches []string `json:"branches"`
	// Workaround says to publish the draft's workaround with it, which users can
	// apply before the details are public. It may give the vulnerability away.
	Workaround bool `json:"workaround,omitempty"`
}

// Announce tells users in public that a fix comes, and nothing of what it
// fixes: all else in it is taken from the draft and the agreed hour. Done again,
// it announces what has changed; a workaround that was announced stays as it was
// unless it is asked for again.
func (s *Store) Announce(ctx context.Context, c acl.Caller, caseID string, a Announcement) (advisory.Prenotice, error) {
	var p advisory.Prenotice
	err := s.work(ctx, c, caseID, acl.PrenoticeWrite, func(d *deed) (err error) {
		p, err = d.announcement()
		if err == nil && a.Workaround {
			p, err = d.mitigated(p)
		}
		if err != nil {
			return err
		}
		if a.Branches != nil {
			p.Branches = a.Branches
		}
		if p.ID == "" {
			if p.ID, err = s.Advisories.NextID(ctx, d.tx, advisory.PrenoticePrefix, d.now.Year()); err != nil {
				return err
			}
		}
		if p, err = s.Advisories.PutPrenotice(ctx, d.tx, p, d.now); err != nil {
			return err
		}
		d.Prenotice = &p
		d.note("prenotice", "%s", p.ID)
		d.note("release", "%s", inZone(p.Release, p.Zone))
		if a.Workaround {
			d.note("with", "the workaround")
		}
		return nil
	})
	return p, err
}
