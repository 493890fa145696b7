// Package service is the Go side of `interop/idl`: handlers, and the Kitex server that they run in.
package service

import (
	"net"
	"time"

	"github.com/cloudwego/kitex/pkg/remote/codec"
	"github.com/cloudwego/kitex/pkg/transmeta"
	"github.com/cloudwego/kitex/server"

	"kitex-interop/generated/interop/interop"
	"kitex-interop/generated/interop/oldinterop"
	"kitex-interop/generated/proxyless/greetservice"
	"kitex-interop/validator"
)

// Options say which server to build.
type Options struct {
	Listener net.Listener
	// Mux makes a server that takes only TTHeader and answers out of order; a stock server does neither.
	Mux bool
	// Old serves OldInterop alone, instead of Interop and GreetService.
	Old bool
	// Checksum sends a CRC-32C of every payload with a TTHeader, and checks those of requests.
	Checksum bool
	// Validator does the same with a validator of our own.
	Validator bool
	// ExitWait is how long a stopping server waits for calls in progress.
	ExitWait time.Duration
	// Exit ends the server; without it signals do, to which Kitex listens a moment after it has begun to serve.
	Exit <-chan error
	// Notified gets the tokens of oneway calls.
	Notified func(token string)
}

// New builds a server with the TTHeader meta handler, without which business errors never leave it.
func New(o Options) (server.Server, error) {
	options := []server.Option{
		server.WithListener(o.Listener),
		server.WithMetaHandler(transmeta.ServerTTHeaderHandler),
		server.WithExitWaitTime(o.ExitWait),
		server.WithCompatibleMiddlewareForUnary(),
	}
	if o.Exit != nil {
		options = append(options, server.WithExitSignal(func() <-chan error { return o.Exit }))
	}
	if o.Mux {
		options = append(options, server.WithMuxTransport())
	}
	if o.Checksum {
		options = append(options, server.WithCodec(codec.NewDefaultCodecWithConfig(codec.CodecConfig{CRC32Check: true})))
	}
	if o.Validator {
		options = append(options, server.WithCodec(codec.NewDefaultCodecWithConfig(codec.CodecConfig{PayloadValidator: validator.Sum{}})))
	}
	svr := server.NewServer(options...)
	if o.Old {
		return svr, oldinterop.RegisterService(svr, &oldHandler{})
	}
	if err := interop.RegisterService(svr, &handler{notified: o.Notified}); err != nil {
		return nil, err
	}
	return svr, greetservice.RegisterService(svr, &greeter{})
}
