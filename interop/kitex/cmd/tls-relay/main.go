// Command tls-relay puts Go's crypto/tls at one end of a connection, which Kitex itself does not: it takes TLS and passes
// plaintext on (terminate), or takes plaintext and passes TLS on (originate). It prints `READY <port>` and then one JSON
// object for every handshake, {"event":"secured",…} or {"event":"refused","reason":"…"}. The end of standard input ends it.
//
//	tls-relay certificates <folder>
//	tls-relay terminate -target 127.0.0.1:8888 -cert server.pem -key server.key [-ca ca.pem] [-alpn a,b] [-max-version 1.2]
//	tls-relay originate -target 127.0.0.1:8888 -ca ca.pem -server-name localhost [-cert client.pem -key client.key] …
package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) < 2 {
		return errors.New("usage: tls-relay certificates <folder> | terminate <flags> | originate <flags>")
	}
	role, args := args[0], args[1:]
	switch role {
	case "certificates":
		return writeCertificates(args[0])
	case "terminate", "originate":
	default:
		return fmt.Errorf("unknown role %q", role)
	}
	flags := flag.NewFlagSet(role, flag.ExitOnError)
	target := flags.String("target", "", "where connections go on to")
	files := pemFiles{
		ca:   flags.String("ca", "", "whom to trust; with terminate, clients must show a certificate of theirs"),
		cert: flags.String("cert", "", "own certificate"),
		key:  flags.String("key", "", "its key"),
	}
	serverName := flags.String("server-name", "", "name to ask for and to find in the server's certificate")
	alpn := flags.String("alpn", "", "protocols to offer or to choose from, with commas between")
	maxVersion := flags.String("max-version", "1.3", "1.2 or 1.3")
	_ = flags.Parse(args)

	config, err := files.config(role == "terminate")
	if err != nil {
		return err
	}
	config.ServerName = *serverName
	if *alpn != "" {
		config.NextProtos = strings.Split(*alpn, ",")
	}
	if *maxVersion == "1.2" {
		config.MaxVersion = tls.VersionTLS12
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	fmt.Printf("READY %d\n", listener.Addr().(*net.TCPAddr).Port)
	return serve(listener, *target, role == "terminate", config)
}

type pemFiles struct{ ca, cert, key *string }

func (f pemFiles) config(isServer bool) (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if *f.cert != "" {
		pair, err := tls.LoadX509KeyPair(*f.cert, *f.key)
		if err != nil {
			return nil, err
		}
		config.Certificates = []tls.Certificate{pair}
	}
	if *f.ca == "" {
		return config, nil
	}
	pem, err := os.ReadFile(*f.ca)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate", *f.ca)
	}
	if isServer {
		config.ClientCAs, config.ClientAuth = pool, tls.RequireAndVerifyClientCert
	} else {
		config.RootCAs = pool
	}
	return config, nil
}
