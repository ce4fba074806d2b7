package seal

import (
	"crypto/cipher"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"golang.org/x/crypto/chacha20poly1305"
)

// KeySize is the size of the master and of every key, in bytes.
const KeySize = chacha20poly1305.KeySize

// version is the first byte of all that is sealed, for a day when the cipher
// must change.
const version = 1

// Key seals and opens the texts of one scope. It may be used from many
// goroutines.
type Key struct {
	scope string
	aead  cipher.AEAD
}

func newKey(scope string, secret []byte) (*Key, error) {
	if scope == "" || strings.ContainsRune(scope, 0) {
		return nil, fmt.Errorf("a key cannot have the scope %q", scope)
	}
	aead, err := chacha20poly1305.NewX(secret)
	if err != nil {
		return nil, fmt.Errorf("making the key of %s: %w", scope, err)
	}
	return &Key{scope, aead}, nil
}

// Scope is what the key is for, such as "case/<id>".
func (k *Key) Scope() string { return k.scope }

// Seal encrypts a text for one place. Each call gives other bytes: the nonce
// is random. The randomness is that of the system and cannot be passed in,
// for a nonce used twice would give the key away.
func (k *Key) Seal(context string, plain []byte) []byte {
	out := make([]byte, 1+chacha20poly1305.NonceSizeX, 1+chacha20poly1305.NonceSizeX+len(plain)+chacha20poly1305.Overhead)
	out[0] = version
	nonce := out[1:]
	_, _ = rand.Read(nonce) // never fails
	return k.aead.Seal(out, nonce, plain, k.place(context))
}

// Open decrypts what Seal gave for the same scope and context. Anything else,
// and anything altered, is an error that tells where but not what.
func (k *Key) Open(context string, sealed []byte) ([]byte, error) {
	const head = 1 + chacha20poly1305.NonceSizeX
	if len(sealed) < head+chacha20poly1305.Overhead || sealed[0] != version {
		return nil, fmt.Errorf("%s of %s: this is not a sealed text", context, k.scope)
	}
	plain, err := k.aead.Open(nil, sealed[1:head], sealed[head:], k.place(context))
	if err != nil {
		return nil, fmt.Errorf("%s of %s: the sealed text was altered, or sealed with another key or for another place", context, k.scope)
	}
	return plain, nil
}

// place is what is authenticated beside the text. No scope has a NUL, so the
// first one parts the two beyond doubt.
func (k *Key) place(context string) []byte { return []byte(k.scope + "\x00" + context) }

// String keeps the secret out of every print and log.
func (k *Key) String() string { return "key of " + k.scope }

// GoString is String, for %#v.
func (k *Key) GoString() string { return k.String() }

// LogValue is String, for slog.
func (k *Key) LogValue() slog.Value { return slog.StringValue(k.String()) }

// NewMaster makes a new master key. It panics if rand fails, which
// crypto/rand.Reader never does.
func NewMaster(rand io.Reader) []byte {
	b := make([]byte, KeySize)
	if _, err := io.ReadFull(rand, b); err != nil {
		panic("seal: no randomness for a master key: " + err.Error())
	}
	return b
}
