package subscribe

import (
	"crypto/rand"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"steward/internal/advisory"
	"steward/internal/base/db"
	"steward/internal/base/errs"
	"steward/internal/base/seal"
)

func TestEveryEventInEveryState(t *testing.T) {
	t.Parallel()
	for _, s := range append(States, "") {
		for _, e := range events {
			to, err := s.step(e)
			want, ok := moves[s][e]
			if ok != (err == nil) || ok && to != want || !ok && to != s {
				t.Errorf("%q, %s: %s, %v", s, e, to, err)
			}
			if err != nil && !errs.Is(err, errs.Conflict) {
				t.Errorf("%q, %s: %v", s, e, err)
			}
			if to == Confirmed && s != Confirmed && (s != Asked || e != eventConfirm) {
				t.Errorf("%q, %s: confirmed by something else than a letter's link", s, e)
			}
		}
	}
}

func TestNormalise(t *testing.T) {
	t.Parallel()
	for in, out := range map[string]string{
		"ada@example.org":                   "ada@example.org",
		" Ada.L+tag@EXAMPLE.org\n":          "Ada.L+tag@example.org",
		"ada@bücher.example":                "ada@xn--bcher-kva.example",
		"ada@example.org.":                  "ada@example.org",
		"a!#$%&'*+-/=?^_`{|}~z@a-b.example": "a!#$%&'*+-/=?^_`{|}~z@a-b.example",
		"":                                  "",
		"ada":                               "",
		"@example.org":                      "",
		"ada@":                              "",
		"ada@localhost":                     "",
		"ada@127.0.0.1":                     "",
		"ada@[127.0.0.1]":                   "",
		"a@b@example.org":                   "",
		"\"a b\"@example.org":               "",
		".ada@example.org":                  "",
		"a..b@example.org":                  "",
		"ada@example..org":                  "",
		"ada@-x.example":                    "",
		"ada@exa_mple.org":                  "",
		"ada@example.org\r\nBcc: eve@example.org":   "",
		"ada\r\n@example.org":                       "",
		"ada,eve@example.org":                       "",
		"Ada <ada@example.org>":                     "",
		"ädä@example.org":                           "",
		"ada\x00@example.org":                       "",
		"ada@b\x9c.example":                         "",
		strings.Repeat("a", 65) + "@example.org":    "",
		"ada@" + strings.Repeat("a.", 130) + "org":  "",
		strings.Repeat("a@", 1<<20) + "example.org": "",
	} {
		got, err := normalise(in)
		if got != out || (err == nil) != (out != "") {
			t.Errorf("%.60q gives %q, %v", in, got, err)
		}
	}
}

// FuzzWish: a wish that is taken is in its one form, holds no word that the
// site does not have, and fits a header.
func FuzzWish(f *testing.F) {
	f.Add("ada@example.org", "libquill", "low")
	f.Add("Ada@BÜCHER.example", "LIBQUILL\x00quill  server", "")
	f.Add("a\r\n@x.y", "x", "worst")
	f.Add("a@B\x9c.aBmple", "", "")
	f.Fuzz(func(t *testing.T, address, products, least string) {
		w, err := Wish{Address: address, Products: strings.Split(products, "\x00"), Least: advisory.Level(least)}.check(site)
		if err != nil {
			if !errs.Is(err, errs.Invalid) {
				t.Errorf("%v", err)
			}
			return
		}
		again, err := w.check(site)
		if err != nil || !reflect.DeepEqual(again, w) {
			t.Errorf("%+v becomes %+v, %v", w, again, err)
		}
		if strings.ContainsFunc(w.Address, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`<>,;:"()[]\`, r) }) || strings.Count(w.Address, "@") != 1 || len(w.Address) > 254 {
			t.Errorf("took %q", w.Address)
		}
		for _, p := range w.Products {
			if p != site.Products[0] && p != site.Products[1] {
				t.Errorf("took the product %q", p)
			}
		}
	})
}

func newRing(t testing.TB) *seal.Keyring {
	t.Helper()
	ring, err := seal.OpenKeyring(seal.NewMaster(rand.Reader))
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

// TestTokens: a token fits its own subscription, purpose and round, and a
// change of any character spoils it.
func TestTokens(t *testing.T) {
	t.Parallel()
	ring, other := newRing(t), newRing(t)
	rapid.Check(t, func(t *rapid.T) {
		id := db.NewID(rand.Reader)
		p := rapid.SampledFrom([]purpose{toConfirm, toKeep}).Draw(t, "purpose")
		round := rapid.Int64Range(0, 1<<40).Draw(t, "round")
		s := makeToken(ring, p, id, round)
		got, err := parseToken(s)
		if err != nil || got.id != id || got.purpose != p || !got.fits(ring, round) {
			t.Fatalf("%q: %+v, %v", s, got, err)
		}
		if got.fits(other, round) {
			t.Error("another master's token fits")
		}
		if got.fits(ring, round+1) != (p == toKeep) {
			t.Error("the round does not count as it should")
		}
		swapped := toConfirm
		if p == toConfirm {
			swapped = toKeep
		}
		if moved := (token{swapped, id, got.mac}); moved.fits(ring, round) {
			t.Error("it is good for another purpose")
		}
		at := rapid.IntRange(0, len(s)-1).Draw(t, "at")
		c := rapid.SampledFrom([]byte("abcdefghijklmnopqrstuvwxyz234567A \x00.=/")).Draw(t, "with")
		bad := s[:at] + string(rune(c)) + s[at+1:]
		if bt, err := parseToken(bad); bad != s && err == nil && bt.fits(ring, round) {
			t.Errorf("%q fits as well as %q", bad, s)
		}
	})
}

// FuzzToken: nobody makes a token, and no input upsets it.
func FuzzToken(f *testing.F) {
	ring, err := seal.OpenKeyring(make([]byte, seal.KeySize))
	if err != nil {
		f.Fatal(err)
	}
	good := makeToken(ring, toKeep, "aaaaaaaaaaaaaaaaaaaaaaaaaa", 0)
	f.Add(good)
	f.Add(good[1:])
	f.Add("c" + good[1:])
	f.Add(good + "a")
	f.Fuzz(func(t *testing.T, s string) {
		got, err := parseToken(s)
		if err != nil {
			if !errs.Is(err, errs.NotFound) {
				t.Errorf("%v", err)
			}
			return
		}
		if got.fits(ring, 0) != (s == makeToken(ring, got.purpose, got.id, 0)) {
			t.Errorf("%q", s)
		}
		if !utf8.ValidString(got.id) {
			t.Errorf("the identifier %q", got.id)
		}
	})
}
