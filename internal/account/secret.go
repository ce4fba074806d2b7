package account

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"io"
)

const (
	secretBytes = 32 // 256 bits
	secretChars = 52 // as lower-case base32 without padding

	secretLetters = "abcdefghijklmnopqrstuvwxyz234567"
)

var base32Lower = base32.NewEncoding(secretLetters).WithPadding(base32.NoPadding)

// newSecret makes a secret that opens a door. It needs no key stretching:
// nobody can try 2^256 of them.
func newSecret(random io.Reader) (string, error) {
	raw, err := randomBytes(random, secretBytes)
	if err != nil {
		return "", err
	}
	return base32Lower.EncodeToString(raw), nil
}

// hashOf is what the database holds of a secret. Looking a hash up tells
// nothing by its time about the secret it belongs to.
func hashOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

func randomBytes(random io.Reader, n int) ([]byte, error) {
	raw := make([]byte, n)
	if _, err := io.ReadFull(random, raw); err != nil {
		return nil, fmt.Errorf("reading random bytes: %w", err)
	}
	return raw, nil
}
