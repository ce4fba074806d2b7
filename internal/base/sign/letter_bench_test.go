package sign

import (
	"bytes"
	"testing"
	"time"
)

// BenchmarkEncryptSigned writes 20 KB to one Curve25519 key.
func BenchmarkEncryptSigned(b *testing.B) {
	team, err := Generate(nil, "Example Security Team", "security@example.org", noon)
	if err != nil {
		b.Fatal(err)
	}
	jo, err := Generate(nil, "Jo Doe", "jo@example.net", noon)
	if err != nil {
		b.Fatal(err)
	}
	r, err := ParseRecipient(jo.PublicKey(), noon.Add(time.Hour))
	if err != nil {
		b.Fatal(err)
	}
	text := bytes.Repeat([]byte("x"), 20<<10)
	to := []*Recipient{r}
	for b.Loop() {
		if _, err := team.EncryptSigned(text, to, noon.Add(time.Hour), nil); err != nil {
			b.Fatal(err)
		}
	}
}
