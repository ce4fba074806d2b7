package sign

import (
	"bytes"
	"testing"

	"github.com/ProtonMail/go-crypto/openpgp/armor"
)

// Our armor is the library's, byte for byte, at every length.
func TestArmorIsTheLibrarys(t *testing.T) {
	t.Parallel()
	raw := make([]byte, 400)
	for i := range raw {
		raw[i] = byte(i*i + i>>3)
	}
	for n := 1; n < len(raw); n++ { // of nothing, the library leaves out an empty line
		var b bytes.Buffer
		w, err := armor.Encode(&b, blockMessage, nil)
		if err != nil {
			t.Fatal(err)
		}
		w.Write(raw[:n])
		w.Close()
		want := append(bytes.TrimRight(b.Bytes(), "\n"), '\n')
		got, err := enarmor(blockMessage, raw[:n])
		if err != nil || !bytes.Equal(got, want) {
			t.Fatalf("%d bytes: got\n%s\nwant\n%s (%v)", n, got, want, err)
		}
	}
}
