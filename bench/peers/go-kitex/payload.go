package main

import (
	"fmt"
	"strings"

	"kitex-bench/generated/bench"
)

// The same values as bench/lib/payloads.ts.

func text(length int) string {
	return strings.Repeat("abcdefghijklmnopqrstuvwxyz0123456789", length/36+1)[:length]
}

func simpleValue(payload string) (*bench.Simple, error) {
	size, isKnown := map[string]int{"64": 64, "1k": 1024, "16k": 16384}[payload]
	if !isKnown {
		return nil, fmt.Errorf("no payload %q: 64, 1k, 16k or rich", payload)
	}
	return &bench.Simple{Action: "echo", Msg: text(size)}, nil
}

func richValue() *bench.Rich {
	rich := &bench.Rich{
		Flag: true, Kind: 7, Code: -42, Id: 1_234_567_890_123, Ts: 1_764_000_000_000, Ratio: 0.75, Amount: 12_345.678,
		Name: "a record of the usual kind", Title: "Ärger mit Größen, 北京", Note: text(120), Blob: make([]byte, 64),
		Attrs: map[string]string{}, Nested: &bench.Nested{Id: 99, Name: "nested", Score: 1.5, Ok: true},
	}
	for i := range rich.Blob {
		rich.Blob[i] = byte(i)
	}
	for i := range 10 {
		rich.Tags = append(rich.Tags, fmt.Sprintf("tag-%d-%s", i, text(8)))
		rich.Attrs[fmt.Sprintf("key-%d", i)] = "value-" + text(12)
		rich.Refs = append(rich.Refs, int64(i)*1_000_003)
	}
	return rich
}
