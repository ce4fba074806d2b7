package account

import (
	"context"
	"fmt"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/errs"
)

// kinds of ceremonies.
const (
	kindMake = "make"
	kindShow = "show"
)

// pending is a ceremony that waits for its answer.
type pending struct {
	kind    string
	userID  string
	linkID  string
	name    string
	state   []byte
	expires time.Time
}

// begin keeps a ceremony and gives it a secret. Those that have expired go.
func (s *Store) begin(ctx context.Context, p pending, options []byte) (Ceremony, error) {
	secret, err := newSecret(s.Rand)
	if err != nil {
		return Ceremony{}, err
	}
	now := s.now()
	p.expires = now.Add(ceremonyLife)
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, "DELETE FROM ceremonies WHERE expires_at <= $1", db.Micros(now)); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO ceremonies (hash, kind, user_id, link_id, name, state, expires_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			hashOf(secret), p.kind, p.userID, p.linkID, p.name, string(p.state), db.Micros(p.expires))
		return err
	})
	if err != nil {
		return Ceremony{}, fmt.Errorf("keeping a ceremony: %w", err)
	}
	return Ceremony{ID: secret, Options: options, Expires: p.expires}, nil
}

// take ends a ceremony: whatever its answer is worth, there is no second one.
func (s *Store) take(ctx context.Context, id, kind string) (pending, error) {
	if len(id) != secretChars {
		return pending{}, errCeremony()
	}
	var p pending
	var state string
	var expires int64
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		err := tx.QueryRow(ctx, "DELETE FROM ceremonies WHERE hash = $1 RETURNING kind, user_id, link_id, name, state, expires_at", hashOf(id)).
			Scan(&p.kind, &p.userID, &p.linkID, &p.name, &state, &expires)
		return found(err, errCeremony())
	})
	if err != nil {
		return pending{}, err
	}
	p.state, p.expires = []byte(state), db.FromMicros(expires)
	if p.kind != kind || !s.now().Before(p.expires) {
		return pending{}, errCeremony()
	}
	return p, nil
}

// readHolder reads a user with the passkeys they have here.
func (s *Store) readHolder(ctx context.Context, q db.Queryer, userID string) (*holder, error) {
	u, err := readUser(ctx, q, userID)
	if err != nil {
		return nil, err
	}
	h := &holder{user: u}
	if err := q.QueryRow(ctx, "SELECT handle FROM users WHERE id = $1", userID).Scan(&h.handle); err != nil {
		return nil, fmt.Errorf("reading the handle of a user: %w", err)
	}
	kept, err := all(ctx, q, scanKept, "SELECT "+keptColumns+" FROM passkeys WHERE user_id = $1 AND host = $2", userID, s.RP.ID)
	if err != nil {
		return nil, fmt.Errorf("reading the passkeys of a user: %w", err)
	}
	for _, k := range kept {
		h.keys = append(h.keys, k.key)
	}
	return h, nil
}

// BeginEnrolment asks the browser of a link's holder to make a passkey, to be
// kept under the given name. The link is not used up yet.
func (s *Store) BeginEnrolment(ctx context.Context, link, name string) (Ceremony, error) {
	if err := s.RP.needed(); err != nil {
		return Ceremony{}, err
	}
	var h *holder
	var l Link
	err := s.DB.Read(ctx, func(q db.Queryer) (err error) {
		if l, err = s.readLink(ctx, q, "hash", hashOf(link)); err != nil {
			return err
		}
		if l.Purpose != Enrol {
			return errLink()
		}
		h, err = s.readHolder(ctx, q, l.UserID)
		return err
	})
	if err != nil {
		return Ceremony{}, err
	}
	return s.beginMake(ctx, h, l.ID, name)
}

// BeginPasskey asks the caller's browser to make one more passkey.
func (s *Store) BeginPasskey(ctx context.Context, c acl.Caller, name string) (Ceremony, error) {
	if err := maySelf(c); err != nil {
		return Ceremony{}, err
	}
	if err := s.RP.needed(); err != nil {
		return Ceremony{}, err
	}
	var h *holder
	err := s.DB.Read(ctx, func(q db.Queryer) (err error) {
		h, err = s.readHolder(ctx, q, c.ID)
		return err
	})
	if err != nil {
		return Ceremony{}, err
	}
	return s.beginMake(ctx, h, "", name)
}

