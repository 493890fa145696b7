package main

import (
	"context"
	"fmt"
	"reflect"
	"time"

	"github.com/cloudwego/kitex/client"
	"github.com/cloudwego/kitex/pkg/connpool"
	"github.com/cloudwego/kitex/pkg/transmeta"
	"github.com/cloudwego/kitex/transport"

	service "kitex-bench/generated/bench/bench"
)

// call makes one call and says how large the reply is; with isFirst it also looks at the reply in full.
type call func(isFirst bool) (int, error)

func dial(o options) (service.Client, error) {
	clientOptions := []client.Option{
		client.WithHostPorts(fmt.Sprintf("127.0.0.1:%d", o.port)),
		client.WithConnectTimeout(5 * time.Second),
		// A client starts as Framed and every option adds to that; this resets it.
		client.WithTransportProtocol(transport.PurePayload),
	}
	if o.timeout > 0 {
		clientOptions = append(clientOptions, client.WithRPCTimeout(o.timeout))
	}
	if o.connection == "framed" {
		clientOptions = append(clientOptions, client.WithTransportProtocol(transport.Framed))
	} else {
		clientOptions = append(clientOptions,
			client.WithTransportProtocol(transport.TTHeader), client.WithMetaHandler(transmeta.ClientTTHeaderHandler))
	}
	if o.connection == "mux" {
		clientOptions = append(clientOptions, client.WithMuxConnection(o.connections))
	} else {
		idle := connpool.IdleConfig{MaxIdlePerAddress: 1000, MaxIdleGlobal: 1000, MaxIdleTimeout: time.Minute}
		clientOptions = append(clientOptions, client.WithLongConnection(idle))
	}
	return service.NewClient("bench", clientOptions...)
}

func newCall(o options) (call, error) {
	bench, err := dial(o)
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	if o.payload == "rich" {
		request := richValue()
		return func(isFirst bool) (int, error) {
			reply, err := bench.EchoRich(ctx, request)
			if err != nil {
				return 0, err
			}
			if isFirst && !reflect.DeepEqual(reply, request) {
				return 0, fmt.Errorf("the echo is not what was sent")
			}
			return len(reply.Note) + len(reply.Tags), nil
		}, nil
	}
	request, err := simpleValue(o.payload)
	if err != nil {
		return nil, err
	}
	return func(isFirst bool) (int, error) {
		reply, err := bench.EchoSimple(ctx, request)
		if err != nil {
			return 0, err
		}
		if isFirst && !reflect.DeepEqual(reply, request) {
			return 0, fmt.Errorf("the echo is not what was sent")
		}
		return len(reply.Msg), nil
	}, nil
}
