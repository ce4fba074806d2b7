package cvd

import (
	"context"
	"fmt"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/errs"
)

func patchContext(id string) string     { return "patch/" + id }
func patchMetaContext(id string) string { return "patch meta/" + id }

// AddPatchFile keeps a patch for distributors: a unified diff of at most 1 MiB.
func (s *Store) AddPatchFile(ctx context.Context, c acl.Caller, caseID, name string, diff []byte) (PatchFile, error) {
	var p PatchFile
	err := s.work(ctx, c, caseID, acl.PatchEdit, func(d *deed) (err error) {
		if p, err = newPatchFile(db.NewID(s.Rand), name, diff, d.by, d.now); err != nil {
			return err
		}
		all, err := patchFiles(ctx, d.tx, d.opened)
		if err != nil {
			return err
		}
		if len(all) >= maxPatches {
			return errs.Conflictf("There are %d patches already.", len(all)).WithHint("remove one first")
		}
		meta, err := sealed(d.key, patchMetaContext(p.ID), p)
		if err != nil {
			return err
		}
		_, err = d.tx.Exec(ctx, `INSERT INTO case_patches (id, case_id, at, removed, meta, body) VALUES ($1, $2, $3, 0, $4, $5)`,
			p.ID, d.ID, db.Micros(d.now), meta, d.key.Seal(patchContext(p.ID), diff))
		if err != nil {
			return fmt.Errorf("keeping a patch: %w", err)
		}
		d.note("patch", "%s", p.ID)
		d.note("sha256", "%s", p.SHA256)
		return nil
	})
	return p, err
}

// RemovePatchFile gives a patch to nobody any more. It is kept, for there may be
// copies of it.
func (s *Store) RemovePatchFile(ctx context.Context, c acl.Caller, caseID, id string) error {
	return s.work(ctx, c, caseID, acl.PatchEdit, func(d *deed) error {
		if !db.ValidID(id) {
			return errs.Missing()
		}
		res, err := d.tx.Exec(ctx, `UPDATE case_patches SET removed = $1 WHERE id = $2 AND case_id = $3 AND removed = 0`,
			db.Micros(d.now), id, d.ID)
		if err != nil {
			return fmt.Errorf("removing a patch: %w", err)
		}
		n, err := res.RowsAffected()
		if err != nil {
			return fmt.Errorf("removing a patch: %w", err)
		}
		if n == 0 {
			return errs.Missing()
		}
		d.note("removed", "%s", id)
		return nil
	})
}

// PatchCopy gives a patch: a distributor a marked copy of their own and never
// the original, the others the original.
func (s *Store) PatchCopy(ctx context.Context, c acl.Caller, caseID, id string) (PatchFile, []byte, error) {
	var p PatchFile
	var diff []byte
	if !db.ValidID(id) {
		id = "" // asked for all the same: who may not see the case is not told the difference
	}
	err := s.look(ctx, c, caseID, acl.PatchTest, "patch "+id, func(q db.Queryer, o *opened, roles []acl.Role) error {
		all, err := patchRows(ctx, q, o, `id = $2 AND removed = 0`, id)
		if err != nil {
			return err
		}
		if len(all) == 0 {
			return errs.Missing()
		}
		p, diff = all[0].PatchFile, all[0].diff
		if !guarded(roles) {
			return nil
		}
		p = p.forCopy()
		m, err := s.mark(o.ID, o.holder(c.ID))
		if err != nil {
			return err
		}
		diff, err = ownPatch(diff, ambered(o.holderName(c)), m)
		return err
	})
	return p, diff, err
}

// holderName is whom a copy is for, in words.
func (c *Case) holderName(who acl.Caller) string {
	if r := c.recipientOf(who.ID); r != nil {
		return r.Name
	}
	return who.Name
}

// forCopy leaves out what is the original's.
func (p PatchFile) forCopy() PatchFile { return PatchFile{ID: p.ID, Name: p.Name, At: p.At} }

// patchBody is a patch with its text.
type patchBody struct {
	PatchFile
	diff []byte
}

// patchRows reads patches of a case that a condition holds for.
func patchRows(ctx context.Context, q db.Queryer, o *opened, where string, args ...any) ([]patchBody, error) {
	var out []patchBody
	err := db.Each(ctx, q, "reading patches", `SELECT id, meta, body FROM case_patches WHERE case_id = $1 AND `+where+` ORDER BY at, id`,
		append([]any{o.ID}, args...), func(scan db.Scan) error {
			var id string
			var meta, body []byte
			if err := scan(&id, &meta, &body); err != nil {
				return err
			}
			var p patchBody
			if err := unseal(o.key, patchMetaContext(id), meta, &p.PatchFile); err != nil {
				return err
			}
			var err error
			p.diff, err = o.key.Open(patchContext(id), body)
			out = append(out, p)
			return err
		})
	return out, err
}

// patchBodies reads all patches that there ever were.
func patchBodies(ctx context.Context, q db.Queryer, o *opened) ([]patchBody, error) {
	return patchRows(ctx, q, o, `removed >= $2`, int64(0))
}

// patchFiles lists the patches that are given, without their text.
func patchFiles(ctx context.Context, q db.Queryer, o *opened) ([]PatchFile, error) {
	var out []PatchFile
	err := db.Each(ctx, q, "listing patches", `SELECT id, meta FROM case_patches WHERE case_id = $1 AND removed = 0 ORDER BY at, id`,
		[]any{o.ID}, func(scan db.Scan) error {
			var id string
			var meta []byte
			if err := scan(&id, &meta); err != nil {
				return err
			}
			var p PatchFile
			err := unseal(o.key, patchMetaContext(id), meta, &p)
			out = append(out, p)
			return err
		})
	return out, err
}
