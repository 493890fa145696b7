package driver

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"github.com/bytedance/gopkg/cloud/metainfo"
	"github.com/cloudwego/kitex/client"
	"github.com/cloudwego/kitex/client/callopt"

	"kitex-interop/values"
)

// Call says what to call.
type Call struct {
	// Method is the name in the IDL.
	Method string `json:"method"`
	// Arguments are an object with the names in the IDL, see package values.
	Arguments json.RawMessage `json:"arguments"`
	// TimeoutMs is the RPC timeout; 0 is none.
	TimeoutMs int `json:"timeoutMs"`
	MetaInfo  struct {
		Transient  map[string]string `json:"transient"`
		Persistent map[string]string `json:"persistent"`
	} `json:"metainfo"`
}

// Answer is the outcome of a call: OK (null for void) or Error.
type Answer struct {
	OK    json.RawMessage `json:"ok,omitempty"`
	Error *Failure        `json:"error,omitempty"`
	// Backward holds the backward metainfo, over TTHeader that is every string pair of the reply's header.
	Backward map[string]string `json:"backward,omitempty"`
}

// Call makes one call and waits for its outcome.
func (c *Client) Call(call Call) Answer {
	ctx := metainfo.WithBackwardValues(context.Background())
	for key, value := range call.MetaInfo.Transient {
		ctx = metainfo.WithValue(ctx, key, value)
	}
	for key, value := range call.MetaInfo.Persistent {
		ctx = metainfo.WithPersistentValue(ctx, key, value)
	}
	if call.TimeoutMs > 0 {
		timeout := callopt.WithRPCTimeout(time.Duration(call.TimeoutMs) * time.Millisecond)
		ctx = client.NewCtxWithCallOptions(ctx, []callopt.Option{timeout})
	}
	answer := c.answer(ctx, call)
	answer.Backward = metainfo.RecvAllBackwardValues(ctx)
	return answer
}

func (c *Client) answer(ctx context.Context, call Call) Answer {
	method := c.info.MethodInfo(ctx, call.Method)
	if method == nil {
		return failed(fmt.Errorf("%s has no method %q", c.info.ServiceName, call.Method))
	}
	arguments := method.NewArgs()
	if len(call.Arguments) > 0 {
		if err := values.Decode(call.Arguments, arguments); err != nil {
			return failed(fmt.Errorf("arguments: %w", err))
		}
	}
	var result any
	if !method.OneWay() {
		result = method.NewResult()
	}
	if err := c.client.Call(ctx, call.Method, arguments, result); err != nil {
		return failed(err)
	}
	if method.OneWay() {
		return Answer{OK: json.RawMessage("null")}
	}
	return answerOf(result)
}

// answerOf takes a generated result struct apart: the field `success`, or the one exception that is set.
func answerOf(result any) Answer {
	fields := reflect.ValueOf(result).Elem()
	ok := json.RawMessage("null")
	for i := range fields.NumField() {
		field := fields.Field(i)
		if exception, isError := field.Interface().(error); isError && !field.IsNil() {
			return failed(exception)
		}
		if fields.Type().Field(i).Name == "Success" {
			data, err := values.Encode(field.Interface())
			if err != nil {
				return failed(err)
			}
			ok = data
		}
	}
	return Answer{OK: ok}
}
