package wkd

import (
	"bytes"
	"io"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp/armor"

	"steward/internal/base/errs"
)

// File is one file of a site, by its path below the root.
type File struct {
	Path string
	Body []byte
}

// Publish gives the files by which others find our own key for an address: the
// key in its binary form with no other name in it, and the empty policy that
// the draft wants, for both methods. The same input gives the same bytes. Keys
// are served as application/octet-stream. errs.Invalid for what is no address,
// or no key with it that a message can be encrypted to.
func Publish(address string, armored []byte, now time.Time) ([]File, error) {
	local, domain, err := split(address)
	if err != nil {
		return nil, err
	}
	raw, err := dearmor(armored)
	if err != nil {
		return nil, err
	}
	key, err := Parse(raw, address, now)
	if err != nil {
		return nil, err
	}
	if raw, err = dearmor(key.Armored); err != nil {
		return nil, err
	}
	return []File{
		{Path(local), raw},
		{PolicyPath, nil},
		{AdvancedPath(local, domain), raw},
		{AdvancedPolicyPath(domain), nil},
	}, nil
}

func dearmor(armored []byte) ([]byte, error) {
	bad := errs.Invalidf("key", "This is not an OpenPGP public key.")
	if len(armored) > 2*maxAnswer {
		return nil, errs.Invalidf("key", "The key is larger than 64 KiB.")
	}
	block, err := armor.Decode(bytes.NewReader(armored))
	if err != nil || block.Type != blockType {
		return nil, bad.WithCause(err)
	}
	raw, err := io.ReadAll(block.Body)
	if err != nil {
		return nil, bad.WithCause(err)
	}
	return raw, nil
}
