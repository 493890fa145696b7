package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// load keeps calls in flight, each lane awaiting its reply before its next call, and prints what the runner expects.
func load(o options) error {
	call, err := newCall(o)
	if err != nil {
		return err
	}
	expected, err := call(true)
	if err != nil {
		return err
	}
	var calls, errors atomic.Int64
	var isMeasuring, isOver atomic.Bool
	latencies := new(histogram)
	var lanes sync.WaitGroup
	for range o.concurrency {
		lanes.Go(func() {
			startedAt := time.Now()
			for !isOver.Load() {
				size, err := call(false)
				if err == nil && size != expected {
					err = fmt.Errorf("a reply of size %d, expected %d", size, expected)
				}
				if err != nil && errors.Add(1) == 1 {
					fmt.Fprintln(os.Stderr, "first error:", err)
				}
				calls.Add(1)
				endedAt := time.Now()
				if isMeasuring.Load() {
					latencies.record(endedAt.Sub(startedAt))
				}
				startedAt = endedAt
			}
		})
	}

	time.Sleep(seconds(o.warmup))
	fmt.Println("BEGIN")
	callsBefore, errorsBefore, cpuBefore, startedAt := calls.Load(), errors.Load(), cpuSeconds(), time.Now()
	isMeasuring.Store(true)
	time.Sleep(seconds(o.duration))
	isMeasuring.Store(false)
	elapsed, cpu := time.Since(startedAt).Seconds(), cpuSeconds()-cpuBefore
	measured, failed := calls.Load()-callsBefore, errors.Load()-errorsBefore
	isOver.Store(true)
	lanes.Wait()

	err = json.NewEncoder(os.Stdout).Encode(map[string]any{
		"calls": measured, "calls_total": calls.Load(), "seconds": elapsed, "qps": int64(float64(measured) / elapsed), "errors": failed,
		"lat_us": map[string]float64{
			"mean": latencies.mean(), "p50": latencies.percentile(50), "p90": latencies.percentile(90), "p99": latencies.percentile(99),
			"p999": latencies.percentile(99.9), "max": float64(latencies.max.Load()) / 10,
		},
		"cpu_s": cpu, "rss_mb": rssMB(), "runtime": strings.Replace(runtime.Version(), "go", "go ", 1),
	})
	// What the kernel has counted for these sockets can be read while they are there.
	time.Sleep(300 * time.Millisecond)
	return err
}

func seconds(count float64) time.Duration { return time.Duration(count * float64(time.Second)) }

func cpuSeconds() float64 {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano()).Seconds()
}

func rssMB() int {
	var pages, resident int
	status, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	_, _ = fmt.Sscan(string(status), &pages, &resident)
	return resident * os.Getpagesize() / 1_000_000
}
