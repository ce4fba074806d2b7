package account

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"steward/internal/base/cputime"
	"steward/internal/base/errs"
)

// FuzzCleanName: a name that is taken is one visible line, stays as it is when
// it is cleaned again, and is the same name in any case of letters.
func FuzzCleanName(f *testing.F) {
	for _, s := range []string{"Ada Example", "  a   b ", "e\u0301", "\u212b", "-rf", "a\u202eb", "ß", "İ", "\ufdfa", strings.Repeat("é", 65), "1", "\u3164", "a\u0300\u0301\u0302"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		name, err := cleanName("name", s)
		if err != nil {
			return
		}
		if name == "" || utf8.RuneCountInString(name) > maxName || strings.TrimSpace(name) != name || strings.HasPrefix(name, "-") {
			t.Errorf("%q became %q", s, name)
		}
		if strings.ContainsFunc(name, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' }) {
			t.Errorf("%q holds what does not show", name)
		}
		if again, err := cleanName("name", name); err != nil || again != name {
			t.Errorf("%q became %q, and that %q: %v", s, name, again, err)
		}
		key := nameKey(name)
		if nameKey(key) != key || nameKey(norm.NFD.String(name)) != key {
			t.Errorf("the key of %q is %q, and of that %q", name, key, nameKey(key))
		}
	})
}

// FuzzProfile: a profile that is taken is taken again as it was kept, and
// nobody gets a name that the record uses for others.
func FuzzProfile(f *testing.F) {
	f.Add("Ada", "ada@example.org")
	f.Add("S\u212aystem", "\"a b\"@example.org")
	f.Add("ＳＴＥＷＡＲＤ", "a@[::1]")
	f.Add("x", "Ada <ada@example.org>")
	f.Fuzz(func(t *testing.T, name, email string) {
		p, err := Profile{Name: name, Email: email}.clean()
		if err != nil {
			if !errs.Is(err, errs.Invalid) {
				t.Error(err)
			}
			return
		}
		if again, err := p.clean(); err != nil || again != p {
			t.Errorf("%+v became %+v: %v", p, again, err)
		}
		for _, word := range reserved {
			if strings.EqualFold(norm.NFKC.String(p.Name), word) {
				t.Errorf("%q passes for %s", p.Name, word)
			}
		}
		if strings.ContainsAny(p.Email, "\r\n <>") || len(p.Email) > maxEmail {
			t.Errorf("%q is taken for a mail address", p.Email)
		}
	})
}

// FuzzCleanAgent: what a browser says of itself fits a list, whatever it says.
func FuzzCleanAgent(f *testing.F) {
	f.Add("Mozilla/5.0 (X11; Linux x86_64)")
	f.Add("\x1b[2J\u202e" + strings.Repeat("\xff\u0301", 500))
	f.Fuzz(func(t *testing.T, s string) {
		out := cleanAgent(s)
		if utf8.RuneCountInString(out) > maxAgent || !utf8.ValidString(out) || strings.ContainsFunc(out, unicode.IsControl) || cleanAgent(out) != out {
			t.Errorf("%q is shown as %q", s, out)
		}
	})
}

