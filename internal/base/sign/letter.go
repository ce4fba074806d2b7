package sign

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	pgperrors "github.com/ProtonMail/go-crypto/openpgp/errors"
	openpgp "github.com/ProtonMail/go-crypto/openpgp/v2"

	"steward/internal/base/errs"
)

// Recipient is the public key of a person whom we write to, read once and
// used for many letters. It may be used by many goroutines at once.
type Recipient struct {
	fingerprint string
	facts       KeyFacts

	mu     sync.Mutex // the library notes in the entity which self-signatures it has checked
	entity *openpgp.Entity
}

// ParseRecipient reads an armored public key that a message can be encrypted
// to at the time now: it accepts what CheckRecipient accepts, with the same
// errors of kind Invalid, field "key".
func ParseRecipient(armored []byte, now time.Time) (*Recipient, error) {
	e, fpr, err := recipient(armored, now)
	if err != nil {
		return nil, err
	}
	return &Recipient{entity: e, fingerprint: fpr, facts: factsOf(e)}, nil
}

// ParseAnyRecipient reads an armored public key that may have expired, been
// revoked, or lack a part that encrypts, so that this can be shown. UsableAt
// tells; EncryptSigned refuses such a key.
func ParseAnyRecipient(armored []byte) (*Recipient, error) {
	e, err := readPublic(armored)
	if err != nil {
		return nil, err
	}
	return &Recipient{entity: e, fingerprint: fingerprint(e.PrimaryKey), facts: factsOf(e)}, nil
}

// Fingerprint gives the fingerprint of the primary key in upper-case
// hexadecimal digits, as CheckRecipient does.
func (r *Recipient) Fingerprint() string { return r.fingerprint }

// Expires is when nothing can be encrypted to the key any more: when the
// primary key expires or the last of its parts that encrypt. Zero: never.
func (r *Recipient) Expires() time.Time { return r.facts.Expires }

// UserIDs gives the names of the key, such as "Jo Doe <jo@example.net>", that
// its owner has signed and not revoked, in order of the alphabet.
func (r *Recipient) UserIDs() []string { return append([]string(nil), r.facts.UserIDs...) }

// Emails gives the addresses within UserIDs, each once, in lower case but for
// the part before the @, which is as it was written.
func (r *Recipient) Emails() []string { return append([]string(nil), r.facts.Emails...) }

// UsableAt is nil if a message can be encrypted to the key at the time t. Its
// error, of kind Invalid and field "key", says why not: it expired, and when;
// it was revoked; no part of it encrypts.
func (r *Recipient) UsableAt(t time.Time) error {
	_, err := r.key(t)
	return err
}

// key gives the part of the key that a message is encrypted to at the time t.
func (r *Recipient) key(t time.Time) (openpgp.Key, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	key, err := r.entity.EncryptionKeyWithError(t, config(t))
	if err == nil {
		return key, nil
	}
	if end := r.facts.Expires; errors.Is(selectionReason(err), pgperrors.ErrKeyExpired) && !end.IsZero() && t.After(end) {
		return key, errs.Invalidf("key", "The key expired on %s.", end.Format("2 January 2006")).
			WithHint("prolong it, or give another key").WithCause(err)
	}
	return key, unusable(err)
}

// EncryptSigned writes one armored OpenPGP message: plain, signed by our key
// at the time at in whole seconds, and encrypted to each key of to. It fails
// as UsableAt does if one of them cannot be used then.
//
// The form is what every GnuPG since 2.1 reads (rfc4880:5.13, integrity
// protected); only if all the keys announce that they read version 2 of
// encrypted data (rfc9580:5.13.2) is that written. The signature names whom
// the message was meant for (rfc9580:5.2.3.36), so that nobody can pass it on
// as if we had written to another. Nothing is compressed: the length of a
// compressed text tells about what is in it.
//
// rand gives the session key; nil is the operating system's randomness, and
// anything else is for tests. Of other randomness, some is the operating
// system's in any case.
func (s *Signer) EncryptSigned(plain []byte, to []*Recipient, at time.Time, rand io.Reader) ([]byte, error) {
	if at.Before(s.entity.PrimaryKey.CreationTime) {
		return nil, fmt.Errorf("signing: %s is before the key was made", at.UTC().Format(time.RFC3339))
	}
	if len(to) == 0 {
		return nil, fmt.Errorf("encrypting: to nobody")
	}
	key, err := to[0].key(at)
	if err != nil {
		return nil, err
	}
	if len(to) == 1 && readsCommonForm(key) {
		raw, err := s.commonForm(plain, key, at, rand)
		if err != nil {
			return nil, fmt.Errorf("encrypting: %w", err)
		}
		return enarmor(blockMessage, raw)
	}
	for _, r := range to[1:] {
		if _, err := r.key(at); err != nil {
			return nil, err
		}
	}
	var raw bytes.Buffer
	raw.Grow(len(plain) + len(plain)/64 + 2048)
	w, err := s.letterWriter(&raw, to, at, rand)
	if err != nil {
		return nil, fmt.Errorf("encrypting: %w", err)
	}
	return finish(w, plain, &raw)
}

// letterWriter begins a message. While the library chooses keys it writes
// notes into them, so each is locked, ours first; what follows only reads them.
func (s *Signer) letterWriter(raw io.Writer, to []*Recipient, at time.Time, rand io.Reader) (io.WriteCloser, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	entities := make([]*openpgp.Entity, 0, len(to))
	for _, r := range to {
		if slices.Contains(entities, r.entity) {
			continue
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		entities = append(entities, r.entity)
	}
	cfg := config(at.Truncate(time.Second))
	cfg.Rand = rand
	return openpgp.EncryptWithParams(raw, entities, nil, &openpgp.EncryptParams{
		Signers: []*openpgp.Entity{s.entity},
		Hints:   &openpgp.FileHints{},
		Config:  cfg,
	})
}
