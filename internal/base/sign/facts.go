package sign

import (
	"maps"
	"net/mail"
	"slices"
	"strings"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp/packet"
	openpgp "github.com/ProtonMail/go-crypto/openpgp/v2"
)

// KeyFacts are what can be told of a public key without using it, for a watch
// over keys that will expire.
type KeyFacts struct {
	Fingerprint string    // of the primary key, upper-case hexadecimal digits
	Created     time.Time // when the primary key was made
	Expires     time.Time // as Recipient.Expires: zero for never
	Revoked     bool      // the whole key is revoked
	Encrypts    bool      // it has a part that encrypts, expired or not, and is not revoked
	UserIDs     []string  // as Recipient.UserIDs
	Emails      []string  // as Recipient.Emails
}

// PeekKey reads the facts of any armored public key within the limits of
// ParseRecipient, be it expired or revoked. Its errors are of kind Invalid,
// field "key".
func PeekKey(armored []byte) (KeyFacts, error) {
	e, err := readPublic(armored)
	if err != nil {
		return KeyFacts{}, err
	}
	return factsOf(e), nil
}

// factsOf looks at a key without regard to what time it is: the zero time
// leaves expiry out of account in the library.
func factsOf(e *openpgp.Entity) KeyFacts {
	anyTime := time.Time{}
	cfg := config(anyTime)
	f := KeyFacts{
		Fingerprint: fingerprint(e.PrimaryKey),
		Created:     e.PrimaryKey.CreationTime.UTC(),
		Revoked:     e.Revoked(anyTime),
	}
	for _, id := range e.Identities {
		if _, err := id.Verify(anyTime, cfg); err == nil {
			f.UserIDs = append(f.UserIDs, strings.ToValidUTF8(id.Name, "\uFFFD"))
		}
	}
	slices.Sort(f.UserIDs)
	f.Emails = emails(f.UserIDs)

	self, err := e.PrimarySelfSignature(anyTime, cfg)
	if err != nil {
		return f
	}
	f.Expires = expiry(e.PrimaryKey, self)
	if direct, err := e.LatestValidDirectSignature(anyTime, cfg); err == nil {
		f.Expires = earlier(f.Expires, expiry(e.PrimaryKey, direct))
	}
	last, any := lastEncryption(e, self, cfg)
	f.Encrypts = any && !f.Revoked
	if any {
		f.Expires = earlier(f.Expires, last)
	}
	return f
}

// lastEncryption gives when the last part that encrypts expires, and whether
// there is such a part at all. The primary key counts only if no subkey does.
func lastEncryption(e *openpgp.Entity, self *packet.Signature, cfg *packet.Config) (last time.Time, any bool) {
	for i := range e.Subkeys {
		sub := &e.Subkeys[i]
		binding, err := sub.Verify(time.Time{}, cfg)
		if err != nil || !encrypts(sub.PublicKey, binding) {
			continue
		}
		ends := expiry(sub.PublicKey, binding)
		if !any || ends.IsZero() || (!last.IsZero() && ends.After(last)) {
			last = ends
		}
		any = true
		if last.IsZero() {
			return last, true
		}
	}
	if !any && encrypts(e.PrimaryKey, self) {
		return expiry(e.PrimaryKey, self), true
	}
	return last, any
}

// encrypts tells whether a signature allows a key to encrypt, rfc4880:5.2.3.21.
func encrypts(key *packet.PublicKey, sig *packet.Signature) bool {
	return key.PubKeyAlgo.CanEncrypt() && sig.FlagsValid && (sig.FlagEncryptCommunications || sig.FlagEncryptStorage)
}

// expiry is when a key ends by its self-signature (rfc4880:5.2.3.6) or that
// signature itself does (rfc4880:5.2.3.10); zero: never.
func expiry(key *packet.PublicKey, sig *packet.Signature) time.Time {
	var ends time.Time
	if l := sig.KeyLifetimeSecs; l != nil && *l != 0 {
		ends = key.CreationTime.Add(time.Duration(*l) * time.Second).UTC()
	}
	if l := sig.SigLifetimeSecs; l != nil && *l != 0 {
		ends = earlier(ends, sig.CreationTime.Add(time.Duration(*l)*time.Second).UTC())
	}
	return ends
}

// earlier gives the earlier of two times of which zero means never.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}

// emails takes the addresses out of names of keys. What has no address in it
// gives none: a name may be any text.
func emails(userIDs []string) []string {
	found := map[string]bool{}
	for _, id := range userIDs {
		text := id
		if open := strings.LastIndexByte(id, '<'); open >= 0 {
			text, _, _ = strings.Cut(id[open+1:], ">")
		}
		address, err := mail.ParseAddress("<" + strings.TrimSpace(text) + ">")
		if err != nil {
			continue
		}
		at := strings.LastIndexByte(address.Address, '@')
		found[address.Address[:at]+strings.ToLower(address.Address[at:])] = true
	}
	return slices.Sorted(maps.Keys(found))
}
