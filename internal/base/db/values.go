package db

import (
	"encoding/base32"
	"io"
	"time"
)

// Micros is how a time is stored: microseconds since 1970 in UTC.
func Micros(t time.Time) int64 { return t.UnixMicro() }

// FromMicros reads a stored time; the zone is UTC.
func FromMicros(us int64) time.Time { return time.UnixMicro(us).UTC() }

// Moment reads a stored time of which 0 means never.
func Moment(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return FromMicros(us)
}

var idEncoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

const (
	idBytes = 16
	idChars = 26
)

// NewID makes an identifier that nobody can guess: 128 random bits as 26
// characters of lower-case base32. It panics if rand fails, which
// crypto/rand.Reader never does.
func NewID(rand io.Reader) string {
	var b [idBytes]byte
	if _, err := io.ReadFull(rand, b[:]); err != nil {
		panic("db: no randomness for an identifier: " + err.Error())
	}
	return idEncoding.EncodeToString(b[:])
}

// ValidID tells whether s could have come from NewID. What is not valid needs
// no search.
func ValidID(s string) bool {
	if len(s) != idChars {
		return false
	}
	b, err := idEncoding.DecodeString(s)
	// The last character carries three bits only: encoded again, a text whose
	// spare bits are set comes out different.
	return err == nil && idEncoding.EncodeToString(b) == s
}
