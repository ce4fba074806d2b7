package cvd

import (
	"context"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/errs"
	"steward/internal/duty"
)

// SetMatter says when the team became aware of a trigger of the law, by what,
// and what it knows for the forms. It replaces what was said before, but for
// the filings.
func (s *Store) SetMatter(ctx context.Context, c acl.Caller, caseID string, version int64, m Matter) error {
	return s.deed(ctx, c, caseID, acl.LawEdit, func(d *deed) error {
		if err := d.on(version); err != nil {
			return err
		}
		if err := d.setMatter(m, d.by, d.now); err != nil {
			return err
		}
		d.edited = true
		d.note("trigger", "%s", m.Facts.Trigger)
		d.note("aware", "%s", dateText(m.Facts.Awareness.At))
		d.note("measure", "%s", dateText(m.Facts.FixAvailable))
		return nil
	})
}

// FileNotice notes that a person has submitted a notification that the law
// wants. Steward submits none.
func (s *Store) FileNotice(ctx context.Context, c acl.Caller, caseID string, t duty.Trigger, f duty.Filing) error {
	return s.deed(ctx, c, caseID, acl.LawEdit, func(d *deed) error {
		if err := d.file(t, f, d.by, d.now); err != nil {
			return err
		}
		d.edited = true
		d.note("trigger", "%s", t)
		d.note("filed", "%s", f.Kind)
		d.note("at", "%s", dateText(f.At))
		return nil
	})
}

// Dossier lays out a notification for a person to copy: what was said of the
// trigger, and what the case knows where nothing was said.
func (s *Store) Dossier(ctx context.Context, c acl.Caller, caseID string, t duty.Trigger, k duty.Kind) (out duty.Dossier, err error) {
	err = s.look(ctx, c, caseID, acl.LawRead, "dossier", func(_ db.Queryer, o *opened, _ []acl.Role) error {
		m := o.matter(t)
		if m == nil {
			return errs.Missing()
		}
		out, err = duty.Compose(k, m.Facts, o.draftSubject(m.Subject, s.Settings), s.now())
		return err
	})
	return out, err
}

// Matters gives what the law wants reported of a case, with the clocks as they
// stand.
func (s *Store) Matters(ctx context.Context, c acl.Caller, caseID string) (out []MatterView, err error) {
	err = s.look(ctx, c, caseID, acl.LawRead, "clocks of the law", func(_ db.Queryer, o *opened, _ []acl.Role) error {
		out = nil
		for _, m := range o.Law {
			clocks, err := duty.Clocks(m.Facts, s.now())
			if err != nil {
				return err
			}
			out = append(out, MatterView{Matter: m, Clocks: clocks})
		}
		return nil
	})
	return out, err
}
