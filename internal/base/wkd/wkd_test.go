package wkd

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	pgp "github.com/ProtonMail/go-crypto/openpgp/packet"
	openpgp "github.com/ProtonMail/go-crypto/openpgp/v2"

	"steward/internal/base/errs"
	"steward/internal/base/sign"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// newKey makes a key with the names, in binary form.
func newKey(t testing.TB, v6 bool, addresses ...string) (*openpgp.Entity, []byte) {
	t.Helper()
	cfg := &pgp.Config{Time: func() time.Time { return noon.Add(-time.Hour) }, V6Keys: v6, Algorithm: pgp.PubKeyAlgoEdDSA}
	if v6 {
		cfg.Algorithm = pgp.PubKeyAlgoEd25519
	}
	e, err := openpgp.NewEntity("Ana", "", addresses[0], cfg)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range addresses[1:] {
		if err := e.AddUserId("Ana", "", a, cfg); err != nil {
			t.Fatal(err)
		}
	}
	return e, serialized(t, e)
}

func serialized(t testing.TB, e *openpgp.Entity) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := e.Serialize(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestHash: the vectors of the draft and of gpg.
func TestHash(t *testing.T) {
	t.Parallel()
	for local, want := range map[string]string{
		"Joe.Doe":         "iy9q119eutrkn8s1mk4r39qejnbu3n5q",
		"bernhard.reiter": "it5sewh54rxz33fwmr8u6dy4bbz8itz4",
		"ÄRGER":           "ewd7piirpeasam9iz8or84x4be3xhxqw",
		"Ärger":           "ewd7piirpeasam9iz8or84x4be3xhxqw",
	} {
		if got := Hash(local); got != want {
			t.Errorf("%s: %s, want %s", local, got, want)
		}
	}
	if Hash("ärger") == Hash("ÄRGER") || Hash("\u212aevin") == Hash("kevin") {
		t.Error("a letter that is not of ASCII was mapped")
	}
	if PolicyPath != ".well-known/openpgpkey/policy" || AdvancedPolicyPath("Example.ORG") != ".well-known/openpgpkey/example.org/policy" {
		t.Error("policy stands elsewhere")
	}
}

func TestURLs(t *testing.T) {
	t.Parallel()
	const hash = "iy9q119eutrkn8s1mk4r39qejnbu3n5q"
	a, d, err := URLs("Joe.Doe@Example.ORG")
	if err != nil || a != "https://openpgpkey.example.org/.well-known/openpgpkey/example.org/hu/"+hash+"?l=Joe.Doe" ||
		d != "https://example.org/.well-known/openpgpkey/hu/"+hash+"?l=Joe.Doe" {
		t.Errorf("%s %s %v", a, d, err)
	}
	if _, d, err := URLs("a+b&c=d@bücher.example"); err != nil || !strings.HasPrefix(d, "https://xn--bcher-kva.example/") || !strings.HasSuffix(d, "?l=a%2Bb%26c%3Dd") {
		t.Errorf("%s %v", d, err)
	}
	for _, bad := range []string{"", "@", "a@", "@example.org", "a@b", "a@127.0.0.1", "a@[::1]", "a@1.2", "a@example.org:8443", "a@example.org/x",
		"a@ex ample.org", "a b@example.org", "a\n@example.org", "<a@example.org>", "a@-x.org", "a@x..org", "a@example.org.", "\xff@example.org",
		"a@user@example.org", "a@localhost", strings.Repeat("a", 65) + "@example.org", "a@" + strings.Repeat("x.", 200) + "org", "a\u202e@example.org", "a@x_y.org"} {
		if a, _, err := URLs(bad); !errs.Is(err, errs.Invalid) {
			t.Errorf("%q: %s, %v", bad, a, err)
		}
	}
}

// TestParse: only a key that has the address for a name, by its own word.
func TestParse(t *testing.T) {
	t.Parallel()
	_, ana := newKey(t, false, "other@example.org", "Ana@Example.org")
	_, bob := newKey(t, false, "bob@example.org")
	key, err := Parse(append(bytes.Clone(bob), ana...), "ana@example.org", noon)
	if err != nil {
		t.Fatal(err)
	}
	ring, err := openpgp.ReadArmoredKeyRing(bytes.NewReader(key.Armored))
	if err != nil || len(ring) != 1 || len(ring[0].Identities) != 1 || ring[0].Identities["Ana <Ana@Example.org>"] == nil || len(ring[0].Subkeys) != 1 {
		t.Fatalf("%+v %v", ring, err)
	}
	if got, err := sign.CheckRecipient(key.Armored, noon); err != nil || got != key.Fingerprint {
		t.Errorf("%s %v", got, err)
	}
	for name, c := range map[string]struct {
		answer []byte
		none   bool
	}{
		"nothing":              {nil, true},
		"another's key":        {bob, true},
		"a page":               {[]byte("<!doctype html>"), false},
		"armored":              {key.Armored, false},
		"cut off":              {ana[:len(ana)-1], false},
		"too large":            {make([]byte, maxAnswer+1), false},
		"nine keys":            {bytes.Repeat(bob, 9), false},
		"a packet in parts":    {append([]byte{0xc6, 0xe1}, ana...), false},
		"of unknown length":    {append([]byte{0x9b}, ana...), false},
		"an absurd length":     {[]byte{0x9a, 0xff, 0xff, 0xff, 0xff}, false},
		"signatures first":     {[]byte{0xc2, 0}, true},
		"a secret key":         {[]byte{0xc5, 0}, false},
		"a key without a body": {append([]byte{0xc6, 0, 0xcd, 15}, "ana@example.org"...), false},
	} {
		_, err := Parse(c.answer, "ana@example.org", noon)
		if !errs.Is(err, errs.Invalid) || errors.Is(err, ErrNone) != c.none {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && (strings.Contains(err.Error(), "ana@") || strings.Contains(fmt.Sprint(errors.Unwrap(err)), "example")) {
			t.Errorf("%s: the error tells the address: %v", name, err)
		}
	}
	if _, err := Parse(ana, "ana@example.org", noon.Add(-2*time.Hour)); err == nil {
		t.Error("a key from the future")
	}
}

// TestForgedName: somebody else's key with a name that it never signed is not
// the address's key, of either version.
func TestForgedName(t *testing.T) {
	t.Parallel()
	for _, v6 := range []bool{false, true} {
		_, mallory := newKey(t, v6, "mallory@example.org")
		name := "ana@example.org"
		forged := append(bytes.Clone(mallory), 0xcd, byte(len(name)))
		forged = append(forged, name...)
		if _, err := Parse(forged, name, noon); err == nil {
			t.Errorf("v6 %v: a name without a signature was believed", v6)
		}
		// The name of another, with the signature that stood on the own one.
		packets, err := packetsOf(mallory)
		if err != nil {
			t.Fatal(err)
		}
		forged = nil
		for _, p := range packets {
			if p.tag == tagUserID {
				p.all = append([]byte{0xcd, byte(len(name))}, name...)
			}
			forged = append(forged, p.all...)
		}
		if _, err := Parse(forged, name, noon); err == nil {
			t.Errorf("v6 %v: a name with another's signature was believed", v6)
		}
		if _, err := Parse(mallory, "mallory@example.org", noon); err != nil {
			t.Errorf("v6 %v: the true name: %v", v6, err)
		}
	}
}

// directory is a web server that plays every domain, and a client whose names
// all lead to it; names in gone do not exist.
type directory struct {
	*Client
	mu    sync.Mutex
	asked []string
}

func newDirectory(t *testing.T, answer http.HandlerFunc, gone ...string) *directory {
	t.Helper()
	d := &directory{}
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d.mu.Lock()
		d.asked = append(d.asked, r.Host+r.URL.RequestURI())
		d.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(srv.Close)
	client := NewHTTP()
	roots := x509.NewCertPool()
	roots.AddCert(srv.Certificate())
	tr := client.Transport.(*http.Transport)
	tr.TLSClientConfig = &tls.Config{RootCAs: roots, ServerName: "example.com"}
	tr.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		host, _, _ := net.SplitHostPort(addr)
		if slices.Contains(gone, host) {
			return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
		}
		return (&net.Dialer{}).DialContext(ctx, network, srv.Listener.Addr().String())
	}
	d.Client = &Client{HTTP: client, Now: func() time.Time { return noon }}
	return d
}

func TestLookup(t *testing.T) {
	t.Parallel()
	_, ana := newKey(t, false, "ana@example.org")
	good := func(w http.ResponseWriter, _ *http.Request) { w.Write(ana) }
	d := newDirectory(t, good)
	key, err := d.Lookup(t.Context(), "Ana@example.org")
	if err != nil || len(key.Fingerprint) != 40 || len(d.asked) != 1 || !strings.HasPrefix(d.asked[0], "openpgpkey.example.org/.well-known/openpgpkey/example.org/hu/") {
		t.Errorf("advanced: %v, asked %v", err, d.asked)
	}
	d = newDirectory(t, good, "openpgpkey.example.org")
	if _, err = d.Lookup(t.Context(), "ana@example.org"); err != nil || len(d.asked) != 1 || !strings.HasPrefix(d.asked[0], "example.org/.well-known/openpgpkey/hu/") {
		t.Errorf("direct: %v, asked %v", err, d.asked)
	}
	d = newDirectory(t, good, "openpgpkey.example.org", "example.org")
	if _, err = d.Lookup(t.Context(), "ana@example.org"); !errors.Is(err, ErrNone) {
		t.Errorf("no such domain: %v", err)
	}
	d = newDirectory(t, http.NotFound)
	if _, err = d.Lookup(t.Context(), "ana@example.org"); !errors.Is(err, ErrNone) || len(d.asked) != 1 {
		t.Errorf("the advanced method has no key: %v, asked %v", err, d.asked)
	}
}

// TestLookupFails: whatever a server does, the error is one of ours and names
// nobody.
func TestLookupFails(t *testing.T) {
	t.Parallel()
	to := func(where string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.Referer() != "" {
				t.Errorf("the next server is told %q", r.Referer())
			}
			http.Redirect(w, r, where, http.StatusFound)
		}
	}
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		kind   errs.Kind
	}{
		"broken": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, errs.Conflict},
		"endless": {func(w http.ResponseWriter, _ *http.Request) {
			// What buffers of sockets take is not read by us.
			for n := 0; ; n += 1 << 20 {
				if _, err := w.Write(make([]byte, 1<<20)); err != nil {
					return
				}
				if n > 64<<20 {
					t.Error("64 MiB of an endless answer were taken")
					return
				}
			}
		}, errs.Invalid},
		"not encrypted": {to("http://example.org/key"), errs.Conflict},
		"another port":  {to("https://example.org:8443/key"), errs.Conflict},
		"with a name":   {to("https://ana@example.org/key"), errs.Conflict},
		"in circles":    {to("https://example.org/key"), errs.Conflict},
		"hangs up": {func(w http.ResponseWriter, _ *http.Request) {
			conn, _, _ := w.(http.Hijacker).Hijack()
			conn.Close()
		}, errs.Conflict},
		"large header": {func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X", strings.Repeat("x", 1<<20)) }, errs.Conflict},
	} {
		d := newDirectory(t, c.answer)
		_, err := d.Lookup(t.Context(), "ana@example.org")
		if !errs.Is(err, c.kind) {
			t.Errorf("%s: %v", name, err)
		}
		for e := err; e != nil; e = errors.Unwrap(e) {
			if strings.Contains(e.Error(), "ana") || strings.Contains(e.Error(), "example") || strings.Contains(e.Error(), "127.0.0.1") {
				t.Errorf("%s: the error tells what was asked: %v", name, e)
			}
		}
		if len(d.asked) > maxRedirects+1 {
			t.Errorf("%s: asked %d times", name, len(d.asked))
		}
	}
	d := newDirectory(t, http.NotFound)
	d.HTTP.Transport.(*http.Transport).TLSClientConfig = &tls.Config{}
	if _, err := d.Lookup(t.Context(), "ana@example.org"); !errors.Is(err, errForeign) {
		t.Errorf("a certificate that nobody knows: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.Lookup(ctx, "ana@example.org"); !errs.Is(err, errs.Conflict) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestOnlyPublic: the true client does not reach our own network, by name,
// number or redirect.
func TestOnlyPublic(t *testing.T) {
	t.Parallel()
	srv := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("reached") }))
	defer srv.Close()
	c := NewHTTP()
	c.Transport.(*http.Transport).TLSClientConfig.InsecureSkipVerify = true
	for _, url := range []string{srv.URL, strings.Replace(srv.URL, "127.0.0.1", "localhost", 1), "https://127.0.0.1/", "https://[::1]/"} {
		if _, err := c.Get(url); !errors.Is(err, errPrivate) {
			t.Errorf("%s: %v", url, err)
		}
	}
	for a, want := range map[string]bool{
		"1.1.1.1": true, "2606:4700::1111": true, "::ffff:1.1.1.1": true,
		"127.0.0.1": false, "10.1.2.3": false, "172.16.0.1": false, "192.168.1.1": false, "169.254.169.254": false, "100.64.0.1": false,
		"0.0.0.0": false, "224.0.0.1": false, "255.255.255.255": false, "192.0.2.1": false, "198.18.0.1": false, "::": false, "::1": false,
		"fe80::1": false, "fd00::1": false, "ff02::1": false, "::ffff:127.0.0.1": false, "::127.0.0.1": false, "64:ff9b::7f00:1": false, "2002:7f00:1::": false, "2001:db8::1": false,
	} {
		if got := Public(netip.MustParseAddr(a)); got != want {
			t.Errorf("%s is public: %v", a, got)
		}
	}
	if err := control("tcp", "1.1.1.1:80", nil); err == nil {
		t.Error("another port")
	}
}

