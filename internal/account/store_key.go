package account

import (
	"context"
	"fmt"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/errs"
	"steward/internal/base/sign"
)

// SetKey gives a person an OpenPGP key, in place of the one before. The person
// may, and those who manage people; a key that cannot be encrypted to is
// errs.Invalid, field "key".
func (s *Store) SetKey(ctx context.Context, c acl.Caller, userID, armored string) (PGPKey, error) {
	if err := mayKeep(c, userID); err != nil {
		return PGPKey{}, err
	}
	fingerprint, err := sign.CheckRecipient([]byte(armored), s.now())
	if err != nil {
		return PGPKey{}, err
	}
	k := PGPKey{User: userID, Armored: armored, Fingerprint: fingerprint, AddedBy: c.Name, Added: s.now()}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if _, err := readUser(ctx, tx, userID); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO user_keys (user_id, armored, fingerprint, added_by, added_at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (user_id) DO UPDATE SET armored = $2, fingerprint = $3, added_by = $4, added_at = $5`,
			userID, armored, fingerprint, c.Name, db.Micros(k.Added))
		if err != nil {
			return fmt.Errorf("keeping the key of a person: %w", err)
		}
		return s.record(ctx, tx, c, didSetKey, userID, map[string]string{"fingerprint": fingerprint})
	})
	return k, err
}

// RemoveKey takes a person's OpenPGP key away: letters to them say from then
// on no more than that there is something to read.
func (s *Store) RemoveKey(ctx context.Context, c acl.Caller, userID string) error {
	if err := mayKeep(c, userID); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		k, err := readKey(ctx, tx, userID)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM user_keys WHERE user_id = $1`, userID); err != nil {
			return fmt.Errorf("removing the key of a person: %w", err)
		}
		return s.record(ctx, tx, c, didRemoveKey, userID, map[string]string{"fingerprint": k.Fingerprint})
	})
}

// Key gives a person's OpenPGP key; errs.NotFound if they have none.
func (s *Store) Key(ctx context.Context, c acl.Caller, userID string) (k PGPKey, err error) {
	if err := mayRead(c, userID); err != nil {
		return PGPKey{}, err
	}
	err = s.DB.Read(ctx, func(q db.Queryer) error {
		k, err = readKey(ctx, q, userID)
		return err
	})
	return k, err
}

// Keys gives the OpenPGP keys of all who may sign in.
func (s *Store) Keys(ctx context.Context, c acl.Caller) (list []PGPKey, err error) {
	if err := mayList(c); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(q db.Queryer) error {
		list, err = all(ctx, q, scanKey, `SELECT `+keyColumns+` FROM user_keys k JOIN users u ON u.id = k.user_id
			WHERE u.disabled_at = 0 ORDER BY k.added_at, k.fingerprint`)
		return err
	})
	return list, err
}

// Reach is where a person is written to.
type Reach struct {
	User
	Key PGPKey // zero: none is known
}

// Reach gives where a person is written to, within the caller's read or write:
// errs.NotFound if there is no such person, or none who may sign in. Only
// Steward itself may ask.
func (s *Store) Reach(ctx context.Context, c acl.Caller, q db.Queryer, userID string) (Reach, error) {
	if !operator(c) {
		return Reach{}, errs.Missing()
	}
	u, err := readUser(ctx, q, userID)
	if err == nil && !u.Active() {
		err = errs.Missing()
	}
	if err != nil {
		return Reach{}, err
	}
	k, err := readKey(ctx, q, userID)
	if err != nil && !errs.Is(err, errs.NotFound) {
		return Reach{}, err
	}
	return Reach{User: u, Key: k}, nil
}

// Holding gives everyone who holds one of the roles in the team and may sign
// in, within the caller's read or write, in the order in which they were added.
// Only Steward itself may ask.
func (s *Store) Holding(ctx context.Context, c acl.Caller, q db.Queryer, roles ...acl.Role) ([]User, error) {
	if !operator(c) {
		return nil, errs.Missing()
	}
	users, err := all(ctx, q, scanUser, "SELECT "+userColumns+" FROM users WHERE disabled_at = 0 AND role <> '' ORDER BY created_at, id")
	if err != nil {
		return nil, fmt.Errorf("reading who holds a role: %w", err)
	}
	var out []User
	for _, u := range users {
		for _, r := range roles {
			if u.Role == r {
				out = append(out, u)
				break
			}
		}
	}
	return out, nil
}

const keyColumns = "k.user_id, k.armored, k.fingerprint, k.added_by, k.added_at"

func scanKey(row scanner) (k PGPKey, err error) {
	var added int64
	err = row.Scan(&k.User, &k.Armored, &k.Fingerprint, &k.AddedBy, &added)
	k.Added = db.FromMicros(added)
	return k, err
}

func readKey(ctx context.Context, q db.Queryer, userID string) (PGPKey, error) {
	k, err := scanKey(q.QueryRow(ctx, `SELECT `+keyColumns+` FROM user_keys k WHERE k.user_id = $1`, userID))
	return k, found(err, errs.Missing())
}
