package sign

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"

	pgperrors "github.com/ProtonMail/go-crypto/openpgp/errors"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
	openpgp "github.com/ProtonMail/go-crypto/openpgp/v2"
)

// maxSenders is how many keys a signature is checked against.
const maxSenders = 32

// maxForeign limits a detached signature of other software, in bytes. One of
// RSA with 16384 bits takes 3 KiB.
const maxForeign = 64 << 10

// Verdict is what became of checking a signature by anyone.
type Verdict string

// The verdicts. Only Good says who wrote; the others are worth as much as
// None, and are told apart for the person who asks why.
const (
	None    Verdict = "none"    // there is no signature
	Good    Verdict = "good"    // it fits, and the key is valid now
	Expired Verdict = "expired" // it fits; the signature or the key has expired
	Revoked Verdict = "revoked" // it fits; the key was revoked
	Bad     Verdict = "bad"     // it does not fit, is of the future, or of a kind too weak
	Unknown Verdict = "unknown" // none of the keys that we have has made it
)

// Signature is a verdict and what it is about.
type Signature struct {
	Verdict     Verdict
	Fingerprint string    // of the primary key, as CheckRecipient gives it; with Good, Expired, Revoked
	KeyID       string    // 16 upper-case hexadecimal digits that the signature names; not proven unless Good
	Made        time.Time // as the signer says; with Good, Expired, Revoked
}

// rank orders the verdicts: of several signatures, the best counts.
var rank = map[Verdict]int{None: 0, Unknown: 1, Bad: 2, Revoked: 3, Expired: 4, Good: 5}

// VerifyDetached checks a detached signature, armored or not, of data by any
// OpenPGP software, against the armored keys of those who may have made it, as
// they are at the time now. For multipart/signed, data is the first part with
// CRLF at the ends of its lines (rfc3156:5).
func VerifyDetached(data, sig []byte, senders [][]byte, now time.Time) Signature {
	if len(sig) > maxForeign {
		return Signature{Verdict: Bad}
	}
	raw, err := dearmor(sig, blockSignature)
	if err != nil {
		return Signature{Verdict: Bad}
	}
	m := &opening{left: maxPackets}
	if err := m.read(bytes.NewReader(raw), maxLayers); err != nil || m.literal != nil {
		return Signature{Verdict: Bad}
	}
	if len(m.signatures) == 0 {
		return Signature{Verdict: Bad}
	}
	return judge(m.signatures, data, readSenders(senders), now)
}

// judge checks signatures of data and gives the best verdict.
func judge(sigs []*packet.Signature, data []byte, senders []*openpgp.Entity, now time.Time) Signature {
	best := Signature{Verdict: None}
	for _, sig := range sigs[:min(len(sigs), maxSignatures)] {
		if got := judgeOne(sig, data, senders, now); rank[got.Verdict] > rank[best.Verdict] {
			best = got
		}
	}
	return best
}

func judgeOne(sig *packet.Signature, data []byte, senders []*openpgp.Entity, now time.Time) Signature {
	if sig.IssuerKeyId == nil {
		return Signature{Verdict: Unknown}
	}
	best := Signature{Verdict: Unknown, KeyID: fmt.Sprintf("%016X", *sig.IssuerKeyId)}
	for _, e := range senders {
		pk := issuer(e, *sig.IssuerKeyId)
		if pk == nil {
			continue
		}
		got := Signature{Verdict: Bad, KeyID: best.KeyID}
		if fits(sig, pk, data, now) {
			got.Verdict = standing(e, pk, sig, now)
		}
		if got.Verdict != Bad {
			got.Fingerprint, got.Made = fingerprint(e.PrimaryKey), sig.CreationTime.UTC()
		}
		if rank[got.Verdict] > rank[best.Verdict] {
			best = got
		}
	}
	return best
}

// issuer finds the part of a key that a signature names.
func issuer(e *openpgp.Entity, id uint64) *packet.PublicKey {
	if e.PrimaryKey.KeyId == id {
		return e.PrimaryKey
	}
	for _, sub := range e.Subkeys {
		if sub.PublicKey.KeyId == id {
			return sub.PublicKey
		}
	}
	return nil
}

// fits tells whether the key has signed the data so, leaving out of account
// whether it might.
func fits(sig *packet.Signature, pk *packet.PublicKey, data []byte, now time.Time) bool {
	cfg := config(now)
	switch {
	case sig.SigType != packet.SigTypeBinary && sig.SigType != packet.SigTypeText,
		cfg.RejectMessageHashAlgorithm(sig.Hash), cfg.RejectHashAlgorithm(sig.Hash), !sig.Hash.Available(),
		sig.CreationTime.After(now.Add(skew)),
		sig.CreationTime.Before(pk.CreationTime):
		return false
	}
	for _, n := range sig.Notations {
		if n.IsCritical {
			return false // a condition that we do not understand
		}
	}
	h, err := sig.PrepareVerify()
	if err != nil {
		return false
	}
	w := io.Writer(h)
	if sig.SigType == packet.SigTypeText {
		w = openpgp.NewCanonicalTextHash(h)
	}
	_, _ = w.Write(data)
	return pk.VerifySignature(h, sig) == nil
}

// standing is what a signature that fits is worth, as the key is now.
func standing(e *openpgp.Entity, pk *packet.PublicKey, sig *packet.Signature, now time.Time) Verdict {
	cfg := config(now)
	_, err := e.VerifyPrimaryKey(now, cfg)
	for i := range e.Subkeys {
		if err == nil && e.Subkeys[i].PublicKey == pk {
			_, err = e.Subkeys[i].Verify(now, cfg)
		}
	}
	if err == nil && revokedNames(e, now) {
		err = pgperrors.ErrKeyRevoked
	}
	switch {
	case errors.Is(err, pgperrors.ErrKeyRevoked):
		return Revoked
	case errors.Is(err, pgperrors.ErrKeyExpired):
		return Expired
	case err != nil:
		return Bad
	}
	if _, ok := e.SigningKeyById(now, pk.KeyId, cfg); !ok {
		return Bad // the key may do other things, or is too weak
	}
	if sig.SigExpired(now) {
		return Expired
	}
	return Good
}

// revokedNames tells whether every name of a key was taken back: then it is
// nobody's.
func revokedNames(e *openpgp.Entity, now time.Time) bool {
	for _, id := range e.Identities {
		if sig, err := id.LatestValidSelfCertification(now, config(now)); err == nil && !id.Revoked(sig, now, config(now)) {
			return false
		}
	}
	return len(e.Identities) > 0
}