func (s *Store) beginMake(ctx context.Context, h *holder, linkID, name string) (Ceremony, error) {
	if !h.user.Active() {
		return Ceremony{}, disabled(h.user)
	}
	name, bad := cleanName("name", name)
	if bad != nil {
		return Ceremony{}, bad
	}
	challenge, err := randomBytes(s.Rand, 32)
	if err != nil {
		return Ceremony{}, err
	}
	options, state, err := s.RP.askToMake(h, challenge)
	if err != nil {
		return Ceremony{}, err
	}
	return s.begin(ctx, pending{kind: kindMake, userID: h.user.ID, linkID: linkID, name: name, state: state}, options)
}

// FinishEnrolment takes the browser's answer: the passkey is kept, the link is
// used up, and the person is signed in.
func (s *Store) FinishEnrolment(ctx context.Context, ceremonyID string, response []byte, agent string) (in SignedIn, err error) {
	p, h, key, err := s.verifyMade(ctx, ceremonyID, response)
	if err != nil {
		return SignedIn{}, err
	}
	if p.linkID == "" {
		return SignedIn{}, errCeremony()
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		l, err := s.useLink(ctx, tx, "id", p.linkID, Enrol)
		if err != nil {
			return err
		}
		k, err := s.keep(ctx, tx, h.user.Caller(), p, l.MadeBy, key)
		if err != nil {
			return err
		}
		u, err := readUser(ctx, tx, h.user.ID)
		if err != nil {
			return err
		}
		in, err = s.signIn(ctx, tx, u, k.ID, agent, map[string]string{"with": "a passkey", "passkey": k.Name})
		return err
	})
	if err != nil {
		return SignedIn{}, passkeyTaken(err)
	}
	return in, nil
}

// FinishPasskey takes the answer to BeginPasskey.
func (s *Store) FinishPasskey(ctx context.Context, c acl.Caller, ceremonyID string, response []byte) (k Passkey, err error) {
	if err := maySelf(c); err != nil {
		return Passkey{}, err
	}
	p, _, key, err := s.verifyMade(ctx, ceremonyID, response)
	if err != nil {
		return Passkey{}, err
	}
	if p.linkID != "" || p.userID != c.ID {
		return Passkey{}, errCeremony()
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		k, err = s.keep(ctx, tx, c, p, "", key)
		return err
	})
	if err != nil {
		return Passkey{}, passkeyTaken(err)
	}
	return k, nil
}

// verifyMade ends a ceremony and verifies the passkey that was made in it.
func (s *Store) verifyMade(ctx context.Context, ceremonyID string, response []byte) (pending, *holder, *webauthn.Credential, error) {
	if err := s.RP.needed(); err != nil {
		return pending{}, nil, nil, err
	}
	answer, err := readMade(response)
	if err != nil {
		return pending{}, nil, nil, err
	}
	p, err := s.take(ctx, ceremonyID, kindMake)
	if err != nil {
		return pending{}, nil, nil, err
	}
	var h *holder
	err = s.DB.Read(ctx, func(q db.Queryer) (err error) {
		h, err = s.readHolder(ctx, q, p.userID)
		return err
	})
	if err != nil {
		return pending{}, nil, nil, err
	}
	key, err := s.RP.checkMade(h, p.state, answer)
	return p, h, key, err
}

// keep keeps a verified passkey and records it.
func (s *Store) keep(ctx context.Context, tx *db.Tx, c acl.Caller, p pending, addedBy string, key *webauthn.Credential) (Passkey, error) {
	k := Passkey{
		ID: db.NewID(s.Rand), UserID: p.userID, Name: p.name, Host: s.RP.ID, AddedBy: addedBy,
		Synced: key.Flags.BackupState, Created: s.now(),
	}
	if err := insertPasskey(ctx, tx, k, key); err != nil {
		return Passkey{}, err
	}
	detail := map[string]string{"name": k.Name}
	if addedBy != "" {
		detail["link made by"] = addedBy
	}
	return k, s.record(ctx, tx, c, didAddPasskey, p.userID, detail)
}

// passkeyTaken explains that the credential is known already: credentials are
// random, so it is the same passkey sent twice, or somebody else's.
func passkeyTaken(err error) error {
	if db.IsUnique(err) {
		return errs.Conflictf("This passkey is enrolled already.").WithHint("sign in with it, or make another")
	}
	return err
}

