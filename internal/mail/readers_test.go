package mail

import (
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
	"time"

	"steward/internal/base/errs"
	"steward/internal/base/sign"
)

// TestReaders: a key is read once, as it would be read anew, and not for ever.
func TestReaders(t *testing.T) {
	t.Parallel()
	made := time.Now().Add(-time.Hour).Truncate(time.Second)
	var keys []string
	for i := range 3 {
		s, err := sign.Generate(rand.Reader, fmt.Sprint(i), fmt.Sprintf("p%d@example.net", i), made)
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, string(s.PublicKey()))
	}
	var r readers
	first, err := r.key(keys[0], time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if again, err := r.key(keys[0], time.Now()); err != nil || again != first {
		t.Errorf("read twice: %v", err)
	}
	if _, err := r.key(keys[0], made.Add(-time.Hour)); !errs.Is(err, errs.Invalid) {
		t.Errorf("a key that is kept is good before it was made: %v", err)
	}
	if other, err := r.key(keys[1], time.Now()); err != nil || other.Fingerprint() == first.Fingerprint() {
		t.Errorf("another's key: %v", err)
	}
	if _, err := r.key("no key", time.Now()); !errs.Is(err, errs.Invalid) {
		t.Errorf("what is no key: %v", err)
	}
	for n := range mostReaders { // the same key in other bytes
		if _, err := r.key(keys[2]+strings.Repeat("\n", n), time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(r.byHash); n != mostReaders || r.latest.Len() != n {
		t.Errorf("%d and %d are kept", n, r.latest.Len())
	}
	if again, _ := r.key(keys[0], time.Now()); again == first {
		t.Error("what was not used for long is kept")
	}
}