// TestPublish: gpg finds in our files the key that we publish, under the name
// that gpg itself would ask for.
func TestPublish(t *testing.T) {
	t.Parallel()
	s, err := sign.Generate(nil, "Example Security Team", "security@example.org", noon)
	if err != nil {
		t.Fatal(err)
	}
	files, err := Publish("Security@Example.org", s.PublicKey(), noon)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Publish("Security@Example.org", s.PublicKey(), noon)
	if err != nil || len(files) != 4 || len(again) != 4 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	if !bytes.Equal(files[0].Body, again[0].Body) || !bytes.Equal(files[0].Body, files[2].Body) || files[1].Path != PolicyPath || len(files[1].Body)+len(files[3].Body) != 0 {
		t.Errorf("%+v", files)
	}
	home, err := os.MkdirTemp("", "gpg") // short, for the agent's socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		exec.Command("gpgconf", "--homedir", home, "--kill", "all").Run()
		os.RemoveAll(home)
	})
	run := func(stdin []byte, args ...string) string {
		cmd := exec.Command("gpg", append([]string{"--homedir", home, "--batch", "--no-tty"}, args...)...)
		cmd.Stdin = bytes.NewReader(stdin)
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("gpg %v: %v", args, err)
		}
		return string(out)
	}
	run(files[0].Body, "--import")
	list := run(nil, "--with-wkd-hash", "--fingerprint", "--list-keys")
	if !strings.Contains(list, filepath.Base(files[0].Path)+"@example.org") || !strings.Contains(strings.ReplaceAll(list, " ", ""), s.Fingerprint()) {
		t.Errorf("gpg lists\n%s", list)
	}
	if _, err := Publish("nobody@example.org", s.PublicKey(), noon); !errors.Is(err, ErrNone) {
		t.Errorf("another's address: %v", err)
	}
	if _, err := Publish("security@example.org", []byte("no key"), noon); !errs.Is(err, errs.Invalid) {
		t.Errorf("no key: %v", err)
	}
	private, err := s.Private()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Publish("security@example.org", private, noon); !errs.Is(err, errs.Invalid) {
		t.Errorf("a private key: %v", err)
	}
}

// FuzzParse: whatever a server answers, there is a key that the address and a
// message can use, or an error that names nobody.
func FuzzParse(f *testing.F) {
	_, ana := newKey(f, false, "ana@example.org", "other@example.org")
	_, six := newKey(f, true, "ana@example.org")
	f.Add(ana)
	f.Add(six)
	f.Add(append(bytes.Clone(six), ana...))
	f.Add([]byte{0xc6, 0xff, 0xff, 0xff, 0xff, 0xff})
	f.Add(append([]byte{0x98, 0, 0xb4, 15}, "ana@example.org"...))
	f.Fuzz(func(t *testing.T, answer []byte) {
		key, err := Parse(answer, "ana@example.org", noon)
		if err != nil {
			if strings.Contains(err.Error(), "example") {
				t.Fatalf("%v", err)
			}
			return
		}
		if got, err := sign.CheckRecipient(key.Armored, noon); err != nil || got != key.Fingerprint {
			t.Fatalf("%s, %v", got, err)
		}
		raw, err := dearmor(key.Armored)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := Parse(raw, "ana@example.org", noon); err != nil || !bytes.Equal(again.Armored, key.Armored) {
			t.Fatalf("not the same when it is parsed again: %v", err)
		}
	})
}
