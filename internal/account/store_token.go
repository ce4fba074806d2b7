package account

import (
	"context"
	"fmt"
	"slices"
	"time"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/errs"
)

const tokenColumns = "t.id, t.user_id, t.name, t.created_at, t.expires_at, t.used_day"

// tokenRow reads tokenColumns, and more of the row into rest.
func tokenRow(row scanner, rest ...any) (Token, error) {
	var t Token
	var created, expires, used int64
	if err := row.Scan(append([]any{&t.ID, &t.UserID, &t.Name, &created, &expires, &used}, rest...)...); err != nil {
		return Token{}, err
	}
	t.Created, t.Expires, t.Used = db.FromMicros(created), db.FromMicros(expires), db.Moment(used)
	return t, nil
}

func scanToken(row scanner) (Token, error) { return tokenRow(row) }

// CreateToken makes an API token of the caller's own. A life of 0 means
// DefaultTokenLife. The secret is given this once.
func (s *Store) CreateToken(ctx context.Context, c acl.Caller, name string, life time.Duration) (t Token, secret string, err error) {
	if err := maySelf(c); err != nil {
		return Token{}, "", err
	}
	name, bad := cleanName("name", name)
	if bad != nil {
		return Token{}, "", bad
	}
	if life, err = tokenLife(life); err != nil {
		return Token{}, "", err
	}
	if secret, err = newSecret(s.Rand); err != nil {
		return Token{}, "", err
	}
	secret = TokenPrefix + secret
	now := s.now()
	t = Token{ID: db.NewID(s.Rand), UserID: c.ID, Name: name, Created: now, Expires: now.Add(life)}
	err = s.DB.Write(ctx, func(tx *db.Tx) error { return s.insertToken(ctx, tx, c, t, secret) })
	if db.IsUnique(err) {
		err = errs.Invalidf("name", "You have a token called %q already.", name).WithHint("revoke it, or choose another name")
	}
	if err != nil {
		return Token{}, "", err
	}
	return t, secret, nil
}

func (s *Store) insertToken(ctx context.Context, tx *db.Tx, c acl.Caller, t Token, secret string) error {
	if _, err := activeUser(ctx, tx, c.ID); err != nil {
		return err
	}
	// One that has expired does not keep its name from a new one.
	if _, err := tx.Exec(ctx, "DELETE FROM api_tokens WHERE user_id = $1 AND expires_at <= $2", c.ID, db.Micros(t.Created)); err != nil {
		return err
	}
	n, err := count(ctx, tx, "SELECT count(*) FROM api_tokens WHERE user_id = $1", c.ID)
	if err != nil {
		return fmt.Errorf("counting tokens: %w", err)
	}
	if n >= maxTokens {
		return errs.Conflictf("You have %d API tokens; more are not possible.", n).WithHint("revoke those you do not use")
	}
	_, err = tx.Exec(ctx, `INSERT INTO api_tokens (id, hash, user_id, name, created_at, expires_at, used_day)
		VALUES ($1, $2, $3, $4, $5, $6, 0)`,
		t.ID, hashOf(secret), t.UserID, t.Name, db.Micros(t.Created), db.Micros(t.Expires))
	if err != nil {
		return err
	}
	return s.record(ctx, tx, c, didMakeToken, c.ID, map[string]string{"name": t.Name, "expires": t.Expires.Format(time.DateOnly)})
}

// Tokens lists a person's API tokens by name, without those that have expired.
func (s *Store) Tokens(ctx context.Context, c acl.Caller, userID string) (list []Token, err error) {
	if err := mayKeep(c, userID); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(q db.Queryer) error {
		list, err = all(ctx, q, scanToken, "SELECT "+tokenColumns+" FROM api_tokens t WHERE t.user_id = $1 AND t.expires_at > $2",
			userID, db.Micros(s.now()))
		return err
	})
	slices.SortFunc(list, func(a, b Token) int { return compareNames(a.Name, b.Name) })
	return list, err
}

// RevokeToken makes an API token stop working.
func (s *Store) RevokeToken(ctx context.Context, c acl.Caller, id string) error {
	if !db.ValidID(id) {
		return errs.Missing()
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		t, err := scanToken(tx.QueryRow(ctx, "SELECT "+tokenColumns+" FROM api_tokens t WHERE t.id = $1", id))
		if err != nil {
			return found(err, errs.Missing())
		}
		if err := mayKeep(c, t.UserID); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "DELETE FROM api_tokens WHERE id = $1", id); err != nil {
			return err
		}
		return s.record(ctx, tx, c, didRevokeToken, t.UserID, map[string]string{"name": t.Name})
	})
}

// AuthenticateToken finds out whose API token it is. It writes once a day at
// most. Where the token does not work the error is Denied with ErrSignedOut as
// its cause.
func (s *Store) AuthenticateToken(ctx context.Context, secret string) (acl.Caller, error) {
	if !looksLikeToken(secret) {
		return acl.Caller{}, badToken()
	}
	var t Token
	var name, role string
	var off int64
	err := s.DB.Read(ctx, func(q db.Queryer) (err error) {
		t, err = tokenRow(q.QueryRow(ctx, "SELECT "+tokenColumns+", u.name, u.role, u.disabled_at"+
			" FROM api_tokens t JOIN users u ON u.id = t.user_id WHERE t.hash = $1", hashOf(secret)), &name, &role, &off)
		return found(err, badToken())
	})
	if err != nil {
		return acl.Caller{}, err
	}
	now := s.now()
	if off != 0 || !now.Before(t.Expires) {
		return acl.Caller{}, badToken()
	}
	if today := now.Truncate(day); today.After(t.Used) {
		err := s.DB.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, "UPDATE api_tokens SET used_day = $2 WHERE id = $1 AND used_day < $2", t.ID, db.Micros(today))
			return err
		})
		if err != nil {
			return acl.Caller{}, fmt.Errorf("noting that a token is in use: %w", err)
		}
	}
	return acl.Caller{ID: t.UserID, Name: name, Role: acl.Role(role)}, nil
}
