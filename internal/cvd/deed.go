package cvd

import (
	"context"
	"fmt"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/errs"
)

// deed is one case in the hands of one caller, within the transaction of what
// they do to it.
type deed struct {
	*opened
	s      *Store
	ctx    context.Context
	tx     *db.Tx
	caller acl.Caller
	roles  []acl.Role
	by     Person
	now    time.Time
	edited bool // something that is edited by version was changed

	before string            // hash of the draft before the deed
	detail map[string]string // of the audit entry
}

// deed lets the caller do f to a case if the table allows the action, then
// keeps the case and writes the record. Whatever changed the draft has voided
// its review by then. A merged case is worked on where it was merged into.
func (s *Store) deed(ctx context.Context, c acl.Caller, caseID string, a acl.Action, f func(d *deed) error) error {
	return s.deedOnAny(ctx, c, caseID, a, func(d *deed) error {
		if d.State == Merged {
			into, err := s.load(ctx, d.tx, d.MergedInto)
			if err != nil {
				return err
			}
			return errs.Conflictf("This report is handled in case %s.", into.Ref).WithHint("work on that case, or reopen this one")
		}
		return f(d)
	})
}

// work is deed for what is done to open cases alone.
func (s *Store) work(ctx context.Context, c acl.Caller, caseID string, a acl.Action, f func(d *deed) error) error {
	return s.deed(ctx, c, caseID, a, func(d *deed) error {
		if !d.Open() {
			return errs.Conflictf("The case is closed.").WithHint("reopen it first")
		}
		return f(d)
	})
}

// deedOnAny is deed for what can be done to a merged case too.
func (s *Store) deedOnAny(ctx context.Context, c acl.Caller, caseID string, a acl.Action, f func(d *deed) error) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		d, err := s.begin(ctx, tx, c, caseID, a)
		if err != nil {
			return err
		}
		if err := f(d); err != nil {
			return err
		}
		return d.end(a)
	})
}

func (s *Store) begin(ctx context.Context, tx *db.Tx, c acl.Caller, caseID string, a acl.Action) (*deed, error) {
	o, roles, err := s.access(ctx, tx, c, caseID, a)
	if err != nil {
		return nil, err
	}
	return s.newDeed(ctx, tx, c, roles, o), nil
}

func (s *Store) newDeed(ctx context.Context, tx *db.Tx, c acl.Caller, roles []acl.Role, o *opened) *deed {
	return &deed{
		opened: o, s: s, ctx: ctx, tx: tx, caller: c, roles: roles,
		by: Person{ID: c.ID, Name: c.Name}, now: s.now(),
		before: o.hash(), detail: map[string]string{"ref": o.Ref},
	}
}

// end keeps what was done and records it.
func (d *deed) end(a acl.Action) error {
	if err := d.keep(); err != nil {
		return err
	}
	return d.s.record(d.ctx, d.tx, d.opened, d.caller, d.roles, a, d.detail)
}

// keep settles the draft, raises the version if anything that is edited by it
// changed, and saves.
func (d *deed) keep() error {
	if d.hash() != d.before {
		d.edited = true
		if err := d.settle(d.before, d.by, d.caller.Role != acl.Reporter, d.now); err != nil {
			return err
		}
		if d.Copied {
			if err := d.keepCopy(); err != nil {
				return err
			}
		}
	}
	if d.edited {
		d.Version++
	}
	return d.save(d.ctx, d.tx)
}

// note adds a fact to the audit entry: never text of a report, a note, a
// message or the draft, for others read the record than read those.
func (d *deed) note(name, format string, args ...any) {
	if text := fmt.Sprintf(format, args...); text != "" { // what was left out tells nobody anything
		d.detail[name] = text
	}
}

// on refuses an edit that was made on an older version.
func (d *deed) on(version int64) error {
	if version == d.Version {
		return nil
	}
	return errs.Conflictf("Someone else changed the case while you were at it.").
		WithHint("reload it, look at what changed, and do it again")
}
