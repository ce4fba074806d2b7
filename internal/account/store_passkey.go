package account

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/errs"
)

const passkeyColumns = "id, user_id, host, name, added_by, synced, copied, created_at, used_at"

// passkeyRow reads passkeyColumns, and more of the row into rest.
func passkeyRow(row scanner, rest ...any) (Passkey, error) {
	var p Passkey
	var created, used int64
	dest := append([]any{&p.ID, &p.UserID, &p.Host, &p.Name, &p.AddedBy, &p.Synced, &p.Copied, &created, &used}, rest...)
	if err := row.Scan(dest...); err != nil {
		return Passkey{}, err
	}
	p.Created, p.Used = db.FromMicros(created), db.Moment(used)
	return p, nil
}

func scanPasskey(row scanner) (Passkey, error) { return passkeyRow(row) }

// keptPasskey is a passkey with what its signatures are checked by.
type keptPasskey struct {
	Passkey
	key webauthn.Credential
}

func scanKept(row scanner) (keptPasskey, error) {
	var k keptPasskey
	var credential, transports string
	var syncable bool
	var err error
	k.Passkey, err = passkeyRow(row, &credential, &k.key.PublicKey, &transports, &k.key.Authenticator.SignCount, &syncable)
	if err != nil {
		return keptPasskey{}, err
	}
	if k.key.ID, err = base64.RawURLEncoding.DecodeString(credential); err != nil {
		return keptPasskey{}, fmt.Errorf("reading the credential of passkey %s: %w", k.ID, err)
	}
	for t := range strings.SplitSeq(transports, ",") {
		if t != "" {
			k.key.Transport = append(k.key.Transport, protocol.AuthenticatorTransport(t))
		}
	}
	k.key.Flags = webauthn.CredentialFlags{UserPresent: true, UserVerified: true, BackupEligible: syncable, BackupState: k.Synced}
	return k, nil
}

const keptColumns = passkeyColumns + ", credential_id, public_key, transports, sign_count, syncable"

// known are the ways to reach an authenticator that browsers may name; what
// else they say is not kept.
var known = []protocol.AuthenticatorTransport{protocol.USB, protocol.NFC, protocol.BLE, protocol.SmartCard, protocol.Hybrid, protocol.Internal}

func transportList(ts []protocol.AuthenticatorTransport) string {
	var words []string
	for _, t := range known {
		if slices.Contains(ts, t) {
			words = append(words, string(t))
		}
	}
	return strings.Join(words, ",")
}

// insertPasskey keeps a new passkey.
func insertPasskey(ctx context.Context, tx *db.Tx, p Passkey, key *webauthn.Credential) error {
	n, err := count(ctx, tx, "SELECT count(*) FROM passkeys WHERE user_id = $1", p.UserID)
	if err != nil {
		return fmt.Errorf("counting passkeys: %w", err)
	}
	if n >= maxPasskeys {
		return errs.Conflictf("There are %d passkeys already; more are not possible.", n).WithHint("remove one that is not in use")
	}
	_, err = tx.Exec(ctx, `INSERT INTO passkeys (id, credential_id, user_id, host, name, added_by, public_key, transports, sign_count, synced, syncable, copied, created_at, used_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, FALSE, $12, 0)`,
		p.ID, credentialID(key.ID), p.UserID, p.Host, p.Name, p.AddedBy, key.PublicKey, transportList(key.Transport),
		int64(key.Authenticator.SignCount), p.Synced, key.Flags.BackupEligible, db.Micros(p.Created))
	return err
}

// Passkeys lists a person's passkeys, the oldest first.
func (s *Store) Passkeys(ctx context.Context, c acl.Caller, userID string) (list []Passkey, err error) {
	if err := mayKeep(c, userID); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(q db.Queryer) error {
		list, err = all(ctx, q, scanPasskey, "SELECT "+passkeyColumns+" FROM passkeys WHERE user_id = $1", userID)
		return err
	})
	slices.SortFunc(list, func(a, b Passkey) int { return a.Created.Compare(b.Created) })
	return list, err
}

// RenamePasskey gives a passkey another name.
func (s *Store) RenamePasskey(ctx context.Context, c acl.Caller, id, name string) error {
	return s.changePasskey(ctx, c, id, func(tx *db.Tx, p Passkey) error {
		name, bad := cleanName("name", name)
		if bad != nil {
			return bad
		}
		if name == p.Name {
			return nil
		}
		if _, err := tx.Exec(ctx, "UPDATE passkeys SET name = $2 WHERE id = $1", id, name); err != nil {
			return err
		}
		return s.record(ctx, tx, c, didRenamePasskey, p.UserID, map[string]string{"name": name, "old name": p.Name})
	})
}

// RemovePasskey removes a passkey and ends the sessions that it opened. The
// last one that works is kept as long as no link to enrol another waits, so
// that nobody shuts themselves out by mistake.
func (s *Store) RemovePasskey(ctx context.Context, c acl.Caller, id string) error {
	return s.changePasskey(ctx, c, id, func(tx *db.Tx, p Passkey) error {
		if err := s.wayIn(ctx, tx, p); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "DELETE FROM sessions WHERE passkey_id = $1", id); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "DELETE FROM passkeys WHERE id = $1", id); err != nil {
			return err
		}
		return s.record(ctx, tx, c, didRemovePasskey, p.UserID, map[string]string{"name": p.Name})
	})
}

// wayIn refuses the removal of a passkey that is its user's only way in.
func (s *Store) wayIn(ctx context.Context, tx *db.Tx, p Passkey) error {
	if p.Copied || (s.RP != nil && p.Host != s.RP.ID) {
		return nil // it opens nothing
	}
	n, err := count(ctx, tx, `SELECT (SELECT count(*) FROM passkeys WHERE user_id = $1 AND id <> $2 AND host = $3 AND NOT copied)
		+ (SELECT count(*) FROM links WHERE user_id = $1 AND purpose = $4 AND expires_at > $5)`,
		p.UserID, p.ID, p.Host, string(Enrol), db.Micros(s.now()))
	if err != nil {
		return fmt.Errorf("counting passkeys and links: %w", err)
	}
	if n == 0 {
		return errs.Conflictf("This is the last passkey that works.").WithHint("add another first, or have a lead make a link to enrol one")
	}
	return nil
}

// changePasskey runs f on a passkey that is the caller's to look after.
func (s *Store) changePasskey(ctx context.Context, c acl.Caller, id string, f func(tx *db.Tx, p Passkey) error) error {
	if !db.ValidID(id) {
		return errs.Missing()
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		p, err := scanPasskey(tx.QueryRow(ctx, "SELECT "+passkeyColumns+" FROM passkeys WHERE id = $1", id))
		if err != nil {
			return found(err, errs.Missing())
		}
		if err := mayKeep(c, p.UserID); err != nil {
			return err
		}
		return f(tx, p)
	})
}
