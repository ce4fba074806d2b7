package seal_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"steward/internal/base/db"
	"steward/internal/base/db/dbtest"
	"steward/internal/base/seal"
)

var ctx = context.Background()

// pattern is a master key that is the same in each run: 0, 1, 2 … 31.
func pattern() []byte {
	b := make([]byte, seal.KeySize)
	for i := range b {
		b[i] = byte(i)
	}
	return b
}

func open(t *testing.T, master []byte) *seal.Keyring {
	t.Helper()
	ring, err := seal.OpenKeyring(master)
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

func create(t *testing.T, d *db.DB, ring *seal.Keyring, scope string) (key *seal.Key) {
	t.Helper()
	if err := d.Write(ctx, func(tx *db.Tx) (err error) {
		key, err = ring.Create(ctx, tx, scope)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return key
}

func fetch(t *testing.T, d *db.DB, ring *seal.Keyring, scope string) (key *seal.Key, err error) {
	t.Helper()
	if e := d.Read(ctx, func(q db.Queryer) error {
		key, err = ring.Key(ctx, q, scope)
		return nil
	}); e != nil {
		t.Fatal(e)
	}
	return key, err
}

func TestSealAndOpen(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ring := open(t, pattern())
		made := create(t, d, ring, "case/a")
		for _, plain := range []string{"", "x", strings.Repeat("the canary sings ", 5000)} {
			sealed := made.Seal("message/1", []byte(plain))
			if len(sealed) != len(plain)+41 || bytes.Contains(sealed, []byte("canary")) {
				t.Errorf("%d bytes were sealed into %d", len(plain), len(sealed))
			}
			key, err := fetch(t, d, ring, "case/a")
			if err != nil {
				t.Fatal(err)
			}
			got, err := key.Open("message/1", sealed)
			if err != nil || string(got) != plain {
				t.Errorf("opened %d bytes of %d, %v", len(got), len(plain), err)
			}
		}
		if made.Scope() != "case/a" {
			t.Errorf("the scope is %q", made.Scope())
		}
		if a, b := made.Seal("x", nil), made.Seal("x", nil); bytes.Equal(a, b) {
			t.Error("two nonces are the same")
		}
	})
}

// TestOpensNowhereElse tries a sealed text wherever it does not belong.
func TestOpensNowhereElse(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, "sqlite")
	ring := open(t, pattern())
	key := create(t, d, ring, "case/a")
	other := create(t, d, ring, "case/b")
	sealed := key.Seal("message/1", []byte("hello"))
	for _, c := range []struct {
		name    string
		key     *seal.Key
		context string
	}{
		{"other key", other, "message/1"},
		{"other context", key, "message/2"},
		{"longer context", key, "message/1\x00"},
		{"no context", key, ""},
	} {
		if _, err := c.key.Open(c.context, sealed); err == nil {
			t.Errorf("%s: it opened", c.name)
		}
	}
}

func TestEveryBitCounts(t *testing.T) {
	t.Parallel()
	key := create(t, dbtest.Open(t, "sqlite"), open(t, pattern()), "case/a")
	sealed := key.Seal("x", []byte("hello"))
	for bit := range len(sealed) * 8 {
		bad := slices.Clone(sealed)
		bad[bit/8] ^= 1 << (bit % 8)
		if _, err := key.Open("x", bad); err == nil {
			t.Errorf("with bit %d flipped, it opened", bit)
		}
	}
	for n := range sealed {
		if _, err := key.Open("x", sealed[:n]); err == nil {
			t.Errorf("cut to %d bytes, it opened", n)
		}
	}
	if _, err := key.Open("x", append(slices.Clone(sealed), 0)); err == nil {
		t.Error("with a byte more, it opened")
	}
}

