package cvd

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"steward/internal/advisory"
	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/errs"
)

// Acknowledge answers the reporter for the first time; the letter may be
// empty, for the mailbox shows that a person has taken the report up.
func (s *Store) Acknowledge(ctx context.Context, c acl.Caller, caseID string, l Letter) error {
	enclosures, err := s.enclose(ctx, c, caseID, "", l.Files)
	if err != nil {
		return err
	}
	err = s.deed(ctx, c, caseID, acl.CaseAcknowledge, func(d *deed) error {
		if err := d.move(EventAcknowledge, "", d.now); err != nil {
			return err
		}
		if strings.TrimSpace(l.Body) == "" && len(enclosures) == 0 {
			if err := d.promise(l.NextStatus); err != nil {
				return err
			}
			return d.postReporters(OnAcknowledge)
		}
		_, err := d.write("", l, enclosures)
		return err
	})
	if err != nil {
		return errors.Join(err, s.discard(ciphers(enclosures)))
	}
	return nil
}

// Dispose decides on the report and tells the reporter why. It is a person's
// decision always, and a reopened case can be decided anew.
func (s *Store) Dispose(ctx context.Context, c acl.Caller, caseID string, dec Decision) error {
	return s.deed(ctx, c, caseID, acl.CaseDispose, func(d *deed) error {
		if err := dec.check(); err != nil {
			return err
		}
		message := ""
		if strings.TrimSpace(dec.Reason) != "" {
			m, err := d.tell(dec.Reason)
			if err != nil {
				return err
			}
			message = m.ID
			if err := d.read(d.ID, FromReporter, d.now); err != nil {
				return err
			}
			if err := d.answered(); err != nil {
				return err
			}
		}
		d.note("disposition", "%s", dec.Disposition)
		return d.decide(dec, d.by, message, d.now)
	})
}

// Move makes one of the events that have no deed of their own: EventFixReady,
// EventSendBack, EventClose and EventReopen. Reopening a merged case makes it
// one of its own again.
func (s *Store) Move(ctx context.Context, c acl.Caller, caseID string, e Event, reason string) error {
	action, err := caseTable.action(e)
	if err != nil {
		return err
	}
	if !slices.Contains(plainEvents, e) {
		return errs.Invalidf("event", "“%s” is not done by moving the case.", e)
	}
	if err := checkReason("reason", reason); err != nil {
		return err
	}
	return s.deedOnAny(ctx, c, caseID, action, func(d *deed) error {
		merged := d.State == Merged
		d.note("from", "%s", d.State)
		if err := d.move(e, reason, d.now); err != nil {
			return err
		}
		d.note("to", "%s", d.State)
		d.note("reason", "%s", reason)
		if merged {
			return d.part(action)
		}
		return nil
	})
}

// plainEvents are those of Store.Move.
var plainEvents = []Event{EventFixReady, EventSendBack, EventClose, EventReopen, EventRevisit}

// part takes the case out of the one that it was merged into. Cases that were
// merged into it before stay where they are.
func (d *deed) part(a acl.Action) error {
	waiting, err := unread(d.ctx, d.tx, []string{d.ID})
	if err != nil {
		return err
	}
	if waiting[d.ID] > 0 {
		d.AnswerBy = d.now.Add(d.s.Desk.AnswerWithin)
	}
	from, err := d.s.begin(d.ctx, d.tx, d.caller, d.MergedInto, a)
	if err != nil {
		return err
	}
	from.partFrom(d.Case)
	from.note("parted", "%s", d.Ref)
	if err := from.answered(); err != nil {
		return err
	}
	return from.end(a)
}

// Merge closes a case as a duplicate of another. Its reporter is credited
// there, keeps the mailbox, and is told what becomes of the other case.
func (s *Store) Merge(ctx context.Context, c acl.Caller, caseID, into, reason string) error {
	if err := checkReason("reason", reason); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		d, err := s.begin(ctx, tx, c, caseID, acl.CaseMerge)
		if err != nil {
			return err
		}
		if caseID == into {
			return errs.Conflictf("A case cannot be merged into itself.")
		}
		t, err := s.begin(ctx, tx, c, into, acl.CaseMerge)
		if err != nil {
			return err
		}
		alone, err := s.independentIn(ctx, tx, d, t)
		if err != nil {
			return err
		}
		children := slices.Clone(d.Merged)
		if err := d.mergeInto(t.Case, reason, d.now); err != nil {
			return err
		}
		for _, id := range children {
			child, err := s.load(ctx, tx, id)
			if err != nil {
				return err
			}
			child.MergedInto = t.ID
			if err := child.save(ctx, tx); err != nil {
				return err
			}
		}
		if alone {
			if err := t.collided(d); err != nil {
				return err
			}
		}
		d.note("into", "%s", t.Ref)
		t.note("merged", "%s", d.Ref)
		if reason != "" {
			d.note("reason", "%s", reason)
			t.note("reason", "%s", reason)
		}
		if err := d.end(acl.CaseMerge); err != nil {
			return err
		}
		return t.end(acl.CaseMerge)
	})
}

// Edit changes the facts of a case.
func (s *Store) Edit(ctx context.Context, c acl.Caller, caseID string, version int64, f Fields) error {
	return s.work(ctx, c, caseID, acl.CaseEdit, func(d *deed) error {
		if err := d.on(version); err != nil {
			return err
		}
		f.Title = advisory.OneLine(f.Title)
		if err := f.check(); err != nil {
			return err
		}
		d.note("changed", "%s", strings.Join(changed(d.Fields, f), ", "))
		d.Fields, d.edited = f, true
		return nil
	})
}

// Promise sets the two dates agreed with the reporter: when they hear more,
// and when they mean to go public. Zero clears one.
func (s *Store) Promise(ctx context.Context, c acl.Caller, caseID string, nextStatus, reporterPlan time.Time) error {
	return s.work(ctx, c, caseID, acl.CaseEdit, func(d *deed) error {
		if err := d.promise(nextStatus); err != nil {
			return err
		}
		if !d.ReporterPlan.Equal(date(reporterPlan)) {
			d.setBy(DueReporter, d.by.Name)
		}
		d.ReporterPlan = date(reporterPlan)
		d.note("reporter plan", "%s", dateText(reporterPlan))
		return nil
	})
}

// promise sets when the reporter hears more.
func (d *deed) promise(at time.Time) error {
	if !at.IsZero() && !at.After(d.now) && !at.Equal(d.NextStatus) {
		return errs.Invalidf("nextStatus", "The promised date must be in the future.")
	}
	if !d.NextStatus.Equal(date(at)) {
		d.setBy(DueStatus, d.by.Name)
	}
	d.NextStatus = date(at)
	d.note("next status", "%s", dateText(at))
	return nil
}

// date is a time as it is kept; zero stays zero.
func date(at time.Time) time.Time {
	if at.IsZero() {
		return time.Time{}
	}
	return at.UTC().Truncate(time.Microsecond)
}

func dateText(at time.Time) string {
	if at.IsZero() {
		return "none"
	}
	return at.UTC().Format(time.RFC3339)
}
