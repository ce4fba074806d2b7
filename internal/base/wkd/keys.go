package wkd

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp/armor"
	pgp "github.com/ProtonMail/go-crypto/openpgp/packet"
	openpgp "github.com/ProtonMail/go-crypto/openpgp/v2"

	"steward/internal/base/errs"
	"steward/internal/base/sign"
)

// Key is what a directory had for an address.
type Key struct {
	Armored     []byte // the public key with this one address, as sign.EncryptTo takes it
	Fingerprint string // upper-case hexadecimal digits
	Address     string // as it was asked for
}

const (
	maxAnswer = 64 << 10 // bytes of an answer
	maxKeys   = 8        // keys in it
	blockType = "PGP PUBLIC KEY BLOCK"
)

// Tags of packets (RFC 9580, 5).
const (
	tagSignature     = 2
	tagSecretKey     = 5
	tagPublicKey     = 6
	tagSecretSubkey  = 7
	tagUserID        = 13
	tagPublicSubkey  = 14
	tagUserAttribute = 17
)

// Parse picks from a directory's answer the first key that has the address as
// a name, signed by itself, and that a message can be encrypted to at the time
// now. Every other name is taken out before anything is looked at. errs.Invalid
// if there is none; its cause is ErrNone if no key has the address.
func Parse(answer []byte, address string, now time.Time) (Key, error) {
	if _, _, err := split(address); err != nil {
		return Key{}, err
	}
	if len(answer) > maxAnswer {
		return Key{}, damaged(errors.New("larger than 64 KiB"))
	}
	packets, err := packetsOf(answer)
	if err != nil {
		return Key{}, damaged(err)
	}
	keys, err := keysOf(packets)
	if err != nil {
		return Key{}, damaged(err)
	}
	none := noKey()
	var first error = none
	for _, k := range keys {
		only, ok := withOnly(k, address)
		if !ok {
			continue
		}
		key, err := usable(only, address, now)
		if err == nil {
			return key, nil
		}
		if first == error(none) {
			first = err
		}
	}
	return Key{}, first
}

// ErrNone is the cause of the error of a look-up that found no key for the
// address.
var ErrNone = errors.New("no key is published for the address")

func noKey() *errs.Error {
	return errs.Invalidf("address", "No key is published for this address.").
		WithHint("ask the person for their key").WithCause(ErrNone)
}

func damaged(cause error) *errs.Error {
	return errs.Invalidf("address", "What is published for this address is not an OpenPGP key.").
		WithHint("ask the person for their key").WithCause(cause)
}

func usable(raw []byte, address string, now time.Time) (Key, error) {
	armored, err := enarmor(raw)
	if err != nil {
		return Key{}, err
	}
	fingerprint, err := sign.CheckRecipient(armored, now)
	if err != nil {
		return Key{}, err
	}
	if !selfSigned(raw, now) {
		return Key{}, errs.Invalidf("address", "The key that is published for this address does not vouch for it.").
			WithHint("ask the person for their key")
	}
	return Key{Armored: armored, Fingerprint: fingerprint, Address: address}, nil
}

// selfSigned tells whether the key itself says that the name is its own. A key
// can be usable without that, by a signature on itself alone. Its size was
// bounded by CheckRecipient.
func selfSigned(raw []byte, now time.Time) bool {
	ring, err := openpgp.ReadKeyRing(bytes.NewReader(raw))
	if err != nil || len(ring) != 1 {
		return false
	}
	cfg := &pgp.Config{Time: func() time.Time { return now }}
	for _, id := range ring[0].Identities {
		if _, err := id.Verify(now, cfg); err == nil {
			return true
		}
	}
	return false
}

func enarmor(raw []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := armor.Encode(&b, blockType, nil)
	if err == nil {
		_, err = w.Write(raw)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("armoring a key: %w", err)
	}
	return append(b.Bytes(), '\n'), nil
}

// packet is one packet: all its bytes, and where its body begins.
type packet struct {
	tag  byte
	all  []byte
	body []byte
}

