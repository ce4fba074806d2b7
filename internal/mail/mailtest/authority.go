package mailtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"path/filepath"
	"testing"
	"time"
)

// Host is the name in every certificate of an [Authority], beside localhost
// and 127.0.0.1.
const Host = "mx.test"

// Authority signs the certificates of a test's servers.
type Authority struct {
	Pool        *x509.CertPool  // trusts it, for clients in Go
	File        string          // its certificate as PEM, for other clients
	Certificate tls.Certificate // for servers
	files       [2]string       // Certificate as PEM: chain and key
}

// NewAuthority makes an authority with one certificate for servers.
func NewAuthority(t testing.TB) *Authority {
	t.Helper()
	now := time.Now()
	root := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test authority"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: Host},
		NotBefore: root.NotBefore, NotAfter: root.NotAfter,
		DNSNames: []string{Host, "localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	rootKey, leafKey := newKey(t), newKey(t)
	rootDER := sign(t, root, root, rootKey, rootKey)
	leafDER := sign(t, leaf, root, leafKey, rootKey)
	keyDER, err := x509.MarshalPKCS8PrivateKey(leafKey)
	if err != nil {
		t.Fatal(err)
	}

	dir := folder(t, "ca", true)
	a := &Authority{
		Pool: x509.NewCertPool(), File: filepath.Join(dir, "ca.pem"),
		Certificate: tls.Certificate{Certificate: [][]byte{leafDER, rootDER}, PrivateKey: leafKey},
		files:       [2]string{filepath.Join(dir, "chain.pem"), filepath.Join(dir, "key.pem")},
	}
	rootPEM := asPEM("CERTIFICATE", rootDER)
	a.Pool.AppendCertsFromPEM([]byte(rootPEM))
	writeFile(t, a.File, rootPEM)
	writeFile(t, a.files[0], asPEM("CERTIFICATE", leafDER)+rootPEM)
	writeFile(t, a.files[1], asPEM("PRIVATE KEY", keyDER))
	return a
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func sign(t testing.TB, cert, parent *x509.Certificate, key, by *ecdsa.PrivateKey) []byte {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, cert, parent, &key.PublicKey, by)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func asPEM(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}