// FuzzPasskey: a browser's answer is refused with words for its person, unless
// it is the answer to the very question, signed by the very key.
func FuzzPasskey(f *testing.F) {
	rp, err := NewRelyingParty("https://security.example.org", "Example")
	if err != nil {
		f.Fatal(err)
	}
	h := &holder{user: User{Name: "Ada"}, handle: make([]byte, handleBytes)}
	challenge := make([]byte, 32)
	_, making, err := rp.askToMake(h, challenge)
	if err != nil {
		f.Fatal(err)
	}
	_, showing, err := rp.askToShow(challenge)
	if err != nil {
		f.Fatal(err)
	}
	b64 := base64.RawURLEncoding.EncodeToString
	answer := func(kind string, response map[string]string) []byte {
		response["clientDataJSON"] = b64([]byte(`{"type":"webauthn.` + kind + `","challenge":"` + b64(challenge) + `","origin":"https://security.example.org","crossOrigin":false}`))
		raw, err := json.Marshal(map[string]any{"id": b64([]byte("id")), "rawId": b64([]byte("id")), "type": "public-key", "response": response})
		if err != nil {
			f.Fatal(err)
		}
		return raw
	}
	auth := append(make([]byte, 32), 0x45, 0, 0, 0, 0)
	f.Add(answer("create", map[string]string{"attestationObject": b64([]byte("\xa3cfmtdnonegattStmt\xa0hauthDataX\x25" + string(auth)))}))
	f.Add(answer("get", map[string]string{"authenticatorData": b64(auth), "signature": b64([]byte{0x30, 0}), "userHandle": b64(h.handle)}))
	f.Add(answer("create", map[string]string{"attestationObject": b64(bytes.Repeat([]byte{0x9f}, 2000))}))
	f.Add(answer("create", map[string]string{"attestationObject": b64([]byte("\xbb\xff\xff\xff\xff\xff\xff\xff\xff"))}))
	f.Fuzz(func(t *testing.T, response []byte) {
		took := cputime.Of(func() {
			if made, err := readMade(response); err == nil {
				if key, err := rp.checkMade(h, making, made); err == nil && (len(key.ID) == 0 || !key.Flags.UserVerified) {
					t.Errorf("taken: %+v", key)
				} else if err != nil && !errs.Is(err, errs.Invalid) {
					t.Error(err)
				}
			} else if !errs.Is(err, errs.Invalid) {
				t.Error(err)
			}
			if shown, err := readShown(response); err == nil {
				if _, err := rp.checkShown(h, showing, shown); err == nil {
					t.Errorf("a person without passkeys is let in by %q", response)
				} else if !errs.Is(err, errs.Invalid) {
					t.Error(err)
				}
			} else if !errs.Is(err, errs.Invalid) {
				t.Error(err)
			}
		})
		if took > 5*time.Second {
			t.Errorf("it took %v", took)
		}
	})
}

// FuzzRelyingParty: an address that is accepted gives an origin as browsers
// write it.
func FuzzRelyingParty(f *testing.F) {
	for _, s := range []string{"https://security.example.org", "http://localhost:8080", "https://EXAMPLE.org:443", "https://[::1]", "https://a:b@example.org/x?y#z", "https://example.org:"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, address string) {
		rp, err := NewRelyingParty(address, "Example")
		if err != nil {
			if !errs.Is(err, errs.Invalid) {
				t.Error(err)
			}
			return
		}
		again, err := NewRelyingParty(rp.Origin, "Example")
		if err != nil || again.ID != rp.ID || again.Origin != rp.Origin || strings.ContainsAny(strings.TrimPrefix(strings.TrimPrefix(rp.Origin, "https://"), "http://"), "/?#@ ") {
			t.Errorf("%q has the origin %q: %v", address, rp.Origin, err)
		}
	})
}

// FuzzLooksLikeToken: what is let through to the database is short text.
func FuzzLooksLikeToken(f *testing.F) {
	f.Add(TokenPrefix + strings.Repeat("a", secretChars))
	f.Add("stw_")
	f.Fuzz(func(t *testing.T, s string) {
		if looksLikeToken(s) && (len(s) != len(TokenPrefix)+secretChars || strings.Trim(s[len(TokenPrefix):], "abcdefghijklmnopqrstuvwxyz234567") != "") {
			t.Errorf("%q is looked up", s)
		}
	})
}

// TestNameKeyOfEveryLetter: letters that differ in case only have one key, and
// a key is its own.
func TestNameKeyOfEveryLetter(t *testing.T) {
	t.Parallel()
	for r := rune(1); r <= unicode.MaxRune; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		key := nameKey(string(r))
		if again, other := nameKey(key), nameKey(string(unicode.SimpleFold(r))); again != key || other != key {
			t.Errorf("the key of %q is %q, of that %q, and in another case %q", r, key, again, other)
		}
	}
}
