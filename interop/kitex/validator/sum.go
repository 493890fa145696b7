// Package validator has a payload validator such as users of Kitex write.
package validator

import (
	"context"
	"strconv"
)

// Sum says how many bytes the payload has and what they add up to. It refuses payloads of which nothing was said.
type Sum struct{}

// Key becomes `PV_sum` on the wire.
func (Sum) Key(context.Context) string { return "sum" }

// Generate is what the sender says.
func (Sum) Generate(_ context.Context, payload []byte) (bool, string, error) {
	return true, describe(payload), nil
}

// Validate compares it with what arrived.
func (Sum) Validate(_ context.Context, said string, payload []byte) (bool, error) {
	return said == describe(payload), nil
}

func describe(payload []byte) string {
	sum := 0
	for _, b := range payload {
		sum += int(b)
	}
	return strconv.Itoa(len(payload)) + "/" + strconv.Itoa(sum)
}
