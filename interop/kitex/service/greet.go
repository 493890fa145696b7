package service

import (
	"context"

	"kitex-interop/generated/interop"
	"kitex-interop/generated/proxyless"
)

type greeter struct{}

func (*greeter) SayHello1(_ context.Context, request *proxyless.HelloRequest) (*proxyless.HelloResponse, error) {
	return &proxyless.HelloResponse{Message: "hello 1 " + request.Message}, nil
}

func (*greeter) SayHello2(_ context.Context, request *proxyless.HelloRequest) (*proxyless.HelloResponse, error) {
	return &proxyless.HelloResponse{Message: "hello 2 " + request.Message}, nil
}

type oldHandler struct{}

func (*oldHandler) EchoEverything(_ context.Context, request *interop.Glimpse) (*interop.Glimpse, error) {
	return request, nil
}
