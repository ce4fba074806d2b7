package cvd

import (
	"context"
	"errors"
	"io"
	"maps"
	"slices"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/seal"
	"steward/internal/intake"
)

// Kept gives the identifiers of all attachments that a record names, for the
// sweep of those that were put in and never filed. c is acl.Myself(); nothing
// is done to any record, so none is kept of it.
func (s *Store) Kept(ctx context.Context, c acl.Caller) (map[string]bool, error) {
	if err := acl.Check(acl.Sweep, acl.Sweep, ownRoles(c)...); err != nil {
		return nil, err
	}
	kept := map[string]bool{}
	err := s.DB.Read(ctx, func(q db.Queryer) error {
		all, err := blobs(ctx, q)
		for id := range all {
			kept[id] = true
		}
		return err
	})
	return kept, err
}

// VerifyFiles reads every attachment that a record names to its end and tells
// of those that do not open, by their identifier in the blob store. c is
// acl.Myself(), who learns nothing of what is in them.
func (s *Store) VerifyFiles(ctx context.Context, c acl.Caller, bad func(id string, err error)) error {
	if err := acl.Check(acl.Sweep, acl.Sweep, ownRoles(c)...); err != nil {
		return err
	}
	keys := map[string]*seal.Key{}
	var all map[string]string
	if err := s.DB.Read(ctx, func(q db.Queryer) (err error) {
		if all, err = blobs(ctx, q); err != nil {
			return err
		}
		for _, caseID := range all {
			if keys[caseID] == nil {
				if keys[caseID], err = s.Keys.Key(ctx, q, scopeOf(caseID)); err != nil {
					return err
				}
			}
		}
		return nil
	}); err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(all)) {
		err := s.readToEnd(ctx, keys[all[id]], id)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			bad(id, err)
		}
	}
	return nil
}

func (s *Store) readToEnd(ctx context.Context, key *seal.Key, id string) error {
	r, err := s.Blobs.Open(ctx, key, id)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, r)
	return errors.Join(err, r.Close())
}

// blobs gives every attachment that a record names, with the case whose key
// seals it: files of reports and of letters, and what was encrypted in place of
// some of these.
func blobs(ctx context.Context, q db.Queryer) (map[string]string, error) {
	all, err := intake.Blobs(ctx, q)
	if err != nil {
		return nil, err
	}
	err = db.Each(ctx, q, "listing the files of messages",
		`SELECT f.blob_id, m.case_id FROM case_files f JOIN case_messages m ON m.id = f.message_id
		UNION ALL SELECT f.cipher_id, m.case_id FROM case_files f JOIN case_messages m ON m.id = f.message_id
		WHERE f.cipher_id IS NOT NULL`, nil,
		func(scan db.Scan) error {
			var id, caseID string
			err := scan(&id, &caseID)
			all[id] = caseID
			return err
		})
	return all, err
}
