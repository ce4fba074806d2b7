package subscribe

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"strconv"

	"steward/internal/base/db"
	"steward/internal/base/errs"
	"steward/internal/base/seal"
)

// purpose is what a token is for: the letter that it begins with.
type purpose byte

const (
	toConfirm purpose = 'c' // confirms the wish of one letter; or ends it
	toKeep    purpose = 'k' // sees, changes and ends the subscription
)

// labels of the keys that tokens and lookups are derived with.
const (
	labelConfirm = "subscription confirm 1"
	labelKeep    = "subscription keep 1"
	labelAddress = "subscription address 1"
)

const (
	idChars  = 26 // of db.NewID
	macBytes = 20 // 160 bits: 32 characters, all of them used
	macChars = 32

	// TokenChars is how long a token is.
	TokenChars = 1 + idChars + macChars
)

var base32Lower = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// token is what a link carries, taken apart. It is not to be trusted before
// it was held against the subscription.
type token struct {
	purpose purpose
	id      string
	mac     string
}

// errLink is the one answer for a token that is wrong, too old or of nothing.
func errLink() error {
	return &errs.Error{Kind: errs.NotFound, Message: "This link does not work, or not any more.",
		Hint: "use the link of the newest letter, or ask for notices anew"}
}

// parseToken takes a token apart. It reads TokenChars bytes at most.
func parseToken(s string) (token, error) {
	if len(s) != TokenChars {
		return token{}, errLink()
	}
	t := token{purpose: purpose(s[0]), id: s[1 : 1+idChars], mac: s[1+idChars:]}
	if t.purpose != toConfirm && t.purpose != toKeep || !db.ValidID(t.id) {
		return token{}, errLink()
	}
	return t, nil
}

// makeToken derives the token of a subscription. That to confirm belongs to
// one round of asking: it confirms what its letter said, and nothing that
// anyone asked for since.
func makeToken(keys *seal.Keyring, p purpose, id string, round int64) string {
	label, words := labelKeep, id
	if p == toConfirm {
		label, words = labelConfirm, id+"\x00"+strconv.FormatInt(round, 10)
	}
	return string(rune(p)) + id + base32Lower.EncodeToString(mac(keys, label, words)[:macBytes])
}

// fits tells in constant time whether the token is that of the subscription.
func (t token) fits(keys *seal.Keyring, round int64) bool {
	want := makeToken(keys, t.purpose, t.id, round)
	return hmac.Equal([]byte(want[1+idChars:]), []byte(t.mac))
}

// lookupOf is by what an address is found without being kept in clear.
func lookupOf(keys *seal.Keyring, address string) string {
	return hex.EncodeToString(mac(keys, labelAddress, addressKey(address)))
}

func mac(keys *seal.Keyring, label, words string) []byte {
	m := hmac.New(sha256.New, keys.Derive(label))
	m.Write([]byte(words))
	return m.Sum(nil)
}
