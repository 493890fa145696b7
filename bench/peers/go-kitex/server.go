package main

import (
	"context"
	"fmt"
	"net"

	"github.com/cloudwego/kitex/pkg/transmeta"
	"github.com/cloudwego/kitex/server"

	"kitex-bench/generated/bench"
	service "kitex-bench/generated/bench/bench"
)

type echo struct{}

func (*echo) EchoSimple(_ context.Context, req *bench.Simple) (*bench.Simple, error) { return req, nil }

func (*echo) EchoRich(_ context.Context, req *bench.Rich) (*bench.Rich, error) { return req, nil }

func serve(o options) error {
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", o.port))
	if err != nil {
		return err
	}
	serverOptions := []server.Option{server.WithListener(listener)}
	if o.connection != "framed" {
		serverOptions = append(serverOptions, server.WithMetaHandler(transmeta.ServerTTHeaderHandler))
	}
	if o.connection == "mux" {
		serverOptions = append(serverOptions, server.WithMuxTransport())
	}
	server.RegisterStartHook(func() { fmt.Println("READY", listener.Addr().(*net.TCPAddr).Port) })
	return service.NewServer(&echo{}, serverOptions...).Run()
}
