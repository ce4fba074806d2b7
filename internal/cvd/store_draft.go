package cvd

import (
	"context"
	"fmt"
	"strings"

	"steward/internal/advisory"
	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/errs"
	"steward/internal/base/sign"
)

// Draft gives the draft with what stands between it and the release.
func (s *Store) Draft(ctx context.Context, c acl.Caller, caseID string) (*DraftView, error) {
	var v *DraftView
	err := s.look(ctx, c, caseID, acl.DraftRead, seenDraft, func(_ db.Queryer, o *opened, roles []acl.Role) error {
		v = o.draftView(roles, s.problems(o.Case))
		return s.veil(o.Case, c, roles, nil, v)
	})
	return v, err
}

// EditDraft changes the advisory's prose.
func (s *Store) EditDraft(ctx context.Context, c acl.Caller, caseID string, version int64, t Text) error {
	return s.work(ctx, c, caseID, acl.DraftEdit, func(d *deed) error {
		if err := d.on(version); err != nil {
			return err
		}
		t.Summary = advisory.OneLine(t.Summary)
		if err := t.check(); err != nil {
			return err
		}
		d.note("changed", "%s", strings.Join(changed(d.Text, t), ", "))
		d.Text, d.edited = t, true
		return nil
	})
}

// ShareDraft shows the draft as it is now to the reporter of a report of this
// case, in their mailbox; empty: of the report that opened the case.
func (s *Store) ShareDraft(ctx context.Context, c acl.Caller, caseID, report string) error {
	return s.work(ctx, c, caseID, acl.DraftShare, func(d *deed) error {
		th, err := s.thread(ctx, d.tx, d.opened, report)
		if err != nil {
			return err
		}
		draft := d.Draft()
		sh := Share{Report: th.report, At: d.now, By: d.by}
		if th.recipient == "" {
			sh.Draft = &draft
		} else {
			armored, err := sign.EncryptTo([]byte(th.recipient), []byte(draftText(draft)), th.received)
			if err != nil {
				return fmt.Errorf("encrypting the draft to the reporter: %w", err)
			}
			sh.Armored = string(armored)
		}
		d.share(sh)
		d.note("report", "%s", th.report)
		d.note("draft", "%s", d.hash())
		return d.postReporter(OnDraft, th, "")
	})
}

// ReviewDraft puts the caller's name to the draft or, with ok false, sends it
// back by the comment.
func (s *Store) ReviewDraft(ctx context.Context, c acl.Caller, caseID string, version int64, ok bool, comment string) error {
	return s.sign(ctx, c, caseID, acl.DraftReview, version, ok, comment, func(d *deed) error {
		return d.review(d.by, comment, d.now)
	})
}

// ApproveDraft approves the reviewed draft or, with ok false, sends it back by
// the comment.
func (s *Store) ApproveDraft(ctx context.Context, c acl.Caller, caseID string, version int64, ok bool, comment string) error {
	return s.sign(ctx, c, caseID, acl.DraftApprove, version, ok, comment, func(d *deed) error {
		return d.approve(d.by, comment, s.problems(d.Case), d.now)
	})
}

// sign is what review and approval have in common.
func (s *Store) sign(ctx context.Context, c acl.Caller, caseID string, a acl.Action, version int64, ok bool, comment string, f func(d *deed) error) error {
	return s.work(ctx, c, caseID, a, func(d *deed) error {
		if err := d.on(version); err != nil {
			return err
		}
		d.note("ok", "%t", ok)
		d.note("draft", "%s", d.hash())
		if !ok {
			return d.askChanges(comment)
		}
		return f(d)
	})
}

// Withdraw says in public that the advisory no longer holds, and why. What was
// released stays readable; an unreleased draft of the next revision is not
// touched and goes nowhere.
func (s *Store) Withdraw(ctx context.Context, c acl.Caller, caseID, reason string) (advisory.Advisory, error) {
	var a advisory.Advisory
	err := s.deed(ctx, c, caseID, acl.Withdraw, func(d *deed) error {
		if !d.Public() {
			return errs.Conflictf("No advisory of this case is public.")
		}
		if err := checkReason("reason", reason); err != nil {
			return err
		}
		to, err := draftTable.step(d.Review.State, DraftWithdraw, reason)
		if err != nil {
			return err
		}
		if a, err = s.Advisories.Withdraw(ctx, d.tx, d.Advisory, reason, d.now); err != nil {
			return err
		}
		d.Review.clear()
		d.Review.State, d.Revision = to, len(a.Revisions)
		d.note("advisory", "%s", a.ID)
		d.note("reason", "%s", reason)
		return nil
	})
	return a, err
}
