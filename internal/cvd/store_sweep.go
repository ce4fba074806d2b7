package cvd

import (
	"context"

	"steward/internal/base/acl"
	"steward/internal/base/db"
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
		ids, err := intake.Blobs(ctx, q)
		if err != nil {
			return err
		}
		for _, id := range ids {
			kept[id] = true
		}
		return messageBlobs(ctx, q, kept)
	})
	return kept, err
}

// messageBlobs adds the files of letters, and what was encrypted in place of
// some of them.
func messageBlobs(ctx context.Context, q db.Queryer, kept map[string]bool) error {
	return each(ctx, q, "listing the files of messages",
		`SELECT blob_id FROM case_files UNION ALL SELECT cipher_id FROM case_files WHERE cipher_id IS NOT NULL`, nil,
		func(scan scanner) error {
			var id string
			err := scan(&id)
			kept[id] = true
			return err
		})
}
