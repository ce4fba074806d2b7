package sign

import (
	"bytes"
	"crypto"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
	openpgp "github.com/ProtonMail/go-crypto/openpgp/v2"

	"steward/internal/base/errs"
)

// The names of armor blocks, RFC 4880 section 6.2.
const (
	blockPublic    = "PGP PUBLIC KEY BLOCK"
	blockPrivate   = "PGP PRIVATE KEY BLOCK"
	blockSignature = "PGP SIGNATURE"
	blockMessage   = "PGP MESSAGE"
)

// maxKey limits a key that is read, in bytes: ours is about 1 KiB, that of a
// person with many signatures of others upon it some dozens of KiB.
const maxKey = 64 << 10

// Signer holds the private key. It may be used by many goroutines at once.
type Signer struct {
	entity *openpgp.Entity
	public []byte     // the armored public key
	mu     sync.Mutex // the library notes in the entity which self-signatures it has checked
}

// Generate makes a new key that does not expire, for a name and an address
// such as "Example Security Team" and "security@example.org". The randomness
// of the key itself is the operating system's where the Go standard library
// insists upon it.
func Generate(rand io.Reader, name, email string, at time.Time) (*Signer, error) {
	if strings.TrimSpace(name) == "" {
		return nil, errs.Invalidf("name", "The signing key needs a name, such as Example Security Team.")
	}
	cfg := config(at)
	cfg.Rand = rand
	cfg.Algorithm = packet.PubKeyAlgoEdDSA
	cfg.Curve = packet.Curve25519
	e, err := openpgp.NewEntity(name, "", email, cfg)
	if err != nil {
		return nil, errs.Invalidf("name", "The name or the address of the signing key cannot be used.").
			WithHint("leave out brackets and control characters").WithCause(err)
	}
	return newSigner(e)
}

// Load reads a key as Private gave it.
func Load(armoredPrivate []byte) (*Signer, error) {
	if len(armoredPrivate) > maxKey {
		return nil, fmt.Errorf("reading the signing key: larger than %d bytes", maxKey)
	}
	entities, err := openpgp.ReadArmoredKeyRing(bytes.NewReader(armoredPrivate))
	if err != nil {
		return nil, fmt.Errorf("reading the signing key: %w", err)
	}
	if len(entities) != 1 {
		return nil, fmt.Errorf("reading the signing key: %d keys, want 1", len(entities))
	}
	e := entities[0]
	switch {
	case e.PrivateKey == nil || e.PrivateKey.Dummy():
		return nil, fmt.Errorf("reading the signing key: the private part is missing")
	case e.PrivateKey.Encrypted:
		return nil, fmt.Errorf("reading the signing key: it is locked with a passphrase, which Steward cannot ask for")
	}
	return newSigner(e)
}

func newSigner(e *openpgp.Entity) (*Signer, error) {
	if err := checkForm(e.PrimaryKey); err != nil {
		return nil, fmt.Errorf("reading the signing key: %w", err)
	}
	var raw bytes.Buffer
	if err := e.Serialize(&raw); err != nil {
		return nil, fmt.Errorf("writing the public key: %w", err)
	}
	public, err := enarmor(blockPublic, raw.Bytes())
	if err != nil {
		return nil, fmt.Errorf("writing the public key: %w", err)
	}
	return &Signer{entity: e, public: public}, nil
}

// checkForm refuses primary keys of another kind than Generate makes.
func checkForm(pk *packet.PublicKey) error {
	if pk.Version != 4 || pk.PubKeyAlgo != packet.PubKeyAlgoEdDSA {
		return fmt.Errorf("key %X is not a version 4 EdDSA key", pk.Fingerprint)
	}
	if curve, err := pk.Curve(); err != nil || curve != packet.Curve25519 {
		return fmt.Errorf("key %X is not an Ed25519 key", pk.Fingerprint)
	}
	return nil
}

// Private gives the armored private key, without a passphrase: the caller
// keeps it in a file that only Steward can read.
func (s *Signer) Private() ([]byte, error) {
	var raw bytes.Buffer
	if err := s.entity.SerializePrivateWithoutSigning(&raw, nil); err != nil {
		return nil, fmt.Errorf("writing the signing key: %w", err)
	}
	return enarmor(blockPrivate, raw.Bytes())
}

// PublicKey gives the armored public key; always the same bytes.
func (s *Signer) PublicKey() []byte { return bytes.Clone(s.public) }

// Fingerprint gives the fingerprint of the primary key: 40 upper-case
// hexadecimal digits.
func (s *Signer) Fingerprint() string { return fingerprint(s.entity.PrimaryKey) }

func fingerprint(pk *packet.PublicKey) string {
	return strings.ToUpper(hex.EncodeToString(pk.Fingerprint))
}

// config is what we ask of the library: no random notation in signatures, so
// that equal input has equal output, and no cipher mode that GnuPG 2.2 lacks.
func config(at time.Time) *packet.Config {
	return &packet.Config{
		Time:                                  func() time.Time { return at.UTC() },
		DefaultHash:                           crypto.SHA512,
		DefaultCipher:                         packet.CipherAES256,
		NonDeterministicSignaturesViaNotation: packet.BoolPointer(false),
	}
}

// PublicKeyBytes gives the public key without armor, as the header fields of
// mail carry it; always the same bytes.
func (s *Signer) PublicKeyBytes() ([]byte, error) {
	block, err := armor.Decode(bytes.NewReader(s.public))
	if err != nil {
		return nil, fmt.Errorf("reading the public key: %w", err)
	}
	raw, err := io.ReadAll(block.Body)
	if err != nil {
		return nil, fmt.Errorf("reading the public key: %w", err)
	}
	return raw, nil
}
