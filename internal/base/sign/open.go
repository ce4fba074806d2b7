package sign

import (
	"bytes"
	"errors"
	"io"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp/armor"
	pgperrors "github.com/ProtonMail/go-crypto/openpgp/errors"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
	openpgp "github.com/ProtonMail/go-crypto/openpgp/v2"

	"steward/internal/base/errs"
)

// Limits of a message from anyone, besides its size. GnuPG writes fewer than
// ten packets, and one more for each recipient.
const (
	maxPackets    = 500 // in all layers together
	maxLayers     = 4   // of compression, one within the other
	maxSignatures = 8   // that are checked; each takes a hash of the whole
)

// ErrNotOurs is the cause of Open's error when no key that is ours opens the
// message: it is for someone else, or for a passphrase.
var ErrNotOurs = errors.New("not encrypted to our key")

// ErrNoIntegrity is the cause of Open's error when the message has nothing that
// tells alterations: parts of it could be anyone's (rfc9580:13.7, EFAIL).
var ErrNoIntegrity = errors.New("encrypted without integrity protection")

// Opened is what was in an encrypted message.
type Opened struct {
	Plain     []byte    // text is with newlines
	Signature Signature // within the encryption
	Encrypted bool      // to our key; Open opens nothing else
	Protected bool      // an MDC or AEAD tag was there and fits; Open opens nothing else
}

// Open decrypts a message, armored or not, that was encrypted to our key, and
// checks the signatures within it against the armored keys of senders, as they
// are at the time now. The text may have at most limit bytes; senders' keys
// that CheckRecipient would refuse as damaged or too large are left out.
// Nothing is given of a message that is altered or that has no integrity
// protection. Errors are of kind Invalid, field "message".
func (s *Signer) Open(message []byte, limit int64, senders [][]byte, now time.Time) (Opened, error) {
	if int64(len(message)) > 2*limit+maxKey {
		return Opened{}, errTooLarge()
	}
	raw, err := dearmor(message, blockMessage)
	if err != nil {
		return Opened{}, errs.Invalidf("message", "The encrypted message cannot be read.").WithCause(err)
	}
	m := &opening{limit: limit, left: maxPackets}
	body, err := s.unlock(m, bytes.NewReader(raw))
	if err != nil {
		return Opened{}, refusal(err)
	}
	if err := m.read(body, 0); err != nil {
		_ = body.Close()
		return Opened{}, refusal(err)
	}
	if err := body.Close(); err != nil { // compares the integrity protection
		return Opened{}, refusal(err)
	}
	if m.literal == nil {
		return Opened{}, refusal(io.ErrUnexpectedEOF)
	}
	o := Opened{Plain: m.plain, Encrypted: true, Protected: true}
	if m.literal.Format != 'b' {
		o.Plain = bytes.ReplaceAll(m.plain, []byte("\r\n"), []byte("\n"))
	}
	if o.Signature = judge(m.signatures, m.plain, readSenders(senders), now); o.Signature.Verdict == None && m.announced {
		o.Signature = Signature{Verdict: Bad}
	}
	return o, nil
}

func errTooLarge() error {
	return errs.Invalidf("message", "The encrypted message is too large.")
}

// refusal says in plain words why a message was not opened.
func refusal(err error) error {
	switch {
	case errors.Is(err, pgperrors.ErrMessageTooLarge):
		return errTooLarge()
	case errors.Is(err, ErrNoIntegrity):
		return errs.Invalidf("message", "The message is encrypted in an old way that does not show alterations.").
			WithHint("encrypt it with a current version of your software").WithCause(err)
	case errors.Is(err, errPlain):
		return errs.Invalidf("message", "The message is not encrypted.").WithCause(err)
	}
	return errs.Invalidf("message", "The message is not encrypted to our key, or it is damaged.").WithCause(err)
}

var (
	errPlain   = errors.New("not encrypted")
	errPackets = errors.New("too many packets, or out of order")
)

// dearmor gives the packets of a block that may be armored.
func dearmor(data []byte, block string) ([]byte, error) {
	if len(data) > 0 && data[0]&0x80 != 0 { // every packet begins so, and no armor
		return data, nil
	}
	b, err := armor.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	if b.Type != block {
		return nil, errors.New("another kind of block")
	}
	return io.ReadAll(b.Body)
}

