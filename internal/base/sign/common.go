package sign

import (
	"bytes"
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	cryptorand "crypto/rand"
	"crypto/sha1"
	"crypto/sha512"
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp/packet"
	openpgp "github.com/ProtonMail/go-crypto/openpgp/v2"
)

// The form that nearly every letter has is put together here: the library
// writes any form as a stream, which takes more than the cryptography itself.
// That is the library's and the standard library's here too.

// readsCommonForm tells whether a key asks for the common form: it announces
// no other kind of encrypted data, and reads AES-256 and SHA-512.
func readsCommonForm(key openpgp.Key) bool {
	self := key.PrimarySelfSignature
	return key.PublicKey.Version == 4 && self != nil && !self.SEIPDv2 &&
		slices.Contains(self.PreferredSymmetric, uint8(packet.CipherAES256)) &&
		slices.Contains(self.PreferredHash, uint8(hashSHA512))
}

// Packets of a message in the new format, rfc4880:4.3.
const (
	tagLiteral   = 0xc0 | 11
	tagProtected = 0xc0 | 18
	tagMDC       = 0xc0 | 19
)

// commonForm writes a message of integrity protected data, version 1
// (rfc4880:5.13), with AES-256: a signature of plain with SHA-512 around it,
// not compressed, to one key.
func (s *Signer) commonForm(plain []byte, to openpgp.Key, at time.Time, rand io.Reader) ([]byte, error) {
	session := make([]byte, packet.CipherAES256.KeySize())
	if rand == nil {
		rand = cryptorand.Reader
	}
	if _, err := io.ReadFull(rand, session); err != nil {
		return nil, err
	}
	// Beside each other: the work upon a long RSA key takes as long as all the
	// rest together.
	var out bytes.Buffer
	out.Grow(len(plain) + 2048)
	locked := make(chan error, 1)
	go func() {
		locked <- packet.SerializeEncryptedKeyAEADwithHiddenOption(&out, to.PublicKey, packet.CipherAES256, false, session, false, config(at))
	}()
	inner, err := s.signedPackets(plain, to.Entity.PrimaryKey, at)
	if err := errors.Join(<-locked, err); err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(session)
	if err != nil {
		return nil, err
	}
	out.WriteByte(tagProtected)
	out.Write(longLength(1 + len(inner)))
	out.WriteByte(1) // version
	// The mode is the standard's; that the text is not altered, the hash within
	// and the signature see to.
	cipher.NewCFBEncrypter(block, make([]byte, aes.BlockSize)).XORKeyStream(inner, inner)
	out.Write(inner)
	return out.Bytes(), nil
}

// signedPackets writes what is encrypted: random bytes of which the last two
// are repeated, the announcement of a signature (rfc4880:5.4), the text, the
// signature, and a hash of all that.
func (s *Signer) signedPackets(plain []byte, to *packet.PublicKey, at time.Time) ([]byte, error) {
	key := s.entity.PrivateKey
	var b bytes.Buffer
	b.Grow(len(plain) + 512)
	prefix := make([]byte, aes.BlockSize)
	if _, err := io.ReadFull(cryptorand.Reader, prefix); err != nil {
		return nil, err
	}
	b.Write(prefix)
	b.Write(prefix[len(prefix)-2:])

	announced := packet.OnePassSignature{
		Version: 3, SigType: packet.SigTypeBinary, Hash: crypto.SHA512,
		PubKeyAlgo: key.PubKeyAlgo, KeyId: key.KeyId, IsLast: true,
	}
	if err := announced.Serialize(&b); err != nil {
		return nil, err
	}
	b.WriteByte(tagLiteral)
	b.Write(longLength(6 + len(plain)))
	b.Write([]byte{'b', 0, 0, 0, 0, 0}) // binary, without a name and a date
	b.Write(plain)

	h := sha512.New()
	h.Write(plain)
	sig := &packet.Signature{
		Version: 4, SigType: packet.SigTypeBinary, PubKeyAlgo: key.PubKeyAlgo, Hash: crypto.SHA512,
		CreationTime: at.Truncate(time.Second), IssuerKeyId: &key.KeyId,
		IntendedRecipients: []*packet.Recipient{{KeyVersion: to.Version, Fingerprint: to.Fingerprint}},
	}
	if err := sig.Sign(h, key, config(at)); err != nil {
		return nil, err
	}
	if err := sig.Serialize(&b); err != nil {
		return nil, err
	}
	b.Write([]byte{tagMDC, sha1.Size})
	sum := sha1.Sum(b.Bytes())
	b.Write(sum[:])
	return b.Bytes(), nil
}

// longLength writes the length of a packet in five bytes, rfc4880:4.2.2.3.
func longLength(n int) []byte {
	return binary.BigEndian.AppendUint32([]byte{0xff}, uint32(n))
}
