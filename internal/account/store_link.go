package account

import (
	"context"
	"slices"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/errs"
)

const (
	linkColumns = "l.id, l.user_id, u.name, l.purpose, l.made_by, l.created_at, l.expires_at"
	linkTables  = "links l JOIN users u ON u.id = l.user_id"
)

func scanLink(row scanner) (Link, error) {
	var l Link
	var purpose string
	var created, expires int64
	if err := row.Scan(&l.ID, &l.UserID, &l.UserName, &purpose, &l.MadeBy, &created, &expires); err != nil {
		return Link{}, err
	}
	l.Purpose, l.Created, l.Expires = Purpose(purpose), db.FromMicros(created), db.FromMicros(expires)
	return l, nil
}

// CreateLink makes a link by which a person can enrol a passkey or, made by
// the operator only, be signed in. The secret is given this once; it belongs
// after the # of a URL, which browsers do not send and servers do not log. A
// link of the same purpose that was made before stops working.
//
// Since its holder is taken for the person, the deed is in the audit record,
// and the passkey that comes of it shows for good who made the link.
func (s *Store) CreateLink(ctx context.Context, c acl.Caller, userID string, purpose Purpose) (l Link, secret string, err error) {
	if err := mayAdmin(c); err != nil {
		return Link{}, "", err
	}
	life, ok := lifetimes[purpose]
	switch {
	case !ok:
		return Link{}, "", errs.Invalidf("purpose", "%q is not what a link can be for", purpose)
	case purpose == SignIn && !operator(c):
		return Link{}, "", errs.Deniedf("Only the operator can make a link that signs someone in.").WithHint("make a link to enrol a passkey")
	}
	if secret, err = newSecret(s.Rand); err != nil {
		return Link{}, "", err
	}
	now := s.now()
	l = Link{ID: db.NewID(s.Rand), UserID: userID, Purpose: purpose, MadeBy: c.Name, Created: now, Expires: now.Add(life)}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		u, err := readUser(ctx, tx, userID)
		if err != nil {
			return err
		}
		if !u.Active() {
			return errs.Conflictf("%s is disabled.", u.Name).WithHint("enable them first")
		}
		l.UserName = u.Name
		_, err = tx.Exec(ctx, `INSERT INTO links (id, hash, user_id, purpose, made_by, created_at, expires_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (user_id, purpose) DO UPDATE SET id = excluded.id, hash = excluded.hash,
				made_by = excluded.made_by, created_at = excluded.created_at, expires_at = excluded.expires_at`,
			l.ID, hashOf(secret), l.UserID, string(l.Purpose), l.MadeBy, db.Micros(l.Created), db.Micros(l.Expires))
		if err != nil {
			return err
		}
		return s.record(ctx, tx, c, didMakeLink, userID, map[string]string{"purpose": string(purpose)})
	})
	if err != nil {
		return Link{}, "", err
	}
	return l, secret, nil
}

// Links lists the links to a person's account that wait to be used: the person
// sees them too.
func (s *Store) Links(ctx context.Context, c acl.Caller, userID string) (list []Link, err error) {
	if err := mayKeep(c, userID); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(q db.Queryer) error {
		list, err = all(ctx, q, scanLink, "SELECT "+linkColumns+" FROM "+linkTables+" WHERE l.user_id = $1 AND l.expires_at > $2",
			userID, db.Micros(s.now()))
		return err
	})
	slices.SortFunc(list, func(a, b Link) int { return b.Created.Compare(a.Created) })
	return list, err
}

// RevokeLink makes a link stop working before it is used.
func (s *Store) RevokeLink(ctx context.Context, c acl.Caller, id string) error {
	if !db.ValidID(id) {
		return errs.Missing()
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		l, err := scanLink(tx.QueryRow(ctx, "SELECT "+linkColumns+" FROM "+linkTables+" WHERE l.id = $1", id))
		if err != nil {
			return found(err, errs.Missing())
		}
		if err := mayKeep(c, l.UserID); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "DELETE FROM links WHERE id = $1", id); err != nil {
			return err
		}
		return s.record(ctx, tx, c, didRevokeLink, l.UserID, map[string]string{"purpose": string(l.Purpose)})
	})
}

// PeekLink tells whoever holds a link what it is for, and does not use it up.
func (s *Store) PeekLink(ctx context.Context, secret string) (l Link, err error) {
	err = s.DB.Read(ctx, func(q db.Queryer) error {
		l, err = s.readLink(ctx, q, "hash", hashOf(secret))
		return err
	})
	return l, err
}

// readLink reads a link that works, by its column id or hash.
func (s *Store) readLink(ctx context.Context, q db.Queryer, column, value string) (Link, error) {
	l, err := scanLink(q.QueryRow(ctx, "SELECT "+linkColumns+" FROM "+linkTables+
		" WHERE l."+column+" = $1 AND l.expires_at > $2 AND u.disabled_at = 0", value, db.Micros(s.now())))
	return l, found(err, errLink())
}

// useLink uses a link up: it is gone, and the caller goes through the door it
// opens in the same transaction.
func (s *Store) useLink(ctx context.Context, tx *db.Tx, column, value string, purpose Purpose) (Link, error) {
	l, err := s.readLink(ctx, tx, column, value)
	if err != nil {
		return Link{}, err
	}
	if l.Purpose != purpose {
		return Link{}, errLink()
	}
	if _, err := tx.Exec(ctx, "DELETE FROM links WHERE id = $1", l.ID); err != nil {
		return Link{}, err
	}
	return l, nil
}

// SignInByLink signs in the holder of a link that is for signing in. The link
// is used up.
func (s *Store) SignInByLink(ctx context.Context, secret, agent string) (in SignedIn, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		l, err := s.useLink(ctx, tx, "hash", hashOf(secret), SignIn)
		if err != nil {
			return err
		}
		u, err := readUser(ctx, tx, l.UserID)
		if err != nil {
			return err
		}
		in, err = s.signIn(ctx, tx, u, "", agent, map[string]string{"with": "a link", "made by": l.MadeBy})
		return err
	})
	if err != nil {
		return SignedIn{}, err
	}
	return in, nil
}
