package sign

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	pgperrors "github.com/ProtonMail/go-crypto/openpgp/errors"
	openpgp "github.com/ProtonMail/go-crypto/openpgp/v2"

	"steward/internal/base/errs"
)

// CheckRecipient tells whether a message can be encrypted to an armored key
// that a person gave, and its fingerprint in upper-case hexadecimal digits.
// Its errors are of kind Invalid, field "key", for the person who gave it.
func CheckRecipient(armored []byte, now time.Time) (fingerprint string, err error) {
	_, fingerprint, err = recipient(armored, now)
	return fingerprint, err
}

// EncryptTo encrypts plain to a key that CheckRecipient accepts at the time
// now, and gives an armored message.
func EncryptTo(recipientArmored, plain []byte, now time.Time) ([]byte, error) {
	to, _, err := recipient(recipientArmored, now)
	if err != nil {
		return nil, err
	}
	var raw bytes.Buffer
	w, err := openpgp.Encrypt(&raw, []*openpgp.Entity{to}, nil, nil, &openpgp.FileHints{IsUTF8: true}, config(now))
	if err != nil {
		return nil, fmt.Errorf("encrypting: %w", err)
	}
	return finish(w, plain, &raw)
}

// finish writes the text of a message whose writer w writes to raw, and gives it
// armored.
func finish(w io.WriteCloser, plain []byte, raw *bytes.Buffer) ([]byte, error) {
	if _, err := w.Write(plain); err != nil {
		return nil, fmt.Errorf("encrypting: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("encrypting: %w", err)
	}
	return enarmor(blockMessage, raw.Bytes())
}

// Decrypt opens a message that was encrypted to our key, armored or not. The
// text may have at most limit bytes. A signature within the message is not
// looked at: who wrote is not established by it.
func (s *Signer) Decrypt(message []byte, limit int64) ([]byte, error) {
	o, err := s.Open(message, limit, nil, time.Time{})
	return o.Plain, err
}

// The ways out that several faults of a key share.
const (
	minimalKey = "export it without the signatures of others: gpg --armor --export-options export-minimal --export YOUR-ADDRESS"
	betterKey  = "give another key, for example one made by: gpg --quick-generate-key YOUR-ADDRESS"
)

// recipient reads a key that a person gave and that can be used at the time.
func recipient(armored []byte, now time.Time) (*openpgp.Entity, string, error) {
	e, err := readPublic(armored)
	if err != nil {
		return nil, "", err
	}
	if _, err := e.EncryptionKeyWithError(now, config(now)); err != nil {
		return nil, "", unusable(err)
	}
	return e, fingerprint(e.PrimaryKey), nil
}

// readPublic reads one public key that a person gave, whether or not it can
// still be used.
func readPublic(armored []byte) (*openpgp.Entity, error) {
	if len(armored) > maxKey {
		return nil, errs.Invalidf("key", "The key is larger than 64 KiB.").
			WithHint(minimalKey)
	}
	if bytes.Contains(armored, []byte(blockPrivate)) {
		return nil, privateKeyGiven()
	}
	begins := bytes.Count(armored, []byte("-----BEGIN "))
	if begins == 0 || !bytes.Contains(armored, []byte("-----BEGIN "+blockPublic+"-----")) {
		return nil, errs.Invalidf("key", "This is not an OpenPGP public key.").
			WithHint("paste all of it, from -----BEGIN %s----- to -----END %s-----", blockPublic, blockPublic)
	}
	entities, err := openpgp.ReadArmoredKeyRing(bytes.NewReader(armored))
	switch {
	case err != nil || len(entities) == 0:
		return nil, errs.Invalidf("key", "The key is damaged or of a kind that we cannot read.").WithCause(err)
	case begins > 1 || len(entities) > 1:
		return nil, errs.Invalidf("key", "There is more than one key.").WithHint("paste only the one that we shall write to")
	}
	e := entities[0]
	if hasPrivate(e) {
		return nil, privateKeyGiven()
	}
	if err := bound(e); err != nil {
		return nil, err
	}
	return e, nil
}

func privateKeyGiven() error {
	return errs.Invalidf("key", "This is a private key. We have not kept it; please never send it to anyone.").
		WithHint("export the public key: gpg --armor --export YOUR-ADDRESS")
}

// hasPrivate finds private keys in a block that calls itself public.
func hasPrivate(e *openpgp.Entity) bool {
	if e.PrivateKey != nil {
		return true
	}
	for _, sub := range e.Subkeys {
		if sub.PrivateKey != nil {
			return true
		}
	}
	return false
}

// unusable says in plain words why nothing can be encrypted to a key.
func unusable(err error) error {
	of := "The key"
	if sel, ok := selectionError(err); ok && sel.PrimaryKeyErr == nil {
		of = "The part of the key that encrypts"
	}
	reason := selectionReason(err)
	var weak pgperrors.WeakAlgorithmError
	var e *errs.Error
	switch {
	case errors.Is(reason, pgperrors.ErrKeyExpired):
		e = errs.Invalidf("key", "%s has expired.", of).WithHint("prolong it, or give another key")
	case errors.Is(reason, pgperrors.ErrKeyRevoked):
		e = errs.Invalidf("key", "%s has been revoked.", of).WithHint("give another key")
	case errors.As(reason, &weak):
		e = errs.Invalidf("key", "%s is of a kind that is too weak today.", of).WithHint(betterKey)
	case reason != nil && strings.Contains(reason.Error(), "no encryption-capable key"):
		e = errs.Invalidf("key", "The key can sign but not encrypt.").WithHint("add an encryption subkey, or give another key")
	default:
		e = errs.Invalidf("key", "%s cannot be used to encrypt.", of).WithHint("give another key")
	}
	return e.WithCause(err)
}

// selectionReason digs out of the library's error what is wrong with the
// primary key, or else with the last subkey that was looked at.
func selectionReason(err error) error {
	sel, ok := selectionError(err)
	switch {
	case !ok:
		return err
	case sel.PrimaryKeyErr != nil:
		return sel.PrimaryKeyErr
	}
	return sel.EncSelectionErr
}

// selectionError finds the library's error in both of its forms: it returns
// it sometimes by value and sometimes by pointer.
func selectionError(err error) (pgperrors.ErrEncryptionKeySelection, bool) {
	if p, ok := errors.AsType[*pgperrors.ErrEncryptionKeySelection](err); ok {
		return *p, true
	}
	return errors.AsType[pgperrors.ErrEncryptionKeySelection](err)
}
