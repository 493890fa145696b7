package main

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"sync"
)

// handshake is what is printed of one.
type handshake struct {
	Event      string `json:"event"`
	Reason     string `json:"reason,omitempty"`
	Version    string `json:"version,omitempty"`
	ServerName string `json:"serverName,omitempty"`
	ALPN       string `json:"alpn,omitempty"`
	// Peer is the common name in the peer's certificate.
	Peer string `json:"peer,omitempty"`
}

var output sync.Mutex

func say(h handshake) {
	output.Lock()
	defer output.Unlock()
	line, _ := json.Marshal(h)
	fmt.Println(string(line))
}

func serve(listener net.Listener, target string, terminates bool, config *tls.Config) error {
	for {
		incoming, err := listener.Accept()
		if err != nil {
			return err
		}
		go relay(incoming, target, terminates, config)
	}
}

func relay(incoming net.Conn, target string, terminates bool, config *tls.Config) {
	defer incoming.Close()
	onward, err := net.Dial("tcp", target)
	if err != nil {
		say(handshake{Event: "refused", Reason: err.Error()})
		return
	}
	defer onward.Close()
	var secured *tls.Conn
	if terminates {
		secured = tls.Server(incoming, config)
		incoming = secured
	} else {
		secured = tls.Client(onward, config)
		onward = secured
	}
	if err := secured.Handshake(); err != nil {
		say(handshake{Event: "refused", Reason: err.Error()})
		return
	}
	state := secured.ConnectionState()
	done := handshake{
		Event: "secured", Version: tls.VersionName(state.Version), ServerName: state.ServerName, ALPN: state.NegotiatedProtocol,
	}
	if len(state.PeerCertificates) > 0 {
		done.Peer = state.PeerCertificates[0].Subject.CommonName
	}
	say(done)

	// With TLS 1.3 a client learns that its certificate was refused when it reads, after its own handshake.
	var both sync.WaitGroup
	both.Add(2)
	go func() {
		defer both.Done()
		pass(onward, incoming)
	}()
	go func() {
		defer both.Done()
		pass(incoming, onward)
	}()
	both.Wait()
}

// pass copies until the source ends, and hands on how it did.
func pass(to, from net.Conn) {
	_, err := io.Copy(to, from)
	if err != nil {
		if from, isTLS := from.(*tls.Conn); isTLS {
			say(handshake{Event: "refused", Reason: err.Error()})
			_ = from.Close()
		}
		_ = to.Close()
		_ = from.Close()
		return
	}
	if half, ok := to.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	}
}
