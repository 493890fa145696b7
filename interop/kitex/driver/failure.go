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
	// Class is the basic error of Kitex that a timeout, application or other error is, in its own words; empty if it is none.
	Class string `json:"class,omitempty"`

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
		return &Failure{Kind: "timeout", Message: err.Error(), Class: classOf(err)}
	}
	var typed interface{ TypeID() int32 }
	if errors.As(err, &typed) {
		id := typed.TypeID()
		return &Failure{Kind: "application", Message: err.Error(), Class: classOf(err), TypeID: &id}
	}
	return &Failure{Kind: "other", Message: err.Error(), Class: classOf(err)}
}

var classes = []error{
	kerrors.ErrInternalException, kerrors.ErrServiceDiscovery, kerrors.ErrGetConnection, kerrors.ErrLoadbalance,
	kerrors.ErrNoMoreInstance, kerrors.ErrRPCTimeout, kerrors.ErrOverlimit, kerrors.ErrPayloadValidation,
	kerrors.ErrRemoteOrNetwork,
}

func classOf(err error) string {
	for _, class := range classes {
		if errors.Is(err, class) {
			return class.Error()
		}
	}
	return ""
}

// isException tells the exceptions of the IDL, which thriftgo gives this method, from all other errors.
func isException(err error) bool {
	_, ok := err.(interface{ InitDefault() })
	return ok
}
