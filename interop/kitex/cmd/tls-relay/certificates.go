package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"time"
)

type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// writeCertificates makes two authorities, ca and other, and what they sign: server, client, expired (both uses) and
// stranger (a client of other).
func writeCertificates(folder string) error {
	ca, err := newAuthority(folder, "ca")
	if err != nil {
		return err
	}
	other, err := newAuthority(folder, "other")
	if err != nil {
		return err
	}
	tomorrow, yesterday := time.Now().Add(24*time.Hour), time.Now().Add(-24*time.Hour)
	for _, leaf := range []struct {
		name   string
		by     *authority
		expiry time.Time
	}{{"server", ca, tomorrow}, {"client", ca, tomorrow}, {"expired", ca, yesterday}, {"stranger", other, tomorrow}} {
		if err := leaf.by.issue(folder, leaf.name, leaf.expiry); err != nil {
			return err
		}
	}
	return nil
}

func newAuthority(folder, name string) (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := template(name, time.Now().Add(24*time.Hour))
	template.IsCA = true
	template.KeyUsage = x509.KeyUsageCertSign
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	return &authority{certificate, key}, write(folder, name+".pem", "CERTIFICATE", der)
}

func (a *authority) issue(folder, name string, expiry time.Time) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	template := template(name, expiry)
	template.KeyUsage = x509.KeyUsageDigitalSignature
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
	template.DNSNames = []string{"localhost", "interop.example"}
	template.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)}
	template.URIs = []*url.URL{{Scheme: "spiffe", Host: "cluster.local", Path: "/ns/interop/sa/" + name}}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, key.Public(), a.key)
	if err != nil {
		return err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	if err := write(folder, name+".key", "PRIVATE KEY", secret); err != nil {
		return err
	}
	return write(folder, name+".pem", "CERTIFICATE", der)
}

func template(name string, expiry time.Time) *x509.Certificate {
	serial, _ := rand.Int(rand.Reader, big.NewInt(1<<62))
	return &x509.Certificate{
		SerialNumber:          serial,
		Subject:               pkix.Name{CommonName: name},
		NotBefore:             time.Now().Add(-48 * time.Hour),
		NotAfter:              expiry,
		BasicConstraintsValid: true,
	}
}

func write(folder, name, kind string, der []byte) error {
	text := pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
	return os.WriteFile(filepath.Join(folder, name), text, 0o600)
}
