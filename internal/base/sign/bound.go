package sign

import (
	"crypto/rsa"

	"github.com/ProtonMail/go-crypto/openpgp/packet"
	openpgp "github.com/ProtonMail/go-crypto/openpgp/v2"

	"steward/internal/base/errs"
)

// Limits of a person's key, which a stranger makes up. The library checks its
// signatures one after the other, and what one takes grows with the cube of
// the key's size: without limits, 64 KiB can take hours.
const (
	maxKeyBits        = 16384 // of RSA; GnuPG makes none that is larger
	maxSelfSignatures = 50    // one for each name, subkey, and prolongation of these
)

// bound refuses a key that would take long to check, before any signature is
// looked at. It takes out the subkeys that are refused for their kind anyway.
func bound(e *openpgp.Entity) error {
	if tooWeak(e.PrimaryKey) {
		return errs.Invalidf("key", "The key is of a kind that is too weak today.").WithHint(betterKey)
	}
	var subkeys []openpgp.Subkey
	n := len(e.Revocations) + len(e.DirectSignatures)
	for _, id := range e.Identities {
		n += len(id.SelfCertifications) + len(id.Revocations)
	}
	keys := []*packet.PublicKey{e.PrimaryKey}
	for _, sub := range e.Subkeys {
		if tooWeak(sub.PublicKey) {
			continue
		}
		subkeys, keys = append(subkeys, sub), append(keys, sub.PublicKey)
		n += len(sub.Bindings) + len(sub.Revocations)
	}
	e.Subkeys = subkeys
	for _, key := range keys {
		if rsa, ok := key.PublicKey.(*rsa.PublicKey); ok && rsa.N.BitLen() > maxKeyBits {
			return errs.Invalidf("key", "The key has more than %d bits.", maxKeyBits).WithHint(betterKey)
		}
	}
	if n > maxSelfSignatures {
		return errs.Invalidf("key", "The key has %d signatures of its own; at most %d are looked at.", n, maxSelfSignatures).WithHint(minimalKey)
	}
	return nil
}

// tooWeak tells the kinds of key that the library checks at length only to
// refuse them in the end.
func tooWeak(key *packet.PublicKey) bool {
	switch key.PubKeyAlgo {
	case packet.PubKeyAlgoDSA, packet.PubKeyAlgoElGamal:
		return true
	case packet.PubKeyAlgoECDSA, packet.PubKeyAlgoECDH:
		curve, _ := key.Curve() // none: the library could not read the key either
		return curve == packet.CurveSecP256k1
	}
	return false
}
