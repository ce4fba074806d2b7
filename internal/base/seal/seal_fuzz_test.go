package seal

import (
	"bytes"
	"encoding/hex"
	"testing"
)

// FuzzOpen: only what was sealed for this place opens there.
func FuzzOpen(f *testing.F) {
	ring, err := OpenKeyring(bytes.Repeat([]byte{7}, KeySize))
	if err != nil {
		f.Fatal(err)
	}
	key := ring.wrap
	// Sealed once with that master: with a new nonce in each run, what was
	// found in one would mean nothing in the next.
	plain := []byte("plain")
	good, err := hex.DecodeString("01be49b8a625f0b75d389f0dac400dc2c51fb38775f5c50b163aa284a1219dc77b720235b37d40b99845e52d11c6")
	if err != nil {
		f.Fatal(err)
	}
	if got, err := key.Open("message/1", good); err != nil || !bytes.Equal(got, plain) {
		f.Fatalf("the sample does not open: %q, %v", got, err)
	}
	f.Add("message/1", good)
	f.Add("message/2", good)
	f.Add("message/1", good[:len(good)-1])
	f.Add("message/1", append(bytes.Clone(good), 0))
	f.Add("", []byte{1})
	f.Fuzz(func(t *testing.T, place string, sealed []byte) {
		got, err := key.Open(place, sealed)
		if (err == nil) != (place == "message/1" && bytes.Equal(sealed, good)) {
			t.Errorf("at %q %x opens as %q: %v", place, sealed, got, err)
		}
	})
}

// FuzzSeal: what is sealed opens at its place and nowhere else, and the scope
// and the place cannot be mistaken for one another.
func FuzzSeal(f *testing.F) {
	f.Add("case/a", "message/1", "message/2", []byte("plain"))
	f.Add("case/a", "x", "case/a\x00x", []byte{})
	f.Fuzz(func(t *testing.T, scope, place, other string, plain []byte) {
		key, err := newKey(scope, make([]byte, KeySize))
		if err != nil {
			return
		}
		sealed := key.Seal(place, plain)
		if got, err := key.Open(place, sealed); err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%q came out as %q: %v", plain, got, err)
		}
		if _, err := key.Open(other, sealed); (err == nil) != (other == place) {
			t.Errorf("sealed for %q it opens at %q: %v", place, other, err)
		}
		if second, err := newKey(scope+"2", make([]byte, KeySize)); err != nil {
			t.Error(err)
		} else if _, err := second.Open(place, sealed); err == nil {
			t.Error("another scope opens it")
		}
	})
}
