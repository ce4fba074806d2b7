package watermark

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
)

// SecretSize is the size of the secret that marks are made from, in bytes.
const SecretSize = 32

// MaxBytes is the largest text or patch that is marked, and how much of a leak
// is looked at.
const MaxBytes = 2 << 20

// Mark is what makes one recipient's copy theirs. It is as secret as what it
// is made from: who knows it can write that copy.
type Mark [sha256.Size]byte

// New makes the mark of a recipient in a case. The same input gives the same
// mark, so that none is kept.
func New(secret []byte, caseID, recipient string) (Mark, error) {
	if len(secret) != SecretSize {
		return Mark{}, errors.New("watermark: the secret is not 32 bytes long")
	}
	return Mark(sum(secret, "steward watermark 1", caseID, recipient)), nil
}

// String keeps the mark out of every print and log.
func (m Mark) String() string { return "mark" }

// GoString is String, for %#v.
func (m Mark) GoString() string { return m.String() }

// sum is the HMAC of some strings, each with its length before it.
func sum(key []byte, parts ...string) []byte {
	h := hmac.New(sha256.New, key)
	for _, p := range parts {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(p)))
		// A hash takes whatever it is given.
		_, _ = h.Write(n[:])
		_, _ = h.Write([]byte(p))
	}
	return h.Sum(nil)
}

// number is what the mark has for a place, evenly spread.
func (m Mark) number(channel channel, key string) uint64 {
	return binary.BigEndian.Uint64(sum(m[:], string(channel), key))
}

// choice picks one of n ways at a place.
func (m Mark) choice(channel channel, key string, n int) int {
	return int(m.number(channel, key) % uint64(n))
}

// id is a name for the copy that tells nothing about whose it is.
func (m Mark) id() string { return hex.EncodeToString(sum(m[:], "id")[:12]) }
