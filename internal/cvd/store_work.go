package cvd

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/errs"
)

// Embargo moves the embargo. Propose and revise need the terms whole, and mean
// the same once terms are agreed on; reject and exit need their reason alone.
// Accept may name the hour that it means: if another proposal has come in its
// place, it is an errs.Conflict.
func (s *Store) Embargo(ctx context.Context, c acl.Caller, caseID string, e EmbargoEvent, t Terms) error {
	action, err := embargoTable.action(e)
	if err != nil {
		return err
	}
	return s.work(ctx, c, caseID, action, func(d *deed) error {
		if d.Public() {
			return errs.Conflictf("The advisory is public: there is nothing left to keep silent about.")
		}
		if e, t, err = d.meant(e, t); err != nil {
			return err
		}
		if err := d.Embargo.Move(e, t, d.by, d.now); err != nil {
			return err
		}
		d.proposed(e)
		if e == EmbargoAccept {
			d.setBy(DueEmbargo, d.by.Name)
		}
		if sch := d.Review.Schedule; sch != nil {
			if err := d.Embargo.Allows(sch.At); err != nil {
				return errs.Conflictf("The release is set for %s, before that hour.", inZone(sch.At, sch.Zone)).
					WithHint("take the hour of the release back first")
			}
		}
		d.note("event", "%s", e)
		d.note("state", "%s", d.Embargo.State)
		if !t.Until.IsZero() {
			d.note("until", "%s", inZone(t.Until, t.Zone))
		}
		if t.Reason != "" {
			d.note("reason", "%s", t.Reason)
		}
		return d.postEmbargo()
	})
}

// postEmbargo tells everyone who must keep silent how the embargo stands.
func (d *deed) postEmbargo() error {
	if err := d.postInvited(OnEmbargo, acl.Invited...); err != nil {
		return err
	}
	return d.postReporters(OnEmbargo)
}

// EditPatch changes where the fix is and who works on it.
func (s *Store) EditPatch(ctx context.Context, c acl.Caller, caseID string, version int64, f PatchFields) error {
	return s.work(ctx, c, caseID, acl.PatchEdit, func(d *deed) error {
		if err := d.on(version); err != nil {
			return err
		}
		d.note("changed", "%s", strings.Join(changed(d.Patch.PatchFields, f), ", "))
		d.edited = true
		return d.Patch.Edit(f)
	})
}

// MovePatch moves the patch. Who approves it is its reviewer from then on, who
// reports a test its tester.
func (s *Store) MovePatch(ctx context.Context, c acl.Caller, caseID string, e PatchEvent, reason string) error {
	action, err := patchTable.action(e)
	if err != nil {
		return err
	}
	return s.work(ctx, c, caseID, action, func(d *deed) error {
		d.note("event", "%s", e)
		if reason != "" {
			d.note("reason", "%s", reason)
		}
		if err := d.Patch.Move(e, reason, d.by, d.now); err != nil {
			return err
		}
		d.note("state", "%s", d.Patch.State)
		return nil
	})
}

// Invite lets a user into one case, from now on and until Uninvite. Who they
// are is the caller's to know: the user id must be one of package account.
func (s *Store) Invite(ctx context.Context, c acl.Caller, caseID string, who Person, role acl.Role) error {
	return s.work(ctx, c, caseID, acl.CaseInvite, func(d *deed) error {
		switch {
		case !slices.Contains(acl.Invited, role):
			return errs.Invalidf("role", "Nobody is invited in this role.").WithHint("one of: %s", join(acl.Invited))
		case who.ID == "" || len(who.ID) > maxPlace || !isLine(who.ID) || len(who.Name) > maxPlace || !isLine(who.Name):
			return errs.Invalidf("user", "There is no such user.")
		}
		if err := d.let(who, role); err != nil {
			return err
		}
		if err := d.letsIn(who.ID, role); err != nil {
			return err
		}
		d.note("invited", "%s", who.Name)
		d.note("user", "%s", who.ID)
		d.note("role", "%s", role)
		return d.post(Posting{On: OnInvitation, Case: d.ID, User: who.ID, What: d.what("")})
	})
}

// let lets a user into the case in a role.
func (d *deed) let(who Person, role acl.Role) error {
	p := Participant{User: who.ID, Name: who.Name, Role: role, By: d.by, At: d.now}
	body, err := sealed(d.key, personContext(who.ID, role), p)
	if err != nil {
		return err
	}
	at := d.place(d.policy)
	_, err = d.tx.Exec(d.ctx, `INSERT INTO case_people
		(case_id, user_id, role, removed_at, body, place_group, place_first, place_second, number)
		VALUES ($1, $2, $3, 0, $4, $5, $6, $7, $8)
		ON CONFLICT (case_id, user_id, role) DO UPDATE SET removed_at = 0, body = $4`,
		d.ID, who.ID, string(role), body, at.group, at.first, at.second, d.number)
	if err != nil {
		return fmt.Errorf("inviting to a case: %w", err)
	}
	if role != acl.Distributor {
		return nil
	}
	return d.keepCopy()
}

// letsIn refuses an invitation that would let nobody in: the user was told for
// an organisation that may not be told any more, and comes back with it alone.
func (d *deed) letsIn(user string, role acl.Role) error {
	var n int
	err := d.tx.QueryRow(d.ctx, `SELECT COUNT(*) FROM case_people p WHERE p.case_id = $1 AND p.user_id = $2 AND p.role = $3 AND `+standing,
		d.ID, user, string(role)).Scan(&n)
	if err != nil {
		return fmt.Errorf("inviting to a case: %w", err)
	}
	if n == 0 {
		return errs.Conflictf("This person was let in for an organisation that may not be told any more.").
			WithHint("restore it on its list, or make them a contact of it again; then they see the case as before")
	}
	return nil
}

// Uninvite takes a user's role in a case back: from then on the case does not
// exist for them, unless another role is left.
func (s *Store) Uninvite(ctx context.Context, c acl.Caller, caseID, userID string, role acl.Role) error {
	return s.deedOnAny(ctx, c, caseID, acl.CaseInvite, func(d *deed) error {
		if !isLine(userID) || !isLine(string(role)) {
			return errs.Missing()
		}
		res, err := d.tx.Exec(ctx, `UPDATE case_people SET removed_at = $1
			WHERE case_id = $2 AND user_id = $3 AND role = $4 AND removed_at = 0`, db.Micros(d.now), d.ID, userID, string(role))
		if err != nil {
			return fmt.Errorf("taking an invitation back: %w", err)
		}
		n, err := res.RowsAffected()
		if err != nil {
			return fmt.Errorf("taking an invitation back: %w", err)
		}
		if n == 0 {
			return errs.Missing()
		}
		d.note("uninvited", "%s", userID)
		d.note("role", "%s", role)
		return nil
	})
}
