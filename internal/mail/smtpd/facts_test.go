package smtpd

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"encoding/base64"
	"io"
	"net"
	"net/netip"
	"reflect"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"
	"golang.org/x/net/dns/dnsmessage"
)

// zone answers DNS over UDP with these TXT records. Names that begin with
// "broken." fail.
func zone(t *testing.T, txt map[string]string) *net.Resolver {
	t.Helper()
	l, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		buf := make([]byte, 2000)
		for {
			n, from, err := l.ReadFrom(buf)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(buf[:n]) != nil || len(m.Questions) != 1 {
				continue
			}
			q := m.Questions[0]
			name := strings.ToLower(strings.TrimSuffix(q.Name.String(), "."))
			m.Response, m.Additionals = true, nil
			switch record, ok := txt[name]; {
			case strings.Contains(name, "broken."):
				m.RCode = dnsmessage.RCodeServerFailure
			case ok && q.Type == dnsmessage.TypeTXT:
				m.Answers = []dnsmessage.Resource{{
					Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 1},
					Body:   &dnsmessage.TXTResource{TXT: []string{record}},
				}}
			case !ok:
				m.RCode = dnsmessage.RCodeNameError
			}
			if out, err := m.Pack(); err == nil {
				_, _ = l.WriteTo(out, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", l.LocalAddr().String())
	}}
}

// TestFacts: what DNS says of a sender, and whether it is about the one in From.
func TestFacts(t *testing.T) {
	t.Parallel()
	key := ed25519.NewKeyFromSeed(make([]byte, 32))
	public := base64.StdEncoding.EncodeToString(key.Public().(ed25519.PublicKey))
	r := zone(t, map[string]string{
		"example.net":                    "v=spf1 ip4:127.0.0.1 -all",
		"strict.example":                 "v=spf1 -all",
		"s1._domainkey.example.net":      "v=DKIM1; k=ed25519; p=" + public,
		"_dmarc.example.net":             "v=DMARC1; p=reject; sp=quarantine",
		"_dmarc.strict.example":          "v=DMARC1; p=none; aspf=s",
		"_dmarc.relaxed.example":         "v=DMARC1; p=none",
		"s1._domainkey.mail.example.net": "v=DKIM1; k=ed25519; p=" + public,
	})
	s, _ := start(t, &box{}, func(c *Config) { c.Resolver = r })
	sign := func(mail, domain string) string {
		var b bytes.Buffer
		if err := dkim.Sign(&b, strings.NewReader(mail), &dkim.SignOptions{Domain: domain, Selector: "s1", Signer: crypto.Signer(key)}); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	from := func(addr string) string { return strings.Replace(note, "ann@example.net", addr, 1) }
	pass := func(d string, r Result) []DKIM { return []DKIM{{d, r}} }
	for _, tt := range []struct {
		name, envelope, mail string
		want                 Facts
	}{
		{"all is well", "ann@example.net", sign(note, "example.net"), Facts{ResultPass, "example.net", pass("example.net", ResultPass), "example.net", ResultPass, "reject"}},
		{"altered", "ann@example.net", sign(note, "example.net") + "more\r\n", Facts{ResultPass, "example.net", pass("example.net", ResultFail), "example.net", ResultPass, "reject"}},
		{"another in From", "ann@example.net", from("boss@strict.example"), Facts{ResultPass, "example.net", nil, "strict.example", ResultFail, "none"}},
		{"another in From, signed", "ann@example.net", sign(from("boss@relaxed.example"), "example.net"), Facts{ResultPass, "example.net", pass("example.net", ResultPass), "relaxed.example", ResultFail, "none"}},
		{"signed by a part of it", "eve@nowhere.example", sign(note, "mail.example.net"), Facts{ResultNone, "nowhere.example", pass("mail.example.net", ResultPass), "example.net", ResultPass, "reject"}},
		{"From a part of it", "ann@example.net", from("ann@mail.example.net"), Facts{ResultPass, "example.net", nil, "mail.example.net", ResultPass, "quarantine"}},
		{"not allowed", "ann@strict.example", from("ann@strict.example"), Facts{ResultFail, "strict.example", nil, "strict.example", ResultFail, "none"}},
		{"DNS fails", "ann@broken.example", from("ann@broken.example"), Facts{ResultTempError, "broken.example", nil, "broken.example", ResultTempError, ""}},
		{"nobody", "", "Subject: x\r\n\r\n", Facts{ResultPass, "example.net", nil, "", ResultNone, ""}},
		{"huge header", "ann@example.net", sign(note, "example.net")[:0] + strings.Repeat("X: y\r\n", maxFields+1) + sign(note, "example.net"), Facts{ResultPass, "example.net", nil, "example.net", ResultPass, "reject"}},
	} {
		e := Envelope{From: tt.envelope, Helo: "example.net", RemoteAddr: netip.MustParseAddr("127.0.0.1")}
		if got := s.facts(t.Context(), e, []byte(tt.mail)); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

// TestFactsInTime: a DNS that does not answer keeps no mail waiting for long,
// and never loses one.
func TestFactsInTime(t *testing.T) {
	t.Parallel()
	s, _ := start(t, &box{}, func(c *Config) {
		c.Resolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}}
	})
	ctx, stop := context.WithTimeout(t.Context(), 200_000_000)
	defer stop()
	e := Envelope{From: "ann@example.net", RemoteAddr: netip.MustParseAddr("127.0.0.1")}
	if f := s.facts(ctx, e, []byte(note)); f.SPF == ResultPass || f.FromDomain != "example.net" {
		t.Errorf("%+v", f)
	}
}

// FuzzIntake: what is taken is what came, and has no line end of another kind.
func FuzzIntake(f *testing.F) {
	f.Add([]byte(note), 3)
	f.Add([]byte("a\n.\nb"), 1)
	f.Add([]byte("a\r"), 1)
	s := &Server{c: Config{MaxBytes: 1000, Memory: 1 << 20}}
	f.Fuzz(func(t *testing.T, mail []byte, step int) {
		in := &intake{s: s, r: &stepper{mail, max(step, 1)}}
		got, err := in.read([]byte("head"))
		in.release()
		rest := strings.ReplaceAll(string(mail), "\r\n", "")
		sound := !strings.ContainsAny(rest, "\r\n") && len(mail) <= 1000
		if (err == nil) != sound || err == nil && string(got) != "head"+string(mail) {
			t.Errorf("%q: %q, %v", mail, got, err)
		}
		s.ours(string(mail))
		if s.memory.Load() != 0 {
			t.Errorf("%d bytes are counted in the end", s.memory.Load())
		}
	})
}

// stepper reads a few bytes at a time.
type stepper struct {
	b []byte
	n int
}

func (r *stepper) Read(p []byte) (int, error) {
	n := copy(p, r.b[:min(len(r.b), r.n)])
	if r.b = r.b[n:]; len(r.b) == 0 {
		return n, io.EOF
	}
	return n, nil
}
