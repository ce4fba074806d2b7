// Package keybomb makes OpenPGP keys that are small and would take long to
// look at, for tests. None of their signatures is good: each must be checked
// to find that out.
package keybomb

import (
	"bytes"
	"compress/flate"
	"crypto/sha1"
	"encoding/binary"
	"fmt"
	"math/big"

	"github.com/ProtonMail/go-crypto/brainpool"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
)

// Tags of packets, RFC 9580 section 5.
const (
	tagSignature  = 2
	tagKey        = 6
	tagCompressed = 8
	tagLiteral    = 11
	tagUserID     = 13
)

// Public key algorithms, RFC 9580 section 9.1.
const (
	algorithmRSA   = 1
	algorithmDSA   = 17
	algorithmECDSA = 19
)

// DSA is a key whose p and q have so many bits. The numbers of its signatures
// have an inverse, so that each is checked to the end.
func DSA(bits, signatures int) []byte {
	var material []byte
	for _, n := range []*big.Int{ones(bits), ones(bits), big.NewInt(3), big.NewInt(7)} { // p, q, g, y
		material = appendMPI(material, n)
	}
	return armored(key(algorithmDSA, material), names(1), selfSigned(algorithmDSA, material, signatures, big.NewInt(3), big.NewInt(2)))
}

// RSA is a key whose modulus has so many bits.
func RSA(bits, signatures int) []byte {
	material := appendMPI(appendMPI(nil, ones(bits)), big.NewInt(65537))
	return armored(key(algorithmRSA, material), names(1), selfSigned(algorithmRSA, material, signatures, ones(bits-8)))
}

// Curve is a key on brainpoolP512r1, the slowest curve that is in use.
func Curve(signatures int) []byte {
	const oid = "\x09\x2b\x24\x03\x03\x02\x08\x01\x01\x0d"
	c := brainpool.P512r1().Params()
	point := new(big.Int).SetBytes(append(append([]byte{4}, c.Gx.Bytes()...), c.Gy.Bytes()...))
	material := appendMPI([]byte(oid), point)
	return armored(key(algorithmECDSA, material), names(1), selfSigned(algorithmECDSA, material, signatures, ones(504), ones(504)))
}

// Names is a key with so many names.
func Names(n int) []byte {
	material := appendMPI(appendMPI(nil, ones(1024)), big.NewInt(65537))
	return armored(key(algorithmRSA, material), names(n))
}

// Numbers is a key that says of its first number that it has 65535 bits, and
// ends there.
func Numbers() []byte { return armored(key(algorithmRSA, []byte{0xff, 0xff})) }

// Nested is a message of so many compressed packets, one within another.
func Nested(depth int) []byte {
	inner := packet(tagLiteral, append([]byte{'b', 0, 0, 0, 0, 0}, make([]byte, 1<<20)...))
	for range depth {
		var b bytes.Buffer
		b.WriteByte(1) // ZIP
		w, err := flate.NewWriter(&b, flate.BestCompression)
		if err == nil {
			_, err = w.Write(inner)
		}
		if err == nil {
			err = w.Close()
		}
		must(err)
		inner = packet(tagCompressed, b.Bytes())
	}
	return armored(inner)
}

func key(algorithm byte, material []byte) []byte {
	return packet(tagKey, append([]byte{4, 0x60, 0, 0, 0, algorithm}, material...))
}

func names(n int) []byte {
	var out []byte
	for i := range n {
		out = append(out, packet(tagUserID, fmt.Appendf(nil, "%d <a@example.org>", i))...)
	}
	return out
}

// selfSigned gives signatures of the name before them by the key.
func selfSigned(algorithm byte, material []byte, n int, numbers ...*big.Int) []byte {
	body := append([]byte{4, 0x60, 0, 0, 0, algorithm}, material...)
	id := sha1.Sum(append([]byte{0x99, byte(len(body) >> 8), byte(len(body))}, body...))
	hashed := append([]byte{5, 2, 0x60, 0, 0, 0, 9, 16}, id[12:]...) // created, issuer
	sig := append([]byte{4, 0x13, algorithm, 10, 0, byte(len(hashed))}, hashed...)
	sig = append(sig, 0, 0, 0, 0)
	for _, number := range numbers {
		sig = appendMPI(sig, number)
	}
	return bytes.Repeat(packet(tagSignature, sig), n)
}

// packet frames a body with a header of the new form.
func packet(tag byte, body []byte) []byte {
	return append(binary.BigEndian.AppendUint32([]byte{0xc0 | tag, 255}, uint32(len(body))), body...)
}

func appendMPI(dst []byte, n *big.Int) []byte {
	return append(binary.BigEndian.AppendUint16(dst, uint16(n.BitLen())), n.Bytes()...)
}

// ones is a number of so many bits, all of them set.
func ones(bits int) *big.Int {
	n := new(big.Int).Lsh(big.NewInt(1), uint(bits))
	return n.Sub(n, big.NewInt(1))
}

func armored(packets ...[]byte) []byte {
	var b bytes.Buffer
	w, err := armor.Encode(&b, "PGP PUBLIC KEY BLOCK", nil)
	must(err)
	_, err = w.Write(bytes.Join(packets, nil))
	must(err)
	must(w.Close())
	return b.Bytes()
}

func must(err error) {
	if err != nil {
		panic(err) // a buffer takes all
	}
}
