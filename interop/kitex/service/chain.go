package service

import (
	"context"
	"time"

	"github.com/bytedance/gopkg/cloud/metainfo"
	"github.com/cloudwego/kitex/client"
	"github.com/cloudwego/kitex/pkg/rpcinfo"
	"github.com/cloudwego/kitex/pkg/transmeta"
	"github.com/cloudwego/kitex/transport"

	"kitex-interop/generated/interop"
	interopservice "kitex-interop/generated/interop/interop"
)

func (*handler) Observe(ctx context.Context, backward map[string]string) (*interop.Observed, error) {
	metainfo.SendBackwardValuesFromMap(ctx, backward)
	return observe(ctx), nil
}

func observe(ctx context.Context) *interop.Observed {
	ri := rpcinfo.GetRPCInfo(ctx)
	return &interop.Observed{
		Transient:     orEmpty(metainfo.GetAllValues(ctx)),
		Persistent:    orEmpty(metainfo.GetAllPersistentValues(ctx)),
		CallerService: ri.From().ServiceName(),
		CallerMethod:  ri.From().Method(),
		TimeoutMs:     ri.Config().RPCTimeout().Milliseconds(),
	}
}

func orEmpty(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}

func (h *handler) Chain(ctx context.Context, request *interop.ChainRequest) (*interop.ChainResponse, error) {
	next, err := h.nextClient(request.Address)
	if err != nil {
		return nil, err
	}
	response := &interop.ChainResponse{Middle: observe(ctx)}
	metainfo.SendBackwardValuesFromMap(ctx, withRole("middle.", request.Backward))

	onward := metainfo.WithBackwardValues(ctx)
	for key, value := range request.Transient {
		onward = metainfo.WithValue(onward, key, value)
	}
	for key, value := range request.Persistent {
		onward = metainfo.WithPersistentValue(onward, key, value)
	}
	if response.Last, err = next.Observe(onward, withRole("last.", request.Backward)); err != nil {
		return nil, err
	}
	response.Backward = orEmpty(metainfo.RecvAllBackwardValues(onward))
	return response, nil
}

func withRole(role string, values map[string]string) map[string]string {
	out := make(map[string]string, len(values))
	for key, value := range values {
		out[role+key] = value
	}
	return out
}

func (h *handler) nextClient(address string) (interopservice.Client, error) {
	h.next.Lock()
	defer h.next.Unlock()
	if c, ok := h.next.clients[address]; ok {
		return c, nil
	}
	c, err := interopservice.NewClient("last",
		client.WithHostPorts(address),
		client.WithTransportProtocol(transport.TTHeader),
		client.WithMetaHandler(transmeta.ClientTTHeaderHandler),
		client.WithClientBasicInfo(&rpcinfo.EndpointBasicInfo{ServiceName: "middle"}),
		client.WithConnectTimeout(5*time.Second),
		client.WithRPCTimeout(10*time.Second),
	)
	if err != nil {
		return nil, err
	}
	if h.next.clients == nil {
		h.next.clients = map[string]interopservice.Client{}
	}
	h.next.clients[address] = c
	return c, nil
}
