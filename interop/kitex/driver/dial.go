// Package driver is a Kitex client that is told what to do: which connection to use, what to call, with which values.
package driver

import (
	"fmt"
	"strings"
	"time"

	"github.com/cloudwego/kitex/client"
	"github.com/cloudwego/kitex/pkg/connpool"
	"github.com/cloudwego/kitex/pkg/remote/codec"
	"github.com/cloudwego/kitex/pkg/rpcinfo"
	"github.com/cloudwego/kitex/pkg/serviceinfo"
	"github.com/cloudwego/kitex/pkg/transmeta"
	"github.com/cloudwego/kitex/transport"

	"kitex-interop/generated/interop/interop"
	"kitex-interop/generated/interop/oldinterop"
	newer "kitex-interop/generated/newer/interop"
	"kitex-interop/generated/proxyless/greetservice"
	"kitex-interop/validator"
)

// Dial says what a client is made of.
type Dial struct {
	// Address is host:port, or several of them with commas between, which take turns.
	Address string `json:"address"`
	// Service is Interop (default), OldInterop, NewInterop (the Interop of `newer.thrift`) or GreetService.
	Service string `json:"service"`
	// Transport is PurePayload, Framed, TTHeader (default) or TTHeaderFramed, and exactly that.
	Transport string `json:"transport"`
	// Mux shares one connection; only with TTHeader and TTHeaderFramed.
	Mux bool `json:"mux"`
	// Pool is short (a connection per call) or long (default); it has no effect with Mux.
	Pool string `json:"pool"`
	// Caller is the name by which the client introduces itself.
	Caller string `json:"caller"`
	// Checksum sends a CRC-32C of every payload and checks those of answers; only with TTHeader and TTHeaderFramed.
	Checksum bool `json:"checksum"`
	// Validator does the same with a validator of our own.
	Validator bool `json:"validator"`
}

// Client is one Kitex client.
type Client struct {
	info   *serviceinfo.ServiceInfo
	client client.Client
}

// New makes a client; it connects with the first call.
func New(d Dial) (*Client, error) {
	info, err := serviceInfo(d.Service)
	if err != nil {
		return nil, err
	}
	options, err := options(d)
	if err != nil {
		return nil, err
	}
	c, err := client.NewClient(info, options...)
	if err != nil {
		return nil, err
	}
	return &Client{info, c}, nil
}

func serviceInfo(name string) (*serviceinfo.ServiceInfo, error) {
	switch name {
	case "", "Interop":
		return interop.NewServiceInfoForClient(), nil
	case "OldInterop":
		return oldinterop.NewServiceInfoForClient(), nil
	case "NewInterop":
		return newer.NewServiceInfoForClient(), nil
	case "GreetService":
		return greetservice.NewServiceInfoForClient(), nil
	}
	return nil, fmt.Errorf("unknown service %q", name)
}

func options(d Dial) ([]client.Option, error) {
	protocols, err := protocols(d.Transport)
	if err != nil {
		return nil, err
	}
	options := append(protocols,
		client.WithDestService("interop"),
		client.WithHostPorts(strings.Split(d.Address, ",")...),
		client.WithMetaHandler(transmeta.ClientTTHeaderHandler),
		client.WithClientBasicInfo(&rpcinfo.EndpointBasicInfo{ServiceName: d.Caller}),
		// Kitex's 50 ms is too short for a machine that runs a test suite on every core.
		client.WithConnectTimeout(5*time.Second),
	)
	if d.Checksum {
		options = append(options, client.WithCodec(codec.NewDefaultCodecWithConfig(codec.CodecConfig{CRC32Check: true})))
	}
	if d.Validator {
		options = append(options, client.WithCodec(codec.NewDefaultCodecWithConfig(codec.CodecConfig{PayloadValidator: validator.Sum{}})))
	}
	switch {
	case d.Mux:
		return append(options, client.WithMuxConnection(1)), nil
	case d.Pool == "short":
		return append(options, client.WithShortConnection()), nil
	case d.Pool == "" || d.Pool == "long":
		idle := connpool.IdleConfig{MaxIdlePerAddress: 1000, MaxIdleGlobal: 1000, MaxIdleTimeout: time.Minute}
		return append(options, client.WithLongConnection(idle)), nil
	}
	return nil, fmt.Errorf("unknown pool %q", d.Pool)
}

// protocols names the transport exactly. A client starts as Framed and every option adds to that, so an unframed
// TTHeader has to begin with PurePayload, which resets it.
func protocols(name string) ([]client.Option, error) {
	pure := client.WithTransportProtocol(transport.PurePayload)
	switch name {
	case "PurePayload":
		return []client.Option{pure}, nil
	case "Framed":
		return []client.Option{pure, client.WithTransportProtocol(transport.Framed)}, nil
	case "", "TTHeader":
		return []client.Option{pure, client.WithTransportProtocol(transport.TTHeader)}, nil
	case "TTHeaderFramed":
		return []client.Option{pure, client.WithTransportProtocol(transport.TTHeaderFramed)}, nil
	}
	return nil, fmt.Errorf("unknown transport %q", name)
}

// Close gives the client's connections back.
func (c *Client) Close() error {
	if closer, ok := c.client.(interface{ Close() error }); ok {
		return closer.Close()
	}
	return nil
}