// packetsOf cuts an answer into packets (RFC 9580, 4.2). Keys have no packets
// of a length that is not known.
func packetsOf(data []byte) ([]packet, error) {
	var out []packet
	for len(data) > 0 {
		tag, head, size, err := header(data)
		if err != nil {
			return nil, err
		}
		if size > len(data)-head {
			return nil, errors.New("a packet is cut off")
		}
		out = append(out, packet{tag, data[:head+size], data[head : head+size]})
		data = data[head+size:]
	}
	return out, nil
}

// header reads a packet's tag, the size of its header and of its body.
func header(b []byte) (tag byte, head, size int, err error) {
	short := errors.New("a packet's header is cut off")
	if b[0]&0x80 == 0 {
		return 0, 0, 0, errors.New("not a packet; an armored key, or a page?")
	}
	if b[0]&0x40 == 0 { // the old form
		n := 1 << (b[0] & 3)
		if n == 8 {
			return 0, 0, 0, errors.New("a packet of unknown length")
		}
		if len(b) < 1+n {
			return 0, 0, 0, short
		}
		return b[0] >> 2 & 15, 1 + n, number(b[1 : 1+n]), nil
	}
	tag = b[0] & 63
	if len(b) < 2 {
		return 0, 0, 0, short
	}
	switch first := int(b[1]); {
	case first < 192:
		return tag, 2, first, nil
	case first < 224 && len(b) >= 3:
		return tag, 3, (first-192)<<8 + int(b[2]) + 192, nil
	case first == 255 && len(b) >= 6:
		return tag, 6, number(b[2:6]), nil
	case first >= 224 && first < 255:
		return 0, 0, 0, errors.New("a packet in parts")
	}
	return 0, 0, 0, short
}

// number reads up to four bytes; one above any size here stands for all larger.
func number(b []byte) int {
	var n uint64
	for _, c := range b {
		n = n<<8 | uint64(c)
	}
	return int(min(n, 1<<30))
}

// keysOf puts packets together that belong to one key.
func keysOf(packets []packet) ([][]packet, error) {
	var keys [][]packet
	for _, p := range packets {
		switch {
		case p.tag == tagSecretKey || p.tag == tagSecretSubkey:
			return nil, errors.New("a private key")
		case p.tag == tagPublicKey && len(keys) == maxKeys:
			return nil, fmt.Errorf("more than %d keys", maxKeys)
		case p.tag == tagPublicKey:
			keys = append(keys, []packet{p})
		case len(keys) > 0:
			keys[len(keys)-1] = append(keys[len(keys)-1], p)
		}
	}
	return keys, nil
}

// withOnly gives the bytes of a key with no name but the address; false if it
// has no such name. Packets that no key needs are dropped.
func withOnly(key []packet, address string) ([]byte, bool) {
	var out []byte
	found, keep := false, true
	for _, p := range key {
		switch p.tag {
		case tagPublicKey, tagPublicSubkey:
			keep = true
		case tagUserID:
			keep = sameAddress(mailbox(string(p.body)), address)
			found = found || keep
		case tagSignature: // goes with what it follows
		default:
			keep = false // a picture, with the signatures on it; what is unknown
			continue
		}
		if keep {
			out = append(out, p.all...)
		}
	}
	return out, found
}

// mailbox is the address in a name: what stands in the last pair of angle
// brackets, or all of it.
func mailbox(name string) string {
	end := strings.LastIndexByte(name, '>')
	start := strings.LastIndexByte(name, '<')
	if start >= 0 && end > start && strings.TrimSpace(name[end+1:]) == "" {
		return name[start+1 : end]
	}
	return name
}

// sameAddress compares addresses as the draft's hash does; domains in their
// form of ASCII.
func sameAddress(a, b string) bool {
	al, ad, aerr := split(a)
	bl, bd, berr := split(b)
	return aerr == nil && berr == nil && lower(al) == lower(bl) && ad == bd
}
