package main

import (
	"math/bits"
	"sync/atomic"
	"time"
)

// steps of a power of two: three significant digits.
const steps = 1024

// histogram counts latencies in tenths of a microsecond, in buckets that get wider with the value.
type histogram struct {
	counts [24 * steps]atomic.Uint32
	count  atomic.Uint64
	sum    atomic.Uint64
	max    atomic.Uint64
}

func (h *histogram) record(latency time.Duration) {
	tenths := min(uint64(latency)/100, 1<<31-1)
	shift := uint64(max(0, bits.Len64(tenths)-11))
	h.counts[shift*steps+tenths>>shift].Add(1)
	h.count.Add(1)
	h.sum.Add(tenths)
	for seen := h.max.Load(); tenths > seen && !h.max.CompareAndSwap(seen, tenths); seen = h.max.Load() {
	}
}

// percentile is in microseconds.
func (h *histogram) percentile(percent float64) float64 {
	wanted := float64(h.count.Load()) * percent / 100
	var seen uint64
	for index := range h.counts {
		seen += uint64(h.counts[index].Load())
		if seen > 0 && float64(seen) >= wanted {
			shift := max(0, index/steps-1)
			return float64(uint64(index-shift*steps)<<shift) / 10
		}
	}
	return 0
}

// mean is in microseconds.
func (h *histogram) mean() float64 {
	return float64(h.sum.Load()) / float64(max(1, h.count.Load())) / 10
}
