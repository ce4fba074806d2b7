package predisclosure

import (
	"context"

	"steward/internal/base/acl"
	"steward/internal/base/db"
)

// IsContact tells whether the caller is a contact of any member, without
// reading one: what a page asks that only wants to know where to lead.
func (s *Store) IsContact(ctx context.Context, c acl.Caller) (is bool, err error) {
	if !person(c) {
		return false, nil
	}
	err = s.DB.Read(ctx, func(q db.Queryer) error {
		mine, err := membershipsOf(ctx, q, c.ID)
		is = len(mine) > 0
		return err
	})
	return is, err
}
