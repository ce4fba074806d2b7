package account

import (
	"context"

	"steward/internal/base/db"
	"steward/internal/base/errs"
)

// Known gives those of the users that there are, by id, for a store that links
// to them and asks within its own transaction. It checks no permission: what of
// it may be shown is for that store to decide.
func Known(ctx context.Context, q db.Queryer, ids []string) (map[string]User, error) {
	users := make(map[string]User, len(ids))
	for _, id := range ids {
		if _, asked := users[id]; asked {
			continue
		}
		switch u, err := readUser(ctx, q, id); {
		case errs.Is(err, errs.NotFound):
		case err != nil:
			return nil, err
		default:
			users[id] = u
		}
	}
	return users, nil
}