// BeginSignIn asks a browser to show a passkey, whosever it is.
func (s *Store) BeginSignIn(ctx context.Context) (Ceremony, error) {
	if err := s.RP.needed(); err != nil {
		return Ceremony{}, err
	}
	challenge, err := randomBytes(s.Rand, 32)
	if err != nil {
		return Ceremony{}, err
	}
	options, state, err := s.RP.askToShow(challenge)
	if err != nil {
		return Ceremony{}, err
	}
	return s.begin(ctx, pending{kind: kindShow, state: state}, options)
}

// FinishSignIn takes the browser's answer and signs its user in. A passkey
// whose counter did not grow may have been copied; which of the two is the
// copy cannot be known, so it is refused from then on and the refusal is
// recorded, and the sessions it opened end (Level 3, 7.2, on signCount).
func (s *Store) FinishSignIn(ctx context.Context, ceremonyID string, response []byte, agent string) (in SignedIn, err error) {
	if err := s.RP.needed(); err != nil {
		return SignedIn{}, err
	}
	answer, err := readShown(response)
	if err != nil {
		return SignedIn{}, err
	}
	p, err := s.take(ctx, ceremonyID, kindShow)
	if err != nil {
		return SignedIn{}, err
	}
	kept, h, err := s.readShownBy(ctx, answer.RawID)
	if err != nil {
		return SignedIn{}, err
	}
	key, err := s.RP.checkShown(h, p.state, answer)
	if err != nil {
		return SignedIn{}, err
	}
	copied := kept.Copied || key.Authenticator.CloneWarning
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if copied {
			return s.refuse(ctx, tx, h.user, kept.Passkey)
		}
		in, err = s.admit(ctx, tx, h.user.ID, kept, key, agent)
		return err
	})
	switch {
	case err != nil:
		return SignedIn{}, err
	case copied:
		return SignedIn{}, errCopied()
	}
	return in, nil
}

// readShownBy reads a passkey by its credential, and its holder.
func (s *Store) readShownBy(ctx context.Context, credential []byte) (k keptPasskey, h *holder, err error) {
	err = s.DB.Read(ctx, func(q db.Queryer) (err error) {
		k, err = scanKept(q.QueryRow(ctx, "SELECT "+keptColumns+" FROM passkeys WHERE credential_id = $1 AND host = $2",
			credentialID(credential), s.RP.ID))
		if err != nil {
			return found(err, errs.Invalidf("passkey", "Steward does not know this passkey.").
				WithHint("it may have been removed; use another, or ask a lead for a link to enrol one"))
		}
		h, err = s.readHolder(ctx, q, k.UserID)
		return err
	})
	return k, h, err
}

// admit signs a user in with a passkey that was verified. The counter must
// still be the one it was verified by, so that two answers with the same
// counter cannot both pass.
func (s *Store) admit(ctx context.Context, tx *db.Tx, userID string, kept keptPasskey, key *webauthn.Credential, agent string) (SignedIn, error) {
	res, err := tx.Exec(ctx, `UPDATE passkeys SET sign_count = $3, synced = $4, used_at = $5 WHERE id = $1 AND sign_count = $2 AND NOT copied`,
		kept.ID, int64(kept.key.Authenticator.SignCount), int64(key.Authenticator.SignCount), key.Flags.BackupState, db.Micros(s.now()))
	if err != nil {
		return SignedIn{}, err
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return SignedIn{}, errCeremony()
	}
	u, err := readUser(ctx, tx, userID)
	if err != nil {
		return SignedIn{}, err
	}
	return s.signIn(ctx, tx, u, kept.ID, agent, map[string]string{"with": "a passkey", "passkey": kept.Name})
}

// refuse marks a passkey as copied and ends what it opened.
func (s *Store) refuse(ctx context.Context, tx *db.Tx, u User, k Passkey) error {
	if k.Copied {
		return nil // known and recorded
	}
	if _, err := tx.Exec(ctx, "UPDATE passkeys SET copied = TRUE WHERE id = $1", k.ID); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "DELETE FROM sessions WHERE passkey_id = $1", k.ID); err != nil {
		return err
	}
	return s.record(ctx, tx, u.Caller(), didRefusePasskey, u.ID, map[string]string{"passkey": k.Name})
}
