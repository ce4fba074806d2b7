package seal

import (
	"bytes"
	"context"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"steward/internal/base/db"
)

// ErrNoKey is given for a scope that has no key.
var ErrNoKey = errors.New("there is no key for this")

// Keyring holds the master and, through it, the keys of all scopes.
type Keyring struct {
	master []byte
	wrap   *Key // seals the keys of the scopes

	derived sync.Map // label → what Derive gives for it
}

// OpenKeyring takes the master, which must be 32 bytes long.
func OpenKeyring(master []byte) (*Keyring, error) {
	if len(master) != KeySize {
		return nil, fmt.Errorf("the master key has %d bytes; it must have %d", len(master), KeySize)
	}
	k := &Keyring{master: append([]byte(nil), master...)}
	var err error
	k.wrap, err = newKey("seal_keys", k.expand("steward seal_keys 1"))
	if err != nil {
		return nil, err
	}
	return k, nil
}

// Create makes the key of a new scope and stores it, wrapped. A scope that
// has one already is an error for which db.IsUnique holds.
func (k *Keyring) Create(ctx context.Context, tx *db.Tx, scope string) (*Key, error) {
	secret := NewMaster(rand.Reader)
	key, err := newKey(scope, secret)
	if err != nil {
		return nil, err
	}
	_, err = tx.Exec(ctx, "INSERT INTO seal_keys (scope, wrapped) VALUES ($1, $2)", scope, k.wrap.Seal(scope, secret))
	if err != nil {
		return nil, fmt.Errorf("storing the key of %s: %w", scope, err)
	}
	return key, nil
}

// Key fetches the key of a scope. The error is ErrNoKey if it has none.
func (k *Keyring) Key(ctx context.Context, q db.Queryer, scope string) (*Key, error) {
	var wrapped []byte
	err := q.QueryRow(ctx, "SELECT wrapped FROM seal_keys WHERE scope = $1", scope).Scan(&wrapped)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("%s: %w", scope, ErrNoKey)
	}
	if err != nil {
		return nil, fmt.Errorf("fetching the key of %s: %w", scope, err)
	}
	secret, err := k.wrap.Open(scope, wrapped)
	if err != nil {
		return nil, fmt.Errorf("unwrapping a key (is this the master key of this database?): %w", err)
	}
	return newKey(scope, secret)
}

// Derive gives 32 secret bytes that depend on the master and the label alone,
// for a MAC over something that leaves the house and comes back. Labels are
// few, and what they give is kept.
func (k *Keyring) Derive(label string) []byte {
	secret, known := k.derived.Load(label)
	if !known {
		secret, _ = k.derived.LoadOrStore(label, k.expand("steward derive 1 "+label))
	}
	return bytes.Clone(secret.([]byte))
}

func (k *Keyring) expand(info string) []byte {
	b, err := hkdf.Key(sha256.New, k.master, nil, info, KeySize)
	if err != nil {
		// Only an absurd length, or a master too short under FIPS, can do this;
		// both lengths are fixed at 32.
		panic("seal: " + err.Error())
	}
	return b
}

// String keeps the master out of every print and log.
func (k *Keyring) String() string { return "keyring" }

// GoString is String, for %#v.
func (k *Keyring) GoString() string { return k.String() }

// LogValue is String, for slog.
func (k *Keyring) LogValue() slog.Value { return slog.StringValue(k.String()) }
