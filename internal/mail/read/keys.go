package read

import (
	"bytes"
	"strings"

	"github.com/ProtonMail/go-crypto/openpgp/armor"
)

// keys collects the public keys that came along: from the text, the files, and
// the header of the mail.
func (r *reading) keys(root *part) {
	for _, c := range []*Content{&r.m.Content, &r.m.Outside} {
		for _, a := range c.Attachments {
			if a.Type == "application/pgp-keys" || bytes.HasPrefix(bytes.TrimSpace(a.Bytes), []byte(beginKey)) {
				r.key(Key{Source: KeyAttached, Armored: a.Bytes})
			}
		}
		for text := c.Text; ; {
			_, block, after := cutBlock(text, beginKey, endKey)
			if block == "" {
				break
			}
			r.key(Key{Source: KeyInline, Armored: []byte(block)})
			text = after
		}
	}
	r.autocrypt(root.head)
}

func (r *reading) key(k Key) {
	if len(k.Armored) > maxKey || len(k.Armored) == 0 || len(r.m.Keys) == maxKeys {
		r.problem(BadKey, "A public key is too large, or there are too many.")
		return
	}
	if k.Armored[0]&0x80 != 0 {
		armored, err := armored(k.Armored)
		if err != nil {
			r.problem(BadKey, "A public key cannot be read.")
			return
		}
		k.Armored = armored
	}
	r.m.Keys = append(r.m.Keys, k)
}

func armored(raw []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := armor.Encode(&b, "PGP PUBLIC KEY BLOCK", nil)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(raw); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return append(b.Bytes(), '\n'), nil
}

// autocrypt reads the header of Autocrypt Level 1.1: of several, all are void;
// the address must be the one in From, which must be one; attributes that are
// not known must begin with "_". A report has none.
func (r *reading) autocrypt(h header) {
	if strings.HasPrefix(strings.ToLower(h.get("content-type")), "multipart/report") {
		return
	}
	var valid []Key
	for _, v := range h.all("autocrypt") {
		k, ok := r.autocryptOne(v)
		if !ok {
			r.problem(BadAutocrypt, "The Autocrypt header cannot be used.")
			continue
		}
		valid = append(valid, k)
	}
	several := len(h.all("from")) > 1 || len(r.addresses(h.get("from"))) > 1
	if len(valid) == 1 && !several {
		r.key(valid[0])
	} else if len(valid) > 0 {
		r.problem(BadAutocrypt, "The Autocrypt header cannot be used.")
	}
}

func (r *reading) autocryptOne(v string) (Key, bool) {
	k := Key{Source: KeyAutocrypt}
	addr, data := "", ""
	for attr := range strings.SplitSeq(v, ";") {
		name, value, ok := strings.Cut(attr, "=")
		switch name = strings.TrimSpace(name); {
		case name == "" && !ok:
		case name == "addr":
			addr = strings.TrimSpace(value)
		case name == "prefer-encrypt":
			k.Mutual = strings.TrimSpace(value) == "mutual"
		case name == "keydata":
			data = value
		case !strings.HasPrefix(name, "_"):
			return k, false
		}
	}
	raw, ok := unbase64([]byte(data))
	if !ok || len(raw) == 0 || raw[0]&0x80 == 0 || r.m.From.Addr == "" || !strings.EqualFold(addr, r.m.From.Addr) {
		return k, false
	}
	k.Armored = raw
	return k, true
}
