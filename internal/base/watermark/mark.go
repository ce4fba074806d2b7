package watermark

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
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

// slot names one choice: that of a channel at a place. It is hashed once, and
// not for each mark.
type slot [aes.BlockSize]byte

func slotOf(c channel, key string) slot {
	return slot(sum([]byte("steward watermark slot"), string(c), key)[:aes.BlockSize])
}

// chooser makes the choices of one mark. AES with the mark as the key takes the
// slot to what is chosen there: for who does not have the mark, the
// choices are evenly spread and tell nothing of one another, and a trace can
// ask for many thousands in a millisecond.
type chooser struct {
	block cipher.Block
	out   [aes.BlockSize]byte
}

func (m Mark) chooser() *chooser {
	b, err := aes.NewCipher(m[:])
	if err != nil {
		panic("watermark: " + err.Error()) // a mark is as long as a key
	}
	return &chooser{block: b}
}

// choice picks one of n ways at a slot.
func (c *chooser) choice(s *slot, n int) int {
	c.block.Encrypt(c.out[:], s[:])
	return int(binary.BigEndian.Uint64(c.out[:8]) % uint64(n))
}

// at picks one of n ways at the place of a channel with the key.
func (c *chooser) at(ch channel, key string, n int) int {
	s := slotOf(ch, key)
	return c.choice(&s, n)
}
