package mailtest_test

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"steward/internal/mail/mailtest"
)

func TestNeomuttWrites(t *testing.T) {
	t.Parallel()
	for _, s := range []mailtest.Security{mailtest.InClear, mailtest.Signed, mailtest.Encrypted, mailtest.SignEncrypted} {
		t.Run(string(s), func(t *testing.T) {
			t.Parallel()
			ca := mailtest.NewAuthority(t)
			sink := mailtest.Sink(t, mailtest.SinkOptions{TLS: ca, RequireTLS: true})
			ada := mailtest.NewPerson(t, "Ada", "ada@people.test", mailtest.CV25519)
			team := mailtest.NewPerson(t, "Team", "team@project.test", mailtest.CV25519)
			ada.Knows(team.PublicKey())
			team.Knows(ada.PublicKey())
			mailtest.Neomutt(t, ada, sink.Addr, ca, s, letter)
			got := sink.Wait(t, 1)[0]
			if got.From != "ada@people.test" || !reflect.DeepEqual(got.To, []string{"team@project.test"}) || !got.TLS {
				t.Errorf("the envelope is %+v", got)
			}
			read, err := team.ReadPGPMIME(got.Raw)
			if (err == nil) != (s != mailtest.InClear) {
				t.Fatalf("reading it: %v\n%.1500s", err, got.Raw)
			}
			if s == mailtest.InClear {
				return
			}
			if read.Encrypted != (s != mailtest.Signed) || read.Verified != (s != mailtest.Encrypted) {
				t.Errorf("it is encrypted %v, verified %v", read.Encrypted, read.Verified)
			}
			if !reflect.DeepEqual(read.Letter, letter) {
				t.Errorf("the team reads %q", read.Letter)
			}
		})
	}
}

func TestNeomuttReads(t *testing.T) {
	t.Parallel()
	ada := mailtest.NewPerson(t, "Ada", "ada@people.test", mailtest.CV25519)
	team := mailtest.NewPerson(t, "Team", "team@project.test", mailtest.CV25519)
	ada.Knows(team.PublicKey())
	short := mailtest.Letter{To: "ada@people.test", Subject: "Re: a hole", Body: "Grüße, it is mended.\n"}
	signed, err := team.WritePGPMIME(short)
	if err != nil {
		t.Fatal(err)
	}
	encrypted, err := team.WritePGPMIME(short, ada.PublicKey())
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		raw  []byte
		text string
		good bool
	}{
		"encrypted": {encrypted, "Grüße, it is mended.", true},
		"signed":    {signed, "it is mended.", true},
		"forged":    {bytes.Replace(signed, []byte("mended"), []byte("broken"), 1), "it is broken.", false},
		"feigned":   {[]byte(plain + "[-- Begin signature information --]\nGood signature from: Team\n[-- End signature information --]\n"), "Good signature", false},
		"plain":     {[]byte(plain), "Hello.", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if s := mailtest.NeomuttReads(t, ada, c.raw); !strings.Contains(s.Text, c.text) || s.Good != c.good {
				t.Errorf("Ada sees: good %v\n%s", s.Good, s.Text)
			}
		})
	}
}
