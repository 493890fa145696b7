package service

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/cloudwego/kitex/pkg/kerrors"
	"github.com/cloudwego/kitex/pkg/remote"

	"kitex-interop/generated/base"
	"kitex-interop/generated/interop"
	client "kitex-interop/generated/interop/interop"
)

type handler struct {
	notified func(token string)
	groups   groups
	// next holds the clients of Chain by address, for as long as the process lives.
	next struct {
		sync.Mutex
		clients map[string]client.Client
	}
}

func (*handler) Ping(_ context.Context, text string) (string, error) { return text, nil }

func (*handler) EchoEverything(_ context.Context, request *interop.Everything) (*interop.Everything, error) {
	return request, nil
}

func (*handler) EchoDefaults(_ context.Context, request *interop.Defaults) (*interop.Defaults, error) {
	return request, nil
}

func (*handler) MakeDefaults(context.Context) (*interop.Defaults, error) {
	return interop.NewDefaults(), nil
}

func (*handler) EchoBinary(_ context.Context, payload []byte) ([]byte, error) { return payload, nil }

func (*handler) Nothing(context.Context) error { return nil }

func (h *handler) Notify(_ context.Context, token string) error {
	h.notified(token)
	return nil
}

func (*handler) Join(_ context.Context, first string, second int32, rest []string, flag bool) (string, error) {
	return fmt.Sprintf("%s/%d/%s/%t", first, second, strings.Join(rest, ","), flag), nil
}

func (h *handler) Find(ctx context.Context, name string) (string, error) {
	return "found " + name, h.Verify(ctx, name)
}

func (*handler) Verify(_ context.Context, name string) error {
	switch name {
	case "missing":
		return &interop.NotFound{Name: name, Searched: 1 << 40, Near: &interop.Point{X: 1, Y: -1}}
	case "forbidden":
		return &base.Denied{Reason: "not yours", MissingRoles: []string{"owner", "admin"}}
	}
	return nil
}

func (*handler) Refuse(_ context.Context, b *interop.Business) (string, error) {
	return "", kerrors.NewBizStatusErrorWithExtra(b.Code, b.Message, b.Extra)
}

func (*handler) Fail(_ context.Context, failure *interop.Failure) (string, error) {
	switch failure.Kind {
	case interop.FailureKind_TYPED:
		return "", remote.NewTransErrorWithMsg(failure.TypeId, failure.Message)
	case interop.FailureKind_PANIC:
		panic(failure.Message)
	}
	return "", errors.New(failure.Message)
}

func (*handler) Sleep(_ context.Context, milliseconds int32) (int32, error) {
	time.Sleep(time.Duration(milliseconds) * time.Millisecond)
	return milliseconds, nil
}

func (h *handler) Gather(_ context.Context, group string, count int32, text string) (string, error) {
	return text, h.groups.join(group, int(count))
}

func (*handler) Payload(_ context.Context, size int32) ([]byte, error) {
	if size < 0 || size > 1<<28 {
		return nil, fmt.Errorf("payload size %d is not between 0 and %d", size, 1<<28)
	}
	payload := make([]byte, size)
	for i := range payload {
		payload[i] = byte(i % 251)
	}
	return payload, nil
}