// TestWrappedKeysStayWhereTheyAre moves and alters the stored keys.
func TestWrappedKeysStayWhereTheyAre(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, "sqlite")
	ring := open(t, pattern())
	create(t, d, ring, "case/a")
	create(t, d, ring, "case/b")
	if err := d.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE seal_keys SET wrapped = (SELECT wrapped FROM seal_keys WHERE scope = 'case/b') WHERE scope = 'case/a'")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := fetch(t, d, ring, "case/a"); err == nil {
		t.Error("the key of another case was taken")
	}
	if _, err := fetch(t, d, open(t, seal.NewMaster(rand.Reader)), "case/b"); err == nil || !strings.Contains(err.Error(), "master key") {
		t.Errorf("another master gives %v", err)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, n := range []int{0, 31, 33} {
			if _, err := seal.OpenKeyring(make([]byte, n)); err == nil {
				t.Errorf("a master of %d bytes was taken", n)
			}
		}
		ring := open(t, pattern())
		if _, err := fetch(t, d, ring, "case/none"); !errors.Is(err, seal.ErrNoKey) {
			t.Errorf("a scope without a key gives %v", err)
		}
		create(t, d, ring, "case/a")
		for scope, unique := range map[string]bool{"case/a": true, "": false, "a\x00b": false} {
			err := d.Write(ctx, func(tx *db.Tx) error {
				_, err := ring.Create(ctx, tx, scope)
				return err
			})
			if err == nil || db.IsUnique(err) != unique {
				t.Errorf("creating %q gives %v", scope, err)
			}
		}
	})
}

// TestOldTextsOpen pins the formats with what the first version stored.
func TestOldTextsOpen(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, "sqlite")
	wrapped, err := hex.DecodeString(oldWrapped)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, "INSERT INTO seal_keys (scope, wrapped) VALUES ('case/old', $1)", wrapped)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	ring := open(t, pattern())
	key, err := fetch(t, d, ring, "case/old")
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := hex.DecodeString(oldSealed)
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := key.Open("message/1", sealed); err != nil || string(plain) != "kept for ever" {
		t.Errorf("%q, %v", plain, err)
	}
	if got := hex.EncodeToString(ring.Derive("receipt")); got != oldDerived {
		t.Errorf("derived %s", got)
	}
}

func TestDerive(t *testing.T) {
	t.Parallel()
	ring := open(t, pattern())
	a := ring.Derive("receipt")
	if len(a) != 32 || !bytes.Equal(a, ring.Derive("receipt")) {
		t.Errorf("derived %x", a)
	}
	if bytes.Equal(a, ring.Derive("form")) || bytes.Equal(a, open(t, seal.NewMaster(rand.Reader)).Derive("receipt")) {
		t.Error("another label or master gives the same")
	}
	master := pattern()
	ring = open(t, master)
	clear(master)
	if !bytes.Equal(a, ring.Derive("receipt")) {
		t.Error("the keyring changes with the caller's bytes")
	}
}

// TestNothingPrintsSecrets prints a keyring and a key in every way.
func TestNothingPrintsSecrets(t *testing.T) {
	t.Parallel()
	ring := open(t, pattern())
	key := create(t, dbtest.Open(t, "sqlite"), ring, "case/a")
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "ring", ring, "key", key)
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "ring", ring, "key", key)
	for _, v := range []any{ring, key} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
			fmt.Fprintf(&log, verb+"\n", v)
		}
	}
	for _, secret := range []string{"0 1 2 3", "00010203", "0x1, 0x2", "master:", "aead"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("%q was printed:\n%s", secret, log.String())
		}
	}
	if n := strings.Count(log.String(), "key of case/a"); n != 7 {
		t.Errorf("the key was named %d times:\n%s", n, log.String())
	}
}

const (
	oldWrapped = "0147859cec705e60c05035d2abc244c9f31d728202d725c5b0eb63990bba40db755676913577743102f1577fb18df33cb6100654d14599afc969c862e2be0dc0cc02fa0d6727c1dbdc"
	oldSealed  = "01c1f80fea11fd9bf9ba51ab0de5649f3219b5f849f002ddaec8c8f5e25687cdb9c1cc3a0bf7489b13d2cefaa9db42c711edfc2e999c"
	oldDerived = "c40b4c857970874f8ec9f0224af6d406273770dce79ded5dd7a3aadd7da038b0"
)
