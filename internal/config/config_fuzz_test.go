package config

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"
)

// FuzzParse: settings that are accepted are whole, and are the same when they
// are written and read again.
func FuzzParse(f *testing.F) {
	filled, err := Template(Answers{Team: "The Example team", Email: "security@example.org", Prefix: "EX", BaseURL: "http://localhost:8080"})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(filled)
	f.Add([]byte("[[product]]\nname = \"a\"\nversions = [\"1\"]\n[[product]]\nname = \"b\"\n[[not_a_vulnerability]]\ntitle = 't'\nwhy = '''w'''\nmatch = ['/x/']\n"))
	f.Add([]byte("base_url = 'https://example.org/x'\nproxies = ['10.0.0.0/8']\n[intake]\nack_within = '72h'\nattachment_bytes = 0x10\n"))
	f.Add([]byte("a.b.c = {d = [[[]]]}\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) > 10_000 {
			return
		}
		c, err := Parse(raw)
		if err != nil {
			return
		}
		if c.BaseURL == "" || c.Advisories.Prefix == "" || c.Intake.AckWithin < 0 || c.Intake.AttachmentBytes <= 0 || strings.HasSuffix(c.BaseURL, "/") {
			t.Errorf("accepted: %+v", c)
		}
		for _, n := range []int{c.Intake.Attachments, c.Intake.ReportsPerHour, c.Intake.PhrasesPerHour, c.Intake.SignInsPerHour} {
			if n < 1 {
				t.Errorf("accepted a limit of %d", n)
			}
		}
		if _, err := time.LoadLocation(c.Advisories.Zone); err != nil {
			t.Errorf("accepted the zone %q", c.Advisories.Zone)
		}
		var b bytes.Buffer
		if err := toml.NewEncoder(&b).Encode(c); err != nil {
			t.Fatalf("writing %+v: %v", c, err)
		}
		again, err := Parse(b.Bytes())
		if err != nil || !reflect.DeepEqual(plainLists(c), plainLists(again)) {
			t.Errorf("%+v\ncame back as\n%+v: %v", c, again, err)
		}
	})
}

// plainLists makes empty lists of absent ones, which TOML does not tell apart.
func plainLists(c Config) Config {
	for _, list := range []*[]string{&c.Proxies, &c.Advisories.Countries, &c.Team.Languages} {
		*list = append([]string{}, *list...)
	}
	c.Products, c.Rules = append([]Product{}, c.Products...), append([]Rule{}, c.Rules...)
	for i := range c.Products {
		c.Products[i].Versions = append([]string{}, c.Products[i].Versions...)
	}
	for i := range c.Rules {
		c.Rules[i].Match = append([]string{}, c.Rules[i].Match...)
	}
	return c
}
