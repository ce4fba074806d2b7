package account

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"testing"

	"github.com/fxamacker/cbor/v2"
)

// device is a browser with an authenticator in it: it answers ceremonies as
// W3C Web Authentication Level 3 has them answered, by hand, with a P-256 key
// for each passkey. Its fields are what a test makes it lie about.
type device struct {
	t      *testing.T
	origin string // of the page, as the browser reports it
	rpID   string // hashed in the authenticator data; "" for the one that was asked for
	flags  byte   // user present, user verified, and whether backups are possible and made
	keys   []*deviceKey
}

type deviceKey struct {
	id     []byte
	handle []byte
	secret *ecdsa.PrivateKey
	count  uint32
	step   uint32 // by which count grows; 0 for an authenticator that does not count
}

// Flags of authenticator data (Level 3, 6.1).
const (
	flagUP = 1 << 0
	flagUV = 1 << 2
	flagBE = 1 << 3
	flagBS = 1 << 4
	flagAT = 1 << 6
)

func newDevice(t *testing.T, origin string) *device {
	return &device{t: t, origin: origin, flags: flagUP | flagUV}
}

// asked is what a ceremony's options ask for.
type asked struct {
	PublicKey struct {
		Challenge string
		RPID      string
		RP        struct{ ID string }
		User      struct{ ID, Name string }
		Exclude   []struct{ ID string } `json:"excludeCredentials"`
		Allow     []struct{ ID string } `json:"allowCredentials"`

		UserVerification       string
		Attestation            string
		AuthenticatorSelection struct{ ResidentKey, UserVerification string }
	}
}

func (d *device) read(c Ceremony) asked {
	d.t.Helper()
	var a asked
	if err := json.Unmarshal(c.Options, &a); err != nil {
		d.t.Fatalf("options %s: %v", c.Options, err)
	}
	return a
}

// make answers a ceremony that asks for a new passkey.
func (d *device) make(c Ceremony) []byte {
	d.t.Helper()
	a := d.read(c)
	secret, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		d.t.Fatal(err)
	}
	k := &deviceKey{id: make([]byte, 16), handle: unbase64(d.t, a.PublicKey.User.ID), secret: secret, step: 1}
	if _, err := rand.Read(k.id); err != nil {
		d.t.Fatal(err)
	}
	d.keys = append(d.keys, k)
	return d.attest(a, k)
}

// attest makes the answer for a given key, without an attestation statement
// (8.7: format none).
func (d *device) attest(a asked, k *deviceKey) []byte {
	d.t.Helper()
	point, err := k.secret.PublicKey.Bytes() // 0x04, x, y
	if err != nil {
		d.t.Fatal(err)
	}
	// RFC 9053, 7.1.1: kty EC2, alg ES256, crv P-256, x, y.
	cose := d.cbor(map[int]any{1: 2, 3: -7, -1: 1, -2: point[1:33], -3: point[33:]})
	auth := d.authData(a.PublicKey.RP.ID, d.flags|flagAT, k.count)
	auth = append(auth, make([]byte, 16)...) // AAGUID: none
	auth = binary.BigEndian.AppendUint16(auth, uint16(len(k.id)))
	auth = append(auth, k.id...)
	auth = append(auth, cose...)
	return d.json(k, map[string]any{
		"clientDataJSON":    d.clientData("webauthn.create", a.PublicKey.Challenge),
		"attestationObject": d.cbor(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": auth}),
		"transports":        []string{"internal", "hybrid", "telepathy"},
	})
}

// show answers a ceremony that asks for any passkey, with the given one.
func (d *device) show(c Ceremony, k *deviceKey) []byte {
	d.t.Helper()
	a := d.read(c)
	k.count += k.step
	auth := d.authData(a.PublicKey.RPID, d.flags, k.count)
	client := d.clientData("webauthn.get", a.PublicKey.Challenge)
	hash := sha256.Sum256(client)
	digest := sha256.Sum256(append(auth[:len(auth):len(auth)], hash[:]...))
	sig, err := ecdsa.SignASN1(rand.Reader, k.secret, digest[:])
	if err != nil {
		d.t.Fatal(err)
	}
	return d.json(k, map[string]any{
		"clientDataJSON": client, "authenticatorData": auth, "signature": sig, "userHandle": k.handle,
	})
}

func (d *device) authData(rpID string, flags byte, count uint32) []byte {
	if d.rpID != "" {
		rpID = d.rpID
	}
	hash := sha256.Sum256([]byte(rpID))
	return binary.BigEndian.AppendUint32(append(hash[:], flags), count)
}

func (d *device) clientData(kind, challenge string) []byte {
	d.t.Helper()
	raw, err := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": d.origin, "crossOrigin": false})
	if err != nil {
		d.t.Fatal(err)
	}
	return raw
}

// json writes the answer as PublicKeyCredential.toJSON does: bytes as base64url.
func (d *device) json(k *deviceKey, response map[string]any) []byte {
	d.t.Helper()
	for name, v := range response {
		if b, ok := v.([]byte); ok {
			response[name] = base64.RawURLEncoding.EncodeToString(b)
		}
	}
	id := base64.RawURLEncoding.EncodeToString(k.id)
	raw, err := json.Marshal(map[string]any{
		"id": id, "rawId": id, "type": "public-key", "response": response,
		"authenticatorAttachment": "platform",
		// Some password managers say this unasked.
		"clientExtensionResults": map[string]any{"credProps": map[string]any{"rk": true}},
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return raw
}

func (d *device) cbor(v any) []byte {
	d.t.Helper()
	mode, err := cbor.CTAP2EncOptions().EncMode()
	if err != nil {
		d.t.Fatal(err)
	}
	raw, err := mode.Marshal(v)
	if err != nil {
		d.t.Fatal(err)
	}
	return raw
}

func unbase64(t *testing.T, s string) []byte {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func newDeviceKey() (*ecdsa.PrivateKey, error) {
	return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
}
