package sign

import (
	"strings"
	"testing"
	"time"

	"steward/internal/base/cputime"
	"steward/internal/base/errs"
	"steward/internal/bombs/keybomb"
)

// patience is what looking at a key may take of a processor; without limits
// these keys take minutes.
const patience = 10 * time.Second

// Keys that are small enough to be read and would take long to check are
// refused at once, with words for the person.
func TestCheckRecipientIsQuick(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, want string
		key        []byte
	}{
		{"large DSA", "too weak", keybomb.DSA(64<<10-8, 50)},
		{"large RSA", "more than 16384 bits", keybomb.RSA(64<<10-8, 3)},
		{"many signatures", "50 are looked at", keybomb.RSA(1024, 250)},
		{"many signatures by a curve", "50 are looked at", keybomb.Curve(250)},
		{"many names", "damaged", keybomb.Names(1700)},
		{"half a number", "damaged", keybomb.Numbers()},
		{"compressed a hundred times", "damaged", keybomb.Nested(100)},
		{"as many as are allowed", "cannot be used", keybomb.Curve(maxSelfSignatures)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if len(tt.key) > maxKey {
				t.Fatalf("%d bytes: too large to be looked at", len(tt.key))
			}
			var err error
			took := cputime.Of(func() { _, err = CheckRecipient(tt.key, time.Now()) })
			if took > patience {
				t.Errorf("it took %v", took)
			} else {
				t.Logf("%d bytes: %v", len(tt.key), took)
			}
			if !errs.Is(err, errs.Invalid) || !strings.Contains(errs.Public(err), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}
