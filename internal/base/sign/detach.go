package sign

import (
	"bytes"
	"crypto"
	"crypto/sha512"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"math/bits"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
	openpgp "github.com/ProtonMail/go-crypto/openpgp/v2"
)

// maxSignature limits an armored signature that is read, in bytes; ours have
// about 300.
const maxSignature = 4 << 10

// skew is how far the clock of the signer may be ahead of the verifier's.
const skew = 5 * time.Minute

// errForm says that a signature may be good OpenPGP and yet is not what a
// Signer writes.
var errForm = errors.New("the signature is not in the one form that Steward writes; it was altered or made by other software")

// Detach signs data and gives the armored signature, dated at in whole
// seconds. The same data, key and time give the same bytes.
func (s *Signer) Detach(data []byte, at time.Time) ([]byte, error) {
	h := sha512.New()
	h.Write(data)
	return s.DetachHashed(h, at)
}

// DetachHashed signs what was written to a SHA-512, as Detach does, for a
// caller who needs that hash too. It writes more to it.
func (s *Signer) DetachHashed(h hash.Hash, at time.Time) ([]byte, error) {
	return s.sign(packet.SigTypeBinary, h, at)
}

// sign makes the signature over data that the caller has brought into the
// form that the type demands and written to h.
func (s *Signer) sign(kind packet.SignatureType, h hash.Hash, at time.Time) ([]byte, error) {
	key := s.entity.PrivateKey
	if at.Before(key.CreationTime) {
		return nil, fmt.Errorf("signing: %s is before the key was made", at.UTC().Format(time.RFC3339))
	}
	sig := &packet.Signature{
		Version:      4,
		SigType:      kind,
		PubKeyAlgo:   key.PubKeyAlgo,
		Hash:         crypto.SHA512,
		CreationTime: at.Truncate(time.Second),
		IssuerKeyId:  &key.KeyId,
	}
	if err := sig.Sign(h, key, config(at)); err != nil {
		return nil, fmt.Errorf("signing: %w", err)
	}
	var raw bytes.Buffer
	if err := sig.Serialize(&raw); err != nil {
		return nil, fmt.Errorf("signing: %w", err)
	}
	return enarmor(blockSignature, raw.Bytes())
}

// Verifier checks signatures of one public key. It may be used by many
// goroutines at once.
type Verifier struct {
	key *packet.PublicKey
	at  time.Time
}

// NewVerifier reads an armored public key that is of the kind that Generate
// makes and valid at the time. Its Verify refuses signatures dated later than
// that. The zero time leaves dates out of account.
func NewVerifier(publicKey []byte, at time.Time) (*Verifier, error) {
	if len(publicKey) > maxKey {
		return nil, fmt.Errorf("reading the public key: larger than %d bytes", maxKey)
	}
	entities, err := openpgp.ReadArmoredKeyRing(bytes.NewReader(publicKey))
	if err != nil {
		return nil, fmt.Errorf("reading the public key: %w", err)
	}
	if len(entities) != 1 || bytes.Count(publicKey, []byte("-----BEGIN ")) != 1 {
		return nil, fmt.Errorf("reading the public key: there is more than one")
	}
	e := entities[0]
	if err := checkForm(e.PrimaryKey); err != nil {
		return nil, fmt.Errorf("reading the public key: %w", err)
	}
	if _, err := e.VerifyPrimaryKey(at, config(at)); err != nil {
		return nil, fmt.Errorf("key %s is not valid at %s: %w", fingerprint(e.PrimaryKey), at.UTC().Format(time.RFC3339), err)
	}
	return &Verifier{key: e.PrimaryKey, at: at}, nil
}

// Fingerprint gives the fingerprint of the key, as Signer.Fingerprint does.
func (v *Verifier) Fingerprint() string { return fingerprint(v.key) }

// Verify checks a detached signature of data. It accepts what Detach wrote
// and nothing else: one signature, no other bytes around or within it.
func (v *Verifier) Verify(data, armoredSig []byte) error {
	_, err := v.verify(packet.SigTypeBinary, data, armoredSig)
	return err
}

