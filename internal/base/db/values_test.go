package db_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"steward/internal/base/db"
)

func TestMicros(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("far", -9*3600)
	for _, at := range []time.Time{
		time.Date(2026, 11, 23, 1, 2, 3, 456_789_000, time.UTC),
		time.Date(1969, 12, 31, 23, 59, 59, 1000, time.UTC),
		time.Date(9999, 12, 31, 23, 59, 59, 0, zone),
	} {
		got := db.FromMicros(db.Micros(at))
		if !got.Equal(at) || got.Location() != time.UTC {
			t.Errorf("%v came back as %v", at, got)
		}
	}
	fine := time.Date(2026, 1, 1, 0, 0, 0, 1999, time.UTC)
	if got := db.FromMicros(db.Micros(fine)); got.Nanosecond() != 1000 {
		t.Errorf("nanoseconds were not cut off: %v", got)
	}
}

func TestNewID(t *testing.T) {
	t.Parallel()
	if got := db.NewID(bytes.NewReader(make([]byte, 16))); got != strings.Repeat("a", 26) {
		t.Errorf("16 zero bytes give %q", got)
	}
	a, b := db.NewID(rand.Reader), db.NewID(rand.Reader)
	if a == b || !db.ValidID(a) || !db.ValidID(b) {
		t.Errorf("bad identifiers %q, %q", a, b)
	}
	defer func() {
		if recover() == nil {
			t.Error("without randomness, NewID gave an identifier")
		}
	}()
	db.NewID(iotest.ErrReader(errors.New("none")))
}

func TestValidID(t *testing.T) {
	t.Parallel()
	good := strings.Repeat("a", 25)
	for id, want := range map[string]bool{
		good + "a":                       true,
		good + "4":                       true,
		good + "b":                       false, // spare bits set: another spelling of …a
		good + "A":                       false,
		good + "1":                       false,
		good:                             false,
		good + "aa":                      false,
		"":                               false,
		"../../../../../etc/passwd/":     false,
		strings.Repeat("a", 24) + "\n\n": false,
		strings.Repeat("a", 25) + "\n":   false,
		strings.Repeat("a", 24) + "ü":    false,
	} {
		if got := db.ValidID(id); got != want {
			t.Errorf("ValidID(%q) = %v", id, got)
		}
	}
}