// opening is a message while it is read. The library's own reader of messages
// sets no limit to the number of packets, and takes time that grows with its
// square.
type opening struct {
	limit      int64
	left       int // packets that may still come
	announced  bool
	signatures []*packet.Signature
	literal    *packet.LiteralData
	plain      []byte
}

// next reads a packet; nil at the end.
func (m *opening) next(r io.Reader) (packet.Packet, error) {
	for {
		p, err := packet.Read(r)
		if err == io.EOF {
			return nil, nil
		}
		if m.left--; m.left < 0 {
			return nil, errPackets
		}
		var unknown pgperrors.UnknownPacketTypeError
		var unsupported pgperrors.UnsupportedError
		if errors.As(err, &unsupported) {
			switch p.(type) {
			case *packet.Signature, *packet.OnePassSignature:
				m.announced = true // there is one, though we cannot check it
				continue
			case *packet.EncryptedKey, *packet.SymmetricKeyEncrypted:
				continue
			}
		}
		if errors.As(err, &unknown) {
			continue
		}
		return p, err
	}
}

// unlock finds the session key and gives what it opens.
func (s *Signer) unlock(m *opening, r io.Reader) (io.ReadCloser, error) {
	var keys []*packet.EncryptedKey
	for {
		p, err := m.next(r)
		if err != nil {
			return nil, err
		}
		switch p := p.(type) {
		case nil:
			return nil, io.ErrUnexpectedEOF
		case *packet.EncryptedKey:
			keys = append(keys, p)
		case *packet.SymmetricallyEncrypted:
			if !p.IntegrityProtected {
				return nil, ErrNoIntegrity
			}
			return s.decrypt(keys, p)
		case *packet.AEADEncrypted:
			return s.decrypt(keys, p)
		case *packet.LiteralData, *packet.Compressed, *packet.OnePassSignature, *packet.Signature:
			return nil, errPlain
		}
	}
}

func (s *Signer) decrypt(keys []*packet.EncryptedKey, data packet.EncryptedDataPacket) (io.ReadCloser, error) {
	cfg := config(time.Time{})
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range keys {
		// Without regard to dates: an old message may still be read.
		for _, ours := range s.entity.DecryptionKeys(k.KeyId, time.Time{}, cfg) {
			if ours.PublicKey.PubKeyAlgo != k.Algo || k.Decrypt(ours.PrivateKey, cfg) != nil {
				continue
			}
			body, err := data.Decrypt(k.CipherFunc, k.Key)
			if err == nil && body != nil {
				return body, nil
			}
			if err != nil && !errors.Is(err, pgperrors.ErrKeyIncorrect) {
				return nil, err
			}
		}
	}
	return nil, ErrNotOurs
}

// read reads one layer to its end: signatures, and one text among them, which
// may be in a layer of its own.
func (m *opening) read(r io.Reader, layer int) error {
	for {
		p, err := m.next(r)
		if err != nil {
			return err
		}
		switch p := p.(type) {
		case nil:
			return nil
		case *packet.Compressed:
			if layer == maxLayers || m.literal != nil {
				return errPackets
			}
			room := m.limit + maxKey // beside the text, there are its signatures
			if err := m.read(p.LimitedBodyReader(&room), layer+1); err != nil {
				return err
			}
		case *packet.OnePassSignature:
			m.announced = true
		case *packet.Signature:
			m.signatures = append(m.signatures, p)
		case *packet.LiteralData:
			if m.literal != nil {
				return errPackets
			}
			m.literal = p
			if m.plain, err = io.ReadAll(io.LimitReader(p.Body, m.limit+1)); err != nil {
				return err
			}
			if int64(len(m.plain)) > m.limit {
				return pgperrors.ErrMessageTooLarge
			}
		case *packet.Marker, packet.Padding:
		default:
			return errPackets
		}
	}
}

// readSenders reads keys that may have signed; those that cannot be read are
// left out, for nobody can have signed with them as far as we can tell.
func readSenders(armored [][]byte) []*openpgp.Entity {
	var out []*openpgp.Entity
	for _, key := range armored[:min(len(armored), maxSenders)] {
		if len(key) > maxKey {
			continue
		}
		entities, err := openpgp.ReadArmoredKeyRing(bytes.NewReader(key))
		if err != nil || len(entities) != 1 || bound(entities[0]) != nil {
			continue
		}
		out = append(out, entities[0])
	}
	return out
}
