package driver

import (
	"encoding/json"
	"errors"
	"reflect"

	"github.com/cloudwego/kitex/pkg/kerrors"

	"kitex-interop/values"
)

// Failure is an error in the words of the wire.
type Failure struct {
	// Kind is biz, exception (one that the IDL declares), application (a TApplicationException), timeout or other.
	Kind    string `json:"kind"`
	Message string `json:"message"`

	// Code and Extra belong to biz.
	Code  int32             `json:"code,omitempty"`
	Extra map[string]string `json:"extra,omitempty"`
	// Name and Value belong to exception.
	Name  string          `json:"name,omitempty"`
	Value json.RawMessage `json:"value,omitempty"`
	// TypeID belongs to application. Kitex gives one to some local errors too, such as a reply that it cannot decode.
	TypeID *int32 `json:"typeId,omitempty"`
}

func failed(err error) Answer {
	return Answer{Error: failureOf(err)}
}

func failureOf(err error) *Failure {
	if biz, ok := kerrors.FromBizStatusError(err); ok {
		return &Failure{Kind: "biz", Message: biz.BizMessage(), Code: biz.BizStatusCode(), Extra: biz.BizExtra()}
	}
	if isException(err) {
		value, encodeErr := values.Encode(err)
		if encodeErr != nil {
			return &Failure{Kind: "other", Message: encodeErr.Error()}
		}
		return &Failure{Kind: "exception", Message: err.Error(), Name: reflect.TypeOf(err).Elem().Name(), Value: value}
	}
	if kerrors.IsTimeoutError(err) {
		return &Failure{Kind: "timeout", Message: err.Error()}
	}
	var typed interface{ TypeID() int32 }
	if errors.As(err, &typed) {
		id := typed.TypeID()
		return &Failure{Kind: "application", Message: err.Error(), TypeID: &id}
	}
	return &Failure{Kind: "other", Message: err.Error()}
}

// isException tells the exceptions of the IDL, which thriftgo gives this method, from all other errors.
func isException(err error) bool {
	_, ok := err.(interface{ InitDefault() })
	return ok
}