func (v *Verifier) verify(kind packet.SignatureType, data, armoredSig []byte) (*packet.Signature, error) {
	sig, err := v.readSignature(kind, armoredSig)
	if err != nil {
		return nil, err
	}
	if !v.at.IsZero() && sig.CreationTime.After(v.at.Add(skew)) {
		return nil, fmt.Errorf("the signature is dated %s, in the future", sig.CreationTime.UTC().Format(time.RFC3339))
	}
	h := crypto.SHA512.New()
	h.Write(data)
	if err := v.key.VerifySignature(h, sig); err != nil {
		return nil, fmt.Errorf("the signature does not fit: %w", err)
	}
	return sig, nil
}

// Verify checks one detached signature with an armored public key, as
// Verifier.Verify does.
func Verify(publicKey, data, armoredSig []byte, at time.Time) error {
	v, err := NewVerifier(publicKey, at)
	if err != nil {
		return err
	}
	return v.Verify(data, armoredSig)
}

// readSignature takes out of an armored signature the few values that are
// free, writes from them the signature anew as we would, and refuses the
// input unless the two are the same bytes.
func (v *Verifier) readSignature(kind packet.SignatureType, armoredSig []byte) (*packet.Signature, error) {
	if len(armoredSig) > maxSignature {
		return nil, fmt.Errorf("%w: larger than %d bytes", errForm, maxSignature)
	}
	block, err := armor.Decode(bytes.NewReader(armoredSig))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errForm, err)
	}
	raw, err := io.ReadAll(block.Body)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errForm, err)
	}
	p, err := packet.Read(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errForm, err)
	}
	sig, ok := p.(*packet.Signature)
	if !ok || sig.Version != 4 || sig.SigType != kind || sig.PubKeyAlgo != v.key.PubKeyAlgo || sig.Hash != crypto.SHA512 {
		return nil, errForm
	}
	want, err := enarmor(blockSignature, v.canonical(sig))
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(want, armoredSig) {
		return nil, errForm
	}
	return sig, nil
}

// Subpacket types and the hash that a Signer uses, RFC 4880 sections 5.2.3.1
// and 9.4, RFC 9580 section 5.2.3.35.
const (
	subpacketCreation    = 0x80 | 2 // critical
	subpacketIssuer      = 16
	subpacketFingerprint = 33
	hashSHA512           = 10
)

// canonical writes a signature packet (RFC 4880 section 5.2.3) of our key with
// the type, time, hash tag and numbers of sig: all else is fixed.
func (v *Verifier) canonical(sig *packet.Signature) []byte {
	hashed := []byte{5, subpacketCreation}
	hashed = binary.BigEndian.AppendUint32(hashed, uint32(sig.CreationTime.Unix()))
	hashed = append(hashed, 9, subpacketIssuer)
	hashed = binary.BigEndian.AppendUint64(hashed, v.key.KeyId)
	hashed = append(hashed, 22, subpacketFingerprint, 4)
	hashed = append(hashed, v.key.Fingerprint...)

	body := []byte{4, byte(sig.SigType), byte(packet.PubKeyAlgoEdDSA), hashSHA512}
	body = binary.BigEndian.AppendUint16(body, uint16(len(hashed)))
	body = append(body, hashed...)
	body = append(body, 0, 0) // no unhashed subpackets
	body = append(body, sig.HashTag[:]...)
	body = appendMPI(body, sig.EdDSASigR.Bytes())
	body = appendMPI(body, sig.EdDSASigS.Bytes())

	const tag = 0xc0 | 2 // new format, signature
	return append([]byte{tag, byte(len(body))}, body...)
}

// appendMPI writes a number with its length in bits and no leading zeros, RFC
// 4880 section 3.2.
func appendMPI(dst, number []byte) []byte {
	number = bytes.TrimLeft(number, "\x00")
	length := 8 * len(number)
	if length > 0 {
		length -= bits.LeadingZeros8(number[0])
	}
	dst = binary.BigEndian.AppendUint16(dst, uint16(length))
	return append(dst, number...)
}
